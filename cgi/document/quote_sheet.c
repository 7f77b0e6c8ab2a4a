#include "document/quote_sheet.h"

#include "document/sheet_flow.h"

static void draw_sections(struct sheet_flow *flow, const struct quote_sheet *sheet)
{
    struct sheet_layout layout = {0};
    size_t i;

    for (i = 0; i < sheet->section_count; i++)
        sheet_measure(flow, &sheet->columns, sheet->sections[i].lines,
                      sheet->sections[i].line_count, &layout);
    for (i = 0; i < sheet->section_count; i++) {
        const struct quote_section *section = &sheet->sections[i];

        if (section->line_count == 0)
            continue;
        sheet_heading(flow, section->title, PDF_MM(28));
        sheet_paragraph(flow, &style_small, section->note);
        flow->y += str_empty(section->note) ? PDF_MM(1) : PDF_MM(3);
        sheet_draw_lines(flow, &sheet->columns, &layout, section->lines, section->line_count,
                         section->muted);
        sheet_draw_totals(flow, section->totals, section->total_count, NULL, NULL);
    }
}

/* Lines to write on, kept on one page with the words they belong to. */
static void draw_acceptance(struct sheet_flow *flow, const struct quote_sheet *sheet)
{
    const struct sheet_block *block = &sheet->acceptance;
    const char *words = block->text;
    int32_t pad = PDF_MM(5);
    int32_t width = SHEET_WIDTH - 2 * pad;
    size_t count = sheet->acceptance_field_count;
    int32_t title;
    int32_t text;
    int32_t height;
    int32_t y;
    size_t i;

    if (str_empty(block->title))
        return;
    title = pdf_text_height(flow->pdf, &style_heading, width, block->title);
    text = pdf_text_height(flow->pdf, &style_body, width, block->text);
    if (text > PDF_MM(120)) { /* terms instead of a sentence: they may go on over a page's end */
        sheet_draw_block(flow, block);
        text = 0;
        words = "";
    }
    height = 2 * pad + title + PDF_MM(1) + text + (count > 0 ? PDF_MM(22) : 0);
    sheet_need(flow, height);
    pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y, SHEET_WIDTH, height, COLOUR_TINT);
    y = flow->y + pad;
    pdf_tag_open(flow->pdf, "H2", NULL);
    y += pdf_draw_text(flow->pdf, &style_heading, PDF_LEFT, SHEET_LEFT + pad, y, width,
                       block->title);
    pdf_tag_close(flow->pdf);
    y += PDF_MM(1);
    if (!str_empty(words)) {
        pdf_tag_open(flow->pdf, "P", NULL);
        y += pdf_draw_text(flow->pdf, &style_body, PDF_LEFT, SHEET_LEFT + pad, y, width, words);
        pdf_tag_close(flow->pdf);
    }
    y += PDF_MM(16);
    for (i = 0; i < count; i++) {
        int32_t gap = PDF_MM(6);
        int32_t each = (width - (int32_t)(count - 1) * gap) / (int32_t)count;
        int32_t x = SHEET_LEFT + pad + (int32_t)i * (each + gap);

        pdf_draw_box(flow->pdf, x, y, each, 500, COLOUR_SOFT);
        pdf_tag_open(flow->pdf, "P", NULL);
        (void)pdf_draw_text(flow->pdf, &style_label, PDF_LEFT, x, y + PDF_MM(1), each,
                            sheet->acceptance_fields[i]);
        pdf_tag_close(flow->pdf);
    }
    flow->y += height + SHEET_GAP;
}

static void draw_evidence(struct sheet_flow *flow, const struct quote_evidence *evidence)
{
    sheet_next_page(flow);
    sheet_title(flow, evidence->title);
    sheet_paragraph(flow, &style_body, evidence->statement);
    flow->y += PDF_MM(4);
    sheet_fact_list(flow, evidence->facts, evidence->fact_count, PDF_MM(46));
    flow->y += SHEET_GAP;
    sheet_heading(flow, evidence->events_title, PDF_MM(20));
    flow->y += PDF_MM(1);
    sheet_fact_list(flow, evidence->events, evidence->event_count, PDF_MM(46));
    flow->y += SHEET_GAP;
    sheet_paragraph(flow, &style_small, evidence->notice);
}

struct pdf *quote_sheet_draw(struct ctx *ctx, const struct pdf_house *house,
                             const struct quote_sheet *sheet)
{
    struct sheet_flow flow;
    size_t i;

    sheet_begin(&flow, ctx, house, &sheet->head);
    if (!str_empty(sheet->intro)) {
        sheet_paragraph(&flow, &style_body, sheet->intro);
        flow.y += PDF_MM(4);
    }
    draw_sections(&flow, sheet);
    flow.y += PDF_MM(3);
    sheet_draw_totals(&flow, sheet->totals, sheet->total_count, NULL, NULL);
    for (i = 0; i < sheet->term_count; i++)
        sheet_draw_block(&flow, &sheet->terms[i]);
    if (sheet->evidence != NULL)
        draw_evidence(&flow, sheet->evidence);
    else
        draw_acceptance(&flow, sheet);
    return sheet_end(&flow);
}
