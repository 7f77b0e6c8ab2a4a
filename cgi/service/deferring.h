/* deferring: deferred revenue as its months come: released to revenue, and proved.
 *
 * Each line of an invoice keeps the method that the house had chosen when it was issued (core/deferral): what the seller
 * chooses later counts for later invoices. Amounts are in the currency of the document. */
#ifndef TACITE_SERVICE_DEFERRING_H
#define TACITE_SERVICE_DEFERRING_H

#include <stdint.h>

#include "base/ctx.h"

/* Books the releases that are due: 487 to revenue, dated the last day of what they recognise. *count entries. */
enum err recognise_revenue(struct ctx *ctx, int64_t *count) MUST_USE;

/* Finds what is recognised of each line again from the beginning, by its method; *bad names the first that differs
 * ("INV-2026-00042 line 1"; "" none). Memory is that of one slice. */
enum err verify_deferrals(struct ctx *ctx, const char **bad, int64_t *verified) MUST_USE;

#endif
