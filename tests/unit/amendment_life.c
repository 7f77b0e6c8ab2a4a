/* amendment_life: random lives of a subscription, billed by core/billing and changed by core/amendment, and what must
 * hold after any of them. At least 10,000 seeds each. */
#include "test.h"

#include <string.h>

#include "core/amendment.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/proration.h"
#include "core/revision.h"
#include "seeded.h"

enum { LINES = 160, INVOICED = 2400, CREDITS = 12, PAUSES = 40, DOCS = 6000, EVENTS = 80, DAYS = 400, RULES = 40 };

static uint64_t seeds(void)
{
    return test_seeds() > 10000 ? test_seeds() : 10000;
}

/* A document line: billed, charged or given back. */
struct doc {
    int32_t on; /* the day whose run or change it belongs to */
    int32_t slot;
    struct period period;
    int64_t minor; /* credits negative */
};

/* A wish with its own edit and addition, and the day on which it was made. */
struct event {
    int32_t on;
    struct amendment_wish wish;
    struct amendment_edit edit;
    struct amendment_addition addition;
    bool revises; /* no wish: a price announced for the slot of the edit */
};

struct life {
    struct amendment_facts facts;
    bool rich; /* tiers, amounts off, discounts of the document, arrears, use, announced prices */
    struct discounts discounts;
    struct price_rule rules[RULES]; /* of lines; the first few are those that additions choose from */
    size_t rule_count;
    int32_t arrears_index;
    struct amendment_line lines[LINES];
    struct invoiced_line invoiced[INVOICED];
    struct invoiced_credit credits[INVOICED][CREDITS];
    struct period pauses[PAUSES];
    int32_t epoch_on; /* first day of the present schedule */
    int32_t next_index;
    struct event waiting; /* one planned change; on = DATE_NONE: none */
    struct doc docs[DOCS];
    size_t doc_count;
    int32_t refusals;
    const char *wrong;
};

static struct arena *scratch;

enum { CHOICE_OF_RULES = 4 };

static struct price_rule any_rule(uint64_t *state)
{
    struct price_rule rule = {.model = PRICE_FLAT, .unit_price_e4 = seeded_between(state, 1, 3000000)};
    int64_t first = seeded_between(state, 1, 12) * 10000;

    if (seeded_between(state, 0, 3) == 0)
        return rule;
    rule = (struct price_rule){.model = seeded_between(state, 0, 1) == 0 ? PRICE_VOLUME : PRICE_GRADUATED, .tier_count = 3};
    for (int i = 0; i < 3; i++)
        rule.tier[i] = (struct tier){.up_to_e4 = i == 2 ? TIER_OPEN : first * (i + 1), .unit_price_e4 = seeded_between(state, 0, 900000),
                                     .flat_e4 = seeded_between(state, 0, 2) == 0 ? seeded_between(state, 1, 500000) : 0};
    return rule;
}

/* Tiers or an amount off, in arrears or by use. */
static void enrich(struct life *l, struct amendment_line *line, uint64_t *state)
{
    int64_t what = seeded_between(state, 0, 9);

    if (what < 4)
        line->rule = &l->rules[what];
    if (what == 4 || what == 5 || what == 1)
        line->discount_minor = line->discount_ppm > 0 ? 0 : seeded_between(state, 1, 3000);
    if (what == 3 || what == 6)
        line->timing = BILLING_ARREARS;
    if (what == 7) {
        line->timing = BILLING_USAGE;
        line->quantity_e4 = QUANTITY_ONE;
    }
}

static void begin_rich(struct life *l, uint64_t *state)
{
    l->rich = true;
    for (l->rule_count = 0; l->rule_count < CHOICE_OF_RULES; l->rule_count++)
        l->rules[l->rule_count] = any_rule(state);
    for (size_t i = 0; i < l->facts.line_count; i++)
        enrich(l, &l->lines[i], state);
    l->discounts.count = (size_t)seeded_between(state, 0, 2);
    for (size_t i = 0; i < l->discounts.count; i++) {
        bool percent = seeded_between(state, 0, 1) == 0;

        l->discounts.of[i] = (struct discount){.ppm = percent ? (int32_t)seeded_between(state, 1, 3) * 100000 : 0,
                                               .amount_minor = percent ? 0 : seeded_between(state, 1, 2000), .periods = (int32_t)seeded_between(state, 0, 4)};
    }
    l->facts.discounts = &l->discounts;
}

