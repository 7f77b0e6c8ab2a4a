/* anchor and term: from a plan's rule to its periods; when a contract may end. */
#include "test.h"

#include "core/anchor.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/proration.h"
#include "core/term.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)
#define MONTHLY ((struct recurrence){RECURRENCE_MONTH, 1})

/* The natural period that the start lies in, and what is billed of it. */
static void first(struct anchor anchor, struct recurrence every, int32_t from_on, int32_t natural_from_on, int32_t natural_until_on)
{
    struct schedule schedule = anchor_schedule(anchor, every, from_on);
    struct period part = anchor_first_period(&schedule, from_on);

    SAME_NUMBER(schedule_boundary(&schedule, 0), natural_from_on);
    SAME_NUMBER(schedule_boundary(&schedule, 1), natural_until_on);
    SAME_NUMBER(part.from_on, from_on);
    SAME_NUMBER(part.until_on, natural_until_on);
}

TEST(anchor, P01_the_25th_from_the_16th)
{
    struct schedule schedule = anchor_schedule((struct anchor){ANCHOR_MONTH_DAY, 25}, MONTHLY, ON(2021, 9, 16));

    first((struct anchor){ANCHOR_MONTH_DAY, 25}, MONTHLY, ON(2021, 9, 16), ON(2021, 8, 25), ON(2021, 9, 25));
    SAME_NUMBER(proration_part(2495, schedule_period(&schedule, 0), anchor_first_period(&schedule, ON(2021, 9, 16))), 724);
}

TEST(anchor, P02_P05_from_inside_a_period)
{
    first((struct anchor){ANCHOR_MONTH_DAY, 17}, MONTHLY, ON(2021, 9, 25), ON(2021, 9, 17), ON(2021, 10, 17));
    first((struct anchor){ANCHOR_MONTH_DAY, 20}, MONTHLY, ON(2021, 9, 30), ON(2021, 9, 20), ON(2021, 10, 20));
}

TEST(anchor, P07_the_calendar_month)
{
    struct schedule schedule = anchor_schedule((struct anchor){ANCHOR_CALENDAR, 0}, MONTHLY, ON(2026, 7, 15));

    first((struct anchor){ANCHOR_CALENDAR, 0}, MONTHLY, ON(2026, 7, 15), ON(2026, 7, 1), ON(2026, 8, 1));
    SAME_NUMBER(proration_part(3100, schedule_period(&schedule, 0), anchor_first_period(&schedule, ON(2026, 7, 15))), 1700);
    SAME_NUMBER(schedule_boundary(&schedule, 2), ON(2026, 9, 1));
}

TEST(anchor, on_the_day_itself_the_first_period_is_whole)
{
    first((struct anchor){ANCHOR_START, 0}, MONTHLY, ON(2026, 1, 31), ON(2026, 1, 31), ON(2026, 2, 28));
    first((struct anchor){ANCHOR_MONTH_DAY, 15}, MONTHLY, ON(2026, 7, 15), ON(2026, 7, 15), ON(2026, 8, 15));
    first((struct anchor){ANCHOR_LAST_DAY, 0}, MONTHLY, ON(2026, 2, 28), ON(2026, 2, 28), ON(2026, 3, 31));
    first((struct anchor){ANCHOR_WEEKDAY, 1}, (struct recurrence){RECURRENCE_WEEK, 1}, ON(2026, 11, 23), ON(2026, 11, 23), ON(2026, 11, 30));
    first((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_YEAR, 1}, ON(2026, 1, 1), ON(2026, 1, 1), ON(2027, 1, 1));
}

TEST(anchor, a_fixed_31st_and_the_last_day_come_back_after_february)
{
    const struct anchor rule[] = {{ANCHOR_MONTH_DAY, 31}, {ANCHOR_LAST_DAY, 0}};
    const int32_t wanted[] = {ON(2026, 1, 31), ON(2026, 2, 28), ON(2026, 3, 31), ON(2026, 4, 30), ON(2026, 5, 31)};

    for (int i = 0; i < 2; i++) {
        struct schedule schedule = anchor_schedule(rule[i], MONTHLY, ON(2026, 2, 10));

        for (int k = 0; k < 5; k++)
            SAME_NUMBER(schedule_boundary(&schedule, k), wanted[k]);
    }
    first((struct anchor){ANCHOR_MONTH_DAY, 30}, MONTHLY, ON(2028, 2, 29), ON(2028, 2, 29), ON(2028, 3, 30));
}

