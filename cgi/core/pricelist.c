#include "core/pricelist.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"

static const char *const scope_name[] = {"", "contract", "customer", "segment", "country", "default"};

const char *pricelist_scope_name(enum pricelist_scope scope)
{
    CHECK(scope >= PRICELIST_CONTRACT && scope <= PRICELIST_DEFAULT);
    return scope_name[scope];
}

enum pricelist_scope pricelist_scope_from_name(const char *name)
{
    for (int i = PRICELIST_CONTRACT; i <= PRICELIST_DEFAULT; i++)
        if (strcmp(scope_name[i], name) == 0)
            return (enum pricelist_scope)i;
    return (enum pricelist_scope)0;
}

static bool list_is_for(const struct pricelist *list, const struct pricelist_question *q)
{
    switch (list->scope) {
    case PRICELIST_CONTRACT:
        return q->contract_id != 0 && list->subject_id == q->contract_id;
    case PRICELIST_CUSTOMER:
        return q->customer_id != 0 && list->subject_id == q->customer_id;
    case PRICELIST_SEGMENT:
        return q->segment_id != 0 && list->subject_id == q->segment_id;
    case PRICELIST_COUNTRY:
        return q->country[0] != '\0' && strcmp(list->country, q->country) == 0;
    case PRICELIST_DEFAULT:
        return true;
    }
    return false;
}

static bool same_key(const struct pricelist_price *a, int64_t product_id, int64_t plan_id, const char *currency)
{
    return a->product_id == product_id && a->plan_id == plan_id && strcmp(a->currency, currency) == 0;
}

static bool price_fits(const struct pricelist_price *price, const struct pricelist_question *q)
{
    return same_key(price, q->product_id, q->plan_id, q->currency) && price->min_quantity_e4 <= q->quantity_e4 &&
           price->from_on <= q->on && (price->until_on == DATE_NONE || q->on < price->until_on) &&
           list_is_for(&price->list, q);
}

static bool goes_before(const struct pricelist_price *a, const struct pricelist_price *b)
{
    if (a->list.scope != b->list.scope)
        return a->list.scope < b->list.scope;
    if (a->list.priority != b->list.priority)
        return a->list.priority < b->list.priority;
    if (a->list.id != b->list.id)
        return a->list.id < b->list.id;
    return a->min_quantity_e4 > b->min_quantity_e4;
}

const struct pricelist_price *pricelist_find(const struct pricelist_price *prices, size_t count,
                                             const struct pricelist_question *question)
{
    const struct pricelist_price *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (price_fits(&prices[i], question) && (best == NULL || goes_before(&prices[i], best)))
            best = &prices[i];
    return best;
}

/* The next larger minimum quantity after `above` of a row that could ever decide; 0 when there is none. */
static int64_t next_minimum(const struct pricelist_price *prices, size_t count, const struct pricelist_question *question,
                            int64_t above)
{
    struct pricelist_question any = *question;
    int64_t next = 0;

    any.quantity_e4 = QUANTITY_MAX_E4;
    for (size_t i = 0; i < count; i++)
        if (prices[i].min_quantity_e4 > above && (next == 0 || prices[i].min_quantity_e4 < next) && price_fits(&prices[i], &any))
            next = prices[i].min_quantity_e4;
    return next;
}

/* One tier more from this quantity on; a price that goes on makes none. False: no room, or no price per unit. */
static bool add_minimum(struct price_rule *rule, const struct pricelist_price *row, int64_t from_e4)
{
    if (row->rule.model != PRICE_PER_UNIT)
        return false;
    if (rule->tier_count > 0) {
        struct tier *last = &rule->tier[rule->tier_count - 1];

        if (last->unit_price_e4 == row->rule.unit_price_e4)
            return true;
        if (rule->tier_count == TIERS_MAX)
            return false;
        last->up_to_e4 = from_e4 - 1;
    }
    rule->tier[rule->tier_count++] = (struct tier){TIER_OPEN, row->rule.unit_price_e4, 0};
    return true;
}

bool pricelist_rule(const struct pricelist_price *prices, size_t count, const struct pricelist_question *question,
                    struct price_rule *rule, const struct pricelist_price **row)
{
    struct price_rule joined = {.model = PRICE_VOLUME};
    struct pricelist_question at = *question;
    int64_t minimum = 0;
    bool fits = true;

    *row = pricelist_find(prices, count, question);
    if (*row == NULL)
        return false;
    *rule = (*row)->rule;
    do {
        const struct pricelist_price *from;

        at.quantity_e4 = minimum > 0 ? minimum : 1;
        from = pricelist_find(prices, count, &at);
        if (from != NULL)
            fits = add_minimum(&joined, from, minimum);
        minimum = next_minimum(prices, count, question, minimum);
    } while (fits && minimum > 0);
    if (fits && joined.tier_count > 1)
        *rule = joined;
    return true;
}

bool pricelist_prices_overlap(const struct pricelist_price *a, const struct pricelist_price *b)
{
    return a->list.id == b->list.id && same_key(a, b->product_id, b->plan_id, b->currency) &&
           a->min_quantity_e4 == b->min_quantity_e4 && (b->until_on == DATE_NONE || a->from_on < b->until_on) &&
           (a->until_on == DATE_NONE || b->from_on < a->until_on);
}

static enum pricelist_refusal price_refusal(const struct pricelist_price *price)
{
    if (currency_find(price->currency) == NULL)
        return PRICELIST_CURRENCY_UNKNOWN;
    if (price->min_quantity_e4 < 0 || price->min_quantity_e4 > QUANTITY_MAX_E4)
        return PRICELIST_QUANTITY_BOUNDS;
    if (price->until_on != DATE_NONE && price->until_on <= price->from_on)
        return PRICELIST_DATES_REVERSED;
    return price_rule_refusal(&price->rule, NULL) == TIER_ACCEPTED ? PRICELIST_ACCEPTED : PRICELIST_PRICE_REFUSED;
}

enum pricelist_refusal pricelist_refusal(const struct pricelist_price *prices, size_t count, size_t *at, size_t *with)
{
    for (size_t i = 0; i < count; i++) {
        enum pricelist_refusal refusal = price_refusal(&prices[i]);

        for (size_t j = 0; refusal == PRICELIST_ACCEPTED && j < i; j++)
            if (pricelist_prices_overlap(&prices[i], &prices[j])) {
                refusal = PRICELIST_OVERLAP;
                *with = j;
            }
        if (refusal != PRICELIST_ACCEPTED) {
            *at = i;
            return refusal;
        }
    }
    return PRICELIST_ACCEPTED;
}
