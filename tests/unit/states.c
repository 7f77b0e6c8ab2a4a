/* states: what may happen to a quote, a subscription, an attempt; refusals in their order. */
#include "test.h"

#include <string.h>

#include "core/attempt.h"
#include "core/date.h"
#include "core/quote.h"
#include "core/retry.h"
#include "core/subscription.h"
#include "seeded.h"

#define TODAY 20000

static struct quote_facts sent(void)
{
    return (struct quote_facts){.state = QUOTE_SENT, .version_is_current = true, .valid_until_on = TODAY, .today_on = TODAY,
        .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT, .line_count = 1, .has_recurring_line = true, .has_plan = true, .customer_complete = true,
        .company_complete = true, .priced = true, .today_minor = 100, .gateway_ready = true};
}
static const struct quote_signing honest = {true, true, true, true, true};

TEST(quote, is_valid_through_its_last_day)
{
    struct quote_facts f = sent();

    SAME_NUMBER(quote_state_now(&f), QUOTE_SENT);
    SAME_NUMBER(quote_may_be_signed(&f, &honest), QUOTE_NOT_REFUSED);
    f.today_on++;
    SAME_NUMBER(quote_state_now(&f), QUOTE_EXPIRED);
    SAME_NUMBER(quote_may_be_signed(&f, &honest), QUOTE_IS_EXPIRED);
    SAME_NUMBER(quote_may_be_changed(&f), QUOTE_IS_EXPIRED);
    SAME_NUMBER(quote_may_be_declined(&f), QUOTE_NOT_REFUSED);
    f.version_is_current = false;
    SAME_NUMBER(quote_state_now(&f), QUOTE_REPLACED);
    SAME_NUMBER(quote_may_be_signed(&f, &honest), QUOTE_IS_REPLACED);
}

TEST(quote, what_each_state_answers)
{
    static const struct {
        enum quote_state state;
        enum quote_refusal edit, sign, pay, withdraw;
    } row[] = {
        {QUOTE_DRAFT, QUOTE_NOT_REFUSED, QUOTE_IS_NOT_SENT, QUOTE_IS_NOT_SIGNED, QUOTE_NOT_REFUSED},
        {QUOTE_SENT, QUOTE_NOT_REFUSED, QUOTE_NOT_REFUSED, QUOTE_IS_NOT_SIGNED, QUOTE_NOT_REFUSED},
        {QUOTE_SIGNED, QUOTE_IS_SIGNED, QUOTE_IS_SIGNED, QUOTE_NOT_REFUSED, QUOTE_NOT_REFUSED},
        {QUOTE_CONFIRMED, QUOTE_IS_CONFIRMED, QUOTE_IS_CONFIRMED, QUOTE_IS_CONFIRMED, QUOTE_IS_CONFIRMED},
        {QUOTE_DECLINED, QUOTE_NOT_REFUSED, QUOTE_IS_DECLINED, QUOTE_IS_DECLINED, QUOTE_NOT_REFUSED},
        {QUOTE_WITHDRAWN, QUOTE_IS_WITHDRAWN, QUOTE_IS_WITHDRAWN, QUOTE_IS_WITHDRAWN, QUOTE_IS_WITHDRAWN},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct quote_facts f = sent();

        f.state = row[i].state;
        SAME_NUMBER(quote_may_be_edited(&f), row[i].edit);
        SAME_NUMBER(quote_may_be_signed(&f, &honest), row[i].sign);
        SAME_NUMBER(quote_may_be_paid(&f), row[i].pay);
        SAME_NUMBER(quote_may_be_withdrawn(&f), row[i].withdraw);
        SAME_NUMBER(quote_edit_makes_version(row[i].state), row[i].state != QUOTE_DRAFT);
    }
}

TEST(quote, what_a_signer_sends_is_compared)
{
    struct quote_facts f = sent();
    struct quote_signing s = honest;

    s.consent_given = false;
    SAME_NUMBER(quote_may_be_signed(&f, &s), QUOTE_CONSENT_MISSING);
    s.name_given = false;
    SAME_NUMBER(quote_may_be_signed(&f, &s), QUOTE_NAME_MISSING);
    s.amount_matches = false;
    SAME_NUMBER(quote_may_be_signed(&f, &s), QUOTE_HAS_CHANGED);
    f.acceptance = ACCEPTANCE_PAYMENT;
    SAME_NUMBER(quote_may_be_signed(&f, &s), QUOTE_TAKES_NO_SIGNATURE);
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_NOT_REFUSED);
    f.acceptance = ACCEPTANCE_SIGNATURE;
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_TAKES_NO_PAYMENT);
}

