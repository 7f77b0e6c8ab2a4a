/* renewal_parts: what subscriptions bill on one day each, and the invoices that become of it.
 *
 * A part is what one subscription bills on one due day: what ended and what begins on it. It becomes an invoice, which can
 * be paid, disputed and credited by itself; of customers who want one invoice for all, those parts become one that an
 * invoice can hold. */
#ifndef TACITE_SERVICE_RENEWAL_PARTS_H
#define TACITE_SERVICE_RENEWAL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/billing.h"
#include "service/invoicing.h"
#include "service/taxing.h"
#include "store/renewal.h"
#include "store/subscription.h"

struct renewal_part {
    const struct subscription *subscription;
    const struct buyer *buyer;
    const struct subscription_line *lines; /* to which the items' lines point */
    const struct billing_item *items;      /* of one due day */
    size_t item_count;
};

struct renewal_parts {
    struct renewal_part *of;
    size_t count;
    size_t max;
    int64_t periods; /* in all of them */
};

/* One for each due day of the plan. ERR_LIMIT when there is no room for them. */
enum err add_renewal_parts(struct ctx *ctx, struct renewal_parts *parts, const struct subscription *s, const struct buyer *buyer,
                           const struct subscription_line *lines, const struct billing_plan *plan) MUST_USE;

/* The VAT of one invoice's lines, in their order, on the day when its periods were due: a run that comes late gives what
 * the run of that day would have given. ERR_LIMIT (TAX_MISSING) when there is no rate. */
enum err tax_renewal_parts(struct ctx *ctx, struct taxing *taxing, const struct renewal_part *parts, size_t count,
                           struct tax_line **taxed) MUST_USE;

/* Their invoices, to be issued; works has room for one of each part. consolidated: of customers who want one invoice for
 * all. was_asked: each stands as a claim already. */
enum err draft_renewal_invoices(struct ctx *ctx, struct taxing *taxing, struct renewal_parts *parts, bool consolidated, bool was_asked,
                                struct invoice_work *works, size_t *work_count) MUST_USE;

#endif
