/* amend: what the pages of amendments share with the page of the subscription. */
#ifndef TACITE_PAGE_AMEND_H
#define TACITE_PAGE_AMEND_H

#include "page/admin/admin.h"
#include "store/subscription.h"

/* Planned.{text, action}: what waits, with its undo; Amend.href; Changes.N.{on, text, quote, before, after, documents,
 * state}: what was changed; Proposals.N.{href, number, kind, state, period, until}: quotes that would change it; Then.{on, field, lines, text}: the contract on the day of ?on=. */
enum err amend_fill_subscription(struct page *page, HDF *hdf, const struct subscription *s) MUST_USE;

/* The handlers. */
enum err page_amend_choice(struct page *page);
enum err page_amend(struct page *page);
enum err page_amend_post(struct page *page);
enum err page_amend_undo_post(struct page *page);
enum err page_renewal_quote_post(struct page *page);
enum err page_hand_over(struct page *page);
enum err page_hand_over_post(struct page *page);

#endif
