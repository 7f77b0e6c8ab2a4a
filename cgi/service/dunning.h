/* dunning: the cases of invoices that stay unpaid: opened when a debit is declined or the due day has come, moved on by
 * the batch as core/dunning decides, ended by the payment.
 *
 * A case never charges by itself: a new try makes the invoice due for collect, which goes through the one attempt and
 * the one settlement. Locks: receivable, case, subscriptions. */
#ifndef TACITE_SERVICE_DUNNING_H
#define TACITE_SERVICE_DUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/dunning.h"
#include "service/once.h"
#include "store/dunning.h"
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

/* Opens cases and takes the steps that are due, a transaction each. */
struct dunning_run {
    bool dry_run;
    bool (*stop)(void);
    int64_t opened;
    int64_t acted;
    int64_t closed; /* subscriptions */
    int64_t failed;
};
enum err run_dunning(struct ctx *ctx, struct dunning_run *run) MUST_USE;

/* A person ends the case: nothing more is sent or closed. *stale: it is over already. */
struct dunning_result {
    bool stale;
    bool taken;       /* another rule has the name */
    const char *url;  /* where once leads */
};
enum err stop_case(struct ctx *ctx, int64_t invoice_id, const char *reason, const struct once *once, struct dunning_result *result) MUST_USE;

/* Saves a checked rule: a new one, or one that takes the place of rule->id for plans and for cases to come. */
enum err change_dunning_rule(struct ctx *ctx, struct dunning_rule *rule, const struct dunning_step *steps, size_t count,
                             const struct once *once, struct dunning_result *result) MUST_USE;

#endif
