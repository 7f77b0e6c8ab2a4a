#include "store/ledger.h"

#include "base/check.h"
#include "core/date.h"
#include "core/exchange.h"
#include "store/db.h"

static const struct column journal_column[] = {
    COLUMN(I64, journal_row, id), COLUMN(TEXT, journal_row, series), COLUMN(I64, journal_row, sequence),
    COLUMN(TEXT, journal_row, journal), COLUMN(DATE, journal_row, entry_on), COLUMN(TEXT, journal_row, source_kind),
    COLUMN(I64, journal_row, source_id), COLUMN(TEXT, journal_row, reference), COLUMN(TEXT, journal_row, currency),
    COLUMN(I64, journal_row, total_minor), COLUMN(INSTANT, journal_row, posted_at), COLUMN(TEXT, journal_row, invoice_number),
    COLUMN(TEXT, journal_row, customer_number), COLUMN(TEXT, journal_row, customer_name),
};
static const struct column line_column[] = {
    COLUMN(I64, journal_line, entry_id), COLUMN(TEXT, journal_line, series), COLUMN(I64, journal_line, sequence),
    COLUMN(TEXT, journal_line, journal), COLUMN(DATE, journal_line, entry_on), COLUMN(TEXT, journal_line, reference),
    COLUMN(TEXT, journal_line, currency), COLUMN(I32, journal_line, position), COLUMN(TEXT, journal_line, account),
    COLUMN(TEXT, journal_line, account_name), COLUMN(TEXT, journal_line, customer_number), COLUMN(TEXT, journal_line, customer_name),
    COLUMN(TEXT, journal_line, label), COLUMN(I64, journal_line, debit_minor), COLUMN(I64, journal_line, credit_minor),
    COLUMN(TEXT, journal_line, foreign_currency), COLUMN(I64, journal_line, foreign_minor),
};
static const struct column sum_column[] = {COLUMN(I64, ledger_sum, debit_minor), COLUMN(I64, ledger_sum, credit_minor)};
static const struct column balance_column[] = {
    COLUMN(TEXT, balance_row, account), COLUMN(TEXT, balance_row, account_name), COLUMN(I64, balance_row, opening_minor),
    COLUMN(I64, balance_row, debit_minor), COLUMN(I64, balance_row, credit_minor), COLUMN(I64, balance_row, years_before_minor),
};
static const struct column sums_column[] = {
    COLUMN(TEXT, account_sum, account), COLUMN(TEXT, account_sum, account_name), COLUMN(BOOL, account_sum, carries),
    COLUMN(I64, account_sum, debit_minor), COLUMN(I64, account_sum, credit_minor),
};
struct kept_row {
    int32_t until_on;
};
static const struct column kept_column[] = {COLUMN(DATE, kept_row, until_on)};
static const struct column opening_column[] = {
    COLUMN(TEXT, opening_row, account), COLUMN(TEXT, opening_row, account_name), COLUMN(TEXT, opening_row, customer_number),
    COLUMN(TEXT, opening_row, customer_name), COLUMN(I64, opening_row, balance_minor),
};
static const struct column open_column[] = {
    COLUMN(I64, open_invoice, customer_id), COLUMN(TEXT, open_invoice, customer_number), COLUMN(TEXT, open_invoice, customer_name),
    COLUMN(TEXT, open_invoice, number), COLUMN(DATE, open_invoice, issued_on), COLUMN(DATE, open_invoice, due_on),
    COLUMN(TEXT, open_invoice, currency), COLUMN(I64, open_invoice, total_minor), COLUMN(I64, open_invoice, open_minor),
    COLUMN(I64, open_invoice, books_rate_e6),
};
static const struct column deferred_column[] = {
    COLUMN(I64, deferred_row, id), COLUMN(TEXT, deferred_row, subscription_number), COLUMN(TEXT, deferred_row, customer_name),
    COLUMN(TEXT, deferred_row, invoice_number), COLUMN(TEXT, deferred_row, account), COLUMN(TEXT, deferred_row, method),
    COLUMN(I64, deferred_row, amount_minor),
    COLUMN(I64, deferred_row, recognised_minor), COLUMN(DATE, deferred_row, from_on), COLUMN(DATE, deferred_row, until_on),
    COLUMN(DATE, deferred_row, next_on), COLUMN(TEXT, deferred_row, currency), COLUMN(I64, deferred_row, books_rate_e6),
};
static const struct column fec_column[] = {
    COLUMN(I64, fec_row, sequence), COLUMN(TEXT, fec_row, journal), COLUMN(DATE, fec_row, entry_on), COLUMN(TEXT, fec_row, reference),
    COLUMN(TEXT, fec_row, source_kind), COLUMN(TEXT, fec_row, currency), COLUMN(INSTANT, fec_row, posted_at),
    COLUMN(DATE, fec_row, piece_on), COLUMN(I64, fec_row, invoice_id), COLUMN(TEXT, fec_row, account),
    COLUMN(TEXT, fec_row, account_name), COLUMN(TEXT, fec_row, customer_number), COLUMN(TEXT, fec_row, customer_name),
    COLUMN(TEXT, fec_row, label), COLUMN(I64, fec_row, debit_minor), COLUMN(I64, fec_row, credit_minor),
    COLUMN(TEXT, fec_row, foreign_currency), COLUMN(I64, fec_row, foreign_minor),
};
static const struct column lettered_column[] = {COLUMN(I64, lettered, invoice_id), COLUMN(DATE, lettered, letter_on)};
struct minor_row {
    int64_t minor;
};
static const struct column minor_column[] = {COLUMN(I64, minor_row, minor)};
struct reference_row {
    const char *reference;
};
static const struct column reference_column[] = {COLUMN(TEXT, reference_row, reference)};

