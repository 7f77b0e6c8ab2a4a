/* exchanging: exchange rates as sellers enter them or take them from the European Central Bank's file, the one that an
 * issued document in another currency keeps, and what documents and money in another currency are in the books. */
#ifndef TACITE_SERVICE_EXCHANGING_H
#define TACITE_SERVICE_EXCHANGING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/chain.h"
#include "core/exchange.h"
#include "core/posting.h"
#include "core/totals.h"
#include "service/once.h"
#include "store/company.h"
#include "store/exchange.h"
#include "store/invoice.h"
#include "store/journal.h"

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

/* ---- a document that is being issued ---- */

struct document_exchange {
    struct exchange exchange;  /* rate_e6 0: in the company's own currency, or a note on a document from before */
    struct invoice_exchange row; /* invoice_id 0: nothing is kept */
    struct tax_group groups[TOTALS_GROUPS_MAX]; /* in the house's currency, by category and rate */
    size_t group_count;
};

/* The rate of a document: that of the invoice which a credit note corrects, else the latest of the day of issue. Without
 * any ERR_LIMIT: it could not be booked. corrected NULL: none. */
enum err find_exchange(struct ctx *ctx, const char *base, const struct invoice *invoice, const struct invoice *corrected,
                       struct document_exchange *x) MUST_USE;

/* What the chain of a document says of its rate; NULL when nothing. */
struct chain_exchange *chain_exchange_of(struct arena *arena, const struct document_exchange *x);
/* Likewise of stored rows; NULL when they are more than a document has. */
struct chain_exchange *stored_exchange(struct arena *arena, const struct invoice_exchange *row, const struct invoice_exchange_tax *taxes, size_t count);

/* Keeps rate and amounts; the document is stored. */
enum err keep_exchange(struct ctx *ctx, const struct document_exchange *x) MUST_USE;

/* ---- money ---- */

/* What an amount is by the latest rate of a day that is known. ERR_LIMIT: there is none, or the result is out of bounds. */
enum err exchange_on(struct ctx *ctx, const struct exchange *document, int32_t on, int64_t minor, int64_t *base_minor) MUST_USE;

/* Completes a payment on an invoice whose money moves on that day; its other members are set. */
enum err exchange_money(struct ctx *ctx, const struct invoice *invoice, int32_t on, struct posting_payment *payment) MUST_USE;
/* The same by codes and rate, as claims have them. */
enum err exchange_payment(struct ctx *ctx, const struct exchange *document, int32_t on, struct posting_payment *payment) MUST_USE;

struct exchange exchange_of_invoice(const struct invoice *invoice);

#endif
