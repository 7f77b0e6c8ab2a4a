#include "core/amendment_work.h"

#include "core/billing.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/proration.h"

static bool add_charge(struct amendment_work *w, struct amendment_charge charge)
{
    if (charge.minor == 0)
        return true;
    w->out.charges[w->out.charge_count++] = charge;
    w->out.charge_minor += charge.minor;
    if (w->out.charge_minor > MONEY_MAX)
        return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
    return true;
}

/* ---- what a slot costs for a whole period ---- */

struct worth {
    int64_t listed_minor; /* less the line's percentage */
    int64_t own_minor;    /* less its amount as well */
    int64_t minor;        /* less the document's percentages */
};

static int64_t less_percentages(const struct amendment_work *w, int64_t minor, int32_t index)
{
    const struct discounts *discounts = w->facts->discounts;
    int32_t ordinal = index - schedule_index(&w->facts->schedule, w->facts->counted_on);

    for (size_t i = 0; discounts != NULL && i < discounts->count; i++)
        if (discounts->of[i].ppm > 0 && discount_lasts(&discounts->of[i], ordinal))
            minor -= money_scale(minor, discounts->of[i].ppm, RATE_ONE, ROUND_HALF_AWAY);
    return minor;
}

/* A quantity of a line in the period with an index; all 0 for a quantity of 0. False: out of bounds. */
static bool worth_in(const struct amendment_work *w, const struct amendment_line *line, int64_t quantity_e4, int32_t index, struct worth *worth)
{
    int32_t ordinal = amendment_ordinal(w->facts, line, index);
    int32_t ppm = discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal);

    *worth = (struct worth){0, 0, 0};
    if (quantity_e4 == 0)
        return true;
    if (line->rule != NULL ? !price_rule_net(line->rule, quantity_e4, ppm, w->facts->currency, &worth->listed_minor)
                           : !line_net(line->unit_price_e4, quantity_e4, ppm, w->facts->currency, &worth->listed_minor))
        return false;
    worth->own_minor = worth->listed_minor - line_amount_off(line->discount_minor, line->discount_periods, ordinal, worth->listed_minor);
    worth->minor = less_percentages(w, worth->own_minor, index);
    return true;
}

/* The slot's line in a period: a price announced for its first day is in force then. */
static const struct amendment_line *priced_by(const struct amendment_work *w, const struct slot_change *change, int32_t index)
{
    int32_t boundary_on = schedule_boundary(&w->facts->schedule, index);
    size_t line;

    if (change->addition != AMENDMENT_NO_INDEX)
        return change->price;
    line = amendment_line_on(w->facts->lines, w->facts->line_count, change->slot, boundary_on > w->on ? boundary_on : w->on);
    return line == AMENDMENT_NO_INDEX ? change->price : &w->facts->lines[line];
}

/* Its price follows its quantity, from the day on: a price for each, and no amount off any more. */
static bool is_plain(const struct amendment_work *w, const struct amendment_line *line)
{
    int32_t ordinal = amendment_ordinal(w->facts, line, schedule_index(&w->facts->schedule, w->on));

    return line->rule == NULL && line_amount_off(line->discount_minor, line->discount_periods, ordinal, MONEY_MAX) == 0;
}

/* ---- what the day has charged already ---- */

static bool charged_today(const struct amendment_work *w, const struct invoiced_line *line, int32_t slot)
{
    return line->slot == slot && line->amended_on != DATE_NONE && line->amended_on == w->on;
}

/* A period billed from the day on was billed after the day's first change: what it says counts. */
int64_t amendment_quantity_before(const struct amendment_work *w, int32_t slot, size_t now)
{
    const struct amendment_line *lines = w->facts->lines;

    if (lines[now].from_on < w->on || !lines[now].amended)
        return lines[now].quantity_e4;
    for (size_t i = 0; i < w->facts->invoiced_count; i++) {
        const struct invoiced_line *billed = &w->facts->invoiced[i];

        if (billed->slot == slot && billed->period.from_on == w->on && !charged_today(w, billed, slot))
            return billed->quantity_e4;
    }
    for (size_t i = 0; i < w->facts->line_count; i++)
        if (lines[i].slot == slot && lines[i].until_on == w->on && !(lines[i].amended && lines[i].from_on == w->on))
            return lines[i].quantity_e4;
    return 0;
}

/* ---- less ---- */

