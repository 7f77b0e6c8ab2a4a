#include "service/banking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/posting.h"
#include "core/statement_gap.h"
#include "service/allocating.h"
#include "service/booking.h"
#include "service/debiting.h"
#include "service/exchanging.h"
#include "service/refunding.h"
#include "service/receiving.h"
#include "store/company.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/receipt.h"
#include "store/tenant.h"

#define N_(text) text

enum {
    GROUP = 500,      /* entries that are looked up and written at once */
    PAID_DAYS = 90,   /* claims paid so recently are still found: a second transfer becomes the customer's advance */
    ADVANCES = 200,
    ROW_DAYS = 400,   /* so far back statements are looked at for those that are missing */
    BOOKINGS_OF_ENTRY = 2, /* at most: its money, and the bank's fee in it */
};

const char *bank_import_refusal_text(enum bank_import_refusal refusal)
{
    switch (refusal) {
    case IMPORT_NOT_REFUSED:
    case IMPORT_FILE: return "";
    case IMPORT_NO_ACCOUNT: return N_("Enter the IBAN of your account in the company's settings first.");
    case IMPORT_OTHER_ACCOUNT: return N_("This file is about another account than that of the company's settings.");
    case IMPORT_KNOWN: return N_("This file was taken in before: nothing has changed.");
    }
    return "";
}

const char *resolve_refusal_text(enum resolve_refusal refusal)
{
    switch (refusal) {
    case RESOLVE_NOT_REFUSED: return "";
    case RESOLVE_DONE_BEFORE: return N_("Somebody has dealt with this entry meanwhile.");
    case RESOLVE_NO_INVOICE: return N_("No invoice has this number");
    case RESOLVE_CURRENCY: return N_("This invoice is in another currency");
    case RESOLVE_SEVERAL: return N_("This is the money of several direct debits: it pays no single invoice");
    }
    return "";
}

const char *bank_account_key(struct ctx *ctx, const char *iban)
{
    struct secret_key key = secret_derive(&ctx->tenant->master, "bank account");
    struct hash hash;

    if (iban[0] == '\0')
        return "";
    hash = hash_hmac(key.bytes, sizeof key.bytes, iban, strlen(iban));
    return encode_hex(ctx->arena, hash.bytes, 16);
}

/* ---- what is open, indexed ---- */

struct claims {
    struct match_book *book;
    struct bank_claim *rows;
    struct match_claim *claims;
    size_t count;
};

static enum err load_claims(struct ctx *ctx, struct claims *c)
{
    struct bank_account_row *account_rows;
    struct match_account *accounts;
    size_t account_count;

    TRY(ctx, bank_claims(ctx, ctx->today_on - PAID_DAYS, &c->rows, &c->count));
    TRY(ctx, bank_accounts(ctx, &account_rows, &account_count));
    c->claims = ARENA_ARRAY(ctx->arena, struct match_claim, c->count + 1);
    accounts = ARENA_ARRAY(ctx->arena, struct match_account, account_count + 1);
    for (size_t i = 0; i < c->count; i++)
        c->claims[i] = (struct match_claim){c->rows[i].invoice_id, c->rows[i].customer_id, c->rows[i].number, c->rows[i].open_minor,
                                            c->rows[i].currency};
    for (size_t i = 0; i < account_count; i++)
        accounts[i] = (struct match_account){account_rows[i].account_key, account_rows[i].customer_id};
    c->book = match_book_new(ctx->arena, c->claims, c->count, accounts, account_count);
    return OK;
}

/* ---- money on an invoice ---- */

/* The payment of an entry that is in the database. */
static struct receipt receipt_of(const struct bank_entry_row *entry, int64_t customer_id, int64_t invoice_id, int64_t journal_id)
{
    return (struct receipt){
        .payment = {.bank_entry_id = entry->id, .customer_id = customer_id, .gateway = "bank", .gateway_ref = entry->entry_key,
                    .amount_minor = entry->amount_minor, .currency = entry->currency, .method_text = entry->account_masked,
                    .received_on = entry->booked_on},
        .invoice_id = invoice_id, .journal_id = journal_id, .money_account = ACCOUNT_BANK};
}

