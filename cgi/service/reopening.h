/* reopening: money that had paid an invoice is gone again (a refund that leaves the debt, a dispute that was lost).
 *
 * The payment's row stays; an allocation_back says what of it is undone, why and since when. */
#ifndef TACITE_SERVICE_REOPENING_H
#define TACITE_SERVICE_REOPENING_H

#include <stdbool.h>

#include "base/ctx.h"
#include "service/booking.h"
#include "store/refund.h"

/* The invoice is open again by back->amount_minor, 411 and the VAT that waits for payment stand as before that part of it;
 * the money leaves money_account (a role of core/posting). Locks the receivable; *booking becomes what is to be booked (its
 * kind, ids and day are the caller's). Nothing debits it by itself: it was just given back. *refused: more than is paid. */
enum err open_invoice_again(struct ctx *ctx, const struct allocation_back *back, const char *money_account, struct booking *booking,
                            bool *refused) MUST_USE;

#endif
