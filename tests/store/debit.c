#include "debit.h"

#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/quote_template.h"

struct ctx *debit_ctx(void)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct debit_terms terms = {"FR72ZZZ123456", "pain.008.001.08", 1, 24, 5, false};
    struct company company;

    GOOD(company_current(ctx, &company));
    if (company.iban[0] == '\0') {
        company.iban = OURS;
        GOOD(save_company(ctx, &company));
    }
    GOOD(save_debit_terms(ctx, &terms));
    ctx->actor = "seller:1";
    return ctx;
}

/* 100.00 a month. */
static int64_t sent_quote(struct ctx *ctx, struct plan plan)
{
    struct customer customer = {.is_company = true, .name = "Société Œuvre & Cie", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct seller_user user = {.email = arena_printf(ctx->arena, "%s@nord.example", unique(ctx, "r")), .name = "Jeanne", .password = "x", .language = "fr"};
    struct quote_template template = {.name = unique(ctx, "R "), .validity_days = 20, .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
    struct quote_template_line line[1] = {
        {.kind = LINE_RECURRING, .description = "Licence", .quantity_e4 = 10000, .unit_price_e4 = 1000000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000}};
    struct customer_result made;
    struct catalogue_result saved;
    struct quoting_result quote;

    plan.name = unique(ctx, "Formule ");
    plan.max_missed = 1000;
    plan.dunning_rule_id = 1;
    plan.state = "active";
    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    GOOD(insert_seller_user(ctx, &user));
    GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
    template.plan_id = saved.id;
    GOOD(change_template(ctx, &template, line, 1, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){made.id, user.id, saved.id}, NO_ONCE, &quote));
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &quote));
    CU_ASSERT_EQUAL_FATAL(quote.refusal, QUOTE_NOT_REFUSED);
    return quote.quote_id;
}

struct plan monthly(void)
{
    return (struct plan){.every = {RECURRENCE_MONTH, 1}};
}

struct subscription started(struct ctx *ctx, struct plan plan)
{
    struct confirming c;
    struct subscription subscription;
    struct sales_order order;

    GOOD(load_offer(ctx, sent_quote(ctx, plan), 0, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &subscription));
    return subscription;
}

const char *mailed_code(struct ctx *ctx, const char *reference)
{
    struct outbox_row *rows;
    const char *code = "";
    size_t count;

    GOOD(outbox_list(ctx, 0, 20, &rows, &count));
    for (size_t i = 0; i < count && code[0] == '\0'; i++) /* the newest */
        if (strcmp(rows[i].template, "mandate_code") == 0 && strcmp(history_param(ctx->arena, rows[i].params, "reference"), reference) == 0)
            GOOD(outbox_token(ctx, &rows[i], &code));
    return code;
}

struct mandate_start begun(struct ctx *ctx, const struct subscription *s)
{
    struct mandate_start start = {.subscription_id = s->id, .use = USE_FROM_NOW, .holder = "Société Œuvre", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "I authorise the creditor."};

    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    return start;
}

struct mandate signed_mandate(struct ctx *ctx, struct subscription *s)
{
    struct mandate_start start = begun(ctx, s);
    struct mandate_sign sign = {.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    struct mandate m;

    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(sign.refusal, MANDATE_NOT_REFUSED);
    GOOD(mandate_by_reference(ctx, start.reference, &m));
    GOOD(subscription_by_id(ctx, s->id, s));
    return m;
}

struct mandate mandate_now(struct ctx *ctx, const char *reference)
{
    struct mandate m;

