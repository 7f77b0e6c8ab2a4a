/* deposit: what is paid at the signature of an order, and what the order's invoices deduct of it.
 *
 * A deposit is a share of what the order costs with VAT (one-time lines and the first period), or an amount with VAT,
 * minor units of one currency. It is invoiced rate by rate in the shares of the order, priced with VAT: net of a rate
 * is round(price / (1 + rate)), so that the customer pays the amount itself. VAT is due when it is paid (CGI art.
 * 269-2 a, c).
 *
 * An invoice deducts of each rate at most what it asks for at that rate, so that its rest is never negative; what is
 * left waits for the next one. A deduction is the difference of two deposits, as a credit note is of two invoices
 * (core/credit): whatever the order of deductions and credits, together they are the deposit to the cent, net and VAT,
 * and so deposit and rest are what the whole would have been. */
#ifndef TACITE_CORE_DEPOSIT_H
#define TACITE_CORE_DEPOSIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/credit.h"
#include "core/invoice.h"
#include "core/money.h"

struct deposit_terms {
    int32_t ppm;   /* 0..RATE_ONE of the order */
    int64_t minor; /* or an amount with VAT; at most one of the two is above 0, neither: no deposit */
};

/* In the order in which they are told. */
enum deposit_refusal {
    DEPOSIT_NOT_REFUSED = 1,
    DEPOSIT_BOTH,         /* a share and an amount */
    DEPOSIT_NOT_PAID,     /* the quote asks for no payment */
    DEPOSIT_ABOVE_TOTAL,  /* an amount above what the order costs */
};
/* order_minor: what the order costs with VAT; below 0: not known yet. pays: the quote asks for a payment. */
enum deposit_refusal deposit_may_be_asked(const struct deposit_terms *terms, int64_t order_minor, bool pays);
const char *deposit_refusal_text(enum deposit_refusal refusal); /* English msgid, "" when not */

/* What is to be paid: the share half away from zero; never more than the order, which the customer may have made
 * smaller. 0: none. */
int64_t deposit_due(const struct deposit_terms *terms, int64_t order_minor);

/* What lines ask for, rate by rate, in the order of first use: with VAT, as priced. */
struct deposit_room {
    size_t count;
    struct {
        struct tax_decision tax; /* of the first line of the rate */
        int64_t minor;           /* >= 0 */
    } at[TOTALS_GROUPS_MAX];
};
/* Lines are settled (invoice_line_settle). False when out of bounds. */
bool deposit_room(const struct invoice_line *lines, size_t count, struct deposit_room *room);

/* The lines of the prepayment invoice for deposit_minor > 0 of an order: one a rate, shared by cumulative rounding,
 * rates of nothing left out; unit prices are without VAT, description is set by the
 * caller. Returns how many; their prices sum to deposit_minor.
 * 0 when the order asks for nothing. */
size_t deposit_lines(const struct deposit_room *order, int64_t deposit_minor, const struct currency *currency,
                     struct invoice_line lines[TOTALS_GROUPS_MAX]);

/* Decides what is deducted now: now_minor of each line of the deposit, whose before_minor is set to all that was
 * deducted or credited; takes it from the room. Returns the sum, with VAT. The totals are those of credit_totals. */
int64_t deposit_take(struct credit_line *deposit, size_t count, struct deposit_room *room);

#endif
