/* webhook: whether an event really comes from the gateway (SEC-50). */
#include "test.h"

#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"
#include "gateway/webhook.h"

#define SECRET "whsec_test"
#define OLD_SECRET "whsec_before"
#define SECOND INT64_C(1000000)
#define NOW (INT64_C(1795428000) * SECOND)

static const char body[] = "{\"id\":\"evt_1\",\"type\":\"checkout.session.completed\"}";

static bool holds_at(const char *header, int64_t now)
{
    return webhook_holds(test_arena(), header, body, strlen(body), SECRET, OLD_SECRET, now);
}

static bool holds(const char *header)
{
    return holds_at(header, NOW);
}

static char *signed_at(const char *secret, int64_t now)
{
    return webhook_sign(test_arena(), body, strlen(body), secret, now);
}

/* The hex of the signature of a header that webhook_sign made. */
static const char *hex_of(const char *header)
{
    return strstr(header, "v1=") + 3;
}

TEST(webhook, a_signature_made_elsewhere_holds)
{
    /* printf '%s' '1795428000.{}' | openssl dgst -sha256 -hmac whsec_test */
    CU_ASSERT(webhook_holds(
        test_arena(), "t=1795428000,v1=d2cb5ab019a9017c09b160745acac626f020d98be99be2d03fa6a3f00803688a",
        "{}", 2, SECRET, "", NOW));
}

TEST(webhook, what_we_sign_holds)
{
    CU_ASSERT(holds(signed_at(SECRET, NOW)));
}

TEST(webhook, tolerance_is_300_seconds_both_ways)
{
    const char *header = signed_at(SECRET, NOW);

    CU_ASSERT(holds_at(header, NOW + 300 * SECOND));
    CU_ASSERT(holds_at(header, NOW + 300 * SECOND + SECOND - 1));
    CU_ASSERT_FALSE(holds_at(header, NOW + 301 * SECOND));
    CU_ASSERT(holds_at(header, NOW - 300 * SECOND));
    CU_ASSERT_FALSE(holds_at(header, NOW - 301 * SECOND));
    CU_ASSERT_FALSE(holds_at(header, NOW + 365 * 86400 * SECOND));
}

TEST(webhook, both_secrets_hold_during_a_rotation)
{
    CU_ASSERT(holds(signed_at(OLD_SECRET, NOW)));
    CU_ASSERT_FALSE(
        webhook_holds(test_arena(), signed_at(OLD_SECRET, NOW), body, strlen(body), SECRET, "", NOW));
    CU_ASSERT_FALSE(holds(signed_at("whsec_other", NOW)));
    /* the gateway signs with both: one that we know is enough, wherever it stands */
    CU_ASSERT(holds(arena_printf(test_arena(), "%s,v1=%s", signed_at("whsec_other", NOW),
                                 hex_of(signed_at(SECRET, NOW)))));
    CU_ASSERT(holds(arena_printf(test_arena(), "%s,v1=%s", signed_at(SECRET, NOW),
                                 hex_of(signed_at("whsec_other", NOW)))));
}

TEST(webhook, without_a_secret_nothing_holds)
{
    CU_ASSERT_FALSE(webhook_holds(test_arena(), signed_at("", NOW), body, strlen(body), "", "", NOW));
}

TEST(webhook, every_changed_byte_is_seen)
{
    const char *header = signed_at(SECRET, NOW);

    for (size_t i = 0; i < strlen(body); i++) {
        char *changed = arena_strdup(test_arena(), body);

        changed[i] ^= 1;
        CU_ASSERT_FALSE(webhook_holds(test_arena(), header, changed, strlen(body), SECRET, OLD_SECRET, NOW));
    }
    CU_ASSERT_FALSE(webhook_holds(test_arena(), header, body, strlen(body) - 1, SECRET, OLD_SECRET, NOW));
    for (size_t i = (size_t)(hex_of(header) - header); header[i] != '\0'; i++) {
        char *changed = arena_strdup(test_arena(), header);

        changed[i] = changed[i] == '0' ? '1' : '0';
        CU_ASSERT_FALSE(holds(changed));
    }
    /* the instant is signed too */
    CU_ASSERT_FALSE(
        holds(arena_printf(test_arena(), "t=%lld,v1=%s", (long long)(NOW / SECOND) + 1, hex_of(header))));
}

