/* financial_year: the years of the books: which holds a day, their journals, their ends by name, and what one may become. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/financial_year.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static void same_span(struct period got, int32_t from_on, int32_t until_on)
{
    SAME_NUMBER(got.from_on, from_on);
    SAME_NUMBER(got.until_on, until_on);
}

static const struct financial_years none = {.count = 0};

TEST(financial_year, without_rows_years_are_civil)
{
    same_span(financial_year_of(&none, ON(2026, 1, 1)), ON(2026, 1, 1), ON(2027, 1, 1));
    same_span(financial_year_of(&none, ON(2028, 12, 31)), ON(2028, 1, 1), ON(2029, 1, 1));
    CU_ASSERT(!financial_years_have(&none, ON(2026, 1, 1)));
    SAME_NUMBER(financial_years_open_on(&none), DATE_NONE);
}

/* A company of 15 March 2025 whose first year has 16 months, then to the end of each June; one that was cut to December. */
TEST(financial_year, a_long_first_year_and_a_short_one_later)
{
    const struct period row[] = {{ON(2025, 3, 15), ON(2026, 7, 1)}, {ON(2026, 7, 1), ON(2027, 7, 1)}, {ON(2027, 7, 1), ON(2028, 1, 1)}};
    const struct financial_years years = {row, 3, true};
    char text[NUMBER_BYTES];

    same_span(financial_year_of(&years, ON(2025, 3, 15)), ON(2025, 3, 15), ON(2026, 7, 1));
    same_span(financial_year_of(&years, ON(2026, 6, 30)), ON(2025, 3, 15), ON(2026, 7, 1));
    same_span(financial_year_of(&years, ON(2026, 7, 1)), ON(2026, 7, 1), ON(2027, 7, 1));
    same_span(financial_year_of(&years, ON(2027, 12, 31)), ON(2027, 7, 1), ON(2028, 1, 1));
    same_span(financial_year_of(&years, ON(2028, 1, 1)), ON(2028, 1, 1), ON(2029, 1, 1));
    same_span(financial_year_of(&years, ON(2025, 3, 14)), ON(2024, 3, 15), ON(2025, 3, 15));
    SAME_NUMBER(financial_years_open_on(&years), ON(2025, 3, 15));
    CU_ASSERT(financial_years_have(&years, ON(2027, 12, 31)) && !financial_years_have(&years, ON(2028, 1, 1)) &&
              !financial_years_have(&years, ON(2025, 3, 14)));
    SAME_TEXT(financial_year_series(text, row[0]), "journal-20250315");
    SAME_TEXT(financial_year_series(text, row[1]), "journal-20260701");
    SAME_TEXT(financial_year_series(text, (struct period){ON(2026, 1, 1), ON(2027, 1, 1)}), "journal-2026");
    SAME_TEXT(financial_year_series(text, (struct period){ON(2026, 1, 1), ON(2027, 7, 1)}), "journal-2026"); /* its end was moved */
    SAME_TEXT(financial_year_series(text, (struct period){ON(2026, 2, 1), ON(2027, 2, 1)}), "journal-20260201");
    CU_ASSERT(financial_year_is_civil((struct period){ON(2026, 1, 1), ON(2027, 1, 1)}));
    CU_ASSERT(!financial_year_is_civil((struct period){ON(2026, 1, 1), ON(2027, 7, 1)}) && !financial_year_is_civil(row[1]));
}

TEST(financial_year, where_the_calendar_ends_there_is_the_nearest)
{
    const struct period row[] = {{ON(2025, 7, 1), ON(2026, 7, 1)}};
    const struct financial_years years = {row, 1, false};

    same_span(financial_year_of(&none, ON(1, 1, 1)), ON(1, 1, 1), ON(2, 1, 1));
    same_span(financial_year_of(&none, ON(9999, 12, 31)), ON(9997, 1, 1), ON(9998, 1, 1));
    CU_ASSERT(financial_year_of(&years, ON(9999, 12, 31)).from_on >= ON(9996, 7, 1));
    CU_ASSERT(financial_year_of(&years, ON(1, 1, 1)).until_on <= ON(3, 7, 1));
    SAME_NUMBER(financial_years_open_on(&years), DATE_NONE);
}

