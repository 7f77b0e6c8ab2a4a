/* bad_input: rows of the matrix of bad input that no other file has by name: what comes from outside and is refused, with
 * its reason, or understood in one way. Webhooks and answers over the wire are in tests/http/gateway.test.mjs; parsers
 * under every change of bytes in tests/fuzz. */
#include <string.h>

#include "base/str.h"
#include "core/iban.h"
#include "core/identifier.h"
#include "core/mod97.h"
#include "gateway/bank_file.h"
#include "gateway/stripe_answer.h"
#include "gateway/webhook.h"
#include "document/mime.h"
#include "test.h"
#include "text/address.h"
#include "web/form.h"

/* ---- webhook ---- */

static bool event_of(const char *text, struct webhook_event *event)
{
    return webhook_read(test_ctx(), text, strlen(text), event);
}

TEST(bad_webhook, ids_that_no_column_keeps_are_no_event)
{
    struct webhook_event event;
    char *longer = arena_alloc(test_arena(), 300);

    memset(longer, 'k', 70);
    CU_ASSERT_FALSE(event_of("{\"id\":\"\xC3\xA9vt\",\"type\":\"x\"}", &event));
    CU_ASSERT_FALSE(event_of("{\"id\":\"evt 1\",\"type\":\"x\"}", &event));
    CU_ASSERT_FALSE(event_of("{\"id\":\"evt_1\",\"type\":\"x\\ny\"}", &event));
    CU_ASSERT_FALSE(event_of("{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{\"id\":\"\\u00e9\"}}}", &event));
    /* metadata is whatever another program of the same account wrote: the event is taken, and is not about ours */
    CU_ASSERT_TRUE(event_of(arena_printf(test_arena(), "{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{\"id\":\"ch_1\",\"metadata\":"
                                                       "{\"attempt\":\"%s\"}}}}", longer), &event));
    SAME_TEXT(event.attempt_key, "");
}

TEST(bad_webhook, numbers_and_depth)
{
    struct webhook_event event;
    struct str deep = str_new(test_arena());

    CU_ASSERT_FALSE(event_of("{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{\"amount\":1e400}}}", &event));
    CU_ASSERT_FALSE(event_of("{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{\"amount\":99999999999999999999}}}", &event));
    str_append(&deep, "{\"id\":\"evt_1\",\"type\":\"x\",\"data\":");
    for (int i = 0; i < 10000; i++)
        str_append(&deep, "[");
    for (int i = 0; i < 10000; i++)
        str_append(&deep, "]");
    str_append(&deep, "}");
    CU_ASSERT_FALSE(event_of(deep.text, &event));
}

/* ---- answers of the gateway ---- */

static struct gateway_answer answer_of(long status, const char *text)
{
    struct gateway_answer answer;

    stripe_map(test_ctx(), status, text, strlen(text), &answer);
    return answer;
}

TEST(bad_answer, an_unknown_status_is_unknown)
{
    SAME_NUMBER(answer_of(200, "{\"object\":\"payment_intent\",\"id\":\"pi_1\",\"status\":\"half_paid\"}").outcome, GATEWAY_UNKNOWN);
    SAME_NUMBER(answer_of(200, "{\"object\":\"checkout.session\",\"id\":\"cs_1\",\"status\":\"maybe\",\"payment_status\":\"paid\"}").outcome, GATEWAY_UNKNOWN);
    SAME_NUMBER(answer_of(200, "{\"object\":\"payment_intent\",\"id\":\"pi_1\",\"status\":\"SUCCEEDED\"}").outcome, GATEWAY_UNKNOWN);
    SAME_NUMBER(answer_of(200, "{\"object\":\"payment_intent\",\"id\":\"pi_1\",\"status\":true}").outcome, GATEWAY_UNKNOWN);
}

TEST(bad_answer, what_no_column_keeps_does_not_stop_a_payment)
{
    struct gateway_answer a = answer_of(200, "{\"object\":\"payment_intent\",\"id\":\"pi_1\",\"status\":\"succeeded\",\"amount\":100,\"currency\":\"eur\","
        "\"customer\":\"cus \xC3\xA9\",\"payment_method\":{\"id\":\"pm_1\",\"card\":{\"brand\":\"a_brand_with_a_very_long_name\",\"last4\":\"42424\","
        "\"exp_month\":13,\"exp_year\":99999}}}");

    SAME_NUMBER(a.outcome, GATEWAY_SUCCEEDED);
    SAME_NUMBER(a.amount_minor, 100);
    SAME_TEXT(a.customer_ref, "");
    SAME_TEXT(a.brand, "a_brand_with_a_very_");
    SAME_TEXT(a.last4, "");
    SAME_NUMBER(a.exp_month, 0);
}