static void begin(struct life *l, uint64_t *state, bool rich)
{
    static const struct recurrence every[] = {{RECURRENCE_MONTH, 1}, {RECURRENCE_MONTH, 2}, {RECURRENCE_QUARTER, 1}, {RECURRENCE_WEEK, 1}, {RECURRENCE_WEEK, 4}, {RECURRENCE_YEAR, 1}, {RECURRENCE_DAY, 10}};
    int32_t start = (int32_t)seeded_between(state, date_from_civil(2024, 1, 1), date_from_civil(2027, 1, 1));

    memset(l, 0, sizeof *l);
    l->facts = (struct amendment_facts){.state = SUBSCRIPTION_ACTIVE, .schedule = {.anchor_on = start, .every = every[seeded_between(state, 0, 6)]},
        .currency = currency_find("EUR"), .started_on = start, .ended_on = DATE_NONE, .commitment_until_on = DATE_NONE, .term_until_on = DATE_NONE, .billed_from_on = DATE_NONE,
        .billed_until_on = DATE_NONE, .amended_on = DATE_NONE, .paused_on = DATE_NONE, .may_pause = true, .lines = l->lines, .invoiced = l->invoiced,
        .pauses = {.periods = l->pauses}, .today_on = start};
    l->epoch_on = l->facts.counted_on = start;
    l->waiting.on = DATE_NONE;
    for (int i = 0; i < 2; i++)
        l->lines[l->facts.line_count++] = (struct amendment_line){.id = i, .slot = i + 1, .quantity_e4 = seeded_between(state, 1, 200000), .unit_price_e4 = seeded_between(state, 1, 5000000),
            .discount_ppm = (int32_t)seeded_between(state, 0, 3) * 100000, .discount_periods = (int32_t)seeded_between(state, 0, 3), .timing = BILLING_ADVANCE,
            .from_on = start, .until_on = DATE_NONE};
    if (rich)
        begin_rich(l, state);
}

static void add_doc(struct life *l, int32_t slot, struct period period, int64_t minor)
{
    l->docs[l->doc_count++] = (struct doc){l->facts.today_on, slot, period, minor};
}

static void add_invoiced(struct life *l, int32_t slot, struct period period, int64_t quantity_e4, int64_t minor, int32_t amended_on)
{
    size_t i = l->facts.invoiced_count;

    add_doc(l, slot, period, minor);
    if (minor == 0)
        return;
    l->invoiced[i] = (struct invoiced_line){.id = (int64_t)i, .slot = slot, .period = period, .quantity_e4 = quantity_e4, .minor = minor, .amended_on = amended_on, .credits = l->credits[i]};
    l->facts.invoiced_count++;
}

/* What was used of a slot in some days. */
static int64_t used(int32_t slot, struct period part)
{
    int64_t sum = 0;

    for (int32_t on = part.from_on; on < part.until_on; on++)
        sum += (on * INT64_C(7919) + slot) % 5 * 1000;
    return sum;
}

/* Lines as service/tiering and service/metering hand them to core/billing. */
struct expanded {
    struct billing_line lines[LINES * 8];
    size_t of[LINES * 8];
    size_t count;
};

