#include "store/product_cost.h"

#include "store/db.h"

static const struct column cost_column[] = {
    COLUMN(I64, product_cost, id),
    COLUMN(I64, product_cost, product_id),
    COLUMN(ID, product_cost, plan_id),
    COLUMN(TEXT, product_cost, currency),
    COLUMN(I64, product_cost, unit_cost_e4),
};

static const struct column line_column[] = {
    COLUMN(I64, quote_line_cost, line_id),
    COLUMN(I64, quote_line_cost, unit_cost_e4),
};

enum { LIST, SAVE, DELETE, OF_LINES, LINE_INSERT };

static const struct statement statement[] = {
    [LIST] = {"product_costs",
              "SELECT id, product_id, plan_id, currency, unit_cost_e4 FROM product_cost WHERE ? = 0 OR product_id = ? "
              "ORDER BY product_id, plan_key, currency",
              READS(product_cost, cost_column)},
    [SAVE] = {"product_cost_save",
              "INSERT INTO product_cost (product_id, plan_id, currency, unit_cost_e4) VALUES (?, ?, ?, ?) "
              "ON DUPLICATE KEY UPDATE unit_cost_e4 = VALUES(unit_cost_e4)",
              NOTHING},
    [DELETE] = {"product_cost_delete",
                "DELETE FROM product_cost WHERE product_id = ? AND plan_key = ? AND currency = ?", NOTHING},
    [OF_LINES] = {"quote_line_costs",
                  "SELECT c.line_id, c.unit_cost_e4 FROM quote_line_cost c JOIN quote_line l ON l.id = c.line_id "
                  "WHERE l.version_id = ? ORDER BY c.line_id",
                  READS(quote_line_cost, line_column)},
    [LINE_INSERT] = {"quote_line_cost_insert", "INSERT INTO quote_line_cost (line_id, unit_cost_e4) VALUES (?, ?)", NOTHING},
};
DB_STATEMENTS(product_cost, statement)

enum err product_costs(struct ctx *ctx, int64_t product_id, struct product_cost **costs, size_t *count)
{
    return db_rows(ctx, &statement[LIST], PARAMS(P_I64(product_id), P_I64(product_id)), costs, count);
}

enum err save_product_cost(struct ctx *ctx, const struct product_cost *cost)
{
    return db_write(ctx, &statement[SAVE],
                    PARAMS(P_I64(cost->product_id), P_ID(cost->plan_id), P_TEXT(cost->currency), P_I64(cost->unit_cost_e4)), NULL);
}

enum err delete_product_cost(struct ctx *ctx, int64_t product_id, int64_t plan_id, const char *currency)
{
    return db_write(ctx, &statement[DELETE], PARAMS(P_I64(product_id), P_I64(plan_id), P_TEXT(currency)), NULL);
}

enum err quote_line_costs(struct ctx *ctx, int64_t version_id, struct quote_line_cost **costs, size_t *count)
{
    return db_rows(ctx, &statement[OF_LINES], PARAMS(P_I64(version_id)), costs, count);
}

enum err insert_quote_line_cost(struct ctx *ctx, const struct quote_line_cost *cost)
{
    return db_write(ctx, &statement[LINE_INSERT], PARAMS(P_I64(cost->line_id), P_I64(cost->unit_cost_e4)), NULL);
}