TEST(anchor, quarters_and_years_of_the_calendar)
{
    first((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_QUARTER, 1}, ON(2026, 5, 20), ON(2026, 4, 1), ON(2026, 7, 1));
    first((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_YEAR, 1}, ON(2026, 5, 20), ON(2026, 1, 1), ON(2027, 1, 1));
    first((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_YEAR, 2}, ON(2026, 5, 20), ON(2025, 1, 1), ON(2027, 1, 1));
    first((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_WEEK, 2}, ON(2026, 11, 25), ON(2026, 11, 16), ON(2026, 11, 30));
    /* the first whole quarter from the 10th starts on the next 10th */
    first((struct anchor){ANCHOR_MONTH_DAY, 10}, (struct recurrence){RECURRENCE_QUARTER, 1}, ON(2026, 5, 20), ON(2026, 3, 10), ON(2026, 6, 10));
}

TEST(anchor, what_does_not_go_together_is_refused)
{
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_MONTH_DAY, 5}, (struct recurrence){RECURRENCE_WEEK, 1}), ANCHOR_UNIT_DIFFERS);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_LAST_DAY, 0}, (struct recurrence){RECURRENCE_DAY, 1}), ANCHOR_UNIT_DIFFERS);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_WEEKDAY, 1}, MONTHLY), ANCHOR_UNIT_DIFFERS);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_CALENDAR, 0}, (struct recurrence){RECURRENCE_DAY, 1}), ANCHOR_UNIT_DIFFERS);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_MONTH_DAY, 0}, MONTHLY), ANCHOR_DAY_MISSING);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_MONTH_DAY, 32}, MONTHLY), ANCHOR_DAY_MISSING);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_WEEKDAY, 8}, (struct recurrence){RECURRENCE_WEEK, 1}), ANCHOR_DAY_MISSING);
    for (int rule = ANCHOR_START; rule <= ANCHOR_RULES; rule++)
        SAME_NUMBER(anchor_rule_from_name(anchor_rule_name((enum anchor_rule)rule)), rule);
    SAME_NUMBER(anchor_rule_from_name("monday"), 0);
}

static struct anchor seeded_anchor(uint64_t *state, struct recurrence every)
{
    struct anchor anchor = {(enum anchor_rule)seeded_between(state, ANCHOR_START, ANCHOR_CALENDAR), 0};

    if (anchor.rule == ANCHOR_MONTH_DAY)
        anchor.day = (int)seeded_between(state, 1, 31);
    if (anchor.rule == ANCHOR_WEEKDAY)
        anchor.day = (int)seeded_between(state, 1, 7);
    return anchor_fits(anchor, every) == ANCHOR_NOT_REFUSED ? anchor : (struct anchor){ANCHOR_START, 0};
}

static struct recurrence seeded_recurrence(uint64_t *state)
{
    return (struct recurrence){(enum recurrence_unit)seeded_between(state, RECURRENCE_DAY, RECURRENCE_YEAR), (int)seeded_between(state, 1, 12)};
}

/* Whatever the rule: period 0 holds the start, every boundary fits the rule, and the first part and the rest of its
 * natural period are the whole of it, in days and, as credit and charge, in money. */
