#include "store/db.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <errmsg.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/random.h"
#include "core/date.h"

enum {
    STATEMENTS_MAX = 4096, /* size of the table of prepared statements, a power of two */
    COLUMNS_MAX = 64,
    PARAMS_MAX = 256,
    TEXT_FIRST_BYTES = 256, /* longer values are fetched again into memory of their size */
    TRIES_MAX = 5,
    INSTANT_BYTES = 27,
};

struct prepared {
    const struct statement *statement;
    MYSQL_STMT *handle;
    bool bulk; /* its array size was set: parameters must be bound anew */
};

/* Where the client library puts the values of one row, before they become a record. */
struct fetch {
    MYSQL_BIND bind[COLUMNS_MAX];
    long long number[COLUMNS_MAX];
    MYSQL_TIME time[COLUMNS_MAX];
    char text[COLUMNS_MAX][TEXT_FIRST_BYTES];
    unsigned long length[COLUMNS_MAX];
    my_bool null[COLUMNS_MAX];
    my_bool cut[COLUMNS_MAX];
};

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

struct db {
    struct db_login login;
    MYSQL *mysql;
    struct prepared prepared[STATEMENTS_MAX];
    size_t prepared_count;
    bool in_transaction;
    bool broken;
    struct later *later;         /* in the order of their first record */
    struct arena *later_arena;   /* emptied when a transaction begins */
    struct fetch fetch; /* one result is read at a time, and whole */
};

static struct statement_table *tables;

void db_register(struct statement_table *table)
{
    table->next = tables;
    tables = table;
}

const struct statement_table *db_statement_tables(void)
{
    return tables;
}

struct db *db_open(const struct db_login *login)
{
    struct db *db = calloc(1, sizeof *db);

    CHECK(db != NULL);
    db->login = *login;
    return db;
}

static void disconnect(struct db *db)
{
    size_t i;

    for (i = 0; i < STATEMENTS_MAX; i++)
        if (db->prepared[i].handle != NULL)
            (void)mysql_stmt_close(db->prepared[i].handle);
    memset(db->prepared, 0, sizeof db->prepared);
    db->prepared_count = 0;
    if (db->mysql != NULL)
        mysql_close(db->mysql);
    db->mysql = NULL;
    db->in_transaction = false;
    db->broken = false;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    disconnect(db);
    if (db->later_arena != NULL)
        arena_free(db->later_arena);
    free(db);
}

void db_leave(struct db *db)
{
    if (db->mysql != NULL)
        (void)close(mysql_get_socket(db->mysql));
    *db = (struct db){.login = db->login};
}

static enum err err_of_number(unsigned int number)
{
    switch (number) {
    case ER_CHECKREAD:
    case ER_DISK_FULL: /* nothing was written: again, and later when space does not come back */
    case ER_RECORD_FILE_FULL:
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_LOCK_DEADLOCK: return ERR_DB_RETRY;
    case ER_DUP_ENTRY: return ERR_DUPLICATE;
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_COMMANDS_OUT_OF_SYNC:
    case ER_SERVER_SHUTDOWN:
    case ER_CONNECTION_KILLED:
    case ER_CON_COUNT_ERROR:
    case 2055: /* lost connection with system error */
    case 2057: /* columns changed under a prepared statement: the connection is out of step */
        return ERR_DB_GONE;
    case ER_CANT_AGGREGATE_2COLLATIONS: /* a text beyond ASCII compared with an ASCII column: nothing is equal to it */
        return ERR_NOT_FOUND;
    default: return ERR_DB;
    }
}

static enum err fail(struct ctx *ctx, unsigned int number, const char *what, const char *message)
{
    enum err err = err_of_number(number);

    if (err == ERR_DB_GONE)
        ctx->db->broken = true;
    if (err == ERR_DUPLICATE)
        return err; /* an expected answer, not a failure: callers look for it */
    return FAIL(ctx, err, "%s: %u %s", what, number, message);
}

