/* gateway_request: what every request of the house to the card gateway is made of: where it goes, how long it may take, and the key
 * under which it is done once. */
#ifndef TACITE_SERVICE_GATEWAY_REQUEST_H
#define TACITE_SERVICE_GATEWAY_REQUEST_H

#include "base/ctx.h"
#include "gateway/stripe.h"

/* HOOK: the gateway waits for our answer, and customers for the process that gives it (SEC-50). */
enum { WEB_BUDGET_MS = 9000, HOOK_BUDGET_MS = 1000, BATCH_BUDGET_MS = 30000 };

/* The tenant's gateway and our key to it; its base is "" where there is none. */
struct stripe house_gateway(const struct ctx *ctx);

/* A new key of idempotency (MON-01): tenant, 128 random bits; no personal data. */
char *new_request_key(struct ctx *ctx);

#endif