static void expand(struct expanded *e, const struct amendment_line *line, size_t of, int64_t quantity_e4, int32_t used_in)
{
    const struct price_rule plain = {.model = PRICE_PER_UNIT, .unit_price_e4 = line->unit_price_e4};
    struct price_part parts[PRICE_PARTS_MAX];
    int64_t off[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(line->rule != NULL ? line->rule : &plain, quantity_e4, parts);

    price_parts_off(parts, count, line->discount_minor, currency_find("EUR"), off);
    for (size_t i = 0; i < count && e->count < LINES * 8; i++) {
        e->of[e->count] = of;
        e->lines[e->count++] = (struct billing_line){.id = line->id, .slot = line->slot, .timing = line->timing, .quantity_e4 = parts[i].quantity_e4,
            .unit_price_e4 = parts[i].unit_price_e4, .discount_ppm = line->discount_ppm, .discount_periods = line->discount_periods,
            .discount_minor = off[i], .from_on = line->from_on, .until_on = line->until_on, .used_in = used_in};
    }
}

static void expand_used(const struct life *l, struct expanded *e, size_t i, int32_t by_on)
{
    const struct amendment_line *line = &l->lines[i];

    for (int32_t k = l->arrears_index; schedule_boundary(&l->facts.schedule, k) < by_on; k++) {
        struct period part = period_overlap(schedule_period(&l->facts.schedule, k), (struct period){line->from_on, line->until_on});
        int64_t quantity_e4 = used(line->slot, part);

        if (quantity_e4 > 0)
            expand(e, line, i, quantity_e4, k);
    }
}

/* What the batch does on a day: every period due by it; ended_on: cut there, for a change that stops them. */
static void bill(struct life *l, int32_t by_on, int32_t ended_on)
{
    static struct expanded e;
    struct billing_facts facts = {.schedule = l->facts.schedule, .currency = l->facts.currency, .started_on = l->epoch_on,
        .ended_on = ended_on, .lines = e.lines, .discounts = &l->discounts, .next_index = l->next_index, .arrears_index = l->arrears_index,
        .today_on = by_on, .max_missed = BILLING_MISSED_UNLIMITED};
    struct billing_plan plan;

    if (l->facts.state == SUBSCRIPTION_PAUSED || l->facts.state == SUBSCRIPTION_ENDED)
        return;
    e.count = 0;
    for (size_t i = 0; i < l->facts.line_count; i++)
        if (l->lines[i].timing == BILLING_USAGE)
            expand_used(l, &e, i, by_on);
        else
            expand(&e, &l->lines[i], i, l->lines[i].quantity_e4, BILLING_UNUSED);
    facts.line_count = e.count;
    plan = billing_plan(scratch, &facts);
    for (size_t i = 0; i < plan.count; i++) {
        const struct billing_item *item = &plan.items[i];

        l->facts.today_on = item->due_on;
        for (size_t k = 0; k < item->line_count; k++) {
            const struct amendment_line *line = &l->lines[e.of[item->lines[k].line]];

            add_invoiced(l, line->slot, item->lines[k].period, line->quantity_e4, item->lines[k].net_minor, DATE_NONE);
        }
        if (item->timing != BILLING_ADVANCE)
            continue;
        l->facts.billed_from_on = item->natural.from_on;
    }
    l->next_index = plan.next_index;
    l->arrears_index = plan.arrears_index;
    if (l->facts.billed_from_on != DATE_NONE)
        l->facts.billed_until_on = schedule_boundary(&l->facts.schedule, l->next_index);
    l->facts.today_on = by_on;
}

/* A price announced: the slot's line ends on a boundary, another begins. */
static bool revise(struct life *l, const struct event *event)
{
    const struct revision dearer = {.kind = REVISION_PERCENT, .change_ppm = 130000};
    size_t i = 0;
    int32_t on;
    struct amendment_line *next = &l->lines[l->facts.line_count];
    struct price_rule old;
    int32_t from_on;

    while (i < l->facts.line_count && (l->lines[i].slot != event->edit.slot || l->lines[i].until_on != DATE_NONE || l->lines[i].from_on > l->facts.today_on))
        i++;
    if (i == l->facts.line_count || l->facts.state != SUBSCRIPTION_ACTIVE || l->rule_count == RULES || l->facts.line_count > LINES - 20)
        return false;
    on = revision_effective_on(&l->facts.schedule, l->next_index, l->facts.today_on, 3);
    old = l->lines[i].rule != NULL ? *l->lines[i].rule : (struct price_rule){.model = PRICE_PER_UNIT, .unit_price_e4 = l->lines[i].unit_price_e4};
    if (!revision_rule(&old, &dearer, &l->rules[l->rule_count]) || on <= l->lines[i].from_on)
        return false;
    *next = l->lines[i];
    next->id = (int64_t)l->facts.line_count++;
    next->unit_price_e4 = l->rules[l->rule_count].unit_price_e4;
    if (l->lines[i].rule != NULL)
        next->rule = &l->rules[l->rule_count++];
    from_on = next->from_on > l->epoch_on ? next->from_on : l->epoch_on;
    if (!revision_discount_left(next->discount_periods, schedule_index(&l->facts.schedule, on) - schedule_index(&l->facts.schedule, from_on), &next->discount_periods))
        next->discount_minor = next->discount_ppm = next->discount_periods = 0;
    next->amended = false;
    next->from_on = l->lines[i].until_on = on;
    return true;
}

static void close_lines(struct life *l, const struct amendment *a, enum amendment_kind kind)
{
    for (size_t i = 0; i < l->facts.line_count; i++)
        l->lines[i].suspended = l->lines[i].suspended && kind != AMENDMENT_RESUME && kind != AMENDMENT_REACTIVATE;
    for (size_t i = 0; i < a->closing_count; i++) {
        l->lines[a->closings[i].line].until_on = a->closings[i].until_on;
        l->lines[a->closings[i].line].suspended = kind == AMENDMENT_PAUSE || kind == AMENDMENT_CLOSE;
    }
}

static void open_lines(struct life *l, const struct amendment *a, const struct amendment_wish *wish)
{
    for (size_t i = 0; i < a->opening_count; i++) {
        const struct amendment_opening *o = &a->openings[i];
        const struct amendment_line *from = o->line != AMENDMENT_NO_INDEX ? &l->lines[o->line] : NULL;

        l->lines[l->facts.line_count] = (struct amendment_line){.id = (int64_t)l->facts.line_count, .slot = o->slot, .quantity_e4 = o->quantity_e4,
            .unit_price_e4 = o->unit_price_e4, .rule = from != NULL ? from->rule : wish->additions[o->addition].rule, .discount_ppm = o->discount_ppm,
            .discount_minor = o->discount_minor, .discount_periods = o->discount_periods,
            .timing = from != NULL ? from->timing : wish->additions[o->addition].timing,
            .amended = wish->kind == AMENDMENT_LINES && o->from_on == a->effective_on, .from_on = o->from_on, .until_on = o->until_on};
        l->facts.line_count++;
    }
}

static void apply_money(struct life *l, const struct amendment *a, enum amendment_kind kind)
{
    for (size_t i = 0; i < a->credit_count; i++) {
        const struct amendment_credit *c = &a->credits[i];
        struct invoiced_line *line = &l->invoiced[c->invoiced];

        if (line->credit_count == CREDITS || c->minor > invoiced_left(line)) {
            l->wrong = "a credit exceeds its line";
            return;
        }
        l->credits[c->invoiced][line->credit_count++] = (struct invoiced_credit){a->effective_on, c->minor, a->effective_on};
        add_doc(l, line->slot, c->part, -c->minor);
    }
    for (size_t i = 0; i < a->charge_count; i++)
        add_invoiced(l, a->charges[i].slot, a->charges[i].part, a->charges[i].quantity_e4, a->charges[i].minor, kind == AMENDMENT_LINES ? a->effective_on : DATE_NONE);
}

static void apply_schedule(struct life *l, const struct amendment *a, enum amendment_kind kind)
{
    if (a->new_epoch) {
        l->facts.schedule = a->schedule;
        l->epoch_on = l->facts.counted_on = a->effective_on;
        l->discounts = a->discounts;
        l->arrears_index = schedule_index(&a->schedule, a->effective_on);
        l->next_index = a->next_index;
        l->facts.billed_until_on = schedule_boundary(&a->schedule, a->next_index);
        if (a->next_index > 0 && kind == AMENDMENT_LINES)
            l->facts.billed_from_on = a->effective_on;
    }
    if (kind == AMENDMENT_RENEW) {
        struct period natural = schedule_period(&l->facts.schedule, l->next_index++);

        l->facts.billed_from_on = natural.from_on;
        l->facts.billed_until_on = natural.until_on;
    }
    if (kind == AMENDMENT_PAUSE) {
        l->facts.paused_on = a->effective_on;
        l->facts.banked_days = a->banked_days;
        l->pauses[l->facts.pauses.count++] = (struct period){a->effective_on, DATE_NONE};
    } else if (l->facts.paused_on != DATE_NONE && a->state != SUBSCRIPTION_PAUSED) { /* resumed, or closed from the pause */
        l->pauses[l->facts.pauses.count - 1].until_on = a->effective_on;
        if (kind != AMENDMENT_CLOSE)
            l->facts.paused_on = DATE_NONE;
    }
    l->facts.state = a->state;
    l->facts.ended_on = a->ended_on;
    l->facts.amended_on = a->effective_on;
}

static bool make(struct life *l, const struct event *event)
{
    struct amendment_wish wish = event->wish;
    struct amendment a;
    int32_t today_on = l->facts.today_on;

    if (event->revises)
        return revise(l, event);
    if (wish.edit_count > 0)
        wish.edits = &event->edit;
    if (wish.addition_count > 0)
        wish.additions = &event->addition;
    a = amendment_of(scratch, &l->facts, &wish);
    if (a.refusal != AMENDMENT_NOT_REFUSED || l->facts.line_count > LINES - 20 || l->facts.invoiced_count > INVOICED - 60 || l->facts.pauses.count == PAUSES) {
        l->refusals++;
        return false;
    }
    if (a.planned) {
        l->waiting = *event;
        l->waiting.on = a.effective_on;
        l->waiting.wish.when = AMENDMENT_ON_DATE;
        l->waiting.wish.on = a.effective_on;
        if (a.credit_count + a.charge_count > 0 && event->wish.when == AMENDMENT_AT_PERIOD_END)
            l->wrong = "a change at the period end costs money";
        return true;
    }
    close_lines(l, &a, wish.kind);
    if (a.new_epoch || wish.kind == AMENDMENT_PAUSE || wish.kind == AMENDMENT_CLOSE) { /* what the old periods still ask */
        bill(l, a.effective_on, a.effective_on);
        l->facts.today_on = today_on;
    }
    open_lines(l, &a, &wish);
    apply_money(l, &a, wish.kind);
    apply_schedule(l, &a, wish.kind);
    return true;
}

/* Changes that wait for their day come before the day's billing, after that of the days before. */
static void advance(struct life *l, int32_t to_on)
{
    while (l->waiting.on != DATE_NONE && l->waiting.on <= to_on) {
        struct event event = l->waiting;

        bill(l, event.on - 1, l->facts.ended_on);
        l->facts.today_on = event.on;
        l->waiting.on = DATE_NONE;
        make(l, &event);
    }
    bill(l, to_on, l->facts.ended_on);
    l->facts.today_on = to_on;
}

static int32_t any_slot(const struct life *l, uint64_t *state)
{
    return l->lines[seeded_between(state, 0, (int64_t)l->facts.line_count - 1)].slot;
}

/* Any wish at all; most are refused in most states. */
static struct event wish_something(struct life *l, uint64_t *state, bool bounded)
{
    struct event e = {.on = l->facts.today_on, .wish = {.kind = AMENDMENT_LINES, .credit = true, .resume_on = DATE_NONE, .on = DATE_NONE},
                      .edit = {.slot = any_slot(l, state), .quantity_e4 = seeded_between(state, 1, 300000)},
                      .addition = {.quantity_e4 = seeded_between(state, 1, 100000), .unit_price_e4 = seeded_between(state, 0, 3000000), .timing = BILLING_ADVANCE,
                                   .discount_ppm = (int32_t)seeded_between(state, 0, 2) * 250000, .discount_periods = (int32_t)seeded_between(state, 0, 2)}};

    if (l->rich) {
        struct amendment_line line = {.timing = BILLING_ADVANCE, .quantity_e4 = e.addition.quantity_e4, .discount_ppm = e.addition.discount_ppm};

        enrich(l, &line, state);
        e.addition.rule = line.rule;
        e.addition.timing = line.timing;
        e.addition.quantity_e4 = line.quantity_e4;
        e.addition.discount_minor = line.discount_minor;
        if (seeded_between(state, 0, 9) == 0) {
            e.revises = true;
            return e;
        }
    }
    e.wish.when = seeded_between(state, 0, 2) == 0 ? AMENDMENT_AT_PERIOD_END : AMENDMENT_AT_ONCE;
    switch (seeded_between(state, 0, bounded ? 5 : 11)) {
    case 0: case 1: case 2:
        e.wish.edit_count = 1;
        break;
    case 3:
        e.wish.edit_count = 1;
        e.edit.remove = true;
        break;
    case 4:
        e.wish.addition_count = 1;
        break;
    case 5:
        e.wish.edit_count = e.wish.addition_count = 1;
        e.edit.remove = true;
        break;
    case 6:
        e.wish.edit_count = e.wish.addition_count = 1; /* allowed when it is the only line left */
        e.edit.remove = true;
        e.wish.every = (struct recurrence){RECURRENCE_MONTH, (int)seeded_between(state, 1, 4)};
        e.wish.keep_anchor = seeded_between(state, 0, 1) == 0;
        break;
    case 7:
        e.wish.kind = AMENDMENT_PAUSE;
        break;
    case 8:
        e.wish.kind = AMENDMENT_RESUME;
        break;
    case 9:
        e.wish.kind = AMENDMENT_RENEW;
        e.wish.when = AMENDMENT_AT_ONCE;
        break;
    case 10:
        e.wish.kind = AMENDMENT_REACTIVATE;
        e.wish.when = AMENDMENT_AT_ONCE;
        break;
    default:
        e.wish.kind = seeded_between(state, 0, 3) == 0 ? AMENDMENT_CLOSE : AMENDMENT_RESUME;
        e.wish.when = AMENDMENT_AT_ONCE;
    }
    return e;
}

static size_t live(struct life *l, uint64_t seed, struct event *events, bool bounded, bool rich)
{
    uint64_t state = seed;
    size_t count = 0;
    int32_t start;

    begin(l, &state, rich);
    start = l->facts.started_on;
    for (int32_t on = start; on < start + DAYS && l->wrong == NULL; on++) {
        advance(l, on);
        while (seeded_between(&state, 0, 24) == 0 && l->waiting.on == DATE_NONE && count < EVENTS) {
            events[count] = wish_something(l, &state, bounded);
            count += make(l, &events[count]);
        }
    }
    advance(l, start + DAYS - 1); /* what the last day's changes made due */
    return count;
}

static bool same_docs(const struct life *a, const struct life *b)
{
    if (a->doc_count != b->doc_count)
        return false;
    for (size_t i = 0; i < a->doc_count; i++)
        if (a->docs[i].on != b->docs[i].on || a->docs[i].slot != b->docs[i].slot || a->docs[i].minor != b->docs[i].minor ||
            a->docs[i].period.from_on != b->docs[i].period.from_on || a->docs[i].period.until_on != b->docs[i].period.until_on)
            return false;
    return true;
}

static struct life one;
static struct life other;

/* A property held for every seed and was not vacuous. */
static void held(uint64_t tried, uint64_t wanted)
{
    CU_ASSERT_TRUE(tried >= wanted);
    if (tried < wanted)
        SAME_NUMBER(tried, wanted);
}

/* From the contract and the list of wishes alone, billed only when something happens: the same documents. */
TEST(amendment_life, billed_again_from_scratch_after_any_life_is_what_was_billed)
{
    struct event events[EVENTS];
    uint64_t done = 0;

    scratch = arena_new();
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        uint64_t state = seed;
        size_t count = live(&one, seed, events, false, seed % 4 != 0);

        begin(&other, &state, seed % 4 != 0);
        for (size_t i = 0; i < count; i++) {
            if (i == 0 || events[i].on > events[i - 1].on)
                advance(&other, events[i].on);
            make(&other, &events[i]);
        }
        advance(&other, other.facts.started_on + DAYS - 1);
        done += count;
        if (one.wrong != NULL || !same_docs(&one, &other)) {
            SAME_TEXT(one.wrong == NULL ? "other documents" : one.wrong, "");
            SAME_NUMBER(seed, -1);
            break;
        }
        arena_reset(scratch);
    }
    held(done, seeds() * 3);
    arena_free(scratch);
}

