/* pain008: collection files against the public schemas, when those are there, and what no bank would take. */
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "document/pain008.h"
#include "schema.h"
#include "test.h"

static struct pain008_collection sample_collection(int i)
{
    static const char *const iban[] = {"DE89370400440532013000", "FR1420041010050500013M02606", "CH9300762011623852957"};
    struct pain008_collection c = {
        .end_to_end_id = arena_printf(test_arena(), "A-%07d-1", i),
        .amount_minor = 2990 + i,
        .mandate_reference = arena_printf(test_arena(), "M-2026-%05d", i),
        .signed_on = date_from_civil(2026, 1, 10),
        .debtor_name = i % 2 == 0 ? "Société Œuvre & Cie <SA>" : "Ελένη Müller",
        .debtor_address = {"12 rue des Lilas", "75011", "Paris", "FR"},
        .iban = iban[i % 3],
        .bic = i % 3 == 2 ? "UBSWCHZH80A" : "",
        .text = "INV-2026-00017 abonnement d'été",
    };

    if (i % 3 == 0)
        c.debtor_address.town = "";
    return c;
}

static struct pain008_batch sample_batch(struct pain008_collection *collections, size_t count)
{
    for (size_t i = 0; i < count; i++)
        collections[i] = sample_collection((int)i);
    return (struct pain008_batch){"TAC-20261201-1", SCHEME_CORE, SEQUENCE_RECURRENT, date_from_civil(2026, 12, 8), "Brume SARL",
                                  {"3 quai Nord", "29200", "Brest", "FR"}, "FR72ZZZ123456", "FR7630006000011234567890189", "AGRIFRPP882", true,
                                  collections, count};
}

TEST(pain008, collection_files_are_valid_in_both_versions)
{
    struct pain008_collection first[7], second[2], third[1];
    struct pain008_batch batches[] = {sample_batch(first, 7), sample_batch(second, 2), sample_batch(third, 1)};
    struct pain008_file file = {PAIN008_001_08, "TAC-20261201-0001", INT64_C(1764583200000000), batches, 3};
    static const char *const ids[] = {"A-1", "A-2", "A-3"};
    bool skipped = false;

    second[0].end_to_end_id = ids[0];
    second[0].amendment = (struct mandate_amendment){true, "OLD-1", "Old SARL", "FR72ZZZ123456", true};
    second[1].end_to_end_id = ids[1];
    second[1].amendment = (struct mandate_amendment){true, NULL, NULL, NULL, true};
    second[1].text = "";
    batches[1].id = "TAC-20261201-2";
    batches[1].sequence = SEQUENCE_FINAL;
    batches[1].bic = "";
    batches[1].one_booking = false;
    third[0].end_to_end_id = ids[2];
    third[0].amount_minor = COLLECTION_MAX_MINOR;
    batches[2].id = "TAC-20261201-3";
    batches[2].scheme = SCHEME_B2B;
    batches[2].sequence = SEQUENCE_ONE_OFF;
    batches[2].creditor_address.town = "";
    for (int version = PAIN008_001_08; version <= PAIN008_001_02; version++) {
        char *text, *again;
        size_t bytes, bytes_again;
        int64_t sum;

        file.version = (enum pain008_version)version;
        CU_ASSERT_EQUAL_FATAL(pain008_write(test_ctx(), &file, &text, &bytes, &sum), OK);
        SAME_NUMBER(sum, 7 * 2990 + 21 + 2 * 2990 + 1 + COLLECTION_MAX_MINOR);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "<NbOfTxs>10</NbOfTxs><CtrlSum>1000000269.31</CtrlSum><InitgPty>"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "<NbOfTxs>7</NbOfTxs><CtrlSum>209.51</CtrlSum><PmtTpInf>"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "<NbOfTxs>1</NbOfTxs><CtrlSum>999999999.99</CtrlSum><PmtTpInf>"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "<Nm>Societe OEuvre + Cie (SA)</Nm>"));
        CU_ASSERT_PTR_NULL(strstr(text, "AdrLine"));
        CU_ASSERT_EQUAL(pain008_write(test_ctx(), &file, &again, &bytes_again, NULL), OK);
        CU_ASSERT_TRUE(bytes == bytes_again && memcmp(text, again, bytes) == 0);
        switch (schema_says(pain008_version_name(file.version), text, bytes)) {
        case -1: skipped = true; break;
        case 0: SAME_TEXT(pain008_version_name(file.version), "valid"); break;
        }
    }
    if (skipped)
        printf("skipped: no ../shared/data/iso20022/xsd ... ");
}

TEST(pain008, a_collection_that_a_bank_would_refuse_makes_no_file)
{
    struct pain008_collection c[2];
    struct pain008_batch batch = sample_batch(c, 2), good = batch;
    struct pain008_file file = {PAIN008_001_08, "TAC-1", 0, &batch, 1};
    char *text;
    size_t bytes;

    CU_ASSERT_EQUAL(pain008_write(test_ctx(), &file, &text, &bytes, NULL), OK);
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        batch = good, c[0] = sample_collection(0), c[1] = sample_collection(1);                    \
        change;                                                                                    \
        CU_ASSERT_EQUAL(pain008_write(test_ctx(), &file, &text, &bytes, NULL), ERR_CORRUPT);       \
        ctx_forget_error(test_ctx());                                                              \
    } while (0)
    REFUSED(c[0].amount_minor = 0);
    REFUSED(c[0].amount_minor = COLLECTION_MAX_MINOR + 1);
    REFUSED(c[0].iban = "DE89370400440532013001");
    REFUSED(c[0].iban = "BR1500000000000010932840814P2");
    REFUSED(c[0].bic = "NOPE");
    REFUSED(c[0].mandate_reference = "M 1");
    REFUSED(c[0].end_to_end_id = "");
    REFUSED(c[1].end_to_end_id = c[0].end_to_end_id);
    REFUSED(c[0].debtor_name = "日本");
    REFUSED(c[0].debtor_name = "");
    REFUSED(c[0].iban = "CH9300762011623852957"); /* no BIC, no address */
    REFUSED(batch.creditor_id = "FR00ZZZ123456");
    REFUSED(batch.iban = "");
    REFUSED(batch.count = 0);
    REFUSED(batch.id = "/x");
    REFUSED(file.message_id = "123456789012345678901234567890123456");
#undef REFUSED
}
