#include "service/dunning.h"

#include <string.h>

#include "base/check.h"
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

enum { PAY_LINK_DAYS = 365, LOOKS = 200, GROUP = 50, MAILS_A_CASE = 2, NOTES_A_CASE = 4 };

static char *number_text(struct ctx *ctx, int64_t number)
{
    return arena_printf(ctx->arena, "%lld", (long long)number);
}

/* ---- what steps do ---- */

/* What a group of cases writes about invoices and to customers: gathered, then written in three round trips. */
struct said {
    struct mail *mails;    /* all of them with a link to pay the invoice */
    int64_t *payable;      /* of each mail */
    size_t mail_count;
    struct activity *notes;
    size_t note_count;
};

static struct said nothing_said(struct ctx *ctx, size_t cases)
{
    return (struct said){.mails = ARENA_ARRAY(ctx->arena, struct mail, cases * MAILS_A_CASE), .payable = ARENA_ARRAY(ctx->arena, int64_t, cases * MAILS_A_CASE),
                         .notes = ARENA_ARRAY(ctx->arena, struct activity, cases * NOTES_A_CASE)};
}

static struct activity activity_of(const struct ctx *ctx, const char *subject_kind, int64_t subject_id, const char *kind)
{
    return (struct activity){.at = ctx->now, .happened_on = ctx->today_on, .subject_kind = subject_kind, .subject_id = subject_id, .kind = kind,
                             .actor = ctx->actor, .params = "{}"};
}

static void note(const struct ctx *ctx, struct said *said, int64_t invoice_id, const char *kind)
{
    said->notes[said->note_count++] = activity_of(ctx, ABOUT_INVOICE, invoice_id, kind);
}

static void remind(struct ctx *ctx, struct said *said, const struct case_in_hand *hand, const struct case_circumstance *reader,
                   const struct dunning_step *steps, size_t count, size_t mail_step)
{
    const struct dunning_case *c = &hand->c;
    int32_t close_on = dunning_announced_close_on(steps, count, mail_step, c->due_on);
    char day[DATE_TEXT_BYTES];

    said->payable[said->mail_count] = c->invoice_id;
    said->mails[said->mail_count++] = (struct mail){
        .template = "pay_reminder", .language = reader->language, .to_address = reader->email, .to_name = reader->name, .customer_id = c->customer_id,
        .subscription_id = c->subscription_id, .invoice_id = c->invoice_id,
        .params = history_params(ctx->arena, "company", reader->is_company ? "yes" : "", "close_on", close_on != DATE_NONE ? date_iso(close_on, day) : "",
                                 "asked", number_text(ctx, hand->owed.open_minor), NULL),
        .dedup_key = arena_printf(ctx->arena, "pay_reminder %lld %zu", (long long)c->invoice_id, mail_step)};
    note(ctx, said, c->invoice_id, "dunning.mail");
}

/* A case that a payment had ended and that is open again repeats its steps: what was sent then is not sent anew. */
static enum err write_said(struct ctx *ctx, const struct said *said)
{
    char **tokens = ARENA_ARRAY(ctx->arena, char *, said->mail_count + 1);

