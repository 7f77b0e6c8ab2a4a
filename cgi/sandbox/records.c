#include "sandbox/records.h"

#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/random.h"
#include "store/db_prove.h"

enum { REF_BYTES = 24 };

struct flag_row {
    int64_t flag;
};

static const struct column flag_column[] = {COLUMN(I64, flag_row, flag)};

static const struct column customer_column[] = {COLUMN(I64, gateway_customer, id),
                                                COLUMN(TEXT, gateway_customer, ref),
                                                COLUMN(TEXT, gateway_customer, email),
                                                COLUMN(TEXT, gateway_customer, name),
                                                COLUMN(TEXT, gateway_customer, description),
                                                COLUMN(TEXT, gateway_customer, metadata),
                                                COLUMN(INSTANT, gateway_customer, created_at)};

static const struct column method_column[] = {COLUMN(I64, gateway_method, id),
                                              COLUMN(TEXT, gateway_method, ref),
                                              COLUMN(TEXT, gateway_method, customer_ref),
                                              COLUMN(TEXT, gateway_method, card),
                                              COLUMN(TEXT, gateway_method, brand),
                                              COLUMN(TEXT, gateway_method, last4),
                                              COLUMN(I32, gateway_method, exp_month),
                                              COLUMN(I32, gateway_method, exp_year),
                                              COLUMN(TEXT, gateway_method, holder),
                                              COLUMN(I32, gateway_method, declines),
                                              COLUMN(INSTANT, gateway_method, created_at)};

static const struct column intent_column[] = {
    COLUMN(I64, gateway_intent, id), COLUMN(TEXT, gateway_intent, ref), COLUMN(TEXT, gateway_intent, status),
    COLUMN(I64, gateway_intent, amount_minor), COLUMN(I64, gateway_intent, received_minor),
    COLUMN(TEXT, gateway_intent, currency), COLUMN(TEXT, gateway_intent, customer_ref),
    COLUMN(TEXT, gateway_intent, method_ref), COLUMN(TEXT, gateway_intent, session_ref),
    COLUMN(TEXT, gateway_intent, charge_ref), COLUMN(TEXT, gateway_intent, future_usage),
    COLUMN(TEXT, gateway_intent, description), COLUMN(TEXT, gateway_intent, return_url),
    COLUMN(TEXT, gateway_intent, metadata), COLUMN(TEXT, gateway_intent, attempt),
    COLUMN(TEXT, gateway_intent, error_code), COLUMN(TEXT, gateway_intent, decline_code),
    COLUMN(TEXT, gateway_intent, advice_code), COLUMN(TEXT, gateway_intent, error_message),
    COLUMN(TEXT, gateway_intent, error_method_ref), COLUMN(INSTANT, gateway_intent, created_at)};

static const struct column session_column[] = {
    COLUMN(I64, gateway_session, id), COLUMN(TEXT, gateway_session, ref), COLUMN(TEXT, gateway_session, mode),
    COLUMN(TEXT, gateway_session, status), COLUMN(TEXT, gateway_session, payment_status),
    COLUMN(I64, gateway_session, amount_minor), COLUMN(TEXT, gateway_session, currency),
    COLUMN(TEXT, gateway_session, customer_ref), COLUMN(TEXT, gateway_session, customer_email),
    COLUMN(TEXT, gateway_session, intent_ref), COLUMN(TEXT, gateway_session, success_url),
    COLUMN(TEXT, gateway_session, cancel_url), COLUMN(TEXT, gateway_session, locale),
    COLUMN(TEXT, gateway_session, client_reference), COLUMN(TEXT, gateway_session, description),
    COLUMN(TEXT, gateway_session, metadata), COLUMN(TEXT, gateway_session, intent_metadata),
    COLUMN(TEXT, gateway_session, future_usage), COLUMN(INSTANT, gateway_session, expires_at),
    COLUMN(INSTANT, gateway_session, created_at)};

static const struct column capture_column[] = {COLUMN(I64, capture, id),
                                               COLUMN(TEXT, capture, charge_ref),
                                               COLUMN(TEXT, capture, intent_ref),
                                               COLUMN(TEXT, capture, session_ref),
                                               COLUMN(TEXT, capture, customer_ref),
                                               COLUMN(TEXT, capture, method_ref),
                                               COLUMN(TEXT, capture, last4),
                                               COLUMN(I64, capture, amount_minor),
                                               COLUMN(TEXT, capture, currency),
                                               COLUMN(TEXT, capture, attempt),
                                               COLUMN(TEXT, capture, payable),
                                               COLUMN(INSTANT, capture, captured_at)};

