#include "fuzz.h"

#include <string.h>

struct ctx *fuzz_ctx(void)
{
    static struct ctx ctx;
    static struct arena *arena;

    if (arena == NULL)
        arena = arena_new();
    arena_reset(arena);
    memset(&ctx, 0, sizeof ctx);
    ctx.arena = arena;
    ctx.now = INT64_C(1795428000) * 1000000; /* 2026-11-23T10:00:00Z */
    ctx.today_on = 20780;                    /* 2026-11-23 */
    ctx.language = "en";
    ctx.request_id = ctx.remote_addr = ctx.user_agent = "";
    ctx.actor = "test";
    return &ctx;
}

char *fuzz_text(struct ctx *ctx, const uint8_t *data, size_t size)
{
    return arena_strndup(ctx->arena, (const char *)data, size);
}
