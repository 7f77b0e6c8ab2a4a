#include "document/pdf_sign.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/str.h"

enum {
    SPARE_BYTES = 8, /* an ECDSA signature varies by two bytes */
    CHAIN_MAX = 8,
    ATTRIBUTES_MAX = 8,
    FLAGS = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES,
};

struct local_key {
    X509 *certificate;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
};

static void free_local_key(void *handle)
{
    struct local_key *local = handle;

    X509_free(local->certificate);
    sk_X509_pop_free(local->chain, X509_free);
    EVP_PKEY_free(local->key);
}

static int compare_der(const void *a, const void *b)
{
    const ASN1_STRING *const *x = a;
    const ASN1_STRING *const *y = b;
    int shared = (*x)->length < (*y)->length ? (*x)->length : (*y)->length;
    int order = memcmp((*x)->data, (*y)->data, (size_t)shared);

    return order != 0 ? order : (*x)->length - (*y)->length;
}

/* DER of the SET OF signed attributes: what the signature is computed over (RFC 5652 5.4). */
static unsigned char *encode_attributes(struct arena *arena, CMS_SignerInfo *info, size_t *bytes)
{
    ASN1_STRING *encoded[ATTRIBUTES_MAX];
    int count = CMS_signed_get_attr_count(info);
    int body = 0;
    int total;
    unsigned char *der;
    unsigned char *at;
    int i;

    CHECK(count > 0 && count <= ATTRIBUTES_MAX);
    for (i = 0; i < count; i++) {
        unsigned char *one = NULL;
        int length = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &one);

        encoded[i] = ASN1_STRING_new();
        CHECK(length > 0 && encoded[i] != NULL);
        ASN1_STRING_set0(encoded[i], one, length);
        body += length;
    }
    qsort(encoded, (size_t)count, sizeof *encoded, compare_der);
    total = ASN1_object_size(1, body, V_ASN1_SET);
    der = at = arena_alloc(arena, (size_t)total);
    ASN1_put_object(&at, 1, body, V_ASN1_SET, V_ASN1_UNIVERSAL);
    for (i = 0; i < count; i++) {
        memcpy(at, encoded[i]->data, (size_t)encoded[i]->length);
        at += encoded[i]->length;
        ASN1_STRING_free(encoded[i]);
    }
    *bytes = (size_t)total;
    return der;
}

/* Own last step instead of CMS_final: that one adds signing-time, which PAdES forbids. */
static bool sign_attributes(struct arena *arena, CMS_SignerInfo *info, EVP_PKEY *key,
                            const struct hash *digest)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    size_t bytes;
    size_t signature_bytes = (size_t)EVP_PKEY_get_size(key);
    unsigned char *signature = arena_alloc(arena, signature_bytes);
    const unsigned char *attributes;
    bool ok;

    CHECK(md != NULL);
    ok = (CMS_signed_get_attr_by_NID(info, NID_pkcs9_contentType, -1) >= 0 ||
          CMS_signed_add1_attr_by_NID(info, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                      OBJ_nid2obj(NID_pkcs7_data), -1) == 1) &&
         CMS_signed_add1_attr_by_NID(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING,
                                     digest->bytes, HASH_BYTES) == 1;
    if (ok) {
        attributes = encode_attributes(arena, info, &bytes);
        ok = EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
             EVP_DigestSign(md, signature, &signature_bytes, attributes, bytes) == 1 &&
             ASN1_STRING_set(CMS_SignerInfo_get0_signature(info), signature,
                             (int)signature_bytes) == 1;
    }
    EVP_MD_CTX_free(md);
    return ok;
}

static enum err check_validity(struct ctx *ctx, const struct signer *signer, enum err err)
{
    if (ctx->now < signer->not_before_at)
        return FAIL(ctx, err, "the certificate of %s is not valid before %s", signer->name,
                    clock_format(ctx->arena, signer->not_before_at));
    if (ctx->now > signer->not_after_at)
        return FAIL(ctx, err, "the certificate of %s expired at %s", signer->name,
                    clock_format(ctx->arena, signer->not_after_at));
    return OK;
}

static enum err sign_local(struct ctx *ctx, const struct signer *signer, const struct hash *digest,
                           unsigned char **out, size_t *bytes)
{
    struct local_key *local = signer->handle;
    CMS_ContentInfo *cms;
    CMS_SignerInfo *info;
    unsigned char *der = NULL;
    int length = -1;

    TRY(ctx, check_validity(ctx, signer, ERR_CONFIG));
    cms = CMS_sign(NULL, NULL, local->chain, NULL, FLAGS);
    info = cms == NULL ? NULL
                       : CMS_add1_signer(cms, local->certificate, local->key, EVP_sha256(), FLAGS);
    if (info != NULL && sign_attributes(ctx->arena, info, local->key, digest))
        length = i2d_CMS_ContentInfo(cms, &der);
    CMS_ContentInfo_free(cms);
    if (length <= 0) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());

        ERR_clear_error();
        return FAIL(ctx, ERR_CORRUPT, "signing failed: %s", reason == NULL ? "?" : reason);
    }
    *out = arena_memdup(ctx->arena, der, (size_t)length);
    *bytes = (size_t)length;
    OPENSSL_free(der);
    return OK;
}

