/* banking: the seller's bank files: taken in once, their money booked.
 *
 * A file is refused whole, with line and reason, or taken whole; each of its statements is one transaction, and a run that
 * dies is taken up by giving the same file again. Each entry is known by its key, so that a statement under another name, or
 * overlapping another, brings only what is new. Money is booked from statements only; returns of direct debits act wherever
 * they are told first. What comes for debits of ours pays them when it is what was asked (service/bank_debits), other money
 * what it names (service/bank_matching); what matches nothing waits for a person (service/bank_leftovers). A statement that
 * is missing is told (service/bank_gaps). */
#ifndef TACITE_SERVICE_BANKING_H
#define TACITE_SERVICE_BANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "gateway/bank_file.h"

enum bank_import_refusal {
    IMPORT_NOT_REFUSED = 1,
    IMPORT_FILE,          /* see refused */
    IMPORT_NO_ACCOUNT,    /* the company has no IBAN in its settings */
    IMPORT_OTHER_ACCOUNT, /* detail: the file's account */
    IMPORT_KNOWN,         /* these very bytes came before: nothing changes */
};
const char *bank_import_refusal_text(enum bank_import_refusal refusal); /* English msgid; "" for IMPORT_FILE */

struct bank_imported {
    enum bank_import_refusal refusal;
    struct bank_refused refused;
    const char *detail;
    int64_t known_at; /* when the bytes came before */
    struct bank_file file;
    int32_t fresh;   /* entries that were new */
    int32_t matched; /* of these, booked on an invoice */
    int32_t open;    /* of these, waiting for a person */
    int32_t collections; /* direct debits of ours that moved, or batches of them */
};

/* name: as the file is called. dry_run: refusals are told, nothing is written. */
enum err import_bank_file(struct ctx *ctx, const char *name, const void *data, size_t bytes, bool dry_run,
                          struct bank_imported *imported) MUST_USE;

#endif
