#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ctx.h"

static const char *short_file(const char *file)
{
    const char *cgi = strstr(file, "cgi/");

    return cgi != NULL ? cgi + 4 : file;
}

enum err err_fail(struct ctx *ctx, enum err err, const char *file, int line, const char *format, ...)
{
    va_list args;
    size_t used = strlen(ctx->trail);
    int length;

    if (used > 0 && used + 4 < sizeof ctx->trail) {
        ctx->trail[used++] = '|';
        ctx->trail[used++] = ' ';
        ctx->trail[used] = '\0';
    }
    length = snprintf(ctx->trail + used, sizeof ctx->trail - used, "%s: ", err_name(err));
    if (length > 0)
        used += (size_t)length;
    if (used < sizeof ctx->trail) {
        va_start(args, format);
        length = vsnprintf(ctx->trail + used, sizeof ctx->trail - used, format, args);
        va_end(args);
        if (length > 0)
            used += (size_t)length;
    }
    if (used < sizeof ctx->trail)
        (void)snprintf(ctx->trail + used, sizeof ctx->trail - used, " at %s:%d", short_file(file),
                       line);
    return err;
}

enum err err_pass(struct ctx *ctx, enum err err, const char *file, int line, const char *call)
{
    size_t used = strlen(ctx->trail);
    int name = (int)strcspn(call, "(");

    if (used < sizeof ctx->trail)
        (void)snprintf(ctx->trail + used, sizeof ctx->trail - used, " < %.*s %s:%d", name, call,
                       short_file(file), line);
    return err;
}

const char *err_name(enum err err)
{
    switch (err) {
    case OK: return "ok";
    case ERR_NOT_FOUND: return "not found";
    case ERR_DUPLICATE: return "duplicate";
    case ERR_CONFLICT: return "conflict";
    case ERR_DB_RETRY: return "database asks to retry";
    case ERR_DB_GONE: return "database gone";
    case ERR_DB: return "database";
    case ERR_GATEWAY: return "gateway";
    case ERR_TIMEOUT: return "timeout";
    case ERR_NOT_SENT: return "not sent";
    case ERR_CONFIG: return "configuration";
    case ERR_IO: return "input/output";
    case ERR_CORRUPT: return "corrupt data";
    case ERR_LIMIT: return "limit";
    case ERR_HELD: return "held after a restore";
    case ERR_TEMPLATE: return "template";
    }
    return "unknown error";
}
