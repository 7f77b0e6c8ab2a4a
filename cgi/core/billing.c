#include "core/billing.h"

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/proration.h"

int billing_line_group(enum billing_timing timing)
{
    CHECK(timing >= BILLING_ADVANCE && timing <= BILLING_USAGE);
    return timing != BILLING_ADVANCE;
}

/* Ordinal of a period among those of its line: discounts count billed periods. */
static int32_t line_ordinal(const struct billing_facts *facts, const struct billing_line *line, int32_t index)
{
    int32_t from_on = line->from_on > facts->started_on ? line->from_on : facts->started_on;
    int32_t ordinal = index - schedule_index(&facts->schedule, from_on);

    return ordinal < 0 ? 0 : ordinal;
}

static bool belongs(const struct billing_line *line, const struct billing_item *item)
{
    return billing_line_group(line->timing) == billing_line_group(item->timing) &&
           (line->timing != BILLING_USAGE || line->used_in == item->index);
}

/* A line of the item, not priced yet but for its whole period. */
static bool add_line(const struct billing_facts *facts, struct billing_item *item, size_t i)
{
    const struct billing_line *line = &facts->lines[i];
    struct period part = period_overlap(item->period, (struct period){line->from_on, line->until_on});
    struct billing_item_line *out = &item->lines[item->line_count];

    if (!belongs(line, item) || period_days(part) == 0)
        return true;
    out->line = i;
    out->period = part;
    out->share_of_days = line->timing == BILLING_USAGE || line->whole ? 0 : period_share_of(part, item->natural);
    out->discount_ppm = discount_ppm_at(line->discount_ppm, line->discount_periods, line_ordinal(facts, line, item->index));
    item->line_count++;
    return line_net(line->unit_price_e4, line->quantity_e4, out->discount_ppm, facts->currency, &out->full_minor);
}

static bool shared(const struct billing_line *line)
{
    return line->timing != BILLING_USAGE && !line->whole && line->slot != 0;
}

/* The lines of one slot in the item, those of line i first to last; gives how many, 1 when it stands alone: parts of one
 * line are in force on the same days, lines that follow one another never are. */
static size_t slot_group(const struct billing_facts *facts, const struct billing_item *item, size_t i, size_t *group)
{
    const struct billing_line *line = &facts->lines[item->lines[i].line];
    bool follow = false;
    size_t count = 0;

    for (size_t k = 0; k < item->line_count && shared(line); k++)
        if (shared(&facts->lines[item->lines[k].line]) && facts->lines[item->lines[k].line].slot == line->slot) {
            group[count++] = k;
            follow = follow || item->lines[k].period.from_on != item->lines[i].period.from_on;
        }
    if (!follow || count > PRORATION_PARTS_MAX) {
        group[0] = i;
        return 1;
    }
    return count;
}

static int64_t amount_off(const struct billing_facts *facts, const struct billing_item *item, size_t i)
{
    const struct billing_line *line = &facts->lines[item->lines[i].line];

    return line_amount_off(line->discount_minor, line->discount_periods, line_ordinal(facts, line, item->index), MONEY_MAX);
}

static int64_t share_alone(const struct billing_facts *facts, const struct billing_item *item, size_t i)
{
    const struct billing_item_line *out = &item->lines[i];
    const struct billing_line *line = &facts->lines[out->line];

    return line->timing == BILLING_USAGE || line->whole ? out->full_minor : proration_part(out->full_minor, item->natural, out->period);
}

/* False when the sum is out of bounds. */
static bool share_group(struct arena *arena, const struct billing_facts *facts, struct billing_item *item, const size_t *group, size_t count,
                        int64_t *nets, int64_t *offs)
{
    int64_t *full = ARENA_ARRAY(arena, int64_t, count);
    int64_t *off = ARENA_ARRAY(arena, int64_t, count);
    int32_t *days = ARENA_ARRAY(arena, int32_t, count);
    int32_t natural_days = period_days(item->natural);
    int32_t group_days = 0;
    __int128 exact = 0;

    for (size_t i = 0; i < count; i++) {
        const struct billing_item_line *out = &item->lines[group[i]];

        full[i] = out->full_minor;
        off[i] = amount_off(facts, item, group[i]);
        days[i] = period_days(out->period);
        exact += (__int128)full[i] * days[i];
        group_days += i == 0 || item->lines[group[i - 1]].period.from_on != out->period.from_on ? days[i] : 0;
    }
    if (exact / natural_days > MONEY_MAX)
        return false;
    proration_parts(full, days, count, natural_days, nets);
    proration_parts(off, days, count, group_days, offs);
    return true;
}

