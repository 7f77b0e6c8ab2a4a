/* invoice_sheet: an invoice or credit note on A4 (Directive 2006/112 art. 226 decides what is on
 * it, the caller says it; ux: address window, lines, totals never split, payment, legal lines). */
#ifndef TACITE_DOCUMENT_INVOICE_SHEET_H
#define TACITE_DOCUMENT_INVOICE_SHEET_H

#include "document/sheet.h"

struct invoice_sheet {
    struct sheet_head head;
    const char *intro; /* one paragraph above the lines, may be empty */
    struct sheet_columns columns;
    const struct sheet_line *lines;
    size_t line_count;
    const struct sheet_total *totals;
    size_t total_count;
    struct sheet_block payment; /* left of the totals: one way to pay, never two */
    struct sheet_symbol symbol; /* under the payment's text */
    const char *legal;          /* lines under the totals, small */
};

/* Draws the whole invoice into a new document; pdf_finish gives the bytes. */
struct pdf *invoice_sheet_draw(struct ctx *ctx, const struct pdf_house *house,
                               const struct invoice_sheet *sheet);

#endif
