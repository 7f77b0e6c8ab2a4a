/* discount: what is taken off whole documents, and that quote, renewal and MRR agree about it. */
#include "test.h"

#include <string.h>

#include "core/billing.h"
#include "core/coupon.h"
#include "core/tier.h"
#include "intake/price_words.h"
#include "core/date.h"
#include "core/discount.h"
#include "core/pricing.h"
#include "service/contract.h"
#include "seeded.h"

static struct discounts of(struct discount first, struct discount second)
{
    return (struct discounts){.count = (size_t)discount_ok(&first) + (size_t)discount_ok(&second), .of = {first, second}};
}

static const struct discount none;

TEST(discount, a_percentage_is_rounded_once_and_spread_to_the_cent)
{
    struct arena *arena = test_ctx()->arena;
    struct discounts d = of((struct discount){.ppm = 100000}, none);
    int64_t nets[] = {333, 333, 333}, allowances[3];

    SAME_NUMBER(discounts_take(arena, &d, 0, true, nets, 3, allowances), 100); /* 99.9 */
    SAME_NUMBER(allowances[0] + allowances[1] + allowances[2], 100);
    SAME_NUMBER(nets[0], 333 - allowances[0]);
    SAME_NUMBER(allowances[0], 34); /* the largest remainder, ties to the earlier */
    SAME_NUMBER(allowances[2], 33);
}

TEST(discount, an_amount_never_takes_more_than_there_is)
{
    struct arena *arena = test_ctx()->arena;
    struct discounts d = of((struct discount){.amount_minor = 500}, (struct discount){.ppm = 500000, .code = "HALF"});
    int64_t nets[] = {300, 0, 100}, allowances[3];

    SAME_NUMBER(discounts_take(arena, &d, 0, true, nets, 3, allowances), 400);
    SAME_NUMBER(nets[0] + nets[1] + nets[2], 0);
    memcpy(nets, (int64_t[]){600, 0, 400}, sizeof nets);
    SAME_NUMBER(discounts_take(arena, &d, 0, true, nets, 3, allowances), 750); /* 500, then half of what is left */
    memcpy(nets, (int64_t[]){600, 0, 400}, sizeof nets);
    SAME_NUMBER(discounts_take(arena, &d, 0, false, nets, 3, allowances), 500); /* no period: the percentage only */
}

TEST(discount, limited_to_its_periods)
{
    const struct discount three = {.ppm = 100000, .periods = 3}, ever = {.ppm = 100000};

    CU_ASSERT_TRUE(discount_lasts(&three, 0));
    CU_ASSERT_TRUE(discount_lasts(&three, 2));
    CU_ASSERT_FALSE(discount_lasts(&three, 3));
    CU_ASSERT_TRUE(discount_lasts(&ever, 100000));
}

TEST(discount, limited_to_periods_that_begin_later)
{
    const struct discount two = {.ppm = 100000, .periods = 2, .from = 5}, ever = {.ppm = 100000, .from = 5};
    struct discounts all = {.count = 2, .of = {two, ever}}, left;

    CU_ASSERT_FALSE(discount_lasts(&two, 4));
    CU_ASSERT_TRUE(discount_lasts(&two, 5));
    CU_ASSERT_TRUE(discount_lasts(&two, 6));
    CU_ASSERT_FALSE(discount_lasts(&two, 7));
    CU_ASSERT_FALSE(discount_lasts(&ever, 4));
    CU_ASSERT_TRUE(discount_lasts(&ever, 100000));
    SAME_NUMBER(discounts_in(&all, 6), 2);
    SAME_NUMBER(discounts_in(&all, 7), 1);
    left = discounts_left(&all, 6);
    SAME_NUMBER(left.count, 2);
    SAME_NUMBER(left.of[0].from, 0);
    SAME_NUMBER(left.of[0].periods, 1);
    SAME_NUMBER(left.of[1].periods, 0);
    SAME_NUMBER(discounts_left(&all, 3).of[0].from, 2);
    SAME_NUMBER(discounts_left(&all, 3).of[0].periods, 2);
    SAME_NUMBER(discounts_left(&all, 7).count, 1);
    SAME_NUMBER(discounts_of_any_period(&all).of[0].from, 0);
}

