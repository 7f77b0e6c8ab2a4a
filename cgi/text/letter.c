#include "text/letter.h"

#include <string.h>

static void add_part(struct str *rows, const char *text, char end)
{
    for (const char *c = text; *c != '\0'; c++)
        str_append_char(rows, (unsigned char)*c < ' ' ? ' ' : *c);
    str_append_char(rows, end);
}

void letter_row(struct str *rows, const char *label, const char *value)
{
    add_part(rows, label, '\t');
    add_part(rows, value, '\n');
}

size_t letter_rows(struct arena *arena, const char *text, struct mail_fact *facts, size_t max)
{
    size_t count = 0;

    while (*text != '\0' && count < max) {
        size_t label = strcspn(text, "\t\n");
        const char *value = text + label + (text[label] == '\t');
        size_t bytes = strcspn(value, "\n");

        facts[count++] = (struct mail_fact){arena_strndup(arena, text, label), arena_strndup(arena, value, bytes)};
        text = value + bytes + (value[bytes] == '\n');
    }
    return count;
}
