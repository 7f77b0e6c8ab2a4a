/* amendment: the worked cases of the product (5.3) as whole changes, refusals in their order, and what a day's changes
 * come to. */
#include "test.h"

#include "core/amendment.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/pricing.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

/* A contract of one line whose running period is invoiced, amended the way a test says. */
struct scene {
    struct amendment_line lines[8];
    struct invoiced_line invoiced[8];
    struct invoiced_credit credits[8];
    struct period pauses[2];
    struct amendment_facts facts;
};

static void invoice_line(struct scene *s, int32_t slot, struct period period, int64_t minor)
{
    s->invoiced[s->facts.invoiced_count++] =
        (struct invoiced_line){.id = (int64_t)s->facts.invoiced_count, .slot = slot, .period = period, .quantity_e4 = s->lines[0].quantity_e4, .minor = minor, .amended_on = DATE_NONE};
}

static void scene(struct scene *s, struct period billed, struct recurrence every, int64_t quantity, int64_t price_e4, int64_t invoiced_minor, int32_t today_on)
{
    *s = (struct scene){.facts = {.state = SUBSCRIPTION_ACTIVE, .schedule = {.anchor_on = billed.from_on, .every = every}, .currency = currency_find("EUR"),
        .started_on = billed.from_on, .ended_on = DATE_NONE, .commitment_until_on = DATE_NONE, .term_until_on = DATE_NONE, .billed_from_on = billed.from_on,
        .billed_until_on = billed.until_on, .amended_on = DATE_NONE, .paused_on = DATE_NONE, .may_pause = true, .line_count = 1, .today_on = today_on}};
    s->lines[0] = (struct amendment_line){.id = 1, .slot = 1, .quantity_e4 = quantity * QUANTITY_ONE, .unit_price_e4 = price_e4, .timing = BILLING_ADVANCE,
                                          .from_on = billed.from_on, .until_on = DATE_NONE};
    s->facts.lines = s->lines;
    s->facts.invoiced = s->invoiced;
    s->facts.pauses.periods = s->pauses;
    invoice_line(s, 1, billed, invoiced_minor);
}

static void monthly(struct scene *s, int64_t quantity, int64_t price_e4, int32_t today_on)
{
    scene(s, (struct period){ON(2026, 1, 15), ON(2026, 2, 15)}, (struct recurrence){RECURRENCE_MONTH, 1}, quantity, price_e4, quantity * price_e4 / 100, today_on);
}

static struct amendment set_quantity(const struct scene *s, enum amendment_when when, bool credit, int64_t quantity)
{
    const struct amendment_edit edit = {.slot = 1, .remove = quantity == 0, .quantity_e4 = quantity * QUANTITY_ONE};

    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = when, .credit = credit, .edits = &edit, .edit_count = 1});
}

static struct amendment replace(const struct scene *s, enum amendment_when when, struct recurrence every, int64_t price_e4)
{
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    const struct amendment_addition added = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = price_e4, .timing = BILLING_ADVANCE};

    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = when, .credit = true, .edits = &edit, .edit_count = 1,
                                                                          .additions = &added, .addition_count = 1, .every = every});
}

static struct amendment ask(const struct scene *s, enum amendment_kind kind, enum amendment_when when, int32_t on)
{
    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = kind, .when = when, .on = on, .credit = true, .resume_on = DATE_NONE});
}

TEST(amendment, P05_an_addition_of_20_of_30_days)
{
    struct scene s;
    const struct amendment_addition added = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 179500, .timing = BILLING_ADVANCE};
    struct amendment a;

    scene(&s, (struct period){ON(2021, 9, 20), ON(2021, 10, 20)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 249500, 2495, ON(2021, 9, 30));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = &added, .addition_count = 1});
    SAME_NUMBER(a.net_minor, 1197);
    SAME_NUMBER(a.opening_count, 1);
    SAME_NUMBER(a.openings[0].slot, 2);
    SAME_NUMBER(a.closing_count, 0);
}

/* What a change leaves, as the batch bills it: the lines that go on, cut where they are closed, and those it opens. */
static int64_t billed_after(const struct scene *s, const struct amendment *a, const struct amendment_addition *added, enum billing_timing timing, int32_t index,
                            int64_t nets[4], size_t *count)
{
    struct billing_line lines[8];
    struct billing_facts facts = {.schedule = a->schedule, .currency = s->facts.currency, .started_on = a->new_epoch ? a->effective_on : s->facts.started_on,
                                  .ended_on = DATE_NONE, .lines = lines, .today_on = a->effective_on, .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_item item;

    for (size_t i = 0; i < s->facts.line_count; i++)
        lines[facts.line_count++] = (struct billing_line){.id = s->lines[i].id, .slot = s->lines[i].slot, .timing = s->lines[i].timing, .quantity_e4 = s->lines[i].quantity_e4,
            .unit_price_e4 = s->lines[i].unit_price_e4, .from_on = s->lines[i].from_on, .until_on = s->lines[i].until_on, .used_in = BILLING_UNUSED, .tax_class = ""};
    for (size_t i = 0; i < a->closing_count; i++)
        lines[a->closings[i].line].until_on = a->closings[i].until_on;
    for (size_t i = 0; i < a->opening_count; i++)
        lines[facts.line_count++] = (struct billing_line){.id = (int64_t)(100 + i), .slot = a->openings[i].slot, .timing = added->timing, .quantity_e4 = a->openings[i].quantity_e4,
            .unit_price_e4 = a->openings[i].unit_price_e4, .from_on = a->openings[i].from_on, .until_on = a->openings[i].until_on, .used_in = BILLING_UNUSED, .tax_class = ""};
    CU_ASSERT_TRUE(billing_item_at(test_arena(), &facts, timing, index, &item));
    *count = item.line_count;
    for (size_t i = 0; i < item.line_count && i < 4; i++)
        nets[i] = item.lines[i].net_minor;
    return item.due_on;
}

static const struct amendment_addition at_2495 = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 249500, .timing = BILLING_ADVANCE};

static struct amendment add_one(const struct scene *s, const struct amendment_addition *added)
{
    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = added, .addition_count = 1});
}

