/* http: one outgoing request at a time, with limits (libcurl).
 *
 * No redirects, no proxy from the environment, TLS verified. What matters for money is told apart:
 * nothing left this machine (ERR_NOT_SENT), it may have arrived (ERR_TIMEOUT), or there is an answer. */
#ifndef TACITE_GATEWAY_HTTP_H
#define TACITE_GATEWAY_HTTP_H

#include <stddef.h>

#include "base/ctx.h"

enum { HTTP_ANSWER_BYTES_MAX = 1 << 20, HTTP_HEADERS_MAX = 8 };

struct http_request {
    const char *method; /* "GET", "POST" */
    const char *url;
    const char *headers[HTTP_HEADERS_MAX]; /* "Name: value", ended by NULL */
    const char *body;   /* NULL: none */
    size_t body_bytes;
    long timeout_ms;
};

struct http_answer {
    long status;
    const char *body; /* ctx->arena, NUL-terminated */
    size_t body_bytes;
    const char *should_retry; /* the header Stripe-Should-Retry: "true", "false" or "" */
};

enum err http_send(struct ctx *ctx, const struct http_request *request, struct http_answer *answer) MUST_USE;

#endif
