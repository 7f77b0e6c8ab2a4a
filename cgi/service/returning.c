#include "service/returning.h"

#include <string.h>

#include "core/attempt.h"
#include "gateway/stripe.h"
#include "service/gateway_request.h"
#include "service/refund_settling.h"
#include "service/restoring.h"
#include "service/walking.h"
#include "store/db.h"
#include "store/history.h"
#include "store/tenant.h"
#include "text/words.h"

enum err stray_money_returnable(struct ctx *ctx, const struct attempt *attempt, bool *yes)
{
    struct stray_return last;
    enum err err;

    *yes = attempt->state == ATTEMPT_OPERATOR && strcmp(attempt->kind, "sepa") != 0 && attempt->intent_ref[0] != '\0' &&
           ctx->tenant->gateway_base[0] != '\0';
    if (!*yes)
        return OK;
    err = stray_return_of(ctx, attempt->id, &last);
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    else if (err == OK)
        *yes = last.state == REFUND_FAILED;
    return err == ERR_NOT_FOUND ? OK : err;
}

struct ordering {
    struct return_order *order;
    const struct once *once;
    struct stray_return row;
};

static enum err order_one(struct ctx *ctx, void *arg)
{
    struct ordering *o = arg;
    struct attempt attempt;
    bool yes;

    TRY(ctx, lock_attempt(ctx, o->order->attempt_id, &attempt));
    TRY(ctx, stray_money_returnable(ctx, &attempt, &yes));
    o->order->refusal = yes ? NULL : N_("Somebody has dealt with this money meanwhile.");
    if (!yes)
        return pressed_before(ctx, o->once);
    o->row.attempt_id = attempt.id;
    o->row.amount_minor = attempt.amount_minor;
    o->row.currency = attempt.currency;
    o->row.next_check_at = ctx->now + ATTEMPT_LEASE;
    o->row.request_body = stripe_body(ctx->arena, "payment_intent", attempt.intent_ref, "metadata[refund]", o->row.return_key, NULL);
    TRY(ctx, insert_stray_return(ctx, &o->row));
    TRY(ctx, note_audit(ctx, "payment.sent_back", attempt.attempt_key, "ok"));
    return spend_once(ctx, o->once, arena_printf(ctx->arena, "%lld", (long long)attempt.id), &o->order->url);
}

/* ---- sending, asking, settling ---- */

static enum err take(struct ctx *ctx, void *arg)
{
    struct stray_return *row = arg;
    struct stray_return locked;

    TRY(ctx, lock_stray_return(ctx, row->id, &locked));
    if (refund_next(locked.state, REFUND_PICKED, &locked.state) != REFUND_MOVES)
        return ERR_CONFLICT;
    locked.sending_at = ctx->now;
    if (locked.first_sent_at == 0)
        locked.first_sent_at = ctx->now;
    locked.next_check_at = ctx->now + ATTEMPT_LEASE;
    *row = locked;
    return save_stray_return(ctx, row);
}

struct telling {
    int64_t id;
    enum refund_event event;
    const struct gateway_answer *answer; /* NULL: whoever sent it is gone */
};

static enum err end(struct ctx *ctx, const struct stray_return *row)
{
    struct operator_item item = {.kind = "refund_failed", .subject_kind = "attempt", .subject_id = row->attempt_id, .amount_minor = row->amount_minor,
                                 .currency = row->currency, .detail = row->failure, .opened_on = ctx->today_on};

    if (row->state == REFUND_FAILED)
        return open_operator_item(ctx, &item);
    TRY(ctx, close_operator_items(ctx, "refund_failed", "attempt", row->attempt_id));
    TRY(ctx, close_operator_items(ctx, "money_unexpected", "attempt", row->attempt_id));
    return close_operator_items(ctx, "amount_differs", "attempt", row->attempt_id);
}

static enum err settle(struct ctx *ctx, void *arg)
{
    const struct telling *t = arg;
    const struct gateway_answer *answer = t->answer;
    struct stray_return row;
    struct attempt attempt;
    enum refund_state from;

