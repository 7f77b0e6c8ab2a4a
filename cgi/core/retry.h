/* retry: what a declined card means, and whether it is tried again (trust.md 6.5).
 *
 * When is the matter of core/dunning. Cap: 8 tries per card and invoice in 30 days. A hard decline is never tried again; authentication asks the customer instead. */
#ifndef TACITE_CORE_RETRY_H
#define TACITE_CORE_RETRY_H

#include <stdbool.h>

enum decline_class {
    DECLINE_SOFT = 1,       /* try again by the dunning rule */
    DECLINE_UNKNOWN,        /* unknown code: once more, then stop */
    DECLINE_AUTHENTICATION, /* the bank asks for the customer: pay link, no automatic try */
    DECLINE_NEW_CARD,       /* expired or wrong: another card is needed */
    DECLINE_HARD,           /* stolen, closed, revoked: never with this card */
};

/* decline_code of the gateway ("insufficient_funds") or network code ("51", "R1"), and its advice
 * ("do_not_try_again", "try_again_later", "confirm_card_data", or NULL). */
enum decline_class decline_class_of(const char *decline_code, const char *advice_code);

/* The method must not be used again. */
bool decline_ends_method(enum decline_class decline);

/* The cardholder stopped the mandate (R0, R1, R3): automatic collection of the subscription stops. */
bool decline_stops_collection(const char *decline_code);

/* English msgid for the customer: friendly, tells no bank secret ("Your bank declined the card."). */
const char *decline_text(enum decline_class decline);

enum { RETRY_TRIES_MAX_30_DAYS = 8 };

/* Whether the stored card may be tried again on this invoice, on the days of its dunning rule. tries: those of the last
 * 30 days, the one that was just declined included. An unknown code gets one more try. */
bool retry_may_follow(enum decline_class decline, int tries);

#endif
