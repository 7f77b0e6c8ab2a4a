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

/* The bank booked this one collection. */
enum err settle_collection(struct ctx *ctx, const char *end_to_end_id, bool *known) MUST_USE;

/* The bank booked a batch of ours, or refused it with a code ("" booked). *count: collections that moved. */
enum err settle_batch(struct ctx *ctx, const char *message_id, const char *batch_id, const char *refused_code, int32_t *count) MUST_USE;

/* Collections whose days of return are over count as paid, when their file is known to be with the bank. */
enum err settle_collections(struct ctx *ctx, int64_t *settled) MUST_USE;

#endif
