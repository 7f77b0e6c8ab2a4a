/* taxing: the one place that says which VAT a line of a sale carries.
 *
 * The quote, its document, the order's invoice and every renewal ask here, so that the same sale is taxed the same way
 * wherever it is looked at. The rules are core/tax's; here are the facts: the company's settings and the dated rates. */
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
};

/* Who buys, as documents know them. */
struct tax_buyer {
    const char *country;
    const char *postal_code;
    const char *vat_id;
    bool is_company;
    bool vat_checked; /* the newest check of exactly this number says that it is valid */
};

enum err load_taxing(struct ctx *ctx, const struct company *company, struct taxing *taxing) MUST_USE;

/* The VAT of one line on the day of its chargeable event. False when the table holds no rate for it: then nothing may
 * be sent, signed or issued. */
bool tax_line(const struct taxing *taxing, const struct tax_buyer *buyer, const char *tax_class, bool goods, int32_t on,
              struct tax_decision *decision);

#endif
