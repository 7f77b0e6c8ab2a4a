/* texts: what handlers of every area need: finished texts in the reader's language, fields of the query,
 * badges and facts. */
#ifndef TACITE_PAGE_TEXTS_H
#define TACITE_PAGE_TEXTS_H

#include "base/check.h"
#include "core/quote.h"
#include "page/page.h"

const char *page_money(const struct page *page, int64_t minor, const char *currency);
const char *page_date(const struct page *page, int32_t on);     /* "" for DATE_NONE */
const char *page_instant(const struct page *page, int64_t at);  /* in the company's time zone; "" for 0 */
const char *page_number(const struct page *page, int64_t n);

const char *page_pair(const struct page *page, const char *name, const char *value); /* "name: value" as the language writes it */

/* node.{kind, label}: a badge. */
void page_badge(HDF *node, const char *kind, const char *label);
void page_quote_badge(HDF *node, enum quote_state state);

/* A field of the query, "" when absent; cut to 200 bytes. */
const char *page_query(const struct page *page, const char *name);
/* A whole number of the query in [0, max]; 0 when absent or wrong. */
int64_t page_query_id(const struct page *page, const char *name);

/* Fills Form.country, or another field, with every country by name; now is the chosen code. */
void page_countries(const struct page *page, HDF *hdf, const char *now);
void page_countries_of(const struct page *page, HDF *hdf, const char *field, const char *now);

/* The badge of an invoice for its seller: paid, open, overdue. */
void page_invoice_badge(const struct page *page, HDF *node, int64_t open_minor, int32_t due_on);
/* In lists of both kinds, by the state of a row (store/invoice): a credit note has a badge of its own and counts
 * negative. */
void page_document_badge(const struct page *page, HDF *node, const char *state, int64_t open_minor, int32_t due_on);
const char *page_document_money(const struct page *page, const char *state, int64_t minor, const char *currency);

/* A stored document as a file of that name (".pdf" is added); words and 404 while it is being made. */
enum err page_document(struct page *page, const char *kind, int64_t ref_id, const char *name) MUST_USE;

/* Summary row: label (translated), value; nothing for an empty value. */
void page_fact(HDF *summary, int *row, const char *label, const char *value);
/* The same with a link to what it is about, also for an empty value; the link is read aloud with the value ("object"). Gives the
 * row. */
HDF *page_link_fact(HDF *summary, int *row, const char *label, const char *value, const char *href);

/* 1/10,000 of the currency's unit as money. */
const char *page_mrr(const struct page *page, int64_t mrr_e4, const char *currency);

#endif
