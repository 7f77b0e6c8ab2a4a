/* debiting: mandates, collections, their file and what the bank says of it, against a real database. */
#include "support.h"
#include <stdio.h>
#include <string.h>
#include "core/date.h"
#include "service/announcing.h"
#include "service/cataloguing.h"
#include "service/contract.h"
#include "service/customers.h"
#include "service/invoicing.h"
#include "service/offer.h"
#include "service/quoting.h"
#include "service/renewing.h"
#include "service/settling.h"
#include "store/history.h"
#include "store/inspection.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/quote_template.h"
#include "store/renewal.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "base/hash.h"
#include "core/reconciliation.h"
#include "core/return_code.h"
#include "core/target_day.h"
#include "document/pain008.h"
#include "schema.h"
#include "service/banking.h"
#include "service/debiting.h"
#include "service/mandating.h"
#include "service/dunning.h"
#include "store/bank.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/reconciliation.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})
#define OURS "FR7630006000011234567890189"
#define THEIRS "DE89370400440532013000"

static struct ctx *debiting_ctx(void)
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

static char *unique(struct ctx *ctx, const char *stem)
{
    return arena_printf(ctx->arena, "%s%lld", stem, (long long)store_unique());
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

static struct subscription started(struct ctx *ctx, struct plan plan)
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



static struct plan monthly(void)
{
    return (struct plan){.every = {RECURRENCE_MONTH, 1}};
}

/* The code as the customer reads it in the mail. */
static const char *mailed_code(struct ctx *ctx, const char *reference)
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

static struct mandate_start begun(struct ctx *ctx, const struct subscription *s)
{
    struct mandate_start start = {.subscription_id = s->id, .use = USE_FROM_NOW, .holder = "Société Œuvre", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "I authorise the creditor."};

    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    return start;
}

static struct mandate signed_mandate(struct ctx *ctx, struct subscription *s)
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

/* The first open invoice of a subscription that pays by mandate, planned for collection. */
static struct collection planned(struct ctx *ctx, const struct subscription *s, struct invoice *invoice, struct attempt *attempt)
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

static int64_t open_of(struct ctx *ctx, const struct invoice *invoice)
{
    struct receivable receivable;

    GOOD(receivable_of(ctx, invoice->id, &receivable));
    return receivable.open_minor;
}

static const char *state_of(struct ctx *ctx, int64_t attempt_id)
{
    struct attempt attempt;

    GOOD(attempt_by_id(ctx, attempt_id, &attempt));
    return attempt_state_name(attempt.state);
}

static int64_t made_file(struct ctx *ctx)
{
    struct collection_making making;

    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE_FATAL(making.count >= 1);
    return making.file_id;
}

static enum file_refusal answered(struct ctx *ctx, int64_t file_id, bool sent)
{
    struct file_answer answer = {.file_id = file_id, .sent = sent};

    GOOD(answer_for_file(ctx, &answer, NO_ONCE));
    return answer.refusal;
}

/* A file that the bank has. */
static int64_t sent_file(struct ctx *ctx)
{
    int64_t id = made_file(ctx);

    SAME_NUMBER(answered(ctx, id, true), FILE_NOT_REFUSED);
    return id;
}

/* The bank credits what was asked. */
static void bank_paid(struct ctx *ctx, const struct attempt *attempt)
{
    struct debit_told told = {.attempt_id = attempt->id, .batch_id = "", .amount_minor = attempt->amount_minor, .currency = attempt->currency, .booked_on = ctx->today_on};

    GOOD(settle_credit(ctx, &told));
    CU_ASSERT_TRUE(told.verdict == DEBIT_AS_ASKED && told.moved == 1);
}

static int items_of(struct ctx *ctx, const char *kind, int64_t subject_id)
{
    struct operator_item *items;
    size_t count;
    int found = 0;

    GOOD(open_operator_items(ctx, 10000, &items, &count));
    for (size_t i = 0; i < count; i++)
        found += strcmp(items[i].kind, kind) == 0 && items[i].subject_id == subject_id;
    return found;
}

TEST(debiting, a_mandate_is_signed_with_a_code_from_the_mail)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate_start start = begun(ctx, &s);
    const char *code = mailed_code(ctx, start.reference);
    struct mandate_sign sign = {.reference = start.reference, .code = strcmp(code, "000000") == 0 ? "111111" : "000000"};
    struct payment_method method;
    struct mandate m;
    const char *iban;

    CU_ASSERT_EQUAL_FATAL(strlen(code), 6);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_WRONG_CODE);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0); /* nothing changes before the signature */
    sign.code = code;
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NOT_REFUSED);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NO_DRAFT);
    GOOD(mandate_by_reference(ctx, start.reference, &m));
    SAME_TEXT(m.state, "active");
    SAME_TEXT(m.account_masked, "DE89 … 3000");
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, m.payment_method_id);
    GOOD(payment_method_by_id(ctx, m.payment_method_id, &method));
    SAME_TEXT(method.gateway, "sepa");
    CU_ASSERT_PTR_NULL(strstr(method.token_sealed, "370400"));
    GOOD(payment_method_token(ctx, &method, &iban));
    SAME_TEXT(iban, THEIRS);

    /* Five wrong codes, or half an hour, end a draft. */
    start = begun(ctx, &s);
    sign = (struct mandate_sign){.reference = start.reference, .code = "x"};
    for (int i = 0; i < MANDATE_CODE_TRIES; i++)
        GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    sign.code = mailed_code(ctx, start.reference);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_CODE_OVER);
    start = begun(ctx, &s);
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    ctx->now += INT64_C(31) * 60 * 1000000;
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_CODE_OVER);
    ctx->now -= INT64_C(31) * 60 * 1000000;
}

TEST(debiting, a_collection_goes_from_notice_to_money)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t began_on = ctx->today_on;
    struct collection_bytes bytes, again;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c = planned(ctx, &s, &invoice, &attempt);
    int64_t settled = 0, file;

    SAME_TEXT(attempt_state_name(attempt.state), "ready");
    CU_ASSERT_TRUE(target_is_open(c.collect_on) && c.collect_on >= ctx->today_on + 5 && c.noticed_on == ctx->today_on);
    file = sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    GOOD(collection_file_bytes(ctx, file, &bytes));
    GOOD(collection_file_bytes(ctx, file, &again));
    CU_ASSERT_TRUE(bytes.bytes.bytes == again.bytes.bytes && memcmp(bytes.bytes.data, again.bytes.data, bytes.bytes.bytes) == 0);
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, attempt.attempt_key, strlen(attempt.attempt_key)));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, m.reference, strlen(m.reference)));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, THEIRS, strlen(THEIRS)));
    CU_ASSERT_PTR_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, "AmdmntInd", 9));

    /* Not paid before the days of return are over, then paid once. */
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "succeeded");
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 1);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debiting, a_return_after_settlement_reopens_the_invoice)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t began_on = ctx->today_on;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c = planned(ctx, &s, &invoice, &attempt);
    struct dunning_case unpaid;
    int64_t settled = 0;
    bool known;

    (void)sent_file(ctx);
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    GOOD(return_collection(ctx, attempt.attempt_key, "MD01", &known));
    CU_ASSERT_TRUE(known);
    GOOD(dunning_case_of(ctx, invoice.id, &unpaid));
    SAME_TEXT(unpaid.state, "open"); /* what is said of unpaid invoices begins on the day of the return */
    SAME_NUMBER(unpaid.due_on, invoice.due_on < ctx->today_on ? invoice.due_on : ctx->today_on);
    SAME_TEXT(state_of(ctx, attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &invoice), invoice.total_minor);
    books_are_sound(ctx);
    GOOD(mandate_by_method(ctx, m.payment_method_id, &m));
    SAME_TEXT(m.state, "revoked");
    /* The same return in another file books nothing. */
    GOOD(return_collection(ctx, attempt.attempt_key, "MD01", &known));
    CU_ASSERT_TRUE(known);
    SAME_NUMBER(open_of(ctx, &invoice), invoice.total_minor);
    GOOD(return_collection(ctx, "NEVER-SENT", "AC04", &known));
    CU_ASSERT_FALSE(known);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* A transfer of this amount for an invoice. */
static void transferred(struct ctx *ctx, int64_t minor, const char *number)
{
    struct bank_imported result;
    char day[DATE_TEXT_BYTES];
    char *text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%lld</MsgId></GrpHdr><Stmt><Id>1</Id>"
        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
        "</BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        (long long)store_unique(), (long long)minor / 100, (int)(minor % 100), date_iso(ctx->today_on, day), number);

    GOOD(import_bank_file(ctx, "statement.xml", text, strlen(text), false, &result));
    CU_ASSERT_EQUAL(result.matched, 1);
}

static int64_t left_of_advance(struct ctx *ctx, int64_t attempt_id)
{
    struct returned_payment payment;
    struct advance advance;

    GOOD(payment_of_attempt(ctx, attempt_id, &payment));
    GOOD(lock_advance(ctx, payment.payment_id, &advance));
    return advance.left_minor;
}

/* Half of the invoice came by transfer while the bank had the debit: the surplus is the customer's. When the debit goes
 * back, so does that; what the transfer paid stays paid. */
TEST(debiting, a_return_takes_back_what_was_above_the_invoice)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    int32_t began_on = ctx->today_on;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0, half;
    bool known;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &attempt);
    (void)sent_file(ctx);
    half = invoice.total_minor / 2;
    transferred(ctx, half, invoice.number);
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    SAME_NUMBER(left_of_advance(ctx, attempt.id), half);
    books_are_sound(ctx);
    GOOD(return_collection(ctx, attempt.attempt_key, "AC04", &known));
    CU_ASSERT_TRUE(known);
    SAME_TEXT(state_of(ctx, attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &invoice), invoice.total_minor - half);
    SAME_NUMBER(left_of_advance(ctx, attempt.id), 0);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* The surplus has paid the next invoice: that is open again too. */
