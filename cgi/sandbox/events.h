/* events: what the gateway tells, and its delivery by signed webhooks: at least once, in any order.
 *
 * An event is stored in the transaction of what it tells. Deliveries are taken with a lease, so that
 * one that was cut off is sent again with the same event id and body (trust.md C29). */
#ifndef TACITE_SANDBOX_EVENTS_H
#define TACITE_SANDBOX_EVENTS_H

#include <jansson.h>

#include "sandbox/cards.h"
#include "sandbox/records.h"
#include "sandbox/sandbox.h"

/* Stores the event and its deliveries (two for FAULT_EVENT_TWICE, later for FAULT_EVENT_LATE). */
enum err record_event(struct ctx *ctx, const struct sandbox *sandbox, const char *type, const json_t *object,
                      enum card_fault fault) MUST_USE;

/* Sends what is due until this instant; counts what was accepted and what was not. Not inside a
 * transaction. */
enum err deliver_events(struct ctx *ctx, const struct sandbox *sandbox, int64_t until_at, int *accepted,
                        int *refused) MUST_USE;

/* The pause before the next try, after so many tries; 0: given up (after about three days). */
int64_t delivery_pause(int32_t tries);

#endif
