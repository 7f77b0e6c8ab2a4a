/* billing: the difference between what should have been billed and what was. */
#include "test.h"

#include "core/billing.h"
#include "core/date.h"
#include "core/money.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static const struct billing_line one_line[] = {{.id = 1, .timing = BILLING_ADVANCE, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 310000, .until_on = DATE_NONE, .tax_class = "standard"}};

static struct billing_facts monthly(int32_t started_on, int32_t today_on)
{
    static struct billing_line line;

    line = one_line[0];
    line.from_on = started_on;
    return (struct billing_facts){.schedule = {.anchor_on = started_on, .every = {RECURRENCE_MONTH, 1}},
                                  .currency = currency_find("EUR"), .started_on = started_on, .ended_on = DATE_NONE, .lines = &line, .line_count = 1,
                                  .next_index = 1, .today_on = today_on, .max_missed = 2};
}

TEST(billing, nothing_the_day_before_one_on_the_day)
{
    struct billing_facts f = monthly(ON(2026, 1, 31), ON(2026, 2, 27));
    struct billing_plan plan = billing_plan(test_arena(), &f);

    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
    SAME_NUMBER(plan.next_due_on, ON(2026, 2, 28));
    f.today_on = ON(2026, 2, 28);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_DUE);
    SAME_NUMBER(plan.count, 1);
    SAME_NUMBER(plan.items[0].net_minor, 3100);
    SAME_NUMBER(plan.items[0].natural.until_on, ON(2026, 3, 31));
    SAME_NUMBER(plan.next_index, 2);
    SAME_NUMBER(plan.next_due_on, ON(2026, 3, 31));
    f.next_index = plan.next_index;
    f.arrears_index = plan.arrears_index;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
}

TEST(billing, missed_periods_come_oldest_first_or_are_held)
{
    struct billing_facts f = monthly(ON(2026, 1, 15), ON(2026, 4, 14));
    struct billing_plan plan = billing_plan(test_arena(), &f); /* 15 Feb, 15 March */

    SAME_NUMBER(plan.verdict, BILLING_DUE);
    SAME_NUMBER(plan.count, 2);
    SAME_NUMBER(plan.items[0].due_on, ON(2026, 2, 15));
    SAME_NUMBER(plan.items[1].due_on, ON(2026, 3, 15));
    f.today_on = ON(2026, 5, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.missed, 3);
    SAME_NUMBER(plan.verdict, BILLING_HELD);
    f.max_missed = BILLING_MISSED_UNLIMITED;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_DUE);
    SAME_NUMBER(plan.count, 3);
}

TEST(billing, an_end_inside_a_period_is_billed_by_its_share_and_nothing_after)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 9, 1));
    struct billing_plan plan;

    f.ended_on = ON(2026, 8, 18); /* 17 of 31 days */
    f.schedule.anchor_on = ON(2026, 7, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 1);
    SAME_NUMBER(plan.items[0].net_minor, 1700);
    SAME_NUMBER(plan.items[0].period.until_on, ON(2026, 8, 18));
    SAME_NUMBER(plan.next_due_on, DATE_NONE);
}

TEST(billing, a_line_added_inside_a_period)
{
    struct billing_line lines[] = {one_line[0], one_line[0]};
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 8, 1));
    struct billing_plan plan;

    lines[0].from_on = ON(2026, 7, 1);
    lines[1].from_on = ON(2026, 8, 15); /* 17/31 */
    f.lines = lines;
    f.line_count = 2;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 1);
    SAME_NUMBER(plan.items[0].line_count, 2);
    SAME_NUMBER(plan.items[0].lines[1].net_minor, 1700);
    SAME_NUMBER(plan.items[0].lines[1].share_of_days, 31);
    SAME_NUMBER(plan.items[0].lines[0].share_of_days, 0);
    SAME_NUMBER(plan.items[0].net_minor, 4800);
    lines[1].whole = true;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.items[0].lines[1].share_of_days, 0);
    lines[1].whole = false;
    lines[1].from_on = ON(2026, 9, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.items[0].line_count, 1);
}

