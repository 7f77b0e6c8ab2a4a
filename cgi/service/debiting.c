#include "service/debiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/debit_credit.h"
#include "core/iban.h"
#include "core/mandate.h"
#include "core/numbering.h"
#include "core/posting.h"
#include "core/return_code.h"
#include "core/sepa_text.h"
#include "core/target_day.h"
#include "document/pain008.h"
#include "service/allocating.h"
#include "service/booking.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "service/settling.h"
#include "service/restoring.h"
#include "store/bank.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/journal.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/reconciliation.h"
#include "store/series.h"
#include "store/subscription.h"
#include "store/tenant.h"

#define N_(text) text
#define DAY (INT64_C(86400) * 1000000)

enum { SETTLED = 200 };

struct changing {
    const struct debit_terms *terms;
    const struct once *once;
    const char **url;
};

static enum err change(struct ctx *ctx, void *arg)
{
    const struct changing *w = arg;

    TRY(ctx, spend_once(ctx, w->once, "", w->url));
    TRY(ctx, save_debit_terms(ctx, w->terms));
    return note_audit(ctx, "debit.terms", w->terms->creditor_id, "ok");
}

enum err change_debit_terms(struct ctx *ctx, const struct debit_terms *terms, const struct once *once, const char **url)
{
    struct changing work = {terms, once, url};

    return db_transaction(ctx, change, &work);
}

/* ---- planning ---- */

static struct target_terms bank_terms(const struct debit_terms *terms)
{
    return (struct target_terms){terms->lead_days, terms->cut_off_hour * 60};
}

/* The minute of the seller's day; on a test clock the day is as if it began now. */
static int minute_now(struct ctx *ctx)
{
    struct company company;
    int32_t on;
    int minute = 0;

    if (company_current(ctx, &company) != OK || !date_local_time(ctx->now, company.time_zone, &on, &minute))
        ctx_forget_error(ctx);
    return minute;
}

static struct collection_facts facts_of(const struct mandate *m, int64_t amount_minor, const char *currency, int32_t noticed_on, int notice_days,
                                        const char *iban, const char *city)
{
    return (struct collection_facts){
        .state = mandate_state_from_name(m->state), .signed_on = m->signed_on, .last_collected_on = m->last_collected_on,
        .one_off = m->one_off, .b2b = strcmp(m->scheme, "b2b") == 0, .confirmed_on = m->confirmed_on, .currency = currency, .amount_minor = amount_minor, .noticed_on = noticed_on, .notice_days = notice_days,
        .outside_eea = !iban_country_in_eea(iban), .has_bic = m->bic[0] != '\0', .has_address = city[0] != '\0'};
}

struct planning {
    const struct receivable *receivable;
    int64_t payment_method_id;
    const char *token_sealed;        /* the account, where the caller has read it; NULL: read here, as the next */
    const struct debit_terms *terms; /* one for all that a run plans */
};

static const char *new_end_to_end_id(struct ctx *ctx)
{
    unsigned char bytes[14];

    random_bytes(bytes, sizeof bytes);
    return arena_printf(ctx->arena, "SDD%s", encode_hex(ctx->arena, bytes, sizeof bytes)); /* 31 characters, SEPA's alphabet */
}