static enum err connect_now(struct ctx *ctx)
{
    static const char *const setting[] = {
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
        "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 10",
    };
    struct db *db = ctx->db;
    const struct db_login *login = &db->login;
    unsigned int connect_s = 3;
    unsigned int answer_s = 60;
    size_t i;

    disconnect(db);
    db->mysql = mysql_init(NULL);
    CHECK(db->mysql != NULL);
    (void)mysql_options(db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    (void)mysql_options(db->mysql, MYSQL_OPT_READ_TIMEOUT, &answer_s);
    (void)mysql_options(db->mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
    (void)mysql_options(db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(db->mysql, login->socket[0] != '\0' ? NULL : login->host, login->user,
                           login->password, login->name, (unsigned int)login->port,
                           login->socket[0] != '\0' ? login->socket : NULL,
                           CLIENT_FOUND_ROWS) == NULL) {
        unsigned int number = mysql_errno(db->mysql);
        enum err err = FAIL(ctx, ERR_DB_GONE, "connect: %u %s", number, mysql_error(db->mysql));

        disconnect(db);
        return err;
    }
    for (i = 0; i < COUNT_OF(setting); i++)
        if (mysql_query(db->mysql, setting[i]) != 0)
            return fail(ctx, mysql_errno(db->mysql), "session setting", mysql_error(db->mysql));
    return OK;
}

/* The server closed a connection that nobody used: a restart, KILL, its wait_timeout after a quiet night.
 * The socket tells without a round trip; only the end counts, since the server's last words may lie unread. */
static bool closed_while_idle(const struct db *db)
{
    struct pollfd idle = {.fd = mysql_get_socket(db->mysql), .events = POLLRDHUP};

    return poll(&idle, 1, 0) == 1 && (idle.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

enum err db_ready(struct ctx *ctx)
{
    CHECK(!ctx->db->in_transaction);
    if (ctx->db->mysql == NULL || ctx->db->broken || closed_while_idle(ctx->db))
        TRY(ctx, connect_now(ctx));
    return OK;
}

bool db_in_transaction(const struct ctx *ctx)
{
    return ctx->db->in_transaction;
}

int64_t db_connection_id(struct ctx *ctx)
{
    return ctx->db->mysql != NULL ? (int64_t)mysql_thread_id(ctx->db->mysql) : 0;
}

static enum err prepare(struct ctx *ctx, const struct statement *statement, struct prepared **out)
{
    struct db *db = ctx->db;
    size_t slot = (size_t)((uintptr_t)statement / sizeof(void *)) & (STATEMENTS_MAX - 1);

    if (db->mysql == NULL || (db->broken && !db->in_transaction))
        TRY(ctx, connect_now(ctx));
    if (db->broken)
        return FAIL(ctx, ERR_DB_GONE, "%s: connection lost inside a transaction", statement->name);
    while (db->prepared[slot].statement != NULL && db->prepared[slot].statement != statement)
        slot = (slot + 1) & (STATEMENTS_MAX - 1);
    *out = &db->prepared[slot];
    if ((*out)->statement != NULL)
        return OK;
    CHECK(db->prepared_count < STATEMENTS_MAX / 2);
    (*out)->handle = mysql_stmt_init(db->mysql);
    CHECK((*out)->handle != NULL);
    if (mysql_stmt_prepare((*out)->handle, statement->sql, strlen(statement->sql)) != 0) {
        enum err err = fail(ctx, mysql_stmt_errno((*out)->handle), statement->name,
                            mysql_stmt_error((*out)->handle));

        (void)mysql_stmt_close((*out)->handle);
        (*out)->handle = NULL;
        return err;
    }
    (*out)->statement = statement;
    db->prepared_count++;
    return OK;
}

static void instant_text(int64_t at, char text[INSTANT_BYTES])
{
    int64_t day = at / (86400 * CLOCK_SECOND);
    int64_t left = at % (86400 * CLOCK_SECOND);
    struct civil civil;

    CHECK(at > 0);
    civil = date_civil((int32_t)day);
    (void)snprintf(text, INSTANT_BYTES, "%04u-%02u-%02u %02u:%02u:%02u.%06u",
                   (unsigned)civil.year % 10000, (unsigned)civil.month % 100,
                   (unsigned)civil.day % 100, (unsigned)(left / (3600 * CLOCK_SECOND)) % 100,
                   (unsigned)(left / (60 * CLOCK_SECOND) % 60), (unsigned)(left / CLOCK_SECOND % 60),
                   (unsigned)(left % CLOCK_SECOND));
}

static bool param_is_null(const struct param *param)
{
    switch (param->kind) {
    case DB_TEXT: return param->text == NULL;
    case DB_BYTES:
    case DB_HASH: return param->text == NULL && param->bytes == 0;
    case DB_DATE: return param->number == DATE_NONE;
    case DB_INSTANT:
    case DB_ID: return param->number == 0;
    case DB_I64:
    case DB_I32:
    case DB_BOOL: return false;
    }
    return false;
}

/* The text or number that a parameter sends; number_place and text_place must live until execute. */
static void bind_param(const struct param *param, MYSQL_BIND *bind, int64_t *number_place,
                       char *text_place, unsigned long *length_place)
{
    static char null_indicator = 1;

    memset(bind, 0, sizeof *bind);
    if (param_is_null(param)) {
        bind->buffer_type = MYSQL_TYPE_NULL;
        bind->is_null = &null_indicator;
        return;
    }
    switch (param->kind) {
    case DB_TEXT:
        *length_place = strlen(param->text);
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = (void *)(uintptr_t)param->text;
        break;
    case DB_BYTES:
    case DB_HASH:
        *length_place = param->bytes;
        bind->buffer_type = MYSQL_TYPE_BLOB;
        bind->buffer = (void *)(uintptr_t)param->text;
        break;
    case DB_DATE:
        (void)date_iso((int32_t)param->number, text_place);
        *length_place = strlen(text_place);
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = text_place;
        break;
    case DB_INSTANT:
        instant_text(param->number, text_place);
        *length_place = strlen(text_place);
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = text_place;
        break;
    case DB_I64:
    case DB_I32:
    case DB_BOOL:
    case DB_ID:
        *number_place = param->number;
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = number_place;
        return;
    }
    bind->buffer_length = *length_place;
    bind->length = length_place;
}

static enum err execute(struct ctx *ctx, const struct statement *statement,
                        const struct param *params, size_t param_count, struct prepared **out)
{
    MYSQL_BIND bind[PARAMS_MAX];
    int64_t number[PARAMS_MAX];
    char text[PARAMS_MAX][INSTANT_BYTES + 1];
    unsigned long length[PARAMS_MAX];
    MYSQL_STMT *handle;
    size_t i;

    TRY(ctx, prepare(ctx, statement, out));
    handle = (*out)->handle;
    CHECK(param_count <= PARAMS_MAX);
    CHECK(mysql_stmt_param_count(handle) == param_count);
    if ((*out)->bulk) {
        unsigned int none = 0;

        (void)mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &none);
        (*out)->bulk = false;
    }
    for (i = 0; i < param_count; i++)
        bind_param(&params[i], &bind[i], &number[i], text[i], &length[i]);
    if ((param_count > 0 && mysql_stmt_bind_param(handle, bind) != 0) ||
        mysql_stmt_execute(handle) != 0)
        return fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
    return OK;
}

static void bind_result(const struct statement *statement, struct fetch *fetch)
{
    size_t i;

    memset(fetch->bind, 0, sizeof(MYSQL_BIND) * statement->column_count);
    for (i = 0; i < statement->column_count; i++) {
        MYSQL_BIND *bind = &fetch->bind[i];

        bind->length = &fetch->length[i];
        bind->is_null = &fetch->null[i];
        bind->error = &fetch->cut[i];
        switch (statement->columns[i].kind) {
        case DB_I64:
        case DB_I32:
        case DB_BOOL:
        case DB_ID:
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = &fetch->number[i];
            break;
        case DB_DATE:
        case DB_INSTANT:
            bind->buffer_type = MYSQL_TYPE_DATETIME;
            bind->buffer = &fetch->time[i];
            bind->buffer_length = sizeof fetch->time[i];
            break;
        case DB_TEXT:
        case DB_BYTES:
        case DB_HASH:
            bind->buffer_type = MYSQL_TYPE_BLOB;
            bind->buffer = fetch->text[i];
            bind->buffer_length = TEXT_FIRST_BYTES;
            break;
        }
    }
}

/* The whole value of a column of text or bytes, in the arena, a NUL behind it. */
static const char *take_text(struct ctx *ctx, MYSQL_STMT *handle, struct fetch *fetch, size_t i)
{
    MYSQL_BIND again;
    unsigned long length = fetch->length[i];
    char *text;
    my_bool null = 0;
    my_bool cut = 0;

    text = arena_alloc(ctx->arena, length + 1);
    if (length <= TEXT_FIRST_BYTES) { /* also bytes: a NUL among them is one of them */
        memcpy(text, fetch->text[i], length);
        return text;
    }
    memset(&again, 0, sizeof again);
    again.buffer_type = MYSQL_TYPE_BLOB;
    again.buffer = text;
    again.buffer_length = length;
    again.length = &length;
    again.is_null = &null;
    again.error = &cut;
    CHECK(mysql_stmt_fetch_column(handle, &again, (unsigned int)i, 0) == 0);
    return text;
}

static int64_t take_instant(const MYSQL_TIME *time)
{
    int64_t day = date_from_civil((int)time->year, (int)time->month, (int)time->day);

    return ((day * 24 + time->hour) * 60 + time->minute) * 60 * CLOCK_SECOND +
           (int64_t)time->second * CLOCK_SECOND + (int64_t)time->second_part;
}

static void take_column(struct ctx *ctx, MYSQL_STMT *handle, struct fetch *fetch, size_t i,
                        const struct column *column, void *record)
{
    char *place = (char *)record + column->offset;
    bool null = fetch->null[i] != 0;

    switch (column->kind) {
    case DB_I64:
    case DB_ID:
        CHECK(column->room == sizeof(int64_t));
        *(int64_t *)(void *)place = null ? 0 : fetch->number[i];
        return;
    case DB_I32:
        CHECK(column->room == sizeof(int32_t) &&
              (null || (fetch->number[i] >= INT32_MIN && fetch->number[i] <= INT32_MAX)));
        *(int32_t *)(void *)place = null ? 0 : (int32_t)fetch->number[i];
        return;
    case DB_BOOL:
        CHECK(column->room == sizeof(bool));
        *(bool *)(void *)place = !null && fetch->number[i] != 0;
        return;
    case DB_DATE:
        CHECK(column->room == sizeof(int32_t));
        *(int32_t *)(void *)place =
            null ? DATE_NONE
                 : date_from_civil((int)fetch->time[i].year, (int)fetch->time[i].month,
                                   (int)fetch->time[i].day);
        return;
    case DB_INSTANT:
        CHECK(column->room == sizeof(int64_t));
        *(int64_t *)(void *)place = null ? 0 : take_instant(&fetch->time[i]);
        return;
    case DB_TEXT:
        CHECK(column->room == sizeof(const char *));
        *(const char **)(void *)place = null ? "" : take_text(ctx, handle, fetch, i);
        return;
    case DB_BYTES: {
        struct db_bytes *bytes = (struct db_bytes *)(void *)place;

        CHECK(column->room == sizeof *bytes);
        bytes->bytes = null ? 0 : fetch->length[i];
        bytes->data = (const unsigned char *)(null ? "" : take_text(ctx, handle, fetch, i));
        return;
    }
    case DB_HASH:
        CHECK(column->room == 32);
        if (null)
            memset(place, 0, 32);
        else {
            CHECK(fetch->length[i] == 32);
            memcpy(place, fetch->text[i], 32);
        }
        return;
    }
}

/* Reads every row that is left, at most `most`; then the connection is free for the next one. */
static enum err fetch_rows(struct ctx *ctx, const struct statement *statement, MYSQL_STMT *handle,
                           size_t most, char **rows, size_t *count)
{
    struct fetch *fetch = &ctx->db->fetch;
    size_t room = most < 16 ? most : 16;
    int outcome;

    CHECK(statement->column_count > 0 && statement->column_count <= COLUMNS_MAX);
    CHECK(mysql_stmt_field_count(handle) == statement->column_count);
    *count = 0;
    *rows = arena_array(ctx->arena, room, statement->record_bytes);
    bind_result(statement, fetch);
    if (mysql_stmt_bind_result(handle, fetch->bind) != 0)
        return fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
    while ((outcome = mysql_stmt_fetch(handle)) == 0 || outcome == MYSQL_DATA_TRUNCATED) {
        size_t i;

        if (*count == most)
            continue; /* drained, not kept */
        if (*count == room) {
            char *more = arena_array(ctx->arena, room * 2, statement->record_bytes);

            memcpy(more, *rows, room * statement->record_bytes);
            *rows = more;
            room *= 2;
        }
        for (i = 0; i < statement->column_count; i++)
            take_column(ctx, handle, fetch, i, &statement->columns[i],
                        *rows + *count * statement->record_bytes);
        (*count)++;
    }
    if (outcome != MYSQL_NO_DATA)
        return fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
    (void)mysql_stmt_free_result(handle);
    return OK;
}

enum err db_rows(struct ctx *ctx, const struct statement *statement, const struct param *params,
                 size_t param_count, void *rows, size_t *count)
{
    struct prepared *prepared;
    char *records;

    TRY(ctx, execute(ctx, statement, params, param_count, &prepared));
    TRY(ctx, fetch_rows(ctx, statement, prepared->handle, SIZE_MAX, &records, count));
    *(void **)rows = records;
    return OK;
}

enum err db_row(struct ctx *ctx, const struct statement *statement, const struct param *params,
                size_t param_count, void *row)
{
    struct prepared *prepared;
    char *records;
    size_t count;

    TRY(ctx, execute(ctx, statement, params, param_count, &prepared));
    TRY(ctx, fetch_rows(ctx, statement, prepared->handle, 1, &records, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    memcpy(row, records, statement->record_bytes);
    return OK;
}

enum err db_write(struct ctx *ctx, const struct statement *statement, const struct param *params,
                  size_t param_count, int64_t *affected)
{
    struct prepared *prepared;
    enum err err = execute(ctx, statement, params, param_count, &prepared);

    if (err != OK)
        return err;
    if (affected != NULL)
        *affected = (int64_t)mysql_stmt_affected_rows(prepared->handle);
    return OK;
}

enum err db_write_one(struct ctx *ctx, const struct statement *statement,
                      const struct param *params, size_t param_count)
{
    int64_t affected = 0;
    enum err err = db_write(ctx, statement, params, param_count, &affected);

    if (err != OK)
        return err;
    return affected == 1 ? OK : ERR_CONFLICT;
}

enum err db_insert(struct ctx *ctx, const struct statement *statement, const struct param *params,
                   size_t param_count, int64_t *id)
{
    struct prepared *prepared;
    enum err err = execute(ctx, statement, params, param_count, &prepared);

    if (err != OK)
        return err;
    *id = (int64_t)mysql_stmt_insert_id(prepared->handle);
    if (*id == 0 && mysql_stmt_affected_rows(prepared->handle) == 0)
        return ERR_CONFLICT;
    CHECK(*id > 0);
    return OK;
}

/* The arrays that one column of many records becomes. */
static void bind_array(struct ctx *ctx, const struct column *column, const char *records,
                       size_t record_bytes, size_t count, MYSQL_BIND *bind)
{
    int64_t *numbers = NULL;
    const char **texts = NULL;
    unsigned long *lengths = NULL;
    char *indicators = ARENA_ARRAY(ctx->arena, char, count);
    size_t i;
    bool number = column->kind == DB_I64 || column->kind == DB_I32 || column->kind == DB_BOOL ||
                  column->kind == DB_ID;

    memset(bind, 0, sizeof *bind);
    if (number) {
        numbers = ARENA_ARRAY(ctx->arena, int64_t, count);
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = numbers;
    } else {
        texts = ARENA_ARRAY(ctx->arena, const char *, count);
        lengths = ARENA_ARRAY(ctx->arena, unsigned long, count);
        bind->buffer_type = column->kind == DB_BYTES || column->kind == DB_HASH ? MYSQL_TYPE_BLOB
                                                                                : MYSQL_TYPE_STRING;
        bind->buffer = texts;
        bind->length = lengths;
    }
    bind->u.indicator = indicators;
    for (i = 0; i < count; i++) {
        const char *place = records + i * record_bytes + column->offset;
        char *text;

        indicators[i] = STMT_INDICATOR_NONE;
        switch (column->kind) {
        case DB_I64: numbers[i] = *(const int64_t *)(const void *)place; break;
        case DB_I32: numbers[i] = *(const int32_t *)(const void *)place; break;
        case DB_BOOL: numbers[i] = *(const bool *)(const void *)place ? 1 : 0; break;
        case DB_ID:
            numbers[i] = *(const int64_t *)(const void *)place;
            if (numbers[i] == 0)
                indicators[i] = STMT_INDICATOR_NULL;
            break;
        case DB_TEXT:
            texts[i] = *(const char *const *)(const void *)place;
            if (texts[i] == NULL) {
                texts[i] = "";
                indicators[i] = STMT_INDICATOR_NULL;
            }
            lengths[i] = strlen(texts[i]);
            break;
        case DB_DATE:
            text = arena_alloc(ctx->arena, DATE_TEXT_BYTES);
            if (*(const int32_t *)(const void *)place == DATE_NONE)
                indicators[i] = STMT_INDICATOR_NULL;
            else
                (void)date_iso(*(const int32_t *)(const void *)place, text);
            texts[i] = text;
            lengths[i] = strlen(text);
            break;
        case DB_INSTANT:
            text = arena_alloc(ctx->arena, INSTANT_BYTES);
            if (*(const int64_t *)(const void *)place == 0)
                indicators[i] = STMT_INDICATOR_NULL;
            else
                instant_text(*(const int64_t *)(const void *)place, text);
            texts[i] = text;
            lengths[i] = strlen(text);
            break;
        case DB_BYTES:
            texts[i] = (const char *)((const struct db_bytes *)(const void *)place)->data;
            lengths[i] = ((const struct db_bytes *)(const void *)place)->bytes;
            break;
        case DB_HASH:
            texts[i] = place;
            lengths[i] = 32;
            break;
        }
    }
}

enum err db_write_many(struct ctx *ctx, const struct statement *statement,
                       const struct column *columns, size_t column_count, const void *records,
                       size_t record_bytes, size_t count)
{
    MYSQL_BIND bind[COLUMNS_MAX];
    struct prepared *prepared;
    unsigned int rows = (unsigned int)count;
    MYSQL_STMT *handle;
    size_t i;

    CHECK(column_count <= COLUMNS_MAX && count <= 1 << 20);
    if (count == 0)
        return OK;
    TRY(ctx, prepare(ctx, statement, &prepared));
    handle = prepared->handle;
    CHECK(mysql_stmt_param_count(handle) == column_count);
    for (i = 0; i < column_count; i++)
        bind_array(ctx, &columns[i], records, record_bytes, count, &bind[i]);
    prepared->bulk = true;
    (void)mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &rows);
    if (mysql_stmt_bind_param(handle, bind) != 0 || mysql_stmt_execute(handle) != 0)
        return fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
    return OK;
}

/* ---- written with the transaction's end ---- */

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

static enum err run_text(struct ctx *ctx, const char *sql)
{
    MYSQL *mysql = ctx->db->mysql;

    if (mysql_query(mysql, sql) != 0)
        return fail(ctx, mysql_errno(mysql), sql, mysql_error(mysql));
    return OK;
}

enum err db_run_script(struct ctx *ctx, const char *sql)
{
    MYSQL_RES *result;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, run_text(ctx, sql));
    result = mysql_store_result(ctx->db->mysql);
    if (result != NULL)
        mysql_free_result(result);
    return OK;
}

/* As the database would fail, for the self-test; it has rolled back. */
static enum err commit_fails(struct ctx *ctx, enum commit_fault fault)
{
    static const unsigned int number[] = {[COMMIT_DEADLOCK] = ER_LOCK_DEADLOCK, [COMMIT_TIMEOUT] = ER_LOCK_WAIT_TIMEOUT,
                                          [COMMIT_DISK_FULL] = ER_DISK_FULL, [COMMIT_LOST_BEFORE] = CR_SERVER_LOST};

    if (fault != COMMIT_LOST_BEFORE)
        (void)mysql_query(ctx->db->mysql, "ROLLBACK");
    return fail(ctx, number[fault], "COMMIT", "refused (self-test)");
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
        return fail(ctx, CR_SERVER_LOST, sql, "the answer was lost (self-test)");
    }
    if (!sent || mysql_read_query_result(mysql) != 0)
        return fail(ctx, mysql_errno(mysql), sql, mysql_error(mysql));
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
    TRY(ctx, run_text(ctx, "START TRANSACTION"));
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

static bool kind_fits(enum column_kind kind, enum enum_field_types type)
{
    bool number = type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_LONG ||
                  type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_INT24;
    bool text = type == MYSQL_TYPE_STRING || type == MYSQL_TYPE_VAR_STRING ||
                type == MYSQL_TYPE_VARCHAR || type == MYSQL_TYPE_BLOB || type == MYSQL_TYPE_ENUM ||
                type == MYSQL_TYPE_MEDIUM_BLOB || type == MYSQL_TYPE_LONG_BLOB;

    switch (kind) {
    case DB_I64:
    case DB_I32:
    case DB_BOOL:
    case DB_ID: return number || type == MYSQL_TYPE_NULL;
    case DB_DATE: return type == MYSQL_TYPE_DATE;
    case DB_INSTANT: return type == MYSQL_TYPE_DATETIME || type == MYSQL_TYPE_TIMESTAMP;
    case DB_TEXT:
    case DB_BYTES:
    case DB_HASH: return text;
    }
    return false;
}

enum err db_prove(struct ctx *ctx, const struct statement *statement, const char **message)
{
    struct prepared *prepared;
    MYSQL_RES *result;
    size_t i;
    enum err err = prepare(ctx, statement, &prepared);

    *message = "";
    if (err != OK) {
        *message = arena_printf(ctx->arena, "%s: does not prepare: %s", statement->name, ctx->trail);
        return err;
    }
    /* What INSERT … RETURNING gives is described when it runs. */
    if (mysql_stmt_field_count(prepared->handle) != statement->column_count && strstr(statement->sql, " RETURNING ") == NULL) {
        *message = arena_printf(ctx->arena, "%s: %u columns in the result, %zu in its table",
                                statement->name, mysql_stmt_field_count(prepared->handle),
                                statement->column_count);
        return ERR_DB;
    }
    result = mysql_stmt_result_metadata(prepared->handle);
    for (i = 0; i < statement->column_count && result != NULL; i++) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(result, (unsigned int)i);

        if (!kind_fits(statement->columns[i].kind, field->type) ||
            strcmp(statement->columns[i].name, field->name) != 0) {
            *message = arena_printf(ctx->arena, "%s: column %zu is %s (type %d), its table says %s",
                                    statement->name, i + 1, field->name, (int)field->type,
                                    statement->columns[i].name);
            break;
        }
    }
    if (result != NULL)
        mysql_free_result(result);
    return (*message)[0] == '\0' ? OK : ERR_DB;
}