TEST(anchor, the_start_lies_in_period_0_and_its_part_and_the_rest_are_the_whole)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct recurrence every = seeded_recurrence(&state);
        struct anchor anchor = seeded_anchor(&state, every);
        int32_t from_on = (int32_t)seeded_between(&state, ON(2020, 1, 1), ON(2040, 12, 31));
        int64_t full = seeded_between(&state, 0, 1000000);
        struct schedule schedule = anchor_schedule(anchor, every, from_on);
        struct period natural = schedule_period(&schedule, 0);
        struct period part = anchor_first_period(&schedule, from_on);
        struct period before = {natural.from_on, from_on};
        int64_t parts[2];
        bool fits = period_contains(natural, from_on) && natural.until_on > from_on && schedule_index(&schedule, from_on) == 0;

        for (int32_t k = 0; k < 30 && fits; k++) {
            int32_t on = schedule_boundary(&schedule, k + 1);
            struct civil civil = date_civil(on);
            int last = date_days_in_month(civil.year, civil.month);

            fits = anchor.rule != ANCHOR_MONTH_DAY || civil.day == (anchor.day < last ? anchor.day : last);
            fits = fits && (anchor.rule != ANCHOR_LAST_DAY || civil.day == last);
            fits = fits && (anchor.rule != ANCHOR_WEEKDAY || date_weekday(on) == anchor.day);
            fits = fits && (anchor.rule != ANCHOR_CALENDAR || (every.unit == RECURRENCE_WEEK ? date_weekday(on) == 1 : civil.day == 1));
            fits = fits && (anchor.rule != ANCHOR_CALENDAR || every.unit != RECURRENCE_QUARTER || civil.month % 3 == 1);
            fits = fits && (anchor.rule != ANCHOR_CALENDAR || every.unit != RECURRENCE_YEAR || civil.month == 1);
        }
        if (period_days(before) > 0 && fits) {
            const int64_t fulls[] = {full, full};
            const int32_t days[] = {period_days(before), period_days(part)};

            proration_parts(fulls, days, 2, period_days(natural), parts);
            fits = parts[0] + parts[1] == full && proration_part(full, natural, part) <= full;
        }
        if (!fits) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(anchor, a_partial_first_period_is_what_the_first_invoice_asks_for)
{
    struct price_line line = {.kind = LINE_RECURRING, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 310000,
                              .tax = {.category = TAX_STANDARD, .rate_ppm = 200000, .reason = TAX_REASON_DOMESTIC},
                              .first = {ON(2026, 7, 15), ON(2026, 8, 1)}, .natural = {ON(2026, 7, 1), ON(2026, 8, 1)}};
    struct price_line lines[2] = {line, line};
    struct quote_totals totals;

    lines[1].kind = LINE_SETUP; /* never prorated */
    CU_ASSERT_TRUE(quote_totals(lines, 2, currency_find("EUR"), MONTHLY, &totals));
    SAME_NUMBER(totals.today.net_minor, 1700 + 3100);
    SAME_NUMBER(totals.period.net_minor, 3100);
    SAME_NUMBER(totals.once.net_minor, 3100);
    lines[0].later = true; /* in arrears, or after a trial */
    CU_ASSERT_TRUE(quote_totals(lines, 2, currency_find("EUR"), MONTHLY, &totals));
    SAME_NUMBER(totals.today.net_minor, 3100);
    SAME_NUMBER(totals.period.net_minor, 3100);
}

/* ---- terms ---- */

static struct schedule from(int32_t on)
{
    return (struct schedule){.anchor_on = on, .every = MONTHLY};
}

TEST(term, a_year_of_months_renews_from_its_start)
{
    struct term term = {.unit = TERM_MONTHS, .count = 1, .renews = true, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 1, 31)};
    struct schedule schedule = from(ON(2026, 1, 31));

    SAME_NUMBER(term_end(&term, &schedule, 1), ON(2026, 2, 28));
    SAME_NUMBER(term_end(&term, &schedule, 2), ON(2026, 3, 31)); /* not the 28th */
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 2, 27)), ON(2026, 2, 28));
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 2, 28)), ON(2026, 3, 31));
    term.count = 0;
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 2, 28)), DATE_NONE);
}

TEST(term, a_renewal_counts_its_terms_from_its_day)
{
    const struct schedule schedule = from(ON(2026, 1, 31));
    struct term now = {.unit = TERM_MONTHS, .count = 1, .renews = true, .notice_days = 30, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 1, 31)};
    struct contract_terms agreed = {.unit = TERM_MONTHS, .count = 6, .renews = false, .commitment_months = 6, .notice_days = 60};
    struct term term = term_renewed(&now, &schedule, &agreed, ON(2026, 2, 28)); /* where the first term ends */

    SAME_NUMBER(term.from_on, ON(2026, 2, 28));
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 2, 28)), ON(2026, 8, 28));
    SAME_NUMBER(term.commitment_until_on, ON(2026, 8, 28));
    SAME_NUMBER(term.notice_days, 60);
    CU_ASSERT_FALSE(term.renews);
    agreed.count = 1; /* as many months as before: the 31st comes back */
    term = term_renewed(&now, &schedule, &agreed, ON(2026, 2, 28));
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 2, 28)), ON(2026, 3, 31));
    term = term_renewed(&now, &schedule, &agreed, ON(2026, 3, 10)); /* inside one: behind it */
    SAME_NUMBER(term.from_on, ON(2026, 3, 31));
    SAME_NUMBER(term.commitment_until_on, ON(2026, 9, 10));
    now.commitment_until_on = ON(2027, 1, 31); /* a longer one stays */
    SAME_NUMBER(term_renewed(&now, &schedule, &agreed, ON(2026, 3, 10)).commitment_until_on, ON(2027, 1, 31));
    agreed.commitment_months = 0;
    SAME_NUMBER(term_renewed(&now, &schedule, &agreed, ON(2026, 3, 10)).commitment_until_on, ON(2027, 1, 31));
    now.unit = TERM_PERIODS; /* a period as long as the month of before: another measure */
    SAME_NUMBER(term_renewed(&now, &schedule, &agreed, ON(2026, 2, 28)).from_on, ON(2026, 2, 28));
    now.unit = TERM_MONTHS;
    agreed.count = 0;
    term = term_renewed(&now, &schedule, &agreed, ON(2026, 3, 10)); /* open from then on */
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 3, 10)), DATE_NONE);
    SAME_NUMBER(term.from_on, now.from_on);
    now.count = 0; /* it had none */
    agreed.count = 3;
    agreed.unit = TERM_PERIODS;
    term = term_renewed(&now, &schedule, &agreed, ON(2026, 3, 31));
    SAME_NUMBER(term_end_at(&term, &schedule, ON(2026, 3, 31)), ON(2026, 6, 30));
    now = (struct term){.unit = TERM_MONTHS, .count = 3, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 3, 31)};
    term = term_renewed(&now, &schedule, &agreed, ON(2026, 3, 31)); /* before anything is billed */
    SAME_NUMBER(term.from_on, ON(2026, 3, 31));
}

