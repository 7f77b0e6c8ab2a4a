#include "service/accruing.h"

#include <string.h>

#include "core/accrual.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/exchange.h"
#include "service/booking.h"
#include "service/contract.h"
#include "service/metering.h"
#include "service/taxing.h"
#include "service/tiering.h"
#include "store/accrual.h"
#include "store/chart.h"
#include "store/company.h"
#include "store/db.h"
#include "store/exchange.h"
#include "store/invoice.h"
#include "store/renewal.h"
#include "store/usage.h"

enum { ACCRUED_AT_ONCE = 200 };

/* A group of subscriptions, and what is read of them at once; filled anew when the transaction is repeated. */
struct group {
    int32_t until_on;
    const struct company *company;
    struct taxing *taxing;
    enum deferral_method method;
    int64_t *ids;
    size_t id_count;
    int64_t first_accrual_id;
    int64_t first_entry_id;
    struct subscription *subscriptions;
    size_t count;
    struct buyer *buyers;
    size_t buyer_count;
    struct subscription_line *lines;
    size_t line_count;
    struct usage_day *usage; /* of days of the month and before, not billed */
    size_t usage_count;
    struct invoiced_since *since;
    size_t since_count;
    struct product_account *products;
    size_t product_count;
    struct chart chart;
    size_t made;
};

static enum err read_group(struct ctx *ctx, struct group *g)
{
    size_t days = 0;

    TRY(ctx, lock_subscriptions(ctx, g->ids, g->id_count, &g->subscriptions, &g->count));
    TRY(ctx, buyers_of(ctx, g->subscriptions, g->count, &g->buyers, &g->buyer_count));
    TRY(ctx, lines_of(ctx, g->subscriptions, g->count, &g->lines, &g->line_count));
    TRY(ctx, open_usage(ctx, g->subscriptions, g->count, &g->usage, &g->usage_count));
    for (size_t i = 0; i < g->usage_count; i++)
        if (g->usage[i].used_on < g->until_on)
            g->usage[days++] = g->usage[i];
    g->usage_count = days;
    TRY(ctx, lines_invoiced_since(ctx, g->subscriptions, g->count, g->until_on, &g->since, &g->since_count));
    TRY(ctx, chart_now(ctx, &g->chart));
    return product_accounts(ctx, &g->products, &g->product_count);
}

static const struct buyer *buyer_of(const struct group *g, int64_t subscription_id)
{
    for (size_t i = 0; i < g->buyer_count; i++)
        if (g->buyers[i].subscription_id == subscription_id)
            return &g->buyers[i];
    return NULL;
}

/* What the day decides about what will be invoiced; a rate that is missing leaves the line without VAT. */
static enum err tax_open(struct ctx *ctx, const struct group *g, const struct subscription *s, const struct subscription_line *lines,
                         const struct billing_item *item, struct tax_line *taxed)
{
    const struct buyer *b = buyer_of(g, s->id);
    const struct tax_buyer who = {.country = b->country, .postal_code = b->postal_code, .vat_id = b->vat_id, .is_company = b->is_company,
                                  .vat_checked = b->vat_checked};
    bool complete;

    for (size_t i = 0; i < item->line_count; i++) {
        const struct subscription_line *line = &lines[item->lines[i].line];

        taxed[i] = (struct tax_line){.tax_class = line->tax_class, .priced_minor = item->lines[i].net_minor,
                                     .goods = strcmp(line->product_kind, "goods") == 0};
    }
    return tax_sale(ctx, g->taxing, &who, s->currency, g->until_on - 1, taxed, item->line_count, &complete);
}

static enum err add_item(struct ctx *ctx, const struct group *g, const struct subscription *s, const struct subscription_line *lines,
                         const struct billing_item *item, struct accrual *accrual)
{
    struct tax_line *taxed = ARENA_ARRAY(ctx->arena, struct tax_line, item->line_count + 1);

    TRY(ctx, tax_open(ctx, g, s, lines, item, taxed));
    for (size_t i = 0; i < item->line_count; i++) {
        const struct billing_item_line *billed = &item->lines[i];
        const struct subscription_line *line = &lines[billed->line];
        const char *account = product_account_of(g->products, g->product_count, line->product_id);
        struct accrual_line of = {.account = account != NULL ? account : chart_account(&g->chart, ACCOUNT_SERVICE), .net_minor = billed->net_minor, .period = billed->period,
                                  .metered = strcmp(line->timing, "usage") == 0};

        if (taxed[i].goods)
            continue;
        if (taxed[i].decided) {
            of.net_minor = priced_net(&taxed[i].tax, billed->net_minor);
            of.category = taxed[i].tax.category;
            of.rate_ppm = taxed[i].tax.rate_ppm;
        }
        (void)accrual_add(accrual, g->method, &of, g->until_on); /* what is out of bounds is not invoiced either */
    }
    return OK;
}