TEST(debiting, a_return_reopens_what_its_surplus_paid)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    int32_t began_on = ctx->today_on;
    struct renewing renewing = {.stop = NULL};
    struct invoice_list_row *rows;
    struct invoice invoice, next;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0, used = 0;
    size_t count;
    bool known;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &attempt);
    (void)sent_file(ctx);
    transferred(ctx, invoice.total_minor - 100, invoice.number); /* all but 1.00: the rest of the debit is a surplus */
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    ctx->today_on = c.settles_on > date_add_months(began_on, 1) ? c.settles_on : date_add_months(began_on, 1);
    GOOD(renew_subscriptions(ctx, &renewing));
    GOOD(use_advances(ctx, &used));
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 5, &rows, &count));
    CU_ASSERT_TRUE_FATAL(count >= 2);
    GOOD(invoice_by_id(ctx, rows[count - 2].id, &next));
    SAME_NUMBER(open_of(ctx, &next), 100);
    SAME_NUMBER(left_of_advance(ctx, attempt.id), 0);
    GOOD(return_collection(ctx, attempt.attempt_key, "AC04", &known));
    CU_ASSERT_TRUE(known);
    SAME_NUMBER(open_of(ctx, &invoice), 100);
    SAME_NUMBER(open_of(ctx, &next), next.total_minor);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* Nobody writes to somebody who has died; a case that a payment ended comes back with what was taken back. */
TEST(debiting, a_return_after_a_death_is_silent)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct dunning_run run = {.stop = NULL};
    int32_t began_on = ctx->today_on;
    struct dunning_case unpaid;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0;
    bool known;

    (void)signed_mandate(ctx, &s);
    c = planned(ctx, &s, &invoice, &attempt);
    (void)sent_file(ctx);
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    GOOD(return_collection(ctx, attempt.attempt_key, "MD07", &known));
    CU_ASSERT_TRUE(known);
    ctx->today_on += 60;
    GOOD(run_dunning(ctx, &run));
    GOOD(dunning_case_of(ctx, invoice.id, &unpaid));
    SAME_TEXT(unpaid.state, "stopped");
    SAME_TEXT(unpaid.stop_reason, "MD07");
    SAME_NUMBER(unpaid.last_step_on, DATE_NONE);
    ctx->today_on = began_on;
}

/* The bank's own words: a pain.002 that rejects, then a camt.053 that books the other as a batch. */
/* trust.md C23: nobody here sees what leaves the house, so silence pays nothing until somebody says that it left. */
TEST(debiting, a_file_of_which_nobody_speaks_is_asked_about_and_pays_nothing)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    int32_t began_on = ctx->today_on;
    struct collection_making making;
    struct debit_terms terms;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0, file;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &attempt);
    file = made_file(ctx);
    GOOD(collection_of(ctx, attempt.id, &c));
    GOOD(debit_terms(ctx, &terms));
    ctx->today_on = collection_file_by(&(struct target_terms){terms.lead_days, 0}, c.collect_on) - 1;
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0); /* there is still a day */
    ctx->today_on++;
    for (int i = 0; i < 2; i++)
        GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 1);
    ctx->today_on = c.settles_on + 30;
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 0);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    GOOD(make_collection_file(ctx, &making, NO_ONCE)); /* and it is in no other file */
    SAME_NUMBER(making.count, 0);

    for (int i = 0; i < 2; i++)
        SAME_NUMBER(answered(ctx, file, true), FILE_NOT_REFUSED);
    SAME_NUMBER(answered(ctx, file, false), FILE_ANSWERED);
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0);
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 1);
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    CU_ASSERT_NOT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE collection_file_answer SET answer = 'never' WHERE file_id = %lld", (long long)file)), OK);
    ctx_forget_error(ctx);
    CU_ASSERT_NOT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "DELETE FROM collection_file_answer WHERE file_id = %lld", (long long)file)), OK);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debiting, a_file_that_never_leaves_is_given_up_and_its_debits_are_announced_anew)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct bank_imported result;
    struct collection_bytes bytes;
    struct receivable receivable;
    struct invoice invoice;
    struct attempt first, second;
    char *text, day[DATE_TEXT_BYTES];
    int64_t file;

    (void)planned(ctx, &s, &invoice, &first);
    file = made_file(ctx);
    GOOD(mandate_by_reference(ctx, m.reference, &m));
    CU_ASSERT_NOT_EQUAL(m.last_collected_on, DATE_NONE);
    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED);
    SAME_NUMBER(answered(ctx, file, true), FILE_ANSWERED);
    SAME_TEXT(state_of(ctx, first.id), "declined");
    GOOD(receivable_of(ctx, invoice.id, &receivable));
    SAME_NUMBER(receivable.open_minor, invoice.total_minor);
    SAME_NUMBER(receivable.collect_on, ctx->today_on);
    GOOD(mandate_by_reference(ctx, m.reference, &m));
    SAME_NUMBER(m.last_collected_on, DATE_NONE); /* nothing was collected under it */

    (void)planned(ctx, &s, &invoice, &second);
    CU_ASSERT_STRING_NOT_EQUAL(second.attempt_key, first.attempt_key);
    GOOD(collection_file_bytes(ctx, sent_file(ctx), &bytes));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, second.attempt_key, strlen(second.attempt_key)));
    CU_ASSERT_PTR_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, first.attempt_key, strlen(first.attempt_key)));

    /* It was sent after all: the bank's money for it is nobody's, and waits for a person. */
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%lld</MsgId></GrpHdr><Stmt><Id>1</Id>"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">7.77</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
                        "</BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
                        (long long)store_unique(), date_iso(ctx->today_on, day), first.attempt_key);
    GOOD(import_bank_file(ctx, "late.xml", text, strlen(text), false, &result));
    CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.collections == 0 && result.open == 1);
    SAME_TEXT(state_of(ctx, first.id), "declined");
    SAME_TEXT(state_of(ctx, second.id), "pending");
    books_are_sound(ctx);
}

/* What the bank speaks of was sent, whatever anybody says. */
TEST(debiting, a_file_of_which_the_bank_speaks_is_never_given_up)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription one = started(ctx, monthly()), two = started(ctx, monthly());
    struct invoice invoice;
    struct attempt a, b;
    int64_t file;
    bool known;

    (void)signed_mandate(ctx, &one);
    (void)signed_mandate(ctx, &two);
    (void)planned(ctx, &one, &invoice, &a);
    (void)planned(ctx, &two, &invoice, &b);
    file = made_file(ctx);
    GOOD(return_collection(ctx, a.attempt_key, "AM04", &known));
    CU_ASSERT_TRUE(known);
    SAME_NUMBER(answered(ctx, file, false), FILE_ARRIVED);
    CU_ASSERT_NOT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "INSERT INTO collection_file_answer VALUES (%lld, 'never', '2026-01-01', 'x', UTC_TIMESTAMP(6))",
                                                     (long long)file)), OK);
    ctx_forget_error(ctx);
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0);
    SAME_NUMBER(answered(ctx, file, false), FILE_ANSWERED); /* "sent", by the bank */
    SAME_TEXT(state_of(ctx, b.id), "pending");
}

/* trust.md C26: a notice that did not leave, or left late. */
TEST(debiting, no_debit_leaves_before_its_notice_and_a_late_one_is_told)
{
    struct ctx *ctx = debiting_ctx();
    const struct tenant *kept = ctx->tenant;
    struct tenant mailing = *kept;
    struct subscription s = started(ctx, monthly());
    int32_t began_on = ctx->today_on;
    int64_t began_at = ctx->now;
    struct collection_making making;
    struct outbox_row *rows;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t mail_id = 0;
    size_t count;

    (void)signed_mandate(ctx, &s);
    c = planned(ctx, &s, &invoice, &attempt);
    GOOD(outbox_list(ctx, 0, 50, &rows, &count));
    for (size_t i = 0; i < count && mail_id == 0; i++)
        mail_id = strcmp(rows[i].template, "sepa_prenotice") == 0 ? rows[i].id : 0;
    mailing.mail_smtp = "smtp://127.0.0.1:1";
    mailing.test = false;
    ctx->tenant = &mailing;
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 0 && making.unnoticed >= 1 && making.left_out == 0);
    SAME_TEXT(state_of(ctx, attempt.id), "ready");
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_late", invoice.id), 0); /* it may still leave in time */
    ctx->today_on = c.collect_on - 2;
    for (int i = 0; i < 2; i++)
        GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_late", invoice.id), 1);

    /* It leaves three days late: the debit moves, so that the payer has the days that were agreed. */
    ctx->today_on = c.noticed_on + 3;
    ctx->now = (int64_t)ctx->today_on * INT64_C(86400000000) + INT64_C(43200000000);
    GOOD(mark_mail_sent(ctx, mail_id));
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_NUMBER(making.unnoticed, 0);
    CU_ASSERT_TRUE(making.count >= 1);
    GOOD(collection_of(ctx, attempt.id, &c));
    CU_ASSERT_TRUE(c.collect_on >= ctx->today_on + 5 && target_is_open(c.collect_on));
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    ctx->tenant = kept;
    ctx->today_on = began_on;
    ctx->now = began_at;
}

