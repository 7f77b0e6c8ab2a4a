/* cards: the test cards and what each of them does. Pure.
 *
 * Numbers that the real gateway publishes for its test mode do the same here; the others are ours and
 * play a fault. A number is looked up once, when it is typed; what is kept is the card's name. */
#ifndef TACITE_SANDBOX_CARDS_H
#define TACITE_SANDBOX_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum card_answer { CARD_APPROVES = 1, CARD_DECLINES, CARD_AUTHENTICATES, CARD_IS_GONE /* the request is refused: 400 */ };

enum card_fault {
    FAULT_NONE = 1,
    FAULT_TIMEOUT_BEFORE, /* no answer, nothing done; the next try under the same key goes on */
    FAULT_TIMEOUT_AFTER,  /* no answer, but captured */
    FAULT_ERROR_AFTER,    /* 500, but captured */
    FAULT_EVENT_LATE,
    FAULT_EVENT_TWICE,
    FAULT_EVENT_FIRST,    /* the event arrives before the answer or the redirect */
    FAULT_CAPTURES_LESS,  /* one minor unit less than was asked for */
};

struct test_card {
    const char *name;         /* "insufficient_funds" */
    const char *number;       /* digits */
    const char *brand;        /* "visa" */
    enum card_answer setup;   /* kept without a payment */
    enum card_answer present; /* paid with on the hosted page */
    enum card_answer absent;  /* charged off session */
    int declines;             /* off session: so many times, then approved; 0: always */
    enum card_fault fault;
    const char *code;         /* of a decline: error code, decline code, advice */
    const char *decline_code;
    const char *advice_code;
    const char *network_code;   /* what the scheme adds to a decline; NULL nothing */
    const char *network_advice;
    const char *message;      /* English; also the words at the field (a msgid) */
    const char *label;        /* what it does (a msgid) */
    bool ours;                /* not one of the gateway's published numbers */
};

/* What becomes of a refund to the card. */
enum card_refund {
    CARD_REFUNDS = 1,
    CARD_REFUNDS_LATER,
    CARD_REFUNDS_THEN_FAILS,
    CARD_REFUSES_REFUND,
    CARD_REFUND_TIMEOUT_BEFORE, /* no answer, nothing done; the next try under the same key goes on */
    CARD_REFUND_TIMEOUT_AFTER,  /* no answer, but refunded */
};
enum card_refund card_refund_of(const struct test_card *card);

const struct test_card *test_cards(size_t *count);
const struct test_card *card_by_number(const char *digits); /* NULL: no test card */
const struct test_card *card_by_name(const char *name);     /* NULL: none */

/* The digits of what was typed, without blanks and dashes; NULL when there is anything else. */
char *card_digits(struct arena *arena, const char *typed);

bool card_luhn_ok(const char *digits);

/* "12/30", "12 / 2030", "1230": month 1..12 and the year in full; false when it is none of these. */
bool card_expiry_parse(struct arena *arena, const char *typed, int32_t *month, int32_t *year);

/* "4242 4242 4242 4242" */
char *card_spaced(struct arena *arena, const char *digits);

#endif
