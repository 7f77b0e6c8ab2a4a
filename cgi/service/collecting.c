#include "service/collecting.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/card.h"
#include "core/date.h"
#include "core/pace.h"
#include "core/retry.h"
#include "gateway/stripe.h"
#include "service/card_watching.h"
#include "service/debiting.h"
#include "service/gateway_request.h"
#include "service/paying.h"
#include "service/reserving.h"
#include "service/restoring.h"
#include "service/settling.h"
#include "store/charging.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/reconciliation.h"
#include "store/subscription.h"
#include "store/tenant.h"

enum { GROUP_MIN = 16, WAIT_MS = 1000, NOT_SENT_MAX_A_DAY = 8, GREETING_BUDGET_MS = 10000 };

/* One call on its way: an attempt, its invoice, and the memory of both. */
struct flight {
    struct stripe_call call; /* first: a call that is over is its flight */
    struct arena *arena;
    int64_t attempt_id;
    struct flight *next; /* of those that are free */
};

struct collector {
    struct ctx ctx; /* its arena is the group's that is being claimed or settled */
    struct collecting *state;
    struct stripe_calls *calls;
    struct flight flights[COLLECTING_AT_ONCE];
    struct flight *free;
    int32_t in_flight;
    bool nothing_due;
    bool answered; /* the gateway said something of a charge */
    bool denied;   /* it does not take our key */
    char trouble[200]; /* what kept the last call from leaving */
};

/* The gateway is one for the process, as is what we learned of it: a loop's next run does not begin from nothing. */
static struct pace pace;

/* ---- a group: claimed and READY ---- */

struct claiming {
    int32_t most;
    struct attempt *attempts; /* READY, to be sent */
    const char **tokens;      /* of their cards */
    size_t count;
    struct receivable *by_mandate; /* to be planned, each by itself */
    int64_t *mandate_methods;
    size_t mandate_count;
    struct receivable *by_expired; /* their customers to be asked for another card */
    int64_t *expired_methods;
    size_t expired_count;
    bool more;                /* as many were due as were asked for */
    int64_t first_invoice_id;
};

static enum err make_attempt(struct ctx *ctx, const struct charge *charge, const struct charge_payable *payable, struct attempt *attempt,
                             const char **token)
{
    struct payment_method method = {.id = charge->method_id, .token_sealed = charge->token_sealed};
    struct stripe_charge request = {.customer_ref = charge->gateway_customer, .amount_minor = charge->open_minor,
                                    .currency = charge->currency, .description = charge->invoice_number, .method_ref = METHOD_PLACE};

    *attempt = (struct attempt){.payable_id = payable->id, .number = payable->attempts + 1, .attempt_key = new_request_key(ctx), .kind = "off_session",
                                .amount_minor = charge->open_minor, .currency = charge->currency, .payment_method_id = charge->method_id,
                                .request_path = "/v1/payment_intents", .next_check_at = ctx->now + ATTEMPT_LEASE};
    request.attempt_key = attempt->attempt_key;
    TRY(ctx, payment_method_token(ctx, &method, token));
    attempt->request_body = stripe_charge_body(ctx->arena, &request);
    return OK;
}

/* Those of one card, out of the group's, as core/retry reads them. */
static int32_t may_be_tried_on(struct ctx *ctx, const struct charge *charge, const struct charge_payable *payable,
                               const struct method_decline *declines, size_t count)
{
    struct card_decline *own = ARENA_ARRAY(ctx->arena, struct card_decline, count + 1);
    struct card_try wanted = {charge->brand, payable->id, charge->open_minor, charge->currency};
    size_t own_count = 0;

    for (size_t i = 0; i < count; i++)
        if (declines[i].method_id == charge->method_id)
            own[own_count++] = (struct card_decline){declines[i].tried_on, declines[i].payable_id, declines[i].amount_minor,
                                                     declines[i].currency, declines[i].decline_code, declines[i].advice_code};
    return card_may_be_tried_on(&wanted, own, own_count, ctx->today_on);
}