/* One item for a person as long as anything waits that has no item of its own. */
static enum err tell_open(struct ctx *ctx)
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

/* ---- one file ---- */

/* An entry as it was told, until its statement is whole. */
struct taken {
    struct bank_entry_row row;
    const char *message_id;
    const char *batch_id; /* as the bank writes it */
    int32_t batch_count;
    bool ours;  /* a direct debit of ours, and all is well with it */
    bool known; /* an earlier file brought it */
};

struct importing {
    struct bank_imported *imported;
    struct ctx *group; /* own arena, emptied after each statement */
    struct claims claims;
    int64_t import_id;
    bool has_statement;
    struct bank_statement_row statement;
    struct taken *taken;
    size_t count, room;
    int64_t first_journal_id;
    int32_t fresh, matched, open; /* of the statement */
};

/* The entries of a statement that no earlier file brought, GROUP by GROUP. */
static enum err keep_entries(struct ctx *ctx, struct importing *i, size_t from, size_t count)
{
    struct taken *taken = i->taken + from;
    struct bank_entry_row *rows = ARENA_ARRAY(ctx->arena, struct bank_entry_row, count);
    const char **keys = ARENA_ARRAY(ctx->arena, const char *, count);
    bool *known = ARENA_ARRAY(ctx->arena, bool, count);
    size_t fresh = 0;

    for (size_t k = 0; k < count; k++)
        keys[k] = taken[k].row.entry_key;
    TRY(ctx, known_bank_entries(ctx, keys, count, known));
    for (size_t k = 0; k < count; k++)
        if (!known[k])
            rows[fresh++] = taken[k].row;
    TRY(ctx, insert_bank_entries(ctx, rows, fresh));
    fresh = 0;
    for (size_t k = 0; k < count; k++) {
        taken[k].known = known[k];
        if (!known[k])
            taken[k].row.id = rows[fresh++].id;
    }
    return OK;
}

/* Money that came for debits of ours otherwise than asked: an item says what differs, as long as its entry waits. */
static enum err tell_doubt(struct ctx *ctx, const struct bank_entry_row *row)
{
    const char *reference = row->batch_id[0] != '\0' ? row->batch_id : row->end_to_end_id[0] != '\0' ? row->end_to_end_id : row->bank_ref;
    struct operator_item item = {.kind = "debit_differs", .subject_kind = ABOUT_HOUSE, .subject_id = row->id, .amount_minor = row->amount_minor,
                                 .currency = row->currency, .opened_on = ctx->today_on};

    item.detail = str_cut(ctx->arena, arena_printf(ctx->arena, "%s %" PRId64 " %s", row->doubt, row->asked_minor, reference), 500);
    return open_operator_item(ctx, &item);
}

/* Debits that are refunds of ours, made by transfer: their bookings behind those of the payments. */
static enum err match_refunds(struct ctx *ctx, struct importing *i, struct booking *bookings, size_t *booked)
{
    for (size_t k = 0; i->imported->file.kind == BANK_STATEMENT && k < i->count; k++) {
        const struct bank_entry_row *row = &i->taken[k].row;
        bool matched = false;

        if (!i->taken[k].known && !i->taken[k].ours && !row->is_fee && strcmp(row->state, "aside") == 0)
            TRY(ctx, match_refund_transfer(ctx, row, i->first_journal_id + (int64_t)*booked, &bookings[*booked], &matched));
        *booked += matched ? 1 : 0;
    }
    return OK;
}

/* What the bank's statement says that it kept, or gave back: 627 D, 512 C or the other way round; of an account in another
 * currency by the day's rate. */
