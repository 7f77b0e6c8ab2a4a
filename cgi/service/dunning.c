#include "service/dunning.h"

#include <string.h>

#include "base/check.h"
#include "service/dunning_case.h"
#include "service/falling_behind.h"
#include "store/db.h"
#include "store/dunning.h"
#include "store/history.h"
#include "text/words.h"

/* again: it takes the place of the one that a payment had ended before it was taken back. The receivable is locked. */
static enum err open_declined(struct ctx *ctx, int64_t invoice_id, bool can_retry, bool again)
{
    struct dunning_said said = nothing_said(ctx, 1);
    struct overdue facts;
    struct dunning_case c;
    struct dunning_step *steps;
    size_t count;

    TRY(ctx, overdue_of(ctx, invoice_id, &facts));
    c = new_dunning_case(ctx, &facts, facts.due_on < ctx->today_on ? facts.due_on : ctx->today_on);
    c.can_retry = can_retry;
    TRY(ctx, dunning_case_steps(ctx, c.rule_id, c.close_days, &steps, &count));
    /* The mail that tells of the decline is that of the due day. */
    while ((size_t)c.steps_done < count && steps[c.steps_done].offset_days == 0 && steps[c.steps_done].action == DUNNING_MAIL)
        c.steps_done++;
    TRY(ctx, again ? save_dunning_cases(ctx, &c, 1) : insert_dunning_cases(ctx, &c, 1));
    say_note(ctx, &said, c.invoice_id, "dunning.opened");
    return write_said(ctx, &said);
}

/* The reminder that waited for this try goes out. */
static enum err send_waiting_mail(struct ctx *ctx, const struct case_in_hand *hand)
{
    const struct dunning_case *c = &hand->c;
    struct dunning_said said = nothing_said(ctx, 1);
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
    say_reminder(ctx, &said, hand, reader, steps, count, mail_step - 1);
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
    end_dunning_case(ctx, &c, "stopped");
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
    end_dunning_case(ctx, &c, state);
    c.stop_reason = reason;
    TRY(ctx, save_dunning_cases(ctx, &c, 1));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, invoice_id, strcmp(state, "paid") == 0 ? "dunning.paid" : "dunning.stopped", "{}"));
    TRY(ctx, subscriptions_of_invoices(ctx, &invoice_id, 1, &rows, &count));
    TRY(ctx, close_calls(ctx, invoice_id, rows, count));
    return catch_up(ctx, rows, count);
}

enum err end_case_paid(struct ctx *ctx, int64_t invoice_id)
{
    return end_with(ctx, invoice_id, "paid", "");
}

enum err end_case_dropped(struct ctx *ctx, int64_t invoice_id)
{
    return end_with(ctx, invoice_id, "stopped", N_("Nothing is asked any more"));
}

/* ---- a person ---- */

static char *number_text(struct ctx *ctx, int64_t number)
{
    return arena_printf(ctx->arena, "%lld", (long long)number);
}

struct stopping {
    int64_t invoice_id;
    const char *reason;
    const struct once *once;
    struct dunning_stop *result;
};

static enum err stop(struct ctx *ctx, void *arg)
{
    const struct stopping *act = arg;
    struct receivable receivable;
    struct dunning_case c;

    *act->result = (struct dunning_stop){.stale = false};
    TRY(ctx, lock_receivable(ctx, act->invoice_id, &receivable));
    TRY(ctx, lock_dunning_case(ctx, act->invoice_id, &c));
    act->result->stale = strcmp(c.state, "open") != 0;
    if (act->result->stale)
        return OK;
    TRY(ctx, spend_once(ctx, act->once, number_text(ctx, act->invoice_id), &act->result->url));
    end_dunning_case(ctx, &c, "stopped");
    c.stop_reason = act->reason;
    c.blocked = false;
    TRY(ctx, save_dunning_cases(ctx, &c, 1));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, c.invoice_id, "dunning.stopped", history_params(ctx->arena, "reason", act->reason, NULL)));
    return note_audit(ctx, "dunning.stop", number_text(ctx, c.invoice_id), "ok");
}

enum err stop_case(struct ctx *ctx, int64_t invoice_id, const char *reason, const struct once *once, struct dunning_stop *result)
{
    struct stopping act = {.invoice_id = invoice_id, .reason = reason, .once = once, .result = result};

    return db_transaction(ctx, stop, &act);
}
