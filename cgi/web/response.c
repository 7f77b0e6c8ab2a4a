#include "web/response.h"

#include <string.h>

#include "base/check.h"

static const char *reason(int status)
{
    switch (status) {
    case 200: return "OK";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Internal Server Error";
    }
}

struct response response_new(struct arena *arena)
{
    return (struct response){.arena = arena, .status = 200, .content_type = "text/html; charset=utf-8",
                             .form_hosts = "", .body = str_new(arena)};
}

void respond_header(struct response *response, const char *name, const char *value)
{
    CHECK(response->header_count < HEADERS_MAX && strpbrk(value, "\r\n") == NULL);
    response->headers[response->header_count++] = arena_printf(response->arena, "%s: %s", name, value);
}

void respond_see(struct response *response, const char *url)
{
    response->status = 303;
    response->body = str_new(response->arena);
    respond_header(response, "Location", url);
}

void respond_cookie(struct response *response, const char *name, const char *value, int64_t max_age_s)
{
    const char *age = max_age_s < 0 ? "" : arena_printf(response->arena, "; Max-Age=%lld", (long long)max_age_s);

    CHECK(strpbrk(value, ";, ") == NULL);
    respond_header(response, "Set-Cookie",
                   arena_printf(response->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax%s", name, value, age));
}

void respond_file(struct response *response, const char *content_type, const char *name, const void *data, size_t bytes)
{
    CHECK(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(name));
    response->content_type = content_type;
    respond_header(response, "Content-Disposition", arena_printf(response->arena, "%s; filename=\"%s\"",
                   strcmp(content_type, "application/pdf") == 0 ? "inline" : "attachment", name));
    response->body = str_new(response->arena);
    str_append_bytes(&response->body, data, bytes);
}

struct str response_text(const struct response *response, bool head)
{
    struct str out = str_new(response->arena);

    str_printf(&out, "Status: %d %s\r\n", response->status, reason(response->status));
    str_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", response->content_type, response->body.bytes);
    str_printf(&out,
               "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
               "form-action 'self'%s%s; frame-ancestors 'none'; base-uri 'none'\r\n",
               response->form_hosts[0] != '\0' ? " " : "", response->form_hosts);
    str_append(&out, "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"
                     "X-Content-Type-Options: nosniff\r\n"
                     "Referrer-Policy: no-referrer\r\n"
                     "Cross-Origin-Opener-Policy: same-origin\r\n"
                     "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=()\r\n"
                     "X-Robots-Tag: noindex, nofollow\r\n"
                     "Cache-Control: no-store\r\n");
    for (size_t i = 0; i < response->header_count; i++)
        str_printf(&out, "%s\r\n", response->headers[i]);
    str_append(&out, "\r\n");
    if (!head)
        str_append_bytes(&out, response->body.text, response->body.bytes);
    return out;
}