static enum err book_fee(struct ctx *ctx, const struct bank_entry_row *row, struct booking *booking)
{
    const int64_t fee_minor = row->is_fee ? row->amount_minor : row->fee_minor;
    struct posting_bases bases = {.converts = false};
    struct posting_list list;
    struct exchange money;
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    money = strcmp(company.currency, row->currency) == 0 ? EXCHANGE_NONE : exchange_between(row->currency, company.currency, EXCHANGE_ONE);
    booking_currencies(booking, row->currency, &money);
    if (money.rate_e6 != 0) {
        bases.converts = true;
        TRY(ctx, exchange_on(ctx, &money, booking->on, fee_minor, &bases.to_minor));
        bases.from_minor = bases.to_minor;
    }
    posting_of_fee(fee_minor, bases, &list);
    if (row->is_fee && row->credit)
        posting_turn(&list);
    booking_items(ctx->arena, booking, &list);
    return OK;
}

/* All of a statement or nothing: entries, payments, what is open, books (trust.md C24). */
static enum err take_statement(struct ctx *ctx, void *arg)
{
    struct importing *i = arg;
    struct ctx part = *ctx;
    struct receipt *receipts = ARENA_ARRAY(ctx->arena, struct receipt, i->count + 1);
    struct booking *bookings = ARENA_ARRAY(ctx->arena, struct booking, BOOKINGS_OF_ENTRY * i->count + 1);
    size_t paid = 0, booked;
    enum err err = OK;

    i->fresh = i->matched = i->open = 0;
    TRY(ctx, insert_bank_statement(ctx, &i->statement));
    part.arena = arena_new();
    for (size_t k = 0; err == OK && k < i->count; k += GROUP) {
        arena_reset(part.arena);
        err = keep_entries(&part, i, k, i->count - k < GROUP ? i->count - k : GROUP);
    }
    memcpy(ctx->trail, part.trail, sizeof ctx->trail);
    arena_free(part.arena);
    if (err != OK)
        return err;
    for (size_t k = 0; k < i->count; k++) {
        const struct bank_entry_row *row = &i->taken[k].row;

        if (i->taken[k].known)
            continue;
        i->fresh++;
        i->open += strcmp(row->state, "open") == 0;
        if (row->doubt[0] != '\0')
            TRY(ctx, tell_doubt(ctx, row));
        if (row->invoice_id == 0)
            continue;
        receipts[paid] = receipt_of(row, row->customer_id, row->invoice_id, i->first_journal_id + (int64_t)paid);
        paid++;
    }
    TRY(ctx, receive_payments(ctx, receipts, paid, bookings));
    TRY(ctx, match_refunds(ctx, i, bookings, &paid));
    i->matched = (int32_t)paid;
    booked = paid;
    for (size_t k = 0; k < i->count; k++) {
        const struct bank_entry_row *row = &i->taken[k].row;
        const char *reference = row->end_to_end_id[0] != '\0' ? row->end_to_end_id : row->bank_ref[0] != '\0' ? row->bank_ref : i->statement.statement_ref;

        if (i->taken[k].known || (!row->is_fee && row->fee_minor == 0) || i->imported->file.kind != BANK_STATEMENT)
            continue;
        bookings[booked] = (struct booking){.entry_id = i->first_journal_id + (int64_t)booked, .journal = "BQ", .on = ctx->today_on,
                                            .source_kind = "bank_fee", .source_id = row->id, .reference = str_cut(ctx->arena, reference, 35)};
        TRY(ctx, book_fee(ctx, row, &bookings[booked++]));
    }
    TRY(ctx, count_bank_import(ctx, i->import_id, i->fresh, i->matched));
    crash_point("C24");
    return book_entries(ctx, bookings, booked);
}

static enum err ask_all_collections(struct importing *i);
static void match_all(struct importing *i);

/* What was told of a statement is done. Returns and settlements of direct debits come first and each by itself: told
 * again, they find everything done. */
static enum err finish_statement(struct importing *i)
{
    struct ctx *ctx = i->group;
    enum err err;

    if (!i->has_statement)
        return OK;
    err = ask_all_collections(i);
    if (err == OK) {
        match_all(i);
        err = reserve_ids(ctx, "journal_entry", (int64_t)(BOOKINGS_OF_ENTRY * i->count) + 1, &i->first_journal_id);
    }
    if (err == OK)
        err = db_transaction(ctx, take_statement, i);
    i->imported->fresh += i->fresh;
    i->imported->matched += i->matched;
    i->imported->open += i->open;
    i->count = i->room = 0;
    i->taken = NULL;
    i->has_statement = false;
    arena_reset(ctx->arena);
    return err;
}

