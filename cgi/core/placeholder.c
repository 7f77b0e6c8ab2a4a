#include "core/placeholder.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* Bytes of the name between this brace and the closing one; 0: it begins no variable. */
static size_t name_after(const char *brace)
{
    size_t bytes = *brace == '{' ? strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;

    return bytes > 0 && brace[1 + bytes] == '}' ? bytes : 0;
}

static bool is_named(const char *name, const char *text, size_t bytes)
{
    return strlen(name) == bytes && strncmp(name, text, bytes) == 0;
}

bool placeholders_ok(const char *text, const char *const names[], size_t count, struct placeholder_fault *fault)
{
    *fault = (struct placeholder_fault){.line = 1, .column = 1};
    for (const char *c = text; *c != '\0'; c++) {
        size_t bytes = name_after(c);
        bool known = bytes == 0;

        for (size_t i = 0; i < count && !known; i++)
            known = is_named(names[i], c + 1, bytes);
        if (!known) {
            (void)snprintf(fault->name, sizeof fault->name, "%.*s", (int)bytes, c + 1);
            return false;
        }
        if (*c == '\n') {
            fault->line++;
            fault->column = 1;
        } else if (((unsigned char)*c & 0xC0) != 0x80) { /* not inside a character */
            fault->column++;
        }
    }
    return true;
}

char *placeholders_fill(struct arena *arena, const char *text, const struct placeholder *known, size_t count)
{
    struct str out = str_new(arena);

    for (const char *c = text; *c != '\0'; c++) {
        size_t bytes = name_after(c);
        const struct placeholder *found = NULL;

        for (size_t i = 0; i < count && bytes > 0 && found == NULL; i++)
            if (is_named(known[i].name, c + 1, bytes))
                found = &known[i];
        if (found == NULL) {
            str_append_char(&out, *c);
        } else {
            str_append(&out, found->value);
            c += bytes + 1;
        }
    }
    return out.text;
}