/* The price of the service rendered, in 1/1,000,000 minor units: every line, every day it was in force. */
static int64_t worth_e6(const struct life *l, int32_t until_on)
{
    __int128 worth = 0;

    for (size_t i = 0; i < l->facts.line_count; i++) {
        const struct amendment_line *line = &l->lines[i];
        struct billing_line billed = {.timing = BILLING_ADVANCE, .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->unit_price_e4, .discount_ppm = line->discount_ppm,
                                      .discount_periods = line->discount_periods, .from_on = line->from_on, .until_on = line->until_on};
        struct billing_facts facts = {.schedule = l->facts.schedule, .currency = l->facts.currency, .started_on = l->facts.started_on,
                                      .ended_on = DATE_NONE, .lines = &billed, .line_count = 1};
        int32_t end = line->until_on == DATE_NONE || line->until_on > until_on ? until_on : line->until_on;

        if (end <= line->from_on)
            continue;
        billed.from_on = line->from_on;
        billed.until_on = DATE_NONE;
        for (int32_t k = schedule_index(&facts.schedule, line->from_on); schedule_boundary(&facts.schedule, k) < end; k++) {
            struct period natural = schedule_period(&facts.schedule, k);
            struct period part = period_overlap(natural, (struct period){line->from_on, end});
            struct billing_item item;
            int64_t full;

            billed.from_on = line->from_on > natural.from_on ? natural.from_on : line->from_on;
            facts.started_on = billed.from_on;
            if (!billing_item_at(scratch, &facts, BILLING_ADVANCE, k, &item))
                return INT64_MIN;
            full = item.lines[0].net_minor;
            worth += (__int128)full * 1000000 * period_days(part) / period_days(natural);
        }
    }
    return (int64_t)worth;
}

