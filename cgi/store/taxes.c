#include "store/taxes.h"

#include "base/check.h"
#include "core/tax.h"
#include "store/db.h"

static const struct column rate_column[] = {
    COLUMN(TEXT, rate_entry, country), COLUMN(TEXT, rate_entry, region), COLUMN(TEXT, rate_entry, postal_from),
    COLUMN(TEXT, rate_entry, postal_until), COLUMN(TEXT, rate_entry, tax_class), COLUMN(DATE, rate_entry, from_on),
    COLUMN(I32, rate_entry, rate_ppm), COLUMN(TEXT, rate_entry, source), COLUMN(DATE, rate_entry, until_on),
};
static const struct column country_column[] = {COLUMN(TEXT, rate_country, country), COLUMN(I64, rate_country, entries)};
struct total_row {
    int64_t net_minor;
};
static const struct column total_column[] = {COLUMN(I64, total_row, net_minor)};
struct count_row {
    int64_t invoices;
};
static const struct column count_column[] = {COLUMN(I64, count_row, invoices)};
static const struct column sale_column[] = {
    COLUMN(I64, distance_sale, invoice_id), COLUMN(I32, distance_sale, year), COLUMN(TEXT, distance_sale, country),
    COLUMN(I64, distance_sale, net_minor),
};
static const struct column distance_column[] = {
    COLUMN(TEXT, distance_row, country), COLUMN(TEXT, distance_row, tax_country), COLUMN(I32, distance_row, rate_ppm),
    COLUMN(I64, distance_row, base_minor), COLUMN(I64, distance_row, tax_minor),
};

enum { ENTRIES, COUNTRIES, RATE_INSERT, TOTAL, TOTAL_MAKE, TOTAL_LOCK, SALES_INSERT, SALE_OF, SALES, TAXED };

