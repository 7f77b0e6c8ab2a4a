#include "store/closing.h"

#include "base/check.h"
#include "store/db.h"

static const struct column closing_column[] = {
    COLUMN(I64, closing, id), COLUMN(I64, closing, sequence), COLUMN(I32, closing, version), COLUMN(TEXT, closing, kind), COLUMN(DATE, closing, from_on),
    COLUMN(DATE, closing, until_on), COLUMN(TEXT, closing, currency), COLUMN(I64, closing, entry_count),
    COLUMN(I64, closing, debit_minor), COLUMN(I64, closing, credit_minor), COLUMN(I64, closing, sales_minor),
    COLUMN(I64, closing, all_entry_count), COLUMN(I64, closing, all_debit_minor), COLUMN(I64, closing, all_credit_minor),
    COLUMN(I64, closing, all_sales_minor), COLUMN(I64, closing, all_absolute_minor), COLUMN(INSTANT, closing, closed_at),
    COLUMN(TEXT, closing, closed_by), COLUMN(HASH, closing, chain_previous), COLUMN(HASH, closing, chain_digest),
};
#define WRITTEN                                                                                                        \
    "sequence, version, kind, from_on, until_on, currency, entry_count, debit_minor, credit_minor, sales_minor, "               \
    "all_entry_count, all_debit_minor, all_credit_minor, all_sales_minor, all_absolute_minor, closed_at, closed_by, "  \
    "chain_previous, chain_digest"

static const struct column state_column[] = {COLUMN(DATE, closing_state, first_on), COLUMN(DATE, closing_state, open_from_on)};
static const struct column closed_column[] = {COLUMN(TEXT, closed, kind), COLUMN(DATE, closed, from_on)};
static const struct column sum_column[] = {
    COLUMN(DATE, day_sum, happened_on), COLUMN(I64, day_sum, entry_count), COLUMN(I64, day_sum, debit_minor),
    COLUMN(I64, day_sum, credit_minor), COLUMN(I64, day_sum, sales_minor), COLUMN(I64, day_sum, absolute_minor),
};
static const struct column tax_column[] = {
    COLUMN(I64, closing_tax_row, sequence), COLUMN(TEXT, closing_tax_row, tax_category), COLUMN(I32, closing_tax_row, tax_rate_ppm),
    COLUMN(I64, closing_tax_row, base_minor), COLUMN(I64, closing_tax_row, tax_minor), COLUMN(I64, closing_tax_row, all_base_minor),
    COLUMN(I64, closing_tax_row, all_tax_minor),
};
static const struct column day_tax_column[] = {
    COLUMN(DATE, day_tax, happened_on), COLUMN(TEXT, day_tax, tax_category), COLUMN(I32, day_tax, tax_rate_ppm),
    COLUMN(I64, day_tax, base_minor), COLUMN(I64, day_tax, tax_minor),
};
static const struct column work_column[] = {
    COLUMN(TEXT, open_work, kind), COLUMN(TEXT, open_work, ref), COLUMN(DATE, open_work, happened_on),
};
struct got_row {
    int64_t got;
};
static const struct column got_column[] = {COLUMN(I64, got_row, got)};

enum { INSERT, LIST, AFTER, EXISTS, WITHIN, DAY_BEFORE, STATE, SUMS, TAXES_INSERT, BALANCES_INSERT, TAXES, DAY_TAXES, WORK, TAKE_LOCK, FREE_LOCK };

