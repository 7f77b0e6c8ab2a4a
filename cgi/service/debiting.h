/* debiting: SEPA direct debit from the mandate (service/mandating) to the money, without an intermediary: here its first step,
 * the plan of a collection.
 *
 * A collection is an attempt like any other: READY when it is planned and the customer told of it; PENDING when its file is
 * made (service/debit_files); SUCCEEDED when the bank says so or the days in which it can come back are over
 * (service/debit_settling); DECLINED or REVERSED by the bank's return codes (service/debit_returns), or when its file never
 * left. Whether a file was handed to the bank nobody here can see: a person says so (service/debit_answers), and is asked
 * (service/debit_watching); as long as nobody does, silence is no payment (trust.md C23). */
#ifndef TACITE_SERVICE_DEBITING_H
#define TACITE_SERVICE_DEBITING_H

#include <stdint.h>

#include "base/ctx.h"
#include "store/invoice.h"

/* An open invoice whose subscription has a mandate: the attempt, its day, and the mail that tells the customer; what
 * cannot be collected is left to the link to pay. */
enum err plan_collection(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id) MUST_USE;
/* The same inside a transaction. */
enum err plan_in_transaction(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id) MUST_USE;

/* Everything that is due and has a mandate, whatever the card gateway is doing; one that cannot be planned waits a day and
 * holds nobody. What money of nobody may have paid is left to a person (service/collecting). */
enum err plan_due_collections(struct ctx *ctx) MUST_USE;

#endif
