#include "store/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"
#include "store/db.h"

enum { ID_BYTES = 32, ID_CHARS = 43 };

static const struct column session_column[] = {
    COLUMN(I64, seller_session, id),
    COLUMN(I64, seller_session, user_id),
    COLUMN(TEXT, seller_session, user_name),
    COLUMN(TEXT, seller_session, user_email),
    COLUMN(TEXT, seller_session, user_language),
    COLUMN(INSTANT, seller_session, created_at),
    COLUMN(INSTANT, seller_session, touched_at),
};
/* A visit and one of its grants; kind is "" when it has none. */
struct visit_row {
    int64_t id;
    int64_t created_at;
    int64_t touched_at;
    const char *kind;
    int64_t object_id;
    int64_t link_id;
    int64_t granted_at;
};
static const struct column visit_column[] = {
    COLUMN(I64, visit_row, id),       COLUMN(INSTANT, visit_row, created_at), COLUMN(INSTANT, visit_row, touched_at),
    COLUMN(TEXT, visit_row, kind),    COLUMN(ID, visit_row, object_id),       COLUMN(ID, visit_row, link_id),
    COLUMN(INSTANT, visit_row, granted_at),
};
struct tries_row {
    int32_t tries;
};
static const struct column tries_column[] = {COLUMN(I32, tries_row, tries)};

enum {
    SESSION_INSERT, SESSION_READ, SESSION_TOUCHED, SESSION_END, SESSION_END_ALL, VISIT_INSERT, VISIT_READ,
    VISIT_TOUCHED, VISIT_END, GRANT_INSERT, TRY_COUNT, TRY_READ, TRY_FORGET,
};

static const struct statement statement[] = {
    [SESSION_INSERT] = {"seller_session_insert",
                        "INSERT INTO seller_session (id_hash, user_id, created_at, touched_at, remote_addr, user_agent) "
                        "VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [SESSION_READ] = {"seller_session_read",
                      "SELECT s.id, s.user_id, u.name AS user_name, u.email AS user_email, u.language AS user_language, "
                      "s.created_at, s.touched_at FROM seller_session s JOIN seller_user u ON u.id = s.user_id "
                      "WHERE s.id_hash = ? AND u.state = 'active'",
                      READS(seller_session, session_column)},
    [SESSION_TOUCHED] = {"seller_session_touch", "UPDATE seller_session SET touched_at = ? WHERE id = ?", NOTHING},
    [SESSION_END] = {"seller_session_end", "DELETE FROM seller_session WHERE id = ?", NOTHING},
    [SESSION_END_ALL] = {"seller_session_end_all", "DELETE FROM seller_session WHERE user_id = ?", NOTHING},
    [VISIT_INSERT] = {"visit_insert", "INSERT INTO visit (id_hash, created_at, touched_at) VALUES (?, ?, ?)", NOTHING},
    [VISIT_READ] = {"visit_read",
                    "SELECT v.id, v.created_at, v.touched_at, g.kind, g.object_id, g.link_id, g.granted_at FROM visit v "
                    "LEFT JOIN (visit_grant g JOIN link l ON l.id = g.link_id AND l.revoked_at IS NULL) ON g.visit_id = v.id "
                    "WHERE v.id_hash = ? LIMIT 50",
                    READS(visit_row, visit_column)},
    [VISIT_TOUCHED] = {"visit_touch", "UPDATE visit SET touched_at = ? WHERE id = ?", NOTHING},
    [VISIT_END] = {"visit_end", "DELETE FROM visit WHERE id = ?", NOTHING},
    [GRANT_INSERT] = {"visit_grant_insert",
                      "INSERT INTO visit_grant (visit_id, kind, object_id, link_id, granted_at) VALUES (?, ?, ?, ?, ?) "
                      "ON DUPLICATE KEY UPDATE link_id = VALUES(link_id), granted_at = VALUES(granted_at)", NOTHING},
    [TRY_COUNT] = {"throttle_count",
                   "INSERT INTO throttle (key_hash, window_at, tries) VALUES (?, ?, 1) "
                   "ON DUPLICATE KEY UPDATE tries = tries + 1", NOTHING},
    [TRY_READ] = {"throttle_read", "SELECT tries FROM throttle WHERE key_hash = ? AND window_at = ?",
                  READS(tries_row, tries_column)},
    [TRY_FORGET] = {"throttle_forget", "DELETE FROM throttle WHERE key_hash = ?", NOTHING},
};
DB_STATEMENTS(session, statement)

static char *new_id(struct arena *arena, struct hash *hash)
{
    unsigned char id[ID_BYTES];
    char *text;

    random_bytes(id, sizeof id);
    text = encode_base64url(arena, id, sizeof id);
    *hash = hash_text(text);
    return text;
}

static bool lives(int64_t created_at, int64_t touched_at, int64_t now)
{
    return now - touched_at < SESSION_IDLE && now - created_at < SESSION_LIFE;
}

enum err start_seller_session(struct ctx *ctx, int64_t user_id, char **cookie)
{
    struct hash hash;

    *cookie = new_id(ctx->arena, &hash);
    return db_write(ctx, &statement[SESSION_INSERT],
                    PARAMS(P_HASH(hash.bytes), P_I64(user_id), P_INSTANT(ctx->now), P_INSTANT(ctx->now),
                           P_TEXT(ctx->remote_addr), P_TEXT(ctx->user_agent)), NULL);
}

