#include "store/payable.h"

#include <string.h>

#include "base/check.h"
#include "base/secret.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/list.h"
#include "store/tenant.h"

static const struct column payable_column[] = {
    COLUMN(I64, payable, id), COLUMN(ID, payable, quote_version_id), COLUMN(ID, payable, invoice_id),
    COLUMN(I64, payable, customer_id), COLUMN(I64, payable, amount_minor), COLUMN(TEXT, payable, currency),
};
#define PAYABLE_FIELDS "id, quote_version_id, invoice_id, customer_id, amount_minor, currency"

static const struct column attempt_column[] = {
    COLUMN(I64, attempt, id), COLUMN(I64, attempt, payable_id), COLUMN(I32, attempt, number),
    COLUMN(TEXT, attempt, attempt_key), COLUMN(TEXT, attempt, kind), COLUMN(TEXT, attempt, state_name),
    COLUMN(I64, attempt, amount_minor), COLUMN(TEXT, attempt, currency), COLUMN(ID, attempt, payment_method_id),
    COLUMN(TEXT, attempt, request_path), COLUMN(TEXT, attempt, request_body), COLUMN(TEXT, attempt, session_ref),
    COLUMN(TEXT, attempt, intent_ref), COLUMN(TEXT, attempt, redirect_url), COLUMN(TEXT, attempt, decline_code),
    COLUMN(TEXT, attempt, message), COLUMN(ID, attempt, sender), COLUMN(INSTANT, attempt, sending_at),
    COLUMN(INSTANT, attempt, next_check_at), COLUMN(I32, attempt, checks), COLUMN(INSTANT, attempt, created_at),
    COLUMN(DATE, attempt, tried_on), COLUMN(TEXT, attempt, advice_code),
};
#define ATTEMPT_FIELDS                                                                                          \
    "a.id, a.payable_id, a.number, a.attempt_key, a.kind, a.state AS state_name, a.amount_minor, a.currency, "  \
    "a.payment_method_id, a.request_path, a.request_body, a.session_ref, a.intent_ref, a.redirect_url, "        \
    "a.decline_code, a.message, a.sender, a.sending_at, a.next_check_at, a.checks, a.created_at, "      \
    "a.tried_on, a.advice_code"

static const struct column method_column[] = {
    COLUMN(I64, payment_method, id), COLUMN(I64, payment_method, customer_id),
    COLUMN(TEXT, payment_method, gateway), COLUMN(TEXT, payment_method, source_ref),
    COLUMN(TEXT, payment_method, token_sealed), COLUMN(TEXT, payment_method, brand), COLUMN(TEXT, payment_method, last4),
    COLUMN(I32, payment_method, exp_month), COLUMN(I32, payment_method, exp_year), COLUMN(TEXT, payment_method, state),
};
#define METHOD_FIELDS "id, customer_id, gateway, source_ref, token_sealed, brand, last4, exp_month, exp_year, state"

static const struct column list_column[] = {
    COLUMN(I64, payment_list_row, id), COLUMN(TEXT, payment_list_row, customer_name),
    COLUMN(TEXT, payment_list_row, invoice_number), COLUMN(TEXT, payment_list_row, quote_number), COLUMN(TEXT, payment_list_row, asked_number),
    COLUMN(TEXT, payment_list_row, kind), COLUMN(TEXT, payment_list_row, state), COLUMN(TEXT, payment_list_row, currency),
    COLUMN(I64, payment_list_row, amount_minor), COLUMN(TEXT, payment_list_row, decline_code),
    COLUMN(TEXT, payment_list_row, method_text), COLUMN(INSTANT, payment_list_row, created_at),
};
static const struct column order_column[] = {
    COLUMN(I64, order_payment, invoice_id), COLUMN(I64, order_payment, amount_minor), COLUMN(DATE, order_payment, received_on), COLUMN(TEXT, order_payment, method_text),
};

static const struct column event_column[] = {
    COLUMN(I64, gateway_event, id), COLUMN(TEXT, gateway_event, event_ref), COLUMN(TEXT, gateway_event, type),
    COLUMN(TEXT, gateway_event, object_ref), COLUMN(I32, gateway_event, tries),
};
static const struct column setup_column[] = {
    COLUMN(I64, method_setup, id), COLUMN(I64, method_setup, subscription_id), COLUMN(TEXT, method_setup, setup_key),
    COLUMN(TEXT, method_setup, state), COLUMN(TEXT, method_setup, session_ref), COLUMN(TEXT, method_setup, redirect_url),
    COLUMN(I32, method_setup, checks), COLUMN(INSTANT, method_setup, created_at),
};
#define SETUP_FIELDS "id, subscription_id, setup_key, state, session_ref, redirect_url, checks, created_at"

