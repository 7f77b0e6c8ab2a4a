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
#include "service/deducting.h"
#include "service/dunning.h"
#include "service/exchanging.h"
#include "service/restoring.h"
#include "store/chart.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/payable.h"
#include "store/receipt.h"
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
    struct receivable *asked; /* of those that stood as claims */
    struct billing_period_row *periods;
    struct booking *bookings;
    struct deferral *deferrals;
    struct document_job *jobs;
    struct distance_sale *distances;
    struct credit_note *notes;
    struct credit_note_line *note_lines;
    struct credit_allocation *credit_uses;
    size_t invoice_count, line_count, tax_count, receivable_count, asked_count, period_count, deferral_count, distance_count;
    size_t note_count, note_line_count, credit_use_count;
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

/* Where things are booked now: the chart's roles, and the accounts that products name. */
struct accounts {
    struct chart chart;
    struct product_account *products; /* by product */
    size_t product_count;
};

static enum err accounts_now(struct ctx *ctx, struct accounts *a)
{
    TRY(ctx, chart_now(ctx, &a->chart));
    return product_accounts(ctx, &a->products, &a->product_count);
}

static const char *account_of_product(const struct accounts *a, int64_t product_id)
{
    size_t low = 0;
    size_t high = a->product_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (a->products[middle].product_id < product_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->product_count && a->products[low].product_id == product_id ? a->products[low].account : NULL;
}

/* A line's account: that of the line which it corrects, 4191 of a deposit, else that of its product or its kind. */
static const char *account_of_line(const struct accounts *a, const struct invoice_work *work, size_t i)
{
    const struct chart *chart = &a->chart;
    const char *own = work->lines[i].account;

    if (own == NULL && work->lines[i].product_id != 0 && work->deposit_of_order == 0)
        own = account_of_product(a, work->lines[i].product_id);
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
        int64_t deferred = line->goods || work->correction != NULL || work->deposit_of_order != 0 ? 0 : deferral_at_issue(line->net_minor, line->period, issued_on);
        struct period rest = period_is_none(line->period)
                                 ? line->period
                                 : period_overlap(line->period, (struct period){issued_on, DATE_NONE});

        CHECK(posting_lines_add(sums, account, label, line->net_minor, deferred));
        b->lines[b->line_count++] = (struct invoice_line_row){
            .invoice_id = invoice_id, .position = (int32_t)i + 1,
            .subscription_line_id = work->lines[i].subscription_line_id, .quote_line_id = work->lines[i].quote_line_id,
            .kind = line_kind_name(line->kind), .description = line->description, .period_from_on = line->period.from_on,
            .period_until_on = line->period.until_on, .unit = work->lines[i].unit, .quantity_e4 = line->quantity_e4,
            .unit_price_e4 = line->unit_price_e4, .discount_ppm = line->discount_ppm,
            .allowance_minor = line->allowance_minor, .net_minor = line->net_minor,
            .priced_minor = line->priced_minor, .tax_category = tax_category_code(line->tax.category),
            .tax_rate_ppm = line->tax.rate_ppm, .tax_reason = tax_reason_name(line->tax.reason),
            .vatex = tax_vatex(line->tax.reason), .tax_country = line->tax.country, .account = account,
            .nature = line->goods ? "goods" : "service"};
        if (deferred == 0)
            continue;
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

/* note is NULL for an invoice. */
static struct chain_record record_of(const struct invoice *invoice, const unsigned char *personal_digest,
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
    record = record_of(invoice, work->personal_digest, lines, work->line_count, &work->totals, correction != NULL ? &note : NULL,
                       correction != NULL ? correction->positions : NULL);
    record.deductions = work_deductions(ctx, work);
    record.deduction_count = work->deduction_count;
    memcpy(previous.bytes, head->chain_head, HASH_BYTES);
    digest = chain_digest(&previous, chain_record_text(ctx->arena, &record));
    memcpy(invoice->chain_previous, previous.bytes, HASH_BYTES);
    memcpy(invoice->chain_digest, digest.bytes, HASH_BYTES);
    memcpy(head->chain_head, digest.bytes, HASH_BYTES);
}

/* ---- the customer's credit ---- */

struct spare_credit {
    struct customer_credit row;
    bool is_new; /* of a note in this group */
    bool changed;
    struct spare_credit *next;
};

enum { HOLDERS_AT_ONCE = 1000 };

struct credit_pool {
    struct credit_holder *holders; /* who may have some; more than these: everybody may */
    size_t holder_count;
    struct spare_credit *first;
    struct spare_credit **end;
    size_t count;
};

static void pool_add(struct ctx *ctx, struct credit_pool *pool, const struct customer_credit *row, bool is_new)
{
    struct spare_credit *spare = ARENA_NEW(ctx->arena, struct spare_credit);

    *spare = (struct spare_credit){.row = *row, .is_new = is_new};
    *pool->end = spare;
    pool->end = &spare->next;
    pool->count++;
}

static bool uses_credit(const struct invoice_work *work)
{
    return work->correction == NULL && !work->leaves_credit && work->deposit_of_order == 0 && work->totals.gross_minor > work->deducted_minor;
}

static enum err find_holders(struct ctx *ctx, struct credit_pool *pool, const struct invoice_work *works, size_t count)
{
    int64_t first = INT64_MAX;
    int64_t last = 0;

    for (size_t i = 0; i < count; i++)
        if (uses_credit(&works[i])) {
            first = works[i].customer_id < first ? works[i].customer_id : first;
            last = works[i].customer_id > last ? works[i].customer_id : last;
        }
    return last == 0 ? OK : credit_holders(ctx, first, last, HOLDERS_AT_ONCE, &pool->holders, &pool->holder_count);
}

static bool may_hold(const struct credit_pool *pool, int64_t customer_id)
{
    for (size_t i = 0; i < pool->holder_count; i++)
        if (pool->holders[i].customer_id == customer_id)
            return true;
    return pool->holder_count == HOLDERS_AT_ONCE;
}

/* What the customer has by now, once per customer and currency of a group. */
static enum err pool_fill(struct ctx *ctx, struct credit_pool *pool, const struct invoice_work *works, size_t which)
{
    const struct invoice_work *work = &works[which];
    struct customer_credit *rows;
    size_t count;

    if (!may_hold(pool, work->customer_id))
        return OK;
    for (size_t i = 0; i < which; i++)
        if (uses_credit(&works[i]) && works[i].customer_id == work->customer_id && strcmp(works[i].currency, work->currency) == 0)
            return OK;
    TRY(ctx, lock_spare_credits(ctx, work->customer_id, work->currency, &rows, &count));
    for (size_t i = 0; i < count; i++)
        pool_add(ctx, pool, &rows[i], false);
    return OK;
}

int64_t work_asks(const struct invoice_work *work)
{
    return work->invoice.total_minor - work->deducted_minor - work->credit_used_minor;
}

/* Takes from the pool, oldest first, what the invoice asks for. */
static void pool_use(struct ctx *ctx, struct credit_pool *pool, struct batch *b, struct invoice_work *work)
{
    for (struct spare_credit *s = pool->first; s != NULL && work_asks(work) > 0; s = s->next) {
        int64_t wanted = work_asks(work);
        int64_t used = s->row.left_minor < wanted ? s->row.left_minor : wanted;

        if (used == 0 || s->row.customer_id != work->customer_id || strcmp(s->row.currency, work->currency) != 0)
            continue;
        s->row.left_minor -= used;
        s->changed = true;
        work->credit_used_minor += used;
        b->credit_uses[b->credit_use_count++] = (struct credit_allocation){
            .credit_note_id = s->row.credit_note_id, .invoice_id = work->invoice.id, .amount_minor = used, .used_on = ctx->today_on};
    }
}

/* What notes leave, in order, and what invoices take of it. A note pays what is open of its own invoice first. */
static enum err share_credit(struct ctx *ctx, struct batch *b, struct invoice_work *works, size_t count, struct credit_pool *pool)
{
    pool->end = &pool->first;
    TRY(ctx, find_holders(ctx, pool, works, count));
    for (size_t i = 0; i < count; i++) {
        const struct correction *c = works[i].correction;

        if (c != NULL)
            pool_add(ctx, pool, &(struct customer_credit){works[i].invoice.id, works[i].customer_id, works[i].currency,
                                                         works[i].invoice.total_minor, c->effect.kept_minor}, true);
        else if (uses_credit(&works[i]))
            TRY(ctx, pool_fill(ctx, pool, works, i));
    }
    if (pool->count == 0)
        return OK;
    b->credit_uses = ARENA_ARRAY(ctx->arena, struct credit_allocation, pool->count + 2 * count); /* each use empties one or ends one */
    for (size_t i = 0; i < count; i++) {
        const struct correction *c = works[i].correction;

        if (c != NULL && c->effect.set_off_minor > 0)
            b->credit_uses[b->credit_use_count++] = (struct credit_allocation){
                .credit_note_id = works[i].invoice.id, .invoice_id = c->corrected.id, .amount_minor = c->effect.set_off_minor,
                .used_on = ctx->today_on};
        else if (uses_credit(&works[i]))
            pool_use(ctx, pool, b, &works[i]);
    }
    return OK;
}

static enum err save_credit(struct ctx *ctx, const struct credit_pool *pool)
{
    struct customer_credit *made = ARENA_ARRAY(ctx->arena, struct customer_credit, pool->count + 1);
    struct customer_credit *changed = ARENA_ARRAY(ctx->arena, struct customer_credit, pool->count + 1);
    size_t made_count = 0;
    size_t changed_count = 0;

    for (const struct spare_credit *s = pool->first; s != NULL; s = s->next)
        if (s->is_new)
            made[made_count++] = s->row;
        else if (s->changed)
            changed[changed_count++] = s->row;
    TRY(ctx, insert_customer_credits(ctx, made, made_count));
    return save_customer_credits(ctx, changed, changed_count);
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
    work->credit_used_minor = work->deducted_minor = work->deducted_vat_minor = 0;
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
    return OK;
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
        int64_t net_minor = d->vat_minor - d->amount_minor;

        if (!posting_lines_add(sums, account, POSTING_ADVANCE, net_minor, 0))
            CHECK(posting_lines_add(sums, sums->at[sums->count - 1].account, POSTING_ADVANCE, net_minor, 0));
    }
}

/* Where everything that is asked is deducted or paid, no VAT waits. */
static int64_t vat_due_at_once(const struct invoice_work *work, int64_t vat_minor)
{
    int64_t asked = work->invoice.total_minor - work->deducted_minor;

    return asked == 0 ? vat_minor : posting_vat_share(vat_minor, asked, 0, work->credit_used_minor);
}

static void post_work(const struct chart *chart, const struct invoice_work *work, struct posting_lines *sums, struct posting_list *list)
{
    const struct invoice *invoice = &work->invoice;
    const struct correction *c = work->correction;
    int64_t vat_minor = invoice->vat_minor - work->deducted_vat_minor;
    int64_t rounding_minor = invoice->rounding_minor;

    if ((work->deposit_of_order != 0 || corrects_deposit(work)) && rounding_minor != 0) { /* a deposit is no income: all of it stands on 4191 */
        CHECK(posting_lines_add(sums, sums->at[0].account, POSTING_ADVANCE, rounding_minor, 0));
        rounding_minor = 0;
    }
    if (c == NULL) {
        post_deductions(chart, work, sums);
        posting_of_invoice(&(struct posting_invoice){.lines = *sums, .vat_minor = vat_minor, .vat_paid_minor = vat_due_at_once(work, vat_minor),
                                                     .rounding_minor = rounding_minor, .vat_due = vat_due_from_name(invoice->vat_due)}, list);
        return;
    }
    for (size_t i = 0; i < c->deferral_count; i++)
        CHECK(posting_lines_add(sums, c->deferrals[i].account, POSTING_REVENUE, 0, c->cancelled_minor[i]));
    posting_of_credit(&(struct posting_credit){.lines = *sums, .vat_minor = vat_minor, .vat_waiting_minor = c->effect.vat_waiting_minor,
                                               .rounding_minor = rounding_minor}, list);
}

static void add_work(struct ctx *ctx, struct batch *b, const struct accounts *accounts, struct invoice_work *work, int64_t entry_id)
{
    const struct invoice *invoice = &work->invoice;
    struct posting_lines sums = {.count = 0};
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
        .entry_id = entry_id, .journal = "VT", .on = invoice->issued_on, .source_kind = "invoice", .source_id = invoice->id,
        .reference = invoice->number, .currency = invoice->currency, .customer_id = invoice->customer_id};
    post_work(&accounts->chart, work, &sums, &b->bookings[n].list);
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
    TRY(ctx, save_credit(ctx, pool));
    return insert_credit_allocations(ctx, b->credit_uses, b->credit_use_count);
}

