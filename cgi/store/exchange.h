/* exchange: rates by day, and the rate that an issued document has. Rows are inserted and never changed. */
#ifndef TACITE_STORE_EXCHANGE_H
#define TACITE_STORE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/slice.h"

struct exchange_rate {
    int64_t id;
    const char *base;
    const char *currency;
    int32_t rate_on;
    int64_t rate_e6;       /* units of the currency for one of the base (core/exchange.h) */
    const char *source;
    int64_t entered_at;
    const char *entered_by;
};
/* The newest day's that is not after on; of a day, the one that was entered last. ERR_NOT_FOUND. */
enum err exchange_rate_on(struct ctx *ctx, const char *base, const char *currency, int32_t on, struct exchange_rate *rate) MUST_USE;
/* The newest of each currency, by currency. */
enum err exchange_rates_newest(struct ctx *ctx, const char *base, struct exchange_rate **rates, size_t *count) MUST_USE;
/* Of one currency, newest day first. */
enum err exchange_rates_of(struct ctx *ctx, const char *base, const char *currency, int32_t limit, struct exchange_rate **rates, size_t *count) MUST_USE;
/* By ctx->actor, now. */
enum err insert_exchange_rate(struct ctx *ctx, const struct exchange_rate *rate) MUST_USE;

struct invoice_exchange {
    int64_t invoice_id;
    const char *base;
    int64_t rate_e6;
    int32_t rate_on;
    const char *source;
    int64_t vat_base_minor;   /* in the books, less that of deposits which it deducts; of a row that is not sealed: of the whole document */
    int64_t total_base_minor; /* likewise */
    bool sealed;              /* false: from before; neither in the document's chain nor in its entries */
};
enum err invoice_exchange_of(struct ctx *ctx, int64_t invoice_id, struct invoice_exchange *exchange) MUST_USE; /* ERR_NOT_FOUND */
enum err invoice_exchanges_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_exchange **rows, size_t *count) MUST_USE; /* by invoice */
enum err insert_invoice_exchange(struct ctx *ctx, const struct invoice_exchange *exchange) MUST_USE;

/* Base and VAT of a sealed one in the house's currency, by category and rate. */
struct invoice_exchange_tax {
    int64_t invoice_id;
    const char *tax_category;
    int32_t tax_rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
};
enum err invoice_exchange_taxes_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_exchange_tax **rows, size_t *count) MUST_USE;
enum err insert_invoice_exchange_taxes(struct ctx *ctx, const struct invoice_exchange_tax *rows, size_t count) MUST_USE;

#endif