/* A move as its two statements take it. */
struct move_row {
    struct attempt attempt;
    const char *from;
    const char *event;
    const char *detail;
    const char *actor;
    int64_t at;
};
#define MOVED(column_kind, member)                                                                              \
    {DB_##column_kind, #member, offsetof(struct move_row, attempt.member), sizeof(((struct move_row *)0)->attempt.member)}
static const struct column move_column[] = {
    MOVED(TEXT, state_name), MOVED(TEXT, session_ref), MOVED(TEXT, intent_ref), MOVED(TEXT, redirect_url),
    MOVED(TEXT, decline_code), MOVED(TEXT, advice_code), MOVED(TEXT, message), MOVED(ID, sender), MOVED(INSTANT, sending_at),
    MOVED(INSTANT, next_check_at), MOVED(I32, checks), MOVED(I64, id), COLUMN(TEXT, move_row, from),
};
static const struct column move_event_column[] = {
    MOVED(I64, id), COLUMN(TEXT, move_row, from), MOVED(TEXT, state_name), COLUMN(TEXT, move_row, event),
    COLUMN(TEXT, move_row, detail), COLUMN(TEXT, move_row, actor), COLUMN(INSTANT, move_row, at),
};

/* Its money is a person's to decide about. */
#define HELD                                                                                                    \
    "a.state = 'operator' AND EXISTS (SELECT 1 FROM operator_item o WHERE o.subject_kind = 'attempt' AND o.subject_id = a.id " \
    "AND o.closed_at IS NULL)"

struct count_row {
    int32_t n;
};
static const struct column count_column[] = {COLUMN(I32, count_row, n)};
static const struct column tries_column[] = {COLUMN(I32, payable_tries, count), COLUMN(BOOL, payable_tries, taken)};

enum {
    PAYABLE_INSERT, PAYABLE_OF_VERSION, PAYABLE_OF_INVOICE, PAYABLE_LOCK, PAYABLE_LOCK_VERSION, PAYABLE_LOCK_INVOICE, PAYABLE_BY_ID, PAYABLES_OF, METHODS_SHOWN, ATTEMPT_INSERT,
    ATTEMPT_BY_ID, ATTEMPT_LOCK, ATTEMPTS_LOCK, ATTEMPT_BY_REF, ATTEMPT_LIVE, ATTEMPT_HELD, ATTEMPT_BLOCKS, ATTEMPT_LAST, ATTEMPTS_OF, TRIES, ATTEMPT_COUNT, ATTEMPT_MOVE, EVENT_INSERT,
    ATTEMPTS_CHECK, ATTEMPT_PUT_OFF, ATTEMPTS_READY, PAYMENT_INSERT, ALLOCATION_INSERT, METHOD_INSERT, METHOD_SEAL, METHOD_BY_SOURCE, METHOD_BY_ID,
    METHOD_STATE, LIST, GATEWAY_INSERT, GATEWAY_CLOSE, GATEWAY_POSTPONE, GATEWAY_DUE, SETUP_INSERT, SETUP_LIVE, SETUP_LAST,
    SETUP_BY_REF, SETUP_MOVE, SETUPS_END, SETUP_DUE, SETUP_PUT_OFF, ORDER_PAYMENTS,
};

static const struct column shown_column[] = {
    COLUMN(I64, method_shown, id), COLUMN(TEXT, method_shown, gateway), COLUMN(TEXT, method_shown, brand), COLUMN(TEXT, method_shown, last4),
};

static const struct statement statement[] = {
    [PAYABLE_INSERT] = {"payable_insert", "INSERT INTO payable (quote_version_id, invoice_id, customer_id, "
                        "amount_minor, currency, created_at) VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [PAYABLE_OF_VERSION] = {"payable_of_version", "SELECT " PAYABLE_FIELDS " FROM payable WHERE quote_version_id = ?",
                            READS(payable, payable_column)},
    [PAYABLE_OF_INVOICE] = {"payable_of_invoice", "SELECT " PAYABLE_FIELDS " FROM payable WHERE invoice_id = ?",
                            READS(payable, payable_column)},
    [PAYABLE_LOCK] = {"payable_lock", "SELECT " PAYABLE_FIELDS " FROM payable WHERE id = ? FOR UPDATE", READS(payable, payable_column)},
    [PAYABLE_LOCK_VERSION] = {"payable_lock_version", "SELECT " PAYABLE_FIELDS " FROM payable WHERE quote_version_id = ? FOR UPDATE",
                              READS(payable, payable_column)},
    [PAYABLE_LOCK_INVOICE] = {"payable_lock_invoice", "SELECT " PAYABLE_FIELDS " FROM payable WHERE invoice_id = ? FOR UPDATE",
                              READS(payable, payable_column)},
    [PAYABLES_OF] = {"payables_of_attempts", "SELECT y.id, y.quote_version_id, y.invoice_id, y.customer_id, y.amount_minor, y.currency FROM " ID_LIST
                     "attempt a ON a.id = j.id JOIN payable y ON y.id = a.payable_id ORDER BY a.id", READS(payable, payable_column)},
    [METHODS_SHOWN] = {"payment_methods_shown", "SELECT m.id, m.gateway, m.brand, m.last4 FROM " ID_LIST "payment_method m ON m.id = j.id ORDER BY m.id",
                       READS(method_shown, shown_column)},
    [PAYABLE_BY_ID] = {"payable_by_id", "SELECT " PAYABLE_FIELDS " FROM payable WHERE id = ?", READS(payable, payable_column)},
    [ATTEMPT_INSERT] = {"attempt_insert", "INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, "
                        "currency, payment_method_id, request_path, request_body, next_check_at, created_at, tried_on) "
                        "VALUES (?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ATTEMPT_BY_ID] = {"attempt_by_id", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.id = ?", READS(attempt, attempt_column)},
    [ATTEMPT_LOCK] = {"attempt_lock", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.id = ? FOR UPDATE", READS(attempt, attempt_column)},
    [ATTEMPTS_LOCK] = {"attempts_lock", "SELECT " ATTEMPT_FIELDS " FROM " ID_LIST "attempt a ON a.id = j.id ORDER BY a.id FOR UPDATE",
                       READS(attempt, attempt_column)},
    [ATTEMPT_BY_REF] = {"attempt_of_object", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.session_ref = ? OR a.intent_ref = ? "
                        "OR a.attempt_key = ? LIMIT 1", READS(attempt, attempt_column)},
    [ATTEMPT_LIVE] = {"attempt_live", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.payable_id = ? AND a.live = 1",
                      READS(attempt, attempt_column)},
    [ATTEMPT_HELD] = {"attempt_held", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.payable_id = ? AND " HELD " LIMIT 1",
                      READS(attempt, attempt_column)},
    [ATTEMPT_BLOCKS] = {"attempt_blocks", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.payable_id = ? AND (a.live = 1 OR (" HELD ")) "
                        "ORDER BY a.live DESC LIMIT 1", READS(attempt, attempt_column)},
    [ATTEMPT_LAST] = {"attempt_last", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.payable_id = ? ORDER BY a.number DESC LIMIT 1",
                      READS(attempt, attempt_column)},
    [ATTEMPTS_OF] = {"attempts_of", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.payable_id = ? ORDER BY a.number LIMIT 100",
                     READS(attempt, attempt_column)},
    [TRIES] = {"payable_tries", "SELECT COUNT(*) AS count, EXISTS (SELECT 1 FROM attempt a WHERE a.payable_id = ? AND (a.live = 1 OR (" HELD "))) AS taken "
               "FROM attempt WHERE payable_id = ?", READS(payable_tries, tries_column)},
    [ATTEMPT_COUNT] = {"attempt_count", "SELECT COUNT(*) AS n FROM attempt WHERE payable_id = ?", READS(count_row, count_column)},
    [ATTEMPT_MOVE] = {"attempt_move", "UPDATE attempt SET state = ?, session_ref = ?, intent_ref = ?, redirect_url = ?, "
                      "decline_code = ?, advice_code = ?, message = ?, sender = ?, sending_at = ?, next_check_at = ?, checks = ? "
                      "WHERE id = ? AND state = ?", NOTHING},
    [EVENT_INSERT] = {"attempt_event_insert", "INSERT INTO attempt_event (attempt_id, from_state, to_state, event, detail, "
                      "actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ATTEMPT_PUT_OFF] = {"attempt_put_off", "UPDATE attempt SET next_check_at = ? WHERE id = ? AND next_check_at IS NOT NULL", NOTHING},
    [ATTEMPTS_READY] = {"attempts_ready", "SELECT " ATTEMPT_FIELDS " FROM attempt a WHERE a.state = 'ready' AND a.kind <> 'sepa' ORDER BY a.id LIMIT ?",
                        READS(attempt, attempt_column)},
    [ATTEMPTS_CHECK] = {"attempts_to_check", "SELECT " ATTEMPT_FIELDS " FROM attempt a FORCE INDEX (due) WHERE a.next_check_at IS NOT NULL AND a.id > ? AND "
                        "(a.next_check_at <= ? OR (a.state = 'sending' AND a.sender NOT IN (SELECT ID FROM information_schema.PROCESSLIST))) "
                        "ORDER BY a.id LIMIT ?", READS(attempt, attempt_column)},
    [PAYMENT_INSERT] = {"payment_insert", "INSERT INTO payment (attempt_id, bank_entry_id, customer_id, gateway, gateway_ref, "
                        "amount_minor, currency, method_text, received_on, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ALLOCATION_INSERT] = {"allocation_insert", "INSERT INTO allocation (payment_id, invoice_id, amount_minor) VALUES (?, ?, ?)", NOTHING},
    [METHOD_INSERT] = {"payment_method_insert", "INSERT INTO payment_method (customer_id, source_ref, token_sealed, brand, "
                       "last4, exp_month, exp_year, created_at) VALUES (?, ?, '', ?, ?, ?, ?, ?)", NOTHING},
    [METHOD_SEAL] = {"payment_method_seal", "UPDATE payment_method SET token_sealed = ? WHERE id = ?", NOTHING},
    [METHOD_BY_SOURCE] = {"payment_method_by_source", "SELECT " METHOD_FIELDS " FROM payment_method WHERE gateway = 'stripe' "
                          "AND source_ref = ?", READS(payment_method, method_column)},
    [METHOD_BY_ID] = {"payment_method_by_id", "SELECT " METHOD_FIELDS " FROM payment_method WHERE id = ?",
                      READS(payment_method, method_column)},
    [METHOD_STATE] = {"payment_method_state", "UPDATE payment_method SET state = ? WHERE id = ?", NOTHING},
    [ORDER_PAYMENTS] = {"order_payments", "SELECT x.invoice_id, CAST(SUM(x.amount_minor) AS SIGNED) AS amount_minor, MAX(p.received_on) AS received_on, "
                        "MAX(p.method_text) AS method_text FROM " ID_LIST "allocation x ON x.invoice_id = j.id STRAIGHT_JOIN payment p ON p.id = x.payment_id "
                        "STRAIGHT_JOIN attempt a ON a.id = p.attempt_id STRAIGHT_JOIN payable y ON y.id = a.payable_id "
                        "WHERE y.quote_version_id IS NOT NULL GROUP BY x.invoice_id", READS(order_payment, order_column)},
    [LIST] = {"payment_list", "SELECT a.id, v.name AS customer_name, i.number AS invoice_number, q.number AS quote_number, s.number AS asked_number, "
              "a.kind, a.state, a.currency, a.amount_minor, a.decline_code, IFNULL((SELECT p.method_text FROM payment p WHERE p.attempt_id = a.id), '') AS method_text, a.created_at "
              "FROM attempt a STRAIGHT_JOIN payable y ON y.id = a.payable_id STRAIGHT_JOIN customer c ON c.id = y.customer_id "
              "STRAIGHT_JOIN customer_version v ON v.id = c.current_version_id LEFT JOIN invoice i ON i.id = y.invoice_id "
              "LEFT JOIN receivable r ON r.invoice_id = y.invoice_id AND r.state IN ('pending', 'dropped') LEFT JOIN subscription s ON s.id = r.subscription_id "
              "LEFT JOIN quote_version w ON w.id = y.quote_version_id LEFT JOIN quote q ON q.id = w.quote_id "
              "WHERE a.id < ? ORDER BY a.id DESC LIMIT ?",
              READS(payment_list_row, list_column)},
    [GATEWAY_INSERT] = {"gateway_event_insert", "INSERT INTO gateway_event (gateway, event_ref, type, object_ref, received_at, "
                        "processed_at, next_try_at) VALUES ('stripe', ?, ?, ?, ?, ?, ?)", NOTHING},
    [GATEWAY_CLOSE] = {"gateway_event_close", "UPDATE gateway_event SET processed_at = ?, next_try_at = NULL WHERE id = ?", NOTHING},
    [GATEWAY_POSTPONE] = {"gateway_event_postpone", "UPDATE gateway_event SET tries = tries + 1, next_try_at = ? WHERE id = ?", NOTHING},
    [GATEWAY_DUE] = {"gateway_events_due", "SELECT id, event_ref, type, object_ref, tries FROM gateway_event FORCE INDEX (due) "
                     "WHERE next_try_at <= ? AND id > ? ORDER BY id LIMIT ?", READS(gateway_event, event_column)},
    [SETUP_INSERT] = {"method_setup_insert", "INSERT INTO method_setup (subscription_id, setup_key, state, next_check_at, "
                      "created_at) VALUES (?, ?, 'ready', ?, ?)", NOTHING},
    [SETUP_LIVE] = {"method_setup_live", "SELECT " SETUP_FIELDS " FROM method_setup WHERE subscription_id = ? AND live = 1",
                    READS(method_setup, setup_column)},
    [SETUP_LAST] = {"method_setup_last", "SELECT " SETUP_FIELDS " FROM method_setup WHERE subscription_id = ? ORDER BY id DESC LIMIT 1",
                    READS(method_setup, setup_column)},
    [SETUP_BY_REF] = {"method_setup_of_object", "SELECT " SETUP_FIELDS " FROM method_setup WHERE session_ref = ? OR setup_key = ? LIMIT 1",
                      READS(method_setup, setup_column)},
    [SETUP_MOVE] = {"method_setup_move", "UPDATE method_setup SET state = ?, session_ref = ?, redirect_url = ?, checks = ?, "
                    "next_check_at = ? WHERE id = ? AND state = ?", NOTHING},
    [SETUPS_END] = {"method_setups_end", "UPDATE method_setup SET state = 'expired', next_check_at = NULL WHERE subscription_id = ? AND live = 1", NOTHING},
    [SETUP_DUE] = {"method_setups_due", "SELECT " SETUP_FIELDS " FROM method_setup FORCE INDEX (due) WHERE next_check_at <= ? AND id > ? ORDER BY id LIMIT ?",
                   READS(method_setup, setup_column)},
    [SETUP_PUT_OFF] = {"method_setup_put_off", "UPDATE method_setup SET next_check_at = ? WHERE id = ? AND next_check_at IS NOT NULL", NOTHING},
};
DB_STATEMENTS(payable, statement)

enum err payable_by_id(struct ctx *ctx, int64_t id, struct payable *payable)
{
    return db_row(ctx, &statement[PAYABLE_BY_ID], PARAMS(P_I64(id)), payable);
}

enum err payable_of(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, struct payable *payable)
{
    return quote_version_id != 0 ? db_row(ctx, &statement[PAYABLE_OF_VERSION], PARAMS(P_I64(quote_version_id)), payable)
                                 : db_row(ctx, &statement[PAYABLE_OF_INVOICE], PARAMS(P_I64(invoice_id)), payable);
}

enum err ensure_payable(struct ctx *ctx, struct payable *p)
{
    enum err err;

    CHECK(db_in_transaction(ctx) && (p->quote_version_id == 0) != (p->invoice_id == 0));
    err = p->quote_version_id != 0 ? db_row(ctx, &statement[PAYABLE_LOCK_VERSION], PARAMS(P_I64(p->quote_version_id)), p)
                                   : lock_payable_of_invoice(ctx, p->invoice_id, p);
    if (err != ERR_NOT_FOUND)
        return err;
    err = db_insert(ctx, &statement[PAYABLE_INSERT],
                    PARAMS(P_ID(p->quote_version_id), P_ID(p->invoice_id), P_I64(p->customer_id), P_I64(p->amount_minor),
                           P_TEXT(p->currency), P_INSTANT(ctx->now)), &p->id);
    if (err != ERR_DUPLICATE) /* a row that we made is as we say, and nobody else's until the end */
        return err;
    ctx_forget_error(ctx);
    TRY(ctx, payable_of(ctx, p->quote_version_id, p->invoice_id, p)); /* somebody made it meanwhile */
    return db_row(ctx, &statement[PAYABLE_LOCK], PARAMS(P_I64(p->id)), p);
}

enum err lock_payable_of_invoice(struct ctx *ctx, int64_t invoice_id, struct payable *payable)
{
    return db_row(ctx, &statement[PAYABLE_LOCK_INVOICE], PARAMS(P_I64(invoice_id)), payable);
}

enum err insert_attempt(struct ctx *ctx, struct attempt *a)
{
    a->state = ATTEMPT_READY;
    return db_insert(ctx, &statement[ATTEMPT_INSERT],
                     PARAMS(P_I64(a->payable_id), P_I64(a->number), P_TEXT(a->attempt_key), P_TEXT(a->kind),
                            P_I64(a->amount_minor), P_TEXT(a->currency), P_ID(a->payment_method_id),
                            P_TEXT(a->request_path), P_TEXT(a->request_body), P_INSTANT(a->next_check_at),
                            P_INSTANT(ctx->now), P_DATE(ctx->today_on)), &a->id);
}

static enum err one_attempt(struct ctx *ctx, int which, const struct param *params, size_t count, struct attempt *attempt)
{
    enum err err = db_row(ctx, &statement[which], params, count, attempt);

    if (err == OK)
        attempt->state = attempt_state_from_name(attempt->state_name);
    return err;
}

enum err attempt_by_id(struct ctx *ctx, int64_t id, struct attempt *attempt)
{
    return one_attempt(ctx, ATTEMPT_BY_ID, PARAMS(P_I64(id)), attempt);
}

enum err lock_attempt(struct ctx *ctx, int64_t id, struct attempt *attempt)
{
    CHECK(db_in_transaction(ctx));
    return one_attempt(ctx, ATTEMPT_LOCK, PARAMS(P_I64(id)), attempt);
}

static enum err many_attempts(struct ctx *ctx, int which, const struct param *params, size_t param_count,
                              struct attempt **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[which], params, param_count, rows, count));
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].state = attempt_state_from_name((*rows)[i].state_name);
    return OK;
}

enum err lock_attempts_of(struct ctx *ctx, const int64_t *ids, size_t count, struct attempt **rows, size_t *found)
{
    CHECK(db_in_transaction(ctx));
    return many_attempts(ctx, ATTEMPTS_LOCK, PARAMS(P_TEXT(id_list(ctx->arena, ids, count))), rows, found);
}

enum err payables_of(struct ctx *ctx, const struct attempt *attempts, size_t count, struct payable **rows)
{
    size_t found;

    TRY(ctx, db_rows(ctx, &statement[PAYABLES_OF], PARAMS(P_TEXT(ID_LIST_OF(ctx->arena, attempts, struct attempt, id, count))), rows, &found));
    CHECK(found == count);
    return OK;
}

enum err methods_shown(struct ctx *ctx, const struct attempt *attempts, size_t count, struct method_shown **rows, size_t *found)
{
    const char *list = ID_LIST_OF(ctx->arena, attempts, struct attempt, payment_method_id, count);

    return db_rows(ctx, &statement[METHODS_SHOWN], PARAMS(P_TEXT(list)), rows, found);
}

enum err methods_shown_by_ids(struct ctx *ctx, const int64_t *ids, size_t id_count, struct method_shown **rows, size_t *found)
{
    return db_rows(ctx, &statement[METHODS_SHOWN], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, found);
}

static const char *null_if_empty(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

enum err attempt_of_object(struct ctx *ctx, const char *object_ref, const char *attempt_key, struct attempt *attempt)
{
    const char *object = null_if_empty(object_ref); /* NULL equals nothing */

    return one_attempt(ctx, ATTEMPT_BY_REF, PARAMS(P_TEXT(object), P_TEXT(object), P_TEXT(null_if_empty(attempt_key))), attempt);
}

enum err attempt_by_ref(struct ctx *ctx, const char *ref, struct attempt *attempt)
{
    return attempt_of_object(ctx, ref, ref, attempt);
}

enum err live_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt)
{
    return one_attempt(ctx, ATTEMPT_LIVE, PARAMS(P_I64(payable_id)), attempt);
}

enum err blocking_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt)
{
    return one_attempt(ctx, ATTEMPT_BLOCKS, PARAMS(P_I64(payable_id)), attempt);
}

