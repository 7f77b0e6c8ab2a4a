#include "store/reconciliation.h"

#include "base/check.h"
#include "store/db.h"
#include "store/kept.h"
#include "store/list.h"

static const struct column money_column[] = {
    COLUMN(TEXT, money_row, fact_key), COLUMN(TEXT, money_row, ref), COLUMN(TEXT, money_row, note), COLUMN(ID, money_row, customer_id),
    COLUMN(ID, money_row, attempt_id), COLUMN(I64, money_row, amount_minor), COLUMN(TEXT, money_row, currency), COLUMN(TEXT, money_row, state),
    COLUMN(INSTANT, money_row, at)};

#define DIFFERENCE_FIELDS \
    "d.id, d.source, d.fact_key, d.cause, d.ref, d.note, d.customer_id, IFNULL(v.name, '') customer_name, d.attempt_id, " \
    "IFNULL(d.ours_minor, 0) ours_minor, IFNULL(d.ours_currency, '') ours_currency, IFNULL(d.theirs_minor, 0) theirs_minor, " \
    "IFNULL(d.theirs_currency, '') theirs_currency, d.happened_at, d.found_at, d.resolved_at, IFNULL(d.resolved_by, '') resolved_by, " \
    "IFNULL(d.resolution, '') resolution FROM money_difference d LEFT JOIN customer c ON c.id = d.customer_id " \
    "LEFT JOIN customer_version v ON v.id = c.current_version_id "
static const struct column difference_column[] = {
    COLUMN(I64, difference_row, id), COLUMN(TEXT, difference_row, source), COLUMN(TEXT, difference_row, fact_key),
    COLUMN(TEXT, difference_row, cause), COLUMN(TEXT, difference_row, ref), COLUMN(TEXT, difference_row, note),
    COLUMN(ID, difference_row, customer_id), COLUMN(TEXT, difference_row, customer_name), COLUMN(ID, difference_row, attempt_id),
    COLUMN(I64, difference_row, ours_minor), COLUMN(TEXT, difference_row, ours_currency), COLUMN(I64, difference_row, theirs_minor),
    COLUMN(TEXT, difference_row, theirs_currency), COLUMN(INSTANT, difference_row, happened_at), COLUMN(INSTANT, difference_row, found_at),
    COLUMN(INSTANT, difference_row, resolved_at), COLUMN(TEXT, difference_row, resolved_by), COLUMN(TEXT, difference_row, resolution)};

static const struct column kinds_column[] = {
    COLUMN(BOOL, money_kinds, refunds), COLUMN(BOOL, money_kinds, disputes), COLUMN(BOOL, money_kinds, bank), COLUMN(BOOL, money_kinds, debits),
    COLUMN(BOOL, money_kinds, refunds_booked)};
struct number_row {
    int64_t n;
};
static const struct column number_column[] = {COLUMN(I64, number_row, n)};
static const struct column house_column[] = {COLUMN(INSTANT, restored_house, restored_at), COLUMN(INSTANT, restored_house, reconciled_at),
                                             COLUMN(I64, restored_house, run_count)};
static const struct column reconciled_column[] = {COLUMN(INSTANT, reconciled_house, restored_at), COLUMN(INSTANT, reconciled_house, reconciled_at),
                                                  COLUMN(BOOL, reconciled_house, differences)};
static const struct column open_column[] = {
    COLUMN(I64, open_difference, id), COLUMN(TEXT, open_difference, source), COLUMN(TEXT, open_difference, fact_key),
    COLUMN(TEXT, open_difference, cause), COLUMN(INSTANT, open_difference, happened_at)};
static const struct column series_column[] = {COLUMN(TEXT, series_number, series), COLUMN(I64, series_number, last_sequence),
                                              COLUMN(I64, series_number, here_sequence)};

enum {
    KINDS, REFUNDS, DISPUTES, REFUNDS_MADE, REFUNDS_BOOKED, ATTEMPTS, DEBITS_CREDITED, DEBITS_PAID, BANK_MONEY, BANK_PAYMENTS, PAYMENTS, BOOKED, SEE, KNOWN, AGAIN, GONE, RESOLVE, BY_ID, OPEN, PAST, STRAY, STRAY_ANY, STRAY_REFUND, HOUSE, RECONCILED_HOUSE, RESTORED, RECONCILED,
    COUNT_RUN, NUMBERS, NOTE_NUMBER, OUTSIDE,
};