/* Billed on the 25th: bought on 16 September it costs 9 of 31 days, and all of it on the 25th. */
TEST(amendment, P01_the_25th_from_the_16th_as_a_change)
{
    const struct recurrence month = {RECURRENCE_MONTH, 1};
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    struct amendment a;
    struct scene s;
    int64_t nets[4];
    size_t count;

    scene(&s, (struct period){ON(2021, 8, 25), ON(2021, 9, 25)}, month, 1, 100000, 1000, ON(2021, 9, 16));
    a = add_one(&s, &at_2495);
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.net_minor, 724);
    SAME_NUMBER(period_days(a.charges[0].part), 9);
    SAME_NUMBER(period_days(a.charges[0].natural), 31);
    SAME_NUMBER(billed_after(&s, &a, &at_2495, BILLING_ADVANCE, 1, nets, &count), ON(2021, 9, 25));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(nets[1], 2495);
    /* the same from another recurrence, whose plan bills on the 25th */
    scene(&s, (struct period){ON(2021, 7, 16), ON(2021, 10, 16)}, (struct recurrence){RECURRENCE_QUARTER, 1}, 1, 0, 0, ON(2021, 9, 16));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1,
        .additions = &at_2495, .addition_count = 1, .every = month, .anchor = {ANCHOR_MONTH_DAY, 25}});
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.charge_minor, 724);
    CU_ASSERT_TRUE(a.new_epoch);
    SAME_NUMBER(billed_after(&s, &a, &at_2495, BILLING_ADVANCE, a.next_index, nets, &count), ON(2021, 9, 25));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(nets[0], 2495);
}

TEST(amendment, P02_22_of_30_days_as_a_change)
{
    struct amendment a;
    struct scene s;
    int64_t nets[4];
    size_t count;

    scene(&s, (struct period){ON(2021, 9, 17), ON(2021, 10, 17)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 100000, 1000, ON(2021, 9, 25));
    a = add_one(&s, &at_2495);
    SAME_NUMBER(a.net_minor, 1830);
    SAME_NUMBER(period_days(a.charges[0].part), 22);
    SAME_NUMBER(billed_after(&s, &a, &at_2495, BILLING_ADVANCE, 1, nets, &count), ON(2021, 10, 17));
    SAME_NUMBER(nets[1], 2495);
}

/* In arrears by the calendar, A at 100.00 becomes B at 200.00 on 15 January: nothing moves on the day. */
TEST(amendment, P06_another_price_in_arrears_as_a_change)
{
    const struct amendment_addition b = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 2000000, .timing = BILLING_ARREARS};
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    struct amendment a;
    struct scene s;
    int64_t nets[4];
    size_t count;

    scene(&s, (struct period){ON(2026, 1, 1), ON(2026, 2, 1)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 1000000, 0, ON(2026, 1, 15));
    s.lines[0].timing = BILLING_ARREARS;
    s.facts.invoiced_count = 0;
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE;
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1,
                                                                      .additions = &b, .addition_count = 1});
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.charge_count + a.credit_count, 0);
    SAME_NUMBER(billed_after(&s, &a, &b, BILLING_ARREARS, 0, nets, &count), ON(2026, 2, 1));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(nets[0], 4516);
    SAME_NUMBER(nets[1], 10968);
    (void)billed_after(&s, &a, &b, BILLING_ARREARS, 1, nets, &count);
    SAME_NUMBER(count, 1);
    SAME_NUMBER(nets[0], 20000);
}

TEST(amendment, P07_bought_on_15_july_in_a_calendar_month_as_a_change)
{
    const struct amendment_addition at_31 = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 310000, .timing = BILLING_ADVANCE};
    struct amendment a;
    struct scene s;
    int64_t nets[4];
    size_t count;

    scene(&s, (struct period){ON(2026, 7, 1), ON(2026, 8, 1)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 100000, 1000, ON(2026, 7, 15));
    a = add_one(&s, &at_31);
    SAME_NUMBER(a.net_minor, 1700);
    SAME_NUMBER(period_days(a.charges[0].part), 17);
    SAME_NUMBER(billed_after(&s, &a, &at_31, BILLING_ADVANCE, 1, nets, &count), ON(2026, 8, 1));
    SAME_NUMBER(nets[1], 3100);
}

TEST(amendment, P09_three_more_pay_18_of_31_days_of_36)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 8);
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.effective_on, ON(2026, 1, 28));
    SAME_NUMBER(a.charge_count, 1);
    SAME_NUMBER(a.charges[0].full_minor, 3600);
    SAME_NUMBER(period_days(a.charges[0].part), 18);
    SAME_NUMBER(period_days(a.charges[0].natural), 31);
    SAME_NUMBER(a.charges[0].quantity_e4, 3 * QUANTITY_ONE);
    SAME_NUMBER(a.net_minor, 2090);
    SAME_NUMBER(a.credit_count, 0);
    SAME_NUMBER(a.openings[0].quantity_e4, 8 * QUANTITY_ONE);
    SAME_NUMBER(a.closings[0].until_on, ON(2026, 1, 28));
    CU_ASSERT_FALSE(a.new_epoch);
}

TEST(amendment, P11_an_upgrade_now_gives_back_and_charges)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    a = replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){0}, 790000);
    SAME_NUMBER(a.credit_minor, 1684);
    SAME_NUMBER(a.charge_minor, 4587);
    SAME_NUMBER(a.net_minor, 2903);
    CU_ASSERT_FALSE(a.new_epoch);
}

TEST(amendment, P12_a_year_left_early_and_a_plan_doubled)
{
    struct scene s;
    struct amendment a;

    scene(&s, (struct period){ON(2026, 3, 1), ON(2027, 3, 1)}, (struct recurrence){RECURRENCE_YEAR, 1}, 1, 12000000, 120000, ON(2026, 7, 20));
    a = ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.credit_minor, 73644);
    SAME_NUMBER(a.credits[0].days, 224);
    SAME_NUMBER(a.credits[0].of_days, 365);
    SAME_NUMBER(a.state, SUBSCRIPTION_ENDED);
    SAME_NUMBER(a.ended_on, ON(2026, 7, 20));
    a = replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){0}, 24000000);
    SAME_NUMBER(a.charge_minor, 147288);
    SAME_NUMBER(a.net_minor, 73644);
}

TEST(amendment, P14_of_a_promotion_only_what_was_paid_comes_back)
{
    struct scene s;
    struct amendment a;

    scene(&s, (struct period){ON(2026, 4, 1), ON(2026, 5, 1)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 1000000, 5000, ON(2026, 4, 11));
    s.lines[0].discount_ppm = 500000;
    s.lines[0].discount_periods = 1;
    a = ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.credit_minor, 3333);
}

TEST(amendment, P16_from_a_month_to_a_year)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    a = replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){RECURRENCE_YEAR, 1}, 2900000);
    SAME_NUMBER(a.credit_minor, 1684);
    SAME_NUMBER(a.net_minor, 27316);
    CU_ASSERT_TRUE(a.new_epoch);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 1, 28));
    SAME_NUMBER(a.next_index, 1);
    SAME_NUMBER(schedule_boundary(&a.schedule, a.next_index), ON(2027, 1, 28));
    /* at the end of the period: no money, the year is billed on its first day */
    a = replace(&s, AMENDMENT_AT_PERIOD_END, (struct recurrence){RECURRENCE_YEAR, 1}, 2900000);
    SAME_NUMBER(a.effective_on, ON(2026, 2, 15));
    SAME_NUMBER(a.credit_count + a.charge_count, 0);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 2, 15));
    SAME_NUMBER(a.next_index, 0);
    CU_ASSERT_TRUE(a.planned);
}

