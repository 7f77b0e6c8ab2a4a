/* certificate: self-signed certificates for demo companies and tests (declared in pdf_sign.h). */
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"
#include "document/pdf_sign.h"

enum { NAME_MAX_CHARACTERS = 64, SERIAL_BYTES = 16, DAY_SECONDS = 86400 };

/* X.520 allows 64 characters; a longer name is cut, between characters. */
static char *cut_name(struct arena *arena, const char *name)
{
    size_t characters = 0;
    size_t i;

    for (i = 0; name[i] != '\0'; i++)
        if (((unsigned char)name[i] & 0xc0) != 0x80 && characters++ == NAME_MAX_CHARACTERS)
            break;
    return arena_strndup(arena, name, i);
}

static bool add_name(X509_NAME *name, int nid, const char *text)
{
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1, -1,
                                      0) == 1;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool ok;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static X509 *make_certificate(struct arena *arena, const struct certificate_order *order,
                              EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    BIGNUM *serial = BN_new();
    unsigned char digits[SERIAL_BYTES];
    const char *organisation = cut_name(arena, order->organisation);
    time_t from = (time_t)(order->from_at / CLOCK_SECOND);
    time_t until = from + (time_t)order->valid_days * DAY_SECONDS;
    X509_NAME *name;
    bool ok;

    CHECK(certificate != NULL && serial != NULL);
    random_bytes(digits, sizeof digits);
    digits[0] &= 0x7f;
    name = X509_get_subject_name(certificate);
    ok = X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_bin2bn(digits, sizeof digits, serial) != NULL &&
         BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != NULL &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), from) != NULL &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), until) != NULL &&
         (str_empty(order->country) || add_name(name, NID_countryName, order->country)) &&
         add_name(name, NID_organizationName, organisation) &&
         add_name(name, NID_commonName, organisation) &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
         add_extension(certificate, NID_subject_key_identifier, "hash") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
    BN_free(serial);
    if (!ok) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static enum err open_new(struct ctx *ctx, const char *path, mode_t mode, FILE **file)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

    if (fd < 0)
        return FAIL(ctx, errno == EEXIST ? ERR_DUPLICATE : ERR_IO, "cannot create %s: %s", path,
                    strerror(errno));
    *file = fdopen(fd, "w");
    CHECK(*file != NULL);
    return OK;
}

static enum err write_files(struct ctx *ctx, const struct certificate_order *order,
                            X509 *certificate, EVP_PKEY *key)
{
    FILE *file;
    int written;

    if (access(order->certificate_path, F_OK) == 0)
        return FAIL(ctx, ERR_DUPLICATE, "%s exists", order->certificate_path);
    TRY(ctx, open_new(ctx, order->key_path, 0400, &file));
    written = PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    if (fclose(file) != 0 || written != 1)
        return FAIL(ctx, ERR_IO, "cannot write %s", order->key_path);
    TRY(ctx, open_new(ctx, order->certificate_path, 0444, &file));
    written = PEM_write_X509(file, certificate);
    if (fclose(file) != 0 || written != 1)
        return FAIL(ctx, ERR_IO, "cannot write %s", order->certificate_path);
    return OK;
}

enum err create_demo_certificate(struct ctx *ctx, const struct certificate_order *order)
{
    EVP_PKEY *key = order->key == CERTIFICATE_RSA_2048
                        ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                        : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *certificate = NULL;
    enum err err;

    CHECK(order->valid_days >= 1 && order->valid_days <= 3650);
    if (key != NULL)
        certificate = make_certificate(ctx->arena, order, key);
    if (certificate == NULL) {
        ERR_clear_error();
        EVP_PKEY_free(key);
        return FAIL(ctx, ERR_CONFIG, "cannot make a certificate for \"%s\" in \"%s\"",
                    order->organisation, order->country == NULL ? "" : order->country);
    }
    err = write_files(ctx, order, certificate, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return err;
}
