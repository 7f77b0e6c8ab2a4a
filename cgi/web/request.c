#include "web/request.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes %xx (and '+' when wanted); NULL for a bad sign, NUL or bad UTF-8. */
static char *decode(struct arena *arena, const char *text, size_t bytes, bool plus)
{
    char *out = arena_alloc(arena, bytes + 1);
    size_t used = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '%') {
            int high = i + 1 < bytes ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < bytes ? hex_value(text[i + 2]) : -1;

            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return NULL;
            out[used++] = (char)(high << 4 | low);
            i += 2;
        } else if (text[i] == '\0') {
            return NULL;
        } else {
            out[used++] = plus && text[i] == '+' ? ' ' : text[i];
        }
    }
    return str_is_utf8(out, used) ? out : NULL;
}

bool pairs_parse(struct arena *arena, const char *text, size_t bytes, size_t fields_max, struct pairs *pairs)
{
    size_t start = 0;
    size_t room = 1;

    for (size_t i = 0; i < bytes; i++)
        room += text[i] == '&';
    if (room > fields_max && bytes > 0)
        return false;
    pairs->items = ARENA_ARRAY(arena, struct pair, room);
    pairs->count = 0;
    while (start < bytes) {
        const char *end = memchr(text + start, '&', bytes - start);
        size_t length = end != NULL ? (size_t)(end - text) - start : bytes - start;
        const char *equals = memchr(text + start, '=', length);
        size_t name_bytes = equals != NULL ? (size_t)(equals - text) - start : length;
        struct pair *pair = &pairs->items[pairs->count];

        if (length > 0) {
            pair->name = decode(arena, text + start, name_bytes, true);
            pair->value = equals != NULL ? decode(arena, equals + 1, length - name_bytes - 1, true) : "";
            if (pair->name == NULL || pair->value == NULL || pair->name[0] == '\0')
                return false;
            pairs->count++;
        }
        start += length + 1;
    }
    return true;
}

static void parse_cookies(struct request *request, const char *header)
{
    request->cookies.items = ARENA_ARRAY(request->arena, struct pair, COOKIES_MAX);
    while (*header != '\0' && request->cookies.count < COOKIES_MAX) {
        size_t length = strcspn(header, ";");
        const char *equals = memchr(header, '=', length);

        if (equals != NULL)
            request->cookies.items[request->cookies.count++] = (struct pair){
                str_trim(request->arena, arena_strndup(request->arena, header, (size_t)(equals - header))),
                str_trim(request->arena, arena_strndup(request->arena, equals + 1, (size_t)(header + length - equals - 1)))};
        header += length;
        if (*header == ';')
            header++;
    }
}

const char *request_param(const struct request *request, const char *name)
{
    size_t bytes = strlen(name);

    for (char **p = request->environment; p != NULL && *p != NULL; p++)
        if (strncmp(*p, name, bytes) == 0 && (*p)[bytes] == '=')
            return *p + bytes + 1;
    return "";
}

const char *pair_value(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].name, name) == 0)
            return pairs->items[i].value;
    return NULL;
}

/* Decoded once; what could be read in two ways is not found. */
static const char *parse_path(struct arena *arena, const char *raw)
{
    char *path;

    if (raw[0] != '/' || strlen(raw) > 1024 || strcasestr(raw, "%2f") != NULL || strcasestr(raw, "%5c") != NULL ||
        strchr(raw, '\\') != NULL)
        return NULL;
    path = decode(arena, raw, strlen(raw), false);
    if (path == NULL || strstr(path, "//") != NULL || strstr(path, "/../") != NULL || strstr(path, "/./") != NULL ||
        str_ends(path, "/..") || str_ends(path, "/."))
        return NULL;
    for (const char *p = path; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20)
            return NULL;
    return path;
}

static const char *plain_text(struct arena *arena, const char *text, size_t most)
{
    char *cut = arena_strndup(arena, text, strnlen(text, most));

    return str_is_utf8(cut, strlen(cut)) ? cut : "";
}

bool media_type_is(const char *content_type, const char *type)
{
    size_t bytes = strcspn(content_type, "; \t");
    const char *after = content_type + bytes + strspn(content_type + bytes, " \t");

    return bytes == strlen(type) && strncasecmp(content_type, type, bytes) == 0 && (*after == ';' || *after == '\0');
}

int request_take_body(struct request *request, const char *body, size_t body_bytes)
{
    request->body = body;
    request->body_bytes = body_bytes;
    return body_bytes == request->content_length ? 200 : 400;
}

int request_parse(struct request *request, struct arena *arena, char **environment)
{
    const char *method;
    const char *uri;
    const char *length;
    long long wanted = 0;
    size_t path_bytes;

    memset(request, 0, sizeof *request);
    request->arena = arena;
    request->environment = environment;
    request->path = "/";
    request->body = "";
    request->remote_addr = plain_text(arena, request_param(request, "REMOTE_ADDR"), 45);
    request->user_agent = plain_text(arena, request_param(request, "HTTP_USER_AGENT"), 255);
    request->host = plain_text(arena, request_param(request, "HTTP_HOST"), 255);
    request->tenant = request_param(request, "TACITE_TENANT");
    request->content_type = request_param(request, "CONTENT_TYPE");
    parse_cookies(request, request_param(request, "HTTP_COOKIE"));
    method = request_param(request, "REQUEST_METHOD");
    if (strcmp(method, "GET") == 0)
        request->method = METHOD_GET;
    else if (strcmp(method, "HEAD") == 0)
        request->method = METHOD_HEAD;
    else if (strcmp(method, "POST") == 0)
        request->method = METHOD_POST;
    else
        return method[0] == '\0' ? 400 : 405;
    uri = request_param(request, "REQUEST_URI");
    path_bytes = strcspn(uri, "?#");
    request->query = uri[path_bytes] == '?' ? arena_strdup(arena, uri + path_bytes + 1) : "";
    request->path = parse_path(arena, arena_strndup(arena, uri, path_bytes));
    if (request->path == NULL) {
        request->path = "/";
        return 404;
    }
    if (!pairs_parse(arena, request->query, strlen(request->query), FORM_FIELDS_DEFAULT, &request->fields))
        return 400;
    length = request_param(request, "CONTENT_LENGTH");
    if (length[0] != '\0' && !str_to_i64(length, 0, INT64_MAX, &wanted))
        return 400;
    request->content_length = (size_t)wanted;
    return 200;
}