TEST(amendment, another_recurrence_with_the_anchor_kept_pays_the_rest_of_its_period)
{
    struct scene s;
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    const struct amendment_addition added = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 900000, .timing = BILLING_ADVANCE};
    struct amendment a;

    monthly(&s, 1, 310000, ON(2026, 1, 25));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1,
        .additions = &added, .addition_count = 1, .every = {RECURRENCE_QUARTER, 1}, .keep_anchor = true});
    SAME_NUMBER(a.credit_minor, 2100);
    SAME_NUMBER(a.charge_minor, 8000); /* 80 of 90 days */
    SAME_NUMBER(schedule_boundary(&a.schedule, a.next_index), ON(2026, 4, 15));
}

TEST(amendment, P18_a_pause_banks_the_paid_days_and_moves_the_anchor)
{
    struct scene s;
    struct amendment a;

    scene(&s, (struct period){ON(2026, 6, 1), ON(2026, 7, 1)}, (struct recurrence){RECURRENCE_MONTH, 1}, 1, 300000, 3000, ON(2026, 6, 10));
    a = ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.banked_days, 21);
    SAME_NUMBER(a.credit_count + a.charge_count, 0);
    SAME_NUMBER(a.state, SUBSCRIPTION_PAUSED);
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = s.facts.amended_on = ON(2026, 6, 10);
    s.facts.banked_days = a.banked_days;
    s.facts.today_on = ON(2026, 9, 5);
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    CU_ASSERT_TRUE(a.new_epoch);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 9, 26));
    SAME_NUMBER(schedule_boundary(&a.schedule, 1), ON(2026, 10, 26));
    SAME_NUMBER(a.next_index, 0);
    SAME_NUMBER(a.openings[0].from_on, ON(2026, 9, 5));
    /* Closed on the 15th: 11 of the 21 banked days come back. */
    s.pauses[0] = (struct period){ON(2026, 6, 10), ON(2026, 9, 5)};
    s.facts.pauses.count = 1;
    s.lines[1] = s.lines[0];
    s.lines[1].from_on = s.facts.amended_on = ON(2026, 9, 5);
    s.lines[1].until_on = DATE_NONE;
    s.facts.line_count = 2;
    s.facts.state = SUBSCRIPTION_ACTIVE;
    s.facts.schedule = a.schedule;
    s.facts.billed_until_on = ON(2026, 9, 26);
    s.facts.today_on = ON(2026, 9, 15);
    a = ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.credit_minor, 1100);
}

TEST(amendment, a_pause_at_the_period_end_banks_nothing_and_periods_start_anew)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    a = ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END, DATE_NONE);
    SAME_NUMBER(a.effective_on, ON(2026, 2, 15));
    SAME_NUMBER(a.banked_days, 0);
    s.facts.pause_max_days = 60;
    a = ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END, DATE_NONE);
    SAME_NUMBER(a.resume_on, ON(2026, 4, 16));
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = s.facts.amended_on = ON(2026, 2, 15);
    s.facts.today_on = ON(2026, 3, 20);
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 3, 20));
    SAME_NUMBER(a.openings[0].quantity_e4, QUANTITY_ONE);
}

/* A pause does not consume a discount that is counted in billed periods. */
TEST(amendment, a_discount_survives_a_pause_and_a_change_of_quantity)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.lines[0].discount_ppm = 500000;
    s.lines[0].discount_periods = 3;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 2);
    SAME_NUMBER(a.openings[0].discount_periods, 3); /* the running period counts again as its first */
    a = set_quantity(&s, AMENDMENT_AT_PERIOD_END, false, 2);
    SAME_NUMBER(a.openings[0].discount_periods, 2);
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = ON(2026, 2, 15);
    s.facts.today_on = ON(2026, 8, 1);
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.openings[0].discount_periods, 2);
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = ON(2026, 1, 20);
    s.facts.banked_days = 26;
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.openings[0].discount_periods, 3);
    s.facts.banked_days = 0;
    s.lines[0].discount_periods = 1;
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = ON(2026, 2, 15);
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.openings[0].discount_ppm, 0);
}

TEST(amendment, less_waits_for_the_period_end_without_money_or_gives_back_now)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    a = set_quantity(&s, AMENDMENT_AT_PERIOD_END, true, 3);
    SAME_NUMBER(a.effective_on, ON(2026, 2, 15));
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(a.credit_count + a.charge_count, 0);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 3); /* 2 of 5 of 18/31 of 60.00 */
    SAME_NUMBER(a.credit_minor, 1394);
    SAME_NUMBER(a.credits[0].quantity_e4, 2 * QUANTITY_ONE);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 3);
    SAME_NUMBER(a.credit_count, 0);
    SAME_NUMBER(a.openings[0].quantity_e4, 3 * QUANTITY_ONE);
}

TEST(amendment, on_the_boundary_nothing_is_shared)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 2, 15)); /* before the day's billing */
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 8);
    SAME_NUMBER(a.charge_count, 0);
    SAME_NUMBER(a.effective_on, ON(2026, 2, 15));
    CU_ASSERT_FALSE(a.planned);
}

TEST(amendment, one_time_and_goods_are_charged_whole)
{
    struct scene s;
    const struct amendment_addition added[] = {
        {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 500000, .once = true},
        {.quantity_e4 = 2 * QUANTITY_ONE, .unit_price_e4 = 100000, .timing = BILLING_ADVANCE, .goods = true}};
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = added, .addition_count = 2});
    SAME_NUMBER(a.net_minor, 5000 + 2000);
    SAME_NUMBER(a.opening_count, 1);
}

TEST(amendment, what_is_sold_once_may_cost_less)
{
    struct scene s;
    struct amendment_addition added = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 500000, .once = true, .discount_minor = 1200};
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = &added, .addition_count = 1});
    SAME_NUMBER(a.net_minor, 5000 - 1200);
    SAME_NUMBER(a.charges[0].allowance_minor, 1200);
    added.discount_minor = 9000; /* never more than there is */
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = &added, .addition_count = 1});
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.charge_count, 0);
}

