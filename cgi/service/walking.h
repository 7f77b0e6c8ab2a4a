/* walking: what is due to be looked at again, one after the other to the end, whatever becomes of one of them.
 *
 * Attempts, refunds, money that is sent back, events and card replacements are all asked about at the gateway in the same
 * way: a list of what is due, a group at a time in the order of their ids; each by itself. One that cannot be done (a card's
 * token that does not open) is told to the log and to a person, and put off an hour; those behind it have their turn
 * (trust.md X08). The walk ends with the list, when it is told to stop, or after WALK_TIME_MAX: what is left comes first in
 * the next one, as everything else has been put off by then. */
#ifndef TACITE_SERVICE_WALKING_H
#define TACITE_SERVICE_WALKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

#define WALK_PUT_OFF INT64_C(3600000000)  /* microseconds */
#define WALK_TIME_MAX INT64_C(900000000)

struct walk {
    const char *trouble;      /* name of the log's event: "attempt.set_aside" */
    const char *subject_kind; /* of the item for a person: "attempt" with the row's id; ABOUT_HOUSE: the house's, once for all */
    size_t row_bytes;         /* each row begins with its int64_t id */
    enum err (*list)(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count);
    enum err (*look)(struct ctx *ctx, void *row);
    enum err (*put_off)(struct ctx *ctx, int64_t id, int64_t until_at);
};

/* A house without a gateway has nothing to ask. *walked counts those that were looked at. stop: NULL or says that enough is done. An error is of the database, or that
 * the house is held. */
enum err walk_due(struct ctx *run, const struct walk *walk, bool (*stop)(void), int64_t *walked) MUST_USE;

#endif
