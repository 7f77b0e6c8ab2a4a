/* statement_gap: is a statement missing before this one? Rule: trust.md 1.4, MON-31.
 *
 * A statement follows on another when it opens with what that one closed with, and has the next number where the bank
 * numbers them. One that opens with what no earlier one closed with, or whose number leaves some out, has a gap before
 * it. Banks begin anew with their numbers, and some tell months beside days: a number that is lower than the one before
 * says nothing, and any earlier statement may be the one before. Without an earlier one nothing is missing. */
#ifndef TACITE_CORE_STATEMENT_GAP_H
#define TACITE_CORE_STATEMENT_GAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one account; balances in minor units, debts below zero. */
struct told_statement {
    int32_t closed_on;
    int64_t number; /* 0: none */
    int64_t opening_minor;
    int64_t closing_minor;
};

/* all: in the order of day and number, each once; at: the one that is asked about, behind all[at - 1]. */
bool statement_gap_before(const struct told_statement *all, size_t count, size_t at);

#endif
