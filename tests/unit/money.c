/* money: rounding has one place, bounds have no hole, shares always add up. */
#include "test.h"

#include "core/money.h"
#include "seeded.h"

TEST(money, half_goes_away_from_zero)
{
    SAME_NUMBER(money_scale(5, 1, 10, ROUND_HALF_AWAY), 1);
    SAME_NUMBER(money_scale(-5, 1, 10, ROUND_HALF_AWAY), -1);
    SAME_NUMBER(money_scale(4, 1, 10, ROUND_HALF_AWAY), 0);
    SAME_NUMBER(money_scale(-4, 1, 10, ROUND_HALF_AWAY), 0);
    SAME_NUMBER(money_scale(15, 1, 10, ROUND_HALF_AWAY), 2);
    SAME_NUMBER(money_scale(19, 1, 10, ROUND_DOWN), 1);
    SAME_NUMBER(money_scale(-19, 1, 10, ROUND_DOWN), -1);
    SAME_NUMBER(money_scale(10280, 200000, 1000000, ROUND_HALF_AWAY), 2056); /* 20 % of 102.80 */
    SAME_NUMBER(money_scale(3333, 55000, 1000000, ROUND_HALF_AWAY), 183);    /* 5.5 % of 33.33: 1.83315 */
}

TEST(money, what_leaves_the_bounds_is_refused_not_wrapped)
{
    int64_t result = 7;

    CU_ASSERT_TRUE(money_scale_checked(MONEY_MAX, 1, 1, ROUND_HALF_AWAY, &result));
    SAME_NUMBER(result, MONEY_MAX);
    CU_ASSERT_FALSE(money_scale_checked(MONEY_MAX, 2, 1, ROUND_HALF_AWAY, &result));
    CU_ASSERT_FALSE(money_scale_checked(-MONEY_MAX, 2, 1, ROUND_HALF_AWAY, &result));
    CU_ASSERT_FALSE(money_scale_checked(INT64_MAX, INT64_MAX, 1, ROUND_DOWN, &result));
    CU_ASSERT_TRUE(money_scale_checked(INT64_MAX, INT64_MAX, INT64_MAX, ROUND_DOWN, &result) == (INT64_MAX <= MONEY_MAX));
    CU_ASSERT_TRUE(money_scale_checked(MONEY_MAX, INT64_MAX, INT64_MAX, ROUND_HALF_AWAY, &result));
    SAME_NUMBER(result, MONEY_MAX);
}

TEST(money, currencies)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(currency_find("EUR"));
    SAME_NUMBER(currency_find("EUR")->digits, 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(currency_find("JPY"));
    SAME_NUMBER(currency_find("JPY")->digits, 0);
    CU_ASSERT_PTR_NULL(currency_find("eur"));
    CU_ASSERT_PTR_NULL(currency_find(""));
    CU_ASSERT_PTR_NULL(currency_find("EURO"));
}

TEST(money, scaling_is_odd_and_never_off_by_more_than_half)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        int64_t value = seeded_between(&state, 0, 1000000000);
        int64_t numerator = seeded_between(&state, 0, 1000000);
        int64_t denominator = seeded_between(&state, 1, 1000000);
        int64_t up = money_scale(value, numerator, denominator, ROUND_HALF_AWAY);
        int64_t down = money_scale(value, numerator, denominator, ROUND_DOWN);
        int64_t rest = value * numerator - up * denominator; /* fits: 10^15 */

        if (money_scale(-value, numerator, denominator, ROUND_HALF_AWAY) != -up || rest * 2 > denominator || -rest * 2 > denominator ||
            down > up || up - down > 1) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(money, a_split_always_adds_up_and_is_fair)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        size_t count = (size_t)seeded_between(&state, 1, 40);
        int64_t total = seeded_between(&state, -1000000, 1000000);
        int64_t weights[40];
        int64_t shares[40];
        int64_t weight_sum = 0;
        int64_t sum = 0;

        for (size_t i = 0; i < count; i++)
            weight_sum += weights[i] = seeded_between(&state, i == 0 ? 1 : 0, 1000);
        money_split(total, weights, count, shares);
        for (size_t i = 0; i < count; i++) {
            int64_t exact_down = total * weights[i] / weight_sum; /* towards zero */

            sum += shares[i];
            if (shares[i] - exact_down > 1 || exact_down - shares[i] > 1 || (weights[i] == 0 && shares[i] != 0)) {
                SAME_NUMBER(seed, -1);
                return;
            }
        }
        if (sum != total) {
            SAME_NUMBER(sum, total);
            return;
        }
    }
}

TEST(money, a_split_gives_the_rest_to_the_largest_remainder_then_the_earlier)
{
    const int64_t thirds[] = {1, 1, 1};
    const int64_t uneven[] = {1, 2, 1};
    int64_t shares[3];

    money_split(100, thirds, 3, shares);
    SAME_NUMBER(shares[0], 34);
    SAME_NUMBER(shares[2], 33);
    money_split(10, uneven, 3, shares); /* 2.5, 5, 2.5 */
    SAME_NUMBER(shares[0], 3);
    SAME_NUMBER(shares[1], 5);
    SAME_NUMBER(shares[2], 2);
    money_split(-100, thirds, 3, shares);
    SAME_NUMBER(shares[0] + shares[1] + shares[2], -100);
}

TEST(money, a_currency_that_is_not_known_has_two_decimals)
{
    char text[MONEY_PLAIN_BYTES];

    SAME_TEXT(money_plain(-1250, "XXX", '.', text), "-12.50");
}
