#include "selftest/acts.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "core/amendment.h"
#include "core/date.h"
#include "core/money.h"
#include "gateway/webhook.h"
#include "sandbox/cards.h"
#include "sandbox/charging.h"
#include "sandbox/records.h"
#include "selftest/founding.h"
#include "service/amending.h"
#include "service/banking.h"
#include "service/card_replacing.h"
#include "service/closing.h"
#include "service/contract.h"
#include "service/crediting.h"
#include "service/customers.h"
#include "service/debit_answers.h"
#include "service/debit_files.h"
#include "service/debit_returns.h"
#include "service/gateway_events.h"
#include "service/gateway_request.h"
#include "service/mandating.h"
#include "service/paying.h"
#include "service/quoting.h"
#include "service/refund_ordering.h"
#include "service/refunding.h"
#include "service/signing.h"
#include "store/customer.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/subscription.h"

#define DAY (86400 * CLOCK_SECOND)

/* ---- what lives ---- */

struct living {
    int64_t id;
    int64_t customer_id;
    int64_t payment_method_id;
    const char *state;
};
static const struct column living_column[] = {COLUMN(I64, living, id), COLUMN(I64, living, customer_id),
    COLUMN(ID, living, payment_method_id), COLUMN(TEXT, living, state)};

struct owed {
    int64_t invoice_id;
    const char *number;
    int64_t customer_id;
    const char *email;
    const char *gateway_customer;
    const char *currency;
    int64_t open_minor;
};
static const struct column owed_column[] = {COLUMN(I64, owed, invoice_id), COLUMN(TEXT, owed, number), COLUMN(I64, owed, customer_id),
    COLUMN(TEXT, owed, email), COLUMN(TEXT, owed, gateway_customer), COLUMN(TEXT, owed, currency), COLUMN(I64, owed, open_minor)};

struct handed {
    const char *attempt_key;
    const char *state;
    const char *batch_id;
    int64_t amount_minor;
};
static const struct column handed_column[] = {COLUMN(TEXT, handed, attempt_key), COLUMN(TEXT, handed, state), COLUMN(TEXT, handed, batch_id),
    COLUMN(I64, handed, amount_minor)};

struct paid {
    int64_t payment_id;
    int64_t invoice_id;
    int64_t amount_minor;
};
static const struct column paid_column[] = {COLUMN(I64, paid, payment_id), COLUMN(I64, paid, invoice_id), COLUMN(I64, paid, amount_minor)};

enum { LIVING, OWED, INVOICED, HANDED, PAID };

static const struct statement statement[] = {
    [LIVING] = {"selftest_living", "SELECT id, customer_id, payment_method_id, state FROM subscription WHERE id > ? ORDER BY id", READS(living, living_column)},
    [OWED] = {"selftest_owed",
        "SELECT i.id invoice_id, i.number, i.customer_id, v.email, c.gateway_customer, i.currency, r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id "
        "JOIN customer c ON c.id = i.customer_id JOIN customer_version v ON v.id = c.current_version_id "
        "WHERE r.state = 'open' AND r.subscription_id > ? ORDER BY i.id DESC LIMIT 40", READS(owed, owed_column)},
    [INVOICED] = {"selftest_invoiced",
        "SELECT i.id invoice_id, i.number, i.customer_id, '' email, '' gateway_customer, i.currency, i.total_minor open_minor FROM invoice i "
        "WHERE i.kind = 'invoice' AND i.subscription_id > ? ORDER BY i.id DESC LIMIT 40", READS(owed, owed_column)},
    [HANDED] = {"selftest_handed",
        "SELECT a.attempt_key, a.state, c.batch_id, a.amount_minor FROM collection c JOIN attempt a ON a.id = c.attempt_id "
        "JOIN invoice i ON i.id = c.invoice_id WHERE i.subscription_id > ? AND c.file_id IS NOT NULL AND c.return_code = '' AND a.state IN ('pending', 'succeeded') ORDER BY a.id DESC LIMIT 40", READS(handed, handed_column)},
    [PAID] = {"selftest_paid",
        "SELECT p.id payment_id, i.id invoice_id, p.amount_minor FROM payment p JOIN allocation x ON x.payment_id = p.id JOIN invoice i ON i.id = x.invoice_id "
        "WHERE p.gateway = 'stripe' AND i.subscription_id > ? ORDER BY p.id DESC LIMIT 40", READS(paid, paid_column)},
};
DB_STATEMENTS(selftest_acts, statement)

