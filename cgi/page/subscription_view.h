/* subscription_view: one subscription as its customer and its seller see it. */
#ifndef TACITE_PAGE_SUBSCRIPTION_VIEW_H
#define TACITE_PAGE_SUBSCRIPTION_VIEW_H

#include "page/page.h"
#include "store/subscription.h"

/* node.{kind, label}: the badge of a state's word. */
void view_subscription_state(HDF *node, const char *state);

/* "Visa card ending in 4242, valid until 12/2030" and the state of the stored method; both "" without one. */
enum err view_method(struct page *page, int64_t method_id, const char **text, const char **state) MUST_USE;

/* The lines to show on a day: those in force; of a contract that is paused or over, those that were last. */
struct subscription_line *subscription_lines_shown(struct arena *arena, const struct subscription_line *lines, size_t line_count, int32_t on,
                                                   size_t *count);

/* Sub.{number, badge}, Claim, Facts (price, next invoice with VAT, dates, payment method), Lines. *card: as above. */
enum err view_subscription(struct page *page, HDF *hdf, const struct subscription *s, const char **card) MUST_USE;

/* What is asked before it is invoiced (store/claim), at node: text; pay and press where it waits for the customer, reminders
 * for the seller. */
enum err view_claim(struct page *page, HDF *node, const struct subscription *s, bool *claimed) MUST_USE;

/* "Coupon SUMMER: 10% off until 31 March 2027, on 2 more invoices": a discount of the whole contract. */
struct standing_discount;
const char *view_discount(const struct page *page, const struct subscription *s, const struct standing_discount *standing);

/* Rows of what binds it: minimum duration, term and what comes after, notice and its last day. */
void view_term(const struct page *page, HDF *facts, int *row, const struct subscription *s);

/* Sub.number and Facts of what an end has to wait for; earliest: what the first possible last day is called. */
struct end_outlook;
void view_end(struct page *page, const struct subscription *s, const struct end_outlook *outlook, const char *earliest);

#endif
