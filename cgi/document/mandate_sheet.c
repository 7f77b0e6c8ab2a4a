#include "document/mandate_sheet.h"

#include "document/sheet_flow.h"

struct pdf *mandate_sheet_draw(struct ctx *ctx, const struct pdf_house *house, const struct mandate_sheet *sheet)
{
    struct sheet_flow flow;

    sheet_begin(&flow, ctx, house, &sheet->head);
    sheet_heading(&flow, sheet->words_title, PDF_MM(40));
    flow.y += PDF_MM(1);
    sheet_paragraph(&flow, &style_body, sheet->words);
    flow.y += SHEET_GAP;
    for (size_t i = 0; i < sheet->section_count; i++) {
        const struct mandate_section *section = &sheet->sections[i];

        sheet_heading(&flow, section->title, PDF_MM(28));
        flow.y += PDF_MM(1);
        sheet_fact_list(&flow, section->facts, section->fact_count, PDF_MM(56));
        flow.y += SHEET_GAP;
    }
    sheet_paragraph(&flow, &style_small, sheet->notice);
    return sheet_end(&flow);
}