static enum err tell_customer(struct ctx *ctx, const struct customer *customer, const struct mandate *m, const struct collection *c, int64_t attempt_id,
                              const struct receivable *receivable)
{
    struct mail mail = {.template = "sepa_prenotice", .customer_id = customer->id, .invoice_id = c->invoice_id, .subscription_id = receivable->subscription_id};
    char day[DATE_TEXT_BYTES];

    mail.language = customer->language;
    mail.to_address = customer->email;
    mail.to_name = customer->name;
    mail.params = history_params(ctx->arena, "on", date_iso(c->collect_on, day), "reference", m->reference, "creditor", m->creditor_id, "account",
                                 m->account_masked, "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "sepa_prenotice %lld", (long long)attempt_id);
    return queue_mail(ctx, &mail);
}

/* The terms with the bank and the account, unless the caller knows them. */
static enum err read_terms(struct ctx *ctx, const struct planning *p, struct debit_terms *terms, const char **iban)
{
    struct payment_method method = {.id = p->payment_method_id, .token_sealed = p->token_sealed};

    if (p->terms != NULL)
        *terms = *p->terms;
    else
        TRY(ctx, debit_terms(ctx, terms));
    if (p->token_sealed == NULL)
        TRY(ctx, payment_method_by_id(ctx, p->payment_method_id, &method));
    return payment_method_token(ctx, &method, iban);
}

static enum err plan(struct ctx *ctx, void *arg)
{
    struct planning *p = arg;
    struct receivable receivable;
    struct payable payable = {.invoice_id = p->receivable->invoice_id, .customer_id = p->receivable->customer_id, .currency = p->receivable->currency,
                              .amount_minor = p->receivable->open_minor};
    struct attempt attempt = {.attempt_key = new_end_to_end_id(ctx), .kind = "sepa", .request_path = "", .request_body = "", .decline_code = "",
                              .message = "", .session_ref = "", .intent_ref = "", .redirect_url = ""};
    struct payable_tries tries;
    struct collection c;
    struct customer customer;
    struct debit_terms terms;
    struct target_terms bank;
    struct mandate m;
    struct collection_facts facts;
    enum collection_refusal refusal;
    const char *iban;

    TRY(ctx, ensure_payable(ctx, &payable));
    TRY(ctx, payable_tries(ctx, payable.id, &tries));
    if (tries.taken) /* the customer is paying otherwise: look again tomorrow */
        return postpone_collection(ctx, p->receivable->invoice_id, ctx->today_on + 1);
    TRY(ctx, lock_receivable(ctx, p->receivable->invoice_id, &receivable));
    if (receivable.open_minor <= 0)
        return postpone_collection(ctx, receivable.invoice_id, DATE_NONE);
    TRY(ctx, read_terms(ctx, p, &terms, &iban));
    TRY(ctx, mandate_by_method(ctx, p->payment_method_id, &m));
    TRY(ctx, customer_by_id(ctx, receivable.customer_id, &customer));
    bank = bank_terms(&terms);
    c = (struct collection){.payment_method_id = p->payment_method_id, .invoice_id = receivable.invoice_id, .noticed_on = ctx->today_on,
                            .collect_on = collection_on(&bank, receivable.due_on, ctx->today_on, terms.notice_days, ctx->today_on, minute_now(ctx))};
    facts = facts_of(&m, receivable.open_minor, receivable.currency, ctx->today_on, terms.notice_days, iban, customer.city);
    refusal = collection_may_be_made(&facts, c.collect_on);
    if (refusal == COLLECTION_NOT_CONFIRMED) /* somebody is asked for it: look again tomorrow */
        return postpone_collection(ctx, receivable.invoice_id, ctx->today_on + 1);
    TRY(ctx, postpone_collection(ctx, receivable.invoice_id, DATE_NONE));
    if (terms.creditor_id[0] == '\0' || refusal != COLLECTION_NOT_REFUSED)
        return note_activity(ctx, ABOUT_INVOICE, receivable.invoice_id, "invoice.not_collected",
                             history_params(ctx->arena, "reference", m.reference, NULL));
    attempt.number = tries.count + 1;
    attempt.payable_id = payable.id;
    attempt.amount_minor = receivable.open_minor;
    attempt.currency = receivable.currency;
    attempt.payment_method_id = p->payment_method_id;
    TRY(ctx, insert_attempt(ctx, &attempt));
    c.attempt_id = attempt.id;
    TRY(ctx, insert_collection(ctx, &c));
    return tell_customer(ctx, &customer, &m, &c, attempt.id, &receivable);
}

enum err plan_in_transaction(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id)
{
    struct planning work = {.receivable = receivable, .payment_method_id = payment_method_id};

    return plan(ctx, &work);
}

enum err plan_collection(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id)
{
    struct planning work = {.receivable = receivable, .payment_method_id = payment_method_id};

    return db_transaction(ctx, plan, &work);
}

static enum err plan_due(struct ctx *ctx, const struct due_by_mandate *due, const struct debit_terms *terms, bool any_stray)
{
    struct receivable receivable = {.invoice_id = due->invoice_id, .customer_id = due->customer_id, .subscription_id = due->subscription_id,
                                    .currency = due->currency, .open_minor = due->open_minor};
    struct planning work = {&receivable, due->payment_method_id, due->token_sealed, terms};
    bool stray = false;
    enum err err;

    if (any_stray)
        TRY(ctx, customer_has_stray_money(ctx, due->customer_id, &stray));
    if (stray)
        return OK;
    err = db_transaction(ctx, plan, &work);
    if (err == OK || err == ERR_DB_GONE || err == ERR_HELD)
        return err;
    log_trail(ctx, "charge.set_aside");
    ctx_forget_error(ctx);
    return postpone_collection(ctx, due->invoice_id, ctx->today_on + 1);
}

static enum err plan_some(struct ctx *ctx, int64_t *after_id, size_t *count)
{
    struct due_by_mandate *rows;
    struct debit_terms terms;
    bool any_stray;

    TRY(ctx, due_by_mandate(ctx, *after_id, SETTLED, &rows, count));
    if (*count == 0)
        return OK;
    TRY(ctx, any_stray_money(ctx, &any_stray));
    TRY(ctx, debit_terms(ctx, &terms));
    for (size_t i = 0; i < *count; i++) {
        *after_id = rows[i].invoice_id;
        TRY(ctx, plan_due(ctx, &rows[i], &terms, any_stray));
    }
    return OK;
}

enum err plan_due_collections(struct ctx *run)
{
    struct ctx item = *run;
    int64_t after_id = 0;
    size_t count = SETTLED;
    enum err err = db_ready(run);

    if (err == OK)
        err = refuse_while_restored(run);
    item.arena = arena_new();
    while (err == OK && count == SETTLED) {
        arena_reset(item.arena);
        err = plan_some(&item, &after_id, &count);
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}

/* ---- the file ---- */

/* Of records that begin with their 64-bit id. */
static int by_id(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

struct making {
    struct collection_making *m;
    const struct once *once;
};

/* Paid otherwise, handed_debit, or the mandate is gone: it never leaves. */
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
    const struct collection_facts facts = facts_of(m, row->amount_minor, receivable->currency, row->noticed_on, 1, iban, row->city);

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

/* Each once, in their order. */
static size_t only_once(int64_t *ids, size_t count)
{
    size_t kept = 0;

    qsort(ids, count, sizeof ids[0], by_id);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}

/* Mandates, locked, and what is open, of all that may leave. */
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
    TRY(ctx, lock_mandates_of(ctx, methods, only_once(methods, told), &f->mandates, &f->mandate_count));
    f->has_left = ARENA_ARRAY(ctx->arena, bool, f->mandate_count + 1);
    return receivables_of(ctx, invoices, only_once(invoices, told), &f->receivables, &f->receivable_count);
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
    TRY(ctx, spend_once(ctx, w->once, "", &m->url));
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

/* ---- was it sent? ---- */

const char *file_refusal_text(enum file_refusal refusal)
{
    switch (refusal) {
    case FILE_NOT_REFUSED: return "";
    case FILE_ANSWERED: return N_("Somebody answered for this file meanwhile.");
    case FILE_ARRIVED: return N_("The bank has booked or refused a debit of this file: it was sent.");
    }
    return "";
}

/* Given up because its file never left: what the bank says of it all the same is for a person. */
static bool was_given_up(const struct attempt *attempt, const struct collection *c)
{
    return attempt->state == ATTEMPT_DECLINED && c->file_id != 0 && c->return_code[0] == '\0';
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

enum { WATCHED = 200 };

struct watch {
    struct debits_wait waits; /* what is not among it is not read */
    bool answered;            /* a file, by what the bank said */
};

static enum err watch(struct ctx *ctx, void *arg)
{
    struct watch *w = arg;
    struct debit_terms terms;
    struct target_terms bank;
    struct collection_file *files;
    struct answered_notice *answered;
    struct late_notice *late;
    size_t count = 0;

    w->answered = false;
    TRY(ctx, debit_terms(ctx, &terms));
    bank = bank_terms(&terms);
    if (w->waits.files)
        TRY(ctx, unanswered_files(ctx, WATCHED, &files, &count));
    for (size_t i = 0; i < count; i++) {
        struct operator_item item = {.kind = "file_unanswered", .subject_kind = ABOUT_HOUSE, .subject_id = files[i].id, .amount_minor = files[i].sum_minor,
                                     .currency = "EUR", .detail = files[i].message_id, .opened_on = ctx->today_on};

        if (files[i].spoken) {
            TRY(ctx, insert_file_answer(ctx, files[i].id, "sent", "bank"));
            w->answered = true;
            TRY(ctx, close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id));
        } else if (collection_file_by(&bank, files[i].first_on) <= ctx->today_on) {
            TRY(ctx, open_operator_item(ctx, &item));
        }
    }
    count = 0;
    if (w->waits.notices)
        TRY(ctx, answered_notices(ctx, WATCHED, &answered, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, close_operator_items(ctx, "notice_dead", "outbox", answered[i].mail_id));
    if (!w->waits.late || !tenant_announces(ctx->tenant))
        return OK;
    TRY(ctx, late_notices(ctx, ctx->today_on + terms.notice_days, WATCHED, &late, &count));
    for (size_t i = 0; i < count; i++) {
        const struct operator_item item = {.kind = "notice_late", .subject_kind = ABOUT_INVOICE, .subject_id = late[i].invoice_id,
                                           .amount_minor = late[i].amount_minor, .currency = late[i].currency, .detail = "", .opened_on = ctx->today_on};

        TRY(ctx, open_operator_item(ctx, &item));
    }
    return OK;
}

static enum err watch_those(struct ctx *ctx, struct watch *w)
{
    enum err err;

    TRY(ctx, db_ready(ctx));
    err = db_transaction(ctx, watch, w);
    if (err != ERR_DUPLICATE) /* somebody answered in this very moment: the next run looks again */
        return err;
    ctx_forget_error(ctx);
    return OK;
}

enum err watch_collections(struct ctx *ctx)
{
    struct watch all = {.waits = {.files = true, .notices = true, .late = true}};

    return watch_those(ctx, &all);
}

/* ---- what the bank says ---- */

struct returning {
    const char *end_to_end_id;
    const char *code;
    int64_t journal_id;
    bool known;
};

enum { REOPENED_MAX = 3 }; /* invoices of one payment: what is more is a person's */

/* One invoice is open again by what the payment paid of it; 512 and the VAT that had become due go back: more of the booking's
 * list. */
static enum err reopen_invoice(struct ctx *ctx, const struct paid_part *part, const struct booking *booking, struct posting_list *booked,
                               struct receivable *receivable)
{
    struct posting_payment back = {.money_account = ACCOUNT_BANK, .amount_minor = part->amount_minor};
    struct posting_list list;
    struct credit_account asked;
    struct invoice invoice;

    TRY(ctx, lock_receivable(ctx, part->invoice_id, receivable));
    TRY(ctx, invoice_by_id(ctx, part->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, receivable, &asked));
    back.invoice_total_minor = asked.total_minor;
    back.invoice_vat_minor = asked.vat_minor;
    back.paid_before_minor = asked.total_minor - receivable->open_minor - part->amount_minor;
    back.vat_due = vat_due_from_name(invoice.vat_due);
    if (back.paid_before_minor < 0) /* credited since: a person decides what is owed */
        return ERR_CONFLICT;
    TRY(ctx, exchange_money(ctx, &invoice, booking->on, &back));
    if ((booking->foreign != NULL) != (back.exchange.rate_e6 != 0)) /* one of them is from before the books were converted */
        return ERR_CONFLICT;
    posting_of_payment(&back, &list);
    posting_turn(&list);
    posting_add(booked, &list);
    receivable->open_minor += part->amount_minor;
    receivable->state = "open";
    receivable->paid_on = DATE_NONE;
    return OK;
}

/* What was above the invoice and is not used yet: it is no advance any more. */
static enum err take_advance_back(struct ctx *ctx, int64_t payment_id, const struct booking *booking, struct posting_list *booked)
{
    struct posting_payment back = {.money_account = ACCOUNT_BANK};
    struct exchange money = exchange_between(booking->foreign != NULL ? booking->foreign : "", booking->currency, EXCHANGE_ONE); /* no document */
    struct posting_list list;
    struct journal_sum sum;
    struct advance advance;
    enum err err = lock_advance(ctx, payment_id, &advance);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    if (advance.left_minor == 0)
        return OK;
    back.amount_minor = advance.left_minor;
    if (booking->foreign != NULL) {
        TRY(ctx, exchange_payment(ctx, &money, booking->on, &back));
        TRY(ctx, journal_sum_of(ctx, "payment", payment_id, posting_label_name(POSTING_ADVANCE), &sum));
        back.above_base_minor = exchange_share(sum.base_minor, sum.foreign_minor, advance.left_minor);
    }
    posting_of_payment(&back, &list);
    posting_turn(&list);
    posting_add(booked, &list);
    return withdraw_advance(ctx, &advance);
}

/* A payment goes back whole: from the invoice that was collected, from those that its surplus paid since, and from what
 * is left of that. ERR_CONFLICT, before anything is written: it is for a person. */
static enum err reopen(struct ctx *ctx, int64_t invoice_id, int64_t attempt_id, const char *code, struct booking *booking, struct receivable *receivable)
{
    struct posting_list booked = {.count = 0};
    struct receivable others[REOPENED_MAX];
    struct returned_payment payment;
    struct paid_part *parts;
    struct exchange exchange;
    struct invoice invoice;
    size_t count;

    TRY(ctx, payment_of_attempt(ctx, attempt_id, &payment));
    TRY(ctx, lock_receivable(ctx, invoice_id, receivable));
    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    *booking = (struct booking){.entry_id = booking->entry_id, .journal = "BQ", .on = ctx->today_on, .source_kind = "return",
                                .source_id = payment.payment_id, .reference = invoice.number, .customer_id = invoice.customer_id};
    exchange = exchange_of_invoice(&invoice);
    booking_currencies(booking, invoice.currency, &exchange);
    TRY(ctx, lock_parts_of_payment(ctx, payment.payment_id, &parts, &count));
    if (count > REOPENED_MAX)
        return ERR_CONFLICT;
    for (size_t i = 0; i < count; i++) {
        enum err err = reopen_invoice(ctx, &parts[i], booking, &booked, &others[i]);

        if (err != OK)
            return err;
    }
    TRY(ctx, take_advance_back(ctx, payment.payment_id, booking, &booked));
    booking_items(ctx->arena, booking, &booked);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].invoice_id == invoice_id) {
            *receivable = others[i]; /* the caller goes on with it */
            continue;
        }
        TRY(ctx, save_receivable(ctx, &others[i]));
        TRY(ctx, note_activity(ctx, ABOUT_INVOICE, parts[i].invoice_id, "invoice.returned", history_params(ctx->arena, "code", code, NULL)));
    }
    return insert_payment_return(ctx, payment.payment_id, payment.amount_minor, code);
}

static enum err change_mandate(struct ctx *ctx, int64_t payment_method_id, enum mandate_event event)
{
    enum mandate_state next;
    struct mandate m;

    if (event == 0)
        return OK;
    TRY(ctx, lock_mandate(ctx, payment_method_id, &m));
    if (!mandate_next(mandate_state_from_name(m.state), event, &next))
        return OK;
    m.state = mandate_state_name(next);
    if (next != MANDATE_SUSPENDED)
        m.ended_on = ctx->today_on;
    TRY(ctx, save_mandate(ctx, &m));
    TRY(ctx, save_payment_method_state(ctx, payment_method_id, "refused"));
    return note_audit(ctx, "mandate.return", m.reference, m.state);
}

/* Mail with a link to pay, and an item for a person: it goes when the invoice is paid. */
static enum err tell_return(struct ctx *ctx, const struct return_rule *rule, const char *code, int64_t attempt_id, const struct receivable *receivable)
{
    struct link link = {.kind = LINK_KIND_PAY, .object_id = receivable->invoice_id, .expires_at = ctx->now + 365 * DAY};
    struct mail mail = {.template = "debit_returned", .invoice_id = receivable->invoice_id, .subscription_id = receivable->subscription_id};
    struct operator_item item = {.kind = "renewal_declined", .amount_minor = receivable->open_minor, .currency = receivable->currency, .detail = code, .opened_on = ctx->today_on};
    struct customer customer;

    bool tells;

    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, receivable->invoice_id, "invoice.returned", history_params(ctx->arena, "code", code, NULL)));
    if (receivable->open_minor == 0)
        return OK;
    claim_subject(receivable, &item.subject_kind, &item.subject_id);
    TRY(ctx, open_operator_item(ctx, &item));
    /* A new debit is the collection's matter, not a step's. */
    TRY(ctx, rule->contact == CONTACT_SILENCE ? silence_case(ctx, receivable, code) : note_declined_debit(ctx, receivable, false, &tells));
    if (rule->contact == CONTACT_NONE || rule->contact == CONTACT_SILENCE)
        return OK;
    TRY(ctx, customer_by_id(ctx, receivable->customer_id, &customer));
    TRY(ctx, insert_link(ctx, &link, (char **)(uintptr_t)&mail.token));
    mail.link_id = link.id;
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.params = history_params(ctx->arena, "details", rule->contact == CONTACT_NEW_DETAILS ? "yes" : "",
                                 "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "debit_returned %lld", (long long)attempt_id);
    return queue_mail(ctx, &mail);
}

