#include "store/list.h"

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
