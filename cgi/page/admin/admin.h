/* admin: the seller's selling pages, and what they share. */
#ifndef TACITE_PAGE_ADMIN_H
#define TACITE_PAGE_ADMIN_H

#include "core/invoice.h"
#include "page/page.h"
#include "page/texts.h"
#include "service/offer.h"
#include "service/once.h"

/* The form of a credit note: two fields a line. */
enum { CREDIT_FIELDS_MAX = 2 * INVOICE_LINES_MAX + 20, CREDIT_BYTES_MAX = 262144 };

/* The form's once-token and where success leads. */
struct once admin_once(const struct page *page, const char *to);

/* An id of an address or a form; 0 when it is none. */
int64_t admin_id(const char *text);

/* Shows "?did=..." of the address as the message above the title: "sent" and the like. */
void admin_flash(struct page *page);

/* The template that was chosen for a quote; ERR_NOT_FOUND when there is none that this seller is offered. */
struct quote_template;
enum err offered_template(struct page *page, const char *typed, struct quote_template *template) MUST_USE;

/* Lists by name in pages of equal size: ?from=N of the address, counted from 0; and the pager of a page that was asked
 * for size + 1 rows and got count. path has a query already. */
int64_t rows_from(const struct page *page);
void rows_pager(const struct page *page, HDF *hdf, const char *path, int64_t from, size_t size, size_t count);

/* Options of Form.currency: those in which something has a price; first, where first is not NULL, an empty one. */
enum err admin_currencies(struct page *page, HDF *hdf, const char *first, const char *chosen) MUST_USE;

/* What an offer leaves, for the seller's eyes: Margins.rows, and with lines a text at each: under prefix.N.margin. */
enum err admin_margins(const struct page *page, HDF *hdf, const struct offer *offer, const char *prefix) MUST_USE;

/* Puts Lines, Once/Period totals, Total and Vat notes of an offer under node. */
void admin_offer(const struct page *page, HDF *node, const struct offer *offer);

/* "Reduced rate" of a class of products, in the reader's language; the class itself when it is none of ours. */
const char *admin_tax_class(const char *tax_class);

/* Views.N: the pages of taxes, the one at path current. */
void admin_tax_views(const struct page *page, HDF *hdf, const char *path);

/* Timeline.N of an object. */
enum err admin_timeline(struct page *page, HDF *node, const char *subject_kind, int64_t subject_id);

/* What a link of kind "reset" opens: the token moves into a cookie, the address loses it. For the page
 * that opens links. */
enum err open_reset_link(struct page *page, const char *token);

