/* amendment_discounts: a discount of a running contract begins, ends and is counted in the periods that are billed. */
#include "amendment_scene.h"

#include <string.h>

#include "core/billing.h"
#include "seeded.h"

static const struct discount ten = {.ppm = 100000}, five_euros = {.amount_minor = 500}, welcome = {.ppm = 200000, .periods = 3, .code = "WELCOME"};

/* 100.00 a month from 15 January 2026; the running period is invoiced. */
static void discounted(struct scene *s, struct discounts *discounts, int32_t today_on)
{
    monthly(s, 1, 1000000, today_on);
    s->facts.counted_on = s->facts.started_on;
    s->facts.discounts = discounts;
}

static struct amendment change(const struct scene *s, const struct discount *end, const struct discount *begin, enum amendment_when when, int32_t on)
{
    return amendment_of(test_arena(), &s->facts,
                        &(struct amendment_wish){.kind = AMENDMENT_DISCOUNT, .when = when, .on = on, .ends = end, .end_count = end != NULL,
                                                 .begins = begin, .begin_count = begin != NULL, .resume_on = DATE_NONE});
}

static struct amendment begin_next(const struct scene *s, const struct discount *begin)
{
    return change(s, NULL, begin, AMENDMENT_AT_PERIOD_END, DATE_NONE);
}

static const char *said(const struct amendment *a)
{
    static char text[DISCOUNTS_TEXT_BYTES];

    return discounts_text(&a->discounts, text);
}

/* Net of the period with an index under the discounts. */
static int64_t billed(const struct scene *s, const struct discounts *discounts, enum billing_timing timing, int32_t index)
{
    const struct billing_line line = {.id = 1, .slot = 1, .timing = timing, .quantity_e4 = s->lines[0].quantity_e4, .unit_price_e4 = s->lines[0].unit_price_e4,
                                      .from_on = s->lines[0].from_on, .until_on = DATE_NONE};
    const struct billing_facts facts = {.schedule = s->facts.schedule, .currency = s->facts.currency, .started_on = s->facts.counted_on, .ended_on = DATE_NONE,
                                        .lines = &line, .line_count = 1, .discounts = discounts, .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_item item;

    CU_ASSERT_TRUE(billing_item_at(test_arena(), &facts, timing, index, &item));
    return item.net_minor;
}

TEST(amendment_discounts, three_periods_from_the_next_one_are_three_bills)
{
    struct discounts none = {.count = 0};
    struct scene s;
    struct amendment a;

    discounted(&s, &none, ON(2026, 1, 25));
    a = begin_next(&s, &welcome);
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.effective_on, ON(2026, 2, 15));
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(a.credit_count + a.charge_count, 0); /* nothing that is invoiced is touched */
    SAME_TEXT(said(&a), "200000:0:3+1:WELCOME");
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, 0), 10000);
    for (int32_t i = 1; i <= 3; i++)
        SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, i), 8000);
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, 4), 10000);
}

TEST(amendment_discounts, an_end_leaves_what_was_billed_and_what_is_billed_afterwards)
{
    struct discounts d = {.count = 1, .of = {ten}};
    struct scene s;
    struct amendment a;

    discounted(&s, &d, ON(2026, 2, 15)); /* period 1 begins today */
    a = change(&s, &ten, NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE);
    CU_ASSERT_FALSE(a.planned);
    SAME_TEXT(said(&a), "100000:0:1:");
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ARREARS, 0), 9000); /* the period that ended today */
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ARREARS, 1), 10000);
    s.facts.unbilled_index = 1; /* it is billed: nothing of it has to be kept */
    a = change(&s, &ten, NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE);
    SAME_TEXT(said(&a), "");
    d.of[0].periods = 9;
    d.of[0].from = 0;
    s.facts.unbilled_index = 0;
    a = change(&s, &ten, &five_euros, AMENDMENT_AT_PERIOD_END, DATE_NONE);
    SAME_TEXT(said(&a), "100000:0:1:;0:500:0+1:");
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, 0), 9000);
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, 1), 9500);
}

TEST(amendment_discounts, the_seller_s_own_comes_before_the_coupon_whichever_was_first)
{
    struct discounts d = {.count = 1, .of = {welcome}};
    struct scene s;
    struct amendment a;

    discounted(&s, &d, ON(2026, 2, 15));
    a = begin_next(&s, &five_euros);
    SAME_TEXT(said(&a), "0:500:0+1:;200000:0:3:WELCOME");
    SAME_NUMBER(billed(&s, &a.discounts, BILLING_ADVANCE, 1), 7600); /* 100 - 5, then 20 % */
}

