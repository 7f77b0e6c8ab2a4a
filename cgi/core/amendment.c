#include "core/amendment.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/proration.h"

#define N_(text) text

static const char *const kind_name[] = {"", "lines", "pause", "resume", "close", "renew", "reactivate", "transfer"};
static const char *const when_name[] = {"", "period_end", "once", "date"};

const char *amendment_kind_name(enum amendment_kind kind)
{
    CHECK(kind >= AMENDMENT_LINES && kind <= AMENDMENT_TRANSFER);
    return kind_name[kind];
}

enum amendment_kind amendment_kind_from_name(const char *name)
{
    for (int i = AMENDMENT_LINES; i <= AMENDMENT_TRANSFER; i++)
        if (strcmp(kind_name[i], name) == 0)
            return (enum amendment_kind)i;
    return (enum amendment_kind)0;
}

const char *amendment_when_name(enum amendment_when when)
{
    CHECK(when >= AMENDMENT_AT_PERIOD_END && when <= AMENDMENT_ON_DATE);
    return when_name[when];
}

enum amendment_when amendment_when_from_name(const char *name)
{
    for (int i = AMENDMENT_AT_PERIOD_END; i <= AMENDMENT_ON_DATE; i++)
        if (strcmp(when_name[i], name) == 0)
            return (enum amendment_when)i;
    return (enum amendment_when)0;
}

size_t amendment_line_on(const struct amendment_line *lines, size_t count, int32_t slot, int32_t on)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].slot == slot && period_contains((struct period){lines[i].from_on, lines[i].until_on}, on))
            return i;
    return AMENDMENT_NO_INDEX;
}

static bool is_billed(const struct amendment_facts *facts, int32_t on)
{
    return facts->billed_until_on != DATE_NONE && on < facts->billed_until_on;
}

static int32_t period_end_on(const struct amendment_facts *facts)
{
    if (facts->state == SUBSCRIPTION_PAUSED)
        return facts->today_on;
    if (facts->billed_until_on != DATE_NONE && facts->billed_until_on >= facts->today_on)
        return facts->billed_until_on;
    if (facts->today_on < facts->started_on)
        return facts->started_on;
    return schedule_boundary(&facts->schedule, schedule_index(&facts->schedule, facts->today_on) + 1);
}

int32_t amendment_effective_on(const struct amendment_facts *facts, const struct amendment_wish *wish)
{
    switch (wish->when) {
    case AMENDMENT_AT_PERIOD_END: return period_end_on(facts);
    case AMENDMENT_AT_ONCE: return facts->today_on > facts->started_on ? facts->today_on : facts->started_on;
    case AMENDMENT_ON_DATE: return wish->on;
    }
    return DATE_NONE;
}

/* What is being decided. */
struct work {
    const struct amendment_facts *facts;
    const struct amendment_wish *wish;
    int32_t on;
    struct amendment out;
};

static bool refuse(struct work *w, enum amendment_refusal refusal, size_t at)
{
    if (w->out.refusal == AMENDMENT_NOT_REFUSED) {
        w->out.refusal = refusal;
        w->out.refused_at = at;
    }
    return false;
}

static bool add_charge(struct work *w, struct amendment_charge charge)
{
    if (charge.minor == 0)
        return true;
    w->out.charges[w->out.charge_count++] = charge;
    w->out.charge_minor += charge.minor;
    return w->out.charge_minor <= MONEY_MAX || refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
}

/* What a quantity of a line costs for one whole period; a period's ordinal counts from the line's first. */
static bool full_price(const struct work *w, const struct amendment_line *line, int64_t quantity_e4, int32_t ordinal, int64_t *full_minor)
{
    *full_minor = 0;
    return quantity_e4 == 0 || line_net(line->unit_price_e4, quantity_e4, discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal),
                                        w->facts->currency, full_minor);
}

static int32_t line_ordinal(const struct work *w, const struct amendment_line *line, int32_t index)
{
    int32_t ordinal = index - schedule_index(&w->facts->schedule, line->from_on);

    return ordinal < 0 ? 0 : ordinal;
}

/* The line as it goes on from a day: the discount has fewer periods left. */
static struct amendment_opening go_on(const struct work *w, size_t line, int64_t quantity_e4, int32_t from_on, int32_t periods_used)
{
    const struct amendment_line *from = &w->facts->lines[line];
    struct amendment_opening opening = {.line = line, .addition = AMENDMENT_NO_INDEX, .slot = from->slot, .quantity_e4 = quantity_e4,
                                        .unit_price_e4 = from->unit_price_e4, .discount_ppm = from->discount_ppm,
                                        .discount_periods = from->discount_periods, .from_on = from_on, .until_on = DATE_NONE};