static enum err begin_statement(struct ctx *ctx, void *to, const struct bank_statement *s)
{
    struct importing *i = to;
    struct arena *arena = i->group->arena;
    enum err err = finish_statement(i);

    (void)ctx;
    i->has_statement = true;
    i->statement = (struct bank_statement_row){i->import_id, arena_strdup(arena, s->account), arena_strdup(arena, s->id), arena_strdup(arena, s->number),
                                               arena_strdup(arena, s->currency), s->opening_minor, s->closing_minor, s->closed_on};
    return err;
}

/* ISO 20022's statuses of what was taken in and may still go well. */
static bool goes_on(const char *status)
{
    static const char *const known[] = {"RCVD", "PDNG", "PART", "ACTC", "ACCP", "ACFC", "ACWC", "ACWP", "ACSP", "ACSC", "ACCC"};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(status, known[i]) == 0)
            return true;
    return false;
}

/* pain.002: what the bank refuses of a file. What it accepts needs nothing; a status that we do not know is for a person. */
static enum err take_answer(struct ctx *ctx, void *to, const struct bank_answer *a)
{
    struct importing *i = to;
    const char *code = a->code[0] != '\0' ? a->code : "MS03";
    struct operator_item item = {.kind = "bank_answer", .subject_kind = ABOUT_HOUSE, .subject_id = i->import_id, .opened_on = ctx->today_on};
    int32_t moved = 0;
    bool known = false;

    if (goes_on(a->status))
        return OK;
    if (strcmp(a->status, "RJCT") != 0)
        code = a->status;
    else if (a->level == ANSWER_COLLECTION)
        TRY(i->group, return_collection(i->group, a->end_to_end_id, code, &known));
    else
        TRY(i->group, refuse_batch(i->group, a->level == ANSWER_FILE ? a->message_id : "", a->batch_id, code, &moved));
    if (known || moved > 0) {
        i->imported->collections += known ? 1 : moved;
        return OK;
    }
    item.detail = str_cut(ctx->arena, arena_printf(ctx->arena, "%s %s %s %s", a->message_id, a->batch_id, a->end_to_end_id, code), 500);
    return open_operator_item(ctx, &item);
}

static enum err take_entry(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct importing *i = to;
    struct arena *arena = i->group->arena;
    char masked[IBAN_GROUPED_BYTES];

    (void)ctx;
    if (i->count == i->room) {
        struct taken *more = ARENA_ARRAY(arena, struct taken, i->room * 2 + GROUP);

        if (i->count > 0)
            memcpy(more, i->taken, i->count * sizeof more[0]);
        i->taken = more;
        i->room = i->room * 2 + GROUP;
    }
    i->taken[i->count++] = (struct taken){
        .row = {.import_id = i->import_id, .entry_key = arena_strdup(arena, e->key), .amount_minor = e->amount_minor, .credit = e->credit,
                .currency = arena_strdup(arena, e->currency), .booked_on = e->booked_on, .bank_ref = arena_strdup(arena, e->bank_ref),
                .end_to_end_id = arena_strdup(arena, e->end_to_end_id), .name = arena_strdup(arena, e->name),
                .account_key = bank_account_key(i->group, e->iban), .account_masked = arena_strdup(arena, iban_masked(e->iban, masked)),
                .reference = arena_strdup(arena, e->reference), .text = arena_strdup(arena, e->text),
                .return_code = str_cut(arena, e->return_code, 35), .fee_minor = e->fee_minor, .is_fee = e->is_fee, .batch_id = "", .doubt = "",
                .match_kind = "none",
                .state = e->is_fee ? "aside" : "open"},
        .message_id = arena_strdup(arena, e->message_id), .batch_id = arena_strdup(arena, e->batch_id), .batch_count = e->batch_count};
    return OK;
}

/* ---- direct debits of ours ---- */

