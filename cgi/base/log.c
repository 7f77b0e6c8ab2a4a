#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ctx.h"

static enum log_level least = LOG_INFO;

enum { LINE_BYTES = 4096 };

struct line {
    char text[LINE_BYTES];
    size_t bytes;
};

static void add_char(struct line *line, char c)
{
    if (line->bytes < LINE_BYTES - 8)
        line->text[line->bytes++] = c;
}

static void add_text(struct line *line, const char *text)
{
    for (; *text != '\0'; text++)
        add_char(line, *text);
}

static void add_quoted(struct line *line, const char *text)
{
    add_char(line, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            add_char(line, '\\');
            add_char(line, (char)c);
        } else if (c < 0x20 || c == 0x7F) {
            char escaped[8];

            (void)snprintf(escaped, sizeof escaped, "\\u%04x", c);
            add_text(line, escaped);
        } else {
            add_char(line, (char)c);
        }
    }
    add_char(line, '"');
}

static void add_pair(struct line *line, const char *name, const char *value)
{
    add_char(line, ',');
    add_quoted(line, name);
    add_char(line, ':');
    add_quoted(line, value != NULL ? value : "");
}

void log_set_level(enum log_level level)
{
    least = level;
}

void log_event(const struct ctx *ctx, enum log_level level, const char *event, ...)
{
    static const char *const level_name[] = {"", "debug", "info", "warning", "error"};
    struct arena *arena;
    struct line line = {.bytes = 0};
    const char *name;
    va_list args;

    if (level < least)
        return;
    arena = arena_new();
    add_text(&line, "{\"at\":");
    add_quoted(&line, clock_format(arena, clock_now()));
    add_pair(&line, "level", level_name[level]);
    add_pair(&line, "event", event);
    if (ctx != NULL && ctx->request_id != NULL && ctx->request_id[0] != '\0')
        add_pair(&line, "request", ctx->request_id);
    if (ctx != NULL && ctx->actor != NULL && ctx->actor[0] != '\0')
        add_pair(&line, "actor", ctx->actor);
    va_start(args, event);
    while ((name = va_arg(args, const char *)) != NULL)
        add_pair(&line, name, va_arg(args, const char *));
    va_end(args);
    arena_free(arena);
    line.text[line.bytes++] = '}';
    line.text[line.bytes++] = '\n';
    /* One write, so that lines of several processes do not mix; a full pipe may lose it. */
    if (write(STDERR_FILENO, line.text, line.bytes) < 0)
        return;
}

void log_trail(const struct ctx *ctx, const char *event)
{
    log_event(ctx, LOG_ERROR, event, "trail", ctx->trail, NULL);
}
