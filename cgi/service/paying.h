/* paying: starting payments on the gateway's page, and asking how attempts ended.
 *
 * A start is: transaction (attempt READY), transaction (SENDING), the call, transaction (settle_answer).
 * At any moment one attempt of a payable is live; whoever comes meanwhile is led to the same place. */
#ifndef TACITE_SERVICE_PAYING_H
#define TACITE_SERVICE_PAYING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/attempt.h"
#include "gateway/stripe.h"

/* A stored body holds METHOD_PLACE where the token of the attempt's card goes, as that is only kept sealed. As it is sent:
 * byte for byte the same each time. */
#define METHOD_PLACE "{method}"
const char *body_with_method(struct arena *arena, const char *body, const char *token);

struct attempt;

struct payment_start {
    int64_t quote_version_id; /* one of the two is 0 */
    int64_t invoice_id;
    int32_t priced_on;        /* of a quote: the start that amount_minor was computed for */
    int64_t customer_id;
    const char *customer_email;
    const char *gateway_customer; /* "" unknown */
    int64_t amount_minor;
    const char *currency;
    const char *description;
    const char *return_url;   /* absolute, of our status page */
    const char *language;
};

struct payment_started {
    enum payable_refusal refusal;
    const char *url; /* the hosted page */
};

/* Leads to the gateway's page: of the live attempt, or of a new one. */
enum err start_payment(struct ctx *ctx, const struct payment_start *start, struct payment_started *started) MUST_USE;

/* Asks the gateway about the payable's last attempt and settles; *state 0 when there is none. */
enum err refresh_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, enum attempt_state *state) MUST_USE;

/* What the gateway says now, without writing: for the page that a customer comes back to. */
enum err peek_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, struct gateway_answer *answer) MUST_USE;

/* Closes the hosted page of a withdrawn quote, or of an invoice that is about to be credited. What was paid there
 * meanwhile is settled; without a hosted page nothing happens. */
enum err cancel_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id) MUST_USE;

/* Asks the gateway about one attempt and settles what it says; one that is being sent is left alone. */
enum err ask_about_attempt(struct ctx *ctx, int64_t attempt_id, int64_t budget_ms, enum attempt_state *state) MUST_USE;

/* An event speaks of it (service/gateway_events). ERR_GATEWAY when it could not be asked about. */
enum err take_attempt_event(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms) MUST_USE;

/* Unknown, pending and forgotten attempts. *checked is raised by what was looked at. */
enum err check_attempts(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

#endif
