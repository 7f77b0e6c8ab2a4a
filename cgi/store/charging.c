#include "store/charging.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"
#include "store/list.h"

struct id_row {
    int64_t id;
    int64_t payable_id;
};
static const struct column id_column[] = {COLUMN(I64, id_row, id), COLUMN(I64, id_row, payable_id)};
static const struct column claim_column[] = {COLUMN(I64, charge, invoice_id)};
static const struct column charge_column[] = {
    COLUMN(I64, charge, invoice_id), COLUMN(I64, charge, customer_id), COLUMN(ID, charge, subscription_id),
    COLUMN(TEXT, charge, currency), COLUMN(I64, charge, open_minor), COLUMN(TEXT, charge, invoice_number),
    COLUMN(TEXT, charge, gateway_customer), COLUMN(ID, charge, method_id), COLUMN(TEXT, charge, gateway),
    COLUMN(TEXT, charge, method_state), COLUMN(TEXT, charge, token_sealed), COLUMN(TEXT, charge, brand),
    COLUMN(I32, charge, exp_month), COLUMN(I32, charge, exp_year), COLUMN(BOOL, charge, disputed),
};
static const struct column locked_column[] = {
    COLUMN(I64, charge_payable, invoice_id), COLUMN(I64, charge_payable, id), COLUMN(BOOL, charge_payable, taken),
    COLUMN(I32, charge_payable, attempts), COLUMN(I32, charge_payable, not_sent),
};
static const struct column decline_column[] = {
    COLUMN(I64, method_decline, method_id), COLUMN(I64, method_decline, payable_id), COLUMN(DATE, method_decline, tried_on),
    COLUMN(I64, method_decline, amount_minor), COLUMN(TEXT, method_decline, currency),
    COLUMN(TEXT, method_decline, decline_code), COLUMN(TEXT, method_decline, advice_code),
};
static const struct column taken_column[] = {
    COLUMN(I64, taken_attempt, id), COLUMN(TEXT, taken_attempt, state_name), COLUMN(I64, taken_attempt, amount_minor),
    COLUMN(I64, taken_attempt, open_minor),
};

struct new_payable {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t amount_minor;
    const char *currency;
    int64_t created_at;
};
static const struct column new_payable_column[] = {
    COLUMN(I64, new_payable, invoice_id), COLUMN(I64, new_payable, customer_id), COLUMN(I64, new_payable, amount_minor),
    COLUMN(TEXT, new_payable, currency), COLUMN(INSTANT, new_payable, created_at),
};
static const struct column new_attempt_column[] = {
    COLUMN(I64, attempt, payable_id), COLUMN(I32, attempt, number), COLUMN(TEXT, attempt, attempt_key),
    COLUMN(I64, attempt, amount_minor), COLUMN(TEXT, attempt, currency), COLUMN(I64, attempt, payment_method_id),
    COLUMN(TEXT, attempt, request_path), COLUMN(TEXT, attempt, request_body), COLUMN(INSTANT, attempt, next_check_at),
    COLUMN(INSTANT, attempt, created_at), COLUMN(DATE, attempt, tried_on),
};
static const struct column day_column[] = {COLUMN(DATE, collect_day, collect_on), COLUMN(I64, collect_day, invoice_id)};

struct taking {
    int64_t id;
    int64_t sender;
    int64_t at;
    int64_t until;
    const char *actor;
};
static const struct column take_column[] = {
    COLUMN(I64, taking, sender), COLUMN(INSTANT, taking, at), COLUMN(INSTANT, taking, until), COLUMN(I64, taking, id),
};
static const struct column taking_event_column[] = {COLUMN(I64, taking, id), COLUMN(TEXT, taking, actor), COLUMN(INSTANT, taking, at)};

static const struct column waiting_column[] = {COLUMN(BOOL, charges_waiting, due), COLUMN(BOOL, charges_waiting, denied)};

enum { WAITING, CLAIM, CHARGES, PAYABLES_INSERT, PAYABLES_LOCK, DECLINES, ATTEMPTS_INSERT, ATTEMPT_IDS, DAYS_SAVE, ATTEMPTS_LOCK, ATTEMPTS_TAKE, EVENTS_INSERT };

