#include "store/db_connection.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/random.h"

enum { TRIES_MAX = 5 };

/* ---- written with the transaction's end ---- */

/* Records of one statement that the transaction's end writes. */
struct later {
    const struct statement *statement;
    const struct column *columns;
    size_t column_count;
    size_t record_bytes;
    size_t count;
    size_t room;
    char *records;
    struct later *next;
};

static struct later *later_of(struct db *db, const struct statement *statement, const struct column *columns, size_t column_count,
                              size_t record_bytes)
{
    struct later **at = &db->later;

    while (*at != NULL && (*at)->statement != statement)
        at = &(*at)->next;
    if (*at == NULL) {
        *at = ARENA_NEW(db->later_arena, struct later);
        **at = (struct later){.statement = statement, .columns = columns, .column_count = column_count, .record_bytes = record_bytes};
    }
    CHECK((*at)->columns == columns && (*at)->record_bytes == record_bytes);
    return *at;
}

/* The caller's texts may be gone by then. */
static void keep_contents(struct arena *arena, const struct column *columns, size_t column_count, char *record)
{
    for (size_t i = 0; i < column_count; i++) {
        char *place = record + columns[i].offset;

        if (columns[i].kind == DB_TEXT) {
            const char **text = (const char **)(void *)place;

            *text = *text == NULL ? NULL : arena_strdup(arena, *text);
        } else if (columns[i].kind == DB_BYTES) {
            struct db_bytes *bytes = (struct db_bytes *)(void *)place;

            bytes->data = arena_memdup(arena, bytes->data, bytes->bytes);
        }
    }
}

enum err db_write_later(struct ctx *ctx, const struct statement *statement, const struct column *columns,
                        size_t column_count, const void *record, size_t record_bytes)
{
    struct db *db = ctx->db;
    struct later *later;
    char *place;

    if (!db->in_transaction)
        return db_write_many(ctx, statement, columns, column_count, record, record_bytes, 1);
    later = later_of(db, statement, columns, column_count, record_bytes);
    if (later->count == later->room) {
        char *more = arena_array(db->later_arena, later->room * 2 + 4, record_bytes);

        if (later->count > 0)
            memcpy(more, later->records, later->count * record_bytes);
        later->records = more;
        later->room = later->room * 2 + 4;
    }
    place = later->records + later->count++ * record_bytes;
    memcpy(place, record, record_bytes);
    keep_contents(db->later_arena, columns, column_count, place);
    return OK;
}

static void forget_later(struct db *db)
{
    db->later = NULL;
    if (db->later_arena == NULL)
        db->later_arena = arena_new();
    arena_reset(db->later_arena);
}

static enum err write_later(struct ctx *ctx)
{
    for (const struct later *l = ctx->db->later; l != NULL; l = l->next)
        TRY(ctx, db_write_many(ctx, l->statement, l->columns, l->column_count, l->records, l->record_bytes, l->count));
    return OK;
}

/* ---- the transaction ---- */

bool db_in_transaction(const struct ctx *ctx)
{
    return ctx->db->in_transaction;
}

static enum err begin(struct ctx *ctx)
{
    static const char sql[] = "START TRANSACTION";
    MYSQL *mysql = ctx->db->mysql;

    if (mysql_query(mysql, sql) != 0)
        return db_fail(ctx, mysql_errno(mysql), sql, mysql_error(mysql));
    return OK;
}

/* As the database would fail, for the self-test; it has rolled back. */
static enum err commit_fails(struct ctx *ctx, enum commit_fault fault)
{
    static const unsigned int number[] = {[COMMIT_DEADLOCK] = ER_LOCK_DEADLOCK, [COMMIT_TIMEOUT] = ER_LOCK_WAIT_TIMEOUT,
                                          [COMMIT_DISK_FULL] = ER_DISK_FULL, [COMMIT_LOST_BEFORE] = CR_SERVER_LOST};

    if (fault != COMMIT_LOST_BEFORE)
        (void)mysql_query(ctx->db->mysql, "ROLLBACK");
    return db_fail(ctx, number[fault], "COMMIT", "refused (self-test)");
}

/* In two halves, so that a test can end the process while the answer is on its way. */
static enum err commit(struct ctx *ctx)
{
    static const char sql[] = "COMMIT";
    MYSQL *mysql = ctx->db->mysql;
    enum commit_fault fault = commit_fault();
    bool sent;

    if (fault != COMMIT_HOLDS && fault != COMMIT_LOST_AFTER)
        return commit_fails(ctx, fault);
    sent = mysql_send_query(mysql, sql, sizeof sql - 1) == 0;
    crash_point("C05");
    if (fault == COMMIT_LOST_AFTER) {
        (void)mysql_read_query_result(mysql);
        return db_fail(ctx, CR_SERVER_LOST, sql, "the answer was lost (self-test)");
    }
    if (!sent || mysql_read_query_result(mysql) != 0)
        return db_fail(ctx, mysql_errno(mysql), sql, mysql_error(mysql));
    return OK;
}

/* One try: *unknown says that COMMIT was sent and its answer lost. */
static enum err try_once(struct ctx *ctx, enum err (*fn)(struct ctx *ctx, void *arg), void *arg,
                         bool *unknown)
{
    struct db *db = ctx->db;
    enum err err;

    *unknown = false;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, begin(ctx));
    db->in_transaction = true;
    forget_later(db);
    err = fn(ctx, arg);
    if (err == OK)
        err = write_later(ctx);
    if (err == OK) {
        err = commit(ctx);
        *unknown = err == ERR_DB_GONE;
    }
    if (err != OK && !db->broken && mysql_query(db->mysql, "ROLLBACK") != 0)
        db->broken = true;
    db->in_transaction = false;
    return err;
}

enum err db_transaction(struct ctx *ctx, enum err (*fn)(struct ctx *ctx, void *arg), void *arg)
{
    static uint64_t seed;
    int try;

    CHECK(!ctx->db->in_transaction);
    if (seed == 0)
        random_bytes(&seed, sizeof seed);
    for (try = 1;; try++) {
        bool unknown;
        enum err err = try_once(ctx, fn, arg, &unknown);

        if (err == OK || try == TRIES_MAX || (err != ERR_DB_RETRY && !unknown))
            return err;
        ctx_forget_error(ctx);
        clock_sleep(random_between(&seed, 10000, 20000) << (try - 1));
    }
}
