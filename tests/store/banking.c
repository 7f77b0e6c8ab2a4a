/* banking: bank files against a real database: taken once, matched, booked, what is above kept, what is left resolved. */
#include "support.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "core/rf_reference.h"
#include "service/advances.h"
#include "service/bank_leftovers.h"
#include "service/banking.h"
#include "service/customers.h"
#include "service/invoicing.h"
#include "store/customer.h"
#include "store/history.h"
#include "store/invoice.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/admin/bank"})
#define OURS "FR7630006000011234567890189"

static struct ctx *banking_ctx(void)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct company company;

    GOOD(company_current(ctx, &company));
    if (company.iban[0] == '\0') {
        company.iban = OURS;
        GOOD(save_company(ctx, &company));
    }
    ctx->actor = "seller:1";
    return ctx;
}

/* 100.00 at 20 %: 120.00, VAT due on payment. */
static struct invoice issued(struct ctx *ctx, const struct customer *customer)
{
    static const struct tax_decision full = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    struct work_line *line = ARENA_NEW(ctx->arena, struct work_line);
    struct issuing issuing = {.work = {.customer_id = customer->id, .customer_version_id = customer->version_id,
        .personal_digest = customer->personal_digest, .language = "fr", .currency = "EUR", .collect_on = DATE_NONE, .lines = line, .line_count = 1}};

    *line = (struct work_line){.line = {.kind = LINE_ONE_TIME, .description = "Conseil", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
                                        .unit_price_e4 = 1000000, .net_minor = 10000, .tax = full}, .unit = ""};
    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    return issuing.work.invoice;
}

static int64_t open_of(struct ctx *ctx, const struct invoice *invoice)
{
    struct receivable receivable;

    GOOD(receivable_of(ctx, invoice->id, &receivable));
    return receivable.open_minor;
}

/* A transfer as banks write it; text may hold a reference or a number. */
static char *transfer(struct ctx *ctx, int64_t amount_minor, const char *text, const char *iban)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
                        "<AcctSvcrRef>T%" PRId64 "</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Rive Sud</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>%s</IBAN></Id>"
                        "</DbtrAcct></RltdPties><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", amount_minor / 100,
                        (int)(amount_minor % 100), date_iso(ctx->today_on, day), store_unique(), iban, text);
}

static char *statement(struct ctx *ctx, const char *account, const char *entries)
{
    return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%" PRId64
                        "</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>%s</IBAN></Id></Acct>%s</Stmt></BkToCstmrStmt></Document>",
                        store_unique(), account, entries);
}

static char *notification(struct ctx *ctx, const char *entries)
{
    return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>%" PRId64
                        "</MsgId></GrpHdr><Ntfctn><Id>1</Id><Acct><Id><IBAN>" OURS "</IBAN></Id></Acct>%s</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>",
                        store_unique(), entries);
}

static struct bank_imported imported(struct ctx *ctx, const char *text)
{
    struct bank_imported result;

    GOOD(import_bank_file(ctx, "statement.xml", text, strlen(text), false, &result));
    return result;
}

