#include "store/bank.h"

#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/tenant.h"

static const struct column import_column[] = {
    COLUMN(I64, bank_import, id), COLUMN(HASH, bank_import, sha256), COLUMN(TEXT, bank_import, name), COLUMN(TEXT, bank_import, kind),
    COLUMN(TEXT, bank_import, version), COLUMN(TEXT, bank_import, message_id), COLUMN(I32, bank_import, entries),
    COLUMN(I32, bank_import, fresh), COLUMN(I32, bank_import, matched), COLUMN(TEXT, bank_import, state),
    COLUMN(INSTANT, bank_import, imported_at), COLUMN(TEXT, bank_import, actor),
};
#define IMPORT_FIELDS "id, sha256, name, kind, version, message_id, entries, fresh, matched, state, imported_at, actor"

static const struct column entry_column[] = {
    COLUMN(I64, bank_entry_row, id), COLUMN(I64, bank_entry_row, import_id), COLUMN(TEXT, bank_entry_row, entry_key),
    COLUMN(I64, bank_entry_row, amount_minor), COLUMN(BOOL, bank_entry_row, credit), COLUMN(TEXT, bank_entry_row, currency),
    COLUMN(DATE, bank_entry_row, booked_on), COLUMN(TEXT, bank_entry_row, bank_ref), COLUMN(TEXT, bank_entry_row, end_to_end_id),
    COLUMN(TEXT, bank_entry_row, name), COLUMN(TEXT, bank_entry_row, account_key), COLUMN(TEXT, bank_entry_row, account_masked),
    COLUMN(TEXT, bank_entry_row, reference), COLUMN(TEXT, bank_entry_row, text), COLUMN(TEXT, bank_entry_row, return_code),
    COLUMN(I64, bank_entry_row, fee_minor), COLUMN(BOOL, bank_entry_row, is_fee), COLUMN(ID, bank_entry_row, attempt_id), COLUMN(ID, bank_entry_row, file_id),
    COLUMN(TEXT, bank_entry_row, batch_id), COLUMN(TEXT, bank_entry_row, doubt), COLUMN(I64, bank_entry_row, asked_minor), COLUMN(I64, bank_entry_row, kept_minor), COLUMN(TEXT, bank_entry_row, match_kind), COLUMN(ID, bank_entry_row, customer_id), COLUMN(ID, bank_entry_row, invoice_id),
    COLUMN(TEXT, bank_entry_row, state),
};
#define ENTRY_FIELDS                                                                                             \
    "id, import_id, entry_key, amount_minor, credit, currency, booked_on, bank_ref, end_to_end_id, name, "       \
    "account_key, account_masked, reference, text, return_code, fee_minor, is_fee, attempt_id, file_id, batch_id, doubt, asked_minor, kept_minor, match_kind, customer_id, " \
    "invoice_id, state"

static const struct column in_row_column[] = {
    COLUMN(I64, statement_in_row, id), COLUMN(I64, statement_in_row, import_id), COLUMN(TEXT, statement_in_row, number), COLUMN(TEXT, statement_in_row, currency),
    COLUMN(I64, statement_in_row, opening_minor), COLUMN(I64, statement_in_row, closing_minor), COLUMN(DATE, statement_in_row, closed_on),
};
static const struct column claim_column[] = {
    COLUMN(I64, bank_claim, invoice_id), COLUMN(I64, bank_claim, customer_id), COLUMN(TEXT, bank_claim, number),
    COLUMN(TEXT, bank_claim, customer_name), COLUMN(I64, bank_claim, open_minor), COLUMN(TEXT, bank_claim, currency),
};
static const struct column account_column[] = {COLUMN(TEXT, bank_account_row, account_key), COLUMN(I64, bank_account_row, customer_id)};
static const struct column advance_column[] = {
    COLUMN(I64, advance, payment_id), COLUMN(I64, advance, customer_id), COLUMN(TEXT, advance, currency),
    COLUMN(I64, advance, total_minor), COLUMN(I64, advance, left_minor),
};
struct sum_row {
    int64_t n;
};
static const struct column sum_column[] = {COLUMN(I64, sum_row, n)};
static const struct column match_column[] = {COLUMN(I64, advance_match, payment_id), COLUMN(I64, advance_match, invoice_id)};

