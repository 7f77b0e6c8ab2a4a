#include "store/invoice.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/list.h"
#include "store/unit.h"

static const struct column invoice_column[] = {
    COLUMN(I64, invoice, id), COLUMN(TEXT, invoice, series), COLUMN(I64, invoice, sequence),
    COLUMN(TEXT, invoice, number), COLUMN(TEXT, invoice, kind), COLUMN(I64, invoice, customer_id),
    COLUMN(I64, invoice, customer_version_id), COLUMN(I64, invoice, company_version_id), COLUMN(ID, invoice, order_id),
    COLUMN(ID, invoice, subscription_id), COLUMN(DATE, invoice, issued_on), COLUMN(INSTANT, invoice, issued_at),
    COLUMN(DATE, invoice, due_on), COLUMN(TEXT, invoice, language), COLUMN(TEXT, invoice, currency),
    COLUMN(I64, invoice, net_minor), COLUMN(I64, invoice, vat_minor),
    COLUMN(I64, invoice, rounding_minor), COLUMN(I64, invoice, total_minor),
    COLUMN(TEXT, invoice, vat_due), COLUMN(HASH, invoice, chain_previous), COLUMN(HASH, invoice, chain_digest),
    COLUMN(TEXT, invoice, books), COLUMN(I64, invoice, books_rate_e6), /* read, never written */
};
enum { INVOICE_READ_ONLY = 2 };
#define INVOICE_FIELDS                                                                                          \
    "id, series, sequence, number, kind, customer_id, customer_version_id, company_version_id, order_id, "      \
    "subscription_id, issued_on, issued_at, due_on, language, currency, net_minor, vat_minor, rounding_minor, "  \
    "total_minor, vat_due, chain_previous, chain_digest"

/* Of its rate: one probe of a small table. */
#define BOOKS_OF(id)                                                                                                    \
    "(SELECT x.base FROM invoice_exchange x WHERE x.invoice_id = " id " AND x.sealed = 1) AS books, "                   \
    "IFNULL((SELECT x.rate_e6 FROM invoice_exchange x WHERE x.invoice_id = " id " AND x.sealed = 1), 0) AS books_rate_e6"

static const struct column line_column[] = {
    COLUMN(I64, invoice_line_row, invoice_id), COLUMN(I32, invoice_line_row, position),
    COLUMN(ID, invoice_line_row, subscription_line_id), COLUMN(ID, invoice_line_row, quote_line_id),
    COLUMN(TEXT, invoice_line_row, kind), COLUMN(TEXT, invoice_line_row, description),
    COLUMN(DATE, invoice_line_row, period_from_on), COLUMN(DATE, invoice_line_row, period_until_on),
    COLUMN(I32, invoice_line_row, share_of_days), COLUMN(TEXT, invoice_line_row, unit), COLUMN(I64, invoice_line_row, quantity_e4),
    COLUMN(I64, invoice_line_row, unit_price_e4), COLUMN(I32, invoice_line_row, discount_ppm),
    COLUMN(I64, invoice_line_row, allowance_minor), COLUMN(TEXT, invoice_line_row, coupon),
    COLUMN(I64, invoice_line_row, net_minor), COLUMN(I64, invoice_line_row, priced_minor),
    COLUMN(TEXT, invoice_line_row, tax_category),
    COLUMN(I32, invoice_line_row, tax_rate_ppm), COLUMN(TEXT, invoice_line_row, tax_reason),
    COLUMN(TEXT, invoice_line_row, vatex), COLUMN(TEXT, invoice_line_row, tax_country), COLUMN(TEXT, invoice_line_row, account),
    COLUMN(TEXT, invoice_line_row, nature), COLUMN(TEXT, invoice_line_row, unit_plural), /* this one is read only */
};
#define INVOICE_LINE_FIELDS                                                                                     \
    "invoice_id, position, subscription_line_id, quote_line_id, kind, description, period_from_on, "            \
    "period_until_on, share_of_days, unit, quantity_e4, unit_price_e4, discount_ppm, allowance_minor, coupon, net_minor, priced_minor, tax_category, "     \
    "tax_rate_ppm, tax_reason, vatex, tax_country, account, nature"

static const struct column tax_column[] = {
    COLUMN(I64, invoice_tax_row, invoice_id), COLUMN(TEXT, invoice_tax_row, tax_category),
    COLUMN(I32, invoice_tax_row, tax_rate_ppm), COLUMN(I64, invoice_tax_row, base_minor),
    COLUMN(I64, invoice_tax_row, tax_minor), COLUMN(TEXT, invoice_tax_row, reason),
};
#define TAX_FIELDS "invoice_id, tax_category, tax_rate_ppm, base_minor, tax_minor, reason"