TEST(amendment, an_early_renewal_is_the_next_period_and_only_the_next)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    a = ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.net_minor, 6000);
    SAME_NUMBER(a.charges[0].natural.from_on, ON(2026, 2, 15));
    s.facts.billed_from_on = ON(2026, 2, 15);
    s.facts.billed_until_on = ON(2026, 3, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_RENEWED_ALREADY);
    /* what is added now pays both periods */
    invoice_line(&s, 1, (struct period){ON(2026, 2, 15), ON(2026, 3, 15)}, 6000);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 8);
    SAME_NUMBER(a.charge_count, 2);
    SAME_NUMBER(a.net_minor, 2090 + 3600);
    a = ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.credit_minor, 3484 + 6000);
}

TEST(amendment, an_ended_one_goes_on_within_90_days_with_nothing_for_the_time_between)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 4, 1));
    s.facts.state = SUBSCRIPTION_ENDED;
    s.facts.ended_on = ON(2026, 2, 15);
    a = ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.charge_count + a.credit_count, 0);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 4, 1));
    SAME_NUMBER(a.next_index, 0);
    SAME_NUMBER(a.ended_on, DATE_NONE);
    SAME_NUMBER(a.closings[0].until_on, ON(2026, 2, 15));
    SAME_NUMBER(a.openings[0].from_on, ON(2026, 4, 1));
    s.facts.today_on = ON(2026, 5, 16);
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
    s.facts.today_on = ON(2026, 5, 17);
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_TOO_LATE);
}

TEST(amendment, arrears_charge_and_give_back_nothing_now)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 1000000, ON(2026, 1, 28));
    s.lines[0].timing = BILLING_ARREARS;
    s.facts.invoiced_count = 0;
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 2);
    SAME_NUMBER(a.charge_count + a.credit_count, 0);
    SAME_NUMBER(a.openings[0].from_on, ON(2026, 1, 28));
    SAME_NUMBER(ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){RECURRENCE_YEAR, 1}, 1).refusal, AMENDMENT_NOT_REFUSED);
}

TEST(amendment, bad_wishes_are_refused_at_their_place)
{
    struct scene s;
    struct amendment_edit edit[] = {{.slot = 1, .quantity_e4 = 2 * QUANTITY_ONE}, {.slot = 1, .quantity_e4 = QUANTITY_ONE}};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .edits = edit, .edit_count = 1};
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    edit[0].quantity_e4 = 0;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_QUANTITY_OUT_OF_BOUNDS);
    edit[0].quantity_e4 = -1;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_QUANTITY_OUT_OF_BOUNDS);
    edit[0].quantity_e4 = INT64_C(1000000000000) * QUANTITY_ONE;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_QUANTITY_OUT_OF_BOUNDS);
    edit[0].quantity_e4 = 5 * QUANTITY_ONE;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_CHANGES_NOTHING);
    edit[0].remove = true;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_LEAVES_NOTHING);
    edit[0] = (struct amendment_edit){.slot = 1, .quantity_e4 = 6 * QUANTITY_ONE};
    wish.edit_count = 2;
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.refusal, AMENDMENT_LINE_TWICE);
    SAME_NUMBER(a.refused_at, 1);
    edit[1].slot = 7;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_LINE_UNKNOWN);
    wish.edit_count = 1;
    wish.when = AMENDMENT_ON_DATE;
    wish.on = DATE_NONE;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_DAY_MISSING);
    wish.on = ON(2026, 1, 14);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_BEFORE_START);
    s.facts.started_on = ON(2025, 1, 15);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_BEFORE_BILLED);
    wish.on = ON(2026, 1, 20);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_NOT_REFUSED);
    s.facts.amended_on = ON(2026, 1, 21);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_BEFORE_ANOTHER);
    wish.on = ON(2036, 1, 20);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_TOO_FAR);
    s.facts.ended_on = ON(2026, 2, 15);
    wish.on = ON(2026, 2, 15);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AFTER_END);
    s.facts.state = SUBSCRIPTION_PAUSED;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_STATE_REFUSES);
    for (int i = AMENDMENT_STATE_REFUSES; i <= AMENDMENT_AMOUNT_OUT_OF_BOUNDS; i++)
        CU_ASSERT_TRUE(amendment_refusal_text((enum amendment_refusal)i)[0] != '\0');
}

TEST(amendment, pauses_and_ends_are_refused_by_the_plan_and_the_commitment)
{
    struct scene s;
    struct amendment_wish pause = {.kind = AMENDMENT_PAUSE, .when = AMENDMENT_AT_ONCE, .resume_on = ON(2026, 1, 20)};

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &pause).refusal, AMENDMENT_RESUME_BEFORE_PAUSE);
    pause.resume_on = ON(2026, 6, 1);
    s.facts.pause_max_days = 30;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &pause).refusal, AMENDMENT_PAUSE_TOO_LONG);
    s.facts.may_pause = false;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &pause).refusal, AMENDMENT_PAUSE_NOT_ALLOWED);
    s.facts.state = SUBSCRIPTION_PAST_DUE;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &pause).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.commitment_until_on = ON(2026, 12, 31);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_UNDER_COMMITMENT);
    s.facts.commitment_until_on = DATE_NONE;
    s.facts.notice_days = 30;
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_WITHIN_NOTICE);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_ON_DATE, ON(2026, 3, 15)).refusal, AMENDMENT_NOT_REFUSED);
    s.facts.term_until_on = ON(2026, 7, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_ON_DATE, ON(2026, 3, 15)).refusal, AMENDMENT_WITHIN_TERM);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_ON_DATE, ON(2026, 7, 15)).refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_CLOSE, .when = AMENDMENT_AT_ONCE, .agreed = true}).refusal,
                AMENDMENT_NOT_REFUSED);
    s.facts.ended_on = ON(2026, 7, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_ON_DATE, ON(2026, 7, 15)).refusal, AMENDMENT_AFTER_END);
}

TEST(amendment, a_credit_never_exceeds_what_is_left_of_the_line)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 310000, ON(2026, 1, 25));
    s.credits[0] = (struct invoiced_credit){.from_on = ON(2026, 1, 15), .minor = 2500, .amended_on = DATE_NONE};
    s.invoiced[0].credits = s.credits;
    s.invoiced[0].credit_count = 1;
    a = ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.credit_minor, 2100 - 1694); /* 21/31 of what is left of it */
    s.credits[0].minor = 3100;
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE).credit_count, 0);
}

TEST(amendment, names_are_the_database_s_words)
{
    for (int i = AMENDMENT_LINES; i <= AMENDMENT_TRANSFER; i++)
        SAME_NUMBER(amendment_kind_from_name(amendment_kind_name((enum amendment_kind)i)), i);
    for (int i = AMENDMENT_AT_PERIOD_END; i <= AMENDMENT_ON_DATE; i++)
        SAME_NUMBER(amendment_when_from_name(amendment_when_name((enum amendment_when)i)), i);
    SAME_NUMBER(amendment_kind_from_name("merge"), 0);
    SAME_NUMBER(amendment_when_from_name(""), 0);
}

