#include "service/dunning.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/date.h"
#include "core/subscription.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "store/tenant.h"
#include "text/words.h"

enum { PAY_LINK_DAYS = 365, LOOKS = 200 };

static char *number_text(struct ctx *ctx, int64_t number)
{
    return arena_printf(ctx->arena, "%lld", (long long)number);
}

/* ---- what steps do ---- */

/* The day of the close when this is the last mail before it; DATE_NONE otherwise. */
static int32_t announced_close(const struct dunning_case *c, const struct dunning_step *steps, size_t count, size_t mail_step)
{
    for (size_t i = mail_step + 1; i < count; i++) {
        if (steps[i].action == DUNNING_MAIL)
            return DATE_NONE;
        if (steps[i].action == DUNNING_CLOSE)
            return c->due_on + steps[i].offset_days;
    }
    return DATE_NONE;
}

static enum err send_reminder(struct ctx *ctx, const struct dunning_case *c, const struct dunning_step *steps, size_t count, size_t mail_step)
{
    struct link link = {.kind = LINK_KIND_PAY, .object_id = c->invoice_id, .expires_at = ctx->now + PAY_LINK_DAYS * 86400 * CLOCK_SECOND};
    struct mail mail = {.template = "pay_reminder", .invoice_id = c->invoice_id, .subscription_id = c->subscription_id};
    int32_t close_on = announced_close(c, steps, count, mail_step);
    struct customer customer;
    char day[DATE_TEXT_BYTES];

    TRY(ctx, customer_by_id(ctx, c->customer_id, &customer));
    TRY(ctx, insert_link(ctx, &link, (char **)(uintptr_t)&mail.token));
    mail.link_id = link.id;
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.params = history_params(ctx->arena, "company", customer.is_company ? "yes" : "", "close_on",
                                 close_on != DATE_NONE ? date_iso(close_on, day) : "", NULL);
    mail.dedup_key = arena_printf(ctx->arena, "pay_reminder %lld %zu", (long long)c->invoice_id, mail_step);
    TRY(ctx, queue_mail(ctx, &mail));
    return note_activity(ctx, ABOUT_INVOICE, c->invoice_id, "dunning.mail", "{}");
}

static enum err ask_person(struct ctx *ctx, const struct receivable *receivable)
{
    struct operator_item item = {.kind = "dunning_call", .amount_minor = receivable->open_minor, .currency = receivable->currency, .detail = "",
        .opened_on = ctx->today_on};

    claim_subject(receivable, &item.subject_kind, &item.subject_id);
    return open_operator_item(ctx, &item);
}

static enum err tell_closed(struct ctx *ctx, const struct subscription *s)
{
    struct mail mail = {.template = "closed_unpaid", .subscription_id = s->id, .params = "{}"};
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, s->customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.dedup_key = arena_printf(ctx->arena, "closed_unpaid %lld", (long long)s->id);
    return queue_mail(ctx, &mail);
}

/* The event, where the state allows it; *happened says whether it did. */
static enum err move_subscription(struct ctx *ctx, int64_t id, enum subscription_event event, const char *kind, struct subscription *s,
                                  bool *happened)
{
    enum subscription_state next;

    TRY(ctx, lock_subscription(ctx, id, s));
    next = subscription_next(subscription_state_from_name(s->state), event);
    *happened = next != 0;
    if (next == 0)
        return OK;
    s->state = subscription_state_name(next);
    if (event == SUBSCRIPTION_GIVEN_UP) {
        s->ends_on = ctx->today_on > s->started_on ? ctx->today_on : s->started_on;
        s->end_reason = "unpaid";
        s->due_on = DATE_NONE;
    }
    TRY(ctx, save_billed_subscriptions(ctx, s, 1));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, id, kind, "{}");
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

static enum err close_subscriptions(struct ctx *ctx, const struct dunning_case *c, int64_t *closed)
{
    struct billed_subscription *rows;
    size_t count;

    TRY(ctx, subscriptions_of_invoice(ctx, c->invoice_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct subscription s;
        bool happened;

        TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_FALLS_BEHIND, "subscription.past_due", &s, &happened));
        TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_GIVEN_UP, "subscription.given_up", &s, &happened));
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

static enum err fall_behind(struct ctx *ctx, const struct dunning_case *c)
{
    struct billed_subscription *rows;
    size_t count;