/* Gives back up to the amount from the newest lines of the slot that the day has charged, or from the others. */
static void give_back(struct amendment_work *w, const struct slot_change *change, int64_t minor, bool of_today, int64_t quantity_e4,
                      int64_t of_quantity_e4)
{
    const int64_t whole = minor;

    for (size_t i = w->facts->invoiced_count; i-- > 0 && minor > 0;) {
        const struct invoiced_line *line = &w->facts->invoiced[i];
        int64_t rest = invoiced_rest(line, &w->facts->pauses, w->on, DATE_NONE);
        int64_t given = rest < minor ? rest : minor;
        int32_t days = period_days(line->period) - invoiced_served(line, &w->facts->pauses, w->on);

        if (line->slot != change->slot || charged_today(w, line, change->slot) != of_today || given == 0)
            continue;
        w->out.credits[w->out.credit_count++] = (struct amendment_credit){
            .invoiced = i, .part = {line->period.until_on - days, line->period.until_on}, .days = days,
            .of_days = period_days(line->period), .quantity_e4 = given == whole ? quantity_e4 : 0,
            .of_quantity_e4 = given == whole ? of_quantity_e4 : 0, .minor = given};
        w->out.credit_minor += given;
        minor -= given;
    }
}

/* The natural period that an invoice line belongs to: the one that its last day of service lies in. */
static int32_t invoiced_index(const struct amendment_work *w, const struct invoiced_line *line)
{
    return schedule_index(&w->facts->schedule, invoiced_until_on(line, &w->facts->pauses) - 1);
}

/* What the slot's lines still hold of a period, as they were before the day; every period together when all is true. */
static int64_t held_before(const struct amendment_work *w, int32_t slot, int32_t index, bool all)
{
    int64_t held = 0;

    for (size_t i = 0; i < w->facts->invoiced_count; i++) {
        const struct invoiced_line *line = &w->facts->invoiced[i];

        if (line->slot == slot && !charged_today(w, line, slot) && (all || invoiced_index(w, line) == index))
            held += invoiced_rest(line, &w->facts->pauses, w->on, w->on);
    }
    return held;
}

/* The part of what is held that the change gives up: by quantity where the price follows it, else by what a period
 * costs less. False: out of bounds. */
static bool given_up(struct amendment_work *w, const struct slot_change *change, int64_t *minor)
{
    *minor = 0;
    if (change->before_e4 == 0)
        return true;
    if (change->quantity_e4 == 0) {
        *minor = held_before(w, change->slot, 0, true);
        return true;
    }
    if (is_plain(w, change->price)) {
        if (change->quantity_e4 < change->before_e4)
            *minor = money_scale(held_before(w, change->slot, 0, true), change->before_e4 - change->quantity_e4, change->before_e4, ROUND_HALF_AWAY);
        return true;
    }
    if (!amendment_is_billed(w->facts, w->on))
        return true;
    for (int32_t k = schedule_index(&w->facts->schedule, w->on); schedule_boundary(&w->facts->schedule, k) < w->facts->billed_until_on; k++) {
        struct worth before;
        struct worth after;

        if (!worth_in(w, priced_by(w, change, k), change->before_e4, k, &before) ||
            !worth_in(w, priced_by(w, change, k), change->quantity_e4, k, &after))
            return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
        if (after.minor < before.minor)
            *minor += money_scale(held_before(w, change->slot, k, false), before.minor - after.minor, before.minor, ROUND_HALF_AWAY);
    }
    return true;
}

/* What the day's changes have given back of the slot's lines; *last: the newest of them. */
static int64_t given_today(const struct amendment_work *w, int32_t slot, struct invoiced_line *last)
{
    int64_t given = 0;

    for (size_t i = 0; i < w->facts->invoiced_count; i++) {
        const struct invoiced_line *line = &w->facts->invoiced[i];

        if (line->slot != slot || charged_today(w, line, slot))
            continue;
        for (size_t c = 0; c < line->credit_count; c++)
            given += line->credits[c].amended_on != DATE_NONE && line->credits[c].amended_on == w->on ? line->credits[c].minor : 0;
        *last = *line;
    }
    return given;
}

/* ---- how a charge is said ---- */

/* An amount as the price of one thing. */
static int64_t price_of_one(const struct amendment_work *w, int64_t minor)
{
    int64_t scale = PRICE_ONE;

    for (int digit = 0; digit < w->facts->currency->digits; digit++)
        scale /= 10;
    return minor * scale;
}

