/* revision: announced changes of running prices, and the indexes that clauses name. */
#ifndef TACITE_STORE_REVISION_H
#define TACITE_STORE_REVISION_H

#include <stdbool.h>
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
/* The newest month with a value that had begun on the day; DATE_NONE: none, or no index. */
enum err price_index_known(struct ctx *ctx, int64_t index_id, int32_t on, int32_t *month_on) MUST_USE;
enum err insert_price_index_value(struct ctx *ctx, const struct price_index_value *value) MUST_USE; /* ERR_DUPLICATE: the month has one */

struct price_revision {
    int64_t id;
    const char *kind;        /* core/revision */
    const char *currency;
    int64_t product_id;      /* 0: every product */
    int64_t plan_id;         /* 0: every plan */
    int64_t customer_id;     /* 0: every customer */
    int64_t subscription_id; /* 0: every one */
    int64_t index_id;        /* 0 none */
    int32_t change_ppm;
    int64_t unit_price_e4;
    int64_t then_e4;         /* by an index: 0 each contract's own */
    int64_t now_e4;
    int32_t now_on;          /* its month; DATE_NONE: not kept */
    int32_t notice_days;
    bool at_anniversary;     /* not before the contract's next anniversary */
    const char *reason;
    const char *state;       /* "announcing", "announced", "undoing", "undone": unfinished ones are gone on with */
    const char *announced_by;
    int32_t announced_on;
    int64_t announced_at;
    int64_t after_id;        /* the last subscription that the present pass has taken */
    int64_t until_id;        /* the newest subscription when it was announced */
    int64_t foreseen;        /* lines that it would change, then */
    /* read only */
    const char *product_name;
    const char *plan_name;
    const char *customer_number;
    const char *subscription_number;
    const char *index_name;
    int64_t lines;           /* that it has changed so far; undone, those that stay */
};
enum err price_revisions(struct ctx *ctx, struct price_revision **rows, size_t *count) MUST_USE; /* newest first */
enum err price_revision_by_id(struct ctx *ctx, int64_t id, struct price_revision *revision) MUST_USE;
enum err price_revision_uncounted(struct ctx *ctx, int64_t id, struct price_revision *revision) MUST_USE; /* lines 0: for mails */
enum err insert_price_revision(struct ctx *ctx, struct price_revision *revision) MUST_USE; /* by ctx->actor, today; "announcing" */
enum err unfinished_price_revision(struct ctx *ctx, int64_t *id) MUST_USE; /* the first; 0: none */
enum err lock_price_revision(struct ctx *ctx, int64_t id, struct price_revision *revision) MUST_USE; /* until the transaction ends; lines are not counted */
/* after_id, and from revision->state to another or the same; the database refuses to go back. */
enum err save_price_revision(struct ctx *ctx, struct price_revision *revision, const char *state) MUST_USE;
/* The first day of any new price; DATE_NONE: it changed nothing. */
enum err price_revision_first_on(struct ctx *ctx, int64_t id, int32_t *first_on) MUST_USE;

/* From what month a revision indexed a subscription. */
struct revision_base {
    int64_t revision_id;
    int64_t subscription_id;
    int32_t before_on; /* its base until then; DATE_NONE */
    int64_t then_e4;
};
enum err insert_revision_base(struct ctx *ctx, const struct revision_base *base) MUST_USE;
enum err revision_base_of(struct ctx *ctx, int64_t revision_id, int64_t subscription_id, struct revision_base *base) MUST_USE; /* ERR_NOT_FOUND */

#endif