    TRY(ctx, subscriptions_of_invoice(ctx, c->invoice_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct subscription s;
        bool happened;

        if (subscription_next(subscription_state_from_name(rows[i].state), SUBSCRIPTION_FALLS_BEHIND) == 0)
            continue; /* past due already, most of the time */
        TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_FALLS_BEHIND, "subscription.past_due", &s, &happened));
    }
    return OK;
}

static void end_case(struct ctx *ctx, struct dunning_case *c, const char *state)
{
    c->state = state;
    c->ended_on = ctx->today_on;
    c->next_on = DATE_NONE;
    c->mail_waits = false;
}

/* ---- opening and ending ---- */

/* Its first case, or the one that a payment had ended before it was taken back. The receivable is locked. */
static enum err put_case(struct ctx *ctx, struct dunning_case *c)
{
    struct dunning_case before;
    enum err err = lock_dunning_case(ctx, c->invoice_id, &before);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return insert_dunning_case(ctx, c);
    }
    if (err != OK)
        return err;
    return strcmp(before.state, "paid") == 0 ? save_dunning_case(ctx, c) : ERR_DUPLICATE;
}

static enum err open_case(struct ctx *ctx, const struct overdue *facts, int32_t due_on, bool declined, bool can_retry)
{
    struct dunning_case c = {.invoice_id = facts->invoice_id, .customer_id = facts->customer_id, .subscription_id = facts->subscription_id,
        .rule_id = facts->rule_id, .close_days = facts->close_days, .due_on = due_on, .last_step_on = DATE_NONE, .next_on = ctx->today_on, .can_retry = can_retry,
        .state = "open", .opened_on = ctx->today_on, .ended_on = DATE_NONE, .stop_reason = ""};
    struct dunning_step *steps;
    size_t count;

    TRY(ctx, dunning_case_steps(ctx, c.rule_id, c.close_days, &steps, &count));
    /* The mail that tells of the decline is that of the due day. */
    while (declined && (size_t)c.steps_done < count && steps[c.steps_done].offset_days == 0 && steps[c.steps_done].action == DUNNING_MAIL)
        c.steps_done++;
    TRY(ctx, put_case(ctx, &c));
    return note_activity(ctx, ABOUT_INVOICE, c.invoice_id, "dunning.opened", "{}");
}

enum err note_declined_debit(struct ctx *ctx, const struct receivable *receivable, bool can_retry, bool *tells)
{
    struct dunning_case c;
    struct dunning_step *steps;
    struct overdue facts;
    size_t count, mail_step;
    enum err err = lock_dunning_case(ctx, receivable->invoice_id, &c);

    *tells = err == ERR_NOT_FOUND || (err == OK && strcmp(c.state, "paid") == 0);
    if (*tells) {
        ctx_forget_error(ctx);
        TRY(ctx, overdue_of(ctx, receivable->invoice_id, &facts));
        return open_case(ctx, &facts, facts.due_on < ctx->today_on ? facts.due_on : ctx->today_on, true, can_retry);
    }
    if (err != OK)
        return err;
    c.can_retry = can_retry;
    if (c.mail_waits) {
        TRY(ctx, dunning_case_steps(ctx, c.rule_id, c.close_days, &steps, &count));
        for (mail_step = (size_t)c.steps_done; mail_step > 0 && steps[mail_step - 1].action != DUNNING_MAIL; mail_step--)
            continue;
        if (mail_step > 0)
            TRY(ctx, send_reminder(ctx, &c, steps, count, mail_step - 1));
        c.mail_waits = false;
    }
    return save_dunning_case(ctx, &c);
}

enum err silence_case(struct ctx *ctx, const struct receivable *receivable, const char *reason)
{
    struct dunning_case c;
    bool tells;

    TRY(ctx, note_declined_debit(ctx, receivable, false, &tells));
    TRY(ctx, lock_dunning_case(ctx, receivable->invoice_id, &c));
    if (strcmp(c.state, "open") != 0)
        return OK;
    end_case(ctx, &c, "stopped");
    c.stop_reason = reason;
    return save_dunning_case(ctx, &c);
}