static bool one_of(struct life *life, int64_t count)
{
    return life_between(life, 1, count) == 1;
}

static struct ctx *ctx_of(const struct life *life)
{
    return life->scratch->job->ctx;
}

/* As a page's form: what was done and whose answer was lost is found done, never done again. */
static const struct once *once_of(struct life *life)
{
    struct arena *arena = ctx_of(life)->arena;
    struct once *once = ARENA_NEW(arena, struct once);

    *once = (struct once){arena_printf(arena, "selftest-%016" PRIx64, random_next(&life->seed)), "/"};
    return once;
}

/* ---- whom an act meets ---- */

/* Any subscription in one of the states (or_state NULL: of one), rather one that pays by nothing yet when asked for. */
static enum err find_living(struct life *life, const char *state, const char *or_state, bool without_method, struct living *found)
{
    struct ctx *ctx = ctx_of(life);
    struct living *rows;
    size_t count;
    size_t first;
    bool any = false;

    TRY(ctx, db_rows(ctx, &statement[LIVING], PARAMS(P_I64(life->after_id)), &rows, &count));
    first = count > 0 ? (size_t)life_between(life, 0, (int64_t)count - 1) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct living *one = &rows[(first + i) % count];

        if (!str_equal(one->state, state) && !str_equal(one->state, or_state))
            continue;
        *found = *one;
        any = true;
        if (!without_method || one->payment_method_id == 0)
            return OK;
    }
    return any ? OK : ERR_NOT_FOUND;
}

static enum err find_owed(struct life *life, int which, struct owed *found)
{
    struct ctx *ctx = ctx_of(life);
    struct owed *rows;
    size_t count;