/* Files of debits about which bank or books said anything since then (three times the instant), and when. */
#define DEBIT_FILES                                                                                                                       \
    "(SELECT x.id, MAX(x.at) at FROM (SELECT e.file_id id, i.imported_at at FROM bank_import i JOIN bank_entry e ON e.import_id = i.id "  \
    "WHERE i.imported_at >= ? AND e.file_id IS NOT NULL UNION ALL "                                                                      \
    "SELECT c.file_id, p.received_at FROM payment p JOIN collection c ON c.attempt_id = p.attempt_id WHERE p.received_at >= ? UNION ALL " \
    "SELECT c.file_id, CAST(b.returned_on AS DATETIME(6)) FROM payment_return b JOIN payment p ON p.id = b.payment_id "                   \
    "JOIN collection c ON c.attempt_id = p.attempt_id WHERE b.returned_on >= ?) x GROUP BY x.id) r JOIN collection_file f ON f.id = r.id "

/* Twice the instant. */
#define SENT_SINCE "(first_sent_at >= ? OR (first_sent_at IS NULL AND created_at >= ?))"

static const struct statement statement[] = {
    [KINDS] = {"money_kinds_since",
        "SELECT EXISTS (SELECT 1 FROM refund WHERE " SENT_SINCE ") OR EXISTS (SELECT 1 FROM stray_return WHERE " SENT_SINCE ") refunds, "
        "EXISTS (SELECT 1 FROM dispute WHERE created_at >= ?) disputes, "
        "EXISTS (SELECT 1 FROM bank_import WHERE imported_at >= ?) OR EXISTS (SELECT 1 FROM payment WHERE received_at >= ? AND bank_entry_id IS NOT NULL) bank, "
        "EXISTS (SELECT 1 FROM collection_file) AND (EXISTS (SELECT 1 FROM bank_import WHERE imported_at >= ?) OR "
        "EXISTS (SELECT 1 FROM payment_return WHERE returned_on >= ?) OR "
        "EXISTS (SELECT 1 FROM payment p JOIN collection c ON c.attempt_id = p.attempt_id WHERE p.received_at >= ?)) debits, "
        "EXISTS (SELECT 1 FROM refund_event WHERE at >= ? AND to_state = 'succeeded') OR "
        "EXISTS (SELECT 1 FROM journal_entry WHERE source_kind = 'refund' AND posted_at >= ?) refunds_booked", READS(money_kinds, kinds_column)},
    [REFUNDS] = {"card_refunds_since",
        "SELECT f.refund_key fact_key, IFNULL(f.refund_ref, '') ref, f.reason note, f.customer_id, p.attempt_id, f.amount_minor, f.currency, "
        "CASE f.state WHEN 'succeeded' THEN 'succeeded' WHEN 'failed' THEN 'declined' WHEN 'cancelled' THEN 'declined' ELSE 'unknown' END state, IFNULL(f.first_sent_at, f.created_at) at "
        "FROM refund f JOIN payment p ON p.id = f.payment_id WHERE f.kind = 'card' AND (f.first_sent_at >= ? OR (f.first_sent_at IS NULL AND f.created_at >= ?)) UNION ALL "
        "SELECT s.return_key, IFNULL(s.return_ref, ''), '', y.customer_id, s.attempt_id, s.amount_minor, s.currency, "
        "CASE s.state WHEN 'succeeded' THEN 'succeeded' WHEN 'failed' THEN 'declined' ELSE 'unknown' END, IFNULL(s.first_sent_at, s.created_at) "
        "FROM stray_return s JOIN attempt a ON a.id = s.attempt_id JOIN payable y ON y.id = a.payable_id "
        "WHERE s.first_sent_at >= ? OR (s.first_sent_at IS NULL AND s.created_at >= ?)", READS(money_row, money_column)},
    /* what was lost stays away; what came in again is not away */
    [DISPUTES] = {"disputes_since",
        "SELECT d.dispute_ref fact_key, d.dispute_ref ref, d.reason note, d.customer_id, p.attempt_id, d.amount_minor, d.currency, "
        "IF(d.out_on IS NULL, 'unknown', IF(d.in_on IS NULL, 'succeeded', 'declined')) state, d.created_at at "
        "FROM dispute d JOIN payment p ON p.id = d.payment_id WHERE d.created_at >= ?", READS(money_row, money_column)},
    [REFUNDS_MADE] = {"refunds_made_since",
        "SELECT CONCAT('refund ', f.id) fact_key, IFNULL(f.refund_ref, f.refund_key) ref, f.reason note, f.customer_id, NULL attempt_id, f.amount_minor, f.currency, "
        "'taken' state, MAX(e.at) at FROM refund f JOIN refund_event e ON e.refund_id = f.id AND e.to_state = 'succeeded' AND e.from_state <> 'succeeded' "
        "WHERE f.state = 'succeeded' AND e.at >= ? GROUP BY f.id", READS(money_row, money_column)},
    [REFUNDS_BOOKED] = {"booked_refunds_since",
        "SELECT CONCAT('refund ', e.source_id) fact_key, e.reference ref, '' note, NULL customer_id, NULL attempt_id, "
        "CAST(SUM(IF(j.label = 'receipt', j.credit_minor - j.debit_minor, 0)) AS SIGNED) amount_minor, e.currency, 'taken' state, e.posted_at at "
        "FROM journal_entry e JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind = 'refund' AND e.posted_at >= ? AND NOT EXISTS "
        "(SELECT 1 FROM journal_entry b WHERE b.source_kind = 'refund_failed' AND b.source_id = e.source_id) GROUP BY e.id", READS(money_row, money_column)},
    [ATTEMPTS] = {"card_attempts_since",
        "SELECT a.attempt_key fact_key, IFNULL(a.intent_ref, '') ref, '' note, p.customer_id, a.id attempt_id, a.amount_minor, a.currency, a.state, a.created_at at "
        "FROM attempt a JOIN payable p ON p.id = a.payable_id WHERE a.kind <> 'sepa' AND a.created_at >= ?", READS(money_row, money_column)},
    /* A return counts from its notification on; a person's booking is the bank's payment, no debit. */
    [DEBITS_CREDITED] = {"debits_credited_since",
        "SELECT f.message_id fact_key, f.message_id ref, '' note, NULL customer_id, NULL attempt_id, CAST(SUM(CASE WHEN e.credit = 1 THEN IF(i.kind = 'statement', "
        "e.amount_minor + e.kept_minor, 0) WHEN i.kind = 'statement' OR NOT EXISTS (SELECT 1 FROM bank_entry s JOIN bank_import m ON m.id = s.import_id AND m.kind = 'statement' "
        "WHERE s.attempt_id = e.attempt_id AND s.credit = 0 AND s.is_fee = 0) THEN -e.amount_minor ELSE 0 END) AS SIGNED) amount_minor, MAX(e.currency) currency, "
        "'taken' state, r.at FROM " DEBIT_FILES "JOIN bank_entry e ON e.file_id = f.id AND e.is_fee = 0 AND e.state <> 'matched' "
        "JOIN bank_import i ON i.id = e.import_id GROUP BY f.id", READS(money_row, money_column)},
    /* Days alone have paid what no statement spoke of: unknown, until statements reach a week beyond. */
    [DEBITS_PAID] = {"debits_paid_since",
        "SELECT f.message_id fact_key, f.message_id ref, '' note, NULL customer_id, NULL attempt_id, "
        "CAST(SUM(IF(b.payment_id IS NULL, IFNULL(p.amount_minor, 0), 0)) AS SIGNED) amount_minor, MAX(a.currency) currency, "
        "CASE WHEN EXISTS (SELECT 1 FROM bank_entry e WHERE e.file_id = f.id AND e.open_key = 1) THEN 'operator' "
        "WHEN EXISTS (SELECT 1 FROM bank_entry e WHERE e.file_id = f.id) OR (l.last_on > MAX(c.collect_on) + INTERVAL 7 DAY AND "
        "SUM(p.id IS NOT NULL AND b.payment_id IS NULL) > 0) THEN 'taken' ELSE 'unknown' END state, r.at "
        "FROM " DEBIT_FILES "JOIN (SELECT MAX(e.booked_on) last_on FROM bank_entry e JOIN bank_import i ON i.id = e.import_id AND i.kind = 'statement') l "
        "JOIN collection c ON c.file_id = f.id JOIN attempt a ON a.id = c.attempt_id LEFT JOIN payment p ON p.attempt_id = a.id "
        "LEFT JOIN payment_return b ON b.payment_id = p.id GROUP BY f.id", READS(money_row, money_column)},
    [BANK_MONEY] = {"bank_money_since",
        "SELECT e.entry_key fact_key, e.bank_ref ref, LEFT(e.text, 250) note, e.customer_id, NULL attempt_id, e.amount_minor, e.currency, 'taken' state, "
        "i.imported_at at FROM bank_entry e JOIN bank_import i ON i.id = e.import_id WHERE e.credit = 1 AND e.return_code = '' AND "
        "(e.state = 'open' OR e.invoice_id IS NOT NULL) AND i.imported_at >= ?", READS(money_row, money_column)},
    [BANK_PAYMENTS] = {"bank_payments_since",
        "SELECT e.entry_key fact_key, p.gateway_ref ref, '' note, p.customer_id, NULL attempt_id, p.amount_minor, p.currency, 'taken' state, p.received_at at "
        "FROM payment p JOIN bank_entry e ON e.id = p.bank_entry_id WHERE p.received_at >= ?", READS(money_row, money_column)},
    [PAYMENTS] = {"payments_since",
        "SELECT CONCAT('payment ', p.id) fact_key, p.gateway_ref ref, p.method_text note, p.customer_id, p.attempt_id, p.amount_minor, p.currency, "
        "'taken' state, p.received_at at FROM payment p WHERE p.received_at >= ?", READS(money_row, money_column)},
    [BOOKED] = {"booked_payments_since",
        "SELECT CONCAT('payment ', e.source_id) fact_key, e.reference ref, '' note, NULL customer_id, NULL attempt_id, "
        "CAST(SUM(IF(j.label = 'receipt', IF(e.foreign_currency IS NULL, j.debit_minor - j.credit_minor, j.foreign_minor), 0)) AS SIGNED) amount_minor, "
        "IFNULL(e.foreign_currency, e.currency) currency, 'taken' state, e.posted_at at "
        "FROM journal_entry e JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind = 'payment' AND e.posted_at >= ? GROUP BY e.id",
        READS(money_row, money_column)},
    [SEE] = {"difference_see",
        "INSERT INTO money_difference (source, fact_key, cause, ref, note, customer_id, attempt_id, ours_minor, ours_currency, theirs_minor, "
        "theirs_currency, happened_at, found_at, seen_at) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE NOT EXISTS "
        "(SELECT 1 FROM money_difference d WHERE d.source = ? AND d.fact_key = ? AND d.cause = ? AND d.resolution = 'person') "
        "ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at)", NOTHING},
    [KNOWN] = {"differences_known", "SELECT id, source, fact_key, cause, happened_at FROM money_difference WHERE open_key = 1", READS(open_difference, open_column)},
    [AGAIN] = {"differences_again", "UPDATE " ID_LIST "money_difference d ON d.id = j.id SET d.seen_at = ? WHERE d.resolved_at IS NULL", NOTHING},
    [GONE] = {"differences_gone", "UPDATE " ID_LIST "money_difference d ON d.id = j.id SET d.resolved_at = ?, d.resolved_by = ?, d.resolution = 'gone' "
              "WHERE d.resolved_at IS NULL", NOTHING},
    [RESOLVE] = {"difference_resolve", "UPDATE money_difference SET resolved_at = ?, resolved_by = ?, resolution = ? WHERE id = ? AND resolved_at IS NULL",
                 NOTHING},
    [BY_ID] = {"difference_by_id", "SELECT " DIFFERENCE_FIELDS "WHERE d.id = ?", READS(difference_row, difference_column)},
    [OPEN] = {"differences_open", "SELECT " DIFFERENCE_FIELDS "WHERE d.open_key = 1 AND d.id > ? ORDER BY d.id LIMIT ?",
              READS(difference_row, difference_column)},
    [PAST] = {"differences_past", "SELECT " DIFFERENCE_FIELDS "WHERE d.resolved_at IS NOT NULL AND (? = 0 OR d.id < ?) ORDER BY d.id DESC LIMIT ?",
              READS(difference_row, difference_column)},
    [STRAY] = {"customer_stray_money", "SELECT COUNT(*) n FROM money_difference WHERE customer_id = ? AND open_key = 1 AND source = 'charge' AND "
               "cause IN ('missing_here', 'doubled')", READS(number_row, number_column)},
    [STRAY_ANY] = {"any_stray_money", "SELECT COUNT(*) n FROM money_difference WHERE open_key = 1 AND source = 'charge' AND "
               "cause IN ('missing_here', 'doubled')", READS(number_row, number_column)},
    [STRAY_REFUND] = {"customer_stray_refund", "SELECT COUNT(*) n FROM money_difference WHERE customer_id = ? AND open_key = 1 AND source = 'refund' AND "
               "cause IN ('missing_here', 'doubled', 'state')", READS(number_row, number_column)},
    [HOUSE] = {"restored_house", "SELECT restored_at, reconciled_at, run_count FROM house WHERE id = ?", READS(restored_house, house_column)},
    [RECONCILED_HOUSE] = {"reconciled_house", "SELECT restored_at, reconciled_at, EXISTS (SELECT 1 FROM money_difference WHERE open_key = 1) differences "
                          "FROM house WHERE id = 1", READS(reconciled_house, reconciled_column)},
    [RESTORED] = {"house_restored", "UPDATE house SET restored_at = ? WHERE id = 1", NOTHING},
    [RECONCILED] = {"house_reconciled", "UPDATE house SET reconciled_at = ? WHERE id = 1", NOTHING},
    [COUNT_RUN] = {"house_count_run", "UPDATE house SET run_count = LAST_INSERT_ID(GREATEST(run_count, ?) + 1) WHERE id = 1", NOTHING},
    [NUMBERS] = {"document_numbers", "SELECT s.name series, s.last_sequence, s.last_sequence here_sequence FROM series s WHERE EXISTS "
                 "(SELECT 1 FROM invoice i WHERE i.series = s.name) ORDER BY s.name", READS(series_number, series_column)},
    [NOTE_NUMBER] = {"outside_number_note", "INSERT INTO outside_number (series, last_sequence) VALUES (?, ?) ON DUPLICATE KEY UPDATE "
                     "last_sequence = GREATEST(last_sequence, VALUES(last_sequence))", NOTHING},
    [OUTSIDE] = {"outside_numbers", "SELECT o.series, o.last_sequence, IFNULL(s.last_sequence, 0) here_sequence FROM outside_number o "
                 "LEFT JOIN series s ON s.name = o.series WHERE o.last_sequence > IFNULL(s.last_sequence, 0) ORDER BY o.series",
                 READS(series_number, series_column)},
};
DB_STATEMENTS(reconciliation, statement)

