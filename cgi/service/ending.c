#include "service/ending.h"

#include <string.h>

#include "core/date.h"
#include "service/contract.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"

/* A trial binds to nothing: commitment, term and notice begin with what is billed. */
static bool in_trial(const struct subscription *s, int32_t on)
{
    return s->trial_until_on != DATE_NONE && on <= s->trial_until_on;
}

enum err end_outlook(struct ctx *ctx, const struct subscription *s, struct end_outlook *outlook)
{
    struct schedule schedule = subscription_schedule(s);
    struct term term = subscription_term(s);

    TRY(ctx, billed_until(ctx, s->id, &outlook->billed_until_on));
    outlook->earliest_on = in_trial(s, ctx->today_on + 1) ? s->trial_until_on : term_earliest_end(&term, &schedule, ctx->today_on);
    if (outlook->billed_until_on != DATE_NONE && outlook->earliest_on < outlook->billed_until_on)
        outlook->earliest_on = term_earliest_end(&term, &schedule, outlook->billed_until_on - term.notice_days);
    outlook->notice_deadline_on = s->term_until_on == DATE_NONE ? DATE_NONE : term_notice_deadline(&term, s->term_until_on);
    return OK;
}

struct act {
    const struct end_request *request;
    struct ending_result *result;
};

static enum err tell(struct ctx *ctx, const struct subscription *s, const char *template, const char *kind)
{
    struct customer customer;
    char text[DATE_TEXT_BYTES];
    const char *on = s->ends_on != DATE_NONE ? date_iso(s->ends_on, text) : "";
    struct mail mail = {.template = template, .subscription_id = s->id};

    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, kind, history_params(ctx->arena, "on", on, NULL)));
    TRY(ctx, note_audit(ctx, kind, arena_printf(ctx->arena, "%s %s", s->number, on), "ok"));
    TRY(ctx, customer_by_id(ctx, s->customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.contact_name[0] != '\0' ? customer.contact_name : customer.name;
    mail.customer_id = customer.id;
    mail.params = history_params(ctx->arena, "on", on, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "%s %lld %lld", template, (long long)s->id, (long long)ctx->now);
    return queue_mail(ctx, &mail);
}

/* While it is held it waits for a person, whatever its end. */
static enum err save_end(struct ctx *ctx, struct subscription *s)
{
    if (s->held_on == DATE_NONE)
        s->due_on = subscription_due_on(ctx, s);
    return save_subscription_end(ctx, s);
}

static enum err plan(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    const struct end_request *request = act->request;
    struct subscription_facts facts;
    struct subscription s;
    struct schedule schedule;
    struct term term;

    *act->result = (struct ending_result){SUBSCRIPTION_NOT_REFUSED, NULL};
    TRY(ctx, lock_subscription(ctx, request->subscription_id, &s));
    schedule = subscription_schedule(&s);
    term = subscription_term(&s);
    facts = subscription_facts_now(ctx, &s);
    facts.agreed = request->agreed || in_trial(&s, request->ends_on);
    TRY(ctx, billed_until(ctx, s.id, &facts.billed_until_on));
    if (request->ends_on > s.started_on)
        facts.term_until_on = term_end_at(&term, &schedule, request->ends_on - 1);
    if (request->ends_on < s.started_on)
        act->result->refusal = SUBSCRIPTION_END_TOO_EARLY;
    else if (!s.term_renews && s.term_until_on != DATE_NONE && request->ends_on > s.term_until_on)
        act->result->refusal = SUBSCRIPTION_END_IS_PLANNED; /* it ends with its term */
    else
        act->result->refusal = subscription_may_end(&facts, request->ends_on);
    if (act->result->refusal != SUBSCRIPTION_NOT_REFUSED)
        return OK;
    s.ends_on = request->ends_on;
    s.end_reason = "told";
    TRY(ctx, save_end(ctx, &s));
    TRY(ctx, tell(ctx, &s, "end_planned", "subscription.end_planned"));
    return spend_once(ctx, request->once, s.number, &act->result->url);
}

enum err plan_end(struct ctx *ctx, const struct end_request *request, struct ending_result *result)
{
    struct act act = {request, result};

    return db_transaction(ctx, plan, &act);
}

static enum err undo(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct subscription_facts facts;
    struct subscription s;

    *act->result = (struct ending_result){SUBSCRIPTION_NOT_REFUSED, NULL};
    TRY(ctx, lock_subscription(ctx, act->request->subscription_id, &s));
    facts = subscription_facts_now(ctx, &s);
    act->result->refusal = subscription_may_go_on(&facts);
    if (act->result->refusal != SUBSCRIPTION_NOT_REFUSED)
        return OK;
    s.ends_on = s.term_renews ? DATE_NONE : s.term_until_on;
    s.end_reason = s.ends_on != DATE_NONE ? "term" : "";
    TRY(ctx, save_end(ctx, &s));
    TRY(ctx, tell(ctx, &s, "end_undone", "subscription.end_undone"));
    return spend_once(ctx, act->request->once, s.number, &act->result->url);
}

enum err undo_end(struct ctx *ctx, int64_t subscription_id, const struct once *once, struct ending_result *result)
{
    struct end_request request = {.subscription_id = subscription_id, .ends_on = DATE_NONE, .once = once};
    struct act act = {&request, result};

    return db_transaction(ctx, undo, &act);
}
