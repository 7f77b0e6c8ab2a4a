#include "store/exchange.h"

#include "base/check.h"
#include "store/db.h"

static const struct column rate_column[] = {
    COLUMN(I64, exchange_rate, id),          COLUMN(TEXT, exchange_rate, base),       COLUMN(TEXT, exchange_rate, currency),
    COLUMN(DATE, exchange_rate, rate_on),    COLUMN(I64, exchange_rate, rate_e6),     COLUMN(TEXT, exchange_rate, source),
    COLUMN(INSTANT, exchange_rate, entered_at), COLUMN(TEXT, exchange_rate, entered_by),
};
#define RATES "SELECT id, base, currency, rate_on, rate_e6, source, entered_at, entered_by FROM exchange_rate r "

static const struct column invoice_column[] = {
    COLUMN(I64, invoice_exchange, invoice_id), COLUMN(TEXT, invoice_exchange, base),   COLUMN(I64, invoice_exchange, rate_e6),
    COLUMN(DATE, invoice_exchange, rate_on),   COLUMN(TEXT, invoice_exchange, source), COLUMN(I64, invoice_exchange, vat_base_minor),
    COLUMN(I64, invoice_exchange, total_base_minor), COLUMN(BOOL, invoice_exchange, sealed),
};

static const struct column tax_column[] = {
    COLUMN(I64, invoice_exchange_tax, invoice_id), COLUMN(TEXT, invoice_exchange_tax, tax_category), COLUMN(I32, invoice_exchange_tax, tax_rate_ppm),
    COLUMN(I64, invoice_exchange_tax, base_minor), COLUMN(I64, invoice_exchange_tax, tax_minor),
};
#define INVOICE_FIELDS "invoice_id, base, rate_e6, rate_on, source, vat_base_minor, total_base_minor, sealed"

enum { RATE_ON, NEWEST, OF_CURRENCY, INSERT, OF_INVOICE, IN_SLICE, INVOICE_INSERT, TAXES_IN_SLICE, TAXES_INSERT };

static const struct statement statement[] = {
    [RATE_ON] = {"exchange_rate_on", RATES "WHERE base = ? AND currency = ? AND rate_on <= ? ORDER BY rate_on DESC, id DESC LIMIT 1",
                 READS(exchange_rate, rate_column)},
    [NEWEST] = {"exchange_rates_newest",
                RATES "WHERE base = ? AND NOT EXISTS (SELECT 1 FROM exchange_rate n WHERE n.base = r.base AND n.currency = r.currency "
                "AND (n.rate_on > r.rate_on OR (n.rate_on = r.rate_on AND n.id > r.id))) ORDER BY currency",
                READS(exchange_rate, rate_column)},
    [OF_CURRENCY] = {"exchange_rates_of", RATES "WHERE base = ? AND currency = ? ORDER BY rate_on DESC, id DESC LIMIT ?",
                     READS(exchange_rate, rate_column)},
    [INSERT] = {"exchange_rate_insert",
                "INSERT INTO exchange_rate (base, currency, rate_on, rate_e6, source, entered_at, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [OF_INVOICE] = {"invoice_exchange_of",
                    "SELECT " INVOICE_FIELDS " FROM invoice_exchange WHERE invoice_id = ?", READS(invoice_exchange, invoice_column)},
    [IN_SLICE] = {"invoice_exchanges_in_slice", "SELECT " INVOICE_FIELDS " FROM " SLICE "invoice_exchange ON invoice_id = document_id ORDER BY invoice_id",
                  READS(invoice_exchange, invoice_column)},
    [INVOICE_INSERT] = {"invoice_exchange_insert",
                        "INSERT INTO invoice_exchange (" INVOICE_FIELDS ") VALUES "
                        "(?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [TAXES_IN_SLICE] = {"invoice_exchange_taxes_in_slice", "SELECT invoice_id, tax_category, tax_rate_ppm, base_minor, tax_minor FROM " SLICE
                        "invoice_exchange_tax ON invoice_id = document_id ORDER BY invoice_id, tax_category, tax_rate_ppm", READS(invoice_exchange_tax, tax_column)},
    [TAXES_INSERT] = {"invoice_exchange_taxes_insert", "INSERT INTO invoice_exchange_tax (invoice_id, tax_category, tax_rate_ppm, base_minor, tax_minor) "
                      "VALUES (?, ?, ?, ?, ?)", NOTHING},
};
DB_STATEMENTS(exchange, statement)

enum err exchange_rate_on(struct ctx *ctx, const char *base, const char *currency, int32_t on, struct exchange_rate *rate)
{
    return db_row(ctx, &statement[RATE_ON], PARAMS(P_TEXT(base), P_TEXT(currency), P_DATE(on)), rate);
}

enum err exchange_rates_newest(struct ctx *ctx, const char *base, struct exchange_rate **rates, size_t *count)
{
    return db_rows(ctx, &statement[NEWEST], PARAMS(P_TEXT(base)), rates, count);
}

enum err exchange_rates_of(struct ctx *ctx, const char *base, const char *currency, int32_t limit, struct exchange_rate **rates, size_t *count)
{
    return db_rows(ctx, &statement[OF_CURRENCY], PARAMS(P_TEXT(base), P_TEXT(currency), P_I64(limit)), rates, count);
}

enum err insert_exchange_rate(struct ctx *ctx, const struct exchange_rate *r)
{
    return db_write(ctx, &statement[INSERT],
                    PARAMS(P_TEXT(r->base), P_TEXT(r->currency), P_DATE(r->rate_on), P_I64(r->rate_e6), P_TEXT(r->source), P_INSTANT(ctx->now),
                           P_TEXT(ctx->actor)), NULL);
}

enum err invoice_exchange_of(struct ctx *ctx, int64_t invoice_id, struct invoice_exchange *exchange)
{
    return db_row(ctx, &statement[OF_INVOICE], PARAMS(P_I64(invoice_id)), exchange);
}

enum err insert_invoice_exchange(struct ctx *ctx, const struct invoice_exchange *x)
{
    return db_write(ctx, &statement[INVOICE_INSERT],
                    PARAMS(P_I64(x->invoice_id), P_TEXT(x->base), P_I64(x->rate_e6), P_DATE(x->rate_on), P_TEXT(x->source), P_I64(x->vat_base_minor),
                           P_I64(x->total_base_minor), P_BOOL(x->sealed)), NULL);
}

enum err invoice_exchanges_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_exchange **rows, size_t *count)
{
    return db_rows(ctx, &statement[IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err invoice_exchange_taxes_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_exchange_tax **rows, size_t *count)
{
    return db_rows(ctx, &statement[TAXES_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err insert_invoice_exchange_taxes(struct ctx *ctx, const struct invoice_exchange_tax *rows, size_t count)
{
    return db_write_many(ctx, &statement[TAXES_INSERT], tax_column, COUNT_OF(tax_column), rows, sizeof rows[0], count);
}