enum err money_kinds_since(struct ctx *ctx, const struct money_since *since, struct money_kinds *kinds)
{
    const struct param refunds = P_INSTANT(since->refunds_at);
    const struct param bank = P_INSTANT(since->bank_at);
    const struct param debits = P_INSTANT(since->debits_at);
    const struct param booked = P_INSTANT(since->refunds_booked_at);

    return db_row(ctx, &statement[KINDS], PARAMS(refunds, refunds, refunds, refunds, P_INSTANT(since->disputes_at), bank, bank, debits, debits, debits, booked, booked), kinds);
}

enum err card_attempts_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ATTEMPTS], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err card_refunds_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[REFUNDS], PARAMS(P_INSTANT(since_at), P_INSTANT(since_at), P_INSTANT(since_at), P_INSTANT(since_at)), rows, count);
}

enum err disputes_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[DISPUTES], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err refunds_made_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[REFUNDS_MADE], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err booked_refunds_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[REFUNDS_BOOKED], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err debits_credited_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEBITS_CREDITED], PARAMS(P_INSTANT(since_at), P_INSTANT(since_at), P_INSTANT(since_at)), rows, count);
}

enum err debits_paid_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[DEBITS_PAID], PARAMS(P_INSTANT(since_at), P_INSTANT(since_at), P_INSTANT(since_at)), rows, count);
}