static const struct statement statement[] = {
    [INSERT] = {"closings_insert", "INSERT INTO closing (" WRITTEN ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [LIST] = {"closings", "SELECT id, " WRITTEN " FROM closing WHERE (? = '' OR kind = ?) AND (? = 0 OR sequence < ?) "
              "ORDER BY sequence DESC LIMIT ?", READS(closing, closing_column)},
    [AFTER] = {"closings_after", "SELECT id, " WRITTEN " FROM closing WHERE sequence > ? ORDER BY sequence LIMIT ?",
               READS(closing, closing_column)},
    [EXISTS] = {"closing_of", "SELECT COUNT(*) AS got FROM closing WHERE kind = ? AND from_on = ?", READS(got_row, got_column)},
    [WITHIN] = {"closed_within", "SELECT kind, from_on FROM closing WHERE kind IN ('day', 'month', 'year') AND from_on >= ? AND from_on < ?", READS(closed, closed_column)},
    [DAY_BEFORE] = {"closing_day_before", "SELECT id, " WRITTEN " FROM closing WHERE kind = 'day' AND until_on <= ? "
                    "ORDER BY until_on DESC LIMIT 1", READS(closing, closing_column)},
    [STATE] = {"closing_state", "SELECT (SELECT MIN(entry_on) FROM journal_entry) AS first_on, "
               "(SELECT MAX(until_on) FROM closing) AS open_from_on", READS(closing_state, state_column)},
    [SUMS] = {"day_sums",
              "SELECT happened_on, CAST(SUM(entries) AS SIGNED) AS entry_count, CAST(SUM(debit) AS SIGNED) AS debit_minor, "
              "CAST(SUM(debit) AS SIGNED) AS credit_minor, CAST(SUM(sales) AS SIGNED) AS sales_minor, "
              "CAST(SUM(absolute) AS SIGNED) AS absolute_minor FROM ("
              "SELECT entry_on AS happened_on, COUNT(*) AS entries, SUM(IF(currency = ?, total_minor, 0)) AS debit, 0 AS sales, "
              "0 AS absolute FROM journal_entry WHERE entry_on >= ? AND entry_on < ? GROUP BY entry_on UNION ALL "
              "SELECT i.issued_on, 0, 0, SUM(IF(i.kind = 'credit_note', -ABS(i.total_minor), i.total_minor - IFNULL(u.minor, 0))), "
              "SUM(ABS(i.total_minor - IFNULL(u.minor, 0))) FROM invoice i LEFT JOIN "
              "(SELECT invoice_id, SUM(amount_minor) AS minor FROM deposit_use GROUP BY invoice_id) u ON u.invoice_id = i.id WHERE i.issued_on >= ? AND i.issued_on < ? AND i.currency = ? GROUP BY i.issued_on UNION ALL "
              "SELECT i.issued_on, 0, 0, SUM(IF(i.kind = 'credit_note', -x.total_base_minor, x.total_base_minor)), SUM(ABS(x.total_base_minor)) "
              "FROM invoice i JOIN invoice_exchange x ON x.invoice_id = i.id AND x.sealed = 1 AND x.base = ? WHERE i.issued_on >= ? AND i.issued_on < ? "
              "GROUP BY i.issued_on) d "
              "GROUP BY happened_on ORDER BY happened_on", READS(day_sum, sum_column)},
    [TAXES_INSERT] = {"closing_taxes_insert", "INSERT INTO closing_tax (sequence, tax_category, tax_rate_ppm, base_minor, tax_minor, "
                      "all_base_minor, all_tax_minor) VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BALANCES_INSERT] = {"closed_balances_insert",
                         "INSERT INTO closed_balance (until_on, currency, account, debit_minor, credit_minor) SELECT ?, ?, account, SUM(debit), SUM(credit) FROM ("
                         "SELECT b.account, b.debit_minor AS debit, b.credit_minor AS credit FROM closed_balance b WHERE b.currency = ? AND b.until_on = "
                         "(SELECT MAX(until_on) FROM closed_balance WHERE currency = ? AND until_on < ?) UNION ALL "
                         "SELECT i.account, SUM(i.debit_minor), SUM(i.credit_minor) FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id "
                         "WHERE e.currency = ? AND e.entry_on < ? AND e.entry_on >= IFNULL((SELECT MAX(until_on) FROM closed_balance WHERE currency = ? AND "
                         "until_on < ?), '0001-01-01') GROUP BY i.account) x GROUP BY account", NOTHING},
    [TAXES] = {"closing_taxes_between", "SELECT sequence, tax_category, tax_rate_ppm, base_minor, tax_minor, all_base_minor, all_tax_minor "
               "FROM closing_tax WHERE sequence BETWEEN ? AND ? ORDER BY sequence, tax_category, tax_rate_ppm", READS(closing_tax_row, tax_column)},
    [DAY_TAXES] = {"day_taxes",
                   "SELECT happened_on, tax_category, tax_rate_ppm, CAST(SUM(base) AS SIGNED) AS base_minor, CAST(SUM(tax) AS SIGNED) AS tax_minor FROM ("
                   "SELECT i.issued_on AS happened_on, t.tax_category, t.tax_rate_ppm, IF(i.kind = 'credit_note', -t.base_minor, t.base_minor) AS base, "
                   "IF(i.kind = 'credit_note', -t.tax_minor, t.tax_minor) AS tax FROM invoice i JOIN invoice_tax t ON t.invoice_id = i.id "
                   "WHERE i.issued_on >= ? AND i.issued_on < ? AND i.currency = ? UNION ALL "
                   "SELECT i.issued_on, l.tax_category, l.tax_rate_ppm, -u.net_minor, -u.vat_minor FROM deposit_use u JOIN invoice i ON i.id = u.invoice_id "
                   "JOIN invoice_line l ON l.invoice_id = u.deposit_id AND l.position = u.position "
                   "WHERE i.issued_on >= ? AND i.issued_on < ? AND i.currency = ? UNION ALL "
                   "SELECT i.issued_on, t.tax_category, t.tax_rate_ppm, IF(i.kind = 'credit_note', -t.base_minor, t.base_minor), "
                   "IF(i.kind = 'credit_note', -t.tax_minor, t.tax_minor) FROM invoice i JOIN invoice_exchange x ON x.invoice_id = i.id AND x.sealed = 1 AND "
                   "x.base = ? JOIN invoice_exchange_tax t ON t.invoice_id = i.id WHERE i.issued_on >= ? AND i.issued_on < ?) d "
                   "GROUP BY happened_on, tax_category, tax_rate_ppm ORDER BY happened_on, tax_category, tax_rate_ppm", READS(day_tax, day_tax_column)},
    [WORK] = {"open_work_before",
              "SELECT kind, ref, happened_on FROM ("
              "SELECT 'invoice' AS kind, i.number AS ref, i.issued_on AS happened_on FROM invoice i LEFT JOIN journal_entry e ON "
              "e.source_kind = 'invoice' AND e.source_id = i.id WHERE i.issued_on < ? AND i.total_minor <> 0 AND e.id IS NULL UNION ALL "
              "SELECT 'payment', CAST(p.gateway_ref AS CHAR CHARACTER SET ascii), p.received_on FROM payment p LEFT JOIN journal_entry e ON "
              "e.source_kind = 'payment' AND e.source_id = p.id WHERE p.received_on < ? AND e.id IS NULL UNION ALL "
              "SELECT 'attempt', IFNULL(i.number, q.number), DATE(a.created_at) FROM attempt a JOIN payable b ON b.id = a.payable_id "
              "LEFT JOIN invoice i ON i.id = b.invoice_id LEFT JOIN quote_version v ON v.id = b.quote_version_id "
              "LEFT JOIN quote q ON q.id = v.quote_id WHERE a.next_check_at IS NOT NULL AND a.state IN "
              "('ready', 'sending', 'unknown', 'pending', 'action') AND a.created_at < ? UNION ALL "
              "SELECT 'deferral', i.number, DATE_SUB(d.next_on, INTERVAL 1 DAY) FROM deferral d JOIN invoice i ON i.id = d.invoice_id "
              "WHERE d.next_on <= ? UNION ALL "
              "SELECT 'renewal', s.number, s.due_on FROM subscription s WHERE s.due_on < ?) w ORDER BY happened_on, kind, ref LIMIT ?",
              READS(open_work, work_column)},
    [TAKE_LOCK] = {"closing_lock", "SELECT GET_LOCK(CONCAT('tacite_closing_', DATABASE()), 5) AS got", READS(got_row, got_column)},
    [FREE_LOCK] = {"closing_unlock", "SELECT RELEASE_LOCK(CONCAT('tacite_closing_', DATABASE())) AS got", READS(got_row, got_column)},
};
DB_STATEMENTS(closing, statement)

enum err insert_closings(struct ctx *ctx, const struct closing *rows, size_t count)
{
    return db_write_many(ctx, &statement[INSERT], closing_column + 1, COUNT_OF(closing_column) - 1, rows, sizeof rows[0], count);
}

enum err insert_closing_taxes(struct ctx *ctx, const struct closing_tax_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[TAXES_INSERT], tax_column, COUNT_OF(tax_column), rows, sizeof rows[0], count);
}

