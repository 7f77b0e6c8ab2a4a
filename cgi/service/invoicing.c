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
#include "service/converting.h"
#include "service/deducting.h"
#include "service/dunning.h"
#include "service/issued.h"
#include "service/restoring.h"
#include "service/spare_credit.h"
#include "store/chart.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/payable.h"
#include "store/receipt.h"
#include "store/taxes.h"
#include "store/sales_journal.h"

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
    struct receivable *asked; /* of those that stood as claims */
    struct billing_period_row *periods;
    struct booking *bookings;
    struct deferral *deferrals;
    struct document_job *jobs;
    struct distance_sale *distances;
    struct credit_note *notes;
    struct credit_note_line *note_lines;
    size_t invoice_count, line_count, tax_count, receivable_count, asked_count, period_count, deferral_count, distance_count;
    size_t note_count, note_line_count;
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
    b.asked = ARENA_ARRAY(arena, struct receivable, count);
    b.periods = ARENA_ARRAY(arena, struct billing_period_row, periods);
    b.bookings = ARENA_ARRAY(arena, struct booking, count);
    b.deferrals = ARENA_ARRAY(arena, struct deferral, lines);
    b.distances = ARENA_ARRAY(arena, struct distance_sale, count);
    b.jobs = ARENA_ARRAY(arena, struct document_job, count);
    b.notes = ARENA_ARRAY(arena, struct credit_note, count);
    b.note_lines = ARENA_ARRAY(arena, struct credit_note_line, lines);
    return b;
}

/* Where things are booked now: the chart's roles, and the accounts that products name; and how what is deferred is spread. */
struct accounts {
    struct chart chart;
    enum deferral_method method;
    struct product_account *products; /* by product */
    size_t product_count;
};

static enum err accounts_now(struct ctx *ctx, const struct company *company, struct accounts *a)
{
    a->method = deferral_method_from_name(company->deferral_method);
    TRY(ctx, chart_now(ctx, &a->chart));
    return product_accounts(ctx, &a->products, &a->product_count);
}

/* A line's account: that of the line which it corrects, 4191 of a deposit, else that of its product or its kind. */
static const char *account_of_line(const struct accounts *a, const struct invoice_work *work, size_t i)
{
    const struct chart *chart = &a->chart;
    const char *own = work->lines[i].account;

    if (own == NULL && work->lines[i].product_id != 0 && work->deposit_of_order == 0)
        own = product_account_of(a->products, a->product_count, work->lines[i].product_id);
    if (own != NULL)
        return own;
    return chart_account(chart, work->deposit_of_order != 0 ? ACCOUNT_ADVANCE : posting_revenue_account(work->lines[i].line.goods));
}

enum { DEDUCTED_ACCOUNTS = 2 }; /* room for those of deposits: another when the chart's was changed meanwhile */

/* In a document of more accounts than an entry holds the rest stands with the first. */
static const char *account_with_room(const struct posting_lines *sums, const char *account)
{
    for (size_t i = 0; i < sums->count; i++)
        if (strcmp(sums->at[i].account, account) == 0)
            return account;
    return sums->count < POSTING_ACCOUNTS_MAX - DEDUCTED_ACCOUNTS ? account : sums->at[0].account;
}

static bool corrects_deposit(const struct invoice_work *work)
{
    return work->correction != NULL && work->correction->deposit.invoice_id != 0;
}

