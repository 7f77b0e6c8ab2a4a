#include "store/revision.h"

#include "core/date.h"
#include "store/db.h"

static const struct column index_column[] = {COLUMN(I64, price_index, id), COLUMN(TEXT, price_index, name)};
static const struct column value_column[] = {
    COLUMN(I64, price_index_value, index_id), COLUMN(DATE, price_index_value, month_on), COLUMN(I64, price_index_value, value_e4),
};
static const struct column revision_column[] = {
    COLUMN(I64, price_revision, id), COLUMN(TEXT, price_revision, kind), COLUMN(TEXT, price_revision, currency),
    COLUMN(ID, price_revision, product_id), COLUMN(ID, price_revision, plan_id), COLUMN(ID, price_revision, customer_id),
    COLUMN(ID, price_revision, subscription_id), COLUMN(ID, price_revision, index_id), COLUMN(I32, price_revision, change_ppm),
    COLUMN(I64, price_revision, unit_price_e4), COLUMN(I64, price_revision, then_e4), COLUMN(I64, price_revision, now_e4),
    COLUMN(DATE, price_revision, now_on), COLUMN(I32, price_revision, notice_days), COLUMN(BOOL, price_revision, at_anniversary), COLUMN(TEXT, price_revision, reason), COLUMN(TEXT, price_revision, state),
    COLUMN(TEXT, price_revision, announced_by), COLUMN(DATE, price_revision, announced_on),
    COLUMN(INSTANT, price_revision, announced_at), COLUMN(I64, price_revision, after_id), COLUMN(I64, price_revision, until_id),
    COLUMN(I64, price_revision, foreseen), COLUMN(TEXT, price_revision, product_name), COLUMN(TEXT, price_revision, plan_name),
    COLUMN(TEXT, price_revision, customer_number), COLUMN(TEXT, price_revision, subscription_number),
    COLUMN(TEXT, price_revision, index_name), COLUMN(I64, price_revision, lines),
};
#define REVISIONS(lines)                                                                                        \
    "SELECT r.id, r.kind, r.currency, r.product_id, r.plan_id, r.customer_id, r.subscription_id, r.index_id, r.change_ppm, "  \
    "r.unit_price_e4, r.then_e4, r.now_e4, r.now_on, r.notice_days, r.at_anniversary, r.reason, r.state, r.announced_by, r.announced_on, "   \
    "r.announced_at, r.after_id, r.until_id, r.foreseen, IFNULL(o.name, '') AS product_name, "                   \
    "IFNULL(p.name, '') AS plan_name, IFNULL(c.number, '') AS customer_number, "                                 \
    "IFNULL(s.number, '') AS subscription_number, IFNULL(x.name, '') AS index_name, "                            \
    lines " AS `lines` FROM price_revision r "                                                                   \
    "LEFT JOIN product o ON o.id = r.product_id LEFT JOIN plan p ON p.id = r.plan_id "                           \
    "LEFT JOIN customer c ON c.id = r.customer_id LEFT JOIN subscription s ON s.id = r.subscription_id "         \
    "LEFT JOIN price_index x ON x.id = r.index_id "
#define COUNTED "(SELECT COUNT(*) FROM subscription_line l WHERE l.revision_id = r.id)"

struct revision_id {
    int64_t id;
};
static const struct column id_column[] = {COLUMN(ID, revision_id, id)};
struct revision_day {
    int32_t on;
};
static const struct column base_column[] = {
    COLUMN(I64, revision_base, revision_id), COLUMN(I64, revision_base, subscription_id), COLUMN(DATE, revision_base, before_on),
    COLUMN(I64, revision_base, then_e4),
};
static const struct column known_column[] = {{DB_DATE, "month_on", offsetof(struct revision_day, on), sizeof(int32_t)}};
static const struct column day_column[] = {{DB_DATE, "first_on", offsetof(struct revision_day, on), sizeof(int32_t)}};