    if (opening.discount_periods > 0) {
        opening.discount_periods -= periods_used;
        if (opening.discount_periods <= 0)
            opening.discount_ppm = opening.discount_periods = 0;
    }
    return opening;
}

/* One slot before the day and after the change. The day's earlier amendments belong to neither: they are what the day
 * has charged and given back so far. */
struct slot_change {
    int32_t slot;
    size_t line;             /* in force now; AMENDMENT_NO_INDEX: an addition */
    int64_t before_e4;       /* quantity before the day's amendments; 0: not there */
    const struct amendment_line *price; /* of the line that goes on; of an addition */
    size_t addition;
    size_t opening;          /* AMENDMENT_NO_INDEX: removed */
    int64_t quantity_e4;     /* after; 0: removed */
};

static bool charged_today(const struct work *w, const struct invoiced_line *line, int32_t slot)
{
    return line->slot == slot && line->amended_on != DATE_NONE && line->amended_on == w->on;
}

/* A period billed from the day on was billed after the day's first change: what it says counts. */
static int64_t quantity_before(const struct work *w, int32_t slot, size_t now)
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

/* Gives back up to the amount from the newest lines of the slot that the day has charged, or from the others. */
static void give_back(struct work *w, const struct slot_change *change, int64_t minor, bool of_today, int64_t quantity_e4, int64_t of_quantity_e4)
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

/* R5: the share of what the slot's lines held before the day, less what the day has given back. */
static bool settle_less(struct work *w, const struct slot_change *change)
{
    int64_t before_e4 = change->before_e4;
    int64_t held = 0;
    int64_t given = 0;
    int64_t target = 0;
    struct invoiced_line last = {.period = {0, 0}};

    for (size_t i = 0; i < w->facts->invoiced_count; i++) {
        const struct invoiced_line *line = &w->facts->invoiced[i];

        if (line->slot != change->slot || charged_today(w, line, change->slot))
            continue;
        held += invoiced_rest(line, &w->facts->pauses, w->on, w->on);
        for (size_t c = 0; c < line->credit_count; c++)
            given += line->credits[c].amended_on != DATE_NONE && line->credits[c].amended_on == w->on ? line->credits[c].minor : 0;
        last = *line;
    }
    if (change->quantity_e4 < before_e4)
        target = money_scale(held, before_e4 - change->quantity_e4, before_e4, ROUND_HALF_AWAY);
    if (!w->wish->credit && target > given)
        target = given; /* nothing more; what the day gave back may still be taken back */
    if (target > given)
        give_back(w, change, target - given, false, before_e4 - change->quantity_e4, before_e4);
    if (target >= given)
        return true;
    return add_charge(w, (struct amendment_charge){
        .slot = change->slot, .opening = change->opening, .line = change->line, .addition = change->addition,
        .quantity_e4 = change->quantity_e4, .unit_price_e4 = change->price->unit_price_e4, .natural = last.period,
        .part = {last.period.until_on - (period_days(last.period) - invoiced_served(&last, &w->facts->pauses, w->on)), last.period.until_on},
        .full_minor = last.minor, .minor = given - target, .restores = true});
}

/* The natural period that an invoice line belongs to: the one that its last day of service lies in. */
static int32_t invoiced_index(const struct work *w, const struct invoiced_line *line)
{
    return schedule_index(&w->facts->schedule, invoiced_until_on(line, &w->facts->pauses) - 1);
}

