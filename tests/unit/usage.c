/* usage: sums of spans of days, and which reports are taken. */
#include "test.h"

#include <string.h>

#include "core/billing.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/usage.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

/* Monthly from the 31st of January on; January and February are billed. */
static struct usage_facts from_the_31st(void)
{
    return (struct usage_facts){.schedule = {.anchor_on = ON(2026, 1, 31), .every = {RECURRENCE_MONTH, 1}}, .billed_from_on = ON(2026, 1, 31),
                                .ended_on = DATE_NONE, .arrears_index = 1, .today_on = ON(2026, 3, 20)};
}

static enum usage_refusal judged(struct usage_facts facts, int32_t on, int64_t quantity_e4)
{
    const struct period line = {facts.billed_from_on, DATE_NONE};

    return usage_refusal(&facts, &line, 1, on, quantity_e4, 0);
}

TEST(usage, a_report_is_taken_while_its_period_is_open)
{
    struct usage_facts f = from_the_31st();

    SAME_NUMBER(usage_open_from(&f), ON(2026, 2, 28));
    SAME_NUMBER(judged(f, ON(2026, 2, 27), 1), USAGE_BILLED);
    SAME_NUMBER(judged(f, ON(2026, 2, 28), 1), USAGE_ACCEPTED);
    SAME_NUMBER(judged(f, f.today_on, QUANTITY_MAX_E4), USAGE_ACCEPTED);
    SAME_NUMBER(judged(f, f.today_on + 1, 1), USAGE_IN_FUTURE);
    SAME_NUMBER(judged(f, ON(2026, 1, 30), 1), USAGE_BEFORE_START);
    f.ended_on = ON(2026, 3, 10);
    SAME_NUMBER(judged(f, ON(2026, 3, 9), 1), USAGE_ACCEPTED);
    SAME_NUMBER(judged(f, ON(2026, 3, 10), 1), USAGE_AFTER_END);
    f.over = true; /* closed unpaid: the trigger of the reports refuses them all */
    SAME_NUMBER(judged(f, ON(2026, 3, 9), 1), USAGE_OVER);
    SAME_NUMBER(judged(f, ON(2026, 3, 10), 1), USAGE_AFTER_END);
    f.over = false;
    f.arrears_index = 0;
    f.billed_from_on = ON(2026, 2, 14); /* a trial */
    SAME_NUMBER(usage_open_from(&f), ON(2026, 2, 14));
    SAME_NUMBER(judged(f, ON(2026, 2, 13), 1), USAGE_BEFORE_START);
}

TEST(usage, quantities_lines_and_places)
{
    struct usage_facts f = from_the_31st();
    const struct period lines[] = {{ON(2026, 1, 31), ON(2026, 3, 5)}, {ON(2026, 3, 8), DATE_NONE}};

    SAME_NUMBER(judged(f, f.today_on, 0), USAGE_NOTHING);
    SAME_NUMBER(judged(f, f.today_on, -10000), USAGE_NOTHING);
    SAME_NUMBER(judged(f, f.today_on, QUANTITY_MAX_E4 + 1), USAGE_TOO_MUCH);
    SAME_NUMBER(usage_refusal(&f, lines, 2, f.today_on, 1, QUANTITY_MAX_E4), USAGE_TOO_MUCH);
    SAME_NUMBER(usage_refusal(&f, lines, 2, f.today_on, 1, QUANTITY_MAX_E4 - 1), USAGE_ACCEPTED);
    SAME_NUMBER(usage_refusal(&f, lines, 0, f.today_on, 1, 0), USAGE_LINE_UNKNOWN);
    SAME_NUMBER(usage_refusal(&f, lines, 2, ON(2026, 3, 4), 1, 0), USAGE_ACCEPTED);
    SAME_NUMBER(usage_refusal(&f, lines, 2, ON(2026, 3, 5), 1, 0), USAGE_NOT_IN_FORCE);
    for (int refusal = USAGE_LINE_UNKNOWN; refusal <= USAGE_REFERENCE_TAKEN; refusal++) {
        CU_ASSERT_TRUE(usage_refusal_text((enum usage_refusal)refusal)[0] != '\0');
        CU_ASSERT_PTR_NOT_NULL(strstr("line quantity day reference", usage_refusal_place((enum usage_refusal)refusal)));
    }
    SAME_TEXT(usage_refusal_text(USAGE_ACCEPTED), "");
}

