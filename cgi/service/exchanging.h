/* exchanging: exchange rates as sellers enter them or take them from the European Central Bank's file, and the one that an
 * issued document in another currency keeps. */
#ifndef TACITE_SERVICE_EXCHANGING_H
#define TACITE_SERVICE_EXCHANGING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/exchange.h"
#include "service/once.h"
#include "store/company.h"
#include "store/exchange.h"
#include "store/invoice.h"

struct exchanging_result {
    size_t added;            /* rates */
    const char *url;
};
/* base, currency, rate_on, rate_e6 and source of rate. */
enum err add_exchange_rate(struct ctx *ctx, const struct exchange_rate *rate, const struct once *once, struct exchanging_result *result) MUST_USE;
/* All or nothing; rates that are there already are left out. The base is the euro. */
enum err add_ecb_rates(struct ctx *ctx, const struct ecb_rate *rates, size_t count, const struct once *once, struct exchanging_result *result) MUST_USE;

/* True when a quote in this currency can be sent: the company's own, or one with a rate that is not stale. */
enum err exchange_is_known(struct ctx *ctx, const char *base, const char *currency, bool *known) MUST_USE;

/* In the transaction that issues the document: keeps its rate where it is in another currency than the company's.
 * corrected_id: of the invoice that a credit note corrects, whose rate it has; 0 none. Without any rate ERR_LIMIT when
 * there is VAT to tell in the company's currency; where there is none, nothing is kept. */
enum err keep_exchange(struct ctx *ctx, const struct company *company, const struct invoice *invoice, int64_t corrected_id) MUST_USE;

#endif
