#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/str.h"

enum { LINE_BYTES_MAX = 8192, LINES_MAX = 1000, KEYS_MAX = 64 };

struct reading {
    struct arena *arena;
    const char *path;
    const struct config_key *keys;
    size_t key_count;
    void *target;
    const char **message;
    int seen_line[KEYS_MAX];
};

static enum err refuse(struct reading *r, int line, const char *what, const char *detail)
{
    *r->message = line > 0 ? arena_printf(r->arena, "%s:%d: %s%s", r->path, line, what, detail)
                           : arena_printf(r->arena, "%s: %s%s", r->path, what, detail);
    return ERR_CONFIG;
}

static bool store_value(struct reading *r, const struct config_key *key, const char *value)
{
    char *place = (char *)r->target + key->offset;
    long long number;

    switch (key->kind) {
    case CONFIG_TEXT:
        *(const char **)(void *)place = arena_strdup(r->arena, value);
        return true;
    case CONFIG_INTEGER:
        if (!str_to_i64(value, key->min, key->max, &number))
            return false;
        *(long long *)(void *)place = number;
        return true;
    case CONFIG_BOOLEAN:
        if (!str_equal(value, "yes") && !str_equal(value, "no"))
            return false;
        *(bool *)(void *)place = str_equal(value, "yes");
        return true;
    }
    CHECK(false);
    return false;
}

static const char *kind_wanted(struct reading *r, const struct config_key *key)
{
    if (key->kind == CONFIG_INTEGER)
        return arena_printf(r->arena, "%s wants a whole number from %lld to %lld", key->name,
                            key->min, key->max);
    return arena_printf(r->arena, "%s wants yes or no", key->name);
}

static enum err take_line(struct reading *r, char *line, int number)
{
    char *text = str_trim(r->arena, line);
    char *equals;
    const char *name;
    const char *value;
    size_t i;

    if (text[0] == '\0' || text[0] == '#')
        return OK;
    equals = strchr(text, '=');
    if (equals == NULL)
        return refuse(r, number, "expected \"key = value\"", "");
    name = str_trim(r->arena, arena_strndup(r->arena, text, (size_t)(equals - text)));
    value = str_trim(r->arena, equals + 1);
    for (i = 0; i < r->key_count; i++)
        if (str_equal(r->keys[i].name, name))
            break;
    if (i == r->key_count)
        return refuse(r, number, "unknown key ", name);
    if (r->seen_line[i] != 0)
        return refuse(r, number, "key given before: ",
                      arena_printf(r->arena, "%s (line %d)", name, r->seen_line[i]));
    r->seen_line[i] = number;
    if (r->keys[i].required && value[0] == '\0')
        return refuse(r, number, "empty value for ", name);
    if (!store_value(r, &r->keys[i], value))
        return refuse(r, number, kind_wanted(r, &r->keys[i]), "");
    return OK;
}

static enum err take_lines(struct reading *r, FILE *file)
{
    char line[LINE_BYTES_MAX];
    int number = 0;
    size_t i;

    while (fgets(line, sizeof line, file) != NULL) {
        size_t bytes = strlen(line);
        enum err err;

        number++;
        if (number > LINES_MAX)
            return refuse(r, number, "too many lines", "");
        if (bytes > 0 && line[bytes - 1] != '\n' && !feof(file))
            return refuse(r, number, "line too long, or it holds a NUL", "");
        if (!str_is_utf8(line, bytes) || strncmp(line, "\xEF\xBB\xBF", 3) == 0)
            return refuse(r, number, "not plain UTF-8", "");
        if ((err = take_line(r, line, number)) != OK)
            return err;
    }
    if (ferror(file))
        return refuse(r, 0, "cannot be read: ", strerror(errno));
    for (i = 0; i < r->key_count; i++) {
        const struct config_key *key = &r->keys[i];

        if (r->seen_line[i] != 0)
            continue;
        if (key->required)
            return refuse(r, number + 1, "missing key ", key->name);
        if (key->fallback != NULL)
            CHECK(store_value(r, key, key->fallback));
        else if (key->kind == CONFIG_TEXT)
            CHECK(store_value(r, key, ""));
    }
    return OK;
}

enum err config_read(struct arena *arena, const char *path, bool secret,
                     const struct config_key *keys, size_t key_count, void *target,
                     const char **message)
{
    struct reading r = {.arena = arena, .path = path, .keys = keys, .key_count = key_count,
                        .target = target, .message = message};
    struct stat status;
    FILE *file;
    enum err err;

    CHECK(key_count <= KEYS_MAX);
    file = fopen(path, "re");
    if (file == NULL)
        return refuse(&r, 0, "cannot be opened: ", strerror(errno));
    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode))
        err = refuse(&r, 0, "is not a regular file", "");
    else if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        err = refuse(&r, 0, "holds secrets but is open to group or others (want mode 0400)", "");
    else
        err = take_lines(&r, file);
    (void)fclose(file);
    return err;
}
