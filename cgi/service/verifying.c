#include "service/verifying.h"

#include <stddef.h>
#include <string.h>

#include "core/credit.h"
#include "service/deducting.h"
#include "service/exchanging.h"
#include "service/issued.h"
#include "store/company.h"
#include "store/credit.h"
#include "store/customer.h"
#include "store/deposit.h"
#include "store/exchange.h"
#include "store/invoice.h"

enum { AT_ONCE = 200 };

/* All that the documents of a slice have; each by its document, customers by version. */
struct slice_rows {
    struct invoice *invoices;
    struct invoice_line_row *lines;
    struct invoice_tax_row *taxes;
    struct credit_note *notes;
    struct credit_note_line *note_lines;
    struct deposit_use *uses;
    struct invoice_exchange *exchanges;
    struct invoice_exchange_tax *exchange_taxes;
    struct customer *customers;
    size_t invoice_count, line_count, tax_count, note_count, note_line_count, use_count, exchange_count, exchange_tax_count, customer_count;
    struct company company; /* of the document before; id 0 none yet */
};

static enum err read_slice(struct ctx *ctx, const struct slice *slice, struct slice_rows *r)
{
    TRY(ctx, invoices_in_slice(ctx, slice, &r->invoices, &r->invoice_count));
    TRY(ctx, invoice_lines_in_slice(ctx, slice, &r->lines, &r->line_count));
    TRY(ctx, invoice_taxes_in_slice(ctx, slice, &r->taxes, &r->tax_count));
    TRY(ctx, credit_notes_in_slice(ctx, slice, &r->notes, &r->note_count));
    TRY(ctx, credit_note_lines_in_slice(ctx, slice, &r->note_lines, &r->note_line_count));
    TRY(ctx, deposits_used_in_slice(ctx, slice, &r->uses, &r->use_count));
    TRY(ctx, invoice_exchanges_in_slice(ctx, slice, &r->exchanges, &r->exchange_count));
    TRY(ctx, invoice_exchange_taxes_in_slice(ctx, slice, &r->exchange_taxes, &r->exchange_tax_count));
    return customers_in_slice(ctx, slice, &r->customers, &r->customer_count);
}

/* Where the rows of an id begin and how many they are, in rows sorted by the id that stands id_at bytes into each. */
static size_t rows_of(const void *rows, size_t row_bytes, size_t id_at, size_t count, int64_t id, size_t *first)
{
    const char *base = rows;
    size_t low = 0, high = count, after;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t there;

        memcpy(&there, base + middle * row_bytes + id_at, sizeof there);
        if (there < id)
            low = middle + 1;
        else
            high = middle;
    }
    for (after = low; after < count && memcmp(base + after * row_bytes + id_at, &id, sizeof id) == 0;)
        after++;
    *first = low;
    return after - low;
}
#define ROWS_OF(rows, count, member, id, first) rows_of(rows, sizeof (rows)[0], offsetof(__typeof__((rows)[0]), member), count, id, first)

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

/* Which lines a note corrects; what its rows say of their amounts is what the lines say. NULL: they do not fit. */
static int32_t *note_positions(struct arena *arena, const struct credit_note *note, const struct invoice_line *lines, size_t count,
                               const struct credit_note_line *rows, size_t row_count)
{
    int32_t *positions = ARENA_ARRAY(arena, int32_t, count + 1);

    if (row_count != count)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].position != (int32_t)i + 1 || rows[i].corrected_id != note->corrected_id ||
            rows[i].net_minor != lines[i].net_minor || rows[i].priced_minor != lines[i].priced_minor)
            return NULL;
        positions[i] = rows[i].corrected_position;
    }
    return positions;
}

/* True when the texts of a customer are those that their digest was made of. Without salt they were erased: then only
 * the digest is left. */
static bool customer_holds(const struct customer *customer)
{
    static const unsigned char erased[16];
    unsigned char digest[HASH_BYTES];

    if (customer->personal_salt.bytes == sizeof erased && memcmp(customer->personal_salt.data, erased, sizeof erased) == 0)
        return true;
    customer_digest(customer, digest);
    return memcmp(digest, customer->personal_digest, HASH_BYTES) == 0;
}

/* A document as it was hashed; ERR_CORRUPT when its rows contradict each other. */
static enum err stored_record(struct ctx *ctx, struct slice_rows *r, const struct invoice *invoice, struct totals *totals,
                              struct chain_record *record)
{
    bool is_note = strcmp(invoice->kind, "credit_note") == 0;
    struct invoice_line *lines;
    const struct credit_note *note = NULL;
    int32_t *positions = NULL;
    size_t line, tax, use, of_note, person, exchange, exchange_tax;
    size_t count = ROWS_OF(r->lines, r->line_count, invoice_id, invoice->id, &line);
    size_t tax_count = ROWS_OF(r->taxes, r->tax_count, invoice_id, invoice->id, &tax);
    size_t use_count = ROWS_OF(r->uses, r->use_count, invoice_id, invoice->id, &use);