static const struct column facts_column[] = {
    COLUMN(I64, invoice_facts, invoice_id), COLUMN(TEXT, invoice_facts, subscription_number), COLUMN(ID, invoice_facts, method_id),
    COLUMN(BOOL, invoice_facts, debited), COLUMN(BOOL, invoice_facts, has_sections), COLUMN(BOOL, invoice_facts, has_credit),
    COLUMN(BOOL, invoice_facts, has_deposits),
};

static const struct column receivable_column[] = {
    COLUMN(I64, receivable, invoice_id), COLUMN(I64, receivable, customer_id), COLUMN(ID, receivable, subscription_id),
    COLUMN(TEXT, receivable, currency), COLUMN(I64, receivable, total_minor), COLUMN(I64, receivable, open_minor),
    COLUMN(DATE, receivable, due_on), COLUMN(DATE, receivable, collect_on), COLUMN(I32, receivable, retries),
    COLUMN(TEXT, receivable, state), COLUMN(DATE, receivable, paid_on),
};
#define RECEIVABLE_FIELDS                                                                                       \
    "invoice_id, customer_id, subscription_id, currency, total_minor, open_minor, due_on, collect_on, retries, state, paid_on"

static const struct column period_column[] = {
    COLUMN(I64, billing_period_row, subscription_id), COLUMN(I32, billing_period_row, line_group), COLUMN(I32, billing_period_row, epoch), COLUMN(DATE, billing_period_row, from_on),
    COLUMN(DATE, billing_period_row, until_on), COLUMN(I32, billing_period_row, period_index),
    COLUMN(I64, billing_period_row, invoice_id),
};

static const struct column deferral_column[] = {
    COLUMN(I64, deferral, id), COLUMN(I64, deferral, invoice_id), COLUMN(I32, deferral, line_position),
    COLUMN(TEXT, deferral, account), COLUMN(TEXT, deferral, currency), COLUMN(TEXT, deferral, method), COLUMN(I64, deferral, amount_minor),
    COLUMN(I64, deferral, recognised_minor), COLUMN(DATE, deferral, from_on), COLUMN(DATE, deferral, until_on),
    COLUMN(DATE, deferral, next_on), 
    COLUMN(TEXT, deferral, invoice_number), COLUMN(TEXT, deferral, books), COLUMN(I64, deferral, books_rate_e6), /* read, never written */
};
enum { DEFERRAL_READ_ONLY = 3 };
#define DEFERRAL                                                                                                        \
    "SELECT id, invoice_id, line_position, account, currency, method, amount_minor, recognised_minor, from_on, until_on, next_on, " \
    "(SELECT i.number FROM invoice i WHERE i.id = deferral.invoice_id) AS invoice_number, " BOOKS_OF("deferral.invoice_id") " FROM deferral "
static const struct column deferral_save_column[] = {
    COLUMN(I64, deferral, recognised_minor), COLUMN(DATE, deferral, next_on), COLUMN(I64, deferral, id),
};

static const struct column deferral_restart_column[] = {
    COLUMN(I64, deferral, amount_minor), COLUMN(I64, deferral, recognised_minor), COLUMN(DATE, deferral, from_on),
    COLUMN(DATE, deferral, next_on), COLUMN(I64, deferral, id),
};

static const struct column job_column[] = {
    COLUMN(TEXT, document_job, kind), COLUMN(I64, document_job, ref_id), COLUMN(I32, document_job, tries),
    COLUMN(INSTANT, document_job, next_try_at),
};
enum { JOB_KEY = 2 }; /* columns of its key */
static const struct column rendered_column[] = {
    COLUMN(TEXT, rendered_document, kind), COLUMN(I64, rendered_document, ref_id), COLUMN(HASH, rendered_document, sha256),
    COLUMN(BYTES, rendered_document, bytes), COLUMN(INSTANT, rendered_document, created_at),
};