/* The periods of one timing that began before the day and are not invoiced, as renewing will bill them. */
static enum err add_open(struct ctx *ctx, const struct group *g, const struct subscription *s, const struct billing_facts *facts,
                         const struct subscription_line *lines, enum billing_timing timing, struct accrual *accrual)
{
    int32_t index = timing == BILLING_ADVANCE ? facts->next_index : facts->arrears_index;

    for (struct period natural = schedule_period(&facts->schedule, index);
         natural.from_on < g->until_on && (facts->ended_on == DATE_NONE || natural.from_on < facts->ended_on);
         natural = schedule_period(&facts->schedule, ++index)) {
        struct billing_item item;

        if (billing_item_at(ctx->arena, facts, timing, index, &item))
            TRY(ctx, add_item(ctx, g, s, lines, &item, accrual));
    }
    return OK;
}

static bool runs(const struct subscription *s)
{
    return !s->debit_first && (strcmp(s->state, "trial") == 0 || strcmp(s->state, "active") == 0 || strcmp(s->state, "past_due") == 0);
}

static enum err add_running(struct ctx *ctx, const struct group *g, const struct subscription *s, struct accrual *accrual)
{
    const struct subscription_line *agreed;
    struct subscription_line *lines;
    struct billing_facts facts;
    size_t first = 0, count = 0;

    if (!runs(s))
        return OK;
    while (first < g->line_count && g->lines[first].subscription_id != s->id)
        first++;
    while (first + count < g->line_count && g->lines[first + count].subscription_id == s->id)
        count++;
    agreed = metered_lines(ctx->arena, s, g->usage, g->usage_count, &g->lines[first], count, &count);
    TRY(ctx, plain_lines(ctx, buyer_of(g, s->id)->language, currency_find(s->currency), agreed, count, &lines, &count));
    facts = subscription_billing(ctx, s, lines, count);
    TRY(ctx, add_open(ctx, g, s, &facts, lines, BILLING_ARREARS, accrual));
    return add_open(ctx, g, s, &facts, lines, BILLING_ADVANCE, accrual);
}

static void add_invoiced(const struct group *g, const struct subscription *s, struct accrual *accrual)
{
    for (size_t i = 0; i < g->since_count; i++) {
        const struct invoiced_since *line = &g->since[i];
        struct accrual_line of = {.account = line->account, .net_minor = line->net_minor, .period = {line->from_on, line->until_on},
                                  .category = tax_category_from_code(line->tax_category), .rate_ppm = line->tax_rate_ppm};

        if (line->subscription_id == s->id)
            (void)accrual_add(accrual, g->method, &of, g->until_on);
    }
}

/* *known false: there is no rate of that day, or the amount is out of bounds in the house's currency. */
static enum err exchange_of(struct ctx *ctx, const struct group *g, const char *currency, int64_t minor, struct exchange *exchange, bool *known)
{
    struct exchange_rate rate;
    enum err err;

    *known = true;
    *exchange = EXCHANGE_NONE;
    if (strcmp(currency, g->company->currency) == 0)
        return OK;
    err = exchange_rate_on(ctx, g->company->currency, currency, g->until_on - 1, &rate);
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        *known = false;
        return OK;
    }
    if (err == OK) {
        *exchange = exchange_between(currency, g->company->currency, rate.rate_e6);
        *known = exchange_holds(exchange, minor);
    }
    return err;
}