    TRY(ctx, db_rows(ctx, &statement[which], PARAMS(P_I64(life->after_id)), &rows, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    *found = rows[life_between(life, 0, (int64_t)count - 1)];
    return OK;
}

/* ---- the gateway's page ---- */

struct visiting_page {
    const struct sandbox *sandbox;
    const char *session_ref;
    const struct test_card *card;
    bool paid;
};

/* What a customer does there: enters a card, confirms at the bank when asked. */
static enum err visit_page(struct ctx *ctx, void *arg)
{
    struct visiting_page *v = arg;
    struct gateway_method method = {.ref = new_ref(ctx->arena, "pm_"), .customer_ref = "", .card = v->card->name, .brand = v->card->brand,
        .last4 = v->card->number + strlen(v->card->number) - 4, .exp_month = 12, .exp_year = 2099, .holder = "Self-test", .created_at = ctx->now};
    struct charge charge = {.present = true, .fault_name = "selftest"};
    struct gateway_session session;
    struct gateway_intent intent;

    v->paid = false;
    TRY(ctx, expire_session(ctx, v->sandbox, v->session_ref, false, &session)); /* locks it */
    if (strcmp(session.status, "open") != 0)
        return OK;
    if (session.intent_ref[0] == '\0')
        TRY(ctx, begin_intent(ctx, &session, &intent));
    else
        TRY(ctx, lock_intent(ctx, session.intent_ref, &intent));
    TRY(ctx, ensure_customer(ctx, &session, "Self-test"));
    intent.customer_ref = session.customer_ref;
    TRY(ctx, insert_method(ctx, &method));
    TRY(ctx, charge_intent(ctx, v->sandbox, &intent, &method, &charge));
    if (charge.result == CHARGE_ACTION) {
        charge = (struct charge){.present = true, .authenticated = true, .fault_name = "selftest"};
        TRY(ctx, charge_intent(ctx, v->sandbox, &intent, &method, &charge));
    }
    v->paid = charge.result == CHARGE_SUCCEEDED;
    return v->paid ? complete_session(ctx, v->sandbox, &session, &intent, charge.fault) : save_session_record(ctx, &session);
}

/* Cards by how often they are met. Those that only play a gateway's silence are the world's faults here. */
static const char *const cards[] = {"approve", "approve", "approve_mastercard", "approve", "authenticate_once", "authenticate_always", "charge_fails",
    "renewal_insufficient", "renewal_lost", "renewal_twice_declined", "event_twice", "captures_less", "approve", "declined"};

static enum err pay_at(struct life *life, const char *url)
{
    struct ctx other = *ctx_of(life);
    const char *slash = url != NULL ? strrchr(url, '/') : NULL;
    struct visiting_page visit = {.sandbox = &life->scratch->sandbox, .card = card_by_name(cards[life_between(life, 0, COUNT_OF(cards) - 1)])};
    enum commit_fault (*nothing)(void) = NULL;

    if (slash == NULL || one_of(life, 8)) /* who opens the page and goes away */
        return OK;
    visit.session_ref = slash + 1;
    other.db = life->scratch->gateway;
    commit_plan(nothing); /* faults are for us, not for the gateway's book */
    TRY(ctx_of(life), db_ready(&other));
    return db_transaction(&other, visit_page, &visit);
}

/* ---- customers' acts ---- */

static enum err pay_for(struct life *life, const struct payment_start *start)
{
    struct ctx *ctx = ctx_of(life);
    struct payment_started started = {.url = NULL};
    enum attempt_state state;

    TRY(ctx, start_payment(ctx, start, &started));
    TRY(ctx, pay_at(life, started.url));
    if (one_of(life, 2))
        return OK; /* never comes back: webhook or batch tells */
    return refresh_payment(ctx, start->quote_version_id, start->invoice_id, &state);
}

static enum err subscribe(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    int64_t what = life_between(life, 0, 9);
    int plan = what < 4 ? 0 : what < 6 ? 1 : what < 8 ? 2 : what < 9 ? 3 : 4;
    bool paid = one_of(life, 3);
    struct customer customer = {.is_company = one_of(life, 2), .name = arena_printf(ctx->arena, "Customer %" PRId64, life_between(life, 1, 100000)),
        .contact_name = "", .email = arena_printf(ctx->arena, "c%" PRId64 "@customer.example", life_between(life, 1, 1000000)), .phone = "",
        .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR", .siren = "", .vat_id = "", .language = "fr",
        .state = "active"};
    struct quote_start start = {.owner_id = life->user_id, .template_id = life->template_id[paid ? 1 : 0][plan]};
    struct quote_signature signature = {.signer_name = "Ada Morel", .signer_role = "", .consent_text = "Agreed.", .consent = true, .once = once_of(life)};
    struct customer_result made;
    struct quoting_result quote;
    struct signing_result signed_;
    struct db_bytes pdf;
    struct offer offer;
    char *sha256;

    TRY(ctx, change_customer(ctx, &customer, 0, once_of(life), &made));
    start.customer_id = made.id;
    TRY(ctx, create_quote(ctx, &start, once_of(life), &quote));
    TRY(ctx, send_quote(ctx, quote.quote_id, "", once_of(life), &quote));
    if (quote.refusal == QUOTE_IS_SENT)
        return ERR_DUPLICATE;
    if (quote.refusal != QUOTE_NOT_REFUSED)
        return FAIL(ctx, ERR_CONFIG, "a quote is not sent: refusal %d", (int)quote.refusal);
    TRY(ctx, load_offer(ctx, quote.quote_id, 0, &offer));
    TRY(ctx, offer_document(ctx, &offer, &pdf, &sha256));
    signature.offer = &offer;
    signature.version = offer.version.version;
    signature.document_sha256 = sha256;
    signature.today_minor = offer.totals.today.gross_minor;
    TRY(ctx, sign_quote(ctx, &signature, &signed_));
    if (signed_.refusal == QUOTE_IS_SIGNED || signed_.refusal == QUOTE_IS_CONFIRMED)
        return ERR_DUPLICATE; /* the answer was lost: pages lead to the same place */
    if (signed_.refusal != QUOTE_NOT_REFUSED)
        return FAIL(ctx, ERR_CONFIG, "a quote is not signed: refusal %d", (int)signed_.refusal);
    if (!paid)
        return OK;
    return pay_for(life, &(struct payment_start){.quote_version_id = offer.version.id, .priced_on = offer.started_on,
        .customer_id = offer.customer.id, .customer_email = offer.customer.email, .gateway_customer = offer.customer.gateway_customer,
        .amount_minor = offer.totals.today.gross_minor, .currency = "EUR", .description = "Self-test",
        .return_url = "http://selftest.invalid/pay/x/return", .language = "fr"});
}

static enum err pay(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct owed owed;
    enum err err = find_owed(life, OWED, &owed);

    if (err != OK)
        return err;
    return pay_for(life, &(struct payment_start){.invoice_id = owed.invoice_id, .priced_on = DATE_NONE, .customer_id = owed.customer_id,
        .customer_email = owed.email, .gateway_customer = owed.gateway_customer, .amount_minor = owed.open_minor, .currency = owed.currency,
        .description = owed.number, .return_url = arena_printf(ctx->arena, "http://selftest.invalid/pay/%s/return", owed.number), .language = "fr"});
}

static enum err store_card(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct customer customer;
    struct living living;
    const char *url = NULL;
    bool done;
    enum err err = find_living(life, "active", "past_due", true, &living);

    if (err != OK)
        return err;
    TRY(ctx, customer_by_id(ctx, living.customer_id, &customer));
    TRY(ctx, start_method_setup(ctx, living.id, customer.email, customer.gateway_customer, "EUR", "http://selftest.invalid/c/x/return", "fr", &url));
    TRY(ctx, pay_at(life, url));
    return one_of(life, 2) ? OK : refresh_method_setup(ctx, living.id, WEB_BUDGET_MS, &done);
}

static enum err sign_a_mandate(struct life *life)
{
    static const char *const iban[] = {"DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300", "BE68539007547034"};
    struct ctx *ctx = ctx_of(life);
    struct mandate_start start = {.use = one_of(life, 2) ? USE_WITH_OPEN : USE_FROM_NOW, .holder = "Ada Morel", .iban = iban[life_between(life, 0, 3)], .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "I authorise the creditor."};
    struct mandate_sign sign = {.code = ""};
    struct living living;
    struct outbox_row *rows;
    size_t count;
    enum err err = find_living(life, "active", "past_due", true, &living);

    if (err != OK)
        return err;
    start.subscription_id = living.id;
    TRY(ctx, start_mandate(ctx, &start, once_of(life)));
    if (start.refusal != MANDATE_NOT_REFUSED)
        return ERR_NOT_FOUND;
    sign.reference = start.reference;
    TRY(ctx, outbox_list(ctx, 0, 20, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].template, "mandate_code") == 0 && strcmp(history_param(ctx->arena, rows[i].params, "reference"), sign.reference) == 0)
            TRY(ctx, outbox_token(ctx, &rows[i], &sign.code));
    TRY(ctx, sign_mandate(ctx, &sign, once_of(life)));
    return sign.refusal == MANDATE_NOT_REFUSED ? OK : ERR_NOT_FOUND;
}

/* What stands ends; something else begins, most of the time. */
static enum err another_discount(struct life *life, struct amending *amending)
{
    struct ctx *ctx = ctx_of(life);
    struct discounts *standing = ARENA_NEW(ctx->arena, struct discounts);
    struct subscription s;