/* A tiered price's charge is one thing at what a period costs more: tiers that are left and entered have no quantity. */
static void price_charge(const struct amendment_work *w, int64_t from_e4, int64_t to_e4, const struct amendment_line *price, int32_t index,
                         int64_t listed_minor, struct amendment_charge *charge)
{
    if (price->rule == NULL) {
        charge->quantity_e4 = to_e4 - from_e4;
        charge->unit_price_e4 = price->unit_price_e4;
        charge->discount_ppm = discount_ppm_at(price->discount_ppm, price->discount_periods, amendment_ordinal(w->facts, price, index));
        return;
    }
    charge->quantity_e4 = QUANTITY_ONE;
    charge->unit_price_e4 = price_of_one(w, listed_minor);
    charge->tiered = true;
    charge->before_e4 = from_e4;
    charge->after_e4 = to_e4;
}

/* The quantity in force, of which the day's earlier changes are a part; before them where the slot begins. */
static int64_t quantity_now(const struct amendment_work *w, const struct slot_change *change)
{
    return change->line == AMENDMENT_NO_INDEX ? change->before_e4 : w->facts->lines[change->line].quantity_e4;
}

/* ---- what the day takes back ---- */

/* What was given back earlier the same day and is wanted after all: a price for each is charged for what comes back, by what
 * the newest line was invoiced for as many; of any other price the amount is charged as one thing. */
static bool take_back(struct amendment_work *w, const struct slot_change *change, const struct invoiced_line *last, int64_t minor)
{
    int32_t days = period_days(last->period) - invoiced_served(last, &w->facts->pauses, w->on);
    int32_t index = invoiced_index(w, last);
    int64_t from_e4 = quantity_now(w, change);
    int64_t to_e4 = change->quantity_e4 < change->before_e4 ? change->quantity_e4 : change->before_e4;
    struct amendment_charge charge = {
        .slot = change->slot, .opening = change->opening, .line = change->line, .addition = change->addition, .natural = last->period,
        .part = {last->period.until_on - days, last->period.until_on}, .minor = minor, .restores = true};
    int64_t listed;

    if (change->price->rule == NULL && to_e4 > from_e4) {
        price_charge(w, from_e4, to_e4, change->price, index, 0, &charge);
        if (!line_net(charge.unit_price_e4, charge.quantity_e4, charge.discount_ppm, w->facts->currency, &listed))
            return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
        listed = proration_part(listed, charge.natural, charge.part);
        charge.allowance_minor = listed > minor ? listed - minor : 0;
        charge.full_minor = money_scale(last->minor, charge.quantity_e4, last->quantity_e4, ROUND_HALF_AWAY);
    } else {
        charge.quantity_e4 = QUANTITY_ONE;
        charge.unit_price_e4 = price_of_one(w, minor);
        charge.tiered = true;
        charge.before_e4 = from_e4;
        charge.after_e4 = to_e4;
    }
    return add_charge(w, charge);
}

/* R5: the share of what the slot's lines held before the day, less what the day has given back. */
static bool settle_less(struct amendment_work *w, const struct slot_change *change)
{
    struct invoiced_line last = {.period = {0, 0}};
    int64_t given = given_today(w, change->slot, &last);
    bool counted = is_plain(w, change->price);
    int64_t held_e4 = quantity_now(w, change) < change->before_e4 ? quantity_now(w, change) : change->before_e4;
    int64_t target;

    if (!given_up(w, change, &target))
        return false;
    if (!w->wish->credit && target > given)
        target = given; /* nothing more; what the day gave back may still be taken back */
    if (target > given)
        give_back(w, change, target - given, false, counted ? held_e4 - change->quantity_e4 : 0, counted ? change->before_e4 : 0);
    return target >= given || take_back(w, change, &last, given - target);
}

/* ---- amounts off the document that removed lines leave to those that replace them ---- */

static bool lasts_as_amount(const struct amendment_work *w, int32_t index)
{
    const struct discounts *discounts = w->facts->discounts;
    int32_t ordinal = index - schedule_index(&w->facts->schedule, w->facts->counted_on);

    for (size_t i = 0; discounts != NULL && i < discounts->count; i++)
        if (discounts->of[i].amount_minor > 0 && discount_lasts(&discounts->of[i], ordinal))
            return true;
    return false;
}