    TRY(ctx, insert_links(ctx, LINK_KIND_PAY, said->payable, said->mail_count, ctx->now + PAY_LINK_DAYS * 86400 * CLOCK_SECOND, tokens));
    for (size_t i = 0; i < said->mail_count; i++)
        said->mails[i].token = tokens[i];
    TRY(ctx, queue_mails_once(ctx, said->mails, said->mail_count));
    return note_activities(ctx, said->notes, said->note_count);
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
        told[count++] = activity_of(ctx, ABOUT_SUBSCRIPTION, id, "subscription.past_due");
        state = late;
    }
    *happened = subscription_next(state, SUBSCRIPTION_GIVEN_UP) != 0;
    if (*happened) {
        told[count++] = activity_of(ctx, ABOUT_SUBSCRIPTION, id, "subscription.given_up");
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

static enum err close_subscriptions(struct ctx *ctx, const struct billed_subscription *rows, size_t count, int64_t *closed)
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

static enum err fall_behind(struct ctx *ctx, const struct billed_subscription *rows, size_t count)
{
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

static struct dunning_case new_case(const struct ctx *ctx, const struct overdue *facts, int32_t due_on)
{
    return (struct dunning_case){.invoice_id = facts->invoice_id, .customer_id = facts->customer_id, .subscription_id = facts->subscription_id,
        .rule_id = facts->rule_id, .close_days = facts->close_days, .due_on = due_on, .last_step_on = DATE_NONE, .next_on = ctx->today_on,
        .state = "open", .opened_on = ctx->today_on, .ended_on = DATE_NONE, .stop_reason = ""};
}

/* again: it takes the place of the one that a payment had ended before it was taken back. The receivable is locked. */
static enum err open_declined(struct ctx *ctx, int64_t invoice_id, bool can_retry, bool again)
{
    struct said said = nothing_said(ctx, 1);
    struct overdue facts;
    struct dunning_case c;
    struct dunning_step *steps;
    size_t count;

    TRY(ctx, overdue_of(ctx, invoice_id, &facts));
    c = new_case(ctx, &facts, facts.due_on < ctx->today_on ? facts.due_on : ctx->today_on);
    c.can_retry = can_retry;
    TRY(ctx, dunning_case_steps(ctx, c.rule_id, c.close_days, &steps, &count));
    /* The mail that tells of the decline is that of the due day. */
    while ((size_t)c.steps_done < count && steps[c.steps_done].offset_days == 0 && steps[c.steps_done].action == DUNNING_MAIL)
        c.steps_done++;
    TRY(ctx, again ? save_dunning_cases(ctx, &c, 1) : insert_dunning_cases(ctx, &c, 1));
    note(ctx, &said, c.invoice_id, "dunning.opened");
    return write_said(ctx, &said);
}

/* The reminder that waited for this try goes out. */
static enum err send_waiting_mail(struct ctx *ctx, const struct case_in_hand *hand)
{
    const struct dunning_case *c = &hand->c;
    struct said said = nothing_said(ctx, 1);
    struct case_circumstance *reader;
    struct dunning_step *steps;
    size_t mail_step = (size_t)c->steps_done;
    size_t count;
    size_t readers;

    TRY(ctx, dunning_case_steps(ctx, c->rule_id, c->close_days, &steps, &count));
    while (mail_step > 0 && steps[mail_step - 1].action != DUNNING_MAIL)
        mail_step--;
    if (mail_step == 0)
        return OK;
    TRY(ctx, case_circumstances(ctx, hand, 1, &reader, &readers));
    CHECK(readers == 1);
    remind(ctx, &said, hand, reader, steps, count, mail_step - 1);
    return write_said(ctx, &said);
}

enum err note_declined_debit(struct ctx *ctx, const struct receivable *receivable, bool can_retry, bool *tells)
{
    struct case_in_hand hand = {.owed = *receivable};
    enum err err = lock_dunning_case(ctx, receivable->invoice_id, &hand.c);
    bool again = err == OK && strcmp(hand.c.state, "paid") == 0;

    *tells = err == ERR_NOT_FOUND || again;
    if (*tells) {
        ctx_forget_error(ctx);
        return open_declined(ctx, receivable->invoice_id, can_retry, again);
    }
    if (err != OK)
        return err;
    hand.c.can_retry = can_retry;
    if (hand.c.mail_waits)
        TRY(ctx, send_waiting_mail(ctx, &hand));
    hand.c.mail_waits = false;
    return save_dunning_cases(ctx, &hand.c, 1);
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
    return save_dunning_cases(ctx, &c, 1);
}

/* Nobody needs to be called any more: about the invoice, or a claim of one of its subscriptions. */
static enum err close_calls(struct ctx *ctx, int64_t invoice_id, const struct billed_subscription *rows, size_t count)
{
    struct operator_item *calls = ARENA_ARRAY(ctx->arena, struct operator_item, count + 1);

    for (size_t i = 0; i < count; i++)
        calls[i] = (struct operator_item){.kind = "dunning_call", .subject_kind = ABOUT_SUBSCRIPTION, .subject_id = rows[i].id};
    calls[count] = (struct operator_item){.kind = "dunning_call", .subject_kind = ABOUT_INVOICE, .subject_id = invoice_id};
    return close_operator_items_of(ctx, calls, count + 1);
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
    TRY(ctx, save_dunning_cases(ctx, &c, 1));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, invoice_id, strcmp(state, "paid") == 0 ? "dunning.paid" : "dunning.stopped", "{}"));
    TRY(ctx, subscriptions_of_invoices(ctx, &invoice_id, 1, &rows, &count));
    TRY(ctx, close_calls(ctx, invoice_id, rows, count));
    for (size_t i = 0; i < count; i++) {
        struct dunning_standing standing;
        struct subscription s;
        bool happened;

        if (subscription_next(subscription_state_from_name(rows[i].state), SUBSCRIPTION_CATCHES_UP) == 0)
            continue; /* whoever makes it fall behind over this invoice needs its case, which is locked */
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
    struct said said = nothing_said(ctx, work->overdue_count);
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
            again[again_count++] = new_case(ctx, facts, late[i].due_on);
        else
            first[first_count++] = new_case(ctx, facts, late[i].due_on);
        note(ctx, &said, facts->invoice_id, "dunning.opened");
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

static enum err take_steps(struct ctx *ctx, struct work *work, struct case_work *one, struct said *said)
{
    const struct dunning_decision *decision = &one->decision;
    struct dunning_case *c = &one->hand->c;

    if (decision->retry) {
        TRY(ctx, postpone_collection(ctx, c->invoice_id, ctx->today_on)); /* collect comes next */
        note(ctx, said, c->invoice_id, "dunning.retry");
    }
    if (decision->mail && !decision->retry)
        remind(ctx, said, one->hand, one->circumstance, one->facts.steps, one->facts.count, decision->mail_step);
    c->mail_waits = c->mail_waits || (decision->mail && decision->retry);
    if (decision->task)
        TRY(ctx, ask_person(ctx, &one->hand->owed));
    if (decision->block) {
        c->blocked = true;
        note(ctx, said, c->invoice_id, "dunning.blocked");
    }
    if (decision->close)
        TRY(ctx, close_subscriptions(ctx, one->billed, one->billed_count, &work->closed));
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

static enum err move_case(struct ctx *ctx, struct work *work, struct case_work *one, struct said *said)
{
    const struct dunning_decision *decision = &one->decision;
    const struct dunning_facts *facts = &one->facts;
    struct dunning_case *c = &one->hand->c;
    int32_t late = late_on(c, &one->rule->rule);

    /* The try that a mail waited for came to nothing that anybody was told of. */
    if (c->mail_waits && !facts->standing_still && c->last_step_on < ctx->today_on && one->hand->owed.collect_on == DATE_NONE) {
        remind(ctx, said, one->hand, one->circumstance, facts->steps, facts->count, facts->done > 0 ? facts->done - 1 : 0);
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
        end_case(ctx, c, "closed");
    else if (c->next_on == DATE_NONE)
        end_case(ctx, c, "done");
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
    struct said said = nothing_said(ctx, work->invoice_count);
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
    TRY(ctx, save_dunning_cases(ctx, &c, 1));
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