TEST(term, a_consumers_notice_does_not_grow_within_a_term)
{
    const struct schedule schedule = from(ON(2026, 1, 15));
    struct term now = {.unit = TERM_MONTHS, .count = 12, .renews = true, .notice_days = 30, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 1, 15)};

    CU_ASSERT_FALSE(term_notice_may_be(&now, &schedule, 31, ON(2026, 6, 15), true));
    CU_ASSERT_TRUE(term_notice_may_be(&now, &schedule, 30, ON(2026, 6, 15), true));
    CU_ASSERT_TRUE(term_notice_may_be(&now, &schedule, 0, ON(2026, 6, 15), true));
    CU_ASSERT_TRUE(term_notice_may_be(&now, &schedule, 31, ON(2026, 6, 15), false)); /* a business agrees on what it likes */
    CU_ASSERT_FALSE(term_notice_may_be(&now, &schedule, 31, ON(2027, 1, 14), true));
    CU_ASSERT_TRUE(term_notice_may_be(&now, &schedule, 31, ON(2027, 1, 15), true)); /* with the next term */
    CU_ASSERT_FALSE(term_notice_may_be(&now, &schedule, 31, ON(2027, 1, 16), true));
    now.count = 0;
    CU_ASSERT_TRUE(term_notice_may_be(&now, &schedule, 31, ON(2026, 6, 15), true)); /* no term to wait for */
}

TEST(term, periods_count_the_partial_first_one)
{
    struct term term = {.unit = TERM_PERIODS, .count = 3, .renews = true, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 7, 15)};
    struct schedule schedule = anchor_schedule((struct anchor){ANCHOR_CALENDAR, 0}, MONTHLY, ON(2026, 7, 15));

    SAME_NUMBER(term_end(&term, &schedule, 1), ON(2026, 10, 1));
    SAME_NUMBER(term_end(&term, &schedule, 2), ON(2027, 1, 1));
}

TEST(term, what_is_told_in_time_ends_the_term_and_what_is_late_the_next)
{
    struct term term = {.unit = TERM_MONTHS, .count = 12, .renews = true, .notice_days = 30, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 1, 1)};
    struct schedule schedule = from(ON(2026, 1, 1));
    int32_t end = ON(2027, 1, 1);

    SAME_NUMBER(term_notice_deadline(&term, end), ON(2026, 12, 2));
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 12, 2)), end);
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 12, 3)), ON(2028, 1, 1));
}

TEST(term, without_term_the_end_of_a_period_after_notice_and_commitment)
{
    struct term term = {.unit = TERM_PERIODS, .count = 0, .notice_days = 0, .commitment_until_on = DATE_NONE, .from_on = ON(2026, 1, 15)};
    struct schedule schedule = from(ON(2026, 1, 15));

    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 3, 20)), ON(2026, 4, 15));
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 4, 15)), ON(2026, 4, 15)); /* on the day itself what follows is not begun */
    term.notice_days = 30;
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 3, 20)), ON(2026, 5, 15));
    term.commitment_until_on = ON(2027, 1, 10);
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2026, 3, 20)), ON(2027, 1, 15));
    SAME_NUMBER(term_earliest_end(&term, &schedule, ON(2025, 12, 20)), ON(2027, 1, 15)); /* before it starts */
}