TEST(billing, a_discount_is_counted_in_billed_periods)
{
    struct billing_line line = one_line[0];
    struct billing_facts f = monthly(ON(2026, 1, 1), ON(2026, 6, 1));
    struct billing_plan plan;

    line.from_on = ON(2026, 1, 1);
    line.discount_ppm = 500000;
    line.discount_periods = 3; /* January was the first */
    f.lines = &line;
    f.max_missed = BILLING_MISSED_UNLIMITED;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 5);
    SAME_NUMBER(plan.items[0].net_minor, 1550);
    SAME_NUMBER(plan.items[1].net_minor, 1550);
    SAME_NUMBER(plan.items[2].net_minor, 3100);
}

TEST(billing, an_amount_out_of_bounds_is_said_never_wrapped)
{
    struct billing_line line = {.id = 1, .timing = BILLING_ADVANCE, .quantity_e4 = INT64_C(10000000000000), .unit_price_e4 = INT64_C(10000000000000), .until_on = DATE_NONE, .tax_class = "standard"};
    struct billing_facts f = monthly(ON(2026, 1, 1), ON(2026, 2, 1));

    line.from_on = ON(2026, 1, 1);
    f.lines = &line;
    SAME_NUMBER(billing_plan(test_arena(), &f).verdict, BILLING_OUT_OF_BOUNDS);
}

/* Any life, run day by day or once at the end: the same periods with the same amounts, never twice. */
TEST(billing, daily_runs_and_one_late_run_bill_the_same)
{
    uint64_t seeds = test_seeds() / 10 + 1;

    for (uint64_t seed = 0; seed < seeds; seed++) {
        uint64_t state = seed;
        int32_t start = (int32_t)seeded_between(&state, ON(2024, 1, 1), ON(2026, 12, 31));
        int32_t end = start + (int32_t)seeded_between(&state, 30, 500);
        struct billing_line lines[3];
        struct billing_facts f = {.schedule = {.anchor_on = start, .every = {(enum recurrence_unit)seeded_between(&state, RECURRENCE_WEEK, RECURRENCE_QUARTER), (int)seeded_between(&state, 1, 3)}},
            .currency = currency_find("EUR"), .started_on = start,
            .ended_on = seeded_between(&state, 0, 1) == 0 ? DATE_NONE : start + (int32_t)seeded_between(&state, 1, 500), .lines = lines, .line_count = 3,
            .next_index = 0, .max_missed = BILLING_MISSED_UNLIMITED};
        struct billing_plan once;
        int64_t sum = 0;
        int64_t wanted = 0;
        size_t count = 0;

        for (int i = 0; i < 3; i++)
            lines[i] = (struct billing_line){.id = i, .timing = seeded_between(&state, 0, 1) == 0 ? BILLING_ADVANCE : BILLING_ARREARS, .quantity_e4 = seeded_between(&state, 1, 100000), .unit_price_e4 = seeded_between(&state, 0, 10000000),
                .discount_ppm = (int32_t)seeded_between(&state, 0, 1000000), .discount_periods = (int32_t)seeded_between(&state, 0, 4),
                .from_on = start + (int32_t)seeded_between(&state, 0, 200), .until_on = seeded_between(&state, 0, 1) == 0 ? DATE_NONE : start + (int32_t)seeded_between(&state, 201, 600),
                .tax_class = "standard"};
        f.today_on = end;
        once = billing_plan(test_arena(), &f);
        for (size_t i = 0; i < once.count; i++)
            wanted += once.items[i].net_minor;
        for (f.today_on = start; f.today_on <= end; f.today_on++) {
            struct billing_plan day = billing_plan(test_arena(), &f);

            for (size_t i = 0; i < day.count; i++)
                sum += day.items[i].net_minor;
            count += day.count;
            f.next_index = day.next_index;
            f.arrears_index = day.arrears_index;
        }
        if (sum != wanted || count != once.count || f.next_index != once.next_index) {
            SAME_NUMBER(sum, wanted);
            SAME_NUMBER(count, once.count);
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(billing, a_preview_is_what_will_be_billed)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 7, 2));
    struct billing_item item;

    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ADVANCE, 1, &item));
    SAME_NUMBER(item.due_on, ON(2026, 8, 1));
    SAME_NUMBER(item.net_minor, 3100);
    f.ended_on = ON(2026, 8, 1);
    CU_ASSERT_FALSE(billing_item_at(test_arena(), &f, BILLING_ADVANCE, 1, &item));
}

