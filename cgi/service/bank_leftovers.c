#include "service/bank_leftovers.h"

#include <string.h>

#include "core/attempt.h"
#include "core/bank_fee.h"
#include "core/debit_credit.h"
#include "service/bank_debits.h"
#include "service/bank_fees.h"
#include "service/bank_matching.h"
#include "service/booking.h"
#include "service/debit_returns.h"
#include "service/debit_settling.h"
#include "service/receiving.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"

#define N_(text) text

const char *resolve_refusal_text(enum resolve_refusal refusal)
{
    switch (refusal) {
    case RESOLVE_NOT_REFUSED: return "";
    case RESOLVE_DONE_BEFORE: return N_("Somebody has dealt with this entry meanwhile.");
    case RESOLVE_NO_INVOICE: return N_("No invoice has this number");
    case RESOLVE_CURRENCY: return N_("This invoice is in another currency");
    case RESOLVE_NO_FEE: return N_("What is missing is no small fee of the bank's, or another one by now. Look at the entry again.");
    case RESOLVE_NO_MONEY: return N_("This money left the account: it pays no invoice");
    case RESOLVE_SEVERAL: return N_("This is the money of several direct debits: it pays no single invoice");
    }
    return "";
}

enum err tell_leftovers(struct ctx *ctx)
{
    struct operator_item item = {.kind = "bank_open", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "", .detail = "",
                                 .opened_on = ctx->today_on};
    struct bank_entry_row first;
    enum err err = first_open_bank_entry(ctx, &first);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id);
    }
    if (err != OK)
        return err;
    item.amount_minor = first.amount_minor;
    item.currency = first.currency;
    return open_operator_item(ctx, &item);
}

enum err bank_leftovers(struct ctx *ctx, int64_t after_id, int32_t limit, struct bank_leftover **rows, size_t *count)
{
    struct bank_entry_row *entries;
    struct open_claims claims;

    TRY(ctx, open_bank_entries(ctx, after_id, limit, &entries, count));
    *rows = ARENA_ARRAY(ctx->arena, struct bank_leftover, *count + 1);
    if (*count == 0)
        return OK;
    TRY(ctx, load_open_claims(ctx, &claims));
    for (size_t i = 0; i < *count; i++) {
        struct match match = entry_match(&claims, &entries[i]);

        (*rows)[i].entry = entries[i];
        if (match.claim != NULL) { /* it matches by now: the invoice is younger than the statement */
            match.guess[0] = match.claim;
            match.guess_count = 1;
        }
        for (size_t k = 0; k < match.guess_count; k++)
            (*rows)[i].guess[(*rows)[i].guess_count++] = claims.rows[match.guess[k] - claims.claims];
    }
    return OK;
}

struct resolve_work {
    struct resolving *r;
    const struct once *once;
    int64_t journal_id;
};

static enum err resolve(struct ctx *ctx, void *arg)
{
    struct resolve_work *w = arg;
    struct resolving *r = w->r;
    struct bank_entry_row entry;
    struct invoice invoice = {.id = 0};
    struct receipt receipt;
    struct booking booking;
    enum err err = OK;

    r->refusal = RESOLVE_NOT_REFUSED;
    TRY(ctx, lock_bank_entry(ctx, r->entry_id, &entry));
    if (strcmp(entry.state, "open") != 0) {
        r->refusal = RESOLVE_DONE_BEFORE;
        return pressed_before(ctx, w->once);
    }
    if (r->invoice_number[0] != '\0')
        err = invoice_by_number(ctx, r->invoice_number, &invoice);
    if (err == ERR_NOT_FOUND || (invoice.id != 0 && strcmp(invoice.kind, "invoice") != 0)) {
        ctx_forget_error(ctx);
        r->refusal = RESOLVE_NO_INVOICE;
        return OK;
    }
    if (err != OK)
        return err;
    if (invoice.id != 0 && strcmp(invoice.currency, entry.currency) != 0) {
        r->refusal = RESOLVE_CURRENCY;
        return OK;
    }
    if (invoice.id != 0 && !entry.credit) {
        r->refusal = RESOLVE_NO_MONEY;
        return OK;
    }
    if (invoice.id != 0 && entry.doubt[0] != '\0' && entry.attempt_id == 0) {
        r->refusal = RESOLVE_SEVERAL;
        return OK;
    }
    TRY(ctx, spend_once(ctx, w->once, "", &r->url));
    if (entry.doubt[0] != '\0')
        TRY(ctx, invoice.id != 0 ? close_debit_by_hand(ctx, entry.attempt_id) : resume_debits(ctx, entry.attempt_id, entry.file_id, entry.batch_id));
    TRY(ctx, forget_doubt(ctx, entry.id));
    TRY(ctx, resolve_bank_entry(ctx, entry.id, invoice.id != 0 ? invoice.customer_id : 0, invoice.id));
    TRY(ctx, note_audit(ctx, invoice.id != 0 ? "bank.match" : "bank.aside", entry.entry_key, "ok"));
    TRY(ctx, tell_leftovers(ctx));
    if (invoice.id == 0)
        return OK;
    receipt = entry_receipt(&entry, invoice.customer_id, invoice.id, w->journal_id);
    TRY(ctx, receive_payments(ctx, &receipt, 1, &booking));
    return book_entries(ctx, &booking, 1);
}

enum err resolve_entry(struct ctx *ctx, struct resolving *resolving, const struct once *once)
{
    struct resolve_work work = {.r = resolving, .once = once};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &work.journal_id));
    return db_transaction(ctx, resolve, &work);
}

struct refusing_work {
    struct debit_refusing *r;
    const struct once *once;
    const char *attempt_key;
};