enum err bank_money_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[BANK_MONEY], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err bank_payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[BANK_PAYMENTS], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[PAYMENTS], PARAMS(P_INSTANT(since_at)), rows, count);
}

enum err booked_payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[BOOKED], PARAMS(P_INSTANT(since_at)), rows, count);
}

static struct param amount(int64_t minor, const char *currency)
{
    return currency[0] == '\0' ? (struct param){.kind = DB_I64, .null = true} : P_I64(minor);
}

static struct param maybe(const char *text)
{
    return P_TEXT(text[0] == '\0' ? NULL : text);
}

enum err see_difference(struct ctx *ctx, const struct difference_row *d, bool *open)
{
    int64_t rows = 0;
    enum err err = db_write(ctx, &statement[SEE],
                    PARAMS(P_TEXT(d->source), P_TEXT(d->fact_key), P_TEXT(d->cause), P_TEXT(d->ref), P_TEXT(d->note), P_ID(d->customer_id),
                           P_ID(d->attempt_id), amount(d->ours_minor, d->ours_currency), maybe(d->ours_currency),
                           amount(d->theirs_minor, d->theirs_currency), maybe(d->theirs_currency), P_INSTANT(d->happened_at), P_INSTANT(ctx->now),
                           P_INSTANT(ctx->now), P_TEXT(d->source), P_TEXT(d->fact_key), P_TEXT(d->cause)), &rows);