enum err held_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt)
{
    return one_attempt(ctx, ATTEMPT_HELD, PARAMS(P_I64(payable_id)), attempt);
}

enum err order_payments(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct order_payment **rows, size_t *count)
{
    return db_rows(ctx, &statement[ORDER_PAYMENTS], PARAMS(P_TEXT(id_list(ctx->arena, invoice_ids, id_count))), rows, count);
}

enum err last_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt)
{
    return one_attempt(ctx, ATTEMPT_LAST, PARAMS(P_I64(payable_id)), attempt);
}

enum err attempts_of(struct ctx *ctx, int64_t payable_id, struct attempt **rows, size_t *count)
{
    return many_attempts(ctx, ATTEMPTS_OF, PARAMS(P_I64(payable_id)), rows, count);
}

enum err payable_tries(struct ctx *ctx, int64_t payable_id, struct payable_tries *tries)
{
    return db_row(ctx, &statement[TRIES], PARAMS(P_I64(payable_id), P_I64(payable_id)), tries);
}

enum err attempt_count(struct ctx *ctx, int64_t payable_id, int32_t *count)
{
    struct count_row row;

    TRY(ctx, db_row(ctx, &statement[ATTEMPT_COUNT], PARAMS(P_I64(payable_id)), &row));
    *count = row.n;
    return OK;
}

