/* amendment_refusals: what is refused, at its place and in its order. */
#include "amendment_scene.h"

static struct amendment add(const struct scene *s, struct amendment_addition added, struct amendment_wish wish)
{
    wish.kind = AMENDMENT_LINES;
    wish.when = wish.when == 0 ? AMENDMENT_AT_ONCE : wish.when;
    wish.additions = &added;
    wish.addition_count = 1;
    return amendment_of(test_arena(), &s->facts, &wish);
}

TEST(amendment_refusals, bad_wishes_are_refused_at_their_place)
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
    for (int i = AMENDMENT_STATE_REFUSES; i <= AMENDMENT_BILLS_MISSING; i++)
        CU_ASSERT_TRUE(amendment_refusal_text((enum amendment_refusal)i)[0] != '\0');
}

TEST(amendment_refusals, pauses_and_ends_are_refused_by_the_plan_and_the_commitment)
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

TEST(amendment_refusals, a_pause_stays_within_two_years_and_is_not_over_before_it_begins)
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

TEST(amendment_refusals, renewals_and_returns_are_refused_where_there_is_nothing_to_renew)
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

TEST(amendment_refusals, what_has_not_ended_or_left_nothing_is_not_reactivated)
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

TEST(amendment_refusals, renewals_of_goods_of_nothing_and_of_too_much)
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

TEST(amendment_refusals, a_change_of_day_that_says_nothing_has_none)
{
    struct scene s;

    monthly(&s, 5, 120000, ON(2026, 1, 28));
    SAME_NUMBER(ask(&s, AMENDMENT_PAUSE, (enum amendment_when)9, DATE_NONE).refusal, AMENDMENT_DAY_MISSING);
    SAME_TEXT(amendment_refusal_text((enum amendment_refusal)999), "");
    SAME_TEXT(amendment_refusal_text(AMENDMENT_NOT_REFUSED), "");
    SAME_NUMBER(ask(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
}

TEST(amendment_refusals, prices_and_amounts_out_of_bounds_are_said)
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

TEST(amendment_refusals, tiers_that_come_out_of_bounds_are_refused)
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

TEST(amendment_refusals, another_recurrence_is_a_recurrence_and_its_first_period_has_an_amount)
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
