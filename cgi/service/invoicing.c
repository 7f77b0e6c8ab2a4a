#include "service/invoicing.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "core/chain.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/numbering.h"
#include "core/posting.h"
#include "service/booking.h"
#include "store/customer.h"
#include "store/payable.h"
#include "store/taxes.h"

enum err reserve_invoice_ids(struct ctx *ctx, size_t count, struct invoice_ids *ids)
{
    TRY(ctx, reserve_ids(ctx, "invoice", (int64_t)count, &ids->first_invoice_id));
    return reserve_ids(ctx, "journal_entry", (int64_t)count, &ids->first_entry_id);
}

/* The rows of every table for a group, filled invoice by invoice, written table by table. */
struct batch {
    struct invoice *invoices;
    struct invoice_line_row *lines;
    struct invoice_tax_row *taxes;
    struct receivable *receivables;
    struct billing_period_row *periods;
    struct booking *bookings;
    struct deferral *deferrals;
    struct document_job *jobs;
    struct distance_sale *distances;
    size_t invoice_count, line_count, tax_count, period_count, deferral_count, distance_count;
};

static struct batch batch_new(struct arena *arena, const struct invoice_work *works, size_t count)
{
    struct batch b = {.invoice_count = 0};
    size_t lines = 1;
    size_t periods = 1;

    for (size_t i = 0; i < count; i++) {
        lines += works[i].line_count;
        periods += works[i].period_count;
    }
    b.invoices = ARENA_ARRAY(arena, struct invoice, count);
    b.lines = ARENA_ARRAY(arena, struct invoice_line_row, lines);
    b.taxes = ARENA_ARRAY(arena, struct invoice_tax_row, lines);
    b.receivables = ARENA_ARRAY(arena, struct receivable, count);
    b.periods = ARENA_ARRAY(arena, struct billing_period_row, periods);
    b.bookings = ARENA_ARRAY(arena, struct booking, count);
    b.deferrals = ARENA_ARRAY(arena, struct deferral, lines);
    b.distances = ARENA_ARRAY(arena, struct distance_sale, count);
    b.jobs = ARENA_ARRAY(arena, struct document_job, count);
    return b;
}

static void add_lines(struct batch *b, const struct invoice_work *work, int64_t invoice_id, int32_t issued_on,
                      struct posting_invoice *sums)
{
    for (size_t i = 0; i < work->line_count; i++) {
        const struct invoice_line *line = &work->lines[i].line;
        const char *account = posting_revenue_account(line->goods);
        int64_t deferred = line->goods ? 0 : deferral_at_issue(line->net_minor, line->period, issued_on);
        struct period rest = period_is_none(line->period)
                                 ? line->period
                                 : period_overlap(line->period, (struct period){issued_on, DATE_NONE});

        b->lines[b->line_count++] = (struct invoice_line_row){
            .invoice_id = invoice_id, .position = (int32_t)i + 1,
            .subscription_line_id = work->lines[i].subscription_line_id, .quote_line_id = work->lines[i].quote_line_id,
            .kind = line_kind_name(line->kind), .description = line->description, .period_from_on = line->period.from_on,
            .period_until_on = line->period.until_on, .unit = work->lines[i].unit, .quantity_e4 = line->quantity_e4,
            .unit_price_e4 = line->unit_price_e4, .discount_ppm = line->discount_ppm,
            .allowance_minor = line->allowance_minor, .net_minor = line->net_minor,
            .priced_minor = line->priced_minor, .tax_category = tax_category_code(line->tax.category),
            .tax_rate_ppm = line->tax.rate_ppm, .tax_reason = tax_reason_name(line->tax.reason),
            .vatex = tax_vatex(line->tax.reason), .tax_country = line->tax.country, .account = account};
        *(line->goods ? &sums->goods_net_minor : &sums->service_net_minor) += line->net_minor;
        if (deferred == 0)
            continue;
        sums->service_deferred_minor += deferred;
        b->deferrals[b->deferral_count++] = (struct deferral){
            .invoice_id = invoice_id, .line_position = (int32_t)i + 1, .account = account, .currency = work->currency,
            .amount_minor = deferred, .from_on = rest.from_on, .until_on = rest.until_on,
            .next_on = deferral_next_on(rest, issued_on)};
    }
}

static void add_taxes(struct batch *b, const struct invoice_work *work, int64_t invoice_id)
{
    for (size_t i = 0; i < work->totals.group_count; i++) {
        const struct tax_group *group = &work->totals.groups[i];

        b->taxes[b->tax_count++] = (struct invoice_tax_row){
            .invoice_id = invoice_id, .tax_category = tax_category_code(group->category), .tax_rate_ppm = group->rate_ppm,
            .base_minor = group->base_minor, .tax_minor = group->tax_minor, .reason = tax_reason_name(group->reason)};
    }
}

