#include "service/ending.h"

#include <string.h>

#include "core/date.h"
#include "service/contract.h"
#include "store/catalogue.h"
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

enum err customer_may_end(struct ctx *ctx, const struct subscription *s, bool *may)
{
    struct plan plan;

    TRY(ctx, plan_by_id(ctx, s->plan_id, &plan));
    *may = own_answer_is_yes(own_answer_from_name(s->customer_end), plan.customer_end);
    return OK;
}

bool customer_planned_end(const struct subscription *s)
{
    return strcmp(s->end_reason, "told") == 0 && strncmp(s->end_by, "visit:", strlen("visit:")) == 0;
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
    mail_to_customer(&mail, &customer);
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
    bool may = true;

    *act->result = (struct ending_result){.refusal = SUBSCRIPTION_NOT_REFUSED};
    TRY(ctx, lock_subscription(ctx, request->subscription_id, &s));
    TRY(ctx, spend_once(ctx, request->once, s.number, &act->result->url)); /* first: what was done already is not asked again */
    if (request->by_customer)
        TRY(ctx, customer_may_end(ctx, &s, &may));
    act->result->forbidden = !may;
    if (!may)
        return ERR_CONFLICT; /* nothing is done, and the token stays unspent */
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
        return ERR_CONFLICT;
    s.ends_on = request->ends_on;
    s.end_reason = "told";
    s.end_by = ctx->actor;
    TRY(ctx, save_end(ctx, &s));
    return tell(ctx, &s, "end_planned", "subscription.end_planned");
}

/* A refusal is an answer, whose transaction is undone. */
static enum err answer(struct ctx *ctx, enum err (*work)(struct ctx *ctx, void *arg), struct act *act)
{
    enum err err = db_transaction(ctx, work, act);

    if (err != ERR_CONFLICT || (act->result->refusal == SUBSCRIPTION_NOT_REFUSED && !act->result->forbidden))
        return err;
    ctx_forget_error(ctx);
    return OK;
}

enum err plan_end(struct ctx *ctx, const struct end_request *request, struct ending_result *result)
{
    struct act act = {request, result};

    return answer(ctx, plan, &act);
}

static enum err undo(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct subscription_facts facts;
    struct subscription s;

    *act->result = (struct ending_result){.refusal = SUBSCRIPTION_NOT_REFUSED};
    TRY(ctx, lock_subscription(ctx, act->request->subscription_id, &s));
    TRY(ctx, spend_once(ctx, act->request->once, s.number, &act->result->url));
    act->result->forbidden = act->request->by_customer && !customer_planned_end(&s);
    if (act->result->forbidden)
        return ERR_CONFLICT;
    facts = subscription_facts_now(ctx, &s);
    act->result->refusal = subscription_may_go_on(&facts);
    if (act->result->refusal != SUBSCRIPTION_NOT_REFUSED)
        return ERR_CONFLICT;
    s.ends_on = s.term_renews ? DATE_NONE : s.term_until_on;
    s.end_reason = s.ends_on != DATE_NONE ? "term" : "";
    s.end_by = "";
    TRY(ctx, save_end(ctx, &s));
    return tell(ctx, &s, "end_undone", "subscription.end_undone");
}

enum err undo_end(struct ctx *ctx, const struct end_request *request, struct ending_result *result)
{
    struct act act = {request, result};

    return answer(ctx, undo, &act);
}
