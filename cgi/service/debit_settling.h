/* debit_settling: direct debits that are paid: as a statement of the bank credits them (core/debit_credit), or when the days in
 * which they can come back are over and their file is known to be with the bank. The money itself is service/settling's. */
#ifndef TACITE_SERVICE_DEBIT_SETTLING_H
#define TACITE_SERVICE_DEBIT_SETTLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/debit_credit.h"

/* Credits for debits of ours that have no row yet: what one says before another of the same statement. */
struct debit_said {
    int64_t attempt_id; /* 0: of several */
    int64_t file_id;
    const char *batch_id;
    int64_t amount_minor;
};
/* A statement's credit for one debit of ours, or for several that the bank booked as one. */
struct debit_told {
    int64_t attempt_id;   /* of the one; 0: of several */
    int64_t file_id;      /* of several; set when it is of one */
    const char *batch_id; /* of several, "": of the whole file; set when it is of one */
    int64_t amount_minor; /* before the bank's fee in it */
    const char *currency;
    int32_t booked_on;
    int64_t entry_id; /* of the entry; 0 while it has no row */
    const struct debit_said *said;
    size_t said_count;

    enum debit_verdict verdict;
    int64_t asked_minor;  /* what was to come */
    int64_t before_minor; /* what statements credited for the same debits besides */
    int32_t moved;        /* debits that are paid by it */
};
/* The verdict alone, with what was to come and what statements credited besides; nothing moves. */
enum err judge_credit(struct ctx *ctx, struct debit_told *told) MUST_USE;
/* What is as asked pays. What is not pays nothing, and days pay nothing of it any more: it is for a person. Told again it
 * says the same. */
enum err settle_credit(struct ctx *ctx, struct debit_told *told) MUST_USE;

/* Inside a transaction: a person has looked at such money and set it aside. Its debits count as paid by their days again. */
enum err resume_debits(struct ctx *ctx, int64_t attempt_id, int64_t file_id, const char *batch_id) MUST_USE;
/* Inside a transaction: a person has booked it on an invoice. The debit itself comes to nothing. */
enum err close_debit_by_hand(struct ctx *ctx, int64_t attempt_id) MUST_USE;

/* Collections whose days of return are over count as paid, when their file is known to be with the bank. *settled grows by
 * those that moved. */
enum err settle_collections(struct ctx *ctx, int64_t *settled) MUST_USE;

#endif
