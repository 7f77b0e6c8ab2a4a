/* renewing: bills every subscription that is due, group by group.
 *
 * A group of up to 200 is claimed with SKIP LOCKED, decided one by one (service/renewal_deciding), issued and booked in
 * one transaction. A group that fails is rolled back and taken again one by one; the bad one is set aside
 * with its reason and an item for a person, the others go on. Several processes may run at once.
 *
 * A subscription that is debited first is taken by itself: what its next invoice would ask for is asked as a claim
 * (service/renewal_asking), which stands until it is paid, dropped or followed by another amount; the subscription is looked at every
 * day until then and moves on when the payment makes the invoice. What asks for nothing (free, paid by credit or an
 * advance) and what is left at the end of a contract is invoiced as ever. */
#ifndef TACITE_SERVICE_RENEWING_H
#define TACITE_SERVICE_RENEWING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct renewing {
    int64_t invoices;
    int64_t asked; /* debit first: nothing is invoiced yet */
    int64_t periods;
    int64_t held;
    int64_t failed;
    int64_t ended;
    bool dry_run; /* decide and count, then roll back one group */
    void (*progress)(const struct renewing *state); /* may be NULL */
    bool (*stop)(void); /* asked between groups; may be NULL */
};

/* Bills what is due on ctx->today_on until nothing is left that others do not hold. */
enum err renew_subscriptions(struct ctx *ctx, struct renewing *state) MUST_USE;

/* In the settlement of a payment: the invoice of a claim, issued and booked, which the payment then pays; entry_id is reserved
 * for it. Nothing when there is no claim. *stands false: what was asked is asked no more, and nothing was made. */
enum err invoice_claim(struct ctx *ctx, int64_t invoice_id, int64_t entry_id, bool *stands) MUST_USE;

/* Bills what was due of one subscription through a day that is past: before a change of a later day is applied. A
 * subscription that is held stays so. */
enum err renew_until(struct ctx *ctx, int64_t subscription_id, int32_t by_on) MUST_USE;

#endif
