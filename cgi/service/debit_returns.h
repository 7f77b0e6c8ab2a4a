/* debit_returns: direct debits that come back: returns, refunds and rejects move attempt, invoice and mandate by their code
 * (core/return_code), and tell the customer. What was paid is open again, and its booking turned. */
#ifndef TACITE_SERVICE_DEBIT_RETURNS_H
#define TACITE_SERVICE_DEBIT_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* A return, refund or reject of the collection with this end-to-end id. *known false: none of ours has it, or it is for a
 * person; then nothing was done. Told again it changes nothing. */
enum err return_collection(struct ctx *ctx, const char *end_to_end_id, const char *code, bool *known) MUST_USE;

/* The bank refused a batch of ours, or with batch_id "" the whole file with this message id. *count: collections that moved. */
enum err refuse_batch(struct ctx *ctx, const char *message_id, const char *batch_id, const char *code, int32_t *count) MUST_USE;

#endif