    *open = rows > 0;
    return err;
}

enum err differences_open(struct ctx *ctx, struct open_difference **rows, size_t *count)
{
    return db_rows(ctx, &statement[KNOWN], NO_PARAMS, rows, count);
}

enum err see_differences_again(struct ctx *ctx, const int64_t *ids, size_t id_count, int64_t *count)
{
    *count = 0;
    return id_count == 0 ? OK : db_write(ctx, &statement[AGAIN], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count)), P_INSTANT(ctx->now)), count);
}

enum err end_differences(struct ctx *ctx, const int64_t *ids, size_t id_count, int64_t *count)
{
    *count = 0;
    return id_count == 0 ? OK : db_write(ctx, &statement[GONE], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count)), P_INSTANT(ctx->now), P_TEXT(ctx->actor)), count);
}

enum err resolve_difference(struct ctx *ctx, int64_t id, const char *resolution)
{
    return db_write_one(ctx, &statement[RESOLVE], PARAMS(P_INSTANT(ctx->now), P_TEXT(ctx->actor), P_TEXT(resolution), P_I64(id)));
}

enum err difference_by_id(struct ctx *ctx, int64_t id, struct difference_row *row)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), row);
}

enum err open_differences(struct ctx *ctx, int64_t after_id, int32_t limit, struct difference_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[OPEN], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

enum err past_differences(struct ctx *ctx, int64_t before_id, int32_t limit, struct difference_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[PAST], PARAMS(P_I64(before_id), P_I64(before_id), P_I64(limit)), rows, count);
}