/* Changes of quantity, options and plan in any order: what was billed less what was given back is the price of the
 * service rendered, but for the rounding of each document line (half a minor unit). */
TEST(amendment_life, what_was_billed_is_the_price_of_the_service_to_half_a_cent_a_line)
{
    struct event events[EVENTS];
    uint64_t done = 0;

    scratch = arena_new();
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        const struct event close = {.wish = {.kind = AMENDMENT_CLOSE, .when = AMENDMENT_AT_ONCE, .credit = true, .resume_on = DATE_NONE}};
        int64_t sum = 0;
        int64_t off;

        live(&one, seed * 7 + 1, events, true, false);
        one.waiting.on = DATE_NONE;
        if (!make(&one, &close))
            continue;
        for (size_t i = 0; i < one.doc_count; i++)
            sum += one.docs[i].minor;
        off = sum * 1000000 - worth_e6(&one, one.facts.today_on);
        if (off > (int64_t)one.doc_count * 500000 + 1000000 || -off > (int64_t)one.doc_count * 500000 + 1000000) {
            SAME_NUMBER(off, 0);
            SAME_NUMBER(seed, -1);
            break;
        }
        done++;
        arena_reset(scratch);
    }
    held(done, seeds() * 9 / 10);
    arena_free(scratch);
}