TEST(financial_year, twelve_months_that_end_with_a_month)
{
    same_span(financial_year_ending_with(12, ON(2026, 11, 29)), ON(2026, 1, 1), ON(2027, 1, 1));
    same_span(financial_year_ending_with(6, ON(2026, 11, 29)), ON(2026, 7, 1), ON(2027, 7, 1));
    same_span(financial_year_ending_with(6, ON(2026, 6, 30)), ON(2025, 7, 1), ON(2026, 7, 1));
    same_span(financial_year_ending_with(2, ON(2028, 2, 29)), ON(2027, 3, 1), ON(2028, 3, 1));
}

TEST(financial_year, a_year_is_named_by_its_end)
{
    const struct period row[] = {{ON(2025, 1, 1), ON(2026, 1, 1)}, {ON(2026, 1, 1), ON(2026, 7, 1)}, {ON(2026, 7, 1), ON(2026, 10, 1)}, {ON(2026, 10, 1), ON(2028, 7, 1)}};
    const struct financial_years years = {row, 4, false};
    struct period within, year;

    CU_ASSERT(financial_year_end_from_text("2025", &within));
    SAME_NUMBER(financial_years_ending(&years, within, &year), 1);
    same_span(year, row[0].from_on, row[0].until_on);
    CU_ASSERT(financial_year_end_from_text("2026", &within));
    SAME_NUMBER(financial_years_ending(&years, within, &year), 2);
    same_span(year, row[2].from_on, row[2].until_on);
    CU_ASSERT(financial_year_end_from_text("2026-06-30", &within));
    SAME_NUMBER(financial_years_ending(&years, within, &year), 1);
    same_span(year, row[1].from_on, row[1].until_on);
    CU_ASSERT(financial_year_end_from_text("2026-06-29", &within));
    SAME_NUMBER(financial_years_ending(&years, within, &year), 0);
    CU_ASSERT(financial_year_end_from_text("2027", &within));
    SAME_NUMBER(financial_years_ending(&years, within, &year), 0);
    CU_ASSERT(period_is_none(year));
    for (const char *const *wrong = (const char *const[]){"", "26", "last", "1969", "9997", "20266", "2026-13-01", "1969-12-31", "9998-01-01", "2026-06", "-026", NULL};
         *wrong != NULL; wrong++)
        CU_ASSERT(!financial_year_end_from_text(*wrong, &within));
}

static struct financial_year_facts open_year(int32_t until_on)
{
    return (struct financial_year_facts){.year = {ON(2026, 1, 1), ON(2027, 1, 1)}, .wish = {ON(2026, 1, 1), until_on}, .today_on = ON(2026, 11, 29),
                                         .last_entry_on = ON(2026, 11, 20), .closed_until_on = ON(2026, 1, 1)};
}

TEST(financial_year, the_end_of_an_open_year_moves)
{
    struct financial_year_facts f = open_year(ON(2027, 7, 1));

    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_MAY);
    f.wish.until_on = ON(2026, 12, 1); /* the last entry is before */
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_MAY);
    f.wish.until_on = ON(2028, 1, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_MAY);
    f.last_entry_on = f.closed_until_on = DATE_NONE; /* a new house: also its first day */
    f.wish = (struct period){ON(2025, 3, 15), ON(2026, 7, 1)};
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_MAY);
    SAME_TEXT(financial_year_verdict_text(FINANCIAL_YEAR_MAY), "");
}

TEST(financial_year, refusals_in_their_order)
{
    struct financial_year_facts f = open_year(ON(2026, 11, 1));

    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_CUTS);
    f.wish.until_on = ON(2028, 2, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_TOO_LONG);
    f.wish.until_on = ON(2026, 1, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_TOO_SHORT);
    f.wish.until_on = ON(2026, 12, 15);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_MID_MONTH);
    f.wish.from_on = ON(2016, 11, 28);
    f.last_entry_on = DATE_NONE;
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_LONG_AGO);
    f.wish.from_on = ON(2026, 11, 30);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_AHEAD);
    f.last_entry_on = ON(2026, 11, 20);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_BEGUN);
    f.last_entry_on = ON(2027, 1, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_FOLLOWED);
    f.closed_until_on = ON(2027, 1, 1); /* closed to its very end: it cannot be made longer */
    f.wish.until_on = ON(2027, 7, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_CLOSED);
    f.wish.until_on = ON(2026, 7, 1);
    SAME_NUMBER(financial_year_may_become(&f), FINANCIAL_YEAR_CLOSED);
    for (enum financial_year_verdict v = FINANCIAL_YEAR_CLOSED; v <= FINANCIAL_YEAR_CUTS; v++)
        CU_ASSERT(financial_year_verdict_text(v)[0] != '\0');
    SAME_TEXT(financial_year_verdict_text(0), "");
}

