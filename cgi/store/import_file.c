#include "store/import_file.h"

#include <string.h>

#include "base/hash.h"

static const struct column file_column[] = {
    COLUMN(I64, import_file, id),      COLUMN(TEXT, import_file, kind),           COLUMN(HASH, import_file, digest),
    COLUMN(BYTES, import_file, bytes), COLUMN(TEXT, import_file, state),          COLUMN(INSTANT, import_file, uploaded_at),
    COLUMN(I32, import_file, created), COLUMN(I32, import_file, changed),         COLUMN(I32, import_file, unchanged),
};
struct state_row {
    int64_t id;
};
static const struct column state_column[] = {COLUMN(I64, state_row, id)};

enum { INSERT, BY_ID, LOCK, COUNT, FINISH };

static const struct statement statement[] = {
    [INSERT] = {"import_file_insert", "INSERT INTO import_file (kind, digest, bytes, uploaded_at, uploaded_by) "
                                      "VALUES (?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"import_file_by_id", "SELECT id, kind, digest, bytes, state, uploaded_at, created, changed, unchanged "
                                    "FROM import_file WHERE id = ?", READS(import_file, file_column)},
    [LOCK] = {"import_file_lock", "SELECT id FROM import_file WHERE id = ? AND state = 'checked' FOR UPDATE",
              READS(state_row, state_column)},
    [COUNT] = {"import_file_count", "UPDATE import_file SET created = created + ?, changed = changed + ? "
                                    "WHERE id = ? AND state = 'checked'", NOTHING},
    [FINISH] = {"import_file_finish", "UPDATE import_file SET state = 'done', unchanged = ? - created - changed "
                                      "WHERE id = ? AND state = 'checked'", NOTHING},
};
DB_STATEMENTS(import_file, statement)

enum err insert_import_file(struct ctx *ctx, struct import_file *file)
{
    struct hash hash = hash_sha256(file->bytes.data, file->bytes.bytes);

    memcpy(file->digest, hash.bytes, sizeof file->digest);
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(file->kind), P_HASH(file->digest), P_BYTES(file->bytes.data, file->bytes.bytes),
                            P_INSTANT(ctx->now), P_TEXT(ctx->actor)), &file->id);
}

enum err import_file_by_id(struct ctx *ctx, int64_t id, struct import_file *file)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), file);
}

enum err lock_import_file(struct ctx *ctx, int64_t id)
{
    struct state_row row;
    enum err err = db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), &row);

    return err == ERR_NOT_FOUND ? ERR_CONFLICT : err;
}

enum err count_import_file(struct ctx *ctx, int64_t id, int64_t created, int64_t changed)
{
    return db_write_one(ctx, &statement[COUNT], PARAMS(P_I64(created), P_I64(changed), P_I64(id)));
}

enum err finish_import_file(struct ctx *ctx, int64_t id, int64_t rows)
{
    return db_write_one(ctx, &statement[FINISH], PARAMS(P_I64(rows), P_I64(id)));
}