/* The invoice whose lettering the customer's line of an entry may have: its own, the one that a payment paid and no other,
 * the one that a whole credit note settled. */
#define LETTERED_OF                                                                                                    \
    "CASE WHEN e.source_kind = 'payment' THEN (SELECT IF(COUNT(*) = 1, MIN(x.invoice_id), NULL) FROM allocation x WHERE x.payment_id = e.source_id) " \
    "WHEN (SELECT n.kind FROM invoice n WHERE n.id = e.source_id) = 'credit_note' THEN (SELECT IF(COUNT(*) = 1 AND SUM(y.amount_minor) = " \
    "(SELECT n.total_minor FROM invoice n WHERE n.id = e.source_id), MIN(y.invoice_id), NULL) FROM credit_allocation y " \
    "WHERE y.credit_note_id = e.source_id) ELSE e.source_id END"
/* The invoice that an entry is about: its own, the paid one, the one whose revenue is released. */
#define INVOICE_OF                                                                                                     \
    "CASE e.source_kind WHEN 'invoice' THEN e.source_id "                                                              \
    "WHEN 'payment' THEN (SELECT IF(COUNT(*) = 1, MIN(x.invoice_id), NULL) FROM allocation x WHERE x.payment_id = e.source_id) " \
    "WHEN 'refund' THEN (SELECT IFNULL(f.credit_note_id, f.invoice_id) FROM refund f WHERE f.id = e.source_id) "        \
    "WHEN 'refund_failed' THEN (SELECT IFNULL(f.credit_note_id, f.invoice_id) FROM refund f WHERE f.id = e.source_id) " \
    "WHEN 'dispute' THEN (SELECT s.invoice_id FROM dispute s WHERE s.id = e.source_id) "                                 \
    "WHEN 'dispute_won' THEN (SELECT s.invoice_id FROM dispute s WHERE s.id = e.source_id) "                             \
    "WHEN 'dispute_lost' THEN (SELECT s.invoice_id FROM dispute s WHERE s.id = e.source_id) "                            \
    "WHEN 'deferral' THEN (SELECT d.invoice_id FROM deferral d WHERE d.id = e.source_id) END"
#define ENTRY                                                                                                          \
    "SELECT e.id, e.series, e.sequence, e.journal, e.entry_on, e.source_kind, e.source_id, e.reference, e.currency, "  \
    "e.total_minor, e.posted_at, v.number AS invoice_number, c.number AS customer_number, w.name AS customer_name "
#define ABOUT                                                                                                          \
    "LEFT JOIN invoice v ON v.id = " INVOICE_OF " LEFT JOIN customer c ON c.id = v.customer_id "                       \
    "LEFT JOIN customer_version w ON w.id = c.current_version_id "
