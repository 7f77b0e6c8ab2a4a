/* coupon: codes that take something off, and where they were entered, on quotes and by changes of contracts. The database
 * counts. */
#ifndef TACITE_STORE_COUPON_H
#define TACITE_STORE_COUPON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct coupon {
    int64_t id;
    const char *code;        /* capital letters, digits and dashes; found whatever the case */
    int32_t ppm;             /* 0: an amount */
    int64_t amount_minor;
    const char *currency;    /* of the amount */
    int32_t periods;         /* 0: for ever */
    int32_t from_on;
    int32_t until_on;        /* first day without it; DATE_NONE: open */
    int32_t max_redemptions; /* 0: as many as come */
    bool once_per_customer;
    int32_t redeemed;        /* read only */
    const char *state;       /* "active", "archived" */
    int32_t rev;
};

struct coupon_redemption {
    int64_t quote_id;        /* 0: by an amendment */
    int64_t amendment_id;    /* 0: on a quote */
    int64_t coupon_id;
    int64_t customer_id;
    int64_t once_key;        /* the customer, of a coupon that each has once; 0 */
    const char *discount;    /* core/discount's text, as it was then */
    /* read only */
    const char *entered_by;
    int64_t entered_at;
    const char *quote_number;        /* or "" */
    const char *subscription_number; /* or "" */
    const char *customer_name;
};

enum err coupons(struct ctx *ctx, struct coupon **rows, size_t *count) MUST_USE; /* newest first */
enum err coupons_exist(struct ctx *ctx, bool *exist) MUST_USE; /* active ones */
enum err coupon_by_id(struct ctx *ctx, int64_t id, struct coupon *coupon) MUST_USE;
enum err coupon_by_code(struct ctx *ctx, const char *code, struct coupon *coupon) MUST_USE;
enum err lock_coupon(struct ctx *ctx, int64_t id, struct coupon *coupon) MUST_USE;
enum err insert_coupon(struct ctx *ctx, struct coupon *coupon) MUST_USE;
/* What it takes off is fixed once it exists: dates, numbers and state change. ERR_CONFLICT: rev. */
enum err save_coupon(struct ctx *ctx, const struct coupon *coupon) MUST_USE;

enum err coupon_redemptions(struct ctx *ctx, int64_t coupon_id, struct coupon_redemption **rows, size_t *count) MUST_USE;
/* ERR_DUPLICATE: the quote or amendment has one, or the customer had this one; ERR_DB: none is left (look before, under the lock). */
enum err insert_redemption(struct ctx *ctx, const struct coupon_redemption *redemption) MUST_USE;
enum err delete_redemption(struct ctx *ctx, int64_t quote_id) MUST_USE; /* ERR_CONFLICT: none */
/* The one of an amendment that was undone or has failed; nothing where it has none. */
enum err delete_redemption_of_amendment(struct ctx *ctx, int64_t amendment_id) MUST_USE;
/* How the customer stands to it, and how many wait to be given back by release_redemptions. */
struct coupon_standing {
    bool had; /* the customer's one time is used */
    int32_t free;
};
enum err coupon_standing(struct ctx *ctx, int64_t coupon_id, int64_t customer_id, struct coupon_standing *row) MUST_USE;
/* Gives back those of quotes that were declined, withdrawn or not signed in time. */
enum err release_redemptions(struct ctx *ctx, int64_t coupon_id) MUST_USE;

#endif
