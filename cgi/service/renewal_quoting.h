/* renewal_quoting: a running subscription is renewed by a quote: the seller edits and sends it like any other, and once it
 * is accepted its lines wait as a change of the contract for their day.
 *
 * R12 of product.md 5.1: they begin on a boundary that is not billed yet, at the term's end unless the quote's start says
 * earlier; never an overlap, never a gap. Until that day it can be undone like every planned change. What is sold once on
 * the quote is invoiced when it is accepted. */
#ifndef TACITE_SERVICE_RENEWAL_QUOTING_H
#define TACITE_SERVICE_RENEWAL_QUOTING_H

#include "service/offer.h"
#include "service/quoting.h"

struct renewal_drafting {
    int64_t subscription_id;
    int64_t owner_id;        /* of the quote */
    const char *refusal;     /* English msgid; NULL: made */
    const char *number;
    int64_t quote_id;
    const char *url;
};
/* A draft with the lines, prices and discounts that the subscription would have on its renewal's day. */
enum err draft_renewal(struct ctx *ctx, struct renewal_drafting *drafting, const struct once *once) MUST_USE;

/* The quote is accepted: in the caller's transaction. What cannot be planned any more is an operator item. */
enum err plan_renewal(struct ctx *ctx, const struct offer *offer) MUST_USE;

#endif
