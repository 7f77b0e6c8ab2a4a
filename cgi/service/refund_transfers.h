/* refund_transfers: refunds by bank transfer: they wait until a person or the bank's statement says that they were made. */
#ifndef TACITE_SERVICE_REFUND_TRANSFERS_H
#define TACITE_SERVICE_REFUND_TRANSFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/refund.h"
#include "service/booking.h"
#include "service/once.h"
#include "store/bank.h"
#include "store/refund.h"

struct refund_result {
    enum refund_refusal refusal; /* REFUND_CHANGED: it was dealt with meanwhile */
    const char *url;
};
/* A transfer that was made, on this day. */
enum err mark_refund_made(struct ctx *ctx, int64_t refund_id, int32_t on, const struct once *once, struct refund_result *result) MUST_USE;
/* A transfer that is not made: its credit is the customer's again. */
enum err withdraw_refund(struct ctx *ctx, int64_t refund_id, const struct once *once, struct refund_result *result) MUST_USE;
/* The full account number of a transfer that waits; ERR_CORRUPT when it does not open. */
enum err refund_iban(struct ctx *ctx, const struct refund *refund, const char **iban) MUST_USE;

/* In the transaction of a new entry of the bank's statement: is this debit one of our transfers? Then it is made, and
 * *booking is to be booked. Of two that fit it is the older. */
enum err match_refund_transfer(struct ctx *ctx, const struct bank_entry_row *entry, int64_t journal_id, struct booking *booking,
                               bool *matched) MUST_USE;

#endif
