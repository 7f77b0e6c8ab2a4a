/* falling_behind: what becomes of subscriptions whose invoices stay unpaid: past due, active again when nothing late is owed any
 * more, given up in the end (core/subscription).
 *
 * Everything in the caller's transaction, with the receivable and its case locked. What a subscription's state does not allow does
 * not happen. */
#ifndef TACITE_SERVICE_FALLING_BEHIND_H
#define TACITE_SERVICE_FALLING_BEHIND_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/dunning.h"

/* Of an invoice that is late. */
enum err fall_behind(struct ctx *ctx, const struct billed_subscription *rows, size_t count) MUST_USE;

/* Of an invoice that is not asked for any more. */
enum err catch_up(struct ctx *ctx, const struct billed_subscription *rows, size_t count) MUST_USE;

/* They end today, unpaid: nothing more is collected or asked of them, and their customers are told. *closed grows by those that
 * end. */
enum err close_unpaid(struct ctx *ctx, const struct billed_subscription *rows, size_t count, int64_t *closed) MUST_USE;

#endif
