#include "service/dunning_steps.h"

#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "core/date.h"
#include "core/subscription.h"
#include "service/dunning.h"
#include "service/dunning_case.h"
#include "service/falling_behind.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/tenant.h"

enum { LOOKS = 200, GROUP = 50 };

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
    const char *time_zone; /* of the company; NULL until a case is due */
    struct dunning_run *run;
    const struct overdue *overdue; /* a group of them */
    size_t overdue_count;
    const int64_t *invoices;       /* a group of cases */
    size_t invoice_count;
    int64_t alone[GROUP];          /* of them, those that are left to transactions of their own */
    size_t alone_count;
    int64_t acted;
    int64_t closed;
};

/* In one transaction: cases of receivables that nothing pays. */
static enum err open_group(struct ctx *ctx, void *arg)
{
    const struct work *work = arg;
    struct dunning_said said = nothing_said(ctx, work->overdue_count);
    struct dunning_case *first = ARENA_ARRAY(ctx->arena, struct dunning_case, work->overdue_count);
    struct dunning_case *again = ARENA_ARRAY(ctx->arena, struct dunning_case, work->overdue_count);
    struct late_receivable *late;
    size_t first_count = 0;
    size_t again_count = 0;
    size_t count;

    TRY(ctx, lock_late_receivables(ctx, work->overdue, work->overdue_count, &late, &count));
    for (size_t i = 0; i < count; i++) {
        const struct overdue *facts = work->overdue;
        bool ended_paid = strcmp(late[i].case_state, "paid") == 0;

        if (late[i].case_state[0] != '\0' && !ended_paid)
            continue; /* somebody else opened it meanwhile */
        while (facts->invoice_id != late[i].invoice_id)
            facts++;
        if (ended_paid)
            again[again_count++] = new_dunning_case(ctx, facts, late[i].due_on);
        else
            first[first_count++] = new_dunning_case(ctx, facts, late[i].due_on);
        say_note(ctx, &said, facts->invoice_id, "dunning.opened");
    }
    TRY(ctx, insert_dunning_cases(ctx, first, first_count));
    TRY(ctx, save_dunning_cases(ctx, again, again_count));
    return write_said(ctx, &said);
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

/* One of a group, with all that is known of it. */
struct case_work {
    struct case_in_hand *hand;
    const struct case_circumstance *circumstance;
    const struct known_rule *rule;
    const struct billed_subscription *billed;
    size_t billed_count;
    struct dunning_facts facts;
    struct dunning_decision decision;
};

static enum err ask_person(struct ctx *ctx, const struct receivable *receivable)
{
    struct operator_item item = {.kind = "dunning_call", .amount_minor = receivable->open_minor, .currency = receivable->currency, .detail = "",
        .opened_on = ctx->today_on};

    claim_subject(receivable, &item.subject_kind, &item.subject_id);
    return open_operator_item(ctx, &item);
}

static enum err take_steps(struct ctx *ctx, struct work *work, struct case_work *one, struct dunning_said *said)
{
    const struct dunning_decision *decision = &one->decision;
    struct dunning_case *c = &one->hand->c;

    if (decision->retry) {
        TRY(ctx, postpone_collection(ctx, c->invoice_id, ctx->today_on)); /* collect comes next */
        say_note(ctx, said, c->invoice_id, "dunning.retry");
    }
    if (decision->mail && !decision->retry)
        say_reminder(ctx, said, one->hand, one->circumstance, one->facts.steps, one->facts.count, decision->mail_step);
    c->mail_waits = c->mail_waits || (decision->mail && decision->retry);
    if (decision->task)
        TRY(ctx, ask_person(ctx, &one->hand->owed));
    if (decision->block) {
        c->blocked = true;
        say_note(ctx, said, c->invoice_id, "dunning.blocked");
    }
    if (decision->close)
        TRY(ctx, close_unpaid(ctx, one->billed, one->billed_count, &work->closed));
    c->last_step_on = ctx->today_on;
    work->acted++;
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

static enum err decide(struct ctx *ctx, struct work *work, struct case_work *one)
{
    const struct dunning_case *c = &one->hand->c;
    struct dunning_step *steps;