enum err move_attempt(struct ctx *ctx, const struct attempt *a, enum attempt_state from, const char *event, const char *detail)
{
    TRY(ctx, db_write_one(ctx, &statement[ATTEMPT_MOVE],
                          PARAMS(P_TEXT(attempt_state_name(a->state)), P_TEXT(null_if_empty(a->session_ref)),
                                 P_TEXT(null_if_empty(a->intent_ref)), P_TEXT(null_if_empty(a->redirect_url)),
                                 P_TEXT(a->decline_code), P_TEXT(a->advice_code != NULL ? a->advice_code : ""),
                                 P_TEXT(str_cut(ctx->arena, a->message, 250)), P_ID(a->sender), P_INSTANT(a->sending_at), P_INSTANT(a->next_check_at), P_I64(a->checks),
                                 P_I64(a->id), P_TEXT(attempt_state_name(from)))));
    return db_write(ctx, &statement[EVENT_INSERT],
                    PARAMS(P_I64(a->id), P_TEXT(attempt_state_name(from)), P_TEXT(attempt_state_name(a->state)),
                           P_TEXT(event), P_TEXT(str_cut(ctx->arena, detail, 250)), P_TEXT(ctx->actor),
                           P_INSTANT(ctx->now)), NULL);
}

enum err move_attempts(struct ctx *ctx, const struct attempt_move *moves, size_t count)
{
    struct move_row *rows = ARENA_ARRAY(ctx->arena, struct move_row, count + 1);

