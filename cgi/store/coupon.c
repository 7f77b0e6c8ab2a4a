#include "store/coupon.h"

#include "store/db.h"

static const struct column coupon_column[] = {
    COLUMN(I64, coupon, id), COLUMN(TEXT, coupon, code), COLUMN(I32, coupon, ppm), COLUMN(I64, coupon, amount_minor),
    COLUMN(TEXT, coupon, currency), COLUMN(I32, coupon, periods), COLUMN(DATE, coupon, from_on), COLUMN(DATE, coupon, until_on),
    COLUMN(I32, coupon, max_redemptions), COLUMN(BOOL, coupon, once_per_customer), COLUMN(I32, coupon, redeemed),
    COLUMN(TEXT, coupon, state), COLUMN(I32, coupon, rev),
};
#define COUPONS                                                                                                 \
    "SELECT id, code, ppm, amount_minor, currency, periods, from_on, until_on, max_redemptions, once_per_customer, " \
    "redeemed, state, rev FROM coupon "

static const struct column redemption_column[] = {
    COLUMN(ID, coupon_redemption, quote_id), COLUMN(ID, coupon_redemption, amendment_id), COLUMN(I64, coupon_redemption, coupon_id),
    COLUMN(I64, coupon_redemption, customer_id), COLUMN(ID, coupon_redemption, once_key),
    COLUMN(TEXT, coupon_redemption, discount), COLUMN(TEXT, coupon_redemption, entered_by),
    COLUMN(INSTANT, coupon_redemption, entered_at), COLUMN(TEXT, coupon_redemption, quote_number),
    COLUMN(TEXT, coupon_redemption, subscription_number), COLUMN(TEXT, coupon_redemption, customer_name),
};
static const struct column standing_column[] = {COLUMN(BOOL, coupon_standing, had), COLUMN(I32, coupon_standing, free)};

/* Quotes that came to nothing by today. */
#define DEAD_QUOTES                                                                                             \
    "(SELECT q.id FROM quote q JOIN quote_version v ON v.id = q.current_version_id WHERE q.state IN ('declined', 'withdrawn') OR " \
    "(q.state = 'sent' AND v.valid_until_on < ?))"

struct any_row {
    bool exist;
};
static const struct column any_column[] = {COLUMN(BOOL, any_row, exist)};

enum { ANY, ALL, BY_ID, BY_CODE, LOCK, INSERT, SAVE, REDEMPTIONS, REDEEM, TAKE_BACK, UNDO, STANDING, RELEASE };
static const struct statement statement[] = {
    [ANY] = {"coupons_exist", "SELECT EXISTS (SELECT 1 FROM coupon WHERE state = 'active') AS exist", READS(any_row, any_column)},
    [ALL] = {"coupons", COUPONS "ORDER BY id DESC LIMIT 500", READS(coupon, coupon_column)},
    [BY_ID] = {"coupon_by_id", COUPONS "WHERE id = ?", READS(coupon, coupon_column)},
    [BY_CODE] = {"coupon_by_code", COUPONS "WHERE code = ?", READS(coupon, coupon_column)},
    [LOCK] = {"coupon_lock", COUPONS "WHERE id = ? FOR UPDATE", READS(coupon, coupon_column)},
    [INSERT] = {"coupon_insert", "INSERT INTO coupon (code, ppm, amount_minor, currency, periods, from_on, until_on, max_redemptions, "
                "once_per_customer, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [SAVE] = {"coupon_save", "UPDATE coupon SET from_on = ?, until_on = ?, max_redemptions = ?, once_per_customer = ?, state = ?, "
              "rev = rev + 1 WHERE id = ? AND rev = ?", NOTHING},
    [REDEMPTIONS] = {"coupon_redemptions", "SELECT r.quote_id, r.amendment_id, r.coupon_id, r.customer_id, r.once_key, r.discount, r.entered_by, r.entered_at, "
                     "IFNULL(q.number, '') AS quote_number, IFNULL(s.number, '') AS subscription_number, v.name AS customer_name "
                     "FROM coupon_redemption r LEFT JOIN quote q ON q.id = r.quote_id LEFT JOIN amendment a ON a.id = r.amendment_id "
                     "LEFT JOIN subscription s ON s.id = a.subscription_id "
                     "JOIN customer c ON c.id = r.customer_id JOIN customer_version v ON v.id = c.current_version_id "
                     "WHERE r.coupon_id = ? ORDER BY r.entered_at DESC LIMIT 500", READS(coupon_redemption, redemption_column)},
    [REDEEM] = {"coupon_redeem", "INSERT INTO coupon_redemption (quote_id, amendment_id, coupon_id, customer_id, once_key, discount, entered_by, entered_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [TAKE_BACK] = {"coupon_take_back", "DELETE FROM coupon_redemption WHERE quote_id = ?", NOTHING},
    [UNDO] = {"coupon_undo", "DELETE FROM coupon_redemption WHERE amendment_id = ?", NOTHING},
    [STANDING] = {"coupon_standing", "SELECT EXISTS (SELECT 1 FROM coupon_redemption r WHERE r.coupon_id = ? AND r.once_key = ? AND "
                  "(r.quote_id IS NULL OR r.quote_id NOT IN " DEAD_QUOTES ")) AS had, "
                  "(SELECT COUNT(*) FROM coupon_redemption r WHERE r.coupon_id = ? AND r.quote_id IN " DEAD_QUOTES ") AS free",
                  READS(coupon_standing, standing_column)},
    [RELEASE] = {"coupon_release", "DELETE FROM coupon_redemption WHERE coupon_id = ? AND quote_id IN " DEAD_QUOTES, NOTHING},
};
DB_STATEMENTS(coupon, statement)

enum err coupons(struct ctx *ctx, struct coupon **rows, size_t *count)
{
    return db_rows(ctx, &statement[ALL], NO_PARAMS, rows, count);
}

enum err coupons_exist(struct ctx *ctx, bool *exist)
{
    struct any_row row = {.exist = false};

    TRY(ctx, db_row(ctx, &statement[ANY], NO_PARAMS, &row));
    *exist = row.exist;
    return OK;
}

enum err coupon_by_id(struct ctx *ctx, int64_t id, struct coupon *coupon)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), coupon);
}

