#include "service/refunding.h"

#include <string.h>

#include "base/crash.h"
#include "base/str.h"
#include "core/attempt.h"
#include "gateway/stripe.h"
#include "service/gateway_request.h"
#include "service/refund_settling.h"
#include "service/walking.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/refund.h"
#include "store/tenant.h"

/* ---- sending and asking ---- */

static enum refund_event event_of(const struct refund *f, const struct gateway_answer *answer, int64_t now)
{
    switch (answer->outcome) {
    case GATEWAY_SUCCEEDED: return REFUND_SUCCEEDS;
    case GATEWAY_PROCESSING: return REFUND_PROCESSES;
    case GATEWAY_DECLINED:
    case GATEWAY_REFUSED: return REFUND_FAILS;
    case GATEWAY_DENIED:
    case GATEWAY_NOT_SENT: /* what left with an earlier try may have arrived */
        return f->state == REFUND_SENDING && f->first_sent_at == f->sending_at ? REFUND_NOTHING_SENT : REFUND_NO_ANSWER;
    case GATEWAY_ABSENT: return f->first_sent_at != 0 && now - f->first_sent_at > ATTEMPT_ABSENT_AFTER ? REFUND_ABSENT : REFUND_NO_ANSWER;
    case GATEWAY_ACTION:
    case GATEWAY_OPEN:
    case GATEWAY_EXPIRED:
    case GATEWAY_UNKNOWN: break;
    }
    return REFUND_NO_ANSWER;
}

/* The one door for whatever the gateway says of a refund. */
static enum err settle_told(struct ctx *ctx, const struct refund *f, enum refund_event event, const struct gateway_answer *answer,
                            enum refund_state *state)
{
    struct refund_settling s = {.refund_id = f->id, .event = event, .answer = answer, .on = ctx->today_on};

    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &s.entry_id));
    TRY(ctx, db_transaction(ctx, settle_refund, &s));
    crash_point("R5");
    *state = s.state;
    return OK;
}

static enum err take_refund(struct ctx *ctx, void *arg)
{
    struct refund *refund = arg;
    struct refund locked;
    enum refund_state from;

    TRY(ctx, lock_refund(ctx, refund->id, &locked));
    from = locked.state;
    if (!refund_by_gateway(&locked) || refund_next(from, REFUND_PICKED, &locked.state) != REFUND_MOVES)
        return ERR_CONFLICT;
    locked.sender = db_connection_id(ctx);
    locked.sending_at = ctx->now;
    if (locked.first_sent_at == 0)
        locked.first_sent_at = ctx->now;
    locked.next_check_at = ctx->now + ATTEMPT_LEASE;
    *refund = locked;
    return move_refund(ctx, refund, from, refund_event_name(REFUND_PICKED), "");
}

static enum err send(struct ctx *ctx, struct refund *f, int64_t budget_ms, enum refund_state *state)
{
    struct stripe stripe = house_gateway(ctx);
    struct gateway_answer answer;
    enum err err = db_transaction(ctx, take_refund, f);

    *state = f->state;
    if (err == ERR_CONFLICT) /* somebody is at it */
        return OK;
    if (err != OK)
        return err;
    crash_point("R2");
    stripe_post(ctx, &stripe, "/v1/refunds", f->request_body, f->refund_key, budget_ms, &answer);
    crash_point("R3");
    return settle_told(ctx, f, event_of(f, &answer, ctx->now), &answer, state);
}

static void ask(struct ctx *ctx, const struct refund *f, int64_t budget_ms, struct gateway_answer *answer)
{
    struct stripe stripe = house_gateway(ctx);
    struct refundable payment;

    if (f->refund_ref[0] != '\0') {
        stripe_refund(ctx, &stripe, f->refund_ref, budget_ms, answer);
        return;
    }
    if (refundable_payment(ctx, f->payment_id, &payment) != OK) { /* tried again by the next check */
        ctx_forget_error(ctx);
        *answer = (struct gateway_answer){.outcome = GATEWAY_UNKNOWN, .decline_code = "", .message = "", .object_ref = "", .currency = ""};
        return;
    }
    stripe_find_refund(ctx, &stripe, payment.intent_ref, f->refund_key, budget_ms, answer);
}