    TRY(ctx, subscription_by_id(ctx, amending->subscription_id, &s));
    *standing = subscription_discounts(&s);
    amending->ends = standing->of;
    amending->end_count = standing->count;
    if (one_of(life, 4))
        return OK;
    amending->own.periods = (int32_t)life_between(life, 0, 3);
    if (one_of(life, 2))
        amending->own.ppm = (int32_t)life_between(life, 1, RATE_ONE);
    else
        amending->own.amount_minor = life_between(life, 1, 2000);
    return OK;
}

static enum err amend(struct life *life, enum life_act act)
{
    static const enum amendment_kind kinds[] = {[ACT_MORE] = AMENDMENT_LINES, [ACT_LESS] = AMENDMENT_LINES, [ACT_PLAN] = AMENDMENT_LINES,
        [ACT_PAUSE] = AMENDMENT_PAUSE, [ACT_RESUME] = AMENDMENT_RESUME, [ACT_CLOSE] = AMENDMENT_CLOSE, [ACT_REACTIVATE] = AMENDMENT_REACTIVATE,
        [ACT_RENEW] = AMENDMENT_RENEW, [ACT_DISCOUNT] = AMENDMENT_DISCOUNT};
    struct ctx *ctx = ctx_of(life);
    struct amending_line line = {.act = AMENDING_SET, .slot = 1};
    struct amending amending = {.kind = kinds[act], .when = AMENDMENT_AT_ONCE, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "self-test",
                                .credit = one_of(life, 2), .agreed = true, .lines = &line};
    struct living living;
    const char *state = act == ACT_RESUME ? "paused" : act == ACT_REACTIVATE ? "ended" : "active";
    enum err err = find_living(life, state, act == ACT_CLOSE ? "past_due" : NULL, false, &living);