static int64_t instant_of(const ASN1_TIME *time)
{
    struct tm tm;

    CHECK(ASN1_TIME_to_tm(time, &tm) == 1);
    return (int64_t)timegm(&tm) * CLOCK_SECOND;
}

static enum err read_pem(struct ctx *ctx, const char *certificate_path, const char *key_path,
                         struct local_key *local)
{
    FILE *file = fopen(certificate_path, "r");
    struct stat status;
    X509 *more;

    if (file == NULL)
        return FAIL(ctx, ERR_CONFIG, "cannot read the certificate %s", certificate_path);
    local->certificate = PEM_read_X509(file, NULL, NULL, NULL);
    local->chain = sk_X509_new_null();
    CHECK(local->chain != NULL);
    while (local->certificate != NULL && sk_X509_num(local->chain) < CHAIN_MAX &&
           (more = PEM_read_X509(file, NULL, NULL, NULL)) != NULL)
        CHECK(sk_X509_push(local->chain, more) > 0);
    (void)fclose(file);
    ERR_clear_error(); /* the end of the file counts as an error there */
    if (local->certificate == NULL)
        return FAIL(ctx, ERR_CONFIG, "%s holds no PEM certificate", certificate_path);
    file = fopen(key_path, "r");
    if (file == NULL)
        return FAIL(ctx, ERR_CONFIG, "cannot read the key %s", key_path);
    if (fstat(fileno(file), &status) != 0 || (status.st_mode & 077) != 0) {
        (void)fclose(file);
        return FAIL(ctx, ERR_CONFIG, "the key %s can be read by others: chmod 0400", key_path);
    }
    /* An empty pass phrase: an encrypted key is refused instead of asked for on the terminal. */
    local->key = PEM_read_PrivateKey(file, NULL, NULL, (void *)(uintptr_t) "");
    (void)fclose(file);
    ERR_clear_error();
    if (local->key == NULL)
        return FAIL(ctx, ERR_CONFIG, "%s holds no PEM private key without pass phrase", key_path);
    return OK;
}

static enum err check_key(struct ctx *ctx, const char *key_path, const struct local_key *local)
{
    char curve[32] = "";
    int kind = EVP_PKEY_get_base_id(local->key);

    if (kind == EVP_PKEY_EC)
        (void)EVP_PKEY_get_group_name(local->key, curve, sizeof curve, NULL);
    if (!(kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(local->key) >= 2048) &&
        !(kind == EVP_PKEY_EC && str_equal(curve, "prime256v1")))
        return FAIL(ctx, ERR_CONFIG, "%s: only RSA from 2048 bits and ECDSA P-256 are taken",
                    key_path);
    if (X509_check_private_key(local->certificate, local->key) != 1) {
        ERR_clear_error();
        return FAIL(ctx, ERR_CONFIG, "%s does not belong to the certificate", key_path);
    }
    return OK;
}

enum err signer_load(struct ctx *ctx, struct arena *arena, const char *certificate_path,
                     const char *key_path, const struct signer **out)
{
    struct local_key *local = ARENA_NEW(arena, struct local_key);
    struct signer *signer = ARENA_NEW(arena, struct signer);
    unsigned char print[EVP_MAX_MD_SIZE];
    unsigned int print_bytes = 0;
    char name[128] = "";
    unsigned char *cms;
    size_t bytes;
    struct hash digest = hash_text("");
    int i;

    arena_cleanup(arena, free_local_key, local);
    TRY(ctx, read_pem(ctx, certificate_path, key_path, local));
    TRY(ctx, check_key(ctx, key_path, local));
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(local->certificate), NID_commonName, name,
                                    sizeof name);
    CHECK(X509_digest(local->certificate, EVP_sha256(), print, &print_bytes) == 1);
    signer->sign = sign_local;
    signer->handle = local;
    signer->name = arena_strdup(arena, name);
    signer->fingerprint = encode_hex(arena, print, print_bytes);
    signer->not_before_at = instant_of(X509_get0_notBefore(local->certificate));
    signer->not_after_at = instant_of(X509_get0_notAfter(local->certificate));
    for (i = 0; i < 4; i++) {
        TRY(ctx, sign_local(ctx, signer, &digest, &cms, &bytes));
        if (bytes + SPARE_BYTES > signer->reserve_bytes)
            signer->reserve_bytes = bytes + SPARE_BYTES;
    }
    *out = signer;
    return OK;
}
