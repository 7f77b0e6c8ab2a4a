/* mandate_sheet: a SEPA direct debit mandate on A4, or the change of its account: who, whom, what, the scheme's words,
 * and the evidence of the signature. Texts come finished, as in sheet.h. */
#ifndef TACITE_DOCUMENT_MANDATE_SHEET_H
#define TACITE_DOCUMENT_MANDATE_SHEET_H

#include "document/sheet.h"

struct mandate_section {
    const char *title;
    const struct sheet_fact *facts;
    size_t fact_count;
};

struct mandate_sheet {
    struct sheet_head head;
    const struct mandate_section *sections; /* creditor, payer, mandate, signature */
    size_t section_count;
    const char *words_title;
    const char *words;  /* the scheme's, as they were agreed to */
    const char *notice; /* what kind of signature this is */
};

struct pdf *mandate_sheet_draw(struct ctx *ctx, const struct pdf_house *house, const struct mandate_sheet *sheet);

#endif
