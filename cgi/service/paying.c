#include "service/paying.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "service/disputing.h"
#include "service/offer.h"
#include "service/refunding.h"
#include "service/restoring.h"
#include "service/settling.h"
#include "service/walking.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/dispute.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/quote.h"
#include "store/reconciliation.h"
#include "store/subscription.h"
#include "store/tenant.h"

#define WAIT_STEP INT64_C(50000)
#define SESSION_FRESH INT64_C(600000000) /* a hosted page younger than this is not asked about again */

static struct stripe stripe_of(const struct ctx *ctx)
{
    return (struct stripe){ctx->tenant->gateway_base, ctx->tenant->gateway_key};
}

char *new_attempt_key(struct ctx *ctx)
{
    unsigned char random[ATTEMPT_KEY_BYTES];

    random_bytes(random, sizeof random);
    return arena_printf(ctx->arena, "%s-%s", ctx->tenant->name, encode_hex(ctx->arena, random, sizeof random));
}

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
    struct stripe stripe = stripe_of(ctx);
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
                          .attempt = {.attempt_key = new_attempt_key(ctx), .decline_code = "", .message = "", .session_ref = "",
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
    struct stripe stripe = stripe_of(ctx);

    if (strcmp(attempt->kind, "sepa") == 0) { /* no gateway knows of it: the bank's files say */
        *answer = (struct gateway_answer){.outcome = GATEWAY_PROCESSING, .session_ref = "", .intent_ref = "", .customer_ref = "", .currency = "",
                                          .decline_code = "", .advice_code = "", .message = "", .redirect_url = "", .method_ref = "", .brand = "",
                                          .last4 = ""};
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
    struct stripe stripe = stripe_of(ctx);

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
    struct stripe stripe = stripe_of(ctx);

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

/* ---- card replacement ---- */

struct setup_end {
    struct method_setup setup;
    const struct gateway_answer *answer;
};

/* The new card pays wherever the old one did for this customer: the page said so. A mandate stays where it pays for others,
 * and whatever somebody still uses stays. *also: the other numbers. */
static enum err replace_method(struct ctx *ctx, const struct subscription *s, const struct payment_method *method, const char **also)
{
    struct str numbers = str_new(ctx->arena);
    struct method_user *users;
    struct payment_method old;
    size_t count;
    bool used = false;

    *also = "";
    if (s->payment_method_id == 0 || s->payment_method_id == method->id)
        return save_subscription_method(ctx, s->id, method->id);
    TRY(ctx, payment_method_by_id(ctx, s->payment_method_id, &old));
    TRY(ctx, method_users(ctx, old.id, &users, &count));
    for (size_t i = 0; i < count; i++) {
        bool own = users[i].id == s->id;

        if (!own && (users[i].customer_id != s->customer_id || strcmp(old.gateway, "stripe") != 0)) {
            used = used || !users[i].ended;
            continue;
        }
        TRY(ctx, save_subscription_method(ctx, users[i].id, method->id));
        TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, users[i].id, "method.replaced", history_params(ctx->arena, "last4", method->last4, NULL)));
        if (!own && !users[i].ended)
            str_printf(&numbers, "%s%s", numbers.bytes > 0 ? ", " : "", users[i].number);
    }
    *also = numbers.text;
    return used ? OK : save_payment_method_state(ctx, old.id, "replaced");
}

static enum err end_setup(struct ctx *ctx, void *arg)
{
    struct setup_end *end = arg;
    struct subscription subscription;
    struct customer customer;
    struct payment_method method;
    const char *also;
    const char *from = end->setup.state;
    struct mail mail = {.template = "method_replaced"};