    if (r->company.id != invoice->company_version_id)
        TRY(ctx, company_by_id(ctx, invoice->company_version_id, &r->company));
    lines = issued_lines_of(ctx->arena, &r->company, &r->lines[line], count);
    if (lines == NULL)
        return ERR_CORRUPT;
    if (is_note) {
        size_t rows;

        if (ROWS_OF(r->notes, r->note_count, invoice_id, invoice->id, &of_note) != 1)
            return ERR_CORRUPT;
        note = &r->notes[of_note];
        rows = ROWS_OF(r->note_lines, r->note_line_count, invoice_id, invoice->id, &of_note);
        positions = note_positions(ctx->arena, note, lines, count, &r->note_lines[of_note], rows);
        if (positions == NULL)
            return ERR_CORRUPT;
    }
    if (!(is_note ? note_totals(invoice, lines, count, &r->taxes[tax], tax_count, totals) : invoice_adds_up(lines, count, totals)) ||
        !reasons_hold(totals, &r->taxes[tax], tax_count))
        return ERR_CORRUPT;
    if (ROWS_OF(r->customers, r->customer_count, version_id, invoice->customer_version_id, &person) == 0 || !customer_holds(&r->customers[person]))
        return ERR_CORRUPT;
    *record = document_record(invoice, r->customers[person].personal_digest, lines, count, totals, note, positions);
    record->deductions = stored_deductions(ctx->arena, &r->uses[use], use_count);
    record->deduction_count = use_count;
    if (invoice->books[0] == '\0')
        return OK;
    if (ROWS_OF(r->exchanges, r->exchange_count, invoice_id, invoice->id, &exchange) != 1)
        return ERR_CORRUPT;
    tax_count = ROWS_OF(r->exchange_taxes, r->exchange_tax_count, invoice_id, invoice->id, &exchange_tax);
    record->exchange = stored_exchange(ctx->arena, &r->exchanges[exchange], &r->exchange_taxes[exchange_tax], tax_count);
    return record->exchange == NULL ? ERR_CORRUPT : OK;
}

static enum err invoice_holds(struct ctx *ctx, struct slice_rows *r, const struct invoice *invoice, const struct hash *before,
                              int64_t sequence, bool *holds)
{
    struct totals totals;
    struct chain_record record;
    struct hash digest;
    enum err err = stored_record(ctx, r, invoice, &totals, &record);

    *holds = false;
    if (err == ERR_CORRUPT)
        return OK;
    if (err != OK)
        return err;
    memcpy(digest.bytes, invoice->chain_digest, HASH_BYTES);
    *holds = invoice->sequence == sequence && memcmp(invoice->chain_previous, before->bytes, HASH_BYTES) == 0 &&
             totals.net_minor == invoice->net_minor && totals.gross_minor == invoice->total_minor &&
             chain_link_holds(before, chain_record_text(ctx->arena, &record), &digest);
    return OK;
}

/* "INV-2026-00042" of the series "INV-2026". */
static const char *number_of(struct arena *arena, const char *series, int64_t sequence)
{
    return arena_printf(arena, "%s-%05lld", series, (long long)sequence);
}

/* How far a series is verified. */
struct walk {
    int64_t sequence;
    struct hash head;
    const char *bad; /* NULL none; of the arena of the part */
};

static enum err walk_slice(struct ctx *ctx, const struct slice *slice, struct walk *walk)
{
    struct slice_rows rows = {0};

    TRY(ctx, read_slice(ctx, slice, &rows));
    for (size_t i = 0; i < rows.invoice_count && rows.invoices[i].sequence == walk->sequence + 1; i++) {
        bool holds;

        TRY(ctx, invoice_holds(ctx, &rows, &rows.invoices[i], &walk->head, walk->sequence + 1, &holds));
        if (!holds) {
            walk->bad = rows.invoices[i].number;
            return OK;
        }
        walk->sequence++;
        memcpy(walk->head.bytes, rows.invoices[i].chain_digest, HASH_BYTES);
    }
    if (walk->sequence < slice->until)
        walk->bad = number_of(ctx->arena, slice->series, walk->sequence + 1); /* the one that is gone */
    return OK;
}

enum err verify_chain(struct ctx *run, const char *series, const char **bad, int64_t *verified)
{
    struct ctx part = *run;
    struct walk walk = {0};
    struct series_head head;
    enum err err = OK;

    TRY(run, read_series(run, series, &head)); /* what is issued meanwhile is for the next time */
    part.arena = arena_new();
    while (err == OK && walk.bad == NULL && walk.sequence < head.last_sequence) {
        struct slice slice = {series, walk.sequence, head.last_sequence};

        if (slice.until - slice.after > AT_ONCE)
            slice.until = slice.after + AT_ONCE;
        arena_reset(part.arena);
        err = walk_slice(&part, &slice, &walk);
    }
    if (err == OK && walk.bad == NULL && memcmp(walk.head.bytes, head.chain_head, HASH_BYTES) != 0)
        walk.bad = number_of(part.arena, series, walk.sequence); /* the end is not what the counter says */
    *verified = walk.sequence;
    *bad = walk.bad == NULL ? "" : arena_strdup(run->arena, walk.bad);
    memcpy(run->trail, part.trail, sizeof run->trail);
    arena_free(part.arena);
    return err;
}
