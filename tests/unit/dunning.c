/* dunning: the timeline of product.md 7.1, late runs, what stands still, and rules that are refused. */
#include "test.h"

#include "core/date.h"
#include "core/dunning.h"
#include "core/term.h"
#include "seeded.h"

#define ON(month, day) date_from_civil(2026, month, day)

/* Mails J0, J+3, J+10; tries J+3, J+7, J+12; close J+15. */
static const struct dunning_step shipped[] = {
    {0, DUNNING_MAIL}, {3, DUNNING_RETRY}, {3, DUNNING_MAIL}, {7, DUNNING_RETRY}, {10, DUNNING_MAIL}, {12, DUNNING_RETRY}, {15, DUNNING_CLOSE},
};
enum { SHIPPED = COUNT_OF(shipped) };

static struct dunning_facts facts_on(int32_t today_on)
{
    return (struct dunning_facts){.steps = shipped, .count = SHIPPED, .due_on = ON(6, 1), .today_on = today_on,
                                  .last_step_on = DATE_NONE, .can_retry = true, .can_close = true};
}

static void follow(struct dunning_facts *facts, const struct dunning_decision *decision)
{
    if (decision->verdict == DUNNING_ACTS)
        facts->last_step_on = facts->today_on;
    facts->done = decision->done;
}

/* Every day one run; what was done on which day. */
TEST(dunning, s_7_1_never_paid_is_closed_on_16_june)
{
    static const char *const wanted = "06-01 mail 0\n06-04 retry mail 2\n06-08 retry\n06-11 mail 4\n06-13 retry\n06-16 close\n";
    struct dunning_facts facts = facts_on(ON(6, 1));
    struct arena *arena = test_arena();
    char *told = arena_strdup(arena, "");

    for (; facts.today_on < ON(8, 1); facts.today_on++) {
        struct dunning_decision d = dunning_decide(&facts);
        char day[DATE_TEXT_BYTES];

        if (d.verdict == DUNNING_ENDS_DONE)
            break;
        CU_ASSERT_FALSE(d.task || d.block);
        if (d.verdict == DUNNING_ACTS)
            told = arena_printf(arena, "%s%s%s%s%s%s\n", told, date_iso(facts.today_on, day) + 5, d.retry ? " retry" : "",
                                d.mail ? " mail " : "", d.mail ? arena_printf(arena, "%d", (int)d.mail_step) : "", d.close ? " close" : "");
        else
            CU_ASSERT_EQUAL(d.verdict, DUNNING_WAITS);
        CU_ASSERT(d.next_on == DATE_NONE || d.next_on > facts.today_on);
        follow(&facts, &d);
    }
    SAME_TEXT(told, wanted);
    SAME_NUMBER(facts.today_on, ON(6, 17)); /* and then it is over */
}

TEST(dunning, s_7_1_paid_on_the_second_try_drops_the_rest)
{
    struct dunning_facts facts = facts_on(ON(6, 8));
    struct dunning_decision d;

    facts.done = 4;
    facts.paid = true;
    d = dunning_decide(&facts);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_ENDS_PAID);
    CU_ASSERT_FALSE(d.mail || d.retry || d.close);
    SAME_NUMBER(d.next_on, DATE_NONE);
}

/* Due on the 1st with 15 days: the 16th; due 1 July with 30 days: 31 July. */
TEST(dunning, s_7_1_the_day_of_the_close)
{
    const struct dunning_step thirty[] = {{0, DUNNING_MAIL}, {30, DUNNING_CLOSE}};
    struct dunning_facts facts = facts_on(ON(6, 15));

    facts.done = SHIPPED - 1;
    SAME_NUMBER(dunning_decide(&facts).next_on, ON(6, 16));
    facts = (struct dunning_facts){.steps = thirty, .count = 2, .done = 1, .due_on = ON(7, 1), .today_on = ON(7, 30), .last_step_on = ON(7, 1), .can_close = true};
    SAME_NUMBER(dunning_decide(&facts).next_on, ON(7, 31));
    facts.today_on = ON(7, 31);
    CU_ASSERT_TRUE(dunning_decide(&facts).close);
}

