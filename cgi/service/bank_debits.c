#include "service/bank_debits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/receipt.h"
#include "service/debit_returns.h"
#include "service/debit_settling.h"

enum { GROUP = 500 }; /* entries that are looked up at once */

/* ---- what a statement or notification says ---- */

/* What asking about a statement's entries keeps in mind. */
struct asking {
    bool booked; /* a statement: only that says that money is there */
    struct debit_said *said;
    size_t said_count;
};

/* A credit for one debit of ours, or for several as one. What is not as asked waits for a person. */
static enum err ask_credit(struct ctx *ctx, struct asking *asking, struct told_entry *taken)
{
    struct bank_entry_row *e = &taken->row;
    struct debit_told told = {.attempt_id = e->attempt_id, .file_id = e->file_id, .batch_id = e->batch_id, .amount_minor = e->amount_minor, .currency = e->currency,
                              .booked_on = e->booked_on, .said = asking->said, .said_count = asking->said_count};

    TRY(ctx, settle_credit(ctx, &told));
    e->file_id = told.file_id;
    e->batch_id = told.batch_id;
    asking->said[asking->said_count++] = (struct debit_said){e->attempt_id, e->file_id, e->batch_id, e->amount_minor};
    taken->ours = told.verdict == DEBIT_AS_ASKED;
    if (taken->ours)
        return OK;
    e->doubt = debit_verdict_name(told.verdict);
    e->asked_minor = told.asked_minor;
    return OK;
}

/* A debit of ours goes back: acts wherever it is told. What was told before finds everything where it is. Banks that give no
 * reason take back what was collected to the cent; another sum without one is for a person. */
static enum err ask_return(struct ctx *ctx, const struct asking *asking, struct told_entry *taken)
{
    struct bank_entry_row *e = &taken->row;
    struct handed_debit row;

    TRY(ctx, credited_debit(ctx, e->attempt_id, 0, &row));
    e->file_id = row.file_id;
    if (e->return_code[0] != '\0')
        return return_collection(ctx, e->end_to_end_id, e->return_code, &taken->ours);
    if (e->credit || !asking->booked)
        return OK;
    if (row.debited.amount_minor == e->amount_minor && strcmp(row.debited.currency, e->currency) == 0)
        return return_collection(ctx, e->end_to_end_id, "MS03", &taken->ours);
    return OK;
}

/* Is the entry about direct debits of ours? */
static enum err ask_entry(struct ctx *ctx, struct asking *asking, struct told_entry *taken)
{
    struct bank_entry_row *e = &taken->row;
    bool credits = asking->booked && e->credit && e->return_code[0] == '\0';

    if (e->is_fee) /* that of a return may name it, and is none */
        return OK;
    /* Also one whose end-to-end id the bank did not keep: it is of the batch, and no transfer. */
    if (e->attempt_id == 0 && credits && (taken->batch_count > 0 || taken->batch_id[0] != '\0')) {
        TRY(ctx, file_of_batch(ctx, taken->message_id, taken->batch_id, &e->file_id));
        e->batch_id = e->file_id != 0 ? taken->batch_id : "";
    }
    if (e->attempt_id == 0 && e->file_id == 0)
        return OK;
    if (!credits) /* of one: only credits are looked for by their batch */
        return ask_return(ctx, asking, taken);
    return taken->known ? OK : ask_credit(ctx, asking, taken);
}