static const struct column list_column[] = {
    COLUMN(I64, invoice_list_row, id), COLUMN(TEXT, invoice_list_row, number),
    COLUMN(TEXT, invoice_list_row, customer_name), COLUMN(TEXT, invoice_list_row, customer_number),
    COLUMN(TEXT, invoice_list_row, subscription_number), COLUMN(DATE, invoice_list_row, issued_on),
    COLUMN(DATE, invoice_list_row, due_on), COLUMN(TEXT, invoice_list_row, currency),
    COLUMN(I64, invoice_list_row, total_minor), COLUMN(I64, invoice_list_row, open_minor),
    COLUMN(TEXT, invoice_list_row, state), COLUMN(TEXT, invoice_list_row, corrected_number), COLUMN(BOOL, invoice_list_row, has_pdf),
};

static const struct column stored_column[] = {COLUMN(I64, stored_document, ref_id), COLUMN(BYTES, stored_document, bytes)};
static const struct column document_column[] = {
    COLUMN(I64, document, id), COLUMN(HASH, document, sha256), COLUMN(BYTES, document, bytes)};

static const struct column head_column[] = {
    COLUMN(I64, series_head, last_sequence), COLUMN(HASH, series_head, chain_head), COLUMN(DATE, series_head, last_issued_on)};

struct number_row {
    int64_t n;
};
static const struct column number_column[] = {COLUMN(I64, number_row, n)};

static const struct column section_column[] = {COLUMN(I32, invoice_section, position), COLUMN(TEXT, invoice_section, subscription_number)};

#define LIST_SELECT \
    "SELECT i.id, i.number, v.name AS customer_name, c.number AS customer_number, s.number AS subscription_number, i.issued_on, i.due_on, i.currency, i.total_minor, " \
    "IFNULL(r.open_minor, 0) AS open_minor, CASE i.kind WHEN 'credit_note' THEN 'credit' WHEN 'deposit' THEN 'deposit' ELSE r.state END AS state, " \
    "o.number AS corrected_number, EXISTS (SELECT 1 FROM document d WHERE d.kind = 'invoice' AND d.ref_id = i.id) AS has_pdf FROM "
/* In this order whatever the statistics say: what is read first names the rows, newest first, and an index has them so. */
#define LIST_REST \
    " STRAIGHT_JOIN customer c ON c.id = i.customer_id STRAIGHT_JOIN customer_version v ON v.id = i.customer_version_id LEFT JOIN receivable r ON r.invoice_id = i.id " \
    "LEFT JOIN subscription s ON s.id = i.subscription_id LEFT JOIN credit_note k ON k.invoice_id = i.id LEFT JOIN invoice o ON o.id = k.corrected_id " \
    "WHERE "
#define LIST_STATE "(? = '' OR IF(i.kind = 'credit_note', 'credit', r.state) = ?) "
#define LIST_ORDER "ORDER BY i.id DESC LIMIT ?"

enum {
    RESERVE, SERIES_MAKE, SERIES_LOCK, SERIES_READ, SERIES_SAVE, INSERT, LINES_INSERT, TAXES_INSERT, RECEIVABLES_INSERT,
    PERIODS_INSERT, DEFERRALS_INSERT, JOBS_INSERT, BY_ID, BY_NUMBER, OF_ORDER, LINES, SECTIONS,
    TAXES, LISTED, LINES_LISTED, TAXES_LISTED, FACTS_LISTED, IN_SLICE, LINES_IN_SLICE, TAXES_IN_SLICE, RECEIVABLE, RECEIVABLES_LOCK, RECEIVABLE_LOCK, RECEIVABLE_SAVE, COLLECTION_POSTPONE, LIST, LIST_OWED, LIST_CREDITS, LIST_CUSTOMER, LIST_SUBSCRIPTION,
    DEFERRALS_DUE, DEFERRALS_AFTER, DEFERRALS_SAVE, DEFERRALS_LOCK, DEFERRALS_RESTART,
    DOCUMENT_INSERT, DOCUMENT, DOCUMENTS, DOCUMENT_EXISTS, JOBS_WAIT, JOBS_CLAIM, JOB_DELETE, JOB_POSTPONE,
};

