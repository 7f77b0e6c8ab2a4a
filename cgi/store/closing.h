/* closing: closed days, months and years, what they sum, and what stands in their way. */
#ifndef TACITE_STORE_CLOSING_H
#define TACITE_STORE_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

#define CLOSING_SERIES "closing"

struct closing {
    int64_t id;
    int64_t sequence;
    int32_t version; /* of its record: from 2 on it says its VAT */
    const char *kind;
    int32_t from_on;
    int32_t until_on;
    const char *currency;
    int64_t entry_count;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t sales_minor;
    int64_t all_entry_count;
    int64_t all_debit_minor;
    int64_t all_credit_minor;
    int64_t all_sales_minor;
    int64_t all_absolute_minor;
    int64_t closed_at;
    const char *closed_by;
    unsigned char chain_previous[32];
    unsigned char chain_digest[32];
};
enum err insert_closings(struct ctx *ctx, const struct closing *rows, size_t count) MUST_USE; /* ids are given */
/* Its VAT, rows of their own. */
struct closing_tax_row {
    int64_t sequence; /* of the closing */
    const char *tax_category;
    int32_t tax_rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
    int64_t all_base_minor;
    int64_t all_tax_minor;
};
enum err insert_closing_taxes(struct ctx *ctx, const struct closing_tax_row *rows, size_t count) MUST_USE;
/* Of closings first to last, in their order, by category and rate. */
enum err closing_taxes_between(struct ctx *ctx, int64_t first, int64_t last, struct closing_tax_row **rows, size_t *count) MUST_USE;
/* Keeps what stands on each account at the end of a closed month: what the last one kept, and what came since. */
enum err insert_closed_balances(struct ctx *ctx, int32_t until_on, const char *currency) MUST_USE;
/* kind "" all; newest first, below before_sequence (0: from the newest). */
enum err closings(struct ctx *ctx, const char *kind, int64_t before_sequence, int32_t limit, struct closing **rows, size_t *count) MUST_USE;
/* In their order, for verification. */
enum err closings_after(struct ctx *ctx, int64_t sequence, int32_t limit, struct closing **rows, size_t *count) MUST_USE;
enum err closing_of(struct ctx *ctx, const char *kind, int32_t from_on, bool *exists) MUST_USE;
/* What of a span is closed: every closing that begins in it. */
struct closed {
    const char *kind;
    int32_t from_on;
};
enum err closed_within(struct ctx *ctx, int32_t from_on, int32_t until_on, struct closed **rows, size_t *count) MUST_USE;
/* The last day closed that ends at or before on: where totals since the beginning stand. ERR_NOT_FOUND: none. */
enum err closing_day_before(struct ctx *ctx, int32_t on, struct closing *closing) MUST_USE;

struct closing_state {
    int32_t first_on;      /* of the first entry; DATE_NONE none */
    int32_t open_from_on;  /* DATE_NONE: nothing is closed */
};
enum err closing_state(struct ctx *ctx, struct closing_state *state) MUST_USE;

/* What a day's entries and documents sum, in one currency: documents in others as they stand in the books; entries of
 * every currency count. Days without any are not there. */
struct day_sum {
    int32_t happened_on;
    int64_t entry_count;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t sales_minor;
    int64_t absolute_minor;
};
/* The VAT of a day's documents by category and rate, less what they deduct of deposits, likewise. */
struct day_tax {
    int32_t happened_on;
    const char *tax_category;
    int32_t tax_rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
};
enum err day_taxes(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct day_tax **rows, size_t *count) MUST_USE;

enum err day_sums(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct day_sum **rows, size_t *count) MUST_USE;

/* What is dated before until_on and not booked: invoices and payments without entry, attempts without answer, deferred
 * revenue to release, periods to bill. Oldest first. */
struct open_work {
    const char *kind; /* "invoice", "payment", "attempt", "deferral", "renewal" */
    const char *ref;  /* number of what it is about: invoice, quote or subscription */
    int32_t happened_on;
};
enum err open_work_before(struct ctx *ctx, int32_t until_on, int32_t limit, struct open_work **rows, size_t *count) MUST_USE;

/* The one lock of closings, held by the connection. *got false: somebody else closes. */
enum err lock_closings(struct ctx *ctx, bool *got) MUST_USE;
enum err unlock_closings(struct ctx *ctx) MUST_USE;

#endif
