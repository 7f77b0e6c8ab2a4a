#include "service/costing.h"

#include "base/str.h"
#include "service/listing.h"
#include "store/product_cost.h"

static bool has_cost(const struct offer *offer, const struct offer_line *line)
{
    return line->as.product_id != 0 && line->as.kind != LINE_SECTION && line->as.kind != LINE_NOTE && !offer_line_metered(offer, line);
}

/* The product's cost for the plan, else the one for selling it once; NULL: none. */
static const struct product_cost *cost_of(const struct product_cost *costs, size_t count, const struct offer *offer, const struct offer_line *line)
{
    int64_t plan_id = line->as.kind == LINE_RECURRING ? offer->plan.id : 0;
    const struct product_cost *once = NULL;

    for (size_t i = 0; i < count; i++) {
        if (costs[i].product_id != line->as.product_id || !str_equal(costs[i].currency, offer->version.currency))
            continue;
        if (costs[i].plan_id == plan_id)
            return &costs[i];
        if (costs[i].plan_id == 0)
            once = &costs[i];
    }
    return once;
}

/* Today's, in each line's own unit; COST_UNKNOWN. */
static enum err costs_today(struct ctx *ctx, const struct offer *offer, int64_t *unit_cost_e4)
{
    struct price_lists lists = {.currency = offer->version.currency};
    struct product_cost *costs;
    struct product product;
    struct unit *measures;
    size_t cost_count;

    TRY(ctx, product_costs(ctx, 0, &costs, &cost_count));
    for (size_t i = 0; i < offer->line_count; i++)
        unit_cost_e4[i] = COST_UNKNOWN;
    if (cost_count == 0)
        return OK;
    TRY(ctx, units(ctx, &measures, &lists.unit_count));
    lists.units = measures;
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];
        const struct product_cost *cost = has_cost(offer, line) ? cost_of(costs, cost_count, offer, line) : NULL;
        int64_t converted_e4;

        if (cost == NULL)
            continue;
        TRY(ctx, product_by_id(ctx, line->as.product_id, &product));
        if (price_in_unit(&lists, cost->unit_cost_e4, product.unit, line->as.unit, &converted_e4))
            unit_cost_e4[i] = converted_e4;
    }
    return OK;
}

static enum err costs_as_sent(struct ctx *ctx, const struct offer *offer, int64_t *unit_cost_e4)
{
    struct quote_line_cost *costs;
    size_t count;

    TRY(ctx, quote_line_costs(ctx, offer->version.id, &costs, &count));
    for (size_t i = 0; i < offer->line_count; i++) {
        unit_cost_e4[i] = COST_UNKNOWN;
        for (size_t j = 0; j < count; j++)
            if (costs[j].line_id == offer->lines[i].as.id)
                unit_cost_e4[i] = costs[j].unit_cost_e4;
    }
    return OK;
}

static int64_t net_without_vat(const struct offer_line *line)
{
    return line->tax.included ? money_scale(line->net_minor, RATE_ONE, RATE_ONE + line->tax.rate_ppm, ROUND_HALF_AWAY) : line->net_minor;
}

enum err offer_margins(struct ctx *ctx, const struct offer *offer, struct offer_margins *margins)
{
    int64_t *unit_cost_e4 = ARENA_ARRAY(ctx->arena, int64_t, offer->line_count + 1);
    struct margin_line *period = ARENA_ARRAY(ctx->arena, struct margin_line, offer->line_count + 1);
    struct margin_line *once = ARENA_ARRAY(ctx->arena, struct margin_line, offer->line_count + 1);
    size_t period_count = 0;
    size_t once_count = 0;

    *margins = (struct offer_margins){.lines = ARENA_ARRAY(ctx->arena, struct margin, offer->line_count + 1)};
    if (!offer->priced)
        return OK;
    TRY(ctx, offer->version.state == VERSION_DRAFT ? costs_today(ctx, offer, unit_cost_e4) : costs_as_sent(ctx, offer, unit_cost_e4));
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];
        bool recurs = line->as.kind == LINE_RECURRING && offer->plan.id != 0;
        struct margin_line one = {.net_minor = net_without_vat(line), .cost_minor = line_cost(unit_cost_e4[i], line->quantity_e4, offer->currency)};

        if (line->as.kind == LINE_SECTION || line->as.kind == LINE_NOTE || offer_line_metered(offer, line))
            continue;
        margins->lines[i] = margin_of(&one, 1, one.net_minor);
        if (line->counts)
            *(recurs ? &period[period_count++] : &once[once_count++]) = one;
    }
    margins->period = margin_of(period, period_count, offer->totals.period.net_minor);
    margins->once = margin_of(once, once_count, offer->totals.once.net_minor);
    return OK;
}

enum err freeze_costs(struct ctx *ctx, const struct offer *offer)
{
    int64_t *unit_cost_e4 = ARENA_ARRAY(ctx->arena, int64_t, offer->line_count + 1);

    TRY(ctx, costs_today(ctx, offer, unit_cost_e4));
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct quote_line_cost row = {offer->lines[i].as.id, unit_cost_e4[i]};

        if (row.unit_cost_e4 != COST_UNKNOWN)
            TRY(ctx, insert_quote_line_cost(ctx, &row));
    }
    return OK;
}
