#include "selftest/acts.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "core/amendment.h"
#include "core/date.h"
#include "core/money.h"
#include "gateway/webhook.h"
#include "sandbox/cards.h"
#include "sandbox/charging.h"
#include "sandbox/records.h"
#include "selftest/bank_acts.h"
#include "selftest/meeting.h"
#include "service/amending.h"
#include "service/card_replacing.h"
#include "service/closing.h"
#include "service/contract.h"
#include "service/crediting.h"
#include "service/customers.h"
#include "service/gateway_events.h"
#include "service/gateway_request.h"
#include "service/mandating.h"
#include "service/paying.h"
#include "service/quoting.h"
#include "service/refund_ordering.h"
#include "service/refunding.h"
#include "service/signing.h"
#include "store/customer.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/subscription.h"

#define DAY (86400 * CLOCK_SECOND)

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
    struct ctx other = *life_ctx(life);
    const char *slash = url != NULL ? strrchr(url, '/') : NULL;
    struct visiting_page visit = {.sandbox = &life->scratch->sandbox, .card = card_by_name(cards[life_between(life, 0, COUNT_OF(cards) - 1)])};
    enum commit_fault (*nothing)(void) = NULL;

    if (slash == NULL || life_one_of(life, 8)) /* who opens the page and goes away */
        return OK;
    visit.session_ref = slash + 1;
    other.db = life->scratch->gateway;
    commit_plan(nothing); /* faults are for us, not for the gateway's book */
    TRY(life_ctx(life), db_ready(&other));
    return db_transaction(&other, visit_page, &visit);
}

/* ---- customers' acts ---- */

static enum err pay_for(struct life *life, const struct payment_start *start)
{
    struct ctx *ctx = life_ctx(life);
    struct payment_started started = {.url = NULL};
    enum attempt_state state;

    TRY(ctx, start_payment(ctx, start, &started));
    TRY(ctx, pay_at(life, started.url));
    if (life_one_of(life, 2))
        return OK; /* never comes back: webhook or batch tells */
    return refresh_payment(ctx, start->quote_version_id, start->invoice_id, &state);
}

static enum err subscribe(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    int64_t what = life_between(life, 0, 9);
    int plan = what < 4 ? 0 : what < 6 ? 1 : what < 8 ? 2 : what < 9 ? 3 : 4;
    bool paid = life_one_of(life, 3);
    struct customer customer = {.is_company = life_one_of(life, 2), .name = arena_printf(ctx->arena, "Customer %" PRId64, life_between(life, 1, 100000)),
        .contact_name = "", .email = arena_printf(ctx->arena, "c%" PRId64 "@customer.example", life_between(life, 1, 1000000)), .phone = "",
        .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR", .siren = "", .vat_id = "", .language = "fr",
        .state = "active"};
    struct quote_start start = {.owner_id = life->user_id, .template_id = life->template_id[paid ? 1 : 0][plan]};
    struct quote_signature signature = {.signer_name = "Ada Morel", .signer_role = "", .consent_text = "Agreed.", .consent = true, .once = life_once(life)};
    struct customer_result made;
    struct quoting_result quote;
    struct signing_result signed_;
    struct db_bytes pdf;
    struct offer offer;
    char *sha256;

    TRY(ctx, change_customer(ctx, &customer, 0, life_once(life), &made));
    start.customer_id = made.id;
    TRY(ctx, create_quote(ctx, &start, life_once(life), &quote));
    TRY(ctx, send_quote(ctx, quote.quote_id, "", life_once(life), &quote));
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
    struct ctx *ctx = life_ctx(life);
    struct owed owed;
    enum err err = find_owed(life, OWED_OPEN, &owed);

    if (err != OK)
        return err;
    return pay_for(life, &(struct payment_start){.invoice_id = owed.invoice_id, .priced_on = DATE_NONE, .customer_id = owed.customer_id,
        .customer_email = owed.email, .gateway_customer = owed.gateway_customer, .amount_minor = owed.open_minor, .currency = owed.currency,
        .description = owed.number, .return_url = arena_printf(ctx->arena, "http://selftest.invalid/pay/%s/return", owed.number), .language = "fr"});
}

static enum err store_card(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
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
    return life_one_of(life, 2) ? OK : refresh_method_setup(ctx, living.id, WEB_BUDGET_MS, &done);
}

static enum err sign_a_mandate(struct life *life)
{
    static const char *const iban[] = {"DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300", "BE68539007547034"};
    struct ctx *ctx = life_ctx(life);
    struct mandate_start start = {.use = life_one_of(life, 2) ? USE_WITH_OPEN : USE_FROM_NOW, .holder = "Ada Morel", .iban = iban[life_between(life, 0, 3)], .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "I authorise the creditor."};
    struct mandate_sign sign = {.code = ""};
    struct living living;
    struct outbox_row *rows;
    size_t count;
    enum err err = find_living(life, "active", "past_due", true, &living);