/* A notice that is refused for good keeps its debit here until a person says how the payer is told. */
TEST(debiting, a_debit_whose_notice_is_refused_waits_for_a_person_with_two_ways_out)
{
    struct ctx *ctx = debiting_ctx();
    const struct tenant *kept = ctx->tenant;
    struct tenant mailing = *kept;
    struct subscription s = started(ctx, monthly());
    struct subscription other = started(ctx, monthly());
    struct announcing again = {.address = "payer@elsewhere.example"};
    struct announcing told = {.address = NULL};
    struct collection_making making;
    struct operator_item item = {.kind = "notice_dead", .subject_kind = "outbox", .currency = "", .detail = "550", .opened_on = ctx->today_on};
    struct outbox_row *rows;
    struct outbox_row mail;
    struct invoice invoice;
    struct attempt first, second;
    size_t count;
    bool waits;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &first);
    (void)signed_mandate(ctx, &other);
    (void)planned(ctx, &other, &invoice, &second);
    GOOD(outbox_list(ctx, 0, 50, &rows, &count));
    for (size_t i = 0; i < count; i++) { /* newest first: the other's */
        if (strcmp(rows[i].template, "sepa_prenotice") != 0 || again.mail_id != 0)
            continue;
        item.subject_id = rows[i].id;
        GOOD(awaits_announcement(ctx, &rows[i], &waits));
        CU_ASSERT_FALSE(waits); /* it may still leave */
        GOOD(mark_mail_dead(ctx, rows[i].id, "550 no such mailbox"));
        GOOD(open_operator_item(ctx, &item));
        *(told.mail_id == 0 ? &told.mail_id : &again.mail_id) = rows[i].id;
    }
    CU_ASSERT_NOT_EQUAL_FATAL(again.mail_id, 0);
    mailing.mail_smtp = "smtp://127.0.0.1:1";
    mailing.test = false;
    ctx->tenant = &mailing;
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_TEXT(state_of(ctx, first.id), "ready");
    SAME_TEXT(state_of(ctx, second.id), "ready");

    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_dead", again.mail_id), 1); /* it stays until somebody answers */
    GOOD(announce_debit(ctx, &again, NO_ONCE));
    CU_ASSERT_FALSE(again.stale);
    GOOD(outbox_by_id(ctx, again.mail_id, &mail));
    SAME_TEXT(mail.state, "waiting");
    SAME_TEXT(mail.to_address, "payer@elsewhere.example");
    SAME_NUMBER(mail.tries, 0);
    GOOD(announce_debit(ctx, &again, NO_ONCE));
    CU_ASSERT_TRUE(again.stale); /* it is on its way */

    GOOD(announce_debit(ctx, &told, NO_ONCE));
    CU_ASSERT_FALSE(told.stale);
    SAME_NUMBER(items_of(ctx, "notice_dead", told.mail_id), 0);
    GOOD(outbox_by_id(ctx, told.mail_id, &mail));
    SAME_TEXT(mail.state, "told");
    CU_ASSERT_EQUAL(mail.sent_at, ctx->now);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_TEXT(state_of(ctx, first.id), "ready");
    SAME_TEXT(state_of(ctx, second.id), "pending"); /* it leaves: the payer knows */
    GOOD(announce_debit(ctx, &told, NO_ONCE));
    CU_ASSERT_TRUE(told.stale);
    item.subject_id = told.mail_id; /* an item whose debit is on its way otherwise closes by itself */
    GOOD(open_operator_item(ctx, &item));
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_dead", told.mail_id), 0);
    ctx->tenant = kept;
    (void)sent_file(ctx); /* nothing stays for the files of other tests */
}

TEST(debiting, files_of_the_bank_move_collections)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription one = started(ctx, monthly()), two = started(ctx, monthly());
    struct mandate first = signed_mandate(ctx, &one);
    int32_t began_on = ctx->today_on;
    struct invoice rejected, booked;
    struct attempt a, b;
    struct receivable receivable;
    struct bank_imported result;
    struct collection c;
    struct operator_item *items;
    size_t item_count;
    int strange = 0;
    char *text, day[DATE_TEXT_BYTES];

    (void)signed_mandate(ctx, &two);
    (void)planned(ctx, &one, &rejected, &a);
    (void)planned(ctx, &two, &booked, &b);
    (void)sent_file(ctx);
    GOOD(collection_of(ctx, b.id, &c));
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>P%lld</MsgId></GrpHdr>"
                        "<OrgnlGrpInfAndSts><OrgnlMsgId>x</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId><TxInfAndSts>"
                        "<OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
                        "</CstmrPmtStsRpt></Document>", (long long)store_unique(), c.batch_id, a.attempt_key);
    GOOD(import_bank_file(ctx, "answer.xml", text, strlen(text), false, &result));
    CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.collections == 1);
    SAME_TEXT(state_of(ctx, a.id), "declined");
    /* A status that nobody knows, and an answer about a file that is not ours, are for a person. */
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>Q%lld</MsgId></GrpHdr>"
                        "<OrgnlGrpInfAndSts><OrgnlMsgId>not-ours</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId>"
                        "<PmtInfSts>WHAT</PmtInfSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", (long long)store_unique(), c.batch_id);
    GOOD(import_bank_file(ctx, "strange.xml", text, strlen(text), false, &result));
    CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.collections == 0);
    SAME_TEXT(state_of(ctx, b.id), "pending");
    GOOD(open_operator_items(ctx, 10000, &items, &item_count));
    for (size_t i = 0; i < item_count; i++)
        strange += strcmp(items[i].kind, "bank_answer") == 0 && (strstr(items[i].detail, "WHAT") != NULL || strstr(items[i].detail, "not-ours") != NULL);
    SAME_NUMBER(strange, 1); /* one item for a file: it names the first */

    GOOD(receivable_of(ctx, rejected.id, &receivable));
    CU_ASSERT_EQUAL(receivable.collect_on, target_add(ctx->today_on, 5)); /* no money: again after five open days */
    GOOD(mandate_by_method(ctx, first.payment_method_id, &first));
    SAME_TEXT(first.state, "active");

    ctx->today_on = c.collect_on;
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%lld</MsgId></GrpHdr><Stmt><Id>1</Id>"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
                        "</BookgDt><NtryDtls><Btch><PmtInfId>%s</PmtInfId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
                        (long long)store_unique(), (long long)booked.total_minor / 100, (int)(booked.total_minor % 100), date_iso(ctx->today_on, day), c.batch_id);
    GOOD(import_bank_file(ctx, "statement.xml", text, strlen(text), false, &result));
    CU_ASSERT_TRUE(result.collections == 1 && result.open == 0);
    SAME_TEXT(state_of(ctx, b.id), "succeeded");
    SAME_TEXT(state_of(ctx, a.id), "declined");
    SAME_NUMBER(open_of(ctx, &booked), 0);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debiting, what_was_paid_otherwise_stays_out_of_the_file)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly()), t = started(ctx, monthly());
    struct invoice paid, other;
    struct attempt a, b;
    struct collection_making making;
    struct bank_imported result;
    char *text, day[DATE_TEXT_BYTES];

    (void)signed_mandate(ctx, &s);
    (void)signed_mandate(ctx, &t);
    (void)planned(ctx, &s, &paid, &a);
    (void)planned(ctx, &t, &other, &b);
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>%lld</MsgId></GrpHdr><Stmt><Id>1</Id>"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
                        "</BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
                        (long long)store_unique(), (long long)paid.total_minor / 100, (int)(paid.total_minor % 100), date_iso(ctx->today_on, day), paid.number);
    GOOD(import_bank_file(ctx, "statement.xml", text, strlen(text), false, &result));
    CU_ASSERT_EQUAL(result.matched, 1);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 1 && making.left_out == 1);
    SAME_TEXT(state_of(ctx, a.id), "not_sent");
    SAME_TEXT(state_of(ctx, b.id), "pending");
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 0 && making.file_id == 0);
    books_are_sound(ctx);
}

/* ---- the life of mandates ---- */

static struct mandate mandate_now(struct ctx *ctx, const char *reference)
{
    struct mandate m;

    GOOD(mandate_by_reference(ctx, reference, &m));
    return m;
}

static struct collection_bytes file_bytes(struct ctx *ctx, int64_t id)
{
    struct collection_bytes file;

    GOOD(collection_file_bytes(ctx, id, &file));
    return file;
}

static bool file_says(struct ctx *ctx, int64_t id, const char *text)
{
    struct collection_bytes file = file_bytes(ctx, id);

    return strstr(arena_strndup(ctx->arena, (const char *)file.bytes.data, file.bytes.bytes), text) != NULL;
}

/* Another account: typed, signed with its own code. */
static void changed_account(struct ctx *ctx, const char *reference, const char *iban)
{
    struct mandate_start start = {.holder = "Société Œuvre", .iban = iban, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Another account."};
    struct mandate_sign sign = {.reference = reference};

    GOOD(start_mandate_change(ctx, reference, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    sign.code = mailed_code(ctx, reference);
    GOOD(sign_mandate_change(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(sign.refusal, MANDATE_NOT_REFUSED);
}

TEST(debiting, a_revoked_mandate_collects_nothing_more)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct mandate_act act = {.reference = m.reference};
    struct collection_making making;
    struct attempt attempt;
    struct invoice invoice;

    (void)planned(ctx, &s, &invoice, &attempt);
    GOOD(revoke_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_REFUSED);
    m = mandate_now(ctx, m.reference);
    SAME_TEXT(m.state, "revoked");
    SAME_NUMBER(m.ended_on, ctx->today_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.left_out >= 1);
    SAME_TEXT(state_of(ctx, attempt.id), "not_sent");
    GOOD(revoke_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_ALIVE);
}

/* S21: the debit that is under way runs on; the next one tells the change, once. */
TEST(debiting, another_account_is_told_with_the_next_collection_once)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct mandate_start same = {.holder = "X", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "x"};
    struct attempt first, second;
    struct invoice invoice;
    bool known;
    int64_t file;

    GOOD(start_mandate_change(ctx, m.reference, &same, NO_ONCE));
    CU_ASSERT_EQUAL(same.refusal, MANDATE_SAME_ACCOUNT);
    (void)planned(ctx, &s, &invoice, &first);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, THEIRS) && !file_says(ctx, file, "SMNDA"));
    changed_account(ctx, m.reference, "NL91ABNA0417164300");
    SAME_TEXT(mandate_now(ctx, m.reference).account_masked, "NL91 … 4300");
    SAME_TEXT(state_of(ctx, first.id), "pending");
    GOOD(return_collection(ctx, first.attempt_key, "AM04", &known)); /* it ran, on the old account */
    CU_ASSERT_TRUE(known);
    (void)planned(ctx, &s, &invoice, &second);
    file = made_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "SMNDA"));
    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED); /* it never left: the bank knows nothing of the change */
    (void)planned(ctx, &s, &invoice, &second);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "NL91ABNA0417164300") && file_says(ctx, file, "SMNDA") && file_says(ctx, file, second.attempt_key));
    GOOD(return_collection(ctx, second.attempt_key, "AM04", &known));
    (void)planned(ctx, &s, &invoice, &second);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "NL91ABNA0417164300") && !file_says(ctx, file, "SMNDA"));
    books_are_sound(ctx);
}

