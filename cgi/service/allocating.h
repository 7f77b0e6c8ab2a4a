/* allocating: money and invoices: what is asked of an invoice, and what a payment does to it. */
#ifndef TACITE_SERVICE_ALLOCATING_H
#define TACITE_SERVICE_ALLOCATING_H

#include <stdint.h>

#include "base/ctx.h"
#include "core/credit.h"
#include "service/booking.h"
#include "store/invoice.h"

/* What is asked of an invoice, less deposits, less what is credited: for payments and credit notes. Reads under the lock of its
 * receivable. */
enum err credit_account_of(struct ctx *ctx, const struct invoice *invoice, const struct receivable *receivable,
                           struct credit_account *account) MUST_USE;

/* Takes a payment of amount_minor for an invoice: allocation and what is open, and into *booking what is to be booked
 * (its entry_id is the caller's). *above_minor is what exceeds what was open: it stands on 4191. money_account is
 * ACCOUNT_CARD, ACCOUNT_BANK, or ACCOUNT_ADVANCE when the customer's advance pays. */
enum err allocate_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking, int64_t *above_minor) MUST_USE;
/* The same of money that comes in now: what is above is the customer's advance and pays what comes next. */
enum err allocate_receipt(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking) MUST_USE;

/* Books a payment of amount_minor on an invoice: allocation, journal, what is open; what is above is the customer's
 * advance. In a transaction; entry_id is reserved. */
enum err book_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                      int64_t entry_id) MUST_USE;

#endif
