#include "store/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"

enum { ROWS = 64, SEEN = 1024, KEPT_S = 30 };

struct kept {
    const struct db *db;
    const struct statement *statement;
    int64_t id;
    int64_t until_at;
    struct arena *arena; /* of the texts */
    void *record;
};

static size_t place_of(const void *db, const void *what, int64_t id, size_t places)
{
    uint64_t hash = ((uint64_t)(uintptr_t)db ^ ((uint64_t)(uintptr_t)what << 7) ^ (uint64_t)id) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(hash >> 32) % places;
}

static void copy_record(struct arena *arena, const struct statement *statement, void *to, const void *from)
{
    memcpy(to, from, statement->record_bytes);
    for (size_t i = 0; i < statement->column_count; i++) {
        const struct column *column = &statement->columns[i];
        const char **text = (const char **)((char *)to + column->offset);

        CHECK(column->kind != DB_BYTES);
        if (column->kind == DB_TEXT)
            *text = arena_strdup(arena, *text);
    }
}

enum err kept_row(struct ctx *ctx, const struct statement *statement, int64_t id, void *record)
{
    static struct kept rows[ROWS];
    struct kept *kept = &rows[place_of(ctx->db, statement, id, ROWS)];

    if (kept->record != NULL && kept->db == ctx->db && kept->statement == statement && kept->id == id && ctx->now < kept->until_at) {
        copy_record(ctx->arena, statement, record, kept->record);
        return OK;
    }
    TRY(ctx, db_row(ctx, statement, PARAMS(P_I64(id)), record));
    if (kept->arena == NULL)
        kept->arena = arena_new();
    arena_reset(kept->arena);
    kept->record = arena_alloc(kept->arena, statement->record_bytes);
    copy_record(kept->arena, statement, kept->record, record);
    kept->db = ctx->db;
    kept->statement = statement;
    kept->id = id;
    kept->until_at = ctx->now + KEPT_S * CLOCK_SECOND;
    return OK;
}

bool kept_seen(struct ctx *ctx, const char *what, int64_t id, int32_t on)
{
    static struct {
        const struct db *db;
        const char *what;
        int64_t id;
        int32_t on;
    } seen[SEEN];
    size_t at = place_of(ctx->db, what, id, SEEN);

    if (seen[at].db == ctx->db && seen[at].what == what && seen[at].id == id && seen[at].on == on)
        return true;
    seen[at].db = ctx->db;
    seen[at].what = what;
    seen[at].id = id;
    seen[at].on = on;
    return false;
}