static void book_both(struct ctx *ctx, struct group *g, const struct subscription *s, const struct exchange *exchange, struct posting_list *list,
                      int64_t accrual_id, struct booking *bookings)
{
    for (size_t n = 0; n < 2; n++) {
        bookings[n] = (struct booking){
            .entry_id = g->first_entry_id + (int64_t)(2 * g->made + n), .journal = "OD", .on = n == 0 ? g->until_on - 1 : g->until_on,
            .source_kind = n == 0 ? "accrual" : "accrual_end", .source_id = accrual_id, .reference = arena_printf(ctx->arena, "418 %s", s->number)};
        booking_currencies(&bookings[n], s->currency, exchange);
        booking_items(ctx->arena, &bookings[n], list);
        posting_turn(list);
    }
}

static enum err accrue_one(struct ctx *ctx, struct group *g, const struct subscription *s, struct accrual_row *row, struct booking *bookings, bool *made)
{
    struct accrual accrual = {.lines = {.count = 0}};
    struct posting_list list;
    struct exchange exchange;
    bool known;

    *made = false;
    TRY(ctx, add_running(ctx, g, s, &accrual));
    add_invoiced(g, s, &accrual);
    TRY(ctx, exchange_of(ctx, g, s->currency, accrual_net(&accrual) + accrual.totals.vat_minor, &exchange, &known));
    if (!known)
        return OK;
    posting_of_earned(&accrual.lines, accrual.totals.vat_minor, &exchange, &list);
    *made = list.count > 0 && list.items[0].label == POSTING_ACCRUED; /* what weighs itself out is no claim on anybody */
    if (!*made)
        return OK;
    *row = (struct accrual_row){
        .id = g->first_accrual_id + (int64_t)g->made, .subscription_id = s->id, .until_on = g->until_on, .currency = s->currency,
        .net_minor = accrual_net(&accrual), .vat_minor = accrual.totals.vat_minor,
        .base_minor = list.items[0].debit_minor - list.items[0].credit_minor};
    book_both(ctx, g, s, &exchange, &list, row->id, bookings);
    return OK;
}

static enum err accrue_group(struct ctx *ctx, void *arg)
{
    struct group *g = arg;
    struct accrual_row *rows = ARENA_ARRAY(ctx->arena, struct accrual_row, g->id_count);
    struct booking *bookings = ARENA_ARRAY(ctx->arena, struct booking, 2 * g->id_count);

    g->made = 0;
    taxing_begin(g->taxing);
    TRY(ctx, read_group(ctx, g));
    for (size_t i = 0; i < g->count; i++) {
        bool made;

        TRY(ctx, accrue_one(ctx, g, &g->subscriptions[i], &rows[g->made], &bookings[2 * g->made], &made));
        g->made += made;
    }
    if (g->made == 0)
        return OK;
    TRY(ctx, insert_accruals(ctx, rows, g->made));
    return book_entries_by(ctx, &g->chart, bookings, 2 * g->made);
}

static enum err accrue_slice(struct ctx *ctx, struct group *g)
{
    TRY(ctx, reserve_ids(ctx, "accrual", (int64_t)g->id_count, &g->first_accrual_id));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 2 * (int64_t)g->id_count, &g->first_entry_id));
    return db_transaction(ctx, accrue_group, g);
}

enum err accrue_month(struct ctx *run, int32_t until_on, int64_t *count)
{
    struct ctx item = *run;
    struct company company;
    struct taxing taxing;
    struct accruable *all;
    int64_t ids[ACCRUED_AT_ONCE];
    struct group g = {.until_on = until_on, .company = &company, .taxing = &taxing, .ids = ids};
    size_t all_count;
    enum err err = OK;

    *count = 0;
    TRY(run, accruable_subscriptions(run, until_on, &all, &all_count));
    if (all_count == 0)
        return OK;
    TRY(run, company_current(run, &company));
    TRY(run, load_taxing(run, &company, &taxing));
    g.method = deferral_method_from_name(company.deferral_method);
    item.arena = arena_new();
    for (size_t done = 0; err == OK && done < all_count; done += g.id_count) {
        arena_reset(item.arena);
        for (g.id_count = 0; g.id_count < ACCRUED_AT_ONCE && done + g.id_count < all_count; g.id_count++)
            ids[g.id_count] = all[done + g.id_count].id;
        err = accrue_slice(&item, &g);
        *count += err == OK ? (int64_t)g.made : 0;
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