TEST(amendment_discounts, they_begin_with_a_period_of_which_nothing_is_invoiced)
{
    struct discounts none = {.count = 0};
    struct scene s;

    discounted(&s, &none, ON(2026, 1, 25));
    SAME_NUMBER(change(&s, NULL, &ten, AMENDMENT_ON_DATE, ON(2026, 1, 25)).effective_on, ON(2026, 2, 15));
    SAME_NUMBER(change(&s, NULL, &ten, AMENDMENT_ON_DATE, ON(2026, 3, 15)).effective_on, ON(2026, 3, 15));
    SAME_NUMBER(change(&s, NULL, &ten, AMENDMENT_ON_DATE, ON(2026, 3, 16)).effective_on, ON(2026, 4, 15));
    SAME_NUMBER(change(&s, NULL, &ten, AMENDMENT_AT_ONCE, DATE_NONE).effective_on, ON(2026, 2, 15));
    SAME_NUMBER(change(&s, NULL, &ten, AMENDMENT_ON_DATE, DATE_NONE).refusal, AMENDMENT_DAY_MISSING);
    s.facts.billed_from_on = ON(2026, 2, 15); /* renewed early */
    s.facts.billed_until_on = ON(2026, 3, 15);
    SAME_NUMBER(begin_next(&s, &ten).effective_on, ON(2026, 3, 15));
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE; /* a trial until the 3rd: its first period is a part */
    s.facts.counted_on = ON(2026, 2, 3);
    SAME_NUMBER(begin_next(&s, &ten).effective_on, ON(2026, 2, 3));
    SAME_TEXT(said(&(struct amendment){.discounts = begin_next(&s, &welcome).discounts}), "200000:0:3:WELCOME");
    s.facts.billed_until_on = ON(2026, 1, 15); /* counted from a later period than is billed */
    SAME_NUMBER(begin_next(&s, &ten).effective_on, ON(2026, 2, 3));
}