enum err insert_closed_balances(struct ctx *ctx, int32_t until_on, const char *currency)
{
    return db_write(ctx, &statement[BALANCES_INSERT],
                    PARAMS(P_DATE(until_on), P_TEXT(currency), P_TEXT(currency), P_TEXT(currency), P_DATE(until_on), P_TEXT(currency), P_DATE(until_on),
                           P_TEXT(currency), P_DATE(until_on)), NULL);
}

enum err closing_taxes_between(struct ctx *ctx, int64_t first, int64_t last, struct closing_tax_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[TAXES], PARAMS(P_I64(first), P_I64(last)), rows, count);
}

enum err day_taxes(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct day_tax **rows, size_t *count)
{
    return db_rows(ctx, &statement[DAY_TAXES],
                   PARAMS(P_DATE(from_on), P_DATE(until_on), P_TEXT(currency), P_DATE(from_on), P_DATE(until_on), P_TEXT(currency),
                          P_TEXT(currency), P_DATE(from_on), P_DATE(until_on)), rows, count);
}

enum err closings(struct ctx *ctx, const char *kind, int64_t before_sequence, int32_t limit, struct closing **rows, size_t *count)
{
    return db_rows(ctx, &statement[LIST],
                   PARAMS(P_TEXT(kind), P_TEXT(kind), P_I64(before_sequence), P_I64(before_sequence), P_I64(limit)), rows, count);
}

