/* customer: pages without a login. What a visit may see is what its grants open; everything else is
 * "not there" (404). */
#ifndef TACITE_PAGE_CUSTOMER_H
#define TACITE_PAGE_CUSTOMER_H

#include "page/page.h"
#include "page/texts.h"
#include "service/offer.h"
#include "service/once.h"
#include "store/invoice.h"
#include "store/subscription.h"

struct once customer_once(const struct page *page, const char *to);

/* The object with this number when the visit may see it; ERR_NOT_FOUND else. */
enum err visible_offer(struct page *page, const char *number, struct offer *offer) MUST_USE;
enum err visible_subscription(struct page *page, const char *number, struct subscription *subscription) MUST_USE;
enum err visible_invoice(struct page *page, const char *number, struct invoice *invoice) MUST_USE;
/* The same, or what is asked before it is invoiced, by its reference (store/claim). */
enum err visible_asked(struct page *page, const char *ref, struct invoice *invoice) MUST_USE;
/* The quote that an order of this customer came from, 0 for none: what passed to another customer is no more of the quote. */
enum err quote_of_order(struct page *page, int64_t order_id, int64_t customer_id, int64_t *quote_id) MUST_USE;

/* The link through which this visit got its grant on the quote; 0 when it came by another. */
int64_t grant_link(const struct page *page, const char *kind, int64_t object_id);

/* Documents.N.{href, name, type}. */
void add_document(HDF *hdf, int *row, const char *href, const char *name);

/* May.{change, pause, resume}, Planned.{text, action}: what the customer changes by themselves. */
enum err customer_changes(struct page *page, HDF *hdf, const struct subscription *s) MUST_USE;
/* May.end, and Ending where its end is theirs to take back. */
enum err customer_ends(struct page *page, HDF *hdf, const struct subscription *s) MUST_USE;
/* Reserves.N.{card, action, agreed or words}: other cards that may pay when the subscription's own will not. */
enum err customer_reserves(struct page *page, HDF *hdf, const struct subscription *s) MUST_USE;

enum err page_link(struct page *page);
enum err page_link_new(struct page *page);
enum err page_link_new_post(struct page *page);
enum err page_terms(struct page *page);
enum err page_notice(struct page *page);
enum err page_leave_post(struct page *page);
enum err page_quote(struct page *page);
enum err page_quote_post(struct page *page);
enum err page_quote_pdf(struct page *page);
enum err page_quote_signed_pdf(struct page *page);
enum err page_quote_ask_post(struct page *page);
enum err page_customer_coupon_post(struct page *page);
enum err page_quote_decline(struct page *page);
enum err page_quote_decline_post(struct page *page);
enum err page_sign(struct page *page);
enum err page_sign_post(struct page *page);
enum err page_pay(struct page *page);
enum err page_pay_post(struct page *page);
enum err page_pay_return(struct page *page);
enum err page_pay_refresh_post(struct page *page);
enum err page_done(struct page *page);
enum err page_hook(struct page *page);
enum err page_my(struct page *page);
enum err page_my_subscription(struct page *page);
enum err page_my_change(struct page *page);
enum err page_my_change_post(struct page *page);
enum err page_my_pause(struct page *page);
enum err page_my_pause_post(struct page *page);
enum err page_my_resume_post(struct page *page);
enum err page_my_undo_post(struct page *page);
enum err page_my_end(struct page *page);
enum err page_my_end_post(struct page *page);
enum err page_my_end_undo_post(struct page *page);
enum err page_my_mandate(struct page *page);
enum err page_my_mandate_post(struct page *page);
enum err page_my_mandate_code(struct page *page);
enum err page_my_mandate_code_post(struct page *page);
enum err page_my_mandate_pdf(struct page *page);
enum err page_my_mandate_revoke_post(struct page *page);
enum err page_my_mandate_account(struct page *page);
enum err page_my_mandate_account_post(struct page *page);
enum err page_my_mandate_account_code(struct page *page);
enum err page_my_mandate_account_code_post(struct page *page);
enum err page_my_mandate_change_pdf(struct page *page);
enum err page_my_card(struct page *page);
enum err page_my_card_post(struct page *page);
enum err page_my_card_refresh_post(struct page *page);
enum err page_my_reserve_post(struct page *page);
enum err page_my_reserve_end_post(struct page *page);
enum err page_my_invoice_pdf(struct page *page);

#endif