    end->setup.state = end->answer->outcome == GATEWAY_SUCCEEDED                                               ? "done"
                       : end->answer->outcome == GATEWAY_EXPIRED || end->answer->outcome == GATEWAY_REFUSED ? "expired" : "open";
    if (end->answer->session_ref[0] != '\0')
        end->setup.session_ref = end->answer->session_ref;
    if (end->answer->redirect_url[0] != '\0')
        end->setup.redirect_url = end->answer->redirect_url;
    end->setup.checks++;
    TRY(ctx, move_method_setup(ctx, &end->setup, from));
    if (!end->answer->customer_gone && (end->answer->outcome != GATEWAY_SUCCEEDED || end->answer->method_ref[0] == '\0'))
        return OK;
    TRY(ctx, subscription_by_id(ctx, end->setup.subscription_id, &subscription));
    if (end->answer->customer_gone) /* the next page makes another one */
        TRY(ctx, save_gateway_customer(ctx, subscription.customer_id, ""));
    if (end->answer->outcome != GATEWAY_SUCCEEDED || end->answer->method_ref[0] == '\0')
        return OK;
    method = (struct payment_method){.customer_id = subscription.customer_id, .source_ref = end->answer->intent_ref,
        .brand = end->answer->brand, .last4 = end->answer->last4, .exp_month = end->answer->exp_month,
        .exp_year = end->answer->exp_year};
    TRY(ctx, store_payment_method(ctx, &method, end->answer->method_ref));
    if (end->answer->customer_ref[0] != '\0')
        TRY(ctx, save_gateway_customer(ctx, subscription.customer_id, end->answer->customer_ref));
    TRY(ctx, replace_method(ctx, &subscription, &method, &also));
    TRY(ctx, customer_by_id(ctx, subscription.customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.subscription_id = subscription.id;
    mail.params = history_params(ctx->arena, "also", also, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "method_replaced %lld", (long long)end->setup.id);
    return queue_mail(ctx, &mail);
}

static enum err refresh_setup(struct ctx *ctx, const struct method_setup *setup, int64_t budget_ms, bool *done)
{
    struct stripe stripe = stripe_of(ctx);
    struct setup_end end = {.setup = *setup};
    struct gateway_answer answer;
    enum err err;

    *done = false;
    if (setup->session_ref[0] == '\0')
        return OK;
    stripe_session(ctx, &stripe, setup->session_ref, budget_ms, &answer);
    end.answer = &answer;
    if (answer.outcome != GATEWAY_SUCCEEDED && answer.outcome != GATEWAY_EXPIRED && answer.outcome != GATEWAY_OPEN)
        return OK;
    err = db_transaction(ctx, end_setup, &end);
    *done = answer.outcome == GATEWAY_SUCCEEDED;
    return err == ERR_CONFLICT ? OK : err;
}

enum err start_method_setup(struct ctx *ctx, int64_t subscription_id, const char *email, const char *gateway_customer,
                            const char *currency, const char *return_url, const char *language, const char **url)
{
    struct stripe stripe = stripe_of(ctx);
    struct setup_end end = {.setup = {.subscription_id = subscription_id, .setup_key = new_attempt_key(ctx), .state = "ready",
                                      .session_ref = "", .redirect_url = ""}};
    struct stripe_checkout checkout = {.customer_ref = gateway_customer, .email = email, .currency = currency,
        .description = "", .success_url = return_url, .cancel_url = arena_printf(ctx->arena, "%s?cancel=1", return_url),
        .language = language};
    struct gateway_answer answer;
    bool done;
    struct method_setup live;
    enum err err = live_method_setup(ctx, subscription_id, &live);

    *url = NULL;
    if (err == OK && live.session_ref[0] != '\0') { /* it may be over */
        TRY(ctx, refresh_setup(ctx, &live, WEB_BUDGET_MS, &done));
        err = live_method_setup(ctx, subscription_id, &live);
    }
    if (err == ERR_NOT_FOUND) {
        err = insert_method_setup(ctx, &end.setup);
        if (err == ERR_DUPLICATE)
            err = live_method_setup(ctx, subscription_id, &end.setup);
    } else if (err == OK) {
        end.setup = live;
    }
    if (err != OK)
        return err;
    if (strcmp(end.setup.state, "open") == 0 && end.setup.redirect_url[0] != '\0') {
        *url = end.setup.redirect_url;
        return OK;
    }
    checkout.attempt_key = end.setup.setup_key;
    stripe_post(ctx, &stripe, "/v1/checkout/sessions", stripe_checkout_body(ctx->arena, &checkout), end.setup.setup_key,
                WEB_BUDGET_MS, &answer);
    end.answer = &answer;
    if (answer.outcome != GATEWAY_OPEN && answer.outcome != GATEWAY_REFUSED)
        return OK;
    err = db_transaction(ctx, end_setup, &end);
    if (err != OK && err != ERR_CONFLICT)
        return err;
    *url = answer.outcome == GATEWAY_OPEN ? answer.redirect_url : NULL;
    return OK;
}

enum err refresh_method_setup(struct ctx *ctx, int64_t subscription_id, int64_t budget_ms, bool *done)
{
    struct method_setup live;
    enum err err = live_method_setup(ctx, subscription_id, &live);

    *done = false;
    if (err == ERR_NOT_FOUND)
        return OK;
    return err == OK ? refresh_setup(ctx, &live, budget_ms, done) : err;
}

/* ---- events ---- */

/* What an event speaks of. */
enum event_about { ABOUT_NOTHING = 1, ABOUT_ATTEMPT, ABOUT_SETUP, ABOUT_REFUND, ABOUT_DISPUTE };

struct event_matter {
    enum event_about about; /* ABOUT_NOTHING: not ours, or known already */
    struct attempt attempt;
    struct method_setup setup;
};

/* Reads only. */
static enum err matter_of_event(struct ctx *ctx, const char *type, const char *object_ref, const char *attempt_key, struct event_matter *matter)
{
    enum err err = ERR_NOT_FOUND;

    matter->about = is_refund_event(type) ? ABOUT_REFUND : is_dispute_event(type) ? ABOUT_DISPUTE : ABOUT_NOTHING;
    if (matter->about != ABOUT_NOTHING)
        return OK;
    if (!str_starts(type, "setup_intent.")) /* no attempt has one */
        err = attempt_of_object(ctx, object_ref, attempt_key, &matter->attempt);
    if (err == OK && !attempt_took_money(matter->attempt.state))
        matter->about = ABOUT_ATTEMPT;
    if (err != ERR_NOT_FOUND)
        return err;
    err = method_setup_of_object(ctx, object_ref, attempt_key, &matter->setup);
    if (err == OK && setup_is_live(&matter->setup))
        matter->about = ABOUT_SETUP;
    return err == ERR_NOT_FOUND ? OK : err;
}

/* The attempt or card replacement that an event speaks of is asked about; the event itself proves
 * nothing. */
static enum err take_matter(struct ctx *ctx, const struct event_matter *matter, const char *object_ref, int64_t budget_ms)
{
    struct gateway_answer answer;
    enum attempt_state state;
    bool done;

    switch (matter->about) {
    case ABOUT_NOTHING: return OK;
    case ABOUT_REFUND: return take_refund_event(ctx, object_ref, budget_ms);
    case ABOUT_DISPUTE: return take_dispute_event(ctx, object_ref, budget_ms);
    case ABOUT_SETUP: return refresh_setup(ctx, &matter->setup, budget_ms, &done);
    case ABOUT_ATTEMPT: break;
    }
    look(ctx, &matter->attempt, budget_ms, &answer);
    if (answer.outcome == GATEWAY_NOT_SENT || answer.outcome == GATEWAY_UNKNOWN || answer.outcome == GATEWAY_DENIED)
        return FAIL(ctx, ERR_GATEWAY, "%s", answer.message);
    return settle_answer(ctx, matter->attempt.id, &answer, &state);
}

enum err receive_event(struct ctx *ctx, const struct webhook_event *event)
{
    struct gateway_event row = {.event_ref = event->event_ref, .type = event->type,
        .object_ref = event->attempt_key[0] != '\0' ? event->attempt_key : event->object_ref};
    const char *object_ref = event->object_ref;
    struct event_matter matter;
    enum err err;

    if (is_refund_event(event->type))
        row.object_ref = object_ref = refund_event_object(event->type, event->object_ref, event->intent_ref);

    TRY(ctx, db_ready(ctx));
    TRY(ctx, matter_of_event(ctx, event->type, object_ref, event->attempt_key, &matter));
    row.done = matter.about == ABOUT_NOTHING;
    err = insert_gateway_event(ctx, &row);
    if (err == ERR_DUPLICATE)
        return OK;
    if (err != OK || row.done)
        return err;
    TRY(ctx, take_matter(ctx, &matter, object_ref, HOOK_BUDGET_MS));
    return close_gateway_event(ctx, row.id);
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
    struct gateway_answer answer = {.outcome = GATEWAY_UNKNOWN, .session_ref = "", .intent_ref = "", .customer_ref = "",
        .currency = "", .decline_code = "", .advice_code = "", .message = "the sender is gone", .redirect_url = "",
        .method_ref = "", .brand = "", .last4 = ""};
    enum attempt_state state;
    bool needless;
    enum err err;

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

static enum err list_events(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct gateway_event *list;

    TRY(ctx, due_gateway_events(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_event(struct ctx *ctx, void *row)
{
    const struct gateway_event *event = row;
    struct event_matter matter;
    enum err err = matter_of_event(ctx, event->type, event->object_ref, event->object_ref, &matter);

    if (err == OK)
        err = take_matter(ctx, &matter, event->object_ref, BATCH_BUDGET_MS);
    if (err == OK)
        return close_gateway_event(ctx, event->id);
    if (err != ERR_GATEWAY)
        return err;
    ctx_forget_error(ctx); /* it could not be asked: later */
    return postpone_gateway_event(ctx, event->id, attempt_next_check_at(event->tries, ctx->now));
}

static enum err list_setups(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct method_setup *list;

    TRY(ctx, due_method_setups(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_setup(struct ctx *ctx, void *row)
{
    bool done;

    return refresh_method_setup(ctx, ((struct method_setup *)row)->subscription_id, BATCH_BUDGET_MS, &done);
}

static enum err check_all(struct ctx *run, const struct walk *walk, bool (*stop)(void), int64_t *checked)
{
    TRY(run, db_ready(run));
    return run->tenant->gateway_base[0] == '\0' ? OK : walk_due(run, walk, stop, checked);
}

enum err check_attempts(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"attempt.set_aside", "attempt", sizeof(struct attempt), list_attempts, look_at_attempt, put_off_attempt};

    return check_all(run, &walk, stop, checked);
}

enum err check_events(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"event.set_aside", ABOUT_HOUSE, sizeof(struct gateway_event), list_events, look_at_event, postpone_gateway_event};

    return check_all(run, &walk, stop, checked);
}

enum err check_method_setups(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"setup.set_aside", ABOUT_HOUSE, sizeof(struct method_setup), list_setups, look_at_setup, put_off_method_setup};

    return check_all(run, &walk, stop, checked);
}