static struct chain_record record_of(const struct invoice *invoice, const unsigned char *personal_digest,
                                     const struct invoice_line *lines, size_t line_count, const struct totals *totals)
{
    struct chain_record record = {
        .series = invoice->series, .sequence = invoice->sequence, .number = invoice->number, .kind = invoice->kind,
        .issued_on = invoice->issued_on, .due_on = invoice->due_on, .issued_at = invoice->issued_at,
        .currency = invoice->currency, .language = invoice->language, .company_version_id = invoice->company_version_id,
        .customer_version_id = invoice->customer_version_id, .vat_due = vat_due_from_name(invoice->vat_due),
        .lines = lines, .line_count = line_count, .totals = totals};

    memcpy(record.personal_digest.bytes, personal_digest, HASH_BYTES);
    return record;
}

/* Sales to consumers in other member states count for the threshold of the year. */
static void add_distance(struct batch *b, const struct invoice_work *work, const struct invoice *invoice)
{
    struct distance_sale sale = {.invoice_id = invoice->id, .year = date_civil(invoice->issued_on).year};

    if (strcmp(invoice->currency, "EUR") != 0)
        return;
    for (size_t i = 0; i < work->line_count; i++)
        if (work->lines[i].line.tax.distance) {
            sale.country = work->lines[i].line.tax.buyer;
            sale.net_minor += work->lines[i].line.net_minor;
        }
    if (sale.net_minor != 0)
        b->distances[b->distance_count++] = sale;
}

/* Number and chain link under the series lock. */
static void seal_invoice(struct ctx *ctx, const struct company *company, struct invoice_work *work, struct series_head *head)
{
    struct invoice *invoice = &work->invoice;
    struct invoice_line *lines = ARENA_ARRAY(ctx->arena, struct invoice_line, work->line_count);
    char *number = arena_alloc(ctx->arena, NUMBER_BYTES);
    struct chain_record record;
    struct hash previous;
    struct hash digest;

    for (size_t i = 0; i < work->line_count; i++)
        lines[i] = work->lines[i].line;
    invoice->sequence = ++head->last_sequence;
    invoice->number = number_format(number, company->invoice_prefix, date_civil(ctx->today_on).year, invoice->sequence);
    record = record_of(invoice, work->personal_digest, lines, work->line_count, &work->totals);
    memcpy(previous.bytes, head->chain_head, HASH_BYTES);
    digest = chain_digest(&previous, chain_record_text(ctx->arena, &record));
    memcpy(invoice->chain_previous, previous.bytes, HASH_BYTES);
    memcpy(invoice->chain_digest, digest.bytes, HASH_BYTES);
    memcpy(head->chain_head, digest.bytes, HASH_BYTES);
}

static enum err prepare_work(struct ctx *ctx, const struct company *company, struct invoice_work *work, int64_t id,
                             const char *series)
{
    struct invoice *invoice = &work->invoice;

    memset(&work->totals, 0, sizeof work->totals);
    for (size_t i = 0; i < work->line_count; i++) {
        struct invoice_line *line = &work->lines[i].line;

        invoice_line_settle(line);
        if (!totals_add_line(&work->totals, &line->tax, line->tax.included ? line->priced_minor : line->net_minor))
            return FAIL(ctx, ERR_LIMIT, "the amount of an invoice is out of bounds");
    }
    *invoice = (struct invoice){
        .id = id, .series = series, .kind = "invoice", .customer_id = work->customer_id,
        .customer_version_id = work->customer_version_id, .company_version_id = company->id, .order_id = work->order_id,
        .subscription_id = work->subscription_id, .issued_on = ctx->today_on, .issued_at = ctx->now,
        .due_on = invoice_due_on(ctx->today_on, company->payment_terms_days), .language = work->language,
        .currency = work->currency, .net_minor = work->totals.net_minor, .vat_minor = work->totals.vat_minor,
        .rounding_minor = work->totals.rounding_minor, .total_minor = work->totals.gross_minor, .vat_due = company->vat_due};
    return OK;
}

