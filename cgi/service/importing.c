#include "service/importing.h"

#include "store/history.h"

enum err put_imported_subscription(struct ctx *ctx, const char *prefix, struct subscription *s, struct subscription_line *lines,
                                   size_t count)
{
    TRY(ctx, insert_numbered_subscription(ctx, prefix, s));
    for (size_t i = 0; i < count; i++)
        lines[i].subscription_id = s->id;
    TRY(ctx, insert_subscription_lines(ctx, lines, count));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.imported",
                         history_params(ctx->arena, "reference", s->external_ref, NULL));
}
