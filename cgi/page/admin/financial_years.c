/* financial_years: the years of the books, and where the one that is open or coming ends. */
#include "service/financial_years.h"

#include <string.h>

#include "core/date.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "store/financial_year.h"
#include "text/words.h"

/* What a page shows of the years. */
struct shown {
    struct financial_years years;
    struct financial_year_state state;
    struct book_year *books;
    size_t book_count;
};

static enum err load_shown(struct page *page, struct shown *s)
{
    TRY(page->ctx, financial_years(page->ctx, &s->years));
    TRY(page->ctx, financial_year_state(page->ctx, &s->state));
    return book_years(page->ctx, &s->books, &s->book_count);
}

/* What would stand in the way of any other end. */
static bool may_change(const struct page *page, const struct shown *s, struct period year)
{
    const struct financial_year_facts facts = {.year = year, .wish = year, .today_on = page->ctx->today_on, .last_entry_on = s->state.last_entry_on,
                                               .closed_until_on = s->state.closed_until_on};

    return financial_year_may_become(&facts) == FINANCIAL_YEAR_MAY;
}

static struct period first_shown(const struct page *page, const struct shown *s)
{
    return s->years.count > 0 ? s->years.rows[0] : financial_year_of(&s->years, page->ctx->today_on);
}

/* The last of them: that of today or of the last row, and those that may be given an end before they begin. */
static struct period last_shown(const struct page *page, const struct shown *s)
{
    struct period last = financial_year_of(&s->years, page->ctx->today_on);

    if (s->years.count > 0 && s->years.rows[s->years.count - 1].from_on > last.from_on)
        last = s->years.rows[s->years.count - 1];
    for (int i = 0; i < FINANCIAL_YEARS_AHEAD; i++)
        last = financial_year_of(&s->years, last.until_on);
    return last;
}

static void state_badge(struct page *page, HDF *node, const struct shown *s, struct period year)
{
    if (s->state.closed_until_on != DATE_NONE && year.until_on <= s->state.closed_until_on)
        page_badge(node, "neutral", tr("Closed"));
    else if (year.until_on <= page->ctx->today_on)
        page_badge(node, "warn", tr("To be closed"));
    else
        page_badge(node, period_contains(year, page->ctx->today_on) ? "ok" : "info",
                   period_contains(year, page->ctx->today_on) ? tr("Current") : tr("Coming"));
}

static void year_row(struct page *page, HDF *node, const struct shown *s, struct period year)
{
    char series[NUMBER_BYTES];
    char day[DATE_TEXT_BYTES];

    hdf_text(node, "from", page_date(page, year.from_on));
    hdf_text(node, "last", page_date(page, period_last_on(year)));
    hdf_text(node, "journal", financial_year_series(series, year) + strlen(JOURNAL_SERIES));
    hdf_text(node, "entries", page_number(page, 0));
    for (size_t i = 0; i < s->book_count; i++)
        if (s->books[i].from_on == year.from_on)
            hdf_text(node, "entries", page_number(page, s->books[i].entry_count));
    state_badge(page, hdf_node(node, "state"), s, year);
    if (may_change(page, s, year))
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/settings/years/%s", date_iso(year.from_on, day)));
}

enum err page_financial_years(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct period first;
    struct shown s;
    int row = 0;

    admin_flash(page);
    TRY(page->ctx, load_shown(page, &s));
    first = first_shown(page, &s);
    for (struct period year = last_shown(page, &s); year.from_on >= first.from_on && row < HDF_ROWS_MAX; year = financial_year_of(&s.years, year.from_on - 1))
        year_row(page, hdf_row(hdf, "Rows", row++), &s, year);
    hdf_flag(hdf, "Opens", s.years.opens);
    return page_show(page, 200, tr("Financial years"), "admin/financial_years.cs");
}

/* ---- one of them ---- */