static bool has_card(const struct ctx *ctx, const struct charge *charge)
{
    return charge->method_id != 0 && strcmp(charge->method_state, "active") == 0 && ctx->tenant->gateway_base[0] != '\0' &&
           stripe_takes(charge->currency, charge->open_minor);
}

static bool has_mandate(const struct charge *charge)
{
    return charge->method_id != 0 && strcmp(charge->method_state, "active") == 0 && strcmp(charge->gateway, "sepa") == 0;
}

static struct receivable due_of(const struct charge *c)
{
    return (struct receivable){.invoice_id = c->invoice_id, .customer_id = c->customer_id, .subscription_id = c->subscription_id,
                               .currency = c->currency, .open_minor = c->open_minor};
}

/* Sorts out what no card pays; *charges becomes those that one may. */
static void sort_out(struct ctx *ctx, struct claiming *w, struct charge *charges, size_t *count, struct collect_day *days, size_t *day_count)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        const struct charge *c = &charges[i];

        if (has_mandate(c)) {
            w->mandate_methods[w->mandate_count] = c->method_id;
            w->by_mandate[w->mandate_count++] = due_of(c);
        } else if (has_card(ctx, c) && c->disputed) { /* its bank decides first (CRD-07) */
            days[(*day_count)++] = (struct collect_day){c->invoice_id, ctx->today_on + 1};
        } else if (has_card(ctx, c) && card_is_expired(c->exp_year, c->exp_month, ctx->today_on)) {
            w->expired_methods[w->expired_count] = c->method_id;
            w->by_expired[w->expired_count++] = due_of(c);
        } else if (has_card(ctx, c) && c->open_minor > 0) {
            charges[kept++] = *c;
        } else { /* no card to charge: the customer pays by the link */
            days[(*day_count)++] = (struct collect_day){c->invoice_id, DATE_NONE};
        }
    }
    *count = kept;
}

/* Where money of a customer was taken that no invoice has, a person decides first. */
static enum err put_off_strays(struct ctx *ctx, struct charge *charges, size_t *count, struct collect_day *days, size_t *day_count)
{
    bool any;
    size_t kept = 0;

    TRY(ctx, any_stray_money(ctx, &any));
    for (size_t i = 0; any && i < *count; i++) {
        bool stray;

        TRY(ctx, customer_has_stray_money(ctx, charges[i].customer_id, &stray));
        if (stray)
            days[(*day_count)++] = (struct collect_day){charges[i].invoice_id, ctx->today_on + 1};
        else
            charges[kept++] = charges[i];
    }
    if (any)
        *count = kept;
    return OK;
}

static enum err claim(struct ctx *ctx, void *arg)
{
    struct claiming *w = arg;
    struct charge *charges;
    struct charge_payable *payables;
    struct method_decline *declines;
    struct collect_day *days;
    size_t day_count = 0;
    size_t decline_count;
    size_t count;

    w->count = w->mandate_count = w->expired_count = 0;
    TRY(ctx, refuse_while_restored(ctx));
    TRY(ctx, claim_charges(ctx, w->most, &charges, &count));
    w->more = count == (size_t)w->most;
    if (count == 0)
        return OK;
    w->first_invoice_id = charges[0].invoice_id;
    w->attempts = ARENA_ARRAY(ctx->arena, struct attempt, count + 1);
    w->tokens = ARENA_ARRAY(ctx->arena, const char *, count + 1);
    w->by_mandate = ARENA_ARRAY(ctx->arena, struct receivable, count + 1);
    w->mandate_methods = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    w->by_expired = ARENA_ARRAY(ctx->arena, struct receivable, count + 1);
    w->expired_methods = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    days = ARENA_ARRAY(ctx->arena, struct collect_day, count + 1);
    TRY(ctx, put_off_strays(ctx, charges, &count, days, &day_count));
    TRY(ctx, take_reserves(ctx, charges, count));
    sort_out(ctx, w, charges, &count, days, &day_count);
    if (count > 0) {
        TRY(ctx, lock_charge_payables(ctx, charges, count, &payables));
        TRY(ctx, declines_of(ctx, charges, count, ctx->today_on - RETRY_HISTORY_DAYS, &declines, &decline_count));
    }
    for (size_t i = 0; i < count; i++) {
        int32_t on = payables[i].taken ? ctx->today_on + 1 : may_be_tried_on(ctx, &charges[i], &payables[i], declines, decline_count);

        if (on == ctx->today_on && payables[i].not_sent >= NOT_SENT_MAX_A_DAY)
            on = ctx->today_on + 1;
        if (on == ctx->today_on) {
            TRY(ctx, make_attempt(ctx, &charges[i], &payables[i], &w->attempts[w->count], &w->tokens[w->count]));
            w->count++;
            on = ctx->today_on + 1;
        }
        days[day_count++] = (struct collect_day){charges[i].invoice_id, on};
    }
    TRY(ctx, save_collect_days(ctx, days, day_count));
    return insert_attempts(ctx, w->attempts, w->count);
}