static struct amendment add(const struct scene *s, struct amendment_addition added, struct amendment_wish wish)
{
    wish.kind = AMENDMENT_LINES;
    wish.when = wish.when == 0 ? AMENDMENT_AT_ONCE : wish.when;
    wish.additions = &added;
    wish.addition_count = 1;
    return amendment_of(test_arena(), &s->facts, &wish);
}

TEST(amendment, prices_and_amounts_out_of_bounds_are_said)
{
    const struct amendment_addition good = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 100000, .timing = BILLING_ADVANCE};
    struct amendment_addition bad[7];
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    for (size_t i = 0; i < 7; i++)
        bad[i] = good;
    bad[0].quantity_e4 = 0;
    bad[1].quantity_e4 = INT64_C(100000000001);
    bad[2].unit_price_e4 = -1;
    bad[3].unit_price_e4 = INT64_C(10000000000001);
    bad[4].discount_ppm = -1;
    bad[5].discount_ppm = 1000001;
    bad[6].discount_periods = -1;
    for (size_t i = 0; i < 7; i++)
        SAME_NUMBER(add(&s, bad[i], (struct amendment_wish){0}).refusal, i < 2 ? AMENDMENT_QUANTITY_OUT_OF_BOUNDS : AMENDMENT_PRICE_OUT_OF_BOUNDS);
    bad[0] = (struct amendment_addition){.quantity_e4 = INT64_C(100000000000), .unit_price_e4 = INT64_C(10000000000000), .timing = BILLING_ADVANCE};
    SAME_NUMBER(add(&s, bad[0], (struct amendment_wish){0}).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    bad[0].once = true;
    SAME_NUMBER(add(&s, bad[0], (struct amendment_wish){0}).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    bad[0] = (struct amendment_addition){.quantity_e4 = INT64_C(90000000), .unit_price_e4 = INT64_C(10000000000000), .once = true};
    SAME_NUMBER(add(&s, bad[0], (struct amendment_wish){0}).refusal, AMENDMENT_NOT_REFUSED); /* 9 * 10^14 minor units */
    {
        const struct amendment_addition two[] = {bad[0], bad[0]};

        SAME_NUMBER(amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .additions = two,
                    .addition_count = 2}).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    }
    SAME_NUMBER(add(&s, good, (struct amendment_wish){.every = {RECURRENCE_MONTH, 121}}).refusal, AMENDMENT_RECURRENCE_INVALID);
    SAME_NUMBER(add(&s, good, (struct amendment_wish){.every = {RECURRENCE_YEAR, 1}}).refusal, AMENDMENT_KEEPS_OLD_LINES);
}

TEST(amendment, a_contract_that_has_not_started_changes_at_its_start)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 2)); /* it starts on the 15th and its first invoice is out */
    s.facts.state = SUBSCRIPTION_PENDING;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 3);
    SAME_NUMBER(a.effective_on, ON(2026, 1, 15));
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(a.credit_minor, 2400);
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE;
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_PERIOD_END, true, 3).effective_on, ON(2026, 1, 15));
}

TEST(amendment, another_recurrence_follows_the_plan_s_anchor)
{
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    const struct amendment_addition added[] = {{.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 3650000, .timing = BILLING_ADVANCE},
                                               {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 50000, .timing = BILLING_ARREARS},
                                               {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 70000, .timing = BILLING_ADVANCE, .goods = true}};
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 310000, ON(2026, 1, 25));
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1,
        .additions = added, .addition_count = 3, .every = {RECURRENCE_YEAR, 1}, .anchor = {.rule = ANCHOR_CALENDAR}});
    SAME_NUMBER(a.credit_minor, 2100);
    SAME_NUMBER(a.charge_count, 2);                /* arrears are billed afterwards */
    SAME_NUMBER(a.charges[0].minor, 34100);        /* 341 of 365 days */
    SAME_NUMBER(a.charges[1].minor, 700);          /* goods whole */
    SAME_NUMBER(schedule_boundary(&a.schedule, a.next_index), ON(2027, 1, 1));
}

TEST(amendment, renewals_and_returns_are_refused_where_there_is_nothing_to_renew)
{
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    s.facts.ended_on = ON(2026, 2, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_AFTER_END);
    SAME_NUMBER(ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_END_IS_PLANNED);
    SAME_NUMBER(ask(&s, AMENDMENT_LINES, AMENDMENT_ON_DATE, ON(2026, 2, 16)).refusal, AMENDMENT_AFTER_END);
    s.facts.ended_on = DATE_NONE;
    s.lines[0].timing = BILLING_ARREARS;
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_CHANGES_NOTHING);
    s.facts.today_on = ON(2026, 2, 20); /* a run that is late: first what is due */
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.state = SUBSCRIPTION_ENDED;
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    SAME_NUMBER(ask(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    SAME_NUMBER(ask(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    SAME_NUMBER(ask(&s, (enum amendment_kind)99, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.ended_on = ON(2026, 1, 15);
    s.lines[0].until_on = s.lines[0].from_on;
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_LEAVES_NOTHING);
}

TEST(amendment, a_pause_stays_within_two_years_and_is_not_over_before_it_begins)
{
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_PAUSE, .when = AMENDMENT_AT_ONCE,
                .resume_on = ON(2029, 1, 1)}).refusal, AMENDMENT_TOO_FAR);
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.facts.paused_on = ON(2026, 2, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_RESUME_BEFORE_PAUSE);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_PERIOD_END, DATE_NONE).effective_on, ON(2026, 1, 28)); /* from a pause at once */
}

TEST(amendment, an_open_pause_holds_what_is_paid)
{
    struct invoiced_line line = {.period = {100, 130}, .minor = 3000};
    struct period open = {110, DATE_NONE};
    const struct invoiced_pauses pauses = {&open, 1};

    SAME_NUMBER(invoiced_until_on(&line, &pauses), DATE_NONE);
    SAME_NUMBER(invoiced_served(&line, &pauses, 500), 10);
    SAME_NUMBER(invoiced_rest(&line, &pauses, 500, DATE_NONE), 2000);
    open.until_on = 110; /* resumed on its own day */
    SAME_NUMBER(invoiced_until_on(&line, &pauses), 130);
    line.goods = true;
    SAME_NUMBER(invoiced_rest(&line, &pauses, 115, DATE_NONE), 0);
}

/* ---- every kind of price ---- */

static const struct price_rule graduated = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 100000, 0}, {TIER_OPEN, 50000, 0}}};