/* What a seller downloads is what the schemas allow: a first debit, one under a mandate that was changed, both versions. */
TEST(debiting, files_that_are_made_are_valid_by_their_schemas)
{
    struct ctx *ctx = debiting_ctx();
    bool skipped = false;

    for (int version = PAIN008_001_08; version <= PAIN008_001_02; version++) {
        const char *name = pain008_version_name((enum pain008_version)version);
        struct debit_terms terms = {"FR72ZZZ123456", name, 1, 24, 5, version == PAIN008_001_02};
        struct subscription s = started(ctx, monthly()), other = started(ctx, monthly());
        struct collection_bytes file;
        struct mandate m;
        struct invoice invoice;
        struct attempt first, second;
        bool known;
        int says;

        GOOD(save_debit_terms(ctx, &terms));
        (void)signed_mandate(ctx, &s);
        m = signed_mandate(ctx, &other);
        (void)planned(ctx, &other, &invoice, &second);
        (void)sent_file(ctx);
        changed_account(ctx, m.reference, "NL91ABNA0417164300");
        GOOD(return_collection(ctx, second.attempt_key, "AM04", &known));
        (void)planned(ctx, &s, &invoice, &first);
        (void)planned(ctx, &other, &invoice, &second);
        file = file_bytes(ctx, made_file(ctx));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, first.attempt_key, strlen(first.attempt_key)));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, second.attempt_key, strlen(second.attempt_key)));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, "<AmdmntInd>true", 15));
        says = schema_says(name, file.bytes.data, file.bytes.bytes);
        skipped |= says < 0;
        if (says == 0)
            SAME_TEXT(name, "valid");
    }
    if (skipped)
        printf("skipped: no ../shared/data/iso20022/xsd ... ");
}

TEST(debiting, a_suspended_mandate_lives_again_with_another_account)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct payment_method method;
    struct attempt attempt;
    struct invoice invoice;
    bool known;

    (void)planned(ctx, &s, &invoice, &attempt);
    (void)sent_file(ctx);
    GOOD(return_collection(ctx, attempt.attempt_key, "AC04", &known));
    SAME_TEXT(mandate_now(ctx, m.reference).state, "suspended");
    changed_account(ctx, m.reference, "BE68539007547034");
    SAME_TEXT(mandate_now(ctx, m.reference).state, "active");
    GOOD(payment_method_by_id(ctx, m.payment_method_id, &method));
    SAME_TEXT(method.state, "active");
    SAME_TEXT(method.last4, "7034");
}

/* The bank was never asked: the one debit that a mandate is for is still to come, announced anew; the first one is still the first. */
TEST(debiting, a_file_that_never_leaves_uses_no_mandate_up)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription once = started(ctx, monthly()), first = started(ctx, monthly()), gone = started(ctx, monthly());
    struct mandate_start start[2] = {
        {.subscription_id = once.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Once."},
        {.subscription_id = gone.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Once."}};
    struct mandate recurrent = signed_mandate(ctx, &first), m;
    struct debit_terms terms;
    struct invoice invoice;
    struct attempt attempt;
    struct open_invoice *open;
    size_t count;
    int64_t file, again;

    GOOD(debit_terms(ctx, &terms));
    terms.mark_first = true;
    GOOD(save_debit_terms(ctx, &terms));
    for (size_t i = 0; i < 2; i++) {
        struct mandate_sign sign;

        GOOD(start_mandate(ctx, &start[i], NO_ONCE));
        sign = (struct mandate_sign){.reference = start[i].reference, .code = mailed_code(ctx, start[i].reference)};
        GOOD(sign_mandate(ctx, &sign, NO_ONCE));
        CU_ASSERT_EQUAL_FATAL(sign.refusal, MANDATE_NOT_REFUSED);
    }
    (void)planned(ctx, &first, &invoice, &attempt);
    file = made_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>OOFF</SeqTp>") && file_says(ctx, file, "<SeqTp>FRST</SeqTp>"));
    SAME_TEXT(mandate_now(ctx, start[0].reference).state, "used");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE reference = '%s'", start[0].reference)); /* nobody has said anything yet */
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'revoked' WHERE reference = '%s'", start[1].reference)));

    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED);
    m = mandate_now(ctx, start[0].reference);
    SAME_TEXT(m.state, "active");
    CU_ASSERT_TRUE(m.last_collected_on == DATE_NONE && m.ended_on == DATE_NONE);
    GOOD(open_invoices_to_debit(ctx, once.id, &open, &count));
    SAME_NUMBER(count, 0); /* it is on its way again, told by a notice of its own */
    SAME_NUMBER(mandate_now(ctx, recurrent.reference).last_collected_on, DATE_NONE);
    (void)planned(ctx, &first, &invoice, &attempt);
    again = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, again, "<SeqTp>OOFF</SeqTp>") && file_says(ctx, again, start[0].reference));
    CU_ASSERT_TRUE(file_says(ctx, again, "<SeqTp>FRST</SeqTp>") && file_says(ctx, again, recurrent.reference));
    CU_ASSERT_FALSE(file_says(ctx, again, start[1].reference)); /* revoked: whatever happened to its file */
    SAME_TEXT(mandate_now(ctx, start[0].reference).state, "used");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE reference = '%s'", start[0].reference));
    terms.mark_first = false;
    GOOD(save_debit_terms(ctx, &terms));
    books_are_sound(ctx);
}

TEST(debiting, what_is_open_is_debited_when_the_customer_agrees)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly()), other = started(ctx, monthly());
    struct mandate_start start = {.subscription_id = s.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "Once."};
    struct mandate_sign sign;
    struct open_invoice *open;
    size_t count;
    int64_t file;

    /* Once: OOFF, the subscription's method stays, the mandate is used up. */
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NOT_REFUSED);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    GOOD(open_invoices_to_debit(ctx, s.id, &open, &count));
    SAME_NUMBER(count, 0); /* it is on its way */
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>OOFF</SeqTp>"));
    SAME_TEXT(mandate_now(ctx, start.reference).state, "used");
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL(start.refusal, MANDATE_NOTHING_OPEN);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE payment_method_id = %lld", (long long)mandate_now(ctx, sign.reference).payment_method_id));

    /* With what follows: RCUR from the first one. */
    start.subscription_id = other.id;
    start.use = USE_WITH_OPEN;
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    GOOD(open_invoices_to_debit(ctx, other.id, &open, &count));
    SAME_NUMBER(count, 0);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>RCUR</SeqTp>") && file_says(ctx, file, start.reference));
    SAME_TEXT(mandate_now(ctx, start.reference).state, "active");
}

TEST(debiting, between_businesses_the_bank_must_know_the_mandate)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct scheme_change change = {.customer_id = s.customer_id, .scheme = "b2b"};
    struct collection wrong = {.noticed_on = ctx->today_on, .collect_on = ctx->today_on + 9};
    struct mandate_act act;
    struct receivable receivable;
    struct open_invoice *open;
    struct attempt attempt;
    struct invoice invoice;
    struct mandate m;
    size_t count;
    int64_t file;
    bool known;

    GOOD(change_debit_scheme(ctx, &change, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(change.refusal, MANDATE_NOT_REFUSED);
    m = signed_mandate(ctx, &s);
    SAME_TEXT(m.scheme, "b2b");
    GOOD(open_invoices_to_debit(ctx, s.id, &open, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(receivable_of(ctx, open[0].id, &receivable));
    GOOD(plan_collection(ctx, &receivable, m.payment_method_id));
    GOOD(receivable_of(ctx, open[0].id, &receivable));
    SAME_NUMBER(receivable.collect_on, ctx->today_on + 1); /* tomorrow again */
    wrong.payment_method_id = m.payment_method_id;
    wrong.invoice_id = open[0].id;
    wrong.attempt_id = 1;
    CU_ASSERT_NOT_EQUAL(insert_collection(ctx, &wrong), OK); /* the database refuses it too */
    ctx_forget_error(ctx);
    act = (struct mandate_act){.reference = m.reference, .on = ctx->today_on};
    GOOD(confirm_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_REFUSED);
    (void)planned(ctx, &s, &invoice, &attempt);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<LclInstrm><Cd>B2B</Cd></LclInstrm>"));
    GOOD(return_collection(ctx, attempt.attempt_key, "AC13", &known)); /* a consumer's account */
    SAME_TEXT(mandate_now(ctx, m.reference).state, "suspended");

    s = started(ctx, monthly());
    m = signed_mandate(ctx, &s);
    act.reference = m.reference;
    GOOD(confirm_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_B2B); /* a Core one needs nobody's word */
}

TEST(debiting, mandates_expire_after_36_months_with_a_warning_at_33)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t signed_on = ctx->today_on;
    struct mandate_watch watch;

    GOOD(watch_mandates(ctx, &watch));
    SAME_NUMBER(watch.expired + watch.warned, 0);
    ctx->today_on = mandate_warns_on(signed_on, DATE_NONE) - 1;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_EQUAL(mandate_now(ctx, m.reference).warned_on, DATE_NONE);
    ctx->today_on++;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_TRUE(watch.warned >= 1 && mandate_now(ctx, m.reference).warned_on == ctx->today_on);
    GOOD(watch_mandates(ctx, &watch));
    SAME_NUMBER(watch.warned, 0);
    ctx->today_on = mandate_expires_on(signed_on, DATE_NONE) - 1;
    GOOD(watch_mandates(ctx, &watch));
    SAME_TEXT(mandate_now(ctx, m.reference).state, "active");
    ctx->today_on++;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_TRUE(watch.expired >= 1);
    SAME_TEXT(mandate_now(ctx, m.reference).state, "expired");
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    ctx->today_on = signed_on;
}

/* ---- what banks say ---- */

/* Every code, and one that no table has, in every state in which a collection can be; told twice each time. */
TEST(debiting, every_code_in_every_state_acts_once)
{
    struct ctx *ctx = debiting_ctx();
    size_t count;
    const struct return_rule *rules = return_rules(&count);

    for (size_t i = 0; i <= count; i++)
        for (int paid = 0; paid < 2; paid++) {
            const struct return_rule *rule = i < count ? &rules[i] : return_rule_of("XYZ9");
            const char *code = i < count ? rule->code : "XYZ9";
            struct subscription s = started(ctx, monthly());
            struct mandate m = signed_mandate(ctx, &s);
            enum mandate_state wanted = MANDATE_ACTIVE;
            struct receivable receivable;
            struct attempt attempt;
            struct invoice invoice;
            int64_t asked;
            bool known;

            (void)planned(ctx, &s, &invoice, &attempt);
            GOOD(return_collection(ctx, attempt.attempt_key, code, &known));
            CU_ASSERT_FALSE(known); /* it never left: for a person, nothing moves */
            SAME_TEXT(state_of(ctx, attempt.id), "ready");
            (void)sent_file(ctx);
            asked = open_of(ctx, &invoice);
            if (paid) {
                bank_paid(ctx, &attempt);
                SAME_NUMBER(open_of(ctx, &invoice), 0);
            }
            for (int told = 0; told < 2; told++) {
                GOOD(return_collection(ctx, attempt.attempt_key, code, &known));
                CU_ASSERT_TRUE(known);
                SAME_TEXT(state_of(ctx, attempt.id), paid ? "reversed" : "declined");
                SAME_NUMBER(open_of(ctx, &invoice), asked);
            }
            if (rule->mandate != 0)
                CU_ASSERT_TRUE(mandate_next(MANDATE_ACTIVE, rule->mandate, &wanted));
            SAME_TEXT(mandate_now(ctx, m.reference).state, mandate_state_name(wanted));
            GOOD(receivable_of(ctx, invoice.id, &receivable));
            CU_ASSERT_EQUAL(receivable.collect_on != DATE_NONE, rule->class == RETURN_SOFT);
        }
    books_are_sound(ctx);
}

struct sum_row {
    int64_t n;
};
static const struct column sum_column[] = {COLUMN(I64, sum_row, n)};
static const struct statement fees = {"test_fees", "SELECT CAST(IFNULL(SUM(i.debit_minor), 0) AS SIGNED) AS n FROM journal_item i JOIN journal_entry e ON "
                                      "e.id = i.entry_id WHERE e.source_kind = 'bank_fee' AND i.account = '627'", READS(sum_row, sum_column)};

/* A statement says 3 euro more than was collected: they are the bank's, on an account of their own. */
TEST(debiting, the_bank_s_fee_is_booked_apart)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct attempt attempt;
    struct invoice invoice;
    struct bank_imported result;
    char day[DATE_TEXT_BYTES], *text;
    struct sum_row before, sum;
    int64_t asked;

    GOOD(db_row(ctx, &fees, NO_PARAMS, &before));
    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &attempt);
    (void)sent_file(ctx);
    asked = open_of(ctx, &invoice);
    bank_paid(ctx, &attempt);
    (void)date_iso(ctx->today_on, day);
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>F</MsgId></GrpHdr><Stmt><Id>%s</Id>"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
                        "</BookgDt><AcctSvcrRef>FEE-%s</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy=\"EUR\">%lld.%02d</Amt>"
                        "</InstdAmt></AmtDtls><RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
                        attempt.attempt_key, (long long)(asked + 300) / 100, (int)(asked % 100), day, attempt.attempt_key, attempt.attempt_key, (long long)asked / 100,
                        (int)(asked % 100));
    for (int told = 0; told < 2; told++) {
        GOOD(import_bank_file(ctx, "fee.xml", arena_printf(ctx->arena, "%s%s", text, told == 0 ? "" : "\n"), strlen(text) + (size_t)told, false, &result));
        CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.fresh == 1 - told && result.open == 0);
        SAME_NUMBER(open_of(ctx, &invoice), asked);
    }
    GOOD(db_row(ctx, &fees, NO_PARAMS, &sum));
    SAME_NUMBER(sum.n - before.n, 300);
    books_are_sound(ctx);
}

