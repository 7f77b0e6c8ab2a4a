/* mime: one mail message as bytes (RFC 5322, 2045-2047, 2231).
 *
 * multipart/mixed holds multipart/alternative (plain text first, then HTML) and the attachments.
 * Everything is 7-bit with CRLF and lines of at most 78 characters (long addresses and message ids
 * excepted), so any server takes it. The same mail gives the same bytes: a resent message is the
 * same. */
#ifndef TACITE_DOCUMENT_MIME_H
#define TACITE_DOCUMENT_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/err.h"

struct mime_attachment {
    const char *name; /* "INV-2026-00017.pdf", UTF-8; no path */
    const char *type; /* "application/pdf" */
    const void *data;
    size_t bytes;
};

struct mime_mail {
    const char *from_name; /* shown name, may be empty */
    const char *from;      /* ASCII address: a name beyond ASCII is the caller's to convert */
    const char *to_name;
    const char *to;       /* exactly one recipient */
    const char *reply_to; /* address, may be empty */
    const char *subject;
    const char *message_id; /* without <>: "<outbox id>.<random>@host"; the same on every attempt */
    const char *in_reply_to; /* without <>: threads a document's mails; may be empty */
    int64_t sent_at;         /* Date header, UTC */
    const char *text;        /* required */
    const char *html;        /* may be empty */
    const struct mime_attachment *attachments;
    size_t attachment_count;
};

/* The message, ctx->arena memory, to be handed to SMTP as it is (dot-stuffing is the transport's).
 * ERR_CORRUPT: a header value holds CR, LF or another control character, a text is not UTF-8, an
 * address is no single ASCII address; nothing is repaired. */
enum err mime_write(struct ctx *ctx, const struct mime_mail *mail, char **message,
                    size_t *bytes) MUST_USE;

#endif
