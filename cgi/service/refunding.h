/* refunding: refunds by the gateway that are ordered (service/refund_ordering): sent once, told by whichever door, settled
 * (service/refund_settling).
 *
 * As with charges: SENDING committed, the call, a transaction with its outcome. Webhook, page and batch are doors to one
 * function. A refund that no page of ours ordered is told to a person and never booked by itself. */
#ifndef TACITE_SERVICE_REFUNDING_H
#define TACITE_SERVICE_REFUNDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/refund.h"

/* Sends what is READY (or UNKNOWN, within 23 hours), asks about the rest, settles; *state is where it stands then. */
enum err pursue_refund(struct ctx *ctx, int64_t refund_id, int64_t budget_ms, enum refund_state *state) MUST_USE;

/* Events about refunds; the event is a hint, the gateway is asked. ERR_GATEWAY when it did not answer. */
bool is_refund_event(const char *type);
/* What to keep of an event as its object: the refund, or the payment of a charge. */
const char *refund_event_object(const char *type, const char *object_ref, const char *intent_ref);
enum err take_refund_event(struct ctx *ctx, const char *object_ref, int64_t budget_ms) MUST_USE;

/* The batch's door. */
enum err check_refunds(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

#endif
