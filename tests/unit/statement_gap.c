/* statement_gap: a statement that is missing between two is told, by balance or number; what only looks so is not. */
#include "core/statement_gap.h"

#include "base/str.h"
#include "seeded.h"
#include "test.h"

/* "3 5": before which of them something is missing, counted from 1. */
static const char *gaps(const struct told_statement *all, size_t count)
{
    struct str text = str_new(test_arena());

    for (size_t i = 0; i < count; i++)
        if (statement_gap_before(all, count, i))
            str_printf(&text, "%s%zu", text.bytes > 0 ? " " : "", i + 1);
    return text.text;
}

TEST(statement_gap, by_balance_and_by_number)
{
    const struct told_statement whole[] = {{10, 7, 0, 100}, {11, 8, 100, 100}, {12, 9, 100, -50}, {13, 10, -50, 20}};
    const struct told_statement balance[] = {{10, 0, 0, 100}, {12, 0, 130, 90}, {13, 0, 90, 20}};
    const struct told_statement number[] = {{10, 7, 0, 100}, {11, 8, 100, 130}, {14, 11, 130, 90}}; /* what is missing comes to nothing */
    const struct told_statement anew[] = {{10, 364, 0, 100}, {11, 365, 100, 130}, {12, 1, 130, 90}, {13, 2, 90, 80}, {16, 4, 70, 60}};
    const struct told_statement beside[] = {{9, 98, 50, 0}, {10, 99, 0, 100}, {11, 3, 0, 130}, {11, 100, 100, 130}, {12, 101, 130, 90}, {12, 4, 130, 90}};
    const struct told_statement of_one_day[] = {{10, 0, 0, 100}, {11, 0, 130, 90}, {11, 0, 100, 130}};
    const struct told_statement still[] = {{10, 0, 0, 100}, {12, 0, 90, 90}};

    SAME_TEXT(gaps(whole, COUNT_OF(whole)), "");
    SAME_TEXT(gaps(balance, COUNT_OF(balance)), "2");
    SAME_TEXT(gaps(number, COUNT_OF(number)), "3");
    SAME_TEXT(gaps(anew, COUNT_OF(anew)), "5");
    SAME_TEXT(gaps(beside, 5), ""); /* a month beside its days, numbered apart */
    SAME_TEXT(gaps(of_one_day, COUNT_OF(of_one_day)), "");
    SAME_TEXT(gaps(still, COUNT_OF(still)), "2"); /* its own closing balance is no earlier one */
    SAME_TEXT(gaps(whole + 3, 1), "");
}

/* One taken out of an unbroken row is missed by the next, and by no other. */
TEST(statement_gap, what_is_taken_out_is_missed_once)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        struct told_statement all[12];
        bool numbered = seeded_between(&state, 0, 1) == 1;
        size_t count = (size_t)seeded_between(&state, 3, 12), out = (size_t)seeded_between(&state, 1, (int64_t)count - 2);
        int64_t balance = 0;

        for (size_t i = 0; i < count; i++) {
            all[i] = (struct told_statement){(int32_t)i, numbered ? (int64_t)i + 1 : 0, balance, balance + seeded_between(&state, 1, 100000)};
            balance = all[i].closing_minor;
        }
        SAME_TEXT(gaps(all, count), "");
        for (size_t i = out; i + 1 < count; i++)
            all[i] = all[i + 1];
        SAME_TEXT(gaps(all, count - 1), arena_printf(test_arena(), "%zu", out + 1));
    }
}
