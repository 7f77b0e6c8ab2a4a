#include "core/billing.h"

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/proration.h"

/* Ordinal of a period among those of its line: discounts count billed periods. */
static int32_t line_ordinal(const struct billing_facts *facts, const struct billing_line *line, int32_t index)
{
    int32_t from_on = line->from_on > facts->started_on ? line->from_on : facts->started_on;
    int32_t ordinal = index - schedule_index(&facts->schedule, from_on);

    return ordinal < 0 ? 0 : ordinal;
}

static bool add_line(const struct billing_facts *facts, struct billing_item *item, size_t i)
{
    const struct billing_line *line = &facts->lines[i];
    struct period part = period_overlap(item->period, (struct period){line->from_on, line->until_on});
    struct billing_item_line *out = &item->lines[item->line_count];
    int64_t full_minor;

    if (period_days(part) == 0)
        return true;
    out->line = i;
    out->period = part;
    out->discount_ppm =
        discount_ppm_at(line->discount_ppm, line->discount_periods, line_ordinal(facts, line, item->index));
    if (!line_net(line->unit_price_e4, line->quantity_e4, out->discount_ppm, facts->currency, &full_minor))
        return false;
    out->net_minor = proration_part(full_minor, item->natural, part);
    item->net_minor += out->net_minor;
    item->line_count++;
    return item->net_minor <= MONEY_MAX;
}

static struct period covered(const struct billing_facts *facts, struct period natural)
{
    return period_overlap(natural, (struct period){facts->started_on, facts->ended_on});
}

/* False on amounts out of bounds; an item without days has period_days 0. */
static bool build_item(struct arena *arena, const struct billing_facts *facts, int32_t index, struct billing_item *item)
{
    *item = (struct billing_item){.index = index, .natural = schedule_period(&facts->schedule, index)};
    item->period = covered(facts, item->natural);
    item->due_on = period_due_on(item->natural, facts->timing);
    if (item->due_on < facts->started_on)
        item->due_on = facts->started_on;
    item->lines = ARENA_ARRAY(arena, struct billing_item_line, facts->line_count);
    if (period_days(item->period) == 0)
        return true;
    for (size_t i = 0; i < facts->line_count; i++)
        if (!add_line(facts, item, i))
            return false;
    return true;
}

bool billing_item_at(struct arena *arena, const struct billing_facts *facts, int32_t index, struct billing_item *item)
{
    return build_item(arena, facts, index, item) && period_days(item->period) > 0;
}

static bool was_billed(const struct billing_facts *facts, int32_t index)
{
    for (size_t i = 0; i < facts->billed_count; i++)
        if (facts->billed[i] == index)
            return true;
    return false;
}

static bool ended_before(const struct billing_facts *facts, struct period natural)
{
    return facts->ended_on != DATE_NONE && natural.from_on >= facts->ended_on;
}

struct billing_plan billing_plan(struct arena *arena, const struct billing_facts *facts)
{
    struct billing_plan plan = {.verdict = BILLING_NOTHING, .next_due_on = DATE_NONE};
    int32_t index = facts->next_index;
    size_t room = 4;

    plan.items = ARENA_ARRAY(arena, struct billing_item, room);
    for (;; index++) {
        struct period natural = schedule_period(&facts->schedule, index);
        int32_t due_on = period_due_on(natural, facts->timing);

        if (due_on < facts->started_on)
            due_on = facts->started_on;
        if (ended_before(facts, natural))
            break;
        if (was_billed(facts, index) || period_days(covered(facts, natural)) == 0)
            continue;
        if (due_on > facts->today_on || plan.count == BILLING_PERIODS_MAX) {
            plan.next_due_on = due_on;
            break;
        }
        if (plan.count == room) {
            struct billing_item *more = ARENA_ARRAY(arena, struct billing_item, room * 2);

            for (size_t i = 0; i < room; i++)
                more[i] = plan.items[i];
            plan.items = more;
            room *= 2;
        }
        if (!build_item(arena, facts, index, &plan.items[plan.count])) {
            plan.verdict = BILLING_OUT_OF_BOUNDS;
            return plan;
        }
        if (due_on < facts->today_on)
            plan.missed++;
        plan.count++;
    }
    plan.next_index = index;
    if (plan.count > 0)
        plan.verdict = facts->max_missed != BILLING_MISSED_UNLIMITED && plan.missed > facts->max_missed ? BILLING_HELD
                                                                                                       : BILLING_DUE;
    return plan;
}