/* Sums of a day's documents per slot. */
static int64_t day_sum(const struct life *l, int32_t slot, size_t from)
{
    int64_t sum = 0;

    for (size_t i = from; i < l->doc_count; i++)
        sum += l->docs[i].slot == slot ? l->docs[i].minor : 0;
    return sum;
}

/* Of all of them: which line carries the odd cent of a document's discount may depend on the order of lines. */
static int64_t sum_from(const struct life *l, size_t from)
{
    int64_t sum = 0;

    for (size_t i = from; i < l->doc_count; i++)
        sum += l->docs[i].minor;
    return sum;
}

static void copy_life(struct life *to, const struct life *from)
{
    *to = *from;
    to->facts.lines = to->lines;
    to->facts.invoiced = to->invoiced;
    to->facts.pauses.periods = to->pauses;
    if (to->rich)
        to->facts.discounts = &to->discounts;
    for (size_t i = 0; i < to->facts.invoiced_count; i++)
        to->invoiced[i].credits = to->credits[i];
}

/* The next line in force today from *at on; false: none. */
static bool line_in_force(const struct life *l, size_t *at)
{
    while (*at < l->facts.line_count && (l->lines[*at].until_on != DATE_NONE || l->lines[*at].from_on > l->facts.today_on))
        ++*at;
    return *at < l->facts.line_count;
}

