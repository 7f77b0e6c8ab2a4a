/* vat_id: numbers as typed, check digits of every member state, one wrong digit, public vectors when they are there. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "core/vat_digits.h"
#include "core/vat_id.h"
#include "test.h"

TEST(vat_id, of_france_germany_and_belgium)
{
    static const struct {
        const char *typed;
        enum vat_id_verdict verdict;
    } row[] = {
        {"FR 83 404 833 048", VAT_ID_WELL_FORMED}, {"fr44732829320", VAT_ID_WELL_FORMED}, {"FR45732829320", VAT_ID_WRONG_CHECK_DIGITS},
        {"FR4473282932", VAT_ID_WRONG_SHAPE},      {"BE0403.170.701", VAT_ID_WELL_FORMED}, {"BE0403170702", VAT_ID_WRONG_CHECK_DIGITS},
        {"DE136695976", VAT_ID_WELL_FORMED},       {"DE136695977", VAT_ID_WRONG_CHECK_DIGITS}, {"DE13669597", VAT_ID_WRONG_SHAPE},
        {"US123456789", VAT_ID_UNKNOWN_COUNTRY},   {"", VAT_ID_EMPTY}, {"ATU12345678", VAT_ID_WRONG_CHECK_DIGITS},
        {"NL12345678", VAT_ID_WRONG_SHAPE},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char id[VAT_ID_BYTES] = "";

        CU_ASSERT_TRUE(vat_id_normalise(row[i].typed, id));
        if (vat_id_verdict(id) != row[i].verdict) {
            SAME_TEXT(row[i].typed, "");
            SAME_NUMBER(vat_id_verdict(id), row[i].verdict);
        }
    }
}

TEST(vat_id, belongs_to_its_country)
{
    char id[VAT_ID_BYTES];

    SAME_TEXT(vat_id_country("EL094259216"), "GR");
    SAME_TEXT(vat_id_country("XX1"), "");
    CU_ASSERT_TRUE(vat_id_fits("DE136695976", "DE"));
    CU_ASSERT_FALSE(vat_id_fits("DE136695976", "FR"));
    CU_ASSERT_FALSE(vat_id_fits("DE136695977", "DE"));
    CU_ASSERT_FALSE(vat_id_normalise("FR83é404833048", id));
    CU_ASSERT_FALSE(vat_id_normalise("FR834048330480000000000000", id));
}

/* Numbers of Northern Ireland prove themselves as those of the United Kingdom do. */
TEST(vat_id, of_northern_ireland)
{
    CU_ASSERT_TRUE(vat_id_fits("XI980780684", "GB"));
    CU_ASSERT_TRUE(vat_id_fits("XI980780684001", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XI802311781", "GB"));
    CU_ASSERT_TRUE(vat_id_fits("XIGD499", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XIGD500", "GB"));
    CU_ASSERT_TRUE(vat_id_fits("XIHA500", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XIHA499", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XIXX499", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XI98078068", "GB"));
    CU_ASSERT_FALSE(vat_id_fits("XI98078068A", "GB"));
    SAME_TEXT(vat_id_country("GB980780684"), "");
}

/* One wrong digit of a French number is always seen. */
TEST(vat_id, one_wrong_digit_is_seen)
{
    for (size_t at = 2; at < 13; at++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char id[VAT_ID_BYTES] = "FR44732829320";

            if (id[at] == digit)
                continue;
            id[at] = digit;
            if (vat_id_verdict(id) == VAT_ID_WELL_FORMED)
                SAME_TEXT(id, "refused");
        }
}

/* Numbers of every member state, of each length that it has. */
static const char *const well_formed[] = {
        "ATU00000186", "BE0419052173", "BG103873594", "CY10030954F", "CZ22760954", "DE132507686", "DK10000157",
        "EE100338245", "EL000000189", "ESA0011012B", "FI09853608", "FR03784359069", "HR22910368449", "HU10724318",
        "IE0000018S", "IT00820340966", "LT100005808219", "LU10000356", "LV40003287135", "MT10365719",
        "NL010000446B01", "PL5260006841", "PT100000193", "RO1634820", "RO13182060", "RO123456789", "SE000000018201",
        "SI40226743", "SK2020329278",
};

TEST(vat_digits, of_every_member_state)
{
    static const char *const states[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU",
                                         "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

    SAME_NUMBER(COUNT_OF(states), 27);
    for (size_t s = 0; s < COUNT_OF(states); s++) {
        int met = 0;

        for (size_t i = 0; i < COUNT_OF(well_formed); i++)
            met += strncmp(well_formed[i], states[s], 2) == 0;
        if (met == 0)
            SAME_TEXT(states[s], "has a number above");
        CU_ASSERT_FALSE(vat_digits_hold(states[s], ""));
    }
    CU_ASSERT_FALSE(vat_digits_hold("XX", "123456789"));
    for (size_t i = 0; i < COUNT_OF(well_formed); i++)
        if (vat_id_verdict(well_formed[i]) != VAT_ID_WELL_FORMED)
            SAME_TEXT(well_formed[i], "well formed");
}

/* A digit typed wrong is seen, but where a rule folds two rests into one: at most one wrong digit in twenty there. */
TEST(vat_digits, one_wrong_digit_is_seen)
{
    int tries = 0;
    int missed = 0;

    for (size_t i = 0; i < COUNT_OF(well_formed); i++)
        for (size_t at = 2; well_formed[i][at] != '\0'; at++)
            for (char digit = '0'; digit <= '9'; digit++) {
                char id[VAT_ID_BYTES] = "";

                memcpy(id, well_formed[i], strlen(well_formed[i]));
                if (id[at] < '0' || id[at] > '9' || id[at] == digit)
                    continue;
                id[at] = digit;
                tries++;
                missed += vat_id_verdict(id) == VAT_ID_WELL_FORMED;
            }
    CU_ASSERT_TRUE(tries > 2000);
    if (missed * 20 > tries)
        SAME_NUMBER(missed, tries / 20);
}

/* A list of numbers from outside the project, when somebody has put it beside it. */
TEST(vat_digits, public_vectors)
{
    FILE *file = fopen("../shared/data/ref/eu-vat-number-vectors.tsv", "r");
    char line[512];
    int read = 0;

    if (file == NULL) {
        printf("skipped: no list of VAT numbers ... ");
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        const char *state = strsep(&rest, "\t");
        const char *number = strsep(&rest, "\t");
        const char *wanted = strsep(&rest, "\t");
        char id[VAT_ID_BYTES] = "";
        bool holds;

        if (number == NULL || wanted == NULL || strcmp(state, "country") == 0)
            continue;
        holds = vat_id_normalise(number, id) && vat_id_verdict(id) == VAT_ID_WELL_FORMED;
        read++;
        if (holds != (strcmp(wanted, "valid") == 0))
            SAME_TEXT(number, wanted);
    }
    (void)fclose(file);
    CU_ASSERT_TRUE(read > 500);
}