    CHECK(db_in_transaction(ctx));
    for (size_t i = 0; i < count; i++) {
        struct attempt *a = &rows[i].attempt;

        rows[i] = (struct move_row){moves[i].attempt, attempt_state_name(moves[i].from), moves[i].event,
                                    str_cut(ctx->arena, moves[i].detail, 250), ctx->actor, ctx->now};
        a->state_name = attempt_state_name(a->state);
        a->session_ref = null_if_empty(a->session_ref);
        a->intent_ref = null_if_empty(a->intent_ref);
        a->redirect_url = null_if_empty(a->redirect_url);
        a->message = str_cut(ctx->arena, a->message, 250);
    }
    TRY(ctx, db_write_many(ctx, &statement[ATTEMPT_MOVE], move_column, COUNT_OF(move_column), rows, sizeof rows[0], count));
    return db_write_many(ctx, &statement[EVENT_INSERT], move_event_column, COUNT_OF(move_event_column), rows, sizeof rows[0], count);
}

enum err attempts_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct attempt **rows, size_t *count)
{
    return many_attempts(ctx, ATTEMPTS_CHECK, PARAMS(P_I64(after_id), P_INSTANT(ctx->now), P_I64(limit)), rows, count);
}

enum err put_off_attempt(struct ctx *ctx, int64_t id, int64_t until_at)
{
    return db_write(ctx, &statement[ATTEMPT_PUT_OFF], PARAMS(P_INSTANT(until_at), P_I64(id)), NULL);
}

