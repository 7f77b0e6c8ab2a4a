#include "store/inspection.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/db.h"
#include "store/migration.h"

static const struct column server_column[] = {
    COLUMN(TEXT, server_facts, version),          COLUMN(TEXT, server_facts, sql_mode),
    COLUMN(TEXT, server_facts, time_zone),        COLUMN(I64, server_facts, flush_log_at_commit),
    COLUMN(I64, server_facts, doublewrite),       COLUMN(I64, server_facts, rollback_on_timeout),
    COLUMN(I64, server_facts, log_bin),           COLUMN(I64, server_facts, sync_binlog),
    COLUMN(I64, server_facts, local_infile),      COLUMN(I64, server_facts, buffer_pool_bytes),
    COLUMN(TEXT, server_facts, flush_method)};

/* An attempt's lease is two minutes; whoever asks may meet the moment before the janitor comes. */
#define HELD_MAX (3600 * CLOCK_SECOND)

struct right {
    const char *table_name;
    const char *privilege;
};
static const struct column right_column[] = {COLUMN(TEXT, right, table_name), COLUMN(TEXT, right, privilege)};
static const struct column series_column[] = {COLUMN(TEXT, series_name, name)};

struct broken_row {
    const char *ref;
};
static const struct column broken_column[] = {COLUMN(TEXT, broken_row, ref)};

enum { SERVER, RIGHTS, SERIES };

static const struct statement statement[] = {
    [SERVER] = {"server_facts",
        "SELECT VERSION() version, @@sql_mode sql_mode, @@global.time_zone time_zone, "
        "CAST(@@innodb_flush_log_at_trx_commit AS SIGNED) flush_log_at_commit, "
        "CAST(@@innodb_doublewrite AS SIGNED) doublewrite, "
        "CAST(@@innodb_rollback_on_timeout AS SIGNED) rollback_on_timeout, CAST(@@log_bin AS SIGNED) log_bin, "
        "CAST(@@sync_binlog AS SIGNED) sync_binlog, CAST(@@local_infile AS SIGNED) local_infile, "
        "CAST(@@innodb_buffer_pool_size AS SIGNED) buffer_pool_bytes, @@innodb_flush_method flush_method",
        READS(server_facts, server_column)},
    [RIGHTS] = {"own_rights",
        "SELECT table_name table_name, privilege_type privilege FROM information_schema.table_privileges "
        "WHERE table_schema = DATABASE() UNION ALL "
        "SELECT '*', privilege_type FROM information_schema.schema_privileges WHERE table_schema = DATABASE() UNION ALL "
        "SELECT '*.*', privilege_type FROM information_schema.user_privileges WHERE privilege_type <> 'USAGE' "
        "ORDER BY 1, 2",
        READS(right, right_column)},
    [SERIES] = {"issued_series", "SELECT DISTINCT series name FROM invoice ORDER BY 1", READS(series_name, series_column)},
};
DB_STATEMENTS(inspection, statement)

/* An item's amount in the currency of what it is about, debit positive: what is compared with documents. */
#define OWN_CURRENCY "IFNULL(e.foreign_currency, e.currency)"
#define OWN_MINOR "IF(e.foreign_currency IS NULL, j.debit_minor - j.credit_minor, j.foreign_minor)"

#define RULE(name_, sql_) {(name_), (sql_ " LIMIT 5"), READS(broken_row, broken_column)}

/* The name of a statement is the rule that its rows break. Sums of many rows stand in a subquery per row, which an index
 * answers: a derived table is joined by whatever the statistics of the day say, and once in a while without a key. */
