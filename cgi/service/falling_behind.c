#include "service/falling_behind.h"

#include "core/date.h"
#include "core/subscription.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/subscription.h"

/* The event, where the state allows it. */
static enum err move_subscription(struct ctx *ctx, int64_t id, enum subscription_event event, const char *kind)
{
    enum subscription_state next;
    struct subscription s;

    TRY(ctx, lock_subscription(ctx, id, &s));
    next = subscription_next(subscription_state_from_name(s.state), event);
    if (next == 0)
        return OK;
    s.state = subscription_state_name(next);
    TRY(ctx, save_billed_subscriptions(ctx, &s, 1));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, id, kind, "{}");
}

enum err fall_behind(struct ctx *ctx, const struct billed_subscription *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (subscription_next(subscription_state_from_name(rows[i].state), SUBSCRIPTION_FALLS_BEHIND) == 0)
            continue; /* past due already, most of the time */
        TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_FALLS_BEHIND, "subscription.past_due"));
    }
    return OK;
}

enum err catch_up(struct ctx *ctx, const struct billed_subscription *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dunning_standing standing;

        if (subscription_next(subscription_state_from_name(rows[i].state), SUBSCRIPTION_CATCHES_UP) == 0)
            continue; /* whoever makes it fall behind over this invoice needs its case, which is locked */
        TRY(ctx, dunning_standing(ctx, rows[i].id, &standing));
        if (standing.late == 0)
            TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_CATCHES_UP, "subscription.caught_up"));
    }
    return OK;
}

/* ---- given up ---- */

static enum err tell_closed(struct ctx *ctx, const struct subscription *s)
{
    struct mail mail = {.template = "closed_unpaid", .subscription_id = s->id, .params = "{}"};
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, s->customer_id, &customer));
    mail_to_customer(&mail, &customer);
    mail.dedup_key = arena_printf(ctx->arena, "closed_unpaid %lld", (long long)s->id);
    return queue_mail(ctx, &mail);
}

/* Debit first: what was asked is dropped, nothing of it was invoiced. */
static enum err stop_asking(struct ctx *ctx, int64_t subscription_id)
{
    struct receivable claim;
    enum err err = lock_claim_of(ctx, subscription_id, &claim);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return OK;
    }
    if (err != OK)
        return err;
    TRY(ctx, drop_claim(ctx, claim.invoice_id));
    return close_operator_items(ctx, "renewal_declined", ABOUT_SUBSCRIPTION, subscription_id);
}

/* Past due first, where the grace is longer than the rule; the row is locked and saved once. */
static enum err give_up(struct ctx *ctx, int64_t id, struct subscription *s, bool *happened)
{
    struct activity told[2];
    enum subscription_state state, late;
    size_t count = 0;

    TRY(ctx, lock_subscription(ctx, id, s));
    state = subscription_state_from_name(s->state);
    late = subscription_next(state, SUBSCRIPTION_FALLS_BEHIND);
    if (late != 0) {
        told[count++] = activity_now(ctx, ABOUT_SUBSCRIPTION, id, "subscription.past_due", "{}");
        state = late;
    }
    *happened = subscription_next(state, SUBSCRIPTION_GIVEN_UP) != 0;
    if (*happened) {
        told[count++] = activity_now(ctx, ABOUT_SUBSCRIPTION, id, "subscription.given_up", "{}");
        state = subscription_next(state, SUBSCRIPTION_GIVEN_UP);
        s->ends_on = ctx->today_on > s->started_on ? ctx->today_on : s->started_on;
        s->end_reason = "unpaid";
        s->due_on = DATE_NONE;
    }
    if (count == 0)
        return OK;
    s->state = subscription_state_name(state);
    TRY(ctx, save_billed_subscriptions(ctx, s, 1));
    return note_activities(ctx, told, count);
}

enum err close_unpaid(struct ctx *ctx, const struct billed_subscription *rows, size_t count, int64_t *closed)
{
    for (size_t i = 0; i < count; i++) {
        struct subscription s;
        bool happened;

        TRY(ctx, give_up(ctx, rows[i].id, &s, &happened));
        if (!happened)
            continue;
        TRY(ctx, stop_collecting(ctx, s.id));
        TRY(ctx, stop_asking(ctx, s.id));
        TRY(ctx, note_audit(ctx, "subscription.given_up", s.number, "ok"));
        TRY(ctx, tell_closed(ctx, &s));
        ++*closed;
    }
    return OK;
}