enum err pursue_refund(struct ctx *ctx, int64_t refund_id, int64_t budget_ms, enum refund_state *state)
{
    struct gateway_answer gone = {.outcome = GATEWAY_UNKNOWN, .decline_code = "", .message = "the sender is gone", .object_ref = "", .currency = ""};
    struct gateway_answer answer;
    struct refund f;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refund_by_id(ctx, refund_id, &f));
    *state = f.state;
    if (!refund_by_gateway(&f) || ctx->tenant->gateway_base[0] == '\0')
        return OK;
    if (f.state == REFUND_SENDING) { /* whoever sent it is gone or silent */
        TRY(ctx, settle_told(ctx, &f, REFUND_NO_ANSWER, &gone, state));
        TRY(ctx, refund_by_id(ctx, refund_id, &f));
    }
    if (f.state == REFUND_READY || (f.state == REFUND_UNKNOWN && attempt_may_resend(f.first_sent_at, ctx->now)))
        return send(ctx, &f, budget_ms, state);
    if (!refund_unresolved(f.state))
        return OK;
    ask(ctx, &f, budget_ms, &answer);
    return settle_told(ctx, &f, event_of(&f, &answer, ctx->now), &answer, state);
}

static enum err list_refunds(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct refund *list;

    TRY(ctx, refunds_to_check(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_refund(struct ctx *ctx, void *row)
{
    enum refund_state state;

    return pursue_refund(ctx, ((struct refund *)row)->id, BATCH_BUDGET_MS, &state);
}

enum err check_refunds(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"refund.set_aside", ABOUT_HOUSE, sizeof(struct refund), list_refunds, look_at_refund, put_off_refund};

    return walk_due(run, &walk, stop, checked);
}

/* ---- events ---- */

bool is_refund_event(const char *type)
{
    return str_starts(type, "refund.") || strcmp(type, "charge.refunded") == 0 || strcmp(type, "charge.refund.updated") == 0;
}

const char *refund_event_object(const char *type, const char *object_ref, const char *intent_ref)
{
    return strcmp(type, "charge.refunded") == 0 ? intent_ref : object_ref;
}

/* A refund that no page of ours ordered: somebody made it at the gateway. It is never booked by itself. */
static enum err tell_foreign(struct ctx *ctx, const struct gateway_answer *answer)
{
    struct operator_item item = {.kind = "refund_foreign", .subject_kind = "attempt", .amount_minor = answer->amount_minor,
                                 .currency = answer->currency, .detail = answer->object_ref, .opened_on = ctx->today_on};
    struct refundable payment;
    enum err err = refundable_of_intent(ctx, answer->intent_ref, &payment);

    if (err == ERR_NOT_FOUND) /* another shop's at the same gateway */
        return OK;
    if (err != OK || answer->outcome == GATEWAY_DECLINED)
        return err;
    item.subject_id = payment.attempt_id;
    return open_operator_item(ctx, &item);
}

static enum err take_told(struct ctx *ctx, const struct gateway_answer *answer)
{
    enum refund_state state;
    struct refund f;
    enum err err = refund_by_key(ctx, answer->own_key, &f);

    if (err == ERR_NOT_FOUND)
        return tell_foreign(ctx, answer);
    if (err != OK)
        return err;
    return settle_told(ctx, &f, event_of(&f, answer, ctx->now), answer, &state);
}

enum err take_refund_event(struct ctx *ctx, const char *object_ref, int64_t budget_ms)
{
    struct stripe stripe = house_gateway(ctx);
    struct gateway_answer asked;
    struct gateway_answer *answers;
    size_t count;

    if (str_starts(object_ref, "re_") || str_starts(object_ref, "pyr_")) {
        stripe_refund(ctx, &stripe, object_ref, budget_ms, &asked);
        if (asked.outcome == GATEWAY_ABSENT)
            return OK;
        if (asked.outcome == GATEWAY_NOT_SENT || asked.outcome == GATEWAY_UNKNOWN || asked.outcome == GATEWAY_DENIED)
            return FAIL(ctx, ERR_GATEWAY, "%s", asked.message);
        return take_told(ctx, &asked);
    }
    if (object_ref[0] == '\0')
        return OK;
    stripe_refunds_of(ctx, &stripe, object_ref, budget_ms, &asked, &answers, &count);
    if (asked.outcome != GATEWAY_SUCCEEDED)
        return FAIL(ctx, ERR_GATEWAY, "%s", asked.message);
    for (size_t i = 0; i < count; i++)
        TRY(ctx, take_told(ctx, &answers[i]));
    return OK;
}