/* R4: the share of every billed period that the addition lies in, less what the day has charged for it. */
static bool settle_more(struct work *w, const struct slot_change *change)
{
    const struct schedule *schedule = &w->facts->schedule;
    int64_t before_e4 = change->before_e4;
    int64_t over = 0; /* charged today and no longer due */

    if (!is_billed(w->facts, w->on) || change->price->timing != BILLING_ADVANCE)
        return true;
    for (int32_t k = schedule_index(schedule, w->on); schedule_boundary(schedule, k) < w->facts->billed_until_on; k++) {
        struct period natural = schedule_period(schedule, k);
        struct period part = period_overlap(natural, (struct period){w->on, w->facts->ended_on});
        int32_t ordinal = line_ordinal(w, change->price, k);
        int64_t before_minor;
        int64_t after_minor;
        int64_t due = 0;
        int64_t charged = 0;

        if (change->quantity_e4 > before_e4) {
            if (!full_price(w, change->price, before_e4, ordinal, &before_minor) ||
                !full_price(w, change->price, change->quantity_e4, ordinal, &after_minor))
                return refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
            due = change->price->goods ? after_minor - before_minor : proration_part(after_minor - before_minor, natural, part);
        }
        for (size_t i = 0; i < w->facts->invoiced_count; i++)
            if (charged_today(w, &w->facts->invoiced[i], change->slot) && invoiced_index(w, &w->facts->invoiced[i]) == k)
                charged += invoiced_left(&w->facts->invoiced[i]);
        if (due > charged && !add_charge(w, (struct amendment_charge){
            .slot = change->slot, .opening = change->opening, .line = change->line, .addition = change->addition,
            .quantity_e4 = change->quantity_e4 - before_e4, .unit_price_e4 = change->price->unit_price_e4,
            .discount_ppm = discount_ppm_at(change->price->discount_ppm, change->price->discount_periods, ordinal),
            .natural = natural, .part = part, .full_minor = after_minor - before_minor, .minor = due - charged}))
            return false;
        over += due < charged ? charged - due : 0;
    }
    give_back(w, change, over, true, 0, 0);
    return true;
}

/* In a new epoch the old lines only give back; the first new period is charged for what replaces them. */
static bool settle(struct work *w, const struct slot_change *change)
{
    if (w->out.new_epoch && change->before_e4 == 0 && change->quantity_e4 > 0)
        return true;
    return settle_less(w, change) && settle_more(w, change);
}

static size_t refused_addition(const struct work *w, size_t addition)
{
    return w->wish->edit_count + addition;
}

static bool valid_recurrence(struct work *w)
{
    if (w->wish->every.unit == 0)
        return true;
    return recurrence_valid(w->wish->every) || refuse(w, AMENDMENT_RECURRENCE_INVALID, 0);
}

static bool valid_edits(struct work *w)
{
    const struct amendment_facts *facts = w->facts;

    for (size_t i = 0; i < w->wish->edit_count; i++) {
        const struct amendment_edit *edit = &w->wish->edits[i];

        if (amendment_line_on(facts->lines, facts->line_count, edit->slot, w->on) == AMENDMENT_NO_INDEX)
            return refuse(w, AMENDMENT_LINE_UNKNOWN, i);
        for (size_t j = 0; j < i; j++)
            if (w->wish->edits[j].slot == edit->slot)
                return refuse(w, AMENDMENT_LINE_TWICE, i);
        if (!edit->remove && (edit->quantity_e4 < 1 || edit->quantity_e4 > QUANTITY_MAX_E4))
            return refuse(w, AMENDMENT_QUANTITY_OUT_OF_BOUNDS, i);
    }
    for (size_t i = 0; i < w->wish->addition_count; i++) {
        const struct amendment_addition *added = &w->wish->additions[i];

        if (added->quantity_e4 < 1 || added->quantity_e4 > QUANTITY_MAX_E4)
            return refuse(w, AMENDMENT_QUANTITY_OUT_OF_BOUNDS, refused_addition(w, i));
        if (added->unit_price_e4 < 0 || added->unit_price_e4 > UNIT_PRICE_MAX_E4 || added->discount_ppm < 0 ||
            added->discount_ppm > RATE_ONE || added->discount_periods < 0)
            return refuse(w, AMENDMENT_PRICE_OUT_OF_BOUNDS, refused_addition(w, i));
    }
    return valid_recurrence(w);
}

static int32_t highest_slot(const struct amendment_facts *facts)
{
    int32_t slot = 0;

    for (size_t i = 0; i < facts->line_count; i++)
        slot = facts->lines[i].slot > slot ? facts->lines[i].slot : slot;
    return slot;
}

static void close_line(struct work *w, size_t line, int32_t until_on)
{
    w->out.closings[w->out.closing_count++] = (struct amendment_closing){line, until_on};
}