/* Prices what was added: each line its share of the period, less its own amount off. */
static bool share_out(struct arena *arena, const struct billing_facts *facts, struct billing_item *item)
{
    size_t *group = ARENA_ARRAY(arena, size_t, item->line_count + 1);
    int64_t *nets = ARENA_ARRAY(arena, int64_t, item->line_count + 1);
    int64_t *offs = ARENA_ARRAY(arena, int64_t, item->line_count + 1);

    for (size_t i = 0; i < item->line_count; i++) {
        size_t count = slot_group(facts, item, i, group);

        if (count == 1) {
            nets[0] = share_alone(facts, item, i);
            offs[0] = amount_off(facts, item, i);
        } else if (group[0] != i) {
            continue; /* shared out with the first of them */
        } else if (!share_group(arena, facts, item, group, count, nets, offs)) {
            return false;
        }
        for (size_t k = 0; k < count; k++) {
            struct billing_item_line *out = &item->lines[group[k]];

            out->allowance_minor = offs[k] < nets[k] ? offs[k] : nets[k];
            out->net_minor = nets[k] - out->allowance_minor;
            item->net_minor += out->net_minor;
            if (item->net_minor > MONEY_MAX)
                return false;
        }
    }
    return true;
}

/* Amounts are taken once a period: off what is billed in advance, or in arrears where nothing is in advance. */
static bool takes_amounts(const struct billing_facts *facts, enum billing_timing timing)
{
    for (size_t i = 0; i < facts->line_count; i++)
        if (facts->lines[i].timing == BILLING_ADVANCE)
            return timing == BILLING_ADVANCE;
    return true;
}

/* The discounts of the document, by the ordinal of the period since the start. */
static void take_discounts(struct arena *arena, const struct billing_facts *facts, struct billing_item *item)
{
    int32_t ordinal = item->index - schedule_index(&facts->schedule, facts->started_on);
    const char *coupon;
    int64_t *nets;
    int64_t *taken;

    if (facts->discounts == NULL || facts->discounts->count == 0)
        return;
    coupon = arena_strdup(arena, discounts_coupon(facts->discounts, ordinal, takes_amounts(facts, item->timing)));
    nets = ARENA_ARRAY(arena, int64_t, item->line_count + 1);
    taken = ARENA_ARRAY(arena, int64_t, item->line_count + 1);
    for (size_t i = 0; i < item->line_count; i++)
        nets[i] = item->lines[i].net_minor;
    item->net_minor -= discounts_take(arena, facts->discounts, ordinal, takes_amounts(facts, item->timing), nets,
                                      item->line_count, taken);
    for (size_t i = 0; i < item->line_count; i++) {
        item->lines[i].net_minor = nets[i];
        item->lines[i].allowance_minor += taken[i];
        if (taken[i] > 0)
            item->lines[i].coupon = coupon;
    }
}

static struct period covered(const struct billing_facts *facts, struct period natural)
{
    return period_overlap(natural, (struct period){facts->started_on, facts->ended_on});
}

/* Billing never looks back before the start; what ends early is due on its last day's morrow. */
static int32_t due_on(const struct billing_facts *facts, struct period natural, enum billing_timing timing)
{
    int32_t on = period_due_on(natural, timing);

    if (timing == BILLING_ARREARS && facts->ended_on != DATE_NONE && facts->ended_on < on)
        on = facts->ended_on;
    return on < facts->started_on ? facts->started_on : on;
}

/* False on amounts out of bounds. */
static bool build_item(struct arena *arena, const struct billing_facts *facts, enum billing_timing timing, int32_t index,
                       struct billing_item *item)
{
    *item = (struct billing_item){.timing = timing, .index = index, .natural = schedule_period(&facts->schedule, index)};
    item->period = covered(facts, item->natural);
    item->due_on = due_on(facts, item->natural, timing);
    item->lines = ARENA_ARRAY(arena, struct billing_item_line, facts->line_count);
    if (period_days(item->period) == 0)
        return true;
    for (size_t i = 0; i < facts->line_count; i++)
        if (!add_line(facts, item, i))
            return false;
    if (!share_out(arena, facts, item))
        return false;
    take_discounts(arena, facts, item);
    return true;
}

bool billing_item_at(struct arena *arena, const struct billing_facts *facts, enum billing_timing timing, int32_t index,
                     struct billing_item *item)
{
    return build_item(arena, facts, timing, index, item) && item->line_count > 0;
}

/* ---- two indexes, one calendar ---- */

