#include "store/migration.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/db.h"

enum { FILES_MAX = 9999, FILE_BYTES_MAX = 4 << 20 };

struct version_row {
    int32_t number;
    const char *name;
    const char *sha256;
    bool finished;
};

static const struct column version_column[] = {
    COLUMN(I32, version_row, number),
    COLUMN(TEXT, version_row, name),
    COLUMN(TEXT, version_row, sha256),
    COLUMN(BOOL, version_row, finished),
};

struct lock_row {
    int64_t got;
};
static const struct column lock_column[] = {COLUMN(I64, lock_row, got)};

enum { VERSIONS, BEGIN_VERSION, FINISH_VERSION, TAKE_LOCK, FREE_LOCK };

static const struct statement statement[] = {
    [VERSIONS] = {"schema_versions",
                  "SELECT number, name, sha256, finished FROM schema_version ORDER BY number",
                  READS(version_row, version_column)},
    [BEGIN_VERSION] = {"schema_version_begin",
                       "INSERT INTO schema_version (number, name, sha256, finished) VALUES (?, ?, ?, 0)",
                       NOTHING},
    [FINISH_VERSION] = {"schema_version_finish",
                        "UPDATE schema_version SET finished = 1 WHERE number = ?", NOTHING},
    [TAKE_LOCK] = {"migration_lock", "SELECT GET_LOCK(CONCAT('tacite_migrate_', DATABASE()), 60) AS got",
                   READS(lock_row, lock_column)},
    [FREE_LOCK] = {"migration_unlock",
                   "SELECT RELEASE_LOCK(CONCAT('tacite_migrate_', DATABASE())) AS got",
                   READS(lock_row, lock_column)},
};

struct file {
    int number;
    const char *name;
    const char *sql;
    const char *sha256;
};

static int by_number(const void *a, const void *b)
{
    return ((const struct file *)a)->number - ((const struct file *)b)->number;
}

static enum err read_file(struct ctx *ctx, const char *path, const char **text, size_t *bytes)
{
    FILE *file = fopen(path, "re");
    char *data;

    if (file == NULL)
        return FAIL(ctx, ERR_IO, "%s cannot be opened", path);
    data = arena_alloc(ctx->arena, FILE_BYTES_MAX);
    *bytes = fread(data, 1, FILE_BYTES_MAX - 1, file);
    (void)fclose(file);
    if (*bytes == FILE_BYTES_MAX - 1)
        return FAIL(ctx, ERR_LIMIT, "%s is too large", path);
    *text = data;
    return OK;
}

/* The NNNN_*.sql files of the folder, in order, without a gap. */
static enum err list_files(struct ctx *ctx, const char *folder, struct file **files, size_t *count)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t i;

    if (dir == NULL)
        return FAIL(ctx, ERR_IO, "schema folder %s cannot be opened", folder);
    *files = ARENA_ARRAY(ctx->arena, struct file, 256);
    *count = 0;
    while ((entry = readdir(dir)) != NULL && *count < 256) {
        const char *name = entry->d_name;

        if (strlen(name) > 9 && strspn(name, "0123456789") == 4 && name[4] == '_' &&
            str_ends(name, ".sql")) {
            (*files)[*count].number = (int)strtol(name, NULL, 10);
            (*files)[(*count)++].name = arena_strdup(ctx->arena, name);
        }
    }
    (void)closedir(dir);
    qsort(*files, *count, sizeof **files, by_number);
    for (i = 0; i < *count; i++) {
        struct file *file = &(*files)[i];
        size_t bytes;
        struct hash hash;

        if (file->number != (int)i + 1)
            return FAIL(ctx, ERR_CONFIG, "schema files have a gap before %s", file->name);
        TRY(ctx, read_file(ctx, arena_printf(ctx->arena, "%s/%s", folder, file->name), &file->sql,
                           &bytes));
        hash = hash_sha256(file->sql, bytes);
        file->sha256 = encode_hex(ctx->arena, hash.bytes, sizeof hash.bytes);
    }
    return OK;
}