enum err closings_after(struct ctx *ctx, int64_t sequence, int32_t limit, struct closing **rows, size_t *count)
{
    return db_rows(ctx, &statement[AFTER], PARAMS(P_I64(sequence), P_I64(limit)), rows, count);
}

enum err closing_of(struct ctx *ctx, const char *kind, int32_t from_on, bool *exists)
{
    struct got_row row;

    TRY(ctx, db_row(ctx, &statement[EXISTS], PARAMS(P_TEXT(kind), P_DATE(from_on)), &row));
    *exists = row.got > 0;
    return OK;
}

enum err closing_day_before(struct ctx *ctx, int32_t on, struct closing *closing)
{
    return db_row(ctx, &statement[DAY_BEFORE], PARAMS(P_DATE(on)), closing);
}

enum err closed_within(struct ctx *ctx, int32_t from_on, int32_t until_on, struct closed **rows, size_t *count)
{
    return db_rows(ctx, &statement[WITHIN], PARAMS(P_DATE(from_on), P_DATE(until_on)), rows, count);
}

enum err closing_state(struct ctx *ctx, struct closing_state *state)
{
    return db_row(ctx, &statement[STATE], NO_PARAMS, state);
}

enum err day_sums(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct day_sum **rows, size_t *count)
{
    return db_rows(ctx, &statement[SUMS],
                   PARAMS(P_TEXT(currency), P_DATE(from_on), P_DATE(until_on), P_DATE(from_on), P_DATE(until_on), P_TEXT(currency), P_TEXT(currency),
                          P_DATE(from_on), P_DATE(until_on)), rows, count);
}

enum err open_work_before(struct ctx *ctx, int32_t until_on, int32_t limit, struct open_work **rows, size_t *count)
{
    return db_rows(ctx, &statement[WORK],
                   PARAMS(P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_I64(limit)),
                   rows, count);
}

static enum err ask_lock(struct ctx *ctx, int which, bool *got)
{
    struct got_row row;

    TRY(ctx, db_row(ctx, &statement[which], NO_PARAMS, &row));
    *got = row.got == 1;
    return OK;
}

enum err lock_closings(struct ctx *ctx, bool *got)
{
    return ask_lock(ctx, TAKE_LOCK, got);
}

enum err unlock_closings(struct ctx *ctx)
{
    bool got;

    return ask_lock(ctx, FREE_LOCK, &got);
}
