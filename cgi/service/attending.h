/* attending: what a person decides about that which waits for one: a held subscription goes on, a customer
 * gets a new link to pay, an item of "today" is done. */
#ifndef TACITE_SERVICE_ATTENDING_H
#define TACITE_SERVICE_ATTENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"

struct attending_result {
    const char *refusal; /* English msgid, NULL: done */
    const char *url;     /* where once leads */
};

/* The next run of the batch bills everything that was missed. */
enum err release_held(struct ctx *ctx, int64_t subscription_id, const struct once *once, struct attending_result *result) MUST_USE;

/* Mails a new link to pay what is open; earlier ones end. */
enum err send_pay_link(struct ctx *ctx, int64_t invoice_id, const struct once *once, struct attending_result *result) MUST_USE;

/* True for kinds that nothing closes by itself. */
bool item_closes_by_hand(const char *kind);
enum err finish_item(struct ctx *ctx, int64_t item_id, const struct once *once, struct attending_result *result) MUST_USE;

#endif
