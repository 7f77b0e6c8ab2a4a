#include "core/revision.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/money.h"
#include "core/pricing.h"

static const char *const kind_name[] = {"", "percent", "price", "index"};

const char *revision_kind_name(enum revision_kind kind)
{
    CHECK(kind >= REVISION_PERCENT && kind <= REVISION_INDEX);
    return kind_name[kind];
}

enum revision_kind revision_kind_from_name(const char *name)
{
    for (int i = REVISION_PERCENT; i <= REVISION_INDEX; i++)
        if (strcmp(kind_name[i], name) == 0)
            return (enum revision_kind)i;
    return (enum revision_kind)0;
}

/* old * numerator / denominator, rounded half up: neither is negative. */
static bool revised_price(int64_t old_e4, int64_t numerator, int64_t denominator, int64_t *revised_e4)
{
    __int128 revised = ((__int128)old_e4 * numerator + denominator / 2) / denominator;

    if (revised > UNIT_PRICE_MAX_E4)
        return false;
    *revised_e4 = (int64_t)revised;
    return true;
}

bool revision_rule(const struct price_rule *old, const struct revision *revision, struct price_rule *revised)
{
    bool index = revision->kind == REVISION_INDEX;
    int64_t numerator = index ? revision->now_e4 : RATE_ONE + revision->change_ppm;
    int64_t denominator = index ? revision->then_e4 : RATE_ONE;
    struct price_rule result = *old;

    if (revision->kind == REVISION_PRICE) {
        result.unit_price_e4 = revision->unit_price_e4;
    } else {
        if (numerator < 0 || denominator < 1 || (!index && revision->change_ppm > REVISION_PPM_MAX) ||
            !revised_price(old->unit_price_e4, numerator, denominator, &result.unit_price_e4))
            return false;
        for (size_t i = 0; i < old->tier_count; i++)
            if (!revised_price(old->tier[i].unit_price_e4, numerator, denominator, &result.tier[i].unit_price_e4) ||
                !revised_price(old->tier[i].flat_e4, numerator, denominator, &result.tier[i].flat_e4))
                return false;
    }
    if ((revision->kind == REVISION_PRICE && price_model_has_tiers(old->model)) || price_rule_refusal(&result, NULL) != TIER_ACCEPTED)
        return false;
    *revised = result;
    return true;
}

int64_t revision_month_e4(const struct price_rule *rule, int64_t quantity_e4, struct recurrence every)
{
    struct price_line lines[PRICE_PARTS_MAX] = {{.kind = LINE_RECURRING}};
    struct price_part parts[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(rule, quantity_e4, parts);
    int64_t month_e4;

    for (size_t i = 0; i < count; i++)
        lines[i] = (struct price_line){.kind = LINE_RECURRING, .quantity_e4 = parts[i].quantity_e4, .unit_price_e4 = parts[i].unit_price_e4};
    return mrr_of_lines(lines, count, every, 0, &month_e4) ? month_e4 : 0;
}

int32_t revision_effective_on(const struct schedule *schedule, int32_t next_index, int32_t today_on, int32_t notice_days)
{
    int32_t from_on = today_on + notice_days;
    int32_t index = schedule_index(schedule, from_on);

    if (schedule_boundary(schedule, index) < from_on)
        index++;
    return schedule_boundary(schedule, index > next_index ? index : next_index);
}

int32_t revision_anniversary_on(int32_t started_on, int32_t from_on)
{
    int years = from_on > started_on ? date_civil(from_on).year - date_civil(started_on).year : 1;

    if (years < 1 || date_add_months(started_on, 12 * years) < from_on)
        years++;
    return date_add_months(started_on, 12 * years);
}

bool revision_discount_left(int32_t periods, int32_t ordinal, int32_t *left)
{
    *left = periods == 0 ? 0 : periods - ordinal;
    return periods == 0 || *left > 0;
}