TEST(banking, transfers_are_matched_and_booked)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice by_reference = issued(ctx, &customer), by_number = issued(ctx, &customer);
    char rf[RF_BYTES];
    struct bank_imported result;
    char *text;

    CU_ASSERT_TRUE(rf_reference_make(by_reference.number, rf));
    text = statement(ctx, OURS, arena_printf(ctx->arena, "%s%s%s", transfer(ctx, 12000, rf, "DE89370400440532013000"),
                                             transfer(ctx, 5000, arena_printf(ctx->arena, "acompte %s", by_number.number), "DE89370400440532013000"),
                                             transfer(ctx, 7777, "bonjour", "NL91ABNA0417164300")));
    result = imported(ctx, text);
    SAME_TEXT(bank_import_refusal_text(result.refusal), "");
    CU_ASSERT_TRUE(result.file.entries == 3 && result.fresh == 3 && result.matched == 2 && result.open == 1);
    SAME_NUMBER(open_of(ctx, &by_reference), 0);
    SAME_NUMBER(open_of(ctx, &by_number), 7000);
    books_are_sound(ctx);

    /* The very same bytes, and the same entries in another file: nothing. */
    result = imported(ctx, text);
    CU_ASSERT_EQUAL(result.refusal, IMPORT_KNOWN);
    CU_ASSERT_TRUE(result.fresh == 0 && result.known_at > 0);
    result = imported(ctx, arena_printf(ctx->arena, "%s\n", text));
    CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.fresh == 0 && result.matched == 0 && result.open == 0);
    SAME_NUMBER(open_of(ctx, &by_number), 7000);

    /* The account is known now: an exact amount is enough, unless two invoices have it. */
    result = imported(ctx, statement(ctx, OURS, transfer(ctx, 7000, "solde", "DE89370400440532013000")));
    CU_ASSERT_TRUE(result.matched == 1 && result.open == 0);
    SAME_NUMBER(open_of(ctx, &by_number), 0);
    books_are_sound(ctx);
}

TEST(banking, a_refused_file_changes_nothing)
{
    struct ctx *ctx = banking_ctx();
    struct bank_import *before, *after;
    size_t count_before, count_after;
    struct bank_imported result;
    char *good = statement(ctx, OURS, transfer(ctx, 100, "x", "NL91ABNA0417164300"));

    GOOD(bank_imports(ctx, 0, 1, &before, &count_before));
    result = imported(ctx, statement(ctx, "DE89370400440532013000", ""));
    CU_ASSERT_EQUAL(result.refusal, IMPORT_OTHER_ACCOUNT);
    SAME_TEXT(result.detail, "DE89370400440532013000");
    result = imported(ctx, arena_printf(ctx->arena, "%.*s", (int)strlen(good) - 20, good));
    CU_ASSERT_TRUE(result.refusal == IMPORT_FILE && result.refused.reason == BANK_MALFORMED);
    result = imported(ctx, "<!DOCTYPE x>");
    CU_ASSERT_TRUE(result.refusal == IMPORT_FILE && result.refused.reason == BANK_DOCTYPE);
    GOOD(import_bank_file(ctx, "a", good, strlen(good), true, &result)); /* a dry run tells and writes nothing */
    CU_ASSERT_EQUAL(result.refusal, IMPORT_NOT_REFUSED);
    GOOD(bank_imports(ctx, 0, 1, &after, &count_after));
    CU_ASSERT_TRUE(count_before == count_after && (count_before == 0 || before[0].id == after[0].id));
}

TEST(banking, what_is_above_pays_the_next_invoice)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice first = issued(ctx, &customer), second, third;
    struct bank_imported result = imported(ctx, statement(ctx, OURS, transfer(ctx, 30000, first.number, "NL91ABNA0417164300")));
    int64_t used = 0;

    CU_ASSERT_EQUAL(result.matched, 1);
    SAME_NUMBER(open_of(ctx, &first), 0);
    books_are_sound(ctx);
    GOOD(use_advances(ctx, &used));
    SAME_NUMBER(used, 0); /* nothing is open */
    second = issued(ctx, &customer);
    third = issued(ctx, &customer);
    GOOD(use_advances(ctx, &used));
    SAME_NUMBER(used, 2);
    SAME_NUMBER(open_of(ctx, &second), 0);
    SAME_NUMBER(open_of(ctx, &third), 6000);
    GOOD(use_advances(ctx, &used));
    SAME_NUMBER(used, 2);
    books_are_sound(ctx);

    /* The same transfer twice: the invoice is paid, so all of it is above. */
    result = imported(ctx, statement(ctx, OURS, transfer(ctx, 12000, first.number, "NL91ABNA0417164300")));
    CU_ASSERT_EQUAL(result.matched, 1);
    GOOD(use_advances(ctx, &used));
    SAME_NUMBER(open_of(ctx, &third), 0);
    books_are_sound(ctx);
}

