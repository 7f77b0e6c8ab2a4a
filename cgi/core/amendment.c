#include "core/amendment_work.h"

#include "core/date.h"
#include "core/pricing.h"

bool amendment_is_billed(const struct amendment_facts *facts, int32_t on)
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
    if (wish->kind == AMENDMENT_DISCOUNT)
        return amendment_open_from(facts, wish->when == AMENDMENT_ON_DATE ? wish->on : facts->today_on);
    switch (wish->when) {
    case AMENDMENT_AT_PERIOD_END: return period_end_on(facts);
    case AMENDMENT_AT_ONCE: return facts->today_on > facts->started_on ? facts->today_on : facts->started_on;
    case AMENDMENT_ON_DATE: return wish->on;
    }
    return DATE_NONE;
}

bool amendment_refuse(struct amendment_work *w, enum amendment_refusal refusal, size_t at)
{
    w->out.refusal = refusal;
    w->out.refused_at = at;
    return false;
}

/* ---- lines ---- */

static size_t refused_addition(const struct amendment_work *w, size_t addition)
{
    return w->wish->edit_count + addition;
}

static bool valid_recurrence(struct amendment_work *w)
{
    if (w->wish->every.unit != 0 && !recurrence_valid(w->wish->every))
        return amendment_refuse(w, AMENDMENT_RECURRENCE_INVALID, 0);
    return true;
}

