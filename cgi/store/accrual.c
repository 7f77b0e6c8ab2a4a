#include "store/accrual.h"

#include "store/db.h"
#include "store/list.h"

static const struct column accrual_column[] = {
    COLUMN(I64, accrual_row, id), COLUMN(I64, accrual_row, subscription_id), COLUMN(DATE, accrual_row, until_on), COLUMN(TEXT, accrual_row, currency),
    COLUMN(I64, accrual_row, net_minor), COLUMN(I64, accrual_row, vat_minor), COLUMN(I64, accrual_row, base_minor),
};
static const struct column accruable_column[] = {COLUMN(I64, accruable, id)};
static const struct column since_column[] = {
    COLUMN(I64, invoiced_since, subscription_id), COLUMN(I64, invoiced_since, invoice_id), COLUMN(I32, invoiced_since, position),
    COLUMN(TEXT, invoiced_since, account), COLUMN(I64, invoiced_since, net_minor), COLUMN(DATE, invoiced_since, from_on),
    COLUMN(DATE, invoiced_since, until_on), COLUMN(TEXT, invoiced_since, tax_category), COLUMN(I32, invoiced_since, tax_rate_ppm),
};
static const struct column month_column[] = {
    COLUMN(DATE, accrued_month, until_on), COLUMN(I64, accrued_month, subscriptions), COLUMN(I64, accrued_month, base_minor),
};

enum { INSERT, ACCRUABLE, SINCE, MONTHS };
static const struct statement statement[] = {
    [INSERT] = {"accruals_insert", "INSERT INTO accrual (id, subscription_id, until_on, currency, net_minor, vat_minor, base_minor) VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ACCRUABLE] = {"accruable_subscriptions",
                   "SELECT s.id FROM subscription s WHERE s.started_on < ? AND NOT EXISTS (SELECT 1 FROM accrual a WHERE a.subscription_id = s.id AND a.until_on = ?) "
                   "AND ((s.state IN ('trial', 'active', 'past_due') AND s.debit_first = 0 AND (s.due_on < ? OR s.held_on IS NOT NULL OR EXISTS "
                   "(SELECT 1 FROM subscription_line l WHERE l.subscription_id = s.id AND l.timing <> 'advance' AND l.from_on < ?))) OR "
                   "s.id IN (SELECT p.subscription_id FROM invoice i JOIN billing_period p ON p.invoice_id = i.id WHERE i.issued_on >= ? AND p.from_on < ?)) "
                   "ORDER BY s.id", READS(accruable, accruable_column)},
    /* A late invoice may hold two periods of one subscription: each line once. */
    [SINCE] = {"lines_invoiced_since",
               "SELECT DISTINCT x.subscription_id, l.invoice_id, l.position, l.account, l.net_minor, l.period_from_on AS from_on, l.period_until_on AS until_on, "
               "l.tax_category, l.tax_rate_ppm FROM " ID_LIST "billing_period p ON p.subscription_id = j.id AND p.from_on < ? "
               "STRAIGHT_JOIN invoice i ON i.id = p.invoice_id AND i.issued_on >= ? STRAIGHT_JOIN invoice_line l ON l.invoice_id = i.id AND "
               "l.nature = 'service' AND l.period_from_on < ? STRAIGHT_JOIN subscription_line x ON x.id = l.subscription_line_id AND "
               "x.subscription_id = p.subscription_id ORDER BY x.subscription_id, l.invoice_id, l.position", READS(invoiced_since, since_column)},
    [MONTHS] = {"accrued_months", "SELECT until_on, COUNT(*) AS subscriptions, CAST(SUM(base_minor) AS SIGNED) AS base_minor FROM accrual GROUP BY until_on "
                "ORDER BY until_on DESC LIMIT ?", READS(accrued_month, month_column)},
};
DB_STATEMENTS(accrual, statement)

enum err insert_accruals(struct ctx *ctx, const struct accrual_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[INSERT], accrual_column, sizeof accrual_column / sizeof accrual_column[0], rows, sizeof rows[0], count);
}

enum err accruable_subscriptions(struct ctx *ctx, int32_t until_on, struct accruable **rows, size_t *count)
{
    return db_rows(ctx, &statement[ACCRUABLE],
                   PARAMS(P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_DATE(until_on), P_DATE(until_on)), rows, count);
}

enum err lines_invoiced_since(struct ctx *ctx, const struct subscription *subscriptions, size_t count, int32_t until_on,
                              struct invoiced_since **rows, size_t *row_count)
{
    return db_rows(ctx, &statement[SINCE], PARAMS(P_TEXT(ID_LIST_OF(ctx->arena, subscriptions, struct subscription, id, count)), P_DATE(until_on),
                                                  P_DATE(until_on), P_DATE(until_on)), rows, row_count);
}

enum err accrued_months(struct ctx *ctx, int32_t limit, struct accrued_month **rows, size_t *count)
{
    return db_rows(ctx, &statement[MONTHS], PARAMS(P_I64(limit)), rows, count);
}
