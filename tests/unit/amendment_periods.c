/* amendment_periods: changes that move a contract's periods: another recurrence, pauses, renewals, the way back from an end. */
#include "amendment_scene.h"

TEST(amendment_periods, another_recurrence_with_the_anchor_kept_pays_the_rest_of_its_period)
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

TEST(amendment_periods, another_recurrence_follows_the_plan_s_anchor)
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

TEST(amendment_periods, periods_that_begin_before_their_anchor_count_from_the_running_one)
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

TEST(amendment_periods, a_contract_that_has_not_started_changes_at_its_start)
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

TEST(amendment_periods, a_pause_at_the_period_end_banks_nothing_and_periods_start_anew)
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

TEST(amendment_periods, an_open_pause_holds_what_is_paid)
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

TEST(amendment_periods, an_early_renewal_is_the_next_period_and_only_the_next)
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

TEST(amendment_periods, an_ended_one_goes_on_within_90_days_with_nothing_for_the_time_between)
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
