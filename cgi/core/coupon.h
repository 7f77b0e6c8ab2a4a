/* coupon: whether a code may be entered on a quote. Refusals stand in the order in which they are told. */
#ifndef TACITE_CORE_COUPON_H
#define TACITE_CORE_COUPON_H

#include <stdbool.h>
#include <stdint.h>

struct coupon_facts {
    bool active;
    bool by_amount;
    bool same_currency;    /* of an amount and the quote */
    int32_t from_on;
    int32_t until_on;      /* first day without it; DATE_NONE: open */
    int32_t today_on;
    int32_t max_redemptions; /* 0: as many as come */
    int32_t redeemed;
    bool full;             /* the quote has as many discounts as it takes (core/discount.h) */
    bool had_by_customer;  /* a coupon that each customer has once, entered on another quote of theirs */
};

enum coupon_refusal {
    COUPON_ACCEPTED = 1,
    COUPON_UNKNOWN,        /* also one that is not active: nobody learns that it exists */
    COUPON_NOT_YET,
    COUPON_OVER,
    COUPON_OTHER_CURRENCY,
    COUPON_NONE_LEFT,
    COUPON_NO_ROOM,
    COUPON_HAD_ALREADY,
};

enum coupon_refusal coupon_refusal(const struct coupon_facts *facts);
const char *coupon_refusal_text(enum coupon_refusal refusal); /* English msgid, "" when accepted */

/* "  summer-26 " to "SUMMER-26" in place: blanks go, small letters become capital. False: not 3 to 40 letters, digits
 * and dashes. */
bool coupon_code_normalise(char *code);

#endif