TEST(quote, what_is_missing_before_it_leaves_in_order)
{
    struct quote_facts f = sent();

    f.gateway_ready = f.priced = f.company_complete = f.customer_complete = f.has_plan = false;
    f.valid_until_on = TODAY - 1;
    f.line_count = 0;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_HAS_NO_LINE);
    f.line_count = 1;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_NEEDS_PLAN);
    f.has_plan = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_VALIDITY_IS_PAST);
    f.valid_until_on = TODAY;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_CUSTOMER_INCOMPLETE);
    f.customer_complete = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_COMPANY_INCOMPLETE);
    f.company_complete = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_NOT_PRICED);
    f.priced = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_GATEWAY_MISSING);
    f.gateway_ready = f.rate_missing = f.not_charged = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_RATE_MISSING);
    f.rate_missing = false;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_NOT_CHARGED);
    f.gateway_ready = false;
    f.today_minor = 0; /* free: nothing to pay online */
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_NOT_REFUSED);
}

TEST(quote, of_which_nothing_is_due_is_accepted_by_signature)
{
    SAME_NUMBER(quote_acceptance_now(ACCEPTANCE_PAYMENT, 0), ACCEPTANCE_SIGNATURE);
    SAME_NUMBER(quote_acceptance_now(ACCEPTANCE_PAYMENT, 1), ACCEPTANCE_PAYMENT);
    SAME_NUMBER(quote_acceptance_now(ACCEPTANCE_SIGNATURE_AND_PAYMENT, 0), ACCEPTANCE_SIGNATURE_AND_PAYMENT);
    SAME_NUMBER(quote_acceptance_now(ACCEPTANCE_SIGNATURE, 0), ACCEPTANCE_SIGNATURE);
}

TEST(quote, an_order_needs_its_signature_and_its_money)
{
    struct quote_facts f = sent();

    SAME_NUMBER(quote_may_be_confirmed(&f, true), QUOTE_IS_NOT_SIGNED);
    f.state = QUOTE_SIGNED;
    CU_ASSERT_NOT_EQUAL(quote_may_be_confirmed(&f, false), QUOTE_NOT_REFUSED);
    SAME_NUMBER(quote_may_be_confirmed(&f, true), QUOTE_NOT_REFUSED);
    f.today_minor = 0;
    SAME_NUMBER(quote_may_be_confirmed(&f, false), QUOTE_NOT_REFUSED);
    f.state = QUOTE_CONFIRMED;
    SAME_NUMBER(quote_may_be_confirmed(&f, true), QUOTE_IS_CONFIRMED);
}

/* Nothing of it may be sent, signed or paid; it can be edited, declined and withdrawn. Money that came makes an order. */
TEST(quote, a_contract_that_allows_no_change_refuses_it)
{
    struct quote_facts f = sent();

    f.change_refused = true;
    SAME_NUMBER(quote_may_be_sent(&f), QUOTE_CONTRACT_DIFFERS);
    SAME_NUMBER(quote_may_be_signed(&f, &honest), QUOTE_CONTRACT_DIFFERS);
    SAME_NUMBER(quote_may_be_edited(&f), QUOTE_NOT_REFUSED);
    SAME_NUMBER(quote_may_be_declined(&f), QUOTE_NOT_REFUSED);
    SAME_NUMBER(quote_may_be_withdrawn(&f), QUOTE_NOT_REFUSED);
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_IS_NOT_SIGNED);
    f.state = QUOTE_SIGNED;
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_CONTRACT_DIFFERS);
    SAME_NUMBER(quote_may_be_confirmed(&f, true), QUOTE_NOT_REFUSED);
    f.state = QUOTE_SENT;
    f.acceptance = ACCEPTANCE_PAYMENT;
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_CONTRACT_DIFFERS);
    f.change_refused = false;
    SAME_NUMBER(quote_may_be_paid(&f), QUOTE_NOT_REFUSED);
}

