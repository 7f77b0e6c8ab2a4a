/* retry: what a declined card means, and when it is tried again (trust.md 6.5).
 *
 * Days count from the due day, not from the run. Caps: 8 tries per card and invoice in 30 days, a day
 * apart. A hard decline is never tried again; authentication asks the customer instead. */
#ifndef TACITE_CORE_RETRY_H
#define TACITE_CORE_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decline_class {
    DECLINE_SOFT = 1,       /* try again by the plan's days */
    DECLINE_UNKNOWN,        /* unknown code: once more after 3 days, then stop */
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

enum { RETRY_DAYS_MAX = 8, RETRY_TRIES_MAX_30_DAYS = 8 };

struct retry_days {
    size_t count;
    int days[RETRY_DAYS_MAX]; /* after the due day, ascending, 1..60 */
};

/* "3,7,12"; "" is none. False for anything else. */
bool retry_days_parse(const char *text, struct retry_days *days);

struct retry_facts {
    const struct retry_days *days;
    int32_t due_on;
    int32_t last_try_on;
    int retries;           /* automatic retries done so far, the first charge not counted */
    int tries_30_days;     /* all card tries, the first charge included */
    enum decline_class decline;
};

/* Day of the next automatic try, later than last_try_on; DATE_NONE when there is none. Days of the
 * plan that a late run has passed are made up once, the day after the last try. */
int32_t retry_next_on(const struct retry_facts *facts);

#endif
