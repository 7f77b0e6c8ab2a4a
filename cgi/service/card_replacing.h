/* card_replacing: a customer replaces the stored card on the gateway's page, without paying: the new one pays wherever the old one
 * did for this customer, who is told by mail. */
#ifndef TACITE_SERVICE_CARD_REPLACING_H
#define TACITE_SERVICE_CARD_REPLACING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/payable.h"

/* *url is the hosted page, of the replacement that is open already or of a new one; NULL: the gateway gives none now.
 * gateway_customer: "" unknown; return_url: absolute, of our own page. */
enum err start_method_setup(struct ctx *ctx, int64_t subscription_id, const char *email, const char *gateway_customer,
                            const char *currency, const char *return_url, const char *language, const char **url) MUST_USE;

/* Asks the gateway how the subscription's open replacement stands, if it has one; *done: the new card is there. */
enum err refresh_method_setup(struct ctx *ctx, int64_t subscription_id, int64_t budget_ms, bool *done) MUST_USE;

/* An event speaks of it (service/gateway_events). */
enum err take_setup_event(struct ctx *ctx, const struct method_setup *setup, int64_t budget_ms) MUST_USE;

/* Those that are open. *checked is raised by what was looked at. */
enum err check_method_setups(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

#endif