    TRY(ctx, stray_return_by_id(ctx, t->id, &row));
    TRY(ctx, lock_attempt(ctx, row.attempt_id, &attempt));
    TRY(ctx, lock_stray_return(ctx, t->id, &row));
    from = row.state;
    TRY(ctx, tell_refund_key(ctx, answer, from == REFUND_SENDING));
    if (refund_next(from, t->event, &row.state) == REFUND_REFUSED)
        return OK;
    if (row.state == from && (from == REFUND_SUCCEEDED || from == REFUND_FAILED))
        return OK;
    if (answer != NULL && answer->object_ref != NULL && answer->object_ref[0] != '\0')
        row.return_ref = answer->object_ref;
    if (row.state == REFUND_FAILED && answer != NULL)
        row.failure = arena_printf(ctx->arena, "%s %s", answer->decline_code, answer->message);
    if (row.state == REFUND_SUCCEEDED && answer != NULL && answer->amount_minor > 0)
        row.amount_minor = answer->amount_minor;
    row.sending_at = 0;
    row.checks++;
    row.next_check_at = row.state == REFUND_SUCCEEDED || row.state == REFUND_FAILED ? 0 : attempt_next_check_at(row.checks, ctx->now);
    TRY(ctx, save_stray_return(ctx, &row));
    return row.state != from && row.next_check_at == 0 ? end(ctx, &row) : OK;
}

static enum refund_event event_of(const struct stray_return *row, const struct gateway_answer *answer, int64_t now)
{
    switch (answer->outcome) {
    case GATEWAY_SUCCEEDED: return REFUND_SUCCEEDS;
    case GATEWAY_PROCESSING: return REFUND_PROCESSES;
    case GATEWAY_DECLINED:
    case GATEWAY_REFUSED: return REFUND_FAILS;
    case GATEWAY_DENIED:
    case GATEWAY_NOT_SENT: return row->state == REFUND_SENDING && row->first_sent_at == row->sending_at ? REFUND_NOTHING_SENT : REFUND_NO_ANSWER;
    case GATEWAY_ABSENT: return row->first_sent_at != 0 && now - row->first_sent_at > ATTEMPT_ABSENT_AFTER ? REFUND_ABSENT : REFUND_NO_ANSWER;
    case GATEWAY_ACTION:
    case GATEWAY_OPEN:
    case GATEWAY_EXPIRED:
    case GATEWAY_UNKNOWN: break;
    }
    return REFUND_NO_ANSWER;
}

static enum err pursue(struct ctx *ctx, int64_t id, int64_t budget_ms)
{
    struct stripe stripe = house_gateway(ctx);
    struct telling telling = {.id = id, .event = REFUND_NO_ANSWER};
    struct gateway_answer answer;
    struct stray_return row;
    enum err err;

    TRY(ctx, stray_return_by_id(ctx, id, &row));
    if (row.state == REFUND_SENDING && ctx->now > row.sending_at + ATTEMPT_LEASE) { /* whoever sent it is gone */
        TRY(ctx, db_transaction(ctx, settle, &telling));
        TRY(ctx, stray_return_by_id(ctx, id, &row));
    }
    if (row.state == REFUND_SENDING)
        return OK;
    if (row.state == REFUND_READY || (row.state == REFUND_UNKNOWN && attempt_may_resend(row.first_sent_at, ctx->now))) {
        err = db_transaction(ctx, take, &row);
        if (err == ERR_CONFLICT) /* somebody is at it */
            return OK;
        if (err != OK)
            return err;
        stripe_post(ctx, &stripe, "/v1/refunds", row.request_body, row.return_key, budget_ms, &answer);
        telling.event = event_of(&row, &answer, ctx->now);
    } else if (row.return_ref[0] != '\0') {
        stripe_refund(ctx, &stripe, row.return_ref, budget_ms, &answer);
        telling.event = event_of(&row, &answer, ctx->now);
    } else {
        stripe_find_refund(ctx, &stripe, row.intent_ref, row.return_key, budget_ms, &answer);
        telling.event = event_of(&row, &answer, ctx->now);
    }
    telling.answer = &answer;
    return db_transaction(ctx, settle, &telling);
}

enum err order_stray_return(struct ctx *ctx, struct return_order *order, const struct once *once)
{
    struct ordering o = {.order = order, .once = once};

    o.row.return_key = new_request_key(ctx);
    TRY(ctx, db_ready(ctx));
    TRY(ctx, refuse_while_restored(ctx)); /* it may have been sent back already */
    TRY(ctx, db_transaction(ctx, order_one, &o));
    return order->refusal == NULL ? pursue(ctx, o.row.id, WEB_BUDGET_MS) : OK;
}

static enum err list_returns(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct stray_return *list;

    TRY(ctx, stray_returns_to_check(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_return(struct ctx *ctx, void *row)
{
    return pursue(ctx, ((struct stray_return *)row)->id, BATCH_BUDGET_MS);
}

enum err check_stray_returns(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"return.set_aside", ABOUT_HOUSE, sizeof(struct stray_return), list_returns, look_at_return, put_off_stray_return};

    return walk_due(run, &walk, stop, checked);
}
