/* amendment_prices: changes of lines in tiers, with amounts off, with prices announced for later. */
#include "amendment_scene.h"

static const struct price_rule graduated = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 100000, 0}, {TIER_OPEN, 50000, 0}}};

TEST(amendment_prices, a_price_in_tiers_changes_by_what_a_period_costs)
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
    SAME_NUMBER(a.charges[0].unit_price_e4, 232300);
    SAME_NUMBER(a.charges[0].before_e4, 40000);
    SAME_NUMBER(a.charges[0].after_e4, 80000);
}

TEST(amendment_prices, what_is_sold_once_may_cost_less)
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

TEST(amendment_prices, an_amount_off_the_line_is_taken_once)
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

/* A pause does not consume a discount that is counted in billed periods. */
TEST(amendment_prices, a_discount_survives_a_pause_and_a_change_of_quantity)
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

TEST(amendment_prices, P11_with_an_amount_off_the_document_comes_to_the_direct_difference)
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

TEST(amendment_prices, with_another_recurrence_only_percentages_without_end_go_on)
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

TEST(amendment_prices, an_amount_off_the_document_is_not_freed_for_what_has_no_price)
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

TEST(amendment_prices, announced_prices_go_on_with_the_line_or_go_with_it)
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

TEST(amendment_prices, an_end_reached_before_an_announced_price_leaves_it_to_the_return)
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

TEST(amendment_prices, of_two_announced_days_the_first_is_told_and_of_two_lines_the_newest_returns)
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
TEST(amendment_prices, announced_prices_are_taken_by_their_days)
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
