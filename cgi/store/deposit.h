/* deposit: what became of prepayment invoices. The document itself, its lines and its VAT are rows of store/invoice.
 * Deductions are never changed; the deposit's row is a state, as a receivable is. */
#ifndef TACITE_STORE_DEPOSIT_H
#define TACITE_STORE_DEPOSIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/slice.h"

struct deposit {
    int64_t invoice_id;
    int64_t order_id;
    int64_t subscription_id; /* 0: nothing of the order recurs */
    int64_t customer_id;
    const char *currency;
    int64_t total_minor;
    int64_t left_minor;      /* neither deducted nor credited */
};
enum err insert_deposits(struct ctx *ctx, const struct deposit *rows, size_t count) MUST_USE;
enum err save_deposits(struct ctx *ctx, const struct deposit *rows, size_t count) MUST_USE; /* left_minor */
enum err deposit_of(struct ctx *ctx, int64_t invoice_id, struct deposit *deposit) MUST_USE; /* ERR_NOT_FOUND */
enum err deposit_of_order(struct ctx *ctx, int64_t order_id, struct deposit *deposit) MUST_USE; /* likewise */
enum err deposit_lock(struct ctx *ctx, int64_t invoice_id, struct deposit *deposit) MUST_USE;
/* Those with something left of the customers in [first_id, last_id], without lock: asked once for a whole group. */
enum err spare_deposits(struct ctx *ctx, int64_t first_id, int64_t last_id, struct deposit **rows, size_t *count) MUST_USE;

/* What an invoice deducts of one line of a deposit. */
struct deposit_use {
    int64_t deposit_id;
    int32_t position;
    int64_t invoice_id;
    int64_t amount_minor; /* with VAT, > 0 */
    int64_t net_minor;
    int64_t vat_minor;
    const char *number;   /* of the deposit; these are read only */
    int32_t issued_on;
    const char *tax_category;
    int32_t tax_rate_ppm;
    const char *used_by;  /* number of the invoice */
};
/* The database refuses what exceeds the line. */
enum err insert_deposit_uses(struct ctx *ctx, const struct deposit_use *rows, size_t count) MUST_USE;
enum err deposits_used_on(struct ctx *ctx, int64_t invoice_id, struct deposit_use **rows, size_t *count) MUST_USE; /* deposit by deposit */
enum err deposits_used_in_slice(struct ctx *ctx, const struct slice *slice, struct deposit_use **rows, size_t *count) MUST_USE; /* by invoice */
enum err uses_of_deposit(struct ctx *ctx, int64_t deposit_id, struct deposit_use **rows, size_t *count) MUST_USE;

/* What an invoice deducts in all; zeros when nothing. */
struct deducted {
    int64_t total_minor;
    int64_t vat_minor;
};
enum err deducted_from(struct ctx *ctx, int64_t invoice_id, struct deducted *deducted) MUST_USE;

/* What of a deposit is neither deducted nor credited, with VAT, and the VAT in it. */
enum err deposit_rest(struct ctx *ctx, int64_t deposit_id, struct deducted *rest) MUST_USE;

/* What is left of a subscription's deposit; 0 when it has none. */
enum err deposit_left(struct ctx *ctx, int64_t subscription_id, int64_t *left_minor) MUST_USE;

/* True when there is one of the next. */
enum err stranded_deposit_waits(struct ctx *ctx, bool *waits) MUST_USE;

/* Deposits that no invoice will deduct any more: their subscription has ended or was handed to another customer, or
 * nothing of their order recurs. Claimed and locked. */
enum err claim_stranded_deposits(struct ctx *ctx, int32_t limit, struct deposit **rows, size_t *count) MUST_USE;

#endif
