/* dispute: every state with every event, and the gateway's words. */
#include "test.h"

#include "core/dispute.h"
#include "core/posting.h"
#include "posting_lines.h"

/* A letter per event (opens, wins, loses, reopens, writes_off): the first letter of the next state (L: lost, R: reopened,
 * B: written off), "=" told again, "-" refused. */
TEST(dispute, every_state_with_every_event)
{
    static const char *const matrix[] = {"", "=WL--", "-=---", "-W=RB", "--=--", "--=--"};
    static const char letter[] = {0, 'O', 'W', 'L', 'R', 'B'};

    for (int s = 1; s <= DISPUTE_STATES; s++) {
        for (int e = 1; e <= DISPUTE_EVENTS; e++) {
            enum dispute_state next;
            enum dispute_verdict verdict = dispute_next((enum dispute_state)s, (enum dispute_event)e, &next);
            char said = verdict == DISPUTE_MOVES ? letter[next] : verdict == DISPUTE_STAYS ? '=' : '-';

            SAME_NUMBER(said, matrix[s][e - 1]);
            if (verdict != DISPUTE_MOVES)
                SAME_NUMBER(next, s);
        }
        SAME_NUMBER(dispute_state_from_name(dispute_state_name((enum dispute_state)s)), s);
        CU_ASSERT_TRUE(dispute_state_text((enum dispute_state)s)[0] != '\0');
    }
    SAME_NUMBER(dispute_state_from_name("lawsuit"), 0);
    CU_ASSERT_STRING_EQUAL(dispute_state_text((enum dispute_state)0), "");
}

TEST(dispute, the_gateways_words)
{
    SAME_NUMBER(dispute_event_of("needs_response"), DISPUTE_OPENS);
    SAME_NUMBER(dispute_event_of("warning_under_review"), DISPUTE_OPENS);
    SAME_NUMBER(dispute_event_of("warning_closed"), DISPUTE_WINS);
    SAME_NUMBER(dispute_event_of("won"), DISPUTE_WINS);
    SAME_NUMBER(dispute_event_of("lost"), DISPUTE_LOSES);
    SAME_NUMBER(dispute_event_of("charge_refunded"), 0);
}

TEST(dispute, its_money_balances)
{
    struct posting_list list;

    posting_of_dispute(ACCOUNT_DISPUTED, ACCOUNT_CARD, 1250, IN_ONE_CURRENCY, &list);
    SAME_NUMBER(list.count, 2);
    CU_ASSERT_STRING_EQUAL(list.items[0].account, ACCOUNT_DISPUTED);
    SAME_NUMBER(list.items[0].debit_minor, 1250);
    CU_ASSERT_TRUE(posting_balances(&list));
}

TEST(dispute, the_banks_reasons_are_words)
{
    CU_ASSERT_STRING_EQUAL(dispute_reason_text("fraudulent"), "Not authorised by the cardholder");
    CU_ASSERT_STRING_EQUAL(dispute_reason_text("duplicate"), "Charged twice");
    CU_ASSERT_STRING_EQUAL(dispute_reason_text("a_reason_of_2031"), "a_reason_of_2031"); /* as the gateway says it */
}
