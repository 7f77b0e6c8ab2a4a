/* bank_fee: what the bank itself takes, as its statement says it: an entry that is nothing else, or a part of another.
 *
 * An entry is the bank's fee when its bank transaction code (ISO 20022, domain, family, sub-family) says so; the words
 * beside it are never read. Within another entry a charge counts only when it explains the amount: banks also write
 * charges there that they book apart, or that the payer bore. What is not sure is no fee: the entry stays whole. */
#ifndef TACITE_CORE_BANK_FEE_H
#define TACITE_CORE_BANK_FEE_H

#include <stdbool.h>
#include <stdint.h>

/* "PMNT", "RCDT", "CHRG"; "" what the bank did not say. Interest and taxes are no fees. */
bool bank_fee_code(const char *domain, const char *family, const char *sub_family);

enum charge_included {
    CHARGE_NOT_SAID = 1,
    CHARGE_INCLUDED, /* in the amount that was booked */
    CHARGE_APART,    /* booked by itself */
};

enum { BANK_TOLD_AMOUNTS = 4 };

/* All in the account's currency and minor units. */
struct bank_charge_facts {
    bool credit;
    bool returned;         /* a debit of ours that came back */
    int64_t booked_minor;  /* > 0 */
    int64_t charges_minor; /* sum of the entry's charges; 0: none are told */
    enum charge_included included;
    int64_t instructed_minor;              /* what the payer was to pay; 0: not told, or in another currency */
    int64_t told_minor[BANK_TOLD_AMOUNTS]; /* what else the entry calls its amount; 0: nothing */
};

/* The fee in the amount that was booked: a credit was that much more before it, a debit that much less. A debit of ours
 * that comes back for more than was collected brings its fee without being told. */
int64_t bank_fee_within(const struct bank_charge_facts *facts);

/* What a batch of debits came short of, when it may be a fee that no file tells; 0: it is not. A person who looks at it says
 * whether it is. At most 2 % of what was asked, the most that banks take of small batches, and less than the smallest debit:
 * what is as much as one of them is a debit that was refused. asked_minor, smallest_minor > 0. */
enum { BATCH_FEE_SHARE = 50 }; /* a fiftieth */
int64_t bank_fee_of_batch(int64_t asked_minor, int64_t credited_minor, int64_t smallest_minor);

#endif
