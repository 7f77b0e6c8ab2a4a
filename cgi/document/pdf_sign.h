/* pdf_sign: who seals a document: SHA-256 in, detached CMS out (PAdES-B-B, ETSI EN 319 142-1).
 *
 * The key stands behind one function, so that a token or a remote seal service can take its place.
 * The signed attributes are content-type, message-digest and signing-certificate-v2; signing-time
 * is forbidden in this profile and absent (OpenSSL's own CMS_final would add it). */
#ifndef TACITE_DOCUMENT_PDF_SIGN_H
#define TACITE_DOCUMENT_PDF_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/err.h"
#include "base/hash.h"

struct signer {
    /* Detached SignedData (DER, ctx->arena memory) over this digest of the content. */
    enum err (*sign)(struct ctx *ctx, const struct signer *signer, const struct hash *digest,
                     unsigned char **cms, size_t *bytes);
    size_t reserve_bytes;  /* what every CMS of this signer fits into */
    const char *name;      /* common name of the certificate: /Name of the signature */
    int64_t not_before_at; /* validity of the certificate */
    int64_t not_after_at;
    const char *fingerprint; /* SHA-256 of the certificate, hex: the key's id in a row */
    void *handle;            /* of the implementation */
};

/* Loads certificate (first in the file; more certificates after it are its chain) and private key
 * from PEM files, proves that they belong together, signs once to learn the size. RSA of 2048 bits
 * or more, or ECDSA P-256. Lives as long as the arena. ERR_CONFIG: file missing or not PEM, the key
 * is of another kind, does not match or can be read by others, the certificate is expired or not
 * yet valid at ctx->now. sign() checks the validity again, so that a long-running process stops in
 * time. */
enum err signer_load(struct ctx *ctx, struct arena *arena, const char *certificate_path,
                     const char *key_path, const struct signer **signer) MUST_USE;

enum certificate_key { CERTIFICATE_RSA_2048 = 1, CERTIFICATE_ECDSA_P256 };

struct certificate_order {
    enum certificate_key key;
    const char *organisation; /* common name and organisation, UTF-8, at most 64 characters used */
    const char *country;      /* ISO code; "" for none */
    int64_t from_at;          /* valid from, UTC microseconds */
    int valid_days;           /* 1 to 3650 */
    const char *certificate_path;
    const char *key_path; /* created with mode 0400; an existing file is never overwritten */
};

/* A self-signed certificate and its key, for demo companies and tests: it proves that a file is
 * unchanged, not who made it. ERR_DUPLICATE when one of the files exists, ERR_IO. */
enum err create_demo_certificate(struct ctx *ctx, const struct certificate_order *order) MUST_USE;

#endif
