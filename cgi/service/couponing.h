/* couponing: making coupons, entering one on a quote or by a change of a contract, taking it back.
 *
 * A coupon counts from the moment it is entered; what it takes off is copied to the quote then, and signed with it.
 * However many enter the last one at once, one gets it: the count is a constraint. */
#ifndef TACITE_SERVICE_COUPONING_H
#define TACITE_SERVICE_COUPONING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/coupon.h"
#include "core/discount.h"
#include "core/quote.h"
#include "service/once.h"
#include "store/coupon.h"

struct couponing_result {
    enum coupon_refusal coupon;   /* why the code was not taken */
    enum quote_refusal quote;     /* why the quote takes none */
    bool has_one;                 /* the quote has a coupon already */
    bool stale, taken;            /* of change_coupon */
    bool too_few;                 /* fewer than were redeemed already */
    int64_t id;
    const char *url;
};

/* id 0: a new one; else its dates, numbers and state. */
enum err change_coupon(struct ctx *ctx, struct coupon *coupon, const struct once *once, struct couponing_result *result) MUST_USE;

/* code: as typed. By the customer (of the version that they see) or by the seller, who may also while it is a draft. */
enum err enter_coupon(struct ctx *ctx, int64_t quote_id, const char *code, bool by_seller, const struct once *once,
                      struct couponing_result *result) MUST_USE;
enum err remove_coupon(struct ctx *ctx, int64_t quote_id, bool by_seller, const struct once *once,
                       struct couponing_result *result) MUST_USE;

/* A code that a contract's discount begins with. */
struct coupon_taking {
    const char *code;     /* as typed */
    int64_t customer_id;
    const char *currency;
    /* the answer */
    enum coupon_refusal refusal;
    struct discount discount;
    int64_t coupon_id;
    int64_t once_key;
};
/* Under the coupon's lock, in the caller's transaction; writes: gives back first what came to nothing. */
enum err look_at_coupon(struct ctx *ctx, bool writes, struct coupon_taking *taking) MUST_USE;
/* Counts it for the amendment, in the transaction in which it was looked at. */
enum err count_coupon(struct ctx *ctx, const struct coupon_taking *taking, int64_t amendment_id) MUST_USE;

#endif
