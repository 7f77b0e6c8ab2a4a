/* accruing: books what was earned before its invoice, when the month that earned it is closed (core/accrual).
 *
 * Of each subscription two things count: what is open, priced as renewing will bill it, and what was invoiced meanwhile
 * for days of the month; read with the contract's row locked, so that nothing counts twice. Entry and counter-entry are
 * booked together: dated the last day of the month and the day after. A UNIQUE row for subscription and month refuses a
 * second one. Not accrued: goods, which are sold and not rendered; what is debited first and was not paid when the month is
 * closed, for it is asked of nobody yet; amounts in a currency without a rate of that day. */
#ifndef TACITE_SERVICE_ACCRUING_H
#define TACITE_SERVICE_ACCRUING_H

#include <stdint.h>

#include "base/ctx.h"

/* Accrues the month that ends before until_on, the first day of a month, of which no later day is closed: subscriptions
 * by the group, a transaction each; those that have their row are passed over. *count entries, without the counter-entries. */
enum err accrue_month(struct ctx *ctx, int32_t until_on, int64_t *count) MUST_USE;

#endif