static enum err take_return(struct ctx *ctx, void *arg)
{
    struct returning *w = arg;
    const struct return_rule *rule = return_rule_of(w->code);
    struct booking booking = {.entry_id = w->journal_id};
    struct return_outcome outcome;
    struct receivable receivable;
    enum attempt_state from;
    struct collection c;
    struct attempt attempt;
    enum err err = attempt_by_ref(ctx, w->end_to_end_id, &attempt);

    w->known = err == OK && strcmp(attempt.kind, "sepa") == 0;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    if (!w->known)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(ctx, lock_attempt(ctx, attempt.id, &attempt));
    TRY(ctx, collection_of(ctx, attempt.id, &c));
    w->known = !was_given_up(&attempt, &c);
    if (!w->known)
        return OK;
    outcome = return_outcome(rule, attempt.state);
    if (!outcome.acts) {
        bool by_hand;

        TRY(ctx, debit_booked_by_hand(ctx, attempt.id, &by_hand)); /* that money is a payment of its own */
        w->known = !outcome.person && !by_hand;
        return OK;
    }
    if (outcome.claim == CLAIM_REOPENS) {
        err = reopen(ctx, c.invoice_id, attempt.id, w->code, &booking, &receivable);
        if (err == ERR_CONFLICT) {
            w->known = false;
            return OK;
        }
        if (err != OK)
            return err;
    } else {
        TRY(ctx, lock_receivable(ctx, c.invoice_id, &receivable));
    }
    from = attempt.state;
    CHECK(attempt_next(from, outcome.attempt, &attempt.state) == ATTEMPT_MOVES);
    attempt.decline_code = str_cut(ctx->arena, w->code, 35);
    TRY(ctx, move_attempt(ctx, &attempt, from, attempt_event_name(outcome.attempt), w->code));
    c.settles_on = DATE_NONE;
    c.return_code = attempt.decline_code;
    TRY(ctx, save_collection(ctx, &c));
    if (receivable.open_minor > 0) { /* else the whole collection was above what was owed */
        receivable.collect_on = return_retry_on(rule, ctx->today_on, receivable.retries);
        receivable.retries++;
        TRY(ctx, save_receivable(ctx, &receivable));
    }
    TRY(ctx, change_mandate(ctx, c.payment_method_id, rule->mandate));
    crash_point("C25");
    TRY(ctx, tell_return(ctx, rule, w->code, attempt.id, &receivable));
    return outcome.claim == CLAIM_REOPENS ? book_entries(ctx, &booking, 1) : OK;
}

