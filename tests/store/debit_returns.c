/* debit_returns: what the bank refuses and takes back, told by answers, notifications and statements: acted on once, booked once. */
#include "debit.h"

#include "core/return_code.h"
#include "core/target_day.h"
#include "service/advances.h"
#include "service/dunning_steps.h"
#include "service/renewing.h"
#include "store/company.h"
#include "store/dunning.h"
#include "store/history.h"

/* The bank's own words: a pain.002 that rejects, then a camt.053 that books the other as a batch. */
TEST(debit_returns, files_of_the_bank_move_collections)
{
    struct ctx *ctx = debit_ctx();
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
    char *text;

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
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, booked.total_minor, c.batch_id, 2, ""));
    CU_ASSERT_TRUE(result.collections == 1 && result.open == 0);
    SAME_TEXT(state_of(ctx, b.id), "succeeded");
    SAME_TEXT(state_of(ctx, a.id), "declined");
    SAME_NUMBER(open_of(ctx, &booked), 0);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* Every code, and one that no table has, in every state in which a collection can be; told twice each time. */
TEST(debit_returns, every_code_in_every_state_acts_once)
{
    struct ctx *ctx = debit_ctx();
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

TEST(debit_returns, a_return_after_settlement_reopens_the_invoice)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d = sent_debit(ctx);
    struct dunning_case unpaid;
    bool known;

    days_are_over(ctx, &d);
    SAME_NUMBER(open_of(ctx, &d.invoice), 0);
    taken_back(ctx, &d, "MD01");
    GOOD(dunning_case_of(ctx, d.invoice.id, &unpaid));
    SAME_TEXT(unpaid.state, "open"); /* what is said of unpaid invoices begins on the day of the return */
    SAME_NUMBER(unpaid.due_on, d.invoice.due_on < ctx->today_on ? d.invoice.due_on : ctx->today_on);
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.invoice.total_minor);
    books_are_sound(ctx);
    SAME_TEXT(mandate_now(ctx, d.m.reference).state, "revoked");
    /* The same return in another file books nothing. */
    taken_back(ctx, &d, "MD01");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.invoice.total_minor);
    GOOD(return_collection(ctx, "NEVER-SENT", "AC04", &known));
    CU_ASSERT_FALSE(known);
    books_are_sound(ctx);
    ctx->today_on = began_on;
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
TEST(debit_returns, a_return_takes_back_what_was_above_the_invoice)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d = sent_debit(ctx);
    int64_t half = d.invoice.total_minor / 2;

    transferred(ctx, half, d.invoice.number);
    days_are_over(ctx, &d);
    SAME_NUMBER(open_of(ctx, &d.invoice), 0);
    SAME_NUMBER(left_of_advance(ctx, d.attempt.id), half);
    books_are_sound(ctx);
    taken_back(ctx, &d, "AC04");
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.invoice.total_minor - half);
    SAME_NUMBER(left_of_advance(ctx, d.attempt.id), 0);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* The surplus has paid the next invoice: that is open again too. */
TEST(debit_returns, a_return_reopens_what_its_surplus_paid)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d = sent_debit(ctx);
    struct renewing renewing = {.stop = NULL};
    struct invoice_list_row *rows;
    struct invoice next;
    int64_t used = 0;
    size_t count;

    transferred(ctx, d.invoice.total_minor - 100, d.invoice.number); /* all but 1.00: the rest of the debit is a surplus */
    days_are_over(ctx, &d);
    ctx->today_on = d.c.settles_on > date_add_months(began_on, 1) ? d.c.settles_on : date_add_months(began_on, 1);
    GOOD(renew_subscriptions(ctx, &renewing));
    GOOD(use_advances(ctx, &used));
    GOOD(invoice_list(ctx, "", 0, d.s.id, 0, 5, &rows, &count));
    CU_ASSERT_TRUE_FATAL(count >= 2);
    GOOD(invoice_by_id(ctx, rows[count - 2].id, &next));
    SAME_NUMBER(open_of(ctx, &next), 100);
    SAME_NUMBER(left_of_advance(ctx, d.attempt.id), 0);
    taken_back(ctx, &d, "AC04");
    SAME_NUMBER(open_of(ctx, &d.invoice), 100);
    SAME_NUMBER(open_of(ctx, &next), next.total_minor);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* Nobody writes to somebody who has died; a case that a payment ended comes back with what was taken back. */
TEST(debit_returns, a_return_after_a_death_is_silent)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d = sent_debit(ctx);
    struct dunning_run run = {.stop = NULL};
    struct dunning_case unpaid;

    days_are_over(ctx, &d);
    taken_back(ctx, &d, "MD07");
    ctx->today_on += 60;
    GOOD(run_dunning(ctx, &run));
    GOOD(dunning_case_of(ctx, d.invoice.id, &unpaid));
    SAME_TEXT(unpaid.state, "stopped");
    SAME_TEXT(unpaid.stop_reason, "MD07");
    SAME_NUMBER(unpaid.last_step_on, DATE_NONE);
    ctx->today_on = began_on;
}

