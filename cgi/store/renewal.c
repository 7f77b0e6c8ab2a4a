#include "store/renewal.h"

#include "base/check.h"
#include "store/db.h"

#define Q10 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define Q50 Q10 ", " Q10 ", " Q10 ", " Q10 ", " Q10
#define Q200 Q50 ", " Q50 ", " Q50 ", " Q50

static const struct column buyer_column[] = {
    COLUMN(I64, buyer, subscription_id), COLUMN(I64, buyer, customer_id), COLUMN(I64, buyer, version_id),
    COLUMN(HASH, buyer, personal_digest), COLUMN(BOOL, buyer, is_company), COLUMN(TEXT, buyer, country),
    COLUMN(TEXT, buyer, postal_code), COLUMN(TEXT, buyer, vat_id), COLUMN(BOOL, buyer, vat_checked), COLUMN(TEXT, buyer, language),
    COLUMN(TEXT, buyer, email), COLUMN(TEXT, buyer, name),
};
static const struct column line_column[] = {
    COLUMN(I64, subscription_line, id), COLUMN(I64, subscription_line, subscription_id),
    COLUMN(I32, subscription_line, position), COLUMN(ID, subscription_line, quote_line_id), COLUMN(ID, subscription_line, amendment_id),
    COLUMN(ID, subscription_line, product_id), COLUMN(TEXT, subscription_line, product_kind), COLUMN(TEXT, subscription_line, timing),
    COLUMN(TEXT, subscription_line, description), COLUMN(TEXT, subscription_line, unit),
    COLUMN(I64, subscription_line, quantity_e4), COLUMN(I64, subscription_line, unit_price_e4),
    COLUMN(TEXT, subscription_line, price_model), COLUMN(TEXT, subscription_line, tiers),
    COLUMN(I64, subscription_line, discount_minor),
    COLUMN(I32, subscription_line, discount_ppm), COLUMN(I32, subscription_line, discount_periods),
    COLUMN(TEXT, subscription_line, tax_class), COLUMN(DATE, subscription_line, from_on),
    COLUMN(DATE, subscription_line, until_on), COLUMN(BOOL, subscription_line, amended), /* from here on read only */
    COLUMN(TEXT, subscription_line, unit_plural),
};

static const struct column waiting_column[] = {
    COLUMN(BOOL, work_waiting, plain), COLUMN(BOOL, work_waiting, consolidated), COLUMN(BOOL, work_waiting, debited_first),
    COLUMN(BOOL, work_waiting, releases),
};

enum { BUYERS, LINES, WAITING };
static const struct statement statement[] = {
    [BUYERS] = {"renewal_buyers",
                "SELECT s.id AS subscription_id, c.id AS customer_id, v.id AS version_id, v.personal_digest, v.is_company, "
                "v.country, v.postal_code, v.vat_id, EXISTS (SELECT 1 FROM vat_check k WHERE v.vat_id <> '' AND k.customer_id = c.id AND "
                "k.vat_id = v.vat_id AND k.valid = 1 AND k.id = (SELECT MAX(m.id) FROM vat_check m WHERE "
                "m.customer_id = c.id AND m.vat_id = v.vat_id)) AS vat_checked, v.language, v.email, v.name "
                "FROM subscription s JOIN customer c ON c.id = s.customer_id "
                "JOIN customer_version v ON v.id = c.current_version_id WHERE s.id IN (" Q200 ") ORDER BY s.id",
                READS(buyer, buyer_column)},
    [LINES] = {"renewal_lines",
               "SELECT id, subscription_id, position, quote_line_id, amendment_id, product_id, product_kind, timing, description, unit, "
               "quantity_e4, unit_price_e4, price_model, tiers, discount_minor, discount_ppm, discount_periods, tax_class, from_on, until_on, 0 AS amended, "
               "IF(price_model = 'flat', (SELECT u.plural FROM unit u WHERE u.name = subscription_line.unit), '') AS unit_plural " /* only its text says how many */
               "FROM subscription_line WHERE subscription_id IN (" Q200 ") ORDER BY subscription_id, position, from_on, id",
               READS(subscription_line, line_column)},
    [WAITING] = {"work_waiting",
                 "SELECT EXISTS (SELECT 1 FROM subscription WHERE debit_first = 0 AND consolidated = 0 AND due_on <= ?) plain, "
                 "EXISTS (SELECT 1 FROM subscription WHERE debit_first = 0 AND consolidated = 1 AND due_on <= ?) consolidated, "
                 "EXISTS (SELECT 1 FROM subscription WHERE debit_first = 1 AND consolidated IN (0, 1) AND due_on <= ?) debited_first, "
                 "EXISTS (SELECT 1 FROM deferral WHERE next_on <= ?) releases", READS(work_waiting, waiting_column)},
};
DB_STATEMENTS(renewal, statement)

/* Ids of the group; the places left over ask for id 0, which nobody has. */
static struct param *ids_of(struct ctx *ctx, const struct subscription *subscriptions, size_t count)
{
    struct param *params = ARENA_ARRAY(ctx->arena, struct param, RENEWAL_GROUP_MAX);

    CHECK(count <= RENEWAL_GROUP_MAX);
    for (size_t i = 0; i < RENEWAL_GROUP_MAX; i++)
        params[i] = P_I64(i < count ? subscriptions[i].id : 0);
    return params;
}

enum err buyers_of(struct ctx *ctx, const struct subscription *subscriptions, size_t count, struct buyer **rows, size_t *row_count)
{
    return db_rows(ctx, &statement[BUYERS], ids_of(ctx, subscriptions, count), RENEWAL_GROUP_MAX, rows, row_count);
}

enum err lines_of(struct ctx *ctx, const struct subscription *subscriptions, size_t count, struct subscription_line **rows,
                  size_t *row_count)
{
    return db_rows(ctx, &statement[LINES], ids_of(ctx, subscriptions, count), RENEWAL_GROUP_MAX, rows, row_count);
}

enum err work_waiting(struct ctx *ctx, struct work_waiting *waiting)
{
    int32_t on = ctx->today_on;

    return db_row(ctx, &statement[WAITING], PARAMS(P_DATE(on), P_DATE(on), P_DATE(on), P_DATE(on)), waiting);
}