#define FITS                                                                                                           \
    "(? = '' OR e.journal = ?) AND (? IS NULL OR e.entry_on >= ?) AND (? IS NULL OR e.entry_on < ?) AND "              \
    "(? = '' OR EXISTS (SELECT 1 FROM journal_item k WHERE k.entry_id = e.id AND k.account = ?)) AND "                 \
    "(? = '' OR e.reference = ? OR e.reference = CONCAT('487 ', ?)) AND (? = 0 OR e.id < ?) "
#define LINE                                                                                                           \
    "SELECT i.entry_id, e.series, e.sequence, e.journal, e.entry_on, e.reference, e.currency, i.position, i.account, " \
    "a.name AS account_name, c.number AS customer_number, w.name AS customer_name, i.label, i.debit_minor, i.credit_minor, " \
    "e.foreign_currency, i.foreign_minor "
#define NAMES                                                                                                          \
    "JOIN account a ON a.code = i.account LEFT JOIN customer c ON c.id = i.customer_id "                               \
    "LEFT JOIN customer_version w ON w.id = c.current_version_id "

enum { LIST, BY_ID, LINES_OF, LINES, LEDGER, SUM, BALANCES, SUMS_UNTIL, KEPT_UNTIL, OPENING, BALANCE, OPEN, DEFERRED, FEC, LETTERED, FOREIGN };