static const struct statement rule[] = {
    RULE("an entry from before the chain balances", /* the others are added up where the chain is walked */
         "SELECT CAST(e.id AS CHAR) ref FROM journal_unsealed u JOIN journal_entry e ON e.series = u.series AND "
         "e.sequence <= u.last_sequence WHERE (SELECT COUNT(*) = e.item_count AND SUM(j.debit_minor) = e.total_minor AND "
         "SUM(j.credit_minor) = e.total_minor FROM journal_item j WHERE j.entry_id = e.id) IS NOT TRUE"),
    RULE("a financial year begins where the one before ends",
         "SELECT CAST(y.until_on AS CHAR) ref FROM financial_year y WHERE y.until_on <> (SELECT MIN(n.from_on) FROM financial_year n WHERE n.from_on > y.from_on)"),
    RULE("an invoice is its lines and its VAT",
         "SELECT i.number ref FROM invoice i WHERE "
         "(SELECT SUM(l.net_minor) = i.net_minor FROM invoice_line l WHERE l.invoice_id = i.id) IS NOT TRUE OR "
         "i.vat_minor <> (SELECT IFNULL(SUM(t.tax_minor), 0) FROM invoice_tax t WHERE t.invoice_id = i.id)"),
    RULE("a line's revenue is booked on its account",
         "SELECT i.number ref FROM (SELECT invoice_id, account FROM invoice_line GROUP BY invoice_id, account HAVING SUM(net_minor) <> 0) l "
         "JOIN invoice i ON i.id = l.invoice_id JOIN journal_entry e ON e.source_kind = 'invoice' AND e.source_id = i.id "
         "LEFT JOIN journal_item j ON j.entry_id = e.id AND j.account = l.account WHERE j.entry_id IS NULL"),
    RULE("a year's sales at a distance are those of its invoices",
         "SELECT CAST(t.year AS CHAR) ref FROM distance_total t LEFT JOIN (SELECT year, SUM(net_minor) net FROM distance_sale "
         "GROUP BY year) s ON s.year = t.year WHERE t.net_minor <> IFNULL(s.net, 0)"),
    RULE("an invoice has its entry",
         "SELECT i.number ref FROM invoice i LEFT JOIN journal_entry e ON e.source_kind = 'invoice' AND "
         "e.source_id = i.id WHERE i.total_minor > 0 AND e.id IS NULL"),
    RULE("what is open is the total less what was allocated",
         "SELECT i.number ref FROM invoice i LEFT JOIN receivable r ON r.invoice_id = i.id "
         "WHERE i.kind <> 'credit_note' AND (r.invoice_id IS NULL OR r.open_minor <> i.total_minor - "
         "(SELECT IFNULL(SUM(x.amount_minor), 0) FROM allocation x WHERE x.invoice_id = i.id AND "
         "NOT EXISTS (SELECT 1 FROM payment_return b WHERE b.payment_id = x.payment_id)) + "
         "(SELECT IFNULL(SUM(b.amount_minor), 0) FROM allocation_back b WHERE b.invoice_id = i.id) - "
         "(SELECT IFNULL(SUM(k.amount_minor), 0) FROM credit_allocation k WHERE k.invoice_id = i.id) - "
         "(SELECT IFNULL(SUM(u.amount_minor), 0) FROM deposit_use u WHERE u.invoice_id = i.id))"),
    RULE("a deposit is its invoice less what was deducted and credited",
         "SELECT i.number ref FROM invoice i LEFT JOIN deposit d ON d.invoice_id = i.id WHERE i.kind = 'deposit' AND (d.invoice_id IS NULL OR "
         "d.left_minor <> i.total_minor - (SELECT IFNULL(SUM(u.amount_minor), 0) FROM deposit_use u WHERE u.deposit_id = i.id) - "
         "(SELECT IFNULL(SUM(n.total_minor), 0) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = i.id))"),
    RULE("a deposit that is gone left no net and no VAT",
         "SELECT i.number ref FROM deposit d JOIN invoice i ON i.id = d.invoice_id WHERE d.left_minor = 0 AND (i.net_minor <> "
         "(SELECT IFNULL(SUM(u.net_minor), 0) FROM deposit_use u WHERE u.deposit_id = i.id) + "
         "(SELECT IFNULL(SUM(n.net_minor), 0) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = i.id) OR i.vat_minor <> "
         "(SELECT IFNULL(SUM(u.vat_minor), 0) FROM deposit_use u WHERE u.deposit_id = i.id) + "
         "(SELECT IFNULL(SUM(n.vat_minor), 0) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = i.id))"),
    RULE("a credit note names its invoice and lines",
         "SELECT n.number ref FROM invoice n LEFT JOIN credit_note c ON c.invoice_id = n.id WHERE n.kind = 'credit_note' AND "
         "(c.invoice_id IS NULL OR (SELECT COUNT(*) FROM credit_note_line l WHERE l.invoice_id = n.id) <> "
         "(SELECT COUNT(*) FROM invoice_line l WHERE l.invoice_id = n.id))"),
    RULE("credit notes never exceed their invoice",
         "SELECT o.number ref FROM invoice o JOIN (SELECT c.corrected_id, SUM(n.total_minor) total, SUM(n.net_minor) net "
         "FROM credit_note c JOIN invoice n ON n.id = c.invoice_id GROUP BY c.corrected_id) k ON k.corrected_id = o.id "
         "WHERE k.total > o.total_minor OR k.net > o.net_minor"),
    RULE("credits of a line never exceed it",
         "SELECT CONCAT(o.number, ' ', l.position) ref FROM invoice_line l JOIN invoice o ON o.id = l.invoice_id WHERE "
         "(SELECT ABS(SUM(k.net_minor)) > ABS(l.net_minor) OR ABS(SUM(k.priced_minor)) > ABS(l.priced_minor) FROM credit_note_line k "
         "WHERE k.corrected_id = l.invoice_id AND k.corrected_position = l.position)"),
    RULE("a customer's credit is the note less what was used",
         "SELECT n.number ref FROM invoice n LEFT JOIN customer_credit c ON c.credit_note_id = n.id "
         "WHERE n.kind = 'credit_note' AND (c.credit_note_id IS NULL OR c.total_minor <> n.total_minor OR c.left_minor <> n.total_minor - "
         "(SELECT IFNULL(SUM(a.amount_minor), 0) FROM credit_allocation a WHERE a.credit_note_id = n.id) - "
         "(SELECT IFNULL(SUM(f.amount_minor), 0) FROM refund f WHERE f.credit_note_id = n.id AND f.holds = 1))"),
    RULE("what is deferred stands on 487",
         "SELECT x.currency ref FROM (SELECT currency, SUM(amount_minor - recognised_minor) minor FROM deferral GROUP BY currency "
         "UNION ALL SELECT " OWN_CURRENCY ", SUM(" OWN_MINOR ") FROM journal_item j JOIN journal_entry e ON "
         "e.id = j.entry_id WHERE j.account = (SELECT account FROM account_role WHERE role = 'deferred') GROUP BY " OWN_CURRENCY ") x GROUP BY x.currency HAVING SUM(x.minor) <> 0"),
    RULE("what was earned before its invoice is booked, and taken back on the next day",
         "SELECT CONCAT(s.number, ' ', a.until_on) ref FROM accrual a JOIN subscription s ON s.id = a.subscription_id LEFT JOIN journal_entry e ON "
         "e.source_kind IN ('accrual', 'accrual_end') AND e.source_id = a.id LEFT JOIN journal_item j ON j.entry_id = e.id AND j.label = 'accrued' "
         "GROUP BY a.id HAVING COUNT(DISTINCT e.id) <> 2 OR IFNULL(SUM(j.debit_minor - j.credit_minor), 1) <> 0 OR "
         "SUM(IF(e.source_kind = 'accrual', j.debit_minor - j.credit_minor, 0)) <> MAX(a.base_minor)"),
    RULE("the VAT of what was earned is booked with it",
         "SELECT CONCAT(s.number, ' ', a.until_on) ref FROM accrual a JOIN subscription s ON s.id = a.subscription_id WHERE a.vat_minor <> "
         "(SELECT IFNULL(-SUM(" OWN_MINOR "), 0) FROM journal_entry e JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind = 'accrual' AND "
         "e.source_id = a.id AND j.label IN ('vat_accrued', 'vat_waiting'))"), /* this one: before it had an account of its own */
    RULE("nothing stays on 418 and the account of its VAT but at the end of a month",
         "SELECT j.account ref FROM journal_item j WHERE j.label IN ('accrued', 'vat_accrued') GROUP BY j.account, j.label "
         "HAVING SUM(j.debit_minor) <> SUM(j.credit_minor)"),
    RULE("VAT of what is still asked waits on 44587 until it is paid",
         "SELECT x.currency ref FROM (SELECT a.currency, SUM(IF(a.total <= 0, 0, a.vat - "
         "(2 * CAST(a.vat AS DECIMAL(40)) * (a.total - a.open_minor) + a.total) DIV (2 * a.total))) minor FROM "
         "(SELECT i.currency, i.total_minor - IFNULL(u.total, 0) - IFNULL(k.total, 0) total, i.vat_minor - IFNULL(u.vat, 0) - IFNULL(k.vat, 0) vat, "
         "r.open_minor "
         "FROM invoice i JOIN receivable r ON r.invoice_id = i.id LEFT JOIN (SELECT c.corrected_id, SUM(n.total_minor) total, "
         "SUM(n.vat_minor) vat FROM credit_note c JOIN invoice n ON n.id = c.invoice_id GROUP BY c.corrected_id) k "
         "ON k.corrected_id = i.id LEFT JOIN (SELECT invoice_id, SUM(amount_minor) total, SUM(vat_minor) vat FROM deposit_use GROUP BY invoice_id) u "
         "ON u.invoice_id = i.id WHERE i.vat_due = 'payment') a GROUP BY a.currency "
         "UNION ALL SELECT " OWN_CURRENCY ", SUM(" OWN_MINOR ") FROM journal_item j JOIN journal_entry e ON "
         "e.id = j.entry_id WHERE j.account = (SELECT account FROM account_role WHERE role = 'vat_waiting') GROUP BY " OWN_CURRENCY ") x GROUP BY x.currency HAVING SUM(x.minor) <> 0"),
    RULE("what a closed month kept of its accounts is what the journal says",
         /* One walk over each account's months: what was moved in them and what was kept at their ends, side by side. */
         "SELECT CONCAT(w.until_on, ' ', w.account) ref FROM (SELECT m.account, m.until_on, m.kept_debit, m.kept_credit, SUM(m.debit) OVER so_far AS debit, "
         "SUM(m.credit) OVER so_far AS credit FROM (SELECT currency, account, until_on, SUM(debit) AS debit, SUM(credit) AS credit, MAX(kept_debit) AS kept_debit, "
         "MAX(kept_credit) AS kept_credit FROM (SELECT e.currency, i.account, LAST_DAY(e.entry_on) + INTERVAL 1 DAY AS until_on, i.debit_minor AS debit, "
         "i.credit_minor AS credit, NULL AS kept_debit, NULL AS kept_credit FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id "
         "WHERE e.entry_on < (SELECT MAX(until_on) FROM closed_balance) UNION ALL "
         "SELECT currency, account, until_on, NULL, NULL, debit_minor, credit_minor FROM closed_balance) x GROUP BY currency, account, until_on) m "
         "WINDOW so_far AS (PARTITION BY m.currency, m.account ORDER BY m.until_on)) w "
         "WHERE w.kept_debit IS NOT NULL AND NOT (w.kept_debit <=> w.debit AND w.kept_credit <=> w.credit) UNION ALL "
         "SELECT CAST(b.until_on AS CHAR) FROM closed_balance b JOIN closing c ON c.kind = 'month' AND c.until_on = b.until_on GROUP BY b.until_on, c.all_debit_minor "
         "HAVING SUM(b.debit_minor) <> c.all_debit_minor"),
    RULE("numbers have no gap",
         "SELECT series ref FROM invoice GROUP BY series HAVING MAX(sequence) <> COUNT(*) OR MIN(sequence) <> 1"),
    RULE("a counter stands at its last number",
         "SELECT s.name ref FROM series s JOIN (SELECT series, MAX(sequence) last FROM invoice GROUP BY series) i "
         "ON i.series = s.name WHERE s.last_sequence <> i.last"),
    RULE("a journal has its counter",
         "SELECT DISTINCT e.series ref FROM journal_entry e LEFT JOIN series s ON s.name = e.series WHERE s.name IS NULL"),
    RULE("a successful attempt has its payment",
         "SELECT a.attempt_key ref FROM attempt a LEFT JOIN payment p ON p.attempt_id = a.id "
         "WHERE a.state IN ('succeeded', 'partly_reversed', 'reversed') AND p.id IS NULL"),
    RULE("refunds never exceed their payment",
         "SELECT p.gateway_ref ref FROM payment p JOIN (SELECT payment_id, SUM(amount_minor) minor FROM refund WHERE holds = 1 "
         "GROUP BY payment_id) f ON f.payment_id = p.id WHERE f.minor > p.amount_minor"),
    RULE("a refund that was made is booked, once",
         "SELECT f.refund_key ref FROM refund f LEFT JOIN journal_entry e ON e.source_kind = 'refund' AND e.source_id = f.id "
         "GROUP BY f.id, f.refund_key, f.state, f.done_on HAVING COUNT(e.id) <> (f.done_on IS NOT NULL)"),
    RULE("a refund that came back is booked, once",
         "SELECT f.refund_key ref FROM refund f LEFT JOIN journal_entry e ON e.source_kind = 'refund_failed' AND e.source_id = f.id "
         "GROUP BY f.id, f.refund_key, f.state, f.done_on HAVING COUNT(e.id) <> (f.done_on IS NOT NULL AND f.state = 'failed')"),
    RULE("what is disputed stands on 416",
         "SELECT x.currency ref FROM (SELECT currency, SUM(amount_minor) minor FROM dispute WHERE out_on IS NOT NULL AND in_on IS NULL AND "
         "state IN ('open', 'lost') GROUP BY currency UNION ALL SELECT " OWN_CURRENCY ", -SUM(" OWN_MINOR ") FROM journal_item j "
         "JOIN journal_entry e ON e.id = j.entry_id WHERE e.source_kind IN ('dispute', 'dispute_won', 'dispute_lost') AND j.account = "
         "(SELECT account FROM account_role WHERE role = 'disputed') GROUP BY " OWN_CURRENCY ") x GROUP BY x.currency HAVING SUM(x.minor) <> 0"),
    RULE("an attempt says what went back of its money",
         "SELECT a.attempt_key ref FROM attempt a JOIN payment p ON p.attempt_id = a.id LEFT JOIN (SELECT payment_id, SUM(amount_minor) minor "
         "FROM (SELECT payment_id, amount_minor FROM refund WHERE state = 'succeeded' UNION ALL SELECT payment_id, amount_minor FROM dispute "
         "WHERE out_on IS NOT NULL AND in_on IS NULL) z GROUP BY payment_id) f ON f.payment_id = p.id WHERE a.kind <> 'sepa' AND a.state <> 'operator' AND "
         "a.state <> CASE WHEN IFNULL(f.minor, 0) = 0 THEN 'succeeded' WHEN f.minor < p.amount_minor THEN 'partly_reversed' ELSE 'reversed' END"),
    RULE("one success at most for what is owed",
         "SELECT CAST(payable_id AS CHAR) ref FROM attempt WHERE live = 1 AND state IN ('succeeded', 'partly_reversed') GROUP BY payable_id HAVING COUNT(*) > 1"),
    RULE("an attempt that succeeded has its payment of the same amount, and no other has one",
         "SELECT a.attempt_key ref FROM attempt a LEFT JOIN payment p ON p.attempt_id = a.id "
         "WHERE (a.state IN ('succeeded', 'partly_reversed', 'reversed')) <> (p.id IS NOT NULL) OR p.amount_minor <> a.amount_minor"),
    RULE("a payment is booked once, with its whole amount",
         "SELECT p.gateway_ref ref FROM payment p WHERE (SELECT COUNT(*) FROM journal_entry e WHERE e.source_kind = 'payment' AND e.source_id = p.id AND ("
         "(SELECT SUM(" OWN_MINOR ") FROM journal_item j WHERE j.entry_id = e.id AND j.label = 'receipt') = p.amount_minor OR "
         "EXISTS (SELECT 1 FROM journal_item j WHERE j.entry_id = e.id AND j.label IS NULL))) <> 1"),
    RULE("what is not answered has a time at which it is asked about",
         "SELECT attempt_key ref FROM attempt WHERE state IN ('ready', 'sending', 'unknown', 'pending') AND kind <> 'sepa' AND next_check_at IS NULL"),
    RULE("a mail waits for a time, is sent or given up",
         "SELECT message_id ref FROM outbox WHERE tries > 10 OR (state = 'waiting') <> (next_try_at IS NOT NULL) OR (state IN ('sent', 'told')) <> (sent_at IS NOT NULL)"),
    RULE("a payment is booked",
         "SELECT p.gateway_ref ref FROM payment p JOIN allocation x ON x.payment_id = p.id LEFT JOIN journal_entry e "
         "ON e.source_kind = 'payment' AND e.source_id = p.id WHERE e.id IS NULL"),
    RULE("a return is booked",
         "SELECT p.gateway_ref ref FROM payment_return b JOIN payment p ON p.id = b.payment_id LEFT JOIN journal_entry e ON "
         "e.source_kind = 'return' AND e.source_id = p.id WHERE e.id IS NULL"),
    RULE("an attempt of a mandate is a collection",
         "SELECT a.attempt_key ref FROM attempt a LEFT JOIN collection c ON c.attempt_id = a.id WHERE (a.kind = 'sepa') <> (c.attempt_id IS NOT NULL)"),
    RULE("a file is the sum of its collections",
         "SELECT f.message_id ref FROM collection_file f LEFT JOIN (SELECT c.file_id, COUNT(*) n, SUM(a.amount_minor) minor FROM collection c "
         "JOIN attempt a ON a.id = c.attempt_id GROUP BY c.file_id) x ON x.file_id = f.id WHERE NOT (x.n <=> f.collection_count) OR NOT (x.minor <=> f.sum_minor)"),
    RULE("an advance is its payment less what was used",
         "SELECT p.gateway_ref ref FROM advance a JOIN payment p ON p.id = a.payment_id LEFT JOIN (SELECT payment_id, SUM(amount_minor) used "
         "FROM advance_use GROUP BY payment_id) u ON u.payment_id = a.payment_id LEFT JOIN (SELECT payment_id, SUM(amount_minor) taken "
         "FROM allocation GROUP BY payment_id) x ON x.payment_id = a.payment_id LEFT JOIN payment_return b ON b.payment_id = a.payment_id WHERE "
         "IF(b.payment_id IS NOT NULL, a.left_minor <> 0, a.left_minor <> a.total_minor - IFNULL(u.used, 0) OR "
         "p.amount_minor <> a.left_minor + IFNULL(x.taken, 0))"),
    RULE("what customers paid in advance stands on 4191",
         "SELECT x.currency ref FROM (SELECT currency, SUM(left_minor) minor FROM advance GROUP BY currency UNION ALL "
         "SELECT i.currency, SUM(i.total_minor - i.vat_minor) FROM deposit d JOIN invoice i ON i.id = d.invoice_id GROUP BY i.currency UNION ALL "
         "SELECT d.currency, -SUM(u.amount_minor - u.vat_minor) FROM deposit_use u JOIN deposit d ON d.invoice_id = u.deposit_id GROUP BY d.currency UNION ALL "
         "SELECT n.currency, -SUM(n.total_minor - n.vat_minor) FROM credit_note c JOIN deposit d ON d.invoice_id = c.corrected_id "
         "JOIN invoice n ON n.id = c.invoice_id GROUP BY n.currency UNION ALL "
         "SELECT " OWN_CURRENCY ", SUM(" OWN_MINOR ") FROM journal_item j JOIN journal_entry e ON e.id = j.entry_id "
         "WHERE j.account = (SELECT account FROM account_role WHERE role = 'advance') GROUP BY " OWN_CURRENCY ") x GROUP BY x.currency HAVING SUM(x.minor) > 0"),
    RULE("a matched entry of the bank has its payment",
         "SELECT b.entry_key ref FROM bank_entry b LEFT JOIN payment p ON p.bank_entry_id = b.id WHERE (b.state = 'matched') <> (p.id IS NOT NULL)"),
    RULE("what the bank kept is booked once",
         "SELECT b.entry_key ref FROM bank_entry b JOIN bank_import m ON m.id = b.import_id AND m.kind = 'statement' LEFT JOIN journal_entry e ON "
         "e.source_kind = 'bank_fee' AND e.source_id = b.id WHERE b.is_fee = 1 OR b.fee_minor + b.kept_minor > 0 GROUP BY b.id HAVING COUNT(e.id) <> 1 OR "
         "SUM(e.total_minor <> IF(b.is_fee = 1, b.amount_minor, b.fee_minor + b.kept_minor) AND e.foreign_currency IS NULL) > 0"),
    RULE("periods of a subscription touch and never overlap",
         "SELECT CONCAT(s.number, ' ', p.from_on) ref FROM billing_period p JOIN subscription s ON s.id = p.subscription_id "
         "JOIN billing_period q ON q.subscription_id = p.subscription_id AND q.line_group = p.line_group AND q.epoch = p.epoch AND "
         "q.period_index = p.period_index + 1 WHERE q.from_on <> p.until_on"),
    RULE("the next period follows the last that was billed",
         "SELECT s.number ref FROM subscription s JOIN (SELECT subscription_id, line_group, epoch, MAX(period_index) last "
         "FROM billing_period GROUP BY subscription_id, line_group, epoch) p ON p.subscription_id = s.id AND p.epoch = s.epoch "
         "WHERE p.last >= IF(p.line_group = 0, s.next_index, s.arrears_index)"),
    RULE("what has ended is due no more",
         "SELECT number ref FROM subscription WHERE state = 'ended' AND (due_on IS NOT NULL OR ends_on IS NULL)"),
    RULE("one invoice for all is its customer's wish",
         "SELECT s.number ref FROM subscription s JOIN customer c ON c.id = s.customer_id WHERE s.consolidated <> c.consolidated"),
    RULE("a confirmed quote has one order",
         "SELECT q.number ref FROM quote q LEFT JOIN sales_order o ON o.quote_id = q.id "
         "WHERE (q.state = 'confirmed') <> (o.id IS NOT NULL)"),
    RULE("a billed period points at its invoice",
         "SELECT CONCAT(p.subscription_id, ' ', p.from_on) ref FROM billing_period p LEFT JOIN invoice i "
         "ON i.id = p.invoice_id WHERE i.id IS NULL"),
    RULE("an issued document is stored or waits to be made",
         "SELECT i.number ref FROM invoice i LEFT JOIN document d ON d.kind = 'invoice' AND d.ref_id = i.id "
         "LEFT JOIN document_job j ON j.kind = 'invoice' AND j.ref_id = i.id WHERE d.id IS NULL AND j.ref_id IS NULL"),
};
DB_STATEMENTS(invariant, rule)

