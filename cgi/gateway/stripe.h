/* stripe: the card gateway's API, as far as we use it.
 *
 * A request's body is built once, as text, so that the caller commits it before sending and sends the
 * same bytes again with the same idempotency key (MON-02). Every answer is mapped to one outcome; what
 * is not understood is UNKNOWN, never success and never decline. */
#ifndef TACITE_GATEWAY_STRIPE_H
#define TACITE_GATEWAY_STRIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct stripe {
    const char *base; /* https://api.stripe.com, or the sandbox */
    const char *key;
};

enum gateway_outcome {
    GATEWAY_SUCCEEDED = 1,
    GATEWAY_PROCESSING,
    GATEWAY_ACTION,   /* the customer must act (3-D Secure) */
    GATEWAY_OPEN,     /* a hosted page waits for the customer */
    GATEWAY_DECLINED,
    GATEWAY_EXPIRED,  /* the hosted page is closed */
    GATEWAY_NOT_SENT, /* nothing left this machine */
    GATEWAY_ABSENT,   /* the gateway knows no such object */
    GATEWAY_UNKNOWN,
};

struct gateway_answer {
    enum gateway_outcome outcome;
    const char *session_ref;
    const char *intent_ref;   /* of the payment (or setup) intent */
    const char *customer_ref;
    int64_t amount_minor;
    const char *currency;     /* upper case */
    const char *decline_code;
    const char *advice_code;
    const char *message;      /* for the log and the seller */
    const char *redirect_url;
    const char *method_ref;
    const char *brand;
    const char *last4;
    int32_t exp_month;
    int32_t exp_year;
    const char *object_ref;   /* of a refund */
    const char *own_key;      /* our key in its metadata; "" not ours */
    bool invalid;             /* the gateway refused the request itself: nothing was done */
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

/* Maps one answer; for tests. */
void stripe_map(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_answer *answer);

#endif