    GOOD(mandate_by_reference(ctx, reference, &m));
    return m;
}

void changed_account(struct ctx *ctx, const char *reference, const char *iban)
{
    struct mandate_start start = {.holder = "Société Œuvre", .iban = iban, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Another account."};
    struct mandate_sign sign = {.reference = reference};

    GOOD(start_mandate_change(ctx, reference, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    sign.code = mailed_code(ctx, reference);
    GOOD(sign_mandate_change(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(sign.refusal, MANDATE_NOT_REFUSED);
}

struct collection planned(struct ctx *ctx, const struct subscription *s, struct invoice *invoice, struct attempt *attempt)
{
    struct invoice_list_row *rows;
    struct receivable receivable;
    struct payable payable;
    struct collection c;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, s->id, 0, 1, &rows, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_by_number(ctx, rows[0].number, invoice));
    GOOD(receivable_of(ctx, invoice->id, &receivable));
    GOOD(plan_collection(ctx, &receivable, s->payment_method_id));
    GOOD(payable_of(ctx, 0, invoice->id, &payable));
    GOOD(live_attempt(ctx, payable.id, attempt));
    GOOD(collection_of(ctx, attempt->id, &c));
    return c;
}

int64_t open_of(struct ctx *ctx, const struct invoice *invoice)
{
    struct receivable receivable;

    GOOD(receivable_of(ctx, invoice->id, &receivable));
    return receivable.open_minor;
}

const char *state_of(struct ctx *ctx, int64_t attempt_id)
{
    struct attempt attempt;

    GOOD(attempt_by_id(ctx, attempt_id, &attempt));
    return attempt_state_name(attempt.state);
}

int64_t made_file(struct ctx *ctx)
{
    struct collection_making making;

    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE_FATAL(making.count >= 1);
    return making.file_id;
}

enum file_refusal answered(struct ctx *ctx, int64_t file_id, bool sent)
{
    struct file_answer answer = {.file_id = file_id, .sent = sent};

    GOOD(answer_for_file(ctx, &answer, NO_ONCE));
    return answer.refusal;
}

int64_t sent_file(struct ctx *ctx)
{
    int64_t id = made_file(ctx);

    SAME_NUMBER(answered(ctx, id, true), FILE_NOT_REFUSED);
    return id;
}

struct collection_bytes file_bytes(struct ctx *ctx, int64_t id)
{
    struct collection_bytes file;

    GOOD(collection_file_bytes(ctx, id, &file));
    return file;
}

bool file_says(struct ctx *ctx, int64_t id, const char *text)
{
    struct collection_bytes file = file_bytes(ctx, id);

    return strstr(arena_strndup(ctx->arena, (const char *)file.bytes.data, file.bytes.bytes), text) != NULL;
}

int items_of(struct ctx *ctx, const char *kind, int64_t subject_id)
{
    struct operator_item *items;
    size_t count;
    int found = 0;

    GOOD(open_operator_items(ctx, 10000, &items, &count));
    for (size_t i = 0; i < count; i++)
        found += strcmp(items[i].kind, kind) == 0 && items[i].subject_id == subject_id;
    return found;
}

void bank_paid(struct ctx *ctx, const struct attempt *attempt)
{
    struct debit_told told = {.attempt_id = attempt->id, .batch_id = "", .amount_minor = attempt->amount_minor, .currency = attempt->currency, .booked_on = ctx->today_on};

    GOOD(settle_credit(ctx, &told));
    CU_ASSERT_TRUE(told.verdict == DEBIT_AS_ASKED && told.moved == 1);
}

char *debit_entry(struct ctx *ctx, const char *sign, int64_t minor, int64_t asked, int32_t on, const char *end_to_end_id, const char *code)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s%s-%lld</AcctSvcrRef>"
                        "<NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy=\"EUR\">%lld.%02d</Amt></InstdAmt></AmtDtls>%s%s%s</TxDtls></NtryDtls></Ntry>",
                        (long long)minor / 100, (int)(minor % 100), sign, date_iso(on, day), sign, end_to_end_id, (long long)minor + on, end_to_end_id, (long long)asked / 100, (int)(asked % 100),
                        code[0] == '\0' ? "" : "<RtrInf><Rsn><Cd>", code, code[0] == '\0' ? "" : "</Cd></Rsn></RtrInf>");
}

char *batch_entry(struct ctx *ctx, int64_t minor, const char *batch_id, int count, const char *details)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>B%lld</AcctSvcrRef>"
                        "<NtryDtls><Btch><PmtInfId>%s</PmtInfId>%s</Btch>%s</NtryDtls></Ntry>", (long long)minor / 100, (int)(minor % 100), date_iso(ctx->today_on, day), (long long)store_unique(),
                        batch_id, count > 0 ? arena_printf(ctx->arena, "<NbOfTxs>%d</NbOfTxs>", count) : "", details);
}

char *reject_of(struct ctx *ctx, const char *end_to_end_id, const char *code)
{
    return arena_printf(ctx->arena, "<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf></TxInfAndSts>", end_to_end_id, code);
}

static char *bank_file_of(struct ctx *ctx, enum told how, const char *said)
{
    bool statement = how == TOLD_STATEMENT;
    const char *file = statement ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn", *part = statement ? "Stmt" : "Ntfctn";
    long long id = (long long)store_unique();

    if (how == TOLD_ANSWER)
        return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>P%lld</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>x"
                            "</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>x</OrgnlPmtInfId>%s</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", id, said);
    return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.05%d.001.08\"><%s><GrpHdr><MsgId>%lld</MsgId></GrpHdr><%s><Id>1</Id><Acct><Id><IBAN>" OURS
                        "</IBAN></Id></Acct>%s</%s></%s></Document>", statement ? 3 : 4, file, id, part, said, part, file);
}

