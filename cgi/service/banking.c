#include "service/banking.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/iban.h"
#include "service/bank_debits.h"
#include "service/bank_fees.h"
#include "service/bank_gaps.h"
#include "service/bank_leftovers.h"
#include "service/bank_matching.h"
#include "service/booking.h"
#include "service/receiving.h"
#include "service/refund_transfers.h"
#include "store/bank.h"
#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/receipt.h"

#define N_(text) text

enum {
    GROUP = 500,           /* entries that are looked up and written at once */
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

/* ---- one file ---- */

struct importing {
    struct bank_imported *imported;
    struct ctx *group; /* own arena, emptied after each statement */
    struct open_claims claims;
    int64_t import_id;
    bool has_statement;
    struct bank_statement_row statement;
    struct told_entry *taken;
    size_t count, room;
    int64_t first_journal_id;
    int32_t fresh, matched, open; /* of the statement */
};

/* The entries of a statement that no earlier file brought, GROUP by GROUP. */
static enum err keep_entries(struct ctx *ctx, struct importing *i, size_t from, size_t count)
{
    struct told_entry *taken = i->taken + from;
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
        receipts[paid] = entry_receipt(row, row->customer_id, row->invoice_id, i->first_journal_id + (int64_t)paid);
        paid++;
    }
    TRY(ctx, receive_payments(ctx, receipts, paid, bookings));
    TRY(ctx, match_refunds(ctx, i, bookings, &paid));
    i->matched = (int32_t)paid;
    booked = paid;
    for (size_t k = 0; k < i->count; k++) {
        const struct bank_entry_row *row = &i->taken[k].row;
        if (i->taken[k].known || (!row->is_fee && row->fee_minor == 0) || i->imported->file.kind != BANK_STATEMENT)
            continue;
        TRY(ctx, bank_fee_booking(ctx, row, row->is_fee ? row->amount_minor : row->fee_minor, row->is_fee && row->credit, i->statement.statement_ref,
                                  i->first_journal_id + (int64_t)booked, &bookings[booked]));
        booked++;
    }
    TRY(ctx, count_bank_import(ctx, i->import_id, i->fresh, i->matched));
    crash_point("C24");
    return book_entries(ctx, bookings, booked);
}

/* What was told of a statement is done. Returns and settlements of direct debits come first and each by itself: told
 * again, they find everything done. */
static enum err finish_statement(struct importing *i)
{
    struct ctx *ctx = i->group;
    bool booked = i->imported->file.kind == BANK_STATEMENT;
    enum err err;

    if (!i->has_statement)
        return OK;
    err = ask_about_debits(ctx, i->taken, i->count, booked, &i->imported->collections);
    if (err == OK) {
        for (size_t k = 0; k < i->count; k++)
            match_entry(&i->claims, booked, &i->taken[k].row);
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

static enum err take_entry(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct importing *i = to;
    struct arena *arena = i->group->arena;
    char masked[IBAN_GROUPED_BYTES];

    (void)ctx;
    if (i->count == i->room) {
        struct told_entry *more = ARENA_ARRAY(arena, struct told_entry, i->room * 2 + GROUP);

        if (i->count > 0)
            memcpy(more, i->taken, i->count * sizeof more[0]);
        i->taken = more;
        i->room = i->room * 2 + GROUP;
    }
    i->taken[i->count++] = (struct told_entry){
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

static enum err take_answer(struct ctx *ctx, void *to, const struct bank_answer *answer)
{
    struct importing *i = to;

    (void)ctx;
    return take_bank_answer(i->group, i->import_id, answer, &i->imported->collections);
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
    struct answered_doubts answered = {0};
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
    TRY(ctx, load_open_claims(ctx, &i->claims));
    i->imported = imported;
    i->import_id = import.id;
    i->group = &group;
    group.arena = arena_new();
    err = bank_file_read(ctx, data, bytes, &told, &imported->file, &imported->refused);
    if (err == OK)
        err = finish_statement(i);
    if (err == OK)
        err = ask_doubts(&group, import.id, &answered);
    if (err == OK && imported->file.kind == BANK_STATEMENT)
        err = tell_statement_gaps(&group, import.id);
    imported->collections += answered.count;
    imported->open -= answered.of_import;
    memcpy(ctx->trail, group.trail, sizeof ctx->trail);
    arena_free(group.arena);
    if (err != OK)
        return err;
    TRY(ctx, finish_bank_import(ctx, import.id));
    TRY(ctx, tell_leftovers(ctx));
    return note_audit(ctx, "bank.import", import.name, "ok");
}