static void add_invoice(struct ctx *ctx, struct batch *b, const struct invoice_work *work, int64_t entry_id)
{
    const struct invoice *invoice = &work->invoice;
    bool paid = invoice->total_minor == 0;
    struct posting_invoice sums = {.vat_minor = invoice->vat_minor, .rounding_minor = invoice->rounding_minor,
                                   .vat_due = vat_due_from_name(invoice->vat_due)};
    size_t n = b->invoice_count++;

    b->invoices[n] = *invoice;
    add_lines(b, work, invoice->id, invoice->issued_on, &sums);
    add_taxes(b, work, invoice->id);
    add_distance(b, work, invoice);
    b->receivables[n] = (struct receivable){
        .invoice_id = invoice->id, .customer_id = invoice->customer_id, .subscription_id = invoice->subscription_id,
        .currency = invoice->currency, .total_minor = invoice->total_minor, .open_minor = invoice->total_minor,
        .due_on = invoice->due_on, .collect_on = paid ? DATE_NONE : work->collect_on,
        .state = paid ? "paid" : "open", .paid_on = paid ? invoice->issued_on : DATE_NONE};
    for (size_t i = 0; i < work->period_count; i++) {
        b->periods[b->period_count] = work->periods[i];
        b->periods[b->period_count++].invoice_id = invoice->id;
    }
    b->bookings[n] = (struct booking){
        .entry_id = entry_id, .journal = "VT", .on = invoice->issued_on, .source_kind = "invoice", .source_id = invoice->id,
        .reference = invoice->number, .currency = invoice->currency, .customer_id = invoice->customer_id};
    posting_of_invoice(&sums, &b->bookings[n].list);
    b->jobs[n] = (struct document_job){.kind = "invoice", .ref_id = invoice->id, .next_try_at = ctx->now};
}

enum err issue_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids)
{
    struct batch b = batch_new(ctx->arena, works, count);
    char *series = arena_alloc(ctx->arena, NUMBER_BYTES);
    struct series_head head;

    (void)number_series(series, company->invoice_prefix, date_civil(ctx->today_on).year);
    for (size_t i = 0; i < count; i++)
        TRY(ctx, prepare_work(ctx, company, &works[i], ids->first_invoice_id + (int64_t)i, series));
    TRY(ctx, lock_series(ctx, series, &head));
    if (head.last_issued_on != DATE_NONE && ctx->today_on < head.last_issued_on)
        return FAIL(ctx, ERR_CONFLICT, "an invoice of a later day exists in %s", series);
    for (size_t i = 0; i < count; i++) {
        seal_invoice(ctx, company, &works[i], &head);
        add_invoice(ctx, &b, &works[i], ids->first_entry_id + (int64_t)i);
    }
    head.last_issued_on = ctx->today_on;
    TRY(ctx, insert_invoices(ctx, b.invoices, b.invoice_count));
    TRY(ctx, insert_invoice_lines(ctx, b.lines, b.line_count));
    TRY(ctx, insert_invoice_taxes(ctx, b.taxes, b.tax_count));
    TRY(ctx, insert_distance_sales(ctx, b.distances, b.distance_count));
    TRY(ctx, insert_receivables(ctx, b.receivables, b.invoice_count));
    TRY(ctx, insert_billing_periods(ctx, b.periods, b.period_count));
    TRY(ctx, insert_deferrals(ctx, b.deferrals, b.deferral_count));
    TRY(ctx, insert_document_jobs(ctx, b.jobs, b.invoice_count));
    TRY(ctx, save_series(ctx, series, &head));
    TRY(ctx, book_entries(ctx, b.bookings, b.invoice_count));
    crash_point("C07");
    return OK;
}

enum err book_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, int64_t entry_id)
{
    struct receivable receivable;
    struct invoice invoice;
    struct posting_payment payment = {.money_account = ACCOUNT_CARD, .amount_minor = amount_minor};
    struct booking booking = {.entry_id = entry_id, .journal = "BQ", .on = ctx->today_on, .source_kind = "payment",
                              .source_id = payment_id};
    int64_t booked;

    TRY(ctx, lock_receivable(ctx, invoice_id, &receivable));
    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    booked = amount_minor < receivable.open_minor ? amount_minor : receivable.open_minor;
    payment.invoice_total_minor = invoice.total_minor;
    payment.invoice_vat_minor = invoice.vat_minor;
    payment.paid_before_minor = invoice.total_minor - receivable.open_minor;
    payment.vat_due = vat_due_from_name(invoice.vat_due);
    posting_of_payment(&payment, &booking.list);
    if (booked > 0)
        TRY(ctx, insert_allocation(ctx, payment_id, invoice_id, booked));
    receivable.open_minor -= booked;
    receivable.state = receivable_state_name(receivable_state_of(receivable.open_minor));
    if (receivable.open_minor == 0) {
        receivable.paid_on = ctx->today_on;
        receivable.collect_on = DATE_NONE;
    }
    TRY(ctx, save_receivable(ctx, &receivable));
    booking.reference = invoice.number;
    booking.currency = invoice.currency;
    booking.customer_id = invoice.customer_id;
    return book_entries(ctx, &booking, 1);
}