struct bank_imported bank_told(struct ctx *ctx, enum told how, const char *said)
{
    struct bank_imported result;
    char *text = bank_file_of(ctx, how, said);

    GOOD(import_bank_file(ctx, "bank.xml", text, strlen(text), false, &result));
    CU_ASSERT_EQUAL_FATAL(result.refusal, IMPORT_NOT_REFUSED);
    return result;
}

struct bank_entry_row newest_entry(struct ctx *ctx)
{
    struct bank_entry_row *open, *done, newest;
    size_t open_count, done_count;

    GOOD(open_bank_entries(ctx, 0, 10000, &open, &open_count));
    GOOD(resolved_bank_entries(ctx, 0, 1, &done, &done_count));
    newest = open_count > 0 ? open[open_count - 1] : done[0];
    return done_count > 0 && done[0].id > newest.id ? done[0] : newest;
}

static const struct column account_sums_column[] = {
    COLUMN(I64, account_sums, bank_minor), COLUMN(I64, account_sums, fees_minor), COLUMN(I64, account_sums, returns)};
static const struct statement account_sums = {
    "test_account_sums", "SELECT CAST(IFNULL(SUM(IF(i.account = '512', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS bank_minor, "
    "CAST(IFNULL(SUM(IF(i.account = '627', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS fees_minor, "
    "COUNT(DISTINCT IF(e.source_kind = 'return', e.id, NULL)) AS returns FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id",
    READS(account_sums, account_sums_column)};

struct account_sums sums_now(struct ctx *ctx)
{
    struct account_sums row;

    GOOD(db_row(ctx, &account_sums, NO_PARAMS, &row));
    return row;
}

struct sent_debit made_debit(struct ctx *ctx)
{
    struct sent_debit d = {.s = started(ctx, monthly())};

    d.m = signed_mandate(ctx, &d.s);
    (void)planned(ctx, &d.s, &d.invoice, &d.attempt);
    (void)made_file(ctx);
    GOOD(collection_of(ctx, d.attempt.id, &d.c));
    d.asked = open_of(ctx, &d.invoice);
    return d;
}

struct sent_debit sent_debit(struct ctx *ctx)
{
    struct sent_debit d = made_debit(ctx);

    SAME_NUMBER(answered(ctx, d.c.file_id, true), FILE_NOT_REFUSED);
    return d;
}

void days_are_over(struct ctx *ctx, const struct sent_debit *d)
{
    int64_t settled = 0;

    ctx->today_on = d->c.settles_on;
    GOOD(settle_collections(ctx, &settled));
}

void taken_back(struct ctx *ctx, const struct sent_debit *d, const char *code)
{
    bool known;

    GOOD(return_collection(ctx, d->attempt.attempt_key, code, &known));
    CU_ASSERT_TRUE(known);
}

void sent_batch(struct ctx *ctx, struct sent_debit *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        d[i].s = started(ctx, monthly());
        d[i].m = signed_mandate(ctx, &d[i].s);
        (void)planned(ctx, &d[i].s, &d[i].invoice, &d[i].attempt);
        d[i].asked = open_of(ctx, &d[i].invoice);
    }
    (void)sent_file(ctx);
    for (size_t i = 0; i < count; i++) {
        GOOD(collection_of(ctx, d[i].attempt.id, &d[i].c));
        SAME_TEXT(d[i].c.batch_id, d[0].c.batch_id);
    }
}

void days_pass(struct ctx *ctx)
{
    int32_t today_on = ctx->today_on;
    int64_t settled = 0;

    ctx->today_on += 60;
    GOOD(settle_collections(ctx, &settled));
    ctx->today_on = today_on;
}

void transferred(struct ctx *ctx, int64_t minor, const char *number)
{
    char day[DATE_TEXT_BYTES];

    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
        "</BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", (long long)minor / 100, (int)(minor % 100), date_iso(ctx->today_on, day), number)).matched, 1);
}