/* ---- in arrears ---- */

static struct billing_facts both_timings(struct billing_line lines[2], int32_t started_on, int32_t today_on)
{
    struct billing_facts f = monthly(started_on, today_on);

    lines[0] = lines[1] = one_line[0];
    lines[0].from_on = lines[1].from_on = started_on;
    lines[1].timing = BILLING_ARREARS;
    lines[1].unit_price_e4 = 620000;
    f.lines = lines;
    f.line_count = 2;
    return f;
}

TEST(billing, in_arrears_comes_with_the_next_periods_advance)
{
    struct billing_line lines[2];
    struct billing_facts f = both_timings(lines, ON(2026, 7, 1), ON(2026, 7, 31));
    struct billing_plan plan = billing_plan(test_arena(), &f);
    struct billing_item next[2];

    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
    SAME_NUMBER(plan.next_due_on, ON(2026, 8, 1));
    SAME_NUMBER(billing_next(test_arena(), &f, next), 2);
    SAME_NUMBER(next[0].net_minor + next[1].net_minor, 6200 + 3100);
    f.today_on = ON(2026, 8, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 2);
    SAME_NUMBER(plan.items[0].timing, BILLING_ARREARS);
    SAME_NUMBER(plan.items[0].index, 0);
    SAME_NUMBER(plan.items[0].due_on, ON(2026, 8, 1));
    SAME_NUMBER(plan.items[1].timing, BILLING_ADVANCE);
    SAME_NUMBER(plan.items[1].index, 1);
    SAME_NUMBER(plan.items[1].due_on, ON(2026, 8, 1));
    SAME_NUMBER(billing_line_group(plan.items[0].timing), 1);
    SAME_NUMBER(billing_line_group(plan.items[1].timing), 0);
    f.next_index = plan.next_index;
    f.arrears_index = plan.arrears_index;
    SAME_NUMBER(billing_plan(test_arena(), &f).verdict, BILLING_NOTHING);
}

TEST(billing, the_last_period_in_arrears_is_billed_on_the_end_and_then_it_is_over)
{
    struct billing_line lines[2];
    struct billing_facts f = both_timings(lines, ON(2026, 7, 1), ON(2026, 7, 17));
    struct billing_plan plan;

    f.ended_on = ON(2026, 7, 18); /* 17 of 31 days of 62.00 */
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
    SAME_NUMBER(plan.next_due_on, ON(2026, 7, 18));
    CU_ASSERT_FALSE(plan.ended);
    f.today_on = ON(2026, 7, 18);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 1);
    SAME_NUMBER(plan.items[0].net_minor, 3400);
    SAME_NUMBER(plan.items[0].due_on, ON(2026, 7, 18));
    SAME_NUMBER(plan.next_due_on, DATE_NONE);
    CU_ASSERT_TRUE(plan.ended);
}

TEST(billing, an_end_is_a_day_to_look_at_when_all_was_billed_in_advance)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 7, 20));
    struct billing_plan plan;

    f.ended_on = ON(2026, 8, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
    SAME_NUMBER(plan.next_due_on, ON(2026, 8, 1));
    f.today_on = ON(2026, 8, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 0);
    CU_ASSERT_TRUE(plan.ended);
}

