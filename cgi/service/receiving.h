/* receiving: money that came in pays invoices, many at once: payments, allocations, what is open, advances, what
 * people are told, and what is to be booked.
 *
 * Every statement is made once for a group of payments (array binding), so that a statement of the bank with 50,000
 * transfers is one transaction of half a minute. Cards come one by one and are service/settling's. */
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
};

/* In a transaction, in order: what exceeds what is open is the customer's advance. Their customer is the invoice's.
 * bookings: one for each; the caller books them, last. */
enum err receive_payments(struct ctx *ctx, struct receipt *receipts, size_t count, struct booking *bookings) MUST_USE;

#endif
