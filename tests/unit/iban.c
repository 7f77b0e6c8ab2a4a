/* iban: account numbers, bank codes and creditor identifiers as people type them, by the examples of their registries. */
#include "test.h"

#include <string.h>

#include "core/iban.h"
#include "core/mod97.h"
#include "seeded.h"

TEST(iban, ibans_as_people_type_them)
{
    static const struct {
        const char *typed;
        enum iban_verdict verdict;
    } row[] = {
        {"FR7630006000011234567890189", IBAN_WELL_FORMED}, {"FR7630006000011234567890188", IBAN_WRONG_CHECK_DIGITS},
        {"fr76 3000 6000 0112 3456 7890 189", IBAN_WELL_FORMED}, {"IBAN FR76\xC2\xA0""3000 6000 0112 3456 7890 189", IBAN_WELL_FORMED},
        {"MT84MALT011000012345MTLCAST001S", IBAN_WELL_FORMED}, {"mt84malt011000012345mtlcast001s", IBAN_WELL_FORMED},
        {"FR8830006000011234567890189", IBAN_WRONG_CHECK_DIGITS}, {"FR763000600001123456789018", IBAN_WRONG_LENGTH},
        {"FR76300060000112345678901890", IBAN_WRONG_LENGTH}, {"FR76A0006000011234567890189", IBAN_WRONG_SHAPE},
        {"ZZ7630006000011234567890189", IBAN_UNKNOWN_COUNTRY}, {"", IBAN_EMPTY}, {"  ", IBAN_EMPTY}, {"F", IBAN_UNKNOWN_COUNTRY},
        {"FR76-3000-6000-0112-3456-7890-189", IBAN_WRONG_CHARACTERS}, {"DE00370400440532013000", IBAN_WRONG_CHECK_DIGITS},
        {"BR1500000000000010932840814P2", IBAN_OUTSIDE_SEPA}, {"CH9300762011623852957", IBAN_WELL_FORMED},
        {"FR76\xE2\x80\xAF""3000\xE2\x80\xAF""6000 0112 3456 7890 189", IBAN_WELL_FORMED}, {"NL91ABN00417164300", IBAN_WRONG_SHAPE},
        {"FRA630006000011234567890189", IBAN_WRONG_SHAPE}, {"FR7A30006000011234567890189", IBAN_WRONG_SHAPE},
        {"{FR76}30006000011234567890189", IBAN_WRONG_CHARACTERS},
    };
    char iban[IBAN_BYTES], text[IBAN_GROUPED_BYTES];

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        CU_ASSERT_TRUE(iban_normalise(row[i].typed, iban));
        if (iban_verdict_sepa(iban) != row[i].verdict) {
            SAME_TEXT(row[i].typed, iban_verdict_text(iban_verdict_sepa(iban)));
            SAME_NUMBER(iban_verdict_sepa(iban), row[i].verdict);
        }
    }
    CU_ASSERT_FALSE(iban_normalise("FR76300060000112345678901890000000000", iban));
    CU_ASSERT_FALSE(iban_normalise("IBAN FR76 3000 6000 0112 3456 7890 1890 0000 0000 0000", iban));
    CU_ASSERT_EQUAL(iban_verdict("FR76300060000112345678901890000000000"), IBAN_WRONG_CHARACTERS); /* 37 of them, as nobody has cut them */
    SAME_TEXT(iban_grouped("FR763000600001123456789018900000000000000", text), "FR76 3000 6000 0112 3456 7890 1890 0000 00"); /* cut, whatever comes */
    SAME_TEXT(iban_grouped("FR7630006000011234567890189", text), "FR76 3000 6000 0112 3456 7890 189");
    SAME_TEXT(iban_masked("FR7630006000011234567890189", text), "FR76 \xE2\x80\xA6 0189");
    SAME_TEXT(iban_masked("", text), "");
}

/* ISO 13616: check digits are 02 to 98, though 99, 00 and 01 divide as 02, 97 and 98 do. */
TEST(iban, check_digits_that_are_never_given_out_are_refused)
{
    static const char *const pair[][2] = {{"DE02370400440000000024", "DE99370400440000000024"},
                                          {"DE97370400440000000060", "DE00370400440000000060"},
                                          {"DE98370400440000000042", "DE01370400440000000042"}};

    for (size_t i = 0; i < COUNT_OF(pair); i++) {
        CU_ASSERT_EQUAL(iban_verdict(pair[i][0]), IBAN_WELL_FORMED);
        CU_ASSERT_EQUAL(iban_verdict(pair[i][1]), IBAN_WRONG_CHECK_DIGITS);
    }
}

