/* reconciliation: each way in which two lists of money differ, and that lists which agree differ in none. */
#include "core/reconciliation.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "seeded.h"
#include "test.h"

static struct money_fact fact(const char *key, int64_t amount_minor, const char *currency, enum fact_state state, int64_t at)
{
    return (struct money_fact){.key = key, .ref = arena_printf(test_arena(), "ref %s", key), .note = "", .amount_minor = amount_minor, .currency = currency,
                               .state = state, .at = at};
}

/* "missing_here a, amount b" */
static const char *told(const struct money_fact *ours, size_t our_count, const struct money_fact *theirs, size_t their_count, int64_t from_at)
{
    struct str text = str_new(test_arena());
    size_t count;
    struct money_difference *rows = money_differences(test_arena(), ours, our_count, theirs, their_count, from_at, &count);

    for (size_t i = 0; i < count; i++)
        str_printf(&text, "%s%s %s", i > 0 ? ", " : "", difference_cause_name(rows[i].cause), rows[i].theirs != NULL ? rows[i].theirs->key : rows[i].ours->key);
    return text.text;
}

TEST(reconciliation, each_cause)
{
    const struct money_fact ours[] = {
        fact("same", 100, "EUR", FACT_TAKEN, 10),     fact("amount", 100, "EUR", FACT_TAKEN, 10),   fact("currency", 100, "EUR", FACT_TAKEN, 10),
        fact("declined", 100, "EUR", FACT_NOT_TAKEN, 10), fact("unknown", 100, "EUR", FACT_UNRESOLVED, 10), fact("held", 100, "EUR", FACT_HELD, 10),
        fact("here", 100, "EUR", FACT_TAKEN, 10),     fact("nothing", 100, "EUR", FACT_NOT_TAKEN, 10), fact("twice", 100, "EUR", FACT_TAKEN, 10),
    };
    const struct money_fact theirs[] = {
        fact("same", 100, "EUR", FACT_TAKEN, 11),     fact("amount", 99, "EUR", FACT_TAKEN, 11),    fact("currency", 100, "USD", FACT_TAKEN, 11),
        fact("declined", 100, "EUR", FACT_TAKEN, 11), fact("unknown", 100, "EUR", FACT_TAKEN, 11),  fact("held", 1, "USD", FACT_TAKEN, 11),
        fact("there", 100, "EUR", FACT_TAKEN, 11),    fact("twice", 100, "EUR", FACT_TAKEN, 11),    fact("twice", 100, "EUR", FACT_TAKEN, 12),
        fact("twice", 100, "EUR", FACT_TAKEN, 13),
    };

    SAME_TEXT(told(ours, COUNT_OF(ours), theirs, COUNT_OF(theirs), 0),
              "amount amount, currency currency, state declined, missing_there here, missing_here there, doubled twice, state unknown");
    SAME_TEXT(told(ours, COUNT_OF(ours), theirs, COUNT_OF(theirs), 11), "amount amount, currency currency, state declined, missing_here there, doubled twice, state unknown");
    SAME_TEXT(told(ours, 0, theirs, 1, 0), "missing_here same");
    SAME_TEXT(told(ours, 1, theirs, 0, 0), "missing_there same");
    SAME_TEXT(told(ours, 0, theirs, 0, 0), "");
}

TEST(reconciliation, what_we_took_twice_is_doubled_whoever_else_knows_it)
{
    const struct money_fact ours[] = {fact("a", 100, "EUR", FACT_TAKEN, 10), fact("a", 100, "EUR", FACT_TAKEN, 11), fact("a", 100, "EUR", FACT_TAKEN, 12),
                                      fact("b", 100, "EUR", FACT_TAKEN, 10), fact("b", 100, "EUR", FACT_NOT_TAKEN, 11)};
    const struct money_fact theirs[] = {fact("a", 100, "EUR", FACT_TAKEN, 11), fact("a", 100, "EUR", FACT_TAKEN, 12), fact("b", 100, "EUR", FACT_TAKEN, 11)};

    SAME_TEXT(told(ours, COUNT_OF(ours), theirs, COUNT_OF(theirs), 0), "doubled a");
    SAME_TEXT(told(ours, 2, theirs, 0, 0), "missing_there a, doubled a");
}

TEST(reconciliation, names_of_causes)
{
    for (int cause = DIFFERENCE_MISSING_HERE; cause <= DIFFERENCE_DOUBLED; cause++) {
        SAME_NUMBER(difference_cause_from_name(difference_cause_name((enum difference_cause)cause)), cause);
        CU_ASSERT_TRUE(difference_cause_text((enum difference_cause)cause)[0] != '\0');
    }
    SAME_NUMBER(difference_cause_from_name("other"), 0);
}

/* Lists that agree, in any order, differ in nothing; each damage of one fact is told once, and by its own name. */
TEST(reconciliation, one_damage_one_difference)
{
    enum { FACTS = 12 };

    for (uint64_t seed = 1; seed <= test_seeds() / 10; seed++) {
        uint64_t state = seed;
        struct money_fact ours[FACTS];
        struct money_fact theirs[FACTS + 1];
        size_t our_count = FACTS;
        size_t their_count = FACTS;
        size_t at = (size_t)seeded_between(&state, 0, FACTS - 1);
        int damage = (int)seeded_between(&state, 0, 6);
        const char *key;

        for (size_t i = 0; i < FACTS; i++)
            ours[i] = theirs[i] = fact(arena_printf(test_arena(), "k%02zu", i), seeded_between(&state, 1, 100000), "EUR", FACT_TAKEN, seeded_between(&state, 0, 9));
        for (size_t i = FACTS - 1; i > 0; i--) {
            size_t other = (size_t)seeded_between(&state, 0, (int64_t)i);
            struct money_fact kept = theirs[i];

            theirs[i] = theirs[other];
            theirs[other] = kept;
        }
        key = theirs[at].key;
        switch (damage) {
        case DIFFERENCE_MISSING_HERE: ours[strtol(key + 1, NULL, 10)] = ours[--our_count]; break;
        case DIFFERENCE_MISSING_THERE: theirs[at] = theirs[--their_count]; break;
        case DIFFERENCE_AMOUNT: theirs[at].amount_minor++; break;
        case DIFFERENCE_CURRENCY: theirs[at].currency = "CHF"; break;
        case DIFFERENCE_STATE: ours[strtol(key + 1, NULL, 10)].state = FACT_UNRESOLVED; break;
        case DIFFERENCE_DOUBLED: theirs[their_count++] = theirs[at]; break;
        default: break;
        }
        SAME_TEXT(told(ours, our_count, theirs, their_count, 0),
                  damage == 0 ? "" : arena_printf(test_arena(), "%s %s", difference_cause_name((enum difference_cause)damage), key));
    }
}