/* ---- SENDING, and off ---- */

struct taking_group {
    const struct claiming *claimed;
    struct taken_attempt *rows; /* those that are ours to send */
    size_t count;
};

/* A credit note or a transfer may have come since: what never left then stays, and check_attempts withdraws it. */
static enum err take(struct ctx *ctx, void *arg)
{
    struct taking_group *g = arg;
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, g->claimed->count + 1);
    size_t count;

    for (size_t i = 0; i < g->claimed->count; i++)
        ids[i] = g->claimed->attempts[i].id;
    TRY(ctx, lock_attempts(ctx, ids, g->claimed->count, &g->rows, &count));
    g->count = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(g->rows[i].state_name, attempt_state_name(ATTEMPT_READY)) == 0 && g->rows[i].open_minor >= g->rows[i].amount_minor) {
            g->rows[g->count] = g->rows[i];
            ids[g->count++] = g->rows[i].id;
        }
    return take_attempts(ctx, ids, g->count);
}

static size_t place_among(const struct claiming *w, int64_t id)
{
    size_t i = 0;

    while (i < w->count && w->attempts[i].id != id)
        i++;
    CHECK(i < w->count);
    return i;
}

static void send(struct collector *c, const struct attempt *attempt, const char *token)
{
    struct flight *f = c->free;

    CHECK(f != NULL);
    c->free = f->next;
    c->in_flight++;
    arena_reset(f->arena);
    f->attempt_id = attempt->id;
    f->call = (struct stripe_call){.path = arena_strdup(f->arena, attempt->request_path), .body = body_with_method(f->arena, attempt->request_body, token),
                                   .key = arena_strdup(f->arena, attempt->attempt_key), .arena = f->arena, .budget_ms = BATCH_BUDGET_MS};
    stripe_calls_start(c->calls, &f->call);
}

/* What cannot be done for one invoice is told and put off a day, so that it holds nobody. */
static enum err set_aside(struct ctx *ctx, int64_t invoice_id, enum err err)
{
    if (err == OK || err == ERR_DB_GONE || err == ERR_DB_RETRY || err == ERR_HELD || invoice_id == 0)
        return err;
    log_trail(ctx, "charge.set_aside");
    ctx_forget_error(ctx);
    return postpone_collection(ctx, invoice_id, ctx->today_on + 1);
}

static enum err ask_one(struct ctx *ctx, const struct receivable *due, int64_t method_id)
{
    struct payment_method method;

    TRY(ctx, payment_method_by_id(ctx, method_id, &method));
    return ask_for_card(ctx, due, &method);
}

/* A group that is claimed whole and cannot be made (a token that does not open) is tried one by one; the one that is left is
 * put off with its reason, so that it holds nobody. */
static enum err claim_some(struct collector *c, struct claiming *w, int32_t most)
{
    struct ctx *ctx = &c->ctx;
    enum err err;

