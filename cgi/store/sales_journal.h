/* sales_journal: in which journal sales are booked: VT, and those that the house adds. None is ever changed or deleted. */
#ifndef TACITE_STORE_SALES_JOURNAL_H
#define TACITE_STORE_SALES_JOURNAL_H

#include <stddef.h>

#include "base/ctx.h"

#define SALES_JOURNAL "VT" /* of whatever says no other */

struct sales_journal {
    const char *code;
    const char *name; /* "" of VT: a word of the programs */
};
/* VT first, the others by their code. */
enum err sales_journals(struct ctx *ctx, struct sales_journal **rows, size_t *count) MUST_USE;
enum err insert_sales_journal(struct ctx *ctx, const struct sales_journal *journal) MUST_USE; /* ERR_DUPLICATE: the code */
/* In which an invoice was booked; ERR_NOT_FOUND. */
struct booked_journal {
    const char *journal;
};
enum err journal_of_invoice(struct ctx *ctx, int64_t invoice_id, struct booked_journal *booked) MUST_USE;

#endif
