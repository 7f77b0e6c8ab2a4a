/* offer_view: an offer's lines and totals as every page shows them: preview, customer's page, seller's.
 * One function, so that what is previewed is what is read. */
#ifndef TACITE_PAGE_OFFER_VIEW_H
#define TACITE_PAGE_OFFER_VIEW_H

#include "page/page.h"
#include "service/offer.h"

enum reader { READER_SELLER = 1, READER_CUSTOMER }; /* the seller also sees bounds and MRR */

/* The unit price of a quantity under a rule, as a column shows it: of tiers, that of the one that prices it all. */
char *view_price(const struct page *page, const struct price_rule *rule, int64_t quantity_e4, const char *currency);

/* Puts Lines.N and Total under node. */
void view_offer(const struct page *page, HDF *node, const struct offer *offer, enum reader reader);

#endif