TEST(discount, the_frozen_text_is_canonical)
{
    static const char *const bad[] = {"1", "0:0:0:", "1:1:0:", "0:1:1001:", "01:0:0:", "1000001:0:0:", "1:0:0:a", "1:0:0:A;", "1:0:0:;1:0:0:;1:0:0:;1:0:0:;1:0:0:;1:0:0:;1:0:0:;1:0:0:;1:0:0:",
                                      "0:99999999999999999:0:", "1:0:0: ", "1:0:0+0:", "1:0:0+01:", "1:0:0+:", "1:0:0+1+1:", "1+1:0:0:",
                                      "1:0:0+1000001:", "1:0:0+1", "1:0:0x:"};
    struct discounts d = of((struct discount){.ppm = 150000, .periods = 12}, (struct discount){.amount_minor = 500, .code = "SUMMER-26"}), read;
    char text[DISCOUNTS_TEXT_BYTES];

    SAME_TEXT(discounts_text(&d, text), "150000:0:12:;0:500:0:SUMMER-26");
    CU_ASSERT_TRUE(discounts_parse(text, &read));
    SAME_NUMBER(read.count, 2);
    SAME_TEXT(read.of[1].code, "SUMMER-26");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(discounts_parse(bad[i], &read));
    SAME_NUMBER(read.count, 2);
    d.of[1].from = 14;
    SAME_TEXT(discounts_text(&d, text), "150000:0:12:;0:500:0+14:SUMMER-26");
    CU_ASSERT_TRUE(discounts_parse(text, &read));
    SAME_NUMBER(read.of[1].from, 14);
    d.of[1].from = -1;
    CU_ASSERT_FALSE(discount_ok(&d.of[1]));
    d.of[1].from = DISCOUNT_FROM_MAX + 1;
    CU_ASSERT_FALSE(discount_ok(&d.of[1]));
    CU_ASSERT_TRUE(discounts_parse("", &read));
    SAME_NUMBER(read.count, 0);
}

