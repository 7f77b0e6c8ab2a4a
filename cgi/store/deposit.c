#include "store/deposit.h"

#include "base/check.h"
#include "store/db.h"

static const struct column deposit_column[] = {
    COLUMN(I64, deposit, invoice_id), COLUMN(I64, deposit, order_id), COLUMN(ID, deposit, subscription_id),
    COLUMN(I64, deposit, customer_id), COLUMN(TEXT, deposit, currency), COLUMN(I64, deposit, total_minor),
    COLUMN(I64, deposit, left_minor),
};
#define DEPOSIT "d.invoice_id, d.order_id, d.subscription_id, d.customer_id, d.currency, d.total_minor, d.left_minor"
static const struct column save_column[] = {COLUMN(I64, deposit, left_minor), COLUMN(I64, deposit, invoice_id)};

static const struct column use_column[] = {
    COLUMN(I64, deposit_use, deposit_id), COLUMN(I32, deposit_use, position), COLUMN(I64, deposit_use, invoice_id),
    COLUMN(I64, deposit_use, amount_minor), COLUMN(I64, deposit_use, net_minor), COLUMN(I64, deposit_use, vat_minor),
    COLUMN(TEXT, deposit_use, number), COLUMN(DATE, deposit_use, issued_on), COLUMN(TEXT, deposit_use, tax_category),
    COLUMN(I32, deposit_use, tax_rate_ppm), COLUMN(TEXT, deposit_use, used_by), /* from number on read only */
};
enum { USE_READ_ONLY = 5 };
#define USE_FIELDS                                                                                                     \
    "SELECT u.deposit_id, u.position, u.invoice_id, u.amount_minor, u.net_minor, u.vat_minor, i.number, i.issued_on, " \
    "l.tax_category, l.tax_rate_ppm, b.number AS used_by FROM "
#define USE_JOINS                                                                                                      \
    "STRAIGHT_JOIN invoice i ON i.id = u.deposit_id STRAIGHT_JOIN invoice_line l ON l.invoice_id = u.deposit_id AND "   \
    "l.position = u.position STRAIGHT_JOIN invoice b ON b.id = u.invoice_id "
#define USES USE_FIELDS "deposit_use u " USE_JOINS

static const struct column deducted_column[] = {COLUMN(I64, deducted, total_minor), COLUMN(I64, deducted, vat_minor)};

struct left_row {
    int64_t minor;
};
static const struct column left_column[] = {COLUMN(I64, left_row, minor)};

#define STRANDS                                                                                                        \
    " FROM deposit d LEFT JOIN subscription s ON s.id = d.subscription_id "                                             \
    "WHERE d.spare = 1 AND (s.id IS NULL OR s.state = 'ended' OR s.customer_id <> d.customer_id)"

enum { INSERT, SAVE, BY_ID, BY_ORDER, LOCK, SPARE, USES_INSERT, USED_ON, USED_IN_SLICE, USES_OF, DEDUCTED, REST, LEFT, WAITS, STRANDED };