TEST(banking, a_person_resolves_what_is_left)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice invoice = issued(ctx, &customer);
    struct bank_imported result = imported(ctx, statement(ctx, OURS, arena_printf(ctx->arena, "%s%s", transfer(ctx, 12000, "merci", "BE68539007547034"),
                                                                                  transfer(ctx, 12000, "merci encore", "LU280019400644750000"))));
    struct resolving resolving = {.invoice_number = "INV-1999-00001"};
    struct once press = {unique(ctx, "press "), "/"};
    struct bank_leftover *left;
    size_t count;
    bool guessed = false;

    CU_ASSERT_TRUE(result.open == 2 && result.matched == 0);
    GOOD(bank_leftovers(ctx, 0, 200, &left, &count));
    CU_ASSERT_FATAL(count >= 2);
    left += count - 2;
    for (size_t i = 0; i < left[0].guess_count; i++)
        guessed |= left[0].guess[i].open_minor == 12000;
    CU_ASSERT_TRUE(guessed); /* the amount alone is a guess, never a match */
    SAME_TEXT(left[0].entry.account_masked, "BE68 \xE2\x80\xA6 7034");
    CU_ASSERT_PTR_NULL(strstr(left[0].entry.account_key, "BE68"));

    resolving.entry_id = left[0].entry.id;
    GOOD(resolve_entry(ctx, &resolving, NO_ONCE));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_NO_INVOICE);
    resolving.invoice_number = invoice.number;
    GOOD(resolve_entry(ctx, &resolving, &press));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_NOT_REFUSED);
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    CU_ASSERT_EQUAL(resolve_entry(ctx, &resolving, &press), ERR_DUPLICATE); /* the same press is led to where it went */
    ctx_forget_error(ctx);
    GOOD(resolve_entry(ctx, &resolving, NO_ONCE));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_DONE_BEFORE);
    resolving.entry_id = left[1].entry.id;
    resolving.invoice_number = "";
    GOOD(resolve_entry(ctx, &resolving, NO_ONCE));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_NOT_REFUSED);
    books_are_sound(ctx);
}

/* A run that died inside: the same file goes on where it stopped, and nothing is booked twice. */
TEST(banking, a_broken_import_goes_on)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice invoice[3] = {issued(ctx, &customer), issued(ctx, &customer), issued(ctx, &customer)};
    struct str half = str_new(ctx->arena), all = str_new(ctx->arena);
    struct bank_imported result;
    struct hash hash;
    struct bank_import import = {.name = "x", .kind = "statement", .version = "camt.053.001.08", .message_id = "", .entries = 3};
    char *text;

    for (int i = 0; i < 3; i++) {
        char *one = transfer(ctx, 12000, invoice[i].number, "NL91ABNA0417164300");

        str_append(&all, one);
        if (i == 0)
            str_append(&half, one);
    }
    text = statement(ctx, OURS, all.text);
    CU_ASSERT_EQUAL(imported(ctx, statement(ctx, OURS, half.text)).matched, 1);
    hash = hash_sha256(text, strlen(text));
    memcpy(import.sha256, hash.bytes, sizeof import.sha256);
    GOOD(insert_bank_import(ctx, &import)); /* the row of the run that died */
    result = imported(ctx, text);
    CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.fresh == 2 && result.matched == 2);
    for (int i = 0; i < 3; i++)
        SAME_NUMBER(open_of(ctx, &invoice[i]), 0);
    CU_ASSERT_EQUAL(imported(ctx, text).refusal, IMPORT_KNOWN);
    books_are_sound(ctx);
}

