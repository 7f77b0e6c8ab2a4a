/* bank_acts: what the bank does in a life, by the files that it sends: transfers, debits that it books, rejects and returns. */
#ifndef TACITE_SELFTEST_BANK_ACTS_H
#define TACITE_SELFTEST_BANK_ACTS_H

#include "selftest/life.h"

/* As do_act. */
enum err pay_by_transfer(struct life *life) MUST_USE;
enum err give_to_bank(struct life *life) MUST_USE;
enum err bank_says(struct life *life) MUST_USE;

#endif