enum err issue_invoices(struct ctx *ctx, const struct company *company, struct invoice_work *works, size_t count,
                        const struct invoice_ids *ids)
{
    struct batch b = batch_new(ctx->arena, works, count);
    struct credit_pool pool = {.count = 0};
    struct deduction_pool deposits;
    struct numbering *of_invoices = ARENA_NEW(ctx->arena, struct numbering);
    struct numbering *of_notes = ARENA_NEW(ctx->arena, struct numbering);
    struct accounts accounts;

    TRY(ctx, refuse_while_restored(ctx));
    TRY(ctx, accounts_now(ctx, &accounts));
    *of_invoices = (struct numbering){.prefix = company->invoice_prefix};
    *of_notes = (struct numbering){.prefix = company->credit_prefix};
    (void)number_series(of_invoices->name, of_invoices->prefix, date_civil(ctx->today_on).year);
    (void)number_series(of_notes->name, of_notes->prefix, date_civil(ctx->today_on).year);
    for (size_t i = 0; i < count; i++) {
        struct numbering *n = works[i].correction == NULL ? of_invoices : of_notes;

        n->used = true;
        TRY(ctx, prepare_work(ctx, company, &works[i], ids->first_invoice_id + (int64_t)i, n->name));
    }
    TRY(ctx, share_deposits(ctx, works, count, &deposits));
    TRY(ctx, share_credit(ctx, &b, works, count, &pool));
    TRY(ctx, settle_all_corrected(ctx, works, count));
    TRY(ctx, lock_numbering(ctx, of_invoices));
    TRY(ctx, lock_numbering(ctx, of_notes));
    for (size_t i = 0; i < count; i++) {
        struct numbering *n = works[i].correction == NULL ? of_invoices : of_notes;

        seal_invoice(ctx, n->prefix, &works[i], &n->head);
        add_work(ctx, &b, &accounts, &works[i], ids->first_entry_id + (int64_t)i);
    }
    TRY(ctx, insert_documents(ctx, &b, &pool));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, keep_exchange(ctx, company, &works[i].invoice, works[i].correction != NULL ? works[i].correction->corrected.id : 0));
    TRY(ctx, save_deductions(ctx, works, count, &deposits));
    TRY(ctx, save_numbering(ctx, of_invoices));
    TRY(ctx, save_numbering(ctx, of_notes));
    TRY(ctx, book_entries(ctx, b.bookings, b.invoice_count));
    TRY(ctx, period_is_open(ctx, ctx->today_on));
    crash_point("C07");
    return OK;
}

