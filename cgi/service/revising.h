/* revising: changes prices of running subscriptions: explicitly, announced to each customer, journalled.
 *
 * A revision writes the future at once: on the first boundary after the notice that was not billed yet, the line ends
 * and another with the new price begins, so that every preview and renewal knows it. Until that day it can be undone:
 * the new line goes, the old one runs on, and the customer is told. What was agreed besides the price (quantity, what
 * is left of a discount) goes on. */
#ifndef TACITE_SERVICE_REVISING_H
#define TACITE_SERVICE_REVISING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/revision.h"
#include "service/once.h"
#include "store/revision.h"
#include "store/subscription.h"

enum { REVISION_LINES_MAX = 1000 };

/* A line that is or would be changed. */
struct revised {
    struct subscription subscription;
    struct subscription_line line; /* as it runs now */
    struct price_rule rule;        /* its price */
    struct price_rule revised;     /* the new one */
    int32_t effective_on;
    bool fits;                     /* false: tiers and a new price, out of bounds, or the contract ends before: left as it is */
};

struct revising_result {
    bool stale;     /* somebody changed one of the lines meanwhile, or it is undone already */
    bool none;      /* no line fits */
    bool too_many;  /* more than REVISION_LINES_MAX */
    bool over;      /* it has taken effect: too late to undo */
    int64_t id;
    const char *url;
};

/* What it would change, in the order of subscriptions. *too_many: more than REVISION_LINES_MAX, rows are the first. */
enum err preview_revision(struct ctx *ctx, const struct price_revision *revision, const char *currency, struct revised **rows,
                          size_t *count, bool *too_many) MUST_USE;
enum err announce_revision(struct ctx *ctx, struct price_revision *revision, const char *currency, const struct once *once,
                           struct revising_result *result) MUST_USE;
enum err undo_revision(struct ctx *ctx, int64_t id, const struct once *once, struct revising_result *result) MUST_USE;

/* What a revision did: each line as it was and as it becomes. */
enum err revision_rows(struct ctx *ctx, int64_t id, struct revised **rows, size_t *count) MUST_USE;

/* Enters a value of an index, made by its name when there is none. result->stale: the month has one already. */
enum err enter_index_value(struct ctx *ctx, const char *name, int32_t month_on, int64_t value_e4, const struct once *once,
                           struct revising_result *result) MUST_USE;

#endif