enum err seller_session_by_cookie(struct ctx *ctx, const char *cookie, struct seller_session *session)
{
    struct hash hash;
    enum err err;

    if (strlen(cookie) != ID_CHARS)
        return ERR_NOT_FOUND;
    hash = hash_text(cookie);
    err = db_row(ctx, &statement[SESSION_READ], PARAMS(P_HASH(hash.bytes)), session);
    if (err != OK)
        return err;
    if (!lives(session->created_at, session->touched_at, ctx->now))
        return ERR_NOT_FOUND;
    if (ctx->now - session->touched_at > SESSION_TOUCH)
        TRY(ctx, db_write(ctx, &statement[SESSION_TOUCHED], PARAMS(P_INSTANT(ctx->now), P_I64(session->id)), NULL));
    return OK;
}

enum err end_seller_session(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[SESSION_END], PARAMS(P_I64(id)), NULL);
}

enum err end_seller_sessions_of(struct ctx *ctx, int64_t user_id)
{
    return db_write(ctx, &statement[SESSION_END_ALL], PARAMS(P_I64(user_id)), NULL);
}

enum err open_visit(struct ctx *ctx, const char *old_cookie, const char *kind, int64_t object_id, int64_t link_id,
                    char **cookie)
{
    struct visit visit;
    struct hash hash;
    enum err err = old_cookie != NULL ? visit_by_cookie(ctx, old_cookie, &visit) : ERR_NOT_FOUND;

    if (err == OK && visit.grant_count < GRANTS_MAX) {
        *cookie = arena_strdup(ctx->arena, old_cookie);
    } else if (err == OK || err == ERR_NOT_FOUND) {
        *cookie = new_id(ctx->arena, &hash);
        TRY(ctx, db_insert(ctx, &statement[VISIT_INSERT],
                           PARAMS(P_HASH(hash.bytes), P_INSTANT(ctx->now), P_INSTANT(ctx->now)), &visit.id));
    } else {
        return err;
    }
    return db_write(ctx, &statement[GRANT_INSERT],
                    PARAMS(P_I64(visit.id), P_TEXT(kind), P_I64(object_id), P_I64(link_id), P_INSTANT(ctx->now)), NULL);
}

/* Quotes, invoices, portals; the older object first. Sorted here and not by ORDER BY: every page reads
 * its visit, and the server's sort of these few rows took a sixth of the whole page. */
static int grant_order(const void *left, const void *right)
{
    const struct grant *a = left, *b = right;
    int by_kind = strcmp(b->kind, a->kind);

    return by_kind != 0 ? by_kind : (a->object_id > b->object_id) - (a->object_id < b->object_id);
}

enum err visit_by_cookie(struct ctx *ctx, const char *cookie, struct visit *visit)
{
    struct visit_row *rows;
    struct hash hash;
    size_t count;

    memset(visit, 0, sizeof *visit);
    if (strlen(cookie) != ID_CHARS)
        return ERR_NOT_FOUND;
    hash = hash_text(cookie);
    TRY(ctx, db_rows(ctx, &statement[VISIT_READ], PARAMS(P_HASH(hash.bytes)), &rows, &count));
    if (count == 0 || !lives(rows[0].created_at, rows[0].touched_at, ctx->now))
        return ERR_NOT_FOUND;
    visit->id = rows[0].id;
    visit->created_at = rows[0].created_at;
    visit->touched_at = rows[0].touched_at;
    visit->grants = ARENA_ARRAY(ctx->arena, struct grant, count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind[0] != '\0')
            visit->grants[visit->grant_count++] = (struct grant){rows[i].kind, rows[i].object_id, rows[i].link_id, rows[i].granted_at};
    qsort(visit->grants, visit->grant_count, sizeof *visit->grants, grant_order);
    if (ctx->now - visit->touched_at > SESSION_TOUCH)
        TRY(ctx, db_write(ctx, &statement[VISIT_TOUCHED], PARAMS(P_INSTANT(ctx->now), P_I64(visit->id)), NULL));
    return OK;
}

enum err end_visit(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[VISIT_END], PARAMS(P_I64(id)), NULL);
}

static int64_t window_start(int64_t now, int64_t window)
{
    return now / window * window;
}

enum err tries_of(struct ctx *ctx, const char *key, int64_t window, int32_t *tries)
{
    struct hash hash = hash_text(key);
    struct tries_row row = {.tries = 0};
    enum err err = db_row(ctx, &statement[TRY_READ],
                          PARAMS(P_HASH(hash.bytes), P_INSTANT(window_start(ctx->now, window))), &row);

    *tries = row.tries;
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err count_try(struct ctx *ctx, const char *key, int64_t window, int32_t *tries)
{
    struct hash hash = hash_text(key);

    TRY(ctx, db_write(ctx, &statement[TRY_COUNT],
                      PARAMS(P_HASH(hash.bytes), P_INSTANT(window_start(ctx->now, window))), NULL));
    return tries_of(ctx, key, window, tries);
}

enum err forget_tries(struct ctx *ctx, const char *key)
{
    struct hash hash = hash_text(key);

    return db_write(ctx, &statement[TRY_FORGET], PARAMS(P_HASH(hash.bytes)), NULL);
}
