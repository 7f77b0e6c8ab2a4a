/* tax_table: which rates may join the table, and what joining never does. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/tax_table.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static const struct tax_rate *table(size_t *count)
{
    static struct tax_rate rows[6];

    rows[0] = (struct tax_rate){"DE", "standard", ON(2007, 1, 1), 190000, "", ""};
    rows[1] = (struct tax_rate){"DE", "standard", ON(2030, 1, 1), 210000, "", ""};
    rows[2] = (struct tax_rate){"US", "standard", ON(2020, 1, 1), 0, "", ""};
    rows[3] = (struct tax_rate){"US", "standard", ON(2020, 1, 1), 72500, "900", "961"};
    rows[4] = (struct tax_rate){"US", "standard", ON(2024, 1, 1), 75000, "900", "961"};
    rows[5] = (struct tax_rate){"FR", "standard", ON(2014, 1, 1), 200000, "", ""};
    *count = COUNT_OF(rows);
    return rows;
}

static enum rate_refusal asked(struct tax_rate rate, int32_t until_on)
{
    size_t count;
    const struct tax_rate *rows = table(&count);

    return rate_may_be_added(rows, count, &rate, until_on);
}

TEST(tax_table, what_may_be_added)
{
    SAME_NUMBER(asked((struct tax_rate){"FR", "standard", ON(2027, 1, 1), 210000, "", ""}, DATE_NONE), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"BR", "standard", ON(2027, 1, 1), 170000, "", ""}, DATE_NONE), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"DE", "standard", ON(2027, 1, 1), 160000, "", ""}, ON(2027, 7, 1)), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"DE", "standard", ON(2029, 7, 1), 160000, "", ""}, ON(2030, 1, 1)), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 95000, "90210", "90210"}, DATE_NONE), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 60000, "100", "149"}, DATE_NONE), RATE_NOT_REFUSED);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 77500, "900", "961"}, DATE_NONE), RATE_NOT_REFUSED);
}

TEST(tax_table, what_is_refused)
{
    SAME_NUMBER(asked((struct tax_rate){"FR", "standard", ON(2027, 1, 1), 210000, "", ""}, ON(2027, 1, 1)), RATE_UNTIL_TOO_EARLY);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 60000, "10", "149"}, DATE_NONE), RATE_CODES_UNEVEN);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 60000, "149", "100"}, DATE_NONE), RATE_CODES_UNEVEN);
    SAME_NUMBER(asked((struct tax_rate){"US", "reduced", ON(2026, 1, 1), 60000, "100", "149"}, DATE_NONE), RATE_NO_WHOLE);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2019, 1, 1), 60000, "100", "149"}, DATE_NONE), RATE_NO_WHOLE);
    SAME_NUMBER(asked((struct tax_rate){"FR", "standard", ON(2014, 1, 1), 210000, "", ""}, DATE_NONE), RATE_DAY_TAKEN);
    SAME_NUMBER(asked((struct tax_rate){"US", "standard", ON(2026, 1, 1), 60000, "950", "970"}, DATE_NONE), RATE_CODES_OVERLAP);
    SAME_NUMBER(asked((struct tax_rate){"DE", "standard", ON(2029, 7, 1), 160000, "", ""}, ON(2030, 1, 2)), RATE_SPAN_TAKEN);
    SAME_NUMBER(asked((struct tax_rate){"FR", "standard", ON(2013, 1, 1), 196000, "", ""}, ON(2013, 7, 1)), RATE_NOTHING_BEFORE);
    for (enum rate_refusal r = RATE_UNTIL_TOO_EARLY; r <= RATE_NOTHING_BEFORE; r++)
        CU_ASSERT_NOT_EQUAL(rate_refusal_text(r)[0], '\0');
}

/* Whatever joins: before its day nothing changes, from its day until the next one it counts, after that nothing changes. */
TEST(tax_table, a_rate_that_joins_changes_its_own_days_alone)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        struct tax_rate rows[12];
        size_t count = 0;

        for (int i = 0; i < 8; i++) {
            struct tax_rate rate = {"FR", "standard", (int32_t)seeded_between(&state, 20000, 20030), (int32_t)i * 10000, "", ""};
            int32_t until_on = seeded_between(&state, 0, 2) == 0 ? rate.from_on + (int32_t)seeded_between(&state, -2, 9) : DATE_NONE;
            int32_t next_on = rate_next_on(rows, count, &rate, rate.from_on);
            const struct tax_rate *old = rate_in_force(rows, count, &rate, rate.from_on);
            struct tax_rate back = {"FR", "standard", until_on, old != NULL ? old->rate_ppm : 0, "", ""};
            struct tax_rate after[12];
            size_t after_count = count;

            if (rate_may_be_added(rows, count, &rate, until_on) != RATE_NOT_REFUSED)
                continue;
            memcpy(after, rows, sizeof rows);
            after[after_count++] = rate;
            if (until_on != DATE_NONE && next_on != until_on)
                after[after_count++] = back;
            for (int32_t on = 19990; on < 20050; on++) {
                int32_t was = -1, is = -1;
                bool mine = on >= rate.from_on && (next_on == DATE_NONE || on < next_on) && (until_on == DATE_NONE || on < until_on);

                (void)tax_rate_on(rows, count, "FR", "standard", on, &was);
                (void)tax_rate_on(after, after_count, "FR", "standard", on, &is);
                SAME_NUMBER(is, mine ? rate.rate_ppm : was);
            }
            if (after_count > 10)
                break;
            memcpy(rows, after, sizeof rows);
            count = after_count;
        }
    }
}