static bool is_removed(const struct amendment_work *w, int32_t slot)
{
    for (size_t i = 0; i < w->wish->edit_count; i++)
        if (w->wish->edits[i].slot == slot)
            return w->wish->edits[i].remove;
    return false;
}

/* What the lines that go held of the document's amounts in a period. */
static int64_t freed_amounts(struct amendment_work *w, int32_t index)
{
    const struct amendment_facts *facts = w->facts;
    int32_t ordinal = index - schedule_index(&facts->schedule, facts->counted_on);
    int64_t *nets = ARENA_ARRAY(w->arena, int64_t, facts->line_count + 1);
    int64_t *plain = ARENA_ARRAY(w->arena, int64_t, facts->line_count + 1);
    int64_t *all = ARENA_ARRAY(w->arena, int64_t, facts->line_count + 1);
    int64_t *percent = ARENA_ARRAY(w->arena, int64_t, facts->line_count + 1);
    int32_t *slot = ARENA_ARRAY(w->arena, int32_t, facts->line_count + 1);
    int64_t freed = 0;
    size_t n = 0;

    for (size_t i = 0; i < facts->line_count; i++) {
        const struct amendment_line *line = &facts->lines[i];
        struct worth worth;

        if (line->timing != BILLING_ADVANCE || !period_contains((struct period){line->from_on, line->until_on}, w->on) ||
            !worth_in(w, line, line->quantity_e4, index, &worth))
            continue;
        slot[n] = line->slot;
        plain[n] = nets[n] = worth.own_minor;
        n++;
    }
    discounts_take(w->arena, facts->discounts, ordinal, true, nets, n, all);
    discounts_take(w->arena, facts->discounts, ordinal, false, plain, n, percent);
    for (size_t i = 0; i < n; i++)
        freed += is_removed(w, slot[i]) && all[i] > percent[i] ? all[i] - percent[i] : 0;
    return freed;
}

static struct amendment_line line_of_addition(const struct amendment_work *w, size_t addition)
{
    const struct amendment_addition *added = &w->wish->additions[addition];

    return (struct amendment_line){.quantity_e4 = added->quantity_e4, .unit_price_e4 = added->unit_price_e4, .rule = added->rule,
                                   .discount_ppm = added->discount_ppm, .discount_minor = added->discount_minor,
                                   .discount_periods = added->discount_periods, .timing = added->timing, .goods = added->goods,
                                   .from_on = w->on, .until_on = DATE_NONE};
}

/* The part of it that comes to one addition, in proportion to what the additions cost. */
static int64_t amount_for(struct amendment_work *w, size_t addition, int32_t index)
{
    size_t count = w->wish->addition_count;
    int64_t *nets = ARENA_ARRAY(w->arena, int64_t, count);
    int64_t *shares = ARENA_ARRAY(w->arena, int64_t, count);
    int64_t sum = 0;
    int64_t freed;

    if (!w->wish->credit || !lasts_as_amount(w, index))
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct amendment_line line = line_of_addition(w, i);
        struct worth worth;
        bool counts = !w->wish->additions[i].once && line.timing == BILLING_ADVANCE && worth_in(w, &line, line.quantity_e4, index, &worth);

        nets[i] = counts ? worth.minor : 0;
        sum += nets[i];
    }
    freed = freed_amounts(w, index);
    if (sum == 0 || freed == 0)
        return 0;
    money_split(freed < sum ? freed : sum, nets, count, shares);
    return shares[addition];
}

/* ---- more ---- */

/* What the rest of a period costs more for one worth than for another; *listed: before amounts and the document's discounts. */
static int64_t due_between(const struct amendment_line *price, const struct worth *from, const struct worth *to, struct period natural,
                           struct period part, int64_t *listed)
{
    *listed = 0;
    if (to->minor <= from->minor)
        return 0;
    *listed = price->goods ? to->listed_minor - from->listed_minor : proration_part(to->listed_minor - from->listed_minor, natural, part);
    return price->goods ? to->minor - from->minor : proration_part(to->minor - from->minor, natural, part);
}