static enum err run_statements(struct ctx *ctx, const char *sql)
{
    struct str text = str_new(ctx->arena);
    const char *delimiter = ";";

    while (*sql != '\0') {
        size_t length = strcspn(sql, "\n");
        char *line = arena_strndup(ctx->arena, sql, length);
        char *trimmed = str_trim(ctx->arena, line);

        sql += length + (sql[length] == '\n' ? 1 : 0);
        if (str_starts(trimmed, "--") || trimmed[0] == '\0')
            continue;
        if (str_starts(trimmed, "DELIMITER ")) {
            delimiter = str_trim(ctx->arena, trimmed + strlen("DELIMITER "));
            continue;
        }
        if (!str_ends(trimmed, delimiter)) {
            const char *comment = strstr(line, " -- ");

            str_append_bytes(&text, line, comment != NULL ? (size_t)(comment - line) : length);
            str_append_char(&text, '\n');
            continue;
        }
        str_append_bytes(&text, trimmed, strlen(trimmed) - strlen(delimiter));
        TRY(ctx, db_run_script(ctx, text.text));
        text = str_new(ctx->arena);
    }
    if (text.bytes > 0)
        return FAIL(ctx, ERR_CONFIG, "text after the last statement: %.60s", text.text);
    return OK;
}

static enum err read_versions(struct ctx *ctx, struct version_row **rows, size_t *count)
{
    TRY(ctx, db_run_script(ctx, "CREATE TABLE IF NOT EXISTS schema_version ("
                                "number INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, "
                                "sha256 CHAR(64) NOT NULL, finished TINYINT NOT NULL)"));
    return db_rows(ctx, &statement[VERSIONS], NO_PARAMS, rows, count);
}

static enum err run_files(struct ctx *ctx, const char *folder, int *ran)
{
    struct file *files;
    struct version_row *rows;
    size_t file_count;
    size_t row_count;
    size_t i;

    TRY(ctx, list_files(ctx, folder, &files, &file_count));
    TRY(ctx, read_versions(ctx, &rows, &row_count));
    if (row_count > file_count)
        return FAIL(ctx, ERR_CONFIG, "the database is newer (%zu) than these files (%zu)", row_count,
                    file_count);
    for (i = 0; i < row_count; i++) {
        if (!rows[i].finished)
            return FAIL(ctx, ERR_CONFIG, "%s was begun and not finished: restore the backup",
                        rows[i].name);
        if (!str_equal(rows[i].sha256, files[i].sha256))
            return FAIL(ctx, ERR_CONFIG, "%s was changed after it ran", files[i].name);
    }
    for (; i < file_count; i++) {
        TRY(ctx, db_write(ctx, &statement[BEGIN_VERSION],
                          PARAMS(P_I64(files[i].number), P_TEXT(files[i].name),
                                 P_TEXT(files[i].sha256)),
                          NULL));
        TRY(ctx, run_statements(ctx, files[i].sql));
        TRY(ctx, db_write(ctx, &statement[FINISH_VERSION], PARAMS(P_I64(files[i].number)), NULL));
        (*ran)++;
    }
    return OK;
}

enum err migrate_schema(struct ctx *ctx, const char *folder, int *ran)
{
    struct lock_row lock;
    enum err err;

    *ran = 0;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, db_row(ctx, &statement[TAKE_LOCK], NO_PARAMS, &lock));
    if (lock.got != 1)
        return FAIL(ctx, ERR_CONFLICT, "another migration is running");
    err = run_files(ctx, folder, ran);
    if (err == OK)
        TRY(ctx, db_row(ctx, &statement[FREE_LOCK], NO_PARAMS, &lock));
    return err; /* after a failure the end of the connection frees the lock */
}

enum err migration_state(struct ctx *ctx, const char *folder, const char **missing)
{
    struct file *files;
    struct version_row *rows;
    size_t file_count;
    size_t row_count;
    struct str text = str_new(ctx->arena);
    size_t i;