enum err ready_attempts(struct ctx *ctx, int32_t limit, struct attempt **rows, size_t *count)
{
    return many_attempts(ctx, ATTEMPTS_READY, PARAMS(P_I64(limit)), rows, count);
}

enum err insert_payment(struct ctx *ctx, struct payment *p)
{
    return db_insert(ctx, &statement[PAYMENT_INSERT],
                     PARAMS(P_ID(p->attempt_id), P_ID(p->bank_entry_id), P_I64(p->customer_id), P_TEXT(p->gateway),
                            P_TEXT(p->gateway_ref), P_I64(p->amount_minor), P_TEXT(p->currency), P_TEXT(p->method_text),
                            P_DATE(p->received_on), P_INSTANT(ctx->now)), &p->id);
}

enum err insert_allocation(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor)
{
    return db_write(ctx, &statement[ALLOCATION_INSERT], PARAMS(P_I64(payment_id), P_I64(invoice_id), P_I64(amount_minor)), NULL);
}

enum err store_payment_method(struct ctx *ctx, struct payment_method *m, const char *token)
{
    enum err err = db_row(ctx, &statement[METHOD_BY_SOURCE], PARAMS(P_TEXT(m->source_ref)), m);

    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, db_insert(ctx, &statement[METHOD_INSERT],
                       PARAMS(P_I64(m->customer_id), P_TEXT(m->source_ref), P_TEXT(m->brand), P_TEXT(m->last4),
                              P_I64(m->exp_month), P_I64(m->exp_year), P_INSTANT(ctx->now)), &m->id));
    return db_write(ctx, &statement[METHOD_SEAL],
                    PARAMS(P_TEXT(secret_seal(ctx->arena, &ctx->tenant->seal_data,
                                              tenant_place(ctx->arena, ctx->tenant, "payment_method", "token_sealed", m->id),
                                              token, strlen(token))), P_I64(m->id)), NULL);
}

