/* tax and totals: which VAT, why, and one rounding per rate. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "core/tax.h"
#include "core/totals.h"
#include "seeded.h"
#include "tax_case.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static struct tax_facts facts(const char *buyer, bool company, bool fits, bool checked, bool goods)
{
    return (struct tax_facts){.seller_country = "FR", .buyer_country = buyer, .tax_class = "standard", .on = ON(2026, 11, 23),
                              .buyer_is_company = company, .vat_id_fits = fits, .vat_id_checked = checked, .goods = goods};
}

TEST(tax, at_home) { decided(facts("FR", true, true, true, false), TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR"); }
TEST(tax, monaco_is_at_home) { decided(facts("MC", true, false, false, false), TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR"); }
TEST(tax, a_service_for_a_checked_business) { decided(facts("DE", true, true, true, false), TAX_REVERSE_CHARGE, 0, TAX_REASON_REVERSE_CHARGE, "DE"); }
TEST(tax, goods_for_a_checked_business) { decided(facts("DE", true, true, true, true), TAX_INTRA_EU_SUPPLY, 0, TAX_REASON_INTRA_EU_SUPPLY, "DE"); }
TEST(tax, a_number_that_nobody_checked_is_charged) { decided(facts("DE", true, true, false, false), TAX_STANDARD, 200000, TAX_REASON_VAT_ID_UNCHECKED, "FR"); }
TEST(tax, a_number_of_another_country_is_charged) { decided(facts("DE", true, false, true, false), TAX_STANDARD, 200000, TAX_REASON_VAT_ID_MISSING, "FR"); }
TEST(tax, a_consumer_below_the_threshold) { decided(facts("BE", false, false, false, false), TAX_STANDARD, 200000, TAX_REASON_ORIGIN, "FR"); }
TEST(tax, goods_that_leave_the_union) { decided(facts("CH", true, false, false, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "CH"); }
TEST(tax, a_service_for_a_business_abroad) { decided(facts("US", true, false, false, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "US"); }
TEST(tax, a_service_for_a_consumer_abroad) { decided(facts("US", false, false, false, false), TAX_STANDARD, 200000, TAX_REASON_ORIGIN, "FR"); }

TEST(tax, a_consumer_at_destination_and_a_small_seller)
{
    struct tax_facts f = facts("BE", false, false, false, false);

    f.oss = true;
    decided(f, TAX_STANDARD, 210000, TAX_REASON_DESTINATION, "BE");
    f = facts("DE", true, true, true, false);
    f.seller_exempt = true;
    decided(f, TAX_EXEMPT, 0, TAX_REASON_FRANCHISE, "FR");
    f = facts("FR", true, true, true, false);
    f.tax_class = "zero";
    decided(f, TAX_ZERO, 0, TAX_REASON_DOMESTIC, "FR");
}

/* Germany charged 16 % in the second half of 2020. */
TEST(tax, the_rate_of_the_day)
{
    int32_t rate;

    CU_ASSERT_TRUE(tax_rate_on(rates, rate_count, "DE", "standard", ON(2020, 6, 30), &rate));
    SAME_NUMBER(rate, 190000);
    CU_ASSERT_TRUE(tax_rate_on(rates, rate_count, "DE", "standard", ON(2020, 7, 1), &rate));
    SAME_NUMBER(rate, 160000);
    CU_ASSERT_TRUE(tax_rate_on(rates, rate_count, "DE", "standard", ON(2020, 12, 31), &rate));
    SAME_NUMBER(rate, 160000);
    CU_ASSERT_TRUE(tax_rate_on(rates, rate_count, "DE", "standard", ON(2021, 1, 1), &rate));
    SAME_NUMBER(rate, 190000);
    CU_ASSERT_FALSE(tax_rate_on(rates, rate_count, "DE", "standard", ON(2000, 1, 1), &rate));
    CU_ASSERT_FALSE(tax_rate_on(rates, rate_count, "DE", "reduced", ON(2026, 1, 1), &rate));
}

/* The rows come from a table: in whatever order they stand, the newest of the longest beginning counts. */
TEST(tax, the_order_of_the_rows_changes_nothing)
{
    const struct tax_rate rows[] = {
        {.country = "FR", .tax_class = "standard", .from_on = ON(2014, 1, 1), .rate_ppm = 200000},
        {.country = "FR", .tax_class = "standard", .from_on = ON(2000, 4, 1), .rate_ppm = 196000},
        {.country = "FR", .tax_class = "standard", .from_on = ON(1995, 1, 1), .rate_ppm = 85000, .postal_from = "971", .postal_until = "972"},
        {.country = "FR", .tax_class = "standard", .from_on = ON(2020, 1, 1), .rate_ppm = 210000},
    };
    int32_t rate;

    CU_ASSERT_TRUE(tax_rate_at(rows, 4, "FR", "69001", "standard", ON(2019, 1, 1), &rate));
    SAME_NUMBER(rate, 200000);
    CU_ASSERT_TRUE(tax_rate_at(rows, 4, "FR", "69001", "standard", ON(2001, 1, 1), &rate));
    SAME_NUMBER(rate, 196000);
    CU_ASSERT_TRUE(tax_rate_at(rows, 4, "FR", "69001", "standard", ON(2021, 1, 1), &rate));
    SAME_NUMBER(rate, 210000);
    CU_ASSERT_TRUE(tax_rate_at(rows, 4, "FR", "97110", "standard", ON(2021, 1, 1), &rate));
    SAME_NUMBER(rate, 85000);
}