static bool edit_slot(struct work *w, const struct amendment_edit *edit, bool *changes)
{
    const struct amendment_facts *facts = w->facts;
    size_t now = amendment_line_on(facts->lines, facts->line_count, edit->slot, w->on);
    struct slot_change change = {.slot = edit->slot, .line = now, .before_e4 = quantity_before(w, edit->slot, now),
                                 .price = &facts->lines[now], .addition = AMENDMENT_NO_INDEX, .opening = AMENDMENT_NO_INDEX,
                                 .quantity_e4 = edit->remove ? 0 : edit->quantity_e4};

    if (change.quantity_e4 == facts->lines[now].quantity_e4)
        return true;
    *changes = true;
    close_line(w, now, w->on);
    if (change.quantity_e4 > 0) {
        struct amendment_opening opening = go_on(w, now, change.quantity_e4, w->on,
                                                 line_ordinal(w, &facts->lines[now], schedule_index(&facts->schedule, w->on)));

        opening.until_on = facts->lines[now].until_on;
        change.opening = w->out.opening_count;
        w->out.openings[w->out.opening_count++] = opening;
    }
    return settle(w, &change);
}

static bool add_once(struct work *w, size_t i)
{
    const struct amendment_addition *added = &w->wish->additions[i];
    struct amendment_charge charge = {
        .opening = AMENDMENT_NO_INDEX, .line = AMENDMENT_NO_INDEX, .addition = i, .quantity_e4 = added->quantity_e4,
        .unit_price_e4 = added->unit_price_e4, .discount_ppm = added->discount_ppm, .natural = PERIOD_NONE, .part = PERIOD_NONE};

    if (!line_net(added->unit_price_e4, added->quantity_e4, added->discount_ppm, w->facts->currency, &charge.full_minor))
        return refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, refused_addition(w, i));
    charge.minor = charge.full_minor;
    return add_charge(w, charge);
}

static bool add_slot(struct work *w, size_t i, int32_t slot)
{
    const struct amendment_addition *added = &w->wish->additions[i];
    struct amendment_line line = {.slot = slot, .quantity_e4 = added->quantity_e4, .unit_price_e4 = added->unit_price_e4,
                                  .discount_ppm = added->discount_ppm, .discount_periods = added->discount_periods,
                                  .timing = added->timing, .goods = added->goods, .from_on = w->on, .until_on = DATE_NONE};
    struct slot_change change = {.slot = slot, .line = AMENDMENT_NO_INDEX, .price = &line, .addition = i,
                                 .opening = w->out.opening_count, .quantity_e4 = added->quantity_e4};

    w->out.openings[w->out.opening_count++] = (struct amendment_opening){
        .line = AMENDMENT_NO_INDEX, .addition = i, .slot = slot, .quantity_e4 = added->quantity_e4, .unit_price_e4 = added->unit_price_e4,
        .discount_ppm = added->discount_ppm, .discount_periods = added->discount_periods, .from_on = w->on, .until_on = DATE_NONE};
    return settle(w, &change);
}

/* R6 with another recurrence, inside what is billed: the first period of the new lines. With the anchor kept that is
 * the rest of a natural one. */
static bool charge_first_period(struct work *w)
{
    struct period natural = schedule_period(&w->out.schedule, w->out.next_index);
    struct period part = {w->on, natural.until_on};

    for (size_t i = 0; i < w->out.opening_count; i++) {
        const struct amendment_opening *opened = &w->out.openings[i];
        const struct amendment_addition *added = &w->wish->additions[opened->addition];
        struct amendment_charge charge = {
            .slot = opened->slot, .opening = i, .line = AMENDMENT_NO_INDEX, .addition = opened->addition,
            .quantity_e4 = opened->quantity_e4, .unit_price_e4 = opened->unit_price_e4,
            .discount_ppm = discount_ppm_at(opened->discount_ppm, opened->discount_periods, 0), .natural = natural, .part = part};

        if (added->timing != BILLING_ADVANCE)
            continue;
        if (!line_net(opened->unit_price_e4, opened->quantity_e4, charge.discount_ppm, w->facts->currency, &charge.full_minor))
            return refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, refused_addition(w, opened->addition));
        charge.minor = added->goods ? charge.full_minor : proration_part(charge.full_minor, natural, part);
        if (!add_charge(w, charge))
            return false;
    }
    w->out.next_index++;
    return true;
}

static size_t lines_after(const struct work *w)
{
    size_t count = w->out.opening_count;

    for (size_t i = 0; i < w->facts->line_count; i++)
        count += period_contains((struct period){w->facts->lines[i].from_on, w->facts->lines[i].until_on}, w->on);
    return count - w->out.closing_count;
}