    if (err != OK)
        return err;
    start.subscription_id = living.id;
    TRY(ctx, start_mandate(ctx, &start, life_once(life)));
    if (start.refusal != MANDATE_NOT_REFUSED)
        return ERR_NOT_FOUND;
    sign.reference = start.reference;
    TRY(ctx, outbox_list(ctx, 0, 20, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].template, "mandate_code") == 0 && strcmp(history_param(ctx->arena, rows[i].params, "reference"), sign.reference) == 0)
            TRY(ctx, outbox_token(ctx, &rows[i], &sign.code));
    TRY(ctx, sign_mandate(ctx, &sign, life_once(life)));
    return sign.refusal == MANDATE_NOT_REFUSED ? OK : ERR_NOT_FOUND;
}

/* What stands ends; something else begins, most of the time. */
static enum err another_discount(struct life *life, struct amending *amending)
{
    struct ctx *ctx = life_ctx(life);
    struct discounts *standing = ARENA_NEW(ctx->arena, struct discounts);
    struct subscription s;

    TRY(ctx, subscription_by_id(ctx, amending->subscription_id, &s));
    *standing = subscription_discounts(&s);
    amending->ends = standing->of;
    amending->end_count = standing->count;
    if (life_one_of(life, 4))
        return OK;
    amending->own.periods = (int32_t)life_between(life, 0, 3);
    if (life_one_of(life, 2))
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
    struct ctx *ctx = life_ctx(life);
    struct amending_line line = {.act = AMENDING_SET, .slot = 1};
    struct amending amending = {.kind = kinds[act], .when = AMENDMENT_AT_ONCE, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "self-test",
                                .credit = life_one_of(life, 2), .agreed = true, .lines = &line};
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
        amending.keep_anchor = life_one_of(life, 2);
    }
    if (act == ACT_DISCOUNT)
        TRY(ctx, another_discount(life, &amending));
    if (act == ACT_MORE || act == ACT_LESS || act == ACT_PLAN || act == ACT_PAUSE || act == ACT_CLOSE || act == ACT_DISCOUNT)
        switch (life_between(life, 1, 3)) {
        case 1: amending.when = AMENDMENT_AT_PERIOD_END; break;
        case 2: amending.when = AMENDMENT_ON_DATE; amending.on = ctx->today_on + (int32_t)life_between(life, 1, 60); break;
        default: break;
        }
    if (act == ACT_PAUSE && life_one_of(life, 2))
        amending.resume_on = ctx->today_on + (int32_t)life_between(life, 62, 120);
    TRY(ctx, make_amendment(ctx, &amending, life_once(life)));
    return amending.refusal == NULL ? OK : ERR_NOT_FOUND;
}

static enum err credit(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    struct credit_part part = {.position = 1, .amount_minor = life_between(life, 1, 500), .period = PERIOD_NONE};
    struct credit_request request = {.reason = "self-test", .parts = &part, .part_count = life_one_of(life, 3) ? 0 : 1};
    const char *url;
    struct owed owed;
    enum err err = find_owed(life, OWED_INVOICED, &owed);

    if (err != OK)
        return err;
    request.invoice_id = owed.invoice_id;
    TRY(ctx, credit_invoice(ctx, &request, life_once(life), &url));
    return request.refusal == CREDIT_NOT_REFUSED ? OK : ERR_NOT_FOUND;
}

static enum err refund(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    struct refund_order order = {.reason = "self-test", .with_note = life_one_of(life, 2), .iban = "", .account_name = ""};
    enum refund_state state;
    struct paid *rows;
    size_t count;
    size_t from;

    TRY(ctx, card_payments(life, &rows, &count));
    from = count > 0 ? (size_t)life_between(life, 0, (int64_t)count - 1) : 0;
    for (size_t i = 0; i < count && order.refund_id == 0; i++) { /* many are credited or given back already */
        const struct paid *one = &rows[(from + i) % count];

        order.payment_id = one->payment_id;
        order.invoice_id = one->invoice_id;
        order.amount_minor = life_one_of(life, 2) ? one->amount_minor : life_between(life, 1, one->amount_minor);
        TRY(ctx, order_refund(ctx, &order, life_once(life)));
    }
    if (order.refund_id == 0)
        return ERR_NOT_FOUND;
    return life_one_of(life, 3) ? OK : pursue_refund(ctx, order.refund_id, WEB_BUDGET_MS, &state);
}

static enum err close_month(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    struct closing_result result;
    struct period month;

    TRY(ctx, next_to_close(ctx, CLOSING_MONTH, &month));
    if (period_days(month) == 0 || month.until_on > ctx->today_on)
        return ERR_NOT_FOUND;
    TRY(ctx, close_period(ctx, CLOSING_MONTH, month.from_on, life_once(life), &result));
    return result.verdict == CLOSING_MAY && !result.busy ? OK : ERR_NOT_FOUND;
}

/* ---- the gateway's events ---- */

/* One delivery at our door, as the page for webhooks takes it. */
static enum err bring(struct life *life, const struct gateway_happening *event)
{
    struct ctx *ctx = life_ctx(life);
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
    struct ctx *ctx = life_ctx(life);
    struct ctx other = *ctx;
    struct due_delivery *list;
    struct delivery *taken;
    size_t count;
    size_t taken_count = 0;
    bool backwards = !all && life_one_of(life, 2);
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
    case ACT_TRANSFER: return pay_by_transfer(life);
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
    return FAIL(life_ctx(life), ERR_CONFIG, "no such act");
}

enum err bring_every_event(struct life *life)
{
    return bring_events(life, true);
}
