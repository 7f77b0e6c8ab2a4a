/* json: reading answers with limits (jansson); every getter has an answer for what is not there. */
#ifndef TACITE_GATEWAY_JSON_H
#define TACITE_GATEWAY_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/ctx.h"

/* The parsed object, freed with ctx->arena; NULL when it is no JSON object, is cut, repeats a key or is
 * nested deeper than 40. */
json_t *json_read(struct ctx *ctx, const char *text, size_t bytes);

/* object."a.b.c" as text; "" when absent or no string. In the object's own memory. */
const char *json_text(const json_t *object, const char *path);
int64_t json_number(const json_t *object, const char *path, int64_t fallback);
const json_t *json_at(const json_t *object, const char *path); /* NULL when absent */

/* An id that is either a string or an expanded object with an "id". */
const char *json_id(const json_t *object, const char *path);

#endif
