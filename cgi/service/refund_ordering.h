/* refund_ordering: a person orders that money goes back: to the card that paid, or by transfer; out of a credit note, with one,
 * or so that the invoice is open again.
 *
 * One transaction: the refund is READY, and what it takes from is held. Sending it is service/refunding's, a transfer
 * waits (service/refund_transfers). Nothing is ordered while a restored database is looked at.
 *
 * Locks: attempt, receivable or customer's credit. */
#ifndef TACITE_SERVICE_REFUND_ORDERING_H
#define TACITE_SERVICE_REFUND_ORDERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/credit.h"
#include "core/refund.h"
#include "service/once.h"
#include "store/refund.h"

struct refund_order {
    int64_t payment_id;       /* back to the card that paid; 0: by transfer */
    int64_t credit_note_id;   /* whose credit goes back; 0: see the next two */
    int64_t invoice_id;       /* without a note: it is open again by the amount */
    bool with_note;           /* a credit note over everything that is left of invoice_id is issued with it */
    int64_t amount_minor;
    const char *reason;
    const char *iban;         /* of a transfer, normalised */
    const char *account_name;
    /* the answer */
    enum refund_refusal refusal;
    enum credit_refusal credit_refusal; /* of the note; CREDIT_NOT_REFUSED else */
    int64_t refund_id;        /* 0: nothing was ordered */
    const char *url;          /* where once leads; NULL: to the refund */
};
enum err order_refund(struct ctx *ctx, struct refund_order *order, const struct once *once) MUST_USE;

/* What the same order meets now, its amount aside: for the form. left_minor: the most that can be asked. */
struct refund_outlook {
    enum refund_refusal refusal; /* but those of amount and reason */
    int64_t left_minor;          /* of the payment */
    int64_t paid_minor;          /* of the invoice that it paid, that can be opened again */
    int64_t noted_minor;         /* what a credit note over the rest would leave for a refund; 0: none can be made */
    struct allocated paid;       /* invoice_id 0: the payment is on none */
};
enum err refund_outlook(struct ctx *ctx, const struct refundable *payment, struct refund_outlook *outlook) MUST_USE;

#endif
