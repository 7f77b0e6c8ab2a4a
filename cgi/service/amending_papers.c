#include "service/amending_papers.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/tier.h"
#include "service/crediting.h"
#include "service/tiering.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { TEXT_BYTES = 500 };

/* What is given back of the lines of one invoice. */
static struct credit_part *note_parts(struct ctx *ctx, const struct deal *d, int64_t invoice_id, size_t *count)
{
    struct credit_part *parts = ARENA_ARRAY(ctx->arena, struct credit_part, d->change.credit_count + 1);

    *count = 0;
    for (size_t i = 0; i < d->change.credit_count; i++) {
        const struct amendment_credit *credit = &d->change.credits[i];
        const struct invoiced_row *row = &d->invoiced[credit->invoiced];

        if (row->invoice_id == invoice_id)
            parts[(*count)++] = (struct credit_part){.position = row->invoice_position, .amount_minor = credit->minor,
                                                        .quantity_e4 = credit->quantity_e4, .period = credit->part};
    }
    return parts;
}

/* The reason where nobody gave one, in the language of the invoice that the note corrects, as the rest of the note is. */
static enum err reason_on(struct ctx *ctx, int64_t invoice_id, const char **reason)
{
    char *language = arena_strdup(ctx->arena, words_language());
    struct invoice invoice;

    TRY(ctx, invoice_by_id(ctx, invoice_id, &invoice));
    words_use(invoice.language);
    *reason = tr("Change of the subscription");
    words_use(language);
    return OK;
}

static bool is_noted(const struct deal *d, size_t credit)
{
    for (size_t i = 0; i < credit; i++)
        if (d->invoiced[d->change.credits[i].invoiced].invoice_id == d->invoiced[d->change.credits[credit].invoiced].invoice_id)
            return true;
    return false;
}

enum err write_notes(struct ctx *ctx, struct deal *d, bool preview, struct papers *papers)
{
    for (size_t i = 0; i < d->change.credit_count; i++) {
        struct credit_request request = {.invoice_id = d->invoiced[d->change.credits[i].invoiced].invoice_id, .reason = d->a->reason};

        if (is_noted(d, i))
            continue;
        if (papers->count == AMENDING_NOTES_MAX)
            return FAIL(ctx, ERR_LIMIT, "a change of %s corrects too many invoices", d->s.number);
        request.parts = note_parts(ctx, d, request.invoice_id, &request.part_count);
        if (str_empty(request.reason))
            TRY(ctx, reason_on(ctx, request.invoice_id, &request.reason));
        TRY(ctx, preview ? preview_credit_note(ctx, &request, &papers->works[papers->count])
                         : prepare_credit_note(ctx, &request, &papers->works[papers->count]));
        if (request.refusal != CREDIT_NOT_REFUSED) {
            deal_refuse(d, credit_refusal_text(request.refusal), AMENDING_AT_FORM, 0);
            return OK;
        }
        papers->count++;
    }
    papers->note_count = papers->count;
    return OK;
}

static const struct subscription_line *line_of_charge(const struct deal *d, const struct amendment_charge *charge)
{
    if (charge->opening != AMENDMENT_NO_INDEX)
        return &d->all[d->line_count + charge->opening];
    return charge->line != AMENDMENT_NO_INDEX ? &d->all[charge->line] : NULL;
}

/* Additions stand behind the edits. */
static const struct amendment_item_row *item_of_charge(const struct deal *d, const struct amendment_charge *charge)
{
    const struct amendment_item_row *item = NULL;
    size_t nth = 0;

    for (size_t i = 0; i < d->item_count && item == NULL; i++)
        if (d->items[i].slot == 0 && nth++ == charge->addition)
            item = &d->items[i];
    CHECK(item != NULL);
    return item;
}

/* A part of a price in tiers says which; a change of quantity in tiers says from how many to how many. */
static enum err words_of_charge(struct ctx *ctx, const struct amendment_charge *charge, const struct subscription_line *line, const char *language,
                                const char **text)
{
    char *before;
    struct price_rule rule;

    *text = line->description;
    if (!charge->tiered)
        return OK;
    TRY(ctx, subscription_line_rule(ctx, line, &rule));
    if (charge->parts) {
        *text = part_text(ctx, language, line->description, line->unit, line->unit_plural, &rule, line->quantity_e4, &charge->price_part);
        return OK;
    }
    before = arena_strdup(ctx->arena, words_language());
    words_use(language);
    *text = charge->before_e4 == 0
                ? tr_fill(ctx->arena, "{product}, {quantity}", "product", line->description, "quantity",
                          phrase_quantity(ctx->arena, language, charge->after_e4, line->unit, line->unit_plural), NULL)
                : tr_fill(ctx->arena, "{product}, from {before} to {after}", "product", line->description, "before",
                          format_quantity(ctx->arena, language, charge->before_e4), "after",
                          phrase_quantity(ctx->arena, language, charge->after_e4, line->unit, line->unit_plural), NULL);
    words_use(before);
    *text = str_cut(ctx->arena, *text, TEXT_BYTES);
    return OK;
}