static const struct statement statement[] = {
    [LIST] = {"journal_list", ENTRY "FROM (SELECT * FROM journal_entry e WHERE " FITS "ORDER BY e.id DESC LIMIT ?) e " ABOUT
              "ORDER BY e.id DESC", READS(journal_row, journal_column)},
    [BY_ID] = {"journal_entry_by_id", ENTRY "FROM journal_entry e " ABOUT "WHERE e.id = ?", READS(journal_row, journal_column)},
    [LINES_OF] = {"journal_lines_of", LINE "FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id " NAMES
                  "WHERE e.id = ? ORDER BY i.position", READS(journal_line, line_column)},
    [LINES] = {"journal_lines", LINE "FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id " NAMES "WHERE " FITS
               "ORDER BY e.series, e.sequence, i.position LIMIT ?", READS(journal_line, line_column)},
    [LEDGER] = {"ledger_lines", LINE "FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id " NAMES
                "WHERE i.account = ? AND (? = 0 OR i.customer_id = ?) AND e.currency = ? AND (e.entry_on, e.id, i.position) > (?, ?, ?) "
                "AND e.entry_on < ? ORDER BY e.entry_on, e.id, i.position LIMIT ?", READS(journal_line, line_column)},
    [SUM] = {"ledger_sum", "SELECT CAST(IFNULL(SUM(i.debit_minor), 0) AS SIGNED) AS debit_minor, "
             "CAST(IFNULL(SUM(i.credit_minor), 0) AS SIGNED) AS credit_minor FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id "
             "WHERE i.account = ? AND (? = 0 OR i.customer_id = ?) AND e.currency = ? AND (? IS NULL OR e.entry_on >= ?) AND "
             "(e.entry_on, e.id, i.position) <= (?, ?, ?)", READS(ledger_sum, sum_column)},
    [BALANCES] = {"balance_rows",
                  "SELECT account, name AS account_name, CAST(SUM(IF(d < f AND (d >= y OR carries), debit - credit, 0)) AS SIGNED) AS opening_minor, "
                  "CAST(SUM(IF(d >= f, debit, 0)) AS SIGNED) AS debit_minor, CAST(SUM(IF(d >= f, credit, 0)) AS SIGNED) AS credit_minor, "
                  "CAST(SUM(IF(d < y AND NOT carries, debit - credit, 0)) AS SIGNED) AS years_before_minor FROM ("
                  "SELECT i.account, a.name, a.kind = 'balance' AS carries, e.entry_on AS d, ? AS f, ? AS y, SUM(i.debit_minor) AS debit, "
                  "SUM(i.credit_minor) AS credit FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id JOIN account a ON a.code = i.account "
                  "WHERE e.entry_on < ? AND e.currency = ? GROUP BY i.account, a.name, a.kind, e.entry_on) x "
                  "GROUP BY account, name ORDER BY account", READS(balance_row, balance_column)},
    [SUMS_UNTIL] = {"account_sums",
                    "SELECT x.account, a.name AS account_name, a.kind = 'balance' AS carries, CAST(SUM(x.debit) AS SIGNED) AS debit_minor, "
                    "CAST(SUM(x.credit) AS SIGNED) AS credit_minor FROM (SELECT b.account, b.debit_minor AS debit, b.credit_minor AS credit "
                    "FROM closed_balance b WHERE b.currency = ? AND b.until_on = ? UNION ALL "
                    "SELECT i.account, SUM(i.debit_minor), SUM(i.credit_minor) FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id "
                    "WHERE e.currency = ? AND e.entry_on >= ? AND e.entry_on < ? GROUP BY i.account) x JOIN account a ON a.code = x.account "
                    "GROUP BY x.account, a.name, a.kind ORDER BY x.account", READS(account_sum, sums_column)},
    [KEPT_UNTIL] = {"balances_kept_until", "SELECT MAX(until_on) AS until_on FROM closed_balance WHERE currency = ? AND until_on <= ?",
                    READS(kept_row, kept_column)},
    [OPENING] = {"opening_rows",
                 "SELECT i.account, a.name AS account_name, c.number AS customer_number, w.name AS customer_name, "
                 "CAST(SUM(i.debit_minor) - SUM(i.credit_minor) AS SIGNED) AS balance_minor FROM journal_entry e "
                 "JOIN journal_item i ON i.entry_id = e.id " NAMES "WHERE e.entry_on < ? AND e.currency = ? "
                 "GROUP BY i.account, a.name, c.number, w.name HAVING balance_minor <> 0 ORDER BY i.account, c.number",
                 READS(opening_row, opening_column)},
    [BALANCE] = {"balance_of", "SELECT CAST(IFNULL(SUM(i.debit_minor) - SUM(i.credit_minor), 0) AS SIGNED) AS minor FROM journal_item i "
                 "JOIN journal_entry e ON e.id = i.entry_id WHERE i.account = ? AND e.entry_on < ? AND e.currency = ?",
                 READS(minor_row, minor_column)},
    [OPEN] = {"open_invoices",
              "SELECT * FROM (SELECT i.customer_id, c.number AS customer_number, w.name AS customer_name, i.number, i.issued_on, i.due_on, "
              "i.currency, i.total_minor, CAST(i.total_minor - IFNULL((SELECT SUM(x.amount_minor) FROM allocation x "
              "JOIN payment p ON p.id = x.payment_id LEFT JOIN payment_return z ON z.payment_id = x.payment_id WHERE x.invoice_id = i.id AND "
              "p.received_on <= ? AND (z.payment_id IS NULL OR z.returned_on > ?)), 0) + "
              "IFNULL((SELECT SUM(b.amount_minor) FROM allocation_back b WHERE b.invoice_id = i.id AND b.back_on <= ?), 0) - "
              "IFNULL((SELECT SUM(y.amount_minor) FROM credit_allocation y WHERE y.invoice_id = i.id AND y.used_on <= ?), 0) - "
              "IFNULL((SELECT SUM(u.amount_minor) FROM deposit_use u WHERE u.invoice_id = i.id), 0) AS SIGNED) AS open_minor, IFNULL(k.rate_e6, 0) AS books_rate_e6 "
              "FROM receivable r JOIN invoice i ON i.id = r.invoice_id LEFT JOIN invoice_exchange k ON k.invoice_id = i.id AND k.sealed = 1 AND k.base = ? JOIN customer c ON c.id = i.customer_id "
              "JOIN customer_version w ON w.id = c.current_version_id "
              "WHERE (r.state = 'open' OR r.paid_on > ?) AND i.issued_on <= ? AND (i.currency = ? OR k.invoice_id IS NOT NULL) AND (? = 0 OR i.customer_id = ?) UNION ALL "
              /* What is left of credit notes is owed to the customer: never late. */
              "SELECT i.customer_id, c.number, w.name, i.number, i.issued_on, ?, i.currency, -i.total_minor, "
              "CAST(IFNULL((SELECT SUM(y.amount_minor) FROM credit_allocation y WHERE y.credit_note_id = i.id AND y.used_on <= ?), 0) + "
              "IFNULL((SELECT SUM(f.amount_minor) FROM refund f WHERE f.credit_note_id = i.id AND f.state = 'succeeded' AND f.done_on <= ?), 0) - "
              "i.total_minor AS SIGNED), IFNULL(q.rate_e6, 0) FROM customer_credit k JOIN invoice i ON i.id = k.credit_note_id LEFT JOIN invoice_exchange q "
              "ON q.invoice_id = i.id AND q.sealed = 1 AND q.base = ? JOIN customer c ON c.id = i.customer_id "
              "JOIN customer_version w ON w.id = c.current_version_id WHERE i.issued_on <= ? AND (i.currency = ? OR q.invoice_id IS NOT NULL) AND (? = 0 OR i.customer_id = ?)) o "
              "WHERE open_minor <> 0 ORDER BY customer_name, customer_number, due_on, number", READS(open_invoice, open_column)},
    [DEFERRED] = {"deferred_rows",
                  "SELECT d.id, s.number AS subscription_number, w.name AS customer_name, i.number AS invoice_number, d.account, d.method, "
                  "d.amount_minor, d.recognised_minor, d.from_on, d.until_on, d.next_on, d.currency, IFNULL(x.rate_e6, 0) AS books_rate_e6 FROM deferral d "
                  "JOIN invoice i ON i.id = d.invoice_id LEFT JOIN invoice_exchange x ON x.invoice_id = i.id AND x.sealed = 1 AND x.base = ? "
                  "JOIN customer c ON c.id = i.customer_id JOIN customer_version w ON w.id = c.current_version_id "
                  "LEFT JOIN subscription s ON s.id = IFNULL(i.subscription_id, (SELECT p.subscription_id FROM billing_period p "
                  "WHERE p.invoice_id = i.id LIMIT 1)) "
                  "WHERE d.next_on IS NOT NULL AND (d.currency = ? OR x.invoice_id IS NOT NULL) AND (? = '' OR s.number = ?) ORDER BY s.number, i.number, d.line_position",
                  READS(deferred_row, deferred_column)},
    [FEC] = {"fec_rows",
             "SELECT e.sequence, e.journal, e.entry_on, e.reference, e.source_kind, e.currency, e.posted_at, "
             "CASE WHEN e.source_kind = 'payment' THEN (SELECT p.received_on FROM payment p WHERE p.id = e.source_id) "
             "WHEN e.source_kind = 'advance' THEN (SELECT p.received_on FROM advance_use y JOIN payment p ON p.id = y.payment_id WHERE y.id = e.source_id) "
             "WHEN e.source_kind = 'return' THEN (SELECT z.returned_on FROM payment_return z WHERE z.payment_id = e.source_id) "
             "WHEN e.source_kind = 'bank_fee' THEN (SELECT y.booked_on FROM bank_entry y WHERE y.id = e.source_id) "
             "WHEN e.source_kind IN ('dispute', 'dispute_won', 'dispute_lost') THEN (SELECT y.opened_on FROM dispute y WHERE y.id = e.source_id) "
             "WHEN e.source_kind IN ('accrual', 'accrual_end') THEN (SELECT DATE_SUB(y.until_on, INTERVAL 1 DAY) FROM accrual y WHERE y.id = e.source_id) "
             "ELSE (SELECT v.issued_on FROM invoice v WHERE v.id = " INVOICE_OF ") END AS piece_on, "
             "IF(i.customer_id IS NOT NULL AND e.source_kind IN ('invoice', 'payment'), " LETTERED_OF ", 0) AS invoice_id, "
             "i.account, a.name AS account_name, c.number AS customer_number, w.name AS customer_name, i.label, i.debit_minor, i.credit_minor, "
             "e.foreign_currency, i.foreign_minor FROM (SELECT * FROM journal_entry WHERE series = ? AND sequence > ? ORDER BY sequence LIMIT ?) e "
             "JOIN journal_item i ON i.entry_id = e.id AND (i.debit_minor <> 0 OR i.credit_minor <> 0) " NAMES "ORDER BY e.sequence, i.position", READS(fec_row, fec_column)},
    [LETTERED] = {"lettered_invoices",
                  "SELECT s.invoice_id, MAX(s.settled_on) AS letter_on FROM ("
                  "SELECT x.invoice_id, x.amount_minor, q.entry_on AS settled_on, "
                  "(SELECT COUNT(*) FROM allocation o WHERE o.payment_id = x.payment_id) = 1 AS whole FROM journal_entry q "
                  "JOIN allocation x ON x.payment_id = q.source_id WHERE q.series = ? AND q.source_kind = 'payment' UNION ALL "
                  "SELECT y.invoice_id, y.amount_minor, GREATEST(q.entry_on, y.used_on), y.amount_minor = n.total_minor "
                  "FROM journal_entry q JOIN credit_allocation y ON y.credit_note_id = q.source_id JOIN invoice n ON n.id = y.credit_note_id "
                  "WHERE q.series = ? AND q.source_kind = 'invoice') s JOIN invoice i ON i.id = s.invoice_id "
                  "JOIN journal_entry e ON e.source_kind = 'invoice' AND e.source_id = i.id AND e.series = ? "
                  "LEFT JOIN (SELECT invoice_id, SUM(amount_minor) AS minor FROM deposit_use GROUP BY invoice_id) u ON u.invoice_id = i.id "
                  "GROUP BY s.invoice_id, i.total_minor, u.minor HAVING SUM(s.amount_minor) = i.total_minor - IFNULL(u.minor, 0) AND MIN(s.whole) = 1 AND "
                  "NOT EXISTS (SELECT 1 FROM allocation_back b WHERE b.invoice_id = s.invoice_id) AND NOT EXISTS (SELECT 1 FROM allocation y "
                  "JOIN payment_return z ON z.payment_id = y.payment_id WHERE y.invoice_id = s.invoice_id) AND "
                  "MAX(s.settled_on) >= ? AND MAX(s.settled_on) < ? ORDER BY s.invoice_id",
                  READS(lettered, lettered_column)},
    [FOREIGN] = {"foreign_entry", "SELECT reference FROM journal_entry WHERE series = ? AND currency <> ? LIMIT 1",
                 READS(reference_row, reference_column)},
};
DB_STATEMENTS(ledger, statement)