/* ---- the same news in several files ---- */

enum told { TOLD_ANSWER = 1, TOLD_NOTIFICATION, TOLD_STATEMENT };

/* One entry about a direct debit of ours: sign "CRDT" or "DBIT"; code "" is no return; what is above `asked` is the bank's. */
static char *debit_entry(struct ctx *ctx, const char *sign, int64_t minor, int64_t asked, int32_t on, const char *end_to_end_id, const char *code)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s%s-%lld</AcctSvcrRef>"
                        "<NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy=\"EUR\">%lld.%02d</Amt></InstdAmt></AmtDtls>%s%s%s</TxDtls></NtryDtls></Ntry>",
                        (long long)minor / 100, (int)(minor % 100), sign, date_iso(on, day), sign, end_to_end_id, (long long)minor + on, end_to_end_id, (long long)asked / 100, (int)(asked % 100),
                        code[0] == '\0' ? "" : "<RtrInf><Rsn><Cd>", code, code[0] == '\0' ? "" : "</Cd></Rsn></RtrInf>");
}

/* A file of the bank's with these entries, or the reject of one debit; its bytes are new each time. */
static char *bank_file_of(struct ctx *ctx, enum told how, const char *said)
{
    if (how == TOLD_ANSWER)
        return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>P%lld</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>x"
                            "</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>x</OrgnlPmtInfId>%s</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>", (long long)store_unique(), said);
    return arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.05%s.001.08\"><%s><GrpHdr><MsgId>%lld</MsgId></GrpHdr><%s><Id>1</Id><Acct><Id><IBAN>" OURS "</IBAN></Id></Acct>%s</%s></%s></Document>",
                        how == TOLD_STATEMENT ? "3" : "4", how == TOLD_STATEMENT ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn", (long long)store_unique(), how == TOLD_STATEMENT ? "Stmt" : "Ntfctn", said,
                        how == TOLD_STATEMENT ? "Stmt" : "Ntfctn", how == TOLD_STATEMENT ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn");
}

static struct bank_imported bank_told(struct ctx *ctx, enum told how, const char *said)
{
    struct bank_imported result;
    char *text = bank_file_of(ctx, how, said);

    GOOD(import_bank_file(ctx, "bank.xml", text, strlen(text), false, &result));
    CU_ASSERT_EQUAL_FATAL(result.refusal, IMPORT_NOT_REFUSED);
    return result;
}

static char *reject_of(struct ctx *ctx, const char *end_to_end_id, const char *code)
{
    return arena_printf(ctx->arena, "<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf></TxInfAndSts>", end_to_end_id, code);
}

struct account_sums {
    int64_t bank_minor, fees_minor, returns;
};
static const struct column account_sums_column[] = {
    COLUMN(I64, account_sums, bank_minor), COLUMN(I64, account_sums, fees_minor), COLUMN(I64, account_sums, returns)};
static const struct statement account_sums = {
    "test_account_sums", "SELECT CAST(IFNULL(SUM(IF(i.account = '512', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS bank_minor, "
    "CAST(IFNULL(SUM(IF(i.account = '627', i.debit_minor - i.credit_minor, 0)), 0) AS SIGNED) AS fees_minor, "
    "COUNT(DISTINCT IF(e.source_kind = 'return', e.id, NULL)) AS returns FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id",
    READS(account_sums, account_sums_column)};

static struct account_sums sums_now(struct ctx *ctx)
{
    struct account_sums row;

    GOOD(db_row(ctx, &account_sums, NO_PARAMS, &row));
    return row;
}

/* SEP-20: a paid debit goes back, told by answer, notification and statement in every order, each file twice: it is booked
 * once, and the fee in it too; what the statement says of the account is what 512 moved by. */
TEST(debiting, a_return_is_booked_once_however_often_it_is_told)
{
    static const enum told order[6][3] = {
        {TOLD_ANSWER, TOLD_NOTIFICATION, TOLD_STATEMENT}, {TOLD_ANSWER, TOLD_STATEMENT, TOLD_NOTIFICATION}, {TOLD_NOTIFICATION, TOLD_ANSWER, TOLD_STATEMENT},
        {TOLD_NOTIFICATION, TOLD_STATEMENT, TOLD_ANSWER}, {TOLD_STATEMENT, TOLD_ANSWER, TOLD_NOTIFICATION}, {TOLD_STATEMENT, TOLD_NOTIFICATION, TOLD_ANSWER}};
    struct ctx *ctx = debiting_ctx();

    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct subscription s = started(ctx, monthly());
        struct account_sums before, after;
        struct invoice invoice;
        struct attempt attempt;
        char *entry;
        int64_t asked;

        (void)signed_mandate(ctx, &s);
        (void)planned(ctx, &s, &invoice, &attempt);
        (void)sent_file(ctx);
        asked = open_of(ctx, &invoice);
        before = sums_now(ctx);
        SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", asked, asked, ctx->today_on, attempt.attempt_key, "")).collections, 1);
        SAME_NUMBER(open_of(ctx, &invoice), 0);
        entry = debit_entry(ctx, "DBIT", asked + 300, asked, ctx->today_on, attempt.attempt_key, "AM04");
        for (size_t k = 0; k < COUNT_OF(order[i]); k++)
            for (int twice = 0; twice < 2; twice++)
                SAME_NUMBER(bank_told(ctx, order[i][k], order[i][k] == TOLD_ANSWER ? reject_of(ctx, attempt.attempt_key, "AM04") : entry).open, 0);
        after = sums_now(ctx);
        SAME_NUMBER(open_of(ctx, &invoice), asked);
        SAME_TEXT(state_of(ctx, attempt.id), "reversed");
        SAME_NUMBER(after.bank_minor - before.bank_minor, -300);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 300);
        SAME_NUMBER(after.returns - before.returns, 1);
    }
    books_are_sound(ctx);
}

/* ---- money that is not what was asked ---- */

/* One debit of a new subscription, in a file. */
struct sent_debit {
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t asked;
};

static struct sent_debit made_debit(struct ctx *ctx)
{
    struct subscription s = started(ctx, monthly());
    struct sent_debit d;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &d.invoice, &d.attempt);
    (void)made_file(ctx);
    GOOD(collection_of(ctx, d.attempt.id, &d.c));
    d.asked = open_of(ctx, &d.invoice);
    return d;
}

static struct sent_debit sent_debit(struct ctx *ctx)
{
    struct sent_debit d = made_debit(ctx);

    SAME_NUMBER(answered(ctx, d.c.file_id, true), FILE_NOT_REFUSED);
    return d;
}

/* `count` debits of one batch, in a file that was sent. */
static void sent_batch(struct ctx *ctx, struct sent_debit *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct subscription s = started(ctx, monthly());

        (void)signed_mandate(ctx, &s);
        (void)planned(ctx, &s, &d[i].invoice, &d[i].attempt);
        d[i].asked = open_of(ctx, &d[i].invoice);
    }
    (void)sent_file(ctx);
    for (size_t i = 0; i < count; i++) {
        GOOD(collection_of(ctx, d[i].attempt.id, &d[i].c));
        SAME_TEXT(d[i].c.batch_id, d[0].c.batch_id);
    }
}

