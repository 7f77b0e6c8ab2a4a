#include "service/issued.h"

#include <string.h>


struct chain_record document_record(const struct invoice *invoice, const unsigned char *personal_digest,
                                     const struct invoice_line *lines, size_t line_count, const struct totals *totals,
                                     const struct credit_note *note, const int32_t *corrected_positions)
{
    struct chain_record record = {
        .series = invoice->series, .sequence = invoice->sequence, .number = invoice->number, .kind = invoice->kind,
        .issued_on = invoice->issued_on, .due_on = invoice->due_on, .issued_at = invoice->issued_at,
        .currency = invoice->currency, .language = invoice->language, .company_version_id = invoice->company_version_id,
        .customer_version_id = invoice->customer_version_id, .vat_due = vat_due_from_name(invoice->vat_due),
        .lines = lines, .line_count = line_count, .totals = totals};

    memcpy(record.personal_digest.bytes, personal_digest, HASH_BYTES);
    if (note != NULL) {
        record.corrected_number = note->corrected_number;
        record.corrected_on = note->corrected_on;
        record.reason = note->reason;
        record.corrected_positions = corrected_positions;
    }
    return record;
}

struct invoice_line *issued_lines_of(struct arena *arena, const struct company *company, const struct invoice_line_row *rows, size_t count)
{
    struct invoice_line *lines = ARENA_ARRAY(arena, struct invoice_line, count + 1);

    for (size_t i = 0; i < count; i++) {
        const struct invoice_line_row *row = &rows[i];
        struct invoice_line *line = &lines[i];

        *line = (struct invoice_line){
            .kind = line_kind_from_name(row->kind), .description = row->description,
            .period = {row->period_from_on, row->period_until_on}, .share_of_days = row->share_of_days, .quantity_e4 = row->quantity_e4,
            .unit_price_e4 = row->unit_price_e4, .discount_ppm = row->discount_ppm,
            .allowance_minor = row->allowance_minor, .coupon = row->coupon, .net_minor = row->net_minor,
            .priced_minor = row->priced_minor,
            .tax = {.category = tax_category_from_code(row->tax_category), .rate_ppm = row->tax_rate_ppm,
                    .reason = tax_reason_from_name(row->tax_reason), .included = company->prices_with_vat || row->priced_minor != 0, /* a deposit's line always is */
                    .per_line = strcmp(company->vat_rounding, "line") == 0},
            .goods = strcmp(row->nature, "goods") == 0};
        if (strlen(row->tax_country) == 2)
            memcpy(line->tax.country, row->tax_country, 2);
        if (line->kind == 0 || line->tax.category == 0 || line->tax.reason == 0 || strcmp(row->vatex, tax_vatex(line->tax.reason)) != 0)
            return NULL;
    }
    return lines;
}

enum err issued_lines(struct ctx *ctx, const struct invoice *invoice, struct invoice_line_row **rows,
                      struct invoice_line **lines, size_t *count)
{
    struct company company;

    TRY(ctx, company_by_id(ctx, invoice->company_version_id, &company));
    TRY(ctx, invoice_lines(ctx, invoice->id, rows, count));
    *lines = issued_lines_of(ctx->arena, &company, *rows, *count);
    return *lines == NULL ? ERR_CORRUPT : OK;
}