TEST(iban, each_refusal_has_its_words)
{
    SAME_TEXT(iban_verdict_text(IBAN_WELL_FORMED), "");
    SAME_TEXT(iban_verdict_text((enum iban_verdict)99), "");
    for (int i = IBAN_EMPTY; i <= IBAN_OUTSIDE_SEPA; i++)
        for (int k = IBAN_WELL_FORMED; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(iban_verdict_text((enum iban_verdict)i), iban_verdict_text((enum iban_verdict)k));
    SAME_TEXT(creditor_id_verdict_text(CREDITOR_ID_WELL_FORMED), "");
    SAME_TEXT(creditor_id_verdict_text((enum creditor_id_verdict)99), "");
    for (int i = CREDITOR_ID_EMPTY; i <= CREDITOR_ID_WRONG_CHECK_DIGITS; i++)
        for (int k = CREDITOR_ID_WELL_FORMED; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(creditor_id_verdict_text((enum creditor_id_verdict)i), creditor_id_verdict_text((enum creditor_id_verdict)k));
}

TEST(iban, a_wrong_french_key_is_seen_beside_a_right_iban)
{
    char digits[3];

    CU_ASSERT_TRUE(iban_rib_key_fits("FR7630006000011234567890189"));
    CU_ASSERT_TRUE(iban_rib_key_fits("FR1420041010050500013M02606"));
    mod97_digits("30006000011234567890188", "FR", digits); /* key 88 for 89, check digits made for it */
    CU_ASSERT_EQUAL(iban_verdict(arena_printf(test_arena(), "FR%s30006000011234567890188", digits)), IBAN_WELL_FORMED);
    CU_ASSERT_FALSE(iban_rib_key_fits(arena_printf(test_arena(), "FR%s30006000011234567890188", digits)));
    CU_ASSERT_TRUE(iban_rib_key_fits("DE89370400440532013000"));
    CU_ASSERT_TRUE(iban_rib_key_fits("FR752004101005A0BI013S0Z632")); /* A 1, B 2, I 9, S 2, Z 9: as 20041 01005 10290132096 32, a multiple of 97 */
    CU_ASSERT_FALSE(iban_rib_key_fits("FR602004101005A0BI013S0Z611"));
    CU_ASSERT_TRUE(iban_rib_key_fits("MC5811222000010123456789030"));
    CU_ASSERT_FALSE(iban_rib_key_fits("MC3111222000010123456789031"));
    CU_ASSERT_TRUE(iban_rib_key_fits("FR7630006000011234567890188")); /* no IBAN: that is said first */
}

TEST(iban, every_country_of_sepa_is_accepted)
{
    static const char *const example[] = {
        "AD1200012030200359100100", "AL47212110090000000235698741", "AT611904300234573201", "BE68539007547034", "BG80BNBG96611020345678",
        "CH9300762011623852957", "CY17002001280000001200527600", "CZ6508000000192000145399", "DE89370400440532013000", "DK5000400440116243",
        "EE382200221020145685", "ES9121000418450200051332", "FI2112345600000785", "FR1420041010050500013M02606", "GB29NWBK60161331926819",
        "GI75NWBK000000007099453", "GR1601101250000000012300695", "HR1210010051863000160", "HU42117730161111101800000000", "IE29AIBK93115212345678",
        "IS140159260076545510730339", "IT60X0542811101000000123456", "LI21088100002324013AA", "LT121000011101001000", "LU280019400644750000",
        "LV80BANK0000435195001", "MC5811222000010123456789030", "MD24AG000225100013104168", "ME25505000012345678951", "MK07250120000058984",
        "MT84MALT011000012345MTLCAST001S", "NL91ABNA0417164300", "NO9386011117947", "PL61109010140000071219812874", "PT50000201231234567890154",
        "RO49AAAA1B31007593840000", "RS35260005601001611379", "SE4550000000058398257466", "SI56263300012039086", "SK3112000000198742637541",
        "SM86U0322509800000000270100", "VA59001123000012345678",
    };
    int eea = 0;

    for (size_t i = 0; i < COUNT_OF(example); i++) {
        if (iban_verdict_sepa(example[i]) != IBAN_WELL_FORMED)
            SAME_TEXT(example[i], iban_verdict_text(iban_verdict_sepa(example[i])));
        eea += iban_country_in_eea(example[i]);
    }
    SAME_NUMBER(COUNT_OF(example), 42); /* 41 countries of the EPC's list; Andorra to Vatican, each once */
    SAME_NUMBER(eea, 30);
    CU_ASSERT_FALSE(iban_country_in_eea("ZZ") || iban_country_in_sepa("ZZ") || iban_country_in_sepa("BR"));
}

/* One changed digit or two swapped neighbours never stay an IBAN. */
TEST(iban, one_typing_error_is_always_found)
{
    static const char iban[] = "FR7630006000011234567890189";
    uint64_t seed = 1;

    for (uint64_t i = 0; i < test_seeds(); i++) {
        char wrong[sizeof iban];
        size_t at = (size_t)seeded_between(&seed, 2, sizeof iban - 3);

        memcpy(wrong, iban, sizeof iban);
        if (seeded_between(&seed, 0, 1) == 0) {
            wrong[at] = (char)('0' + (wrong[at] - '0' + seeded_between(&seed, 1, 9)) % 10);
        } else {
            wrong[at] = iban[at + 1];
            wrong[at + 1] = iban[at];
        }
        if (strcmp(wrong, iban) != 0)
            CU_ASSERT_NOT_EQUAL(iban_verdict(wrong), IBAN_WELL_FORMED);
    }
}

TEST(iban, bank_codes)
{
    char bic[BIC_BYTES];

    CU_ASSERT_TRUE(bic_normalise("agri frpp 882", bic));
    SAME_TEXT(bic, "AGRIFRPP882");
    CU_ASSERT_TRUE(bic_ok("AGRIFRPP882") && bic_ok("ABNABE2A") && bic_ok("AGRIFRPP"));
    CU_ASSERT_TRUE(bic_ok("NLPRXKPR") && bic_ok("A1GRFRPP")); /* Kosovo is in no ISO 3166; the first four may be digits since 2014 */
    CU_ASSERT_FALSE(bic_ok("AGRI2RPP") || bic_ok("AGRI-RPP") || bic_ok("agrifrpp"));
    CU_ASSERT_FALSE(bic_ok("AGRIFRPP8") || bic_ok("AGRIF2PP") || bic_ok("AGRIQQPP") || bic_ok(""));
    CU_ASSERT_FALSE(bic_normalise("AGRIFRPP88299", bic));
    CU_ASSERT_TRUE(bic_fits_iban("AGRIFRPP", "FR7630006000011234567890189"));
    CU_ASSERT_FALSE(bic_fits_iban("DEUTDEFF", "FR7630006000011234567890189"));
    CU_ASSERT_TRUE(bic_fits_iban("AGRIMQMX", "FR7630006000011234567890189"));
    CU_ASSERT_FALSE(bic_fits_iban("AGRIMQMX", "DE89370400440532013000"));
}

TEST(iban, creditor_identifiers)
{
    char id[CREDITOR_ID_BYTES];

    CU_ASSERT_EQUAL(creditor_id_verdict("FR72ZZZ123456"), CREDITOR_ID_WELL_FORMED);
    CU_ASSERT_EQUAL(creditor_id_verdict("FR00ZZZ123456"), CREDITOR_ID_WRONG_CHECK_DIGITS);
    CU_ASSERT_EQUAL(creditor_id_verdict("FR72A01123456"), CREDITOR_ID_WELL_FORMED); /* the business code is not checked */
    CU_ASSERT_EQUAL(creditor_id_verdict("FR72ZZZ12345"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_EQUAL(creditor_id_verdict("US72ZZZ123456"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_EQUAL(creditor_id_verdict("DE98ZZZ09999999999"), CREDITOR_ID_WELL_FORMED);
    CU_ASSERT_EQUAL(creditor_id_verdict("IT66ZZZA1B2C3D4E5F6G7H8"), CREDITOR_ID_WELL_FORMED);
    CU_ASSERT_EQUAL(creditor_id_verdict("FRA2ZZZ123456"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_EQUAL(creditor_id_verdict("FR7AZZZ123456"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_EQUAL(creditor_id_verdict("FR72ZZZ12-456"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_EQUAL(creditor_id_verdict("DE98ZZZ09999999999099999999990999999"), CREDITOR_ID_WRONG_SHAPE); /* 36 characters */
    CU_ASSERT_EQUAL(creditor_id_verdict(""), CREDITOR_ID_EMPTY);
    CU_ASSERT_EQUAL(creditor_id_verdict("FR72"), CREDITOR_ID_WRONG_SHAPE);
    CU_ASSERT_TRUE(creditor_id_normalise("es 23 zzz 47690558n", id));
    CU_ASSERT_EQUAL(creditor_id_verdict(id), CREDITOR_ID_WELL_FORMED);
}