/* What asking about a statement's entries keeps in mind. */
struct asking {
    struct importing *importing;
    bool booked; /* a statement: only that says that money is there */
    struct debit_said *said;
    size_t said_count;
};

/* A credit for one debit of ours, or for several as one. What is not as asked waits for a person. */
static enum err ask_credit(struct ctx *ctx, struct asking *asking, struct taken *taken)
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
static enum err ask_return(struct ctx *ctx, const struct asking *asking, struct taken *taken)
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
static enum err ask_entry(struct ctx *ctx, struct asking *asking, struct taken *taken)
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
    const struct taken *const *x = a;
    const struct taken *const *y = b;

    if ((*x)->row.booked_on != (*y)->row.booked_on)
        return (*x)->row.booked_on < (*y)->row.booked_on ? -1 : 1;
    if ((*x)->row.credit != (*y)->row.credit)
        return (*x)->row.credit ? -1 : 1;
    if (((*x)->row.attempt_id != 0) != ((*y)->row.attempt_id != 0)) /* what names a debit explains what names its batch */
        return (*x)->row.attempt_id != 0 ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* In the order of the days, money before what goes back: a return finds what it returns. */
static enum err ask_all_collections(struct importing *i)
{
    struct ctx *ctx = i->group;
    const char **texts = ARENA_ARRAY(ctx->arena, const char *, i->count + 1);
    int64_t *attempts = ARENA_ARRAY(ctx->arena, int64_t, GROUP);
    bool *known = ARENA_ARRAY(ctx->arena, bool, GROUP);
    struct taken **order = ARENA_ARRAY(ctx->arena, struct taken *, i->count + 1);
    struct asking asking = {i, i->imported->file.kind == BANK_STATEMENT, ARENA_ARRAY(ctx->arena, struct debit_said, i->count + 1), 0};

    for (size_t from = 0; from < i->count; from += GROUP) {
        size_t some = i->count - from < GROUP ? i->count - from : GROUP;

        for (size_t k = 0; k < some; k++)
            texts[k] = i->taken[from + k].row.end_to_end_id;
        TRY(ctx, known_collections(ctx, texts, some, attempts));
        for (size_t k = 0; k < some; k++)
            texts[k] = i->taken[from + k].row.entry_key;
        TRY(ctx, known_bank_entries(ctx, texts, some, known));
        for (size_t k = 0; k < some; k++) {
            i->taken[from + k].known = known[k];
            i->taken[from + k].row.attempt_id = i->taken[from + k].row.is_fee ? 0 : attempts[k];
            order[from + k] = &i->taken[from + k];
        }
    }
    qsort(order, i->count, sizeof order[0], by_day_then_credit);
    for (size_t k = 0; k < i->count; k++) {
        TRY(ctx, ask_entry(ctx, &asking, order[k]));
        if (order[k]->ours) {
            order[k]->row.state = "aside";
            i->imported->collections++;
        }
    }
    return OK;
}

struct answered_doubt {
    const struct bank_entry_row *entry;
};

static enum err end_doubt(struct ctx *ctx, void *arg)
{
    const struct answered_doubt *w = arg;

    TRY(ctx, close_operator_items(ctx, "debit_differs", ABOUT_HOUSE, w->entry->id));
    return resolve_bank_entry(ctx, w->entry->id, 0, 0);
}

/* What a file says may answer what an earlier one left open: a debit that was refused explains a batch, a second part fills
 * it. import_id: of the file that is taken in, whose open entries are counted; 0 none. */
static enum err ask_doubts(struct ctx *ctx, struct bank_imported *imported, int64_t import_id)
{
    struct bank_entry_row *rows;
    size_t count;