enum err credit_account_of(struct ctx *ctx, const struct invoice *invoice, const struct receivable *receivable,
                           struct credit_account *account)
{
    struct credited credited;
    struct deducted deducted;

    TRY(ctx, credited_of(ctx, invoice->id, &credited));
    TRY(ctx, deducted_from(ctx, invoice->id, &deducted));
    *account = (struct credit_account){invoice->total_minor - deducted.total_minor - credited.total_minor,
                                       invoice->vat_minor - deducted.vat_minor - credited.vat_minor, receivable->open_minor};
    return OK;
}

enum err allocate_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking, int64_t *above_minor)
{
    struct receivable receivable;
    struct invoice invoice;
    struct credit_account asked;
    struct posting_payment payment = {.money_account = money_account, .amount_minor = amount_minor};
    int64_t booked;

    TRY(ctx, lock_receivable(ctx, invoice_id, &receivable));
    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    booked = amount_minor < receivable.open_minor ? amount_minor : receivable.open_minor;
    TRY(ctx, credit_account_of(ctx, &invoice, &receivable, &asked));
    if (asked.total_minor >= 0) { /* else more was credited than was asked: nothing of the payment is for it */
        payment.invoice_total_minor = asked.total_minor;
        payment.invoice_vat_minor = asked.vat_minor;
        payment.paid_before_minor = asked.total_minor - receivable.open_minor;
    }
    payment.vat_due = vat_due_from_name(invoice.vat_due);
    *booking = (struct booking){.journal = "BQ", .on = ctx->today_on, .source_kind = "payment", .source_id = payment_id,
                                .reference = invoice.number, .currency = invoice.currency, .customer_id = invoice.customer_id};
    posting_of_payment(&payment, &booking->list);
    if (booked > 0)
        TRY(ctx, insert_allocation(ctx, payment_id, invoice_id, booked));
    receivable.open_minor -= booked;
    receivable.state = receivable_state_name(receivable_state_of(receivable.open_minor));
    if (receivable.open_minor == 0) {
        receivable.paid_on = ctx->today_on;
        receivable.collect_on = DATE_NONE;
    }
    *above_minor = amount_minor - booked;
    TRY(ctx, save_receivable(ctx, &receivable));
    return receivable.open_minor == 0 ? end_case_paid(ctx, invoice_id) : OK;
}

enum err allocate_receipt(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                          struct booking *booking)
{
    struct advance advance = {.payment_id = payment_id};

    TRY(ctx, allocate_payment(ctx, payment_id, invoice_id, amount_minor, money_account, booking, &advance.total_minor));
    advance.customer_id = booking->customer_id;
    advance.currency = booking->currency;
    advance.left_minor = advance.total_minor;
    return advance.total_minor > 0 ? insert_advances(ctx, &advance, 1) : OK; /* paid otherwise or credited meanwhile */
}

enum err book_payment(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor, const char *money_account,
                      int64_t entry_id)
{
    struct booking booking;

    TRY(ctx, allocate_receipt(ctx, payment_id, invoice_id, amount_minor, money_account, &booking));
    booking.entry_id = entry_id;
    return book_entries(ctx, &booking, 1);
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
    *record = record_of(invoice, customer.personal_digest, lines, count, totals, note, positions);
    TRY(ctx, stored_deductions(ctx, invoice->id, &deductions, &record->deduction_count));
    record->deductions = deductions;
    return OK;
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
