/* bank_fees: what the bank takes for itself, in the books: 627 D, 512 C. */
#ifndef TACITE_SERVICE_BANK_FEES_H
#define TACITE_SERVICE_BANK_FEES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/booking.h"
#include "store/bank.h"

/* On ctx->today_on, for an entry of the account; journal_id is reserved. given_back: the other way round. An account in another
 * currency than the house's by the day's rate. reference: "" the entry's own. */
enum err bank_fee_booking(struct ctx *ctx, const struct bank_entry_row *entry, int64_t fee_minor, bool given_back, const char *reference,
                          int64_t journal_id, struct booking *booking) MUST_USE;

#endif
