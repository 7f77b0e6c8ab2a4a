/* costing: what an offer costs the seller, and what it leaves: for the seller's pages alone.
 *
 * A draft follows the products' costs; sending freezes them. Costs count in the quote's currency only: a product that
 * has none in it has no known cost there. What is billed by use has no quantity yet, and no margin. */
#ifndef TACITE_SERVICE_COSTING_H
#define TACITE_SERVICE_COSTING_H

#include "core/margin.h"
#include "service/offer.h"

struct offer_margins {
    struct margin *lines;  /* of each line of the offer, excl. VAT; known 0: it has none, or its cost is not known */
    struct margin period;  /* of a period, of what counts, after every discount */
    struct margin once;    /* of what is sold once */
};
enum err offer_margins(struct ctx *ctx, const struct offer *offer, struct offer_margins *margins) MUST_USE;

/* In the transaction that sends the version, while it is a draft. */
enum err freeze_costs(struct ctx *ctx, const struct offer *offer) MUST_USE;

#endif