    if (err != OK)
        return err;
    amending.subscription_id = living.id;
    if (act == ACT_MORE || act == ACT_LESS) {
        amending.line_count = 1;
        line.quantity_e4 = (act == ACT_MORE ? life_between(life, 4, 9) : life_between(life, 1, 2)) * QUANTITY_ONE;
    }
    if (act == ACT_PLAN) {
        amending.plan_id = life->plan_id[life_between(life, 0, 4)];
        amending.keep_anchor = one_of(life, 2);
    }
    if (act == ACT_DISCOUNT)
        TRY(ctx, another_discount(life, &amending));
    if (act == ACT_MORE || act == ACT_LESS || act == ACT_PLAN || act == ACT_PAUSE || act == ACT_CLOSE || act == ACT_DISCOUNT)
        switch (life_between(life, 1, 3)) {
        case 1: amending.when = AMENDMENT_AT_PERIOD_END; break;
        case 2: amending.when = AMENDMENT_ON_DATE; amending.on = ctx->today_on + (int32_t)life_between(life, 1, 60); break;
        default: break;
        }
    if (act == ACT_PAUSE && one_of(life, 2))
        amending.resume_on = ctx->today_on + (int32_t)life_between(life, 62, 120);
    TRY(ctx, make_amendment(ctx, &amending, once_of(life)));
    return amending.refusal == NULL ? OK : ERR_NOT_FOUND;
}

static enum err credit(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct credit_part part = {.position = 1, .amount_minor = life_between(life, 1, 500), .period = PERIOD_NONE};
    struct credit_request request = {.reason = "self-test", .parts = &part, .part_count = one_of(life, 3) ? 0 : 1};
    const char *url;
    struct owed owed;
    enum err err = find_owed(life, INVOICED, &owed);

    if (err != OK)
        return err;
    request.invoice_id = owed.invoice_id;
    TRY(ctx, credit_invoice(ctx, &request, once_of(life), &url));
    return request.refusal == CREDIT_NOT_REFUSED ? OK : ERR_NOT_FOUND;
}

static enum err refund(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct refund_order order = {.reason = "self-test", .with_note = one_of(life, 2), .iban = "", .account_name = ""};
    enum refund_state state;
    struct paid *rows;
    size_t count;
    size_t from;

    TRY(ctx, db_rows(ctx, &statement[PAID], PARAMS(P_I64(life->after_id)), &rows, &count));
    from = count > 0 ? (size_t)life_between(life, 0, (int64_t)count - 1) : 0;
    for (size_t i = 0; i < count && order.refund_id == 0; i++) { /* many are credited or given back already */
        const struct paid *one = &rows[(from + i) % count];

        order.payment_id = one->payment_id;
        order.invoice_id = one->invoice_id;
        order.amount_minor = one_of(life, 2) ? one->amount_minor : life_between(life, 1, one->amount_minor);
        TRY(ctx, order_refund(ctx, &order, once_of(life)));
    }
    if (order.refund_id == 0)
        return ERR_NOT_FOUND;
    return one_of(life, 3) ? OK : pursue_refund(ctx, order.refund_id, WEB_BUDGET_MS, &state);
}

static enum err close_month(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct closing_result result;
    struct period month;

    TRY(ctx, next_to_close(ctx, CLOSING_MONTH, &month));
    if (period_days(month) == 0 || month.until_on > ctx->today_on)
        return ERR_NOT_FOUND;
    TRY(ctx, close_period(ctx, CLOSING_MONTH, month.from_on, once_of(life), &result));
    return result.verdict == CLOSING_MAY && !result.busy ? OK : ERR_NOT_FOUND;
}

/* ---- the bank ---- */

static char *money_text(struct ctx *ctx, int64_t minor)
{
    return arena_printf(ctx->arena, "%" PRId64 ".%02d", minor / 100, (int)(minor % 100));
}

/* Entries as the bank announces them (camt.054), or as it books them (camt.053). */
static enum err take_bank_file(struct life *life, bool booked, const char *entries)
{
    struct ctx *ctx = ctx_of(life);
    struct bank_imported imported;
    const char *message = booked ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn", *part = booked ? "Stmt" : "Ntfctn";
    char *text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.05%d.001.08\"><%s><GrpHdr><MsgId>S%" PRId64
        "</MsgId></GrpHdr><%s><Id>1</Id><Acct><Id><IBAN>" FOUNDED_IBAN "</IBAN></Id></Acct>%s</%s></%s></Document>",
        booked ? 3 : 4, message, life_between(life, 1, INT64_MAX), part, entries, part, message);

