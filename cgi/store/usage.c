#include "store/usage.h"

#include "base/str.h"
#include "store/db.h"
#include "store/list.h"
#include "store/subscription.h"

static const struct column record_column[] = {
    COLUMN(I64, usage_record, id), COLUMN(I64, usage_record, subscription_id), COLUMN(I32, usage_record, slot),
    COLUMN(DATE, usage_record, used_on), COLUMN(I32, usage_record, epoch), COLUMN(I32, usage_record, period_index),
    COLUMN(I64, usage_record, quantity_e4), COLUMN(TEXT, usage_record, reference), COLUMN(ID, usage_record, corrects_id),
    COLUMN(TEXT, usage_record, reason), COLUMN(TEXT, usage_record, recorded_by), COLUMN(INSTANT, usage_record, recorded_at),
    COLUMN(BOOL, usage_record, corrected),
};
#define RECORD                                                                                                  \
    "SELECT u.id, u.subscription_id, u.slot, u.used_on, u.epoch, u.period_index, u.quantity_e4, u.reference, "  \
    "u.corrects_id, u.reason, u.recorded_by, u.recorded_at, "                                                   \
    "EXISTS (SELECT 1 FROM usage_record c WHERE c.corrects_id = u.id) AS corrected FROM usage_record u "

static const struct column day_column[] = {
    COLUMN(I64, usage_day, subscription_id), COLUMN(I32, usage_day, slot), COLUMN(DATE, usage_day, used_on),
    COLUMN(I64, usage_day, quantity_e4),
};

enum { INSERT, BY_ID, BY_REFERENCE, OF, AFTER, OPEN };
static const struct statement statement[] = {
    [INSERT] = {"usage_insert", "INSERT INTO usage_record (subscription_id, slot, used_on, epoch, period_index, quantity_e4, reference, "
                "corrects_id, reason, recorded_by, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"usage_by_id", RECORD "WHERE u.id = ?", READS(usage_record, record_column)},
    [BY_REFERENCE] = {"usage_by_reference", RECORD "WHERE u.reference = ?", READS(usage_record, record_column)},
    [OF] = {"usage_of", RECORD "WHERE u.subscription_id = ? AND u.id < ? ORDER BY u.id DESC LIMIT ?", READS(usage_record, record_column)},
    [AFTER] = {"usage_after", RECORD "WHERE u.id > ? ORDER BY u.id LIMIT ?", READS(usage_record, record_column)},
    [OPEN] = {"usage_open", "SELECT u.subscription_id, u.slot, u.used_on, CAST(SUM(u.quantity_e4) AS SIGNED) AS quantity_e4 "
              "FROM " ID_LIST "subscription s ON s.id = j.id "
              "STRAIGHT_JOIN usage_record u ON u.subscription_id = s.id AND u.epoch = s.epoch AND u.period_index >= s.arrears_index "
              "GROUP BY u.subscription_id, u.slot, u.used_on", READS(usage_day, day_column)},
};
DB_STATEMENTS(usage, statement)

enum err insert_usage(struct ctx *ctx, struct usage_record *r)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_I64(r->subscription_id), P_I64(r->slot), P_DATE(r->used_on), P_I64(r->epoch), P_I64(r->period_index),
                            P_I64(r->quantity_e4), P_TEXT(str_empty(r->reference) ? NULL : r->reference), P_ID(r->corrects_id),
                            P_TEXT(r->reason), P_TEXT(ctx->actor), P_INSTANT(ctx->now)), &r->id);
}

enum err usage_by_id(struct ctx *ctx, int64_t id, struct usage_record *record)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), record);
}

enum err usage_by_reference(struct ctx *ctx, const char *reference, struct usage_record *record)
{
    return db_row(ctx, &statement[BY_REFERENCE], PARAMS(P_TEXT(reference)), record);
}

enum err usage_of(struct ctx *ctx, int64_t subscription_id, int64_t before_id, int32_t limit, struct usage_record **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF], PARAMS(P_I64(subscription_id), P_I64(before_id == 0 ? INT64_MAX : before_id), P_I64(limit)), rows, count);
}

enum err usage_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct usage_record **rows, size_t *count)
{
    return db_rows(ctx, &statement[AFTER], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

enum err open_usage(struct ctx *ctx, const struct subscription *subscriptions, size_t count, struct usage_day **days, size_t *day_count)
{
    const char *list = ID_LIST_OF(ctx->arena, subscriptions, struct subscription, id, count);

    return db_rows(ctx, &statement[OPEN], PARAMS(P_TEXT(list)), days, day_count);
}