/* ---- bank files ---- */

static struct bank_refused refused_of(const char *text, int *entries)
{
    struct bank_file file;
    struct bank_refused refused;
    struct bank_file_told told = {.to = NULL};

    CU_ASSERT_EQUAL(bank_file_read(test_ctx(), text, strlen(text), &told, &file, &refused), OK);
    *entries = file.entries;
    return refused;
}

static char *camt(const char *version, const char *entry)
{
    return arena_printf(test_arena(), "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.%s\">\n<BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt><Id>1</Id>"
                        "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>\n%s</Stmt></BkToCstmrStmt></Document>", version, entry);
}

#define ENTRY(amount, currency, day, more)                                                                                   \
    "<Ntry><Amt Ccy=\"" currency "\">" amount "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>" day "</Dt></BookgDt>" more "</Ntry>"

TEST(bad_camt, rows_of_the_matrix)
{
    static const struct {
        const char *row, *version, *entry;
        enum bank_refusal reason;
        int line, entries;
    } row[] = {
        {"version 02", "02", ENTRY("1.00", "EUR", "2026-11-20", ""), BANK_NOT_REFUSED, 0, 1},
        {"version 08", "08", ENTRY("1.00", "EUR", "2026-11-20", ""), BANK_NOT_REFUSED, 0, 1},
        {"unknown version", "77", ENTRY("1.00", "EUR", "2026-11-20", ""), BANK_WRONG_VERSION, 1, 0},
        {"negative amount", "08", ENTRY("-1.00", "EUR", "2026-11-20", ""), BANK_WRONG_AMOUNT, 3, 0},
        {"18.5 digits", "08", ENTRY("123456789012345678.12345", "EUR", "2026-11-20", ""), BANK_WRONG_AMOUNT, 3, 0},
        {"date in the future", "08", ENTRY("1.00", "EUR", "2027-01-01", ""), BANK_FUTURE_DATE, 3, 0},
        {"no such day", "08", ENTRY("1.00", "EUR", "2026-02-30", ""), BANK_WRONG_DATE, 3, 0},
        {"missing AcctSvcrRef", "08", ENTRY("1.00", "EUR", "2026-11-20", "<NtryDtls/>"), BANK_NOT_REFUSED, 0, 1},
        {"batch without details", "08", ENTRY("1.00", "EUR", "2026-11-20", "<NtryDtls><Btch><NbOfTxs>7</NbOfTxs></Btch></NtryDtls>"), BANK_NOT_REFUSED, 0, 1},
        {"no currency", "08", ENTRY("1.00", "", "2026-11-20", ""), BANK_WRONG_CURRENCY, 3, 0},
        {"two currencies", "08", ENTRY("1.00", "EUR", "2026-11-20", "") ENTRY("1.00", "CHF", "2026-11-20", ""), BANK_WRONG_CURRENCY, 3, 1},
        {"closing balance of no day", "08", "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>",
         BANK_MISSING, 3, 0},
        {"reversal", "08", ENTRY("1.00", "EUR", "2026-11-20", "<RvslInd>true</RvslInd>"), BANK_NOT_REFUSED, 0, 1},
        {"reversal that is neither", "08", ENTRY("1.00", "EUR", "2026-11-20", "<RvslInd>maybe</RvslInd>"), BANK_WRONG_CODE, 3, 0},
    };

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        int entries;
        struct bank_refused refused = refused_of(camt(row[i].version, row[i].entry), &entries);

        if (refused.reason != row[i].reason || (row[i].reason != BANK_NOT_REFUSED && refused.line != row[i].line) ||
            (row[i].reason == BANK_NOT_REFUSED && entries != row[i].entries))
            SAME_TEXT(arena_printf(test_arena(), "%s: %s, line %d, %d entries", row[i].row, bank_refusal_text(refused.reason), refused.line, entries),
                      bank_refusal_text(row[i].reason));
    }
}