    TRY(ctx, doubted_bank_entries(ctx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct answered_doubt work = {&rows[i]};
        struct debit_told told = {.attempt_id = rows[i].attempt_id, .file_id = rows[i].file_id, .batch_id = rows[i].batch_id, .amount_minor = rows[i].amount_minor,
                                  .currency = rows[i].currency, .booked_on = rows[i].booked_on, .entry_id = rows[i].id};

        TRY(ctx, settle_credit(ctx, &told));
        if (told.verdict != DEBIT_AS_ASKED)
            continue;
        TRY(ctx, db_transaction(ctx, end_doubt, &work));
        imported->collections++;
        imported->open -= rows[i].import_id == import_id;
    }
    return OK;
}

/* What goes out, and what the bank only announces, is no transfer to us; a return that we do not know is for a person,
 * as is what leaves in a debit's name. */
static void match_all(struct importing *i)
{
    bool booked = i->imported->file.kind == BANK_STATEMENT;

    for (size_t k = 0; k < i->count; k++) {
        struct bank_entry_row *row = &i->taken[k].row;
        struct match_entry asked = {row->reference, row->end_to_end_id, row->text, row->amount_minor, row->currency, row->account_key};
        struct match match;

        if (strcmp(row->state, "aside") == 0 || row->doubt[0] != '\0')
            continue;
        if (!booked || !row->credit) {
            row->state = booked && (row->return_code[0] != '\0' || row->attempt_id != 0) ? "open" : "aside";
            continue;
        }
        match = match_find(i->claims.book, &asked);
        if (match.claim == NULL || row->return_code[0] != '\0')
            continue;
        row->match_kind = match_kind_name(match.kind);
        row->state = "matched";
        row->invoice_id = match.claim->id;
        row->customer_id = match.claim->customer_id;
        (void)match_apply(match.claim, row->amount_minor);
    }
}

/* ---- what is missing between statements ---- */

static struct operator_item gap_item(const struct statement_in_row *row, const char *detail, int32_t today_on)
{
    return (struct operator_item){.kind = "statement_missing", .subject_kind = ABOUT_HOUSE, .subject_id = row->id, .currency = "", .detail = detail, .opened_on = today_on};
}

/* "2026-11-20 14 2026-11-23 17": days and numbers of those around the gap, "-" without a number. */
static const char *gap_detail(struct arena *arena, const struct statement_in_row *before, const struct statement_in_row *after)
{
    char from[DATE_TEXT_BYTES], until[DATE_TEXT_BYTES];

    return arena_printf(arena, "%s %s %s %s", date_iso(before->closed_on, from), before->number[0] != '\0' ? before->number : "-", date_iso(after->closed_on, until),
                        after->number[0] != '\0' ? after->number : "-");
}

/* Of one currency. A gap is told once, with the statement behind it: a person may say that nothing is missing. */
static enum err tell_gaps_of(struct ctx *ctx, int64_t import_id, const struct statement_in_row *rows, size_t count)
{
    struct told_statement *told = ARENA_ARRAY(ctx->arena, struct told_statement, count);
    struct operator_item *whole = ARENA_ARRAY(ctx->arena, struct operator_item, count);
    size_t whole_count = 0;
    long long number;

    for (size_t i = 0; i < count; i++)
        told[i] = (struct told_statement){rows[i].closed_on, str_to_i64(rows[i].number, 1, INT64_MAX, &number) ? number : 0, rows[i].opening_minor, rows[i].closing_minor};
    for (size_t i = 0; i < count; i++) {
        struct operator_item item = gap_item(&rows[i], "", ctx->today_on);

        if (!statement_gap_before(told, count, i)) {
            whole[whole_count++] = item;
            continue;
        }
        item.detail = gap_detail(ctx->arena, &rows[i - 1], &rows[i]);
        if (rows[i].import_id == import_id)
            TRY(ctx, open_operator_item(ctx, &item));
    }
    return close_operator_items_of(ctx, whole, whole_count);
}

/* MON-31: a statement that is missing is told by the next; it is told no more when it comes. */
static enum err tell_gaps(struct ctx *ctx, int64_t import_id)
{
    struct statement_in_row *rows;
    struct company company;
    size_t count, from = 0;

    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, statements_in_a_row(ctx, company.iban, ctx->today_on - ROW_DAYS, &rows, &count));
    for (size_t i = 1; i <= count; i++)
        if (i == count || strcmp(rows[i].currency, rows[from].currency) != 0) {
            TRY(ctx, tell_gaps_of(ctx, import_id, rows + from, i - from));
            from = i;
        }
    return OK;
}

