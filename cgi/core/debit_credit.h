/* debit_credit: is a credit on the bank's statement the money of direct debits that we sent, as we asked for it?
 *
 * One credit is of one debit, or of a batch that the bank booked as one. Expected is every debit that was sent, less what
 * the bank refused without ever crediting it; what came back to the payer later was credited first. What differs in sum or
 * currency, comes twice, comes again after a return, or is of what was refused or never sent, is for a person: it pays
 * nothing by itself. Amounts in minor units, before the bank's fee in the entry (core/bank_fee). Rule: trust.md 1.3. */
#ifndef TACITE_CORE_DEBIT_CREDIT_H
#define TACITE_CORE_DEBIT_CREDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attempt.h"

struct debit_asked {
    enum attempt_state state;
    int64_t amount_minor; /* > 0 */
    const char *currency;
    bool given_up;        /* its file never left, as a person said */
    int32_t returned_on;  /* first day on which the account says that it went back; DATE_NONE: it does not say so */
};

struct debit_credit {
    int64_t amount_minor; /* > 0 */
    const char *currency;
    int32_t booked_on;
    int64_t before_minor; /* what statements credited for the same debits besides; 0: nothing */
};

enum debit_verdict {
    DEBIT_AS_ASKED = 1,
    DEBIT_OTHER_AMOUNT,
    DEBIT_OTHER_CURRENCY,
    DEBIT_AGAIN,        /* it was credited before */
    DEBIT_AFTER_RETURN, /* it went back, and comes again */
    DEBIT_REFUSED,      /* the bank had refused it */
    DEBIT_NEVER_SENT,
};
enum { DEBIT_VERDICTS = DEBIT_NEVER_SENT };

const char *debit_verdict_name(enum debit_verdict verdict); /* as stored: "other_amount"; "" for DEBIT_AS_ASKED */
enum debit_verdict debit_verdict_from_name(const char *name);
const char *debit_verdict_text(enum debit_verdict verdict); /* English msgid; "" for DEBIT_AS_ASKED */

/* asked: the one debit, or all of the batch; at least one. *asked_minor: what was to come, refused debits left out. */
enum debit_verdict debit_verdict(const struct debit_asked *asked, size_t count, const struct debit_credit *credit, int64_t *asked_minor);

#endif
