/* sealed: every column that holds a sealed text, for sealing them anew under another key.
 *
 * Who adds such a column adds its row here: `tacite-batch rekey` and doctor then know it. */
#ifndef TACITE_STORE_SEALED_H
#define TACITE_STORE_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct sealed_text {
    int64_t id;
    const char *sealed;
    const char *ref; /* what else its place is made of; "" none */
};

size_t sealed_kinds(void);
const char *sealed_kind_name(size_t kind); /* "payment_method.token_sealed" */

/* Of one kind, after an id, by id: those that the present key did not seal. */
enum err texts_to_seal(struct ctx *ctx, size_t kind, int64_t after_id, int32_t limit, struct sealed_text **rows, size_t *count) MUST_USE;

/* How many of all kinds. */
enum err count_texts_to_seal(struct ctx *ctx, int64_t *count) MUST_USE;

/* The place to which a text of that row is bound. */
char *sealed_place(struct ctx *ctx, size_t kind, const struct sealed_text *row);

/* Only while the row still holds row->sealed: who changed it meanwhile sealed it under the present key. */
enum err seal_anew(struct ctx *ctx, size_t kind, const struct sealed_text *row, const char *sealed) MUST_USE;

#endif
