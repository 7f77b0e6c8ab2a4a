/* reserve: another card of the customer's, for a subscription whose own card will not pay any more.
 *
 * A card pays what its holder agreed to (trust.md CRD-01): the subscription's own, and those that the customer named for
 * this subscription. A reserve serves when the own card has expired or was refused for good (core/retry), in the order in
 * which they were named. Never when the cardholder told the bank to stop these payments (CRD-06; R0, R1, R3): that is
 * said to us, not to the card. */
#ifndef TACITE_CORE_RESERVE_H
#define TACITE_CORE_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reserve_card {
    bool active;              /* in use: neither refused nor replaced */
    bool refused;             /* for good, by its bank */
    const char *decline_code; /* of its last decline; "" none */
    int32_t exp_year;         /* 0: unknown */
    int32_t exp_month;
};

/* It may be charged as far as the card itself says; when, is core/retry's. */
bool reserve_card_usable(const struct reserve_card *card, int32_t today_on);

enum { RESERVE_NONE = -1 };

/* The place of the reserve that pays instead of the subscription's own card; RESERVE_NONE: the own card pays, or nothing does. */
int reserve_choice(const struct reserve_card *own, const struct reserve_card *reserves, size_t count, int32_t today_on);

#endif
