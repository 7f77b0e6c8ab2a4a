#include "service/walking.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "store/db.h"
#include "store/history.h"
#include "store/tenant.h"

enum { GROUP = 100, DETAIL_BYTES = 200 };

struct setting_aside {
    const struct walk *walk;
    int64_t id;
    const char *trouble;
};

static int64_t id_of(const void *row)
{
    int64_t id;

    memcpy(&id, row, sizeof id);
    return id;
}

static enum err set_aside(struct ctx *ctx, void *arg)
{
    const struct setting_aside *aside = arg;
    bool house = strcmp(aside->walk->subject_kind, ABOUT_HOUSE) == 0;
    const struct operator_item item = {.kind = "check_failed", .subject_kind = aside->walk->subject_kind, .subject_id = house ? 1 : aside->id,
        .currency = "", .detail = arena_printf(ctx->arena, "%s %lld: %s", aside->walk->trouble, (long long)aside->id, aside->trouble),
        .opened_on = ctx->today_on};

    TRY(ctx, aside->walk->put_off(ctx, aside->id, ctx->now + WALK_PUT_OFF));
    return open_operator_item(ctx, &item);
}

static enum err look_at(struct ctx *ctx, const struct walk *walk, void *row)
{
    struct setting_aside aside = {.walk = walk, .id = id_of(row)};
    enum err err = walk->look(ctx, row);

    if (err == OK || err == ERR_DB_GONE || err == ERR_HELD)
        return err;
    log_trail(ctx, walk->trouble);
    aside.trouble = str_cut(ctx->arena, ctx->trail, DETAIL_BYTES);
    ctx_forget_error(ctx);
    return db_transaction(ctx, set_aside, &aside);
}

enum err walk_due(struct ctx *run, const struct walk *walk, bool (*stop)(void), int64_t *walked)
{
    struct ctx item = *run;
    int64_t until = clock_ticks() + WALK_TIME_MAX;
    int64_t after_id = 0;
    size_t count = GROUP;
    enum err err = db_ready(run);

    if (err != OK || run->tenant->gateway_base[0] == '\0')
        return err;
    item.arena = arena_new();
    while (err == OK && count == GROUP) {
        void *rows;

        arena_reset(item.arena);
        err = walk->list(&item, after_id, GROUP, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            char *row = (char *)rows + i * walk->row_bytes;

            if ((stop != NULL && stop()) || clock_ticks() > until) {
                count = 0;
                break;
            }
            after_id = id_of(row);
            item.now = clock_now();
            err = look_at(&item, walk, row);
            ++*walked;
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
