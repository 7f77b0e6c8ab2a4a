/* receiving: money that came in pays invoices, many at once: payments, allocations, what is open, advances, what
 * people are told, and what is to be booked.
 *
 * Every statement is made once for a group of payments (array binding), so that a statement of the bank with 50,000
 * transfers is one transaction of half a minute. Cards and direct debits come by service/settling, a group that has
 * answered at a time. */
#ifndef TACITE_SERVICE_RECEIVING_H
#define TACITE_SERVICE_RECEIVING_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/booking.h"
#include "store/payable.h"

struct receipt {
    struct payment payment;    /* its id is set */
    int64_t invoice_id;
    int64_t journal_id;        /* reserved before the transaction */
    const char *money_account; /* core/posting: where the money is */
};

/* In a transaction, in order: what exceeds what is open is the customer's advance. Their customer is the invoice's.
 * bookings: one for each; the caller books them, last. */
enum err receive_payments(struct ctx *ctx, struct receipt *receipts, size_t count, struct booking *bookings) MUST_USE;

/* The same for RECEIVED_AT_ONCE at most, whose claims the caller has locked (store/receipt). */
enum { RECEIVED_AT_ONCE = 500 };
struct claim;
enum err receive_claimed(struct ctx *ctx, struct receipt *receipts, size_t count, struct claim *claims, size_t claim_count,
                         struct booking *bookings) MUST_USE;

/* The claim of this invoice among those that were locked; NULL: none. */
struct claim *claim_of_invoice(struct claim *claims, size_t count, int64_t invoice_id);

#endif
