/* webhook: events that the gateway pushes, and their signatures.
 *
 * "t=<seconds>,v1=<hex>[,v1=...]": HMAC-SHA-256 over "t.body", compared in constant time, 300 s of
 * tolerance, two secrets during a rotation (SEC-50). An event is only a hint: amounts are read from the
 * gateway, never from it. */
#ifndef TACITE_GATEWAY_WEBHOOK_H
#define TACITE_GATEWAY_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

enum { WEBHOOK_HEADER_BYTES_MAX = 4096, WEBHOOK_BODY_BYTES_MAX = 256 * 1024 };

bool webhook_holds(struct arena *arena, const char *header, const char *body, size_t bytes, const char *secret,
                   const char *old_secret, int64_t now);

/* The header for a body, signed at this instant; the sandbox's side. */
char *webhook_sign(struct arena *arena, const char *body, size_t bytes, const char *secret, int64_t now);

struct webhook_event {
    const char *event_ref;  /* "evt_..." */
    const char *type;       /* "checkout.session.completed" */
    const char *object_ref; /* id of data.object */
    const char *intent_ref;  /* payment_intent of data.object: of a charge, a refund, a dispute; "" none */
    const char *attempt_key; /* metadata[attempt] of data.object, "" none */
};

/* False when it is no event. */
bool webhook_read(struct ctx *ctx, const char *body, size_t bytes, struct webhook_event *event);

#endif
