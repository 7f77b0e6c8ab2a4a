/* collecting: debits what is due with the customers' stored cards, many at once from one process.
 *
 * A group is claimed (nobody else sees it any more), its attempts are committed READY, then SENDING, and only then any byte
 * leaves. The calls are on their way together; whoever has answered is settled with those who have answered by then, in
 * one transaction, while slow ones go on and new ones start. Claiming moves the invoice's next debit to the next day in the
 * same transaction: what stays unknown holds nobody, and is resolved by check_attempts as any other.
 *
 * A subscription is debited from its own card, or from one that its customer allowed when that is over (service/reserving).
 * A gateway that does not take our key is told at once and left alone: until it does, it is only asked whether it would.
 * How many may be on their way is core/pace's: fewer when the gateway says 429, none for a while when nothing leaves this
 * machine. From which day on a card may be tried again is core/retry's. Where a mandate pays, a collection is planned. */
#ifndef TACITE_SERVICE_COLLECTING_H
#define TACITE_SERVICE_COLLECTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

enum { COLLECTING_AT_ONCE = 64 };

struct collecting {
    bool (*stop)(void); /* true: nothing new starts; what is on its way is waited for and settled */
    int64_t paid;
    int64_t declined;
    int64_t unknown;  /* no answer, or the customer must act */
    int64_t not_sent; /* nothing left this machine: due again at once, a few times a day */
    bool gateway_away; /* the breaker is open, or our key is not taken: the rest waits for a later run */
};
/* Everything that is due: mandates' collections first (service/debiting), whatever the gateway is doing, then cards. */
enum err collect_due(struct ctx *ctx, struct collecting *state) MUST_USE;

#endif
