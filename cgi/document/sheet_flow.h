/* sheet_flow: the cursor that goes down the pages of a sheet, and the blocks that all sheets share.
 * For invoice_sheet.c, quote_sheet.c and sheet_table.c only. */
#ifndef TACITE_DOCUMENT_SHEET_FLOW_H
#define TACITE_DOCUMENT_SHEET_FLOW_H

#include "document/pdf_page.h"
#include "document/sheet.h"

enum {
    SHEET_LEFT = PDF_MM(20),
    SHEET_RIGHT = PDF_MM(190),
    SHEET_WIDTH = SHEET_RIGHT - SHEET_LEFT,
    SHEET_TOP = PDF_MM(26), /* of the second page and all after it */
    SHEET_GAP = PDF_MM(6),  /* between blocks */
};

enum {
    COLOUR_INK = 0x1b1f24,
    COLOUR_SOFT = 0x59616b, /* 6:1 on white */
    COLOUR_BRAND = 0x1f4fa8,
    COLOUR_LINE = 0xdfe3e8,
    COLOUR_TINT = 0xf3f6fb,
};

extern const struct pdf_style style_body; /* 9.5 pt */
extern const struct pdf_style style_bold;
extern const struct pdf_style style_small;   /* 8 pt, soft */
extern const struct pdf_style style_label;   /* 7.5 pt, soft: headings of columns and facts */
extern const struct pdf_style style_heading; /* 11 pt bold, brand */

struct sheet_flow {
    struct ctx *ctx;
    struct pdf *pdf;
    const struct sheet_head *head;
    int32_t y;
    int32_t bottom; /* above the footer */
};

/* Opens the document and draws the head of its first page; y stands under the facts. */
void sheet_begin(struct sheet_flow *flow, struct ctx *ctx, const struct pdf_house *house,
                 const struct sheet_head *head);

/* Draws footers, page numbers and fold marks; the document is then ready for pdf_finish. */
struct pdf *sheet_end(struct sheet_flow *flow);

void sheet_next_page(struct sheet_flow *flow);

/* Goes to the next page unless so much height is left; true when it did. */
bool sheet_need(struct sheet_flow *flow, int32_t height);

/* A paragraph over the full width, broken between lines when it must. */
void sheet_paragraph(struct sheet_flow *flow, const struct pdf_style *style, const char *text);

/* The large title of a page with its rule. */
void sheet_title(struct sheet_flow *flow, const char *text);

/* A heading that is never left alone at a page's end; more: height that must follow it. */
void sheet_heading(struct sheet_flow *flow, const char *text, int32_t more);

/* Heading and text of a block, over the full width. */
void sheet_draw_block(struct sheet_flow *flow, const struct sheet_block *block);

/* Label and value in a table of two columns, wrapping both: evidence, events. */
void sheet_fact_list(struct sheet_flow *flow, const struct sheet_fact *facts, size_t count,
                     int32_t label_width);

/* The rows of totals, right, kept together, and moves y under them. beside (may be
 * empty) is drawn left of them in a tinted box. */
void sheet_draw_totals(struct sheet_flow *flow, const struct sheet_total *totals, size_t count,
                       const struct sheet_block *beside, const struct sheet_symbol *symbol);

/* Widths of the columns, from what stands in them; shared by all tables of a sheet. */
struct sheet_layout {
    int32_t width[6];
    bool shown[6];
};

void sheet_measure(struct sheet_flow *flow, const struct sheet_columns *columns,
                   const struct sheet_line *lines, size_t count, struct sheet_layout *layout);

/* The table of lines with its heading, repeated on every page it reaches. */
void sheet_draw_lines(struct sheet_flow *flow, const struct sheet_columns *columns,
                      const struct sheet_layout *layout, const struct sheet_line *lines,
                      size_t count, bool muted);

#endif
