#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"

enum { NONCE_BYTES = 12, TAG_BYTES = 16, SALT_BYTES = 16, SCRYPT_BYTES = 32 };

struct secret_key secret_derive(const struct secret_key *master, const char *purpose)
{
    struct hash hash = hash_hmac(master->bytes, sizeof master->bytes, purpose, strlen(purpose));
    struct secret_key key;

    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

char *secret_seal(struct arena *arena, const struct secret_key *key, const char *place,
                  const void *data, size_t bytes)
{
    unsigned char nonce[NONCE_BYTES];
    unsigned char *out = arena_alloc(arena, bytes + TAG_BYTES);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;

    CHECK(cipher != NULL && bytes <= 1 << 30);
    random_bytes(nonce, sizeof nonce);
    CHECK(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1);
    CHECK(EVP_EncryptUpdate(cipher, NULL, &length, (const unsigned char *)place,
                            (int)strlen(place)) == 1);
    CHECK(EVP_EncryptUpdate(cipher, out, &length, data, (int)bytes) == 1);
    CHECK((size_t)length == bytes);
    CHECK(EVP_EncryptFinal_ex(cipher, out + length, &length) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + bytes) == 1);
    EVP_CIPHER_CTX_free(cipher);
    return arena_printf(arena, "v1:%s:%s", encode_base64url(arena, nonce, sizeof nonce),
                        encode_base64url(arena, out, bytes + TAG_BYTES));
}

bool secret_open(struct arena *arena, const struct secret_key *key, const char *place,
                 const char *sealed, unsigned char **data, size_t *bytes)
{
    const char *colon;
    unsigned char *nonce;
    unsigned char *in;
    size_t nonce_bytes;
    size_t in_bytes;
    EVP_CIPHER_CTX *cipher;
    int length = 0;
    bool opened;

    if (strncmp(sealed, "v1:", 3) != 0 || (colon = strchr(sealed + 3, ':')) == NULL)
        return false;
    if (!decode_base64url(arena, arena_strndup(arena, sealed + 3, (size_t)(colon - sealed - 3)),
                          &nonce, &nonce_bytes) ||
        !decode_base64url(arena, colon + 1, &in, &in_bytes))
        return false;
    if (nonce_bytes != NONCE_BYTES || in_bytes < TAG_BYTES || in_bytes > 1 << 30)
        return false;
    *bytes = in_bytes - TAG_BYTES;
    *data = arena_alloc(arena, *bytes + 1);
    cipher = EVP_CIPHER_CTX_new();
    CHECK(cipher != NULL);
    CHECK(EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1);
    CHECK(EVP_DecryptUpdate(cipher, NULL, &length, (const unsigned char *)place,
                            (int)strlen(place)) == 1);
    CHECK(EVP_DecryptUpdate(cipher, *data, &length, in, (int)*bytes) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, in + *bytes) == 1);
    opened = EVP_DecryptFinal_ex(cipher, *data + length, &length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    return opened;
}

static void scrypt(const char *password, const unsigned char *salt, int ln, unsigned char *out)
{
    /* N * r * 128 bytes of memory; OpenSSL's own limit of 32 MiB is below what ln 17 needs. */
    CHECK(EVP_PBE_scrypt(password, strlen(password), salt, SALT_BYTES, UINT64_C(1) << ln, 8, 1,
                         UINT64_C(1200) << 20, out, SCRYPT_BYTES) == 1);
}

char *password_hash(struct arena *arena, const char *password, int ln)
{
    unsigned char salt[SALT_BYTES];
    unsigned char out[SCRYPT_BYTES];

    CHECK(ln >= 10 && ln <= 20);
    random_bytes(salt, sizeof salt);
    scrypt(password, salt, ln, out);
    return arena_printf(arena, "$scrypt$ln=%d,r=8,p=1$%s$%s", ln,
                        encode_base64url(arena, salt, sizeof salt),
                        encode_base64url(arena, out, sizeof out));
}

bool password_matches(const char *password, const char *stored)
{
    struct arena *arena = arena_new();
    unsigned char out[SCRYPT_BYTES];
    static const unsigned char no_salt[SALT_BYTES];
    unsigned char *salt = NULL;
    unsigned char *hash = NULL;
    size_t salt_bytes = 0;
    size_t hash_bytes = 0;
    char salt_text[32] = "";
    char hash_text_[64] = "";
    int ln = 0;
    bool usable;
    bool matches;

    usable = sscanf(stored, "$scrypt$ln=%2d,r=8,p=1$%31[^$]$%63s", &ln, salt_text, hash_text_) == 3 &&
             ln >= 10 && ln <= 20 && decode_base64url(arena, salt_text, &salt, &salt_bytes) &&
             decode_base64url(arena, hash_text_, &hash, &hash_bytes) && salt_bytes == SALT_BYTES &&
             hash_bytes == SCRYPT_BYTES;
    scrypt(password, usable ? salt : no_salt, usable ? ln : 17, out);
    matches = usable && hash_equal(out, hash, SCRYPT_BYTES);
    OPENSSL_cleanse(out, sizeof out);
    arena_free(arena);
    return matches;
}
