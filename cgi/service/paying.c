#include "service/paying.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/encode.h"
#include "service/gateway_request.h"
#include "service/offer.h"
#include "service/restoring.h"
#include "service/settling.h"
#include "service/walking.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/quote.h"
#include "store/reconciliation.h"
#include "store/subscription.h"
#include "store/tenant.h"

#define WAIT_STEP INT64_C(50000)
#define SESSION_FRESH INT64_C(600000000) /* a hosted page younger than this is not asked about again */

/* ---- taking an attempt and sending it ---- */

struct beginning {
    struct payable payable;
    struct attempt attempt;     /* filled in: what to insert when none is live */
    int32_t priced_on;          /* of a quote that is not signed: what the attempt agrees on */
    bool found_live;
    bool changed; /* what is open of the invoice, or what was tried, is not what was read: nothing begins */
};

/* Paying for a quote that needs no signature is agreeing to it: its VAT, and the day for which it is priced. What was
 * signed keeps those of its signature. */
static enum err agree(struct ctx *ctx, int64_t version_id, int32_t priced_on)
{
    struct quote quote;
    struct offer offer;

    if (version_id == 0)
        return OK;
    TRY(ctx, quote_of_version(ctx, version_id, &quote));
    if (quote.state != QUOTE_SENT)
        return OK;
    TRY(ctx, load_offer_version(ctx, version_id, &offer));
    if (offer.priced)
        TRY(ctx, agree_on_tax(ctx, &offer));
    return save_priced_on(ctx, version_id, priced_on);
}

/* A credit note may have come since the amount was read; it locks the payable first, as this does. */
static enum err amount_changed(struct ctx *ctx, const struct beginning *b, bool *changed)
{
    struct receivable receivable;

    *changed = false;
    if (b->payable.invoice_id == 0)
        return OK;
    TRY(ctx, lock_receivable(ctx, b->payable.invoice_id, &receivable));
    *changed = receivable.open_minor != b->attempt.amount_minor;
    return OK;
}

static enum err begin_attempt(struct ctx *ctx, void *arg)
{
    struct beginning *b = arg;
    struct attempt live;
    int32_t count;
    enum err err;

    TRY(ctx, ensure_payable(ctx, &b->payable));
    err = blocking_attempt(ctx, b->payable.id, &live); /* where a person decides about money that came, taking more would be twice */
    if (err == OK) {
        b->found_live = true;
        b->attempt = live;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, amount_changed(ctx, b, &b->changed));
    if (b->changed)
        return OK;
    TRY(ctx, agree(ctx, b->payable.quote_version_id, b->priced_on));
    TRY(ctx, attempt_count(ctx, b->payable.id, &count));
    b->found_live = false;
    b->attempt.payable_id = b->payable.id;
    b->attempt.number = count + 1;
    b->attempt.next_check_at = ctx->now + ATTEMPT_LEASE;
    err = insert_attempt(ctx, &b->attempt);
    if (err != ERR_DUPLICATE)
        return err;
    b->changed = true; /* the COMMIT before stood, its answer was lost, and another process has ended our attempt since */
    return OK;
}

/* The attempt's row becomes ours to send, once. *less_is_due: a transfer, a credit note or a person's word came since
 * it was decided. What never left is withdrawn then; what may have arrived is only asked about, as the same words
 * again could be the first that the gateway hears. */
struct taking {
    struct attempt *attempt;
    bool less_is_due;
};

static enum err take_attempt(struct ctx *ctx, void *arg)
{
    struct taking *taking = arg;
    struct attempt locked;
    struct payable payable;
    struct receivable receivable;
    enum attempt_state from;

