#include "store/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"

enum { PLACES = 4096, SEEN = 1024, KEPT_S = 30, MOMENT_S = 1, RECORDS_MAX = 100 };

/* One block of memory holds the records and, behind them, their texts. */
struct kept {
    const struct db *db;
    const struct statement *statement;
    int64_t id;
    int64_t since_at;
    int64_t until_at;
    size_t count;
    char *records;
};

static struct kept places[PLACES];

static size_t place_of(const void *db, const void *what, int64_t id, size_t room)
{
    uint64_t hash = ((uint64_t)(uintptr_t)db ^ ((uint64_t)(uintptr_t)what << 7) ^ (uint64_t)id) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(hash >> 32) % room;
}

static struct kept *find_kept(const struct ctx *ctx, const struct statement *statement, int64_t id)
{
    struct kept *kept = &places[place_of(ctx->db, statement, id, PLACES)];

    return kept->records != NULL && kept->db == ctx->db && kept->statement == statement && kept->id == id && ctx->now >= kept->since_at && ctx->now < kept->until_at
               ? kept : NULL;
}

/* The bytes of a text or blob column, its NUL included; NULL for other kinds. */
static const char *content_of(const struct column *column, const char *record, size_t *bytes)
{
    const struct db_bytes *blob = (const struct db_bytes *)(const void *)(record + column->offset);
    const char *text;

    if (column->kind == DB_TEXT) {
        memcpy(&text, record + column->offset, sizeof text);
        *bytes = strlen(text) + 1;
        return text;
    }
    *bytes = column->kind == DB_BYTES ? blob->bytes + 1 : 0;
    return column->kind == DB_BYTES ? (const char *)blob->data : NULL;
}

static void point_to(const struct column *column, char *record, const char *content, size_t bytes)
{
    const struct db_bytes blob = {(const unsigned char *)content, bytes - 1};

    if (column->kind == DB_TEXT)
        memcpy(record + column->offset, &content, sizeof content);
    else
        memcpy(record + column->offset, &blob, sizeof blob);
}

static void remember(const struct ctx *ctx, const struct statement *statement, int64_t id, int64_t seconds, const char *records,
                     size_t count)
{
    struct kept *kept = &places[place_of(ctx->db, statement, id, PLACES)];
    size_t room = statement->record_bytes * count;
    size_t bytes;
    char *to;

    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < statement->column_count; c++, room += bytes)
            (void)content_of(&statement->columns[c], records + i * statement->record_bytes, &bytes);
    free(kept->records);
    kept->records = malloc(room + 1);
    CHECK(kept->records != NULL);
    memcpy(kept->records, records, statement->record_bytes * count);
    to = kept->records + statement->record_bytes * count;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < statement->column_count; c++, to += bytes) {
            const char *content = content_of(&statement->columns[c], records + i * statement->record_bytes, &bytes);

            if (bytes == 0)
                continue;
            if (bytes > 1)
                memcpy(to, content, bytes - 1);
            to[bytes - 1] = '\0';
            point_to(&statement->columns[c], kept->records + i * statement->record_bytes, to, bytes);
        }
    kept->db = ctx->db;
    kept->statement = statement;
    kept->id = id;
    kept->count = count;
    kept->since_at = ctx->now;
    kept->until_at = ctx->now + seconds * CLOCK_SECOND;
}

/* Copies with texts of the arena: the place may be given to another row while the page is made. */
static void recall(struct ctx *ctx, const struct kept *kept, char *records)
{
    const struct statement *statement = kept->statement;
    size_t bytes;

    memcpy(records, kept->records, statement->record_bytes * kept->count);
    for (size_t i = 0; i < kept->count; i++)
        for (size_t c = 0; c < statement->column_count; c++) {
            const char *content = content_of(&statement->columns[c], kept->records + i * statement->record_bytes, &bytes);

            if (bytes > 0)
                point_to(&statement->columns[c], records + i * statement->record_bytes, arena_memdup(ctx->arena, content, bytes), bytes);
        }
}

static enum err kept_for(struct ctx *ctx, const struct statement *statement, int64_t id, int64_t seconds, void *record)
{
    const struct kept *kept = find_kept(ctx, statement, id);

    if (kept != NULL) {
        recall(ctx, kept, record);
        return OK;
    }
    TRY(ctx, db_row(ctx, statement, PARAMS(P_I64(id)), record));
    remember(ctx, statement, id, seconds, record, 1);
    return OK;
}

enum err kept_always(struct ctx *ctx, const struct statement *statement, int64_t id, void *record)
{
    return kept_for(ctx, statement, id, KEPT_S, record);
}

enum err kept_row(struct ctx *ctx, const struct statement *statement, int64_t id, void *record)
{
    return ctx->kept ? kept_always(ctx, statement, id, record) : db_row(ctx, statement, PARAMS(P_I64(id)), record);
}

enum err kept_a_moment(struct ctx *ctx, const struct statement *statement, int64_t id, void *record)
{
    return ctx->kept ? kept_for(ctx, statement, id, MOMENT_S, record) : db_row(ctx, statement, PARAMS(P_I64(id)), record);
}

enum err kept_rows(struct ctx *ctx, const struct statement *statement, int64_t id, void *rows, size_t *count)
{
    const struct kept *kept = ctx->kept ? find_kept(ctx, statement, id) : NULL;
    char *records;

    if (kept != NULL) {
        *count = kept->count;
        records = arena_alloc(ctx->arena, statement->record_bytes * (kept->count + 1));
        recall(ctx, kept, records);
        memcpy(rows, &records, sizeof records);
        return OK;
    }
    TRY(ctx, db_rows(ctx, statement, PARAMS(P_I64(id)), rows, count));
    memcpy(&records, rows, sizeof records);
    if (ctx->kept && *count <= RECORDS_MAX)
        remember(ctx, statement, id, KEPT_S, records, *count);
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
