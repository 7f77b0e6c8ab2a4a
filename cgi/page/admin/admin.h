/* admin: the seller's selling pages, and what they share. */
#ifndef TACITE_PAGE_ADMIN_H
#define TACITE_PAGE_ADMIN_H

#include "base/check.h"
#include "core/quote.h"
#include "page/page.h"
#include "service/offer.h"
#include "service/once.h"


/* The form's once-token and where success leads. */
struct once admin_once(const struct page *page, const char *to);

/* Finished texts in the reader's language. */
const char *admin_money(const struct page *page, int64_t minor, const char *currency);
const char *admin_date(const struct page *page, int32_t on);       /* "" for DATE_NONE */
const char *admin_instant(const struct page *page, int64_t at);    /* "" for 0 */
const char *admin_number(const struct page *page, int64_t n);

/* node.{kind, label}: a badge. */
void admin_badge(HDF *node, const char *kind, const char *label);
void admin_quote_badge(HDF *node, enum quote_state state);

/* A field of the query, "" when absent; cut to 200 bytes. */
const char *admin_query(const struct page *page, const char *name);
/* A whole number of the query in [0, max]; 0 when absent or wrong. */
int64_t admin_query_id(const struct page *page, const char *name);

/* Shows "?did=..." of the address as the message above the title: "sent" and the like. */
void admin_flash(struct page *page);

/* Summary row: label (translated), value. */
void admin_fact(HDF *summary, int *row, const char *label, const char *value);

/* Puts Lines, Once/Period totals, Total and Vat notes of an offer under node. */
void admin_offer(const struct page *page, HDF *node, const struct offer *offer);

/* Timeline.N of an object. */
enum err admin_timeline(struct page *page, HDF *node, const char *subject_kind, int64_t subject_id);

/* What a link of kind "reset" opens: the token moves into a cookie, the address loses it. For the page
 * that opens links. */
enum err open_reset_link(struct page *page, const char *token);

/* The handlers. */
enum err page_login(struct page *page);
enum err page_login_post(struct page *page);
enum err page_logout_post(struct page *page);
enum err page_forgot(struct page *page);
enum err page_forgot_post(struct page *page);
enum err page_reset(struct page *page);
enum err page_reset_post(struct page *page);
enum err page_today(struct page *page);
enum err page_clock_post(struct page *page);
enum err page_quotes(struct page *page);
enum err page_quote_new(struct page *page);
enum err page_quote_new_post(struct page *page);
enum err page_admin_quote(struct page *page);
enum err page_quote_edit(struct page *page);
enum err page_quote_edit_post(struct page *page);
enum err page_quote_preview(struct page *page);
enum err page_quote_preview_pdf(struct page *page);
enum err page_quote_send(struct page *page);
enum err page_quote_send_post(struct page *page);
enum err page_quote_again_post(struct page *page);
enum err page_quote_revoke_post(struct page *page);
enum err page_quote_withdraw(struct page *page);
enum err page_quote_withdraw_post(struct page *page);
enum err page_quote_answer_post(struct page *page);
enum err page_customers(struct page *page);
enum err page_customer_new(struct page *page);
enum err page_customer_new_post(struct page *page);
enum err page_customer(struct page *page);
enum err page_customer_edit(struct page *page);
enum err page_customer_edit_post(struct page *page);
enum err page_customer_vat_post(struct page *page);
enum err page_products(struct page *page);
enum err page_product_edit(struct page *page);
enum err page_product_edit_post(struct page *page);
enum err page_plans(struct page *page);
enum err page_plan_edit(struct page *page);
enum err page_plan_edit_post(struct page *page);
enum err page_templates(struct page *page);
enum err page_template_edit(struct page *page);
enum err page_template_edit_post(struct page *page);
enum err page_company(struct page *page);
enum err page_company_post(struct page *page);
enum err page_outbox(struct page *page);
enum err page_outbox_mail(struct page *page);

#endif
