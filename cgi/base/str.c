#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct str str_new(struct arena *arena)
{
    struct str s = {.arena = arena, .room = 256};

    s.text = arena_alloc(arena, s.room);
    return s;
}

static void reserve(struct str *s, size_t more)
{
    size_t room = s->room;
    char *text;

    CHECK(more < (size_t)1 << 40);
    if (s->bytes + more < room)
        return;
    while (room <= s->bytes + more)
        room *= 2;
    text = arena_alloc(s->arena, room);
    memcpy(text, s->text, s->bytes);
    s->text = text;
    s->room = room;
}

void str_append_bytes(struct str *s, const void *data, size_t bytes)
{
    if (bytes == 0)
        return;
    reserve(s, bytes + 1);
    memcpy(s->text + s->bytes, data, bytes);
    s->bytes += bytes;
    s->text[s->bytes] = '\0';
}

void str_append(struct str *s, const char *text)
{
    str_append_bytes(s, text, strlen(text));
}

void str_append_char(struct str *s, char c)
{
    str_append_bytes(s, &c, 1);
}

char *str_extend(struct str *s, size_t bytes)
{
    char *place;

    reserve(s, bytes + 1);
    place = s->text + s->bytes;
    s->bytes += bytes;
    s->text[s->bytes] = '\0';
    return place;
}

void str_printf(struct str *s, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(length >= 0);
    reserve(s, (size_t)length + 1);
    va_start(args, format);
    (void)vsnprintf(s->text + s->bytes, (size_t)length + 1, format, args);
    va_end(args);
    s->bytes += (size_t)length;
}

bool str_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t text_bytes = strlen(text);
    size_t suffix_bytes = strlen(suffix);

    return suffix_bytes <= text_bytes && strcmp(text + text_bytes - suffix_bytes, suffix) == 0;
}

bool str_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

bool str_is_utf8(const char *text, size_t bytes)
{
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *end = p + bytes;

    while (p < end) {
        unsigned long code;
        unsigned long least;
        int more;

        if (*p < 0x80) {
            p++;
            continue;
        }
        if ((*p & 0xE0) == 0xC0) {
            code = *p & 0x1Fu;
            more = 1;
            least = 0x80;
        } else if ((*p & 0xF0) == 0xE0) {
            code = *p & 0x0Fu;
            more = 2;
            least = 0x800;
        } else if ((*p & 0xF8) == 0xF0) {
            code = *p & 0x07u;
            more = 3;
            least = 0x10000;
        } else {
            return false;
        }
        if (end - p <= more)
            return false;
        for (p++; more > 0; more--, p++) {
            if ((*p & 0xC0) != 0x80)
                return false;
            code = code << 6 | (*p & 0x3Fu);
        }
        if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return false;
    }
    return true;
}

/* Bytes of the white space that starts here: 1 for ASCII, 2 for U+00A0, 3 for U+202F, 0 for none. */
static size_t space_bytes(const char *p)
{
    if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
        return 1;
    if (strncmp(p, "\xC2\xA0", 2) == 0)
        return 2;
    if (strncmp(p, "\xE2\x80\xAF", 3) == 0)
        return 3;
    return 0;
}

char *str_trim(struct arena *arena, const char *text)
{
    const char *start = text;
    const char *end;
    const char *p;

    while (space_bytes(start) > 0)
        start += space_bytes(start);
    end = start;
    for (p = start; *p != '\0';) {
        size_t blank = space_bytes(p);

        p += blank > 0 ? blank : 1;
        if (blank == 0)
            end = p;
    }
    return arena_strndup(arena, start, (size_t)(end - start));
}

size_t str_length(const char *text)
{
    size_t length = 0;

    for (; *text != '\0'; text++)
        length += ((unsigned char)*text & 0xC0) != 0x80;
    return length;
}

bool str_is_visible(const char *text, size_t most)
{
    size_t bytes = 0;

    while (text[bytes] > 0x20 && text[bytes] < 0x7f)
        bytes++;
    return text[bytes] == '\0' && bytes <= most;
}

bool str_to_i64(const char *text, long long min, long long max, long long *value)
{
    char *end;
    long long number;
    const char *digits = text[0] == '-' ? text + 1 : text;

    if (digits[0] < '0' || digits[0] > '9')
        return false;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || number < min || number > max)
        return false;
    *value = number;
    return true;
}

char *str_cut(struct arena *arena, const char *text, size_t bytes)
{
    size_t length = strnlen(text, bytes + 1);

    if (length > bytes)
        for (length = bytes; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80; length--)
            continue;
    return arena_strndup(arena, text, length);
}