#define FILTER(f)                                                                                                       \
    P_TEXT((f)->journal), P_TEXT((f)->journal), P_DATE((f)->from_on), P_DATE((f)->from_on), P_DATE((f)->until_on),      \
        P_DATE((f)->until_on), P_TEXT((f)->account), P_TEXT((f)->account), P_TEXT((f)->document), P_TEXT((f)->document), \
        P_TEXT((f)->document), P_I64((f)->before_id), P_I64((f)->before_id)

enum err journal_list(struct ctx *ctx, const struct journal_filter *filter, int32_t limit, struct journal_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[LIST], PARAMS(FILTER(filter), P_I64(limit)), rows, count);
}

enum err journal_entry_by_id(struct ctx *ctx, int64_t id, struct journal_row *row)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), row);
}

enum err journal_lines_of(struct ctx *ctx, int64_t entry_id, struct journal_line **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES_OF], PARAMS(P_I64(entry_id)), rows, count);
}

enum err journal_lines(struct ctx *ctx, const struct journal_filter *filter, int32_t limit, struct journal_line **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES], PARAMS(FILTER(filter), P_I64(limit)), rows, count);
}

enum err ledger_lines(struct ctx *ctx, const char *account, int64_t customer_id, const char *currency, const struct ledger_place *after,
                      int32_t until_on, int32_t limit, struct journal_line **rows, size_t *count)
{
    return db_rows(ctx, &statement[LEDGER],
                   PARAMS(P_TEXT(account), P_I64(customer_id), P_I64(customer_id), P_TEXT(currency), P_DATE(after->entry_on),
                          P_I64(after->entry_id), P_I64(after->position), P_DATE(until_on), P_I64(limit)), rows, count);
}

