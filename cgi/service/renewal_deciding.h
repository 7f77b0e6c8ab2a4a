/* renewal_deciding: what becomes of one subscription whose day has come: it starts, its trial or term ends, periods are
 * billed, it is held for a person or ends; and on which day it is looked at again.
 *
 * The subscription and the parts (service/renewal_parts) are changed in memory, for the caller to save and invoice; what is
 * told of it (activity, items, mails) is written in the caller's transaction. */
#ifndef TACITE_SERVICE_RENEWAL_DECIDING_H
#define TACITE_SERVICE_RENEWAL_DECIDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/renewal_parts.h"
#include "store/usage.h"

struct renewal_case {
    struct taxing *taxing;
    const struct buyer *buyer;
    const struct subscription_line *lines; /* as agreed, in their order */
    size_t line_count;
    const struct usage_day *usage; /* of periods that are not billed, its own among others' */
    size_t usage_count;
    int32_t by_on;   /* what is due by then is billed; 0: today */
    bool one_day;    /* and of that, what is due on the first day */
    bool never_held; /* whatever was missed */
    bool only_asks;  /* what is due is to be asked for, not billed: the subscription stays where it is until tomorrow */
    /* the answer */
    bool asks; /* only_asks, and something is due */
    bool held;
    bool ended;
};

/* ERR_LIMIT when an amount is out of bounds or a VAT rate is missing. */
enum err decide_renewal(struct ctx *ctx, struct renewal_case *of, struct subscription *s, struct renewal_parts *parts) MUST_USE;

#endif
