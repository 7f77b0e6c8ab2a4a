/* stripe_answer: what the card gateway's answers mean, from their bytes alone.
 *
 * Every answer about one thing is mapped to one outcome; what is not understood is UNKNOWN, never success and never
 * decline. A page of a list is only of use when nothing of it is missing: else it is ERR_GATEWAY. */
#ifndef TACITE_GATEWAY_STRIPE_ANSWER_H
#define TACITE_GATEWAY_STRIPE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

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

/* A session, an intent, a refund, the first of a list, a decline, a refused request. */
void stripe_map(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_answer *answer);

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

/* A page of payments, as far as they took money. *last: the last of the page, when another follows; else "". */
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

/* A page of them, as far as the money is away. */
enum err stripe_map_back(struct ctx *ctx, enum stripe_back what, long status, const char *body, size_t bytes, struct gateway_back **rows,
                         size_t *count, const char **last) MUST_USE;

/* The refund of a list that has our key; GATEWAY_ABSENT only when the list is whole. *answer stays when it is no list. */
void stripe_map_own_refund(struct ctx *ctx, const char *body, size_t bytes, const char *own_key, struct gateway_answer *answer);
/* All of a list; false: it is none. */
bool stripe_map_refunds(struct ctx *ctx, const char *body, size_t bytes, struct gateway_answer **answers, size_t *count);

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

/* Nothing is changed when it is no dispute. */
void stripe_map_dispute(struct ctx *ctx, const char *body, size_t bytes, struct gateway_dispute *dispute);

#endif
