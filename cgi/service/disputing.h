/* disputing: what the gateway says of a dispute becomes what we hold true: its case, the money out and in again, an item
 * with the bank's deadline. While it is open, the invoice's dunning stands still and nothing of its subscription is
 * debited. Lost, a person chooses. Locks: attempt, dispute, receivable. */
#ifndef TACITE_SERVICE_DISPUTING_H
#define TACITE_SERVICE_DISPUTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/dispute.h"
#include "service/once.h"

bool is_dispute_event(const char *type);
/* The event is a hint: the gateway is asked. ERR_GATEWAY when it did not answer. */
enum err take_dispute_event(struct ctx *ctx, const char *dispute_ref, int64_t budget_ms) MUST_USE;

/* A lost one: the invoice is open again, or written off. *stale: it was decided meanwhile; *refused: the invoice was
 * credited since, so that it cannot be open again by this amount. */
struct dispute_choice {
    bool stale;
    bool refused;
    const char *url;
    bool of_deposit; /* refused: a deposit is not open again, it is credited */
};
enum err choose_dispute(struct ctx *ctx, int64_t dispute_id, bool reopens, const struct once *once, struct dispute_choice *choice) MUST_USE;

#endif