TEST(quote, words)
{
    for (int s = QUOTE_DRAFT; s <= QUOTE_WITHDRAWN; s++) {
        SAME_NUMBER(quote_state_from_name(quote_state_name((enum quote_state)s)), s);
        CU_ASSERT_TRUE(quote_state_text((enum quote_state)s)[0] != '\0');
    }
    for (int a = ACCEPTANCE_SIGNATURE; a <= ACCEPTANCE_SIGNATURE_AND_PAYMENT; a++)
        SAME_NUMBER(quote_acceptance_from_name(quote_acceptance_name((enum quote_acceptance)a)), a);
    SAME_NUMBER(quote_state_from_name("lost"), 0);
    for (int r = QUOTE_IS_WITHDRAWN; r <= QUOTE_CONTRACT_DIFFERS; r++) {
        CU_ASSERT_TRUE(quote_refusal_text((enum quote_refusal)r)[0] != '\0');
        CU_ASSERT_TRUE(quote_refusal_name((enum quote_refusal)r)[0] != '\0');
    }
    SAME_TEXT(quote_refusal_text(QUOTE_NOT_REFUSED), "");
    for (int k = QUOTE_NEW; k <= QUOTE_UPSELL; k++) {
        SAME_NUMBER(quote_kind_from_name(quote_kind_name((enum quote_kind)k)), k);
        CU_ASSERT_EQUAL(quote_kind_text((enum quote_kind)k)[0] == '\0', k == QUOTE_NEW);
    }
    SAME_NUMBER(quote_kind_from_name("lost"), 0);
}

/* ---- subscriptions ---- */

/* One row per state, one column per event, in the order of the enum; 0: refused. */
TEST(subscription, every_state_and_event)
{
    enum { P = SUBSCRIPTION_PENDING, T = SUBSCRIPTION_TRIAL, A = SUBSCRIPTION_ACTIVE, U = SUBSCRIPTION_PAUSED, D = SUBSCRIPTION_PAST_DUE, E = SUBSCRIPTION_ENDED };
    static const int next[SUBSCRIPTION_STATES][SUBSCRIPTION_EVENTS] = {
        /*          starts trial  ends  fails behind catch  given pauses resumes closes again */
        [P - 1] = {A, T, 0, 0, 0, 0, 0, 0, 0, E, 0},
        [T - 1] = {0, 0, A, E, 0, 0, 0, 0, 0, E, 0},
        [A - 1] = {0, 0, 0, 0, D, 0, 0, U, 0, E, 0},
        [U - 1] = {0, 0, 0, 0, 0, 0, 0, 0, A, E, 0},
        [D - 1] = {0, 0, 0, 0, 0, A, E, 0, 0, E, 0},
        [E - 1] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, A},
    };

    for (int s = 1; s <= SUBSCRIPTION_STATES; s++)
        for (int e = 1; e <= SUBSCRIPTION_EVENTS; e++)
            SAME_NUMBER(subscription_next((enum subscription_state)s, (enum subscription_event)e), next[s - 1][e - 1]);
    for (int s = 1; s <= SUBSCRIPTION_STATES; s++)
        SAME_NUMBER(subscription_state_from_name(subscription_state_name((enum subscription_state)s)), s);
    SAME_NUMBER(subscription_state_from_name("asleep"), 0);
}

