/* stripe: the card gateway's API, as far as we use it: what is asked, once or again.
 *
 * A request's body is built once, as text, so that the caller commits it before sending and sends the
 * same bytes again with the same idempotency key (MON-02). What is answered is read by gateway/stripe_answer. The version of
 * the API is fixed: the first one whose declines tell the codes and advice of the card schemes, and none of the later ones. */
#ifndef TACITE_GATEWAY_STRIPE_H
#define TACITE_GATEWAY_STRIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "gateway/stripe_answer.h"

struct stripe {
    const char *base; /* https://api.stripe.com, or the sandbox */
    const char *key;
};

/* Form-encoded text of name/value pairs ended by NULL. */
char *stripe_body(struct arena *arena, ...) __attribute__((sentinel));

struct stripe_checkout {
    const char *attempt_key;
    const char *customer_ref; /* "" none yet */
    const char *email;
    int64_t amount_minor;     /* 0: setup mode */
    const char *currency;
    const char *description;
    const char *success_url;
    const char *cancel_url;
    const char *language;
};
char *stripe_checkout_body(struct arena *arena, const struct stripe_checkout *checkout);

/* Of a currency with three decimals the gateway takes whole hundredths only: an amount that is none cannot be paid by card. */
bool stripe_takes(const char *currency, int64_t amount_minor);

struct stripe_charge {
    const char *attempt_key;
    const char *customer_ref;
    const char *method_ref;
    int64_t amount_minor;
    const char *currency;
    const char *description;
};
char *stripe_charge_body(struct arena *arena, const struct stripe_charge *charge);

/* POST path with body under the key, up to three tries inside budget_ms for what may be repeated. Always
 * gives an answer: failures are outcomes. The answer's amounts are what the gateway says: the caller
 * compares. */
void stripe_post(struct ctx *ctx, const struct stripe *stripe, const char *path, const char *body, const char *key,
                 int64_t budget_ms, struct gateway_answer *answer);

/* Many such POSTs at once, from one thread: none waits for another. */
struct stripe_call {
    const char *path; /* the caller's, until it is over: these four */
    const char *body;
    const char *key;
    struct arena *arena; /* takes the answer */
    int64_t budget_ms;
    struct gateway_answer answer; /* once it is over */
    int64_t until, again_at;      /* ours: clock_ticks */
    int tries;
    bool sent;
    struct stripe_call *next;
};
struct stripe_calls;
struct stripe_calls *stripe_calls_new(struct ctx *ctx, const struct stripe *stripe);
void stripe_calls_free(struct stripe_calls *calls); /* those that are on their way are given up */
void stripe_calls_start(struct stripe_calls *calls, struct stripe_call *call);
/* The next that is over; NULL: none within wait_ms. */
struct stripe_call *stripe_calls_next(struct stripe_calls *calls, int64_t wait_ms);
/* Whether the gateway asked for fewer calls (429) since the last question; *wait_ms: for how long it wants none. */
bool stripe_calls_too_many(struct stripe_calls *calls, int64_t *wait_ms);

/* The present state of a session ("cs_...") or an intent ("pi_...", "seti_..."). */
void stripe_session(struct ctx *ctx, const struct stripe *stripe, const char *session_ref, int64_t budget_ms,
                    struct gateway_answer *answer);
void stripe_intent(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                   struct gateway_answer *answer);

/* By our own key in the metadata: for attempts whose answer never came. */
void stripe_find_intent(struct ctx *ctx, const struct stripe *stripe, const char *attempt_key, int64_t budget_ms,
                        struct gateway_answer *answer);

void stripe_expire_session(struct ctx *ctx, const struct stripe *stripe, const char *session_ref, int64_t budget_ms,
                           struct gateway_answer *answer);

/* A question that changes nothing, to see whether the gateway takes our key: GATEWAY_DENIED when it does not. */
void stripe_greet(struct ctx *ctx, const struct stripe *stripe, int64_t budget_ms, struct gateway_answer *answer);

/* An intent that waits for somebody; GATEWAY_EXPIRED once it is cancelled, GATEWAY_UNKNOWN when it cannot be any more. */
void stripe_cancel_intent(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                          struct gateway_answer *answer);

/* One page of the payments that were begun at since_at or later, newest first, as far as they took money. after: ""
 * for the first page, else the *last that the page before gave; *last "" when there is none further. ERR_GATEWAY when
 * the answer is not a whole page of payments: a list is only of use when nothing of it is missing. */
enum err stripe_taken(struct ctx *ctx, const struct stripe *stripe, int64_t since_at, const char *after, int64_t budget_ms,
                      struct gateway_taken **rows, size_t *count, const char **last) MUST_USE;

/* Pages as those of stripe_taken: what was begun at since_at or later, newest first, as far as the money is away. */
enum err stripe_back(struct ctx *ctx, const struct stripe *stripe, enum stripe_back what, int64_t since_at, const char *after, int64_t budget_ms,
                     struct gateway_back **rows, size_t *count, const char **last) MUST_USE;

/* ---- refunds: GATEWAY_DECLINED is failed or cancelled; intent_ref names the payment ---- */

char *stripe_refund_body(struct arena *arena, const char *refund_key, const char *intent_ref, int64_t amount_minor);
void stripe_refund(struct ctx *ctx, const struct stripe *stripe, const char *refund_ref, int64_t budget_ms,
                   struct gateway_answer *answer);
/* The one with our key among those of a payment. GATEWAY_ABSENT only when all of them were seen. */
void stripe_find_refund(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, const char *refund_key,
                        int64_t budget_ms, struct gateway_answer *answer);
/* All of them, at most 100; *count 0 and an outcome but GATEWAY_SUCCEEDED in *asked when the gateway did not say. */
void stripe_refunds_of(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                       struct gateway_answer *asked, struct gateway_answer **answers, size_t *count);

/* ---- disputes ---- */

void stripe_dispute(struct ctx *ctx, const struct stripe *stripe, const char *dispute_ref, int64_t budget_ms,
                    struct gateway_dispute *dispute);

#endif
