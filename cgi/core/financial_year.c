#include "core/financial_year.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/date.h"

#define N_(text) text

static const struct period *last_row(const struct financial_years *years)
{
    return &years->rows[years->count - 1];
}

/* The calendar that years step through: what somebody types may be its first or its last day. */
enum { CIVIL_YEAR_MIN = 2, CIVIL_YEAR_MAX = 9997 };

static int civil_year_within(int32_t on)
{
    int year = date_civil(on).year;

    return year < CIVIL_YEAR_MIN ? CIVIL_YEAR_MIN : year > CIVIL_YEAR_MAX ? CIVIL_YEAR_MAX : year;
}

/* Steps of twelve months are counted from where the rows end, never from each other. */
static struct period year_after(int32_t anchor_on, int32_t on)
{
    int months = (civil_year_within(on) - date_civil(anchor_on).year) * FINANCIAL_YEAR_MONTHS;

    if (date_add_months(anchor_on, months) > on)
        months -= FINANCIAL_YEAR_MONTHS;
    return (struct period){date_add_months(anchor_on, months), date_add_months(anchor_on, months + FINANCIAL_YEAR_MONTHS)};
}

struct period financial_year_of(const struct financial_years *years, int32_t on)
{
    if (years->count == 0)
        return year_after(date_from_civil(civil_year_within(on), 1, 1), on);
    if (on < years->rows[0].from_on)
        return year_after(years->rows[0].from_on, on);
    for (size_t i = 0; i < years->count; i++)
        if (on < years->rows[i].until_on)
            return years->rows[i];
    return year_after(last_row(years)->until_on, on);
}

bool financial_years_have(const struct financial_years *years, int32_t on)
{
    return years->count > 0 && on >= years->rows[0].from_on && on < last_row(years)->until_on;
}

int32_t financial_years_open_on(const struct financial_years *years)
{
    return years->count > 0 && years->opens ? years->rows[0].from_on : DATE_NONE;
}

struct period financial_year_ending_with(int month, int32_t on)
{
    return year_after(date_next_month(date_from_civil(civil_year_within(on), month, 1)), on);
}

static bool begins_civil(struct period year)
{
    struct civil from = date_civil(year.from_on);

    return from.month == 1 && from.day == 1;
}

bool financial_year_is_civil(struct period year)
{
    return begins_civil(year) && year.until_on == date_add_months(year.from_on, FINANCIAL_YEAR_MONTHS);
}

const char *financial_year_series(char text[NUMBER_BYTES], struct period year)
{
    struct civil from = date_civil(year.from_on);

    if (begins_civil(year))
        (void)snprintf(text, NUMBER_BYTES, JOURNAL_SERIES "%04d", from.year);
    else
        (void)snprintf(text, NUMBER_BYTES, JOURNAL_SERIES "%04d%02d%02d", from.year, from.month, from.day);
    return text;
}

bool financial_year_end_from_text(const char *text, struct period *within)
{
    long long year;
    int32_t on;

    if (strlen(text) == 4 && str_to_i64(text, 1970, CIVIL_YEAR_MAX - 1, &year)) {
        *within = (struct period){date_from_civil((int)year, 1, 1), date_from_civil((int)year + 1, 1, 1)};
        return true;
    }
    if (!date_parse_iso(text, &on) || date_civil(on).year < 1970 || date_civil(on).year >= CIVIL_YEAR_MAX)
        return false;
    *within = (struct period){on, on + 1};
    return true;
}

size_t financial_years_ending(const struct financial_years *years, struct period within, struct period *year)
{
    size_t count = 0;

    *year = PERIOD_NONE;
    for (struct period next = financial_year_of(years, within.from_on); period_last_on(next) < within.until_on;
         next = financial_year_of(years, next.until_on)) {
        *year = next;
        count++;
    }
    return count;
}

enum financial_year_verdict financial_year_may_become(const struct financial_year_facts *f)
{
    int32_t end_on = f->wish.until_on < f->year.until_on ? f->wish.until_on : f->year.until_on;
    bool from_moves = f->wish.from_on != f->year.from_on;

    if (f->closed_until_on != DATE_NONE && f->closed_until_on > f->year.from_on && f->closed_until_on >= end_on)
        return FINANCIAL_YEAR_CLOSED;
    if (f->last_entry_on != DATE_NONE && f->last_entry_on >= f->year.until_on)
        return FINANCIAL_YEAR_FOLLOWED;
    if (from_moves && f->last_entry_on != DATE_NONE)
        return FINANCIAL_YEAR_BEGUN;
    if (from_moves && f->wish.from_on > f->today_on)
        return FINANCIAL_YEAR_AHEAD;
    if (from_moves && f->wish.from_on < date_add_months(f->today_on, -FINANCIAL_YEAR_LATE_MONTHS))
        return FINANCIAL_YEAR_LONG_AGO;
    if (date_civil(f->wish.until_on).day != 1)
        return FINANCIAL_YEAR_MID_MONTH;
    if (f->wish.until_on < date_add_months(f->wish.from_on, 1))
        return FINANCIAL_YEAR_TOO_SHORT;
    if (f->wish.until_on > date_add_months(f->wish.from_on, FINANCIAL_YEAR_MONTHS_MAX))
        return FINANCIAL_YEAR_TOO_LONG;
    return f->last_entry_on != DATE_NONE && f->last_entry_on >= f->wish.until_on ? FINANCIAL_YEAR_CUTS : FINANCIAL_YEAR_MAY;
}

const char *financial_year_verdict_text(enum financial_year_verdict verdict)
{
    switch (verdict) {
    case FINANCIAL_YEAR_MAY: return "";
    case FINANCIAL_YEAR_CLOSED: return N_("This financial year is closed: its end stays");
    case FINANCIAL_YEAR_FOLLOWED: return N_("Something is booked after this financial year, in the next journal: its end stays");
    case FINANCIAL_YEAR_BEGUN: return N_("Something is booked: the first day stays");
    case FINANCIAL_YEAR_AHEAD: return N_("The first financial year begins today or before");
    case FINANCIAL_YEAR_LONG_AGO: return N_("The first financial year begins in the last ten years");
    case FINANCIAL_YEAR_MID_MONTH: return N_("A financial year ends on the last day of a month: revenue is released and closed by months");
    case FINANCIAL_YEAR_TOO_SHORT: return N_("A financial year has one month at least");
    case FINANCIAL_YEAR_TOO_LONG: return N_("A financial year has 24 months at most");
    case FINANCIAL_YEAR_CUTS: return N_("Something is booked after this day: its number is of this financial year and stays in it");
    }
    return "";
}