enum { ROWS_MAX = 6 };

/* Rows as somebody may have moved them: the first on any day, each of 1 to 24 months to the end of one. */
static struct financial_years seeded_years(uint64_t *state, struct period rows[ROWS_MAX])
{
    size_t count = (size_t)seeded_between(state, 0, ROWS_MAX);
    int32_t on = ON(2019, 1, 1) + (int32_t)seeded_between(state, 0, 3000);

    for (size_t i = 0; i < count; i++) {
        int32_t month_on = date_next_month(date_add_months(on, 1) - 1);

        rows[i] = (struct period){on, date_add_months(month_on, (int)seeded_between(state, 0, 22))};
        on = rows[i].until_on;
    }
    return (struct financial_years){rows, count, seeded_between(state, 0, 1) == 1};
}

/* Every day is in exactly one year, years follow each other without gap both ways, and their journals are different ones. */
TEST(financial_year, any_day_is_in_exactly_one_year)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct period rows[ROWS_MAX];
        struct financial_years years = seeded_years(&state, rows);
        int32_t on = ON(1990, 1, 1) + (int32_t)seeded_between(&state, 0, 30000);
        struct period year = financial_year_of(&years, on);
        struct period before = financial_year_of(&years, year.from_on - 1);
        struct period after = financial_year_of(&years, year.until_on);
        char own[NUMBER_BYTES], other[NUMBER_BYTES];
        struct period same;
        size_t holding = 0;

        for (size_t i = 0; i < years.count; i++) {
            holding += period_contains(rows[i], on);
            CU_ASSERT(rows[i].until_on >= date_add_months(rows[i].from_on, 1) && rows[i].until_on <= date_add_months(rows[i].from_on, 24));
        }
        CU_ASSERT(period_contains(year, on) && before.until_on == year.from_on && after.from_on == year.until_on);
        CU_ASSERT(holding == (financial_years_have(&years, on) ? 1U : 0U));
        CU_ASSERT(period_days(year) >= 28 && period_days(year) <= 731);
        same = financial_year_of(&years, period_last_on(year));
        CU_ASSERT(same.from_on == year.from_on && same.until_on == year.until_on);
        same = financial_year_of(&years, year.from_on);
        CU_ASSERT(same.from_on == year.from_on && same.until_on == year.until_on);
        (void)financial_year_series(own, year);
        CU_ASSERT(strcmp(own, financial_year_series(other, after)) != 0 && strcmp(own, financial_year_series(other, before)) != 0);
        /* By its last day it is found, and no other. */
        CU_ASSERT(financial_years_ending(&years, (struct period){period_last_on(year), year.until_on}, &same) == 1 && same.from_on == year.from_on);
    }
}

/* What one becomes keeps every entry in the journal of its number. */
TEST(financial_year, a_year_that_moved_still_holds_what_was_booked)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        int32_t from_on = date_add_months(ON(2024, 1, 1), (int)seeded_between(&state, 0, 24));
        struct financial_year_facts f = {
            .year = {from_on, date_add_months(from_on, (int)seeded_between(&state, 1, 24))}, .today_on = ON(2026, 11, 29),
            .last_entry_on = seeded_between(&state, 0, 3) == 0 ? DATE_NONE : from_on - 100 + (int32_t)seeded_between(&state, 0, 900),
            .closed_until_on = seeded_between(&state, 0, 1) == 0 ? DATE_NONE : date_add_months(from_on, (int)seeded_between(&state, -12, 24))};

        f.wish = (struct period){seeded_between(&state, 0, 3) == 0 ? from_on - (int32_t)seeded_between(&state, 0, 99) : from_on,
                                 from_on + (int32_t)seeded_between(&state, -40, 800)};
        if (seeded_between(&state, 0, 3) > 0)
            f.wish.until_on = date_next_month(f.wish.until_on);
        if (financial_year_may_become(&f) != FINANCIAL_YEAR_MAY)
            continue;
        CU_ASSERT(f.wish.until_on > f.wish.from_on && date_civil(f.wish.until_on).day == 1);
        CU_ASSERT(f.last_entry_on == DATE_NONE || (f.last_entry_on < f.wish.until_on && f.last_entry_on < f.year.until_on && f.wish.from_on == from_on));
        CU_ASSERT(f.closed_until_on == DATE_NONE || f.closed_until_on <= from_on || (f.closed_until_on < f.wish.until_on && f.closed_until_on < f.year.until_on));
    }
}
