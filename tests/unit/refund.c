/* refund: every state with every event, and how much may go back. */
#include <stdio.h>

#include "test.h"

#include "core/attempt.h"
#include "core/posting.h"
#include "core/refund.h"
#include "posting_lines.h"
#include "seeded.h"

/* The whole matrix: a row per state, a letter per event in their order (picked, succeeds, processes, fails, nothing_sent,
 * no_answer, absent, made, withdrawn): the first letter of the next state, "=" told again, "-" refused. */
TEST(refund, every_state_with_every_event)
{
    static const struct {
        enum refund_state state;
        const char *row;
    } matrix[] = {
        {REFUND_READY, "s------SC"},     /* made by transfer, withdrawn */
        {REFUND_SENDING, "-SPFru---"},
        {REFUND_UNKNOWN, "sSPF-=F--"},
        {REFUND_PENDING, "-S=F-=---"},
        {REFUND_SUCCEEDED, "-==F-=-=-"},
        {REFUND_FAILED, "---=-=---"},
        {REFUND_CANCELLED, "--------="},
    };
    static const char letter[] = {0, 'r', 's', 'u', 'P', 'S', 'F', 'C'};

    SAME_NUMBER(sizeof matrix / sizeof matrix[0], REFUND_STATES);
    for (size_t i = 0; i < REFUND_STATES; i++) {
        for (int e = 1; e <= REFUND_EVENTS; e++) {
            enum refund_state next;
            enum refund_verdict verdict = refund_next(matrix[i].state, (enum refund_event)e, &next);
            char said = verdict == REFUND_MOVES ? letter[next] : verdict == REFUND_STAYS ? '=' : '-';

            if (said != matrix[i].row[e - 1])
                printf("state %s, event %s: %c\n", refund_state_name(matrix[i].state), refund_event_name((enum refund_event)e), said);
            SAME_NUMBER(said, matrix[i].row[e - 1]);
            if (verdict != REFUND_MOVES)
                SAME_NUMBER(next, matrix[i].state);
        }
        SAME_NUMBER(refund_state_from_name(refund_state_name(matrix[i].state)), matrix[i].state);
        CU_ASSERT_TRUE(refund_state_text(matrix[i].state)[0] != '\0');
        SAME_NUMBER(refund_holds(matrix[i].state), matrix[i].state != REFUND_FAILED && matrix[i].state != REFUND_CANCELLED);
        SAME_NUMBER(refund_unresolved(matrix[i].state), matrix[i].state == REFUND_UNKNOWN || matrix[i].state == REFUND_PENDING);
    }
    SAME_NUMBER(refund_state_from_name("lost"), 0);
    CU_ASSERT_STRING_EQUAL(refund_state_text((enum refund_state)0), "");
}

/* Whatever comes in whatever order: what failed stays failed, and a refund is sent again only while nobody knows. */
TEST(refund, any_order_of_events_pays_back_once)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        enum refund_state now = REFUND_READY;
        int successes = 0;
        bool ended = false;

        for (int i = 0; i < 30; i++) {
            enum refund_event event = (enum refund_event)seeded_between(&state, 1, REFUND_EVENTS);
            enum refund_state next;
            enum refund_verdict verdict = refund_next(now, event, &next);

            if (ended && verdict == REFUND_MOVES)
                SAME_NUMBER(seed, -1);
            if (verdict == REFUND_MOVES && event == REFUND_PICKED && now != REFUND_READY && now != REFUND_UNKNOWN)
                SAME_NUMBER(seed, -2);
            if (verdict == REFUND_MOVES && next == REFUND_SUCCEEDED)
                successes++;
            now = next;
            ended = !refund_holds(now);
        }
        if (successes > 1)
            SAME_NUMBER(seed, -3);
    }
}

