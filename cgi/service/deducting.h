/* deducting: deposits on the invoices of their orders.
 *
 * The order's first invoice takes what it can of the deposit, rate by rate (core/deposit), the next one what is left.
 * A deposit belongs to its order and the subscription that grew from it: no other invoice of the customer takes it. */
#ifndef TACITE_SERVICE_DEDUCTING_H
#define TACITE_SERVICE_DEDUCTING_H

#include <stddef.h>
#include <stdint.h>

#include "service/invoicing.h"

struct deduction {
    const struct invoice *deposit; /* its number is there once it is sealed: deposits stand before what deducts them */
    const char *account;           /* where it was booked */
    struct tax_decision tax;
    int32_t position;              /* of the deposit's line */
    int64_t amount_minor;          /* with VAT */
    int64_t net_minor;
    int64_t vat_minor;
    int64_t base_minor;            /* of a deposit in another currency: what of its net leaves the books */
};

struct deduction_pool {
    struct pooled_deposit *first;
    struct pooled_deposit **end;
    size_t count;
};

/* Decides for a group of prepared works, in their order: deposits of the group and those of before, which are locked.
 * Fills in each work's deductions. */
enum err share_deposits(struct ctx *ctx, struct invoice_work *works, size_t count, struct deduction_pool *pool) MUST_USE;

/* After the documents are stored: deposits and what was deducted of them. */
enum err save_deductions(struct ctx *ctx, const struct invoice_work *works, size_t count, const struct deduction_pool *pool) MUST_USE;

/* What a document says of its deductions, for its chain: of a work that is being sealed, or as stored. */
struct chain_deduction;
struct chain_deduction *work_deductions(struct ctx *ctx, const struct invoice_work *work);
struct chain_deduction *stored_deductions(struct arena *arena, const struct deposit_use *uses, size_t count);

/* Adds what invoices deducted of a deposit to what was credited of its lines: together that is gone. */
enum err add_deducted(struct ctx *ctx, int64_t deposit_id, struct credit_line *lines, size_t count) MUST_USE;

#endif