enum {
    IMPORT_INSERT, IMPORT_BY_HASH, IMPORT_COUNT, IMPORT_DONE, IMPORTS, STATEMENT_INSERT, STATEMENTS_IN_ROW, ENTRY_LOCK, ENTRY_BY_ID,
    ENTRY_RESOLVE, ENTRY_KEPT, ENTRY_FIRST, ENTRIES_DOUBTED, CREDITED_AS_ONE, BOOKED_BY_HAND, ENTRIES_OPEN, ENTRIES_RESOLVED, CLAIMS, ACCOUNTS, ADVANCE_LOCK, ADVANCE_LESS, USE_INSERT, ADVANCES_DUE,
};

static const struct statement statement[] = {
    [IMPORT_INSERT] = {"bank_import_insert", "INSERT INTO bank_import (sha256, name, kind, version, message_id, entries, imported_at, actor) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [IMPORT_BY_HASH] = {"bank_import_by_hash", "SELECT " IMPORT_FIELDS " FROM bank_import WHERE sha256 = ?", READS(bank_import, import_column)},
    [IMPORT_COUNT] = {"bank_import_count", "UPDATE bank_import SET fresh = fresh + ?, matched = matched + ? WHERE id = ? AND state = 'running'", NOTHING},
    [IMPORT_DONE] = {"bank_import_done", "UPDATE bank_import SET state = 'done' WHERE id = ?", NOTHING},
    [IMPORTS] = {"bank_imports", "SELECT " IMPORT_FIELDS " FROM bank_import WHERE id < ? ORDER BY id DESC LIMIT ?", READS(bank_import, import_column)},
    [STATEMENT_INSERT] = {"bank_statement_insert", "INSERT IGNORE INTO bank_statement (import_id, account, statement_ref, number, currency, "
                          "opening_minor, closing_minor, closed_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [STATEMENTS_IN_ROW] = {"bank_statements_in_a_row", "SELECT MIN(id) AS id, MIN(import_id) AS import_id, number, currency, opening_minor, closing_minor, closed_on "
                           "FROM bank_statement WHERE account = ? AND closed_on >= ? GROUP BY currency, closed_on, number, opening_minor, closing_minor "
                           "ORDER BY currency, closed_on, CAST(number AS UNSIGNED), MIN(id)", READS(statement_in_row, in_row_column)},
    [ENTRY_LOCK] = {"bank_entry_lock", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE id = ? FOR UPDATE", READS(bank_entry_row, entry_column)},
    [ENTRY_BY_ID] = {"bank_entry_by_id", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE id = ?", READS(bank_entry_row, entry_column)},
    [ENTRY_RESOLVE] = {"bank_entry_resolve", "UPDATE bank_entry SET state = ?, match_kind = ?, customer_id = ?, invoice_id = ?, resolved_at = ?, "
                       "resolved_by = ? WHERE id = ? AND state = 'open'", NOTHING},
    [ENTRY_KEPT] = {"bank_entry_kept", "UPDATE bank_entry SET state = 'aside', match_kind = 'none', kept_minor = ?, resolved_at = ?, resolved_by = ? "
                    "WHERE id = ? AND state = 'open'", NOTHING},
    [ENTRY_FIRST] = {"bank_entry_first_open", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE open_key = 1 AND doubt = '' ORDER BY id LIMIT 1",
                     READS(bank_entry_row, entry_column)},
    [ENTRIES_DOUBTED] = {"bank_entries_doubted", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE open_key = 1 AND doubt <> '' ORDER BY id",
                         READS(bank_entry_row, entry_column)},
    [CREDITED_AS_ONE] = {"bank_credited_as_one", "SELECT CAST(IFNULL(SUM(e.amount_minor + e.kept_minor), 0) AS SIGNED) AS n FROM bank_entry e JOIN bank_import i ON i.id = e.import_id AND "
                         "i.kind = 'statement' WHERE e.file_id = ? AND e.attempt_id IS NULL AND e.credit = 1 AND e.id <> ? AND (? = '' OR e.batch_id IN ('', ?))",
                         READS(sum_row, sum_column)},
    [BOOKED_BY_HAND] = {"debit_booked_by_hand", "SELECT COUNT(*) AS n FROM bank_entry WHERE attempt_id = ? AND state = 'matched'", READS(sum_row, sum_column)},
    [ENTRIES_OPEN] = {"bank_entries_open", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE open_key = 1 AND id > ? ORDER BY id LIMIT ?",
                      READS(bank_entry_row, entry_column)},
    [ENTRIES_RESOLVED] = {"bank_entries_resolved", "SELECT " ENTRY_FIELDS " FROM bank_entry WHERE open_key IS NULL AND id < ? "
                          "ORDER BY id DESC LIMIT ?", READS(bank_entry_row, entry_column)},
    [CLAIMS] = {"bank_claims", "SELECT r.invoice_id, r.customer_id, i.number, v.name AS customer_name, r.open_minor, r.currency "
                "FROM receivable r JOIN invoice i ON i.id = r.invoice_id JOIN customer c ON c.id = r.customer_id "
                "JOIN customer_version v ON v.id = c.current_version_id WHERE r.state = 'open' OR r.paid_on >= ?",
                READS(bank_claim, claim_column)},
    [ACCOUNTS] = {"bank_accounts", "SELECT DISTINCT account_key, customer_id FROM bank_entry WHERE account_key <> '' AND customer_id IS NOT NULL",
                  READS(bank_account_row, account_column)},
    [ADVANCE_LOCK] = {"advance_lock", "SELECT payment_id, customer_id, currency, total_minor, left_minor FROM advance WHERE payment_id = ? FOR UPDATE",
                      READS(advance, advance_column)},
    [ADVANCE_LESS] = {"advance_less", "UPDATE advance SET left_minor = left_minor - ? WHERE payment_id = ? AND left_minor = ?", NOTHING},
    [USE_INSERT] = {"advance_use_insert", "INSERT INTO advance_use (payment_id, invoice_id, amount_minor, used_on) VALUES (?, ?, ?, ?)", NOTHING},
    [ADVANCES_DUE] = {"advances_to_use", "SELECT a.payment_id, MIN(r.invoice_id) AS invoice_id FROM advance a JOIN receivable r ON "
                      "r.customer_id = a.customer_id AND r.currency = a.currency AND r.state = 'open' WHERE a.spare = 1 AND NOT EXISTS "
                      "(SELECT 1 FROM allocation x WHERE x.payment_id = a.payment_id AND x.invoice_id = r.invoice_id) AND NOT EXISTS "
                      "(SELECT 1 FROM payable y JOIN attempt t ON t.payable_id = y.id WHERE y.invoice_id = r.invoice_id AND t.live = 1) "
                      "GROUP BY a.payment_id ORDER BY a.payment_id LIMIT ?", READS(advance_match, match_column)},
};
DB_STATEMENTS(bank, statement)

enum err insert_bank_import(struct ctx *ctx, struct bank_import *i)
{
    return db_insert(ctx, &statement[IMPORT_INSERT],
                     PARAMS(P_HASH(i->sha256), P_TEXT(i->name), P_TEXT(i->kind), P_TEXT(i->version), P_TEXT(i->message_id),
                            P_I64(i->entries), P_INSTANT(ctx->now), P_TEXT(ctx->actor)), &i->id);
}

enum err bank_import_by_hash(struct ctx *ctx, const unsigned char sha256[32], struct bank_import *import)
{
    return db_row(ctx, &statement[IMPORT_BY_HASH], PARAMS(P_HASH(sha256)), import);
}

enum err count_bank_import(struct ctx *ctx, int64_t id, int32_t fresh, int32_t matched)
{
    return db_write_one(ctx, &statement[IMPORT_COUNT], PARAMS(P_I64(fresh), P_I64(matched), P_I64(id)));
}

enum err finish_bank_import(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[IMPORT_DONE], PARAMS(P_I64(id)), NULL);
}

enum err bank_imports(struct ctx *ctx, int64_t before_id, int32_t limit, struct bank_import **rows, size_t *count)
{
    return db_rows(ctx, &statement[IMPORTS], PARAMS(P_I64(before_id != 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}

enum err insert_bank_statement(struct ctx *ctx, const struct bank_statement_row *s)
{
    return db_write(ctx, &statement[STATEMENT_INSERT],
                    PARAMS(P_I64(s->import_id), P_TEXT(s->account), P_TEXT(s->statement_ref), P_TEXT(s->number), P_TEXT(s->currency),
                           P_I64(s->opening_minor), P_I64(s->closing_minor), P_DATE(s->closed_on)), NULL);
}

enum err statements_in_a_row(struct ctx *ctx, const char *account, int32_t since_on, struct statement_in_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[STATEMENTS_IN_ROW], PARAMS(P_TEXT(account), P_DATE(since_on)), rows, count);
}

enum err lock_bank_entry(struct ctx *ctx, int64_t id, struct bank_entry_row *row)
{
    return db_row(ctx, &statement[ENTRY_LOCK], PARAMS(P_I64(id)), row);
}

enum err bank_entry_by_id(struct ctx *ctx, int64_t id, struct bank_entry_row *row)
{
    return db_row(ctx, &statement[ENTRY_BY_ID], PARAMS(P_I64(id)), row);
}

enum err resolve_bank_entry(struct ctx *ctx, int64_t id, int64_t customer_id, int64_t invoice_id)
{
    return db_write_one(ctx, &statement[ENTRY_RESOLVE],
                        PARAMS(P_TEXT(invoice_id != 0 ? "matched" : "aside"), P_TEXT(invoice_id != 0 ? "person" : "none"), P_ID(customer_id),
                               P_ID(invoice_id), P_INSTANT(ctx->now), P_TEXT(ctx->actor), P_I64(id)));
}

enum err resolve_batch_entry(struct ctx *ctx, int64_t id, int64_t kept_minor)
{
    return db_write_one(ctx, &statement[ENTRY_KEPT], PARAMS(P_I64(kept_minor), P_INSTANT(ctx->now), P_TEXT(ctx->actor), P_I64(id)));
}

enum err first_open_bank_entry(struct ctx *ctx, struct bank_entry_row *row)
{
    return db_row(ctx, &statement[ENTRY_FIRST], NO_PARAMS, row);
}

enum err doubted_bank_entries(struct ctx *ctx, struct bank_entry_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ENTRIES_DOUBTED], NO_PARAMS, rows, count);
}

enum err credited_as_one(struct ctx *ctx, int64_t file_id, const char *batch_id, int64_t but_entry_id, int64_t *minor)
{
    struct sum_row row;

    TRY(ctx, db_row(ctx, &statement[CREDITED_AS_ONE], PARAMS(P_I64(file_id), P_I64(but_entry_id), P_TEXT(batch_id), P_TEXT(batch_id)), &row));
    *minor = row.n;
    return OK;
}

enum err debit_booked_by_hand(struct ctx *ctx, int64_t attempt_id, bool *booked)
{
    struct sum_row row;

    TRY(ctx, db_row(ctx, &statement[BOOKED_BY_HAND], PARAMS(P_I64(attempt_id)), &row));
    *booked = row.n > 0;
    return OK;
}

enum err open_bank_entries(struct ctx *ctx, int64_t after_id, int32_t limit, struct bank_entry_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ENTRIES_OPEN], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

enum err resolved_bank_entries(struct ctx *ctx, int64_t before_id, int32_t limit, struct bank_entry_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ENTRIES_RESOLVED], PARAMS(P_I64(before_id != 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}

enum err bank_claims(struct ctx *ctx, int32_t since_on, struct bank_claim **rows, size_t *count)
{
    return db_rows(ctx, &statement[CLAIMS], PARAMS(P_DATE(since_on)), rows, count);
}

enum err bank_accounts(struct ctx *ctx, struct bank_account_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ACCOUNTS], NO_PARAMS, rows, count);
}

enum err lock_advance(struct ctx *ctx, int64_t payment_id, struct advance *advance)
{
    return db_row(ctx, &statement[ADVANCE_LOCK], PARAMS(P_I64(payment_id)), advance);
}

enum err use_advance(struct ctx *ctx, const struct advance *a, int64_t invoice_id, int64_t amount_minor, int64_t *id)
{
    TRY(ctx, db_write_one(ctx, &statement[ADVANCE_LESS], PARAMS(P_I64(amount_minor), P_I64(a->payment_id), P_I64(a->left_minor))));
    return db_insert(ctx, &statement[USE_INSERT], PARAMS(P_I64(a->payment_id), P_I64(invoice_id), P_I64(amount_minor), P_DATE(ctx->today_on)), id);
}

enum err withdraw_advance(struct ctx *ctx, const struct advance *a)
{
    return db_write_one(ctx, &statement[ADVANCE_LESS], PARAMS(P_I64(a->left_minor), P_I64(a->payment_id), P_I64(a->left_minor)));
}

enum err advances_to_use(struct ctx *ctx, int32_t limit, struct advance_match **rows, size_t *count)
{
    return db_rows(ctx, &statement[ADVANCES_DUE], PARAMS(P_I64(limit)), rows, count);
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