static const struct column answer_column[] = {COLUMN(HASH, kept_answer, request_hash),
                                              COLUMN(I32, kept_answer, status),
                                              COLUMN(TEXT, kept_answer, body)};

static const struct column event_column[] = {
    COLUMN(I64, gateway_happening, id),    COLUMN(TEXT, gateway_happening, ref),
    COLUMN(TEXT, gateway_happening, type), COLUMN(TEXT, gateway_happening, object_ref),
    COLUMN(TEXT, gateway_happening, body), COLUMN(INSTANT, gateway_happening, created_at)};

static const struct column delivery_column[] = {
    COLUMN(I64, delivery, id), COLUMN(I64, delivery, event_id), COLUMN(TEXT, delivery, state),
    COLUMN(I32, delivery, tries), COLUMN(INSTANT, delivery, due_at), COLUMN(I32, delivery, last_status),
    COLUMN(TEXT, delivery, last_detail)};

struct taken {
    int64_t done_at;
    int64_t id;
    int32_t tries;
};
static const struct column taken_column[] = {COLUMN(INSTANT, taken, done_at), COLUMN(I64, taken, id), COLUMN(I32, taken, tries)};

#define DUE(column_kind, part, member)                                                             \
    {DB_##column_kind, #member, offsetof(struct due_delivery, part.member),                        \
     sizeof(((struct due_delivery *)0)->part.member)}
static const struct column due_column[] = {
    DUE(I64, delivery, id), DUE(I64, delivery, event_id), DUE(TEXT, delivery, state), DUE(I32, delivery, tries),
    DUE(INSTANT, delivery, due_at), DUE(I32, delivery, last_status), DUE(TEXT, delivery, last_detail),
    DUE(TEXT, event, ref), DUE(TEXT, event, type), DUE(TEXT, event, object_ref), DUE(TEXT, event, body),
    DUE(INSTANT, event, created_at)};

#define CUSTOMER_COLUMNS "id, ref, email, name, description, metadata, created_at"
#define METHOD_COLUMNS \
    "id, ref, customer_ref, card, brand, last4, exp_month, exp_year, holder, declines, created_at"
#define INTENT_COLUMNS \
    "id, ref, status, amount_minor, received_minor, currency, customer_ref, method_ref, session_ref, " \
    "charge_ref, " \
    "future_usage, description, return_url, metadata, attempt, error_code, decline_code, advice_code, " \
    "error_message, error_method_ref, created_at"
#define SESSION_COLUMNS \
    "id, ref, mode, status, payment_status, amount_minor, currency, customer_ref, customer_email, " \
    "intent_ref, " \
    "success_url, cancel_url, locale, client_reference, description, metadata, intent_metadata, " \
    "future_usage, " \
    "expires_at, created_at"
#define CAPTURE_COLUMNS \
    "id, charge_ref, intent_ref, session_ref, customer_ref, method_ref, last4, amount_minor, currency, " \
    "attempt, " \
    "payable, captured_at"
#define EVENT_COLUMNS "id, ref, type, object_ref, body, created_at"
#define DELIVERY_COLUMNS "id, event_id, state, tries, due_at, last_status, last_detail"

enum {
    CUSTOMER_INSERT,
    CUSTOMER_BY_REF,
    METHOD_INSERT,
    METHOD_BY_REF,
    METHODS_OF,
    METHOD_ATTACH,
    METHOD_DECLINED,
    INTENT_INSERT,
    INTENT_BY_REF,
    INTENT_LOCK,
    INTENT_SAVE,
    INTENTS_BY_ATTEMPT,
    INTENTS_WITH,
    INTENTS_SINCE,
    SESSION_INSERT,
    SESSION_BY_REF,
    SESSION_LOCK,
    SESSION_SAVE,
    SESSIONS_OVERDUE,
    CAPTURE_INSERT,
    CAPTURES_BEFORE,
    CAPTURES_AFTER,
    KEY_LOCK,
    KEY_UNLOCK,
    ANSWER_OF,
    ANSWER_INSERT,
    ANSWERS_FORGET,
    EVENT_INSERT,
    EVENT_BY_REF,
    EVENTS_NEWEST,
    DELIVERY_INSERT,
    DELIVERIES_DUE,
    DELIVERIES_OF,
    DELIVERY_TAKE,
    DELIVERY_CLOSE,
    DELIVERIES_CLOSE,
    DELIVERIES_BUSY,
    PLAYED_INSERT,
    PLAYED_COUNT,
};