TEST(subscription, starts_bills_and_counts)
{
    SAME_NUMBER(subscription_state_at_start(TODAY, TODAY, TODAY), SUBSCRIPTION_ACTIVE);
    SAME_NUMBER(subscription_state_at_start(TODAY + 1, TODAY + 1, TODAY), SUBSCRIPTION_PENDING);
    SAME_NUMBER(subscription_state_at_start(TODAY + 1, TODAY + 15, TODAY), SUBSCRIPTION_PENDING);
    SAME_NUMBER(subscription_state_at_start(TODAY, TODAY + 14, TODAY), SUBSCRIPTION_TRIAL);
    SAME_NUMBER(subscription_state_at_start(TODAY - 14, TODAY, TODAY), SUBSCRIPTION_ACTIVE);
    CU_ASSERT_TRUE(subscription_bills(SUBSCRIPTION_TRIAL));
    CU_ASSERT_FALSE(subscription_in_force(SUBSCRIPTION_TRIAL)); /* MRR 0 */
    CU_ASSERT_TRUE(subscription_bills(SUBSCRIPTION_ACTIVE));
    CU_ASSERT_TRUE(subscription_bills(SUBSCRIPTION_PAST_DUE));
    CU_ASSERT_FALSE(subscription_bills(SUBSCRIPTION_PAUSED));
    CU_ASSERT_FALSE(subscription_bills(SUBSCRIPTION_ENDED));
    CU_ASSERT_TRUE(subscription_in_force(SUBSCRIPTION_PAST_DUE));
    CU_ASSERT_FALSE(subscription_in_force(SUBSCRIPTION_PAUSED));
}

TEST(subscription, ends_after_commitment_and_notice)
{
    struct subscription_facts f = {.state = SUBSCRIPTION_ACTIVE, .ends_on = DATE_NONE, .commitment_until_on = TODAY + 100, .notice_days = 30,
                                   .billed_until_on = DATE_NONE, .term_until_on = DATE_NONE, .held_on = DATE_NONE, .today_on = TODAY};

    SAME_NUMBER(subscription_may_end(&f, TODAY + 99), SUBSCRIPTION_UNDER_COMMITMENT);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 100), SUBSCRIPTION_NOT_REFUSED);
    f.commitment_until_on = DATE_NONE;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 29), SUBSCRIPTION_WITHIN_NOTICE);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 30), SUBSCRIPTION_NOT_REFUSED);
    SAME_NUMBER(subscription_may_end(&f, TODAY - 1), SUBSCRIPTION_END_TOO_EARLY);
    f.billed_until_on = TODAY + 35;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 34), SUBSCRIPTION_END_TOO_EARLY);
    f.term_until_on = TODAY + 100;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 35), SUBSCRIPTION_WITHIN_TERM);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 100), SUBSCRIPTION_NOT_REFUSED);
    f.commitment_until_on = TODAY + 200;
    f.agreed = true; /* anything but taking back what is billed */
    SAME_NUMBER(subscription_may_end(&f, TODAY + 35), SUBSCRIPTION_NOT_REFUSED);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 34), SUBSCRIPTION_END_TOO_EARLY);
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_END_NOT_PLANNED);
    f.ends_on = TODAY + 40;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 50), SUBSCRIPTION_END_IS_PLANNED);
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_NOT_REFUSED);
    f.state = SUBSCRIPTION_ENDED;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 50), SUBSCRIPTION_IS_ENDED);
    SAME_NUMBER(subscription_may_be_released(&f), SUBSCRIPTION_IS_ENDED);
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_IS_ENDED);
    f.state = SUBSCRIPTION_ACTIVE;
    SAME_NUMBER(subscription_may_be_released(&f), SUBSCRIPTION_IS_NOT_HELD);
    f.held_on = TODAY;
    SAME_NUMBER(subscription_may_be_released(&f), SUBSCRIPTION_NOT_REFUSED);
}

