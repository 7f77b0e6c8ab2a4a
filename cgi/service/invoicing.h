/* invoicing: issues invoices and credit notes: number, chain, lines, VAT, what is open, journal and deferred
 * revenue, all in the caller's transaction, for one document or a whole group by array binding.
 *
 * What a customer's credit notes left is used by the customer's next invoice in that currency before anybody is
 * debited; VAT that is due on payment is then due with it.
 *
 * Deposits of the invoice's own orders are deducted before that (service/deducting).
 *
 * The series row is locked when everything else is decided, so that numbers and chain of parallel
 * batches come one after the other and none is lost when a group is rolled back (decisions.md 2). */
#ifndef TACITE_SERVICE_INVOICING_H
#define TACITE_SERVICE_INVOICING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/credit.h"
#include "core/invoice.h"
#include "service/exchanging.h"
#include "store/company.h"
#include "store/credit.h"
#include "store/deposit.h"
#include "store/invoice.h"
#include "store/taxes.h"

struct work_line {
    struct invoice_line line; /* core: what is billed */
    const char *unit;
    int64_t subscription_line_id; /* 0 none */
    int64_t quote_line_id;        /* 0 none */
    int64_t product_id;           /* 0 none: which account its revenue stands on */
    const char *account;          /* of a credit note: that of the corrected line; NULL: the product's or the chart's */
};

/* What makes a work a credit note; written by prepare_credit_note (service/crediting), whose locks hold until the
 * transaction ends. */
struct correction {
    struct invoice corrected;
    struct receivable receivable; /* of the corrected invoice, locked */
    const char *reason;
    const int32_t *positions; /* per line of the work: that of the corrected line */
    struct totals totals;
    struct credit_account before; /* where the corrected invoice stands, and what the note does to it */
    struct credit_effect effect;
    struct deferral *deferrals; /* of the corrected invoice, as they become */
    int64_t *cancelled_minor;   /* of each: revenue that is not deferred any more */
    size_t deferral_count;
    int64_t left_minor;         /* with VAT: what can still be credited after it */
    struct deposit deposit;     /* of a prepayment invoice: locked; invoice_id 0 else */
    struct deducted rest;       /* of it: what is neither deducted nor credited yet */
    struct distance_sale distance; /* net_minor 0: none */
};

/* One document to issue. The first members are the caller's, from `invoice` on they are the result. */
struct invoice_work {
    int64_t customer_id;
    int64_t customer_version_id;
    const unsigned char *personal_digest; /* of that version */
    const char *language;
    const char *currency;
    int64_t order_id;
    int64_t subscription_id;
    const char *journal; /* in which it is booked; NULL, "": VT */
    int32_t collect_on; /* first automatic debit; DATE_NONE: the customer pays */
    struct work_line *lines;
    size_t line_count;
    const struct billing_period_row *periods; /* what it bills; invoice_id is filled in */
    size_t period_count;
    bool leaves_credit; /* paid by other means in this transaction: the customer's credit stays */
    const struct correction *correction; /* a credit note; NULL: an invoice */
    bool was_asked; /* debit first: its receivable stands already, as the claim of store/claim */
    int64_t deposit_of_order; /* a prepayment invoice of this order, paid in this transaction; 0: none */
    struct invoice invoice;
    struct totals totals;
    struct deduction *deductions; /* of deposits: service/deducting */
    size_t deduction_count;
    int64_t deducted_minor;    /* their sum with VAT, and the VAT in it */
    int64_t deducted_vat_minor;
    int64_t credit_used_minor; /* of the customer's credit */
    int64_t credit_base_minor; /* of a work in another currency: what leaves the notes in the books */
    struct document_exchange books;
};

/* What is left to be paid of an issued work: neither deducted nor paid with credit. */
int64_t work_asks(const struct invoice_work *work);

/* Ids for count invoices, reserved before the transaction. */
struct invoice_ids {
    int64_t first_invoice_id;
    int64_t first_entry_id;
};
enum err reserve_invoice_ids(struct ctx *ctx, size_t count, struct invoice_ids *ids) MUST_USE;

/* What the next does before it locks a series: work_asks says then what each will ask for, deposits and credit counted. Nothing
 * is written. */
enum err weigh_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids) MUST_USE;

/* Issues them on ctx->today_on, in order; what a credit note leaves is there for the invoices behind it. ERR_LIMIT when
 * an amount is out of bounds; ERR_DUPLICATE when a period was billed before: roll back. An invoice is corrected by at
 * most one note of a group. */
enum err issue_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids) MUST_USE;

#endif