/* The stored VAT rows say why as the lines' groups do. */
static bool reasons_hold(const struct totals *totals, const struct invoice_tax_row *taxes, size_t count)
{
    if (count != totals->group_count)
        return false;
    for (size_t t = 0; t < count; t++) {
        size_t i = 0;

        while (i < totals->group_count && (totals->groups[i].rate_ppm != taxes[t].tax_rate_ppm ||
                                           strcmp(tax_category_code(totals->groups[i].category), taxes[t].tax_category) != 0))
            i++;
        if (i == totals->group_count || strcmp(tax_reason_name(totals->groups[i].reason), taxes[t].reason) != 0)
            return false;
    }
    return true;
}

/* The lines of a stored invoice as they were hashed. */
static enum err stored_lines(struct ctx *ctx, const struct invoice *invoice, struct invoice_line **lines, size_t *count,
                             struct totals *totals)
{
    struct invoice_line_row *rows;
    struct invoice_tax_row *taxes;
    struct company company;
    size_t tax_count;

    TRY(ctx, company_by_id(ctx, invoice->company_version_id, &company));
    TRY(ctx, invoice_lines(ctx, invoice->id, &rows, count));
    TRY(ctx, invoice_taxes(ctx, invoice->id, &taxes, &tax_count));
    *lines = ARENA_ARRAY(ctx->arena, struct invoice_line, *count + 1);
    memset(totals, 0, sizeof *totals);
    for (size_t i = 0; i < *count; i++) {
        struct invoice_line *line = &(*lines)[i];

        *line = (struct invoice_line){
            .kind = line_kind_from_name(rows[i].kind), .description = rows[i].description,
            .period = {rows[i].period_from_on, rows[i].period_until_on}, .quantity_e4 = rows[i].quantity_e4,
            .unit_price_e4 = rows[i].unit_price_e4, .discount_ppm = rows[i].discount_ppm,
            .allowance_minor = rows[i].allowance_minor, .net_minor = rows[i].net_minor,
            .priced_minor = rows[i].priced_minor,
            .tax = {.category = tax_category_from_code(rows[i].tax_category), .rate_ppm = rows[i].tax_rate_ppm,
                    .reason = tax_reason_from_name(rows[i].tax_reason), .included = company.prices_with_vat, .per_line = strcmp(company.vat_rounding, "line") == 0},
            .goods = strcmp(rows[i].account, ACCOUNT_GOODS) == 0};
        if (line->kind == 0 || line->tax.category == 0 || line->tax.reason == 0 || strcmp(rows[i].vatex, tax_vatex(line->tax.reason)) != 0 ||
            (line->tax.included && priced_net(&line->tax, line->priced_minor) != line->net_minor) ||
            !totals_add_line(totals, &line->tax, line->tax.included ? line->priced_minor : line->net_minor))
            return ERR_CORRUPT;
    }
    return reasons_hold(totals, taxes, tax_count) ? OK : ERR_CORRUPT;
}

static enum err invoice_holds(struct ctx *ctx, const struct invoice *invoice, const unsigned char previous[HASH_BYTES],
                              int64_t sequence, bool *holds)
{
    struct invoice_line *lines;
    struct totals totals;
    struct chain_record record;
    struct customer customer;
    struct hash before;
    struct hash digest;
    size_t count;
    enum err err = stored_lines(ctx, invoice, &lines, &count, &totals);

    *holds = false;
    if (err == ERR_CORRUPT)
        return OK;
    if (err != OK)
        return err;
    TRY(ctx, customer_by_version(ctx, invoice->customer_version_id, &customer));
    record = record_of(invoice, customer.personal_digest, lines, count, &totals);
    memcpy(before.bytes, previous, HASH_BYTES);
    memcpy(digest.bytes, invoice->chain_digest, HASH_BYTES);
    *holds = invoice->sequence == sequence && memcmp(invoice->chain_previous, previous, HASH_BYTES) == 0 &&
             totals.net_minor == invoice->net_minor && totals.gross_minor == invoice->total_minor &&
             chain_link_holds(&before, chain_record_text(ctx->arena, &record), &digest);
    return OK;
}

enum err verify_chain(struct ctx *ctx, const char *series, const char **bad, int64_t *verified)
{
    unsigned char previous[HASH_BYTES] = {0};
    int64_t sequence = 0;

    *bad = "";
    for (;;) {
        struct invoice *invoices;
        size_t count;

        TRY(ctx, invoices_after(ctx, series, sequence, 200, &invoices, &count));
        for (size_t i = 0; i < count; i++) {
            bool holds;

            TRY(ctx, invoice_holds(ctx, &invoices[i], previous, sequence + 1, &holds));
            if (!holds) {
                *bad = invoices[i].number;
                return OK;
            }
            sequence++;
            memcpy(previous, invoices[i].chain_digest, HASH_BYTES);
        }
        *verified = sequence;
        if (count < 200)
            return OK;
    }
}
