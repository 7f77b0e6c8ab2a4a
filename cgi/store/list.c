#include "store/list.h"

#include <string.h>

#include "base/str.h"

const char *id_list_of(struct arena *arena, const void *records, size_t record_bytes, size_t offset, size_t count)
{
    struct str text = str_new(arena);

    for (size_t i = 0; i < count; i++)
        str_printf(&text, "%c%lld", i == 0 ? '[' : ',',
                   (long long)*(const int64_t *)(const void *)((const char *)records + i * record_bytes + offset));
    str_append(&text, count == 0 ? "[]" : "]");
    return text.text;
}

const char *id_list(struct arena *arena, const int64_t *ids, size_t count)
{
    return id_list_of(arena, ids, sizeof ids[0], 0, count);
}

static bool may_be_key(const char *text)
{
    size_t bytes = strlen(text);

    if (bytes > 64)
        return false;
    for (size_t i = 0; i < bytes; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
            return false;
    return true;
}

const char *key_list(struct arena *arena, const char *const *keys, size_t count)
{
    struct str out = str_new(arena);

    for (size_t i = 0; i < count; i++)
        str_printf(&out, "%c\"%s\"", i == 0 ? '[' : ',', may_be_key(keys[i]) ? keys[i] : "");
    str_append(&out, count == 0 ? "[]" : "]");
    return out.text;
}
