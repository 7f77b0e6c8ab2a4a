/* reconciliation: two lists of the same money, ours and another's, and every way in which they differ.
 *
 * A fact is one sum that somebody says was taken. Both sides name it by the same key (the gateway's: our attempt's key;
 * the bank's: the entry's). What stands on one side only, twice, or otherwise is a difference; what we hold back for a
 * person is none, because it is told already. Pure; amounts in minor units of the fact's own currency; instants in UTC
 * microseconds. Rule: trust.md 1.4, MON-30. */
#ifndef TACITE_CORE_RECONCILIATION_H
#define TACITE_CORE_RECONCILIATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum fact_state {
    FACT_TAKEN = 1,
    FACT_UNRESOLVED, /* we do not know yet */
    FACT_NOT_TAKEN,  /* declined, never sent */
    FACT_HELD,       /* a person has it */
};

struct money_fact {
    const char *key;
    const char *ref;         /* the other side's own name for it */
    const char *note;        /* in the other side's words */
    int64_t customer_id;     /* 0: not told */
    const char *customer_ref; /* the other side's name for the customer, while nobody looked who it is; NULL none */
    const char *payment_ref; /* the other side's name for the payment that this went back of; NULL none */
    int64_t attempt_id;      /* of ours; 0 none */
    int64_t amount_minor;
    const char *currency;
    enum fact_state state;   /* of theirs: always FACT_TAKEN */
    int64_t at;
};

enum difference_cause {
    DIFFERENCE_MISSING_HERE = 1, /* taken, and our books know nothing of it */
    DIFFERENCE_MISSING_THERE,    /* we say that it was taken, they do not */
    DIFFERENCE_AMOUNT,
    DIFFERENCE_CURRENCY,
    DIFFERENCE_STATE,            /* taken, and we say that it was not, or do not know */
    DIFFERENCE_DOUBLED,          /* the same thing was taken twice */
};
const char *difference_cause_name(enum difference_cause cause); /* as stored: "missing_here" */
enum difference_cause difference_cause_from_name(const char *name); /* 0: none of them */
const char *difference_cause_text(enum difference_cause cause); /* English msgid */

struct money_difference {
    enum difference_cause cause;
    const struct money_fact *ours;   /* NULL: none */
    const struct money_fact *theirs; /* NULL: none */
};

/* The lists in any order; both reach back beyond from_at, so that what has its two halves on both sides of it is no
 * difference. Only what happened at from_at or later is told; of one key and cause at most one. */
struct money_difference *money_differences(struct arena *arena, const struct money_fact *ours, size_t our_count,
                                           const struct money_fact *theirs, size_t their_count, int64_t from_at, size_t *count);

#endif