    TRY(ctx, import_bank_file(ctx, "statement.xml", text, strlen(text), false, &imported));
    if (imported.refusal == IMPORT_NOT_REFUSED)
        return OK;
    return FAIL(ctx, ERR_CONFIG, "a bank's file is refused: %s, line %d", bank_import_refusal_text(imported.refusal), imported.refused.line);
}

/* A statement with these entries, told again in another file or not; announced before it or after it, or not at all. */
static enum err take_statement(struct life *life, const char *entries, bool again)
{
    int64_t announced = life_between(life, 1, 6);

    if (announced == 1)
        TRY(ctx_of(life), take_bank_file(life, false, entries));
    for (int i = 0; i < (again ? 2 : 1); i++)
        TRY(ctx_of(life), take_bank_file(life, true, entries));
    return announced == 2 ? take_bank_file(life, false, entries) : OK;
}

static enum err transfer(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct owed owed;
    int64_t how = life_between(life, 1, 6);
    int64_t minor;
    char day[DATE_TEXT_BYTES];
    enum err err = find_owed(life, one_of(life, 5) ? INVOICED : OWED, &owed);

    if (err != OK)
        return err;
    minor = how == 1 ? owed.open_minor + life_between(life, 1, 5000) : how == 2 && owed.open_minor > 2 ? owed.open_minor / 2 : owed.open_minor;
    return take_statement(life, arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
        "<AcctSvcrRef>T%" PRId64 "</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", money_text(ctx, minor),
        date_iso(ctx->today_on, day), life_between(life, 1, INT64_MAX), how == 3 ? "greetings" : owed.number), one_of(life, 3));
}

/* Somebody remembers what became of an earlier file. */
static enum err answer_about_file(struct life *life)
{
    struct ctx *ctx = ctx_of(life);
    struct file_answer answer = {.sent = !one_of(life, 8)};
    struct collection_file *files;
    size_t count;

    TRY(ctx, unanswered_files(ctx, 1, &files, &count));
    if (count == 0)
        return OK;
    answer.file_id = files[0].id;
    return answer_for_file(ctx, &answer, once_of(life));
}

static enum err give_to_bank(struct life *life)
{
    struct collection_making making;

    TRY(ctx_of(life), answer_about_file(life));
    TRY(ctx_of(life), make_collection_file(ctx_of(life), &making, once_of(life)));
    return making.count > 0 ? OK : ERR_NOT_FOUND;
}

/* One collection: booked, rejected before, or returned after. */
static enum err bank_says(struct life *life)
{
    static const char *const code[] = {"AM04", "AC04", "MD06", "MD01", "MS02", "AC01"};
    struct ctx *ctx = ctx_of(life);
    const struct handed *one;
    struct handed *rows;
    char day[DATE_TEXT_BYTES];
    size_t count;
    bool back;

    TRY(ctx, db_rows(ctx, &statement[HANDED], PARAMS(P_I64(life->after_id)), &rows, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    one = &rows[life_between(life, 0, (int64_t)count - 1)];
    back = strcmp(one->state, "succeeded") == 0 || one_of(life, 2);
    if (back && one_of(life, 2)) {
        bool known;

        return return_collection(ctx, one->attempt_key, code[life_between(life, 0, COUNT_OF(code) - 1)], &known);
    }
    return take_statement(life, arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
        "<AcctSvcrRef>D%" PRId64 "</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%s</Amt>%s</TxDtls></NtryDtls></Ntry>",
        money_text(ctx, one->amount_minor), back ? "DBIT" : "CRDT", date_iso(ctx->today_on, day), life_between(life, 1, INT64_MAX), one->attempt_key,
        money_text(ctx, one->amount_minor), back ? arena_printf(ctx->arena, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>",
        code[life_between(life, 0, COUNT_OF(code) - 1)]) : ""), one_of(life, 3));
}

/* ---- the gateway's events ---- */

/* One delivery at our door, as the page for webhooks takes it. */
static enum err bring(struct life *life, const struct gateway_happening *event)
{
    struct ctx *ctx = ctx_of(life);
    struct webhook_event read;
    size_t bytes = strlen(event->body);
    const char *header = webhook_sign(ctx->arena, event->body, bytes, life->scratch->sandbox.webhook_secret, ctx->now);