/* Where the day has charged just what the quantity in force asks for, the rest is said from that quantity on. False: out of bounds. */
static bool said_from(const struct amendment_work *w, const struct slot_change *change, const struct amendment_line *price, int32_t k,
                      const struct amendment_charge *charge, int64_t charged, const struct worth *before, int64_t *from_e4, struct worth *from)
{
    int64_t now_e4 = quantity_now(w, change);
    struct worth now;
    int64_t listed;

    *from_e4 = change->before_e4;
    *from = *before;
    if (charged == 0)
        return true;
    if (!worth_in(w, price, now_e4, k, &now))
        return false;
    if (due_between(price, before, &now, charge->natural, charge->part, &listed) == charged) {
        *from_e4 = now_e4;
        *from = now;
    }
    return true;
}

/* R4 in one period: the share of what it costs more, less what the day has charged for it; *over: what the day has
 * charged beyond that. */
static bool settle_period(struct amendment_work *w, const struct slot_change *change, int32_t k, int64_t *over)
{
    const struct amendment_line *price = priced_by(w, change, k);
    struct period natural = schedule_period(&w->facts->schedule, k);
    struct period part = period_overlap(natural, (struct period){w->on, w->facts->ended_on});
    struct amendment_charge charge = {.slot = change->slot, .opening = change->opening, .line = change->line, .addition = change->addition,
                                      .natural = natural, .part = part};
    struct worth before;
    struct worth after;
    struct worth from;
    int64_t from_e4;
    int64_t charged = 0;
    int64_t listed;
    int64_t due;

    if (!worth_in(w, price, change->before_e4, k, &before) || !worth_in(w, price, change->quantity_e4, k, &after))
        return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
    if (change->addition != AMENDMENT_NO_INDEX)
        after.minor -= amount_for(w, change->addition, k);
    due = due_between(price, &before, &after, natural, part, &listed);
    for (size_t i = 0; i < w->facts->invoiced_count; i++)
        if (charged_today(w, &w->facts->invoiced[i], change->slot) && invoiced_index(w, &w->facts->invoiced[i]) == k)
            charged += invoiced_left(&w->facts->invoiced[i]);
    *over += due < charged ? charged - due : 0;
    if (due <= charged)
        return true;
    charge.minor = due - charged;
    if (!said_from(w, change, price, k, &charge, charged, &before, &from_e4, &from))
        return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
    due_between(price, &from, &after, natural, part, &listed);
    charge.full_minor = after.minor - from.minor;
    charge.allowance_minor = listed > charge.minor ? listed - charge.minor : 0;
    if (charge.allowance_minor > 0 && w->facts->discounts != NULL)
        charge.coupon = arena_strdup(w->arena, discounts_coupon(w->facts->discounts, k - schedule_index(&w->facts->schedule, w->facts->counted_on), false));
    price_charge(w, from_e4, change->quantity_e4, price, k, after.listed_minor - from.listed_minor, &charge);
    return add_charge(w, charge);
}

/* R4: the share of every billed period that the change lies in. */
static bool settle_more(struct amendment_work *w, const struct slot_change *change)
{
    const struct schedule *schedule = &w->facts->schedule;
    int64_t over = 0; /* charged today and no longer due */

    if (!amendment_is_billed(w->facts, w->on) || change->price->timing != BILLING_ADVANCE)
        return true;
    for (int32_t k = schedule_index(schedule, w->on); schedule_boundary(schedule, k) < w->facts->billed_until_on; k++)
        if (!settle_period(w, change, k, &over))
            return false;
    give_back(w, change, over, true, 0, 0);
    return true;
}

bool amendment_settle(struct amendment_work *w, const struct slot_change *change)
{
    if (w->out.new_epoch && change->before_e4 == 0 && change->quantity_e4 > 0)
        return true;
    return settle_less(w, change) && settle_more(w, change);
}

bool amendment_charge_once(struct amendment_work *w, size_t addition)
{
    const struct amendment_addition *added = &w->wish->additions[addition];
    struct amendment_charge charge = {
        .opening = AMENDMENT_NO_INDEX, .line = AMENDMENT_NO_INDEX, .addition = addition, .quantity_e4 = added->quantity_e4,
        .unit_price_e4 = added->unit_price_e4, .discount_ppm = added->discount_ppm, .natural = PERIOD_NONE, .part = PERIOD_NONE};

    if (!line_net(added->unit_price_e4, added->quantity_e4, added->discount_ppm, w->facts->currency, &charge.full_minor))
        return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, w->wish->edit_count + addition);
    charge.allowance_minor = line_amount_off(added->discount_minor, 0, 0, charge.full_minor);
    charge.minor = charge.full_minor - charge.allowance_minor;
    return add_charge(w, charge);
}

/* ---- a whole period ---- */

