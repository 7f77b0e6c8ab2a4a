/* dunning: the cases of invoices that stay unpaid, as what else happens begins and ends them: opened when a debit is declined, ended
 * by the payment or by a person. The due day opens them too, and moves them on as core/dunning decides (service/dunning_steps).
 *
 * A case never charges by itself: a new try makes the invoice due for collect, which goes through the one attempt and
 * the one settlement. Locks: receivable, case, subscriptions. */
#ifndef TACITE_SERVICE_DUNNING_H
#define TACITE_SERVICE_DUNNING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/invoice.h"

/* In the settlement's transaction, with the receivable locked: opens the case of a debit that was declined or taken back today,
 * or sends the reminder that waited for this try. *tells: the caller tells the customer of the decline itself. */
enum err note_declined_debit(struct ctx *ctx, const struct receivable *receivable, bool can_retry, bool *tells) MUST_USE;

/* In the transaction of a return after which nobody is written to: its case is there, and stopped. */
enum err silence_case(struct ctx *ctx, const struct receivable *receivable, const char *reason) MUST_USE;

/* In the transaction that makes the receivable paid: ends its case, if it has one; subscriptions that owe nothing late
 * any more are active again. */
enum err end_case_paid(struct ctx *ctx, int64_t invoice_id) MUST_USE;
/* The same when what it was about is asked no more (store/claim). */
enum err end_case_dropped(struct ctx *ctx, int64_t invoice_id) MUST_USE;

/* A person ends the case: nothing more is sent or closed. */
struct dunning_stop {
    bool stale;      /* it was over already; nothing was done */
    const char *url; /* where once leads */
};
enum err stop_case(struct ctx *ctx, int64_t invoice_id, const char *reason, const struct once *once, struct dunning_stop *result) MUST_USE;

#endif