enum err customer_has_stray_money(struct ctx *ctx, int64_t customer_id, bool *has)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[STRAY], PARAMS(P_I64(customer_id)), &row));
    *has = row.n > 0;
    return OK;
}

enum err customer_has_stray_refund(struct ctx *ctx, int64_t customer_id, bool *has)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[STRAY_REFUND], PARAMS(P_I64(customer_id)), &row));
    *has = row.n > 0;
    return OK;
}

enum err any_stray_money(struct ctx *ctx, bool *any)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[STRAY_ANY], NULL, 0, &row));
    *any = row.n > 0;
    return OK;
}

enum err restored_house(struct ctx *ctx, struct restored_house *house)
{
    return kept_a_moment(ctx, &statement[HOUSE], 1, house);
}

enum err reconciled_house(struct ctx *ctx, struct reconciled_house *house)
{
    return db_row(ctx, &statement[RECONCILED_HOUSE], NO_PARAMS, house);
}

enum err save_restored_at(struct ctx *ctx, int64_t at)
{
    return db_write_one(ctx, &statement[RESTORED], PARAMS(P_INSTANT(at)));
}

enum err save_reconciled_at(struct ctx *ctx, int64_t at)
{
    return db_write_one(ctx, &statement[RECONCILED], PARAMS(P_INSTANT(at)));
}

enum err count_run(struct ctx *ctx, int64_t at_least, int64_t *count)
{
    return db_insert(ctx, &statement[COUNT_RUN], PARAMS(P_I64(at_least)), count);
}

enum err document_numbers(struct ctx *ctx, struct series_number **rows, size_t *count)
{
    return db_rows(ctx, &statement[NUMBERS], NO_PARAMS, rows, count);
}

enum err note_outside_number(struct ctx *ctx, const char *series, int64_t last_sequence)
{
    return db_write(ctx, &statement[NOTE_NUMBER], PARAMS(P_TEXT(series), P_I64(last_sequence)), NULL);
}

enum err outside_numbers(struct ctx *ctx, struct series_number **rows, size_t *count)
{
    return db_rows(ctx, &statement[OUTSIDE], NO_PARAMS, rows, count);
}
