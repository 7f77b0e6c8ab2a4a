/* reserving: cards that a customer allows to pay a subscription when its own card will not any more (core/reserve). */
#ifndef TACITE_SERVICE_RESERVING_H
#define TACITE_SERVICE_RESERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/charging.h"

/* Debits whose own card is over get the reserve that pays instead, where the customer named one. */
enum err take_reserves(struct ctx *ctx, struct charge *charges, size_t count) MUST_USE;

/* Whether a later debit of this subscription finds a reserve. In a transaction that notes a decline, whose code no row tells
 * yet: the caller looks at that one. */
enum err reserve_follows(struct ctx *ctx, int64_t subscription_id, bool *follows) MUST_USE;

/* The customer's word, and its end. words: what they read beside the button. */
struct reserve_act {
    int64_t subscription_id;
    const char *subscription_number;
    int64_t method_id;  /* of store/reserve's other_cards */
    const char *last4;
    bool allows;
    const char *words;
    const char *url;
};
enum err change_reserve(struct ctx *ctx, struct reserve_act *act, const struct once *once) MUST_USE;

#endif
