/* invoicing: issues invoices: number, chain, lines, VAT, what is open, journal and deferred revenue,
 * all in the caller's transaction, for one invoice or a whole group by array binding.
 *
 * The series row is locked when everything else is decided, so that numbers and chain of parallel
 * batches come one after the other and none is lost when a group is rolled back (decisions.md 2). */
#ifndef TACITE_SERVICE_INVOICING_H
#define TACITE_SERVICE_INVOICING_H

#include <stddef.h>
#include <stdint.h>

#include "core/invoice.h"
#include "store/company.h"
#include "store/invoice.h"

struct work_line {
    struct invoice_line line; /* core: what is billed */
    const char *unit;
    int64_t subscription_line_id; /* 0 none */
    int64_t quote_line_id;        /* 0 none */
};

/* One invoice to issue. The first members are the caller's, `invoice` and `totals` are the result. */
struct invoice_work {
    int64_t customer_id;
    int64_t customer_version_id;
    const unsigned char *personal_digest; /* of that version */
    const char *language;
    const char *currency;
    int64_t order_id;
    int64_t subscription_id;
    int32_t collect_on; /* first automatic debit; DATE_NONE: the customer pays */
    struct work_line *lines;
    size_t line_count;
    const struct billing_period_row *periods; /* what it bills; invoice_id is filled in */
    size_t period_count;
    struct invoice invoice;
    struct totals totals;
};

/* Ids for count invoices, reserved before the transaction. */
struct invoice_ids {
    int64_t first_invoice_id;
    int64_t first_entry_id;
};
enum err reserve_invoice_ids(struct ctx *ctx, size_t count, struct invoice_ids *ids) MUST_USE;

/* Issues them on ctx->today_on, in order. ERR_LIMIT when an amount is out of bounds; ERR_DUPLICATE when
 * a period was billed before: roll back. */
enum err issue_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids) MUST_USE;

/* Books a payment of amount_minor on an invoice: allocation, journal, what is open. In a transaction;
 * entry_id is reserved. */
enum err book_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, int64_t entry_id) MUST_USE;

/* Verifies numbers and chain of a series; *bad names the first wrong document ("" none). */
enum err verify_chain(struct ctx *ctx, const char *series, const char **bad, int64_t *verified) MUST_USE;

#endif