    TRY(ctx, lock_attempt(ctx, taking->attempt->id, &locked));
    from = locked.state;
    if (attempt_next(from, ATTEMPT_PICKED, &locked.state) != ATTEMPT_MOVES) {
        taking->attempt->state = from;
        return ERR_CONFLICT;
    }
    TRY(ctx, payable_by_id(ctx, locked.payable_id, &payable));
    taking->less_is_due = false;
    if (payable.invoice_id != 0) {
        TRY(ctx, lock_receivable(ctx, payable.invoice_id, &receivable));
        taking->less_is_due = receivable.open_minor < locked.amount_minor;
    }
    *taking->attempt = locked;
    if (taking->less_is_due) {
        taking->attempt->state = from;
        if (attempt_next(from, ATTEMPT_CANCELLED, &taking->attempt->state) != ATTEMPT_MOVES)
            return OK;
        taking->attempt->next_check_at = 0;
        TRY(ctx, move_attempt(ctx, taking->attempt, from, attempt_event_name(ATTEMPT_CANCELLED), "less is due"));
        return debit_again(ctx, &payable, taking->attempt);
    }
    taking->attempt->sender = db_connection_id(ctx);
    taking->attempt->sending_at = ctx->now;
    taking->attempt->checks += from == ATTEMPT_UNKNOWN ? 1 : 0;
    taking->attempt->next_check_at = ctx->now + ATTEMPT_LEASE;
    return move_attempt(ctx, taking->attempt, from, attempt_event_name(ATTEMPT_PICKED), "");
}

static const char *place_of_method(struct arena *arena, const char *body)
{
    return strstr(body, encode_percent(arena, METHOD_PLACE));
}

const char *body_with_method(struct arena *arena, const char *body, const char *token)
{
    const char *at = place_of_method(arena, body);

    CHECK(at != NULL);
    return arena_printf(arena, "%.*s%s%s", (int)(at - body), body, encode_percent(arena, token), at + strlen(encode_percent(arena, METHOD_PLACE)));
}

static enum err body_to_send(struct ctx *ctx, const struct attempt *attempt, const char **body)
{
    struct payment_method method;
    const char *token;

    *body = attempt->request_body;
    if (attempt->payment_method_id == 0 || place_of_method(ctx->arena, *body) == NULL)
        return OK;
    TRY(ctx, payment_method_by_id(ctx, attempt->payment_method_id, &method));
    TRY(ctx, payment_method_token(ctx, &method, &token));
    *body = body_with_method(ctx->arena, *body, token);
    return OK;
}

/* Sends a READY (or UNKNOWN, within 23 hours) attempt that nobody else is sending. ERR_CONFLICT when
 * somebody is, or when less is due by now. */
static enum err send_attempt(struct ctx *ctx, struct attempt *attempt, int64_t budget_ms, struct gateway_answer *answer,
                             enum attempt_state *state)
{
    struct stripe stripe = house_gateway(ctx);
    struct taking taking = {.attempt = attempt};
    const char *body;

    TRY(ctx, body_to_send(ctx, attempt, &body));
    crash_point("C12");
    TRY(ctx, db_transaction(ctx, take_attempt, &taking));
    if (taking.less_is_due)
        return ERR_CONFLICT;
    crash_point("C13");
    stripe_post(ctx, &stripe, attempt->request_path, body, attempt->attempt_key, budget_ms, answer);
    crash_point("C14");
    return settle_answer(ctx, attempt->id, answer, state);
}

static void build_checkout(struct ctx *ctx, const struct payment_start *start, struct attempt *attempt)
{
    struct stripe_checkout checkout = {
        .attempt_key = attempt->attempt_key, .customer_ref = start->gateway_customer, .email = start->customer_email,
        .amount_minor = start->amount_minor, .currency = start->currency, .description = start->description,
        .success_url = start->return_url, .cancel_url = arena_printf(ctx->arena, "%s?cancel=1", start->return_url),
        .language = start->language};

    attempt->kind = "checkout";
    attempt->amount_minor = start->amount_minor;
    attempt->currency = start->currency;
    attempt->request_path = "/v1/checkout/sessions";
    attempt->request_body = stripe_checkout_body(ctx->arena, &checkout);
}

static bool is_checkout(const struct attempt *attempt)
{
    return strcmp(attempt->kind, "checkout") == 0;
}

/* One look at the payable: *url set leads to the page, refusal set ends it, neither: look again. */
static enum err look_once(struct ctx *ctx, const struct payment_start *start, struct payment_started *started)
{
    struct beginning b = {.payable = {.quote_version_id = start->quote_version_id, .invoice_id = start->invoice_id,
                                      .customer_id = start->customer_id, .amount_minor = start->amount_minor,
                                      .currency = start->currency},
                          .priced_on = start->priced_on,
                          .attempt = {.attempt_key = new_request_key(ctx), .decline_code = "", .message = "", .session_ref = "",
                                      .intent_ref = "", .redirect_url = ""}};
    struct gateway_answer answer;
    enum attempt_state state;
    enum err err;