/* Every state with every event; "." refused. */
TEST(subscription, every_state_with_every_event)
{
    static const struct {
        const char *state;
        const char *next[SUBSCRIPTION_REACTIVATES];
    } row[] = {
        /*           starts    starts_trial trial_ends trial_fails falls_behind catches_up given_up pauses    resumes   closes   reactivates */
        {"pending",  {"active", "trial",    ".",       ".",        ".",         ".",       ".",     ".",      ".",      "ended", "."}},
        {"trial",    {".",      ".",        "active",  "ended",    ".",         ".",       ".",     ".",      ".",      "ended", "."}},
        {"active",   {".",      ".",        ".",       ".",        "past_due",  ".",       ".",     "paused", ".",      "ended", "."}},
        {"paused",   {".",      ".",        ".",       ".",        ".",         ".",       ".",     ".",      "active", "ended", "."}},
        {"past_due", {".",      ".",        ".",       ".",        ".",         "active",  "ended", ".",      ".",      "ended", "."}},
        {"ended",    {".",      ".",        ".",       ".",        ".",         ".",       ".",     ".",      ".",      ".",     "active"}},
    };

    SAME_NUMBER(COUNT_OF(row), SUBSCRIPTION_STATES);
    for (int s = 1; s <= SUBSCRIPTION_STATES; s++)
        for (int e = 1; e <= SUBSCRIPTION_REACTIVATES; e++) {
            const char *told = row[s - 1].next[e - 1];
            enum subscription_state next = subscription_next((enum subscription_state)s, (enum subscription_event)e);
            const struct subscription_facts facts = {.state = (enum subscription_state)s};

            SAME_TEXT(subscription_state_name((enum subscription_state)s), row[s - 1].state);
            if (told[0] == '.')
                SAME_NUMBER(next, 0);
            else
                SAME_TEXT(subscription_state_name(next), told);
            SAME_NUMBER(subscription_may(&facts, (enum subscription_event)e),
                        told[0] != '.'              ? SUBSCRIPTION_NOT_REFUSED
                        : s == SUBSCRIPTION_ENDED ? SUBSCRIPTION_IS_ENDED : SUBSCRIPTION_EVENT_UNKNOWN);
        }
    for (int s = 1; s <= SUBSCRIPTION_STATES; s++) {
        enum subscription_state state = (enum subscription_state)s;

        CU_ASSERT_TRUE(subscription_state_text(state)[0] != '\0');
        SAME_NUMBER(subscription_state_from_name(row[s - 1].state), s);
        SAME_NUMBER(subscription_bills(state), s != SUBSCRIPTION_PAUSED && s != SUBSCRIPTION_ENDED);
        SAME_NUMBER(subscription_in_force(state), s == SUBSCRIPTION_ACTIVE || s == SUBSCRIPTION_PAST_DUE);
    }
    SAME_NUMBER(subscription_state_from_name("no such state"), 0);
    SAME_TEXT(subscription_state_text((enum subscription_state)0), "");
    for (int r = SUBSCRIPTION_NOT_REFUSED + 1; r <= SUBSCRIPTION_EVENT_UNKNOWN; r++)
        CU_ASSERT_TRUE(subscription_refusal_text((enum subscription_refusal)r)[0] != '\0');
    SAME_TEXT(subscription_refusal_text(SUBSCRIPTION_NOT_REFUSED), "");
    SAME_TEXT(subscription_refusal_text((enum subscription_refusal)0), "");
}

TEST(subscription, what_does_not_run_is_not_released_and_what_is_over_does_not_go_on)
{
    struct subscription_facts f = {.state = SUBSCRIPTION_PAUSED, .today_on = TODAY, .held_on = TODAY, .ends_on = TODAY};

    SAME_NUMBER(subscription_may_be_released(&f), SUBSCRIPTION_IS_NOT_RUNNING);
    f.state = SUBSCRIPTION_ACTIVE;
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_IS_ENDED);
    f.ends_on = TODAY + 1;
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_NOT_REFUSED);
    f.ends_on = DATE_NONE;
    SAME_NUMBER(subscription_may_go_on(&f), SUBSCRIPTION_END_NOT_PLANNED);
    /* without anything that binds it */
    f.billed_until_on = f.commitment_until_on = f.term_until_on = DATE_NONE;
    SAME_NUMBER(subscription_may_end(&f, TODAY - 1), SUBSCRIPTION_END_TOO_EARLY);
    SAME_NUMBER(subscription_may_end(&f, TODAY), SUBSCRIPTION_NOT_REFUSED);
    f.notice_days = 3;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 2), SUBSCRIPTION_WITHIN_NOTICE);
    f.commitment_until_on = TODAY + 10;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 9), SUBSCRIPTION_UNDER_COMMITMENT);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 10), SUBSCRIPTION_NOT_REFUSED);
    f.term_until_on = TODAY + 20;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 19), SUBSCRIPTION_WITHIN_TERM);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 20), SUBSCRIPTION_NOT_REFUSED);
    f.agreed = true;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 1), SUBSCRIPTION_NOT_REFUSED);
    f.billed_until_on = TODAY + 2;
    SAME_NUMBER(subscription_may_end(&f, TODAY + 1), SUBSCRIPTION_END_TOO_EARLY);
    SAME_NUMBER(subscription_may_end(&f, TODAY + 2), SUBSCRIPTION_NOT_REFUSED);
}