/* A batch that the bank booked as one; count 0: it does not say of how many. */
static char *batch_entry(struct ctx *ctx, int64_t minor, const char *batch_id, int count, const char *details)
{
    char day[DATE_TEXT_BYTES];

    return arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%lld.%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>B%lld</AcctSvcrRef>"
                        "<NtryDtls><Btch><PmtInfId>%s</PmtInfId>%s</Btch>%s</NtryDtls></Ntry>", (long long)minor / 100, (int)(minor % 100), date_iso(ctx->today_on, day), (long long)store_unique(),
                        batch_id, count > 0 ? arena_printf(ctx->arena, "<NbOfTxs>%d</NbOfTxs>", count) : "", details);
}

static struct bank_entry_row newest_entry(struct ctx *ctx)
{
    struct bank_entry_row *open, *done, newest;
    size_t open_count, done_count;

    GOOD(open_bank_entries(ctx, 0, 10000, &open, &open_count));
    GOOD(resolved_bank_entries(ctx, 0, 1, &done, &done_count));
    newest = open_count > 0 ? open[open_count - 1] : done[0];
    return done_count > 0 && done[0].id > newest.id ? done[0] : newest;
}

/* Its days pass: what is held is not paid by them. */
static void days_pass(struct ctx *ctx)
{
    int32_t today_on = ctx->today_on;
    int64_t settled = 0;

    ctx->today_on += 60;
    GOOD(settle_collections(ctx, &settled));
    ctx->today_on = today_on;
}

/* A credit that names one debit and is not what was asked: nothing is paid, by it or by days; it waits, and an item says
 * what differs. The text names the invoice: no reason to book it. */
TEST(debiting, a_credit_pays_a_debit_only_as_asked)
{
    static const struct {
        int64_t differs_minor;
        const char *before; /* what the house knows of it: nothing, "paid", a return code after it was paid, "refused", "never" */
        const char *doubt, *state;
    } row[] = {
        {-1, "", "other_amount", "pending"},       {1, "", "other_amount", "pending"},     {-5000, "", "other_amount", "pending"}, {0, "paid", "again", "succeeded"},
        {-100, "paid", "again", "succeeded"},      {0, "AM04", "after_return", "reversed"},       {0, "refused", "refused", "declined"},  {0, "never", "never_sent", "declined"},
    };
    struct ctx *ctx = debiting_ctx();

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        bool never = strcmp(row[i].before, "never") == 0;
        struct sent_debit d = never ? made_debit(ctx) : sent_debit(ctx);
        int64_t owed = strcmp(row[i].before, "paid") == 0 ? 0 : d.asked;
        struct account_sums before;
        struct bank_imported result;
        char *entry;

        if (strcmp(row[i].before, "paid") == 0 || strcmp(row[i].before, "AM04") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 3, d.attempt.attempt_key, "")).open, 0);
        if (strcmp(row[i].before, "AM04") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 1, d.attempt.attempt_key, "AM04")).open, 0);
        if (strcmp(row[i].before, "refused") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_ANSWER, reject_of(ctx, d.attempt.attempt_key, "AM04")).collections, 1);
        if (never)
            SAME_NUMBER(answered(ctx, d.c.file_id, false), FILE_NOT_REFUSED);
        before = sums_now(ctx);
        entry = debit_entry(ctx, "CRDT", d.asked + row[i].differs_minor, d.asked + row[i].differs_minor, ctx->today_on, d.attempt.attempt_key, "");
        entry = arena_printf(ctx->arena, "%.*s<RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", (int)(strlen(entry) - strlen("</TxDtls></NtryDtls></Ntry>")), entry, d.invoice.number);
        for (int told = 0; told < 2; told++) {
            result = bank_told(ctx, TOLD_STATEMENT, entry);
            CU_ASSERT_TRUE(result.fresh == 1 - told && result.open == 1 - told && result.matched == 0);
            SAME_TEXT(newest_entry(ctx).doubt, row[i].doubt);
            SAME_TEXT(newest_entry(ctx).state, "open");
            SAME_NUMBER(items_of(ctx, "debit_differs", newest_entry(ctx).id), 1);
            SAME_NUMBER(sums_now(ctx).bank_minor, before.bank_minor);
            days_pass(ctx);
            before = sums_now(ctx); /* other tests' debits are paid by their days */
            SAME_TEXT(state_of(ctx, d.attempt.id), row[i].state);
            SAME_NUMBER(open_of(ctx, &d.invoice), owed);
        }
        as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET doubt = '', asked_minor = 0 WHERE id = %lld", (long long)newest_entry(ctx).id));
        as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET state = 'matched', match_kind = 'number', invoice_id = %lld, resolved_at = NOW() WHERE id = %lld",
                                           (long long)d.invoice.id, (long long)newest_entry(ctx).id));
    }
    books_are_sound(ctx);
}

/* It went back and comes again, days later: also when no statement said that it had come the first time. */
TEST(debiting, money_that_comes_again_after_a_return_is_for_a_person)
{
    struct ctx *ctx = debiting_ctx();
    struct sent_debit d = sent_debit(ctx);
    struct bank_entry_row *open;
    struct bank_imported result;
    char *late, *back;
    size_t count;

    bank_paid(ctx, &d.attempt);
    back = debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 4, d.attempt.attempt_key, "AM04");
    SAME_NUMBER(bank_told(ctx, TOLD_NOTIFICATION, back).open, 0);
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    late = debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 5, d.attempt.attempt_key, ""); /* the day before it went back: the statement is late */
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", back, late));
    CU_ASSERT_TRUE(result.fresh == 2 && result.open == 0);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on, d.attempt.attempt_key, ""));
    SAME_NUMBER(result.open, 1);
    SAME_TEXT(newest_entry(ctx).doubt, "after_return");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);

    /* All of it in one statement, last things first. */
    d = sent_debit(ctx);
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s%s", debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on, d.attempt.attempt_key, ""),
                                                          debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 4, d.attempt.attempt_key, "AM04"),
                                                          debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 5, d.attempt.attempt_key, "")));
    CU_ASSERT_TRUE(result.fresh == 3 && result.open == 1);
    GOOD(open_bank_entries(ctx, 0, 10000, &open, &count));
    SAME_TEXT(open[count - 1].doubt, "again");
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
    books_are_sound(ctx);
}

/* A bank that takes a debit back without a reason: its sum says what it is. Another sum in its name is nobody's to put aside. */
TEST(debiting, what_leaves_in_a_debit_s_name_is_its_return)
{
    struct ctx *ctx = debiting_ctx();
    struct sent_debit d = sent_debit(ctx);
    struct bank_imported result;

    bank_paid(ctx, &d.attempt);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", 250, 250, ctx->today_on, d.attempt.attempt_key, ""));
    CU_ASSERT_TRUE(result.open == 1 && result.collections == 0);
    SAME_NUMBER(open_of(ctx, &d.invoice), 0);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on, d.attempt.attempt_key, ""));
    CU_ASSERT_TRUE(result.open == 0 && result.collections == 1);
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
    books_are_sound(ctx);
}

/* Three debits that the bank books as one, less one that it refused: nothing is paid before the house knows which; then the
 * other two are, and nothing waits any more. In either order, and when the bank does not say of how many it is. */
TEST(debiting, a_batch_is_paid_when_its_sum_is_explained)
{
    struct ctx *ctx = debiting_ctx();

    for (int how = 0; how < 3; how++) {
        struct sent_debit d[3];
        struct account_sums before;
        struct bank_imported result;
        struct bank_entry_row entry;
        char *refusal;

        sent_batch(ctx, d, 3);
        before = sums_now(ctx);
        refusal = reject_of(ctx, d[1].attempt.attempt_key, "AM04");
        if (how == 1)
            SAME_NUMBER(bank_told(ctx, TOLD_ANSWER, refusal).collections, 1);
        result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked + d[2].asked, d[0].c.batch_id, how == 2 ? 0 : 3, ""));
        CU_ASSERT_TRUE(result.open == (how != 1) && result.matched == 0);
        if (how != 1) {
            entry = newest_entry(ctx);
            SAME_TEXT(entry.doubt, "other_amount");
            SAME_NUMBER(entry.asked_minor, 3 * d[0].asked);
            SAME_NUMBER(items_of(ctx, "debit_differs", entry.id), 1);
            days_pass(ctx);
            before = sums_now(ctx); /* other tests' debits are paid by their days */
            for (size_t i = 0; i < 3; i++)
                SAME_TEXT(state_of(ctx, d[i].attempt.id), "pending");
            SAME_NUMBER(answered(ctx, d[0].c.file_id, false), FILE_ANSWERED);
            result = bank_told(ctx, TOLD_ANSWER, refusal);
            SAME_NUMBER(result.collections, 2); /* the refused one, and the batch */
            GOOD(bank_entry_by_id(ctx, entry.id, &entry));
            SAME_TEXT(entry.state, "aside");
            SAME_NUMBER(items_of(ctx, "debit_differs", entry.id), 0);
        }
        for (size_t i = 0; i < 3; i++) {
            SAME_TEXT(state_of(ctx, d[i].attempt.id), i == 1 ? "declined" : "succeeded");
            SAME_NUMBER(open_of(ctx, &d[i].invoice), i == 1 ? d[i].asked : 0);
        }
        SAME_NUMBER(sums_now(ctx).bank_minor - before.bank_minor, 2 * d[0].asked);
        result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked + d[2].asked, d[0].c.batch_id, 3, "")); /* the same once more, as another entry */
        SAME_NUMBER(result.open, 1);
        SAME_TEXT(newest_entry(ctx).doubt, "again");
    }
    books_are_sound(ctx);
}

/* As one when days had counted it as paid already; gross, with what went back after it; in two parts; with the bank's charges;
 * and with details that do not add up. */