static const struct statement statement[] = {
    [WAITING] = {"charges_waiting", "SELECT EXISTS (SELECT 1 FROM receivable FORCE INDEX (collect) WHERE collect_on <= ? AND state IN ('open', 'pending')) AS due, "
                 "EXISTS (SELECT 1 FROM operator_item WHERE kind = 'gateway_denied' AND subject_kind = 'house' AND subject_id = 1 AND open_key = 1) "
                 "AS denied", READS(charges_waiting, waiting_column)},
    [CLAIM] = {"charges_claim", "SELECT invoice_id FROM receivable FORCE INDEX (collect) WHERE collect_on <= ? AND state IN ('open', 'pending') "
               "ORDER BY collect_on, invoice_id LIMIT ? FOR UPDATE SKIP LOCKED", claim_column, 1, sizeof(struct charge)},
    [CHARGES] = {"charges_listed", "SELECT r.invoice_id, r.customer_id, r.subscription_id, r.currency, r.open_minor, IFNULL(i.number, s.number) AS invoice_number, "
                 "c.gateway_customer, m.id AS method_id, m.gateway, m.state AS method_state, m.token_sealed, m.brand, m.exp_month, m.exp_year, "
                 "EXISTS (SELECT 1 FROM dispute d WHERE d.subscription_id = r.subscription_id AND d.open_key = 1) AS disputed FROM " ID_LIST
                 "receivable r ON r.invoice_id = j.id LEFT JOIN invoice i ON i.id = r.invoice_id JOIN customer c ON c.id = r.customer_id "
                 "LEFT JOIN subscription s ON s.id = r.subscription_id LEFT JOIN payment_method m ON m.id = s.payment_method_id AND m.customer_id = r.customer_id "
                 "ORDER BY r.invoice_id", READS(charge, charge_column)},
    [PAYABLES_INSERT] = {"charge_payables_insert", "INSERT IGNORE INTO payable (invoice_id, customer_id, amount_minor, currency, created_at) "
                         "VALUES (?, ?, ?, ?, ?)", NOTHING},
    [PAYABLES_LOCK] = {"charge_payables_lock", "SELECT y.invoice_id, y.id, EXISTS (SELECT 1 FROM attempt a WHERE a.payable_id = y.id AND (a.live = 1 OR "
                       "(a.state = 'operator' AND EXISTS (SELECT 1 FROM operator_item o WHERE o.subject_kind = 'attempt' AND o.subject_id = a.id "
                       "AND o.closed_at IS NULL)))) AS taken, (SELECT COUNT(*) FROM attempt a WHERE a.payable_id = y.id) AS attempts, "
                       "(SELECT COUNT(*) FROM attempt a WHERE a.payable_id = y.id AND a.state = 'not_sent' AND a.tried_on = ?) AS not_sent FROM " ID_LIST
                       "payable y ON y.invoice_id = j.id ORDER BY y.invoice_id FOR UPDATE", READS(charge_payable, locked_column)},
    [DECLINES] = {"charge_declines", "SELECT j.id AS method_id, a.payable_id, a.tried_on, a.amount_minor, a.currency, a.decline_code, a.advice_code "
                  "FROM " ID_LIST "payment_method m ON m.id = j.id JOIN payment_method n ON n.customer_id = m.customer_id AND n.gateway = m.gateway "
                  "AND n.brand = m.brand AND n.last4 = m.last4 AND n.exp_month = m.exp_month AND n.exp_year = m.exp_year "
                  "JOIN attempt a ON a.payment_method_id = n.id AND a.state = 'declined' AND a.tried_on >= ? ORDER BY j.id, a.id",
                  READS(method_decline, decline_column)},
    [ATTEMPTS_INSERT] = {"charge_attempts_insert", "INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, currency, "
                         "payment_method_id, request_path, request_body, next_check_at, created_at, tried_on) VALUES "
                         "(?, ?, ?, 'off_session', 'ready', ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ATTEMPT_IDS] = {"charge_attempt_ids", "SELECT a.id, a.payable_id FROM " ID_LIST "attempt a ON a.payable_id = j.id AND a.live = 1 ORDER BY a.payable_id",
                     READS(id_row, id_column)},
    [DAYS_SAVE] = {"collect_days_save", "UPDATE receivable SET collect_on = ? WHERE invoice_id = ? AND state IN ('open', 'pending')", NOTHING},
    [ATTEMPTS_LOCK] = {"charge_attempts_lock", "SELECT a.id, a.state AS state_name, a.amount_minor, r.open_minor FROM " ID_LIST
                       "attempt a ON a.id = j.id JOIN payable y ON y.id = a.payable_id JOIN receivable r ON r.invoice_id = y.invoice_id "
                       "ORDER BY a.id FOR UPDATE", READS(taken_attempt, taken_column)},
    [ATTEMPTS_TAKE] = {"charge_attempts_take", "UPDATE attempt SET state = 'sending', sender = ?, sending_at = ?, next_check_at = ? "
                       "WHERE id = ? AND state = 'ready'", NOTHING},
    [EVENTS_INSERT] = {"charge_events_insert", "INSERT INTO attempt_event (attempt_id, from_state, to_state, event, actor, at) "
                       "VALUES (?, 'ready', 'sending', 'picked', ?, ?)", NOTHING},
};
DB_STATEMENTS(charging, statement)

