/* renewal_asking: a subscription that is debited first has what its next invoice would ask for asked as a claim
 * (store/claim), one at a time, which stands until it is paid, follows another amount, or is dropped. All in the caller's
 * transaction. */
#ifndef TACITE_SERVICE_RENEWAL_ASKING_H
#define TACITE_SERVICE_RENEWAL_ASKING_H

#include <stdint.h>

#include "base/ctx.h"
#include "store/company.h"
#include "store/invoice.h"
#include "store/renewal.h"
#include "store/subscription.h"

struct renewal_asking {
    const struct company *company;
    const struct subscription *subscription;
    const struct buyer *buyer;
    int64_t invoice_id;  /* that the invoice will have */
    int64_t total_minor; /* of the invoice, and what it asks for: less what credit and deposits pay */
    int64_t asks_minor;
};

/* What is asked already, locked; claim->invoice_id is 0 when nothing is. */
enum err lock_asked(struct ctx *ctx, int64_t subscription_id, struct receivable *claim) MUST_USE;

/* A new claim, or what is asked already (claim) with today's amount; a payment method that was not tried yet is tried. */
enum err ask_for_renewal(struct ctx *ctx, const struct renewal_asking *a, const struct receivable *claim) MUST_USE;

/* What was asked is invoiced otherwise, or no more: the contract is over, a credit or an advance pays it. */
enum err ask_no_more(struct ctx *ctx, const struct receivable *claim) MUST_USE;

#endif