/* More entries than are written at once, many on one invoice, among them one that makes it more than paid. */
TEST(banking, a_long_statement_pays_the_same_invoices_again_and_again)
{
    enum { TRANSFERS = 1100 };
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice invoice[2] = {issued(ctx, &customer), issued(ctx, &customer)};
    struct str all = str_new(ctx->arena);
    struct activity *told;
    struct bank_imported result;
    size_t count, parts = 0, paid = 0;
    int64_t used = 0;

    for (int i = 0; i < TRANSFERS; i++)
        str_append(&all, transfer(ctx, i == TRANSFERS - 1 ? 30000 : 10, invoice[i % 2].number, "NL91ABNA0417164300"));
    result = imported(ctx, statement(ctx, OURS, all.text));
    CU_ASSERT_TRUE(result.fresh == TRANSFERS && result.matched == TRANSFERS && result.open == 0);
    SAME_NUMBER(open_of(ctx, &invoice[0]), 12000 - TRANSFERS / 2 * 10);
    SAME_NUMBER(open_of(ctx, &invoice[1]), 0);
    books_are_sound(ctx);
    GOOD(activities(ctx, ABOUT_INVOICE, invoice[1].id, TRANSFERS, &told, &count));
    for (size_t i = 0; i < count; i++) {
        parts += strcmp(told[i].kind, "invoice.part_paid") == 0;
        paid += strcmp(told[i].kind, "invoice.paid") == 0;
    }
    CU_ASSERT_TRUE(parts == TRANSFERS / 2 - 1 && paid == 1); /* partly paid is not paid */
    GOOD(use_advances(ctx, &used));
    SAME_NUMBER(open_of(ctx, &invoice[0]), 0);
    books_are_sound(ctx);
}

/* ---- what the bank keeps ---- */

struct fee_row {
    int64_t fees_minor, bank_minor, entries;
};
static const struct column fee_column[] = {COLUMN(I64, fee_row, fees_minor), COLUMN(I64, fee_row, bank_minor), COLUMN(I64, fee_row, entries)};
static const struct statement fee_sums = {
    "test_bank_fees", "SELECT CAST(IFNULL(SUM(IF(i.account = '627', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS fees_minor, "
    "CAST(IFNULL(SUM(IF(i.account = '512', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS bank_minor, COUNT(DISTINCT IF(e.source_kind = 'bank_fee', e.id, NULL)) AS entries "
    "FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id", READS(fee_row, fee_column)};

static struct fee_row fees_now(struct ctx *ctx)
{
    struct fee_row row;

    GOOD(db_row(ctx, &fee_sums, NO_PARAMS, &row));
    return row;
}

static char *fee_entry(struct ctx *ctx, const char *amount, const char *sign, const char *code)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>F%" PRId64
                        "</AcctSvcrRef><BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd>"
                        "<AddtlNtryInf>FRAIS</AddtlNtryInf></Ntry>", amount, sign, date_iso(ctx->today_on, day), store_unique(), code);
}