static struct event another_quantity(const struct life *l, size_t line, uint64_t *state)
{
    return (struct event){.on = l->facts.today_on, .wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edit_count = 1},
                          .edit = {.slot = l->lines[line].slot, .quantity_e4 = seeded_between(state, 1, 400000)}};
}

/* Two lines changed on one day: the order of the changes is in no amount of that day, nor of the two months after it. */
TEST(amendment_life, edits_of_two_lines_on_one_day_cost_the_same_in_either_order)
{
    struct event events[EVENTS];
    uint64_t done = 0;

    scratch = arena_new();
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        uint64_t state = seed * 11 + 3;
        struct event edit[2];
        size_t line[2] = {0, 0};
        size_t docs;

        live(&one, seed * 11 + 3, events, true, seed % 4 != 0);
        advance(&one, one.facts.today_on + (int32_t)seeded_between(&state, 1, 20));
        one.waiting.on = DATE_NONE;
        if (!line_in_force(&one, &line[0]) || (line[1] = line[0] + 1, !line_in_force(&one, &line[1])) || one.lines[line[0]].slot == one.lines[line[1]].slot)
            continue;
        for (int i = 0; i < 2; i++)
            edit[i] = another_quantity(&one, line[i], &state);
        copy_life(&other, &one);
        docs = one.doc_count;
        if (!make(&one, &edit[0]) || !make(&one, &edit[1]))
            continue;
        CU_ASSERT(make(&other, &edit[1]) && make(&other, &edit[0]));
        advance(&one, one.facts.today_on + 60);
        advance(&other, other.facts.today_on + 60);
        if (sum_from(&one, docs) != sum_from(&other, docs)) {
            SAME_NUMBER(sum_from(&one, docs), sum_from(&other, docs));
            SAME_NUMBER(seed, -1);
            break;
        }
        done++;
        arena_reset(scratch);
    }
    held(done, seeds() / 2);
    arena_free(scratch);
}

