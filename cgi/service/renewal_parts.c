#include "service/renewal_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/billing.h"
#include "core/date.h"
#include "store/sales_journal.h"

enum err add_renewal_parts(struct ctx *ctx, struct renewal_parts *parts, const struct subscription *s, const struct buyer *buyer,
                           const struct subscription_line *lines, const struct billing_plan *plan)
{
    for (size_t i = 0, next; i < plan->count; i = next) {
        for (next = i; next < plan->count && plan->items[next].due_on == plan->items[i].due_on; next++)
            continue;
        if (parts->count == parts->max)
            return FAIL(ctx, ERR_LIMIT, "%s has too many periods to bill at once", s->number);
        parts->of[parts->count++] = (struct renewal_part){s, buyer, lines, &plan->items[i], next - i};
    }
    parts->periods += (int64_t)plan->count;
    return OK;
}

static size_t count_lines(const struct renewal_part *parts, size_t count)
{
    size_t lines = 0;

    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            lines += parts[p].items[i].line_count;
    return lines;
}

enum err tax_renewal_parts(struct ctx *ctx, struct taxing *taxing, const struct renewal_part *parts, size_t part_count,
                           struct tax_line **taxed)
{
    const struct buyer *buyer = parts[0].buyer;
    const struct tax_buyer who = {.country = buyer->country, .postal_code = buyer->postal_code, .vat_id = buyer->vat_id,
                                  .is_company = buyer->is_company, .vat_checked = buyer->vat_checked};
    size_t count = 0;
    bool complete;

    *taxed = ARENA_ARRAY(ctx->arena, struct tax_line, count_lines(parts, part_count) + 1);
    for (size_t p = 0; p < part_count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            for (size_t k = 0; k < parts[p].items[i].line_count; k++) {
                const struct billing_item_line *billed = &parts[p].items[i].lines[k];
                const struct subscription_line *line = &parts[p].lines[billed->line];

                (*taxed)[count++] = (struct tax_line){.tax_class = line->tax_class, .priced_minor = billed->net_minor,
                                                      .goods = strcmp(line->product_kind, "goods") == 0};
            }
    TRY(ctx, tax_sale(ctx, taxing, &who, parts[0].subscription->currency, parts[0].items[0].due_on, *taxed, count, &complete));
    for (size_t i = 0; i < count && !complete; i++)
        if (!(*taxed)[i].decided)
            return FAIL(ctx, ERR_LIMIT, TAX_MISSING, (*taxed)[i].tax_class, buyer->country);
    return OK;
}

static void add_item(struct invoice_work *work, const struct renewal_part *part, const struct billing_item *item,
                     struct billing_period_row *period, const struct tax_line *taxed)
{
    *period = (struct billing_period_row){.subscription_id = part->subscription->id,
                                          .line_group = billing_line_group(item->timing), .epoch = part->subscription->epoch, .from_on = item->natural.from_on,
                                          .until_on = item->natural.until_on, .period_index = item->index};
    for (size_t i = 0; i < item->line_count; i++) {
        const struct billing_item_line *billed = &item->lines[i];
        const struct subscription_line *line = &part->lines[billed->line];

        work->lines[work->line_count++] = (struct work_line){
            .line = {.kind = LINE_RECURRING, .description = line->description, .period = billed->period, .share_of_days = billed->share_of_days,
                     .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->unit_price_e4,
                     .discount_ppm = billed->discount_ppm, .allowance_minor = billed->allowance_minor, .coupon = billed->coupon, .net_minor = billed->net_minor, .tax = taxed[i].tax,
                     .goods = taxed[i].goods},
            .unit = line->unit, .subscription_line_id = line->id, .product_id = line->product_id};
    }
}

/* One invoice of one part, or of the parts of one customer that belong together. */
static enum err draft_invoice(struct ctx *ctx, struct taxing *taxing, const struct renewal_part *parts, size_t part_count, bool was_asked,
                              struct invoice_work *work)
{
    const struct subscription *s = parts[0].subscription;
    struct billing_period_row *periods = ARENA_ARRAY(ctx->arena, struct billing_period_row, 2 * part_count);
    size_t line_count = count_lines(parts, part_count);
    struct tax_line *taxed;

    TRY(ctx, tax_renewal_parts(ctx, taxing, parts, part_count, &taxed));
    tax_sale_made(taxing, s->currency, taxed, line_count);
    *work = (struct invoice_work){
        .customer_id = parts[0].buyer->customer_id, .customer_version_id = parts[0].buyer->version_id,
        .personal_digest = parts[0].buyer->personal_digest, .language = parts[0].buyer->language, .currency = s->currency,
        .subscription_id = s->id, .journal = s->journal, .collect_on = s->payment_method_id != 0 ? ctx->today_on : DATE_NONE,
        .was_asked = was_asked, .lines = ARENA_ARRAY(ctx->arena, struct work_line, line_count), .periods = periods};
    for (size_t p = 0; p < part_count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            add_item(work, &parts[p], &parts[p].items[i], &periods[work->period_count++], &taxed[work->line_count]);
    return OK;
}

static const char *sales_journal_of(const struct renewal_part *part)
{
    return str_empty(part->subscription->journal) ? SALES_JOURNAL : part->subscription->journal;
}

/* What one invoice can hold: one customer's, due on one day, in one currency, debited from one card, booked in one journal. */
static bool belong_together(const struct renewal_part *a, const struct renewal_part *b)
{
    return a->subscription->consolidated && b->subscription->consolidated && a->buyer->customer_id == b->buyer->customer_id &&
           a->items[0].due_on == b->items[0].due_on && strcmp(a->subscription->currency, b->subscription->currency) == 0 &&
           a->subscription->payment_method_id == b->subscription->payment_method_id && strcmp(sales_journal_of(a), sales_journal_of(b)) == 0;
}

static int by_due_day(const void *a, const void *b)
{
    const struct renewal_part *left = a;
    const struct renewal_part *right = b;

    if (left->buyer->customer_id != right->buyer->customer_id)
        return left->buyer->customer_id < right->buyer->customer_id ? -1 : 1;
    if (left->items[0].due_on != right->items[0].due_on)
        return left->items[0].due_on < right->items[0].due_on ? -1 : 1;
    if (left->subscription->payment_method_id != right->subscription->payment_method_id)
        return left->subscription->payment_method_id < right->subscription->payment_method_id ? -1 : 1;
    if (strcmp(left->subscription->currency, right->subscription->currency) != 0)
        return strcmp(left->subscription->currency, right->subscription->currency);
    if (strcmp(sales_journal_of(left), sales_journal_of(right)) != 0)
        return strcmp(sales_journal_of(left), sales_journal_of(right));
    return left->subscription->id < right->subscription->id ? -1 : left->subscription->id > right->subscription->id;
}

enum err draft_renewal_invoices(struct ctx *ctx, struct taxing *taxing, struct renewal_parts *parts, bool consolidated, bool was_asked,
                                struct invoice_work *works, size_t *work_count)
{
    if (consolidated)
        qsort(parts->of, parts->count, sizeof parts->of[0], by_due_day);
    for (size_t i = 0, next; i < parts->count; i = next) {
        for (next = i + 1; next < parts->count && belong_together(&parts->of[i], &parts->of[next]); next++)
            continue;
        TRY(ctx, draft_invoice(ctx, taxing, &parts->of[i], next - i, was_asked, &works[(*work_count)++]));
    }
    return OK;
}
