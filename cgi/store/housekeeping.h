/* housekeeping: rows that only matter for a while are deleted, and what the batch did is remembered. */
#ifndef TACITE_STORE_HOUSEKEEPING_H
#define TACITE_STORE_HOUSEKEEPING_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

/* What the janitor would find, in one statement: of the gateway's word, and of old rows. True may be too much, false is not:
 * what was being sent when its process ended is found by its own list. */
struct janitor_waits {
    bool attempts;
    bool events;
    bool setups;
    bool refunds;
    bool returns;
    bool tokens;
    bool tries;
    bool sessions;
    bool visits;
    bool files;
};
enum err janitor_waits(struct ctx *ctx, struct janitor_waits *waits) MUST_USE;

/* Used form tokens and counters of tries after two days, sessions and visits past their absolute end, uploaded
 * files after a day, of the kinds of which any waits.
 * *purged counts rows; a bounded number at a time. */
enum err purge_old_rows(struct ctx *ctx, const struct janitor_waits *waits, int64_t *purged) MUST_USE;

/* A piece of the batch's work that did something. */
struct job_run {
    int64_t id;
    const char *job;     /* "renew", "collect", "recognise", "render", "mail", "janitor" */
    int32_t today_on;
    int64_t started_at;
    int64_t ended_at;
    int32_t done;
    int32_t failed;
};
enum err note_job_run(struct ctx *ctx, const struct job_run *run) MUST_USE;
/* The last ones, each kind of work of a day as one row, newest first. */
enum err job_runs(struct ctx *ctx, int32_t limit, struct job_run **rows, size_t *count) MUST_USE;

#endif