enum err return_collection(struct ctx *ctx, const char *end_to_end_id, const char *code, bool *known)
{
    struct returning work = {.end_to_end_id = end_to_end_id, .code = code};

    *known = false;
    if (end_to_end_id[0] == '\0')
        return OK;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &work.journal_id));
    TRY(ctx, db_transaction(ctx, take_return, &work));
    *known = work.known;
    return OK;
}

/* All of them as the gateway's answers are settled: in one transaction, or one by one when one of them cannot be.
 * *settled: of which the bank's word is done with; *moved: that it changed something for. */
static enum err settle_group(struct ctx *ctx, const struct debited *rows, size_t count, size_t *settled, size_t *moved)
{
    struct gateway_answer *answers = ARENA_ARRAY(ctx->arena, struct gateway_answer, count + 1);
    struct answered *answered = ARENA_ARRAY(ctx->arena, struct answered, count + 1);
    struct debited *over = ARENA_ARRAY(ctx->arena, struct debited, count + 1);

    *settled = *moved = 0;
    for (size_t i = 0; i < count; i++) {
        answers[i] = (struct gateway_answer){.outcome = GATEWAY_SUCCEEDED, .amount_minor = rows[i].amount_minor, .currency = rows[i].currency,
                                             .session_ref = "", .intent_ref = "", .customer_ref = "", .decline_code = "", .advice_code = "",
                                             .message = "", .redirect_url = "", .method_ref = "", .brand = "", .last4 = ""};
        answered[i] = (struct answered){.attempt_id = rows[i].attempt_id, .answer = &answers[i]};
    }
    TRY(ctx, settle_answers(ctx, answered, count));
    for (size_t i = 0; i < count; i++) {
        const struct debited *row = &rows[answered[i].answer - answers]; /* their order has changed */

        if (answered[i].state == 0)
            continue;
        *moved += answered[i].state != attempt_state_from_name(row->state);
        over[(*settled)++] = *row;
    }
    return end_collections(ctx, over, *settled); /* after a kill in between it is found settled, and only this is done */
}

