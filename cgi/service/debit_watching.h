/* debit_watching: what the batch looks after while direct debits wait: files of which nobody says that the bank has them, notices
 * that did not leave, and days of return that are over. */
#ifndef TACITE_SERVICE_DEBIT_WATCHING_H
#define TACITE_SERVICE_DEBIT_WATCHING_H

#include <stdint.h>

#include "base/ctx.h"

/* Opens what a person must know: a file that the bank must have today and of which nobody says that it has, and debits
 * whose notice did not leave in time. What the bank speaks of was sent. */
enum err watch_collections(struct ctx *ctx) MUST_USE;

/* The same and service/debit_settling's days, of which anything waits. *settled grows by those that their days paid. */
enum err care_for_collections(struct ctx *ctx, int64_t *settled) MUST_USE;

#endif
