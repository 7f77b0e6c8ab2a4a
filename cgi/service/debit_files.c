#include "service/debit_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/ids.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/mandate.h"
#include "core/numbering.h"
#include "core/return_code.h"
#include "core/target_day.h"
#include "document/pain008.h"
#include "service/debit_terms.h"
#include "service/debiting.h"
#include "service/restoring.h"
#include "store/company.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/mandate.h"
#include "store/payable.h"
#include "store/series.h"
#include "store/tenant.h"

struct making {
    struct collection_making *m;
    const struct once *once;
};

/* Paid otherwise, credited, or the mandate is gone: it never leaves. */
static enum err leave_out(struct ctx *ctx, const struct collection_row *row)
{
    struct attempt attempt;

    TRY(ctx, lock_attempt(ctx, row->attempt_id, &attempt));
    CHECK(attempt_next(attempt.state, ATTEMPT_CANCELLED, &attempt.state) == ATTEMPT_MOVES);
    return move_attempt(ctx, &attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_CANCELLED), "not collected");
}

/* A collection on its way into a file. */
struct departure {
    const struct collection_row *row;
    struct mandate *mandate; /* locked; one for all collections under it */
    struct pain008_collection item;
    struct collection collection;
    enum sequence_type sequence;
    enum sepa_scheme scheme;
    size_t place;
};

/* The mandate after a collection under it has left. */
static struct mandate mandate_after(const struct ctx *ctx, const struct departure *l, const struct pain008_batch *told)
{
    struct mandate m = *l->mandate;
    enum mandate_state next;

    m.last_collected_on = l->collection.collect_on;
    m.collected_key = m.account_key;
    m.creditor_id = told->creditor_id;
    m.creditor_name = told->creditor_name;
    m.warned_on = DATE_NONE;
    if (sequence_finishes(sequence_type_code(l->sequence)) && mandate_next(MANDATE_ACTIVE, MANDATE_FINISHES, &next)) {
        m.state = mandate_state_name(next);
        m.ended_on = ctx->today_on;
    }
    return m;
}

static struct attempt *attempt_of(struct attempt *attempts, size_t count, int64_t id)
{
    const struct attempt key = {.id = id};

    return bsearch(&key, attempts, count, sizeof attempts[0], by_id); /* its id comes first */
}

/* READY to PENDING: the file is the sending. All of it at once, one round trip for each kind of row. */
static enum err hand_over(struct ctx *ctx, const struct departure *leaving, size_t count, const struct pain008_batch *told)
{
    struct attempt_move *moves = ARENA_ARRAY(ctx->arena, struct attempt_move, count);
    struct collection *collections = ARENA_ARRAY(ctx->arena, struct collection, count);
    struct mandate *mandates = ARENA_ARRAY(ctx->arena, struct mandate, count);
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, count);
    struct attempt *attempts;
    size_t found;

    for (size_t i = 0; i < count; i++)
        ids[i] = leaving[i].collection.attempt_id;
    TRY(ctx, lock_attempts_of(ctx, ids, count, &attempts, &found));
    for (size_t i = 0; i < count; i++) {
        struct attempt *attempt = attempt_of(attempts, found, ids[i]);

        CHECK(attempt != NULL && attempt_next(attempt->state, ATTEMPT_PICKED, &attempt->state) == ATTEMPT_MOVES);
        CHECK(attempt_next(attempt->state, ATTEMPT_PROCESSES, &attempt->state) == ATTEMPT_MOVES);
        attempt->next_check_at = 0;
        moves[i] = (struct attempt_move){*attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_PROCESSES), leaving[i].collection.batch_id};
        collections[i] = leaving[i].collection;
        mandates[i] = mandate_after(ctx, &leaving[i], told);
    }
    TRY(ctx, move_attempts(ctx, moves, count));
    TRY(ctx, save_collections(ctx, collections, count));
    return save_mandates(ctx, mandates, count);
}

static bool still_to_collect(const struct collection_row *row, const struct receivable *receivable, const struct mandate *m, const char *iban,
                             int32_t collect_on)
{
    const struct collection_facts facts = collection_facts_of(m, row->amount_minor, receivable->currency, row->noticed_on, 1, iban, row->city);

    return receivable->open_minor == row->amount_minor && collection_may_be_made(&facts, collect_on) == COLLECTION_NOT_REFUSED;
}

/* One batch per day, scheme and sequence; inside, in the order in which they were planned. */
static bool same_batch(const struct departure *a, const struct departure *b)
{
    return a->collection.collect_on == b->collection.collect_on && a->scheme == b->scheme && a->sequence == b->sequence;
}

