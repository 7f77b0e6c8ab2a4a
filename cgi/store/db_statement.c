#include "store/db_connection.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "core/date.h"

enum { PARAMS_MAX = 256, INSTANT_BYTES = 27 };

enum err db_prepare(struct ctx *ctx, const struct statement *statement, struct prepared **out)
{
    struct db *db = ctx->db;
    size_t slot = (size_t)((uintptr_t)statement / sizeof(void *)) & (STATEMENTS_MAX - 1);

    if (db->mysql == NULL || (db->broken && !db->in_transaction))
        TRY(ctx, db_connect(ctx));
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
        enum err err = db_fail(ctx, mysql_stmt_errno((*out)->handle), statement->name,
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

    TRY(ctx, db_prepare(ctx, statement, out));
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
        return db_fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
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
        return db_fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
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
        return db_fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
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
    TRY(ctx, db_prepare(ctx, statement, &prepared));
    handle = prepared->handle;
    CHECK(mysql_stmt_param_count(handle) == column_count);
    for (i = 0; i < column_count; i++)
        bind_array(ctx, &columns[i], records, record_bytes, count, &bind[i]);
    prepared->bulk = true;
    (void)mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &rows);
    if (mysql_stmt_bind_param(handle, bind) != 0 || mysql_stmt_execute(handle) != 0)
        return db_fail(ctx, mysql_stmt_errno(handle), statement->name, mysql_stmt_error(handle));
    return OK;
}

enum err db_run_script(struct ctx *ctx, const char *sql)
{
    MYSQL *mysql;
    MYSQL_RES *result;

    TRY(ctx, db_ready(ctx));
    mysql = ctx->db->mysql;
    if (mysql_query(mysql, sql) != 0)
        return db_fail(ctx, mysql_errno(mysql), sql, mysql_error(mysql));
    result = mysql_store_result(mysql);
    if (result != NULL)
        mysql_free_result(result);
    return OK;
}
