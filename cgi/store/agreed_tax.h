/* agreed_tax: the VAT of each line of a quote's version as it was when the customer signed, or began to pay without
 * signing. What was signed is never changed (the database refuses). */
#ifndef TACITE_STORE_AGREED_TAX_H
#define TACITE_STORE_AGREED_TAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct agreed_tax {
    int64_t version_id;
    int64_t line_id;
    const char *tax_category;  /* core/tax: tax_category_code */
    int32_t tax_rate_ppm;
    const char *tax_reason;    /* tax_reason_name */
    const char *tax_country;
    const char *buyer_country;
    bool distance;
    int32_t agreed_on;
};

enum err agreed_taxes(struct ctx *ctx, int64_t version_id, struct agreed_tax **rows, size_t *count) MUST_USE;
/* Inserts a line's, or replaces it while nothing was signed. */
enum err save_agreed_tax(struct ctx *ctx, const struct agreed_tax *row) MUST_USE;

#endif