    TRY(ctx, know_rule(ctx, work, c->rule_id, &one->rule));
    steps = ARENA_ARRAY(ctx->arena, struct dunning_step, one->rule->count + 2);
    one->facts = (struct dunning_facts){.steps = steps, .count = dunning_steps_closing(one->rule->steps, one->rule->count, c->close_days, steps),
        .done = (size_t)c->steps_done, .due_on = c->due_on, .asked_on = one->circumstance->asked_on, .today_on = ctx->today_on, .last_step_on = c->last_step_on, .paid = one->hand->owed.open_minor == 0,
        .standing_still = one->circumstance->standing_still, .can_retry = c->can_retry};
    for (size_t i = 0; i < one->billed_count; i++)
        one->facts.can_close = one->facts.can_close || can_be_given_up(subscription_state_from_name(one->billed[i].state));
    one->decision = dunning_decide(&one->facts);
    return OK;
}

static enum err move_case(struct ctx *ctx, struct work *work, struct case_work *one, struct dunning_said *said)
{
    const struct dunning_decision *decision = &one->decision;
    const struct dunning_facts *facts = &one->facts;
    struct dunning_case *c = &one->hand->c;
    int32_t late = late_on(c, &one->rule->rule);

    /* The try that a mail waited for came to nothing that anybody was told of. */
    if (c->mail_waits && !facts->standing_still && c->last_step_on < ctx->today_on && one->hand->owed.collect_on == DATE_NONE) {
        say_reminder(ctx, said, one->hand, one->circumstance, facts->steps, facts->count, facts->done > 0 ? facts->done - 1 : 0);
        c->mail_waits = false;
    }
    if (decision->verdict == DUNNING_ACTS)
        TRY(ctx, take_steps(ctx, work, one, said));
    c->steps_done = (int32_t)decision->done;
    c->next_on = decision->next_on;
    /* Who waits for a debit that is under way is not late: a direct debit takes its days. */
    if (ctx->today_on >= late && !facts->standing_still)
        TRY(ctx, fall_behind(ctx, one->billed, one->billed_count));
    else
        c->next_on = earlier(c->next_on, late > ctx->today_on ? late : ctx->today_on + 1);
    if (c->mail_waits)
        c->next_on = earlier(c->next_on, ctx->today_on + 1);
    if (decision->close)
        end_dunning_case(ctx, c, "closed");
    else if (c->next_on == DATE_NONE)
        end_dunning_case(ctx, c, "done");
    return OK;
}

static bool is_due(const struct ctx *ctx, const struct dunning_case *c)
{
    return strcmp(c->state, "open") == 0 && c->next_on <= ctx->today_on;
}

/* In one transaction: cases that are due, of which most only remind or wait. What ends other things (a payment came, the
 * contract closes) is left to a transaction of its own when there are others. */
static enum err work_group(struct ctx *ctx, void *arg)
{
    struct work *work = arg;
    struct dunning_said said = nothing_said(ctx, work->invoice_count);
    struct dunning_case *saved = ARENA_ARRAY(ctx->arena, struct dunning_case, work->invoice_count);
    struct case_in_hand *hands;
    struct case_circumstance *circumstances;
    struct billed_subscription *billed;
    size_t saved_count = 0;
    size_t circumstance_count;
    size_t billed_count;
    size_t count;

    work->acted = work->closed = 0;
    work->alone_count = 0;
    TRY(ctx, lock_dunning_cases(ctx, work->invoices, work->invoice_count, &hands, &count));
    TRY(ctx, case_circumstances(ctx, hands, count, &circumstances, &circumstance_count));
    CHECK(circumstance_count == count);
    TRY(ctx, subscriptions_of_invoices(ctx, work->invoices, work->invoice_count, &billed, &billed_count));
    for (size_t i = 0, at = 0; i < count; i++) {
        struct case_work one = {.hand = &hands[i], .circumstance = &circumstances[i]};
        int64_t id = hands[i].c.invoice_id;

        while (at < billed_count && billed[at].invoice_id < id)
            at++;
        one.billed = &billed[at];
        while (at < billed_count && billed[at].invoice_id == id)
            at++;
        one.billed_count = (size_t)(&billed[at] - one.billed);
        if (!is_due(ctx, &hands[i].c))
            continue;
        TRY(ctx, decide(ctx, work, &one));
        if (work->invoice_count > 1 && (one.decision.verdict == DUNNING_ENDS_PAID || one.decision.close)) {
            work->alone[work->alone_count++] = id;
            continue;
        }
        if (one.decision.verdict == DUNNING_ENDS_PAID)
            return end_case_paid(ctx, id);
        TRY(ctx, move_case(ctx, work, &one, &said));
        saved[saved_count++] = hands[i].c;
    }
    TRY(ctx, write_said(ctx, &said));
    return save_dunning_cases(ctx, saved, saved_count);
}

/* A month's first day does not send everything at once (core/dunning); a test clock has no hours. */
static bool its_hour_has_come(const struct ctx *ctx, const struct work *work, int64_t invoice_id)
{
    int32_t on;
    int minute;

    if (ctx->tenant->test || !date_local_time(ctx->now, work->time_zone, &on, &minute))
        return true;
    return on > ctx->today_on || minute >= dunning_minute(invoice_id);
}

static enum err know_time_zone(struct ctx *ctx, struct work *work)
{
    struct company company;