TEST(tax, without_a_rate_nothing_is_decided)
{
    struct tax_facts f = facts("FR", true, true, true, false);
    struct tax_decision d;

    f.tax_class = "nowhere";
    CU_ASSERT_FALSE(tax_decide(rates, rate_count, &f, &d));
    f = facts("IT", false, false, false, false);
    f.oss = true;
    CU_ASSERT_FALSE(tax_decide(rates, rate_count, &f, &d));
}

TEST(tax, words_codes_and_mentions)
{
    for (int i = TAX_STANDARD; i <= TAX_OUTSIDE_SCOPE; i++)
        SAME_NUMBER(tax_category_from_code(tax_category_code((enum tax_category)i)), i);
    SAME_NUMBER(tax_category_from_code("X"), 0);
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_FRANCHISE; i++) {
        SAME_NUMBER(tax_reason_from_name(tax_reason_name((enum tax_reason)i)), i);
        CU_ASSERT_TRUE(tax_reason_text((enum tax_reason)i)[0] != '\0');
    }
    SAME_NUMBER(tax_reason_from_name("why"), 0);
    SAME_TEXT(tax_mention_text(TAX_REASON_DOMESTIC), "");
    CU_ASSERT_PTR_NOT_NULL(strstr(tax_mention_text(TAX_REASON_REVERSE_CHARGE), "196"));
}

/* Three lines of 0.33 at 20 %: 0.20 on their sum, not three times 0.07. */
TEST(totals, vat_is_rounded_once_per_rate)
{
    struct totals t = {0};

    for (int i = 0; i < 3; i++)
        CU_ASSERT_TRUE(totals_add(&t, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, 33));
    SAME_NUMBER(t.net_minor, 99);
    SAME_NUMBER(t.vat_minor, 20);
    SAME_NUMBER(t.gross_minor, 119);
    CU_ASSERT_TRUE(totals_add(&t, TAX_STANDARD, 55000, TAX_REASON_DOMESTIC, 1000));
    SAME_NUMBER(t.group_count, 2);
    SAME_NUMBER(t.vat_minor, 75);
    CU_ASSERT_TRUE(totals_add(&t, TAX_REVERSE_CHARGE, 0, TAX_REASON_REVERSE_CHARGE, 1000));
    SAME_NUMBER(t.vat_minor, 75);
    SAME_NUMBER(t.group_count, 3);
}

TEST(totals, what_does_not_fit_changes_nothing)
{
    struct totals t = {0};
    struct totals before;

    CU_ASSERT_TRUE(totals_add(&t, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, 100));
    before = t;
    CU_ASSERT_FALSE(totals_add(&t, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, MONEY_MAX));
    CU_ASSERT_EQUAL(memcmp(&t, &before, sizeof t), 0);
    for (int i = 1; i < TOTALS_GROUPS_MAX; i++)
        CU_ASSERT_TRUE(totals_add(&t, TAX_STANDARD, 1000 * i, TAX_REASON_DOMESTIC, 1));
    before = t;
    CU_ASSERT_FALSE(totals_add(&t, TAX_STANDARD, 999, TAX_REASON_DOMESTIC, 1));
    CU_ASSERT_EQUAL(memcmp(&t, &before, sizeof t), 0);
}

TEST(totals, the_order_of_the_lines_changes_no_amount)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        static const int32_t rate[] = {200000, 100000, 55000, 21000, 0};
        uint64_t state = seed;
        struct totals forth = {0};
        struct totals back = {0};
        int64_t net[30];
        int which[30];
        int count = (int)seeded_between(&state, 1, 30);

        for (int i = 0; i < count; i++) {
            which[i] = (int)seeded_between(&state, 0, 4);
            net[i] = seeded_between(&state, -100000, 1000000);
            CU_ASSERT_TRUE(totals_add(&forth, TAX_STANDARD, rate[which[i]], TAX_REASON_DOMESTIC, net[i]));
        }
        for (int i = count - 1; i >= 0; i--)
            CU_ASSERT_TRUE(totals_add(&back, TAX_STANDARD, rate[which[i]], TAX_REASON_DOMESTIC, net[i]));
        if (forth.net_minor != back.net_minor || forth.vat_minor != back.vat_minor || forth.gross_minor != forth.net_minor + forth.vat_minor) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}