struct year_form {
    int64_t rev; /* the first day that was not of the year when the form was shown */
    int32_t last_on;
    int32_t from_on;
};
/* The first day stands last: it is asked for while nothing was ever booked. */
static const struct field year_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct year_form, rev)},
    {.kind = FIELD_DATE, .name = "last", .label = N_("Last day"), .required = true, .hint = N_("The last day of a month; the year then has 1 to 24 months."),
     .missing = N_("Enter the last day of the financial year"), .offset = offsetof(struct year_form, last_on)},
    {.kind = FIELD_DATE, .name = "from", .label = N_("First day"), .required = true,
     .hint = N_("Of the company's first year any day. What would be dated before the first day of the books is booked on it."),
     .missing = N_("Enter the first day of the financial year"), .offset = offsetof(struct year_form, from_on)},
};

/* The year that the address names: one of those that are shown and may be changed. */
static enum err find_year(struct page *page, struct shown *s, struct period *year)
{
    int32_t from_on;

    if (!date_parse_iso(page->arg[0], &from_on))
        return ERR_NOT_FOUND;
    TRY(page->ctx, load_shown(page, s));
    *year = financial_year_of(&s->years, from_on);
    return year->from_on == from_on && from_on >= first_shown(page, s).from_on && from_on <= last_shown(page, s).from_on ? OK : ERR_NOT_FOUND;
}

static size_t field_count(const struct shown *s)
{
    return s->state.last_entry_on == DATE_NONE ? COUNT_OF(year_field) : COUNT_OF(year_field) - 1;
}

static enum err show_year(struct page *page, struct form *form, const struct shown *s, struct period year)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    char day[DATE_TEXT_BYTES];

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Action", arena_printf(arena, "/admin/settings/years/%s", date_iso(year.from_on, day)));
    hdf_number(hdf, "Token.rev", year.until_on);
    hdf_text(hdf, "Year.from", page_date(page, year.from_on));
    hdf_flag(hdf, "Year.booked", s->state.last_entry_on != DATE_NONE);
    if (s->state.last_entry_on != DATE_NONE)
        hdf_text(hdf, "Year.entry", page_date(page, s->state.last_entry_on));
    return page_show(page, form->error_count > 0 ? 422 : 200, tr_fill(arena, "Financial year {year}", "year", books_year(page, year), NULL),
                     "admin/financial_year.cs");
}

enum err page_financial_year(struct page *page)
{
    struct period year;
    struct shown s;
    struct form form;
    enum err err = find_year(page, &s, &year);

    if (err != OK)
        return err;
    if (!may_change(page, &s, year))
        return page_error(page, 409, tr("This financial year is closed or followed by entries: its end stays."));
    form_fill(&form, page->ctx, year_field, field_count(&s), &(struct year_form){year.until_on, period_last_on(year), year.from_on});
    return show_year(page, &form, &s, year);
}

static const char *verdict_words(struct page *page, const struct financial_year_result *r)
{
    const char *text = tr(financial_year_verdict_text(r->verdict));

    return r->verdict == FINANCIAL_YEAR_CUTS || r->verdict == FINANCIAL_YEAR_FOLLOWED
               ? arena_printf(page->ctx->arena, "%s (%s)", text, page_date(page, r->last_entry_on)) : text;
}

enum err page_financial_year_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/settings/years?did=saved");
    struct financial_year_result result;
    struct financial_year_wish wish;
    struct year_form v = {.from_on = DATE_NONE};
    struct period year;
    struct form form;
    struct shown s;
    enum err err = find_year(page, &s, &year);
    bool of_first_day;

    if (err != OK)
        return err;
    if (!page_form(page, &form, year_field, field_count(&s), &v))
        return OK;
    if (form.error_count > 0)
        return show_year(page, &form, &s, year);
    wish.shown = (struct period){year.from_on, (int32_t)v.rev};
    wish.year = (struct period){field_count(&s) == COUNT_OF(year_field) ? v.from_on : year.from_on, v.last_on + 1};
    TRY(page->ctx, change_financial_year(page->ctx, &wish, &once, &result));
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.verdict == FINANCIAL_YEAR_MAY)
        return page_see(page, "%s", result.url);
    of_first_day = result.verdict == FINANCIAL_YEAR_BEGUN || result.verdict == FINANCIAL_YEAR_AHEAD || result.verdict == FINANCIAL_YEAR_LONG_AGO;
    form_error(&form, of_first_day && field_count(&s) == COUNT_OF(year_field) ? "from" : "last", verdict_words(page, &result));
    return show_year(page, &form, &s, year);
}
