#include "document/invoice_sheet.h"

#include "document/sheet_flow.h"

struct pdf *invoice_sheet_draw(struct ctx *ctx, const struct pdf_house *house,
                               const struct invoice_sheet *sheet)
{
    struct sheet_flow flow;
    struct sheet_layout layout = {0};

    sheet_begin(&flow, ctx, house, &sheet->head);
    if (!str_empty(sheet->intro)) {
        sheet_paragraph(&flow, &style_body, sheet->intro);
        flow.y += PDF_MM(4);
    }
    sheet_measure(&flow, &sheet->columns, sheet->lines, sheet->line_count, &layout);
    sheet_draw_lines(&flow, &sheet->columns, &layout, sheet->lines, sheet->line_count, false);
    flow.y += PDF_MM(2);
    sheet_draw_totals(&flow, sheet->totals, sheet->total_count, &sheet->payment, &sheet->symbol);
    sheet_paragraph(&flow, &style_small, sheet->legal);
    return sheet_end(&flow);
}
