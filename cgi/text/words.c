#include "text/words.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/ctx.h"
#include "base/str.h"

enum { LANGUAGES_MAX = 16, FILE_BYTES_MAX = 8 << 20, RING = 64 };

struct word {
    const char *msgid;
    const char *text; /* of plural entries: singular NUL plural */
};

struct language {
    char name[8];
    bool zero_is_singular; /* fr */
    struct word *slot;     /* open addressing, a power of two; NULL msgid is free */
    size_t slots;
};

static struct language languages[LANGUAGES_MAX];
static size_t language_count;
static const struct language *current; /* NULL: English, the msgids themselves */
static bool pseudo;

static size_t hash_of(const char *text)
{
    size_t hash = 5381;

    for (; *text != '\0'; text++)
        hash = hash * 33 ^ (unsigned char)*text;
    return hash;
}

static const char *look_up(const char *msgid)
{
    size_t i;

    if (current == NULL || msgid[0] == '\0')
        return NULL;
    for (i = hash_of(msgid) & (current->slots - 1); current->slot[i].msgid != NULL; i = (i + 1) & (current->slots - 1))
        if (strcmp(current->slot[i].msgid, msgid) == 0)
            return current->slot[i].text;
    return NULL;
}

static uint32_t little_endian(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* GNU .mo: magic, revision, count, offsets of the tables of msgids and texts (length, offset). */
static bool take_catalogue(struct language *language, const unsigned char *data, size_t bytes)
{
    uint32_t count;
    uint32_t ids;
    uint32_t texts;

    if (bytes < 28 || little_endian(data) != 0x950412de)
        return false;
    count = little_endian(data + 8);
    ids = little_endian(data + 12);
    texts = little_endian(data + 16);
    if (count > 100000 || ids + (size_t)count * 8 > bytes || texts + (size_t)count * 8 > bytes)
        return false;
    language->slots = 64;
    while (language->slots < (size_t)count * 2)
        language->slots *= 2;
    language->slot = calloc(language->slots, sizeof *language->slot);
    CHECK(language->slot != NULL);
    for (uint32_t n = 0; n < count; n++) {
        uint32_t id = little_endian(data + ids + n * 8 + 4);
        uint32_t text = little_endian(data + texts + n * 8 + 4);
        size_t i;

        if (id >= bytes || text >= bytes)
            return false;
        if (data[id] == '\0')
            continue; /* the header */
        i = hash_of((const char *)data + id) & (language->slots - 1);
        while (language->slot[i].msgid != NULL)
            i = (i + 1) & (language->slots - 1);
        language->slot[i] = (struct word){(const char *)data + id, (const char *)data + text};
    }
    return true;
}

static enum err load_file(struct ctx *ctx, const char *path, const char *name)
{
    struct language *language = &languages[language_count];
    unsigned char *data = malloc(FILE_BYTES_MAX); /* kept: the words point into it */
    FILE *file = fopen(path, "re");
    size_t bytes;

    CHECK(data != NULL && language_count < LANGUAGES_MAX);
    if (file == NULL)
        return FAIL(ctx, ERR_IO, "%s cannot be opened", path);
    bytes = fread(data, 1, FILE_BYTES_MAX - 1, file);
    (void)fclose(file);
    data[bytes] = '\0';
    (void)snprintf(language->name, sizeof language->name, "%s", name);
    language->zero_is_singular = strcmp(name, "fr") == 0;
    if (!take_catalogue(language, data, bytes))
        return FAIL(ctx, ERR_CONFIG, "%s is no catalogue", path);
    language_count++;
    return OK;
}

enum err words_load(struct ctx *ctx, const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    enum err err = OK;

    if (dir == NULL)
        return FAIL(ctx, ERR_IO, "folder of catalogues %s cannot be opened", folder);
    while (err == OK && (entry = readdir(dir)) != NULL) {
        size_t bytes = strlen(entry->d_name);

        if (bytes > 3 && bytes < 11 && str_ends(entry->d_name, ".mo"))
            err = load_file(ctx, arena_printf(ctx->arena, "%s/%s", folder, entry->d_name),
                            arena_strndup(ctx->arena, entry->d_name, bytes - 3));
    }
    (void)closedir(dir);
    return err;
}

bool words_known(const char *language)
{
    if (strcmp(language, "en") == 0 || strcmp(language, "qq") == 0)
        return true;
    for (size_t i = 0; i < language_count; i++)
        if (strcmp(languages[i].name, language) == 0)
            return true;
    return false;
}

void words_use(const char *language)
{
    current = NULL;
    pseudo = strcmp(language, "qq") == 0;
    for (size_t i = 0; i < language_count; i++)
        if (strcmp(languages[i].name, language) == 0)
            current = &languages[i];
}

const char *words_language(void)
{
    return pseudo ? "qq" : current != NULL ? current->name : "en";
}

const char *tr(const char *msgid)
{
    static char ring[RING][2048]; /* the pseudo-language only, for tests */
    static size_t next;
    const char *text;

    if (pseudo && msgid[0] != '\0') {
        next = (next + 1) % RING;
        (void)snprintf(ring[next], sizeof ring[next], "\xE2\x9F\xA6%s\xE2\x9F\xA7", msgid);
        return ring[next];
    }
    text = look_up(msgid);
    return text != NULL && text[0] != '\0' ? text : msgid;
}

const char *tr_plural(const char *one, const char *other, int64_t n)
{
    bool singular = n == 1 || (current != NULL && current->zero_is_singular && n == 0);
    const char *text;

    if (pseudo)
        return tr(n == 1 ? one : other);
    text = look_up(one);
    if (text == NULL || text[0] == '\0')
        return n == 1 ? one : other;
    return singular ? text : text + strlen(text) + 1;
}

char *tr_fill(struct arena *arena, const char *msgid, ...)
{
    struct str s = str_new(arena);
    const char *text = tr(msgid);

    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        const char *name;
        const char *value = NULL;
        va_list args;

        if (end == NULL) {
            str_append_char(&s, *text++);
            continue;
        }
        va_start(args, msgid);
        while ((name = va_arg(args, const char *)) != NULL) {
            const char *candidate = va_arg(args, const char *);

            if (strlen(name) == (size_t)(end - text - 1) && strncmp(name, text + 1, strlen(name)) == 0)
                value = candidate;
        }
        va_end(args);
        if (value != NULL)
            str_append(&s, value);
        else
            str_append_bytes(&s, text, (size_t)(end - text + 1));
        text = end + 1;
    }
    return s.text;
}