/* What a page imports in one go; more is for tacite-batch import. */
enum { IMPORT_PAGE_BYTES = 5 * 1024 * 1024, IMPORT_PAGE_ROWS = 10000, IMPORT_BODY_MAX = IMPORT_PAGE_BYTES + 64 * 1024 };

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
enum err page_quote_alternative_post(struct page *page);
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
enum err page_subscription_end(struct page *page);
enum err page_subscription_end_post(struct page *page);
enum err page_subscription_end_undo_post(struct page *page);
enum err page_customer_vies_post(struct page *page);
enum err page_products(struct page *page);
enum err page_product_edit(struct page *page);
enum err page_product_edit_post(struct page *page);
enum err page_pricelists(struct page *page);
enum err page_pricelist(struct page *page);
enum err page_pricelist_edit(struct page *page);
enum err page_pricelist_edit_post(struct page *page);
enum err page_pricelist_price(struct page *page);
enum err page_pricelist_price_post(struct page *page);
enum err page_price_preview(struct page *page);
enum err page_teams(struct page *page);
enum err page_team_edit(struct page *page);
enum err page_team_edit_post(struct page *page);
enum err page_units(struct page *page);
enum err page_unit_edit(struct page *page);
enum err page_unit_edit_post(struct page *page);
enum err page_coupons(struct page *page);
enum err page_coupon_edit(struct page *page);
enum err page_coupon_edit_post(struct page *page);
enum err page_quote_coupon_post(struct page *page);
enum err page_revisions(struct page *page);
enum err page_revision_new(struct page *page);
enum err page_revision_new_post(struct page *page);
enum err page_revision(struct page *page);
enum err page_revision_undo_post(struct page *page);
enum err page_exchange(struct page *page);
enum err page_exchange_post(struct page *page);
enum err page_exchange_file_post(struct page *page);
enum err page_indexes(struct page *page);
enum err page_indexes_post(struct page *page);
enum err page_plans(struct page *page);
enum err page_plan_edit(struct page *page);
enum err page_plan_edit_post(struct page *page);
enum err page_templates(struct page *page);
enum err page_template_edit(struct page *page);
enum err page_template_edit_post(struct page *page);
enum err page_template_history(struct page *page);
enum err page_taxes(struct page *page);
enum err page_tax_country(struct page *page);
enum err page_tax_rate_new(struct page *page);
enum err page_tax_rate_new_post(struct page *page);
enum err page_tax_calculator(struct page *page);
enum err page_tax_distance(struct page *page);
enum err page_tax_settings(struct page *page);
enum err page_tax_settings_post(struct page *page);
enum err page_company(struct page *page);
enum err page_company_post(struct page *page);
enum err page_subscriptions(struct page *page);
enum err page_subscription(struct page *page);
enum err page_subscription_release_post(struct page *page);
enum err page_subscription_link_post(struct page *page);
enum err page_usage(struct page *page);
enum err page_usage_post(struct page *page);
enum err page_usage_undo(struct page *page);
enum err page_usage_undo_post(struct page *page);
enum err page_invoices(struct page *page);
enum err page_invoice(struct page *page);
enum err page_invoice_pdf(struct page *page);
enum err page_invoice_link_post(struct page *page);
enum err page_invoice_credit(struct page *page);
enum err page_invoice_credit_post(struct page *page);
enum err page_payments(struct page *page);
enum err page_payment(struct page *page);
enum err page_payment_refund(struct page *page);
enum err page_payment_refund_post(struct page *page);
enum err page_payment_return_post(struct page *page);
enum err page_payment_decide(struct page *page);
enum err page_payment_decide_post(struct page *page);
enum err page_credit_refund(struct page *page);
enum err page_credit_refund_post(struct page *page);
enum err page_dispute(struct page *page);
enum err page_dispute_post(struct page *page);
enum err page_refunds(struct page *page);
enum err page_refund(struct page *page);
enum err page_refund_post(struct page *page);
enum err page_collections(struct page *page);
enum err page_collections_post(struct page *page);
enum err page_collection_file(struct page *page);
enum err page_collection_sent(struct page *page);
enum err page_collection_sent_post(struct page *page);
enum err page_mandates(struct page *page);
enum err page_mandates_post(struct page *page);
enum err page_mandate_pdf(struct page *page);
enum err page_mandate_change_pdf(struct page *page);
enum err page_mandate_confirm(struct page *page);
enum err page_mandate_confirm_post(struct page *page);
enum err page_mandate_revoke_post(struct page *page);
enum err page_debit_terms(struct page *page);
enum err page_debit_terms_post(struct page *page);
enum err page_bank(struct page *page);
enum err page_bank_file_post(struct page *page);
enum err page_bank_entry(struct page *page);
enum err page_bank_entry_post(struct page *page);
enum err page_reconciliation(struct page *page);
enum err page_reconciliation_post(struct page *page);
enum err page_difference(struct page *page);
enum err page_difference_post(struct page *page);
enum err page_dunning(struct page *page);
enum err page_dunning_case(struct page *page);
enum err page_dunning_stop_post(struct page *page);
enum err page_dunning_rules(struct page *page);
enum err page_dunning_rule(struct page *page);
enum err page_dunning_rule_post(struct page *page);
enum err page_journal(struct page *page);
enum err page_journal_csv(struct page *page);
enum err page_journal_entry(struct page *page);
enum err page_account_ledger(struct page *page);
enum err page_account_ledger_csv(struct page *page);
enum err page_balance(struct page *page);
enum err page_balance_csv(struct page *page);
enum err page_aged(struct page *page);
enum err page_aged_csv(struct page *page);
enum err page_aged_customer(struct page *page);
enum err page_deferred(struct page *page);
enum err page_deferral_method(struct page *page);
enum err page_deferral_method_post(struct page *page);
const char *deferral_method_text(const char *method); /* "whole_months" in the reader's words */
enum err page_deferred_csv(struct page *page);
enum err page_accounts(struct page *page);
enum err page_financial_years(struct page *page);
enum err page_financial_year(struct page *page);
enum err page_financial_year_post(struct page *page);
enum err page_sales_journals(struct page *page);
enum err page_sales_journals_post(struct page *page);
enum err page_account_edit(struct page *page);
enum err page_account_edit_post(struct page *page);
enum err page_account_delete_post(struct page *page);
enum err page_account_roles(struct page *page);
enum err page_account_roles_post(struct page *page);
enum err page_closings(struct page *page);
enum err page_closings_csv(struct page *page);
enum err page_closings_post(struct page *page);
enum err page_fec(struct page *page);
enum err page_item_done_post(struct page *page);
enum err page_import(struct page *page);
enum err page_import_kind(struct page *page);
enum err page_import_kind_post(struct page *page);
enum err page_import_file(struct page *page);
enum err page_import_file_post(struct page *page);
enum err page_import_sample(struct page *page);
enum err page_export(struct page *page);
enum err page_outbox(struct page *page);
enum err page_outbox_mail(struct page *page);
enum err page_outbox_mail_post(struct page *page);

#endif