TEST(debiting, a_batch_as_banks_book_it)
{
    struct ctx *ctx = debiting_ctx();
    struct sent_debit d[2];
    struct bank_imported result;
    char *back;

    sent_batch(ctx, d, 2);
    days_pass(ctx);
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, ""));
    CU_ASSERT_TRUE(result.open == 0 && result.matched == 0);

    sent_batch(ctx, d, 2);
    back = debit_entry(ctx, "DBIT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "AM04");
    SAME_NUMBER(bank_told(ctx, TOLD_NOTIFICATION, back).open, 0);
    SAME_TEXT(state_of(ctx, d[0].attempt.id), "declined");
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", back, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, "")));
    SAME_NUMBER(result.open, 0);
    CU_ASSERT_TRUE(open_of(ctx, &d[0].invoice) == d[0].asked && open_of(ctx, &d[1].invoice) == 0);

    sent_batch(ctx, d, 2);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked, d[0].c.batch_id, 2, "")).open, 1);
    SAME_NUMBER(open_of(ctx, &d[0].invoice), d[0].asked);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[1].asked, d[0].c.batch_id, 2, ""));
    SAME_NUMBER(result.open, 0);
    SAME_TEXT(newest_entry(ctx).state, "aside");
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);

    sent_batch(ctx, d, 2);
    {
        struct account_sums before = sums_now(ctx), after;
        char *entry = batch_entry(ctx, 2 * d[0].asked - 180, d[0].c.batch_id, 2, ""), *at = strstr(entry, "<NtryDtls>");

        result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%.*s<Chrgs><Rcrd><Amt Ccy=\"EUR\">1.80</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>%s", (int)(at - entry), entry, at));
        after = sums_now(ctx);
        SAME_NUMBER(result.open, 0);
        SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
        SAME_NUMBER(after.bank_minor - before.bank_minor, 2 * d[0].asked - 180);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 180);
    }

    sent_batch(ctx, d, 2);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked - 180, d[0].c.batch_id, 0,
        arena_printf(ctx->arena, "<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%lld.%02d</Amt></TxDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%lld.%02d</Amt></TxDtls>",
                     d[0].attempt.attempt_key, (long long)d[0].asked / 100, (int)(d[0].asked % 100), d[1].attempt.attempt_key, (long long)d[1].asked / 100, (int)(d[1].asked % 100))));
    SAME_NUMBER(result.open, 1);
    SAME_TEXT(newest_entry(ctx).doubt, "other_amount");
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 2 * d[0].asked);
    books_are_sound(ctx);
}

/* The bank did not keep the end-to-end id of a part of a batch, and the text names the invoice: it is no transfer. All parts
 * together are what was asked; alone it is for a person. */
TEST(debiting, a_part_of_a_batch_without_its_id_is_no_transfer)
{
    struct ctx *ctx = debiting_ctx();
    struct sent_debit d[2];
    struct bank_imported result;
    char *part[2];

    for (int both = 0; both < 2; both++) {
        sent_batch(ctx, d, 2);
        for (int i = 0; i < 2; i++) {
            char *lost = debit_entry(ctx, "CRDT", d[i].asked, d[i].asked, ctx->today_on, i == 0 ? "LOST" : d[1].attempt.attempt_key, "");
            char *at = strstr(lost, "<NtryDtls>") + strlen("<NtryDtls>"), *end = strstr(lost, "</TxDtls>");

            part[i] = arena_printf(ctx->arena, "%.*s<Btch><PmtInfId>%s</PmtInfId></Btch>%.*s<RmtInf><Ustrd>%s</Ustrd></RmtInf>%s", (int)(at - lost), lost, d[i].c.batch_id, (int)(end - at), at,
                                   d[i].invoice.number, end);
        }
        result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", part[0], both ? part[1] : ""));
        CU_ASSERT_TRUE(result.open == !both && result.matched == 0);
        for (int i = 0; i < 2; i++) {
            SAME_TEXT(state_of(ctx, d[i].attempt.id), both ? "succeeded" : "pending");
            SAME_NUMBER(open_of(ctx, &d[i].invoice), both ? 0 : d[i].asked);
        }
        if (both)
            continue;
        result = bank_told(ctx, TOLD_STATEMENT, part[1]); /* in a later file */
        CU_ASSERT_TRUE(result.open == 0 && result.matched == 0);
        SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
        SAME_TEXT(newest_entry(ctx).doubt, "");
        SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "")).open, 1);
        SAME_TEXT(newest_entry(ctx).doubt, "again"); /* the batch is full */
    }
    books_are_sound(ctx);
}

/* A person ends it: booked on its invoice the debit comes to nothing and its later return is a person's too; set aside its days count again. */
TEST(debiting, a_person_decides_about_money_that_differs)
{
    struct ctx *ctx = debiting_ctx();
    struct sent_debit d = sent_debit(ctx), batch[2];
    struct resolving r = {.invoice_number = d.invoice.number};
    struct bank_imported result;

    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked - 500, d.asked - 500, ctx->today_on, d.attempt.attempt_key, "")).open, 1);
    r.entry_id = newest_entry(ctx).id;
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    SAME_TEXT(resolve_refusal_text(r.refusal), "");
    SAME_NUMBER(open_of(ctx, &d.invoice), 500);
    SAME_TEXT(state_of(ctx, d.attempt.id), "declined");
    SAME_NUMBER(items_of(ctx, "debit_differs", r.entry_id), 0);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked - 500, d.asked - 500, ctx->today_on, d.attempt.attempt_key, "MD06"));
    CU_ASSERT_TRUE(result.open == 1 && result.collections == 0);

    sent_batch(ctx, batch, 2);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * batch[0].asked - 180, batch[0].c.batch_id, 2, "")).open, 1);
    r = (struct resolving){.entry_id = newest_entry(ctx).id, .invoice_number = batch[0].invoice.number};
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    CU_ASSERT_EQUAL(r.refusal, RESOLVE_SEVERAL);
    r.invoice_number = "";
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    CU_ASSERT_EQUAL(r.refusal, RESOLVE_NOT_REFUSED);
    SAME_NUMBER(open_of(ctx, &batch[0].invoice), batch[0].asked);
    days_pass(ctx);
    SAME_NUMBER(open_of(ctx, &batch[0].invoice) + open_of(ctx, &batch[1].invoice), 0);
    books_are_sound(ctx);
}

/* "-": the list does not have this file. */
static const char *fact_of(struct ctx *ctx, int64_t file_id, enum err (*read)(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count))
{
    struct collection_file file;
    struct money_row *rows;
    size_t count;

    GOOD(collection_file_by_id(ctx, file_id, &file));
    GOOD(read(ctx, ctx->now - INT64_C(10) * 86400 * 1000000, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].fact_key, file.message_id) == 0)
            return arena_printf(ctx->arena, "%s %lld %s", rows[i].state, (long long)rows[i].amount_minor, rows[i].currency);
    return "-";
}

/* What the account says of a file of debits, and what is counted as paid: what a person compares every day. */
TEST(debiting, a_file_of_debits_is_compared_with_the_account)
{
    struct ctx *ctx = debiting_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d[2], far;
    char *back;
    bool known;

#define SAYS(of, theirs, ours) SAME_TEXT(fact_of(ctx, (of).c.file_id, debits_credited_since), theirs), SAME_TEXT(fact_of(ctx, (of).c.file_id, debits_paid_since), ours)
    sent_batch(ctx, d, 2);
    SAYS(d[0], "-", "-");
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, "")).open, 0);
    SAYS(d[0], "taken 24000 EUR", "taken 24000 EUR");
    /* It went back: notification and statement are one return. */
    back = debit_entry(ctx, "DBIT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "AM04");
    (void)bank_told(ctx, TOLD_NOTIFICATION, back);
    SAYS(d[0], "taken 12000 EUR", "taken 12000 EUR");
    (void)bank_told(ctx, TOLD_STATEMENT, back);
    SAYS(d[0], "taken 12000 EUR", "taken 12000 EUR");
    /* The account was credited again, and a person put it aside: the books miss it, as long as it is there. */
    (void)bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d[0].asked, d[0].asked, ctx->today_on + 1, d[0].attempt.attempt_key, ""));
    SAYS(d[0], "taken 24000 EUR", "operator 12000 EUR");
    {
        struct resolving r = {.entry_id = newest_entry(ctx).id, .invoice_number = ""};

        GOOD(resolve_entry(ctx, &r, NO_ONCE));
    }
    SAYS(d[0], "taken 24000 EUR", "taken 12000 EUR");

    /* Paid by days: nothing is said against it before statements reach beyond. */
    far = sent_debit(ctx);
    GOOD(collection_of(ctx, far.attempt.id, &far.c));
    ctx->today_on = far.c.settles_on;
    days_pass(ctx);
    SAYS(far, "-", "unknown 12000 EUR");
    ctx->today_on = far.c.collect_on + 8;
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", 100, 100, far.c.collect_on + 8, unique(ctx, "SOMEBODY"), "")).open, 1);
    SAYS(far, "-", "taken 12000 EUR");
    GOOD(return_collection(ctx, far.attempt.attempt_key, "AM04", &known));
    SAYS(far, "-", "unknown 0 EUR");
#undef SAYS
    ctx->today_on = began_on;
    books_are_sound(ctx);
}

/* ---- euros in a house of dollars ---- */

struct standing_row {
    int64_t base_minor, foreign_minor;
};
static const struct column standing_column[] = {COLUMN(I64, standing_row, base_minor), COLUMN(I64, standing_row, foreign_minor)};
static const struct statement standing_of = {
    "test_standing", "SELECT CAST(IFNULL(SUM(i.debit_minor - i.credit_minor), 0) AS SIGNED) AS base_minor, CAST(IFNULL(SUM(i.foreign_minor), 0) AS SIGNED) AS foreign_minor "
    "FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.currency = 'USD' AND e.foreign_currency = 'EUR' AND i.account = ? AND e.reference IN (?, ?)", READS(standing_row, standing_column)};

/* Of the entries of an invoice and its debit. */
static void stands(struct ctx *ctx, const struct invoice *invoice, const struct attempt *attempt, const char *account, int64_t base_minor, int64_t foreign_minor)
{
    struct standing_row row;

    GOOD(db_row(ctx, &standing_of, PARAMS(P_TEXT(account), P_TEXT(invoice->number), P_TEXT(attempt->attempt_key)), &row));
    if (row.base_minor != base_minor || row.foreign_minor != foreign_minor)
        SAME_TEXT(arena_printf(ctx->arena, "%s: %lld, %lld", account, (long long)row.base_minor, (long long)row.foreign_minor),
                  arena_printf(ctx->arena, "%s: %lld, %lld", account, (long long)base_minor, (long long)foreign_minor));
}