enum err payment_method_by_id(struct ctx *ctx, int64_t id, struct payment_method *method)
{
    return db_row(ctx, &statement[METHOD_BY_ID], PARAMS(P_I64(id)), method);
}

enum err payment_method_token(struct ctx *ctx, const struct payment_method *method, const char **token)
{
    unsigned char *data;
    size_t bytes;

    if (!secret_open(ctx->arena, &ctx->tenant->seal_data,
                     tenant_place(ctx->arena, ctx->tenant, "payment_method", "token_sealed", method->id),
                     method->token_sealed, &data, &bytes))
        return FAIL(ctx, ERR_CORRUPT, "payment method %lld does not open", (long long)method->id);
    *token = (const char *)data;
    return OK;
}

enum err save_payment_method_state(struct ctx *ctx, int64_t id, const char *state)
{
    return db_write(ctx, &statement[METHOD_STATE], PARAMS(P_TEXT(state), P_I64(id)), NULL);
}

enum err payment_list(struct ctx *ctx, int64_t before_id, int32_t limit, struct payment_list_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[LIST], PARAMS(P_I64(before_id != 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}

enum err insert_gateway_event(struct ctx *ctx, struct gateway_event *e)
{
    return db_insert(ctx, &statement[GATEWAY_INSERT],
                     PARAMS(P_TEXT(e->event_ref), P_TEXT(e->type), P_TEXT(e->object_ref), P_INSTANT(ctx->now),
                            P_INSTANT(e->done ? ctx->now : 0), P_INSTANT(e->done ? 0 : ctx->now)), &e->id);
}

enum err close_gateway_event(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[GATEWAY_CLOSE], PARAMS(P_INSTANT(ctx->now), P_I64(id)), NULL);
}

enum err postpone_gateway_event(struct ctx *ctx, int64_t id, int64_t until_at)
{
    return db_write(ctx, &statement[GATEWAY_POSTPONE], PARAMS(P_INSTANT(until_at), P_I64(id)), NULL);
}

enum err due_gateway_events(struct ctx *ctx, int64_t after_id, int32_t limit, struct gateway_event **rows, size_t *count)
{
    return db_rows(ctx, &statement[GATEWAY_DUE], PARAMS(P_INSTANT(ctx->now), P_I64(after_id), P_I64(limit)), rows, count);
}

bool setup_is_live(const struct method_setup *setup)
{
    return strcmp(setup->state, "ready") == 0 || strcmp(setup->state, "open") == 0;
}

enum err insert_method_setup(struct ctx *ctx, struct method_setup *s)
{
    return db_insert(ctx, &statement[SETUP_INSERT],
                     PARAMS(P_I64(s->subscription_id), P_TEXT(s->setup_key), P_INSTANT(ctx->now + ATTEMPT_LEASE),
                            P_INSTANT(ctx->now)), &s->id);
}

enum err live_method_setup(struct ctx *ctx, int64_t subscription_id, struct method_setup *setup)
{
    return db_row(ctx, &statement[SETUP_LIVE], PARAMS(P_I64(subscription_id)), setup);
}

enum err last_method_setup(struct ctx *ctx, int64_t subscription_id, struct method_setup *setup)
{
    return db_row(ctx, &statement[SETUP_LAST], PARAMS(P_I64(subscription_id)), setup);
}

enum err method_setup_of_object(struct ctx *ctx, const char *session_ref, const char *setup_key, struct method_setup *setup)
{
    return db_row(ctx, &statement[SETUP_BY_REF], PARAMS(P_TEXT(null_if_empty(session_ref)), P_TEXT(null_if_empty(setup_key))), setup);
}

enum err move_method_setup(struct ctx *ctx, const struct method_setup *s, const char *from)
{
    bool open = setup_is_live(s);

    return db_write_one(ctx, &statement[SETUP_MOVE],
                        PARAMS(P_TEXT(s->state), P_TEXT(null_if_empty(s->session_ref)), P_TEXT(null_if_empty(s->redirect_url)),
                               P_I64(s->checks), P_INSTANT(open ? attempt_next_check_at(s->checks, ctx->now) : 0),
                               P_I64(s->id), P_TEXT(from)));
}

enum err end_method_setups(struct ctx *ctx, int64_t subscription_id)
{
    return db_write(ctx, &statement[SETUPS_END], PARAMS(P_I64(subscription_id)), NULL);
}

enum err due_method_setups(struct ctx *ctx, int64_t after_id, int32_t limit, struct method_setup **rows, size_t *count)
{
    return db_rows(ctx, &statement[SETUP_DUE], PARAMS(P_INSTANT(ctx->now), P_I64(after_id), P_I64(limit)), rows, count);
}

enum err put_off_method_setup(struct ctx *ctx, int64_t id, int64_t until_at)
{
    return db_write(ctx, &statement[SETUP_PUT_OFF], PARAMS(P_INSTANT(until_at), P_I64(id)), NULL);
}
