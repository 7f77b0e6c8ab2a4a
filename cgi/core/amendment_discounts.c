#include "core/amendment_work.h"

#include <string.h>

#include "core/date.h"

static int32_t counted_index(const struct amendment_facts *facts)
{
    return schedule_index(&facts->schedule, facts->counted_on);
}

static int32_t begins_on(const struct amendment_facts *facts, int32_t index)
{
    int32_t boundary_on = schedule_boundary(&facts->schedule, index);

    return boundary_on > facts->counted_on ? boundary_on : facts->counted_on;
}

int32_t amendment_open_from(const struct amendment_facts *facts, int32_t on)
{
    int32_t open = counted_index(facts);
    int32_t index;

    if (on == DATE_NONE)
        return DATE_NONE;
    if (facts->billed_until_on != DATE_NONE && schedule_index(&facts->schedule, facts->billed_until_on) > open)
        open = schedule_index(&facts->schedule, facts->billed_until_on);
    index = schedule_index(&facts->schedule, on);
    if (begins_on(facts, index) < on)
        index++;
    return begins_on(facts, index > open ? index : open);
}

size_t amendment_discounts_on(const struct amendment_work *w)
{
    return discounts_in(w->facts->discounts, schedule_index(&w->facts->schedule, w->on) - counted_index(w->facts));
}

/* What is to end, as far as it still holds in the period. */
static bool end_discounts(struct amendment_work *w, struct discounts *list, int32_t ordinal, int32_t kept)
{
    for (size_t i = 0; i < w->wish->end_count; i++) {
        size_t found = discounts_find(list, &w->wish->ends[i], ordinal);

        if (found < list->count && !discounts_end(list, found, ordinal, kept))
            return amendment_refuse(w, AMENDMENT_BILLS_MISSING, 0);
    }
    return true;
}

static bool has_coupon(const struct discounts *list, int32_t ordinal)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->of[i].code[0] != '\0' && discount_lasts(&list->of[i], ordinal))
            return true;
    return false;
}

static bool begin_discount(struct amendment_work *w, struct discounts *list, int32_t ordinal, size_t i)
{
    const struct discount *begun = &w->wish->begins[i];

    if (!discount_ok(begun))
        return amendment_refuse(w, AMENDMENT_DISCOUNT_OUT_OF_BOUNDS, i);
    if (begun->code[0] != '\0' && has_coupon(list, ordinal))
        return amendment_refuse(w, AMENDMENT_COUPON_STANDS, i);
    if (discounts_in(list, ordinal) >= DISCOUNTS_MAX)
        return amendment_refuse(w, AMENDMENT_DISCOUNTS_FULL, i);
    if (!discounts_begin(list, begun, ordinal))
        return amendment_refuse(w, AMENDMENT_BILLS_MISSING, i);
    return true;
}

static bool same_from(const struct discounts *a, const struct discounts *b, int32_t ordinal)
{
    const struct discounts left_a = discounts_left(a, ordinal);
    const struct discounts left_b = discounts_left(b, ordinal);
    char text_a[DISCOUNTS_TEXT_BYTES];
    char text_b[DISCOUNTS_TEXT_BYTES];

    return strcmp(discounts_text(&left_a, text_a), discounts_text(&left_b, text_b)) == 0;
}

bool amendment_decide_discounts(struct amendment_work *w)
{
    const struct amendment_facts *facts = w->facts;
    const struct discounts before = w->out.discounts;
    struct discounts *list = &w->out.discounts;
    int32_t counted = counted_index(facts);
    int32_t ordinal = schedule_index(&facts->schedule, w->on) - counted;
    int32_t kept = facts->unbilled_index > counted ? facts->unbilled_index - counted : 0;

    if (!end_discounts(w, list, ordinal, kept))
        return false;
    discounts_forget(list, kept);
    for (size_t i = 0; i < w->wish->begin_count; i++)
        if (!begin_discount(w, list, ordinal, i))
            return false;
    if (same_from(&before, list, ordinal))
        return amendment_refuse(w, AMENDMENT_CHANGES_NOTHING, 0);
    return true;
}
