#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/check.h"

struct hash hash_sha256(const void *data, size_t bytes)
{
    struct hash hash;
    unsigned int length = 0;

    CHECK(EVP_Digest(data, bytes, hash.bytes, &length, EVP_sha256(), NULL) == 1);
    CHECK(length == HASH_BYTES);
    return hash;
}

struct hash hash_text(const char *text)
{
    return hash_sha256(text, strlen(text));
}

struct hash hash_hmac(const void *key, size_t key_bytes, const void *data, size_t bytes)
{
    struct hash hash;
    unsigned int length = 0;

    CHECK(key_bytes <= 1024);
    CHECK(HMAC(EVP_sha256(), key, (int)key_bytes, data, bytes, hash.bytes, &length) != NULL);
    CHECK(length == HASH_BYTES);
    return hash;
}

bool hash_equal(const void *a, const void *b, size_t bytes)
{
    return CRYPTO_memcmp(a, b, bytes) == 0;
}
