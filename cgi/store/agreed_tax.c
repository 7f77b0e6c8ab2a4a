#include "store/agreed_tax.h"

#include "store/db.h"

static const struct column agreed_column[] = {
    COLUMN(I64, agreed_tax, version_id),      COLUMN(I64, agreed_tax, line_id),
    COLUMN(TEXT, agreed_tax, tax_category),   COLUMN(I32, agreed_tax, tax_rate_ppm),
    COLUMN(TEXT, agreed_tax, tax_reason),     COLUMN(TEXT, agreed_tax, tax_country),
    COLUMN(TEXT, agreed_tax, buyer_country),  COLUMN(BOOL, agreed_tax, distance),
    COLUMN(DATE, agreed_tax, agreed_on),
};
#define AGREED_COLUMNS \
    "version_id, line_id, tax_category, tax_rate_ppm, tax_reason, tax_country, buyer_country, distance, agreed_on"

enum { OF, SAVE };

static const struct statement statement[] = {
    [OF] = {"agreed_taxes", "SELECT " AGREED_COLUMNS " FROM agreed_tax WHERE version_id = ? ORDER BY line_id",
            READS(agreed_tax, agreed_column)},
    [SAVE] = {"agreed_tax_save",
              "INSERT INTO agreed_tax (" AGREED_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
              "tax_category = VALUES(tax_category), tax_rate_ppm = VALUES(tax_rate_ppm), tax_reason = VALUES(tax_reason), "
              "tax_country = VALUES(tax_country), buyer_country = VALUES(buyer_country), distance = VALUES(distance), "
              "agreed_on = VALUES(agreed_on)", NOTHING},
};
DB_STATEMENTS(agreed_tax, statement)

enum err agreed_taxes(struct ctx *ctx, int64_t version_id, struct agreed_tax **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF], PARAMS(P_I64(version_id)), rows, count);
}

enum err save_agreed_tax(struct ctx *ctx, const struct agreed_tax *r)
{
    return db_write(ctx, &statement[SAVE],
                    PARAMS(P_I64(r->version_id), P_I64(r->line_id), P_TEXT(r->tax_category), P_I64(r->tax_rate_ppm),
                           P_TEXT(r->tax_reason), P_TEXT(r->tax_country), P_TEXT(r->buyer_country), P_BOOL(r->distance),
                           P_DATE(r->agreed_on)), NULL);
}
