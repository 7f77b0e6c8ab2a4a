/* reserve: cards that a customer allowed for a subscription beside its own, and the cards that they could allow. */
#ifndef TACITE_STORE_RESERVE_H
#define TACITE_STORE_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

/* The cards of subscriptions: of each its own, then those in reserve as they were named. */
struct subscription_card {
    int64_t subscription_id;
    bool own;
    int64_t named; /* of a reserve: its place in the order in which all were named */
    int64_t method_id;
    const char *gateway;
    const char *state;
    const char *token_sealed;
    const char *brand;
    int32_t exp_month;
    int32_t exp_year;
    const char *decline_code; /* of its last decline; "" none */
};
enum err cards_of_subscriptions(struct ctx *ctx, const int64_t *subscription_ids, size_t count, struct subscription_card **rows, size_t *found) MUST_USE;

/* Cards in use of the customer's other subscriptions, and those that stand in reserve; what looks like the own one (the same
 * card) is left out. */
struct other_card {
    int64_t method_id;
    const char *brand;
    const char *last4;
    int32_t exp_month;
    int32_t exp_year;
    bool reserve;       /* allowed for this subscription */
    int32_t agreed_on;  /* DATE_NONE when not */
};
enum err other_cards(struct ctx *ctx, int64_t subscription_id, struct other_card **rows, size_t *count) MUST_USE;

/* ERR_DUPLICATE: it stands already. */
enum err insert_reserve_card(struct ctx *ctx, int64_t subscription_id, int64_t method_id, const char *agreed_text, const char *language) MUST_USE;
/* What stands stands no more; nothing when it did not. */
enum err withdraw_reserve_card(struct ctx *ctx, int64_t subscription_id, int64_t method_id) MUST_USE;
/* All that stand of a subscription. */
enum err withdraw_reserve_cards(struct ctx *ctx, int64_t subscription_id) MUST_USE;

#endif