TEST(webhook, malformed_headers_are_refused)
{
    const char *hex = hex_of(signed_at(SECRET, NOW));
    const char *const bad[] = {
        "", ",", "=", "t=", "v1=", "t=1795428000", "t=1795428000,", "t=1795428000,v1=", "t=1795428000,v1",
        arena_printf(test_arena(), "v1=%s", hex),                         /* no instant */
        arena_printf(test_arena(), "t=,v1=%s", hex),
        arena_printf(test_arena(), "t=now,v1=%s", hex),
        arena_printf(test_arena(), "t=-1795428000,v1=%s", hex),
        arena_printf(test_arena(), "t=1795428000x,v1=%s", hex),
        arena_printf(test_arena(), "t=99999999999999999999999,v1=%s", hex),
        arena_printf(test_arena(), "t=1795428000,v0=%s", hex),            /* another scheme */
        arena_printf(test_arena(), "t=1795428000,V1=%s", hex),
        arena_printf(test_arena(), "t=1795428000;v1=%s", hex),
        arena_printf(test_arena(), "t=1795428000,v1=%.63s", hex),
        arena_printf(test_arena(), "t=1795428000,v1=%s0", hex),
        arena_printf(test_arena(), "t=1795428000,v1=z%s", hex + 1),
    };

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (holds(bad[i]))
            SAME_TEXT(bad[i], "to be refused");
}

TEST(webhook, unknown_parts_and_many_signatures_do_no_harm)
{
    struct str header = str_new(test_arena());

    str_append(&header, "x=1,t=1795428000,v0=abc");
    for (int i = 0; i < 20; i++)
        str_append(&header, ",v1=0000000000000000000000000000000000000000000000000000000000000000");
    CU_ASSERT_FALSE(holds(header.text));
    str_printf(&header, ",v1=%s", hex_of(signed_at(SECRET, NOW)));
    CU_ASSERT(holds(header.text));
}

TEST(webhook, sizes_are_limited)
{
    struct str header = str_new(test_arena());
    size_t large = WEBHOOK_BODY_BYTES_MAX + 1;
    char *text = arena_alloc(test_arena(), large + 1);

    str_append(&header, signed_at(SECRET, NOW));
    while (header.bytes <= WEBHOOK_HEADER_BYTES_MAX)
        str_append(&header, ",x=1");
    CU_ASSERT_FALSE(holds(header.text));
    memset(text, 'a', large);
    CU_ASSERT_FALSE(webhook_holds(test_arena(), webhook_sign(test_arena(), text, large, SECRET, NOW), text,
                                  large, SECRET, "", NOW));
    large--;
    CU_ASSERT(webhook_holds(test_arena(), webhook_sign(test_arena(), text, large, SECRET, NOW), text, large,
                            SECRET, "", NOW));
}

TEST(webhook, signed_headers_survive_damage_only_unchanged)
{
    const char *good = signed_at(SECRET, NOW);
    size_t bytes = strlen(good);

    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        char *text = arena_strdup(test_arena(), good);

        text[random_between(&state, 0, (int64_t)bytes - 1)] = (char)random_between(&state, 1, 255);
        if (strcmp(text, good) != 0 && holds(text))
            SAME_TEXT(text, "to be refused");
    }
}

static bool read_event(const char *text, struct webhook_event *event)
{
    return webhook_read(test_ctx(), text, strlen(text), event);
}

TEST(webhook, an_event_says_whom_it_is_about)
{
    struct webhook_event event;

    CU_ASSERT(read_event(
        "{\"id\":\"evt_1\",\"type\":\"checkout.session.completed\",\"data\":{\"object\":{\"id\":\"cs_1\","
        "\"metadata\":{\"attempt\":\"demo-1\"},\"amount_total\":5}}}",
        &event));
    SAME_TEXT(event.event_ref, "evt_1");
    SAME_TEXT(event.type, "checkout.session.completed");
    SAME_TEXT(event.object_ref, "cs_1");
    SAME_TEXT(event.attempt_key, "demo-1");
    CU_ASSERT(read_event("{\"id\":\"evt_2\",\"type\":\"ping\"}", &event));
    SAME_TEXT(event.object_ref, "");
    SAME_TEXT(event.attempt_key, "");
}

TEST(webhook, what_is_no_event_is_refused)
{
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "null",
                                      "{\"id\":\"evt_1\"}",
                                      "{\"type\":\"x\"}",
                                      "{\"id\":1,\"type\":\"x\"}",
                                      "{\"id\":\"\",\"type\":\"x\"}",
                                      "{\"id\":\"evt_1\",\"type\":[]}",
                                      "<html>",
                                      "{\"id\":\"evt_1\",\"type\":\"x\""};
    struct webhook_event event;
    char *longer = arena_alloc(test_arena(), 300);

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (read_event(bad[i], &event))
            SAME_TEXT(bad[i], "to be refused");
    memset(longer, 'e', 200);
    CU_ASSERT_FALSE(read_event(arena_printf(test_arena(), "{\"id\":\"%s\",\"type\":\"x\"}", longer), &event));
    CU_ASSERT_FALSE(
        read_event(arena_printf(test_arena(), "{\"id\":\"evt_1\",\"type\":\"%s\"}", longer), &event));
}
