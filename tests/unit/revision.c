/* revision: new prices of running lines, and when they begin. */
#include "test.h"

#include "core/date.h"
#include "core/pricing.h"
#include "core/revision.h"
#include "seeded.h"

static int64_t revised(int64_t price_e4, struct revision r)
{
    struct price_rule rule = {.model = PRICE_PER_UNIT, .unit_price_e4 = price_e4};

    return revision_rule(&rule, &r, &rule) ? rule.unit_price_e4 : -1;
}

TEST(revision, by_percent_to_a_price_and_by_an_index)
{
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_PERCENT, .change_ppm = 35000}), 170775); /* 16.50 + 3.5 % */
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_PERCENT, .change_ppm = -1000000}), 0);
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_PRICE, .unit_price_e4 = 180000}), 180000);
    /* Syntec 313.4 to 317.9: 16.50 * 317.9 / 313.4 = 16.73691... */
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_INDEX, .then_e4 = 3134000, .now_e4 = 3179000}), 167369);
    SAME_NUMBER(revised(1, (struct revision){.kind = REVISION_PERCENT, .change_ppm = 500000}), 2); /* 0.00015: half away from zero */
    SAME_NUMBER(revised(UNIT_PRICE_MAX_E4, (struct revision){.kind = REVISION_PERCENT, .change_ppm = 1}), -1);
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_INDEX, .then_e4 = 0, .now_e4 = 1}), -1);
    SAME_NUMBER(revised(165000, (struct revision){.kind = REVISION_PERCENT, .change_ppm = -1000001}), -1);
    SAME_NUMBER(revision_kind_from_name(revision_kind_name(REVISION_INDEX)), REVISION_INDEX);
    SAME_NUMBER(revision_kind_from_name("whim"), 0);
}

TEST(revision, tiers_change_price_by_price)
{
    struct price_rule rule = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 100000, 50000}, {TIER_OPEN, 80000, 0}}};
    struct revision price = {.kind = REVISION_PRICE, .unit_price_e4 = 1}, ten = {.kind = REVISION_PERCENT, .change_ppm = 100000};

    CU_ASSERT_FALSE(revision_rule(&rule, &price, &rule));
    CU_ASSERT_TRUE(revision_rule(&rule, &ten, &rule));
    SAME_NUMBER(rule.tier[0].unit_price_e4, 110000);
    SAME_NUMBER(rule.tier[0].flat_e4, 55000);
    SAME_NUMBER(rule.tier[0].up_to_e4, 100000);
    SAME_NUMBER(rule.tier[1].unit_price_e4, 88000);
}

TEST(revision, what_a_line_costs_a_month)
{
    struct price_rule each = {.model = PRICE_PER_UNIT, .unit_price_e4 = 120000};
    struct price_rule tiers = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 100000, 50000}, {TIER_OPEN, 80000, 0}}};

    SAME_NUMBER(revision_month_e4(&each, 50000, (struct recurrence){RECURRENCE_MONTH, 1}), 600000); /* 5 at 12.00 */
    SAME_NUMBER(revision_month_e4(&each, 50000, (struct recurrence){RECURRENCE_YEAR, 1}), 50000);
    SAME_NUMBER(revision_month_e4(&tiers, 120000, (struct recurrence){RECURRENCE_MONTH, 1}), 1210000); /* 5 + 10 at 10 + 2 at 8 */
    SAME_NUMBER(revision_month_e4(&each, 0, (struct recurrence){RECURRENCE_MONTH, 1}), 0);
    each.unit_price_e4 = UNIT_PRICE_MAX_E4;
    SAME_NUMBER(revision_month_e4(&each, QUANTITY_MAX_E4, (struct recurrence){RECURRENCE_DAY, 1}), 0); /* more than money goes */
    each.unit_price_e4 = -1;
    SAME_NUMBER(revision_month_e4(&each, 50000, (struct recurrence){RECURRENCE_MONTH, 1}), 0);
}

/*   1 Jan    1 Feb    1 Mar    1 Apr
 *   |--------|--------|--------|      next_index 1: January is billed */
TEST(revision, begins_with_a_period_that_was_not_billed_after_the_notice)
{
    struct schedule monthly = {.anchor_on = date_from_civil(2027, 1, 1), .every = {RECURRENCE_MONTH, 1}, .month_day = 1};
    int32_t today_on = date_from_civil(2027, 1, 10);

    SAME_NUMBER(revision_effective_on(&monthly, 1, today_on, 0), date_from_civil(2027, 2, 1));
    SAME_NUMBER(revision_effective_on(&monthly, 1, today_on, 22), date_from_civil(2027, 2, 1));
    SAME_NUMBER(revision_effective_on(&monthly, 1, today_on, 23), date_from_civil(2027, 3, 1));
    SAME_NUMBER(revision_effective_on(&monthly, 3, today_on, 0), date_from_civil(2027, 4, 1)); /* March is billed already */
}

TEST(revision, the_next_anniversary_of_the_start)
{
    int32_t started_on = date_from_civil(2026, 3, 15);

    SAME_NUMBER(revision_anniversary_on(started_on, date_from_civil(2026, 4, 1)), date_from_civil(2027, 3, 15));
    SAME_NUMBER(revision_anniversary_on(started_on, date_from_civil(2027, 3, 15)), date_from_civil(2027, 3, 15));
    SAME_NUMBER(revision_anniversary_on(started_on, date_from_civil(2027, 3, 16)), date_from_civil(2028, 3, 15));
    SAME_NUMBER(revision_anniversary_on(started_on, date_from_civil(2028, 1, 1)), date_from_civil(2028, 3, 15));
    SAME_NUMBER(revision_anniversary_on(started_on, date_from_civil(2026, 1, 1)), date_from_civil(2027, 3, 15)); /* not before it began */
    SAME_NUMBER(revision_anniversary_on(date_from_civil(2028, 2, 29), date_from_civil(2028, 3, 1)), date_from_civil(2029, 2, 28));
}

TEST(revision, a_discount_goes_on_where_it_was)
{
    int32_t left;

    CU_ASSERT_TRUE(revision_discount_left(0, 50, &left));
    SAME_NUMBER(left, 0);
    CU_ASSERT_TRUE(revision_discount_left(3, 2, &left));
    SAME_NUMBER(left, 1);
    CU_ASSERT_FALSE(revision_discount_left(3, 3, &left));
}

/* Never before the notice or in a billed period, always on a boundary, and no later than one period more. */
static bool holds(uint64_t seed)
{
    uint64_t state = seed;
    struct schedule s = {.anchor_on = (int32_t)seeded_between(&state, 20000, 20400),
                         .every = {(enum recurrence_unit)seeded_between(&state, RECURRENCE_DAY, RECURRENCE_YEAR), (int)seeded_between(&state, 1, 6)}};
    int32_t next = (int32_t)seeded_between(&state, 0, 20), notice = (int32_t)seeded_between(&state, 0, 120);
    int32_t today = (int32_t)seeded_between(&state, s.anchor_on, s.anchor_on + 2000);
    int32_t on, index;

    s.month_day = date_civil(s.anchor_on).day;
    on = revision_effective_on(&s, next, today, notice);
    index = schedule_index(&s, on);
    return schedule_boundary(&s, index) == on && index >= next && on >= today + notice &&
           (index == next || schedule_boundary(&s, index - 1) < today + notice);
}

TEST(revision, the_first_boundary_that_may_be)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}