struct account_check {
    const char *iban;
    const char *other; /* the first that is not ours; NULL */
};

static enum err check_account(struct ctx *ctx, void *to, const struct bank_statement *s)
{
    struct account_check *check = to;

    if (check->other == NULL && strcmp(s->account, check->iban) != 0)
        check->other = arena_strdup(ctx->arena, s->account);
    return OK;
}

/* Everything that can refuse a file, before anything is written. */
static enum err look_at(struct ctx *ctx, const void *data, size_t bytes, struct bank_imported *imported)
{
    struct account_check check = {.other = NULL};
    struct bank_file_told told = {&check, check_account, NULL, NULL};
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    check.iban = company.iban;
    TRY(ctx, bank_file_read(ctx, data, bytes, &told, &imported->file, &imported->refused));
    imported->refusal = imported->refused.reason != BANK_NOT_REFUSED            ? IMPORT_FILE
                        : company.iban[0] == '\0' && imported->file.kind != BANK_ANSWER ? IMPORT_NO_ACCOUNT
                        : check.other != NULL                                   ? IMPORT_OTHER_ACCOUNT
                                                                                : IMPORT_NOT_REFUSED;
    if (imported->refusal == IMPORT_OTHER_ACCOUNT)
        imported->detail = check.other;
    return OK;
}

enum err import_bank_file(struct ctx *ctx, const char *name, const void *data, size_t bytes, bool dry_run, struct bank_imported *imported)
{
    struct hash hash = hash_sha256(data, bytes);
    struct bank_import import = {.name = str_cut(ctx->arena, name, 200)};
    struct importing *i = ARENA_NEW(ctx->arena, struct importing);
    struct bank_file_told told = {i, begin_statement, take_entry, take_answer};
    struct ctx group = *ctx;
    enum err err;

    *imported = (struct bank_imported){.refusal = IMPORT_NOT_REFUSED, .refused = {BANK_NOT_REFUSED, 1, ""}, .detail = ""};
    TRY(ctx, db_ready(ctx));
    TRY(ctx, look_at(ctx, data, bytes, imported));
    if (imported->refusal != IMPORT_NOT_REFUSED)
        return OK;
    memcpy(import.sha256, hash.bytes, sizeof import.sha256);
    err = bank_import_by_hash(ctx, import.sha256, &import);
    if (err == OK && strcmp(import.state, "done") == 0) {
        imported->refusal = IMPORT_KNOWN;
        imported->known_at = import.imported_at;
        return OK;
    }
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    if (dry_run)
        return OK;
    if (err == ERR_NOT_FOUND) {
        import.kind = bank_file_kind_name(imported->file.kind);
        import.version = imported->file.version;
        import.message_id = imported->file.message_id;
        import.entries = imported->file.entries;
        TRY(ctx, insert_bank_import(ctx, &import));
    }
    TRY(ctx, load_claims(ctx, &i->claims));
    i->imported = imported;
    i->import_id = import.id;
    i->group = &group;
    group.arena = arena_new();
    err = bank_file_read(ctx, data, bytes, &told, &imported->file, &imported->refused);
    if (err == OK)
        err = finish_statement(i);
    if (err == OK)
        err = ask_doubts(&group, imported, import.id);
    if (err == OK && imported->file.kind == BANK_STATEMENT)
        err = tell_gaps(&group, import.id);
    memcpy(ctx->trail, group.trail, sizeof ctx->trail);
    arena_free(group.arena);
    if (err != OK)
        return err;
    TRY(ctx, finish_bank_import(ctx, import.id));
    TRY(ctx, tell_open(ctx));
    return note_audit(ctx, "bank.import", import.name, "ok");
}

/* ---- what is left for a person ---- */

enum err bank_leftovers(struct ctx *ctx, int64_t after_id, int32_t limit, struct bank_leftover **rows, size_t *count)
{
    struct bank_entry_row *entries;
    struct claims claims;

