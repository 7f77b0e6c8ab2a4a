/* sheet: what an invoice and a quote have in common on paper.
 *
 * A sheet receives finished texts: translated, formatted, in reading order. It decides only where
 * they stand. Texts are UTF-8; '\n' starts a new line, an empty or NULL text leaves its place out.
 * Texts may come from anybody: control and direction characters are dropped, characters without a
 * glyph become U+FFFD (pdf_missing tells). */
#ifndef TACITE_DOCUMENT_SHEET_H
#define TACITE_DOCUMENT_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "document/pdf.h"

/* Where the window of the envelope is. */
enum sheet_window {
    SHEET_WINDOW_RIGHT = 1, /* France: 110,45 mm, 85x35 */
    SHEET_WINDOW_LEFT, /* Germany, DIN 5008 B: 20,45 mm, 85x45, with return line and fold marks */
};

struct sheet_fact {
    const char *label;
    const char *value;
};

/* Top of the first page, and what stands on every page. */
struct sheet_head {
    const char *language; /* "fr" */
    const char *title;    /* "Facture INV-2026-00017" */
    const char *subtitle; /* under the title, may be empty: "Avoir sur facture …" */
    int64_t created_at;   /* issued or sent */
    const char *seller_name;
    const char *seller_text; /* "SAS au capital de …\n12 rue …" */
    enum sheet_window window;
    const char *return_line; /* one small line above the address: left window only */
    const char *buyer_name;
    const char *buyer_text; /* "12 rue …\n75011 Paris\nFrance" */
    const char *buyer_note; /* under the window: VAT number, delivery address */
    const struct sheet_fact *facts;
    size_t fact_count;
    const char *footer;     /* the seller's full legal line */
    const char *page_label; /* "Page {page}/{pages}" */
    const char *draft_mark; /* "Aperçu" in the footer of a preview; empty on a real document */
};

/* Headings of the table of lines; quantity to total are right-aligned. An empty heading leaves its
 * column out (discount when no line has one). */
struct sheet_columns {
    const char *description;
    const char *quantity;
    const char *unit_price;
    const char *discount;
    const char *vat_rate;
    const char *total;
    const char *carried_forward; /* "À reporter": with line.running at a page's end */
    const char *brought_forward; /* "Report": with the same amount at the next page's top */
};

struct sheet_line {
    const char *section; /* a heading above this line ("Abonnement"); empty: same section */
    const char *description;
    const char *detail;   /* smaller, under it: period, proration arithmetic */
    const char *quantity; /* with its unit: "3 utilisateurs" wraps in its column */
    const char *unit_price;
    const char *discount;
    const char *vat_rate;
    const char *total;
    const char *running; /* sum up to and with this line; empty: nothing is carried forward */
};

struct sheet_total {
    const char *label; /* "TVA 20 % sur 1 000,00 €" */
    const char *note;  /* smaller, under it: "Autoliquidation, art. 283-2 du CGI" */
    const char *value;
    bool strong; /* the amount that matters: larger, in the brand's colour */
};

struct sheet_block {
    const char *title; /* "Paiement" */
    const char *text;
};

/* A square symbol, dark modules row by row; size 0: none. It says for a camera what a text beside it says. */
struct sheet_symbol {
    const bool *dark;
    int size;
};

#endif