static bool has_arrears_open(const struct work *w)
{
    int32_t boundary = schedule_boundary(&w->facts->schedule, schedule_index(&w->facts->schedule, w->on));

    for (size_t i = 0; i < w->facts->line_count; i++) {
        const struct amendment_line *line = &w->facts->lines[i];

        if (line->timing != BILLING_ADVANCE && line->from_on < w->on && (line->until_on == DATE_NONE || line->until_on > boundary) &&
            w->on != boundary)
            return true;
    }
    return false;
}

/* Period 0 contains the day: it begins on it unless the plan's rule says otherwise. */
static struct schedule first_schedule(const struct work *w, struct recurrence every, int32_t on)
{
    return w->wish->anchor.rule == 0 ? (struct schedule){.anchor_on = on, .every = every} : anchor_schedule(w->wish->anchor, every, on);
}

static void begin_epoch(struct work *w)
{
    w->out.new_epoch = true;
    w->out.schedule.every = w->wish->every;
    if (!w->wish->keep_anchor)
        w->out.schedule = first_schedule(w, w->wish->every, w->on);
    if (w->wish->keep_anchor)
        w->out.next_index = schedule_index(&w->out.schedule, w->on);
    if (w->out.next_index < 0) { /* banked days before the anchor: the same boundaries, counted from the running one */
        struct schedule *schedule = &w->out.schedule;
        int32_t anchor_on = schedule_boundary(schedule, w->out.next_index);

        if (schedule->month_day == 0 && recurrence_months(schedule->every) > 0)
            schedule->month_day = date_civil(schedule->anchor_on).day;
        schedule->anchor_on = anchor_on;
        w->out.next_index = 0;
    }
}

static bool other_recurrence(const struct work *w)
{
    const struct recurrence *now = &w->facts->schedule.every;

    return w->wish->every.unit != 0 && (w->wish->every.unit != now->unit || w->wish->every.count != now->count);
}

static bool decide_lines(struct work *w)
{
    bool changes = w->wish->addition_count > 0;
    int32_t slot = highest_slot(w->facts);

    if (!valid_edits(w))
        return false;
    if (other_recurrence(w)) {
        if (has_arrears_open(w))
            return refuse(w, AMENDMENT_ARREARS_OPEN, 0);
        begin_epoch(w);
    }
    for (size_t i = 0; i < w->wish->edit_count; i++)
        if (!edit_slot(w, &w->wish->edits[i], &changes))
            return false;
    if (w->out.new_epoch && lines_after(w) > 0)
        return refuse(w, AMENDMENT_KEEPS_OLD_LINES, 0);
    for (size_t i = 0; i < w->wish->addition_count; i++)
        if (w->wish->additions[i].once ? !add_once(w, i) : !add_slot(w, i, ++slot))
            return false;
    if (!changes)
        return refuse(w, AMENDMENT_CHANGES_NOTHING, 0);
    if (lines_after(w) == 0)
        return refuse(w, AMENDMENT_LEAVES_NOTHING, 0);
    return !w->out.new_epoch || !is_billed(w->facts, w->on) || charge_first_period(w);
}

/* Closes what is in force and comes later; a line that begins on the day closes empty. */
static void close_all(struct work *w)
{
    for (size_t i = 0; i < w->facts->line_count; i++) {
        const struct amendment_line *line = &w->facts->lines[i];

        if (line->until_on == DATE_NONE || line->until_on > w->on)
            close_line(w, i, line->from_on > w->on ? line->from_on : w->on);
    }
}

static bool decide_pause(struct work *w)
{
    int32_t longest_on = w->facts->pause_max_days > 0 ? w->on + w->facts->pause_max_days : DATE_NONE;
    int32_t resume_on = w->wish->resume_on != DATE_NONE ? w->wish->resume_on : longest_on;

    if (!w->facts->may_pause)
        return refuse(w, AMENDMENT_PAUSE_NOT_ALLOWED, 0);
    if (resume_on != DATE_NONE && resume_on <= w->on)
        return refuse(w, AMENDMENT_RESUME_BEFORE_PAUSE, 0);
    if (longest_on != DATE_NONE && resume_on > longest_on)
        return refuse(w, AMENDMENT_PAUSE_TOO_LONG, 0);
    if (resume_on != DATE_NONE && resume_on - w->on > AMENDMENT_AHEAD_DAYS)
        return refuse(w, AMENDMENT_TOO_FAR, 0);
    if (w->facts->ended_on != DATE_NONE)
        return refuse(w, AMENDMENT_END_IS_PLANNED, 0);
    if (has_arrears_open(w))
        return refuse(w, AMENDMENT_ARREARS_OPEN, 0);
    close_all(w);
    w->out.banked_days = is_billed(w->facts, w->on) ? w->facts->billed_until_on - w->on : 0;
    w->out.resume_on = resume_on;
    return true;
}

