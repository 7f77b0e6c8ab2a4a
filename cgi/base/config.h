/* config: "key = value" files.
 *
 * Every key that may appear is declared with its kind; anything else refuses the start with file and
 * line. '#' starts a comment at the beginning of a line. Values end at the line's end, blanks around
 * them are cut. No includes, no variables. */
#ifndef TACITE_BASE_CONFIG_H
#define TACITE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum config_kind { CONFIG_TEXT = 1, CONFIG_INTEGER, CONFIG_BOOLEAN };

struct config_key {
    const char *name;         /* "database.name" */
    enum config_kind kind;
    bool required;
    const char *fallback;     /* used when absent; NULL: "" for text, 0, false */
    size_t offset;            /* of a const char *, long long or bool member in the target struct */
    long long min;            /* for CONFIG_INTEGER */
    long long max;
};

/* Reads the file into target. On ERR_CONFIG `message` is "path:line: what is wrong" (arena memory).
 * A file with secrets (secret = true) must not be readable by group or others. */
enum err config_read(struct arena *arena, const char *path, bool secret,
                     const struct config_key *keys, size_t key_count, void *target,
                     const char **message) MUST_USE;

#endif