static enum err end_with(struct ctx *ctx, int64_t invoice_id, const char *state, const char *reason)
{
    struct billed_subscription *rows;
    struct dunning_case c;
    size_t count;
    enum err err = lock_dunning_case(ctx, invoice_id, &c);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return OK;
    }
    if (err != OK || strcmp(c.state, "closed") == 0 || strcmp(c.state, "paid") == 0)
        return err;
    end_case(ctx, &c, state);
    c.stop_reason = reason;
    TRY(ctx, save_dunning_case(ctx, &c));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, invoice_id, strcmp(state, "paid") == 0 ? "dunning.paid" : "dunning.stopped", "{}"));
    TRY(ctx, close_operator_items(ctx, "dunning_call", ABOUT_INVOICE, invoice_id));
    TRY(ctx, subscriptions_of_invoice(ctx, invoice_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct dunning_standing standing;
        struct subscription s;
        bool happened;

        TRY(ctx, close_operator_items(ctx, "dunning_call", ABOUT_SUBSCRIPTION, rows[i].id));
        TRY(ctx, dunning_standing(ctx, rows[i].id, &standing));
        if (standing.late == 0)
            TRY(ctx, move_subscription(ctx, rows[i].id, SUBSCRIPTION_CATCHES_UP, "subscription.caught_up", &s, &happened));
    }
    return OK;
}

enum err end_case_paid(struct ctx *ctx, int64_t invoice_id)
{
    return end_with(ctx, invoice_id, "paid", "");
}

enum err end_case_dropped(struct ctx *ctx, int64_t invoice_id)
{
    return end_with(ctx, invoice_id, "stopped", N_("Nothing is asked any more"));
}

/* ---- the batch ---- */

/* A rule that was met in this run. Rules never change: another one takes their place. */
struct known_rule {
    struct known_rule *next;
    struct dunning_rule rule;
    struct dunning_step *steps;
    size_t count;
};

struct work {
    struct arena *arena; /* the run's */
    struct known_rule *rules;
    const struct company *company;
    struct dunning_run *run;
    int64_t invoice_id;
    const struct overdue *overdue;
    bool acted;
    int64_t closed;
};

static enum err open_overdue(struct ctx *ctx, void *arg)
{
    const struct work *work = arg;
    struct receivable receivable;
    enum err err;

    TRY(ctx, lock_receivable(ctx, work->overdue->invoice_id, &receivable));
    if (receivable.open_minor == 0 || receivable.collect_on != DATE_NONE)
        return OK;
    err = open_case(ctx, work->overdue, receivable.due_on, false, false);
    if (err == ERR_DUPLICATE)
        ctx_forget_error(ctx);
    return err == ERR_DUPLICATE ? OK : err;
}

/* The day on which the case's subscriptions are past due. */
static int32_t late_on(const struct dunning_case *c, const struct dunning_rule *rule)
{
    return c->due_on + rule->grace_days + 1;
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a == DATE_NONE ? b : b == DATE_NONE || a < b ? a : b;
}

/* Past due already, or about to be: the grace may be longer than the rule. */
static bool can_be_given_up(enum subscription_state state)
{
    return subscription_next(state, SUBSCRIPTION_GIVEN_UP) != 0 || subscription_next(state, SUBSCRIPTION_FALLS_BEHIND) != 0;
}

static enum err facts_of(struct ctx *ctx, const struct dunning_case *c, const struct receivable *receivable, struct dunning_facts *facts)
{
    struct billed_subscription *rows;
    size_t count;

    TRY(ctx, payment_under_way(ctx, c->invoice_id, &facts->standing_still));
    facts->done = (size_t)c->steps_done;
    facts->due_on = c->due_on;
    facts->today_on = ctx->today_on;
    facts->last_step_on = c->last_step_on;
    facts->paid = receivable->open_minor == 0;
    facts->can_retry = c->can_retry;
    TRY(ctx, subscriptions_of_invoice(ctx, c->invoice_id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        facts->can_close = facts->can_close || can_be_given_up(subscription_state_from_name(rows[i].state));
    return OK;
}

static enum err take_steps(struct ctx *ctx, struct work *work, struct dunning_case *c, const struct receivable *receivable,
                           const struct dunning_facts *facts, const struct dunning_decision *decision)
{
    if (decision->retry) {
        TRY(ctx, postpone_collection(ctx, c->invoice_id, ctx->today_on)); /* collect comes next */
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, c->invoice_id, "dunning.retry", "{}"));
    }
    if (decision->mail && !decision->retry)
        TRY(ctx, send_reminder(ctx, c, facts->steps, facts->count, decision->mail_step));
    c->mail_waits = c->mail_waits || (decision->mail && decision->retry);
    if (decision->task)
        TRY(ctx, ask_person(ctx, receivable));
    if (decision->block) {
        c->blocked = true;
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, c->invoice_id, "dunning.blocked", "{}"));
    }
    if (decision->close)
        TRY(ctx, close_subscriptions(ctx, c, &work->closed));
    c->last_step_on = ctx->today_on;
    work->acted = true;
    return OK;
}