static const struct statement statement[] = {
    [INSERT] = {"deposits_insert", "INSERT INTO deposit (invoice_id, order_id, subscription_id, customer_id, currency, total_minor, left_minor) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [SAVE] = {"deposits_save", "UPDATE deposit SET left_minor = ? WHERE invoice_id = ?", NOTHING},
    [BY_ID] = {"deposit_of", "SELECT " DEPOSIT " FROM deposit d WHERE d.invoice_id = ?", READS(deposit, deposit_column)},
    [BY_ORDER] = {"deposit_of_order", "SELECT " DEPOSIT " FROM deposit d WHERE d.order_id = ?", READS(deposit, deposit_column)},
    [LOCK] = {"deposit_lock", "SELECT " DEPOSIT " FROM deposit d WHERE d.invoice_id = ? FOR UPDATE", READS(deposit, deposit_column)},
    [SPARE] = {"spare_deposits", "SELECT " DEPOSIT " FROM deposit d WHERE d.spare = 1 AND d.customer_id BETWEEN ? AND ? ORDER BY d.invoice_id",
               READS(deposit, deposit_column)},
    [USES_INSERT] = {"deposit_uses_insert", "INSERT INTO deposit_use (deposit_id, position, invoice_id, amount_minor, net_minor, vat_minor) "
                     "VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [USED_ON] = {"deposits_used_on", USES "WHERE u.invoice_id = ? ORDER BY u.deposit_id, u.position", READS(deposit_use, use_column)},
    [USED_IN_SLICE] = {"deposits_used_in_slice", USE_FIELDS SLICE "deposit_use u ON u.invoice_id = document_id " USE_JOINS
                       "ORDER BY u.invoice_id, u.deposit_id, u.position", READS(deposit_use, use_column)},
    [USES_OF] = {"uses_of_deposit", USES "WHERE u.deposit_id = ? ORDER BY u.invoice_id, u.position", READS(deposit_use, use_column)},
    [DEDUCTED] = {"deducted_from", "SELECT CAST(IFNULL(SUM(amount_minor), 0) AS SIGNED) AS total_minor, "
                  "CAST(IFNULL(SUM(vat_minor), 0) AS SIGNED) AS vat_minor FROM deposit_use WHERE invoice_id = ?", READS(deducted, deducted_column)},
    [REST] = {"deposit_rest",
              "SELECT CAST(i.total_minor - IFNULL((SELECT SUM(u.amount_minor) FROM deposit_use u WHERE u.deposit_id = i.id), 0) - IFNULL((SELECT "
              "SUM(n.total_minor) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = i.id), 0) AS SIGNED) AS total_minor, "
              "CAST(i.vat_minor - IFNULL((SELECT SUM(u.vat_minor) FROM deposit_use u WHERE u.deposit_id = i.id), 0) - IFNULL((SELECT "
              "SUM(n.vat_minor) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = i.id), 0) AS SIGNED) AS vat_minor "
              "FROM invoice i WHERE i.id = ?", READS(deducted, deducted_column)},
    [LEFT] = {"deposit_left", "SELECT CAST(IFNULL(SUM(left_minor), 0) AS SIGNED) AS minor FROM deposit WHERE subscription_id = ?",
              READS(left_row, left_column)},
    [WAITS] = {"deposit_stranded_waits", "SELECT EXISTS (SELECT 1 " STRANDS ") AS minor", READS(left_row, left_column)},
    [STRANDED] = {"deposits_stranded", "SELECT " DEPOSIT STRANDS
                  " ORDER BY d.invoice_id LIMIT ? FOR UPDATE SKIP LOCKED", READS(deposit, deposit_column)},
};
DB_STATEMENTS(deposit, statement)

enum err insert_deposits(struct ctx *ctx, const struct deposit *rows, size_t count)
{
    return db_write_many(ctx, &statement[INSERT], deposit_column, COUNT_OF(deposit_column), rows, sizeof rows[0], count);
}

enum err save_deposits(struct ctx *ctx, const struct deposit *rows, size_t count)
{
    return db_write_many(ctx, &statement[SAVE], save_column, COUNT_OF(save_column), rows, sizeof rows[0], count);
}

enum err deposit_of(struct ctx *ctx, int64_t invoice_id, struct deposit *deposit)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(invoice_id)), deposit);
}

enum err deposit_of_order(struct ctx *ctx, int64_t order_id, struct deposit *deposit)
{
    return db_row(ctx, &statement[BY_ORDER], PARAMS(P_I64(order_id)), deposit);
}

enum err deposit_lock(struct ctx *ctx, int64_t invoice_id, struct deposit *deposit)
{
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(invoice_id)), deposit);
}

enum err spare_deposits(struct ctx *ctx, int64_t first_id, int64_t last_id, struct deposit **rows, size_t *count)
{
    return db_rows(ctx, &statement[SPARE], PARAMS(P_I64(first_id), P_I64(last_id)), rows, count);
}

enum err insert_deposit_uses(struct ctx *ctx, const struct deposit_use *rows, size_t count)
{
    return db_write_many(ctx, &statement[USES_INSERT], use_column, COUNT_OF(use_column) - USE_READ_ONLY, rows, sizeof rows[0], count);
}

enum err deposits_used_on(struct ctx *ctx, int64_t invoice_id, struct deposit_use **rows, size_t *count)
{
    return db_rows(ctx, &statement[USED_ON], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err deposits_used_in_slice(struct ctx *ctx, const struct slice *slice, struct deposit_use **rows, size_t *count)
{
    return db_rows(ctx, &statement[USED_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err uses_of_deposit(struct ctx *ctx, int64_t deposit_id, struct deposit_use **rows, size_t *count)
{
    return db_rows(ctx, &statement[USES_OF], PARAMS(P_I64(deposit_id)), rows, count);
}

enum err deducted_from(struct ctx *ctx, int64_t invoice_id, struct deducted *deducted)
{
    return db_row(ctx, &statement[DEDUCTED], PARAMS(P_I64(invoice_id)), deducted);
}

enum err deposit_rest(struct ctx *ctx, int64_t deposit_id, struct deducted *rest)
{
    return db_row(ctx, &statement[REST], PARAMS(P_I64(deposit_id)), rest);
}

enum err deposit_left(struct ctx *ctx, int64_t subscription_id, int64_t *left_minor)
{
    struct left_row row;

    TRY(ctx, db_row(ctx, &statement[LEFT], PARAMS(P_I64(subscription_id)), &row));
    *left_minor = row.minor;
    return OK;
}

enum err stranded_deposit_waits(struct ctx *ctx, bool *waits)
{
    struct left_row row;

    TRY(ctx, db_row(ctx, &statement[WAITS], NO_PARAMS, &row));
    *waits = row.minor > 0;
    return OK;
}

enum err claim_stranded_deposits(struct ctx *ctx, int32_t limit, struct deposit **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[STRANDED], PARAMS(P_I64(limit)), rows, count);
}
