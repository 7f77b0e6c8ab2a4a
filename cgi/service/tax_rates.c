#include "service/tax_rates.h"

#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "store/db.h"
#include "store/history.h"

struct adding {
    const struct rate_addition *addition;
    const struct once *once;
    struct rate_added *result;
};

static struct tax_rate key_of(const struct rate_entry *entry)
{
    struct tax_rate rate = {.from_on = entry->from_on, .rate_ppm = entry->rate_ppm};

    (void)snprintf(rate.country, sizeof rate.country, "%s", entry->country);
    (void)snprintf(rate.tax_class, sizeof rate.tax_class, "%s", entry->tax_class);
    (void)snprintf(rate.postal_from, sizeof rate.postal_from, "%s", entry->postal_from);
    (void)snprintf(rate.postal_until, sizeof rate.postal_until, "%s", entry->postal_until);
    return rate;
}

static enum err load_rates(struct ctx *ctx, const char *country, struct tax_rate **rates, struct rate_entry **entries, size_t *count)
{
    TRY(ctx, rate_entries(ctx, country, entries, count));
    *rates = ARENA_ARRAY(ctx->arena, struct tax_rate, *count + 1);
    for (size_t i = 0; i < *count; i++)
        (*rates)[i] = key_of(&(*entries)[i]);
    return OK;
}

/* The rate before it counts again when it was only for a time. */
static enum err insert_return(struct ctx *ctx, const struct rate_addition *a, const struct tax_rate *rates,
                              const struct rate_entry *entries, size_t count, const struct tax_rate *key)
{
    const struct tax_rate *before = rate_in_force(rates, count, key, key->from_on);
    struct rate_entry back;

    if (a->until_on == DATE_NONE || rate_next_on(rates, count, key, key->from_on) == a->until_on)
        return OK;
    back = entries[before - rates];
    back.from_on = a->until_on;
    return insert_rate(ctx, &back);
}

static enum err note_added(struct ctx *ctx, const struct rate_entry *rate)
{
    char day[DATE_TEXT_BYTES];
    const char *object = arena_printf(ctx->arena, "%s %s %s-%s %d ppm from %s", rate->country, rate->tax_class, rate->postal_from,
                                      rate->postal_until, (int)rate->rate_ppm, date_iso(rate->from_on, day));

    TRY(ctx, note_activity(ctx, ABOUT_HOUSE, 1, "tax_rate.added", history_params(ctx->arena, "rate", object, NULL)));
    return note_audit(ctx, "tax_rate.added", object, "ok");
}

static enum err add(struct ctx *ctx, void *arg)
{
    struct adding *adding = arg;
    const struct rate_addition *a = adding->addition;
    struct rate_added *result = adding->result;
    struct tax_rate key = key_of(&a->rate);
    struct tax_rate *rates;
    struct rate_entry *entries;
    size_t count;
    int32_t end_on;
    int32_t old_ppm;

    *result = (struct rate_added){.refusal = RATE_NOT_REFUSED};
    TRY(ctx, load_rates(ctx, a->rate.country, &rates, &entries, &count));
    result->refusal = rate_may_be_added(rates, count, &key, a->until_on);
    if (result->refusal != RATE_NOT_REFUSED)
        return OK;
    end_on = a->until_on != DATE_NONE ? a->until_on : rate_next_on(rates, count, &key, key.from_on);
    if (key.from_on <= ctx->today_on && tax_rate_at(rates, count, key.country, key.postal_from, key.tax_class, key.from_on, &old_ppm))
        TRY(ctx, count_taxed_invoices(ctx, key.country, old_ppm, key.from_on, end_on, &result->touched));
    if (result->touched > 0 && !a->confirmed)
        return OK;
    TRY(ctx, insert_rate(ctx, &a->rate));
    TRY(ctx, insert_return(ctx, a, rates, entries, count, &key));
    TRY(ctx, note_added(ctx, &a->rate));
    return spend_once(ctx, adding->once, a->rate.country, &result->url);
}

enum err add_rate(struct ctx *ctx, const struct rate_addition *addition, const struct once *once, struct rate_added *result)
{
    struct adding adding = {.addition = addition, .once = once, .result = result};

    return db_transaction(ctx, add, &adding);
}

/* Whose postal code decided about the rate. */
static const char *deciding_postal(const struct tax_facts *facts, enum tax_reason reason)
{
    bool sellers = reason == TAX_REASON_ORIGIN || reason == TAX_REASON_VAT_ID_MISSING || reason == TAX_REASON_VAT_ID_UNCHECKED;

    return sellers ? facts->seller_postal : facts->buyer_postal;
}

static bool charges(enum tax_category category)
{
    return category == TAX_STANDARD || category == TAX_ZERO;
}

/* As tax_rate_at: the longest beginning of the postal code, then the newest day. */
static void find_row(const struct rate_entry *entries, size_t count, const struct tax_facts *facts, struct tax_trial *trial)
{
    char key[POSTAL_KEY_BYTES];

    postal_key(deciding_postal(facts, trial->tax.reason), key);
    for (size_t i = 0; i < count; i++) {
        const struct rate_entry *e = &entries[i];

        if (strcmp(e->tax_class, trial->standard_instead ? tax_rate_class[0] : facts->tax_class) != 0 || e->from_on > facts->on ||
            !postal_within(key, e->postal_from, e->postal_until) ||
            (trial->rate_found && strlen(e->postal_from) < strlen(trial->rate.postal_from)))
            continue;
        if (!trial->rate_found || strlen(e->postal_from) > strlen(trial->rate.postal_from) || e->from_on > trial->rate.from_on)
            trial->rate = *e;
        trial->rate_found = true;
    }
}

enum err try_tax(struct ctx *ctx, const struct tax_facts *facts, int64_t amount_minor, struct tax_trial *trial)
{
    struct tax_rate *rates;
    struct rate_entry *entries;
    int32_t rate_ppm;
    size_t count;

    *trial = (struct tax_trial){.decided = false};
    territory_of(facts->seller_country, facts->seller_postal, &trial->seller);
    territory_of(facts->buyer_country, facts->buyer_postal, &trial->buyer);
    TRY(ctx, load_rates(ctx, "", &rates, &entries, &count));
    trial->decided = tax_decide(rates, count, facts, &trial->tax) && totals_add_line(&trial->totals, &trial->tax, amount_minor);
    if (!trial->decided || !charges(trial->tax.category))
        return OK;
    trial->standard_instead = !tax_rate_at(rates, count, trial->tax.country, deciding_postal(facts, trial->tax.reason), facts->tax_class, facts->on,
                                           &rate_ppm);
    TRY(ctx, rate_entries(ctx, trial->tax.country, &entries, &count));
    find_row(entries, count, facts, trial);
    return OK;
}
