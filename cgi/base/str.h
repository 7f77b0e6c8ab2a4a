/* str: a growing byte string on an arena, and the few string questions that libc lacks. */
#ifndef TACITE_BASE_STR_H
#define TACITE_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* text is always NUL-terminated; bytes does not count the NUL. */
struct str {
    struct arena *arena;
    char *text;
    size_t bytes;
    size_t room;
};

struct str str_new(struct arena *arena);
void str_append(struct str *s, const char *text);
void str_append_bytes(struct str *s, const void *data, size_t bytes);
void str_append_char(struct str *s, char c);
char *str_extend(struct str *s, size_t bytes); /* the place of so many bytes more, which the caller fills */
void str_printf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool str_equal(const char *a, const char *b);       /* NULL equals only NULL */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
bool str_empty(const char *text);                   /* NULL or "" */

/* True for well-formed UTF-8 (no overlong form, no surrogate, at most U+10FFFF). */
/* The text, or as much of it as fits into bytes without cutting a UTF-8 character: for columns with a width. */
char *str_cut(struct arena *arena, const char *text, size_t bytes);
bool str_is_utf8(const char *text, size_t bytes);

/* At most `most` characters, all of them visible ASCII: ids of others as our columns keep them. "" is. */
bool str_is_visible(const char *text, size_t most);

/* The text without white space (also U+00A0 and U+202F) at both ends. */
char *str_trim(struct arena *arena, const char *text);

/* Number of code points of well-formed UTF-8. */
size_t str_length(const char *text);

/* Whole decimal number in [min, max], no sign but '-', no blanks; false when it is not one. */
bool str_to_i64(const char *text, long long min, long long max, long long *value);

#endif
