#include "core/tax_table.h"

#include <string.h>

#include "core/date.h"

#define N_(text) text

static bool same_class(const struct tax_rate *a, const struct tax_rate *b)
{
    return strcmp(a->country, b->country) == 0 && strcmp(a->tax_class, b->tax_class) == 0;
}

static bool same_key(const struct tax_rate *a, const struct tax_rate *b)
{
    return same_class(a, b) && strcmp(a->postal_from, b->postal_from) == 0 && strcmp(a->postal_until, b->postal_until) == 0;
}

static bool whole(const struct tax_rate *rate)
{
    return rate->postal_from[0] == '\0';
}

static bool codes_overlap(const struct tax_rate *a, const struct tax_rate *b)
{
    return same_class(a, b) && !same_key(a, b) && strlen(a->postal_from) == strlen(b->postal_from) &&
           strcmp(a->postal_from, b->postal_until) <= 0 && strcmp(b->postal_from, a->postal_until) <= 0;
}

const struct tax_rate *rate_in_force(const struct tax_rate *rates, size_t count, const struct tax_rate *key, int32_t before_on)
{
    const struct tax_rate *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (same_key(&rates[i], key) && rates[i].from_on < before_on && (best == NULL || rates[i].from_on > best->from_on))
            best = &rates[i];
    return best;
}

int32_t rate_next_on(const struct tax_rate *rates, size_t count, const struct tax_rate *key, int32_t on)
{
    int32_t next_on = DATE_NONE;

    for (size_t i = 0; i < count; i++)
        if (same_key(&rates[i], key) && rates[i].from_on > on && (next_on == DATE_NONE || rates[i].from_on < next_on))
            next_on = rates[i].from_on;
    return next_on;
}

static bool codes_even(const struct tax_rate *rate)
{
    return strlen(rate->postal_from) == strlen(rate->postal_until) && strcmp(rate->postal_from, rate->postal_until) <= 0;
}

static bool country_has_rate(const struct tax_rate *rates, size_t count, const struct tax_rate *rate)
{
    struct tax_rate key = *rate;

    key.postal_from[0] = key.postal_until[0] = '\0';
    return rate_in_force(rates, count, &key, rate->from_on + 1) != NULL;
}

enum rate_refusal rate_may_be_added(const struct tax_rate *rates, size_t count, const struct tax_rate *rate, int32_t until_on)
{
    int32_t next_on = rate_next_on(rates, count, rate, rate->from_on);

    if (until_on != DATE_NONE && until_on <= rate->from_on)
        return RATE_UNTIL_TOO_EARLY;
    if (!codes_even(rate))
        return RATE_CODES_UNEVEN;
    if (!whole(rate) && !country_has_rate(rates, count, rate))
        return RATE_NO_WHOLE;
    for (size_t i = 0; i < count; i++)
        if (same_key(&rates[i], rate) && rates[i].from_on == rate->from_on)
            return RATE_DAY_TAKEN;
    for (size_t i = 0; i < count; i++)
        if (codes_overlap(&rates[i], rate))
            return RATE_CODES_OVERLAP;
    if (until_on == DATE_NONE)
        return RATE_NOT_REFUSED;
    if (next_on != DATE_NONE && next_on < until_on)
        return RATE_SPAN_TAKEN;
    return rate_in_force(rates, count, rate, rate->from_on) != NULL ? RATE_NOT_REFUSED : RATE_NOTHING_BEFORE;
}

const char *rate_refusal_text(enum rate_refusal refusal)
{
    switch (refusal) {
    case RATE_NOT_REFUSED: return "";
    case RATE_UNTIL_TOO_EARLY: return N_("The rate would end before it begins");
    case RATE_CODES_UNEVEN: return N_("Both ends need the same number of letters and digits, the first one not above the last");
    case RATE_NO_WHOLE: return N_("The whole country has no rate of this class on that day: add that one first");
    case RATE_DAY_TAKEN: return N_("There is a rate from this day on already; a rate is never changed, a later one follows it");
    case RATE_CODES_OVERLAP: return N_("These postal codes overlap those of another rate of this country and class");
    case RATE_SPAN_TAKEN: return N_("Another rate begins before this day");
    case RATE_NOTHING_BEFORE: return N_("There is no earlier rate that could count again from this day on");
    }
    return "";
}