TEST(amendment, a_price_in_tiers_changes_by_what_a_period_costs)
{
    const struct amendment_edit edit = {.slot = 1, .quantity_e4 = 150000};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1};
    struct scene s;
    struct amendment a;

    monthly(&s, 8, 100000, ON(2026, 1, 28));
    s.lines[0].rule = &graduated; /* 8 cost 80.00, 15 cost 125.00 */
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.net_minor, 2613); /* 18/31 of 45.00 */
    CU_ASSERT_TRUE(a.charges[0].tiered);
    SAME_NUMBER(a.charges[0].unit_price_e4, 450000);
    SAME_NUMBER(a.charges[0].before_e4, 80000);
    SAME_NUMBER(a.charges[0].after_e4, 150000);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 4);
    SAME_NUMBER(a.credit_minor, 2323); /* 40 of 80 of 18/31 of 80.00, half a cent up */
    SAME_NUMBER(a.credits[0].quantity_e4, 0);
    s.lines[0].amended = true; /* opened today: what it gave back is charged again as one thing */
    s.credits[0] = (struct invoiced_credit){.from_on = ON(2026, 1, 28), .minor = 2323, .amended_on = ON(2026, 1, 28)};
    s.invoiced[0].credits = s.credits;
    s.invoiced[0].credit_count = 1;
    s.lines[0].quantity_e4 = 4 * QUANTITY_ONE;
    s.lines[0].from_on = ON(2026, 1, 28);
    s.lines[1] = s.lines[0];
    s.lines[1].amended = false;
    s.lines[1].from_on = ON(2026, 1, 15);
    s.lines[1].until_on = ON(2026, 1, 28);
    s.lines[1].quantity_e4 = 8 * QUANTITY_ONE;
    s.facts.line_count = 2;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 8);
    SAME_NUMBER(a.net_minor, 2323);
    CU_ASSERT_TRUE(a.charges[0].restores);
    CU_ASSERT_TRUE(a.charges[0].tiered);
}

TEST(amendment, tiers_that_come_out_of_bounds_are_refused)
{
    const struct price_rule dear = {.model = PRICE_FLAT, .unit_price_e4 = INT64_C(10000000000000)};
    const struct price_rule dearest = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 0, 0}, {TIER_OPEN, INT64_C(10000000000000), 0}}};
    const struct price_rule nonsense = {.model = PRICE_VOLUME};
    const struct amendment_addition bad = {.quantity_e4 = QUANTITY_ONE, .rule = &nonsense, .timing = BILLING_ADVANCE};
    const struct amendment_addition minus = {.quantity_e4 = QUANTITY_ONE, .discount_minor = -1, .timing = BILLING_ADVANCE};
    struct scene s;

    monthly(&s, 8, 100000, ON(2026, 1, 28));
    SAME_NUMBER(add(&s, bad, (struct amendment_wish){0}).refusal, AMENDMENT_PRICE_OUT_OF_BOUNDS);
    SAME_NUMBER(add(&s, minus, (struct amendment_wish){0}).refusal, AMENDMENT_PRICE_OUT_OF_BOUNDS);
    s.lines[0].rule = &dearest;
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 9000000).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS); /* after */
    s.lines[0].quantity_e4 = INT64_C(90000000000);
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 8).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS); /* before */
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    monthly(&s, 8, 100000, ON(2026, 1, 28));
    s.lines[0].unit_price_e4 = INT64_C(10000000000000);
    s.lines[0].quantity_e4 = INT64_C(100000000000);
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 9000000).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS); /* per unit, before */
    monthly(&s, 8, 100000, ON(2026, 1, 28));
    s.lines[0].rule = &dear; /* flat: a quantity changes nothing of it */
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 9).charge_count, 0);
}

TEST(amendment, an_amount_off_the_line_is_taken_once)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    s.lines[0].discount_minor = 500;
    s.lines[0].discount_periods = 2;
    s.invoiced[0].minor = 5500;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 8);
    SAME_NUMBER(a.net_minor, 2090); /* P09 as ever */
    SAME_NUMBER(a.openings[0].discount_minor, 500);
    SAME_NUMBER(a.openings[0].discount_periods, 2);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 3); /* 24 of 55 of 18/31 of 55.00: 24.00 a period */
    SAME_NUMBER(a.credit_minor, 1394);
    s.facts.billed_until_on = DATE_NONE; /* before it is billed it costs nothing */
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 3).credit_count, 0);
    s.facts.billed_until_on = ON(2026, 2, 15);
    a = set_quantity(&s, AMENDMENT_AT_PERIOD_END, true, 3);
    SAME_NUMBER(a.openings[0].discount_periods, 1);
}

TEST(amendment, P11_with_an_amount_off_the_document_comes_to_the_direct_difference)
{
    const struct discounts off = {.count = 2, .of = {{.amount_minor = 500}, {.ppm = 100000, .periods = 1}}};
    const struct amendment_edit edits[] = {{.slot = 1, .remove = true}, {.slot = 2, .quantity_e4 = 20000}};
    const struct amendment_addition added[] = {{.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 790000, .timing = BILLING_ADVANCE},
                                               {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 100000, .timing = BILLING_ARREARS},
                                               {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 100000, .once = true}};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = edits, .edit_count = 1,
                                  .additions = added, .addition_count = 1};
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.facts.discounts = &off;
    s.facts.counted_on = s.facts.started_on;
    s.invoiced[0].minor = 2160; /* 29.00 less 5.00, less 10 % */
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.credit_minor, 1254);
    SAME_NUMBER(a.charge_minor, 3867); /* 18/31 of 71.10 less the 4.50 that the old line held */
    SAME_NUMBER(a.discounts.count, 2);
    wish.credit = false; /* the old line keeps what it holds */
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).charge_minor, 4128);
    wish.credit = true;
    wish.addition_count = 3; /* what is billed afterwards and once gets nothing of it */
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.charge_minor, 3867 + 1000);
    s.lines[1] = (struct amendment_line){.id = 2, .slot = 2, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 0, .timing = BILLING_ARREARS,
                                         .from_on = ON(2026, 1, 15), .until_on = DATE_NONE};
    s.facts.line_count = 2;
    wish.edit_count = 2;
    wish.addition_count = 1;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).charge_minor, 3867);
    wish.edits = &edits[1]; /* nothing goes: nothing is freed */
    wish.edit_count = 1;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).charge_minor, 4128);
    s.lines[0].unit_price_e4 = 0; /* an addition for nothing takes nothing */
    wish.edits = edits;
    wish.additions = (const struct amendment_addition[]){{.quantity_e4 = QUANTITY_ONE, .timing = BILLING_ADVANCE}};
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).charge_count, 0);
}

