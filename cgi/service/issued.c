#include "service/issued.h"

#include <string.h>

#include "core/credit.h"
#include "service/deducting.h"
#include "service/exchanging.h"
#include "store/company.h"
#include "store/customer.h"

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

enum err issued_lines(struct ctx *ctx, const struct invoice *invoice, struct invoice_line_row **rows,
                      struct invoice_line **lines, size_t *count)
{
    struct company company;

    TRY(ctx, company_by_id(ctx, invoice->company_version_id, &company));
    TRY(ctx, invoice_lines(ctx, invoice->id, rows, count));
    *lines = ARENA_ARRAY(ctx->arena, struct invoice_line, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        const struct invoice_line_row *row = &(*rows)[i];
        struct invoice_line *line = &(*lines)[i];

        *line = (struct invoice_line){
            .kind = line_kind_from_name(row->kind), .description = row->description,
            .period = {row->period_from_on, row->period_until_on}, .quantity_e4 = row->quantity_e4,
            .unit_price_e4 = row->unit_price_e4, .discount_ppm = row->discount_ppm,
            .allowance_minor = row->allowance_minor, .net_minor = row->net_minor,
            .priced_minor = row->priced_minor,
            .tax = {.category = tax_category_from_code(row->tax_category), .rate_ppm = row->tax_rate_ppm,
                    .reason = tax_reason_from_name(row->tax_reason), .included = company.prices_with_vat || row->priced_minor != 0, /* a deposit's line always is */
                    .per_line = strcmp(company.vat_rounding, "line") == 0},
            .goods = strcmp(row->nature, "goods") == 0};
        if (strlen(row->tax_country) == 2)
            memcpy(line->tax.country, row->tax_country, 2);
        if (line->kind == 0 || line->tax.category == 0 || line->tax.reason == 0 || strcmp(row->vatex, tax_vatex(line->tax.reason)) != 0)
            return ERR_CORRUPT;
    }
    return OK;
}

static struct tax_group *group_of_line(struct totals *totals, const struct tax_decision *tax)
{
    for (size_t i = 0; i < totals->group_count; i++)
        if (totals->groups[i].category == tax->category && totals->groups[i].rate_ppm == tax->rate_ppm)
            return &totals->groups[i];
    return NULL;
}

/* The totals of a credit note follow from those of its invoice and of earlier notes: here they are taken as stored, as
 * long as its lines add up to them. */
static bool note_totals(const struct invoice *note, const struct invoice_line *lines, size_t count,
                        const struct invoice_tax_row *taxes, size_t tax_count, struct totals *totals)
{
    int64_t base[TOTALS_GROUPS_MAX] = {0};

    memset(totals, 0, sizeof *totals);
    for (size_t i = 0; i < count; i++) {
        struct tax_group *group = group_of_line(totals, &lines[i].tax);

        if (group == NULL) {
            if (totals->group_count == TOTALS_GROUPS_MAX)
                return false;
            group = &totals->groups[totals->group_count++];
            *group = (struct tax_group){.category = lines[i].tax.category, .rate_ppm = lines[i].tax.rate_ppm,
                                        .reason = lines[i].tax.reason};
        }
        base[group - totals->groups] += lines[i].net_minor;
        totals->net_minor += lines[i].net_minor;
    }
    for (size_t i = 0; i < tax_count; i++) {
        const struct tax_decision tax = {.category = tax_category_from_code(taxes[i].tax_category), .rate_ppm = taxes[i].tax_rate_ppm};
        struct tax_group *group = group_of_line(totals, &tax);

        if (group == NULL || base[group - totals->groups] != taxes[i].base_minor)
            return false;
        group->base_minor = taxes[i].base_minor;
        group->tax_minor = taxes[i].tax_minor;
        totals->vat_minor += taxes[i].tax_minor;
    }
    totals->rounding_minor = note->rounding_minor;
    totals->gross_minor = totals->net_minor + totals->vat_minor + totals->rounding_minor;
    return true;
}

/* Net of the line and totals are recomputed from the lines. */
static bool invoice_adds_up(const struct invoice_line *lines, size_t count, struct totals *totals)
{
    memset(totals, 0, sizeof *totals);
    for (size_t i = 0; i < count; i++)
        if ((lines[i].tax.included && priced_net(&lines[i].tax, lines[i].priced_minor) != lines[i].net_minor) ||
            !totals_add_line(totals, &lines[i].tax, credit_line_priced(&lines[i])))
            return false;
    return true;
}

/* The stored VAT rows say why as the lines' groups do. */
static bool reasons_hold(struct totals *totals, const struct invoice_tax_row *taxes, size_t count)
{
    if (count != totals->group_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct tax_decision tax = {.category = tax_category_from_code(taxes[i].tax_category), .rate_ppm = taxes[i].tax_rate_ppm};
        const struct tax_group *group = group_of_line(totals, &tax);

        if (group == NULL || strcmp(tax_reason_name(group->reason), taxes[i].reason) != 0)
            return false;
    }
    return true;
}

