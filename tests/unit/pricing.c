/* pricing: nets, what is due today, MRR by the worked cases of the product (6.1). */
#include "test.h"

#include "core/money.h"
#include "core/pricing.h"
#include "seeded.h"

static struct price_line line(enum line_kind kind, int64_t quantity_e4, int64_t price_e4)
{
    return (struct price_line){.kind = kind, .quantity_e4 = quantity_e4, .unit_price_e4 = price_e4,
                               .tax = {.category = TAX_STANDARD, .rate_ppm = 200000, .reason = TAX_REASON_DOMESTIC, .country = "FR"}};
}

TEST(pricing, the_net_of_a_line_is_one_rounding)
{
    const struct currency *eur = currency_find("EUR");
    int64_t net;

    CU_ASSERT_TRUE(line_net(290000, 30000, 100000, eur, &net)); /* 3 x 29.00 - 10 % */
    SAME_NUMBER(net, 7830);
    CU_ASSERT_TRUE(line_net(3333, 5000, 0, eur, &net)); /* 0.5 x 0.3333 = 0.16665 */
    SAME_NUMBER(net, 17);
    CU_ASSERT_TRUE(line_net(50, 10000, 0, eur, &net)); /* half a cent goes up */
    SAME_NUMBER(net, 1);
    CU_ASSERT_TRUE(line_net(290000, 10000, 1000000, eur, &net));
    SAME_NUMBER(net, 0);
    CU_ASSERT_TRUE(line_net(1055000, 10000, 0, currency_find("JPY"), &net)); /* 105.5 yen */
    SAME_NUMBER(net, 106);
    CU_ASSERT_FALSE(line_net(INT64_C(1000000000000000), INT64_C(1000000000000), 0, eur, &net));
}

static void mrr(int64_t price_e4, enum recurrence_unit unit, int count, int64_t wanted_e4)
{
    struct price_line one = line(LINE_RECURRING, QUANTITY_ONE, price_e4);
    int64_t value = -1;

    CU_ASSERT_TRUE(mrr_of_lines(&one, 1, (struct recurrence){unit, count}, 0, &value));
    SAME_NUMBER(value, wanted_e4);
}

TEST(mrr, of_1200_a_year) { mrr(12000000, RECURRENCE_YEAR, 1, 1000000); }
TEST(mrr, of_300_per_three_months) { mrr(3000000, RECURRENCE_MONTH, 3, 1000000); }
TEST(mrr, of_300_a_quarter) { mrr(3000000, RECURRENCE_QUARTER, 1, 1000000); }
TEST(mrr, of_3000_per_three_years) { mrr(30000000, RECURRENCE_YEAR, 3, 833333); }
TEST(mrr, of_59_per_two_months) { mrr(590000, RECURRENCE_MONTH, 2, 295000); }
TEST(mrr, of_100_a_week) { mrr(1000000, RECURRENCE_WEEK, 1, 4348214); }
TEST(mrr, of_10_a_day) { mrr(100000, RECURRENCE_DAY, 1, 3043750); }

TEST(mrr, a_discount_counts_while_it_lasts_and_one_time_lines_never)
{
    struct price_line lines[] = {line(LINE_RECURRING, QUANTITY_ONE, 1000000), line(LINE_SETUP, QUANTITY_ONE, 5000000), line(LINE_ONE_TIME, QUANTITY_ONE, 990000)};
    int64_t value;

    lines[0].discount_ppm = 200000;
    lines[0].discount_periods = 3;
    for (int32_t ordinal = 0; ordinal < 5; ordinal++) {
        CU_ASSERT_TRUE(mrr_of_lines(lines, 3, (struct recurrence){RECURRENCE_MONTH, 1}, ordinal, &value));
        SAME_NUMBER(value, ordinal < 3 ? 800000 : 1000000);
    }
}

TEST(pricing, the_story_of_the_demo_quote)
{
    struct price_line lines[] = {line(LINE_RECURRING, 30000, 290000), line(LINE_SETUP, QUANTITY_ONE, 1500000), line(LINE_RECURRING, QUANTITY_ONE, 100000),
                                 {.kind = LINE_SECTION}, {.kind = LINE_NOTE}};
    struct quote_totals t;

    lines[0].discount_ppm = 100000;
    lines[2].optional = true;
    CU_ASSERT_TRUE(quote_totals(lines, 5, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
    SAME_NUMBER(t.today.gross_minor, (7830 + 15000) * 12 / 10);
    SAME_NUMBER(t.period.net_minor, 7830);
    SAME_NUMBER(t.once.net_minor, 15000);
    lines[2].chosen = true;
    CU_ASSERT_TRUE(quote_totals(lines, 5, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t));
    SAME_NUMBER(t.today.gross_minor, 28596);
    SAME_NUMBER(t.period.gross_minor, 10596);
    SAME_NUMBER(t.mrr_e4, 883000);
}

TEST(pricing, a_limited_discount_has_an_after)
{
    struct price_line one = line(LINE_RECURRING, QUANTITY_ONE, 1000000);
    struct quote_totals t;

    one.discount_ppm = 500000;
    one.discount_periods = 2;
    CU_ASSERT_TRUE(quote_totals(&one, 1, currency_find("EUR"), (struct recurrence){RECURRENCE_QUARTER, 1}, &t));
    SAME_NUMBER(t.period.net_minor, 5000);
    SAME_NUMBER(t.period_after.net_minor, 10000);
    SAME_NUMBER(t.discount_periods, 2);
    SAME_NUMBER(discount_ppm_at(500000, 2, 1), 500000);
    SAME_NUMBER(discount_ppm_at(500000, 2, 2), 0);
    SAME_NUMBER(discount_ppm_at(500000, 0, 900), 500000);
}

TEST(pricing, words_of_kinds)
{
    for (int kind = LINE_RECURRING; kind <= LINE_NOTE; kind++)
        SAME_NUMBER(line_kind_from_name(line_kind_name((enum line_kind)kind)), kind);
    SAME_NUMBER(line_kind_from_name("gift"), 0);
}

TEST(pricing, today_is_the_period_and_what_comes_once)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct price_line lines[40];
        size_t count = (size_t)seeded_between(&state, 0, 40);
        struct quote_totals t;

        for (size_t i = 0; i < count; i++) {
            lines[i] = line((enum line_kind)seeded_between(&state, LINE_RECURRING, LINE_NOTE), seeded_between(&state, 1, 1000000), seeded_between(&state, 0, 100000000));
            lines[i].discount_ppm = (int32_t)seeded_between(&state, 0, 1000000);
            lines[i].discount_periods = (int32_t)seeded_between(&state, 0, 6);
            lines[i].optional = seeded_between(&state, 0, 3) == 0;
            lines[i].chosen = seeded_between(&state, 0, 1) == 0;
        }
        if (!quote_totals(lines, count, currency_find("EUR"), (struct recurrence){RECURRENCE_MONTH, 1}, &t) ||
            t.today.net_minor != t.period.net_minor + t.once.net_minor || t.period_after.net_minor < t.period.net_minor) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}