struct cursor {
    int32_t index[3]; /* by timing */
};

static struct cursor cursor_at(const struct billing_facts *facts)
{
    return (struct cursor){{0, facts->next_index, facts->arrears_index}};
}

/* The period that is due next, and when; false when both timings have come to the end. What ends on a day comes before
 * what begins on it. */
static bool next_period(const struct billing_facts *facts, const struct cursor *cursor, enum billing_timing *timing,
                        int32_t *on)
{
    static const enum billing_timing order[] = {BILLING_ARREARS, BILLING_ADVANCE};

    *on = DATE_NONE;
    if (facts->ended_on != DATE_NONE && facts->started_on >= facts->ended_on)
        return false; /* it ends before anything is billed: in a trial */
    for (int i = 0; i < 2; i++) {
        struct period natural = schedule_period(&facts->schedule, cursor->index[order[i]]);
        int32_t due = due_on(facts, natural, order[i]);

        if (facts->ended_on != DATE_NONE && natural.from_on >= facts->ended_on)
            continue;
        if (*on == DATE_NONE || due < *on) {
            *on = due;
            *timing = order[i];
        }
    }
    return *on != DATE_NONE;
}

static struct billing_item *room_for_one(struct arena *arena, struct billing_plan *plan, size_t *room)
{
    if (plan->count == *room) {
        struct billing_item *more = ARENA_ARRAY(arena, struct billing_item, *room * 2);

        for (size_t i = 0; i < *room; i++)
            more[i] = plan->items[i];
        plan->items = more;
        *room *= 2;
    }
    return &plan->items[plan->count];
}

/* Nothing is due after the end: once everything is billed, the end itself is a day to look at. */
static void look_at_end(const struct billing_facts *facts, struct billing_plan *plan)
{
    if (plan->next_due_on != DATE_NONE)
        return;
    plan->ended = facts->ended_on <= facts->today_on;
    if (!plan->ended)
        plan->next_due_on = facts->ended_on;
}

struct billing_plan billing_plan(struct arena *arena, const struct billing_facts *facts)
{
    struct billing_plan plan = {.verdict = BILLING_NOTHING, .next_due_on = DATE_NONE};
    struct cursor cursor = cursor_at(facts);
    enum billing_timing timing;
    size_t room = 4;
    int32_t on;

    plan.items = ARENA_ARRAY(arena, struct billing_item, room);
    while (next_period(facts, &cursor, &timing, &on)) {
        struct billing_item *item = room_for_one(arena, &plan, &room);

        if (on > facts->today_on || plan.count == BILLING_PERIODS_MAX) {
            plan.next_due_on = on;
            break;
        }
        if (!build_item(arena, facts, timing, cursor.index[timing], item)) {
            plan.verdict = BILLING_OUT_OF_BOUNDS;
            return plan;
        }
        cursor.index[timing]++;
        if (item->line_count == 0)
            continue;
        plan.missed += on < facts->today_on && (plan.count == 0 || plan.items[plan.count - 1].due_on != on);
        plan.count++;
    }
    plan.next_index = cursor.index[BILLING_ADVANCE];
    plan.arrears_index = cursor.index[BILLING_ARREARS];
    look_at_end(facts, &plan);
    if (plan.count > 0)
        plan.verdict = facts->max_missed != BILLING_MISSED_UNLIMITED && plan.missed > facts->max_missed ? BILLING_HELD
                                                                                                       : BILLING_DUE;
    return plan;
}

/* No line begins after this day: periods behind it that hold none will never hold one. */
static int32_t last_beginning(const struct billing_facts *facts)
{
    int32_t last_on = facts->started_on;

    for (size_t i = 0; i < facts->line_count; i++)
        if (facts->lines[i].from_on > last_on)
            last_on = facts->lines[i].from_on;
    return last_on;
}

size_t billing_next(struct arena *arena, const struct billing_facts *facts, struct billing_item items[2])
{
    struct cursor cursor = cursor_at(facts);
    int32_t last_on = last_beginning(facts);
    enum billing_timing timing;
    bool over[3] = {false};
    size_t count = 0;
    int32_t on;

    while (next_period(facts, &cursor, &timing, &on) && count < 2 && (count == 0 || items[0].due_on == on)) {
        if (!build_item(arena, facts, timing, cursor.index[timing]++, &items[count]))
            return 0;
        if (items[count].line_count > 0)
            count++;
        else if (items[count].natural.from_on > last_on)
            over[timing] = true;
        if (over[BILLING_ADVANCE] && over[BILLING_ARREARS])
            break;
    }
    return count;
}
