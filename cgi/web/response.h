/* response: what goes out: status, headers, body. Sent only when it is whole.
 *
 * The security headers and the content security policy are on every response (trust.md SEC-02, 03). */
#ifndef TACITE_WEB_RESPONSE_H
#define TACITE_WEB_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { HEADERS_MAX = 24 };

struct response {
    struct arena *arena;
    int status;               /* 200 at the start */
    const char *content_type; /* "text/html; charset=utf-8" at the start */
    const char *headers[HEADERS_MAX];
    size_t header_count;
    const char *form_hosts;   /* further origins for form-action, "" none (payment pages) */
    struct str body;
};

struct response response_new(struct arena *arena);

/* "Name: value"; CR, LF or NUL in it ends the process: values come from us. */
void respond_header(struct response *response, const char *name, const char *value);

/* 303 to a path of ours, or to an absolute URL that the caller built. */
void respond_see(struct response *response, const char *url);

/* HttpOnly, SameSite=Lax, Path=/; Secure with the __Host- prefix. max_age_s < 0: until the browser
 * closes; 0 removes it. */
void respond_cookie(struct response *response, const char *name, const char *value, int64_t max_age_s);

/* A file: content type, a name made by us; a PDF is shown, anything else is a download. */
void respond_file(struct response *response, const char *content_type, const char *name, const void *data,
                  size_t bytes);

/* Status line, headers, body as CGI text; head leaves the body out. */
struct str response_text(const struct response *response, bool head);

#endif
