#include "store/db_prove.h"

#include <string.h>

#include "store/db_connection.h"

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
    enum err err = db_prepare(ctx, statement, &prepared);

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
