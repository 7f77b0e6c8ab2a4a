/* history: what happened, for people (activity), for proof (audit), and for the operator's list.
 *
 * Rows of activity and audit are inserted, never changed. `params` is one JSON object of texts, written
 * by history_params and read by history_param: facts such as a number or an amount's finished parts,
 * never sentences, so that each reader gets them in their own language. */
#ifndef TACITE_STORE_HISTORY_H
#define TACITE_STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

/* The database's words of subject_kind. */
#define ABOUT_QUOTE "quote"
#define ABOUT_SUBSCRIPTION "subscription"
#define ABOUT_CUSTOMER "customer"
#define ABOUT_INVOICE "invoice"
#define ABOUT_HOUSE "house"

struct activity {
    int64_t id;
    int64_t at;
    int32_t happened_on;
    const char *subject_kind;
    int64_t subject_id;
    const char *kind;        /* "quote.sent" */
    const char *actor;
    const char *params;
};

/* {"name":"value",...} of name/value pairs ended by NULL. */
char *history_params(struct arena *arena, ...) __attribute__((sentinel));
/* One text of such an object; "" when it is not there. */
char *history_param(struct arena *arena, const char *params, const char *name);

/* In a transaction notes are written with its end (db_write_later). */
enum err note_activity(struct ctx *ctx, const char *subject_kind, int64_t subject_id,
                       const char *kind, const char *params) MUST_USE;
/* What happens now, by the actor of ctx; params as of history_params. */
struct activity activity_now(const struct ctx *ctx, const char *subject_kind, int64_t subject_id, const char *kind, const char *params);
/* Every member but the id is the caller's. */
enum err note_activities(struct ctx *ctx, const struct activity *rows, size_t count) MUST_USE;
/* Newest first. */
enum err activities(struct ctx *ctx, const char *subject_kind, int64_t subject_id, int32_t limit,
                    struct activity **rows, size_t *count) MUST_USE;
/* Of everything, newest first. */
enum err recent_activities(struct ctx *ctx, int32_t limit, struct activity **rows,
                           size_t *count) MUST_USE;

/* object names what was touched ("quote Q-2026-00042"), result says how it ended ("ok", "refused"). */
enum err note_audit(struct ctx *ctx, const char *action, const char *object, const char *result) MUST_USE;

struct operator_item {
    int64_t id;
    const char *kind;
    const char *subject_kind;
    int64_t subject_id;
    int64_t amount_minor;
    const char *currency;    /* "" without amount */
    const char *detail;
    int32_t opened_on;
};

/* Opens an item unless the same one is open already. */
enum err open_operator_item(struct ctx *ctx, const struct operator_item *item) MUST_USE;
enum err close_operator_items(struct ctx *ctx, const char *kind, const char *subject_kind,
                              int64_t subject_id) MUST_USE;
/* Those of many subjects: kind, subject_kind and subject_id of each. */
enum err close_operator_items_of(struct ctx *ctx, const struct operator_item *rows, size_t count) MUST_USE;
/* ERR_NOT_FOUND when it is closed. */
enum err open_operator_item_by_id(struct ctx *ctx, int64_t id, struct operator_item *item) MUST_USE;
enum err close_operator_item(struct ctx *ctx, int64_t id) MUST_USE;
/* Largest amount first, then oldest. */
enum err open_operator_items(struct ctx *ctx, int32_t limit, struct operator_item **items,
                             size_t *count) MUST_USE;

#endif