    TRY(ctx, list_files(ctx, folder, &files, &file_count));
    TRY(ctx, db_rows(ctx, &statement[VERSIONS], NO_PARAMS, &rows, &row_count));
    for (i = 0; i < file_count; i++)
        if (i >= row_count || !rows[i].finished || !str_equal(rows[i].sha256, files[i].sha256))
            str_printf(&text, "%s%s", text.bytes > 0 ? ", " : "", files[i].name);
    *missing = text.text;
    return OK;
}

/* Names of users and databases go into GRANT as text: plain characters only. */
static bool identifier_ok(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 0 && bytes <= 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == bytes;
}

static bool privileges_in(struct arena *arena, const char *table, char *list, struct table_right *rights, size_t room,
                          size_t *count)
{
    char *rest;

    for (char *word = strtok_r(list, ", ", &rest); word != NULL; word = strtok_r(NULL, ", ", &rest)) {
        if (*count == room)
            return false;
        rights[(*count)++] = (struct table_right){table, arena_strdup(arena, word)};
    }
    return true;
}

enum err read_rights(struct ctx *ctx, const char *rights_file, struct table_right **rights, size_t *count)
{
    enum { RIGHTS_MAX = 1000 };
    const char *text;
    size_t bytes;

    TRY(ctx, read_file(ctx, rights_file, &text, &bytes));
    *rights = ARENA_ARRAY(ctx->arena, struct table_right, RIGHTS_MAX);
    *count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = arena_strndup(ctx->arena, text, length);
        char *tab = strchr(line, '\t');

        text += length + (text[length] == '\n' ? 1 : 0);
        if (line[0] == '#' || tab == NULL)
            continue;
        *tab = '\0';
        if (!privileges_in(ctx->arena, line, tab + 1, *rights, RIGHTS_MAX, count))
            return FAIL(ctx, ERR_CONFIG, "%s: more than %d rights", rights_file, RIGHTS_MAX);
    }
    return OK;
}

enum err grant_rights(struct ctx *ctx, const char *rights_file, const char *database,
                      const char *user, const char *host)
{
    struct table_right *rights;
    size_t count;

    if (!identifier_ok(database) || !identifier_ok(user) || strpbrk(host, "'\\`") != NULL)
        return FAIL(ctx, ERR_CONFIG, "database and user names want letters, digits and _");
    TRY(ctx, read_rights(ctx, rights_file, &rights, &count));
    TRY(ctx, db_ready(ctx));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "GRANT %s ON `%s`.`%s` TO '%s'@'%s'", rights[i].privilege,
                                                 database, rights[i].table, user, host)));
    return OK;
}

enum err create_database(struct ctx *ctx, const struct database_order *order)
{
    const char *made[] = {order->app_user, order->app_password, order->owner_user, order->owner_password};

    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        if (!identifier_ok(made[i]))
            return FAIL(ctx, ERR_CONFIG, "user names and generated passwords want letters, digits and _");
    if (!identifier_ok(order->database) || strpbrk(order->host, "'\\`") != NULL)
        return FAIL(ctx, ERR_CONFIG, "the database's name wants letters, digits and _");
    TRY(ctx, db_ready(ctx));
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 "
                                             "COLLATE utf8mb4_unicode_ci", order->database)));
    for (size_t i = 0; i < 2; i++) {
        /* Again with the same passwords after a run that was cut off: the key files were written first. */
        TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "CREATE USER IF NOT EXISTS '%s'@'%s'", made[2 * i], order->host)));
        TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "ALTER USER '%s'@'%s' IDENTIFIED BY '%s'", made[2 * i],
                                                 order->host, made[2 * i + 1])));
    }
    return db_run_script(ctx, arena_printf(ctx->arena, "GRANT ALL ON `%s`.* TO '%s'@'%s' WITH GRANT OPTION",
                                           order->database, order->owner_user, order->host));
}
