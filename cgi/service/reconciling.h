/* reconciling: our books against gateway and bank, every day (MON-30).
 *
 * A source is two lists of the same money (a row of the table in reconciling.c); core/reconciliation says how they
 * differ; each difference becomes a row that a seller sees until it is gone. What the gateway can answer for an attempt
 * of ours is asked and settled at once, through the one door (service/settling); nothing else is ever booked from here. */
#ifndef TACITE_SERVICE_RECONCILING_H
#define TACITE_SERVICE_RECONCILING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"

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

enum decide_refusal {
    DECIDE_NOT_REFUSED = 1,
    DECIDE_DONE_BEFORE,
    DECIDE_NO_ANSWER,   /* the gateway does not say anything new */
    DECIDE_NO_INVOICE,  /* no invoice has that number */
    DECIDE_NOT_OPEN,    /* another sum is open on it, or it is in another currency */
    DECIDE_IN_PROGRESS, /* it is being paid another way */
};
const char *decide_refusal_text(enum decide_refusal refusal); /* English msgid */

struct deciding {
    int64_t id;                 /* of the difference */
    const char *invoice_number; /* of book_difference */
    enum decide_refusal refusal;
    const char *url;
};
/* Asks the gateway about our attempt, and settles what it says. */
enum err ask_about_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;
/* A person's word: what the gateway took paid this invoice. It is settled as if we had asked for it. */
enum err book_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;
/* Looked at; it is told no more. */
enum err set_difference_aside(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;

#endif