TEST(billing, an_end_inside_a_trial_bills_nothing)
{
    struct billing_line lines[2];
    struct billing_facts f = both_timings(lines, ON(2026, 7, 15), ON(2026, 7, 10)); /* billed from the 15th */
    struct billing_plan plan;

    f.schedule = (struct schedule){.anchor_on = ON(2026, 7, 1), .every = {RECURRENCE_MONTH, 1}, .month_day = 1};
    f.next_index = 0;
    f.ended_on = ON(2026, 7, 12);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.next_due_on, ON(2026, 7, 12));
    f.today_on = ON(2026, 9, 1);
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, 0);
    CU_ASSERT_TRUE(plan.ended);
}

TEST(billing, a_period_without_lines_is_passed_over)
{
    struct billing_line line = one_line[0];
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 9, 15));
    struct billing_plan plan;

    line.from_on = ON(2026, 7, 1);
    line.until_on = ON(2026, 8, 1);
    f.lines = &line;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.verdict, BILLING_NOTHING);
    SAME_NUMBER(plan.count, 0);
    SAME_NUMBER(plan.missed, 0);
    SAME_NUMBER(plan.next_index, 3);
    SAME_NUMBER(plan.next_due_on, ON(2026, 10, 1));
    SAME_NUMBER(billing_next(test_arena(), &f, (struct billing_item[2]){{0}}), 0);
}

TEST(billing, P06_P24_prices_and_quantities_in_arrears)
{
    struct billing_line lines[3];
    struct billing_facts f = monthly(ON(2026, 1, 1), ON(2026, 2, 1));
    struct billing_plan plan;

    for (int i = 0; i < 3; i++) {
        lines[i] = one_line[0];
        lines[i].timing = BILLING_ARREARS;
    }
    lines[0].from_on = ON(2026, 1, 1);
    lines[0].until_on = lines[1].from_on = ON(2026, 1, 15);
    lines[0].unit_price_e4 = 1000000;
    lines[1].unit_price_e4 = 2000000;
    f.lines = lines;
    f.line_count = 2;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.items[0].lines[0].net_minor, 4516);
    SAME_NUMBER(plan.items[0].lines[1].net_minor, 10968);
    for (int i = 0; i < 3; i++)
        lines[i].unit_price_e4 = 1000000;
    lines[0].until_on = lines[1].from_on = ON(2026, 1, 11);
    lines[1].until_on = lines[2].from_on = ON(2026, 1, 22);
    lines[1].quantity_e4 = 2 * QUANTITY_ONE;
    lines[2].quantity_e4 = 3 * QUANTITY_ONE;
    f.line_count = 3;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.items[0].lines[0].net_minor, 3226);
    SAME_NUMBER(plan.items[0].lines[1].net_minor, 7097);
    SAME_NUMBER(plan.items[0].lines[2].net_minor, 9677);
    SAME_NUMBER(plan.items[0].net_minor, 20000);
}

TEST(billing, a_day_with_both_timings_is_missed_once)
{
    struct billing_line lines[2];
    struct billing_facts f = both_timings(lines, ON(2026, 1, 15), ON(2026, 4, 14));
    struct billing_plan plan = billing_plan(test_arena(), &f);

    SAME_NUMBER(plan.missed, 2);
    SAME_NUMBER(plan.count, 4);
    SAME_NUMBER(plan.verdict, BILLING_DUE);
}

/* Any life that ends: whatever the timings, anchors, starts and ends, every day between the first that is billed and
 * the end is billed exactly once for each line that covers it, a run again gives nothing, and what the previews said is
 * what was billed. */