enum err refuse_batch(struct ctx *ctx, const char *message_id, const char *batch_id, const char *code, int32_t *count)
{
    struct debited *rows;
    size_t found;

    *count = 0;
    if (message_id[0] == '\0' && batch_id[0] == '\0')
        return OK;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, collections_of_batch(ctx, message_id, batch_id, &rows, &found));
    for (size_t i = 0; i < found; i++) {
        bool known;

        TRY(ctx, return_collection(ctx, rows[i].attempt_key, code, &known));
        *count += known;
    }
    return OK;
}

/* ---- what a statement credits ---- */

static enum err load_credited(struct ctx *ctx, int64_t attempt_id, int64_t file_id, const char *batch_id, int64_t but_entry_id, struct handed_debit **rows, size_t *count)
{
    if (attempt_id == 0)
        return credited_debits(ctx, file_id, batch_id, but_entry_id, rows, count);
    *rows = ARENA_ARRAY(ctx->arena, struct handed_debit, 1);
    *count = 1;
    return credited_debit(ctx, attempt_id, but_entry_id, *rows);
}

static void add_said(int64_t *minor, int64_t more)
{
    if (__builtin_add_overflow(*minor, more, minor))
        *minor = INT64_MAX; /* more than anybody asked for */
}

/* What statements credited besides for each of these alone. */
static int64_t credited_alone(const struct debit_told *told, const struct handed_debit *rows, size_t count)
{
    int64_t minor = 0;

    for (size_t i = 0; i < count; i++) {
        add_said(&minor, rows[i].credited_minor);
        for (size_t k = 0; k < told->said_count; k++)
            if (told->said[k].attempt_id == rows[i].debited.attempt_id)
                add_said(&minor, told->said[k].amount_minor);
    }
    return minor;
}

