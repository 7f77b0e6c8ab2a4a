/* tax_rates: adding a dated rate to the table, and trying what the table and the rules make of a sale. */
#ifndef TACITE_SERVICE_TAX_RATES_H
#define TACITE_SERVICE_TAX_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tax_table.h"
#include "core/territory.h"
#include "core/totals.h"
#include "service/once.h"
#include "store/taxes.h"

struct rate_addition {
    struct rate_entry rate; /* its own until_on is not read */
    int32_t until_on;       /* DATE_NONE for good; else the rate before it counts again from that day on */
    bool confirmed;         /* also where documents were issued with the rate that it replaces */
};
struct rate_added {
    enum rate_refusal refusal;
    int64_t touched; /* invoices of its days with the rate that it replaces; above 0 without confirmed: nothing was added */
    const char *url; /* NULL while nothing was added */
};
/* Decisions of other processes know it within half a minute. */
enum err add_rate(struct ctx *ctx, const struct rate_addition *addition, const struct once *once, struct rate_added *result) MUST_USE;

/* One imagined sale. */
struct tax_trial {
    struct territory seller;
    struct territory buyer;
    bool decided;            /* false: the table holds no rate */
    struct tax_decision tax;
    struct totals totals;    /* of the amount */
    bool rate_found;
    bool standard_instead;   /* the place has no rate of the class: its standard one counts */
    struct rate_entry rate;  /* the row that gave the rate, when rate_found */
};
/* amount_minor: as priced. */
enum err try_tax(struct ctx *ctx, const struct tax_facts *facts, int64_t amount_minor, struct tax_trial *trial) MUST_USE;

#endif