TEST(discount, codes_as_people_type_them)
{
    char code[] = " summer-26 ", odd[] = "été", tiny[] = "AB", long_one[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    CU_ASSERT_TRUE(coupon_code_normalise(code));
    SAME_TEXT(code, "SUMMER-26");
    CU_ASSERT_FALSE(coupon_code_normalise(odd));
    CU_ASSERT_FALSE(coupon_code_normalise(tiny));
    CU_ASSERT_FALSE(coupon_code_normalise(long_one));
}

TEST(discount, why_a_coupon_is_refused)
{
    struct coupon_facts f = {.active = true, .from_on = 100, .until_on = 200, .today_on = 100, .max_redemptions = 2, .redeemed = 1};

    SAME_NUMBER(coupon_refusal(&f), COUPON_ACCEPTED);
    f.had_by_customer = true;
    SAME_NUMBER(coupon_refusal(&f), COUPON_HAD_ALREADY);
    f.full = true;
    SAME_NUMBER(coupon_refusal(&f), COUPON_NO_ROOM);
    f.redeemed = 2;
    SAME_NUMBER(coupon_refusal(&f), COUPON_NONE_LEFT);
    f.by_amount = true;
    SAME_NUMBER(coupon_refusal(&f), COUPON_OTHER_CURRENCY);
    f.today_on = 200;
    SAME_NUMBER(coupon_refusal(&f), COUPON_OVER);
    f.today_on = 99;
    SAME_NUMBER(coupon_refusal(&f), COUPON_NOT_YET);
    f.active = false;
    SAME_NUMBER(coupon_refusal(&f), COUPON_UNKNOWN);
    CU_ASSERT_NOT_EQUAL(coupon_refusal_text(COUPON_UNKNOWN)[0], '\0');
    CU_ASSERT_EQUAL(coupon_refusal_text(COUPON_ACCEPTED)[0], '\0');
}

static struct price_line recurring(int64_t price_e4, int64_t quantity_e4)
{
    return (struct price_line){.kind = LINE_RECURRING, .unit_price_e4 = price_e4, .quantity_e4 = quantity_e4,
                               .tax = {.category = TAX_STANDARD, .rate_ppm = 200000, .reason = TAX_REASON_DOMESTIC}};
}

/* 100.00 a month and a setup of 50.00; 10 % off for 3 months, and a coupon of 5.00 for ever. */
TEST(discount, quote_and_mrr)
{
    struct arena *arena = test_ctx()->arena;
    struct price_line lines[] = {recurring(1000000, 10000), recurring(500000, 10000)};
    struct discounts d = of((struct discount){.ppm = 100000, .periods = 3}, (struct discount){.amount_minor = 500, .code = "FIVE"});
    struct quote_totals t;

    lines[1].kind = LINE_SETUP;
    CU_ASSERT_TRUE(quote_totals_less(arena, lines, 2, &d, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
    SAME_NUMBER(t.today.net_minor, 15000 - 1500 - 500);
    SAME_NUMBER(t.today_off_minor, 2000);
    SAME_NUMBER(t.today.vat_minor, 2600);
    SAME_NUMBER(t.period.net_minor, 10000 - 1000 - 500);
    SAME_NUMBER(t.period_after.net_minor, 9500);
    SAME_NUMBER(t.discount_periods, 3);
    SAME_NUMBER(t.mrr_e4, 850000);
    CU_ASSERT_TRUE(mrr_less(arena, lines, 2, &d, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, 3, &t.mrr_e4));
    SAME_NUMBER(t.mrr_e4, 950000);
}

TEST(discount, an_amount_off_a_line_in_three_currencies)
{
    struct arena *arena = test_ctx()->arena;
    struct price_line line = recurring(1000000, 10000);
    const struct discounts no = {.count = 0};
    struct quote_totals t;

    line.discount_minor = 1050;
    line.discount_periods = 2;
    CU_ASSERT_TRUE(quote_totals_less(arena, &line, 1, &no, currency_find("EUR"), (struct recurrence){RECURRENCE_YEAR, 1}, &t));
    SAME_NUMBER(t.period.net_minor, 8950); /* 100.00 - 10.50 */
    SAME_NUMBER(t.period_after.net_minor, 10000);
    SAME_NUMBER(t.mrr_e4, 74583); /* 89.50 / 12 = 7.45833... */
    line.discount_minor = 30;
    CU_ASSERT_TRUE(quote_totals_less(arena, &line, 1, &no, currency_find("JPY"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
    SAME_NUMBER(t.period.net_minor, 70);
    SAME_NUMBER(t.mrr_e4, 700000);
    line.discount_minor = 1000000; /* more than it costs: nothing is left, nothing is owed back */
    CU_ASSERT_TRUE(quote_totals_less(arena, &line, 1, &no, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
    SAME_NUMBER(t.period.net_minor, 0);
    SAME_NUMBER(t.mrr_e4, 0);
    line.discount_minor = -1;
    CU_ASSERT_FALSE(quote_totals_less(arena, &line, 1, &no, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
}

/* A percentage is taken off every invoice, an amount once a period: off what is in advance, where something is. */
TEST(discount, amounts_in_advance_or_in_arrears)
{
    struct arena *arena = test_ctx()->arena;
    struct billing_line lines[] = {{.timing = BILLING_ARREARS, .quantity_e4 = 10000, .unit_price_e4 = 1000000, .from_on = 20000, .until_on = DATE_NONE},
                                   {.timing = BILLING_ADVANCE, .quantity_e4 = 10000, .unit_price_e4 = 1000000, .from_on = 20000, .until_on = DATE_NONE}};
    struct discounts d = of((struct discount){.ppm = 100000}, (struct discount){.amount_minor = 500});
    struct billing_facts facts = {.schedule = {.anchor_on = 20000, .every = {RECURRENCE_MONTH, 1}}, .currency = currency_find("EUR"),
        .started_on = 20000, .ended_on = DATE_NONE, .lines = lines, .line_count = 2, .discounts = &d, .today_on = 20000,
        .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_item item;

    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ADVANCE, 0, &item));
    SAME_NUMBER(item.net_minor, 8500);
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 9000);
    facts.line_count = 1;
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 8500);
    d.count = 0;
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ARREARS, 0, &item));
    SAME_NUMBER(item.net_minor, 10000);
}

/* The bills of three months: 10 % of the seller's for ever, 5.00 by a coupon for two. */
TEST(discount, a_bill_names_the_coupon_where_it_took_something)
{
    struct arena *arena = test_ctx()->arena;
    struct billing_line lines[] = {{.timing = BILLING_ARREARS, .quantity_e4 = 10000, .unit_price_e4 = 1000000, .from_on = 20000, .until_on = DATE_NONE},
                                   {.timing = BILLING_ADVANCE, .quantity_e4 = 10000, .unit_price_e4 = 1000000, .from_on = 20000, .until_on = DATE_NONE}};
    struct discounts d = of((struct discount){.ppm = 100000}, (struct discount){.amount_minor = 500, .periods = 2, .code = "FIVE"});
    struct billing_facts facts = {.schedule = {.anchor_on = 20000, .every = {RECURRENCE_MONTH, 1}}, .currency = currency_find("EUR"),
        .started_on = 20000, .ended_on = DATE_NONE, .lines = lines, .line_count = 2, .discounts = &d, .today_on = 20000,
        .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_item item;

    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ADVANCE, 1, &item));
    SAME_TEXT(item.lines[0].coupon, "FIVE");
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ADVANCE, 2, &item)); /* its periods are over */
    SAME_TEXT(item.lines[0].coupon, "");
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ARREARS, 0, &item)); /* an amount was taken off what is in advance */
    SAME_TEXT(item.lines[0].coupon, "");
    d.of[1] = (struct discount){.ppm = 50000, .code = "HALF"};
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ARREARS, 0, &item));
    SAME_TEXT(item.lines[0].coupon, "HALF");
    lines[1].unit_price_e4 = 0; /* nothing is taken off nothing */
    CU_ASSERT_TRUE(billing_item_at(arena, &facts, BILLING_ADVANCE, 0, &item));
    CU_ASSERT_PTR_NULL(item.lines[0].coupon);
    SAME_TEXT(discounts_coupon(&(struct discounts){0}, 0, true), "");
}