/* ---- attempts ---- */

TEST(attempt, money_is_final_and_late_money_is_a_persons)
{
    enum attempt_state next;

    for (int e = 1; e <= ATTEMPT_EVENTS; e++) {
        enum attempt_verdict verdict = attempt_next(ATTEMPT_SUCCEEDED, (enum attempt_event)e, &next);

        SAME_NUMBER(verdict, e == ATTEMPT_SUCCEEDS || e == ATTEMPT_RESTORES               ? ATTEMPT_STAYS
                             : e == ATTEMPT_REVERSES || e == ATTEMPT_REVERSES_PART ? ATTEMPT_MOVES : ATTEMPT_REFUSED);
    }
    static const enum attempt_state closed[] = {ATTEMPT_DECLINED, ATTEMPT_NOT_SENT, ATTEMPT_REVERSED};
    for (size_t i = 0; i < 3; i++) {
        SAME_NUMBER(attempt_next(closed[i], ATTEMPT_SUCCEEDS, &next), ATTEMPT_MOVES);
        SAME_NUMBER(next, ATTEMPT_OPERATOR);
    }
}

/* Whatever events come in whatever order: money that was captured is never forgotten, and a live attempt
 * never becomes READY again. */
TEST(attempt, any_order_of_events_keeps_the_money)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        enum attempt_state now = ATTEMPT_READY;
        bool captured = false;

        for (int i = 0; i < 30; i++) {
            enum attempt_event event = (enum attempt_event)seeded_between(&state, 1, ATTEMPT_EVENTS);
            enum attempt_state next = now;
            enum attempt_verdict verdict = attempt_next(now, event, &next);

            if (verdict == ATTEMPT_MOVES && next == now && now != ATTEMPT_UNKNOWN && now != ATTEMPT_ACTION && now != ATTEMPT_PENDING)
                SAME_NUMBER(seed, -1);
            if (verdict == ATTEMPT_MOVES)
                now = next;
            captured |= verdict == ATTEMPT_MOVES && event == ATTEMPT_SUCCEEDS;
            if (now == ATTEMPT_READY && i > 0 && verdict == ATTEMPT_MOVES)
                SAME_NUMBER(seed, -2);
            if (captured && now != ATTEMPT_OPERATOR && !attempt_took_money(now)) {
                SAME_NUMBER(seed, -3);
                return;
            }
        }
    }
    for (int s = ATTEMPT_READY; s <= ATTEMPT_OPERATOR; s++) {
        SAME_NUMBER(attempt_state_from_name(attempt_state_name((enum attempt_state)s)), s);
        SAME_NUMBER(attempt_is_live((enum attempt_state)s), s <= ATTEMPT_SUCCEEDED);
    }
}

TEST(attempt, when_silence_is_asked_about)
{
    int64_t now = INT64_C(1000000000000);
    int64_t before = 0;

    for (int checks = 0; checks < 6; checks++) {
        int64_t at = attempt_next_check_at(checks, now) - now;

        CU_ASSERT_TRUE(at >= before);
        before = at;
    }
    SAME_NUMBER(attempt_next_check_at(0, now) - now, INT64_C(60000000));
    CU_ASSERT_TRUE(attempt_may_resend(now, now + ATTEMPT_RESEND_UNTIL - 1));
    CU_ASSERT_FALSE(attempt_may_resend(now, now + ATTEMPT_RESEND_UNTIL + 1));
}

TEST(attempt, a_person_decides_after_three_days_of_silence_only)
{
    for (int s = 1; s <= ATTEMPT_STATES; s++) {
        CU_ASSERT_FALSE(attempt_may_be_decided((enum attempt_state)s, 0, ATTEMPT_OPERATOR_AFTER));
        SAME_NUMBER(attempt_may_be_decided((enum attempt_state)s, 0, ATTEMPT_OPERATOR_AFTER + 1), s == ATTEMPT_UNKNOWN);
    }
}

/* trust.md 1.3 (MON-06), and what is told beside it: each state with each event. "." refused, "=" told again, else the state
 * that it leads to. */
