/* encode: bytes as text and back: hex, base64, base64url, percent. */
#ifndef TACITE_BASE_ENCODE_H
#define TACITE_BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

char *encode_hex(struct arena *arena, const void *data, size_t bytes);       /* lower case */
char *encode_base64(struct arena *arena, const void *data, size_t bytes);    /* one line, padded */
char *encode_base64url(struct arena *arena, const void *data, size_t bytes); /* no padding */
char *encode_percent(struct arena *arena, const char *text);                 /* RFC 3986 unreserved stay */

/* False when the text is not exactly such an encoding. */
bool decode_hex(struct arena *arena, const char *text, unsigned char **data, size_t *bytes);
bool decode_base64(struct arena *arena, const char *text, unsigned char **data, size_t *bytes);
bool decode_base64url(struct arena *arena, const char *text, unsigned char **data, size_t *bytes);

/* A text as a value in the query of an address: everything but A-Z a-z 0-9 - _ . becomes %XX. */
char *encode_query(struct arena *arena, const char *text);

#endif
