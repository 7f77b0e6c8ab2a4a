/* retry: what a declined card means, and from which day on it may be tried again (trust.md 6.5).
 *
 * Which day is wanted is the matter of core/dunning; here is what the schemes and our own caps allow. Both are tables:
 * codes with their class, advice with its wait, caps with the day from which they hold. A hard decline is never tried
 * again; authentication asks the customer instead. What is counted are declines: a scheme charges for asking again what was
 * refused, not for what it paid. Windows of hours are counted in whole civil days, on the safe side: no instant of the
 * window is ever left out. */
#ifndef TACITE_CORE_RETRY_H
#define TACITE_CORE_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decline_class {
    DECLINE_SOFT = 1,       /* try again by the dunning rule */
    DECLINE_UNKNOWN,        /* unknown code: once more, then stop */
    DECLINE_AUTHENTICATION, /* the bank asks for the customer: pay link, no automatic try */
    DECLINE_NEW_CARD,       /* expired or wrong: another card is needed */
    DECLINE_HARD,           /* stolen, closed, revoked: never with this card */
    DECLINE_REQUEST,        /* the gateway refuses what was asked, whatever the card: too small an amount, a currency that is not on */
};

/* decline_code of the gateway ("insufficient_funds") or network code ("51", "R1"), and its advice
 * ("do_not_try_again", "try_again_later", "confirm_card_data", or NULL). */
enum decline_class decline_class_of(const char *decline_code, const char *advice_code);

/* The gateway's own word of a decline, and the code of the scheme or the issuer when it tells one ("" none): the one by which
 * the decline is judged, the stricter. "R1" goes before every word, as it ends more than the card; a word that we do not
 * know gives way to a code that we know. */
const char *decline_code_that_counts(const char *word, const char *network_code);

/* The same for advice: the scheme's own ("03", "25") goes before the gateway's words, as far as we know it. */
const char *decline_advice_that_counts(const char *word, const char *network_advice);

/* The method must not be used again. */
bool decline_ends_method(enum decline_class decline);

/* The cardholder stopped the mandate (R0, R1, R3): automatic collection of the subscription stops. */
bool decline_stops_collection(const char *decline_code);

/* Why a card was declined, for the seller: English msgid, or the code itself where it has no words. */
const char *decline_code_text(const char *decline_code);

/* English msgid for the customer: friendly, tells no bank secret ("Your bank declined the card."). */
const char *decline_text(enum decline_class decline);

enum { RETRY_TRIES_MAX_30_DAYS = 8 };

/* Whether the stored card may be tried again on this invoice, on the days of its dunning rule. tries: those of the last
 * 30 days, the one that was just declined included. An unknown code gets one more try. */
bool retry_may_follow(enum decline_class decline, int tries);

/* A try that a card's bank declined. */
struct card_decline {
    int32_t on;           /* business day */
    int64_t payable_id;   /* what it was for */
    int64_t amount_minor;
    const char *currency;
    const char *decline_code;
    const char *advice_code; /* "" none */
};

/* What the card shall be tried for. */
struct card_try {
    const char *brand; /* "visa", "mastercard"; the caps of unknown schemes are those of the strictest */
    int64_t payable_id;
    int64_t amount_minor;
    const char *currency;
};

enum { RETRY_HISTORY_DAYS = 31 }; /* declines before it count no more */

/* The first day, today or later, on which the card may be tried; DATE_NONE: never, with this card. declines: its own of the
 * last RETRY_HISTORY_DAYS, in any order. */
int32_t card_may_be_tried_on(const struct card_try *wanted, const struct card_decline *declines, size_t count, int32_t today_on);

#endif