static int by_day_then_credit(const void *a, const void *b)
{
    const struct told_entry *const *x = a;
    const struct told_entry *const *y = b;

    if ((*x)->row.booked_on != (*y)->row.booked_on)
        return (*x)->row.booked_on < (*y)->row.booked_on ? -1 : 1;
    if ((*x)->row.credit != (*y)->row.credit)
        return (*x)->row.credit ? -1 : 1;
    if (((*x)->row.attempt_id != 0) != ((*y)->row.attempt_id != 0)) /* what names a debit explains what names its batch */
        return (*x)->row.attempt_id != 0 ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* In the order of the days, money before what goes back: a return finds what it returns. */
enum err ask_about_debits(struct ctx *ctx, struct told_entry *entries, size_t count, bool booked, int32_t *moved)
{
    const char **texts = ARENA_ARRAY(ctx->arena, const char *, count + 1);
    int64_t *attempts = ARENA_ARRAY(ctx->arena, int64_t, GROUP);
    bool *known = ARENA_ARRAY(ctx->arena, bool, GROUP);
    struct told_entry **order = ARENA_ARRAY(ctx->arena, struct told_entry *, count + 1);
    struct asking asking = {booked, ARENA_ARRAY(ctx->arena, struct debit_said, count + 1), 0};

    for (size_t from = 0; from < count; from += GROUP) {
        size_t some = count - from < GROUP ? count - from : GROUP;

        for (size_t k = 0; k < some; k++)
            texts[k] = entries[from + k].row.end_to_end_id;
        TRY(ctx, known_collections(ctx, texts, some, attempts));
        for (size_t k = 0; k < some; k++)
            texts[k] = entries[from + k].row.entry_key;
        TRY(ctx, known_bank_entries(ctx, texts, some, known));
        for (size_t k = 0; k < some; k++) {
            entries[from + k].known = known[k];
            entries[from + k].row.attempt_id = entries[from + k].row.is_fee ? 0 : attempts[k];
            order[from + k] = &entries[from + k];
        }
    }
    qsort(order, count, sizeof order[0], by_day_then_credit);
    for (size_t k = 0; k < count; k++) {
        TRY(ctx, ask_entry(ctx, &asking, order[k]));
        if (order[k]->ours) {
            order[k]->row.state = "aside";
            (*moved)++;
        }
    }
    return OK;
}

/* ---- what an answer says ---- */

/* ISO 20022's statuses of what was taken in and may still go well. */
static bool goes_on(const char *status)
{
    static const char *const known[] = {"RCVD", "PDNG", "PART", "ACTC", "ACCP", "ACFC", "ACWC", "ACWP", "ACSP", "ACSC", "ACCC"};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(status, known[i]) == 0)
            return true;
    return false;
}

enum err take_bank_answer(struct ctx *ctx, int64_t import_id, const struct bank_answer *a, int32_t *moved)
{
    const char *code = a->code[0] != '\0' ? a->code : "MS03";
    struct operator_item item = {.kind = "bank_answer", .subject_kind = ABOUT_HOUSE, .subject_id = import_id, .opened_on = ctx->today_on};
    int32_t refused = 0;
    bool known = false;

    if (goes_on(a->status))
        return OK;
    if (strcmp(a->status, "RJCT") != 0)
        code = a->status;
    else if (a->level == ANSWER_COLLECTION)
        TRY(ctx, return_collection(ctx, a->end_to_end_id, code, &known));
    else
        TRY(ctx, refuse_batch(ctx, a->level == ANSWER_FILE ? a->message_id : "", a->batch_id, code, &refused));
    if (known || refused > 0) {
        *moved += known ? 1 : refused;
        return OK;
    }
    item.detail = str_cut(ctx->arena, arena_printf(ctx->arena, "%s %s %s %s", a->message_id, a->batch_id, a->end_to_end_id, code), 500);
    return open_operator_item(ctx, &item);
}

/* ---- what differs ---- */

enum err tell_doubt(struct ctx *ctx, const struct bank_entry_row *row)
{
    const char *reference = row->batch_id[0] != '\0' ? row->batch_id : row->end_to_end_id[0] != '\0' ? row->end_to_end_id : row->bank_ref;
    struct operator_item item = {.kind = "debit_differs", .subject_kind = ABOUT_HOUSE, .subject_id = row->id, .amount_minor = row->amount_minor,
                                 .currency = row->currency, .opened_on = ctx->today_on};

    item.detail = str_cut(ctx->arena, arena_printf(ctx->arena, "%s %" PRId64 " %s", row->doubt, row->asked_minor, reference), 500);
    return open_operator_item(ctx, &item);
}

enum err forget_doubt(struct ctx *ctx, int64_t entry_id)
{
    return close_operator_items(ctx, "debit_differs", ABOUT_HOUSE, entry_id);
}

static enum err end_doubt(struct ctx *ctx, void *arg)
{
    const struct bank_entry_row *entry = arg;

    TRY(ctx, forget_doubt(ctx, entry->id));
    return resolve_bank_entry(ctx, entry->id, 0, 0);
}

enum err ask_doubts(struct ctx *ctx, int64_t import_id, struct answered_doubts *answered)
{
    struct bank_entry_row *rows;
    size_t count;

    *answered = (struct answered_doubts){0};
    TRY(ctx, doubted_bank_entries(ctx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct debit_told told = {.attempt_id = rows[i].attempt_id, .file_id = rows[i].file_id, .batch_id = rows[i].batch_id, .amount_minor = rows[i].amount_minor,
                                  .currency = rows[i].currency, .booked_on = rows[i].booked_on, .entry_id = rows[i].id};

        TRY(ctx, settle_credit(ctx, &told));
        if (told.verdict != DEBIT_AS_ASKED)
            continue;
        TRY(ctx, db_transaction(ctx, end_doubt, &rows[i]));
        answered->count++;
        answered->of_import += rows[i].import_id == import_id;
    }
    return OK;
}