static const struct statement statement[] = {
    [CUSTOMER_INSERT] = {"customer_insert",
                         "INSERT INTO customer (ref, email, name, description, metadata, created_at) "
                         "VALUES (?, ?, ?, ?, ?, ?)",
                         NOTHING},
    [CUSTOMER_BY_REF] = {"customer_by_ref", "SELECT " CUSTOMER_COLUMNS " FROM customer WHERE ref = ?",
                         READS(gateway_customer, customer_column)},
    [METHOD_INSERT] = {"method_insert",
                       "INSERT INTO method (ref, customer_ref, card, brand, last4, exp_month, exp_year, "
                       "holder, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       NOTHING},
    [METHOD_BY_REF] = {"method_by_ref", "SELECT " METHOD_COLUMNS " FROM method WHERE ref = ?",
                       READS(gateway_method, method_column)},
    [METHODS_OF] = {"methods_of",
                    "SELECT " METHOD_COLUMNS " FROM method WHERE customer_ref = ? ORDER BY id DESC LIMIT 100",
                    READS(gateway_method, method_column)},
    [METHOD_ATTACH] = {"method_attach", "UPDATE method SET customer_ref = ? WHERE ref = ?", NOTHING},
    [METHOD_DECLINED] = {"method_declined", "UPDATE method SET declines = declines + 1 WHERE ref = ?",
                         NOTHING},
    [INTENT_INSERT] = {"intent_insert",
                       "INSERT INTO intent (ref, status, amount_minor, received_minor, currency, "
                       "customer_ref, method_ref, session_ref, charge_ref, future_usage, description, "
                       "return_url, metadata, "
                       "attempt, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       NOTHING},
    [INTENT_BY_REF] = {"intent_by_ref", "SELECT " INTENT_COLUMNS " FROM intent WHERE ref = ?",
                       READS(gateway_intent, intent_column)},
    [INTENT_LOCK] = {"intent_lock", "SELECT " INTENT_COLUMNS " FROM intent WHERE ref = ? FOR UPDATE",
                     READS(gateway_intent, intent_column)},
    [INTENT_SAVE] = {"intent_save",
                     "UPDATE intent SET status = ?, received_minor = ?, customer_ref = ?, method_ref = ?, "
                     "charge_ref = ?, return_url = ?, error_code = ?, decline_code = ?, advice_code = ?, "
                     "error_message = ?, "
                     "error_method_ref = ? WHERE ref = ?",
                     NOTHING},
    [INTENTS_BY_ATTEMPT] = {"intents_by_attempt",
                            "SELECT " INTENT_COLUMNS " FROM intent WHERE attempt = ? AND "
                            "amount_minor > 0 ORDER BY id DESC LIMIT 100",
                            READS(gateway_intent, intent_column)},
    [INTENTS_WITH] = {"intents_with",
                      "SELECT " INTENT_COLUMNS " FROM intent WHERE JSON_VALUE(metadata, "
                      "CONCAT('$.\"', ?, '\"')) = ? AND amount_minor > 0 ORDER BY id DESC LIMIT 100",
                      READS(gateway_intent, intent_column)},
    [INTENTS_SINCE] = {"intents_since",
                       "SELECT " INTENT_COLUMNS " FROM intent WHERE amount_minor > 0 AND created_at >= ? AND id < ? ORDER BY id DESC LIMIT ?",
                       READS(gateway_intent, intent_column)},
    [SESSION_INSERT] =
        {"session_insert",
         "INSERT INTO session (ref, mode, status, payment_status, amount_minor, currency, "
         "customer_ref, customer_email, intent_ref, success_url, cancel_url, locale, client_reference, "
         "description, metadata, intent_metadata, future_usage, expires_at, created_at) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         NOTHING},
    [SESSION_BY_REF] = {"session_by_ref", "SELECT " SESSION_COLUMNS " FROM session WHERE ref = ?",
                        READS(gateway_session, session_column)},
    [SESSION_LOCK] = {"session_lock", "SELECT " SESSION_COLUMNS " FROM session WHERE ref = ? FOR UPDATE",
                      READS(gateway_session, session_column)},
    [SESSION_SAVE] = {"session_save",
                      "UPDATE session SET status = ?, payment_status = ?, customer_ref = ?, "
                      "intent_ref = ? WHERE ref = ?",
                      NOTHING},
    [SESSIONS_OVERDUE] = {"sessions_overdue",
                          "SELECT " SESSION_COLUMNS " FROM session WHERE status = 'open' AND "
                          "expires_at <= ? ORDER BY expires_at LIMIT 50",
                          READS(gateway_session, session_column)},
    [CAPTURE_INSERT] = {"capture_insert",
                        "INSERT INTO ledger (charge_ref, intent_ref, session_ref, customer_ref, "
                        "method_ref, last4, amount_minor, currency, attempt, payable, captured_at) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        NOTHING},
    [CAPTURES_BEFORE] = {"captures_before",
                         "SELECT " CAPTURE_COLUMNS " FROM ledger WHERE id < ? ORDER BY id DESC LIMIT 500",
                         READS(capture, capture_column)},
    [CAPTURES_AFTER] = {"captures_after",
                        "SELECT " CAPTURE_COLUMNS " FROM ledger WHERE id > ? ORDER BY id LIMIT 500",
                        READS(capture, capture_column)},
    [KEY_LOCK] = {"key_lock", "SELECT GET_LOCK(CONCAT(LEFT(DATABASE(), 20), '.', ?), 0) AS flag",
                  READS(flag_row, flag_column)},
    [KEY_UNLOCK] = {"key_unlock", "SELECT RELEASE_LOCK(CONCAT(LEFT(DATABASE(), 20), '.', ?)) AS flag",
                    READS(flag_row, flag_column)},
    [ANSWER_OF] = {"answer_of",
                   "SELECT request_hash, status, body FROM idempotency WHERE idempotency_key = ?",
                   READS(kept_answer, answer_column)},
    [ANSWER_INSERT] = {"answer_insert",
                       "INSERT INTO idempotency (idempotency_key, request_hash, status, body, created_at) "
                       "VALUES (?, ?, ?, ?, ?)",
                       NOTHING},
    [ANSWERS_FORGET] = {"answers_forget", "DELETE FROM idempotency WHERE created_at < ?", NOTHING},
    [EVENT_INSERT] = {"event_insert",
                      "INSERT INTO event (ref, type, object_ref, body, created_at) VALUES (?, ?, ?, ?, ?)",
                      NOTHING},
    [EVENT_BY_REF] = {"event_by_ref", "SELECT " EVENT_COLUMNS " FROM event WHERE ref = ?",
                      READS(gateway_happening, event_column)},
    [EVENTS_NEWEST] = {"events_newest", "SELECT " EVENT_COLUMNS " FROM event ORDER BY id DESC LIMIT 100",
                       READS(gateway_happening, event_column)},
    [DELIVERY_INSERT] = {"delivery_insert",
                         "INSERT INTO delivery (event_id, state, due_at) VALUES (?, 'due', ?)", NOTHING},
    [DELIVERIES_DUE] = {"deliveries_due",
                        "SELECT d.id, d.event_id, d.state, d.tries, d.due_at, d.last_status, d.last_detail, "
                        "e.ref, e.type, e.object_ref, e.body, e.created_at FROM delivery d "
                        "STRAIGHT_JOIN event e ON e.id = d.event_id WHERE d.state IN ('due', 'sending') AND "
                        "d.due_at <= ? ORDER BY d.due_at, d.id LIMIT 20",
                        READS(due_delivery, due_column)},
    [DELIVERIES_OF] = {"deliveries_of",
                       "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE event_id = ? ORDER BY id",
                       READS(delivery, delivery_column)},
    [DELIVERY_TAKE] = {"delivery_take",
                       "UPDATE delivery SET state = 'sending', tries = tries + 1, due_at = ? WHERE id = ? "
                       "AND tries = ? AND state = ?",
                       NOTHING},
    [DELIVERY_CLOSE] = {"delivery_close",
                        "UPDATE delivery SET state = ?, due_at = ?, last_status = ?, last_detail = ?, "
                        "done_at = ? WHERE id = ? AND tries = ?",
                        NOTHING},
    [DELIVERIES_CLOSE] = {"deliveries_close",
                          "UPDATE delivery SET state = 'done', last_status = 200, last_detail = '', done_at = ? "
                          "WHERE id = ? AND tries = ?",
                          NOTHING},
    [DELIVERIES_BUSY] = {"deliveries_busy",
                         "SELECT COUNT(*) AS flag FROM delivery WHERE state = 'sending' AND due_at > ?",
                         READS(flag_row, flag_column)},
    [PLAYED_INSERT] = {"played_insert", "INSERT INTO played (fault, played_at) VALUES (?, ?)", NOTHING},
    [PLAYED_COUNT] = {"played_count", "SELECT COUNT(*) AS flag FROM played WHERE fault = ?",
                      READS(flag_row, flag_column)},
};

char *new_ref(struct arena *arena, const char *prefix)
{
    unsigned char random[REF_BYTES];

    random_bytes(random, sizeof random);
    return arena_printf(arena, "%s%s", prefix, encode_hex(arena, random, sizeof random));
}

enum err insert_customer_record(struct ctx *ctx, const struct gateway_customer *c)
{
    return db_write(ctx, &statement[CUSTOMER_INSERT],
                    PARAMS(P_TEXT(c->ref), P_TEXT(c->email), P_TEXT(c->name), P_TEXT(c->description),
                           P_TEXT(c->metadata), P_INSTANT(c->created_at)),
                    NULL);
}

enum err customer_record(struct ctx *ctx, const char *ref, struct gateway_customer *customer)
{
    return db_row(ctx, &statement[CUSTOMER_BY_REF], PARAMS(P_TEXT(ref)), customer);
}

enum err insert_method(struct ctx *ctx, const struct gateway_method *m)
{
    return db_write(ctx, &statement[METHOD_INSERT],
                    PARAMS(P_TEXT(m->ref), P_TEXT(m->customer_ref), P_TEXT(m->card), P_TEXT(m->brand),
                           P_TEXT(m->last4), P_I64(m->exp_month), P_I64(m->exp_year), P_TEXT(m->holder),
                           P_INSTANT(m->created_at)),
                    NULL);
}

enum err method_record(struct ctx *ctx, const char *ref, struct gateway_method *method)
{
    return db_row(ctx, &statement[METHOD_BY_REF], PARAMS(P_TEXT(ref)), method);
}

enum err methods_of(struct ctx *ctx, const char *customer_ref, struct gateway_method **methods, size_t *count)
{
    return db_rows(ctx, &statement[METHODS_OF], PARAMS(P_TEXT(customer_ref)), methods, count);
}

enum err attach_method(struct ctx *ctx, const char *ref, const char *customer_ref)
{
    return db_write_one(ctx, &statement[METHOD_ATTACH], PARAMS(P_TEXT(customer_ref), P_TEXT(ref)));
}

enum err count_decline(struct ctx *ctx, const char *ref)
{
    return db_write_one(ctx, &statement[METHOD_DECLINED], PARAMS(P_TEXT(ref)));
}

enum err insert_intent(struct ctx *ctx, const struct gateway_intent *i)
{
    return db_write(ctx, &statement[INTENT_INSERT],
                    PARAMS(P_TEXT(i->ref), P_TEXT(i->status), P_I64(i->amount_minor),
                           P_I64(i->received_minor), P_TEXT(i->currency), P_TEXT(i->customer_ref),
                           P_TEXT(i->method_ref), P_TEXT(i->session_ref), P_TEXT(i->charge_ref),
                           P_TEXT(i->future_usage), P_TEXT(i->description), P_TEXT(i->return_url),
                           P_TEXT(i->metadata), P_TEXT(i->attempt), P_INSTANT(i->created_at)),
                    NULL);
}

enum err intent_record(struct ctx *ctx, const char *ref, struct gateway_intent *intent)
{
    return db_row(ctx, &statement[INTENT_BY_REF], PARAMS(P_TEXT(ref)), intent);
}

enum err lock_intent(struct ctx *ctx, const char *ref, struct gateway_intent *intent)
{
    return db_row(ctx, &statement[INTENT_LOCK], PARAMS(P_TEXT(ref)), intent);
}

enum err save_intent(struct ctx *ctx, const struct gateway_intent *i)
{
    return db_write_one(ctx, &statement[INTENT_SAVE],
                        PARAMS(P_TEXT(i->status), P_I64(i->received_minor), P_TEXT(i->customer_ref),
                               P_TEXT(i->method_ref), P_TEXT(i->charge_ref), P_TEXT(i->return_url),
                               P_TEXT(i->error_code), P_TEXT(i->decline_code), P_TEXT(i->advice_code),
                               P_TEXT(i->error_message), P_TEXT(i->error_method_ref), P_TEXT(i->ref)));
}

enum err intents_with(struct ctx *ctx, const char *name, const char *value, struct gateway_intent **intents,
                      size_t *count)
{
    if (strcmp(name, "attempt") == 0)
        return db_rows(ctx, &statement[INTENTS_BY_ATTEMPT], PARAMS(P_TEXT(value)), intents, count);
    return db_rows(ctx, &statement[INTENTS_WITH], PARAMS(P_TEXT(name), P_TEXT(value)), intents, count);
}

enum err intents_since(struct ctx *ctx, int64_t since_at, int64_t before_id, int32_t limit, struct gateway_intent **intents,
                       size_t *count)
{
    return db_rows(ctx, &statement[INTENTS_SINCE], PARAMS(P_INSTANT(since_at), P_I64(before_id), P_I64(limit)), intents, count);
}

enum err insert_session_record(struct ctx *ctx, const struct gateway_session *s)
{
    return db_write(ctx, &statement[SESSION_INSERT],
                    PARAMS(P_TEXT(s->ref), P_TEXT(s->mode), P_TEXT(s->status), P_TEXT(s->payment_status),
                           P_I64(s->amount_minor), P_TEXT(s->currency), P_TEXT(s->customer_ref),
                           P_TEXT(s->customer_email), P_TEXT(s->intent_ref), P_TEXT(s->success_url),
                           P_TEXT(s->cancel_url), P_TEXT(s->locale), P_TEXT(s->client_reference),
                           P_TEXT(s->description), P_TEXT(s->metadata), P_TEXT(s->intent_metadata),
                           P_TEXT(s->future_usage), P_INSTANT(s->expires_at), P_INSTANT(s->created_at)),
                    NULL);
}

enum err session_record(struct ctx *ctx, const char *ref, struct gateway_session *session)
{
    return db_row(ctx, &statement[SESSION_BY_REF], PARAMS(P_TEXT(ref)), session);
}

enum err lock_session(struct ctx *ctx, const char *ref, struct gateway_session *session)
{
    return db_row(ctx, &statement[SESSION_LOCK], PARAMS(P_TEXT(ref)), session);
}

enum err save_session_record(struct ctx *ctx, const struct gateway_session *s)
{
    return db_write_one(ctx, &statement[SESSION_SAVE],
                        PARAMS(P_TEXT(s->status), P_TEXT(s->payment_status), P_TEXT(s->customer_ref),
                               P_TEXT(s->intent_ref), P_TEXT(s->ref)));
}

enum err sessions_overdue(struct ctx *ctx, struct gateway_session **sessions, size_t *count)
{
    return db_rows(ctx, &statement[SESSIONS_OVERDUE], PARAMS(P_INSTANT(ctx->now)), sessions, count);
}

enum err insert_capture(struct ctx *ctx, const struct capture *c)
{
    return db_write(ctx, &statement[CAPTURE_INSERT],
                    PARAMS(P_TEXT(c->charge_ref), P_TEXT(c->intent_ref), P_TEXT(c->session_ref),
                           P_TEXT(c->customer_ref), P_TEXT(c->method_ref), P_TEXT(c->last4),
                           P_I64(c->amount_minor), P_TEXT(c->currency), P_TEXT(c->attempt),
                           P_TEXT(c->payable), P_INSTANT(c->captured_at)),
                    NULL);
}

enum err captures_before(struct ctx *ctx, int64_t id, struct capture **captures, size_t *count)
{
    return db_rows(ctx, &statement[CAPTURES_BEFORE], PARAMS(P_I64(id)), captures, count);
}

enum err captures_after(struct ctx *ctx, int64_t id, struct capture **captures, size_t *count)
{
    return db_rows(ctx, &statement[CAPTURES_AFTER], PARAMS(P_I64(id)), captures, count);
}

enum err lock_key(struct ctx *ctx, const char *name, bool *got)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[KEY_LOCK], PARAMS(P_TEXT(name)), &row));
    *got = row.flag == 1;
    return OK;
}

enum err unlock_key(struct ctx *ctx, const char *name)
{
    struct flag_row row;

    return db_row(ctx, &statement[KEY_UNLOCK], PARAMS(P_TEXT(name)), &row);
}

enum err kept_answer_of(struct ctx *ctx, const char *key, struct kept_answer *answer)
{
    return db_row(ctx, &statement[ANSWER_OF], PARAMS(P_TEXT(key)), answer);
}

enum err keep_answer(struct ctx *ctx, const char *key, const struct kept_answer *answer)
{
    return db_write(ctx, &statement[ANSWER_INSERT],
                    PARAMS(P_TEXT(key), P_HASH(answer->request_hash), P_I64(answer->status),
                           P_TEXT(answer->body), P_INSTANT(ctx->now)),
                    NULL);
}

enum err forget_answers_before(struct ctx *ctx, int64_t at)
{
    return db_write(ctx, &statement[ANSWERS_FORGET], PARAMS(P_INSTANT(at)), NULL);
}

enum err insert_event(struct ctx *ctx, struct gateway_happening *e)
{
    return db_insert(ctx, &statement[EVENT_INSERT],
                     PARAMS(P_TEXT(e->ref), P_TEXT(e->type), P_TEXT(e->object_ref), P_TEXT(e->body),
                            P_INSTANT(e->created_at)), &e->id);
}

enum err event_record(struct ctx *ctx, const char *ref, struct gateway_happening *event)
{
    return db_row(ctx, &statement[EVENT_BY_REF], PARAMS(P_TEXT(ref)), event);
}

enum err newest_events(struct ctx *ctx, struct gateway_happening **events, size_t *count)
{
    return db_rows(ctx, &statement[EVENTS_NEWEST], NO_PARAMS, events, count);
}

enum err insert_delivery(struct ctx *ctx, int64_t event_id, int64_t due_at)
{
    return db_write(ctx, &statement[DELIVERY_INSERT], PARAMS(P_I64(event_id), P_INSTANT(due_at)), NULL);
}

enum err deliveries_due(struct ctx *ctx, int64_t until_at, struct due_delivery **deliveries, size_t *count)
{
    return db_rows(ctx, &statement[DELIVERIES_DUE], PARAMS(P_INSTANT(until_at)), deliveries, count);
}

enum err deliveries_of(struct ctx *ctx, int64_t event_id, struct delivery **deliveries, size_t *count)
{
    return db_rows(ctx, &statement[DELIVERIES_OF], PARAMS(P_I64(event_id)), deliveries, count);
}

enum err take_delivery(struct ctx *ctx, const struct delivery *d, int64_t lease_until_at)
{
    return db_write_one(ctx, &statement[DELIVERY_TAKE],
                        PARAMS(P_INSTANT(lease_until_at), P_I64(d->id), P_I64(d->tries), P_TEXT(d->state)));
}

enum err close_delivery(struct ctx *ctx, const struct delivery *d, int64_t done_at)
{
    return db_write_one(ctx, &statement[DELIVERY_CLOSE],
                        PARAMS(P_TEXT(d->state), P_INSTANT(d->due_at), P_I64(d->last_status),
                               P_TEXT(d->last_detail), P_INSTANT(done_at), P_I64(d->id), P_I64(d->tries)));
}

enum err close_deliveries(struct ctx *ctx, const struct delivery *deliveries, size_t count, int64_t done_at)
{
    struct taken *rows = ARENA_ARRAY(ctx->arena, struct taken, count + 1);

    for (size_t i = 0; i < count; i++)
        rows[i] = (struct taken){done_at, deliveries[i].id, deliveries[i].tries};
    return db_write_many(ctx, &statement[DELIVERIES_CLOSE], taken_column, COUNT_OF(taken_column), rows, sizeof rows[0], count);
}

enum err deliveries_busy(struct ctx *ctx, int64_t *count)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[DELIVERIES_BUSY], PARAMS(P_INSTANT(ctx->now)), &row));
    *count = row.flag;
    return OK;
}

enum err note_played(struct ctx *ctx, const char *fault)
{
    return db_write(ctx, &statement[PLAYED_INSERT], PARAMS(P_TEXT(fault), P_INSTANT(ctx->now)), NULL);
}

enum err was_played(struct ctx *ctx, const char *fault, bool *played)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[PLAYED_COUNT], PARAMS(P_TEXT(fault)), &row));
    *played = row.flag > 0;
    return OK;
}

enum err prove_records(struct ctx *ctx, const char **message)
{
    for (size_t i = 0; i < COUNT_OF(statement); i++)
        TRY(ctx, db_prove(ctx, &statement[i], message));
    return OK;
}
