/* tax and totals: which VAT, why, and one rounding per rate. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "core/tax.h"
#include "core/totals.h"
#include "intake/tax_classes.h"
#include "service/taxing.h"
#include "text/phrase.h"
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

/* A class that the place has no rate of: its standard rate, said; never where there is one. */
TEST(tax, a_class_without_a_rate_takes_the_standard_one)
{
    static const char *const classes[] = {"intermediate", "reduced", "super_reduced", "zero"};
    struct tax_facts f = facts("DE", false, false, false, false);
    struct tax_decision d;

    f.oss = true;
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        f.tax_class = classes[i];
        decided(f, TAX_STANDARD, 190000, TAX_REASON_DESTINATION, "DE");
    }
    f.on = ON(2020, 7, 1);
    decided(f, TAX_STANDARD, 160000, TAX_REASON_DESTINATION, "DE"); /* that of the day */
    f = facts("FR", false, false, false, false);
    f.tax_class = "reduced";
    decided(f, TAX_STANDARD, 55000, TAX_REASON_DOMESTIC, "FR");
    f.tax_class = "intermediate"; /* at home too */
    decided(f, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR");
    f = facts("IT", false, false, false, false); /* no rate at all */
    f.oss = true;
    f.tax_class = "reduced";
    CU_ASSERT_FALSE(tax_decide(rates, rate_count, &f, &d));
}

/* What is exempt has no rate wherever one would count; what no rate would count for stays what it is. */
TEST(tax, exempt_activities)
{
    struct tax_facts f = facts("FR", true, true, true, false);
    struct tax_decision d;

    f.tax_class = "exempt_training";
    decided(f, TAX_EXEMPT, 0, TAX_REASON_EXEMPT_TRAINING, "FR");
    f = facts("BE", false, false, false, false);
    f.tax_class = "exempt_insurance";
    decided(f, TAX_EXEMPT, 0, TAX_REASON_EXEMPT_INSURANCE, "FR");
    CU_ASSERT_TRUE(tax_decide(rates, rate_count, &f, &d) && !d.distance); /* art. 59c is about taxed sales */
    f.oss = true;
    decided(f, TAX_EXEMPT, 0, TAX_REASON_EXEMPT_INSURANCE, "BE");
    f = facts("DE", true, true, true, false);
    f.tax_class = "exempt_care";
    decided(f, TAX_REVERSE_CHARGE, 0, TAX_REASON_REVERSE_CHARGE, "DE");
    f.vat_id_checked = false;
    decided(f, TAX_EXEMPT, 0, TAX_REASON_EXEMPT_CARE, "FR");
    f = facts("US", true, false, false, false);
    f.tax_class = "exempt_finance";
    decided(f, TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "US");
    f.seller_country = "US";
    decided(f, TAX_EXEMPT, 0, TAX_REASON_EXEMPT_FINANCE, "US");
    f = facts("FR", false, false, false, false);
    f.tax_class = "exempt_sport";
    f.seller_exempt = true;
    decided(f, TAX_EXEMPT, 0, TAX_REASON_FRANCHISE, "FR");
}

TEST(tax, each_exempt_class_names_its_reason)
{
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_LAST; i++) {
        enum tax_reason reason = (enum tax_reason)i;
        bool exempt = strncmp(tax_reason_name(reason), "exempt_", 7) == 0;

        SAME_NUMBER(tax_exemption(tax_reason_name(reason)), exempt ? reason : 0);
        CU_ASSERT_TRUE(strlen(tax_reason_name(reason)) < TAX_CLASS_BYTES);
        if (exempt) {
            CU_ASSERT_PTR_NOT_NULL(strstr(tax_mention_text(reason), "2006/112/EC"));
            CU_ASSERT_TRUE(strncmp(tax_vatex(reason), "VATEX-EU-13", 11) == 0);
        }
    }
    SAME_NUMBER(tax_exemption("standard"), 0);
    SAME_NUMBER(tax_exemption(""), 0);
    SAME_TEXT(tax_vatex(TAX_REASON_EXEMPT_TRAINING), "VATEX-EU-132-1I");
    SAME_TEXT(tax_vatex(TAX_REASON_EXEMPT_INSURANCE), "VATEX-EU-135-1");
}

/* The classes that forms and files offer are those that core knows, in their order. */
TEST(tax, the_classes_that_are_offered)
{
    for (size_t i = 0; i < RATE_CLASSES; i++)
        SAME_TEXT(tax_class_option[i].value, tax_rate_class[i]);
    CU_ASSERT_PTR_NULL(tax_rate_class[RATE_CLASSES]);
    for (size_t i = RATE_CLASSES; i < TAX_CLASSES; i++) {
        enum tax_reason reason = (enum tax_reason)(TAX_REASON_EXEMPT_HOSPITAL + (int)(i - RATE_CLASSES));

        SAME_TEXT(tax_class_option[i].value, tax_reason_name(reason));
        SAME_TEXT(tax_class_text(tax_class_option[i].value), tax_reason_text(reason));
    }
    SAME_NUMBER(TAX_REASON_EXEMPT_HOSPITAL + TAX_CLASSES - RATE_CLASSES - 1, TAX_REASON_LAST);
    CU_ASSERT_PTR_NULL(tax_class_text("nowhere"));
}

TEST(tax, mentions_of_a_group_are_said_once)
{
    struct arena *arena = arena_new();
    const enum tax_reason reasons[] = {TAX_REASON_EXEMPT_TRAINING, TAX_REASON_EXEMPT_INSURANCE, TAX_REASON_EXEMPT_TRAINING, TAX_REASON_DOMESTIC};
    const char *said = phrase_mentions(arena, reasons, COUNT_OF(reasons));

    CU_ASSERT_PTR_NOT_NULL(strstr(said, "132(1)(i)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "; Exempt from VAT: insurance (article 135(1)(a)"));
    CU_ASSERT_PTR_NULL(strstr(strstr(said, "132(1)(i)") + 1, "132(1)(i)"));
    SAME_TEXT(phrase_mentions(arena, &reasons[3], 1), "");
    arena_free(arena);
}

TEST(tax, a_missing_rate_is_read_back)
{
    struct arena *arena = arena_new();
    const char *tax_class;
    const char *country;

    CU_ASSERT_TRUE_FATAL(tax_missing(arena, "renewing.c:160 no VAT rate: super_reduced IT <- renewing.c:1", &tax_class, &country));
    SAME_TEXT(tax_class, "super_reduced");
    SAME_TEXT(country, "IT");
    CU_ASSERT_FALSE(tax_missing(arena, "no VAT rate: standard", &tax_class, &country));
    CU_ASSERT_FALSE(tax_missing(arena, "no VAT rate: standard I", &tax_class, &country));
    CU_ASSERT_FALSE(tax_missing(arena, "the amount is out of bounds", &tax_class, &country));
    arena_free(arena);
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
