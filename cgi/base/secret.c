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

static void name_key(const struct secret_key *key, char id[SECRET_ID_BYTES])
{
    struct hash hash = hash_hmac(key->bytes, sizeof key->bytes, "key id", strlen("key id"));

    for (int i = 0; i < SECRET_ID_BYTES / 2; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", hash.bytes[i]);
}

struct secret_ring secret_ring_of(const struct secret_key *master, const struct secret_key *old_master, const char *purpose)
{
    struct secret_ring ring = {.key = secret_derive(master, purpose)};

    name_key(&ring.key, ring.id);
    if (old_master != NULL) {
        ring.old = secret_derive(old_master, purpose);
        name_key(&ring.old, ring.old_id);
    }
    return ring;
}

char *secret_prefix(struct arena *arena, const struct secret_ring *ring)
{
    return arena_printf(arena, "v2:%s:", ring->id);
}

char *secret_seal(struct arena *arena, const struct secret_ring *ring, const char *place,
                  const void *data, size_t bytes)
{
    unsigned char nonce[NONCE_BYTES];
    unsigned char *out = arena_alloc(arena, bytes + TAG_BYTES);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length = 0;

    CHECK(cipher != NULL && bytes <= 1 << 30);
    random_bytes(nonce, sizeof nonce);
    CHECK(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, ring->key.bytes, nonce) == 1);
    CHECK(EVP_EncryptUpdate(cipher, NULL, &length, (const unsigned char *)place,
                            (int)strlen(place)) == 1);
    CHECK(EVP_EncryptUpdate(cipher, out, &length, data, (int)bytes) == 1);
    CHECK((size_t)length == bytes);
    CHECK(EVP_EncryptFinal_ex(cipher, out + length, &length) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + bytes) == 1);
    EVP_CIPHER_CTX_free(cipher);
    return arena_printf(arena, "%s%s:%s", secret_prefix(arena, ring), encode_base64url(arena, nonce, sizeof nonce),
                        encode_base64url(arena, out, bytes + TAG_BYTES));
}

/* text is "<nonce>:<data and tag>". */
static bool open_with(struct arena *arena, const struct secret_key *key, const char *place, const char *text,
                      unsigned char **data, size_t *bytes)
{
    const char *colon = strchr(text, ':');
    unsigned char *nonce;
    unsigned char *in;
    size_t nonce_bytes;
    size_t in_bytes;
    EVP_CIPHER_CTX *cipher;
    int length = 0;
    bool opened;

    if (colon == NULL ||
        !decode_base64url(arena, arena_strndup(arena, text, (size_t)(colon - text)), &nonce, &nonce_bytes) ||
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

bool secret_open(struct arena *arena, const struct secret_ring *ring, const char *place,
                 const char *sealed, unsigned char **data, size_t *bytes)
{
    enum { ID_AT = 3, TEXT_AT = ID_AT + SECRET_ID_BYTES };
    bool has_old = ring->old_id[0] != '\0';

    if (strncmp(sealed, "v1:", ID_AT) == 0)
        return open_with(arena, &ring->key, place, sealed + ID_AT, data, bytes) ||
               (has_old && open_with(arena, &ring->old, place, sealed + ID_AT, data, bytes));
    if (strncmp(sealed, "v2:", ID_AT) != 0 || strlen(sealed) < TEXT_AT || sealed[TEXT_AT - 1] != ':')
        return false;
    if (strncmp(sealed + ID_AT, ring->id, SECRET_ID_BYTES - 1) == 0)
        return open_with(arena, &ring->key, place, sealed + TEXT_AT, data, bytes);
    return has_old && strncmp(sealed + ID_AT, ring->old_id, SECRET_ID_BYTES - 1) == 0 &&
           open_with(arena, &ring->old, place, sealed + TEXT_AT, data, bytes);
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
