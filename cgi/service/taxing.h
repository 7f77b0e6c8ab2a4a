/* taxing: the one place that says which VAT the lines of a sale carry.
 *
 * The quote, its document, the order's invoice and every renewal ask here, so that the same sale is taxed the same way
 * wherever it is looked at. The rules are core/tax's; here are the facts: the company's settings, the dated rates, and
 * what consumers in other member states bought this year and last.
 *
 * The threshold of art. 59c is decided per sale: the one that takes the year above it carries the customer's rate. In a
 * transaction the year's total is locked when it matters, so that two sales at once cannot both pass below. Sales in
 * another currency than the euro do not count by themselves: a house that has them takes the option. */
#ifndef TACITE_SERVICE_TAXING_H
#define TACITE_SERVICE_TAXING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/tax.h"
#include "store/company.h"

/* What taxing needs of the seller: loaded once for a whole group of sales. Lives in ctx->arena. */
struct taxing {
    const struct company *company;
    const struct tax_rate *rates;
    size_t rate_count;
    bool known;   /* the two totals were read, since taxing_begin */
    int64_t last_year_minor;
    int64_t this_year_minor; /* with what tax_sale_made added */
};

/* Who buys, as documents know them. */
struct tax_buyer {
    const char *country;
    const char *postal_code;
    const char *vat_id;
    bool is_company;
    bool vat_checked; /* the newest check of exactly this number says that it is valid */
};

struct tax_line {
    const char *tax_class;
    bool goods;
    int64_t priced_minor;    /* its part of the sale as priced; 0: it is only shown */
    bool decided;            /* false: the table holds no rate for it */
    struct tax_decision tax;
};

enum err load_taxing(struct ctx *ctx, const struct company *company, struct taxing *taxing) MUST_USE;

/* A transaction starts, or starts again: the totals are read anew. */
void taxing_begin(struct taxing *taxing);

/* The VAT of every line of one sale, on the day of its chargeable event. *complete is false when a rate is missing:
 * then nothing may be sent, signed or issued. */
enum err tax_sale(struct ctx *ctx, struct taxing *taxing, const struct tax_buyer *buyer, const char *currency, int32_t on,
                  struct tax_line *lines, size_t count, bool *complete) MUST_USE;

/* How the trail tells a missing rate; tax_missing reads it back, class and country as texts of arena. */
#define TAX_MISSING "no VAT rate: %s %s"
bool tax_missing(struct arena *arena, const char *trail, const char **tax_class, const char **country);

/* The sale will be issued in this transaction: the next one of the same group counts it. */
void tax_sale_made(struct taxing *taxing, const char *currency, const struct tax_line *lines, size_t count);

/* Net of the lines that count for the threshold, in cents of euros; 0 in another currency. */
int64_t tax_distance_net(const char *currency, const struct tax_line *lines, size_t count);

#endif
