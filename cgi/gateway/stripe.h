/* stripe: the card gateway's API, as far as we use it.
 *
 * A request's body is built once, as text, so that the caller commits it before sending and sends the
 * same bytes again with the same idempotency key (MON-02). Every answer is mapped to one outcome; what
 * is not understood is UNKNOWN, never success and never decline. The version of the API is fixed: the
 * first one whose declines tell the codes and advice of the card schemes, and none of the later ones. */
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
    GATEWAY_REFUSED,  /* it refuses what was sent under a key: nothing was done, another key alone changes nothing */
    GATEWAY_DENIED,   /* it does not take our secret key (any more): nothing was done */
    GATEWAY_UNKNOWN,
};

struct gateway_answer {
    enum gateway_outcome outcome;
    const char *session_ref;
    const char *intent_ref;   /* of the payment (or setup) intent */
    const char *customer_ref;
    int64_t amount_minor;
    const char *currency;     /* upper case */
    const char *decline_code; /* of a decline: what core/retry judges by; of a refused request, its code */
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
    bool invalid;             /* the request itself was refused */
    bool customer_gone;       /* because the gateway has no such customer */
};
/* With no other word than this: every text is "". */
struct gateway_answer gateway_answer_of(enum gateway_outcome outcome);

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

/* Money that the gateway has taken. */
struct gateway_taken {
    const char *intent_ref;
    const char *attempt_key;  /* metadata[attempt]; "" : not made by us */
    const char *customer_ref;
    const char *description;
    int64_t amount_minor;     /* what was received */
    const char *currency;     /* upper case */
    int64_t created_at;       /* UTC microseconds */
};

/* One page of the payments that were begun at since_at or later, newest first, as far as they took money. after: ""
 * for the first page, else the *last that the page before gave; *last "" when there is none further. ERR_GATEWAY when
 * the answer is not a whole page of payments: a list is only of use when nothing of it is missing. */
enum err stripe_taken(struct ctx *ctx, const struct stripe *stripe, int64_t since_at, const char *after, int64_t budget_ms,
                      struct gateway_taken **rows, size_t *count, const char **last) MUST_USE;

/* Reads one such page; for tests. */
enum err stripe_map_taken(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_taken **rows,
                          size_t *count, const char **last) MUST_USE;

/* Money that went back by now: a refund, or a dispute whose sum was taken from us. */
enum stripe_back { STRIPE_REFUNDS = 1, STRIPE_DISPUTES };
struct gateway_back {
    const char *ref;
    const char *refund_key; /* metadata[refund]; "": not made by us, or a dispute */
    const char *intent_ref; /* of the payment */
    const char *note;       /* a dispute's reason */
    int64_t amount_minor;   /* what is away */
    const char *currency;   /* upper case */
    int64_t created_at;     /* UTC microseconds */
};

/* Pages as those of stripe_taken: what was begun at since_at or later, newest first, as far as the money is away. */
enum err stripe_back(struct ctx *ctx, const struct stripe *stripe, enum stripe_back what, int64_t since_at, const char *after, int64_t budget_ms,
                     struct gateway_back **rows, size_t *count, const char **last) MUST_USE;
enum err stripe_map_back(struct ctx *ctx, enum stripe_back what, long status, const char *body, size_t bytes, struct gateway_back **rows,
                         size_t *count, const char **last) MUST_USE; /* reads one; for tests */

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

struct gateway_dispute {
    enum gateway_outcome outcome; /* GATEWAY_SUCCEEDED: the rest is filled in */
    const char *dispute_ref;
    const char *intent_ref;
    const char *status; /* the gateway's word */
    const char *reason;
    int64_t amount_minor;
    const char *currency;
    int64_t gone_minor;  /* what it moved by now, without fees: above 0 the money is away */
    int64_t answer_by;   /* UTC microseconds; 0: it says none */
    const char *message;
};
void stripe_dispute(struct ctx *ctx, const struct stripe *stripe, const char *dispute_ref, int64_t budget_ms,
                    struct gateway_dispute *dispute);

/* Maps one answer; for tests. */
void stripe_map(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_answer *answer);

#endif
