/* placeholder: variables in texts that people write: "Dear {contact}".
 *
 * A variable is a name of small letters and underscores in braces; any other brace is itself. A text is checked when it
 * is written, so that what a customer reads has none left over; filling leaves what it does not know as it stands,
 * because texts may be older than the check. */
#ifndef TACITE_CORE_PLACEHOLDER_H
#define TACITE_CORE_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct placeholder {
    const char *name;
    const char *value;
};

enum { PLACEHOLDER_NAME_BYTES = 41 };

/* A variable that is none of the known ones. */
struct placeholder_fault {
    int line;                          /* from 1 */
    int column;                        /* of the brace, from 1, in characters */
    char name[PLACEHOLDER_NAME_BYTES]; /* cut to fit */
};

/* True when every variable of the text is known; else *fault is the first that is not. text is UTF-8. */
bool placeholders_ok(const char *text, const char *const names[], size_t count, struct placeholder_fault *fault);

/* The text with the values in place of the variables. A value is not read again. */
char *placeholders_fill(struct arena *arena, const char *text, const struct placeholder *known, size_t count);

#endif