static enum err charged_line(struct ctx *ctx, const struct deal *d, const struct amendment_charge *charge, struct work_line *work, const char **tax_class)
{
    const struct subscription_line *line = line_of_charge(d, charge);

    *work = (struct work_line){
        .line = {.kind = line != NULL ? LINE_RECURRING : LINE_ONE_TIME, .period = charge->part, .quantity_e4 = charge->quantity_e4,
                 .unit_price_e4 = charge->unit_price_e4, .discount_ppm = charge->discount_ppm, .allowance_minor = charge->allowance_minor, .coupon = charge->coupon,
                 .net_minor = charge->minor},
        .unit = ""};
    if (line != NULL) {
        TRY(ctx, words_of_charge(ctx, charge, line, d->buyer.language, &work->line.description));
        work->line.goods = str_equal(line->product_kind, "goods");
        work->line.share_of_days = work->line.goods ? 0 : period_share_of(charge->part, charge->natural);
        work->unit = charge->tiered && (!charge->parts || charge->price_part.fee) ? "" : line->unit;
        work->subscription_line_id = line->id;
        work->product_id = line->product_id;
        *tax_class = line->tax_class;
    } else {
        const struct amendment_item_row *item = item_of_charge(d, charge);

        work->product_id = item->product_id;
        work->line.description = item->description;
        work->product_id = item->product_id;
        work->line.goods = str_equal(item->product_kind, "goods");
        work->unit = item->unit;
        *tax_class = item->tax_class;
    }
    return OK;
}

static void add_period(struct invoice_work *work, struct billing_period_row *periods, struct billing_period_row row)
{
    periods[work->period_count++] = row;
    work->periods = periods;
}

/* Lines that a period's bill would have; then the charges. */
static enum err invoice_lines_of(struct ctx *ctx, const struct deal *d, struct papers *papers, struct invoice_work *work, struct tax_line *taxed)
{
    const struct billing_plan *plan = &d->last;
    struct billing_period_row *periods = ARENA_ARRAY(ctx->arena, struct billing_period_row, plan->count + 1);

    for (size_t i = 0; i < plan->count; i++) {
        const struct billing_item *item = &plan->items[i];

        add_period(work, periods, (struct billing_period_row){
            .subscription_id = d->s.id, .line_group = billing_line_group(item->timing), .epoch = d->s.epoch,
            .from_on = item->natural.from_on, .until_on = item->natural.until_on, .period_index = item->index});
        for (size_t k = 0; k < item->line_count && work->line_count < INVOICE_LINES_MAX; k++) {
            const struct billing_item_line *billed = &item->lines[k];
            const struct subscription_line *line = &d->last_lines[billed->line];

            taxed[work->line_count] = (struct tax_line){.tax_class = line->tax_class, .goods = str_equal(line->product_kind, "goods"),
                                                        .priced_minor = billed->net_minor};
            work->lines[work->line_count++] = (struct work_line){
                .line = {.kind = LINE_RECURRING, .description = line->description, .period = billed->period, .share_of_days = billed->share_of_days, .quantity_e4 = line->quantity_e4,
                         .unit_price_e4 = line->unit_price_e4, .discount_ppm = billed->discount_ppm, .allowance_minor = billed->allowance_minor, .coupon = billed->coupon, .net_minor = billed->net_minor,
                         .goods = str_equal(line->product_kind, "goods")},
                .unit = line->unit, .subscription_line_id = line->id, .product_id = line->product_id};
        }
    }
    papers->first_charge = work->line_count;
    for (size_t i = 0; i < d->change.charge_count && work->line_count < INVOICE_LINES_MAX; i++) {
        struct work_line *line = &work->lines[work->line_count];
        const char *tax_class;

        TRY(ctx, charged_line(ctx, d, &d->change.charges[i], line, &tax_class));
        taxed[work->line_count++] = (struct tax_line){.tax_class = tax_class, .goods = line->line.goods, .priced_minor = line->line.net_minor};
    }
    if (d->change.charge_count > 0 && (d->change.new_epoch || d->a->kind == AMENDMENT_RENEW)) {
        int32_t index = d->after.next_index - 1;
        struct period natural = schedule_period(&d->change.schedule, index);

        add_period(work, periods, (struct billing_period_row){.subscription_id = d->s.id, .epoch = d->after.epoch, .from_on = natural.from_on,
                                                              .until_on = natural.until_on, .period_index = index});
    }
    return OK;
}

enum err write_invoice(struct ctx *ctx, struct deal *d, struct papers *papers)
{
    const struct tax_buyer who = {.country = d->buyer.country, .postal_code = d->buyer.postal_code, .vat_id = d->buyer.vat_id,
                                  .is_company = d->buyer.is_company, .vat_checked = d->buyer.vat_checked};
    struct invoice_work *work = &papers->works[papers->count];
    struct tax_line *taxed = ARENA_ARRAY(ctx->arena, struct tax_line, INVOICE_LINES_MAX);
    bool complete;