#define WRITE_MANY(which, columns, rows, count) \
    db_write_many(ctx, &statement[which], columns, COUNT_OF(columns), rows, sizeof (rows)[0], count)

#define LIST(records, type, member, count) ID_LIST_OF(ctx->arena, records, type, member, count)

enum err charges_waiting(struct ctx *ctx, struct charges_waiting *waiting)
{
    return db_row(ctx, &statement[WAITING], PARAMS(P_DATE(ctx->today_on)), waiting);
}

enum err claim_charges(struct ctx *ctx, int32_t limit, struct charge **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    TRY(ctx, db_rows(ctx, &statement[CLAIM], PARAMS(P_DATE(ctx->today_on), P_I64(limit)), rows, count));
    if (*count == 0)
        return OK;
    return db_rows(ctx, &statement[CHARGES], PARAMS(P_TEXT(LIST(*rows, struct charge, invoice_id, *count))), rows, count);
}

enum err lock_charge_payables(struct ctx *ctx, const struct charge *charges, size_t count, struct charge_payable **rows)
{
    struct new_payable *payables = ARENA_ARRAY(ctx->arena, struct new_payable, count + 1);
    size_t found;

    CHECK(db_in_transaction(ctx));
    for (size_t i = 0; i < count; i++)
        payables[i] = (struct new_payable){charges[i].invoice_id, charges[i].customer_id, charges[i].open_minor, charges[i].currency, ctx->now};
    TRY(ctx, WRITE_MANY(PAYABLES_INSERT, new_payable_column, payables, count));
    TRY(ctx, db_rows(ctx, &statement[PAYABLES_LOCK],
                     PARAMS(P_DATE(ctx->today_on), P_TEXT(LIST(charges, struct charge, invoice_id, count))), rows, &found));
    return found == count ? OK : FAIL(ctx, ERR_DB, "%zu payables for %zu invoices", found, count);
}

enum err declines_of(struct ctx *ctx, const struct charge *charges, size_t count, int32_t from_on, struct method_decline **rows,
                     size_t *row_count)
{
    return db_rows(ctx, &statement[DECLINES], PARAMS(P_TEXT(LIST(charges, struct charge, method_id, count)), P_DATE(from_on)), rows, row_count);
}

static int by_payable(const void *a, const void *b)
{
    const struct attempt *one = a;
    const struct attempt *other = b;

    return (one->payable_id > other->payable_id) - (one->payable_id < other->payable_id);
}

enum err insert_attempts(struct ctx *ctx, struct attempt *attempts, size_t count)
{
    struct id_row *ids;
    size_t found;

    if (count == 0)
        return OK;
    qsort(attempts, count, sizeof attempts[0], by_payable);
    for (size_t i = 0; i < count; i++) {
        attempts[i].state = ATTEMPT_READY;
        attempts[i].created_at = ctx->now;
        attempts[i].tried_on = ctx->today_on;
    }
    TRY(ctx, WRITE_MANY(ATTEMPTS_INSERT, new_attempt_column, attempts, count));
    TRY(ctx, db_rows(ctx, &statement[ATTEMPT_IDS], PARAMS(P_TEXT(LIST(attempts, struct attempt, payable_id, count))), &ids, &found));
    if (found != count)
        return FAIL(ctx, ERR_DB, "%zu attempts instead of %zu", found, count);
    for (size_t i = 0; i < count; i++) {
        CHECK(ids[i].payable_id == attempts[i].payable_id);
        attempts[i].id = ids[i].id;
    }
    return OK;
}

enum err save_collect_days(struct ctx *ctx, const struct collect_day *days, size_t count)
{
    return WRITE_MANY(DAYS_SAVE, day_column, days, count);
}

enum err lock_attempts(struct ctx *ctx, const int64_t *ids, size_t count, struct taken_attempt **rows, size_t *row_count)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[ATTEMPTS_LOCK], PARAMS(P_TEXT(id_list(ctx->arena, ids, count))), rows, row_count);
}

enum err take_attempts(struct ctx *ctx, const int64_t *ids, size_t count)
{
    struct taking *rows = ARENA_ARRAY(ctx->arena, struct taking, count + 1);
    int64_t sender = db_connection_id(ctx);

    for (size_t i = 0; i < count; i++)
        rows[i] = (struct taking){ids[i], sender, ctx->now, ctx->now + ATTEMPT_LEASE, ctx->actor};
    TRY(ctx, WRITE_MANY(ATTEMPTS_TAKE, take_column, rows, count));
    return WRITE_MANY(EVENTS_INSERT, taking_event_column, rows, count);
}