static void add_lines(struct batch *b, const struct accounts *accounts, const struct invoice_work *work, int64_t invoice_id,
                      int32_t issued_on, struct posting_lines *sums)
{
    enum posting_label label = work->deposit_of_order != 0 || corrects_deposit(work) ? POSTING_ADVANCE : POSTING_REVENUE;

    for (size_t i = 0; i < work->line_count; i++) {
        const struct invoice_line *line = &work->lines[i].line;
        const char *account = account_with_room(sums, account_of_line(accounts, work, i));
        bool defers = !line->goods && work->correction == NULL && work->deposit_of_order == 0;
        struct deferral_left left = deferral_at_issue(accounts->method, line->net_minor, defers ? line->period : PERIOD_NONE, issued_on);

        CHECK(posting_lines_add(sums, &(struct posting_line){.account = account, .label = label, .net_minor = line->net_minor, .deferred_minor = left.amount_minor,
                                                             .deferred_base_minor = exchange_minor(&work->books.exchange, left.amount_minor),
                                                             .stands = corrects_deposit(work)}));
        b->lines[b->line_count++] = (struct invoice_line_row){
            .invoice_id = invoice_id, .position = (int32_t)i + 1,
            .subscription_line_id = work->lines[i].subscription_line_id, .quote_line_id = work->lines[i].quote_line_id,
            .kind = line_kind_name(line->kind), .description = line->description, .period_from_on = line->period.from_on,
            .period_until_on = line->period.until_on, .share_of_days = line->share_of_days, .unit = work->lines[i].unit, .quantity_e4 = line->quantity_e4,
            .unit_price_e4 = line->unit_price_e4, .discount_ppm = line->discount_ppm,
            .allowance_minor = line->allowance_minor, .coupon = line->coupon != NULL ? line->coupon : "", .net_minor = line->net_minor,
            .priced_minor = line->priced_minor, .tax_category = tax_category_code(line->tax.category),
            .tax_rate_ppm = line->tax.rate_ppm, .tax_reason = tax_reason_name(line->tax.reason),
            .vatex = tax_vatex(line->tax.reason), .tax_country = line->tax.country, .account = account,
            .nature = line->goods ? "goods" : "service"};
        if (left.amount_minor == 0)
            continue;
        b->deferrals[b->deferral_count++] = (struct deferral){
            .invoice_id = invoice_id, .line_position = (int32_t)i + 1, .account = account, .currency = work->currency,
            .method = deferral_method_name(accounts->method), .amount_minor = left.amount_minor, .from_on = left.period.from_on,
            .until_on = left.period.until_on, .next_on = left.next_on};
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

/* Sales to consumers in other member states count for the threshold of the year; a credit note takes them back there. */
static void add_distance(struct batch *b, const struct invoice_work *work, const struct invoice *invoice)
{
    struct distance_sale sale = {.invoice_id = invoice->id, .year = date_civil(invoice->issued_on).year};

    if (work->correction != NULL && work->correction->distance.net_minor != 0) {
        b->distances[b->distance_count] = work->correction->distance;
        b->distances[b->distance_count++].invoice_id = invoice->id;
    }
    if (work->correction != NULL || strcmp(invoice->currency, "EUR") != 0)
        return;
    for (size_t i = 0; i < work->line_count; i++)
        if (work->lines[i].line.tax.distance) {
            sale.country = work->lines[i].line.tax.buyer;
            sale.net_minor += work->lines[i].line.net_minor;
        }
    if (sale.net_minor != 0)
        b->distances[b->distance_count++] = sale;
}

static struct credit_note note_of(const struct invoice_work *work)
{
    const struct correction *c = work->correction;

    return (struct credit_note){.invoice_id = work->invoice.id, .corrected_id = c->corrected.id, .reason = c->reason,
                                .corrected_number = c->corrected.number, .corrected_on = c->corrected.issued_on};
}

int64_t work_asks(const struct invoice_work *work)
{
    return work->invoice.total_minor - work->deducted_minor - work->credit_used_minor;
}

/* Number and chain link under the series lock. */
static void seal_invoice(struct ctx *ctx, const char *prefix, struct invoice_work *work, struct series_head *head)
{
    const struct correction *correction = work->correction;
    struct credit_note note;
    struct invoice *invoice = &work->invoice;
    struct invoice_line *lines = ARENA_ARRAY(ctx->arena, struct invoice_line, work->line_count);
    char *number = arena_alloc(ctx->arena, NUMBER_BYTES);
    struct chain_record record;
    struct hash previous;
    struct hash digest;

    for (size_t i = 0; i < work->line_count; i++)
        lines[i] = work->lines[i].line;
    invoice->sequence = ++head->last_sequence;
    invoice->number = number_format(number, prefix, date_civil(ctx->today_on).year, invoice->sequence);
    if (correction != NULL)
        note = note_of(work);
    record = document_record(invoice, work->personal_digest, lines, work->line_count, &work->totals, correction != NULL ? &note : NULL,
                       correction != NULL ? correction->positions : NULL);
    record.deductions = work_deductions(ctx, work);
    record.deduction_count = work->deduction_count;
    record.exchange = chain_exchange_of(ctx->arena, &work->books);
    memcpy(previous.bytes, head->chain_head, HASH_BYTES);
    digest = chain_digest(&previous, chain_record_text(ctx->arena, &record));
    memcpy(invoice->chain_previous, previous.bytes, HASH_BYTES);
    memcpy(invoice->chain_digest, digest.bytes, HASH_BYTES);
    memcpy(head->chain_head, digest.bytes, HASH_BYTES);
}

/* ---- issuing ---- */

/* The two series of a group; a head is locked when the group has documents of its kind. */
struct numbering {
    char name[NUMBER_BYTES];
    const char *prefix;
    struct series_head head;
    bool used;
};

static enum err lock_numbering(struct ctx *ctx, struct numbering *n)
{
    if (!n->used)
        return OK;
    TRY(ctx, lock_series(ctx, n->name, &n->head));
    if (n->head.last_issued_on != DATE_NONE && ctx->today_on < n->head.last_issued_on)
        return FAIL(ctx, ERR_CONFLICT, "a document of a later day exists in %s", n->name);
    n->head.last_issued_on = ctx->today_on;
    return OK;
}

static enum err save_numbering(struct ctx *ctx, const struct numbering *n)
{
    return n->used ? save_series(ctx, n->name, &n->head) : OK;
}

static enum err sum_lines(struct ctx *ctx, struct invoice_work *work)
{
    memset(&work->totals, 0, sizeof work->totals);
    for (size_t i = 0; i < work->line_count; i++) {
        struct invoice_line *line = &work->lines[i].line;

        invoice_line_settle(line);
        if (!totals_add_line(&work->totals, &line->tax, line->tax.included ? line->priced_minor : line->net_minor))
            return FAIL(ctx, ERR_LIMIT, "the amount of an invoice is out of bounds");
    }
    return OK;
}

static enum err prepare_work(struct ctx *ctx, const struct company *company, struct invoice_work *work, int64_t id,
                             const char *series)
{
    const struct correction *c = work->correction;
    bool deposit = work->deposit_of_order != 0;

    if (c == NULL)
        TRY(ctx, sum_lines(ctx, work));
    else
        work->totals = c->totals;
    work->credit_used_minor = work->credit_base_minor = work->deducted_minor = work->deducted_vat_minor = 0;
    work->deduction_count = 0;
    work->invoice = (struct invoice){
        .id = id, .series = series, .kind = c != NULL ? "credit_note" : deposit ? "deposit" : "invoice", .customer_id = work->customer_id,
        .customer_version_id = work->customer_version_id, .company_version_id = company->id, .order_id = work->order_id,
        .subscription_id = work->subscription_id, .issued_on = ctx->today_on, .issued_at = ctx->now,
        .due_on = c == NULL && !deposit ? invoice_due_on(ctx->today_on, company->payment_terms_days) : ctx->today_on,
        .language = work->language, .currency = work->currency, .net_minor = work->totals.net_minor,
        .vat_minor = work->totals.vat_minor, .rounding_minor = work->totals.rounding_minor,
        .total_minor = work->totals.gross_minor,
        .vat_due = c != NULL ? c->corrected.vat_due : deposit ? vat_due_name(VAT_DUE_ON_PAYMENT) : company->vat_due};
    TRY(ctx, find_exchange(ctx, company->currency, &work->invoice, c != NULL ? &c->corrected : NULL, &work->books));
    work->invoice.books = work->books.exchange.rate_e6 != 0 ? work->books.exchange.base->code : "";
    work->invoice.books_rate_e6 = work->books.exchange.rate_e6;
    return work_converts(work) ? OK : FAIL(ctx, ERR_LIMIT, "an amount in %s is out of bounds in %s", work->currency, company->currency);
}

static void add_receivable(struct batch *b, struct invoice_work *work)
{
    const struct invoice *invoice = &work->invoice;
    int64_t open = work_asks(work);
    bool paid = open == 0;

    if (paid)
        work->collect_on = DATE_NONE;
    *(work->was_asked ? &b->asked[b->asked_count++] : &b->receivables[b->receivable_count++]) = (struct receivable){
        .invoice_id = invoice->id, .customer_id = invoice->customer_id, .subscription_id = invoice->subscription_id,
        .currency = invoice->currency, .total_minor = invoice->total_minor, .open_minor = open,
        .due_on = invoice->due_on, .collect_on = work->collect_on, .state = receivable_state_name(receivable_state_of(open)),
        .paid_on = paid ? invoice->issued_on : DATE_NONE};
}

static void add_note(struct batch *b, const struct invoice_work *work)
{
    const struct correction *c = work->correction;

    b->notes[b->note_count++] = note_of(work);
    for (size_t i = 0; i < work->line_count; i++)
        b->note_lines[b->note_line_count++] = (struct credit_note_line){
            .invoice_id = work->invoice.id, .position = (int32_t)i + 1, .corrected_id = c->corrected.id,
            .corrected_position = c->positions[i], .net_minor = work->lines[i].line.net_minor,
            .priced_minor = work->lines[i].line.priced_minor};
}

/* What is deducted of deposits leaves the account where they stand: their price less their VAT. */
static void post_deductions(const struct chart *chart, const struct invoice_work *work, struct posting_lines *sums)
{
    for (size_t i = 0; i < work->deduction_count; i++) {
        const struct deduction *d = &work->deductions[i];
        const char *account = d->account != NULL ? d->account : chart_account(chart, ACCOUNT_ADVANCE);
        struct posting_line line = {.account = account, .label = POSTING_ADVANCE, .net_minor = d->vat_minor - d->amount_minor, .stands = true,
                                    .base_minor = -d->base_minor};

        if (posting_lines_add(sums, &line))
            continue;
        line.account = sums->at[sums->count - 1].account;
        CHECK(posting_lines_add(sums, &line));
    }
}

/* Where everything that is asked is deducted or paid, no VAT waits. */
static int64_t vat_due_at_once(const struct invoice_work *work, int64_t vat_minor)
{
    int64_t asked = work->invoice.total_minor - work->deducted_minor;

    return asked == 0 ? vat_minor : posting_vat_share(vat_minor, asked, 0, work->credit_used_minor);
}

/* What a deposit that is credited leaves on 4191: as the rest of it stood there. */
static int64_t deposit_leaves(const struct invoice_work *work)
{
    const struct correction *c = work->correction;
    const struct exchange *x = &work->books.exchange;

    return exchange_step(x, c->rest.total_minor, c->rest.total_minor - work->invoice.total_minor) -
           exchange_step(x, c->rest.vat_minor, c->rest.vat_minor - work->invoice.vat_minor);
}

static void post_note(const struct invoice_work *work, int64_t rounding_minor, struct posting_lines *sums, struct posting_list *list)
{
    const struct correction *c = work->correction;
    struct posting_credit note = {
        .exchange = work->books.exchange, .vat_minor = work->invoice.vat_minor, .vat_waiting_minor = c->effect.vat_waiting_minor,
        .rounding_minor = rounding_minor, .total_base_minor = work->books.row.total_base_minor, .vat_base_minor = work->books.row.vat_base_minor,
        .customer_base_minor = exchange_step(&work->books.exchange, c->before.open_minor, c->effect.after.open_minor) +
                               exchange_minor(&work->books.exchange, c->effect.kept_minor)};

    for (size_t i = 0; i < c->deferral_count; i++) {
        const struct deferral *d = &c->deferrals[i];
        int64_t rest = d->amount_minor - d->recognised_minor;

        CHECK(posting_lines_add(sums, &(struct posting_line){.account = d->account, .label = POSTING_REVENUE, .deferred_minor = c->cancelled_minor[i],
                                                             .deferred_base_minor = exchange_step(&note.exchange, rest + c->cancelled_minor[i], rest)}));
    }
    if (vat_due_from_name(work->invoice.vat_due) == VAT_DUE_ON_PAYMENT)
        note.vat_waiting_base_minor = note.vat_base_minor - exchange_step(&note.exchange, credit_vat_due(&c->before), credit_vat_due(&c->effect.after));
    note.lines = *sums;
    posting_of_credit(&note, list);
}

static void post_work(const struct chart *chart, const struct invoice_work *work, struct posting_lines *sums, struct posting_list *list)
{
    const struct invoice *invoice = &work->invoice;
    int64_t vat_minor = invoice->vat_minor - work->deducted_vat_minor;
    int64_t rounding_minor = invoice->rounding_minor;

    if (corrects_deposit(work) || (work->deposit_of_order != 0 && rounding_minor != 0)) { /* a deposit is no income: all of it stands on 4191 */
        CHECK(posting_lines_add(sums, &(struct posting_line){.account = sums->at[0].account, .label = POSTING_ADVANCE, .net_minor = rounding_minor,
                                                             .stands = corrects_deposit(work),
                                                             .base_minor = corrects_deposit(work) ? deposit_leaves(work) : 0}));
        rounding_minor = 0;
    }
    if (work->correction != NULL) {
        post_note(work, rounding_minor, sums, list);
        return;
    }
    post_deductions(chart, work, sums);
    posting_of_invoice(&(struct posting_invoice){.exchange = work->books.exchange, .lines = *sums, .vat_minor = vat_minor,
                                                 .vat_paid_minor = vat_due_at_once(work, vat_minor), .rounding_minor = rounding_minor,
                                                 .vat_due = vat_due_from_name(invoice->vat_due),
                                                 .credit = {work->credit_used_minor, work->credit_base_minor}}, list);
}

static void add_work(struct ctx *ctx, struct batch *b, const struct accounts *accounts, struct invoice_work *work, int64_t entry_id)
{
    const struct invoice *invoice = &work->invoice;
    struct posting_lines sums = {.count = 0};
    struct posting_list list;
    size_t n = b->invoice_count++;

    b->invoices[n] = *invoice;
    add_lines(b, accounts, work, invoice->id, invoice->issued_on, &sums);
    add_taxes(b, work, invoice->id);
    add_distance(b, work, invoice);
    if (work->correction == NULL)
        add_receivable(b, work);
    else
        add_note(b, work);
    for (size_t i = 0; i < work->period_count; i++) {
        b->periods[b->period_count] = work->periods[i];
        b->periods[b->period_count++].invoice_id = invoice->id;
    }
    b->bookings[n] = (struct booking){
        .entry_id = entry_id, .journal = str_empty(work->journal) ? SALES_JOURNAL : work->journal, .on = invoice->issued_on, .source_kind = "invoice", .source_id = invoice->id,
        .reference = invoice->number, .customer_id = invoice->customer_id};
    booking_currencies(&b->bookings[n], invoice->currency, &work->books.exchange);
    post_work(&accounts->chart, work, &sums, &list);
    booking_items(ctx->arena, &b->bookings[n], &list);
    b->jobs[n] = (struct document_job){.kind = "invoice", .ref_id = invoice->id, .next_try_at = ctx->now};
}

/* What a note does to the invoice that it corrects. */
static enum err settle_corrected(struct ctx *ctx, const struct correction *c)
{
    struct receivable r = c->receivable;

    TRY(ctx, restart_deferrals(ctx, c->deferrals, c->deferral_count));
    if (c->effect.set_off_minor == 0)
        return OK;
    r.open_minor = c->effect.after.open_minor;
    r.state = receivable_state_name(receivable_state_of(r.open_minor));
    if (r.open_minor == 0) {
        r.paid_on = ctx->today_on;
        r.collect_on = DATE_NONE;
    }
    TRY(ctx, save_receivable(ctx, &r));
    return r.open_minor == 0 ? end_case_paid(ctx, r.invoice_id) : OK;
}

static enum err settle_all_corrected(struct ctx *ctx, const struct invoice_work *works, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (works[i].correction == NULL)
            continue;
        for (size_t j = 0; j < i; j++)
            if (works[j].correction != NULL && works[j].correction->corrected.id == works[i].correction->corrected.id)
                return FAIL(ctx, ERR_CONFLICT, "%s is corrected twice at once", works[i].correction->corrected.number);
        TRY(ctx, settle_corrected(ctx, works[i].correction));
    }
    return OK;
}

static enum err insert_documents(struct ctx *ctx, const struct batch *b, const struct credit_pool *pool)
{
    TRY(ctx, insert_invoices(ctx, b->invoices, b->invoice_count));
    TRY(ctx, insert_invoice_lines(ctx, b->lines, b->line_count));
    TRY(ctx, insert_invoice_taxes(ctx, b->taxes, b->tax_count));
    TRY(ctx, insert_distance_sales(ctx, b->distances, b->distance_count));
    TRY(ctx, insert_receivables(ctx, b->receivables, b->receivable_count));
    for (size_t i = 0; i < b->asked_count; i++)
        TRY(ctx, save_claim_invoiced(ctx, &b->asked[i]));
    TRY(ctx, insert_billing_periods(ctx, b->periods, b->period_count));
    TRY(ctx, insert_deferrals(ctx, b->deferrals, b->deferral_count));
    TRY(ctx, insert_document_jobs(ctx, b->jobs, b->invoice_count));
    TRY(ctx, insert_credit_notes(ctx, b->notes, b->note_count));
    TRY(ctx, insert_credit_note_lines(ctx, b->note_lines, b->note_line_count));
    return save_credit(ctx, pool);
}

/* The two series of a group. */
struct numbers {
    struct numbering of_invoices;
    struct numbering of_notes;
};

static struct numbering *number_of(struct numbers *n, const struct invoice_work *work)
{
    return work->correction == NULL ? &n->of_invoices : &n->of_notes;
}

/* Everything that is decided before the series is locked. */
static enum err weigh(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count, const struct invoice_ids *ids,
                      struct numbers *numbers, struct deduction_pool *deposits, struct credit_pool *credit)
{
    int year = date_civil(ctx->today_on).year;

    TRY(ctx, refuse_while_restored(ctx));
    *numbers = (struct numbers){{.prefix = company->invoice_prefix}, {.prefix = company->credit_prefix}};
    (void)number_series(numbers->of_invoices.name, numbers->of_invoices.prefix, year);
    (void)number_series(numbers->of_notes.name, numbers->of_notes.prefix, year);
    for (size_t i = 0; i < count; i++) {
        struct numbering *n = number_of(numbers, &works[i]);

        n->used = true;
        TRY(ctx, prepare_work(ctx, company, &works[i], ids->first_invoice_id + (int64_t)i, n->name));
    }
    TRY(ctx, share_deposits(ctx, works, count, deposits));
    return share_credit(ctx, works, count, credit);
}

enum err weigh_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count, const struct invoice_ids *ids)
{
    struct numbers *numbers = ARENA_NEW(ctx->arena, struct numbers);
    struct deduction_pool deposits;
    struct credit_pool credit;