enum err ledger_sum(struct ctx *ctx, const char *account, int64_t customer_id, const char *currency, int32_t from_on,
                    const struct ledger_place *until, struct ledger_sum *sum)
{
    return db_row(ctx, &statement[SUM],
                  PARAMS(P_TEXT(account), P_I64(customer_id), P_I64(customer_id), P_TEXT(currency), P_DATE(from_on), P_DATE(from_on),
                         P_DATE(until->entry_on), P_I64(until->entry_id), P_I64(until->position)), sum);
}

enum err balance_rows(struct ctx *ctx, int32_t from_on, int32_t until_on, int32_t year_on, const char *currency, struct balance_row **rows,
                      size_t *count)
{
    return db_rows(ctx, &statement[BALANCES], PARAMS(P_DATE(from_on), P_DATE(year_on), P_DATE(until_on), P_TEXT(currency)), rows, count);
}

enum err balances_kept_until(struct ctx *ctx, int32_t on, const char *currency, int32_t *until_on)
{
    struct kept_row row;

    TRY(ctx, db_row(ctx, &statement[KEPT_UNTIL], PARAMS(P_TEXT(currency), P_DATE(on)), &row));
    *until_on = row.until_on;
    return OK;
}

enum err account_sums(struct ctx *ctx, int32_t until_on, const char *currency, struct account_sum **rows, size_t *count)
{
    int32_t kept_on;