static int by_batch(const void *one, const void *other)
{
    const struct departure *a = one;
    const struct departure *b = other;

    if (a->collection.collect_on != b->collection.collect_on)
        return a->collection.collect_on < b->collection.collect_on ? -1 : 1;
    if (a->scheme != b->scheme)
        return a->scheme < b->scheme ? -1 : 1;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* What the file says of a collection. What an earlier one of the same mandate in this file tells of a change is told there. */
static void write_item(struct departure *l, const struct debit_terms *terms, const struct company *company, const char *iban, bool first)
{
    const struct collection_row *row = l->row;
    struct mandate *m = l->mandate;
    struct mandate_terms before = {row->reference, m->creditor_name, m->creditor_id, m->collected_key};
    struct mandate_terms now = {row->reference, company->name, terms->creditor_id, m->account_key};

    l->scheme = sepa_scheme_from_name(m->scheme);
    l->sequence = mandate_sequence(m->one_off, row->final, m->last_collected_on != DATE_NONE || !first, terms->mark_first);
    l->item = (struct pain008_collection){
        .end_to_end_id = row->attempt_key, .amount_minor = row->amount_minor, .mandate_reference = row->reference, .signed_on = row->signed_on,
        .amendment = mandate_amendment(m->last_collected_on == DATE_NONE || !first ? NULL : &before, &now), .debtor_name = m->holder,
        .debtor_address = {row->street, row->postal_code, row->city, row->country}, .iban = iban, .bic = m->bic, .text = row->number};
}

struct file_making {
    struct debit_terms terms;
    struct company company;
    struct collection_row *rows;
    struct mandate *mandates;        /* of those that may leave, locked, by method */
    bool *has_left;                  /* something of that mandate is in this file */
    struct receivable *receivables;  /* likewise, by invoice */
    struct departure *leaving;
    size_t count, mandate_count, receivable_count, used;
};

/* The day on which the payer was told, which is the day of the plan unless the mail left later; on a test clock always. */
static int32_t told_on(const struct ctx *ctx, const struct file_making *f, const struct collection_row *row)
{
    int32_t on;
    int minute;

    if (ctx->tenant->test || row->noticed_at == 0 || !date_local_time(row->noticed_at, f->company.time_zone, &on, &minute))
        return row->noticed_on;
    return on > row->noticed_on ? on : row->noticed_on;
}

/* Whoever is announced to must have been told. */
static bool is_told(const struct ctx *ctx, const struct collection_row *row)
{
    return row->noticed || !tenant_announces(ctx->tenant);
}

/* Mandates and what is open of all that may leave, locked: a transfer that comes in this moment pays before, or waits. */
static enum err look_up_terms(struct ctx *ctx, struct file_making *f)
{
    int64_t *methods = ARENA_ARRAY(ctx->arena, int64_t, f->count + 1);
    int64_t *invoices = ARENA_ARRAY(ctx->arena, int64_t, f->count + 1);
    size_t told = 0;

    for (size_t i = 0; i < f->count; i++)
        if (is_told(ctx, &f->rows[i])) {
            methods[told] = f->rows[i].payment_method_id;
            invoices[told++] = f->rows[i].invoice_id;
        }
    if (told == 0)
        return OK;
    TRY(ctx, lock_mandates_of(ctx, methods, ids_once(methods, told), &f->mandates, &f->mandate_count));
    f->has_left = ARENA_ARRAY(ctx->arena, bool, f->mandate_count + 1);
    return lock_receivables_of(ctx, invoices, ids_once(invoices, told), &f->receivables, &f->receivable_count);
}

/* Their ids come first. */
static size_t mandate_for(const struct file_making *f, int64_t payment_method_id)
{
    const struct mandate key = {.payment_method_id = payment_method_id};
    const struct mandate *found = bsearch(&key, f->mandates, f->mandate_count, sizeof f->mandates[0], by_id);

    CHECK(found != NULL);
    return (size_t)(found - f->mandates);
}

static const struct receivable *receivable_for(const struct file_making *f, int64_t invoice_id)
{
    const struct receivable key = {.invoice_id = invoice_id};
    const struct receivable *found = bsearch(&key, f->receivables, f->receivable_count, sizeof f->receivables[0], by_id);

    CHECK(found != NULL);
    return found;
}

/* Days by which a debit may come later than it was announced: a weekend with holidays, or a file that was made a little late. */
enum { MOVES_UNTOLD = 5 };

/* Its day has passed long ago: it is announced anew, with all of its notice, and waits for another file. */
static enum err announce_anew(struct ctx *ctx, const struct collection_row *row, const struct receivable *receivable)
{
    TRY(ctx, leave_out(ctx, row));
    return plan_in_transaction(ctx, receivable, row->payment_method_id);
}

/* What still stands of what waits, in the order of batches. */
static enum err choose_leaving(struct ctx *ctx, struct file_making *f, struct collection_making *m)
{
    struct target_terms bank = bank_terms(&f->terms);
    int minute = minute_now(ctx);

    TRY(ctx, look_up_terms(ctx, f));
    for (size_t i = 0; i < f->count; i++) {
        const struct collection_row *row = &f->rows[i];
        struct payment_method method = {.id = row->payment_method_id, .token_sealed = row->token_sealed};
        struct departure *l = &f->leaving[f->used];
        int32_t on, noticed_on = told_on(ctx, f, row);
        const char *iban;
        size_t mandate;
        bool first;

        if (!is_told(ctx, row)) {
            m->unnoticed++;
            continue;
        }
        on = collection_on(&bank, row->collect_on, noticed_on, noticed_on > row->noticed_on ? f->terms.notice_days : 0, ctx->today_on, minute);
        mandate = mandate_for(f, row->payment_method_id);
        l->mandate = &f->mandates[mandate];
        first = !f->has_left[mandate];
        TRY(ctx, payment_method_token(ctx, &method, &iban));
        if ((!first && l->mandate->one_off) || !still_to_collect(row, receivable_for(f, row->invoice_id), l->mandate, iban, on)) {
            TRY(ctx, leave_out(ctx, row));
            m->left_out++;
            continue;
        }
        if (noticed_on == row->noticed_on && on - row->collect_on > MOVES_UNTOLD) {
            TRY(ctx, announce_anew(ctx, row, receivable_for(f, row->invoice_id)));
            m->anew++;
            continue;
        }
        l->row = row;
        l->place = i;
        write_item(l, &f->terms, &f->company, iban, first);
        l->collection = (struct collection){.attempt_id = row->attempt_id, .collect_on = on, .return_code = "", .sequence = sequence_type_code(l->sequence),
                                            .settles_on = collection_settles_on(l->scheme, on)};
        f->has_left[mandate] = true;
        f->used++;
    }
    qsort(f->leaving, f->used, sizeof f->leaving[0], by_batch);
    return OK;
}

static enum err make(struct ctx *ctx, void *arg)
{
    struct making *w = arg;
    struct collection_making *m = w->m;
    struct file_making f = {.used = 0};
    struct pain008_collection *items;
    struct pain008_batch *batches;
    struct pain008_file file = {.created_at = ctx->now};
    struct collection_file stored = {.first_on = DATE_NONE};
    char *text, day[DATE_TEXT_BYTES], number[NUMBER_BYTES];
    size_t bytes;

    *m = (struct collection_making){0};
    TRY(ctx, debit_terms(ctx, &f.terms));
    TRY(ctx, company_current(ctx, &f.company));
    TRY(ctx, waiting_collections(ctx, date_from_civil(9999, 12, 31), COLLECTIONS_MAX, true, &f.rows, &f.count));
    f.leaving = ARENA_ARRAY(ctx->arena, struct departure, f.count + 1);
    TRY(ctx, choose_leaving(ctx, &f, m));
    if (f.used == 0 && m->anew == 0)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, f.used == 0 ? "anew" : m->anew > 0 ? "file_anew" : "file", &m->url));
    if (f.used == 0)
        return OK;
    TRY(ctx, take_number(ctx, "SDD", number));
    items = ARENA_ARRAY(ctx->arena, struct pain008_collection, f.used);
    batches = ARENA_ARRAY(ctx->arena, struct pain008_batch, f.used);
    file.message_id = stored.message_id = arena_strdup(ctx->arena, number);
    file.version = strcmp(f.terms.version, "pain.008.001.02") == 0 ? PAIN008_001_02 : PAIN008_001_08;
    for (size_t i = 0; i < f.used; i++) {
        struct departure *l = &f.leaving[i];

        items[i] = l->item;
        if (i == 0 || !same_batch(&f.leaving[i - 1], l)) {
            file.count++;
            batches[file.count - 1] = (struct pain008_batch){
                .id = arena_printf(ctx->arena, "%s-%zu", number, file.count), .scheme = l->scheme, .sequence = l->sequence,
                .collection_on = l->collection.collect_on, .creditor_name = f.company.name,
                .creditor_address = {f.company.street, f.company.postal_code, f.company.city, f.company.country}, .creditor_id = f.terms.creditor_id,
                .iban = f.company.iban, .bic = f.company.bic, .one_booking = true, .collections = &items[i]};
        }
        batches[file.count - 1].count++;
        l->collection.batch_id = batches[file.count - 1].id;
    }
    stored.first_on = f.leaving[0].collection.collect_on;
    file.batches = batches;
    TRY(ctx, pain008_write(ctx, &file, &text, &bytes, &stored.sum_minor));
    stored.version = pain008_version_name(file.version);
    stored.collection_count = (int32_t)f.used;
    TRY(ctx, insert_collection_file(ctx, &stored, text, bytes));
    crash_point("C21");
    for (size_t i = 0; i < f.used; i++)
        f.leaving[i].collection.file_id = stored.id;
    TRY(ctx, hand_over(ctx, f.leaving, f.used, &batches[0]));
    m->count = (int32_t)f.used;
    m->file_id = stored.id;
    return note_audit(ctx, "collection.file", arena_printf(ctx->arena, "%s %s", number, date_iso(stored.first_on, day)), "ok");
}

enum err make_collection_file(struct ctx *ctx, struct collection_making *making, const struct once *once)
{
    struct making work = {making, once};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refuse_while_restored(ctx));
    return db_transaction(ctx, make, &work);
}