/* And for several of the batch as one. */
static enum err credited_together(struct ctx *ctx, const struct debit_told *told, int64_t *minor)
{
    *minor = 0;
    if (told->file_id == 0)
        return OK;
    TRY(ctx, credited_as_one(ctx, told->file_id, told->batch_id, told->entry_id, minor));
    for (size_t k = 0; k < told->said_count; k++) {
        const struct debit_said *said = &told->said[k];

        if (said->attempt_id == 0 && said->file_id == told->file_id &&
            (told->batch_id[0] == '\0' || said->batch_id[0] == '\0' || strcmp(told->batch_id, said->batch_id) == 0))
            add_said(minor, said->amount_minor);
    }
    return OK;
}

static enum debit_verdict verdict_on(struct ctx *ctx, struct debit_told *told, const struct handed_debit *rows, size_t count, int64_t before_minor)
{
    const struct debit_credit credit = {told->amount_minor, told->currency, told->booked_on, before_minor};
    struct debit_asked *asked = ARENA_ARRAY(ctx->arena, struct debit_asked, count);

    for (size_t i = 0; i < count; i++)
        asked[i] = (struct debit_asked){attempt_state_from_name(rows[i].debited.state), rows[i].debited.amount_minor, rows[i].debited.currency, rows[i].given_up,
                                        rows[i].returned_on};
    return debit_verdict(asked, count, &credit, &told->asked_minor);
}