TEST(term, one_that_is_shorter_than_a_period_is_refused)
{
    CU_ASSERT_FALSE(term_fits(TERM_MONTHS, 11, (struct recurrence){RECURRENCE_YEAR, 1}));
    CU_ASSERT_TRUE(term_fits(TERM_MONTHS, 12, (struct recurrence){RECURRENCE_YEAR, 1}));
    CU_ASSERT_FALSE(term_fits(TERM_MONTHS, 1, (struct recurrence){RECURRENCE_WEEK, 5}));
    CU_ASSERT_TRUE(term_fits(TERM_MONTHS, 1, (struct recurrence){RECURRENCE_WEEK, 4}));
    CU_ASSERT_TRUE(term_fits(TERM_PERIODS, 1, (struct recurrence){RECURRENCE_YEAR, 3}));
    CU_ASSERT_TRUE(term_fits(TERM_MONTHS, 0, (struct recurrence){RECURRENCE_YEAR, 1}));
    SAME_NUMBER(term_unit_from_name(term_unit_name(TERM_MONTHS)), TERM_MONTHS);
    SAME_NUMBER(term_months(TERM_PERIODS, 4, (struct recurrence){RECURRENCE_QUARTER, 2}), 24);
    SAME_NUMBER(term_months(TERM_PERIODS, 4, (struct recurrence){RECURRENCE_WEEK, 2}), 0);
    SAME_NUMBER(term_days_at_least(TERM_PERIODS, 4, (struct recurrence){RECURRENCE_WEEK, 2}), 56);
    SAME_NUMBER(term_days_at_least(TERM_MONTHS, 2, (struct recurrence){RECURRENCE_WEEK, 2}), 56);
    SAME_NUMBER(term_unit_from_name("year"), 0);
}

/* The earliest end leaves the notice and the commitment, lies on a boundary or at the end of a term, and telling it a
 * day later never gives an earlier one. */
TEST(term, the_earliest_end_leaves_notice_and_commitment_and_never_goes_back)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct recurrence every = seeded_recurrence(&state);
        int32_t from_on = (int32_t)seeded_between(&state, ON(2020, 1, 1), ON(2030, 12, 31));
        struct schedule schedule = anchor_schedule(seeded_anchor(&state, every), every, from_on);
        struct term term = {.unit = (enum term_unit)seeded_between(&state, TERM_PERIODS, TERM_MONTHS), .count = (int)seeded_between(&state, 0, 24),
                            .renews = true, .notice_days = (int)seeded_between(&state, 0, 90),
                            .commitment_until_on = seeded_between(&state, 0, 1) == 0 ? DATE_NONE : from_on + (int32_t)seeded_between(&state, 1, 1000),
                            .from_on = from_on};
        int32_t today_on = from_on + (int32_t)seeded_between(&state, -30, 1000);
        int32_t end = term_earliest_end(&term, &schedule, today_on);
        bool good = end >= today_on + term.notice_days && end > from_on && (term.commitment_until_on == DATE_NONE || end >= term.commitment_until_on);

        good = good && (term.count > 0 ? term_end_at(&term, &schedule, end - 1) == end : schedule_boundary(&schedule, schedule_index(&schedule, end)) == end);
        good = good && term_earliest_end(&term, &schedule, today_on + 1) >= end && term_notice_deadline(&term, end) >= today_on;
        if (!good) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(anchor, words_of_timings_and_what_is_said_of_a_refusal)
{
    SAME_TEXT(billing_timing_name(BILLING_ADVANCE), "advance");
    SAME_TEXT(billing_timing_name(BILLING_ARREARS), "arrears");
    SAME_NUMBER(billing_timing_from_name("advance"), BILLING_ADVANCE);
    SAME_NUMBER(billing_timing_from_name("arrears"), BILLING_ARREARS);
    SAME_NUMBER(billing_timing_from_name("later"), 0);
    SAME_TEXT(anchor_refusal_text(ANCHOR_NOT_REFUSED), "");
    CU_ASSERT_NOT_EQUAL(anchor_refusal_text(ANCHOR_UNIT_DIFFERS)[0], '\0');
    CU_ASSERT_NOT_EQUAL(anchor_refusal_text(ANCHOR_DAY_MISSING)[0], '\0');
    SAME_TEXT(term_unit_name(TERM_PERIODS), "period");
    SAME_NUMBER(term_unit_from_name("period"), TERM_PERIODS);
    SAME_NUMBER(anchor_fits((struct anchor){(enum anchor_rule)0, 0}, MONTHLY), ANCHOR_UNIT_DIFFERS);
    SAME_NUMBER(anchor_fits((struct anchor){ANCHOR_WEEKDAY, 0}, (struct recurrence){RECURRENCE_WEEK, 1}), ANCHOR_DAY_MISSING);
    SAME_TEXT(anchor_refusal_text((enum anchor_refusal)0), "");
}
