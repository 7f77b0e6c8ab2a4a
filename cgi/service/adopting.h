/* adopting: a payment that the gateway took under a key of ours, and of which no row is left here (a restored backup). */
#ifndef TACITE_SERVICE_ADOPTING_H
#define TACITE_SERVICE_ADOPTING_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/difference_deciding.h"

struct adopting {
    const char *key; /* of the attempt */
    const char *intent_ref;
    int64_t invoice_id;
    int64_t customer_id; /* 0: whoever's the invoice is */
    int64_t amount_minor;
    const char *currency;
    int64_t attempt_id;  /* 0: refused */
    enum decide_refusal refusal;
};

/* For db_transaction (struct adopting *). The attempt that we do not have any more is made again as it stood when the gateway
 * took it: PENDING, so that it is only ever asked about, never sent. Refused unless its very sum is open on the invoice. */
enum err adopt_payment(struct ctx *ctx, void *adopting) MUST_USE;

#endif