    *work = (struct invoice_work){
        .customer_id = d->buyer.customer_id, .customer_version_id = d->buyer.version_id, .personal_digest = d->buyer.personal_digest,
        .language = d->buyer.language, .currency = d->s.currency, .subscription_id = d->s.id, .journal = d->s.journal,
        .order_id = d->a->order_id, .leaves_credit = d->a->paid,
        .collect_on = d->s.payment_method_id != 0 && !d->a->paid ? ctx->today_on : DATE_NONE,
        .lines = ARENA_ARRAY(ctx->arena, struct work_line, INVOICE_LINES_MAX)};
    TRY(ctx, invoice_lines_of(ctx, d, papers, work, taxed));
    if (work->line_count == 0)
        return OK;
    if (work->line_count == INVOICE_LINES_MAX)
        return FAIL(ctx, ERR_LIMIT, "a change of %s has too many lines", d->s.number);
    TRY(ctx, tax_sale(ctx, &d->taxing, &who, d->s.currency, d->change.effective_on, taxed, work->line_count, &complete));
    for (size_t i = 0; i < work->line_count; i++) {
        if (!complete && !taxed[i].decided)
            return FAIL(ctx, ERR_LIMIT, TAX_MISSING, taxed[i].tax_class, d->buyer.country);
        work->lines[i].line.tax = taxed[i].tax;
        if (!totals_add_line(&work->totals, &taxed[i].tax, taxed[i].priced_minor))
            return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", d->s.number);
    }
    papers->count++;
    return OK;
}

/* The sums as people see them, from the very works that are issued. */
void sum_papers(struct amending *a, const struct papers *papers)
{
    for (size_t i = 0; i < papers->note_count; i++) {
        const struct totals *totals = &papers->works[i].correction->totals;

        a->credited_net_minor += totals->net_minor;
        a->credited_vat_minor += totals->vat_minor;
        a->credited_minor += totals->gross_minor;
    }
    if (papers->count > papers->note_count)
        a->charged = papers->works[papers->note_count].totals;
}

enum err write_steps(struct ctx *ctx, struct deal *d)
{
    const struct amendment *change = &d->change;
    const struct billing_plan *plan = &d->last;
    struct amending_step *steps = ARENA_ARRAY(ctx->arena, struct amending_step, change->charge_count + change->credit_count + INVOICE_LINES_MAX);
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; k < plan->items[i].line_count && count < INVOICE_LINES_MAX; k++) {
            const struct billing_item_line *billed = &plan->items[i].lines[k];
            const struct subscription_line *line = &d->last_lines[billed->line];
            bool metered = str_equal(line->timing, "usage");

            steps[count++] = (struct amending_step){
                .description = line->description, .quantity_e4 = line->quantity_e4, .period = billed->period,
                .days = metered ? 0 : period_days(billed->period), .of_days = metered ? 0 : period_days(plan->items[i].natural),
                .of_minor = billed->allowance_minor == 0 ? billed->full_minor : 0, .minor = billed->net_minor, .invoice = ""};
        }
    for (size_t i = 0; i < change->charge_count; i++) {
        const struct amendment_charge *charge = &change->charges[i];
        struct work_line line;
        const char *tax_class;

        TRY(ctx, charged_line(ctx, d, charge, &line, &tax_class));
        steps[count++] = (struct amending_step){
            .description = line.line.description, .quantity_e4 = charge->tiered && !charge->parts ? 0 : charge->quantity_e4, .period = charge->part,
            .days = period_is_none(charge->part) ? 0 : period_days(charge->part),
            .of_days = period_is_none(charge->natural) ? 0 : period_days(charge->natural), .of_minor = charge->full_minor,
            .minor = charge->minor, .invoice = ""};
    }
    for (size_t i = 0; i < change->credit_count; i++) {
        const struct amendment_credit *credit = &change->credits[i];
        const struct invoiced_row *row = &d->invoiced[credit->invoiced];
        struct invoice invoice;
        const char *description = "";

        TRY(ctx, invoice_by_id(ctx, row->invoice_id, &invoice));
        for (size_t k = 0; k < d->line_count; k++)
            if (d->lines[k].position == row->slot)
                description = d->lines[k].description;
        steps[count++] = (struct amending_step){
            .description = description, .quantity_e4 = credit->quantity_e4, .of_quantity_e4 = credit->of_quantity_e4, .period = credit->part,
            .days = credit->days, .of_days = credit->of_days, .of_minor = d->facts.invoiced[credit->invoiced].minor, .minor = -credit->minor,
            .invoice = invoice.number};
    }
    d->a->steps = steps;
    d->a->step_count = count;
    return OK;
}

void papers_know_lines(const struct deal *d, struct papers *papers)
{
    for (size_t i = papers->note_count; i < papers->count; i++)
        for (size_t k = 0; k < d->change.charge_count; k++) {
            const struct subscription_line *line = line_of_charge(d, &d->change.charges[k]);

            papers->works[i].lines[papers->first_charge + k].subscription_line_id = line != NULL ? line->id : 0;
        }
}
