/* multipart: a multipart/form-data body (RFC 7578 in the framing of RFC 2046) becomes fields and one list of files.
 *
 * Plain fields come out as the pairs that a urlencoded body would give, so that tokens and field tables need not
 * know how a form was sent. A file's bytes are borrowed from the body: any bytes, NUL too. The name that a browser
 * gives a file is never kept: nothing may be decided by it. Strict where two readers could disagree: a preamble,
 * nested parts, folded lines, two dispositions, a transfer encoding, a charset field or anything after the last
 * boundary refuse the whole body. Linear in the length. */
#ifndef TACITE_WEB_MULTIPART_H
#define TACITE_WEB_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "web/request.h"

enum { MULTIPART_HEADERS_MAX = 8, MULTIPART_HEADER_BYTES_MAX = 1024, MULTIPART_FILES_MAX = 4 };

struct upload {
    const char *name;  /* of the field */
    const char *data;  /* borrowed from the body, not NUL-terminated */
    size_t bytes;      /* 0: no file was chosen, or an empty one */
};

struct multipart {
    struct pairs fields;
    struct upload files[MULTIPART_FILES_MAX];
    size_t file_count;
};

/* True when the header says multipart/form-data, whatever its parameters. */
bool multipart_is(const char *content_type);

/* False when malformed (400): also more than fields_max fields, a field that is no UTF-8 or holds NUL. */
bool multipart_parse(struct arena *arena, const char *content_type, const char *body, size_t bytes, size_t fields_max,
                     struct multipart *out);

/* The file of this field; NULL when none was sent. */
const struct upload *multipart_file(const struct multipart *multipart, const char *name);

#endif