TEST(billing, every_day_of_every_line_is_billed_once_and_previews_tell_it)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        int32_t start = (int32_t)seeded_between(&state, ON(2024, 1, 1), ON(2026, 12, 31));
        int32_t end = start + (int32_t)seeded_between(&state, 1, 700);
        struct billing_line lines[3];
        int32_t billed_days[3] = {0};
        struct billing_facts f = {.schedule = {.anchor_on = start - (int32_t)seeded_between(&state, 0, 27), .every = {(enum recurrence_unit)seeded_between(&state, RECURRENCE_MONTH, RECURRENCE_YEAR), (int)seeded_between(&state, 1, 3)}},
            .currency = currency_find("EUR"), .started_on = start, .ended_on = end, .lines = lines, .line_count = 3, .max_missed = BILLING_MISSED_UNLIMITED};
        struct billing_plan plan;
        bool good = true;
        int runs = 0;

        for (int i = 0; i < 3; i++)
            lines[i] = (struct billing_line){.id = i, .timing = seeded_between(&state, 0, 1) == 0 ? BILLING_ADVANCE : BILLING_ARREARS, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 310000,
                .from_on = start + (int32_t)seeded_between(&state, 0, 100), .until_on = seeded_between(&state, 0, 1) == 0 ? DATE_NONE : start + (int32_t)seeded_between(&state, 101, 600), .tax_class = "standard"};
        f.today_on = start;
        do { /* the batch comes on each day that the one before asked for */
            struct billing_item next[2];
            size_t foretold = billing_next(test_arena(), &f, next);
            int64_t told = 0;

            plan = billing_plan(test_arena(), &f);
            for (size_t i = 0; i < foretold; i++)
                told += next[i].net_minor;
            for (size_t i = 0; i < plan.count; i++) {
                told -= plan.items[i].net_minor;
                for (size_t k = 0; k < plan.items[i].line_count; k++)
                    billed_days[plan.items[i].lines[k].line] += period_days(plan.items[i].lines[k].period);
            }
            good = good && (plan.count == 0 || told == 0);
            f.next_index = plan.next_index;
            f.arrears_index = plan.arrears_index;
            good = good && billing_plan(test_arena(), &f).count == 0 && ++runs < 1000;
            if (plan.next_due_on != DATE_NONE)
                f.today_on = plan.next_due_on;
        } while (!plan.ended && good);
        good = good && f.today_on == end;
        for (int i = 0; i < 3; i++)
            good = good && billed_days[i] == period_days(period_overlap((struct period){lines[i].from_on, lines[i].until_on}, (struct period){start, end}));
        if (!good) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(billing, a_run_that_has_too_much_to_do_leaves_the_rest_due)
{
    struct billing_facts f = monthly(ON(2000, 1, 1), ON(2026, 1, 1));
    struct billing_plan plan;

    f.schedule.every = (struct recurrence){RECURRENCE_DAY, 1};
    f.max_missed = BILLING_MISSED_UNLIMITED;
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.count, BILLING_PERIODS_MAX);
    SAME_NUMBER(plan.next_index, BILLING_PERIODS_MAX + 1);
    SAME_NUMBER(plan.next_due_on, ON(2000, 1, 1) + BILLING_PERIODS_MAX + 1);
}

TEST(billing, an_end_after_all_was_billed_ahead_is_still_looked_at)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 7, 20));
    struct billing_plan plan;

    f.ended_on = ON(2026, 8, 1);
    f.arrears_index = 1; /* billed early, with a change */
    plan = billing_plan(test_arena(), &f);
    SAME_NUMBER(plan.next_due_on, ON(2026, 8, 1));
    CU_ASSERT_FALSE(plan.ended);
}

TEST(billing, what_cannot_be_billed_cannot_be_foretold)
{
    struct billing_line line = {.id = 1, .timing = BILLING_ADVANCE, .quantity_e4 = INT64_C(10000000000000), .unit_price_e4 = INT64_C(10000000000000), .until_on = DATE_NONE, .tax_class = "standard"};
    struct billing_facts f = monthly(ON(2026, 1, 1), ON(2026, 2, 1));
    struct billing_item items[2];

    line.from_on = ON(2026, 1, 1);
    f.lines = &line;
    SAME_NUMBER(billing_next(test_arena(), &f, items), 0);
    CU_ASSERT_FALSE(billing_item_at(test_arena(), &f, BILLING_ADVANCE, 1, &items[0]));
    CU_ASSERT_FALSE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 1, &items[0])); /* no such line */
}

