/* amending_papers: the documents of an amendment, from its decision: one credit note for each invoice that is corrected,
 * then one invoice for what is charged and what the old periods still ask; and the arithmetic that a card shows. The
 * works that are previewed are those that are issued. */
#ifndef TACITE_SERVICE_AMENDING_PAPERS_H
#define TACITE_SERVICE_AMENDING_PAPERS_H

#include "service/deal.h"
#include "service/invoicing.h"

enum { AMENDING_NOTES_MAX = AMENDING_IDS - 1 };

struct papers {
    struct invoice_work works[AMENDING_NOTES_MAX + 1];
    size_t count;
    size_t note_count;   /* the invoice stands behind them */
    size_t first_charge; /* the invoice's line of the first charge; the others follow */
};

/* preview: nothing is locked for good. Refusals in d->a. */
enum err write_notes(struct ctx *ctx, struct deal *d, bool preview, struct papers *papers) MUST_USE;
enum err write_invoice(struct ctx *ctx, struct deal *d, struct papers *papers) MUST_USE;

/* The sums as people see them, from the very works that are issued. */
void sum_papers(struct amending *a, const struct papers *papers);

/* Charges, then credits, into d->a->steps. */
enum err write_steps(struct ctx *ctx, struct deal *d) MUST_USE;

/* Once the lines that it opens are stored: the invoice names them. */
void papers_know_lines(const struct deal *d, struct papers *papers);

#endif
