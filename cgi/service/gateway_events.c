#include "service/gateway_events.h"

#include "base/str.h"
#include "core/attempt.h"
#include "service/card_replacing.h"
#include "service/disputing.h"
#include "service/gateway_request.h"
#include "service/paying.h"
#include "service/refunding.h"
#include "service/walking.h"
#include "store/db.h"
#include "store/history.h"
#include "store/payable.h"

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

/* What an event speaks of is asked about; the event itself proves nothing. */
static enum err take_matter(struct ctx *ctx, const struct event_matter *matter, const char *object_ref, int64_t budget_ms)
{
    switch (matter->about) {
    case ABOUT_NOTHING: break;
    case ABOUT_ATTEMPT: return take_attempt_event(ctx, &matter->attempt, budget_ms);
    case ABOUT_SETUP: return take_setup_event(ctx, &matter->setup, budget_ms);
    case ABOUT_REFUND: return take_refund_event(ctx, object_ref, budget_ms);
    case ABOUT_DISPUTE: return take_dispute_event(ctx, object_ref, budget_ms);
    }
    return OK;
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

/* ---- those that wait ---- */

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

enum err check_events(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"event.set_aside", ABOUT_HOUSE, sizeof(struct gateway_event), list_events, look_at_event, postpone_gateway_event};

    return walk_due(run, &walk, stop, checked);
}