TEST(amendment_discounts, what_is_refused)
{
    static const struct discount bad[] = {{.ppm = 0}, {.ppm = 1000001}, {.ppm = -1}, {.amount_minor = -1}, {.ppm = 1, .amount_minor = 1},
                                          {.ppm = 1, .periods = -1}, {.ppm = 1, .periods = 1001}, {.ppm = 1, .code = "klein"}};
    struct discount other = {.ppm = 500000, .code = "HALF"};
    struct discounts d = {.count = 1, .of = {welcome}};
    struct scene s;

    discounted(&s, &d, ON(2026, 1, 25));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        SAME_NUMBER(begin_next(&s, &bad[i]).refusal, AMENDMENT_DISCOUNT_OUT_OF_BOUNDS);
    SAME_NUMBER(begin_next(&s, &other).refusal, AMENDMENT_COUPON_STANDS);
    SAME_NUMBER(change(&s, &welcome, &other, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(begin_next(&s, NULL).refusal, AMENDMENT_CHANGES_NOTHING);
    SAME_NUMBER(change(&s, &other, NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_CHANGES_NOTHING);
    d.of[0].periods = 1; /* over by then */
    SAME_NUMBER(change(&s, &d.of[0], NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_CHANGES_NOTHING);
    SAME_NUMBER(begin_next(&s, &other).refusal, AMENDMENT_NOT_REFUSED);
    d = (struct discounts){.count = 2, .of = {ten, five_euros}};
    SAME_NUMBER(begin_next(&s, &other).refusal, AMENDMENT_DISCOUNTS_FULL);
    SAME_NUMBER(change(&s, &ten, &ten, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_NOT_REFUSED); /* the other order: it is the same sum, but another */
    s.facts.state = SUBSCRIPTION_PAUSED;
    SAME_NUMBER(begin_next(&s, &ten).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.state = SUBSCRIPTION_ENDED;
    SAME_NUMBER(begin_next(&s, &ten).refusal, AMENDMENT_STATE_REFUSES);
    s.facts.state = SUBSCRIPTION_ACTIVE;
    s.facts.ended_on = ON(2026, 2, 15);
    SAME_NUMBER(begin_next(&s, &ten).refusal, AMENDMENT_AFTER_END);
}

TEST(amendment_discounts, more_than_can_be_kept_is_billed_first)
{
    struct discounts d = {.count = DISCOUNTS_KEPT};
    struct scene s;

    discounted(&s, &d, ON(2026, 12, 15));
    for (size_t i = 0; i < DISCOUNTS_KEPT; i++)
        d.of[i] = (struct discount){.ppm = 100000, .periods = 1, .from = (int32_t)i};
    SAME_NUMBER(begin_next(&s, &ten).refusal, AMENDMENT_BILLS_MISSING);
    s.facts.unbilled_index = 3;
    SAME_NUMBER(begin_next(&s, &ten).discounts.count, DISCOUNTS_KEPT - 2);
    s.facts.schedule = (struct schedule){.anchor_on = ON(2022, 1, 15), .every = {RECURRENCE_DAY, 1}};
    s.facts.counted_on = s.facts.started_on = s.facts.billed_from_on = ON(2022, 1, 15);
    s.facts.billed_until_on = DATE_NONE;
    s.facts.unbilled_index = 0;
    d = (struct discounts){.count = 1, .of = {ten}};
    SAME_NUMBER(change(&s, &ten, NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE).refusal, AMENDMENT_BILLS_MISSING);
    s.facts.unbilled_index = schedule_index(&s.facts.schedule, ON(2026, 12, 15));
    SAME_TEXT(said(&(struct amendment){.discounts = change(&s, &ten, &welcome, AMENDMENT_AT_PERIOD_END, DATE_NONE).discounts}), "200000:0:3+1795:WELCOME");
}

TEST(amendment_discounts, a_pause_takes_none_of_the_periods_of_one_that_began_later)
{
    struct discounts d = {.count = 1, .of = {welcome}};
    struct scene s;
    struct amendment a;

    discounted(&s, &d, ON(2026, 6, 20));
    d.of[0].from = 2; /* of March, April and May the first is billed */
    s.facts.state = SUBSCRIPTION_PAUSED;
    s.lines[0].suspended = true;
    s.lines[0].until_on = s.facts.paused_on = s.facts.amended_on = ON(2026, 4, 15);
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_TEXT(said(&a), "200000:0:2:WELCOME");
    d.of[0].from = 5;
    a = ask(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE, DATE_NONE);
    SAME_TEXT(said(&a), "200000:0:3+2:WELCOME");
}

TEST(amendment_discounts, another_recurrence_ends_those_of_the_old_periods_that_still_hold)
{
    struct discounts d = {.count = 2, .of = {{.ppm = 100000, .from = 1}, {.ppm = 500000, .periods = 1}}};
    struct scene s;
    struct amendment a;

    discounted(&s, &d, ON(2026, 3, 20));
    s.facts.billed_from_on = ON(2026, 3, 15);
    s.facts.billed_until_on = ON(2026, 4, 15);
    a = replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){RECURRENCE_YEAR, 1}, 10000000);
    SAME_TEXT(said(&a), "100000:0:0:");
    CU_ASSERT_FALSE(a.discount_ends); /* the other one is over */
    d.of[1].periods = 9;
    CU_ASSERT_TRUE(replace(&s, AMENDMENT_AT_ONCE, (struct recurrence){RECURRENCE_YEAR, 1}, 10000000).discount_ends);
}

TEST(amendment_discounts, more_quantity_is_charged_at_the_discount_that_holds_then)
{
    struct discounts d = {.count = 1, .of = {{.ppm = 200000, .periods = 2, .from = 1}}};
    struct scene s;

    discounted(&s, &d, ON(2026, 1, 15));
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 2).charge_minor, 10000); /* period 0 has none */
    s.facts.billed_from_on = s.facts.today_on = ON(2026, 2, 15);
    s.facts.billed_until_on = ON(2026, 3, 15);
    SAME_NUMBER(set_quantity(&s, AMENDMENT_AT_ONCE, true, 2).charge_minor, 8000);
}

/* ---- lives ---- */

static uint64_t seeds(void)
{
    return test_seeds() > 10000 ? test_seeds() : 10000;
}

enum { MONTHS = 18 };

/* What is said to hold, without ordinals: an end is a removal, a period that went by is one less. */
struct holding {
    struct discount of[DISCOUNTS_MAX];
    size_t count;
};

static void hold(struct holding *h, const struct discount *d)
{
    size_t at = d->code[0] != '\0' ? h->count : 0;

    memmove(&h->of[at + 1], &h->of[at], (h->count - at) * sizeof h->of[0]);
    h->of[at] = *d;
    h->count++;
}

static void let_go(struct holding *h, size_t i)
{
    h->count--;
    memmove(&h->of[i], &h->of[i + 1], (h->count - i) * sizeof h->of[0]);
}

static void period_goes_by(struct holding *h)
{
    for (size_t i = h->count; i-- > 0;)
        if (h->of[i].periods > 0 && --h->of[i].periods == 0)
            let_go(h, i);
}

static int64_t taken(const struct holding *h, int64_t net, bool amounts)
{
    for (size_t i = 0; i < h->count; i++)
        net -= h->of[i].ppm > 0 ? money_scale(net, h->of[i].ppm, RATE_ONE, ROUND_HALF_AWAY)
               : !amounts ? 0 : h->of[i].amount_minor < net ? h->of[i].amount_minor : net;
    return net;
}

/* A wish of one kind, the seller's own or a coupon: what stands of it ends, something else begins, or both. */
static bool seeded_wish(uint64_t *state, const struct holding *h, bool coupon, struct discount pair[2], size_t *at, bool *ends, bool *begins)
{
    *at = h->count;
    for (size_t i = 0; i < h->count; i++)
        if ((h->of[i].code[0] != '\0') == coupon)
            *at = i;
    *ends = *at < h->count;
    *begins = !*ends || seeded_between(state, 0, 2) > 0;
    if (*ends)
        pair[0] = h->of[*at];
    pair[1] = (struct discount){.periods = (int32_t)seeded_between(state, 0, 4)};
    if (seeded_between(state, 0, 1) == 0)
        pair[1].ppm = (int32_t)seeded_between(state, 1, RATE_ONE);
    else
        pair[1].amount_minor = seeded_between(state, 1, 15000);
    if (coupon)
        strcpy(pair[1].code, "CODE");
    return seeded_between(state, 0, 2) == 0;
}

static struct discounts after_change(const struct scene *s, bool ends, bool begins, const struct discount pair[2])
{
    struct amendment a = change(s, ends ? &pair[0] : NULL, begins ? &pair[1] : NULL, AMENDMENT_AT_PERIOD_END, DATE_NONE);

    if (a.refusal == AMENDMENT_CHANGES_NOTHING)
        return *s->facts.discounts;
    SAME_NUMBER(a.refusal, AMENDMENT_NOT_REFUSED);
    SAME_NUMBER(a.effective_on, s->facts.today_on);
    return a.discounts;
}

/* Months of a contract with a line in advance and one in arrears, whose batch is late now and then: each bill takes off
 * what was said to hold in its period, as the previews of the months before said, whatever ends and begins on its first day,
 * in either order. Gives the discounted bills; negative: something did not hold. */
static int64_t live_through(uint64_t seed)
{
    uint64_t state = seed;
    struct discounts now = {.count = 0}, other;
    struct holding h = {.count = 0}, in[MONTHS + 3];
    int64_t foreseen[MONTHS + 3] = {0};
    int64_t discounted_bills = 0;
    struct scene s;
    struct billing_line lines[2];
    struct billing_facts facts;
    int32_t day = (int32_t)seeded_between(&state, 0, 29);

    monthly(&s, 1, seeded_between(&state, 1, 3000000), ON(2026, 1, 15));
    s.facts.schedule.anchor_on = s.facts.counted_on = s.facts.started_on = s.lines[0].from_on = ON(2026, 1, 1) + day;
    s.facts.billed_from_on = s.facts.billed_until_on = DATE_NONE;
    s.facts.discounts = &now;
    lines[0] = (struct billing_line){.id = 1, .slot = 1, .timing = BILLING_ADVANCE, .quantity_e4 = QUANTITY_ONE, .unit_price_e4 = s.lines[0].unit_price_e4,
                                     .from_on = s.facts.started_on, .until_on = DATE_NONE};
    lines[1] = lines[0];
    lines[1].slot = 2;
    lines[1].timing = BILLING_ARREARS;
    facts = (struct billing_facts){.schedule = s.facts.schedule, .currency = s.facts.currency, .started_on = s.facts.counted_on, .ended_on = DATE_NONE,
                                   .lines = lines, .line_count = 2, .discounts = &now, .max_missed = BILLING_MISSED_UNLIMITED};
    for (int32_t k = 0; k < MONTHS; k++) {
        struct discount pair[2][2];
        bool wanted[2], ends[2], begins[2];
        size_t at[2];
        struct billing_plan plan;
        bool changed = false;
        char text[2][DISCOUNTS_TEXT_BYTES];

        s.facts.today_on = facts.today_on = schedule_boundary(&s.facts.schedule, k);
        s.facts.billed_until_on = facts.next_index > 0 ? schedule_boundary(&s.facts.schedule, facts.next_index) : DATE_NONE;
        s.facts.unbilled_index = facts.next_index < facts.arrears_index ? facts.next_index : facts.arrears_index;
        for (int i = 0; i < 2; i++)
            wanted[i] = seeded_wish(&state, &h, i == 1, pair[i], &at[i], &ends[i], &begins[i]);
        other = now;
        for (int i = 1; i >= 0; i--)
            if (wanted[i]) {
                s.facts.discounts = &other;
                other = after_change(&s, ends[i], begins[i], pair[i]);
                s.facts.discounts = &now;
            }
        for (int i = 0; i < 2; i++)
            if (wanted[i]) {
                now = after_change(&s, ends[i], begins[i], pair[i]);
                changed = true;
            }
        for (int i = 1; i >= 0; i--) /* the coupon stands last */
            if (wanted[i] && ends[i])
                let_go(&h, at[i]);
        for (int i = 0; i < 2; i++)
            if (wanted[i] && begins[i])
                hold(&h, &pair[i][1]);
        in[k] = h;
        if (strcmp(discounts_text(&now, text[0]), discounts_text(&other, text[1])) != 0)
            return -1;
        for (int32_t ahead = k; ahead < k + 3; ahead++) {
            struct billing_item item;

            CU_ASSERT_TRUE(billing_item_at(test_arena(), &facts, BILLING_ADVANCE, ahead, &item));
            if (!changed && ahead < k + 2 && k > 0 && foreseen[ahead] != item.net_minor)
                return -2;
            foreseen[ahead] = item.net_minor;
        }
        if (seeded_between(&state, 0, 4) > 0 || k - facts.next_index >= 2) {
            plan = billing_plan(test_arena(), &facts);
            for (size_t i = 0; i < plan.count; i++) {
                const struct billing_item *item = &plan.items[i];
                bool advance = item->timing == BILLING_ADVANCE;

                if (item->net_minor != taken(&in[item->index], item->lines[0].full_minor, advance) || (advance && item->net_minor != foreseen[item->index]))
                    return -3;
                discounted_bills += in[item->index].count > 0;
            }
            facts.next_index = plan.next_index;
            facts.arrears_index = plan.arrears_index;
        }
        period_goes_by(&h);
    }
    return discounted_bills;
}

TEST(amendment_discounts, every_bill_takes_off_what_was_said_to_hold_in_its_period)
{
    int64_t bills = 0;

    for (uint64_t seed = 1; seed <= seeds(); seed++) {
        int64_t some = live_through(seed);

        if (some < 0) {
            SAME_NUMBER(some, 0);
            SAME_NUMBER(seed, 0);
            return;
        }
        bills += some;
    }
    CU_ASSERT_TRUE(bills > (int64_t)seeds() * 6);
}

/* A discount for n periods is in exactly n bills, those from its first one on. */
TEST(amendment_discounts, one_for_n_periods_is_in_exactly_n_bills)
{
    for (uint64_t seed = 1; seed <= seeds(); seed++) {
        uint64_t state = seed * 17;
        struct discounts none = {.count = 0};
        struct discount d = {.ppm = (int32_t)seeded_between(&state, 10000, RATE_ONE), .periods = (int32_t)seeded_between(&state, 1, 20)};
        int32_t wait = (int32_t)seeded_between(&state, 0, 10);
        struct scene s;
        struct amendment a;
        int32_t cheaper = 0, first;

        discounted(&s, &none, ON(2026, 1, 20));
        a = change(&s, NULL, &d, AMENDMENT_ON_DATE, ON(2026, 1, 20) + wait * 30);
        first = schedule_index(&s.facts.schedule, a.effective_on);
        for (int32_t i = 0; i < 40; i++) {
            bool less = billed(&s, &a.discounts, BILLING_ADVANCE, i) < 10000;

            cheaper += less;
            if (less != (i >= first && i < first + d.periods)) {
                SAME_NUMBER(seed, 0);
                return;
            }
        }
        if (cheaper != d.periods) {
            SAME_NUMBER(seed, 0);
            return;
        }
    }
}