    TRY(ctx, balances_kept_until(ctx, until_on, currency, &kept_on));
    if (kept_on == DATE_NONE)
        kept_on = date_from_civil(1, 1, 1);
    return db_rows(ctx, &statement[SUMS_UNTIL], PARAMS(P_TEXT(currency), P_DATE(kept_on), P_TEXT(currency), P_DATE(kept_on), P_DATE(until_on)), rows, count);
}

enum err opening_rows(struct ctx *ctx, int32_t before_on, const char *currency, struct opening_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[OPENING], PARAMS(P_DATE(before_on), P_TEXT(currency)), rows, count);
}

enum err balance_of(struct ctx *ctx, const char *account, int32_t before_on, const char *currency, int64_t *minor)
{
    struct minor_row row;

    TRY(ctx, db_row(ctx, &statement[BALANCE], PARAMS(P_TEXT(account), P_DATE(before_on), P_TEXT(currency)), &row));
    *minor = row.minor;
    return OK;
}

enum err open_invoices(struct ctx *ctx, int64_t customer_id, int32_t as_of_on, const char *currency, struct open_invoice **rows,
                       size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[OPEN],
                     PARAMS(P_DATE(as_of_on), P_DATE(as_of_on), P_DATE(as_of_on), P_DATE(as_of_on), P_TEXT(currency), P_DATE(as_of_on),
                            P_DATE(as_of_on), P_TEXT(currency), P_I64(customer_id), P_I64(customer_id), P_DATE(as_of_on), P_DATE(as_of_on),
                            P_DATE(as_of_on), P_TEXT(currency), P_DATE(as_of_on), P_TEXT(currency), P_I64(customer_id), P_I64(customer_id)),
                     rows, count));
    for (size_t i = 0; i < *count; i++) {
        struct exchange exchange = exchange_between((*rows)[i].currency, currency, (*rows)[i].books_rate_e6);

        (*rows)[i].open_base_minor = exchange_minor(&exchange, (*rows)[i].open_minor);
    }
    return OK;
}

enum err deferred_rows(struct ctx *ctx, const char *subscription, const char *currency, struct deferred_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEFERRED], PARAMS(P_TEXT(currency), P_TEXT(currency), P_TEXT(subscription), P_TEXT(subscription)), rows, count);
}

enum err fec_rows(struct ctx *ctx, const char *series, int64_t after, int32_t entries, struct fec_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[FEC], PARAMS(P_TEXT(series), P_I64(after), P_I64(entries)), rows, count);
}

enum err lettered_invoices(struct ctx *ctx, const char *series, struct period year, struct lettered **rows, size_t *count)
{
    return db_rows(ctx, &statement[LETTERED],
                   PARAMS(P_TEXT(series), P_TEXT(series), P_TEXT(series), P_DATE(year.from_on), P_DATE(year.until_on)), rows, count);
}

enum err foreign_entry(struct ctx *ctx, const char *series, const char *currency, const char **reference)
{
    struct reference_row row;
    enum err err = db_row(ctx, &statement[FOREIGN], PARAMS(P_TEXT(series), P_TEXT(currency)), &row);

    *reference = err == OK ? row.reference : "";
    return err == ERR_NOT_FOUND ? OK : err;
}