/* R10: lines of one slot that follow one another come to the rounded sum of their exact shares, in parts of tiers too. */
TEST(billing, R10_lines_of_one_slot_are_shared_out_together)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 8, 1));
    struct billing_line lines[5];
    struct billing_item item;
    int64_t apart = 0;

    for (int i = 0; i < 5; i++) {
        lines[i] = one_line[0];
        lines[i].timing = BILLING_ARREARS;
        lines[i].slot = 1;
        lines[i].unit_price_e4 = 1001; /* 0.1001: three days of 31 each, 0.0097 */
        lines[i].from_on = ON(2026, 7, 1) + 5 * i;
        lines[i].until_on = lines[i].from_on + 5;
    }
    f.lines = lines;
    f.line_count = 5;
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 8); /* 10 * 25 / 31, rounded once */
    for (int i = 0; i < 5; i++) {
        lines[i].slot = 0;
        apart += 2; /* 10 * 5 / 31, rounded by itself */
    }
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, apart);
    /* an amount off counts once for the slot, by days, and never more than there is */
    for (int i = 0; i < 5; i++) {
        lines[i].slot = 1;
        lines[i].unit_price_e4 = 310000;
        lines[i].discount_minor = 500;
    }
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 2500 - 500);
    SAME_NUMBER(item.lines[4].allowance_minor, 100);
    for (int i = 0; i < 5; i++)
        lines[i].discount_minor = 5000;
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 0);
    /* two parts of one price stand on the same days: they count them once */
    for (int i = 0; i < 5; i++) {
        lines[i].from_on = ON(2026, 7, 1) + (i < 2 ? 0 : 10);
        lines[i].until_on = i < 2 ? ON(2026, 7, 11) : DATE_NONE;
        lines[i].discount_minor = 100;
    }
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 2 * 1000 + 3 * 2100 - (200 * 10 + 300 * 21 + 15) / 31);
    f.lines = lines;
    lines[0].timing = BILLING_USAGE; /* what was used is no share of anything */
    lines[0].used_in = 0;
    lines[1].whole = true;
    lines[0].discount_minor = lines[1].discount_minor = 0;
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.lines[0].net_minor, 3100);
    SAME_NUMBER(item.lines[1].net_minor, 3100);
}

TEST(billing, shares_of_one_slot_stay_in_bounds)
{
    struct billing_facts f = monthly(ON(2026, 7, 1), ON(2026, 8, 1));
    struct billing_line lines[400];
    struct billing_item item;

    for (int i = 0; i < 400; i++) { /* more parts than are shared out together: each by itself */
        lines[i] = one_line[0];
        lines[i].timing = BILLING_ARREARS;
        lines[i].slot = 1;
        lines[i].from_on = ON(2026, 7, 1) + (i < 200 ? 0 : 10);
        lines[i].until_on = i < 200 ? ON(2026, 7, 11) : DATE_NONE;
    }
    f.lines = lines;
    f.line_count = 400;
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 200 * 1000 + 200 * 2100);
    for (int i = 0; i < 4; i++) { /* 9 * 10^14 minor units each */
        lines[i].quantity_e4 = INT64_C(90000000);
        lines[i].unit_price_e4 = INT64_C(1000000000000) * 10;
        lines[i].from_on = ON(2026, 7, 1) + (i < 2 ? 0 : 10);
        lines[i].until_on = i < 2 ? ON(2026, 7, 11) : DATE_NONE;
    }
    f.line_count = 4;
    CU_ASSERT_FALSE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
    for (int i = 0; i < 4; i++) { /* apart: each fits, together they do not */
        lines[i].slot = 0;
        lines[i].from_on = ON(2026, 7, 1);
        lines[i].until_on = DATE_NONE;
    }
    CU_ASSERT_FALSE(billing_item_at(test_arena(), &f, BILLING_ARREARS, 0, &item));
}