    build_checkout(ctx, start, &b.attempt);
    TRY(ctx, db_transaction(ctx, begin_attempt, &b));
    if (b.changed) {
        started->refusal = PAYABLE_CHANGED;
        return OK;
    }
    if (strcmp(b.attempt.kind, "sepa") == 0 && b.attempt.state != ATTEMPT_SUCCEEDED) { /* the bank has it, or will: never twice */
        started->refusal = PAYABLE_IN_PROGRESS;
        return OK;
    }
    switch (b.attempt.state) {
    case ATTEMPT_SUCCEEDED: started->refusal = PAYABLE_IS_PAID; return OK;
    case ATTEMPT_PENDING:
    case ATTEMPT_OPERATOR: started->refusal = PAYABLE_IN_PROGRESS; return OK;
    case ATTEMPT_ACTION:
        if (is_checkout(&b.attempt) && b.attempt.redirect_url[0] != '\0' && ctx->now - b.attempt.created_at < SESSION_FRESH) {
            started->url = b.attempt.redirect_url;
            return OK;
        }
        TRY(ctx, refresh_payment(ctx, start->quote_version_id, start->invoice_id, &state));
        if (state == ATTEMPT_ACTION && is_checkout(&b.attempt) && b.attempt.redirect_url[0] != '\0')
            started->url = b.attempt.redirect_url;
        else if (state == ATTEMPT_ACTION || state == ATTEMPT_PENDING || state == ATTEMPT_UNKNOWN)
            started->refusal = PAYABLE_IN_PROGRESS;
        return OK;
    case ATTEMPT_SENDING: return OK; /* somebody is at it */
    case ATTEMPT_UNKNOWN:
        if (!is_checkout(&b.attempt) || !attempt_may_resend(b.attempt.created_at, ctx->now)) {
            started->refusal = PAYABLE_IN_PROGRESS;
            return OK;
        }
        break;
    case ATTEMPT_READY: break;
    case ATTEMPT_DECLINED:
    case ATTEMPT_NOT_SENT:
    case ATTEMPT_PARTLY_REVERSED:
    case ATTEMPT_REVERSED: CHECK(false); break;
    }
    err = send_attempt(ctx, &b.attempt, WEB_BUDGET_MS / 2, &answer, &state);
    if (err == ERR_CONFLICT)
        return OK;
    if (err != OK)
        return err;
    if (state == ATTEMPT_ACTION && answer.redirect_url[0] != '\0')
        started->url = answer.redirect_url;
    else if (state != ATTEMPT_SENDING)
        started->refusal = state == ATTEMPT_SUCCEEDED               ? PAYABLE_IS_PAID
                           : state == ATTEMPT_UNKNOWN               ? PAYABLE_IN_PROGRESS
                           : answer.outcome == GATEWAY_REFUSED      ? PAYABLE_REFUSED
                                                                    : PAYABLE_NO_GATEWAY;
    return OK;
}

enum err start_payment(struct ctx *ctx, const struct payment_start *start, struct payment_started *started)
{
    int64_t until = clock_ticks() + WEB_BUDGET_MS * 1000;
    bool stray;

    memset(started, 0, sizeof *started);
    TRY(ctx, refuse_while_restored(ctx));
    if (ctx->tenant->gateway_base[0] == '\0' || !stripe_takes(start->currency, start->amount_minor)) {
        started->refusal = PAYABLE_NO_GATEWAY;
        return OK;
    }
    TRY(ctx, customer_has_stray_money(ctx, start->customer_id, &stray));
    if (stray) { /* perhaps for this very thing */
        started->refusal = PAYABLE_IN_PROGRESS;
        return OK;
    }
    while (started->url == NULL && started->refusal == 0) {
        TRY(ctx, look_once(ctx, start, started));
        if (started->url != NULL || started->refusal != 0)
            break;
        if (clock_ticks() > until) {
            started->refusal = PAYABLE_IN_PROGRESS;
            break;
        }
        clock_sleep(WAIT_STEP);
        ctx->now = clock_now();
    }
    if (started->url != NULL)
        started->refusal = PAYABLE_NOT_REFUSED;
    return OK;
}

/* ---- asking ---- */