/* Whatever was reported: the periods of a year hold each report once. */
TEST(usage, periods_hold_every_report_once)
{
    for (uint64_t seed = 0; seed < test_seeds() / 10; seed++) {
        struct usage_day days[40];
        uint64_t state = seed;
        struct schedule s = {.anchor_on = ON(2026, 1, 1) + (int32_t)seeded_between(&state, 0, 60),
                             .every = {(enum recurrence_unit)seeded_between(&state, RECURRENCE_WEEK, RECURRENCE_QUARTER), 1}};
        int64_t wanted = 0;
        int64_t sum = 0;

        for (size_t i = 0; i < COUNT_OF(days); i++) {
            days[i] = (struct usage_day){.subscription_id = seeded_between(&state, 1, 2), .slot = (int32_t)seeded_between(&state, 1, 2),
                                         .used_on = s.anchor_on + (int32_t)seeded_between(&state, 0, 365), .quantity_e4 = seeded_between(&state, 1, 1000000)};
            wanted += days[i].subscription_id == 1 && days[i].slot == 2 ? days[i].quantity_e4 : 0;
        }
        for (int32_t k = 0; k <= schedule_index(&s, s.anchor_on + 365); k++)
            sum += usage_in(days, COUNT_OF(days), 1, 2, schedule_period(&s, k));
        if (sum != wanted) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

/* 30.5 units of January at 0.20 on 1 February, though the contract began on the 16th: what is used is no share. */
TEST(usage, a_used_quantity_is_billed_whole_and_only_in_its_period)
{
    struct billing_line lines[] = {
        {.id = 1, .timing = BILLING_USAGE, .quantity_e4 = 305000, .unit_price_e4 = 2000, .from_on = ON(2026, 1, 16), .until_on = DATE_NONE, .used_in = 0},
        {.id = 1, .timing = BILLING_USAGE, .quantity_e4 = 10000, .unit_price_e4 = 2000, .from_on = ON(2026, 1, 16), .until_on = DATE_NONE, .used_in = 2},
        {.id = 1, .timing = BILLING_USAGE, .quantity_e4 = 10000, .unit_price_e4 = 2000, .from_on = ON(2026, 1, 16), .until_on = DATE_NONE, .used_in = BILLING_UNUSED}};
    struct billing_facts f = {.schedule = {.anchor_on = ON(2026, 1, 1), .every = {RECURRENCE_MONTH, 1}}, .currency = currency_find("EUR"),
                              .started_on = ON(2026, 1, 16), .ended_on = DATE_NONE, .lines = lines, .line_count = 3, .today_on = ON(2026, 4, 1),
                              .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_plan plan = billing_plan(test_arena(), &f);

    SAME_NUMBER(plan.count, 2); /* nothing was used in February */
    SAME_NUMBER(plan.items[0].timing, BILLING_ARREARS);
    SAME_NUMBER(plan.items[0].due_on, ON(2026, 2, 1));
    SAME_NUMBER(plan.items[0].net_minor, 610);
    SAME_NUMBER(plan.items[0].lines[0].period.from_on, ON(2026, 1, 16));
    SAME_NUMBER(plan.items[1].due_on, ON(2026, 4, 1));
    SAME_NUMBER(plan.items[1].net_minor, 20);
    SAME_NUMBER(plan.arrears_index, 3);
    SAME_NUMBER(billing_line_group(BILLING_USAGE), 1);
    SAME_NUMBER(billing_timing_from_name(billing_timing_name(BILLING_USAGE)), BILLING_USAGE);
}

TEST(usage, nothing_of_it_is_due_today_or_recurs)
{
    const struct price_line line = {.kind = LINE_RECURRING, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 310000, .later = true, .metered = true};
    struct quote_totals totals;

    CU_ASSERT_TRUE(quote_totals(&line, 1, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &totals));
    SAME_NUMBER(totals.today.net_minor, 0);
    SAME_NUMBER(totals.period.net_minor, 0);
    SAME_NUMBER(totals.mrr_e4, 0);
}