/* After twenty days without a run: one mail (the last), one try; the close comes the day after, and alone. */
TEST(dunning, a_late_run_speaks_before_it_closes)
{
    struct dunning_facts facts = facts_on(ON(6, 21));
    struct dunning_decision d = dunning_decide(&facts);

    CU_ASSERT_TRUE(d.mail && d.retry && !d.close);
    SAME_NUMBER(d.mail_step, 4);
    SAME_NUMBER(d.next_on, ON(6, 22));
    follow(&facts, &d);
    d = dunning_decide(&facts); /* a second run of the day does nothing */
    CU_ASSERT_EQUAL(d.verdict, DUNNING_WAITS);
    SAME_NUMBER(d.next_on, ON(6, 22));
    facts.today_on = ON(6, 22);
    d = dunning_decide(&facts);
    CU_ASSERT_TRUE(d.close && !d.mail && !d.retry);
    SAME_NUMBER(d.next_on, DATE_NONE);
}

TEST(dunning, a_payment_under_way_or_a_dispute_lets_it_stand_still)
{
    struct dunning_facts facts = facts_on(ON(6, 16));
    struct dunning_decision d;

    facts.done = SHIPPED - 1;
    facts.last_step_on = ON(6, 13);
    facts.standing_still = true;
    d = dunning_decide(&facts);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_WAITS);
    SAME_NUMBER(d.next_on, ON(6, 17));
    SAME_NUMBER(d.done, SHIPPED - 1);
    facts.standing_still = false;
    facts.today_on = ON(6, 19);
    CU_ASSERT_TRUE(dunning_decide(&facts).close);
}

/* A card that must not be charged again is not tried, an invoice without a subscription closes nothing. */
TEST(dunning, what_cannot_be_done_is_passed_over)
{
    struct dunning_facts facts = facts_on(ON(6, 8));
    struct dunning_decision d;

    facts.done = 3;
    facts.can_retry = facts.can_close = false;
    d = dunning_decide(&facts);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_WAITS);
    SAME_NUMBER(d.done, 4);
    SAME_NUMBER(d.next_on, ON(6, 11));
    facts.done = 5;
    facts.today_on = ON(6, 30);
    d = dunning_decide(&facts);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_ENDS_DONE);
    SAME_NUMBER(d.done, SHIPPED);
}

/* Due on the day it was issued: its own mail asks, the first reminder comes after three days. Due later: on the due day. */
TEST(dunning, no_reminder_on_the_heels_of_the_invoice)
{
    struct dunning_facts facts = facts_on(ON(6, 1));
    struct dunning_decision d;

    facts.asked_on = ON(6, 1);
    d = dunning_decide(&facts);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_WAITS);
    SAME_NUMBER(d.done, 1);
    SAME_NUMBER(d.next_on, ON(6, 4));
    facts.asked_on = ON(5, 31);
    CU_ASSERT_TRUE(dunning_decide(&facts).mail);
    facts.asked_on = DATE_NONE;
    CU_ASSERT_TRUE(dunning_decide(&facts).mail);
}

/* The only word before the close is said, whatever was said that day. */
TEST(dunning, the_mail_that_announces_a_close_is_never_passed_over)
{
    const struct dunning_step steps[] = {{0, DUNNING_MAIL}, {0, DUNNING_TASK}, {2, DUNNING_CLOSE}};
    struct dunning_facts facts = {.steps = steps, .count = 3, .due_on = ON(6, 1), .asked_on = ON(6, 1), .today_on = ON(6, 1), .last_step_on = DATE_NONE, .can_close = true};

    CU_ASSERT_TRUE(dunning_decide(&facts).mail);
    SAME_NUMBER(dunning_announced_close_on(steps, 3, 0, ON(6, 1)), ON(6, 3));
    SAME_NUMBER(dunning_announced_close_on(shipped, SHIPPED, 0, ON(6, 1)), DATE_NONE);
    SAME_NUMBER(dunning_announced_close_on(shipped, SHIPPED, 4, ON(6, 1)), ON(6, 16));
    SAME_NUMBER(dunning_announced_close_on(steps, 2, 0, ON(6, 1)), DATE_NONE);
}

TEST(dunning, the_next_step_is_one_that_does_something)
{
    struct dunning_facts facts = facts_on(ON(6, 1));

    SAME_NUMBER(dunning_next_step(&facts), 0);
    facts.asked_on = ON(6, 1);
    SAME_NUMBER(dunning_next_step(&facts), 1);
    facts.can_retry = false;
    SAME_NUMBER(dunning_next_step(&facts), 2);
    facts.done = 5;
    SAME_NUMBER(dunning_next_step(&facts), 6);
    facts.can_close = false;
    SAME_NUMBER(dunning_next_step(&facts), SHIPPED);
}