/* Lines that an end or a pause has closed (an end reached leaves them open) go on from the day, in periods of their own.
 * anchor_on: the first boundary. */
static void open_again(struct work *w, int32_t closed_on, int32_t anchor_on)
{
    w->out.new_epoch = true;
    w->out.schedule = first_schedule(w, w->facts->schedule.every, anchor_on);
    w->out.next_index = 0;
    for (size_t i = 0; i < w->facts->line_count; i++) {
        const struct amendment_line *line = &w->facts->lines[i];
        int32_t last = schedule_index(&w->facts->schedule, closed_on - 1);
        bool inside = anchor_on > w->on; /* the period that the closing cut is served to its end */

        if (line->until_on == DATE_NONE)
            close_line(w, i, closed_on > line->from_on ? closed_on : line->from_on);
        if ((line->until_on == closed_on || line->until_on == DATE_NONE) && line->from_on < closed_on)
            w->out.openings[w->out.opening_count++] =
                go_on(w, i, line->quantity_e4, w->on, line_ordinal(w, line, last) + (inside ? 0 : 1));
    }
}

static bool decide_resume(struct work *w)
{
    const struct amendment_facts *facts = w->facts;

    if (w->on < facts->paused_on)
        return refuse(w, AMENDMENT_RESUME_BEFORE_PAUSE, 0);
    open_again(w, facts->paused_on, w->on + facts->banked_days);
    return true;
}

static bool decide_close(struct work *w)
{
    const struct amendment_facts *facts = w->facts;
    const struct subscription_facts asked = {
        .state = facts->state, .ends_on = DATE_NONE, .commitment_until_on = facts->commitment_until_on, .notice_days = facts->notice_days,
        .billed_until_on = DATE_NONE, .term_until_on = facts->term_until_on, .agreed = w->wish->agreed, .held_on = DATE_NONE,
        .today_on = w->on < facts->today_on ? w->on : facts->today_on};
    enum subscription_refusal refusal = subscription_may_end(&asked, w->on);

    if (facts->ended_on != DATE_NONE && w->on >= facts->ended_on)
        return refuse(w, AMENDMENT_AFTER_END, 0);
    if (refusal == SUBSCRIPTION_UNDER_COMMITMENT)
        return refuse(w, AMENDMENT_UNDER_COMMITMENT, 0);
    if (refusal == SUBSCRIPTION_WITHIN_TERM)
        return refuse(w, AMENDMENT_WITHIN_TERM, 0);
    if (refusal == SUBSCRIPTION_WITHIN_NOTICE)
        return refuse(w, AMENDMENT_WITHIN_NOTICE, 0);
    close_all(w);
    for (size_t i = 0; i < w->out.closing_count && w->wish->credit; i++) {
        size_t now = w->out.closings[i].line;
        struct slot_change change = {.slot = facts->lines[now].slot, .line = now, .before_e4 = quantity_before(w, facts->lines[now].slot, now),
                                     .price = &facts->lines[now], .addition = AMENDMENT_NO_INDEX, .opening = AMENDMENT_NO_INDEX};

        if (!settle(w, &change))
            return false;
    }
    w->out.ended_on = w->on;
    return true;
}