TEST(amendment, with_another_recurrence_only_percentages_without_end_go_on)
{
    const struct discounts off = {.count = 2, .of = {{.ppm = 100000}, {.amount_minor = 500}}};
    const struct discounts fresh = {.count = 1, .of = {{.ppm = 200000, .periods = 2}}};
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    const struct amendment_addition added = {.quantity_e4 = 12 * QUANTITY_ONE, .rule = &graduated, .timing = BILLING_ADVANCE};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1,
                                  .additions = &added, .addition_count = 1, .every = {RECURRENCE_YEAR, 1}};
    struct scene s;
    struct amendment a;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.facts.discounts = &off;
    s.facts.counted_on = s.facts.started_on;
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.charge_count, 2); /* one for each tier */
    SAME_NUMBER(a.charge_minor, 9900);
    CU_ASSERT_TRUE(a.charges[1].parts);
    CU_ASSERT_TRUE(a.discount_ends);
    SAME_NUMBER(a.discounts.count, 1);
    wish.anew = &fresh; /* a renewal at the period's end: boundaries stay, discounts are those agreed */
    wish.every = (struct recurrence){0};
    wish.when = AMENDMENT_AT_PERIOD_END;
    a = amendment_of(test_arena(), &s.facts, &wish);
    CU_ASSERT_TRUE(a.new_epoch);
    SAME_NUMBER(a.discounts.of[0].ppm, 200000);
    SAME_NUMBER(a.charge_count + a.credit_count, 0);
    SAME_NUMBER(schedule_boundary(&a.schedule, a.next_index), ON(2026, 2, 15));
    s.facts.discounts = NULL;
    wish.anew = NULL;
    wish.every = (struct recurrence){RECURRENCE_MONTH, 2};
    CU_ASSERT_FALSE(amendment_of(test_arena(), &s.facts, &wish).discount_ends);
}

/* A price announced for the 15th of February, and one for the 15th of March. */
static void announce(struct scene *s)
{
    for (size_t i = 1; i < 3; i++) {
        s->lines[i] = s->lines[0];
        s->lines[i].id = (int64_t)i + 1;
        s->lines[i].until_on = DATE_NONE;
        s->lines[i].unit_price_e4 += (int64_t)i * 10000;
        s->lines[i].from_on = s->lines[i - 1].until_on = ON(2026, 1 + (int)i, 15);
    }
    s->facts.line_count = 3;
}

TEST(amendment, announced_prices_go_on_with_the_line_or_go_with_it)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    s.lines[0].discount_ppm = 100000;
    s.lines[0].discount_periods = 2;
    announce(&s);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 8);
    SAME_NUMBER(a.opening_count, 3);
    SAME_NUMBER(a.openings[0].until_on, ON(2026, 2, 15));
    SAME_NUMBER(a.openings[1].follows, 0);
    SAME_NUMBER(a.openings[1].unit_price_e4, 130000);
    SAME_NUMBER(a.openings[1].discount_periods, 1);
    SAME_NUMBER(a.openings[2].discount_ppm, 0);
    SAME_NUMBER(a.openings[2].quantity_e4, 80000);
    SAME_NUMBER(a.announced_on, ON(2026, 2, 15));
    CU_ASSERT_FALSE(a.announced_ends);
    SAME_NUMBER(a.closing_count, 3);
    a = replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){0}, 790000);
    CU_ASSERT_TRUE(a.announced_ends);
    SAME_NUMBER(a.announced_on, DATE_NONE);
    /* a pause over the first of the two days: the dearer price is there when it goes on, the other one waits */
    a = ask(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.closing_count, 3);
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.facts.paused_on = ON(2026, 1, 28);
    s.facts.banked_days = 18;
    for (size_t i = 0; i < a.closing_count; i++) {
        s.lines[a.closings[i].line].until_on = a.closings[i].until_on;
        s.lines[a.closings[i].line].suspended = true;
    }
    s.pauses[0] = (struct period){ON(2026, 1, 28), DATE_NONE};
    s.facts.pauses.count = 1;
    s.facts.today_on = ON(2026, 2, 20);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE).credit_minor, 3484); /* closed from the pause: what it banked */
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.opening_count, 2);
    SAME_NUMBER(a.openings[0].unit_price_e4, 130000);
    SAME_NUMBER(a.openings[0].discount_periods, 2); /* the cut period is served to its end */
    SAME_NUMBER(a.openings[1].from_on, ON(2026, 4, 10)); /* the first boundary behind the 15th of March */
    SAME_NUMBER(a.openings[1].unit_price_e4, 140000);
}

TEST(amendment, an_end_reached_before_an_announced_price_leaves_it_to_the_return)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 3, 1));
    announce(&s);
    s.lines[3] = s.lines[0]; /* removed long ago: stays away */
    s.lines[3].slot = 2;
    s.lines[3].until_on = ON(2026, 1, 20);
    s.facts.line_count = 4;
    s.facts.state = SUBSCRIPTION_ENDED;
    s.facts.ended_on = ON(2026, 2, 10);
    a = ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.opening_count, 2);
    SAME_NUMBER(a.openings[0].unit_price_e4, 130000);
    SAME_NUMBER(a.openings[1].from_on, ON(2026, 4, 1));
    SAME_NUMBER(a.closing_count, 3);
}

TEST(amendment, a_change_of_day_that_says_nothing_has_none)
{
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    SAME_NUMBER(ask(&s, AMENDMENT_PAUSE, (enum amendment_when)9, DATE_NONE).refusal, AMENDMENT_DAY_MISSING);
    SAME_TEXT(amendment_refusal_text((enum amendment_refusal)999), "");
    SAME_TEXT(amendment_refusal_text(AMENDMENT_NOT_REFUSED), "");
    SAME_NUMBER(ask(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
}

/* The largest of 10,000,000 at 1,000,000 each: 10^15 minor units are one line's bound. */
static const struct amendment_addition vast = {.quantity_e4 = QUANTITY_MAX_E4, .unit_price_e4 = INT64_C(10000000000), .timing = BILLING_ADVANCE};

TEST(amendment, another_recurrence_is_a_recurrence_and_its_first_period_has_an_amount)
{
    const struct recurrence year = {RECURRENCE_YEAR, 1};
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    struct amendment_addition added[2] = {{.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 1000000, .timing = BILLING_ADVANCE},
                                          {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 500000, .timing = BILLING_ADVANCE, .once = true}};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .edits = &edit, .edit_count = 1, .additions = added, .addition_count = 2,
                                  .every = {RECURRENCE_MONTH, 0}};
    struct amendment a;
    struct scene s;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_RECURRENCE_INVALID);
    wish.every = year;
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.charge_count, 2); /* what is sold once, and the first year */
    SAME_NUMBER(a.charge_minor, 15000);
    added[0].unit_price_e4 = UNIT_PRICE_MAX_E4; /* times ten million: no amount any more */
    added[0].quantity_e4 = QUANTITY_MAX_E4;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    added[0] = added[1] = vast;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS); /* each fits, both do not */
    added[0] = (struct amendment_addition){.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 1000000, .timing = BILLING_ADVANCE};
    added[1].once = true; /* sold once and a first period: the two are one invoice */
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    added[0] = vast;
    added[0].once = true;
    wish.every = (struct recurrence){0};
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
}

