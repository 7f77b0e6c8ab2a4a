#include "gateway/json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 40 };

static void release(void *handle)
{
    json_decref(handle);
}

static bool too_deep(const char *text, size_t bytes)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < bytes; i++) {
        if (quoted) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                quoted = false;
        } else if (text[i] == '"') {
            quoted = true;
        } else if (text[i] == '{' || text[i] == '[') {
            if (++depth > DEPTH_MAX)
                return true;
        } else if (text[i] == '}' || text[i] == ']') {
            depth--;
        }
    }
    return false;
}

json_t *json_read(struct ctx *ctx, const char *text, size_t bytes)
{
    json_t *object;

    if (too_deep(text, bytes))
        return NULL;
    object = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
    if (object == NULL)
        return NULL;
    arena_cleanup(ctx->arena, release, object);
    return json_is_object(object) ? object : NULL;
}

const json_t *json_at(const json_t *object, const char *path)
{
    while (object != NULL && *path != '\0') {
        size_t bytes = strcspn(path, ".");
        char name[64];

        if (bytes >= sizeof name)
            return NULL;
        (void)snprintf(name, sizeof name, "%.*s", (int)bytes, path);
        object = json_object_get(object, name);
        path += bytes;
        if (*path == '.')
            path++;
    }
    return object;
}

const char *json_text(const json_t *object, const char *path)
{
    const json_t *value = json_at(object, path);

    return json_is_string(value) ? json_string_value(value) : "";
}

int64_t json_number(const json_t *object, const char *path, int64_t fallback)
{
    const json_t *value = json_at(object, path);

    return json_is_integer(value) ? (int64_t)json_integer_value(value) : fallback;
}

const char *json_id(const json_t *object, const char *path)
{
    const json_t *value = json_at(object, path);

    return json_is_string(value) ? json_string_value(value) : json_text(value, "id");
}