/* R12: the next period as it stands, before its day; never more than one ahead of the running one. */
static bool decide_renew(struct work *w)
{
    const struct amendment_facts *facts = w->facts;
    const struct schedule *schedule = &facts->schedule;
    struct period natural;
    int32_t index;

    if (facts->billed_until_on == DATE_NONE || facts->billed_until_on < facts->today_on)
        return refuse(w, AMENDMENT_STATE_REFUSES, 0);
    if (facts->billed_from_on > facts->today_on)
        return refuse(w, AMENDMENT_RENEWED_ALREADY, 0);
    if (facts->ended_on != DATE_NONE && facts->billed_until_on >= facts->ended_on)
        return refuse(w, AMENDMENT_AFTER_END, 0);
    index = schedule_index(schedule, facts->billed_until_on);
    natural = schedule_period(schedule, index);
    for (size_t i = 0; i < facts->line_count; i++) {
        const struct amendment_line *line = &facts->lines[i];
        struct period part = period_overlap(period_overlap(natural, (struct period){line->from_on, line->until_on}),
                                            (struct period){natural.from_on, facts->ended_on});
        struct amendment_charge charge = {
            .slot = line->slot, .opening = AMENDMENT_NO_INDEX, .line = i, .addition = AMENDMENT_NO_INDEX,
            .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->unit_price_e4,
            .discount_ppm = discount_ppm_at(line->discount_ppm, line->discount_periods, line_ordinal(w, line, index)),
            .natural = natural, .part = part};

        if (period_days(part) == 0 || line->timing != BILLING_ADVANCE)
            continue;
        if (!full_price(w, line, line->quantity_e4, line_ordinal(w, line, index), &charge.full_minor))
            return refuse(w, AMENDMENT_AMOUNT_OUT_OF_BOUNDS, 0);
        charge.minor = proration_part(charge.full_minor, natural, part);
        if (!add_charge(w, charge))
            return false;
    }
    return w->out.charge_count > 0 || refuse(w, AMENDMENT_CHANGES_NOTHING, 0);
}

static bool decide_reactivate(struct work *w)
{
    const struct amendment_facts *facts = w->facts;

    if (facts->ended_on == DATE_NONE || w->on < facts->ended_on)
        return refuse(w, AMENDMENT_STATE_REFUSES, 0);
    if (w->on - facts->ended_on > AMENDMENT_REACTIVATION_DAYS)
        return refuse(w, AMENDMENT_TOO_LATE, 0);
    open_again(w, facts->ended_on, w->on);
    w->out.ended_on = DATE_NONE;
    return w->out.opening_count > 0 || refuse(w, AMENDMENT_LEAVES_NOTHING, 0);
}

static bool state_allows(struct work *w)
{
    static const enum subscription_event event[] = {0, 0, SUBSCRIPTION_PAUSES, SUBSCRIPTION_RESUMES, SUBSCRIPTION_CLOSES, 0,
                                                    SUBSCRIPTION_REACTIVATES, 0};
    enum subscription_state state = w->facts->state;
    enum subscription_state next = state;

    switch (w->wish->kind) {
    case AMENDMENT_LINES:
        if (state == SUBSCRIPTION_PAUSED || state == SUBSCRIPTION_ENDED)
            return refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_RENEW:
        if (!subscription_in_force(state))
            return refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_TRANSFER:
        if (state == SUBSCRIPTION_ENDED)
            return refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_PAUSE:
    case AMENDMENT_RESUME:
    case AMENDMENT_CLOSE:
    case AMENDMENT_REACTIVATE:
        next = subscription_next(state, event[w->wish->kind]);
        if (next == 0)
            return refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    default:
        return refuse(w, AMENDMENT_STATE_REFUSES, 0);
    }
    w->out.state = next;
    return true;
}

/* The newest of what is issued and amended stays as it is. After an early renewal the running period is still open to
 * change: its days have not been served. */
static bool day_allows(struct work *w)
{
    const struct amendment_facts *facts = w->facts;
    bool over = w->wish->kind == AMENDMENT_REACTIVATE;

    if (w->on == DATE_NONE)
        return refuse(w, AMENDMENT_DAY_MISSING, 0);
    if (w->on < facts->started_on)
        return refuse(w, AMENDMENT_BEFORE_START, 0);
    if (facts->billed_from_on != DATE_NONE && w->on < facts->billed_from_on && w->on < facts->today_on)
        return refuse(w, AMENDMENT_BEFORE_BILLED, 0);
    if (facts->amended_on != DATE_NONE && w->on < facts->amended_on)
        return refuse(w, AMENDMENT_BEFORE_ANOTHER, 0);
    if (!over && facts->ended_on != DATE_NONE && w->on >= facts->ended_on)
        return refuse(w, AMENDMENT_AFTER_END, 0);
    return w->on - facts->today_on <= AMENDMENT_AHEAD_DAYS || refuse(w, AMENDMENT_TOO_FAR, 0);
}

static bool decide(struct work *w)
{
    switch (w->wish->kind) {
    case AMENDMENT_LINES: return decide_lines(w);
    case AMENDMENT_PAUSE: return decide_pause(w);
    case AMENDMENT_RESUME: return decide_resume(w);
    case AMENDMENT_CLOSE: return decide_close(w);
    case AMENDMENT_RENEW: return decide_renew(w);
    case AMENDMENT_REACTIVATE: return decide_reactivate(w);
    case AMENDMENT_TRANSFER: return true;
    }
    return false;
}