static const struct statement statement[] = {
    [RESERVE] = {"id_block_reserve", "UPDATE id_block SET next_id = LAST_INSERT_ID(next_id + ?) WHERE name = ?", NOTHING},
    [SERIES_MAKE] = {"series_make", "INSERT IGNORE INTO series (name) VALUES (?)", NOTHING},
    [SERIES_LOCK] = {"series_lock", "SELECT last_sequence, chain_head, last_issued_on FROM series WHERE name = ? FOR UPDATE",
                     READS(series_head, head_column)},
    [SERIES_READ] = {"series_read", "SELECT last_sequence, chain_head, last_issued_on FROM series WHERE name = ?",
                     READS(series_head, head_column)},
    [SERIES_SAVE] = {"series_save", "UPDATE series SET last_sequence = ?, chain_head = ?, last_issued_on = ? WHERE name = ?", NOTHING},
    [INSERT] = {"invoices_insert", "INSERT INTO invoice (" INVOICE_FIELDS ") VALUES "
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [LINES_INSERT] = {"invoice_lines_insert", "INSERT INTO invoice_line (" INVOICE_LINE_FIELDS ") VALUES "
                      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [TAXES_INSERT] = {"invoice_taxes_insert", "INSERT INTO invoice_tax (invoice_id, tax_category, tax_rate_ppm, "
                      "base_minor, tax_minor, reason) VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [RECEIVABLES_INSERT] = {"receivables_insert", "INSERT INTO receivable (" RECEIVABLE_FIELDS ") VALUES "
                            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [PERIODS_INSERT] = {"billing_periods_insert", "INSERT INTO billing_period (subscription_id, line_group, epoch, from_on, "
                        "until_on, period_index, invoice_id) VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [DEFERRALS_INSERT] = {"deferrals_insert", "INSERT INTO deferral (invoice_id, line_position, account, currency, "
                          "method, amount_minor, recognised_minor, from_on, until_on, next_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [JOBS_INSERT] = {"document_jobs_insert", "INSERT INTO document_job (kind, ref_id, tries, next_try_at) VALUES (?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"invoice_by_id", "SELECT " INVOICE_FIELDS ", " BOOKS_OF("invoice.id") " FROM invoice WHERE id = ?", READS(invoice, invoice_column)},
    [BY_NUMBER] = {"invoice_by_number", "SELECT " INVOICE_FIELDS ", " BOOKS_OF("invoice.id") " FROM invoice WHERE number = ?", READS(invoice, invoice_column)},
    [OF_ORDER] = {"invoice_of_order", "SELECT " INVOICE_FIELDS ", " BOOKS_OF("invoice.id") " FROM invoice WHERE order_id = ?", READS(invoice, invoice_column)},
    [SECTIONS] = {"invoice_sections", "SELECT l.position, s.number AS subscription_number FROM invoice_line l "
                  "JOIN subscription_line x ON x.id = l.subscription_line_id JOIN subscription s ON s.id = x.subscription_id "
                  "WHERE l.invoice_id = ? AND 1 < (SELECT COUNT(DISTINCT b.subscription_id) FROM billing_period b "
                  "WHERE b.invoice_id = l.invoice_id) ORDER BY l.position", READS(invoice_section, section_column)},
    [LINES] = {"invoice_lines", "SELECT " INVOICE_LINE_FIELDS ", " UNIT_PLURAL("invoice_line") " FROM invoice_line WHERE invoice_id = ? ORDER BY position",
               READS(invoice_line_row, line_column)},
    [TAXES] = {"invoice_taxes", "SELECT " TAX_FIELDS " FROM invoice_tax WHERE invoice_id = ? ORDER BY tax_rate_ppm DESC, tax_category", READS(invoice_tax_row, tax_column)},
    [LISTED] = {"invoices_listed", "SELECT " INVOICE_FIELDS ", " BOOKS_OF("invoice.id") " FROM " DOCUMENT_LIST "invoice ON id = document_id ORDER BY id",
                READS(invoice, invoice_column)},
    [LINES_LISTED] = {"invoice_lines_listed", "SELECT " INVOICE_LINE_FIELDS ", " UNIT_PLURAL("invoice_line") " FROM " DOCUMENT_LIST
                      "invoice_line ON invoice_id = document_id ORDER BY invoice_id, position", READS(invoice_line_row, line_column)},
    [TAXES_LISTED] = {"invoice_taxes_listed", "SELECT " TAX_FIELDS " FROM " DOCUMENT_LIST "invoice_tax ON invoice_id = document_id "
                      "ORDER BY invoice_id, tax_rate_ppm DESC, tax_category", READS(invoice_tax_row, tax_column)},
    [FACTS_LISTED] = {"invoice_facts_listed", "SELECT i.id AS invoice_id, IFNULL(s.number, '') AS subscription_number, m.id AS method_id, "
                      "IFNULL(m.gateway = 'sepa', 0) AS debited, "
                      "1 < (SELECT COUNT(DISTINCT b.subscription_id) FROM billing_period b WHERE b.invoice_id = i.id) AS has_sections, "
                      "EXISTS (SELECT 1 FROM credit_allocation a WHERE a.invoice_id = i.id) AS has_credit, "
                      "EXISTS (SELECT 1 FROM deposit_use u WHERE u.invoice_id = i.id) AS has_deposits FROM " DOCUMENT_LIST
                      "invoice i ON i.id = document_id LEFT JOIN subscription s ON s.id = i.subscription_id "
                      "LEFT JOIN payment_method m ON m.id = s.payment_method_id AND m.customer_id = i.customer_id ORDER BY i.id", READS(invoice_facts, facts_column)},
    [IN_SLICE] = {"invoices_in_slice", "SELECT " INVOICE_FIELDS ", " BOOKS_OF("invoice.id") " FROM invoice FORCE INDEX (one_number) "
               "WHERE series = ? AND sequence > ? AND sequence <= ? ORDER BY sequence",
               READS(invoice, invoice_column)},
    [LINES_IN_SLICE] = {"invoice_lines_in_slice", "SELECT " INVOICE_LINE_FIELDS ", '' AS unit_plural FROM " SLICE "invoice_line ON invoice_id = document_id "
                        "ORDER BY invoice_id, position", READS(invoice_line_row, line_column)},
    [TAXES_IN_SLICE] = {"invoice_taxes_in_slice", "SELECT " TAX_FIELDS " FROM " SLICE "invoice_tax ON invoice_id = document_id "
                        "ORDER BY invoice_id, tax_rate_ppm DESC, tax_category", READS(invoice_tax_row, tax_column)},
    [RECEIVABLE] = {"receivable_of", "SELECT " RECEIVABLE_FIELDS " FROM receivable WHERE invoice_id = ?", READS(receivable, receivable_column)},
    [RECEIVABLES_LOCK] = {"receivables_lock", "SELECT " RECEIVABLE_FIELDS " FROM " ID_LIST "receivable r ON r.invoice_id = j.id ORDER BY r.invoice_id FOR UPDATE",
                        READS(receivable, receivable_column)},
    [RECEIVABLE_LOCK] = {"receivable_lock", "SELECT " RECEIVABLE_FIELDS " FROM receivable WHERE invoice_id = ? FOR UPDATE",
                         READS(receivable, receivable_column)},
    [RECEIVABLE_SAVE] = {"receivable_save", "UPDATE receivable SET open_minor = ?, collect_on = ?, retries = ?, state = ?, "
                         "paid_on = ? WHERE invoice_id = ?", NOTHING},
    [COLLECTION_POSTPONE] = {"collection_postpone", "UPDATE receivable SET collect_on = ? WHERE invoice_id = ? AND state IN ('open', 'pending')", NOTHING},
    [LIST] = {"invoice_list", LIST_SELECT "invoice i" LIST_REST "i.id < ? " LIST_ORDER, READS(invoice_list_row, list_column)},
    [LIST_OWED] = {"invoice_list_owed", LIST_SELECT "receivable x FORCE INDEX (newest) STRAIGHT_JOIN invoice i ON i.id = x.invoice_id" LIST_REST
                   "x.state = ? AND x.invoice_id < ? ORDER BY x.invoice_id DESC LIMIT ?", READS(invoice_list_row, list_column)},
    [LIST_CREDITS] = {"invoice_list_credits", LIST_SELECT "credit_note x STRAIGHT_JOIN invoice i ON i.id = x.invoice_id" LIST_REST
                      "x.invoice_id < ? ORDER BY x.invoice_id DESC LIMIT ?", READS(invoice_list_row, list_column)},
    [LIST_CUSTOMER] = {"invoice_list_of_customer", LIST_SELECT "invoice i FORCE INDEX (by_customer)" LIST_REST "i.customer_id = ? AND " LIST_STATE "AND i.id < ? " LIST_ORDER,
                       READS(invoice_list_row, list_column)},
    /* Its own, and those that bill it together with others. */
    [LIST_SUBSCRIPTION] = {"invoice_list_of_subscription", LIST_SELECT "(SELECT id FROM invoice WHERE subscription_id = ? UNION "
                           "SELECT invoice_id FROM billing_period WHERE subscription_id = ?) x STRAIGHT_JOIN invoice i ON i.id = x.id" LIST_REST
                           "(? = 0 OR i.customer_id = ?) AND " LIST_STATE "AND i.id < ? " LIST_ORDER,
                           READS(invoice_list_row, list_column)},
    [DEFERRALS_DUE] = {"deferrals_due", DEFERRAL "FORCE INDEX (due) WHERE next_on <= ? "
                       "ORDER BY next_on, id LIMIT ? FOR UPDATE SKIP LOCKED", READS(deferral, deferral_column)},
    [DEFERRALS_AFTER] = {"deferrals_after", DEFERRAL "WHERE id > ? ORDER BY id LIMIT ?", READS(deferral, deferral_column)},
    [DEFERRALS_SAVE] = {"deferrals_save", "UPDATE deferral SET recognised_minor = ?, next_on = ? WHERE id = ?", NOTHING},
    [DEFERRALS_LOCK] = {"deferrals_of", DEFERRAL "WHERE invoice_id = ? ORDER BY line_position FOR UPDATE", READS(deferral, deferral_column)},
    [DEFERRALS_RESTART] = {"deferrals_restart", "UPDATE deferral SET amount_minor = ?, recognised_minor = ?, from_on = ?, next_on = ? "
                           "WHERE id = ?", NOTHING},
    [DOCUMENT_INSERT] = {"document_insert", "INSERT INTO document (kind, ref_id, sha256, bytes, created_at) VALUES (?, ?, ?, ?, ?)", NOTHING},
    [JOBS_WAIT] = {"document_jobs_wait", "SELECT EXISTS (SELECT 1 FROM document_job WHERE next_try_at <= ?) AS n", READS(number_row, number_column)},
    [DOCUMENT] = {"document_of", "SELECT id, sha256, bytes FROM document WHERE kind = ? AND ref_id = ?", READS(document, document_column)},
    [DOCUMENTS] = {"documents_of", "SELECT d.ref_id, d.bytes FROM " ID_LIST "document d ON d.kind = ? AND d.ref_id = j.id",
                   READS(stored_document, stored_column)},
    [DOCUMENT_EXISTS] = {"document_exists", "SELECT COUNT(*) AS n FROM document WHERE kind = ? AND ref_id = ?", READS(number_row, number_column)},
    [JOBS_CLAIM] = {"document_jobs_claim", "SELECT kind, ref_id, tries, next_try_at FROM document_job FORCE INDEX (due) "
                    "WHERE next_try_at <= ? ORDER BY next_try_at, kind, ref_id LIMIT ? FOR UPDATE SKIP LOCKED",
                    READS(document_job, job_column)},
    [JOB_DELETE] = {"document_job_delete", "DELETE FROM document_job WHERE kind = ? AND ref_id = ?", NOTHING},
    [JOB_POSTPONE] = {"document_job_postpone", "UPDATE document_job SET tries = tries + 1, next_try_at = ?, error = ? "
                      "WHERE kind = ? AND ref_id = ?", NOTHING},
};
DB_STATEMENTS(invoice, statement)

enum err reserve_ids(struct ctx *ctx, const char *name, int64_t count, int64_t *first)
{
    int64_t after;

    CHECK(count > 0);
    TRY(ctx, db_insert(ctx, &statement[RESERVE], PARAMS(P_I64(count), P_TEXT(name)), &after));
    *first = after - count;
    return OK;
}

enum err lock_series(struct ctx *ctx, const char *name, struct series_head *head)
{
    enum err err;

    CHECK(db_in_transaction(ctx));
    err = db_row(ctx, &statement[SERIES_LOCK], PARAMS(P_TEXT(name)), head);
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, db_write(ctx, &statement[SERIES_MAKE], PARAMS(P_TEXT(name)), NULL));
    return db_row(ctx, &statement[SERIES_LOCK], PARAMS(P_TEXT(name)), head);
}

enum err read_series(struct ctx *ctx, const char *name, struct series_head *head)
{
    enum err err = db_row(ctx, &statement[SERIES_READ], PARAMS(P_TEXT(name)), head);

    if (err != ERR_NOT_FOUND)
        return err;
    *head = (struct series_head){.last_issued_on = DATE_NONE};
    return OK;
}

enum err save_series(struct ctx *ctx, const char *name, const struct series_head *head)
{
    return db_write_one(ctx, &statement[SERIES_SAVE],
                        PARAMS(P_I64(head->last_sequence), P_HASH(head->chain_head), P_DATE(head->last_issued_on), P_TEXT(name)));
}

#define WRITE_MANY(which, columns, rows, count)                                                                 \
    db_write_many(ctx, &statement[which], columns, COUNT_OF(columns), rows, sizeof rows[0], count)

enum err insert_invoices(struct ctx *ctx, const struct invoice *rows, size_t count)
{
    return db_write_many(ctx, &statement[INSERT], invoice_column, COUNT_OF(invoice_column) - INVOICE_READ_ONLY, rows, sizeof rows[0], count);
}

enum err insert_invoice_lines(struct ctx *ctx, const struct invoice_line_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[LINES_INSERT], line_column, COUNT_OF(line_column) - 1, rows, sizeof rows[0], count);
}

enum err insert_invoice_taxes(struct ctx *ctx, const struct invoice_tax_row *rows, size_t count)
{
    return WRITE_MANY(TAXES_INSERT, tax_column, rows, count);
}

enum err insert_receivables(struct ctx *ctx, const struct receivable *rows, size_t count)
{
    return WRITE_MANY(RECEIVABLES_INSERT, receivable_column, rows, count);
}

enum err insert_billing_periods(struct ctx *ctx, const struct billing_period_row *rows, size_t count)
{
    return WRITE_MANY(PERIODS_INSERT, period_column, rows, count);
}

enum err insert_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count)
{
    return db_write_many(ctx, &statement[DEFERRALS_INSERT], deferral_column + 1, COUNT_OF(deferral_column) - 1 - DEFERRAL_READ_ONLY, rows,
                         sizeof rows[0], count);
}

enum err insert_document_jobs(struct ctx *ctx, const struct document_job *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write_later(ctx, &statement[JOBS_INSERT], job_column, COUNT_OF(job_column), &rows[i], sizeof rows[i]));
    return OK;
}

enum err invoice_by_id(struct ctx *ctx, int64_t id, struct invoice *invoice)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), invoice);
}