enum { INDEXES, INDEX_NAMED, VALUES_OF, VALUE_OF, VALUE_INSERT, ALL, BY_ID, UNCOUNTED, INSERT, UNFINISHED, LOCK, SAVE, FIRST_ON, KNOWN, BASE_INSERT, BASE_OF };
static const struct statement statement[] = {
    [INDEXES] = {"price_indexes", "SELECT id, name FROM price_index ORDER BY name LIMIT 200", READS(price_index, index_column)},
    [INDEX_NAMED] = {"price_index_named", "INSERT INTO price_index (name) VALUES (?) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)", NOTHING},
    [VALUES_OF] = {"price_index_values", "SELECT index_id, month_on, value_e4 FROM price_index_value WHERE index_id = ? "
                   "ORDER BY month_on DESC LIMIT 600", READS(price_index_value, value_column)},
    [VALUE_OF] = {"price_index_value_of", "SELECT index_id, month_on, value_e4 FROM price_index_value WHERE index_id = ? AND month_on = ?",
                  READS(price_index_value, value_column)},
    [VALUE_INSERT] = {"price_index_value_insert", "INSERT INTO price_index_value (index_id, month_on, value_e4, entered_by, entered_at) "
                      "VALUES (?, ?, ?, ?, ?)", NOTHING},
    [ALL] = {"price_revisions", REVISIONS(COUNTED) "ORDER BY r.id DESC LIMIT 200", READS(price_revision, revision_column)},
    [BY_ID] = {"price_revision_by_id", REVISIONS(COUNTED) "WHERE r.id = ?", READS(price_revision, revision_column)},
    [UNCOUNTED] = {"price_revision_uncounted", REVISIONS("0") "WHERE r.id = ?", READS(price_revision, revision_column)},
    [INSERT] = {"price_revision_insert", "INSERT INTO price_revision (kind, currency, product_id, plan_id, customer_id, subscription_id, index_id, "
                "change_ppm, unit_price_e4, then_e4, now_e4, now_on, notice_days, at_anniversary, reason, announced_by, announced_on, announced_at, foreseen, until_id) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [UNFINISHED] = {"price_revision_unfinished", "SELECT MIN(id) AS id FROM price_revision WHERE unfinished = 1", READS(revision_id, id_column)},
    [LOCK] = {"price_revision_lock", "SELECT id FROM price_revision WHERE id = ? FOR UPDATE", READS(revision_id, id_column)},
    [SAVE] = {"price_revision_save", "UPDATE price_revision SET state = ?, after_id = ? WHERE id = ? AND state = ?", NOTHING},
    [FIRST_ON] = {"price_revision_first_on", "SELECT MIN(from_on) AS first_on FROM subscription_line WHERE revision_id = ? AND "
                  "(until_on IS NULL OR until_on > from_on)", READS(revision_day, day_column)},
    [KNOWN] = {"price_index_known", "SELECT MAX(month_on) AS month_on FROM price_index_value WHERE index_id = ? AND month_on <= ?",
               READS(revision_day, known_column)},
    [BASE_INSERT] = {"revision_base_insert", "INSERT INTO revision_base (revision_id, subscription_id, before_on, then_e4) VALUES (?, ?, ?, ?)", NOTHING},
    [BASE_OF] = {"revision_base_of", "SELECT revision_id, subscription_id, before_on, then_e4 FROM revision_base WHERE revision_id = ? AND "
                 "subscription_id = ?", READS(revision_base, base_column)},
};
DB_STATEMENTS(revision, statement)

enum err price_indexes(struct ctx *ctx, struct price_index **rows, size_t *count)
{
    return db_rows(ctx, &statement[INDEXES], NO_PARAMS, rows, count);
}

enum err price_index_named(struct ctx *ctx, const char *name, int64_t *id)
{
    return db_insert(ctx, &statement[INDEX_NAMED], PARAMS(P_TEXT(name)), id);
}

enum err price_index_values(struct ctx *ctx, int64_t index_id, struct price_index_value **rows, size_t *count)
{
    return db_rows(ctx, &statement[VALUES_OF], PARAMS(P_I64(index_id)), rows, count);
}

enum err price_index_value_of(struct ctx *ctx, int64_t index_id, int32_t month_on, struct price_index_value *value)
{
    return db_row(ctx, &statement[VALUE_OF], PARAMS(P_I64(index_id), P_DATE(month_on)), value);
}

enum err insert_price_index_value(struct ctx *ctx, const struct price_index_value *v)
{
    return db_write(ctx, &statement[VALUE_INSERT],
                    PARAMS(P_I64(v->index_id), P_DATE(v->month_on), P_I64(v->value_e4), P_TEXT(ctx->actor), P_INSTANT(ctx->now)), NULL);
}

enum err price_revisions(struct ctx *ctx, struct price_revision **rows, size_t *count)
{
    return db_rows(ctx, &statement[ALL], NO_PARAMS, rows, count);
}

enum err price_revision_by_id(struct ctx *ctx, int64_t id, struct price_revision *revision)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), revision);
}

