/* hash: SHA-256, HMAC-SHA-256 and constant-time comparison (OpenSSL). */
#ifndef TACITE_BASE_HASH_H
#define TACITE_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>

enum { HASH_BYTES = 32 };

struct hash {
    unsigned char bytes[HASH_BYTES];
};

struct hash hash_sha256(const void *data, size_t bytes);
struct hash hash_text(const char *text);
struct hash hash_hmac(const void *key, size_t key_bytes, const void *data, size_t bytes);

/* Takes the same time wherever the two differ. */
bool hash_equal(const void *a, const void *b, size_t bytes);

#endif
