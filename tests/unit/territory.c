/* territory: addresses whose VAT is not their country's, and the decisions that follow from them. */
#include "test.h"

#include <string.h>

#include "core/country.h"
#include "core/date.h"
#include "core/tax.h"
#include "core/territory.h"
#include "tax_case.h"

#define ON(y, m, d) date_from_civil(y, m, d)

TEST(territory, by_country_and_postal_code)
{
    static const struct {
        const char *country, *postal, *area, *state;
        bool services, goods, without;
    } row[] = {
        {"FR", "75001", "FR", "FR", true, true, false},    {"FR", "20000", "FR", "FR", true, true, false},
        {"FR", "97110", "GP", "FR", false, false, false},  {"FR", "97 200", "MQ", "FR", false, false, false},
        {"FR", "97410", "RE", "FR", false, false, false},  {"RE", "97410", "RE", "FR", false, false, false},
        {"GP", "", "GP", "FR", false, false, false},       {"MQ", "", "MQ", "FR", false, false, false},
        {"FR", "97300", "GF", "FR", false, false, true},   {"GF", "", "GF", "FR", false, false, true},
        {"FR", "97600", "YT", "FR", false, false, true},   {"YT", "", "YT", "FR", false, false, true},
        {"FR", "97133", "BL", "BL", false, false, false},  {"FR", "97150", "MF", "MF", false, false, false},
        {"GP", "97150", "MF", "MF", false, false, false},  {"FR", "97500", "PM", "PM", false, false, false},
        {"FR", "98600", "WF", "WF", false, false, false},  {"FR", "98713", "PF", "PF", false, false, false},
        {"FR", "98800", "NC", "NC", false, false, false},  {"NC", "98800", "NC", "NC", false, false, false},
        {"MC", "98000", "FR", "FR", true, true, false},    {"FR", "98000", "FR", "FR", true, true, false},
        {"ES", "35001", "IC", "IC", false, false, false},  {"ES", "38001", "IC", "IC", false, false, false},
        {"ES", "51001", "EA", "EA", false, false, false},  {"ES", "52001", "EA", "EA", false, false, false},
        {"ES", "28001", "ES", "ES", true, true, false},    {"FI", "22100", "AX", "AX", false, false, false},
        {"FI", "00100", "FI", "FI", true, true, false},    {"AX", "22100", "AX", "AX", false, false, false},
        {"GR", "63086", "XA", "XA", false, false, false},  {"GR", "10431", "GR", "GR", true, true, false},
        {"DE", "78266", "CH", "CH", false, false, false},  {"DE", "27498", "XH", "XH", false, false, false},
        {"DE", "10115", "DE", "DE", true, true, false},    {"IT", "23041", "XL", "XL", false, false, false},
        {"IT", "22061", "XC", "XC", false, false, false},  {"IT", "00118", "IT", "IT", true, true, false},
        {"GB", "bt1 5gs", "GB", "GB", false, true, false}, {"GB", "SW1A 1AA", "GB", "GB", false, false, false},
        {"IM", "IM1 1AA", "GB", "GB", false, false, false}, {"SM", "47890", "SM", "SM", false, false, false},
        {"VA", "00120", "VA", "VA", false, false, false},  {"US", "10001", "US", "US", false, false, false},
        {"PT", "9000-001", "PT", "PT", true, true, false}, {"FR", "", "FR", "FR", true, true, false},
        {"LI", "9490", "CH", "CH", false, false, false},   {"AT", "6991", "AT", "AT", true, true, false},
        {"JE", "JE2 3AB", "JE", "JE", false, false, false}, {"NO", "0150", "NO", "NO", false, false, false},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct territory t;

        territory_of(row[i].country, row[i].postal, &t);
        if (strcmp(t.area, row[i].area) != 0 || strcmp(t.state, row[i].state) != 0 || t.eu_services != row[i].services ||
            t.eu_goods != row[i].goods || t.without_vat != row[i].without) {
            SAME_TEXT(t.area, row[i].area);
            SAME_TEXT(row[i].country, row[i].postal);
        }
    }
}

TEST(territory, postal_codes_compare_by_their_beginning)
{
    char key[POSTAL_KEY_BYTES];

    postal_key(" sw1a-1aa / 12345678 ", key);
    SAME_TEXT(key, "SW1A1AA123");
    postal_key("é~[", key);
    SAME_TEXT(key, "");
    CU_ASSERT_TRUE(postal_within("90210", "900", "961"));
    CU_ASSERT_TRUE(postal_within("96162", "900", "961"));
    CU_ASSERT_FALSE(postal_within("96200", "900", "961"));
    CU_ASSERT_FALSE(postal_within("89999", "900", "961"));
    CU_ASSERT_FALSE(postal_within("90", "900", "961"));
    CU_ASSERT_TRUE(postal_within("", "", ""));
}