static const struct statement statement[] = {
    [ENTRIES] = {"rate_entries",
                 "SELECT r.country, r.region, r.postal_from, r.postal_until, r.tax_class, r.from_on, r.rate_ppm, r.source, "
                 "(SELECT MIN(n.from_on) FROM tax_rate n WHERE n.country = r.country AND n.tax_class = r.tax_class AND "
                 "n.postal_from = r.postal_from AND n.postal_until = r.postal_until AND n.from_on > r.from_on) AS until_on "
                 "FROM tax_rate r WHERE (? = '' OR r.country = ?) "
                 "ORDER BY r.country, r.postal_from, r.postal_until, r.tax_class, r.from_on",
                 READS(rate_entry, rate_column)},
    [COUNTRIES] = {"rate_countries", "SELECT country, COUNT(*) AS entries FROM tax_rate GROUP BY country ORDER BY country",
                   READS(rate_country, country_column)},
    [RATE_INSERT] = {"rate_insert", "INSERT INTO tax_rate (country, region, postal_from, postal_until, tax_class, from_on, "
                     "rate_ppm, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [TOTAL] = {"distance_total", "SELECT net_minor FROM distance_total WHERE year = ?", READS(total_row, total_column)},
    [TOTAL_MAKE] = {"distance_total_make", "INSERT IGNORE INTO distance_total (year) VALUES (?)", NOTHING},
    [TOTAL_LOCK] = {"distance_total_lock", "SELECT net_minor FROM distance_total WHERE year = ? FOR UPDATE",
                    READS(total_row, total_column)},
    [SALES_INSERT] = {"distance_sales_insert", "INSERT INTO distance_sale (invoice_id, year, country, net_minor) VALUES (?, ?, ?, ?)",
                      NOTHING},
    [SALE_OF] = {"distance_sale_of", "SELECT invoice_id, year, country, net_minor FROM distance_sale WHERE invoice_id = ?",
                 READS(distance_sale, sale_column)},
    [SALES] = {"distance_rows",
               "SELECT d.country, l.tax_country, l.tax_rate_ppm AS rate_ppm, "
               "CAST(SUM(IF(i.kind = 'credit_note', -1, 1) * l.net_minor) AS SIGNED) AS base_minor, "
               "CAST(SUM(IF(i.kind = 'credit_note', -1, 1) * ROUND(l.net_minor * l.tax_rate_ppm / 1000000)) AS SIGNED) AS tax_minor FROM distance_sale d "
               "JOIN invoice i ON i.id = d.invoice_id JOIN invoice_line l ON l.invoice_id = i.id "
               "WHERE i.issued_on >= ? AND i.issued_on < ? GROUP BY d.country, l.tax_country, l.tax_rate_ppm "
               "ORDER BY d.country, l.tax_country, l.tax_rate_ppm",
               READS(distance_row, distance_column)},
    [TAXED] = {"taxed_invoices",
               "SELECT COUNT(DISTINCT i.id) AS invoices FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id "
               "WHERE i.issued_on >= ? AND (? IS NULL OR i.issued_on < ?) AND l.tax_country = ? AND l.tax_rate_ppm = ? AND "
               "l.tax_category IN ('S', 'Z')",
               READS(count_row, count_column)},
};
DB_STATEMENTS(taxes, statement)

enum err rate_entries(struct ctx *ctx, const char *country, struct rate_entry **rows, size_t *count)
{
    return db_rows(ctx, &statement[ENTRIES], PARAMS(P_TEXT(country), P_TEXT(country)), rows, count);
}

enum err rate_countries(struct ctx *ctx, struct rate_country **rows, size_t *count)
{
    return db_rows(ctx, &statement[COUNTRIES], NO_PARAMS, rows, count);
}

enum err insert_rate(struct ctx *ctx, const struct rate_entry *r)
{
    return db_write(ctx, &statement[RATE_INSERT],
                    PARAMS(P_TEXT(r->country), P_TEXT(r->region), P_TEXT(r->postal_from), P_TEXT(r->postal_until),
                           P_TEXT(r->tax_class), P_DATE(r->from_on), P_I64(r->rate_ppm), P_TEXT(r->source)), NULL);
}

static enum err total_of(struct ctx *ctx, int which, int year, int64_t *minor)
{
    struct total_row row;
    enum err err = db_row(ctx, &statement[which], PARAMS(P_I64(year)), &row);

    *minor = err == OK ? row.net_minor : 0;
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err distance_totals(struct ctx *ctx, int year, int64_t *last_year_minor, int64_t *this_year_minor)
{
    TRY(ctx, total_of(ctx, TOTAL, year - 1, last_year_minor));
    if (!db_in_transaction(ctx) || distance_at_destination(*last_year_minor, 0, 0))
        return total_of(ctx, TOTAL, year, this_year_minor);
    TRY(ctx, db_write(ctx, &statement[TOTAL_MAKE], PARAMS(P_I64(year)), NULL));
    return total_of(ctx, TOTAL_LOCK, year, this_year_minor);
}

enum err insert_distance_sales(struct ctx *ctx, const struct distance_sale *rows, size_t count)
{
    return db_write_many(ctx, &statement[SALES_INSERT], sale_column, COUNT_OF(sale_column), rows, sizeof rows[0], count);
}

enum err distance_sale_of(struct ctx *ctx, int64_t invoice_id, struct distance_sale *sale)
{
    return db_row(ctx, &statement[SALE_OF], PARAMS(P_I64(invoice_id)), sale);
}

enum err distance_rows(struct ctx *ctx, int32_t from_on, int32_t until_on, struct distance_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[SALES], PARAMS(P_DATE(from_on), P_DATE(until_on)), rows, count);
}

enum err count_taxed_invoices(struct ctx *ctx, const char *country, int32_t rate_ppm, int32_t from_on, int32_t until_on, int64_t *count)
{
    struct count_row row;

    TRY(ctx, db_row(ctx, &statement[TAXED],
                    PARAMS(P_DATE(from_on), P_DATE(until_on), P_DATE(until_on), P_TEXT(country), P_I64(rate_ppm)), &row));
    *count = row.invoices;
    return OK;
}
