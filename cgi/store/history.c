#include "store/history.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"

static const struct column activity_column[] = {
    COLUMN(I64, activity, id),
    COLUMN(INSTANT, activity, at),
    COLUMN(DATE, activity, happened_on),
    COLUMN(TEXT, activity, subject_kind),
    COLUMN(I64, activity, subject_id),
    COLUMN(TEXT, activity, kind),
    COLUMN(TEXT, activity, actor),
    COLUMN(TEXT, activity, params),
};
#define ACTIVITY_COLUMNS                                                                           \
    "SELECT id, at, happened_on, subject_kind, subject_id, kind, actor, params FROM activity "

struct audit_row {
    int64_t at;
    const char *actor;
    const char *action;
    const char *object;
    const char *result;
    const char *remote_addr;
};
static const struct column audit_column[] = {
    COLUMN(INSTANT, audit_row, at), COLUMN(TEXT, audit_row, actor), COLUMN(TEXT, audit_row, action),
    COLUMN(TEXT, audit_row, object), COLUMN(TEXT, audit_row, result), COLUMN(TEXT, audit_row, remote_addr),
};

static const struct column item_column[] = {
    COLUMN(I64, operator_item, id),
    COLUMN(TEXT, operator_item, kind),
    COLUMN(TEXT, operator_item, subject_kind),
    COLUMN(I64, operator_item, subject_id),
    COLUMN(I64, operator_item, amount_minor),
    COLUMN(TEXT, operator_item, currency),
    COLUMN(TEXT, operator_item, detail),
    COLUMN(DATE, operator_item, opened_on),
};

struct closing_item {
    int64_t closed_at;
    const char *closed_by;
    struct operator_item item;
};
#define CLOSING(column_kind, member)                                                                                    \
    {DB_##column_kind, #member, offsetof(struct closing_item, item.member), sizeof(((struct closing_item *)0)->item.member)}
static const struct column closing_column[] = {
    COLUMN(INSTANT, closing_item, closed_at), COLUMN(TEXT, closing_item, closed_by), CLOSING(TEXT, kind),
    CLOSING(TEXT, subject_kind), CLOSING(I64, subject_id),
};

enum { NOTE, OF_SUBJECT, RECENT, AUDIT, ITEM_OPEN, ITEM_CLOSE, ITEM_DONE, ITEM_BY_ID, ITEMS };

static const struct statement statement[] = {
    [NOTE] = {"activity_note",
              "INSERT INTO activity (at, happened_on, subject_kind, subject_id, kind, actor, params) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)",
              NOTHING},
    [OF_SUBJECT] = {"activity_of_subject",
                    ACTIVITY_COLUMNS "WHERE subject_kind = ? AND subject_id = ? ORDER BY id DESC LIMIT ?",
                    READS(activity, activity_column)},
    [RECENT] = {"activity_recent", ACTIVITY_COLUMNS "ORDER BY id DESC LIMIT ?",
                READS(activity, activity_column)},
    [AUDIT] = {"audit_note",
               "INSERT INTO audit (at, actor, action, object, result, remote_addr) "
               "VALUES (?, ?, ?, ?, ?, ?)",
               NOTHING},
    [ITEM_OPEN] = {"operator_item_open",
                   "INSERT INTO operator_item (kind, subject_kind, subject_id, amount_minor, currency, "
                   "detail, opened_at, opened_on) VALUES (?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?) "
                   "ON DUPLICATE KEY UPDATE detail = VALUES(detail)",
                   NOTHING},
    [ITEM_CLOSE] = {"operator_item_close",
                    "UPDATE operator_item SET closed_at = ?, closed_by = ? WHERE kind = ? AND "
                    "subject_kind = ? AND subject_id = ? AND open_key = 1",
                    NOTHING},
    [ITEM_DONE] = {"operator_item_done",
                   "UPDATE operator_item SET closed_at = ?, closed_by = ? WHERE id = ? AND open_key = 1", NOTHING},
    [ITEM_BY_ID] = {"operator_item_by_id",
                    "SELECT id, kind, subject_kind, subject_id, amount_minor, currency, detail, opened_on "
                    "FROM operator_item WHERE id = ? AND open_key = 1",
                    READS(operator_item, item_column)},
    [ITEMS] = {"operator_items",
               "SELECT id, kind, subject_kind, subject_id, amount_minor, currency, detail, opened_on "
               "FROM operator_item WHERE open_key = 1 "
               "ORDER BY IFNULL(amount_minor, 0) DESC, id LIMIT ?",
               READS(operator_item, item_column)},
};
DB_STATEMENTS(history, statement)

static void append_quoted(struct str *out, const char *text)
{
    str_append_char(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;

        if (byte == '"' || byte == '\\')
            str_append_char(out, '\\');
        if (byte < 0x20)
            str_printf(out, "\\u%04x", byte);
        else
            str_append_char(out, *c);
    }
    str_append_char(out, '"');
}

char *history_params(struct arena *arena, ...)
{
    struct str out = str_new(arena);
    const char *name;
    va_list args;

    str_append_char(&out, '{');
    va_start(args, arena);
    while ((name = va_arg(args, const char *)) != NULL) {
        if (out.bytes > 1)
            str_append_char(&out, ',');
        append_quoted(&out, name);
        str_append_char(&out, ':');
        append_quoted(&out, va_arg(args, const char *));
    }
    va_end(args);
    str_append_char(&out, '}');
    return out.text;
}

/* Reads one string that append_quoted wrote, or any JSON string without escapes above U+007F. Gives
 * the place after it, NULL when there is none. */
static const char *read_quoted(const char *at, struct str *out)
{
    if (*at != '"')
        return NULL;
    for (at++; *at != '"'; at++) {
        if (*at == '\0')
            return NULL;
        if (*at != '\\') {
            str_append_char(out, *at);
        } else if (at[1] == 'u' && strlen(at) >= 6) {
            char hex[5] = {at[2], at[3], at[4], at[5], '\0'};

            str_append_char(out, (char)strtol(hex, NULL, 16));
            at += 5;
        } else {
            at++;
            if (*at == '\0')
                return NULL;
            str_append_char(out, *at == 'n' ? '\n' : *at);
        }
    }
    return at + 1;
}

char *history_param(struct arena *arena, const char *params, const char *name)
{
    const char *at = params;

    while (at != NULL && (*at == '{' || *at == ',')) {
        struct str key = str_new(arena);
        struct str value = str_new(arena);

        at = read_quoted(at + 1, &key);
        if (at == NULL || *at != ':')
            break;
        at = read_quoted(at + 1, &value);
        if (at != NULL && str_equal(key.text, name))
            return value.text;
    }
    return arena_strdup(arena, "");
}

#define NOTED activity_column + 1, COUNT_OF(activity_column) - 1 /* all but the id */

struct activity activity_now(const struct ctx *ctx, const char *subject_kind, int64_t subject_id, const char *kind, const char *params)
{
    return (struct activity){.at = ctx->now, .happened_on = ctx->today_on, .subject_kind = subject_kind, .subject_id = subject_id,
                             .kind = kind, .actor = ctx->actor, .params = params};
}

enum err note_activity(struct ctx *ctx, const char *subject_kind, int64_t subject_id,
                       const char *kind, const char *params)
{
    const struct activity row = activity_now(ctx, subject_kind, subject_id, kind, params);

    return db_write_later(ctx, &statement[NOTE], NOTED, &row, sizeof row);
}

enum err note_activities(struct ctx *ctx, const struct activity *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write_later(ctx, &statement[NOTE], NOTED, &rows[i], sizeof rows[i]));
    return OK;
}