/* Those of which the bank has not spoken are paid. A run that was killed may have settled some and not yet said that their
 * days are over. */
static enum err pay_debits(struct ctx *ctx, const struct debited *pending, size_t count, int32_t *moved)
{
    for (size_t i = 0; i < count; i += SETTLED) {
        size_t some = count - i < SETTLED ? count - i : SETTLED, settled, now;

        TRY(ctx, settle_group(ctx, pending + i, some, &settled, &now));
        if (settled < some)
            return FAIL(ctx, ERR_DB_RETRY, "%zu of %zu collections are not settled", some - settled, some);
        *moved += (int32_t)now;
    }
    return OK;
}

/* Whatever statements credited besides. What came for the batch of a single debit as one is also of that debit only when the
 * batch would be more than full with it. */
static enum err credited_before(struct ctx *ctx, const struct debit_told *told, const struct handed_debit *rows, size_t count, int64_t *minor)
{
    struct debit_told batch = *told;
    struct handed_debit *all;
    int64_t together, whole;
    size_t all_count;

    *minor = credited_alone(told, rows, count);
    TRY(ctx, credited_together(ctx, told, &together));
    if (told->attempt_id != 0 && together > 0) {
        TRY(ctx, credited_debits(ctx, told->file_id, told->batch_id, told->entry_id, &all, &all_count));
        whole = credited_alone(told, all, all_count);
        add_said(&whole, together);
        add_said(&whole, told->amount_minor);
        (void)verdict_on(ctx, &batch, all, all_count, 0);
        if (whole <= batch.asked_minor)
            together = 0;
    }
    add_said(minor, together);
    return OK;
}