TEST(dunning, the_day_of_the_next_try)
{
    SAME_NUMBER(dunning_next_retry_on(shipped, SHIPPED, 1, ON(6, 1)), ON(6, 4));
    SAME_NUMBER(dunning_next_retry_on(shipped, SHIPPED, 2, ON(6, 1)), ON(6, 8));
    SAME_NUMBER(dunning_next_retry_on(shipped, SHIPPED, 6, ON(6, 1)), DATE_NONE);
}

TEST(dunning, tasks_and_blocks)
{
    const struct dunning_step steps[] = {{2, DUNNING_TASK}, {2, DUNNING_BLOCK}};
    struct dunning_facts facts = {.steps = steps, .count = 2, .due_on = ON(6, 1), .today_on = ON(6, 3), .last_step_on = DATE_NONE};
    struct dunning_decision d = dunning_decide(&facts);

    CU_ASSERT_TRUE(d.task && d.block && !d.mail);
    CU_ASSERT_EQUAL(d.verdict, DUNNING_ACTS);
}

static void refused(const struct dunning_step *steps, size_t count, enum dunning_refusal refusal, size_t at)
{
    size_t wrong = 99;

    SAME_NUMBER(dunning_rule_check(steps, count, &wrong), refusal);
    SAME_NUMBER(wrong, at);
    CU_ASSERT(refusal == DUNNING_FINE || dunning_refusal_text(refusal)[0] != '\0');
}

#define REFUSED(refusal, at, ...)                                                                                          \
    refused((const struct dunning_step[]){__VA_ARGS__}, sizeof((const struct dunning_step[]){__VA_ARGS__}) / sizeof(struct dunning_step), refusal, at)

TEST(dunning, rules_that_are_refused)
{
    struct dunning_step many[DUNNING_STEPS_MAX + 1];

    for (int i = 0; i <= DUNNING_STEPS_MAX; i++)
        many[i] = (struct dunning_step){i, DUNNING_MAIL};
    refused(many, DUNNING_STEPS_MAX, DUNNING_FINE, 0);
    refused(many, DUNNING_STEPS_MAX + 1, DUNNING_TOO_MANY_STEPS, DUNNING_STEPS_MAX);
    refused(shipped, SHIPPED, DUNNING_FINE, 0);
    REFUSED(DUNNING_OFFSET_WRONG, 0, {-1, DUNNING_MAIL});
    REFUSED(DUNNING_OFFSET_WRONG, 1, {0, DUNNING_MAIL}, {366, DUNNING_MAIL});
    REFUSED(DUNNING_ORDER_WRONG, 1, {5, DUNNING_MAIL}, {4, DUNNING_TASK});
    REFUSED(DUNNING_STEP_TWICE, 2, {5, DUNNING_MAIL}, {5, DUNNING_TASK}, {5, DUNNING_MAIL});
    REFUSED(DUNNING_TOO_MANY_RETRIES, 4, {1, DUNNING_RETRY}, {2, DUNNING_RETRY}, {3, DUNNING_RETRY}, {4, DUNNING_RETRY}, {5, DUNNING_RETRY});
    REFUSED(DUNNING_AFTER_CLOSE, 2, {1, DUNNING_MAIL}, {2, DUNNING_CLOSE}, {3, DUNNING_MAIL});
    REFUSED(DUNNING_CLOSE_SILENT, 1, {1, DUNNING_RETRY}, {2, DUNNING_CLOSE});
}

TEST(dunning, words)
{
    for (int i = DUNNING_RETRY; i <= DUNNING_CLOSE; i++)
        SAME_NUMBER(dunning_action_from_name(dunning_action_name((enum dunning_action)i)), i);
    SAME_NUMBER(dunning_action_from_name("shout"), 0);
}