/* A transfer of `asked` of which the bank kept `kept`. */
static char *netted(struct ctx *ctx, int64_t asked, int64_t kept, const char *text)
{
    char *whole = transfer(ctx, asked - kept, text, "NL91ABNA0417164300");
    char *at = strstr(whole, "<RltdPties>");

    return arena_printf(ctx->arena, "%.*s<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">%" PRId64 ".%02d</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt>"
                        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>%s", (int)(at - whole), whole, kept / 100, (int)(kept % 100), kept / 100, (int)(kept % 100), at);
}

/* Fees by themselves and within a transfer: 627 against 512, the customer has paid what they sent, the account moves by what the statement says. */
TEST(banking, the_bank_s_fees_are_booked)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);
    struct invoice invoice = issued(ctx, &customer);
    struct fee_row before = fees_now(ctx), after;
    struct bank_entry_row *rows;
    struct bank_imported result;
    struct resolving r;
    struct bank_leftover *left;
    char *text = statement(ctx, OURS, arena_printf(ctx->arena, "%s%s%s%s%s", fee_entry(ctx, "12.00", "DBIT", "CHRG"), fee_entry(ctx, "2.00", "CRDT", "COMM"),
                                                   fee_entry(ctx, "3.50", "DBIT", "INTR"), netted(ctx, 12000, 150, invoice.number),
                                                   netted(ctx, 5000, 250, "bonjour")));
    size_t count;

    for (int told = 0; told < 2; told++) { /* again in another file: nothing */
        result = imported(ctx, arena_printf(ctx->arena, "%s%s", text, told == 0 ? "" : "\n"));
        SAME_TEXT(bank_import_refusal_text(result.refusal), "");
        CU_ASSERT_TRUE(result.fresh == (told == 0 ? 5 : 0) && result.matched == 1 - told && result.open == 1 - told);
        after = fees_now(ctx);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 1200 - 200 + 150 + 250);
        SAME_NUMBER(after.bank_minor - before.bank_minor, 12000 - 1400);
        SAME_NUMBER(after.entries - before.entries, 4); /* interest is no fee */
        SAME_NUMBER(open_of(ctx, &invoice), 0);
    }
    GOOD(resolved_bank_entries(ctx, 0, 4, &rows, &count));
    CU_ASSERT_TRUE(rows[0].invoice_id == invoice.id && rows[0].amount_minor == 12000 && rows[0].fee_minor == 150);
    CU_ASSERT_TRUE(!rows[1].is_fee && rows[2].is_fee && rows[2].credit && rows[3].is_fee && rows[3].amount_minor == 1200);
    SAME_TEXT(rows[3].text, "FRAIS");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET fee_minor = 0 WHERE id = %" PRId64, rows[0].id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO bank_entry SELECT NULL, import_id, REVERSE(entry_key), amount_minor, credit, currency, booked_on, bank_ref, end_to_end_id, "
                                       "name, account_key, account_masked, reference, text, return_code, fee_minor, is_fee, match_kind, customer_id, invoice_id, 'open', NULL, NULL, NULL "
                                       "FROM bank_entry WHERE id = %" PRId64, rows[3].id)); /* a fee waits for nobody */
    books_are_sound(ctx);

    /* What a person finds a home for is what was sent; its fee is booked already. */
    invoice = issued(ctx, &customer);
    GOOD(bank_leftovers(ctx, 0, 200, &left, &count));
    r = (struct resolving){.entry_id = left[count - 1].entry.id, .invoice_number = invoice.number};
    CU_ASSERT_TRUE(left[count - 1].entry.amount_minor == 5000 && left[count - 1].entry.fee_minor == 250);
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    SAME_NUMBER(open_of(ctx, &invoice), 7000);
    SAME_NUMBER(fees_now(ctx).bank_minor - before.bank_minor, 12000 - 1400 + 5000);
    books_are_sound(ctx);
}

static int missing_told(struct ctx *ctx, const char *detail)
{
    struct operator_item *items;
    size_t count;
    int found = 0;

    GOOD(open_operator_items(ctx, 10000, &items, &count));
    for (size_t i = 0; i < count; i++)
        found += strcmp(items[i].kind, "statement_missing") == 0 && (detail[0] == '\0' || strcmp(items[i].detail, detail) == 0);
    return found;
}

/* A statement without entries that count. */
static char *numbered(struct ctx *ctx, int number, int32_t on, int64_t opening, int64_t closing)
{
    char day[DATE_TEXT_BYTES];
    int64_t moved = closing > opening ? closing - opening : opening - closing;

    (void)date_iso(on, day);
    return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%" PRId64 "</MsgId></GrpHdr><Stmt><Id>1</Id>%s"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"SEK\">%" PRId64 ".00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>"
                        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"SEK\">%" PRId64 ".00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>"
                        "<Ntry><Amt Ccy=\"SEK\">%" PRId64 ".00</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd>"
                        "<SubFmlyCd>INTR</SubFmlyCd></Fmly></Domn></BkTxCd></Ntry></Stmt></BkToCstmrStmt></Document>", store_unique(),
                        number > 0 ? arena_printf(ctx->arena, "<ElctrncSeqNb>%d</ElctrncSeqNb>", number) : "", opening, day, closing, day, moved, closing > opening ? "CRDT" : "DBIT", day);
}

/* MON-31: what is missing between two is told by the later one, once, and no more when it comes, in whatever order; a person
 * may say that nothing is missing. */
