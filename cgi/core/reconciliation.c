#include "core/reconciliation.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define N_(text) text

static const struct {
    const char *name;
    const char *text;
} cause_word[] = {
    [DIFFERENCE_MISSING_HERE] = {"missing_here", N_("Missing here")},
    [DIFFERENCE_MISSING_THERE] = {"missing_there", N_("Missing there")},
    [DIFFERENCE_AMOUNT] = {"amount", N_("Another amount")},
    [DIFFERENCE_CURRENCY] = {"currency", N_("Another currency")},
    [DIFFERENCE_STATE] = {"state", N_("Another state")},
    [DIFFERENCE_DOUBLED] = {"doubled", N_("Taken twice")},
};

const char *difference_cause_name(enum difference_cause cause)
{
    CHECK(cause >= DIFFERENCE_MISSING_HERE && cause <= DIFFERENCE_DOUBLED);
    return cause_word[cause].name;
}

enum difference_cause difference_cause_from_name(const char *name)
{
    for (size_t i = DIFFERENCE_MISSING_HERE; i < COUNT_OF(cause_word); i++)
        if (strcmp(cause_word[i].name, name) == 0)
            return (enum difference_cause)i;
    return (enum difference_cause)0;
}

const char *difference_cause_text(enum difference_cause cause)
{
    CHECK(cause >= DIFFERENCE_MISSING_HERE && cause <= DIFFERENCE_DOUBLED);
    return cause_word[cause].text;
}

static int by_key(const void *a, const void *b)
{
    const struct money_fact *const *x = a;
    const struct money_fact *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);

    if (order == 0)
        order = (*x)->at < (*y)->at ? -1 : (*x)->at > (*y)->at;
    return order != 0 ? order : strcmp((*x)->ref, (*y)->ref);
}

static const struct money_fact **sorted(struct arena *arena, const struct money_fact *facts, size_t count)
{
    const struct money_fact **order = ARENA_ARRAY(arena, const struct money_fact *, count + 1);

    for (size_t i = 0; i < count; i++)
        order[i] = &facts[i];
    qsort(order, count, sizeof order[0], by_key);
    return order;
}

/* Of the same key; 0: they agree. */
static enum difference_cause cause_of(const struct money_fact *ours, const struct money_fact *theirs)
{
    if (ours->state == FACT_HELD)
        return (enum difference_cause)0;
    if (ours->state != FACT_TAKEN)
        return DIFFERENCE_STATE;
    if (strcmp(ours->currency, theirs->currency) != 0)
        return DIFFERENCE_CURRENCY;
    return ours->amount_minor != theirs->amount_minor ? DIFFERENCE_AMOUNT : (enum difference_cause)0;
}

struct found {
    struct money_difference *rows;
    size_t count;
    int64_t from_at;
};

static void tell(struct found *found, enum difference_cause cause, const struct money_fact *ours, const struct money_fact *theirs)
{
    if (cause != 0 && (theirs != NULL ? theirs : ours)->at >= found->from_at)
        found->rows[found->count++] = (struct money_difference){cause, ours, theirs};
}

struct money_difference *money_differences(struct arena *arena, const struct money_fact *ours, size_t our_count,
                                           const struct money_fact *theirs, size_t their_count, int64_t from_at, size_t *count)
{
    const struct money_fact **a = sorted(arena, ours, our_count);
    const struct money_fact **b = sorted(arena, theirs, their_count);
    struct found found = {ARENA_ARRAY(arena, struct money_difference, our_count + their_count + 1), 0, from_at};
    size_t i = 0;
    size_t j = 0;

    while (i < our_count || j < their_count) {
        int order = i == our_count ? 1 : j == their_count ? -1 : strcmp(a[i]->key, b[j]->key);
        const char *key = order <= 0 ? a[i]->key : b[j]->key;
        const struct money_fact *our = order <= 0 ? a[i] : NULL;
        const struct money_fact *their = order >= 0 ? b[j] : NULL;
        const struct money_fact *again = NULL;

        if (our != NULL && their != NULL)
            tell(&found, cause_of(our, their), our, their);
        else if (their != NULL)
            tell(&found, DIFFERENCE_MISSING_HERE, NULL, their);
        else if (our->state == FACT_TAKEN)
            tell(&found, DIFFERENCE_MISSING_THERE, our, NULL);
        if (our != NULL)
            for (i++; i < our_count && strcmp(a[i]->key, key) == 0; i++)
                if (a[i]->state == FACT_TAKEN && again == NULL)
                    tell(&found, DIFFERENCE_DOUBLED, again = a[i], their);
        if (their != NULL)
            for (j++; j < their_count && strcmp(b[j]->key, key) == 0; j++)
                if (again == NULL)
                    tell(&found, DIFFERENCE_DOUBLED, our, again = b[j]);
    }
    *count = found.count;
    return found.rows;
}