TEST(refund, what_may_be_made_in_the_order_told)
{
    struct refund_facts f = {.amount_minor = 500, .payment_left_minor = 1000, .credit_left_minor = INT64_MAX, .paid_minor = INT64_MAX,
                             .card = true, .gateway_ready = true, .came_by_card = true, .has_reason = true};

    SAME_NUMBER(refund_may_be_made(&f), REFUND_NOT_REFUSED);
    f.amount_minor = 1000;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_NOT_REFUSED);
    f.amount_minor = 1001;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_ABOVE_PAYMENT);
    f.amount_minor = 900;
    f.paid_minor = 899;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_ABOVE_PAID);
    f.credit_left_minor = 899;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_ABOVE_CREDIT);
    f.amount_minor = 0;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_AMOUNT_ZERO);
    f.amount_minor = -5;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_AMOUNT_ZERO);
    f.has_reason = false;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_REASON_MISSING);
    f.disputed = true;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_DISPUTED);
    f.under_way = true;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_UNDER_WAY);
    f.payment_left_minor = 0;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_NOTHING_LEFT);
    f.came_by_card = false;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_NOT_A_CARD);
    f.gateway_ready = false;
    SAME_NUMBER(refund_may_be_made(&f), REFUND_NO_GATEWAY);
    /* By transfer no gateway and no card is asked for. */
    f = (struct refund_facts){.amount_minor = 500, .payment_left_minor = INT64_MAX, .credit_left_minor = 500, .paid_minor = INT64_MAX, .has_reason = true};
    SAME_NUMBER(refund_may_be_made(&f), REFUND_NOT_REFUSED);
    for (int r = REFUND_NO_GATEWAY; r <= REFUND_CHANGED; r++)
        CU_ASSERT_TRUE(refund_refusal_text((enum refund_refusal)r)[0] != '\0');
    CU_ASSERT_STRING_EQUAL(refund_refusal_text(REFUND_NOT_REFUSED), "");
}

/* The attempt says what is left of its money, in any order of parts that go and come. */
TEST(refund, the_attempt_follows_what_is_back)
{
    SAME_NUMBER(refund_attempt_event(1000, 0), ATTEMPT_RESTORES);
    SAME_NUMBER(refund_attempt_event(1000, 1), ATTEMPT_REVERSES_PART);
    SAME_NUMBER(refund_attempt_event(1000, 999), ATTEMPT_REVERSES_PART);
    SAME_NUMBER(refund_attempt_event(1000, 1000), ATTEMPT_REVERSES);
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        enum attempt_state now = ATTEMPT_SUCCEEDED;

        for (int i = 0; i < 12; i++) {
            int64_t back = seeded_between(&state, 0, 4) * 250;
            enum attempt_state next;

            (void)attempt_next(now, (enum attempt_event)refund_attempt_event(1000, back), &next);
            if (next != (back == 0 ? ATTEMPT_SUCCEEDED : back < 1000 ? ATTEMPT_PARTLY_REVERSED : ATTEMPT_REVERSED))
                SAME_NUMBER(seed, -1);
            now = next;
            CU_ASSERT_TRUE(attempt_took_money(now));
        }
    }
    CU_ASSERT_FALSE(attempt_took_money(ATTEMPT_DECLINED));
}

TEST(refund, a_credit_paid_back_and_come_again_balances)
{
    struct posting_list list;

    posting_of_refund(ACCOUNT_CARD, 4210, IN_ONE_CURRENCY, &list);
    SAME_NUMBER(list.count, 2);
    SAME_NUMBER(list.total_minor, 4210);
    CU_ASSERT_STRING_EQUAL(list.items[0].account, ACCOUNT_CUSTOMER);
    SAME_NUMBER(list.items[0].debit_minor, 4210);
    CU_ASSERT_STRING_EQUAL(list.items[1].account, ACCOUNT_CARD);
    SAME_NUMBER(list.items[1].credit_minor, 4210);
    posting_turn(&list);
    SAME_NUMBER(list.items[0].credit_minor, 4210);
    SAME_NUMBER(list.items[1].debit_minor, 4210);
    CU_ASSERT_TRUE(posting_balances(&list));
}
