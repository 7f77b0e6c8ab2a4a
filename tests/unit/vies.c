/* vies and breaker: what an answer says of a number, and when nobody waits for the service any more. What is not
 * understood says nothing: never valid, never invalid. */
#include "test.h"

#include <string.h>

#include "core/breaker.h"
#include "gateway/vies.h"

#define NUMBER "DE136695976"
#define SAID(valid_, more) "{\"countryCode\":\"DE\",\"vatNumber\":\"136695976\",\"requestDate\":\"2026-11-23T10:00:00.000Z\",\"valid\":" valid_ more "}"
#define WRONG(code) "{\"actionSucceed\":false,\"errorWrappers\":[{\"error\":\"" code "\"}]}"

static struct vies_answer read_answer(long status, const char *body)
{
    struct vies_answer answer;

    vies_read(test_ctx(), status, body, strlen(body), NUMBER, &answer);
    return answer;
}

TEST(vies, a_registered_number_with_its_proof)
{
    struct vies_answer a = read_answer(200, SAID("true", ",\"requestIdentifier\":\"WAPIAAAAY1234567\",\"name\":\"Kunde GmbH\",\"address\":\"Weg 1\""));

    SAME_NUMBER(a.verdict, VIES_VALID);
    SAME_TEXT(a.consultation, "WAPIAAAAY1234567");
    SAME_TEXT(a.name, "Kunde GmbH");
    SAME_TEXT(a.reason, "");
    a = read_answer(200, SAID("true", ",\"requestIdentifier\":null,\"name\":\"---\""));
    SAME_NUMBER(a.verdict, VIES_VALID);
    SAME_TEXT(a.consultation, "");
    SAME_TEXT(a.name, "");
}

TEST(vies, a_number_that_is_not_registered)
{
    SAME_NUMBER(read_answer(200, SAID("false", "")).verdict, VIES_INVALID);
}

TEST(vies, what_is_no_answer)
{
    static const struct {
        long status;
        const char *body, *reason;
        bool state_only;
    } row[] = {
        {200, WRONG("MS_UNAVAILABLE"), "MS_UNAVAILABLE", true},
        {200, WRONG("MS_MAX_CONCURRENT_REQ"), "MS_MAX_CONCURRENT_REQ", true},
        {200, WRONG("GLOBAL_MAX_CONCURRENT_REQ"), "GLOBAL_MAX_CONCURRENT_REQ", false},
        {400, WRONG("INVALID_INPUT"), "INVALID_INPUT", false},
        {200, WRONG("<b>\\u00e9"), "UNKNOWN_ANSWER", false},
        {200, "{\"actionSucceed\":false,\"errorWrappers\":[{}]}", "UNKNOWN_ANSWER", false},
        {503, "<html>away</html>", "SERVICE_UNAVAILABLE", false},
        {200, "<html>maintenance</html>", "UNKNOWN_ANSWER", false},
        {200, "", "UNKNOWN_ANSWER", false},
        {200, "{}", "UNKNOWN_ANSWER", false},
        {200, "[true]", "UNKNOWN_ANSWER", false},
        {500, SAID("true", ""), "SERVICE_UNAVAILABLE", false},
        {200, SAID("\"true\"", ""), "UNKNOWN_ANSWER", false},
        {200, SAID("true", ",\"valid\":false"), "UNKNOWN_ANSWER", false}, /* a key twice */
        {200, "{\"countryCode\":\"FR\",\"vatNumber\":\"136695976\",\"valid\":true}", "UNKNOWN_ANSWER", false}, /* another's */
        {200, "{\"countryCode\":\"DE\",\"vatNumber\":\"136695977\",\"valid\":true}", "UNKNOWN_ANSWER", false},
        {200, "{\"valid\":true}", "UNKNOWN_ANSWER", false},
    };

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        struct vies_answer a = read_answer(row[i].status, row[i].body);

        SAME_NUMBER(a.verdict, VIES_NO_ANSWER);
        SAME_TEXT(a.reason, row[i].reason);
        SAME_NUMBER(a.state_only, row[i].state_only);
    }
}

TEST(vies, a_body_cut_anywhere_says_nothing)
{
    static const char whole[] = SAID("true", ",\"name\":\"Kunde GmbH\"");

    for (size_t bytes = 0; bytes < sizeof whole - 1; bytes++) {
        struct vies_answer a;

        vies_read(test_ctx(), 200, arena_strndup(test_arena(), whole, bytes), bytes, NUMBER, &a);
        SAME_NUMBER(a.verdict, VIES_NO_ANSWER);
    }
}

TEST(breaker, opens_after_three_failures_and_waits_longer_each_time)
{
    struct breaker b = {.failures = 0};
    int64_t now = INT64_C(1000000000);

    CU_ASSERT_TRUE(breaker_lets(&b, BREAKER_FAILURES, now));
    b = breaker_after_failure(&b, BREAKER_FAILURES, now);
    b = breaker_after_failure(&b, BREAKER_FAILURES, now);
    CU_ASSERT_TRUE(breaker_lets(&b, BREAKER_FAILURES, now));
    b = breaker_after_failure(&b, BREAKER_FAILURES, now);
    CU_ASSERT_FALSE(breaker_lets(&b, BREAKER_FAILURES, now));
    CU_ASSERT_FALSE(breaker_lets(&b, BREAKER_FAILURES, now + BREAKER_PAUSE_MIN - 1));
    CU_ASSERT_TRUE(breaker_lets(&b, BREAKER_FAILURES, now + BREAKER_PAUSE_MIN));
    b = breaker_after_failure(&b, BREAKER_FAILURES, now);
    SAME_NUMBER(b.open_until, now + 2 * BREAKER_PAUSE_MIN);
    for (int i = 0; i < 100; i++)
        b = breaker_after_failure(&b, BREAKER_FAILURES, now);
    SAME_NUMBER(b.open_until, now + BREAKER_PAUSE_MAX);
    b.failures = INT32_MAX;
    SAME_NUMBER(breaker_after_failure(&b, BREAKER_FAILURES, now).failures, INT32_MAX);
}

TEST(breaker, pauses_grow_and_end_at_a_day)
{
    SAME_NUMBER(retry_pause(0), BREAKER_PAUSE_MIN);
    SAME_NUMBER(retry_pause(3), 8 * BREAKER_PAUSE_MIN);
    for (int32_t tries = 1; tries < 1000; tries++) {
        CU_ASSERT(retry_pause(tries) >= retry_pause(tries - 1));
        CU_ASSERT(retry_pause(tries) <= INT64_C(86400) * 1000000);
    }
    SAME_NUMBER(retry_pause(INT32_MAX), INT64_C(86400) * 1000000);
}