    TRY(ctx, open_bank_entries(ctx, after_id, limit, &entries, count));
    *rows = ARENA_ARRAY(ctx->arena, struct bank_leftover, *count + 1);
    if (*count == 0)
        return OK;
    TRY(ctx, load_claims(ctx, &claims));
    for (size_t i = 0; i < *count; i++) {
        struct match_entry asked = {entries[i].reference, entries[i].end_to_end_id, entries[i].text, entries[i].amount_minor,
                                    entries[i].currency, entries[i].account_key};
        struct match match = match_find(claims.book, &asked);

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
        return OK;
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
    if (invoice.id != 0 && entry.doubt[0] != '\0' && entry.attempt_id == 0) {
        r->refusal = RESOLVE_SEVERAL;
        return OK;
    }
    TRY(ctx, spend_once(ctx, w->once, "", &r->url));
    if (entry.doubt[0] != '\0')
        TRY(ctx, invoice.id != 0 ? close_debit_by_hand(ctx, entry.attempt_id) : resume_debits(ctx, entry.attempt_id, entry.file_id, entry.batch_id));
    TRY(ctx, close_operator_items(ctx, "debit_differs", ABOUT_HOUSE, entry.id));
    TRY(ctx, resolve_bank_entry(ctx, entry.id, invoice.id != 0 ? invoice.customer_id : 0, invoice.id));
    TRY(ctx, note_audit(ctx, invoice.id != 0 ? "bank.match" : "bank.aside", entry.entry_key, "ok"));
    TRY(ctx, tell_open(ctx));
    if (invoice.id == 0)
        return OK;
    receipt = receipt_of(&entry, invoice.customer_id, invoice.id, w->journal_id);
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
    struct bank_imported ignored = {.open = 0};
    struct bank_entry_row entry;
    struct handed_debit *rows;
    size_t count;
    bool known;

    TRY(ctx, db_ready(ctx));
    r->refusal = RESOLVE_DONE_BEFORE;
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
    TRY(ctx, ask_doubts(ctx, &ignored, 0));
    return tell_open(ctx);
}

/* ---- advances ---- */

struct advance_work {
    struct advance_match match;
    int64_t journal_id;
    bool used;
};

static enum err use(struct ctx *ctx, void *arg)
{
    struct advance_work *w = arg;
    struct receivable receivable;
    struct advance advance;
    struct booking booking;
    int64_t amount, use_id, above;

    w->used = false;
    TRY(ctx, lock_receivable(ctx, w->match.invoice_id, &receivable));
    TRY(ctx, lock_advance(ctx, w->match.payment_id, &advance));
    amount = advance.left_minor < receivable.open_minor ? advance.left_minor : receivable.open_minor;
    if (amount <= 0)
        return OK;
    TRY(ctx, allocate_payment(ctx, w->match.payment_id, w->match.invoice_id, amount, ACCOUNT_ADVANCE, &booking, &above));
    CHECK(above == 0);
    TRY(ctx, use_advance(ctx, &advance, w->match.invoice_id, amount, &use_id));
    booking.source_kind = "advance";
    booking.source_id = use_id;
    booking.journal = "OD";
    booking.entry_id = w->journal_id;
    w->used = true;
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, w->match.invoice_id, receivable.open_minor == amount ? "invoice.paid" : "invoice.advance",
                           history_params(ctx->arena, "number", booking.reference, NULL)));
    return book_entries(ctx, &booking, 1);
}

enum err use_advances(struct ctx *run, int64_t *used)
{
    struct ctx item = *run;
    enum err err = db_ready(run);
    bool more = true;

    item.arena = arena_new();
    while (err == OK && more) {
        struct advance_match *rows;
        size_t count;

        more = false;
        arena_reset(item.arena);
        err = advances_to_use(&item, ADVANCES, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            struct advance_work work = {.match = rows[i]};

            err = reserve_ids(&item, "journal_entry", 1, &work.journal_id);
            if (err == OK)
                err = db_transaction(&item, use, &work);
            more |= work.used;
            *used += work.used;
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