enum err close_operator_items_of(struct ctx *ctx, const struct operator_item *rows, size_t count)
{
    struct closing_item *closing = ARENA_ARRAY(ctx->arena, struct closing_item, count + 1);

    for (size_t i = 0; i < count; i++)
        closing[i] = (struct closing_item){ctx->now, ctx->actor, rows[i]};
    return db_write_many(ctx, &statement[ITEM_CLOSE], closing_column, COUNT_OF(closing_column), closing, sizeof closing[0], count);
}

enum err activities(struct ctx *ctx, const char *subject_kind, int64_t subject_id, int32_t limit,
                    struct activity **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF_SUBJECT],
                   PARAMS(P_TEXT(subject_kind), P_I64(subject_id), P_I64(limit)), rows, count);
}

enum err recent_activities(struct ctx *ctx, int32_t limit, struct activity **rows, size_t *count)
{
    return db_rows(ctx, &statement[RECENT], PARAMS(P_I64(limit)), rows, count);
}

enum err note_audit(struct ctx *ctx, const char *action, const char *object, const char *result)
{
    const struct audit_row row = {ctx->now, ctx->actor, action, object, result, ctx->remote_addr};

    return db_write_later(ctx, &statement[AUDIT], audit_column, COUNT_OF(audit_column), &row, sizeof row);
}

enum err open_operator_item(struct ctx *ctx, const struct operator_item *item)
{
    return db_write(ctx, &statement[ITEM_OPEN],
                    PARAMS(P_TEXT(item->kind), P_TEXT(item->subject_kind), P_I64(item->subject_id),
                           P_I64(item->amount_minor), P_TEXT(item->currency), P_TEXT(item->detail),
                           P_INSTANT(ctx->now), P_DATE(ctx->today_on)),
                    NULL);
}

enum err close_operator_items(struct ctx *ctx, const char *kind, const char *subject_kind,
                              int64_t subject_id)
{
    return db_write(ctx, &statement[ITEM_CLOSE],
                    PARAMS(P_INSTANT(ctx->now), P_TEXT(ctx->actor), P_TEXT(kind),
                           P_TEXT(subject_kind), P_I64(subject_id)),
                    NULL);
}

enum err open_operator_items(struct ctx *ctx, int32_t limit, struct operator_item **items,
                             size_t *count)
{
    return db_rows(ctx, &statement[ITEMS], PARAMS(P_I64(limit)), items, count);
}

enum err open_operator_item_by_id(struct ctx *ctx, int64_t id, struct operator_item *item)
{
    return db_row(ctx, &statement[ITEM_BY_ID], PARAMS(P_I64(id)), item);
}

enum err close_operator_item(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[ITEM_DONE], PARAMS(P_INSTANT(ctx->now), P_TEXT(ctx->actor), P_I64(id)), NULL);
}
