/* gateway_events: what the card gateway pushes: each event is kept once, and whatever it speaks of (an attempt, a card replacement,
 * a refund, a dispute) is asked about at the gateway itself. */
#ifndef TACITE_SERVICE_GATEWAY_EVENTS_H
#define TACITE_SERVICE_GATEWAY_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "gateway/webhook.h"

/* A verified webhook: stored once, then settled from what the gateway itself says; one that tells of nothing of ours, or of
 * what is known, is stored as done. ERR_GATEWAY when it could not be asked
 * within HOOK_BUDGET_MS: the batch does it later. */
enum err receive_event(struct ctx *ctx, const struct webhook_event *event) MUST_USE;

/* Those that are not done. *checked is raised by what was looked at. */
enum err check_events(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

#endif
