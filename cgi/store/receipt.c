#include "store/receipt.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"
#include "store/list.h"

static const struct column claim_column[] = {
    COLUMN(I64, claim, invoice_id), COLUMN(I64, claim, customer_id), COLUMN(ID, claim, subscription_id), COLUMN(I64, claim, open_minor),
    COLUMN(DATE, claim, collect_on), COLUMN(I32, claim, retries), COLUMN(TEXT, claim, state), COLUMN(DATE, claim, paid_on),
    COLUMN(TEXT, claim, number), COLUMN(TEXT, claim, currency), COLUMN(TEXT, claim, vat_due), COLUMN(TEXT, claim, books),
    COLUMN(I64, claim, books_rate_e6), COLUMN(I64, claim, total_minor),
    COLUMN(I64, claim, vat_minor), COLUMN(BOOL, claim, has_case), COLUMN(BOOL, claim, has_item), COLUMN(TEXT, claim, language),
    COLUMN(TEXT, claim, email), COLUMN(TEXT, claim, name),
};
static const struct column claim_save_column[] = {
    COLUMN(I64, claim, open_minor), COLUMN(DATE, claim, collect_on), COLUMN(I32, claim, retries), COLUMN(TEXT, claim, state),
    COLUMN(DATE, claim, paid_on), COLUMN(I64, claim, invoice_id),
};
struct payment_row {
    struct payment payment;
    int64_t received_at;
};
#define PAYMENT(column_kind, member) \
    {DB_##column_kind, #member, offsetof(struct payment_row, payment.member), sizeof(((struct payment_row *)0)->payment.member)}
static const struct column payment_column[] = {
    PAYMENT(ID, attempt_id), PAYMENT(ID, bank_entry_id), PAYMENT(I64, customer_id), PAYMENT(TEXT, gateway), PAYMENT(TEXT, gateway_ref),
    PAYMENT(I64, amount_minor), PAYMENT(TEXT, currency), PAYMENT(TEXT, method_text), PAYMENT(DATE, received_on),
    COLUMN(INSTANT, payment_row, received_at),
};
static const struct column allocation_column[] = {
    COLUMN(I64, allocation, payment_id), COLUMN(I64, allocation, invoice_id), COLUMN(I64, allocation, amount_minor)};
static const struct column advance_column[] = {
    COLUMN(I64, advance, payment_id), COLUMN(I64, advance, customer_id), COLUMN(TEXT, advance, currency),
    COLUMN(I64, advance, total_minor), COLUMN(I64, advance, left_minor)};
struct entry_row {
    struct bank_entry_row entry;
    int64_t resolved_at;
    const char *resolved_by;
};
#define ENTRY(column_kind, member) \
    {DB_##column_kind, #member, offsetof(struct entry_row, entry.member), sizeof(((struct entry_row *)0)->entry.member)}
static const struct column entry_column[] = {
    ENTRY(I64, import_id), ENTRY(TEXT, entry_key), ENTRY(I64, amount_minor), ENTRY(BOOL, credit), ENTRY(TEXT, currency), ENTRY(DATE, booked_on),
    ENTRY(TEXT, bank_ref), ENTRY(TEXT, end_to_end_id), ENTRY(TEXT, name), ENTRY(TEXT, account_key), ENTRY(TEXT, account_masked),
    ENTRY(TEXT, reference), ENTRY(TEXT, text), ENTRY(TEXT, return_code), ENTRY(I64, fee_minor), ENTRY(BOOL, is_fee), ENTRY(ID, attempt_id), ENTRY(ID, file_id), ENTRY(TEXT, batch_id), ENTRY(TEXT, doubt),
    ENTRY(I64, asked_minor), ENTRY(TEXT, match_kind), ENTRY(ID, customer_id), ENTRY(ID, invoice_id),
    ENTRY(TEXT, state), COLUMN(INSTANT, entry_row, resolved_at), COLUMN(TEXT, entry_row, resolved_by),
};
struct place_row {
    int64_t place; /* in the list, from 1 */
    int64_t id;
};
static const struct column place_column[] = {COLUMN(I64, place_row, place), COLUMN(I64, place_row, id)};

enum {
    CLAIMS_LOCK, CLAIMS_READ, CLAIMS_SAVE, PAYMENTS_INSERT, PAYMENTS_OF_ENTRIES, PAYMENTS_OF_ATTEMPTS, ALLOCATIONS_INSERT, ADVANCES_INSERT,
    ENTRIES_KNOWN, COLLECTIONS_KNOWN, ENTRIES_INSERT,
};

#define NUMBERS "JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY, k BIGINT PATH '$')) j STRAIGHT_JOIN "

static const struct statement statement[] = {
    /* The list is read first: the other way round a small table would be locked whole. */
    [CLAIMS_LOCK] = {"claims_lock", "SELECT j.place, r.invoice_id AS id FROM " NUMBERS "receivable r ON r.invoice_id = j.k ORDER BY r.invoice_id FOR UPDATE",
                     READS(place_row, place_column)},
    [CLAIMS_READ] = {"claims_read", "SELECT r.invoice_id, r.customer_id, r.subscription_id, r.open_minor, r.collect_on, r.retries, r.state, r.paid_on, "
                     "i.number, i.currency, i.vat_due, x.base AS books, IFNULL(x.rate_e6, 0) AS books_rate_e6, "
                     "i.total_minor - (SELECT CAST(IFNULL(SUM(n.total_minor), 0) AS SIGNED) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id "
                     "WHERE c.corrected_id = r.invoice_id) - (SELECT CAST(IFNULL(SUM(u.amount_minor), 0) AS SIGNED) FROM deposit_use u "
                     "WHERE u.invoice_id = r.invoice_id) AS total_minor, "
                     "i.vat_minor - (SELECT CAST(IFNULL(SUM(n.vat_minor), 0) AS SIGNED) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id "
                     "WHERE c.corrected_id = r.invoice_id) - (SELECT CAST(IFNULL(SUM(u.vat_minor), 0) AS SIGNED) FROM deposit_use u "
                     "WHERE u.invoice_id = r.invoice_id) AS vat_minor, "
                     "EXISTS (SELECT 1 FROM dunning_case k WHERE k.invoice_id = r.invoice_id AND k.state NOT IN ('paid', 'closed')) AS has_case, "
                     "EXISTS (SELECT 1 FROM operator_item o WHERE o.kind = 'renewal_declined' AND o.subject_kind = 'invoice' AND o.subject_id = r.invoice_id "
                     "AND o.open_key = 1) AS has_item, v.language, v.email, v.name "
                     "FROM " NUMBERS "receivable r ON r.invoice_id = j.k JOIN invoice i ON i.id = r.invoice_id JOIN customer c ON c.id = r.customer_id "
                     "LEFT JOIN invoice_exchange x ON x.invoice_id = i.id AND x.sealed = 1 JOIN customer_version v ON v.id = c.current_version_id ORDER BY r.invoice_id", READS(claim, claim_column)},
    [CLAIMS_SAVE] = {"claims_save", "UPDATE receivable SET open_minor = ?, collect_on = ?, retries = ?, state = ?, paid_on = ? WHERE invoice_id = ?", NOTHING},
    [PAYMENTS_INSERT] = {"payments_insert", "INSERT INTO payment (attempt_id, bank_entry_id, customer_id, gateway, gateway_ref, amount_minor, currency, "
                         "method_text, received_on, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [PAYMENTS_OF_ENTRIES] = {"payments_of_entries", "SELECT j.place, p.id FROM " NUMBERS "payment p ON p.bank_entry_id = j.k", READS(place_row, place_column)},
    [PAYMENTS_OF_ATTEMPTS] = {"payments_of_attempts", "SELECT j.place, p.id FROM " NUMBERS "payment p ON p.attempt_id = j.k", READS(place_row, place_column)},
    [ALLOCATIONS_INSERT] = {"allocations_insert", "INSERT INTO allocation (payment_id, invoice_id, amount_minor) VALUES (?, ?, ?)", NOTHING},
    [ADVANCES_INSERT] = {"advances_insert", "INSERT INTO advance (payment_id, customer_id, currency, total_minor, left_minor) VALUES (?, ?, ?, ?, ?)", NOTHING},
    [ENTRIES_KNOWN] = {"bank_entries_known", "SELECT j.place, e.id FROM " KEY_LIST "bank_entry e ON e.entry_key = " LISTED_KEY, READS(place_row, place_column)},
    [COLLECTIONS_KNOWN] = {"collections_known", "SELECT j.place, a.id FROM " KEY_LIST "attempt a ON a.attempt_key = " LISTED_KEY " WHERE a.kind = 'sepa'",
                           READS(place_row, place_column)},
    [ENTRIES_INSERT] = {"bank_entries_insert", "INSERT INTO bank_entry (import_id, entry_key, amount_minor, credit, currency, booked_on, bank_ref, "
                        "end_to_end_id, name, account_key, account_masked, reference, text, return_code, fee_minor, is_fee, attempt_id, file_id, batch_id, doubt, asked_minor, match_kind, customer_id, "
                        "invoice_id, state, resolved_at, resolved_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
};
DB_STATEMENTS(receipt, statement)

static enum err mark_known(struct ctx *ctx, int which, const char *const *texts, size_t count, bool *known)
{
    struct place_row *rows;
    size_t found;

    TRY(ctx, db_rows(ctx, &statement[which], PARAMS(P_TEXT(key_list(ctx->arena, texts, count))), &rows, &found));
    for (size_t i = 0; i < count; i++)
        known[i] = false;
    for (size_t i = 0; i < found; i++)
        known[rows[i].place - 1] = true;
    return OK;
}

enum err known_bank_entries(struct ctx *ctx, const char *const *keys, size_t count, bool *known)
{
    return mark_known(ctx, ENTRIES_KNOWN, keys, count, known);
}

enum err known_collections(struct ctx *ctx, const char *const *ids, size_t count, int64_t *attempt_ids)
{
    struct place_row *rows;
    size_t found;

    TRY(ctx, db_rows(ctx, &statement[COLLECTIONS_KNOWN], PARAMS(P_TEXT(key_list(ctx->arena, ids, count))), &rows, &found));
    for (size_t i = 0; i < count; i++)
        attempt_ids[i] = 0;
    for (size_t i = 0; i < found; i++)
        attempt_ids[rows[i].place - 1] = rows[i].id;
    return OK;
}

/* ---- claims ---- */

enum err lock_claims(struct ctx *ctx, const int64_t *invoice_ids, size_t count, struct claim **rows, size_t *found)
{
    const char *list = id_list(ctx->arena, invoice_ids, count);
    struct place_row *locked;

    CHECK(db_in_transaction(ctx));
    TRY(ctx, db_rows(ctx, &statement[CLAIMS_LOCK], PARAMS(P_TEXT(list)), &locked, found));
    return db_rows(ctx, &statement[CLAIMS_READ], PARAMS(P_TEXT(list)), rows, found);
}

#define WRITE_MANY(which, columns, rows, count) \
    db_write_many(ctx, &statement[which], columns, COUNT_OF(columns), rows, sizeof rows[0], count)

enum err save_claims(struct ctx *ctx, const struct claim *rows, size_t count)
{
    return WRITE_MANY(CLAIMS_SAVE, claim_save_column, rows, count);
}

/* ---- money ---- */

enum err insert_payments(struct ctx *ctx, struct payment *payments, size_t count)
{
    struct payment_row *rows = ARENA_ARRAY(ctx->arena, struct payment_row, count + 1);
    int64_t *sources = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    struct place_row *made;
    bool banks = count > 0 && payments[0].bank_entry_id != 0;
    size_t found;

    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        CHECK((payments[i].bank_entry_id != 0) == banks);
        rows[i] = (struct payment_row){payments[i], ctx->now};
        sources[i] = banks ? payments[i].bank_entry_id : payments[i].attempt_id;
    }
    TRY(ctx, WRITE_MANY(PAYMENTS_INSERT, payment_column, rows, count));
    TRY(ctx, db_rows(ctx, &statement[banks ? PAYMENTS_OF_ENTRIES : PAYMENTS_OF_ATTEMPTS], PARAMS(P_TEXT(id_list(ctx->arena, sources, count))), &made,
                     &found));
    CHECK(found == count);
    for (size_t i = 0; i < count; i++)
        payments[made[i].place - 1].id = made[i].id;
    return OK;
}

enum err insert_allocations(struct ctx *ctx, const struct allocation *rows, size_t count)
{
    return WRITE_MANY(ALLOCATIONS_INSERT, allocation_column, rows, count);
}

enum err insert_advances(struct ctx *ctx, const struct advance *rows, size_t count)
{
    return WRITE_MANY(ADVANCES_INSERT, advance_column, rows, count);
}

/* ---- entries ---- */

enum err insert_bank_entries(struct ctx *ctx, struct bank_entry_row *entries, size_t count)
{
    struct entry_row *rows = ARENA_ARRAY(ctx->arena, struct entry_row, count + 1);
    const char **keys = ARENA_ARRAY(ctx->arena, const char *, count + 1);
    struct place_row *made;
    size_t found;
    enum err err;

    for (size_t i = 0; i < count; i++) {
        bool open = strcmp(entries[i].state, "open") == 0;

        rows[i] = (struct entry_row){entries[i], open ? 0 : ctx->now, open ? NULL : ctx->actor};
        keys[i] = entries[i].entry_key;
    }
    err = WRITE_MANY(ENTRIES_INSERT, entry_column, rows, count);
    if (err == ERR_DUPLICATE)
        return FAIL(ctx, ERR_DB_RETRY, "another run took in the same entries");
    if (err != OK)
        return err;
    TRY(ctx, db_rows(ctx, &statement[ENTRIES_KNOWN], PARAMS(P_TEXT(key_list(ctx->arena, keys, count))), &made, &found));
    CHECK(found == count);
    for (size_t i = 0; i < count; i++)
        entries[made[i].place - 1].id = made[i].id;
    return OK;
}
