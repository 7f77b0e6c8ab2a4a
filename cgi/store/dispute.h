/* dispute: card payments that a cardholder's bank took back. */
#ifndef TACITE_STORE_DISPUTE_H
#define TACITE_STORE_DISPUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/dispute.h"

struct dispute {
    int64_t id;
    const char *dispute_ref;
    int64_t payment_id;
    int64_t attempt_id; /* read only */
    int64_t customer_id;
    int64_t invoice_id;      /* 0 none */
    int64_t subscription_id; /* 0 none */
    int64_t amount_minor;
    const char *currency;
    const char *reason;
    const char *status; /* the gateway's word */
    const char *state_name;
    enum dispute_state state;
    int64_t answer_by;
    int32_t out_on; /* DATE_NONE: the money did not leave */
    int32_t in_on;  /* DATE_NONE: it did not come again */
    int32_t opened_on;
    int32_t ended_on;
};
/* Sets id; ERR_DUPLICATE when it is known. */
enum err insert_dispute(struct ctx *ctx, struct dispute *dispute) MUST_USE;
enum err dispute_by_id(struct ctx *ctx, int64_t id, struct dispute *dispute) MUST_USE;
enum err lock_dispute(struct ctx *ctx, const char *ref, struct dispute *dispute) MUST_USE;
enum err save_dispute(struct ctx *ctx, const struct dispute *dispute) MUST_USE;
enum err disputes_of_payment(struct ctx *ctx, int64_t payment_id, struct dispute **rows, size_t *count) MUST_USE;
/* Whether the bank has not decided yet about money of this subscription. */
enum err subscription_is_disputed(struct ctx *ctx, int64_t subscription_id, bool *disputed) MUST_USE;

#endif
