#include "service/debit_answers.h"

#include <string.h>

#include "base/check.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/mandate.h"
#include "service/debiting.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/mandate.h"
#include "store/payable.h"

#define N_(text) text

const char *file_refusal_text(enum file_refusal refusal)
{
    switch (refusal) {
    case FILE_NOT_REFUSED: return "";
    case FILE_ANSWERED: return N_("Somebody answered for this file meanwhile.");
    case FILE_ARRIVED: return N_("The bank has booked or refused a debit of this file: it was sent.");
    }
    return "";
}

/* The only or final collection of a mandate was never presented: it is not used up by it. One that was revoked since stays so. */
static enum err spare_mandate(struct ctx *ctx, const struct collection *c)
{
    enum mandate_state next;
    struct mandate m;

    if (!sequence_finishes(c->sequence))
        return OK;
    TRY(ctx, lock_mandate(ctx, c->payment_method_id, &m));
    if (!mandate_next(mandate_state_from_name(m.state), MANDATE_RETRACTS, &next))
        return OK;
    m.state = mandate_state_name(next);
    m.ended_on = DATE_NONE;
    return save_mandate(ctx, &m);
}

/* Nothing of it left: what is still owed is due for a new plan, with a notice and an end-to-end id of its own. */
static enum err give_up_collection(struct ctx *ctx, int64_t attempt_id, const char *message_id)
{
    struct receivable receivable;
    struct collection c;
    struct attempt attempt;

    TRY(ctx, lock_attempt(ctx, attempt_id, &attempt));
    TRY(ctx, collection_of(ctx, attempt_id, &c));
    if (attempt.state != ATTEMPT_PENDING) /* the bank speaks of it in this very moment: its word stands */
        return OK;
    CHECK(attempt_next(attempt.state, ATTEMPT_DECLINES, &attempt.state) == ATTEMPT_MOVES);
    TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_PENDING, attempt_event_name(ATTEMPT_DECLINES), "never handed to the bank"));
    c.settles_on = DATE_NONE;
    TRY(ctx, save_collection(ctx, &c));
    TRY(ctx, spare_mandate(ctx, &c));
    TRY(ctx, lock_receivable(ctx, c.invoice_id, &receivable));
    if (receivable.open_minor == 0)
        return OK;
    TRY(ctx, postpone_collection(ctx, c.invoice_id, ctx->today_on));
    return note_activity(ctx, ABOUT_INVOICE, c.invoice_id, "invoice.never_sent", history_params(ctx->arena, "file", message_id, NULL));
}

/* A mandate for one debit is no subscription's payment method: its debit is announced anew here, all others by the next run. */
static enum err plan_one_offs_anew(struct ctx *ctx, int64_t file_id)
{
    struct spared_debit *rows;
    size_t count;

    TRY(ctx, spared_one_offs(ctx, file_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct receivable receivable;

        TRY(ctx, receivable_of(ctx, rows[i].invoice_id, &receivable));
        if (receivable.open_minor > 0)
            TRY(ctx, plan_in_transaction(ctx, &receivable, rows[i].payment_method_id));
    }
    return OK;
}

struct answering {
    struct file_answer *answer;
    const struct once *once;
};

static enum err answer_file(struct ctx *ctx, void *arg)
{
    struct answering *w = arg;
    struct file_answer *a = w->answer;
    const char *word = a->sent ? "sent" : "never";
    struct collection_file file;
    struct debited *rows;
    size_t count;

    a->refusal = FILE_NOT_REFUSED;
    TRY(ctx, collection_file_by_id(ctx, a->file_id, &file));
    if (file.answer[0] != '\0' && strcmp(file.answer, word) != 0)
        a->refusal = FILE_ANSWERED;
    else if (!a->sent && file.spoken && file.answer[0] == '\0')
        a->refusal = FILE_ARRIVED;
    if (a->refusal != FILE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, "", &a->url));
    if (file.answer[0] != '\0')
        return OK;
    TRY(ctx, insert_file_answer(ctx, file.id, word, ctx->actor));
    TRY(ctx, close_operator_items(ctx, "file_unanswered", ABOUT_HOUSE, file.id));
    TRY(ctx, note_audit(ctx, "collection.answer", file.message_id, word));
    if (a->sent)
        return OK;
    TRY(ctx, collections_of_batch(ctx, file.message_id, "", &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, give_up_collection(ctx, rows[i].attempt_id, file.message_id));
    TRY(ctx, forget_collections_given_up(ctx, file.id));
    return plan_one_offs_anew(ctx, file.id);
}

enum err answer_for_file(struct ctx *ctx, struct file_answer *answer, const struct once *once)
{
    struct answering work = {answer, once};
    enum err err;

    TRY(ctx, db_ready(ctx));
    err = db_transaction(ctx, answer_file, &work);
    if (err != ERR_DUPLICATE)
        return err;
    ctx_forget_error(ctx);
    answer->refusal = FILE_ANSWERED;
    return OK;
}
