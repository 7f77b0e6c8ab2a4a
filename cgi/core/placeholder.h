/* placeholder: variables in texts that people write: "Dear {contact}".
 *
 * A variable is its name in braces; {{ is a brace. Names are small letters and underscores. A text is checked when it is
 * written, so that what a customer reads has none left over; filling leaves what it does not know as it stands, because
 * texts may be older than the check. */
#ifndef TACITE_CORE_PLACEHOLDER_H
#define TACITE_CORE_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct placeholder {
    const char *name;
    const char *value;
};

enum placeholder_fault_kind {
    PLACEHOLDER_UNKNOWN = 1, /* a name that is none of the known ones */
    PLACEHOLDER_OPEN,        /* a brace that no name and closing brace follow */
};

enum { PLACEHOLDER_NAME_BYTES = 41 };

struct placeholder_fault {
    enum placeholder_fault_kind kind;
    int line;                          /* from 1 */
    int column;                        /* of the brace, from 1, in characters */
    char name[PLACEHOLDER_NAME_BYTES]; /* of an unknown one, cut to fit */
};

/* True when the text has no fault; else *fault is the first. text is UTF-8. */
bool placeholders_ok(const char *text, const char *const names[], size_t count, struct placeholder_fault *fault);

/* The text with the values in place of the variables. */
char *placeholders_fill(struct arena *arena, const char *text, const struct placeholder *known, size_t count);

#endif
