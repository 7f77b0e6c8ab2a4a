#include "store/link.h"

#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"
#include "store/db.h"

static const struct column link_column[] = {
    COLUMN(I64, link, id),
    COLUMN(TEXT, link, kind_name),
    COLUMN(I64, link, object_id),
    COLUMN(INSTANT, link, created_at),
    COLUMN(INSTANT, link, expires_at),
    COLUMN(INSTANT, link, used_at),
    COLUMN(INSTANT, link, revoked_at),
};
#define LINK_COLUMNS                                                                               \
    "SELECT id, kind AS kind_name, object_id, created_at, expires_at, used_at, revoked_at FROM link "

enum { INSERT, BY_TOKEN, OF, REVOKE, USE_ONCE, NOTE_USE };

static const struct statement statement[] = {
    [INSERT] = {"link_insert",
                "INSERT INTO link (token_hash, kind, object_id, created_at, expires_at) "
                "VALUES (?, ?, ?, ?, ?)",
                NOTHING},
    [BY_TOKEN] = {"link_by_token", LINK_COLUMNS "WHERE token_hash = ?", READS(link, link_column)},
    [OF] = {"links_of", LINK_COLUMNS "WHERE kind = ? AND object_id = ? ORDER BY id DESC LIMIT 50",
            READS(link, link_column)},
    [REVOKE] = {"link_revoke",
                "UPDATE link SET revoked_at = ? WHERE kind = ? AND object_id = ? AND revoked_at IS NULL",
                NOTHING},
    [USE_ONCE] = {"link_use_once", "UPDATE link SET used_at = ? WHERE id = ? AND used_at IS NULL", NOTHING},
    [NOTE_USE] = {"link_note_use", "UPDATE link SET used_at = ? WHERE id = ? AND used_at IS NULL", NOTHING},
};
DB_STATEMENTS(link, statement)

static const char *const kind_word[] = {
    [LINK_KIND_QUOTE] = "quote", [LINK_KIND_PAY] = "pay", [LINK_KIND_MANAGE] = "manage",
    [LINK_KIND_LOGIN] = "login", [LINK_KIND_RESET] = "reset"};

const char *link_kind_name(enum link_kind kind)
{
    return kind_word[kind];
}

bool link_lives(const struct link *link, int64_t now)
{
    bool once = link->kind == LINK_KIND_LOGIN || link->kind == LINK_KIND_RESET;

    return link->revoked_at == 0 && now < link->expires_at && !(once && link->used_at != 0);
}

static void finish_link(struct link *link)
{
    for (size_t i = LINK_KIND_QUOTE; i <= LINK_KINDS; i++)
        if (str_equal(link->kind_name, kind_word[i]))
            link->kind = (enum link_kind)i;
}

struct link pay_link(const struct ctx *ctx, int64_t invoice_id)
{
    return (struct link){.kind = LINK_KIND_PAY, .object_id = invoice_id, .expires_at = ctx->now + PAY_LINK_LIFE};
}

enum err insert_link(struct ctx *ctx, struct link *link, char **token)
{
    unsigned char random[32];
    struct hash hash;

    random_bytes(random, sizeof random);
    *token = encode_base64url(ctx->arena, random, sizeof random);
    hash = hash_text(*token);
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_HASH(hash.bytes), P_TEXT(kind_word[link->kind]), P_I64(link->object_id),
                            P_INSTANT(ctx->now), P_INSTANT(link->expires_at)),
                     &link->id);
}

struct link_row {
    unsigned char token_hash[32];
    const char *kind;
    int64_t object_id;
    int64_t created_at;
    int64_t expires_at;
};
static const struct column insert_column[] = {
    COLUMN(HASH, link_row, token_hash), COLUMN(TEXT, link_row, kind), COLUMN(I64, link_row, object_id),
    COLUMN(INSTANT, link_row, created_at), COLUMN(INSTANT, link_row, expires_at),
};

enum err insert_link_list(struct ctx *ctx, const struct link *links, size_t count, char **tokens)
{
    struct link_row *rows = ARENA_ARRAY(ctx->arena, struct link_row, count + 1);

    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        unsigned char random[32];

        random_bytes(random, sizeof random);
        tokens[i] = encode_base64url(ctx->arena, random, sizeof random);
        rows[i] = (struct link_row){.kind = kind_word[links[i].kind], .object_id = links[i].object_id, .created_at = ctx->now,
                                    .expires_at = links[i].expires_at};
        memcpy(rows[i].token_hash, hash_text(tokens[i]).bytes, sizeof rows[i].token_hash);
    }
    return db_write_many(ctx, &statement[INSERT], insert_column, COUNT_OF(insert_column), rows, sizeof rows[0], count);
}

enum err insert_links(struct ctx *ctx, enum link_kind kind, const int64_t *objects, size_t count, int64_t expires_at,
                      char **tokens)
{
    struct link *links = ARENA_ARRAY(ctx->arena, struct link, count + 1);

    for (size_t i = 0; i < count; i++)
        links[i] = (struct link){.kind = kind, .object_id = objects[i], .expires_at = expires_at};
    return insert_link_list(ctx, links, count, tokens);
}

enum err link_by_token(struct ctx *ctx, const char *token, struct link *link)
{
    struct hash hash;
    enum err err;

    if (strlen(token) != LINK_TOKEN_CHARACTERS)
        return ERR_NOT_FOUND;
    hash = hash_text(token);
    err = db_row(ctx, &statement[BY_TOKEN], PARAMS(P_HASH(hash.bytes)), link);
    if (err == OK)
        finish_link(link);
    return err;
}

enum err links_of(struct ctx *ctx, enum link_kind kind, int64_t object_id, struct link **links,
                  size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[OF], PARAMS(P_TEXT(kind_word[kind]), P_I64(object_id)), links, count));
    for (size_t i = 0; i < *count; i++)
        finish_link(&(*links)[i]);
    return OK;
}

enum err revoke_links(struct ctx *ctx, enum link_kind kind, int64_t object_id)
{
    return db_write(ctx, &statement[REVOKE],
                    PARAMS(P_INSTANT(ctx->now), P_TEXT(kind_word[kind]), P_I64(object_id)), NULL);
}

enum err use_link_once(struct ctx *ctx, int64_t id)
{
    return db_write_one(ctx, &statement[USE_ONCE], PARAMS(P_INSTANT(ctx->now), P_I64(id)));
}

enum err note_link_use(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[NOTE_USE], PARAMS(P_INSTANT(ctx->now), P_I64(id)), NULL);
}
