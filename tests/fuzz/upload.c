/* The Content-Type in the first line, a multipart body after it: its files lie inside the body, its fields are texts. */
#include <string.h>

#include "base/str.h"
#include "fuzz.h"
#include "web/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t head = line != NULL ? (size_t)(line - data) : size;
    const char *body = line != NULL ? (const char *)line + 1 : "";
    size_t bytes = line != NULL ? size - head - 1 : 0;
    struct multipart out;

    if (!multipart_parse(ctx->arena, fuzz_text(ctx, data, head), body, bytes, 200, &out))
        return 0;
    CHECK(out.file_count <= MULTIPART_FILES_MAX && out.fields.count <= 200);
    for (size_t i = 0; i < out.file_count; i++)
        CHECK(out.files[i].name[0] != '\0' &&
              (out.files[i].bytes == 0 || (out.files[i].data >= body && out.files[i].data + out.files[i].bytes <= body + bytes)));
    for (size_t i = 0; i < out.fields.count; i++)
        CHECK(out.fields.items[i].name[0] != '\0' && str_is_utf8(out.fields.items[i].value, strlen(out.fields.items[i].value)));
    return 0;
}
