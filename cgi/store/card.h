/* card: stored cards that will not last. */
#ifndef TACITE_STORE_CARD_H
#define TACITE_STORE_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct ending_card {
    int64_t method_id;
    int64_t customer_id;
    int64_t subscription_id; /* one that it pays */
    int32_t exp_month;
    int32_t exp_year;
    const char *last4;
};
/* Active cards of running subscriptions that end in these two months (year * 12 + month - 1), by id, after one. */
enum err ending_cards(struct ctx *ctx, int32_t first, int32_t second, int64_t after_id, int32_t limit, struct ending_card **rows, size_t *count) MUST_USE;

#endif