TEST(bad_pain002, rows_of_the_matrix)
{
#define ANSWER(inside) "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>P</MsgId></GrpHdr>" inside "</CstmrPmtStsRpt></Document>"
#define GROUP "<OrgnlGrpInfAndSts><OrgnlMsgId>TAC-1</OrgnlMsgId></OrgnlGrpInfAndSts>"
    static const struct {
        const char *row, *text;
        enum bank_refusal reason;
    } row[] = {
        {"whole file", ANSWER("<OrgnlGrpInfAndSts><OrgnlMsgId>TAC-1</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"), BANK_NOT_REFUSED},
        {"whose file", ANSWER("<OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"), BANK_MISSING},
        {"which batch", ANSWER(GROUP "<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>"), BANK_MISSING},
        {"no status at all", ANSWER(GROUP "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>A</OrgnlEndToEndId></TxInfAndSts></OrgnlPmtInfAndSts>"),
         BANK_MISSING},
        {"unknown reason", ANSWER(GROUP "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>A</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
                                        "<StsRsnInf><Rsn><Cd>QQ99</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"), BANK_NOT_REFUSED},
        {"unknown status", ANSWER(GROUP "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId><PmtInfSts>WHAT</PmtInfSts></OrgnlPmtInfAndSts>"), BANK_NOT_REFUSED}, /* for a person: service/banking */
    };

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        int entries;
        struct bank_refused refused = refused_of(row[i].text, &entries);

        if (refused.reason != row[i].reason)
            SAME_TEXT(arena_printf(test_arena(), "%s: %s", row[i].row, bank_refusal_text(refused.reason)), bank_refusal_text(row[i].reason));
    }
}

/* ---- account numbers ---- */

TEST(bad_iban, rows_of_the_matrix)
{
    static const struct {
        const char *row, *typed;
        enum iban_verdict verdict;
    } row[] = {
        {"good", "FR7630006000011234567890189", IBAN_WELL_FORMED},
        {"wrong check digits", "FR7630006000011234567890188", IBAN_WRONG_CHECK_DIGITS},
        {"Malta", "MT84MALT011000012345MTLCAST001S", IBAN_WELL_FORMED},
        {"lower case", "mt84malt011000012345mtlcast001s", IBAN_WELL_FORMED},
        {"blanks", " FR76 3000 6000 0112 3456 7890 189 ", IBAN_WELL_FORMED},
        {"prefix", "IBAN FR7630006000011234567890189", IBAN_WELL_FORMED},
        {"prefix in lower case", "iban: FR7630006000011234567890189", IBAN_WRONG_CHARACTERS},
        {"too short for the country", "FR763000600001123456789018", IBAN_WRONG_LENGTH},
        {"unknown country", "XX7630006000011234567890189", IBAN_UNKNOWN_COUNTRY},
        {"outside SEPA", "BR1500000000000010932840814P2", IBAN_OUTSIDE_SEPA},
        {"letters in the numeric part", "FR76A0006000011234567890189", IBAN_WRONG_SHAPE},
        {"digits of another script", "FR76\xEF\xBC\x93""0006000011234567890189", IBAN_WRONG_CHARACTERS},
        {"a header", "FR76\r\nBcc:x", IBAN_WRONG_CHARACTERS},
    };
    char iban[IBAN_BYTES];

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        if (!iban_normalise(row[i].typed, iban) || iban_verdict_sepa(iban) != row[i].verdict)
            SAME_TEXT(arena_printf(test_arena(), "%s: %s", row[i].row, iban_verdict_text(iban_verdict_sepa(iban))), iban_verdict_text(row[i].verdict));
        CU_ASSERT_TRUE(row[i].verdict == IBAN_WELL_FORMED || iban_verdict_text(row[i].verdict)[0] != '\0');
    }
    CU_ASSERT_FALSE(iban_normalise("FR763000600001123456789018900000000", iban)); /* 35 characters */
    CU_ASSERT_FALSE(bic_fits_iban("DEUTDEFF", "FR7630006000011234567890189"));   /* BIC of another country */
}

TEST(bad_creditor_id, rows_of_the_matrix)
{
    SAME_NUMBER(creditor_id_verdict("FR72ZZZ123456"), CREDITOR_ID_WELL_FORMED);
    SAME_NUMBER(creditor_id_verdict("FR00ZZZ123456"), CREDITOR_ID_WRONG_CHECK_DIGITS);
    SAME_NUMBER(creditor_id_verdict("FR72ABC123456"), CREDITOR_ID_WELL_FORMED); /* another business code, same digits */
    SAME_NUMBER(creditor_id_verdict("FR72ZZZ12345\xC3\xA9"), CREDITOR_ID_WRONG_SHAPE);
}

/* ---- mail addresses ---- */

