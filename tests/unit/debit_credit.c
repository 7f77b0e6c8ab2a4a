/* debit_credit: every way in which a credit is, or is not, the money of our direct debits. */
#include "core/debit_credit.h"

#include <string.h>

#include "core/date.h"
#include "seeded.h"
#include "test.h"

enum { DAY = 20000 };

static struct debit_asked asked(enum attempt_state state, int64_t minor)
{
    return (struct debit_asked){state, minor, "EUR", false, DATE_NONE};
}

static struct debit_asked returned(enum attempt_state state, int64_t minor, int32_t on)
{
    return (struct debit_asked){state, minor, "EUR", false, on};
}

/* "other_amount 12000" */
static const char *said(const struct debit_asked *rows, size_t count, int64_t minor, const char *currency, int64_t before_minor)
{
    const struct debit_credit credit = {minor, currency, DAY, before_minor};
    int64_t asked_minor;
    enum debit_verdict verdict = debit_verdict(rows, count, &credit, &asked_minor);

    CU_ASSERT_EQUAL(debit_verdict_from_name(debit_verdict_name(verdict)), verdict);
    CU_ASSERT_EQUAL(debit_verdict_text(verdict)[0] == '\0', verdict == DEBIT_AS_ASKED);
    return arena_printf(test_arena(), "%s %lld", debit_verdict_name(verdict), (long long)asked_minor);
}

TEST(debit_credit, of_one_debit)
{
    static const enum attempt_state sent[] = {ATTEMPT_PENDING, ATTEMPT_SUCCEEDED, ATTEMPT_OPERATOR, ATTEMPT_PARTLY_REVERSED, ATTEMPT_REVERSED};
    static const enum attempt_state unsent[] = {ATTEMPT_READY, ATTEMPT_SENDING, ATTEMPT_UNKNOWN, ATTEMPT_ACTION, ATTEMPT_NOT_SENT};
    struct debit_asked one;

    for (size_t i = 0; i < COUNT_OF(sent); i++) {
        one = asked(sent[i], 12000);
        SAME_TEXT(said(&one, 1, 12000, "EUR", 0), " 12000");
        SAME_TEXT(said(&one, 1, 11999, "EUR", 0), "other_amount 12000");
        SAME_TEXT(said(&one, 1, 12001, "EUR", 0), "other_amount 12000");
        SAME_TEXT(said(&one, 1, 12000, "CHF", 0), "other_currency 12000");
        SAME_TEXT(said(&one, 1, 12000, "EUR", 12000), "again 12000");
        SAME_TEXT(said(&one, 1, 1, "EUR", 36000), "again 12000"); /* its batch came as one */
        SAME_TEXT(said(&one, 1, 2000, "EUR", 10000), " 12000");
        one.given_up = true;
        SAME_TEXT(said(&one, 1, 12000, "EUR", 0), "never_sent 12000");
    }
    for (size_t i = 0; i < COUNT_OF(unsent); i++) {
        one = asked(unsent[i], 12000);
        SAME_TEXT(said(&one, 1, 12000, "EUR", 0), "never_sent 12000");
    }
    one = asked(ATTEMPT_DECLINED, 12000);
    SAME_TEXT(said(&one, 1, 12000, "EUR", 0), "refused 0");
    one = returned(ATTEMPT_DECLINED, 12000, DAY); /* of the same day, or a statement that is late */
    SAME_TEXT(said(&one, 1, 12000, "EUR", 0), " 12000");
    one = returned(ATTEMPT_REVERSED, 12000, DAY + 1);
    SAME_TEXT(said(&one, 1, 12000, "EUR", 0), " 12000");
    one = returned(ATTEMPT_REVERSED, 12000, DAY - 1);
    SAME_TEXT(said(&one, 1, 12000, "EUR", 0), "after_return 12000");
    SAME_TEXT(said(&one, 1, 12000, "EUR", 12000), "after_return 12000");
    CU_ASSERT_EQUAL(debit_verdict_from_name("what"), DEBIT_AS_ASKED);
}

TEST(debit_credit, of_a_batch)
{
    struct debit_asked all[] = {asked(ATTEMPT_PENDING, 100), asked(ATTEMPT_SUCCEEDED, 200), asked(ATTEMPT_DECLINED, 400), returned(ATTEMPT_DECLINED, 800, DAY - 1),
                                returned(ATTEMPT_REVERSED, 1600, DAY - 1)};

    SAME_TEXT(said(all, 5, 2700, "EUR", 0), " 2700"); /* what the bank refused never came; what went back came first */
    SAME_TEXT(said(all, 5, 3100, "EUR", 0), "other_amount 2700");
    SAME_TEXT(said(all, 5, 700, "EUR", 2000), " 2700");
    SAME_TEXT(said(all, 5, 800, "EUR", 2000), "other_amount 2700");
    SAME_TEXT(said(all, 5, 2700, "EUR", 2700), "again 2700");
    SAME_TEXT(said(all, 5, 2700, "EUR", INT64_MAX), "again 2700");
    all[1].currency = "CHF";
    SAME_TEXT(said(all, 5, 2700, "EUR", 0), "other_currency 2700");
    all[1].given_up = true;
    SAME_TEXT(said(all, 5, 2700, "EUR", 0), "never_sent 2700");
    SAME_TEXT(said(&all[2], 1, 400, "EUR", 0), "refused 0");
}

/* Whatever the bank knows of a batch: the sum of what it did not refuse, and no other, is as asked; told twice it is not. */
TEST(debit_credit, one_sum_is_as_asked)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        struct debit_asked rows[6];
        size_t count = (size_t)seeded_between(&state, 1, 6);
        int64_t wanted = 0, other, told;

        for (size_t i = 0; i < count; i++) {
            rows[i] = asked(seeded_between(&state, 0, 2) == 0 ? ATTEMPT_DECLINED : seeded_between(&state, 0, 1) == 0 ? ATTEMPT_PENDING : ATTEMPT_SUCCEEDED, seeded_between(&state, 1, 99999));
            wanted += rows[i].state == ATTEMPT_DECLINED ? 0 : rows[i].amount_minor;
        }
        if (wanted == 0)
            continue;
        other = seeded_between(&state, 1, 2 * wanted);
        CU_ASSERT_EQUAL(debit_verdict(rows, count, &(struct debit_credit){other, "EUR", DAY, 0}, &told) == DEBIT_AS_ASKED, other == wanted);
        SAME_NUMBER(told, wanted);
        CU_ASSERT_EQUAL(debit_verdict(rows, count, &(struct debit_credit){wanted, "EUR", DAY, 0}, &told), DEBIT_AS_ASKED);
        CU_ASSERT_EQUAL(debit_verdict(rows, count, &(struct debit_credit){wanted, "EUR", DAY, wanted}, &told), DEBIT_AGAIN);
    }
}