struct place {
    const char *country, *postal;
};

static struct tax_facts sale(struct place seller, struct place buyer, bool company, bool goods)
{
    return (struct tax_facts){.seller_country = seller.country, .seller_postal = seller.postal, .buyer_country = buyer.country,
                              .buyer_postal = buyer.postal, .tax_class = "standard", .on = ON(2026, 11, 26),
                              .buyer_is_company = company, .goods = goods};
}

static const struct place paris = {"FR", "75001"}, reunion = {"FR", "97400"}, guyane = {"FR", "97300"}, berlin = {"DE", "10115"},
                          belfast = {"GB", "BT1 5GS"}, canary = {"ES", "35001"}, zurich = {"CH", "8001"},
                          ajaccio = {"FR", "20000"}, funchal = {"PT", "9000-001"}, lisbon = {"PT", "1000-001"},
                          texas = {"US", "75001"}, beverly_hills = {"US", "90210"}, fresno = {"US", "93650-1234"};

TEST(tax, overseas_departments_of_france)
{
    decided(sale(paris, reunion, true, false), TAX_STANDARD, 85000, TAX_REASON_TERRITORY, "RE");
    decided(sale(paris, reunion, false, false), TAX_STANDARD, 85000, TAX_REASON_TERRITORY, "RE");
    decided(sale(paris, reunion, true, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "RE");
    decided(sale(paris, guyane, true, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_NO_VAT_THERE, "GF");
    decided(sale(paris, guyane, false, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "GF");
    decided(sale(reunion, reunion, true, true), TAX_STANDARD, 85000, TAX_REASON_DOMESTIC, "RE");
    decided(sale(reunion, paris, true, false), TAX_STANDARD, 200000, TAX_REASON_TERRITORY, "FR");
    decided(sale(guyane, guyane, true, true), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_NO_VAT_THERE, "GF");
    decided(sale(berlin, reunion, true, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "RE");
}

TEST(tax, parts_with_rates_of_their_own)
{
    struct tax_facts f = sale(paris, ajaccio, false, true);

    decided(f, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR");
    f.tax_class = "super_reduced";
    decided(f, TAX_STANDARD, 9000, TAX_REASON_DOMESTIC, "FR");
    f.buyer_postal = "75001";
    decided(f, TAX_STANDARD, 21000, TAX_REASON_DOMESTIC, "FR");
    decided(sale(lisbon, funchal, true, false), TAX_STANDARD, 220000, TAX_REASON_DOMESTIC, "PT");
    decided(sale(funchal, lisbon, true, false), TAX_STANDARD, 230000, TAX_REASON_DOMESTIC, "PT");
}

TEST(tax, switzerland_with_liechtenstein_and_buesingen)
{
    static const struct place vaduz = {"LI", "9490"}, buesingen = {"DE", "78266"};

    decided(sale(zurich, vaduz, true, true), TAX_STANDARD, 81000, TAX_REASON_DOMESTIC, "CH");
    decided(sale(vaduz, zurich, false, false), TAX_STANDARD, 81000, TAX_REASON_DOMESTIC, "CH");
    decided(sale(zurich, buesingen, false, true), TAX_STANDARD, 81000, TAX_REASON_DOMESTIC, "CH");
    decided(sale(berlin, buesingen, true, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "CH");
    decided(sale(berlin, buesingen, false, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "CH");
    decided(sale(paris, vaduz, true, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "CH");
}

TEST(tax, two_places_of_austria_pay_19_percent)
{
    static const struct place vienna = {"AT", "1010"}, jungholz = {"AT", "6691"};

    decided(sale(vienna, jungholz, false, true), TAX_STANDARD, 190000, TAX_REASON_DOMESTIC, "AT");
    decided(sale(jungholz, vienna, false, true), TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "AT");
}

TEST(tax, outside_the_union_though_of_a_member_state)
{
    decided(sale(paris, canary, true, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "IC");
    decided(sale(paris, canary, false, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "IC");
    decided(sale(paris, canary, false, false), TAX_STANDARD, 200000, TAX_REASON_ORIGIN, "FR");
}

TEST(tax, northern_ireland_is_in_the_union_for_goods)
{
    struct tax_facts f = sale(paris, belfast, true, true);

    decided(f, TAX_STANDARD, 200000, TAX_REASON_VAT_ID_MISSING, "FR");
    f.vat_id_fits = f.vat_id_checked = true;
    decided(f, TAX_INTRA_EU_SUPPLY, 0, TAX_REASON_INTRA_EU_SUPPLY, "GB");
    f.goods = false;
    decided(f, TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "GB");
    f = sale(paris, belfast, false, true);
    f.oss = true;
    decided(f, TAX_STANDARD, 200000, TAX_REASON_DESTINATION, "GB");
}

TEST(tax, a_seller_outside_the_union)
{
    struct tax_facts f = sale(zurich, berlin, false, false);

    decided(f, TAX_STANDARD, 81000, TAX_REASON_ORIGIN, "CH");
    f.oss = true;
    decided(f, TAX_STANDARD, 190000, TAX_REASON_DESTINATION, "DE");
    f = sale(zurich, berlin, true, false);
    f.vat_id_fits = f.vat_id_checked = true;
    decided(f, TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "DE");
    decided(sale(zurich, berlin, false, true), TAX_EXPORT, 0, TAX_REASON_EXPORT, "DE");
}

/* The longest beginning of a postal code that fits counts, and of its rows the newest. */
TEST(tax, sales_tax_by_state_and_postal_code)
{
    struct tax_facts f = sale(texas, fresno, false, false);

    decided(f, TAX_STANDARD, 75000, TAX_REASON_SALES_TAX, "US");
    f.on = ON(2023, 12, 31);
    decided(f, TAX_STANDARD, 72500, TAX_REASON_SALES_TAX, "US");
    decided(sale(texas, beverly_hills, true, true), TAX_STANDARD, 95000, TAX_REASON_SALES_TAX, "US");
    decided(sale(beverly_hills, texas, false, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_NO_SALES_TAX, "US");
    decided(sale(texas, paris, false, false), TAX_OUTSIDE_SCOPE, 0, TAX_REASON_OUTSIDE_EU, "FR");
    f.tax_class = "reduced"; /* no place of the table has one */
    decided(f, TAX_STANDARD, 72500, TAX_REASON_SALES_TAX, "US");
    f.tax_class = "nowhere";
    {
        struct tax_decision d;

        CU_ASSERT_FALSE(tax_decide(rates, rate_count, &f, &d));
    }
}

TEST(tax, only_consumers_of_other_member_states_count_for_the_threshold)
{
    static const struct {
        const struct place *seller, *buyer;
        bool company, goods, counts;
    } row[] = {{&paris, &berlin, false, false, true},  {&paris, &berlin, false, true, true},   {&paris, &berlin, true, false, false},
               {&paris, &paris, false, false, false},  {&paris, &zurich, false, false, false}, {&paris, &canary, false, false, false},
               {&paris, &belfast, false, true, true},  {&paris, &belfast, false, false, false}, {&paris, &reunion, false, false, false},
               {&zurich, &berlin, false, false, false}};

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct tax_facts f = sale(*row[i].seller, *row[i].buyer, row[i].company, row[i].goods);
        struct tax_decision d;

        CU_ASSERT_TRUE(tax_decide(rates, rate_count, &f, &d));
        if (d.distance != row[i].counts)
            SAME_NUMBER(i, -1);
    }
}

/* VAT-02: the sale that takes the year above 10,000.00 takes the customer's rate; so does the year after. */
TEST(tax, threshold_at_9999_99_and_10000_00_and_10000_01)
{
    CU_ASSERT_FALSE(distance_at_destination(0, 900000, 99999));  /*  9,999.99 */
    CU_ASSERT_FALSE(distance_at_destination(0, 900000, 100000)); /* 10,000.00 */
    CU_ASSERT_TRUE(distance_at_destination(0, 900000, 100001));  /* 10,000.01 */
    CU_ASSERT_TRUE(distance_at_destination(0, 1000001, 0));
    CU_ASSERT_FALSE(distance_at_destination(1000000, 0, 1));
    CU_ASSERT_TRUE(distance_at_destination(1000001, 0, 1));
    CU_ASSERT_FALSE(distance_at_destination(0, 1000100, -200)); /* a credit takes it back under */
}

TEST(tax, codes_of_why_no_vat_is_charged)
{
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_LAST; i++) {
        enum tax_reason reason = (enum tax_reason)i;

        SAME_NUMBER(tax_reason_from_name(tax_reason_name(reason)), i);
        CU_ASSERT_TRUE(tax_reason_text(reason)[0] != '\0');
        /* A mention explains a line without VAT; sales tax has none that Europe asks for. */
        if (reason != TAX_REASON_NO_SALES_TAX)
            CU_ASSERT_EQUAL(tax_vatex(reason)[0] == '\0', tax_mention_text(reason)[0] == '\0');
    }
    SAME_TEXT(tax_vatex(TAX_REASON_REVERSE_CHARGE), "VATEX-EU-AE");
    SAME_TEXT(tax_vatex(TAX_REASON_FRANCHISE), "VATEX-FR-FRANCHISE");
    SAME_TEXT(tax_vatex((enum tax_reason)99), "");
    SAME_TEXT(tax_vatex((enum tax_reason)0), "");
    SAME_TEXT(tax_reason_text((enum tax_reason)99), "");
    SAME_TEXT(tax_mention_text((enum tax_reason)99), "");
}