/* SEP-20: a paid debit goes back, told by answer, notification and statement in every order, each file twice: it is booked
 * once, and the fee in it too; what the statement says of the account is what 512 moved by. */
TEST(debit_returns, a_return_is_booked_once_however_often_it_is_told)
{
    static const enum told order[6][3] = {
        {TOLD_ANSWER, TOLD_NOTIFICATION, TOLD_STATEMENT}, {TOLD_ANSWER, TOLD_STATEMENT, TOLD_NOTIFICATION}, {TOLD_NOTIFICATION, TOLD_ANSWER, TOLD_STATEMENT},
        {TOLD_NOTIFICATION, TOLD_STATEMENT, TOLD_ANSWER}, {TOLD_STATEMENT, TOLD_ANSWER, TOLD_NOTIFICATION}, {TOLD_STATEMENT, TOLD_NOTIFICATION, TOLD_ANSWER}};
    struct ctx *ctx = debit_ctx();

    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct sent_debit d = sent_debit(ctx);
        struct account_sums before = sums_now(ctx), after;
        const char *key = d.attempt.attempt_key;
        char *entry = debit_entry(ctx, "DBIT", d.asked + 300, d.asked, ctx->today_on, key, "AM04");

        SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on, key, "")).collections, 1);
        SAME_NUMBER(open_of(ctx, &d.invoice), 0);
        for (size_t k = 0; k < COUNT_OF(order[i]); k++)
            for (int twice = 0; twice < 2; twice++)
                SAME_NUMBER(bank_told(ctx, order[i][k], order[i][k] == TOLD_ANSWER ? reject_of(ctx, key, "AM04") : entry).open, 0);
        after = sums_now(ctx);
        SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
        SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
        SAME_NUMBER(after.bank_minor - before.bank_minor, -300);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 300);
        SAME_NUMBER(after.returns - before.returns, 1);
    }
    books_are_sound(ctx);
}

/* A statement says 3 euro more than was collected: they are the bank's, on an account of their own. */
TEST(debit_returns, the_bank_s_fee_is_booked_apart)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d = sent_debit(ctx);
    struct bank_imported result;
    int64_t before = sums_now(ctx).fees_minor;
    char *entry = debit_entry(ctx, "DBIT", d.asked + 300, d.asked, ctx->today_on, d.attempt.attempt_key, "MD06");

    bank_paid(ctx, &d.attempt);
    for (int told = 0; told < 2; told++) {
        result = bank_told(ctx, TOLD_STATEMENT, entry);
        CU_ASSERT_TRUE(result.fresh == 1 - told && result.open == 0);
        SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
    }
    SAME_NUMBER(sums_now(ctx).fees_minor - before, 300);
    books_are_sound(ctx);
}

/* A bank that takes a debit back without a reason: its sum says what it is. Another sum in its name is nobody's to put aside. */
TEST(debit_returns, what_leaves_in_a_debit_s_name_is_its_return)
{
    struct ctx *ctx = debit_ctx();
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
TEST(debit_returns, a_debit_in_another_currency_than_the_house_s_comes_back)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct renewing renewing = {.invoices = 0};
    int32_t began_on = ctx->today_on;
    struct bank_imported result;
    struct attempt attempt;
    struct invoice invoice;
    struct company company, dollars;
    char *back, day[DATE_TEXT_BYTES];

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
    back = arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">125.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>FEE-%s</AcctSvcrRef>"
                        "<NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Chrgs><Rcrd><Amt Ccy=\"EUR\">5.00</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
                        "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>", date_iso(ctx->today_on, day), attempt.attempt_key, attempt.attempt_key);
    for (int told = 0; told < 2; told++) {
        result = bank_told(ctx, TOLD_STATEMENT, back);
        CU_ASSERT_TRUE(result.fresh == 1 - told && result.open == 0);
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

/* A return that nobody knows waits for a person; it is money that left, whatever number somebody types. */
TEST(debit_returns, money_that_left_pays_no_invoice)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d = made_debit(ctx);
    struct resolving resolving = {.invoice_number = d.invoice.number};
    struct bank_imported told = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked, 0, ctx->today_on, "SDDNOBODYKNOWS", "MD06"));
    struct bank_entry_row entry = newest_entry(ctx);

    SAME_NUMBER(told.open, 1);
    CU_ASSERT_FALSE(entry.credit);
    resolving.entry_id = entry.id;
    GOOD(resolve_entry(ctx, &resolving, NO_ONCE));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_NO_MONEY);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET state = 'matched', match_kind = 'person', customer_id = %lld, invoice_id = %lld WHERE id = %lld",
                                       (long long)d.s.customer_id, (long long)d.invoice.id, (long long)entry.id));
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
    resolving.invoice_number = "";
    GOOD(resolve_entry(ctx, &resolving, NO_ONCE));
    CU_ASSERT_EQUAL(resolving.refusal, RESOLVE_NOT_REFUSED);
}
