/* amendment: the worked cases of the product (5.3) as whole changes, and the rules of which money moves: what is due now, what comes back. */
#include "amendment_scene.h"

#include "core/billing.h"

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

/* The line as changes of today have left it: before_e4 until the day, now_e4 from it. */
static void changed_today(struct scene *s, int64_t before_e4, int64_t now_e4)
{
    s->lines[1] = s->lines[0];
    s->lines[1].until_on = ON(2026, 1, 28);
    s->lines[1].quantity_e4 = before_e4;
    s->lines[0].quantity_e4 = now_e4;
    s->lines[0].from_on = ON(2026, 1, 28);
    s->lines[0].amended = true;
    s->facts.line_count = 2;
}

/* R11: 5 until the day, 8 since, 9 wanted: one more at 12.00, and 18/31 of it. */
TEST(amendment, more_again_on_one_day_is_said_by_what_is_more)
{
    struct scene s;
    struct amendment a;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    changed_today(&s, 5 * QUANTITY_ONE, 8 * QUANTITY_ONE);
    invoice_line(&s, 1, (struct period){ON(2026, 1, 28), ON(2026, 2, 15)}, 2090);
    s.invoiced[1].amended_on = ON(2026, 1, 28);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 9);
    SAME_NUMBER(a.charge_count, 1);
    SAME_NUMBER(a.charges[0].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(a.charges[0].unit_price_e4, 120000);
    SAME_NUMBER(a.charges[0].full_minor, 1200);
    SAME_NUMBER(a.charges[0].allowance_minor, 0);
    SAME_NUMBER(a.net_minor, 697); /* 27.87 for the four, less 20.90 */
    s.invoiced[1].minor = 2000; /* charged otherwise: said by the four, the difference taken off */
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 9);
    SAME_NUMBER(a.charges[0].quantity_e4, 4 * QUANTITY_ONE);
    SAME_NUMBER(a.net_minor, 787);
    SAME_NUMBER(a.charges[0].allowance_minor, 2000);
}

/* Five at 12.00 until the day, three since, the two given back: 18/31 of 24.00. */
static void two_given_back(struct scene *s)
{
    monthly(s, 5, 120000, ON(2026, 1, 28));
    changed_today(s, 5 * QUANTITY_ONE, 3 * QUANTITY_ONE);
    s->credits[0] = (struct invoiced_credit){.from_on = ON(2026, 1, 28), .minor = 1394, .amended_on = ON(2026, 1, 28)};
    s->invoiced[0].credits = s->credits;
    s->invoiced[0].credit_count = 1;
}

/* R11: 5 until the day, 3 since and two given back, 4 wanted: one comes back, at 18/31 of its 12.00. */
TEST(amendment, what_is_wanted_after_all_is_said_by_what_comes_back)
{
    struct scene s;
    struct amendment a;

    two_given_back(&s);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 4);
    SAME_NUMBER(a.charge_count, 1);
    CU_ASSERT_TRUE(a.charges[0].restores);
    SAME_NUMBER(a.charges[0].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(a.charges[0].full_minor, 1200);
    SAME_NUMBER(a.charges[0].allowance_minor, 0);
    SAME_NUMBER(a.net_minor, 697);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 6); /* the two come back, and one more */
    SAME_NUMBER(a.charge_count, 2);
    SAME_NUMBER(a.charges[0].quantity_e4, 2 * QUANTITY_ONE);
    SAME_NUMBER(a.charges[1].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(a.net_minor, 1394 + 697);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, true, 2); /* one more is given back, of the five that were invoiced */
    SAME_NUMBER(a.credit_count, 1);
    SAME_NUMBER(a.credits[0].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(a.credits[0].of_quantity_e4, 5 * QUANTITY_ONE);
    SAME_NUMBER(a.credit_minor, 2090 - 1394);
}

/* The same without giving anything back: what the day gave is taken back as far as it is wanted, and nothing more is given. */
TEST(amendment, what_the_day_gave_comes_back_without_credit_too)
{
    struct scene s;
    struct amendment a;

    two_given_back(&s);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 4);
    SAME_NUMBER(a.charge_count, 1);
    SAME_NUMBER(a.net_minor, 697);
    a = set_quantity(&s, AMENDMENT_AT_ONCE, false, 2);
    SAME_NUMBER(a.charge_count, 0);
    SAME_NUMBER(a.credit_count, 0);
    s.lines[0].unit_price_e4 = UNIT_PRICE_MAX_E4 + 1; /* no amount can be said of what comes back */
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 4).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
}

/* A quantity in force that nobody may enter: what is more than it cannot be said. */
TEST(amendment, more_than_what_has_no_amount_is_refused)
{
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    changed_today(&s, 5 * QUANTITY_ONE, QUANTITY_MAX_E4 + 1);
    invoice_line(&s, 1, (struct period){ON(2026, 1, 28), ON(2026, 2, 15)}, 2090);
    s.invoiced[1].amended_on = ON(2026, 1, 28);
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, false, 9).refusal, AMENDMENT_AMOUNT_OUT_OF_BOUNDS);
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
    for (int i = AMENDMENT_LINES; i <= AMENDMENT_DISCOUNT; i++)
        SAME_NUMBER(amendment_kind_from_name(amendment_kind_name((enum amendment_kind)i)), i);
    for (int i = AMENDMENT_AT_PERIOD_END; i <= AMENDMENT_ON_DATE; i++)
        SAME_NUMBER(amendment_when_from_name(amendment_when_name((enum amendment_when)i)), i);
    SAME_NUMBER(amendment_kind_from_name("merge"), 0);
    SAME_NUMBER(amendment_when_from_name(""), 0);
}