TEST(attempt, every_state_with_every_event)
{
    static const char *const event[] = {"picked", "succeeds", "processes", "needs_action", "declines", "invalid", "expires", "nothing_sent", "no_answer",
                                        "absent", "cancelled", "reverses", "reverses_part", "restores"};
    static const struct {
        const char *state;
        const char *next[COUNT_OF(event)];
    } row[] = {
        /*                   picked     succeeds     processes  needs_act  declines    invalid     expires     not_sent    no_answer  absent      cancelled   reverses    part               restores */
        {"ready",           {"sending", ".",         ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        "not_sent", ".",        ".",               "."}},
        {"sending",         {".",       "succeeded", "pending", "action",  "declined", "declined", "declined", "not_sent", "unknown", ".",        ".",        ".",        ".",               "."}},
        {"unknown",         {"sending", "succeeded", "pending", "action",  "declined", ".",        "declined", ".",        "=",       "not_sent", ".",        ".",        ".",               "."}},
        {"pending",         {".",       "succeeded", "=",       "action",  "declined", ".",        ".",        ".",        "=",       ".",        ".",        ".",        ".",               "."}},
        {"action",          {".",       "succeeded", "pending", "=",       "declined", ".",        "declined", ".",        "=",       ".",        ".",        ".",        ".",               "."}},
        {"succeeded",       {".",       "=",         ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        ".",        "reversed", "partly_reversed", "="}},
        {"declined",        {".",       "operator",  ".",       ".",       "=",        ".",        "=",        ".",        ".",       ".",        ".",        ".",        ".",               "."}},
        {"not_sent",        {".",       "operator",  ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        ".",        ".",        ".",               "."}},
        {"partly_reversed", {".",       "=",         ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        ".",        "reversed", "=",               "succeeded"}},
        {"reversed",        {".",       "operator",  ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        ".",        "=",        "partly_reversed", "succeeded"}},
        {"operator",        {".",       "=",         ".",       ".",       ".",        ".",        ".",        ".",        ".",       ".",        ".",        ".",        ".",               "."}},
    };

    SAME_NUMBER(COUNT_OF(row), ATTEMPT_STATES);
    SAME_NUMBER(COUNT_OF(event), ATTEMPT_EVENTS);
    for (int s = 1; s <= ATTEMPT_STATES; s++)
        for (int e = 1; e <= ATTEMPT_EVENTS; e++) {
            const char *told = row[s - 1].next[e - 1];
            enum attempt_state next;
            enum attempt_verdict verdict = attempt_next((enum attempt_state)s, (enum attempt_event)e, &next);

            SAME_TEXT(attempt_state_name((enum attempt_state)s), row[s - 1].state);
            SAME_TEXT(attempt_event_name((enum attempt_event)e), event[e - 1]);
            SAME_NUMBER(verdict, told[0] == '.' ? ATTEMPT_REFUSED : told[0] == '=' ? ATTEMPT_STAYS : ATTEMPT_MOVES);
            SAME_TEXT(attempt_state_name(next), verdict == ATTEMPT_MOVES ? told : row[s - 1].state);
        }
    SAME_NUMBER(attempt_state_from_name("no such state"), 0);
    CU_ASSERT_FALSE(attempt_is_live((enum attempt_state)0));
    for (int s = 1; s <= ATTEMPT_STATES; s++)
        CU_ASSERT_TRUE(attempt_state_text((enum attempt_state)s)[0] != '\0');
    for (int r = PAYABLE_IS_PAID; r <= PAYABLE_CHANGED; r++)
        CU_ASSERT_TRUE(payable_refusal_text((enum payable_refusal)r)[0] != '\0');
    SAME_TEXT(payable_refusal_text(PAYABLE_NOT_REFUSED), "");
    SAME_TEXT(payable_refusal_text((enum payable_refusal)0), "");
    SAME_TEXT(attempt_state_text((enum attempt_state)0), "");
    SAME_NUMBER(attempt_next_check_at(-1, 0), attempt_next_check_at(0, 0));
    SAME_NUMBER(attempt_next_check_at(99, 0), INT64_C(86400000000));
}

/* ---- declined cards ---- */