enum err invoice_by_number(struct ctx *ctx, const char *number, struct invoice *invoice)
{
    return db_row(ctx, &statement[BY_NUMBER], PARAMS(P_TEXT(number)), invoice);
}

enum err invoice_of_order(struct ctx *ctx, int64_t order_id, struct invoice *invoice)
{
    return db_row(ctx, &statement[OF_ORDER], PARAMS(P_I64(order_id)), invoice);
}

enum err invoice_lines(struct ctx *ctx, int64_t invoice_id, struct invoice_line_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err invoice_sections(struct ctx *ctx, int64_t invoice_id, struct invoice_section **rows, size_t *count)
{
    return db_rows(ctx, &statement[SECTIONS], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err invoice_taxes(struct ctx *ctx, int64_t invoice_id, struct invoice_tax_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[TAXES], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err invoices_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice **rows, size_t *count)
{
    return db_rows(ctx, &statement[LISTED], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err invoice_lines_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_line_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES_LISTED], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err invoice_taxes_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_tax_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[TAXES_LISTED], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err invoice_facts_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_facts **rows, size_t *count)
{
    return db_rows(ctx, &statement[FACTS_LISTED], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err invoices_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice **rows, size_t *count)
{
    return db_rows(ctx, &statement[IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err invoice_lines_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_line_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err invoice_taxes_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_tax_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[TAXES_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err lock_receivables_of(struct ctx *ctx, const int64_t *invoice_ids, size_t count, struct receivable **rows, size_t *found)
{
    return db_rows(ctx, &statement[RECEIVABLES_LOCK], PARAMS(P_TEXT(id_list(ctx->arena, invoice_ids, count))), rows, found);
}

enum err receivable_of(struct ctx *ctx, int64_t invoice_id, struct receivable *receivable)
{
    return db_row(ctx, &statement[RECEIVABLE], PARAMS(P_I64(invoice_id)), receivable);
}

enum err lock_receivable(struct ctx *ctx, int64_t invoice_id, struct receivable *receivable)
{
    return db_row(ctx, &statement[RECEIVABLE_LOCK], PARAMS(P_I64(invoice_id)), receivable);
}

enum err save_receivable(struct ctx *ctx, const struct receivable *r)
{
    return db_write_one(ctx, &statement[RECEIVABLE_SAVE],
                        PARAMS(P_I64(r->open_minor), P_DATE(r->collect_on), P_I64(r->retries), P_TEXT(r->state),
                               P_DATE(r->paid_on), P_I64(r->invoice_id)));
}

enum err postpone_collection(struct ctx *ctx, int64_t invoice_id, int32_t collect_on)
{
    return db_write(ctx, &statement[COLLECTION_POSTPONE], PARAMS(P_DATE(collect_on), P_I64(invoice_id)), NULL);
}

enum err invoice_list(struct ctx *ctx, const char *state, int64_t customer_id, int64_t subscription_id,
                      int64_t before_id, int32_t limit, struct invoice_list_row **rows, size_t *count)
{
    const struct param before = P_I64(before_id != 0 ? before_id : INT64_MAX);

    if (subscription_id != 0)
        return db_rows(ctx, &statement[LIST_SUBSCRIPTION], PARAMS(P_I64(subscription_id), P_I64(subscription_id), P_I64(customer_id), P_I64(customer_id),
                       P_TEXT(state), P_TEXT(state), before, P_I64(limit)), rows, count);
    if (customer_id != 0)
        return db_rows(ctx, &statement[LIST_CUSTOMER], PARAMS(P_I64(customer_id), P_TEXT(state), P_TEXT(state), before, P_I64(limit)), rows, count);
    if (state[0] == '\0' || str_equal(state, "credit"))
        return db_rows(ctx, &statement[state[0] == '\0' ? LIST : LIST_CREDITS], PARAMS(before, P_I64(limit)), rows, count);
    return db_rows(ctx, &statement[LIST_OWED], PARAMS(P_TEXT(state), before, P_I64(limit)), rows, count);
}

enum err due_deferrals(struct ctx *ctx, int32_t limit, struct deferral **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEFERRALS_DUE], PARAMS(P_DATE(ctx->today_on), P_I64(limit)), rows, count);
}

enum err deferrals_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct deferral **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEFERRALS_AFTER], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

enum err save_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count)
{
    return WRITE_MANY(DEFERRALS_SAVE, deferral_save_column, rows, count);
}

enum err lock_deferrals_of(struct ctx *ctx, int64_t invoice_id, struct deferral **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEFERRALS_LOCK], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err restart_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count)
{
    return WRITE_MANY(DEFERRALS_RESTART, deferral_restart_column, rows, count);
}

enum err insert_document(struct ctx *ctx, const char *kind, int64_t ref_id, const unsigned char sha256[32],
                         const void *data, size_t bytes)
{
    return db_write(ctx, &statement[DOCUMENT_INSERT],
                    PARAMS(P_TEXT(kind), P_I64(ref_id), P_HASH(sha256), P_BYTES(data, bytes), P_INSTANT(ctx->now)), NULL);
}

enum err insert_rendered(struct ctx *ctx, const struct rendered_document *rows, size_t count)
{
    return WRITE_MANY(DOCUMENT_INSERT, rendered_column, rows, count);
}

enum err document_of(struct ctx *ctx, const char *kind, int64_t ref_id, struct document *document)
{
    return db_row(ctx, &statement[DOCUMENT], PARAMS(P_TEXT(kind), P_I64(ref_id)), document);
}

enum err documents_of(struct ctx *ctx, const char *kind, const int64_t *ref_ids, size_t id_count, struct stored_document **rows, size_t *count)
{
    return db_rows(ctx, &statement[DOCUMENTS], PARAMS(P_TEXT(id_list(ctx->arena, ref_ids, id_count)), P_TEXT(kind)), rows, count);
}

enum err document_exists(struct ctx *ctx, const char *kind, int64_t ref_id, bool *exists)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[DOCUMENT_EXISTS], PARAMS(P_TEXT(kind), P_I64(ref_id)), &row));
    *exists = row.n > 0;
    return OK;
}

enum err claim_document_jobs(struct ctx *ctx, int32_t limit, struct document_job **rows, size_t *count)
{
    return db_rows(ctx, &statement[JOBS_CLAIM], PARAMS(P_INSTANT(ctx->now), P_I64(limit)), rows, count);
}

enum err document_jobs_wait(struct ctx *ctx, bool *waiting)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[JOBS_WAIT], PARAMS(P_INSTANT(ctx->now)), &row));
    *waiting = row.n != 0;
    return OK;
}

enum err delete_document_jobs(struct ctx *ctx, const struct document_job *rows, size_t count)
{
    return db_write_many(ctx, &statement[JOB_DELETE], job_column, JOB_KEY, rows, sizeof rows[0], count);
}

enum err postpone_document_job(struct ctx *ctx, const struct document_job *job, const char *error, int64_t until_at)
{
    return db_write(ctx, &statement[JOB_POSTPONE],
                    PARAMS(P_INSTANT(until_at), P_TEXT(str_cut(ctx->arena, error, 240)), P_TEXT(job->kind),
                           P_I64(job->ref_id)), NULL);
}
