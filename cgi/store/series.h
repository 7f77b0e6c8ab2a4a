/* series: the counters of numbers that carry no chain (quotes, customers, subscriptions).
 *
 * The counter's row is locked until the transaction ends, so take a number as late as possible. A
 * transaction that is rolled back gives its number back: no gap. Issued documents, whose series also
 * holds the head of their chain, are numbered by the invoice's own store. */
#ifndef TACITE_STORE_SERIES_H
#define TACITE_STORE_SERIES_H

#include "base/ctx.h"
#include "core/numbering.h"

/* The next number of the prefix in the year of ctx->today_on: "Q-2026-00042". */
enum err take_number(struct ctx *ctx, const char *prefix, char number[NUMBER_BYTES]) MUST_USE;

#endif
