/* proration: the worked money cases of the product (5.3) by name, and what always holds. */
#include "test.h"

#include "core/date.h"
#include "core/proration.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

TEST(proration, P01_nine_of_31_days) { SAME_NUMBER(proration_share(2495, (struct period){ON(2021, 8, 25), ON(2021, 9, 25)}, ON(2021, 9, 16)), 724); }
TEST(proration, P02_22_of_30_days) { SAME_NUMBER(proration_share(2495, (struct period){ON(2021, 9, 17), ON(2021, 10, 17)}, ON(2021, 9, 25)), 1830); }
TEST(proration, P05_an_addition_of_20_of_30_days) { SAME_NUMBER(proration_share(1795, (struct period){ON(2021, 9, 20), ON(2021, 10, 20)}, ON(2021, 9, 30)), 1197); }

TEST(proration, days_are_a_share_of_a_period_that_is_longer)
{
    const struct period july = {ON(2026, 7, 1), ON(2026, 8, 1)};

    SAME_NUMBER(period_share_of((struct period){ON(2026, 7, 15), ON(2026, 8, 1)}, july), 31);
    SAME_NUMBER(period_share_of((struct period){ON(2026, 7, 31), ON(2026, 8, 1)}, july), 31);
    SAME_NUMBER(period_share_of(july, july), 0);
    SAME_NUMBER(period_share_of((struct period){ON(2026, 7, 15), ON(2026, 7, 15)}, july), 0);
    SAME_NUMBER(period_share_of(PERIOD_NONE, july), 0);
    SAME_NUMBER(period_share_of(july, PERIOD_NONE), 0);
    SAME_NUMBER(period_share_of(july, (struct period){ON(2026, 7, 1), ON(2026, 7, 1)}), 0);
}

TEST(proration, P06_two_prices_in_arrears)
{
    const struct period january = {ON(2026, 1, 1), ON(2026, 2, 1)};

    SAME_NUMBER(proration_part(10000, january, (struct period){ON(2026, 1, 1), ON(2026, 1, 15)}), 4516);
    SAME_NUMBER(proration_part(20000, january, (struct period){ON(2026, 1, 15), ON(2026, 2, 1)}), 10968);
}

TEST(proration, P07_aligned_to_the_month) { SAME_NUMBER(proration_share(3100, (struct period){ON(2026, 7, 1), ON(2026, 8, 1)}, ON(2026, 7, 15)), 1700); }
TEST(proration, P09_three_more_from_the_28th) { SAME_NUMBER(proration_share(3600, (struct period){ON(2026, 1, 15), ON(2026, 2, 15)}, ON(2026, 1, 28)), 2090); }

TEST(proration, P11_an_upgrade_now)
{
    const struct period p = {ON(2026, 1, 15), ON(2026, 2, 15)};
    int64_t credit = proration_credit(2900, p, ON(2026, 1, 28));
    int64_t charge = proration_share(7900, p, ON(2026, 1, 28));

    SAME_NUMBER(credit, 1684);
    SAME_NUMBER(charge, 4587);
    SAME_NUMBER(charge - credit, 2903);
    SAME_NUMBER(29000 - credit, 27316); /* P16: to the yearly plan */
}

TEST(proration, P12_a_year_left_early)
{
    const struct period year = {ON(2026, 3, 1), ON(2027, 3, 1)};

    SAME_NUMBER(proration_credit(120000, year, ON(2026, 7, 20)), 73644);
    SAME_NUMBER(proration_share(240000, year, ON(2026, 7, 20)) - proration_credit(120000, year, ON(2026, 7, 20)), 73644);
}

/* What was invoiced comes back, never the list price. */
TEST(proration, P14_of_a_promotion_half_comes_back) { SAME_NUMBER(proration_credit(5000, (struct period){0, 30}, 10), 3333); }

TEST(proration, P24_quantities_in_arrears_sum_exactly)
{
    const int64_t full[] = {10000, 20000, 30000};
    const int32_t days[] = {10, 11, 10};
    int64_t parts[3];

    proration_parts(full, days, 3, 31, parts);
    SAME_NUMBER(parts[0], 3226);
    SAME_NUMBER(parts[1], 7097);
    SAME_NUMBER(parts[2], 9677);
}

/* Credits are shared like charges: the same parts with the other sign. */
TEST(proration, negative_amounts_mirror_positive_ones)
{
    const int64_t full[] = {-10000, -20000, -30000};
    const int32_t days[] = {10, 11, 10};
    int64_t parts[3];

    proration_parts(full, days, 3, 31, parts);
    SAME_NUMBER(parts[0], -3226);
    SAME_NUMBER(parts[1], -7097);
    SAME_NUMBER(parts[2], -9677);
}

TEST(proration, at_the_ends)
{
    const struct period p = {100, 131};

    SAME_NUMBER(proration_share(999, p, 100), 999);
    SAME_NUMBER(proration_share(999, p, 131), 0);
    SAME_NUMBER(proration_credit(999, p, 100), 999);
    SAME_NUMBER(proration_credit(999, p, 131), 0);
    SAME_NUMBER(proration_credit(999, p, 90), 999); /* before it began: all of it */
    SAME_NUMBER(proration_credit(999, p, 200), 0);
    SAME_NUMBER(proration_part(999, p, (struct period){110, 110}), 0);
}

TEST(proration, credit_and_what_is_kept_are_what_was_invoiced_and_shares_fall)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        int64_t amount = seeded_between(&state, 0, 100000000);
        struct period p = {0, (int32_t)seeded_between(&state, 1, 1100)};
        int64_t before = amount;
        int64_t sum = 0;
        int64_t full[366];
        int32_t days[366];
        int64_t parts[366];
        size_t count = 0;

        for (int32_t on = 0; on <= p.until_on; on += 1 + (int32_t)seeded_between(&state, 0, 40)) {
            int64_t credit = proration_credit(amount, p, on);
            int64_t kept = proration_part(amount, p, (struct period){0, on});

            /* each is rounded by itself: only two exact halves, both away from zero, are a unit more than what was invoiced */
            bool halves = 2 * (amount * (p.until_on - on) % p.until_on) == p.until_on;

            if (credit > before || credit < 0 || credit + kept != amount + halves) {
                SAME_NUMBER(seed, -1);
                return;
            }
            before = credit;
        }
        /* any partition of the period into priced parts gives the full price back */
        for (int32_t left = p.until_on > 366 ? 366 : p.until_on; left > 0; left -= days[count - 1]) {
            days[count] = (int32_t)seeded_between(&state, 1, left);
            full[count++] = amount;
        }
        if (p.until_on <= 366) {
            proration_parts(full, days, count, p.until_on, parts);
            for (size_t i = 0; i < count; i++)
                sum += parts[i];
            if (sum != amount) {
                SAME_NUMBER(sum, amount);
                return;
            }
        }
    }
}