    if (ctx->tenant->test || work->time_zone != NULL)
        return OK;
    TRY(ctx, company_current(ctx, &company));
    work->time_zone = arena_strdup(work->arena, company.time_zone);
    return OK;
}

/* A full disk, a lock: nothing is wrong with the cases. */
static bool is_nobodys_fault(enum err err)
{
    return err == ERR_DB_GONE || err == ERR_DB_RETRY;
}

static void set_aside(struct ctx *ctx, struct work *work)
{
    log_trail(ctx, "dunning.failed");
    ctx_forget_error(ctx);
    work->run->failed++;
}

/* One that cannot be opened never stops the others: a group that fails is gone through one by one. */
static enum err open_some(struct ctx *ctx, struct work *work, const struct overdue *rows, size_t count)
{
    enum err err;

    work->overdue = rows;
    work->overdue_count = count;
    err = db_transaction(ctx, open_group, work);
    if (err == OK || is_nobodys_fault(err))
        return err;
    if (count == 1) {
        set_aside(ctx, work);
        return OK;
    }
    ctx_forget_error(ctx);
    for (size_t i = 0; i < count; i++)
        TRY(ctx, open_some(ctx, work, &rows[i], 1));
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
        for (size_t i = 0; i < count; i += GROUP)
            TRY(item, open_some(item, work, &rows[i], count - i < GROUP ? count - i : GROUP));
        if (work->run->failed - before == LOOKS)
            break; /* none of them can be opened: the same ones would come again */
    }
    return OK;
}

static enum err work_some(struct ctx *ctx, struct work *work, const int64_t *invoices, size_t count);

static enum err work_each(struct ctx *ctx, struct work *work, const int64_t *invoices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(ctx, work_some(ctx, work, &invoices[i], 1));
    return OK;
}

/* As open_some. */
static enum err work_some(struct ctx *ctx, struct work *work, const int64_t *invoices, size_t count)
{
    enum err err;

    work->invoices = invoices;
    work->invoice_count = count;
    err = db_transaction(ctx, work_group, work);
    if (is_nobodys_fault(err))
        return err;
    if (err != OK && count == 1) {
        set_aside(ctx, work);
        return OK;
    }
    if (err != OK) {
        ctx_forget_error(ctx);
        return work_each(ctx, work, invoices, count);
    }
    work->run->acted += work->acted;
    work->run->closed += work->closed;
    return work_each(ctx, work, arena_memdup(ctx->arena, work->alone, work->alone_count * sizeof work->alone[0]), work->alone_count);
}

static enum err act_on_all(struct ctx *item, struct work *work)
{
    struct due_case *rows;
    int64_t due[GROUP];
    int64_t after_id = 0;
    size_t count = LOOKS;

    while (count == LOOKS && !(work->run->stop != NULL && work->run->stop())) {
        size_t due_count = 0;

        arena_reset(item->arena);
        TRY(item, due_dunning_cases(item, after_id, LOOKS, &rows, &count));
        if (count > 0)
            TRY(item, know_time_zone(item, work));
        for (size_t i = 0; i < count; i++) {
            after_id = rows[i].invoice_id;
            if (its_hour_has_come(item, work, after_id))
                due[due_count++] = after_id;
            if (due_count < GROUP && i + 1 < count)
                continue;
            if (work->run->dry_run)
                work->run->acted += (int64_t)due_count;
            else if (due_count > 0)
                TRY(item, work_some(item, work, due, due_count));
            due_count = 0;
        }
    }
    return OK;
}

enum err run_dunning(struct ctx *run, struct dunning_run *state)
{
    struct work work = {.arena = run->arena, .run = state};
    struct ctx item = *run;
    enum err err = db_ready(run);

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