struct amendment amendment_of(struct arena *arena, const struct amendment_facts *facts, const struct amendment_wish *wish)
{
    struct work w = {.facts = facts, .wish = wish, .on = amendment_effective_on(facts, wish)};
    size_t rows = facts->line_count + wish->edit_count + wish->addition_count + 1;

    w.out = (struct amendment){.refusal = AMENDMENT_NOT_REFUSED, .effective_on = w.on, .schedule = facts->schedule,
                               .ended_on = facts->ended_on, .resume_on = DATE_NONE, .planned = w.on > facts->today_on};
    w.out.closings = ARENA_ARRAY(arena, struct amendment_closing, rows);
    w.out.openings = ARENA_ARRAY(arena, struct amendment_opening, rows);
    w.out.credits = ARENA_ARRAY(arena, struct amendment_credit, facts->invoiced_count * 2 + 1);
    w.out.charges = ARENA_ARRAY(arena, struct amendment_charge, rows * 4);
    if (!state_allows(&w) || !day_allows(&w) || !decide(&w))
        return (struct amendment){.refusal = w.out.refusal, .refused_at = w.out.refused_at, .effective_on = w.on};
    w.out.net_minor = w.out.charge_minor - w.out.credit_minor;
    return w.out;
}

const char *amendment_refusal_text(enum amendment_refusal refusal)
{
    switch (refusal) {
    case AMENDMENT_NOT_REFUSED: return "";
    case AMENDMENT_STATE_REFUSES: return N_("This is not possible in the subscription's present state.");
    case AMENDMENT_DAY_MISSING: return N_("Choose the day on which the change takes effect.");
    case AMENDMENT_BEFORE_START: return N_("The subscription has not started by then.");
    case AMENDMENT_BEFORE_BILLED: return N_("This day lies before the last issued period. What is invoiced is not rewritten.");
    case AMENDMENT_BEFORE_ANOTHER: return N_("A later change has been made already. Choose its day or a later one.");
    case AMENDMENT_AFTER_END: return N_("The subscription has ended by then.");
    case AMENDMENT_TOO_FAR: return N_("Choose a day within the next two years.");
    case AMENDMENT_LINE_UNKNOWN: return N_("This line is not in force on that day.");
    case AMENDMENT_LINE_TWICE: return N_("This line is changed twice.");
    case AMENDMENT_QUANTITY_OUT_OF_BOUNDS: return N_("Enter a quantity above 0 and up to 10,000,000.");
    case AMENDMENT_PRICE_OUT_OF_BOUNDS: return N_("This price or discount is out of bounds.");
    case AMENDMENT_CHANGES_NOTHING: return N_("Nothing would change.");
    case AMENDMENT_LEAVES_NOTHING: return N_("No line would be left. Close the subscription instead.");
    case AMENDMENT_RECURRENCE_INVALID: return N_("Choose a recurrence.");
    case AMENDMENT_KEEPS_OLD_LINES: return N_("With another recurrence every line needs a price for it.");
    case AMENDMENT_ARREARS_OPEN: return N_("Lines billed afterwards allow this at the end of a period only.");
    case AMENDMENT_PAUSE_NOT_ALLOWED: return N_("The plan does not allow a pause.");
    case AMENDMENT_RESUME_BEFORE_PAUSE: return N_("The subscription cannot resume before it is paused.");
    case AMENDMENT_PAUSE_TOO_LONG: return N_("The plan does not allow a pause this long.");
    case AMENDMENT_END_IS_PLANNED: return N_("An end is already planned.");
    case AMENDMENT_UNDER_COMMITMENT: return N_("The commitment has not ended by then.");
    case AMENDMENT_WITHIN_TERM: return N_("The fixed term has not ended by then.");
    case AMENDMENT_WITHIN_NOTICE: return N_("The notice period has not passed by then.");
    case AMENDMENT_RENEWED_ALREADY: return N_("The next period is invoiced already.");
    case AMENDMENT_TOO_LATE: return N_("It ended more than 90 days ago: make a new quote.");
    case AMENDMENT_AMOUNT_OUT_OF_BOUNDS: return N_("The amount is too large.");
    }
    return "";
}