static enum err know_rule(struct ctx *ctx, struct work *work, int64_t id, const struct known_rule **found)
{
    struct ctx lasting = *ctx;
    struct known_rule *known = work->rules;
    enum err err;

    while (known != NULL && known->rule.id != id)
        known = known->next;
    *found = known;
    if (known != NULL)
        return OK;
    lasting.arena = work->arena;
    known = ARENA_NEW(work->arena, struct known_rule);
    err = dunning_rule_by_id(&lasting, id, &known->rule);
    if (err == OK)
        err = dunning_steps(&lasting, id, &known->steps, &known->count);
    if (err != OK) {
        memcpy(ctx->trail, lasting.trail, sizeof ctx->trail);
        return err;
    }
    known->next = work->rules;
    work->rules = known;
    *found = known;
    return OK;
}

static enum err work_case(struct ctx *ctx, void *arg)
{
    struct work *work = arg;
    struct dunning_facts facts = {.paid = false};
    struct dunning_decision decision;
    struct receivable receivable;
    struct dunning_case c;
    const struct known_rule *known;
    struct dunning_step *steps;

    work->acted = false;
    work->closed = 0;
    TRY(ctx, lock_receivable(ctx, work->invoice_id, &receivable));
    TRY(ctx, lock_dunning_case(ctx, work->invoice_id, &c));
    if (strcmp(c.state, "open") != 0 || c.next_on > ctx->today_on)
        return OK;
    TRY(ctx, know_rule(ctx, work, c.rule_id, &known));
    steps = ARENA_ARRAY(ctx->arena, struct dunning_step, known->count + 2);
    facts.count = dunning_steps_closing(known->steps, known->count, c.close_days, steps);
    facts.steps = steps;
    TRY(ctx, facts_of(ctx, &c, &receivable, &facts));
    decision = dunning_decide(&facts);
    if (decision.verdict == DUNNING_ENDS_PAID)
        return end_case_paid(ctx, c.invoice_id);
    /* The try that a mail waited for came to nothing that anybody was told of. */
    if (c.mail_waits && !facts.standing_still && c.last_step_on < ctx->today_on && receivable.collect_on == DATE_NONE) {
        TRY(ctx, send_reminder(ctx, &c, facts.steps, facts.count, facts.done > 0 ? facts.done - 1 : 0));
        c.mail_waits = false;
    }
    if (decision.verdict == DUNNING_ACTS)
        TRY(ctx, take_steps(ctx, work, &c, &receivable, &facts, &decision));
    c.steps_done = (int32_t)decision.done;
    c.next_on = decision.next_on;
    if (ctx->today_on >= late_on(&c, &known->rule))
        TRY(ctx, fall_behind(ctx, &c));
    else
        c.next_on = earlier(c.next_on, late_on(&c, &known->rule));
    if (c.mail_waits)
        c.next_on = earlier(c.next_on, ctx->today_on + 1);
    if (decision.close)
        end_case(ctx, &c, "closed");
    else if (c.next_on == DATE_NONE)
        end_case(ctx, &c, "done");
    return save_dunning_case(ctx, &c);
}

/* A month's first day does not send everything at once (core/dunning); a test clock has no hours. */
static bool its_hour_has_come(const struct ctx *ctx, const struct work *work, int64_t invoice_id)
{
    int32_t on;
    int minute;

    if (ctx->tenant->test || !date_local_time(ctx->now, work->company->time_zone, &on, &minute))
        return true;
    return on > ctx->today_on || minute >= dunning_minute(invoice_id);
}

static enum err set_aside(struct ctx *ctx, struct work *work, enum err err)
{
    if (err == OK) {
        work->run->acted += work->acted;
        work->run->closed += work->closed;
        return OK;
    }
    if (err == ERR_DB_GONE || err == ERR_DB_RETRY) /* a full disk, a lock: nothing is wrong with this one */
        return err;
    log_trail(ctx, "dunning.failed");
    ctx_forget_error(ctx);
    work->run->failed++;
    return OK;
}

static enum err open_all(struct ctx *item, struct work *work)
{
    struct overdue *rows;
    size_t count = LOOKS;