/* What a charge is a share of, as arithmetic is shown: 0 where amounts were taken off a share. */
static int64_t full_of(const struct billing_item *item, const struct billing_item_line *line)
{
    if (line->allowance_minor == 0)
        return line->full_minor;
    return period_days(line->period) == period_days(item->natural) ? line->net_minor : 0;
}

/* One line as core/billing knows it for each part of its price. */
struct billed {
    struct billing_line *lines;
    size_t *of;                /* index in the lines that are asked about */
    struct price_part *part;
    size_t count;
};

static void add_billed(const struct amendment_work *w, const struct amendment_line *line, size_t of, struct billed *billed)
{
    const struct price_rule plain = {.model = PRICE_PER_UNIT, .unit_price_e4 = line->unit_price_e4};
    struct price_part parts[PRICE_PARTS_MAX];
    int64_t off[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(line->rule != NULL ? line->rule : &plain, line->quantity_e4, parts);

    price_parts_off(parts, count, line->discount_minor, w->facts->currency, off);
    for (size_t i = 0; i < count; i++) {
        billed->of[billed->count] = of;
        billed->part[billed->count] = parts[i];
        billed->lines[billed->count++] = (struct billing_line){
            .id = line->id, .slot = line->slot, .timing = line->timing, .quantity_e4 = parts[i].quantity_e4,
            .unit_price_e4 = parts[i].unit_price_e4, .discount_ppm = line->discount_ppm, .discount_periods = line->discount_periods,
            .discount_minor = off[i], .from_on = line->from_on, .until_on = line->until_on, .whole = line->goods && w->out.new_epoch,
            .used_in = BILLING_UNUSED, .tax_class = ""};
    }
}

static size_t parts_of(const struct amendment_line *lines, size_t count)
{
    size_t parts = 1;

    for (size_t i = 0; i < count; i++)
        parts += lines[i].rule != NULL ? PRICE_PARTS_MAX : 1;
    return parts;
}

bool amendment_charge_period(struct amendment_work *w, const struct amendment_line *lines, const size_t *openings, size_t count,
                             const struct schedule *schedule, int32_t index, int32_t counted_on, const struct discounts *discounts)
{
    size_t room = parts_of(lines, count);
    struct billed billed = {ARENA_ARRAY(w->arena, struct billing_line, room), ARENA_ARRAY(w->arena, size_t, room),
                            ARENA_ARRAY(w->arena, struct price_part, room), 0};
    struct amendment_charge *charges = ARENA_ARRAY(w->arena, struct amendment_charge, room + w->out.charge_count);
    struct billing_facts facts = {.schedule = *schedule, .currency = w->facts->currency, .started_on = counted_on, .ended_on = w->facts->ended_on,
                                  .lines = billed.lines, .discounts = discounts, .today_on = w->on, .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_item item;

    for (size_t i = 0; i < count; i++)
        if (lines[i].timing == BILLING_ADVANCE)
            add_billed(w, &lines[i], i, &billed);
    facts.line_count = billed.count;
    for (size_t i = 0; i < w->out.charge_count; i++)
        charges[i] = w->out.charges[i];
    w->out.charges = charges;
    if (!billing_item_at(w->arena, &facts, BILLING_ADVANCE, index, &item)) {
        if (item.line_count > 0)
            return amendment_refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
        return true;
    }
    for (size_t i = 0; i < item.line_count; i++) {
        const struct billing_item_line *line = &item.lines[i];
        size_t of = billed.of[line->line];
        size_t opening = openings != NULL ? openings[of] : AMENDMENT_NO_INDEX;

        if (!add_charge(w, (struct amendment_charge){
                .slot = lines[of].slot, .opening = opening, .line = openings != NULL ? AMENDMENT_NO_INDEX : of,
                .addition = openings != NULL ? w->out.openings[opening].addition : AMENDMENT_NO_INDEX,
                .quantity_e4 = billed.lines[line->line].quantity_e4, .unit_price_e4 = billed.lines[line->line].unit_price_e4,
                .discount_ppm = line->discount_ppm, .allowance_minor = line->allowance_minor, .coupon = line->coupon, .tiered = lines[of].rule != NULL,
                .parts = lines[of].rule != NULL, .price_part = billed.part[line->line], .natural = item.natural, .part = line->period,
                .full_minor = full_of(&item, line), .minor = line->net_minor}))
            return false;
    }
    return true;
}
