/* ordering: a quote becomes an order: its subscription, its invoices, the mails to customer and seller; or, of a quote that
 * changes a running contract, that change (service/quoted_change).
 *
 * Everything in the caller's transaction, with the quote locked. UNIQUE(quote_id) refuses a second order: ERR_DUPLICATE. */
#ifndef TACITE_SERVICE_ORDERING_H
#define TACITE_SERVICE_ORDERING_H

#include <stdint.h>

#include "base/ctx.h"

struct attempt;
struct invoice_ids;
struct offer;

enum {
    ORDER_INVOICES = 2, /* of one order at most: the deposit's and the first */
    ORDER_IDS = 16      /* reserved for an acceptance: a change of a contract may give back on several invoices */
};

/* The order of a quote that needs no payment (signature only, or nothing due). The invoice stays open with a link to pay when
 * something is due. offer: as it stands under the quote's lock; ids: ORDER_IDS reserved before. */
enum err confirm_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids) MUST_USE;

/* What paid for an order. */
struct order_paid {
    const struct attempt *attempt;
    int64_t payment_id;
    int64_t method_id; /* the card that is kept for the subscription; 0: none */
    int64_t entry_id;  /* reserved: its entry in the journal */
};
/* The order of a quote that was paid: the money stands on its first invoice, which is that of the deposit where one was
 * asked for; what differs from it is an item for a person. ids: ORDER_IDS of them. */
enum err confirm_paid_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids, const struct order_paid *paid) MUST_USE;

#endif
