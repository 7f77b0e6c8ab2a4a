#include "store/stray_return.h"

#include "base/str.h"
#include "store/db.h"

static const struct column return_column[] = {
    COLUMN(I64, stray_return, id), COLUMN(I64, stray_return, attempt_id), COLUMN(TEXT, stray_return, intent_ref),
    COLUMN(TEXT, stray_return, return_key), COLUMN(TEXT, stray_return, state_name), COLUMN(I64, stray_return, amount_minor),
    COLUMN(TEXT, stray_return, currency), COLUMN(TEXT, stray_return, request_body), COLUMN(TEXT, stray_return, return_ref),
    COLUMN(TEXT, stray_return, failure), COLUMN(INSTANT, stray_return, sending_at), COLUMN(INSTANT, stray_return, first_sent_at),
    COLUMN(INSTANT, stray_return, next_check_at), COLUMN(I32, stray_return, checks), COLUMN(INSTANT, stray_return, created_at),
};
#define RETURN                                                                                                                  \
    "SELECT s.id, s.attempt_id, IFNULL(a.intent_ref, '') AS intent_ref, s.return_key, s.state AS state_name, s.amount_minor, s.currency, " \
    "s.request_body, IFNULL(s.return_ref, '') AS return_ref, s.failure, s.sending_at, s.first_sent_at, s.next_check_at, s.checks, s.created_at " \
    "FROM stray_return s JOIN attempt a ON a.id = s.attempt_id "

enum { INSERT, BY_ID, LOCK, OF, SAVE, TO_CHECK, PUT_OFF, READY_ONES };
static const struct statement statement[] = {
    [INSERT] = {"stray_return_insert", "INSERT INTO stray_return (attempt_id, return_key, state, amount_minor, currency, request_body, next_check_at, actor, "
                "created_at) VALUES (?, ?, 'ready', ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"stray_return_by_id", RETURN "WHERE s.id = ?", READS(stray_return, return_column)},
    [LOCK] = {"stray_return_lock", RETURN "WHERE s.id = ? FOR UPDATE", READS(stray_return, return_column)},
    [OF] = {"stray_return_of", RETURN "WHERE s.attempt_id = ? ORDER BY s.id DESC LIMIT 1", READS(stray_return, return_column)},
    [SAVE] = {"stray_return_save", "UPDATE stray_return SET state = ?, amount_minor = ?, return_ref = ?, failure = ?, sending_at = ?, first_sent_at = ?, "
              "next_check_at = ?, checks = ? WHERE id = ?", NOTHING},
    [TO_CHECK] = {"stray_returns_to_check", RETURN "WHERE s.next_check_at <= ? AND s.id > ? ORDER BY s.id LIMIT ?", READS(stray_return, return_column)},
    [PUT_OFF] = {"stray_return_put_off", "UPDATE stray_return SET next_check_at = ? WHERE id = ? AND next_check_at IS NOT NULL", NOTHING},
    [READY_ONES] = {"stray_returns_ready", RETURN "WHERE s.state = 'ready' ORDER BY s.id LIMIT ?", READS(stray_return, return_column)},
};
DB_STATEMENTS(stray_return, statement)

static enum err one(struct ctx *ctx, int which, int64_t id, struct stray_return *row)
{
    TRY(ctx, db_row(ctx, &statement[which], PARAMS(P_I64(id)), row));
    row->state = refund_state_from_name(row->state_name);
    return OK;
}

static void finish(struct stray_return *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rows[i].state = refund_state_from_name(rows[i].state_name);
}

enum err insert_stray_return(struct ctx *ctx, struct stray_return *r)
{
    r->state = REFUND_READY;
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_I64(r->attempt_id), P_TEXT(r->return_key), P_I64(r->amount_minor), P_TEXT(r->currency), P_TEXT(r->request_body),
                            P_INSTANT(r->next_check_at), P_TEXT(ctx->actor), P_INSTANT(ctx->now)), &r->id);
}

enum err stray_return_by_id(struct ctx *ctx, int64_t id, struct stray_return *row)
{
    return one(ctx, BY_ID, id, row);
}

enum err lock_stray_return(struct ctx *ctx, int64_t id, struct stray_return *row)
{
    return one(ctx, LOCK, id, row);
}

enum err stray_return_of(struct ctx *ctx, int64_t attempt_id, struct stray_return *row)
{
    enum err err = db_row(ctx, &statement[OF], PARAMS(P_I64(attempt_id)), row);

    if (err == OK)
        row->state = refund_state_from_name(row->state_name);
    return err;
}

enum err save_stray_return(struct ctx *ctx, const struct stray_return *r)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(refund_state_name(r->state)), P_I64(r->amount_minor), P_TEXT(r->return_ref[0] == '\0' ? NULL : r->return_ref),
                               P_TEXT(str_cut(ctx->arena, r->failure, 250)), P_INSTANT(r->sending_at), P_INSTANT(r->first_sent_at),
                               P_INSTANT(r->next_check_at), P_I64(r->checks), P_I64(r->id)));
}

enum err stray_returns_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct stray_return **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[TO_CHECK], PARAMS(P_INSTANT(ctx->now), P_I64(after_id), P_I64(limit)), rows, count));
    finish(*rows, *count);
    return OK;
}

enum err put_off_stray_return(struct ctx *ctx, int64_t id, int64_t until_at)
{
    return db_write(ctx, &statement[PUT_OFF], PARAMS(P_INSTANT(until_at), P_I64(id)), NULL);
}

enum err ready_stray_returns(struct ctx *ctx, int32_t limit, struct stray_return **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[READY_ONES], PARAMS(P_I64(limit)), rows, count));
    finish(*rows, *count);
    return OK;
}
