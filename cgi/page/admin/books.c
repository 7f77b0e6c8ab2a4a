/* books: what the pages of the books share. */
#include "page/admin/books.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "store/financial_year.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/words.h"

enum { CHOICES_MAX = 6 };

const char *books_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

HDF *books_field(HDF *hdf, struct arena *arena, const char *name, const char *label, const char *value)
{
    HDF *node = hdf_node(hdf, arena_printf(arena, "Filter.%s", name));

    hdf_text(node, "id", arena_printf(arena, "f-%s", name));
    hdf_text(node, "name", name);
    hdf_text(node, "label", label);
    hdf_text(node, "value", value);
    hdf_flag(node, "plain", true);
    return node;
}

const char *books_text(struct page *page, HDF *hdf, const char *name, const char *label)
{
    const char *value = page_query(page, name);

    (void)books_field(hdf, page->ctx->arena, name, label, value);
    return value;
}

bool books_day(struct page *page, HDF *hdf, const char *name, const char *label, int32_t usual, int32_t *on)
{
    const char *typed = page_query(page, name);
    enum parse_result parsed = typed[0] == '\0' ? PARSE_EMPTY : parse_date(typed, page->ctx->language, on);
    HDF *node;

    if (parsed != PARSE_OK)
        *on = usual;
    node = books_field(hdf, page->ctx->arena, name, label,
                        (parsed != PARSE_OK && typed[0] != '\0') || *on == DATE_NONE ? typed
                                                                                     : format_input_date(page->ctx->arena, page->ctx->language, *on));
    hdf_flag(node, "short", true);
    if (parsed == PARSE_OK || parsed == PARSE_EMPTY)
        return true;
    hdf_text(node, "err", tr("Enter a day, such as 31/12/2026"));
    return false;
}

const char *books_year(const struct page *page, struct period year)
{
    return financial_year_is_civil(year) ? arena_printf(page->ctx->arena, "%04d", date_civil(year.from_on).year)
                                         : arena_printf(page->ctx->arena, "%s – %s", page_date(page, year.from_on), page_date(page, period_last_on(year)));
}

static void year_choice(struct page *page, HDF *hdf, int row, const char *path, struct period year, struct period span)
{
    HDF *node = hdf_row(hdf, "Choices", row);

    hdf_text(node, "name", books_year(page, year));
    hdf_text(node, "href", arena_printf(page->ctx->arena, "%s%c%s", path, strchr(path, '?') != NULL ? '&' : '?', books_span_query(page, year)));
    hdf_flag(node, "on", span.from_on == year.from_on && span.until_on == year.until_on);
}

/* Years in which something is booked; one alone is no choice. */
static enum err year_choices(struct page *page, HDF *hdf, const char *path, struct period span)
{
    struct book_year *years;
    size_t count;

    TRY(page->ctx, book_years(page->ctx, &years, &count));
    for (size_t i = 0; i < count && i < CHOICES_MAX && count > 1; i++)
        year_choice(page, hdf, (int)i, path, (struct period){years[i].from_on, years[i].until_on}, span);
    return OK;
}

enum err books_span(struct page *page, HDF *hdf, const char *path, struct period *span, bool *good)
{
    int32_t today_on = page->ctx->today_on;
    struct financial_years years;
    bool from_good;
    int32_t to_on;

    TRY(page->ctx, financial_years(page->ctx, &years));
    from_good = books_day(page, hdf, "from", tr("From"), financial_year_of(&years, today_on).from_on, &span->from_on);
    *good = books_day(page, hdf, "to", tr("Up to"), today_on, &to_on) && from_good;
    span->until_on = to_on + 1;
    if (*good && span->until_on <= span->from_on) {
        hdf_text(hdf, "Filter.to.err", tr("The end is before the beginning"));
        *good = false;
    }
    if (span->until_on <= span->from_on)
        span->until_on = span->from_on + 1;
    return year_choices(page, hdf, path, *span);
}

const char *books_span_query(const struct page *page, struct period span)
{
    char from[DATE_TEXT_BYTES];
    char to[DATE_TEXT_BYTES];

    return arena_printf(page->ctx->arena, "from=%s&to=%s", date_iso(span.from_on, from), date_iso(span.until_on - 1, to));
}

enum err books_csv(struct page *page, const char *name, int32_t on, const struct csv *csv)
{
    char day[DATE_TEXT_BYTES];

    respond_file(page->response, "text/csv; charset=utf-8", arena_printf(page->ctx->arena, "%s-%s.csv", name, date_iso(on, day)),
                 csv->text.text, csv->text.bytes);
    return OK;
}

const char *books_journal(const char *journal)
{
    return str_equal(journal, "VT") ? tr("Sales journal") : str_equal(journal, "BQ") ? tr("Bank journal")
           : str_equal(journal, "OD")                       ? tr("Miscellaneous journal") : journal;
}

void books_heads(struct csv *csv, const char *const *head, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_text(csv, tr(head[i]));
    csv_end_row(csv);
}

enum err books_too_long(struct page *page)
{
    return page_error(page, 413, tr_fill(page->ctx->arena, "A file of a page has at most {count} lines: choose a shorter span.", "count",
                                         page_number(page, CSV_LINES_MAX), NULL));
}

const char *books_some(const struct page *page, int64_t minor, const char *currency)
{
    return minor == 0 ? "" : page_money(page, minor, currency);
}
