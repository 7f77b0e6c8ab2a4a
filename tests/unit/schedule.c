/* schedule and period: boundaries from the anchor; the worked dates of the product, and tiling. */
#include "test.h"

#include "core/date.h"
#include "core/period.h"
#include "core/schedule.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static void boundaries(struct schedule schedule, const int32_t *wanted, int count)
{
    for (int k = 0; k < count; k++)
        SAME_NUMBER(schedule_boundary(&schedule, k), wanted[k]);
}

TEST(schedule, monthly_from_the_31st)
{
    const int32_t wanted[] = {ON(2026, 1, 31), ON(2026, 2, 28), ON(2026, 3, 31), ON(2026, 4, 30), ON(2026, 5, 31), ON(2026, 6, 30), ON(2026, 7, 31)};

    boundaries((struct schedule){.anchor_on = ON(2026, 1, 31), .every = {RECURRENCE_MONTH, 1}}, wanted, 7);
}

TEST(schedule, quarterly_from_the_31st)
{
    const int32_t wanted[] = {ON(2026, 1, 31), ON(2026, 4, 30), ON(2026, 7, 31), ON(2026, 10, 31), ON(2027, 1, 31)};

    boundaries((struct schedule){.anchor_on = ON(2026, 1, 31), .every = {RECURRENCE_QUARTER, 1}}, wanted, 5);
}

TEST(schedule, yearly_from_a_leap_day)
{
    const int32_t wanted[] = {ON(2028, 2, 29), ON(2029, 2, 28), ON(2030, 2, 28), ON(2031, 2, 28), ON(2032, 2, 29)};

    boundaries((struct schedule){.anchor_on = ON(2028, 2, 29), .every = {RECURRENCE_YEAR, 1}}, wanted, 5);
}

TEST(schedule, last_day_of_the_month)
{
    const int32_t wanted[] = {ON(2026, 2, 28), ON(2026, 3, 31), ON(2026, 4, 30), ON(2026, 5, 31)};

    boundaries((struct schedule){.anchor_on = ON(2026, 2, 28), .every = {RECURRENCE_MONTH, 1}, .month_day = 31}, wanted, 4);
}

TEST(schedule, daily_over_the_change_of_clocks)
{
    const int32_t wanted[] = {ON(2026, 3, 29), ON(2026, 3, 30), ON(2026, 3, 31)};

    boundaries((struct schedule){.anchor_on = ON(2026, 3, 29), .every = {RECURRENCE_DAY, 1}}, wanted, 3);
}

TEST(schedule, words_and_bounds_of_a_recurrence)
{
    for (int unit = RECURRENCE_DAY; unit <= RECURRENCE_YEAR; unit++)
        SAME_NUMBER(recurrence_unit_from_name(recurrence_unit_name((enum recurrence_unit)unit)), unit);
    SAME_NUMBER(recurrence_unit_from_name("fortnight"), 0);
    CU_ASSERT_TRUE(recurrence_valid((struct recurrence){RECURRENCE_WEEK, RECURRENCE_COUNT_MAX}));
    CU_ASSERT_FALSE(recurrence_valid((struct recurrence){RECURRENCE_WEEK, RECURRENCE_COUNT_MAX + 1}));
    CU_ASSERT_FALSE(recurrence_valid((struct recurrence){RECURRENCE_WEEK, 0}));
    CU_ASSERT_FALSE(recurrence_valid((struct recurrence){(enum recurrence_unit)0, 1}));
    CU_ASSERT_FALSE(recurrence_valid((struct recurrence){(enum recurrence_unit)(RECURRENCE_YEAR + 1), 1}));
    SAME_NUMBER(recurrence_months((struct recurrence){RECURRENCE_QUARTER, 2}), 6);
    SAME_NUMBER(recurrence_months((struct recurrence){RECURRENCE_YEAR, 3}), 36);
    SAME_NUMBER(recurrence_months((struct recurrence){RECURRENCE_WEEK, 3}), 0);
    SAME_NUMBER(recurrence_days((struct recurrence){RECURRENCE_WEEK, 3}), 21);
    SAME_NUMBER(recurrence_days((struct recurrence){RECURRENCE_MONTH, 3}), 0);
}