/* Asked with the present instant. */
static const struct statement lease_rule[] = {
    {"nobody holds an attempt beyond its lease",
     "SELECT attempt_key ref FROM attempt WHERE state = 'sending' AND sending_at < ? LIMIT 5", READS(broken_row, broken_column)}};
DB_STATEMENTS(lease, lease_rule)

/* Reads every byte that is stored. */
static const struct statement document_rule[] = {
    {"a stored document is what was sealed",
     "SELECT CONCAT(kind, ' ', ref_id) ref FROM document WHERE UNHEX(SHA2(bytes, 256)) <> sha256 OR LEFT(bytes, 5) <> '%PDF-' LIMIT 5",
     READS(broken_row, broken_column)}};
DB_STATEMENTS(stored_document, document_rule)

enum err server_facts_now(struct ctx *ctx, struct server_facts *facts)
{
    return db_row(ctx, &statement[SERVER], NO_PARAMS, facts);
}

enum err issued_series(struct ctx *ctx, struct series_name **rows, size_t *count)
{
    return db_rows(ctx, &statement[SERIES], NO_PARAMS, rows, count);
}

static bool right_in(const struct table_right *rights, size_t count, const char *table, const char *privilege)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rights[i].table, table) == 0 && strcmp(rights[i].privilege, privilege) == 0)
            return true;
    return false;
}

