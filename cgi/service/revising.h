/* revising: changes prices of running subscriptions: explicitly, announced to each customer, journalled.
 *
 * A revision writes the future at once: on the first boundary after the notice that was not billed yet, the line ends
 * and another with the new price begins, so that every preview and renewal knows it. Until that day it can be undone:
 * the new line goes, the old one runs on, and the customer is told. What was agreed besides the price (quantity, what
 * is left of a discount) goes on.
 *
 * It is written slice by slice, whole subscriptions in the order of their ids, each slice a transaction with the lines,
 * the mails and how far it went. The first one is part of the announcement, so that small revisions are done at once;
 * the batch does the rest, one revision after the other, and the notice of a customer counts from the day on which it is
 * told. Undoing goes the same way; what was billed or changed meanwhile stays as it is. */
#ifndef TACITE_SERVICE_REVISING_H
#define TACITE_SERVICE_REVISING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/revision.h"
#include "service/once.h"
#include "store/revision.h"
#include "store/subscription.h"

enum { REVISION_SHOWN = 200, REVISION_COUNTED_MAX = 200000 };

/* A line that is or would be changed. */
struct revised {
    struct subscription subscription;
    struct subscription_line line; /* as it runs now */
    struct price_rule rule;        /* its price */
    struct price_rule revised;     /* the new one */
    int32_t effective_on;
    bool fits;                     /* false: tiers and a new price, no base of the index before its month, out of bounds, or the
                                    * contract ends before: left as it is */
};

/* What it would change: the first lines, in the order of subscriptions, and the sums of all. */
struct revision_preview {
    struct revised *rows; /* at most REVISION_SHOWN */
    size_t count;
    int64_t lines;           /* that change */
    int64_t stay;            /* that do not fit */
    int64_t subscriptions;   /* with a line that changes */
    int64_t month_before_e4; /* of the lines that change, a month at their prices, before discounts */
    int64_t month_after_e4;
    bool more;               /* counted up to REVISION_COUNTED_MAX lines only */
};

struct revising_result {
    bool stale;     /* it is undone already */
    bool none;      /* no line fits */
    bool over;      /* it has taken effect: too late to undo */
    int64_t id;
    const char *url;
};

enum err preview_revision(struct ctx *ctx, const struct price_revision *revision, struct revision_preview *preview) MUST_USE;
/* Sets id, until_id and foreseen. */
enum err announce_revision(struct ctx *ctx, struct price_revision *revision, const struct once *once, struct revising_result *result) MUST_USE;
enum err undo_revision(struct ctx *ctx, int64_t id, const struct once *once, struct revising_result *result) MUST_USE;

struct revising_run {
    int64_t subscriptions; /* taken */
    int64_t failed;        /* left as they are, each with an item for a person */
    bool dry_run;
    bool (*stop)(void);    /* may be NULL */
};
/* Goes on with what is being announced or undone, until nothing is. */
enum err go_on_revising(struct ctx *ctx, struct revising_run *run) MUST_USE;

/* What a revision did: lines as they were and as they become, of subscriptions above after_id, at most until_id. */
enum err revision_rows(struct ctx *ctx, int64_t id, int64_t after_id, int64_t until_id, int32_t limit, struct revised **rows,
                       size_t *count) MUST_USE;

/* Enters a value of an index, made by its name when there is none. result->stale: the month has one already. */
enum err enter_index_value(struct ctx *ctx, const char *name, int32_t month_on, int64_t value_e4, const struct once *once,
                           struct revising_result *result) MUST_USE;

#endif
