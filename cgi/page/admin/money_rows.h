/* money_rows: what the pages of subscriptions, invoices and payments share. */
#ifndef TACITE_PAGE_ADMIN_MONEY_ROWS_H
#define TACITE_PAGE_ADMIN_MONEY_ROWS_H

#include "page/page.h"
#include "page/texts.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/refund.h"
#include "core/attempt.h"
#include "core/dispute.h"

struct money_view {
    const char *name;   /* of ?view= */
    const char *label;  /* English msgid */
    const char *filter; /* for the store */
};

/* Fills Views from a table; gives the one that the address names, NULL when it names none of them. */
const struct money_view *money_views(struct page *page, HDF *hdf, const char *path, const struct money_view *views, size_t count);

/* Pager for rows below before_id; path has a query already. */
void money_pager(const struct page *page, HDF *hdf, const char *path, int64_t before_id);

void attempt_badge(HDF *node, enum attempt_state state);
void dispute_badge(HDF *node, enum dispute_state state);
void refund_badge(HDF *node, enum refund_state state);
/* Disputes.N.{on, href, reason, by, amount, state}. */
enum err fill_disputes(struct page *page, HDF *hdf, int64_t payment_id) MUST_USE;
/* Refunds.N.{at, href, how, reason, amount, why, state}. */
void fill_refunds(struct page *page, HDF *hdf, const struct refund *rows, size_t count);

/* page_link_fact of an invoice, or of the subscription that is asked for what is not invoiced yet; nothing for id 0. */
enum err money_document_fact(struct page *page, HDF *facts, int *row, const char *label, int64_t invoice_id) MUST_USE;

/* A row of invoices: {href, number, customer, on, due, total, open, corrects, state}. */
void money_invoice_row(const struct page *page, HDF *node, const struct invoice_list_row *row);
/* Invoices.N of a customer or subscription (0: all), newest first, at most 50. */
enum err money_invoices(struct page *page, HDF *hdf, int64_t customer_id, int64_t subscription_id) MUST_USE;

#endif