static struct discount seeded_discount(uint64_t *state)
{
    struct discount d = {.periods = (int32_t)seeded_between(state, 0, 4)};

    if (seeded_between(state, 0, 1) == 0)
        d.ppm = (int32_t)seeded_between(state, 0, RATE_ONE);
    else
        d.amount_minor = seeded_between(state, 0, 20000);
    return d;
}

/* What the quote says of a period is what the renewal bills, line by line and in sum; nothing is negative; a month's
 * MRR is the period's net to within the lines' own rounding. */
static bool holds(struct arena *arena, uint64_t seed)
{
    uint64_t state = seed;
    struct price_line lines[6];
    struct billing_line billed[6];
    struct discounts d = of(seeded_discount(&state), seeded_discount(&state));
    size_t count = (size_t)seeded_between(&state, 1, 6);
    struct quote_totals t;
    struct billing_facts facts = {.schedule = {.anchor_on = 20000, .every = {RECURRENCE_MONTH, 1}}, .currency = currency_find("EUR"),
        .started_on = 20000, .ended_on = DATE_NONE, .lines = billed, .line_count = count, .discounts = &d, .today_on = 20000,
        .max_missed = BILLING_MISSED_UNLIMITED};

    for (size_t i = 0; i < count; i++) {
        lines[i] = recurring(seeded_between(&state, 0, 2000000), seeded_between(&state, 1, 50000));
        if (seeded_between(&state, 0, 1) == 0)
            lines[i].discount_ppm = (int32_t)seeded_between(&state, 0, 300000);
        else
            lines[i].discount_minor = seeded_between(&state, 0, 3000);
        lines[i].discount_periods = (int32_t)seeded_between(&state, 0, 3);
        billed[i] = (struct billing_line){.timing = BILLING_ADVANCE, .quantity_e4 = lines[i].quantity_e4, .unit_price_e4 = lines[i].unit_price_e4,
            .discount_ppm = lines[i].discount_ppm, .discount_periods = lines[i].discount_periods, .discount_minor = lines[i].discount_minor,
            .from_on = 20000, .until_on = DATE_NONE, .tax_class = "standard"};
    }
    if (!quote_totals_less(arena, lines, count, &d, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t))
        return false;
    for (int32_t index = 0; index < 6; index++) {
        struct billing_item item;
        int64_t sum = 0, mrr;

        if (!billing_item_at(arena, &facts, BILLING_ADVANCE, index, &item))
            return false;
        for (size_t i = 0; i < item.line_count; i++) {
            int64_t full;

            if (item.lines[i].net_minor < 0 || item.lines[i].allowance_minor < 0 ||
                !line_net(billed[i].unit_price_e4, billed[i].quantity_e4, item.lines[i].discount_ppm, currency_find("EUR"), &full) ||
                full != item.lines[i].net_minor + item.lines[i].allowance_minor)
                return false;
            sum += item.lines[i].net_minor;
        }
        if (sum != item.net_minor || (index == 0 && sum != t.period.net_minor) || (index == 5 && sum != t.period_after.net_minor))
            return false;
        if (!mrr_less(arena, lines, count, &d, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, index, &mrr) ||
            mrr > sum * 100 + 100 * ((int64_t)count + 2) || mrr < sum * 100 - 100 * ((int64_t)count + 2))
            return false;
    }
    return true;
}