    return weigh(ctx, company, works, count, ids, numbers, &deposits, &credit);
}

enum err issue_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids)
{
    struct batch b = batch_new(ctx->arena, works, count);
    struct numbers *numbers = ARENA_NEW(ctx->arena, struct numbers);
    struct credit_pool pool;
    struct deduction_pool deposits;
    struct accounts accounts;

    TRY(ctx, accounts_now(ctx, company, &accounts));
    TRY(ctx, weigh(ctx, company, works, count, ids, numbers, &deposits, &pool));
    TRY(ctx, settle_all_corrected(ctx, works, count));
    TRY(ctx, lock_numbering(ctx, &numbers->of_invoices));
    TRY(ctx, lock_numbering(ctx, &numbers->of_notes));
    for (size_t i = 0; i < count; i++) {
        struct numbering *n = number_of(numbers, &works[i]);

        convert_work(&works[i]);
        seal_invoice(ctx, n->prefix, &works[i], &n->head);
        add_work(ctx, &b, &accounts, &works[i], ids->first_entry_id + (int64_t)i);
    }
    TRY(ctx, insert_documents(ctx, &b, &pool));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, keep_exchange(ctx, &works[i].books));
    TRY(ctx, save_deductions(ctx, works, count, &deposits));
    TRY(ctx, save_numbering(ctx, &numbers->of_invoices));
    TRY(ctx, save_numbering(ctx, &numbers->of_notes));
    TRY(ctx, book_entries_by(ctx, &accounts.chart, b.bookings, b.invoice_count));
    if (ctx->today_on < accounts.chart.open_from_on)
        return FAIL(ctx, ERR_CONFLICT, "the period of this document was closed");
    crash_point("C07");
    return OK;
}