    while (count == LOOKS && !(work->run->stop != NULL && work->run->stop())) {
        int64_t before = work->run->failed;

        arena_reset(item->arena);
        TRY(item, overdue_without_case(item, LOOKS, &rows, &count));
        work->run->opened += (int64_t)count;
        if (work->run->dry_run)
            return OK;
        for (size_t i = 0; i < count; i++) {
            work->overdue = &rows[i];
            work->acted = false;
            work->closed = 0;
            TRY(item, set_aside(item, work, db_transaction(item, open_overdue, work)));
        }
        if (work->run->failed - before == LOOKS)
            break; /* none of them can be opened: the same ones would come again */
    }
    return OK;
}

static enum err act_on_all(struct ctx *item, struct work *work)
{
    struct due_case *rows;
    int64_t after_id = 0;
    size_t count = LOOKS;

    while (count == LOOKS && !(work->run->stop != NULL && work->run->stop())) {
        arena_reset(item->arena);
        TRY(item, due_dunning_cases(item, after_id, LOOKS, &rows, &count));
        for (size_t i = 0; i < count; i++) {
            after_id = work->invoice_id = rows[i].invoice_id;
            if (!its_hour_has_come(item, work, after_id))
                continue;
            if (work->run->dry_run)
                work->run->acted++;
            else
                TRY(item, set_aside(item, work, db_transaction(item, work_case, work)));
        }
    }
    return OK;
}

enum err run_dunning(struct ctx *run, struct dunning_run *state)
{
    struct company company;
    struct work work = {.arena = run->arena, .company = &company, .run = state};
    struct ctx item = *run;
    enum err err = db_ready(run);

    if (err == OK)
        err = company_current(run, &company);
    if (err != OK)
        return err;
    item.arena = arena_new();
    err = open_all(&item, &work);
    if (err == OK)
        err = act_on_all(&item, &work);
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}

/* ---- the seller ---- */

struct act {
    int64_t invoice_id;
    const char *reason;
    struct dunning_rule *rule;
    const struct dunning_step *steps;
    size_t count;
    const struct once *once;
    struct dunning_result *result;
};

static enum err stop(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct receivable receivable;
    struct dunning_case c;

    *act->result = (struct dunning_result){.stale = false};
    /* first: a form that was sent twice finds its answer, not a case that is over */
    TRY(ctx, spend_once(ctx, act->once, number_text(ctx, act->invoice_id), &act->result->url));
    TRY(ctx, lock_receivable(ctx, act->invoice_id, &receivable));
    TRY(ctx, lock_dunning_case(ctx, act->invoice_id, &c));
    act->result->stale = strcmp(c.state, "open") != 0;
    if (act->result->stale)
        return OK;
    end_case(ctx, &c, "stopped");
    c.stop_reason = act->reason;
    c.blocked = false;
    TRY(ctx, save_dunning_case(ctx, &c));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, c.invoice_id, "dunning.stopped", history_params(ctx->arena, "reason", act->reason, NULL)));
    return note_audit(ctx, "dunning.stop", number_text(ctx, c.invoice_id), "ok");
}

enum err stop_case(struct ctx *ctx, int64_t invoice_id, const char *reason, const struct once *once, struct dunning_result *result)
{
    struct act act = {.invoice_id = invoice_id, .reason = reason, .once = once, .result = result};

    return db_transaction(ctx, stop, &act);
}

static enum err change_rule(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct dunning_rule rule = *act->rule;
    enum err err;

    *act->result = (struct dunning_result){.stale = false};
    TRY(ctx, spend_once(ctx, act->once, rule.name, &act->result->url));
    if (act->rule->id != 0) {
        err = retire_dunning_rule(ctx, act->rule->id);
        act->result->stale = err == ERR_CONFLICT;
        if (err != OK)
            return err;
    }
    err = insert_dunning_rule(ctx, &rule, act->steps, act->count);
    act->result->taken = err == ERR_DUPLICATE;
    if (err != OK)
        return err;
    if (act->rule->id != 0)
        TRY(ctx, replace_dunning_rule(ctx, act->rule->id, rule.id));
    return note_audit(ctx, "dunning.rule", rule.name, "ok");
}

enum err change_dunning_rule(struct ctx *ctx, struct dunning_rule *rule, const struct dunning_step *steps, size_t count,
                             const struct once *once, struct dunning_result *result)
{
    struct act act = {.rule = rule, .steps = steps, .count = count, .once = once, .result = result};
    enum err err = db_transaction(ctx, change_rule, &act);

    if (result->stale || result->taken) { /* rolled back */
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}