TEST(discount, quote_renewal_and_mrr_agree)
{
    struct arena *arena = arena_new();

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        arena_reset(arena);
        if (!holds(arena, seed)) {
            SAME_NUMBER(seed, -1);
            break;
        }
    }
    arena_free(arena);
}

TEST(discount, what_is_left_when_periods_start_anew)
{
    const struct discounts d = {.count = 2, .of = {{.ppm = 100000, .periods = 3}, {.amount_minor = 500}}};
    const struct discounts any = {.count = 2, .of = {{.ppm = 100000}, {.ppm = 50000, .periods = 2}}};
    struct discounts left = discounts_left(&d, 0);

    SAME_NUMBER(left.count, 2);
    SAME_NUMBER(left.of[0].periods, 3);
    left = discounts_left(&d, 2);
    SAME_NUMBER(left.of[0].periods, 1);
    SAME_NUMBER(left.of[1].periods, 0);
    left = discounts_left(&d, 3);
    SAME_NUMBER(left.count, 1);
    SAME_NUMBER(left.of[0].amount_minor, 500);
    SAME_NUMBER(discounts_of_any_period(&d).count, 0);
    SAME_NUMBER(discounts_of_any_period(&any).count, 1);
    SAME_NUMBER(discounts_of_any_period(&any).of[0].ppm, 100000);
}

/* ---- as a file's cell says them ---- */

/* 10 % for the first three quarters of a contract from 11 November 2025; the fourth, and who reads of it then, has none. */
TEST(discount, what_is_taken_off_a_line_is_told_while_it_holds)
{
    struct subscription s = {.unit = "month", .count = 3, .anchor_on = date_from_civil(2025, 11, 11), .started_on = date_from_civil(2025, 11, 11),
                             .next_index = 1, .trial_until_on = DATE_NONE, .epoch_on = DATE_NONE, .ends_on = DATE_NONE};
    struct subscription_line line = {.timing = "advance", .from_on = s.started_on, .until_on = DATE_NONE, .discount_ppm = 100000, .discount_periods = 3};
    struct standing_discount off;

    CU_ASSERT_TRUE_FATAL(line_discount_standing(&s, &line, s.started_on, &off));
    SAME_NUMBER(off.discount.ppm, 100000);
    SAME_NUMBER(off.until_on, date_from_civil(2026, 8, 11));
    SAME_NUMBER(off.bills, 2); /* the first is issued */
    s.next_index = 3;
    CU_ASSERT_TRUE_FATAL(line_discount_standing(&s, &line, date_from_civil(2026, 8, 10), &off));
    SAME_NUMBER(off.bills, 0);
    CU_ASSERT_FALSE(line_discount_standing(&s, &line, date_from_civil(2026, 8, 11), &off));
    line.from_on = date_from_civil(2026, 8, 11); /* one that begins later counts its own */
    CU_ASSERT_TRUE_FATAL(line_discount_standing(&s, &line, s.started_on, &off));
    SAME_NUMBER(off.until_on, date_from_civil(2027, 5, 11));
    SAME_NUMBER(off.bills, 3);
    line.discount_periods = 0;
    CU_ASSERT_TRUE_FATAL(line_discount_standing(&s, &line, date_from_civil(2040, 1, 1), &off));
    SAME_NUMBER(off.until_on, DATE_NONE);
    line.discount_ppm = 0;
    CU_ASSERT_FALSE(line_discount_standing(&s, &line, s.started_on, &off));
}