enum err coupon_by_code(struct ctx *ctx, const char *code, struct coupon *coupon)
{
    return db_row(ctx, &statement[BY_CODE], PARAMS(P_TEXT(code)), coupon);
}

enum err lock_coupon(struct ctx *ctx, int64_t id, struct coupon *coupon)
{
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), coupon);
}

enum err insert_coupon(struct ctx *ctx, struct coupon *c)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(c->code), P_I64(c->ppm), P_I64(c->amount_minor), P_TEXT(c->currency), P_I64(c->periods),
                            P_DATE(c->from_on), P_DATE(c->until_on), P_I64(c->max_redemptions), P_BOOL(c->once_per_customer),
                            P_TEXT(c->state), P_INSTANT(ctx->now)), &c->id);
}

enum err save_coupon(struct ctx *ctx, const struct coupon *c)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_DATE(c->from_on), P_DATE(c->until_on), P_I64(c->max_redemptions), P_BOOL(c->once_per_customer),
                               P_TEXT(c->state), P_I64(c->id), P_I64(c->rev)));
}

enum err coupon_redemptions(struct ctx *ctx, int64_t coupon_id, struct coupon_redemption **rows, size_t *count)
{
    return db_rows(ctx, &statement[REDEMPTIONS], PARAMS(P_I64(coupon_id)), rows, count);
}

enum err insert_redemption(struct ctx *ctx, const struct coupon_redemption *r)
{
    return db_write(ctx, &statement[REDEEM],
                    PARAMS(P_ID(r->quote_id), P_ID(r->amendment_id), P_I64(r->coupon_id), P_I64(r->customer_id), P_ID(r->once_key), P_TEXT(r->discount),
                           P_TEXT(ctx->actor), P_INSTANT(ctx->now)), NULL);
}

enum err delete_redemption(struct ctx *ctx, int64_t quote_id)
{
    return db_write_one(ctx, &statement[TAKE_BACK], PARAMS(P_I64(quote_id)));
}

enum err delete_redemption_of_amendment(struct ctx *ctx, int64_t amendment_id)
{
    return db_write(ctx, &statement[UNDO], PARAMS(P_I64(amendment_id)), NULL);
}

enum err coupon_standing(struct ctx *ctx, int64_t coupon_id, int64_t customer_id, struct coupon_standing *row)
{
    return db_row(ctx, &statement[STANDING], PARAMS(P_I64(coupon_id), P_I64(customer_id), P_DATE(ctx->today_on), P_I64(coupon_id), P_DATE(ctx->today_on)), row);
}

enum err release_redemptions(struct ctx *ctx, int64_t coupon_id)
{
    return db_write(ctx, &statement[RELEASE], PARAMS(P_I64(coupon_id), P_DATE(ctx->today_on)), NULL);
}