static void ask(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms, struct gateway_answer *answer)
{
    struct stripe stripe = house_gateway(ctx);

    if (strcmp(attempt->kind, "sepa") == 0) { /* no gateway knows of it: the bank's files say */
        *answer = gateway_answer_of(GATEWAY_PROCESSING);
        return;
    }
    if (is_checkout(attempt) && attempt->session_ref[0] != '\0')
        stripe_session(ctx, &stripe, attempt->session_ref, budget_ms, answer);
    else if (attempt->intent_ref[0] != '\0')
        stripe_intent(ctx, &stripe, attempt->intent_ref, budget_ms, answer);
    else
        stripe_find_intent(ctx, &stripe, attempt->attempt_key, budget_ms, answer);
}

/* Nobody is there whom the bank could ask: a stored card's charge that waits for its customer is given up at the gateway, and
 * counts as one that wants authentication; the customer confirms by the link to pay. */
static void give_up(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms, struct gateway_answer *answer)
{
    struct stripe stripe = house_gateway(ctx);

    stripe_cancel_intent(ctx, &stripe, attempt->intent_ref, budget_ms / 2, answer);
    if (answer->outcome == GATEWAY_UNKNOWN) /* it could not be cancelled: perhaps it was paid meanwhile */
        ask(ctx, attempt, budget_ms / 2, answer);
    if (answer->outcome == GATEWAY_EXPIRED && answer->decline_code[0] == '\0')
        answer->decline_code = "authentication_required";
}

static void look(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms, struct gateway_answer *answer)
{
    if (attempt->state == ATTEMPT_ACTION && strcmp(attempt->kind, "off_session") == 0 && attempt->intent_ref[0] != '\0')
        give_up(ctx, attempt, budget_ms, answer);
    else
        ask(ctx, attempt, budget_ms, answer);
}

enum err refresh_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, enum attempt_state *state)
{
    struct payable payable;
    struct attempt attempt;
    struct gateway_answer answer;
    enum err err = payable_of(ctx, quote_version_id, invoice_id, &payable);

    *state = (enum attempt_state)0;
    if (err == OK)
        err = last_attempt(ctx, payable.id, &attempt);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    *state = attempt.state;
    if (attempt_took_money(attempt.state) || attempt.state == ATTEMPT_SENDING || attempt.state == ATTEMPT_READY)
        return OK;
    look(ctx, &attempt, WEB_BUDGET_MS, &answer);
    return settle_answer(ctx, attempt.id, &answer, state);
}

enum err ask_about_attempt(struct ctx *ctx, int64_t attempt_id, int64_t budget_ms, enum attempt_state *state)
{
    struct attempt attempt;
    struct gateway_answer answer;

    TRY(ctx, attempt_by_id(ctx, attempt_id, &attempt));
    *state = attempt.state;
    if (attempt.state == ATTEMPT_SUCCEEDED || attempt.state == ATTEMPT_SENDING || attempt.state == ATTEMPT_READY)
        return OK;
    look(ctx, &attempt, budget_ms, &answer);
    return settle_answer(ctx, attempt.id, &answer, state);
}

enum err take_attempt_event(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms)
{
    struct gateway_answer answer;
    enum attempt_state state;

    look(ctx, attempt, budget_ms, &answer);
    if (answer.outcome == GATEWAY_NOT_SENT || answer.outcome == GATEWAY_UNKNOWN || answer.outcome == GATEWAY_DENIED)
        return FAIL(ctx, ERR_GATEWAY, "%s", answer.message);
    return settle_answer(ctx, attempt->id, &answer, &state);
}

enum err peek_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, struct gateway_answer *answer)
{
    struct payable payable;
    struct attempt attempt;

    TRY(ctx, payable_of(ctx, quote_version_id, invoice_id, &payable));
    TRY(ctx, last_attempt(ctx, payable.id, &attempt));
    ask(ctx, &attempt, WEB_BUDGET_MS / 3, answer);
    return OK;
}

/* Closes a hosted page and gives what the gateway then says of it: the page that was paid before is not closed any more. */
static void close_page(struct ctx *ctx, const struct attempt *attempt, int64_t budget_ms, struct gateway_answer *answer)
{
    struct stripe stripe = house_gateway(ctx);

    stripe_expire_session(ctx, &stripe, attempt->session_ref, budget_ms / 2, answer);
    if (answer->outcome == GATEWAY_UNKNOWN)
        ask(ctx, attempt, budget_ms / 2, answer);
}