static enum err judge(struct ctx *ctx, struct debit_told *told, struct handed_debit **rows, size_t *count)
{
    TRY(ctx, load_credited(ctx, told->attempt_id, told->file_id, told->batch_id, told->entry_id, rows, count));
    if (told->attempt_id != 0) {
        told->file_id = (*rows)[0].file_id;
        told->batch_id = (*rows)[0].batch_id;
    }
    TRY(ctx, credited_before(ctx, told, *rows, *count, &told->before_minor));
    told->moved = 0;
    told->verdict = verdict_on(ctx, told, *rows, *count, told->before_minor);
    return OK;
}

enum err judge_credit(struct ctx *ctx, struct debit_told *told)
{
    struct handed_debit *rows;
    size_t count;

    return judge(ctx, told, &rows, &count);
}

enum err settle_credit(struct ctx *ctx, struct debit_told *told)
{
    struct debited *pending, *paid;
    struct handed_debit *rows;
    size_t count, pending_count = 0, paid_count = 0;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, judge(ctx, told, &rows, &count));
    pending = ARENA_ARRAY(ctx->arena, struct debited, count);
    paid = ARENA_ARRAY(ctx->arena, struct debited, count);
    for (size_t i = 0; i < count; i++)
        switch (attempt_state_from_name(rows[i].debited.state)) {
        case ATTEMPT_PENDING: pending[pending_count++] = rows[i].debited; break;
        case ATTEMPT_SUCCEEDED: paid[paid_count++] = rows[i].debited; break;
        default: break;
        }
    if (told->verdict != DEBIT_AS_ASKED)
        return end_collections(ctx, pending, pending_count);
    TRY(ctx, pay_debits(ctx, pending, pending_count, &told->moved));
    return end_collections(ctx, paid, paid_count);
}

enum err resume_debits(struct ctx *ctx, int64_t attempt_id, int64_t file_id, const char *batch_id)
{
    struct handed_debit *rows;
    size_t count;

    TRY(ctx, load_credited(ctx, attempt_id, file_id, batch_id, 0, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].file_id != 0)
            TRY(ctx, resume_collection(ctx, rows[i].debited.attempt_id, collection_settles_on(sepa_scheme_from_name(rows[i].scheme), rows[i].collect_on)));
    return OK;
}

enum err close_debit_by_hand(struct ctx *ctx, int64_t attempt_id)
{
    struct attempt attempt;

    TRY(ctx, lock_attempt(ctx, attempt_id, &attempt));
    if (attempt.state != ATTEMPT_PENDING)
        return OK;
    CHECK(attempt_next(attempt.state, ATTEMPT_DECLINES, &attempt.state) == ATTEMPT_MOVES);
    return move_attempt(ctx, &attempt, ATTEMPT_PENDING, attempt_event_name(ATTEMPT_DECLINES), "booked by a person");
}

enum err settle_collections(struct ctx *run, int64_t *settled)
{
    struct ctx item = *run;
    enum err err = db_ready(run);
    size_t done = 1;

    item.arena = arena_new();
    while (err == OK && done > 0) { /* what cannot be settled stays; a group of nothing else is the last */
        struct debited *rows;
        size_t count;
        size_t moved = 0;

        arena_reset(item.arena);
        done = 0;
        err = settled_collections(&item, SETTLED, &rows, &count);
        if (err == OK && count > 0)
            err = settle_group(&item, rows, count, &done, &moved);
        *settled += (int64_t)moved;
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}

enum err care_for_collections(struct ctx *ctx, int64_t *settled)
{
    struct watch w = {.answered = false};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, debits_wait(ctx, &w.waits));
    if (w.waits.files || w.waits.notices || w.waits.late)
        TRY(ctx, watch_those(ctx, &w));
    return w.waits.settling || w.answered ? settle_collections(ctx, settled) : OK;
}