static void dollar_of_day(struct ctx *ctx, int64_t rate_e6)
{
    struct exchange_rate rate = {.base = "USD", .currency = "EUR", .rate_on = ctx->today_on, .rate_e6 = rate_e6, .source = "test", .entered_by = "test"};

    GOOD(insert_exchange_rate(ctx, &rate));
}

/* The house counts in dollars by now. 120.00 euros asked at 0.80 a dollar, debited at 1.00, taken back with a fee at 1.25, paid by transfer at 0.50: each day its
 * own rate, and nothing is left of the claim in either currency. */
TEST(debiting, a_debit_in_another_currency_than_the_house_s_comes_back)
{
    struct ctx *ctx = debiting_ctx();
    struct subscription s = started(ctx, monthly());
    struct renewing renewing = {.invoices = 0};
    int32_t began_on = ctx->today_on;
    struct bank_imported result;
    struct attempt attempt;
    struct invoice invoice;
    struct company company, dollars;
    char *text, day[DATE_TEXT_BYTES];

    GOOD(company_current(ctx, &company));
    dollars = company;
    dollars.currency = "USD";
    GOOD(save_company(ctx, &dollars));
    (void)signed_mandate(ctx, &s);
    ctx->today_on = s.due_on;
    dollar_of_day(ctx, 800000);
    GOOD(renew_subscriptions(ctx, &renewing));
    (void)planned(ctx, &s, &invoice, &attempt);
    SAME_TEXT(invoice.currency, "EUR");
    SAME_NUMBER(invoice.total_minor, 12000);
    stands(ctx, &invoice, &attempt, "411", 15000, 12000);
    stands(ctx, &invoice, &attempt, "44587", -2500, -2000);
    (void)sent_file(ctx);
    ctx->today_on++;
    dollar_of_day(ctx, 1000000);
    bank_paid(ctx, &attempt);
    stands(ctx, &invoice, &attempt, "411", 0, 0);
    stands(ctx, &invoice, &attempt, "512", 12000, 12000);
    stands(ctx, &invoice, &attempt, "666", 3000, 0);
    stands(ctx, &invoice, &attempt, "44571", -2500, -2000);

    ctx->today_on++;
    dollar_of_day(ctx, 1250000);
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>F</MsgId></GrpHdr><Stmt><Id>%s</Id>"
                        "<Acct><Id><IBAN>" OURS "</IBAN></Id></Acct><Ntry><Amt Ccy=\"EUR\">125.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt>"
                        "</BookgDt><AcctSvcrRef>FEE-%s</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Chrgs><Rcrd><Amt Ccy=\"EUR\">5.00</Amt>"
                        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
                        attempt.attempt_key, date_iso(ctx->today_on, day), attempt.attempt_key, attempt.attempt_key);
    for (int told = 0; told < 2; told++) {
        GOOD(import_bank_file(ctx, "back.xml", arena_printf(ctx->arena, "%s%s", text, told == 0 ? "" : "\n"), strlen(text) + (size_t)told, false, &result));
        CU_ASSERT_TRUE(result.refusal == IMPORT_NOT_REFUSED && result.fresh == 1 - told && result.open == 0);
        stands(ctx, &invoice, &attempt, "411", 15000, 12000);
        stands(ctx, &invoice, &attempt, "44587", -2500, -2000);
        stands(ctx, &invoice, &attempt, "44571", 0, 0);
        stands(ctx, &invoice, &attempt, "512", 12000 - 9600 - 400, -500); /* 125.00 at 1.25 */
        stands(ctx, &invoice, &attempt, "627", 400, 500);
        stands(ctx, &invoice, &attempt, "666", 3000, 0);
        stands(ctx, &invoice, &attempt, "766", -5400, 0);
    }
    SAME_NUMBER(open_of(ctx, &invoice), 12000);

    ctx->today_on++;
    dollar_of_day(ctx, 500000);
    transferred(ctx, 12000, invoice.number);
    stands(ctx, &invoice, &attempt, "411", 0, 0);
    stands(ctx, &invoice, &attempt, "44587", 0, 0);
    stands(ctx, &invoice, &attempt, "44571", -2500, -2000);
    stands(ctx, &invoice, &attempt, "512", 12000 - 9600 - 400 + 24000, 11500);
    stands(ctx, &invoice, &attempt, "766", -5400 - 9000, 0);
    GOOD(save_company(ctx, &company));
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* ---- debit first ---- */

static struct receivable asked_of(struct ctx *ctx, const struct subscription *s)
{
    struct receivable claim;

    GOOD(claim_of(ctx, s->id, &claim));
    return claim;
}

/* A subscription that is debited first, on the day of its second period, with what is asked of it. */
static struct subscription renewed_first(struct ctx *ctx, struct receivable *claim)
{
    struct renewing state = {.invoices = 0};
    struct plan plan = monthly();
    struct subscription s;

    plan.debit_first = true;
    s = started(ctx, plan);
    (void)signed_mandate(ctx, &s);
    CU_ASSERT_TRUE(s.debit_first);
    ctx->today_on = s.due_on;
    GOOD(renew_subscriptions(ctx, &state));
    CU_ASSERT_TRUE(state.asked >= 1);
    *claim = asked_of(ctx, &s);
    SAME_TEXT(claim->state, "pending");
    return s;
}

static struct attempt planned_claim(struct ctx *ctx, const struct subscription *s, const struct receivable *claim)
{
    struct payable payable;
    struct attempt attempt;

    GOOD(plan_collection(ctx, claim, s->payment_method_id));
    GOOD(payable_of(ctx, 0, claim->invoice_id, &payable));
    GOOD(live_attempt(ctx, payable.id, &attempt));
    return attempt;
}

TEST(debiting, debited_first_a_renewal_is_invoiced_when_the_bank_has_paid_it)
{
    struct ctx *ctx = debiting_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim, paid;
    struct subscription s = renewed_first(ctx, &claim);
    struct renewing again = {.invoices = 0};
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0;

    SAME_NUMBER(claim.open_minor, 12000);
    attempt = planned_claim(ctx, &s, &claim);
    (void)sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    ctx->today_on++;
    GOOD(renew_subscriptions(ctx, &again)); /* while the bank has it nothing else is asked */
    SAME_NUMBER(asked_of(ctx, &s).invoice_id, claim.invoice_id);
    CU_ASSERT_EQUAL(invoice_by_id(ctx, claim.invoice_id, &invoice), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "succeeded");
    GOOD(invoice_by_id(ctx, claim.invoice_id, &invoice));
    SAME_NUMBER(invoice.issued_on, ctx->today_on);
    GOOD(receivable_of(ctx, invoice.id, &paid));
    SAME_TEXT(paid.state, "paid");
    CU_ASSERT_EQUAL(claim_of(ctx, s.id, &claim), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debiting, debited_first_a_return_leaves_no_invoice)
{
    struct ctx *ctx = debiting_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim;
    struct subscription s = renewed_first(ctx, &claim);
    struct attempt attempt = planned_claim(ctx, &s, &claim);
    struct dunning_case unpaid;
    struct invoice invoice;
    bool known;

    (void)sent_file(ctx);
    GOOD(return_collection(ctx, attempt.attempt_key, "AC04", &known));
    CU_ASSERT_TRUE(known);
    SAME_TEXT(state_of(ctx, attempt.id), "declined");
    SAME_TEXT(asked_of(ctx, &s).state, "pending");
    GOOD(dunning_case_of(ctx, claim.invoice_id, &unpaid));
    SAME_TEXT(unpaid.state, "open");
    CU_ASSERT_EQUAL(invoice_by_id(ctx, claim.invoice_id, &invoice), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    GOOD(asked_invoice(ctx, claim.invoice_id, &invoice)); /* what mails and pages say of it */
    CU_ASSERT_TRUE(invoice_is_claim(&invoice));
    SAME_TEXT(invoice.number, s.number);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debiting, what_is_asked_first_is_refused_what_must_never_be)
{
    struct ctx *ctx = debiting_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim, second;
    struct subscription s = renewed_first(ctx, &claim);
    struct attempt attempt = planned_claim(ctx, &s, &claim);
    long long id = claim.invoice_id;

    second = claim;
    second.invoice_id = id + 1000000;
    CU_ASSERT_NOT_EQUAL(insert_claim(ctx, &second), OK); /* two of one subscription */
    ctx_forget_error(ctx);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE receivable SET state = 'open' WHERE invoice_id = %lld", id)); /* no invoice */
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO payable (invoice_id, customer_id, amount_minor, currency, created_at) "
                                                   "VALUES (%lld, %lld, 1, 'EUR', UTC_TIMESTAMP(6))", id + 2000000, (long long)claim.customer_id));
    as_owner_refused(ctx, "UPDATE receivable SET state = 'pending', paid_on = NULL WHERE state = 'open'"); /* invoiced: never again */
    (void)sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    CU_ASSERT_NOT_EQUAL(drop_claim(ctx, claim.invoice_id), OK); /* money moves */
    ctx_forget_error(ctx);
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE attempt SET state = 'declined' WHERE id = %lld", (long long)attempt.id)));
    GOOD(drop_claim(ctx, claim.invoice_id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE receivable SET state = 'pending', open_minor = 1 WHERE invoice_id = %lld", id));
    ctx->today_on = began_on;
}

TEST(debiting, what_is_due_by_mandate_is_planned_without_the_card_gateway)
{
    struct ctx *ctx = debiting_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim;
    struct subscription s = renewed_first(ctx, &claim);
    struct payable payable;
    struct attempt attempt;
    struct collection c;

    GOOD(plan_due_collections(ctx));
    GOOD(payable_of(ctx, 0, claim.invoice_id, &payable));
    GOOD(live_attempt(ctx, payable.id, &attempt));
    SAME_TEXT(attempt.kind, "sepa");
    SAME_NUMBER(attempt.payment_method_id, s.payment_method_id);
    GOOD(collection_of(ctx, attempt.id, &c));
    GOOD(plan_due_collections(ctx)); /* and once */
    GOOD(receivable_of(ctx, claim.invoice_id, &claim));
    SAME_NUMBER(claim.collect_on, DATE_NONE);
    ctx->today_on = began_on;
}
