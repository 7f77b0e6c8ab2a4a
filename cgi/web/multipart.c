#include "web/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { BOUNDARY_BYTES_MAX = 70 };

bool multipart_is(const char *content_type)
{
    return strncasecmp(content_type, "multipart/form-data", 19) == 0 && strchr("; \t", content_type[19]) != NULL;
}

static bool boundary_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL);
}

/* One parameter "; name=value" or "; name=\"value\""; moves *at behind it. False when it is not one. */
static bool parameter(struct arena *arena, const char **at, char **name, char **value)
{
    const char *p = *at + strspn(*at, " \t");
    struct str text = str_new(arena);
    size_t bytes;

    if (*p++ != ';')
        return false;
    p += strspn(p, " \t");
    bytes = strcspn(p, "=;\" \t");
    if (bytes == 0 || p[bytes] != '=')
        return false;
    *name = arena_strndup(arena, p, bytes);
    p += bytes + 1;
    if (*p == '"') {
        /* Browsers write a quote as %22 and never a backslash (RFC 7578 4.2); a backslash escapes a quote alone,
         * since old ones send "C:\file". */
        for (p++; *p != '"'; p++) {
            if (*p == '\\' && p[1] == '"')
                p++;
            if (*p == '\0')
                return false;
            str_append_char(&text, *p);
        }
        p++;
    } else {
        bytes = strcspn(p, "; \t");
        str_append_bytes(&text, p, bytes);
        p += bytes;
    }
    *value = text.text;
    *at = p;
    return true;
}

/* The boundary of the header; NULL when missing, sent twice or against RFC 2046 5.1.1. */
static const char *boundary_of(struct arena *arena, const char *content_type)
{
    const char *at = content_type + 19;
    const char *boundary = NULL;
    char *name;
    char *value;
    size_t bytes;

    while (at[strspn(at, " \t")] != '\0') {
        if (!parameter(arena, &at, &name, &value))
            return NULL;
        if (strcasecmp(name, "boundary") != 0)
            continue;
        if (boundary != NULL)
            return NULL;
        boundary = value;
    }
    bytes = boundary != NULL ? strlen(boundary) : 0;
    if (bytes == 0 || bytes > BOUNDARY_BYTES_MAX || boundary[bytes - 1] == ' ')
        return NULL;
    for (const char *p = boundary; *p != '\0'; p++)
        if (!boundary_char(*p))
            return NULL;
    return boundary;
}

struct part {
    const char *name;
    bool is_file;
};

static bool read_disposition(struct arena *arena, const char *at, struct part *part)
{
    char *name;
    char *value;

    if (part->name != NULL || strncasecmp(at, "form-data", 9) != 0)
        return false;
    at += 9;
    while (at[strspn(at, " \t")] != '\0') {
        if (!parameter(arena, &at, &name, &value))
            return false;
        if (strcasecmp(name, "name") == 0) {
            if (part->name != NULL || value[0] == '\0')
                return false;
            part->name = value;
        } else if (strcasecmp(name, "filename") == 0 || strcasecmp(name, "filename*") == 0) {
            part->is_file = true; /* that it is one; never what it is called */
        }
    }
    return part->name != NULL && strcmp(part->name, "_charset_") != 0;
}

/* The header lines of a part; *at then stands on its content. */
static bool read_headers(struct arena *arena, const char **at, const char *end, struct part *part)
{
    for (int lines = 0; lines <= MULTIPART_HEADERS_MAX; lines++) {
        const char *stop = memmem(*at, (size_t)(end - *at), "\r\n", 2);
        size_t bytes = stop != NULL ? (size_t)(stop - *at) : 0;
        const char *line;
        const char *value;

        if (stop == NULL || bytes > MULTIPART_HEADER_BYTES_MAX)
            return false;
        line = arena_strndup(arena, *at, bytes);
        *at = stop + 2;
        if (bytes == 0)
            return part->name != NULL;
        value = strchr(line, ':');
        if (strlen(line) != bytes || !str_is_utf8(line, bytes) || value == NULL || value == line ||
            strcspn(line, " \t") < (size_t)(value - line))
            return false; /* NUL, not a header, or a folded line */
        value += 1 + strspn(value + 1, " \t");
        if (strncasecmp(line, "Content-Disposition:", 20) == 0) {
            if (!read_disposition(arena, value, part))
                return false;
        } else if (strncasecmp(line, "Content-Transfer-Encoding:", 26) == 0 ||
                   (strncasecmp(line, "Content-Type:", 13) == 0 && strncasecmp(value, "multipart/", 10) == 0)) {
            return false;
        }
    }
    return false;
}

static bool keep_part(struct arena *arena, const struct part *part, const char *data, size_t bytes, size_t fields_max,
                      struct multipart *out)
{
    if (part->is_file) {
        if (out->file_count == MULTIPART_FILES_MAX || multipart_file(out, part->name) != NULL)
            return false;
        out->files[out->file_count++] = (struct upload){part->name, data, bytes};
        return true;
    }
    if (out->fields.count == fields_max || memchr(data, '\0', bytes) != NULL || !str_is_utf8(data, bytes))
        return false;
    out->fields.items[out->fields.count++] = (struct pair){part->name, arena_strndup(arena, data, bytes)};
    return true;
}

bool multipart_parse(struct arena *arena, const char *content_type, const char *body, size_t bytes, size_t fields_max,
                     struct multipart *out)
{
    const char *boundary = multipart_is(content_type) ? boundary_of(arena, content_type) : NULL;
    const char *end = body + bytes;
    const char *at = body;
    const char *delimiter;
    size_t length;

    memset(out, 0, sizeof *out);
    if (boundary == NULL)
        return false;
    out->fields.items = ARENA_ARRAY(arena, struct pair, fields_max + 1);
    delimiter = arena_printf(arena, "\r\n--%s", boundary);
    length = strlen(delimiter);
    if (bytes < length - 2 || memcmp(at, delimiter + 2, length - 2) != 0)
        return false;
    at += length - 2;
    for (;;) {
        struct part part = {0};
        const char *stop;

        if (end - at >= 2 && memcmp(at, "--", 2) == 0)
            return end - at == 2 || (end - at == 4 && memcmp(at + 2, "\r\n", 2) == 0);
        if (end - at < 2 || memcmp(at, "\r\n", 2) != 0)
            return false;
        at += 2;
        if (!read_headers(arena, &at, end, &part))
            return false;
        stop = memmem(at, (size_t)(end - at), delimiter, length);
        if (stop == NULL || !keep_part(arena, &part, at, (size_t)(stop - at), fields_max, out))
            return false;
        at = stop + length;
    }
}

const struct upload *multipart_file(const struct multipart *multipart, const char *name)
{
    for (size_t i = 0; i < multipart->file_count; i++)
        if (strcmp(multipart->files[i].name, name) == 0)
            return &multipart->files[i];
    return NULL;
}
