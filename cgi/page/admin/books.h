/* books: what the pages of the books share: the days of a filter, files of tables. */
#ifndef TACITE_PAGE_ADMIN_BOOKS_H
#define TACITE_PAGE_ADMIN_BOOKS_H

#include "core/financial_year.h"
#include "core/period.h"
#include "document/csv.h"
#include "page/page.h"
#include "page/texts.h"

/* The most lines that a page puts into a file; a longer one asks for a shorter span. */
enum { CSV_LINES_MAX = 50000 };

const char *books_currency(const struct page *page);

/* A day of the query as a field: Filter.<name>.{id, name, label, value, err...}. Absent: usual. False when it is not a
 * day: *on is then usual and the field says so. */
bool books_day(struct page *page, HDF *hdf, const char *name, const char *label, int32_t usual, int32_t *on);

/* "2026" of a civil year, "01/07/2026 – 30/06/2027" of another. */
const char *books_year(const struct page *page, struct period year);

/* Filter.from and Filter.to of the query as a half-open span; without them the financial year so far. *good false when one is
 * wrong or they are the wrong way round. Choices.N.{name, href, on}: the years of the books, newest first, as spans of the
 * page at path. */
enum err books_span(struct page *page, HDF *hdf, const char *path, struct period *span, bool *good);
/* "from=2026-01-01&to=2026-12-31" */
const char *books_span_query(const struct page *page, struct period span);

/* A field of a filter: Filter.<name>. */
HDF *books_field(HDF *hdf, struct arena *arena, const char *name, const char *label, const char *value);
/* A field of the query that is a text: Filter.<name>. */
const char *books_text(struct page *page, HDF *hdf, const char *name, const char *label);

/* Refuses a file of more lines than CSV_LINES_MAX. */
enum err books_too_long(struct page *page);

/* The first row of a file: msgids. */
void books_heads(struct csv *csv, const char *const *head, size_t count);

/* Money with an empty cell for nothing. */
const char *books_some(const struct page *page, int64_t minor, const char *currency);

/* Sends a table as name-2026-12-31.csv. */
enum err books_csv(struct page *page, const char *name, int32_t on, const struct csv *csv);

const char *books_journal(const char *journal); /* translated; a sales journal that the house has added: its code */

#endif