    if (!webhook_holds(ctx->arena, header, event->body, bytes, ctx->tenant->webhook_secret, "", ctx->now) ||
        !webhook_read(ctx, event->body, bytes, &read))
        return FAIL(ctx, ERR_CORRUPT, "event %s is not one", event->ref);
    return receive_event(ctx, &read);
}

/* What the gateway does by itself: pages that nobody used end, keys are forgotten after a day. */
static enum err gateway_sweeps(struct ctx *ctx, const struct sandbox *sandbox)
{
    struct gateway_session *list;
    size_t count;

    TRY(ctx, sessions_overdue(ctx, &list, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, expire_session(ctx, sandbox, list[i].ref, false, NULL));
    return forget_answers_before(ctx, ctx->now - DAY);
}

/* all: everything, once, in order. Else some late, some twice, from either end. */
static enum err bring_events(struct life *life, bool all)
{
    struct ctx *ctx = ctx_of(life);
    struct ctx other = *ctx;
    struct due_delivery *list;
    struct delivery *taken;
    size_t count;
    size_t taken_count = 0;
    bool backwards = !all && one_of(life, 2);
    enum err err = OK;
    enum err told;

    other.db = life->scratch->gateway;
    TRY(ctx, db_ready(&other));
    TRY(ctx, gateway_sweeps(&other, &life->scratch->sandbox));
    TRY(ctx, deliveries_due(&other, clock_now() + 400 * DAY, &list, &count));
    taken = ARENA_ARRAY(ctx->arena, struct delivery, count + 1);
    for (size_t i = 0; i < count && err == OK; i++) {
        const struct due_delivery *due = &list[backwards ? count - 1 - i : i];
        int64_t fate = all ? 0 : life_between(life, 0, 7);

        if (fate == 7)
            continue; /* another day */
        err = bring(life, &due->event);
        if (err == OK && fate == 6)
            err = bring(life, &due->event);
        if (err == OK && fate != 5) /* taken, and again another day */
            taken[taken_count++] = due->delivery;
    }
    told = close_deliveries(&other, taken, taken_count, clock_now());
    TRY(ctx, err != OK ? err : told);
    return count > 0 ? OK : ERR_NOT_FOUND;
}

/* ---- one act ---- */

static enum err run_batch(struct life *life)
{
    struct job *job = life->scratch->job;
    int code;

    job->findings = false;
    job->signer = &life->scratch->seal;
    job->ctx->actor = "batch";
    code = run_due(job);
    switch (code) {
    case EXIT_DONE:
    case EXIT_FINDINGS: return OK;
    case EXIT_AWAY: return ERR_DB_GONE;
    case EXIT_LATER: return ERR_DB_RETRY;
    default: return FAIL(job->ctx, ERR_DB, "the batch gave %d", code);
    }
}

enum err do_act(struct life *life, enum life_act act)
{
    switch (act) {
    case ACT_SUBSCRIBE: return subscribe(life);
    case ACT_CARD: return store_card(life);
    case ACT_MANDATE: return sign_a_mandate(life);
    case ACT_PAY: return pay(life);
    case ACT_TRANSFER: return transfer(life);
    case ACT_FILE: return give_to_bank(life);
    case ACT_BANK: return bank_says(life);
    case ACT_CREDIT: return credit(life);
    case ACT_REFUND: return refund(life);
    case ACT_CLOSING: return close_month(life);
    case ACT_BATCH: return run_batch(life);
    case ACT_EVENTS: return bring_events(life, false);
    case ACT_MORE:
    case ACT_LESS:
    case ACT_PLAN:
    case ACT_PAUSE:
    case ACT_RESUME:
    case ACT_CLOSE:
    case ACT_REACTIVATE:
    case ACT_RENEW:
    case ACT_DISCOUNT: return amend(life, act);
    }
    return FAIL(ctx_of(life), ERR_CONFIG, "no such act");
}

enum err bring_every_event(struct life *life)
{
    return bring_events(life, true);
}
