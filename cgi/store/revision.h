/* revision: announced changes of running prices, and the indexes that clauses name. */
#ifndef TACITE_STORE_REVISION_H
#define TACITE_STORE_REVISION_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct price_index {
    int64_t id;
    const char *name;
};
struct price_index_value {
    int64_t index_id;
    int32_t month_on; /* its first day */
    int64_t value_e4;
};
enum err price_indexes(struct ctx *ctx, struct price_index **rows, size_t *count) MUST_USE;
enum err price_index_named(struct ctx *ctx, const char *name, int64_t *id) MUST_USE; /* made when there is none */
/* Newest month first. */
enum err price_index_values(struct ctx *ctx, int64_t index_id, struct price_index_value **rows, size_t *count) MUST_USE;
enum err price_index_value_of(struct ctx *ctx, int64_t index_id, int32_t month_on, struct price_index_value *value) MUST_USE;
enum err insert_price_index_value(struct ctx *ctx, const struct price_index_value *value) MUST_USE; /* ERR_DUPLICATE: the month has one */

struct price_revision {
    int64_t id;
    const char *kind;        /* core/revision */
    int64_t product_id;      /* 0: every product */
    int64_t plan_id;         /* 0: every plan */
    int64_t index_id;        /* 0 none */
    int32_t change_ppm;
    int64_t unit_price_e4;
    int64_t then_e4;
    int64_t now_e4;
    int32_t notice_days;
    const char *reason;
    const char *state;       /* "announced", "undone" */
    const char *announced_by;
    int32_t announced_on;
    int64_t announced_at;
    /* read only */
    const char *product_name;
    const char *plan_name;
    const char *index_name;
    int64_t lines;
};
enum err price_revisions(struct ctx *ctx, struct price_revision **rows, size_t *count) MUST_USE; /* newest first */
enum err price_revision_by_id(struct ctx *ctx, int64_t id, struct price_revision *revision) MUST_USE;
enum err insert_price_revision(struct ctx *ctx, struct price_revision *revision) MUST_USE; /* by ctx->actor, today */
enum err undo_price_revision(struct ctx *ctx, int64_t id) MUST_USE; /* ERR_CONFLICT: undone already */

#endif
