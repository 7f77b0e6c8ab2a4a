/* alternative: quotes of which a customer takes one.
 *
 * The first of them is the group; only quotes for the same customer count, whoever they were made for at first. */
#ifndef TACITE_STORE_ALTERNATIVE_H
#define TACITE_STORE_ALTERNATIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/quote.h"

struct alternative {
    int64_t id;
    const char *number;
    const char *state_name;
    enum quote_state state;   /* stored */
    int32_t valid_until_on;   /* of the version that counts now, with its amounts */
    int64_t today_minor;
    int64_t period_minor;
    const char *currency;
};

/* The others of a quote's group, oldest first. */
enum err alternatives(struct ctx *ctx, int64_t quote_id, struct alternative **rows, size_t *count) MUST_USE;
/* Makes a new quote one of the group of another. */
enum err join_alternatives(struct ctx *ctx, int64_t id, int64_t quote_id) MUST_USE;

#endif
