#include "base/ids.h"

#include <stdlib.h>

int by_id(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

size_t ids_once(int64_t *ids, size_t count)
{
    size_t kept = 0;

    qsort(ids, count, sizeof ids[0], by_id);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}