TEST(retry, what_the_scheme_says_goes_before_words_where_it_is_stricter_or_known)
{
    SAME_TEXT(decline_code_that_counts("generic_decline", ""), "generic_decline");
    SAME_TEXT(decline_code_that_counts("insufficient_funds", "51"), "insufficient_funds"); /* the same, and readable */
    SAME_TEXT(decline_code_that_counts("generic_decline", "R1"), "R1");
    SAME_TEXT(decline_code_that_counts("lost_card", "R0"), "R0"); /* ends more than the card */
    SAME_TEXT(decline_code_that_counts("do_not_honor", "57"), "57");
    SAME_TEXT(decline_code_that_counts("lost_card", "41"), "lost_card");
    SAME_TEXT(decline_code_that_counts("lost_card", "05"), "lost_card");
    SAME_TEXT(decline_code_that_counts("no_such_word", "51"), "51");
    SAME_TEXT(decline_code_that_counts("no_such_word", "ZZ"), "no_such_word");
    SAME_TEXT(decline_code_that_counts("", "ZZ"), "ZZ");
    SAME_TEXT(decline_code_that_counts("", ""), "");
    SAME_TEXT(decline_advice_that_counts("try_again_later", "25"), "25");
    SAME_TEXT(decline_advice_that_counts("do_not_try_again", "99"), "do_not_try_again");
    SAME_TEXT(decline_advice_that_counts("", "99"), "99");
    SAME_TEXT(decline_advice_that_counts("try_again_later", ""), "try_again_later");
}

TEST(retry, a_request_that_is_refused_is_not_asked_again_and_leaves_the_card)
{
    SAME_NUMBER(decline_class_of("amount_too_small", NULL), DECLINE_REQUEST);
    SAME_NUMBER(decline_class_of("request_refused", NULL), DECLINE_REQUEST);
    SAME_NUMBER(decline_class_of("resource_missing", NULL), DECLINE_NEW_CARD); /* the card is not kept any more */
    CU_ASSERT_FALSE(decline_ends_method(DECLINE_REQUEST));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_REQUEST, 1));
    CU_ASSERT_TRUE(decline_ends_method(decline_class_of("method_refused", NULL)));
}

TEST(retry, what_a_decline_means)
{
    SAME_TEXT(decline_code_text("insufficient_funds"), "Not enough money on the account");
    SAME_TEXT(decline_code_text("N7"), "N7"); /* no words of ours */
    SAME_NUMBER(decline_class_of("insufficient_funds", NULL), DECLINE_SOFT);
    SAME_NUMBER(decline_class_of("insufficient_funds", "do_not_try_again"), DECLINE_HARD);
    SAME_NUMBER(decline_class_of("lost_card", NULL), DECLINE_HARD);
    SAME_NUMBER(decline_class_of("authentication_required", NULL), DECLINE_AUTHENTICATION);
    SAME_NUMBER(decline_class_of("expired_card", NULL), DECLINE_NEW_CARD);
    SAME_NUMBER(decline_class_of("no_such_word", NULL), DECLINE_UNKNOWN);
    CU_ASSERT_TRUE(decline_ends_method(DECLINE_HARD));
    CU_ASSERT_FALSE(decline_ends_method(DECLINE_SOFT));
    CU_ASSERT_TRUE(decline_stops_collection("R1"));
    CU_ASSERT_FALSE(decline_stops_collection("51"));
    for (int d = DECLINE_SOFT; d <= DECLINE_REQUEST; d++)
        CU_ASSERT_TRUE(decline_text((enum decline_class)d)[0] != '\0');
}

TEST(retry, who_may_be_tried_again)
{
    CU_ASSERT_TRUE(retry_may_follow(DECLINE_SOFT, 1));
    CU_ASSERT_TRUE(retry_may_follow(DECLINE_SOFT, RETRY_TRIES_MAX_30_DAYS - 1));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_SOFT, RETRY_TRIES_MAX_30_DAYS));
    CU_ASSERT_TRUE(retry_may_follow(DECLINE_UNKNOWN, 1));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_UNKNOWN, 2));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_AUTHENTICATION, 1));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_NEW_CARD, 1));
    CU_ASSERT_FALSE(retry_may_follow(DECLINE_HARD, 1));
}
