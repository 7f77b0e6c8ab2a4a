#include "amendment_scene.h"

const struct amendment_addition at_2495 = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = 249500, .timing = BILLING_ADVANCE};

const struct amendment_addition vast = {.quantity_e4 = QUANTITY_MAX_E4, .unit_price_e4 = INT64_C(10000000000), .timing = BILLING_ADVANCE};

void invoice_line(struct scene *s, int32_t slot, struct period period, int64_t minor)
{
    s->invoiced[s->facts.invoiced_count++] =
        (struct invoiced_line){.id = (int64_t)s->facts.invoiced_count, .slot = slot, .period = period, .quantity_e4 = s->lines[0].quantity_e4, .minor = minor, .amended_on = DATE_NONE};
}

void scene(struct scene *s, struct period billed, struct recurrence every, int64_t quantity, int64_t price_e4, int64_t invoiced_minor, int32_t today_on)
{
    *s = (struct scene){.facts = {.state = SUBSCRIPTION_ACTIVE, .schedule = {.anchor_on = billed.from_on, .every = every}, .currency = currency_find("EUR"),
        .started_on = billed.from_on, .ended_on = DATE_NONE, .commitment_until_on = DATE_NONE, .term_until_on = DATE_NONE, .billed_from_on = billed.from_on,
        .billed_until_on = billed.until_on, .amended_on = DATE_NONE, .paused_on = DATE_NONE, .may_pause = true, .line_count = 1, .today_on = today_on}};
    s->lines[0] = (struct amendment_line){.id = 1, .slot = 1, .quantity_e4 = quantity * QUANTITY_ONE, .unit_price_e4 = price_e4, .timing = BILLING_ADVANCE,
                                          .from_on = billed.from_on, .until_on = DATE_NONE};
    s->facts.lines = s->lines;
    s->facts.invoiced = s->invoiced;
    s->facts.pauses.periods = s->pauses;
    invoice_line(s, 1, billed, invoiced_minor);
}

void monthly(struct scene *s, int64_t quantity, int64_t price_e4, int32_t today_on)
{
    scene(s, (struct period){ON(2026, 1, 15), ON(2026, 2, 15)}, (struct recurrence){RECURRENCE_MONTH, 1}, quantity, price_e4, quantity * price_e4 / 100, today_on);
}

struct amendment set_quantity(const struct scene *s, enum amendment_when when, bool credit, int64_t quantity)
{
    const struct amendment_edit edit = {.slot = 1, .remove = quantity == 0, .quantity_e4 = quantity * QUANTITY_ONE};

    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = when, .credit = credit, .edits = &edit, .edit_count = 1});
}

struct amendment replace(const struct scene *s, enum amendment_when when, struct recurrence every, int64_t price_e4)
{
    const struct amendment_edit edit = {.slot = 1, .remove = true};
    const struct amendment_addition added = {.quantity_e4 = QUANTITY_ONE, .unit_price_e4 = price_e4, .timing = BILLING_ADVANCE};

    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = AMENDMENT_LINES, .when = when, .credit = true, .edits = &edit, .edit_count = 1,
                                                                          .additions = &added, .addition_count = 1, .every = every});
}

struct amendment ask(const struct scene *s, enum amendment_kind kind, enum amendment_when when, int32_t on)
{
    return amendment_of(test_arena(), &s->facts, &(struct amendment_wish){.kind = kind, .when = when, .on = on, .credit = true, .resume_on = DATE_NONE});
}