static bool valid_edits(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;

    for (size_t i = 0; i < w->wish->edit_count; i++) {
        const struct amendment_edit *edit = &w->wish->edits[i];

        if (amendment_line_on(facts->lines, facts->line_count, edit->slot, w->on) == AMENDMENT_NO_INDEX)
            return amendment_refuse(w, AMENDMENT_LINE_UNKNOWN, i);
        for (size_t j = 0; j < i; j++)
            if (w->wish->edits[j].slot == edit->slot)
                return amendment_refuse(w, AMENDMENT_LINE_TWICE, i);
        if (!edit->remove && (edit->quantity_e4 < 1 || edit->quantity_e4 > QUANTITY_MAX_E4))
            return amendment_refuse(w, AMENDMENT_QUANTITY_OUT_OF_BOUNDS, i);
    }
    for (size_t i = 0; i < w->wish->addition_count; i++) {
        const struct amendment_addition *added = &w->wish->additions[i];

        if (added->quantity_e4 < 1 || added->quantity_e4 > QUANTITY_MAX_E4)
            return amendment_refuse(w, AMENDMENT_QUANTITY_OUT_OF_BOUNDS, refused_addition(w, i));
        if (added->unit_price_e4 < 0 || added->unit_price_e4 > UNIT_PRICE_MAX_E4 || added->discount_ppm < 0 ||
            added->discount_ppm > RATE_ONE || added->discount_periods < 0 || added->discount_minor < 0 ||
            (added->rule != NULL && price_rule_refusal(added->rule, NULL) != TIER_ACCEPTED))
            return amendment_refuse(w, AMENDMENT_PRICE_OUT_OF_BOUNDS, refused_addition(w, i));
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

static bool edit_slot(struct amendment_work *w, const struct amendment_edit *edit, bool *changes)
{
    const struct amendment_facts *facts = w->facts;
    size_t now = amendment_line_on(facts->lines, facts->line_count, edit->slot, w->on);
    struct slot_change change = {.slot = edit->slot, .line = now, .before_e4 = amendment_quantity_before(w, edit->slot, now),
                                 .price = &facts->lines[now], .addition = AMENDMENT_NO_INDEX, .opening = AMENDMENT_NO_INDEX,
                                 .quantity_e4 = edit->remove ? 0 : edit->quantity_e4};

    if (change.quantity_e4 == facts->lines[now].quantity_e4)
        return true;
    *changes = true;
    amendment_close_line(w, now, w->on);
    if (change.quantity_e4 > 0)
        change.opening = amendment_carry_on(w, now, change.quantity_e4);
    else
        amendment_drop_announced(w, edit->slot);
    return amendment_settle(w, &change);
}

static bool add_slot(struct amendment_work *w, size_t i, int32_t slot)
{
    const struct amendment_addition *added = &w->wish->additions[i];
    struct amendment_line line = {.slot = slot, .quantity_e4 = added->quantity_e4, .unit_price_e4 = added->unit_price_e4, .rule = added->rule,
                                  .discount_ppm = added->discount_ppm, .discount_minor = added->discount_minor,
                                  .discount_periods = added->discount_periods, .timing = added->timing, .goods = added->goods,
                                  .from_on = w->on, .until_on = DATE_NONE};
    struct slot_change change = {.slot = slot, .line = AMENDMENT_NO_INDEX, .price = &line, .addition = i,
                                 .opening = w->out.opening_count, .quantity_e4 = added->quantity_e4};

    w->out.openings[w->out.opening_count++] = (struct amendment_opening){
        .line = AMENDMENT_NO_INDEX, .addition = i, .slot = slot, .quantity_e4 = added->quantity_e4, .unit_price_e4 = added->unit_price_e4,
        .discount_ppm = added->discount_ppm, .discount_minor = added->discount_minor, .discount_periods = added->discount_periods,
        .follows = AMENDMENT_NO_INDEX, .from_on = w->on, .until_on = DATE_NONE};
    return amendment_settle(w, &change);
}

/* R6 with another recurrence, inside what is billed: the first period of the new lines. With the anchor kept that is
 * the rest of a natural one. */
static bool charge_first_period(struct amendment_work *w)
{
    struct amendment_line *lines = ARENA_ARRAY(w->arena, struct amendment_line, w->out.opening_count + 1);
    size_t *openings = ARENA_ARRAY(w->arena, size_t, w->out.opening_count + 1);

    for (size_t i = 0; i < w->out.opening_count; i++) { /* all are additions: no line stays with another recurrence */
        const struct amendment_opening *opened = &w->out.openings[i];
        const struct amendment_addition *added = &w->wish->additions[opened->addition];

        openings[i] = i;
        lines[i] = (struct amendment_line){.slot = opened->slot, .quantity_e4 = opened->quantity_e4, .unit_price_e4 = opened->unit_price_e4,
                                           .rule = added->rule, .discount_ppm = opened->discount_ppm, .discount_minor = opened->discount_minor,
                                           .discount_periods = opened->discount_periods, .timing = added->timing, .goods = added->goods,
                                           .from_on = opened->from_on, .until_on = opened->until_on};
    }
    return amendment_charge_period(w, lines, openings, w->out.opening_count, &w->out.schedule, w->out.next_index++, w->on, &w->out.discounts);
}

/* Period 0 contains the day: it begins on it unless the plan's rule says otherwise. */
static struct schedule first_schedule(const struct amendment_work *w, struct recurrence every, int32_t on)
{
    return w->wish->anchor.rule == 0 ? (struct schedule){.anchor_on = on, .every = every} : anchor_schedule(w->wish->anchor, every, on);
}

static bool other_recurrence(const struct amendment_work *w)
{
    const struct recurrence *now = &w->facts->schedule.every;

    return w->wish->every.unit != 0 && (w->wish->every.unit != now->unit || w->wish->every.count != now->count);
}

static void begin_epoch(struct amendment_work *w)
{
    bool other = other_recurrence(w);

    w->out.new_epoch = true;
    if (other)
        w->out.schedule.every = w->wish->every;
    if (w->wish->anew != NULL)
        w->out.discounts = *w->wish->anew;
    else if (w->facts->discounts != NULL)
        w->out.discounts = discounts_of_any_period(w->facts->discounts);
    w->out.discount_ends = w->wish->anew == NULL && w->facts->discounts != NULL && w->out.discounts.count < amendment_discounts_on(w);
    if (other && !w->wish->keep_anchor)
        w->out.schedule = first_schedule(w, w->wish->every, w->on);
    else
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

static bool decide_lines(struct amendment_work *w)
{
    bool changes = w->wish->addition_count > 0;
    int32_t slot = highest_slot(w->facts);

    if (!valid_edits(w))
        return false;
    if (other_recurrence(w) || w->wish->anew != NULL)
        begin_epoch(w);
    for (size_t i = 0; i < w->wish->edit_count; i++)
        if (!edit_slot(w, &w->wish->edits[i], &changes))
            return false;
    if (w->out.new_epoch && amendment_lines_after(w) > 0)
        return amendment_refuse(w, AMENDMENT_KEEPS_OLD_LINES, 0);
    for (size_t i = 0; i < w->wish->addition_count; i++)
        if (w->wish->additions[i].once ? !amendment_charge_once(w, i) : !add_slot(w, i, ++slot))
            return false;
    if (!changes)
        return amendment_refuse(w, AMENDMENT_CHANGES_NOTHING, 0);
    if (amendment_lines_after(w) == 0)
        return amendment_refuse(w, AMENDMENT_LEAVES_NOTHING, 0);
    return !w->out.new_epoch || !amendment_is_billed(w->facts, w->on) || charge_first_period(w);
}

static bool decide_pause(struct amendment_work *w)
{
    int32_t longest_on = w->facts->pause_max_days > 0 ? w->on + w->facts->pause_max_days : DATE_NONE;
    int32_t resume_on = w->wish->resume_on != DATE_NONE ? w->wish->resume_on : longest_on;

    if (!w->facts->may_pause)
        return amendment_refuse(w, AMENDMENT_PAUSE_NOT_ALLOWED, 0);
    if (resume_on != DATE_NONE && resume_on <= w->on)
        return amendment_refuse(w, AMENDMENT_RESUME_BEFORE_PAUSE, 0);
    if (longest_on != DATE_NONE && resume_on > longest_on)
        return amendment_refuse(w, AMENDMENT_PAUSE_TOO_LONG, 0);
    if (resume_on != DATE_NONE && resume_on - w->on > AMENDMENT_AHEAD_DAYS)
        return amendment_refuse(w, AMENDMENT_TOO_FAR, 0);
    if (w->facts->ended_on != DATE_NONE)
        return amendment_refuse(w, AMENDMENT_END_IS_PLANNED, 0);
    amendment_close_all(w);
    w->out.banked_days = amendment_is_billed(w->facts, w->on) ? w->facts->billed_until_on - w->on : 0;
    w->out.resume_on = resume_on;
    return true;
}

static bool decide_resume(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;

    if (w->on < facts->paused_on)
        return amendment_refuse(w, AMENDMENT_RESUME_BEFORE_PAUSE, 0);
    w->out.schedule = first_schedule(w, facts->schedule.every, w->on + facts->banked_days);
    w->out.new_epoch = true;
    amendment_open_again(w, facts->paused_on, w->on + facts->banked_days);
    return true;
}

/* What every slot still holds; while paused that is what the pause has banked. */
static bool give_back_all(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;

    for (size_t i = 0; i < facts->line_count; i++) {
        int32_t slot = facts->lines[i].slot;
        size_t now = facts->state == SUBSCRIPTION_PAUSED ? amendment_suspended_line(w, slot, facts->paused_on)
                                                         : amendment_line_on(facts->lines, facts->line_count, slot, w->on);
        struct slot_change change = {.slot = slot, .line = now, .addition = AMENDMENT_NO_INDEX, .opening = AMENDMENT_NO_INDEX};

        if (now != i)
            continue;
        change.before_e4 = amendment_quantity_before(w, slot, now);
        change.price = &facts->lines[now];
        if (!amendment_settle(w, &change))
            return false;
    }
    return true;
}

static bool decide_close(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;
    const struct subscription_facts asked = {
        .state = facts->state, .ends_on = DATE_NONE, .commitment_until_on = facts->commitment_until_on, .notice_days = facts->notice_days,
        .billed_until_on = DATE_NONE, .term_until_on = facts->term_until_on, .agreed = w->wish->agreed, .held_on = DATE_NONE,
        .today_on = w->on < facts->today_on ? w->on : facts->today_on};
    enum subscription_refusal refusal = subscription_may_end(&asked, w->on);

    if (refusal == SUBSCRIPTION_UNDER_COMMITMENT)
        return amendment_refuse(w, AMENDMENT_UNDER_COMMITMENT, 0);
    if (refusal == SUBSCRIPTION_WITHIN_TERM)
        return amendment_refuse(w, AMENDMENT_WITHIN_TERM, 0);
    if (refusal == SUBSCRIPTION_WITHIN_NOTICE)
        return amendment_refuse(w, AMENDMENT_WITHIN_NOTICE, 0);
    if (w->wish->credit && !give_back_all(w))
        return false;
    amendment_close_all(w);
    w->out.ended_on = w->on;
    return true;
}

/* R12: the next period as it stands, before its day; never more than one ahead of the running one. */
static bool decide_renew(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;

    if (facts->billed_until_on == DATE_NONE || facts->billed_until_on < facts->today_on)
        return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
    if (facts->billed_from_on > facts->today_on)
        return amendment_refuse(w, AMENDMENT_RENEWED_ALREADY, 0);
    if (facts->ended_on != DATE_NONE && facts->billed_until_on >= facts->ended_on)
        return amendment_refuse(w, AMENDMENT_AFTER_END, 0);
    if (!amendment_charge_period(w, facts->lines, NULL, facts->line_count, &facts->schedule,
                                 schedule_index(&facts->schedule, facts->billed_until_on), facts->counted_on, facts->discounts))
        return false;
    if (w->out.charge_count == 0)
        return amendment_refuse(w, AMENDMENT_CHANGES_NOTHING, 0);
    return true;
}

static bool decide_reactivate(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;

    if (facts->ended_on == DATE_NONE || w->on < facts->ended_on)
        return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
    if (w->on - facts->ended_on > AMENDMENT_REACTIVATION_DAYS)
        return amendment_refuse(w, AMENDMENT_TOO_LATE, 0);
    w->out.schedule = first_schedule(w, facts->schedule.every, w->on);
    w->out.new_epoch = true;
    amendment_open_again(w, facts->ended_on, w->on);
    w->out.ended_on = DATE_NONE;
    if (w->out.opening_count == 0)
        return amendment_refuse(w, AMENDMENT_LEAVES_NOTHING, 0);
    return true;
}

static bool state_allows(struct amendment_work *w)
{
    static const enum subscription_event event[] = {0, 0, SUBSCRIPTION_PAUSES, SUBSCRIPTION_RESUMES, SUBSCRIPTION_CLOSES, 0,
                                                    SUBSCRIPTION_REACTIVATES, 0, 0};
    enum subscription_state state = w->facts->state;
    enum subscription_state next = state;

    switch (w->wish->kind) {
    case AMENDMENT_LINES:
    case AMENDMENT_DISCOUNT:
        if (state == SUBSCRIPTION_PAUSED || state == SUBSCRIPTION_ENDED)
            return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_RENEW:
        if (!subscription_in_force(state))
            return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_TRANSFER:
        if (state == SUBSCRIPTION_ENDED)
            return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    case AMENDMENT_PAUSE:
    case AMENDMENT_RESUME:
    case AMENDMENT_CLOSE:
    case AMENDMENT_REACTIVATE:
        next = subscription_next(state, event[w->wish->kind]);
        if (next == 0)
            return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
        break;
    default:
        return amendment_refuse(w, AMENDMENT_STATE_REFUSES, 0);
    }
    w->out.state = next;
    return true;
}

/* The newest of what is issued and amended stays as it is. After an early renewal the running period is still open to
 * change: its days have not been served. */
static bool day_allows(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;
    bool over = w->wish->kind == AMENDMENT_REACTIVATE;

    if (w->on == DATE_NONE)
        return amendment_refuse(w, AMENDMENT_DAY_MISSING, 0);
    if (w->on < facts->started_on)
        return amendment_refuse(w, AMENDMENT_BEFORE_START, 0);
    if (facts->billed_from_on != DATE_NONE && w->on < facts->billed_from_on && w->on < facts->today_on)
        return amendment_refuse(w, AMENDMENT_BEFORE_BILLED, 0);
    if (facts->amended_on != DATE_NONE && w->on < facts->amended_on)
        return amendment_refuse(w, AMENDMENT_BEFORE_ANOTHER, 0);
    if (!over && facts->ended_on != DATE_NONE && w->on >= facts->ended_on)
        return amendment_refuse(w, AMENDMENT_AFTER_END, 0);
    if (w->on - facts->today_on > AMENDMENT_AHEAD_DAYS)
        return amendment_refuse(w, AMENDMENT_TOO_FAR, 0);
    return true;
}

static bool decide(struct amendment_work *w)
{
    switch (w->wish->kind) {
    case AMENDMENT_LINES: return decide_lines(w);
    case AMENDMENT_PAUSE: return decide_pause(w);
    case AMENDMENT_RESUME: return decide_resume(w);
    case AMENDMENT_CLOSE: return decide_close(w);
    case AMENDMENT_RENEW: return decide_renew(w);
    case AMENDMENT_REACTIVATE: return decide_reactivate(w);
    case AMENDMENT_DISCOUNT: return amendment_decide_discounts(w);
    default: return true; /* a transfer: state_allows knows no other */
    }
}

struct amendment amendment_of(struct arena *arena, const struct amendment_facts *facts, const struct amendment_wish *wish)
{
    struct amendment_work w = {.arena = arena, .facts = facts, .wish = wish, .on = amendment_effective_on(facts, wish)};
    size_t rows = facts->line_count + wish->edit_count + wish->addition_count + 1;

    w.out = (struct amendment){.refusal = AMENDMENT_NOT_REFUSED, .effective_on = w.on, .schedule = facts->schedule,
                               .ended_on = facts->ended_on, .resume_on = DATE_NONE,
                               .announced_on = DATE_NONE, .planned = w.on > facts->today_on};
    if (facts->discounts != NULL)
        w.out.discounts = *facts->discounts;
    w.out.closings = ARENA_ARRAY(arena, struct amendment_closing, rows);
    w.out.openings = ARENA_ARRAY(arena, struct amendment_opening, rows);
    w.out.credits = ARENA_ARRAY(arena, struct amendment_credit, facts->invoiced_count * 2 + 1);
    w.out.charges = ARENA_ARRAY(arena, struct amendment_charge, rows * 4);
    if (!state_allows(&w) || !day_allows(&w) || !decide(&w))
        return (struct amendment){.refusal = w.out.refusal, .refused_at = w.out.refused_at, .effective_on = w.on};
    w.out.net_minor = w.out.charge_minor - w.out.credit_minor;
    return w.out;
}