static enum err note_refusal(struct ctx *ctx, void *arg)
{
    const struct refusing_work *w = arg;

    TRY(ctx, spend_once(ctx, w->once, "", &w->r->url));
    return note_audit(ctx, "bank.refused", w->attempt_key, "ok");
}

enum err refuse_debit(struct ctx *ctx, struct debit_refusing *r, const struct once *once)
{
    struct refusing_work work = {.r = r, .once = once};
    struct answered_doubts answered;
    struct bank_entry_row entry;
    struct handed_debit *rows;
    size_t count;
    bool known;

    TRY(ctx, db_ready(ctx));
    r->refusal = RESOLVE_DONE_BEFORE;
    TRY(ctx, pressed_before(ctx, once));
    TRY(ctx, bank_entry_by_id(ctx, r->entry_id, &entry));
    if (strcmp(entry.state, "open") != 0 || entry.doubt[0] == '\0' || entry.attempt_id != 0)
        return OK;
    TRY(ctx, credited_debits(ctx, entry.file_id, entry.batch_id, entry.id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].debited.attempt_id == r->attempt_id && attempt_state_from_name(rows[i].debited.state) == ATTEMPT_PENDING)
            work.attempt_key = rows[i].debited.attempt_key;
    if (work.attempt_key == NULL)
        return OK;
    r->refusal = RESOLVE_NOT_REFUSED;
    TRY(ctx, db_transaction(ctx, note_refusal, &work));
    TRY(ctx, return_collection(ctx, work.attempt_key, "MS03", &known)); /* told again it finds it done */
    TRY(ctx, ask_doubts(ctx, 0, &answered));
    return tell_leftovers(ctx);
}

/* ---- a fee that no file tells ---- */

static struct debit_told told_by(const struct bank_entry_row *entry, int64_t fee_minor)
{
    return (struct debit_told){.file_id = entry->file_id, .batch_id = entry->batch_id, .amount_minor = entry->amount_minor + fee_minor,
                               .currency = entry->currency, .booked_on = entry->booked_on, .entry_id = entry->id};
}

/* Of the debits that were to come. */
static enum err smallest_debit(struct ctx *ctx, const struct bank_entry_row *entry, int64_t *minor)
{
    struct handed_debit *rows;
    size_t count;

    TRY(ctx, credited_debits(ctx, entry->file_id, entry->batch_id, entry->id, &rows, &count));
    *minor = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        if (attempt_state_from_name(rows[i].debited.state) != ATTEMPT_DECLINED && rows[i].debited.amount_minor < *minor)
            *minor = rows[i].debited.amount_minor;
    return OK;
}

enum err fee_of_leftover(struct ctx *ctx, const struct bank_entry_row *entry, int64_t *fee_minor)
{
    struct debit_told told = told_by(entry, 0);
    int64_t smallest_minor;

    *fee_minor = 0;
    if (strcmp(entry->state, "open") != 0 || debit_verdict_from_name(entry->doubt) != DEBIT_OTHER_AMOUNT || entry->attempt_id != 0 || entry->fee_minor != 0)
        return OK;
    TRY(ctx, judge_credit(ctx, &told));
    if (told.verdict != DEBIT_OTHER_AMOUNT)
        return OK;
    TRY(ctx, smallest_debit(ctx, entry, &smallest_minor));
    *fee_minor = bank_fee_of_batch(told.asked_minor - told.before_minor, entry->amount_minor, smallest_minor);
    return OK;
}

struct keeping_work {
    struct fee_keeping *k;
    const struct once *once;
    int64_t journal_id;
};

static enum err keep_fee(struct ctx *ctx, void *arg)
{
    const struct keeping_work *w = arg;
    struct bank_entry_row entry;
    struct booking booking;

    TRY(ctx, lock_bank_entry(ctx, w->k->entry_id, &entry));
    if (strcmp(entry.state, "open") != 0) {
        w->k->refusal = RESOLVE_DONE_BEFORE;
        return pressed_before(ctx, w->once);
    }
    TRY(ctx, spend_once(ctx, w->once, "", &w->k->url));
    TRY(ctx, forget_doubt(ctx, entry.id));
    TRY(ctx, resolve_batch_entry(ctx, entry.id, w->k->fee_minor));
    TRY(ctx, note_audit(ctx, "bank.fee", entry.entry_key, "ok"));
    TRY(ctx, bank_fee_booking(ctx, &entry, w->k->fee_minor, false, entry.batch_id, w->journal_id, &booking));
    return book_entries(ctx, &booking, 1);
}

enum err book_batch_fee(struct ctx *ctx, struct fee_keeping *k, const struct once *once)
{
    struct keeping_work work = {.k = k, .once = once};
    struct bank_entry_row entry;
    struct debit_told told;
    int64_t fee_minor;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, bank_entry_by_id(ctx, k->entry_id, &entry));
    TRY(ctx, pressed_before(ctx, once));
    k->refusal = strcmp(entry.state, "open") != 0 ? RESOLVE_DONE_BEFORE : RESOLVE_NO_FEE;
    TRY(ctx, fee_of_leftover(ctx, &entry, &fee_minor));
    if (fee_minor == 0 || fee_minor != k->fee_minor)
        return OK;
    told = told_by(&entry, fee_minor);
    TRY(ctx, settle_credit(ctx, &told));
    if (told.verdict != DEBIT_AS_ASKED) /* another file came meanwhile */
        return OK;
    k->refusal = RESOLVE_NOT_REFUSED;
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &work.journal_id));
    return db_transaction(ctx, keep_fee, &work);
}