enum err cancel_payment(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id)
{
    struct payable payable;
    struct attempt attempt;
    struct gateway_answer answer;
    enum attempt_state state;
    enum err err = payable_of(ctx, quote_version_id, invoice_id, &payable);

    if (err == OK)
        err = live_attempt(ctx, payable.id, &attempt);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    if (attempt.session_ref[0] == '\0' || attempt.state == ATTEMPT_SUCCEEDED)
        return OK;
    close_page(ctx, &attempt, WEB_BUDGET_MS, &answer);
    return settle_answer(ctx, attempt.id, &answer, &state);
}

/* ---- the batch's doors ---- */

/* A hosted page is open for a quote that takes no payment any more: the gateway did not answer when it was withdrawn,
 * or another one was taken instead. */
static enum err is_needless(struct ctx *ctx, const struct attempt *attempt, bool *needless)
{
    struct payable payable;
    struct quote_version version;
    struct quote quote;

    *needless = false;
    if (!is_checkout(attempt) || attempt->state != ATTEMPT_ACTION || attempt->session_ref[0] == '\0')
        return OK;
    TRY(ctx, payable_by_id(ctx, attempt->payable_id, &payable));
    if (payable.quote_version_id == 0)
        return OK;
    TRY(ctx, quote_version_by_id(ctx, payable.quote_version_id, &version));
    TRY(ctx, quote_by_id(ctx, version.quote_id, &quote));
    *needless = quote.state != QUOTE_SENT && quote.state != QUOTE_SIGNED;
    return OK;
}

/* What is READY was never sent (SENDING is committed before any byte leaves): no gateway knows of it, and after a
 * day nobody should be charged for what was decided then. What is still due begins anew, with a key of its own. */
static enum err withdraw_attempt(struct ctx *ctx, void *arg)
{
    const struct attempt *attempt = arg;
    struct attempt locked;
    struct payable payable;
    enum attempt_state from;

    TRY(ctx, lock_attempt(ctx, attempt->id, &locked));
    from = locked.state;
    if (attempt_next(from, ATTEMPT_CANCELLED, &locked.state) != ATTEMPT_MOVES)
        return OK; /* somebody took it meanwhile */
    locked.next_check_at = 0;
    TRY(ctx, move_attempt(ctx, &locked, from, attempt_event_name(ATTEMPT_CANCELLED), "never sent"));
    TRY(ctx, payable_by_id(ctx, locked.payable_id, &payable));
    return debit_again(ctx, &payable, &locked);
}

static enum err check_one(struct ctx *ctx, struct attempt *attempt)
{
    struct gateway_answer answer = gateway_answer_of(GATEWAY_UNKNOWN);
    enum attempt_state state;
    bool needless;
    enum err err;

    answer.message = "the sender is gone";
    if (attempt->state == ATTEMPT_SENDING) /* whoever sent it is gone or silent: the outcome is unknown */
        TRY(ctx, settle_answer(ctx, attempt->id, &answer, &attempt->state));
    if ((attempt->state == ATTEMPT_READY || attempt->state == ATTEMPT_UNKNOWN) &&
        attempt_may_resend(attempt->created_at, ctx->now)) {
        err = send_attempt(ctx, attempt, BATCH_BUDGET_MS, &answer, &state);
        if (err != ERR_CONFLICT || attempt->state != ATTEMPT_UNKNOWN)
            return err == ERR_CONFLICT ? OK : err;
    }
    if (attempt->state == ATTEMPT_READY && strcmp(attempt->kind, "sepa") != 0)
        return db_transaction(ctx, withdraw_attempt, attempt);
    TRY(ctx, is_needless(ctx, attempt, &needless));
    if (needless)
        close_page(ctx, attempt, BATCH_BUDGET_MS, &answer);
    else
        look(ctx, attempt, BATCH_BUDGET_MS, &answer);
    return settle_answer(ctx, attempt->id, &answer, &state);
}

static enum err list_attempts(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct attempt *list;

    TRY(ctx, attempts_to_check(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_attempt(struct ctx *ctx, void *row)
{
    return check_one(ctx, row);
}

enum err check_attempts(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"attempt.set_aside", "attempt", sizeof(struct attempt), list_attempts, look_at_attempt, put_off_attempt};

    return walk_due(run, &walk, stop, checked);
}