TEST(bad_mail_address, rows_of_the_matrix)
{
    static const struct {
        const char *address;
        bool good;
    } row[] = {
        {"a@b", false}, {"a@@b", false}, {"\"a b\"@c.fr", false}, {"a(comment)@c.fr", false}, {"a@b.c\r\nBcc:x", false}, {"a@[127.0.0.1]", false},
        {"a b@c.fr", false}, {"a@b.c\nx", false}, {"a@b.fr\tx", false}, {"jos\xC3\xA9@example.fr", false}, {"jose@ex\xC3\xA4mple.fr", true}, {"a+plus@c.fr", true}, {"UPPER@EXAMPLE.FR", true},
    };
    char longest[256 + 8];

    for (size_t i = 0; i < COUNT_OF(row); i++)
        if (email_ok(row[i].address) != row[i].good)
            SAME_TEXT(row[i].address, row[i].good ? "to be accepted" : "to be refused");
    /* what a form takes, a mail can be written to: an international domain in its ASCII form */
    SAME_TEXT(mail_address(test_arena(), "jose@ex\xC3\xA4mple.fr"), "jose@xn--exmple-cua.fr");
    SAME_TEXT(mail_address(test_arena(), "a+b@stra\xC3\x9F" "e.de"), "a+b@xn--strae-oqa.de");
    SAME_TEXT(mail_address(test_arena(), "UPPER@EXAMPLE.FR"), "UPPER@EXAMPLE.FR");
    CU_ASSERT_PTR_NULL(mail_address(test_arena(), "a@\xE2\x80\xAE.fr"));
    CU_ASSERT_PTR_NULL(mail_address(test_arena(), "a@ex\xC3.fr"));
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct mime_mail mail = {.from = "a@b.example", .from_name = "", .to = mail_address(test_arena(), row[i].address), .to_name = "", .subject = "s",
                                 .message_id = "1@b.example", .text = "t"};
        char *message;
        size_t bytes;

        if (row[i].good)
            CU_ASSERT_EQUAL(mime_write(test_ctx(), &mail, &message, &bytes), OK);
    }
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "a@", 2);
    for (int i = 50; i < 250; i += 50)
        longest[i] = '.';
    memcpy(longest + 252, ".fr", 4);
    SAME_NUMBER(strlen(longest), 255);
    CU_ASSERT_FALSE(email_ok(longest));
}

/* ---- form bodies ---- */

struct row {
    const char *text;
};
struct rows {
    const char *name;
    void *rows;
    size_t count;
};

TEST(bad_form, a_record_has_one_name_and_blanks_are_nothing)
{
    static const struct field inside[] = {{FIELD_TEXT, "text", "Text", .offset = offsetof(struct row, text)}};
    static const struct field field[] = {
        {FIELD_TEXT, "name", "Name", .required = true, .offset = offsetof(struct rows, name)},
        {FIELD_GROUP, "line", "Lines", .offset = offsetof(struct rows, rows), .fields = inside, .field_count = 1, .record_bytes = sizeof(struct row),
         .count_offset = offsetof(struct rows, count), .records_max = 9}};
    struct pairs pairs;
    struct rows values;
    struct form form;
    static const char twice[] = "name=x&line.3.text=a&line.03.text=b";
    static const char minus[] = "name=x&line.-0.text=b";
    static const char control[] = "name=%01%02";
    static const char around[] = "name=%01x%02";

    CU_ASSERT_TRUE(pairs_parse(test_arena(), twice, sizeof twice - 1, 200, &pairs));
    CU_ASSERT_FALSE(form_read(&form, test_ctx(), field, 2, &pairs, &values)); /* a second name of the same field */
    CU_ASSERT_TRUE(pairs_parse(test_arena(), minus, sizeof minus - 1, 200, &pairs));
    CU_ASSERT_FALSE(form_read(&form, test_ctx(), field, 2, &pairs, &values));
    CU_ASSERT_TRUE(pairs_parse(test_arena(), control, sizeof control - 1, 200, &pairs));
    CU_ASSERT_TRUE(form_read(&form, test_ctx(), field, 2, &pairs, &values) && form.error_count == 1); /* required, and nothing to see */
    CU_ASSERT_TRUE(pairs_parse(test_arena(), around, sizeof around - 1, 200, &pairs));
    CU_ASSERT_TRUE(form_read(&form, test_ctx(), field, 2, &pairs, &values) && form.error_count == 0);
    SAME_TEXT(values.name, "x");
}
