/* request: what came in, decoded once and held to its limits.
 *
 * Everything lives in the request's arena. The path is decoded exactly once; encoded slashes, NUL,
 * "..", "//" and bad percent signs are refused, so that routing sees plain segments. */
#ifndef TACITE_WEB_REQUEST_H
#define TACITE_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum method { METHOD_GET = 1, METHOD_HEAD, METHOD_POST };

enum { PAIRS_MAX = 1000, COOKIES_MAX = 50, FORM_FIELDS_DEFAULT = 200, FORM_BYTES_DEFAULT = 32 * 1024,
       BODY_BYTES_MAX = 256 * 1024 + 1024 };

struct pair {
    const char *name;
    const char *value;
};

struct pairs {
    struct pair *items;
    size_t count;
};

struct request {
    struct arena *arena;
    char **environment;       /* FastCGI parameters, borrowed */
    enum method method;
    const char *path;
    const char *query;        /* raw, without '?' */
    struct pairs fields;      /* of the query */
    struct pairs cookies;
    const char *content_type;
    size_t content_length;    /* what the client announced */
    const char *body;         /* NUL-terminated, body_bytes long */
    size_t body_bytes;
    const char *remote_addr;
    const char *user_agent;   /* cut to 255 bytes, valid UTF-8 */
    const char *host;
    const char *tenant;       /* TACITE_TENANT: path of the configuration file */
};

/* Everything but the body. 200, or the status with which the request is refused: 400, 405, 404 (path). */
int request_parse(struct request *request, struct arena *arena, char **environment);

/* The body as it was read, NUL-terminated: 200, or 400 when it is not as long as was announced. */
int request_take_body(struct request *request, const char *body, size_t body_bytes);

/* True when the header names this media type, whatever its parameters: "text/csv" is that of
 * "Text/CSV; charset=utf-8", and not of "text/csvx". */
bool media_type_is(const char *content_type, const char *type);

/* Value of a FastCGI parameter ("HTTP_ORIGIN"); "" when absent. */
const char *request_param(const struct request *request, const char *name);

/* First value of a query field or cookie; NULL when absent. */
const char *pair_value(const struct pairs *pairs, const char *name);

/* application/x-www-form-urlencoded. False for a bad percent sign, NUL, bad UTF-8 or more than
 * fields_max fields. Linear in the length. */
bool pairs_parse(struct arena *arena, const char *text, size_t bytes, size_t fields_max, struct pairs *pairs);

#endif