TEST(discount, a_cell_says_discounts_and_tiers_and_reads_back_what_it_wrote)
{
    struct arena *arena = test_arena();
    const struct currency *euro = currency_find("EUR");
    struct discounts d = of((struct discount){.ppm = 55000, .periods = 3}, (struct discount){.amount_minor = 500, .periods = 2, .from = 1, .code = "WELCOME-26"});
    struct discounts read;
    struct price_rule rule = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{100000, 99000, 0}, {TIER_OPEN, 75000, 20000}}};
    struct price_rule back = {.model = PRICE_GRADUATED};
    static const char *const wrong[] = {"x", "10%%", "-5", "101%", "0", "5.001", "10% x", "10% x 0", "10% x 3 4 5", "10% +", "10% x 3 after 0", "5 welcome", "10% x 3 x 3", "+"};
    static const char *const wrong_tiers[] = {"10", "10=", "=5", "*5", "10=5+", "10=5+x", "x=5", "10=-5", "**=5"};

    SAME_TEXT(discounts_cell(arena, &d, euro), "5.5% x 3 + 5 x 2 after 1 WELCOME-26");
    CU_ASSERT_TRUE(discounts_of_cell(arena, "5,5%  x 3+5.00 x 2 after 1 WELCOME-26", euro, &read));
    SAME_TEXT(discounts_cell(arena, &read, euro), discounts_cell(arena, &d, euro));
    CU_ASSERT_TRUE(discounts_of_cell(arena, " ", euro, &read));
    SAME_NUMBER(read.count, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (discounts_of_cell(arena, wrong[i], euro, &read))
            SAME_TEXT(wrong[i], "refused");
    CU_ASSERT_FALSE(discounts_of_cell(arena, "5.5", currency_find("JPY"), &read));
    SAME_TEXT(tiers_cell(arena, &rule), "10=9.9 *=7.5+2");
    CU_ASSERT_TRUE(tiers_of_cell(arena, "10=9,90   *=7.5+2", &back));
    SAME_NUMBER(back.tier_count, 2);
    SAME_TEXT(tiers_cell(arena, &back), tiers_cell(arena, &rule));
    for (size_t i = 0; i < sizeof wrong_tiers / sizeof wrong_tiers[0]; i++)
        if (tiers_of_cell(arena, wrong_tiers[i], &back))
            SAME_TEXT(wrong_tiers[i], "refused");
    SAME_NUMBER(back.tier_count, 2);
}

TEST(discount, any_cell_reads_back_what_it_wrote)
{
    const struct currency *currency[] = {currency_find("EUR"), currency_find("JPY"), currency_find("TND")};

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        struct arena *arena = arena_new();
        uint64_t state = seed;
        struct discounts d = of(seeded_discount(&state), seeded_discount(&state)), read;
        const struct currency *money = currency[seeded_between(&state, 0, 2)];
        char text[DISCOUNTS_TEXT_BYTES], again[DISCOUNTS_TEXT_BYTES];
        bool good = true;

        for (size_t i = 0; i < d.count; i++) {
            d.of[i].from = (int32_t)seeded_between(&state, 0, 3);
            if (seeded_between(&state, 0, 1) == 0)
                memcpy(d.of[i].code, "A-1", 4);
            good = good && discount_ok(&d.of[i]);
        }
        if (good && (!discounts_of_cell(arena, discounts_cell(arena, &d, money), money, &read) ||
                     strcmp(discounts_text(&d, text), discounts_text(&read, again)) != 0)) {
            SAME_NUMBER(seed, -1);
            SAME_TEXT(discounts_cell(arena, &d, money), "");
        }
        arena_free(arena);
    }
}
