#include "web/router.h"

#include <string.h>

#include "base/check.h"

static bool segment_ok(const char *text, size_t bytes)
{
    return bytes >= 1 && bytes <= 80 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") >= bytes;
}

bool route_matches(struct arena *arena, const char *pattern, const char *path, const char *arg[ROUTE_ARGS])
{
    int args = 0;

    for (int i = 0; i < ROUTE_ARGS; i++)
        arg[i] = "";
    while (*pattern != '\0' && *path != '\0') {
        size_t want = strcspn(pattern, "/");
        size_t have = strcspn(path, "/");

        if (*pattern == '/') {
            if (*path != '/')
                return false;
            pattern++;
            path++;
            continue;
        }
        if (*pattern == ':') {
            const char *dot = memchr(pattern, '.', want);
            size_t ending = dot != NULL ? want - (size_t)(dot - pattern) : 0;

            CHECK(args < ROUTE_ARGS);
            if (have <= ending || (ending > 0 && strncmp(path + have - ending, dot, ending) != 0) ||
                !segment_ok(path, have - ending))
                return false;
            arg[args++] = arena_strndup(arena, path, have - ending);
        } else if (want != have || strncmp(pattern, path, want) != 0) {
            return false;
        }
        pattern += want;
        path += have;
    }
    return *pattern == '\0' && *path == '\0';
}
