#include "gateway/webhook.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "gateway/json.h"

#define TOLERANCE_S INT64_C(300)

static char *signature(struct arena *arena, const char *t, const char *body, size_t bytes, const char *secret)
{
    struct str signed_text = str_new(arena);
    struct hash hash;

    str_printf(&signed_text, "%s.", t);
    str_append_bytes(&signed_text, body, bytes);
    hash = hash_hmac(secret, strlen(secret), signed_text.text, signed_text.bytes);
    return encode_hex(arena, hash.bytes, sizeof hash.bytes);
}

static bool same(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && hash_equal(a, b, strlen(a));
}

bool webhook_holds(struct arena *arena, const char *header, const char *body, size_t bytes, const char *secret,
                   const char *old_secret, int64_t now)
{
    char *copy = arena_strdup(arena, header);
    const char *t = NULL;
    long long seconds;
    char *part;
    char *rest = NULL;
    bool holds = false;

    if (strlen(header) > WEBHOOK_HEADER_BYTES_MAX || bytes > WEBHOOK_BODY_BYTES_MAX || secret[0] == '\0')
        return false;
    for (part = strtok_r(copy, ",", &rest); part != NULL; part = strtok_r(NULL, ",", &rest))
        if (strncmp(part, "t=", 2) == 0)
            t = part + 2;
    if (t == NULL || !str_to_i64(t, 0, INT64_MAX / 1000000, &seconds) ||
        llabs(seconds - now / 1000000) > TOLERANCE_S)
        return false;
    copy = arena_strdup(arena, header);
    for (part = strtok_r(copy, ",", &rest); part != NULL; part = strtok_r(NULL, ",", &rest)) {
        if (strncmp(part, "v1=", 3) != 0)
            continue;
        holds = same(part + 3, signature(arena, t, body, bytes, secret)) || holds;
        if (old_secret[0] != '\0')
            holds = same(part + 3, signature(arena, t, body, bytes, old_secret)) || holds;
    }
    return holds;
}

char *webhook_sign(struct arena *arena, const char *body, size_t bytes, const char *secret, int64_t now)
{
    char *t = arena_printf(arena, "%lld", (long long)(now / 1000000));

    return arena_printf(arena, "t=%s,v1=%s", t, signature(arena, t, body, bytes, secret));
}

bool webhook_read(struct ctx *ctx, const char *body, size_t bytes, struct webhook_event *event)
{
    const json_t *object = json_read(ctx, body, bytes);

    event->event_ref = arena_strdup(ctx->arena, json_text(object, "id"));
    event->type = arena_strdup(ctx->arena, json_text(object, "type"));
    event->object_ref = arena_strdup(ctx->arena, json_text(object, "data.object.id"));
    event->attempt_key = arena_strdup(ctx->arena, json_text(object, "data.object.metadata.attempt"));
    event->intent_ref = arena_strdup(ctx->arena, json_id(object, "data.object.payment_intent"));
    if (!str_is_visible(event->intent_ref, 199))
        event->intent_ref = "";
    if (!str_is_visible(event->attempt_key, 64))
        event->attempt_key = ""; /* somebody else's */
    return event->event_ref[0] != '\0' && str_is_visible(event->event_ref, 199) && event->type[0] != '\0' &&
           str_is_visible(event->type, 79) && str_is_visible(event->object_ref, 199);
}
