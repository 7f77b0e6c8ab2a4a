#include "service/financial_years.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "store/db.h"
#include "store/financial_year.h"
#include "store/history.h"
#include "store/invoice.h"

static enum err hold_years(struct ctx *ctx, struct financial_years *years)
{
    struct series_head head;

    TRY(ctx, lock_series(ctx, YEARS_SERIES, &head));
    return financial_years(ctx, years);
}

static struct financial_year_row row_of(struct period year)
{
    return (struct financial_year_row){.from_on = year.from_on, .until_on = year.until_on};
}

/* The years from the last row on, up to the one that the day is in; those before the first, likewise. */
static enum err add_years(struct ctx *ctx, const struct financial_years *years, struct period next, int32_t on)
{
    bool back = on < next.from_on;
    size_t room = (size_t)((back ? next.until_on - on : on - next.from_on) / 365 + 3);
    struct financial_year_row *rows = ARENA_ARRAY(ctx->arena, struct financial_year_row, room);
    size_t count = 0;

    for (;;) {
        CHECK(count < room);
        rows[count++] = row_of(next);
        if (period_contains(next, on))
            return insert_financial_years(ctx, rows, count);
        next = financial_year_of(years, back ? next.from_on - 1 : next.until_on);
    }
}

enum err reach_financial_years(struct ctx *ctx, struct period span, struct financial_years *years)
{
    int32_t last_on = period_last_on(span);

    TRY(ctx, hold_years(ctx, years));
    if (years->count == 0) {
        TRY(ctx, add_years(ctx, years, financial_year_of(years, span.from_on), last_on));
        return financial_years(ctx, years);
    }
    if (span.from_on < years->rows[0].from_on && !years->opens)
        TRY(ctx, add_years(ctx, years, financial_year_of(years, years->rows[0].from_on - 1), span.from_on));
    if (last_on >= years->rows[years->count - 1].until_on)
        TRY(ctx, add_years(ctx, years, financial_year_of(years, years->rows[years->count - 1].until_on), last_on));
    return financial_years(ctx, years);
}

static enum err begin(struct ctx *ctx, void *arg)
{
    const int *month = arg;
    struct financial_year_row row = row_of(financial_year_ending_with(*month, ctx->today_on));
    struct financial_years years;

    TRY(ctx, hold_years(ctx, &years));
    return years.count > 0 ? OK : insert_financial_years(ctx, &row, 1);
}

enum err begin_financial_years(struct ctx *ctx, int month)
{
    return db_transaction(ctx, begin, &month);
}

/* ---- changing ---- */

struct act {
    const struct financial_year_wish *wish;
    const struct once *once;
    struct financial_year_result *result;
};

static bool same_period(struct period a, struct period b)
{
    return a.from_on == b.from_on && a.until_on == b.until_on;
}

/* The journal of the year and those that rows have after it: whoever books there is done, or waits. */
static enum err hold_journals(struct ctx *ctx, const struct financial_years *years, struct period year)
{
    for (struct period each = year;; each = financial_year_of(years, each.until_on)) {
        char series[NUMBER_BYTES];
        struct series_head head;

        TRY(ctx, lock_series(ctx, financial_year_series(series, each), &head));
        if (!financial_years_have(years, each.until_on))
            return OK;
    }
}

static enum err judge(struct ctx *ctx, const struct financial_year_wish *wish, struct financial_year_result *result)
{
    struct financial_year_facts facts = {.year = wish->shown, .wish = wish->year, .today_on = ctx->today_on};
    struct financial_year_state state;

    TRY(ctx, financial_year_state(ctx, &state));
    facts.last_entry_on = result->last_entry_on = state.last_entry_on;
    facts.closed_until_on = state.closed_until_on;
    result->verdict = financial_year_may_become(&facts);
    return OK;
}

/* It gets its row behind those before it, and rows of years after it go. */
static enum err write_year(struct ctx *ctx, const struct financial_years *years, const struct financial_year_wish *wish)
{
    struct financial_year_row row = row_of(wish->year);
    struct financial_years now;

    if (wish->year.from_on != wish->shown.from_on) { /* nothing was ever booked */
        if (years->count > 0)
            TRY(ctx, delete_financial_years(ctx, years->rows[0].from_on));
        row.opens = true;
        return insert_financial_years(ctx, &row, 1);
    }
    if (years->count == 0)
        return insert_financial_years(ctx, &row, 1);
    if (financial_years_have(years, wish->shown.from_on))
        TRY(ctx, delete_financial_years(ctx, wish->shown.until_on));
    else
        TRY(ctx, reach_financial_years(ctx, wish->shown, &now));
    return same_period(wish->year, wish->shown) ? OK : move_financial_year(ctx, wish->year.from_on, wish->year.until_on);
}

/* What nobody was shown: another year by now, one before the first, one of a time that nobody plans for. */
static bool is_stale(struct ctx *ctx, const struct financial_years *years, struct period shown)
{
    return !same_period(financial_year_of(years, shown.from_on), shown) || (years->count > 0 && shown.from_on < years->rows[0].from_on) ||
           shown.from_on > date_add_months(ctx->today_on, FINANCIAL_YEARS_AHEAD * FINANCIAL_YEAR_MONTHS_MAX);
}

static enum err change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    const struct financial_year_wish *wish = act->wish;
    struct financial_year_result *result = act->result;
    struct financial_years years;
    char from[DATE_TEXT_BYTES];
    char until[DATE_TEXT_BYTES];

    *result = (struct financial_year_result){.last_entry_on = DATE_NONE};
    TRY(ctx, hold_years(ctx, &years));
    result->stale = is_stale(ctx, &years, wish->shown);
    if (!result->stale) {
        TRY(ctx, hold_journals(ctx, &years, wish->shown));
        TRY(ctx, judge(ctx, wish, result));
    }
    if (result->stale || result->verdict != FINANCIAL_YEAR_MAY) {
        TRY(ctx, pressed_before(ctx, act->once));
        return ERR_CONFLICT; /* rolled back: also the counters that the locks may have made */
    }
    TRY(ctx, write_year(ctx, &years, wish));
    TRY(ctx, note_audit(ctx, "books.year", arena_printf(ctx->arena, "%s %s", date_iso(wish->year.from_on, from),
                                                        date_iso(period_last_on(wish->year), until)), "ok"));
    return spend_once(ctx, act->once, "", &result->url);
}

enum err change_financial_year(struct ctx *ctx, const struct financial_year_wish *wish, const struct once *once, struct financial_year_result *result)
{
    struct act act = {wish, once, result};
    enum err err = db_transaction(ctx, change, &act);

    if (err == ERR_CONFLICT && (result->stale || (result->verdict != 0 && result->verdict != FINANCIAL_YEAR_MAY))) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}