    w->most = most;
    err = db_transaction(ctx, claim, w);
    if (err == OK || err == ERR_DB_GONE || err == ERR_DB_RETRY || err == ERR_HELD)
        return err;
    if (most > 1) {
        ctx_forget_error(ctx);
        return claim_some(c, w, 1);
    }
    w->more = true;
    w->count = w->mandate_count = w->expired_count = 0;
    return set_aside(ctx, w->first_invoice_id, err);
}

static enum err start_group(struct collector *c, int32_t most)
{
    struct ctx *ctx = &c->ctx;
    struct claiming w = {.most = most};
    struct taking_group g = {.claimed = &w};

    ctx->now = clock_now();
    arena_reset(ctx->arena);
    TRY(ctx, claim_some(c, &w, most));
    c->nothing_due = !w.more;
    for (size_t i = 0; i < w.mandate_count; i++)
        TRY(ctx, set_aside(ctx, w.by_mandate[i].invoice_id, plan_collection(ctx, &w.by_mandate[i], w.mandate_methods[i])));
    for (size_t i = 0; i < w.expired_count; i++)
        TRY(ctx, set_aside(ctx, w.by_expired[i].invoice_id, ask_one(ctx, &w.by_expired[i], w.expired_methods[i])));
    if (w.count == 0)
        return OK;
    crash_point("C12");
    TRY(ctx, db_transaction(ctx, take, &g));
    crash_point("C13");
    for (size_t i = 0; i < g.count; i++) {
        size_t place = place_among(&w, g.rows[i].id);

        send(c, &w.attempts[place], w.tokens[place]);
    }
    return OK;
}

/* ---- answers ---- */

static void note_pace(struct collector *c, const struct gateway_answer *answer)
{
    int64_t now = clock_now();
    int64_t wait_ms;

    if (stripe_calls_too_many(c->calls, &wait_ms))
        pace = pace_after_too_many(&pace, wait_ms * 1000, now);
    if (answer == NULL)
        return;
    if (answer->outcome == GATEWAY_NOT_SENT)
        pace = pace_after_not_sent(&pace, now);
    else if (answer->outcome == GATEWAY_DENIED)
        c->denied = true;
    else if (answer->outcome != GATEWAY_UNKNOWN) {
        pace = pace_after_answer(&pace);
        c->answered = true;
    }
}

static void count_end(struct collecting *state, enum attempt_state end)
{
    switch (end) {
    case ATTEMPT_SUCCEEDED: state->paid++; break;
    case ATTEMPT_DECLINED: state->declined++; break;
    case ATTEMPT_NOT_SENT: state->not_sent++; break;
    default: state->unknown++; break;
    }
}

/* Waits for an answer, at most wait_ms, and settles it with all that are there by then. */
static enum err settle_some(struct collector *c, int64_t wait_ms)
{
    struct ctx *ctx = &c->ctx;
    struct flight *ended[COLLECTING_AT_ONCE];
    struct answered answered[COLLECTING_AT_ONCE];
    struct stripe_call *call;
    size_t count = 0;
    enum err err;

    while (count < COLLECTING_AT_ONCE && (call = stripe_calls_next(c->calls, count == 0 ? wait_ms : 0)) != NULL) {
        struct flight *f = (struct flight *)(void *)call;

        ended[count] = f;
        answered[count++] = (struct answered){.attempt_id = f->attempt_id, .answer = &call->answer};
        note_pace(c, &call->answer);
        if (call->answer.outcome == GATEWAY_NOT_SENT)
            (void)snprintf(c->trouble, sizeof c->trouble, "%s", call->answer.message);
    }
    note_pace(c, NULL);
    if (count == 0)
        return OK;
    crash_point("C14");
    ctx->now = clock_now();
    arena_reset(ctx->arena);
    err = settle_answers(ctx, answered, count);
    for (size_t i = 0; i < count; i++) {
        if (err == OK)
            count_end(c->state, answered[i].state);
        ended[i]->next = c->free;
        c->free = ended[i];
        c->in_flight--;
    }
    if (err == OK && c->in_flight > 0)
        crash_point("C14b");
    return err;
}

static bool is_stopped(const struct collector *c)
{
    return c->state->stop != NULL && c->state->stop();
}

