/* debiting: SEPA direct debit from the mandate (service/mandating) to the money, without an intermediary.
 *
 * A collection is an attempt like any other: READY
 * when the customer is told of it, PENDING when its file is made, SUCCEEDED when the bank says so or the days in
 * which it can come back are over, DECLINED or REVERSED by the bank's return codes (core/return_code).
 *
 * Whether a file was handed to the bank nobody here can see: a person says so, and as long as nobody does, silence is no
 * payment (trust.md C23). Where mails leave by a server, no collection leaves before its notice has. */
#ifndef TACITE_SERVICE_DEBITING_H
#define TACITE_SERVICE_DEBITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/debit_credit.h"
#include "service/once.h"
#include "store/debit.h"
#include "store/invoice.h"

/* The seller's terms with the bank; the creditor identifier is checked by the caller. */
enum err change_debit_terms(struct ctx *ctx, const struct debit_terms *terms, const struct once *once, const char **url) MUST_USE;

/* An open invoice whose subscription has a mandate: the attempt, its day, and the mail that tells the customer; what
 * cannot be collected is left to the link to pay. */
enum err plan_collection(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id) MUST_USE;
/* The same inside a transaction. */
enum err plan_in_transaction(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id) MUST_USE;

/* Everything that is due and has a mandate, whatever the card gateway is doing; one that cannot be planned waits a day and
 * holds nobody. What money of nobody may have paid is left to a person (service/collecting). */
enum err plan_due_collections(struct ctx *ctx) MUST_USE;

enum { COLLECTIONS_MAX = 10000 }; /* of one file: about 6 MB */

struct collection_making {
    int32_t count;     /* 0: nothing waits, no file was made */
    int32_t left_out;  /* no longer to be collected: paid otherwise, credited, mandate gone */
    int32_t unnoticed; /* they wait: the mail that announces them has not left */
    int64_t file_id;
    const char *url;
};
/* Everything that waits, as one file; days that can no longer be kept, for the bank or after a notice that left late, move
 * to the next possible one. */
enum err make_collection_file(struct ctx *ctx, struct collection_making *making, const struct once *once) MUST_USE;

enum file_refusal {
    FILE_NOT_REFUSED = 1,
    FILE_ANSWERED, /* somebody said otherwise before */
    FILE_ARRIVED,  /* the bank has spoken of one of its debits: it was sent */
};
const char *file_refusal_text(enum file_refusal refusal); /* English msgid */

/* A person's word about a file. sent: it was handed over. Else it never will be: its debits are given up, and what is still
 * owed is announced and collected anew, also under a mandate that only this file had used up. */
struct file_answer {
    int64_t file_id;
    bool sent;
    enum file_refusal refusal;
    const char *url;
};
/* ERR_NOT_FOUND: no such file. */
enum err answer_for_file(struct ctx *ctx, struct file_answer *answer, const struct once *once) MUST_USE;

/* Opens what a person must know: a file that the bank must have today and of which nobody says that it has, and debits
 * whose notice did not leave in time. What the bank speaks of was sent. */
enum err watch_collections(struct ctx *ctx) MUST_USE;

/* A return, refund or reject of the collection with this end-to-end id. *known false: none of ours has it. */
enum err return_collection(struct ctx *ctx, const char *end_to_end_id, const char *code, bool *known) MUST_USE;

/* The bank refused a batch of ours, or with batch_id "" the whole file with this message id. *count: collections that moved. */
enum err refuse_batch(struct ctx *ctx, const char *message_id, const char *batch_id, const char *code, int32_t *count) MUST_USE;

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
    int64_t asked_minor; /* what was to come */
    int64_t before_minor; /* what statements credited for the same debits besides */
    int32_t moved;       /* debits that are paid by it */
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

/* Collections whose days of return are over count as paid, when their file is known to be with the bank. */
enum err settle_collections(struct ctx *ctx, int64_t *settled) MUST_USE;
/* Both, of which anything waits. */
enum err care_for_collections(struct ctx *ctx, int64_t *settled) MUST_USE;

#endif
