/* http: outgoing requests with limits (libcurl), one at a time or many at once.
 *
 * No redirects, no proxy from the environment, TLS verified. What matters for money is told apart:
 * nothing left this machine (ERR_NOT_SENT), it may have arrived (ERR_TIMEOUT), or there is an answer. */
#ifndef TACITE_GATEWAY_HTTP_H
#define TACITE_GATEWAY_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    int64_t retry_after_ms;   /* the header Retry-After in seconds, an hour at most; 0: it does not say */
};

enum err http_send(struct ctx *ctx, const struct http_request *request, struct http_answer *answer) MUST_USE;

/* Many at once, from one thread: none waits for another. */
struct http_calls;

/* What became of one of them. */
struct http_done {
    void *tag;
    enum err err;        /* as http_send gives it */
    const char *trouble; /* what failed, for the log; "" nothing */
    struct http_answer answer;
};

struct http_calls *http_calls_new(void);
void http_calls_free(struct http_calls *calls); /* those that are on their way are given up */

/* Starts one. What it answers goes into arena; arena and the request's body live until it is over. */
void http_calls_start(struct http_calls *calls, const struct http_request *request, struct arena *arena, void *tag);

/* Whether any is on its way. */
bool http_calls_any(const struct http_calls *calls);

/* The next that is over; false: none within wait_ms, or none on its way, which is told at once. */
bool http_calls_next(struct http_calls *calls, int64_t wait_ms, struct http_done *done) MUST_USE;

#endif