/* How many to start now: none while a group of some size may come together by waiting for answers. */
static int32_t wanted_now(const struct collector *c)
{
    int32_t room = c->nothing_due || c->denied || is_stopped(c) ? 0 : pace_room(&pace, c->in_flight, clock_now());

    return c->in_flight > 0 && room < GROUP_MIN && room < pace.room / 4 ? 0 : room;
}

static enum err collect(struct collector *c)
{
    for (;;) {
        int32_t room = wanted_now(c);

        if (room > 0)
            TRY(&c->ctx, start_group(c, room));
        if (c->in_flight > 0) {
            TRY(&c->ctx, settle_some(c, room > 0 && !c->nothing_due ? 0 : WAIT_MS));
            continue;
        }
        if (c->denied) {
            c->state->gateway_away = true;
            return OK;
        }
        if (c->nothing_due || is_stopped(c))
            return OK;
        if (pace_is_closed(&pace, clock_now())) {
            c->state->gateway_away = true;
            return OK;
        }
        if (room == 0) /* the gateway named a time */
            clock_sleep(WAIT_MS * 100);
    }
}

/* A gateway that cannot be reached, or whose certificate does not hold, is told; its next answer takes that back. */
static enum err tell_gateway(struct ctx *ctx, void *arg)
{
    const struct collector *c = arg;
    const struct collecting *state = c->state;
    const struct operator_item item = {.kind = "gateway_away", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "",
                                       .detail = str_cut(ctx->arena, c->trouble, sizeof c->trouble), .opened_on = ctx->today_on};

    if (c->answered)
        return close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id);
    return state->not_sent > 0 && !c->denied ? open_operator_item(ctx, &item) : OK;
}

static enum err close_denied(struct ctx *ctx, void *arg)
{
    (void)arg;
    return close_operator_items(ctx, "gateway_denied", ABOUT_HOUSE, 1);
}

/* A key that was refused is tried with a question first, so that no invoice's try is spent on it. */
static enum err greet_after_denial(struct ctx *ctx, const struct stripe *stripe, bool *denied)
{
    struct gateway_answer answer;

    stripe_greet(ctx, stripe, GREETING_BUDGET_MS, &answer);
    *denied = answer.outcome == GATEWAY_DENIED || answer.outcome == GATEWAY_NOT_SENT || answer.outcome == GATEWAY_UNKNOWN;
    return *denied ? OK : db_transaction(ctx, close_denied, NULL);
}

enum err collect_due(struct ctx *run, struct collecting *state)
{
    static struct collector c;
    const struct stripe stripe = house_gateway(run);
    struct charges_waiting waiting;
    enum err err;

    TRY(run, db_ready(run));
    TRY(run, charges_waiting(run, &waiting));
    if (waiting.due)
        TRY(run, plan_due_collections(run)); /* while the cards' gateway is away too */
    if (pace.most == 0)
        pace = pace_new(COLLECTING_AT_ONCE);
    if (pace_is_closed(&pace, clock_now())) {
        state->gateway_away = true;
        return OK;
    }
    if (waiting.denied)
        TRY(run, greet_after_denial(run, &stripe, &state->gateway_away));
    if (state->gateway_away || !waiting.due)
        return OK;
    c = (struct collector){.ctx = *run, .state = state, .calls = stripe_calls_new(run, &stripe)};
    c.ctx.arena = arena_new();
    for (size_t i = 0; i < COLLECTING_AT_ONCE; i++) {
        c.flights[i].arena = arena_new();
        c.flights[i].next = c.free;
        c.free = &c.flights[i];
    }
    err = collect(&c);
    if (err == OK && state->paid + state->declined + state->unknown + state->not_sent > 0)
        err = db_transaction(&c.ctx, tell_gateway, &c);
    memcpy(run->trail, c.ctx.trail, sizeof run->trail);
    stripe_calls_free(c.calls);
    for (size_t i = 0; i < COLLECTING_AT_ONCE; i++)
        arena_free(c.flights[i].arena);
    arena_free(c.ctx.arena);
    return err;
}