/* Every day lies in exactly the period that schedule_index names, and the next begins where one ends. */
TEST(schedule, periods_tile_the_calendar)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct schedule s = {.anchor_on = (int32_t)seeded_between(&state, ON(2000, 1, 1), ON(2060, 12, 31)),
                             .every = {(enum recurrence_unit)seeded_between(&state, RECURRENCE_DAY, RECURRENCE_YEAR),
                                       (int)seeded_between(&state, 1, 24)},
                             .month_day = 0};
        int32_t on = s.anchor_on + (int32_t)seeded_between(&state, -4000, 9000);
        int32_t k;
        struct period p;

        s.month_day = seeded_between(&state, 0, 1) == 0 ? 0 : (int)seeded_between(&state, 1, 31);
        k = schedule_index(&s, on);
        p = schedule_period(&s, k);
        if (!period_contains(p, on) || p.until_on != schedule_boundary(&s, k + 1) || schedule_period(&s, k + 1).from_on != p.until_on ||
            schedule_period(&s, k - 1).until_on != p.from_on || period_days(p) <= 0) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(schedule, what_is_due)
{
    struct schedule s = {.anchor_on = ON(2026, 1, 31), .every = {RECURRENCE_MONTH, 1}};
    struct period due[4];

    SAME_NUMBER(schedule_due(&s, 1, ON(2026, 2, 27), BILLING_ADVANCE, due, 4), 0);
    SAME_NUMBER(schedule_due(&s, 1, ON(2026, 2, 28), BILLING_ADVANCE, due, 4), 1);
    SAME_NUMBER(due[0].from_on, ON(2026, 2, 28));
    SAME_NUMBER(schedule_due(&s, 1, ON(2026, 12, 31), BILLING_ADVANCE, due, 4), 4); /* the room ends */
    SAME_NUMBER(due[3].from_on, ON(2026, 5, 31));
    SAME_NUMBER(schedule_due(&s, 0, ON(2026, 2, 27), BILLING_ARREARS, due, 4), 0);
    SAME_NUMBER(schedule_due(&s, 0, ON(2026, 2, 28), BILLING_ARREARS, due, 4), 1);
    SAME_NUMBER(period_due_on(due[0], BILLING_ARREARS), due[0].until_on);
    SAME_NUMBER(period_due_on(due[0], BILLING_ADVANCE), due[0].from_on);
}

TEST(period, overlaps_are_half_open)
{
    struct period a = {10, 20};
    struct period none = PERIOD_NONE;

    CU_ASSERT_TRUE(period_is_none(none));
    CU_ASSERT_FALSE(period_is_none(a));
    CU_ASSERT_FALSE(period_is_none((struct period){DATE_NONE, 20}));
    CU_ASSERT_TRUE(period_contains((struct period){10, DATE_NONE}, 100000));
    SAME_NUMBER(period_days(a), 10);
    SAME_NUMBER(period_last_on(a), 19);
    CU_ASSERT_TRUE(period_contains(a, 10));
    CU_ASSERT_FALSE(period_contains(a, 20));
    CU_ASSERT_FALSE(period_contains(a, 9));
    SAME_NUMBER(period_days(period_overlap(a, (struct period){20, 30})), 0);
    SAME_NUMBER(period_days(period_overlap(a, (struct period){0, 5})), 0);
    SAME_NUMBER(period_days(period_overlap(a, (struct period){15, 30})), 5);
    SAME_NUMBER(period_days(period_overlap(a, (struct period){0, DATE_NONE})), 10);
    SAME_NUMBER(period_days(period_overlap((struct period){12, DATE_NONE}, a)), 8);
    SAME_NUMBER(period_overlap((struct period){12, DATE_NONE}, (struct period){15, DATE_NONE}).from_on, 15);
    SAME_NUMBER(period_overlap((struct period){12, DATE_NONE}, (struct period){15, DATE_NONE}).until_on, DATE_NONE);
}
