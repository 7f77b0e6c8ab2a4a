/* reconciling: our books against gateway and bank, every day (MON-30).
 *
 * A source is two lists of the same money (a row of the table in reconciling.c); core/reconciliation says how they
 * differ; each difference becomes a row that a seller sees until it is gone. What the gateway can answer for an attempt
 * of ours is asked and settled at once, through the one door (service/settling); nothing else is ever booked from here. What is left a person
 * decides (service/difference_deciding). */
#ifndef TACITE_SERVICE_RECONCILING_H
#define TACITE_SERVICE_RECONCILING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct reconciling {
    bool always; /* by the caller: whatever the time */
    bool due;    /* it was done */
    int32_t facts;
    int32_t settled; /* attempts that found their end by it */
    int32_t open;    /* differences that are there now */
    int32_t gone;
};

/* When it is time (once a day, and until it has succeeded after a restore), compares the last ten days and everything that
 * is open from before. ERR_GATEWAY: the gateway did not tell everything; what the other sources say is noted all the same. */
enum err reconcile_money(struct ctx *ctx, struct reconciling *state) MUST_USE;

/* What differs stands among what awaits the seller, until it is gone or somebody has dealt with it. In the caller's transaction. */
enum err tell_differences(struct ctx *ctx) MUST_USE;

#endif
