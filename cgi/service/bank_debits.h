/* bank_debits: what the bank's files say of direct debits of ours.
 *
 * Refusals and returns act wherever they are told first; credits pay when a statement books them and they are what was asked
 * (core/debit_credit). Each acts by itself: told again, it finds everything done. What differs, and what nobody here
 * understands, is for a person. */
#ifndef TACITE_SERVICE_BANK_DEBITS_H
#define TACITE_SERVICE_BANK_DEBITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "gateway/bank_file.h"
#include "store/bank.h"

/* An entry as it was told, until its statement is whole. */
struct told_entry {
    struct bank_entry_row row;
    const char *message_id;
    const char *batch_id; /* as the bank writes it */
    int32_t batch_count;
    bool ours;  /* a direct debit of ours, and all is well with it */
    bool known; /* an earlier file brought it */
};

/* Which entries of one statement are known, and which are about debits of ours; those are settled or returned, in the order of
 * their days. Sets known and ours, of each row what it is about and what differs from what was asked, and sets aside what
 * is ours. booked: a statement; only that says that money is there. *moved grows by the entries that are ours. */
enum err ask_about_debits(struct ctx *ctx, struct told_entry *entries, size_t count, bool booked, int32_t *moved) MUST_USE;

/* One answer of a pain.002: what the bank refuses of a file. What it accepts needs nothing; a status that we do not know, and
 * what names nothing of ours, is an item for a person, one for the import. *moved grows by the debits that moved. */
enum err take_bank_answer(struct ctx *ctx, int64_t import_id, const struct bank_answer *answer, int32_t *moved) MUST_USE;

/* In a transaction: an item says how money that came for debits differs from what was asked, as long as its entry waits. */
enum err tell_doubt(struct ctx *ctx, const struct bank_entry_row *row) MUST_USE;
enum err forget_doubt(struct ctx *ctx, int64_t entry_id) MUST_USE;

/* What a file says may answer what an earlier one left open: a debit that was refused explains a batch, a second part fills
 * it. Entries that are answered are set aside. */
struct answered_doubts {
    int32_t count;
    int32_t of_import; /* of these, those that the import brought */
};
/* import_id: of the file that is taken in; 0 none. */
enum err ask_doubts(struct ctx *ctx, int64_t import_id, struct answered_doubts *answered) MUST_USE;

#endif