TEST(amendment, periods_that_begin_before_their_anchor_count_from_the_running_one)
{
    const struct discounts none = {.count = 0};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .anew = &none, .edits = &(struct amendment_edit){.slot = 1, .remove = true},
                                  .edit_count = 1, .additions = &at_2495, .addition_count = 1};
    struct amendment a;
    struct scene s;

    monthly(&s, 1, 290000, ON(2026, 1, 28)); /* resumed with banked days: the anchor is still to come */
    s.facts.schedule.anchor_on = ON(2026, 3, 31);
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE;
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.next_index, 0);
    SAME_NUMBER(a.schedule.month_day, 31);
    SAME_NUMBER(a.schedule.anchor_on, ON(2025, 12, 31));
    SAME_NUMBER(schedule_boundary(&a.schedule, 1), ON(2026, 1, 31));
    s.facts.schedule.month_day = 31; /* said already */
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.schedule.anchor_on, ON(2025, 12, 31));
    s.facts.schedule = (struct schedule){.anchor_on = ON(2026, 2, 20), .every = {RECURRENCE_WEEK, 1}};
    a = amendment_of(test_arena(), &s.facts, &wish);
    SAME_NUMBER(a.schedule.month_day, 0);
    SAME_NUMBER(a.schedule.anchor_on, ON(2026, 1, 23));
    SAME_NUMBER(a.next_index, 0);
}

TEST(amendment, renewals_of_goods_of_nothing_and_of_too_much)
{
    struct amendment a;
    struct scene s;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.facts.ended_on = ON(2026, 7, 15); /* a later end leaves the next period whole */
    s.lines[0].goods = true;
    a = ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.charge_minor, 2900);
    s.lines[0].unit_price_e4 = 0;
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_CHANGES_NOTHING);
    s.lines[0].unit_price_e4 = vast.unit_price_e4;
    s.lines[0].quantity_e4 = vast.quantity_e4;
    s.lines[1] = s.lines[0];
    s.lines[1].slot = 2;
    s.facts.line_count = 2;
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    s.lines[1].unit_price_e4 = UNIT_PRICE_MAX_E4; /* no amount at all: neither renewed nor given back */
    SAME_NUMBER(ask(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
    SAME_NUMBER(ask(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
}

TEST(amendment, what_has_not_ended_or_left_nothing_is_not_reactivated)
{
    struct scene s;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.facts.state = SUBSCRIPTION_ENDED;
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.ended_on = ON(2026, 2, 15);
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.ended_on = ON(2026, 1, 20);
    s.lines[0].until_on = ON(2026, 1, 18); /* removed before the end */
    SAME_NUMBER(ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_LEAVES_NOTHING);
}

TEST(amendment, of_two_announced_days_the_first_is_told_and_of_two_lines_the_newest_returns)
{
    const struct amendment_edit edits[] = {{.slot = 1, .quantity_e4 = 80000}, {.slot = 2, .quantity_e4 = 80000}};
    struct amendment a;
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    announce(&s);
    s.lines[0].until_on = s.lines[1].from_on = ON(2026, 3, 15);
    s.lines[1].until_on = DATE_NONE;
    s.lines[2] = s.lines[0];
    s.lines[3] = s.lines[1];
    s.lines[2].slot = s.lines[3].slot = 2;
    s.lines[2].until_on = s.lines[3].from_on = ON(2026, 2, 15);
    s.facts.line_count = 4;
    a = amendment_of(test_arena(), &s.facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = edits, .edit_count = 2});
    SAME_NUMBER(a.announced_on, ON(2026, 2, 15));
    monthly(&s, 5, 120000, ON(2026, 1, 28));
    s.lines[1] = s.lines[0];
    s.lines[0].from_on = s.lines[1].until_on = ON(2026, 1, 20);
    s.lines[0].quantity_e4 = 70000;
    s.lines[0].suspended = s.lines[1].suspended = true;
    s.facts.line_count = 2;
    s.facts.state = SUBSCRIPTION_ENDED;
    s.facts.ended_on = s.lines[0].until_on = ON(2026, 1, 25);
    a = ask(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_NUMBER(a.opening_count, 1);
    SAME_NUMBER(a.openings[0].quantity_e4, 70000);
}

/* Lines and days come in any order: the first announced price is the nearest, and the newest line is the one that goes on. */
TEST(amendment, announced_prices_are_taken_by_their_days)
{
    struct amendment a;
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    announce(&s);
    {
        struct amendment_line nearer = s.lines[1];

        s.lines[1] = s.lines[2];
        s.lines[2] = nearer;
    }
    s.lines[3] = s.lines[0]; /* another slot, whose price is announced for an earlier day */
    s.lines[4] = s.lines[2];
    s.lines[3].slot = s.lines[4].slot = 2;
    s.lines[3].until_on = s.lines[4].from_on = s.lines[2].from_on;
    s.facts.line_count = 5;
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 8);
    SAME_NUMBER(a.openings[1].unit_price_e4, 130000);
    SAME_NUMBER(a.openings[2].unit_price_e4, 140000);
    SAME_NUMBER(a.announced_on, ON(2026, 2, 15));
}

TEST(amendment, an_amount_off_the_document_is_not_freed_for_what_has_no_price)
{
    const struct discounts amount = {.count = 1, .of = {{.amount_minor = 500}}};
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    struct amendment_addition added[2] = {{.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 790000, .timing = BILLING_ADVANCE}, vast};
    struct amendment_wish wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edits = &edit, .edit_count = 1, .additions = added, .addition_count = 1};
    struct scene s;

    monthly(&s, 1, 290000, ON(2026, 1, 28));
    s.facts.discounts = &amount;
    s.lines[1] = (struct amendment_line){.slot = 2, .quantity_e4 = QUANTITY_MAX_E4, .unit_price_e4 = UNIT_PRICE_MAX_E4, .timing = BILLING_ADVANCE,
                                         .from_on = ON(2026, 1, 15), .until_on = DATE_NONE};
    s.facts.line_count = 2; /* out of bounds beside what is changed: it holds none of the amount */
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_NOT_REFUSED);
    s.facts.line_count = 1;
    added[1].unit_price_e4 = UNIT_PRICE_MAX_E4;
    wish.addition_count = 2;
    SAME_NUMBER(amendment_of(test_arena(), &s.facts, &wish).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
}
