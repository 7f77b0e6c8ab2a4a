#include "service/importing.h"

#include "store/history.h"

enum err put_imported_subscription(struct ctx *ctx, const char *prefix, struct subscription *s, struct subscription_line *lines,
                                   size_t count)
{
    char *number = arena_alloc(ctx->arena, NUMBER_BYTES);

    TRY(ctx, take_subscription_number(ctx, prefix, number));
    s->number = number;
    TRY(ctx, insert_subscription(ctx, s));
    for (size_t i = 0; i < count; i++)
        lines[i].subscription_id = s->id;
    TRY(ctx, insert_subscription_lines(ctx, lines, count));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.imported",
                         history_params(ctx->arena, "reference", s->external_ref, NULL));
}
