/* usage: what the seller reported as used. Rows are never changed; a correction is a row of its own. */
#ifndef TACITE_STORE_USAGE_H
#define TACITE_STORE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/usage.h"
#include "store/subscription.h"

struct usage_record {
    int64_t id;
    int64_t subscription_id;
    int32_t slot;           /* subscription_line.position */
    int32_t used_on;
    int32_t epoch;
    int32_t period_index;
    int64_t quantity_e4;    /* below 0: a correction */
    const char *reference;  /* "" none */
    int64_t corrects_id;    /* 0: a report */
    const char *reason;     /* of a correction */
    const char *recorded_by;
    int64_t recorded_at;
    bool corrected;         /* read only: it was taken back */
};
/* Sets id. ERR_DUPLICATE: the reference is there, or the report was taken back already. */
enum err insert_usage(struct ctx *ctx, struct usage_record *record) MUST_USE;
enum err usage_by_id(struct ctx *ctx, int64_t id, struct usage_record *record) MUST_USE;
enum err usage_by_reference(struct ctx *ctx, const char *reference, struct usage_record *record) MUST_USE;
/* Newest first, below before_id (0: the newest). */
enum err usage_of(struct ctx *ctx, int64_t subscription_id, int64_t before_id, int32_t limit, struct usage_record **rows, size_t *count) MUST_USE;
/* Of all subscriptions, above after_id: for files. */
enum err usage_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct usage_record **rows, size_t *count) MUST_USE;

/* Sums by day of the periods that are not billed, of these subscriptions. */
enum err open_usage(struct ctx *ctx, const struct subscription *subscriptions, size_t count, struct usage_day **days, size_t *day_count) MUST_USE;

#endif
