/* quote_sheet: a quote on A4, and the evidence page of an accepted one.
 *
 * The customer signs the SHA-256 of the unsigned file without evidence; drawn again from the same
 * texts it is the same file, byte for byte. The sealed file that both sides keep is drawn with
 * `evidence` and finished with a signer. */
#ifndef TACITE_DOCUMENT_QUOTE_SHEET_H
#define TACITE_DOCUMENT_QUOTE_SHEET_H

#include "document/sheet.h"

/* "Chaque mois", "Une fois", "Options non choisies": lines and their own sums. */
struct quote_section {
    const char *title;
    const char *note; /* under the title, may be empty */
    const struct sheet_line *lines;
    size_t line_count;
    const struct sheet_total *totals;
    size_t total_count;
    bool muted; /* options not chosen: grey, so that nobody adds them up */
};

/* An acceptance that happened: simple electronic signature (eIDAS art. 25). */
struct quote_evidence {
    const char *title;     /* "Preuve d'acceptation" */
    const char *statement; /* what was agreed to, in the words that were shown */
    const struct sheet_fact
        *facts; /* name, role, date and time UTC, address, user agent, SHA-256 */
    size_t fact_count;
    const char *events_title;        /* "Événements" */
    const struct sheet_fact *events; /* instant, what happened */
    size_t event_count;
    const char *notice; /* that it is a simple electronic signature, what that means */
};

struct quote_sheet {
    struct sheet_head head;
    const char *intro;
    struct sheet_columns columns;
    const struct quote_section *sections;
    size_t section_count;
    const struct sheet_total *totals; /* due today, per period, over the commitment */
    size_t total_count;
    const struct sheet_block *terms; /* start, duration, renewal, notice, conditions */
    size_t term_count;
    struct sheet_block acceptance; /* "Bon pour accord" and how to accept; empty title: none */
    const char *const
        *acceptance_fields; /* labels over a line to write on: name, date, signature */
    size_t acceptance_field_count;
    const struct quote_evidence *evidence; /* NULL until accepted: replaces the acceptance block */
};

struct pdf *quote_sheet_draw(struct ctx *ctx, const struct pdf_house *house,
                             const struct quote_sheet *sheet);

#endif
