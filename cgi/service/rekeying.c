#include "service/rekeying.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/sealed.h"
#include "store/tenant.h"

enum { GROUP = 500 };

struct group {
    size_t kind;
    int64_t after_id;
    bool dry_run;
    int64_t last_id;
    size_t count;
    int64_t sealed;
    int64_t unreadable;
};

static void name_unreadable(struct ctx *ctx, const struct group *group, const struct sealed_text *row)
{
    log_event(ctx, LOG_WARNING, "rekey.unreadable", "column", sealed_kind_name(group->kind), "id",
              arena_printf(ctx->arena, "%lld", (long long)row->id), NULL);
}

static enum err seal_group(struct ctx *ctx, void *arg)
{
    struct group *group = arg;
    struct sealed_text *rows;

    group->sealed = group->unreadable = 0;
    TRY(ctx, texts_to_seal(ctx, group->kind, group->after_id, GROUP, &rows, &group->count));
    for (size_t i = 0; i < group->count; i++) {
        const char *place = sealed_place(ctx, group->kind, &rows[i]);
        unsigned char *data;
        size_t bytes;

        group->last_id = rows[i].id;
        if (!secret_open(ctx->arena, &ctx->tenant->seal_data, place, rows[i].sealed, &data, &bytes)) {
            group->unreadable++;
            name_unreadable(ctx, group, &rows[i]);
            continue;
        }
        group->sealed++;
        if (!group->dry_run)
            TRY(ctx, seal_anew(ctx, group->kind, &rows[i], secret_seal(ctx->arena, &ctx->tenant->seal_data, place, data, bytes)));
        OPENSSL_cleanse(data, bytes);
    }
    return OK;
}

enum err rekey_sealed_texts(struct ctx *run, struct rekeying *state)
{
    struct ctx item = *run;
    enum err err = db_ready(run);

    item.arena = arena_new();
    for (size_t kind = 0; err == OK && kind < sealed_kinds(); kind++) {
        struct group group = {.kind = kind, .dry_run = state->dry_run, .count = GROUP};

        while (err == OK && group.count == GROUP && !(state->stop != NULL && state->stop())) {
            arena_reset(item.arena);
            group.after_id = group.last_id;
            err = db_transaction(&item, seal_group, &group);
            if (err == OK) {
                state->sealed += group.sealed;
                state->unreadable += group.unreadable;
            }
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