TEST(banking, a_statement_that_is_missing_is_told)
{
    struct ctx *ctx = banking_ctx();
    int32_t on = ctx->today_on - 20;
    char from[DATE_TEXT_BYTES], until[DATE_TEXT_BYTES];
    const char *between = arena_printf(ctx->arena, "%s 11 %s 14", date_iso(on + 1, from), date_iso(on + 4, until));
    int before = missing_told(ctx, "");

    (void)imported(ctx, numbered(ctx, 10, on, 1000, 1100));
    (void)imported(ctx, numbered(ctx, 11, on + 1, 1100, 1200));
    SAME_NUMBER(missing_told(ctx, ""), before);
    (void)imported(ctx, numbered(ctx, 14, on + 4, 1400, 1500));
    SAME_NUMBER(missing_told(ctx, between), 1);
    (void)imported(ctx, numbered(ctx, 14, on + 4, 1400, 1500)); /* in another file */
    (void)imported(ctx, numbered(ctx, 15, on + 5, 1500, 1450));
    SAME_NUMBER(missing_told(ctx, ""), before + 1);
    (void)imported(ctx, numbered(ctx, 12, on + 2, 1200, 1300));
    SAME_NUMBER(missing_told(ctx, ""), before + 1); /* 13 is missing still */
    (void)imported(ctx, numbered(ctx, 13, on + 3, 1300, 1400));
    SAME_NUMBER(missing_told(ctx, ""), before);

    (void)imported(ctx, numbered(ctx, 0, on + 8, 1700, 1800)); /* by its balance alone */
    SAME_NUMBER(missing_told(ctx, arena_printf(ctx->arena, "%s 15 %s -", date_iso(on + 5, from), date_iso(on + 8, until))), 1);
    {
        struct operator_item *items;
        size_t count;

        GOOD(open_operator_items(ctx, 10000, &items, &count));
        for (size_t i = 0; i < count; i++)
            if (strcmp(items[i].kind, "statement_missing") == 0)
                GOOD(close_operator_item(ctx, items[i].id));
    }
    (void)imported(ctx, numbered(ctx, 0, on + 9, 1800, 1900));
    SAME_NUMBER(missing_told(ctx, ""), 0);
}

/* Notifications announce, statements book: the same entries in both, in either order, each file twice, give the same books. */
TEST(banking, notification_and_statement_book_once_in_either_order)
{
    struct ctx *ctx = banking_ctx();
    struct customer customer = new_business(ctx);

    for (int first = 0; first < 2; first++) {
        struct invoice invoice = issued(ctx, &customer), other = issued(ctx, &customer);
        struct fee_row before = fees_now(ctx), after;
        char *entries = arena_printf(ctx->arena, "%s%s%s%s", transfer(ctx, 12000, invoice.number, "NL91ABNA0417164300"), netted(ctx, 12000, 100, other.number),
                                     fee_entry(ctx, "1.00", "DBIT", "CHRG"), transfer(ctx, 777, "bonjour", "NL91ABNA0417164300"));
        int fresh = 0, matched = 0, open = 0;

        for (int file = 0; file < 4; file++) {
            bool announces = (file / 2 == 0) == (first == 0);
            struct bank_imported result = imported(ctx, announces ? notification(ctx, entries) : statement(ctx, OURS, entries));

            CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && (!announces || (result.matched == 0 && result.open == 0)));
            fresh += result.fresh;
            matched += result.matched;
            open += result.open;
            if (file == 1 && first == 0)
                CU_ASSERT_TRUE(open_of(ctx, &invoice) == 12000 && fees_now(ctx).bank_minor == before.bank_minor);
        }
        CU_ASSERT_TRUE(fresh == 8 && matched == 2 && open == 1);
        after = fees_now(ctx);
        SAME_NUMBER(open_of(ctx, &invoice) + open_of(ctx, &other), 0);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 200);
        SAME_NUMBER(after.bank_minor - before.bank_minor, 24000 - 200);
    }
    books_are_sound(ctx);
}