static bool right_held(const struct right *held, size_t count, const struct table_right *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(held[i].privilege, wanted->privilege) == 0 &&
            (strcmp(held[i].table_name, wanted->table) == 0 || held[i].table_name[0] == '*'))
            return true;
    return false;
}

static void add_item(struct ctx *ctx, const char **list, const char *privilege, const char *table)
{
    *list = arena_printf(ctx->arena, "%s%s%s on %s", *list, (*list)[0] != '\0' ? ", " : "", privilege, table);
}

enum err compare_rights(struct ctx *ctx, const char *rights_file, const char **excess, const char **lacking)
{
    struct table_right *wanted;
    struct right *held;
    size_t wanted_count;
    size_t held_count;

    *excess = *lacking = "";
    TRY(ctx, read_rights(ctx, rights_file, &wanted, &wanted_count));
    TRY(ctx, db_rows(ctx, &statement[RIGHTS], NO_PARAMS, &held, &held_count));
    for (size_t i = 0; i < held_count; i++)
        if (!right_in(wanted, wanted_count, held[i].table_name, held[i].privilege))
            add_item(ctx, excess, held[i].privilege, held[i].table_name);
    for (size_t i = 0; i < wanted_count; i++)
        if (!right_held(held, held_count, &wanted[i]))
            add_item(ctx, lacking, wanted[i].privilege, wanted[i].table);
    return OK;
}

