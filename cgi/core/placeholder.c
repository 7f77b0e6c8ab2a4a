#include "core/placeholder.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

/* Bytes of the name that follows a brace and is closed by another; 0: there is none. */
static size_t name_after(const char *brace)
{
    size_t bytes = strspn(brace + 1, letters);

    return brace[1 + bytes] == '}' ? bytes : 0;
}

static bool is_named(const char *name, const char *text, size_t bytes)
{
    return strlen(name) == bytes && strncmp(name, text, bytes) == 0;
}

bool placeholders_ok(const char *text, const char *const names[], size_t count, struct placeholder_fault *fault)
{
    *fault = (struct placeholder_fault){.line = 1, .column = 1};
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '{' && c[1] == '{') {
            c++;
            fault->column++;
        } else if (*c == '{') {
            size_t bytes = name_after(c);
            bool known = false;

            for (size_t i = 0; i < count; i++)
                known = known || is_named(names[i], c + 1, bytes);
            if (!known) {
                fault->kind = bytes == 0 ? PLACEHOLDER_OPEN : PLACEHOLDER_UNKNOWN;
                (void)snprintf(fault->name, sizeof fault->name, "%.*s", (int)(bytes < sizeof fault->name ? bytes : sizeof fault->name - 1), c + 1);
                return false;
            }
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
        const struct placeholder *found = NULL;

        if (*c != '{') {
            str_append_char(&out, *c);
            continue;
        }
        if (c[1] == '{') {
            str_append_char(&out, '{');
            c++;
            continue;
        }
        for (size_t i = 0; i < count && found == NULL; i++)
            if (is_named(known[i].name, c + 1, name_after(c)))
                found = &known[i];
        if (found == NULL) {
            str_append_char(&out, '{');
        } else {
            str_append(&out, found->value);
            c += strlen(found->name) + 1;
        }
    }
    return out.text;
}
