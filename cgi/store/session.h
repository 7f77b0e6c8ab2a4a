/* session: who is asking: sellers signed in, customers' visits with their grants, and counters of
 * tries.
 *
 * Ids are 256 random bits in a cookie; the database has their SHA-256. A session lives 30 minutes idle
 * and 12 hours in all; it is touched at most every 5 minutes, so that reading pages writes little. A
 * grant dies with the link that it came from. */
#ifndef TACITE_STORE_SESSION_H
#define TACITE_STORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

#define SESSION_IDLE INT64_C(1800000000)
#define SESSION_LIFE INT64_C(43200000000)
#define SESSION_TOUCH INT64_C(300000000)

struct seller_session {
    int64_t id;
    int64_t user_id;
    const char *user_name;
    const char *user_email;
    const char *user_language;
    int64_t created_at;
    int64_t touched_at;
};

/* *cookie is the new id, base64url. */
enum err start_seller_session(struct ctx *ctx, int64_t user_id, char **cookie) MUST_USE;
/* The living session of a cookie (touched when due); ERR_NOT_FOUND. */
enum err seller_session_by_cookie(struct ctx *ctx, const char *cookie, struct seller_session *session) MUST_USE;
enum err end_seller_session(struct ctx *ctx, int64_t id) MUST_USE;
enum err end_seller_sessions_of(struct ctx *ctx, int64_t user_id) MUST_USE;

struct grant {
    const char *kind; /* "quote", "pay", "manage" */
    int64_t object_id;
    int64_t link_id;
    int64_t granted_at;
};

enum { GRANTS_MAX = 50 };

struct visit {
    int64_t id;
    int64_t created_at;
    int64_t touched_at;
    struct grant *grants;
    size_t grant_count;
};

/* Adds a grant to the visit of the cookie, or to a new one; *cookie is set to the visit's id to send. */
enum err open_visit(struct ctx *ctx, const char *old_cookie, const char *kind, int64_t object_id, int64_t link_id,
                    char **cookie) MUST_USE;
enum err visit_by_cookie(struct ctx *ctx, const char *cookie, struct visit *visit) MUST_USE;

enum err end_visit(struct ctx *ctx, int64_t id) MUST_USE; /* with its grants */

/* Counts one try of key in its window; *tries includes it. */
enum err count_try(struct ctx *ctx, const char *key, int64_t window, int32_t *tries) MUST_USE;
/* Tries of the current window without counting. */
enum err tries_of(struct ctx *ctx, const char *key, int64_t window, int32_t *tries) MUST_USE;
enum err forget_tries(struct ctx *ctx, const char *key) MUST_USE;

#endif