enum { RULE_ROWS = 5 };

static enum err ask_rule(struct ctx *ctx, const struct statement *asked, const struct param *params, size_t param_count,
                         struct broken_rule *broken, size_t *count)
{
    struct broken_row *rows;
    size_t row_count;

    TRY(ctx, db_rows(ctx, asked, params, param_count, &rows, &row_count));
    for (size_t k = 0; k < row_count; k++)
        broken[(*count)++] = (struct broken_rule){asked->name, rows[k].ref};
    return OK;
}

enum err find_broken_rules(struct ctx *ctx, struct broken_rule **broken, size_t *count, size_t *rules)
{
    enum { RULES = sizeof rule / sizeof rule[0] };

    *broken = ARENA_ARRAY(ctx->arena, struct broken_rule, (RULES + 1) * RULE_ROWS);
    *count = 0;
    if (rules != NULL)
        *rules = RULES + 1;
    for (size_t i = 0; i < RULES; i++)
        TRY(ctx, ask_rule(ctx, &rule[i], NO_PARAMS, *broken, count));
    return ask_rule(ctx, &lease_rule[0], PARAMS(P_INSTANT(ctx->now - HELD_MAX)), *broken, count);
}

enum err find_altered_documents(struct ctx *ctx, struct broken_rule **broken, size_t *count)
{
    *broken = ARENA_ARRAY(ctx->arena, struct broken_rule, RULE_ROWS);
    *count = 0;
    return ask_rule(ctx, &document_rule[0], NO_PARAMS, *broken, count);
}