/* R11: of several edits of one line on one day the last state wins, and is charged once. */
TEST(amendment_life, of_several_edits_of_a_line_on_one_day_the_last_state_wins)
{
    struct event events[EVENTS];
    uint64_t done = 0;

    scratch = arena_new();
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        uint64_t state = seed * 13 + 5;
        struct event edit[3];
        size_t docs;
        bool made = true;

        live(&one, seed * 13 + 5, events, true, seed % 4 != 0);
        advance(&one, one.facts.today_on + (int32_t)seeded_between(&state, 1, 20));
        one.waiting.on = DATE_NONE;
        copy_life(&other, &one);
        docs = one.doc_count;
        for (int i = 0; i < 3; i++) {
            size_t now = 0;

            while (now < one.facts.line_count && (one.lines[now].until_on != DATE_NONE || one.lines[now].from_on > one.facts.today_on))
                now++;
            if (now == one.facts.line_count) /* every price is announced to change */
                now = 0;
            edit[i] = (struct event){.on = one.facts.today_on, .wish = {.kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .credit = true, .edit_count = 1},
                                     .edit = {.slot = one.lines[now].slot, .quantity_e4 = seeded_between(&state, 1, 400000)}};
        }
        edit[1].edit.quantity_e4 += edit[1].edit.quantity_e4 == edit[0].edit.quantity_e4;
        for (int i = 0; i < 3; i++)
            made = make(&one, &edit[i]) || edit[i].edit.quantity_e4 == edit[i == 0 ? 0 : i - 1].edit.quantity_e4;
        made = make(&other, &edit[2]) && made;
        if (made && day_sum(&one, edit[0].edit.slot, docs) != day_sum(&other, edit[0].edit.slot, docs)) {
            SAME_NUMBER(day_sum(&one, edit[0].edit.slot, docs), day_sum(&other, edit[0].edit.slot, docs));
            SAME_NUMBER(seed, -1);
            break;
        }
        done += made;
        arena_reset(scratch);
    }
    held(done, seeds() * 3 / 4);
    arena_free(scratch);
}

/* Every invoice line of any life: what its credits gave back and what is kept are what was invoiced, and the rest of
 * it falls day by day from all of it to nothing. */
TEST(amendment_life, credit_and_kept_are_what_was_invoiced_and_the_rest_falls)
{
    struct event events[EVENTS];
    uint64_t credited = 0;

    scratch = arena_new();
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        live(&one, seed * 3 + 2, events, false, seed % 4 != 0);
        for (size_t i = 0; i < one.facts.invoiced_count; i++) {
            const struct invoiced_line *line = &one.invoiced[i];
            int64_t before = invoiced_left(line);
            int64_t given = 0;

            credited += line->credit_count;
            for (size_t c = 0; c < line->credit_count; c++)
                given += line->credits[c].minor;
            if (given + invoiced_left(line) != line->minor || given > line->minor) {
                SAME_NUMBER(seed, -1);
                return;
            }
            if (i % 8 != seed % 8)
                continue;
            for (int32_t on = line->period.from_on; on <= line->period.until_on + DAYS; on += 1 + (int32_t)(seed % 9)) {
                int64_t rest = invoiced_rest(line, &one.facts.pauses, on, DATE_NONE);

                if (rest > before + (int64_t)line->credit_count || rest < 0) {
                    SAME_NUMBER(rest, before);
                    SAME_NUMBER(seed, -1);
                    return;
                }
                before = rest;
            }
        }
        arena_reset(scratch);
    }
    held(credited, seeds());
    arena_free(scratch);
}