enum err price_revision_uncounted(struct ctx *ctx, int64_t id, struct price_revision *revision)
{
    return db_row(ctx, &statement[UNCOUNTED], PARAMS(P_I64(id)), revision);
}

enum err insert_price_revision(struct ctx *ctx, struct price_revision *r)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(r->kind), P_TEXT(r->currency), P_ID(r->product_id), P_ID(r->plan_id), P_ID(r->customer_id),
                            P_ID(r->subscription_id), P_ID(r->index_id), P_I64(r->change_ppm), P_I64(r->unit_price_e4), P_I64(r->then_e4),
                            P_I64(r->now_e4), P_DATE(r->index_id != 0 ? r->now_on : DATE_NONE), P_I64(r->notice_days), P_BOOL(r->at_anniversary), P_TEXT(r->reason), P_TEXT(ctx->actor), P_DATE(ctx->today_on),
                            P_INSTANT(ctx->now), P_I64(r->foreseen), P_I64(r->until_id)), &r->id);
}

enum err unfinished_price_revision(struct ctx *ctx, int64_t *id)
{
    struct revision_id row;

    TRY(ctx, db_row(ctx, &statement[UNFINISHED], NO_PARAMS, &row));
    *id = row.id;
    return OK;
}

enum err lock_price_revision(struct ctx *ctx, int64_t id, struct price_revision *revision)
{
    struct revision_id row;

    TRY(ctx, db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), &row));
    return price_revision_uncounted(ctx, id, revision);
}

enum err save_price_revision(struct ctx *ctx, struct price_revision *r, const char *state)
{
    TRY(ctx, db_write_one(ctx, &statement[SAVE], PARAMS(P_TEXT(state), P_I64(r->after_id), P_I64(r->id), P_TEXT(r->state))));
    r->state = state;
    return OK;
}

enum err price_revision_first_on(struct ctx *ctx, int64_t id, int32_t *first_on)
{
    struct revision_day row;

    TRY(ctx, db_row(ctx, &statement[FIRST_ON], PARAMS(P_I64(id)), &row));
    *first_on = row.on;
    return OK;
}

enum err price_index_known(struct ctx *ctx, int64_t index_id, int32_t on, int32_t *month_on)
{
    struct revision_day row;

    *month_on = DATE_NONE;
    if (index_id == 0)
        return OK;
    TRY(ctx, db_row(ctx, &statement[KNOWN], PARAMS(P_I64(index_id), P_DATE(on)), &row));
    *month_on = row.on;
    return OK;
}

enum err insert_revision_base(struct ctx *ctx, const struct revision_base *base)
{
    return db_write(ctx, &statement[BASE_INSERT],
                    PARAMS(P_I64(base->revision_id), P_I64(base->subscription_id), P_DATE(base->before_on), P_I64(base->then_e4)), NULL);
}

enum err revision_base_of(struct ctx *ctx, int64_t revision_id, int64_t subscription_id, struct revision_base *base)
{
    return db_row(ctx, &statement[BASE_OF], PARAMS(P_I64(revision_id), P_I64(subscription_id)), base);
}
