/* returning: money that stands with a person (an attempt in OPERATOR: it came for a quote that was withdrawn, an invoice that
 * was paid otherwise, or in another amount) goes back to its card, the whole of it, once.
 *
 * As with refunds: READY and committed with a key of its own, SENDING committed, the call, its outcome; UNKNOWN is asked, or
 * sent again with the same key and bytes within 23 hours (core/refund's table, core/attempt's times). Nothing is booked: the
 * money never was. What succeeded closes the item of the attempt; what failed is told and can be ordered anew. */
#ifndef TACITE_SERVICE_RETURNING_H
#define TACITE_SERVICE_RETURNING_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/payable.h"
#include "store/stray_return.h"

/* Whether the money of an attempt can be sent back now. */
enum err stray_money_returnable(struct ctx *ctx, const struct attempt *attempt, bool *yes) MUST_USE;

struct return_order {
    int64_t attempt_id;
    const char *refusal; /* English msgid; NULL: ordered */
    const char *url;
};
enum err order_stray_return(struct ctx *ctx, struct return_order *order, const struct once *once) MUST_USE;

/* The batch's door; *checked is raised by what was looked at. */
enum err check_stray_returns(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

#endif
