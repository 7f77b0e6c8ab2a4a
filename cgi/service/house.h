/* house: the seller's own data and the test clock, changed from a page or by the batch. */
#ifndef TACITE_SERVICE_HOUSE_H
#define TACITE_SERVICE_HOUSE_H

#include <stdbool.h>

#include "service/once.h"
#include "store/company.h"

struct house_result {
    bool stale;      /* the company was changed meanwhile; the clock is not behind the wanted day */
    bool fixed;      /* it would change how amounts are computed, and a document was issued already */
    const char *url;
};

/* A new version of the company. shown_id: the version that the form was filled from; 0: the first. */
enum err change_company(struct ctx *ctx, struct company *company, int64_t shown_id,
                        const struct once *once, struct house_result *result) MUST_USE;

/* True once a document was issued: prices with or without VAT, and how VAT is rounded, never change again: invoices,
 * renewals and corrections of the same house must add up alike. */
enum err amounts_are_fixed(struct ctx *ctx, bool *fixed) MUST_USE;

/* Moves the test clock forward and makes it ctx->today_on. CHECKs that the tenant is in test mode. */
enum err advance_clock(struct ctx *ctx, int32_t to_on, const struct once *once,
                       struct house_result *result) MUST_USE;

#endif