/* Which lines a note corrects; what its rows say of their amounts is what the lines say. */
static enum err note_positions(struct ctx *ctx, const struct credit_note *note, const struct invoice_line *lines, size_t count,
                               int32_t **positions)
{
    struct credit_note_line *rows;
    size_t row_count;

    TRY(ctx, credit_note_lines(ctx, note->invoice_id, &rows, &row_count));
    *positions = ARENA_ARRAY(ctx->arena, int32_t, count + 1);
    if (row_count != count)
        return ERR_CORRUPT;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].position != (int32_t)i + 1 || rows[i].corrected_id != note->corrected_id ||
            rows[i].net_minor != lines[i].net_minor || rows[i].priced_minor != lines[i].priced_minor)
            return ERR_CORRUPT;
        (*positions)[i] = rows[i].corrected_position;
    }
    return OK;
}

/* A document as it was hashed; ERR_CORRUPT when its rows contradict each other. */
static enum err stored_record(struct ctx *ctx, const struct invoice *invoice, struct totals *totals, struct chain_record *record)
{
    bool is_note = strcmp(invoice->kind, "credit_note") == 0;
    struct invoice_line_row *rows;
    struct invoice_line *lines;
    struct invoice_tax_row *taxes;
    struct credit_note *note = NULL;
    struct chain_deduction *deductions;
    struct customer customer;
    int32_t *positions = NULL;
    size_t count;
    size_t tax_count;
    enum err err = issued_lines(ctx, invoice, &rows, &lines, &count);

    if (err == OK)
        err = invoice_taxes(ctx, invoice->id, &taxes, &tax_count);
    if (err == OK && is_note) {
        note = ARENA_NEW(ctx->arena, struct credit_note);
        err = credit_note_of(ctx, invoice->id, note);
        err = err == ERR_NOT_FOUND ? ERR_CORRUPT : err == OK ? note_positions(ctx, note, lines, count, &positions) : err;
    }
    if (err != OK)
        return err;
    if (!(is_note ? note_totals(invoice, lines, count, taxes, tax_count, totals) : invoice_adds_up(lines, count, totals)) ||
        !reasons_hold(totals, taxes, tax_count))
        return ERR_CORRUPT;
    TRY(ctx, customer_by_version(ctx, invoice->customer_version_id, &customer));
    *record = document_record(invoice, customer.personal_digest, lines, count, totals, note, positions);
    TRY(ctx, stored_deductions(ctx, invoice->id, &deductions, &record->deduction_count));
    record->deductions = deductions;
    return stored_exchange(ctx, invoice, &record->exchange);
}

static enum err invoice_holds(struct ctx *ctx, const struct invoice *invoice, const unsigned char previous[HASH_BYTES],
                              int64_t sequence, bool *holds)
{
    struct totals totals;
    struct chain_record record;
    struct hash before;
    struct hash digest;
    enum err err = stored_record(ctx, invoice, &totals, &record);

    *holds = false;
    if (err == ERR_CORRUPT)
        return OK;
    if (err != OK)
        return err;
    memcpy(before.bytes, previous, HASH_BYTES);
    memcpy(digest.bytes, invoice->chain_digest, HASH_BYTES);
    *holds = invoice->sequence == sequence && memcmp(invoice->chain_previous, previous, HASH_BYTES) == 0 &&
             totals.net_minor == invoice->net_minor && totals.gross_minor == invoice->total_minor &&
             chain_link_holds(&before, chain_record_text(ctx->arena, &record), &digest);
    return OK;
}

/* "INV-2026-00042" of the series "INV-2026". */
static const char *number_of(struct arena *arena, const char *series, int64_t sequence)
{
    return arena_printf(arena, "%s-%05lld", series, (long long)sequence);
}

enum err verify_chain(struct ctx *ctx, const char *series, const char **bad, int64_t *verified)
{
    enum { AT_ONCE = 200 };
    unsigned char previous[HASH_BYTES] = {0};
    struct series_head head;
    int64_t sequence = 0;

    *bad = "";
    *verified = 0;
    TRY(ctx, read_series(ctx, series, &head)); /* what is issued meanwhile is for the next time */
    while (sequence < head.last_sequence) {
        int64_t until = head.last_sequence - sequence > AT_ONCE ? sequence + AT_ONCE : head.last_sequence;
        struct invoice *invoices;
        size_t count;

        TRY(ctx, invoices_between(ctx, series, sequence, until, &invoices, &count));
        for (size_t i = 0; i < count && invoices[i].sequence == sequence + 1; i++) {
            bool holds;

            TRY(ctx, invoice_holds(ctx, &invoices[i], previous, sequence + 1, &holds));
            if (!holds) {
                *bad = invoices[i].number;
                return OK;
            }
            *verified = ++sequence;
            memcpy(previous, invoices[i].chain_digest, HASH_BYTES);
        }
        if (sequence < until) {
            *bad = number_of(ctx->arena, series, sequence + 1); /* the one that is gone */
            return OK;
        }
    }
    if (memcmp(previous, head.chain_head, HASH_BYTES) != 0)
        *bad = number_of(ctx->arena, series, sequence); /* the end is not what the counter says */
    return OK;
}