/* Whatever the rule and whenever the batch runs: no step before its day, none twice, the close alone and after a mail. */
TEST(dunning, any_life_takes_each_step_once_and_never_early)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        struct dunning_step steps[DUNNING_STEPS_MAX];
        size_t count = (size_t)seeded_between(&state, 1, 8), wrong;
        struct dunning_facts facts = {.steps = steps, .count = count, .due_on = 20000, .today_on = 20000, .last_step_on = DATE_NONE};
        int32_t offset = 0;
        bool mailed = false, closed = false, bad = false;

        for (size_t i = 0; i < count; i++) {
            offset += (int32_t)seeded_between(&state, 0, 6);
            steps[i] = (struct dunning_step){offset, (enum dunning_action)seeded_between(&state, DUNNING_RETRY, DUNNING_CLOSE)};
        }
        if (dunning_rule_check(steps, count, &wrong) != DUNNING_FINE)
            continue;
        while (!bad && facts.today_on < 20500) {
            struct dunning_decision d;

            facts.can_retry = seeded_between(&state, 0, 1) == 1;
            facts.can_close = !closed;
            facts.standing_still = seeded_between(&state, 0, 9) == 0;
            d = dunning_decide(&facts);
            if (d.verdict == DUNNING_ENDS_DONE)
                break;
            bad = closed || d.done < facts.done || (d.close && (d.mail || d.retry || d.task || d.block)) ||
                  (d.close && !mailed) || (d.next_on != DATE_NONE && d.next_on <= facts.today_on) ||
                  (d.verdict == DUNNING_WAITS && d.next_on == DATE_NONE);
            for (size_t i = facts.done; i < d.done; i++)
                bad = bad || facts.due_on + steps[i].offset_days > facts.today_on;
            mailed = mailed || d.mail;
            closed = closed || d.close;
            follow(&facts, &d);
            facts.today_on += (int32_t)seeded_between(&state, 0, 9) == 0 ? (int32_t)seeded_between(&state, 1, 60) : 1;
        }
        if (bad || facts.today_on >= 20500) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(dunning, the_steps_of_a_day_leave_spread_over_it)
{
    int hour[24] = {0};

    for (int64_t id = 1; id <= 10000; id++) {
        int minute = dunning_minute(id);

        CU_ASSERT_FATAL(minute >= 8 * 60 && minute < 18 * 60);
        hour[minute / 60]++;
    }
    for (int h = 8; h < 18; h++)
        CU_ASSERT(hour[h] > 900 && hour[h] < 1100);
}

TEST(dunning, a_contract_says_itself_when_it_is_closed)
{
    struct dunning_step out[SHIPPED + 2];
    size_t wrong;
    size_t count = dunning_steps_closing(shipped, SHIPPED, CLOSE_BY_RULE, out);

    SAME_NUMBER(count, SHIPPED);
    SAME_NUMBER(out[SHIPPED - 1].action, DUNNING_CLOSE);
    count = dunning_steps_closing(shipped, SHIPPED, CLOSE_NEVER, out);
    SAME_NUMBER(count, SHIPPED - 1); /* everything but the close */
    SAME_NUMBER(out[count - 1].action, DUNNING_RETRY);
    count = dunning_steps_closing(shipped, SHIPPED, 30, out);
    SAME_NUMBER(count, SHIPPED);
    SAME_NUMBER(out[count - 1].offset_days, 30); /* 30 days after 1 July: 31 July */
    SAME_NUMBER(out[count - 1].action, DUNNING_CLOSE);
    count = dunning_steps_closing(shipped, SHIPPED, 7, out);
    SAME_NUMBER(count, 4); /* mail, try, mail of day 3; the try of day 7 falls away */
    SAME_NUMBER(out[3].offset_days, 7);
    CU_ASSERT_EQUAL(dunning_rule_check(out, count, &wrong), DUNNING_FINE);
}

TEST(dunning, a_close_is_never_silent)
{
    const struct dunning_step late[] = {{3, DUNNING_RETRY}, {10, DUNNING_MAIL}, {40, DUNNING_CLOSE}};
    struct dunning_step out[5];
    size_t wrong;
    size_t count = dunning_steps_closing(late, 3, 10, out);

    SAME_NUMBER(count, 3);
    SAME_NUMBER(out[0].offset_days, 0);
    SAME_NUMBER(out[0].action, DUNNING_MAIL);
    SAME_NUMBER(out[2].action, DUNNING_CLOSE);
    for (int32_t days = CLOSE_NEVER; days <= CLOSE_DAYS_MAX; days++) {
        count = dunning_steps_closing(late, 3, days, out);
        CU_ASSERT_EQUAL(dunning_rule_check(out, count, &wrong), DUNNING_FINE);
    }
    SAME_NUMBER(dunning_steps_closing(NULL, 0, 1, out), 2); /* a rule without steps */
}
