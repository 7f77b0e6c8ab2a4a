/* restoring: a database that comes back from a backup knows less than the world does.
 *
 * The batch counts its runs in the database and, after each count, in a small file outside of it (state.file, with the
 * last number of each series of documents). A database whose count is below the file's is an older one: it was restored.
 * From then on nothing is billed, numbered, collected or mailed, because it may have been done already, until the
 * gateway's facts have been compared and settled (service/reconciling) and a person says that the bank's are in. No
 * number that is known to have left the house is given again, also not later (schema: outside_number).
 * Rule: trust.md 2, X12. */
#ifndef TACITE_SERVICE_RESTORING_H
#define TACITE_SERVICE_RESTORING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/reconciliation.h"

/* Where the file is. */
const char *state_file_path(struct ctx *ctx);

/* At the begin of a batch run: *held says whether the house is held; enters that state when the file knows more than
 * the database. A file that is not there, or is none of ours, says nothing. */
enum err notice_restore(struct ctx *ctx, bool *held) MUST_USE;

/* Enters the state; known numbers of the file are kept. A second time it changes nothing. */
enum err enter_restored(struct ctx *ctx, const char *why) MUST_USE;

/* At the end of a batch run: counts it here and in the file. ERR_IO: the file cannot be written. */
enum err note_run_outside(struct ctx *ctx) MUST_USE;

/* ERR_HELD while the house is held: asked in the transaction of everything that bills, numbers or takes money. */
enum err refuse_while_restored(struct ctx *ctx) MUST_USE;

struct restored {
    int64_t since_at;              /* 0: an ordinary life */
    bool reconciled;               /* since then: the gateway was asked about everything, or there is none */
    size_t number_count;
    struct series_number *numbers; /* of series that would be continued below what left the house */
};
enum err restored_now(struct ctx *ctx, struct restored *restored) MUST_USE;

enum leave_refusal {
    LEAVE_NOT_REFUSED = 1,
    LEAVE_NOT_RESTORED,   /* it is over already */
    LEAVE_NOT_RECONCILED,
    LEAVE_NUMBERS,        /* the numbers that come next may exist: another prefix is needed */
    LEAVE_BANK,           /* nobody has said that the bank's files are in */
};
const char *leave_refusal_text(enum leave_refusal refusal); /* English msgid */

struct leaving {
    bool bank_is_in;
    enum leave_refusal refusal;
    const char *url;
};
enum err leave_restored(struct ctx *ctx, struct leaving *leaving, const struct once *once) MUST_USE;

#endif
