/* stripe: what we ask the gateway, and what we make of its answers. What is not understood is unknown:
 * never success, never a decline. */
#include "test.h"

#include <string.h>

#include "base/random.h"
#include "base/str.h"
#include "gateway/stripe.h"
#include "sandbox/cards.h"

static struct gateway_answer map(long status, const char *body)
{
    struct gateway_answer answer;

    stripe_map(test_ctx(), status, body, strlen(body), &answer);
    return answer;
}

static enum gateway_outcome outcome(long status, const char *body)
{
    return map(status, body).outcome;
}

#define CARD \
    "{\"id\":\"pm_1\",\"card\":{\"brand\":\"visa\",\"last4\":\"4242\",\"exp_month\":12,\"exp_year\":2030}}"
#define INTENT(status_, more) \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"" status_ "\",\"amount\":12345," \
    "\"currency\":\"eur\",\"customer\":\"cus_1\",\"payment_method\":" CARD more "}"
#define SESSION(status_, paid, intent) \
    "{\"id\":\"cs_1\",\"object\":\"checkout.session\",\"status\":\"" status_ "\"," \
    "\"payment_status\":\"" paid \
    "\",\"amount_total\":12345,\"currency\":\"eur\",\"url\":\"https://pay.example/cs_1\"," \
    "\"customer\":\"cus_1\",\"payment_intent\":" intent "}"

/* ---- answers ---- */

TEST(stripe, a_paid_session_gives_everything_that_settling_needs)
{
    struct gateway_answer a =
        map(200, SESSION("complete", "paid", INTENT("succeeded", ",\"amount_received\":12345")));

    SAME_NUMBER(a.outcome, GATEWAY_SUCCEEDED);
    SAME_TEXT(a.session_ref, "cs_1");
    SAME_TEXT(a.intent_ref, "pi_1");
    SAME_TEXT(a.customer_ref, "cus_1");
    SAME_TEXT(a.method_ref, "pm_1");
    SAME_TEXT(a.brand, "visa");
    SAME_TEXT(a.last4, "4242");
    SAME_NUMBER(a.exp_month, 12);
    SAME_NUMBER(a.exp_year, 2030);
    SAME_NUMBER(a.amount_minor, 12345);
    SAME_TEXT(a.currency, "EUR");
}

TEST(stripe, an_open_session_stays_open_after_a_decline_and_says_why)
{
    struct gateway_answer a =
        map(200, SESSION("open", "unpaid",
                         INTENT("requires_payment_method",
                                ",\"last_payment_error\":{\"code\":\"card_declined\",\"decline_code\":"
                                "\"insufficient_funds\",\"message\":\"no\"}")));

    SAME_NUMBER(a.outcome, GATEWAY_OPEN);
    SAME_TEXT(a.decline_code, "insufficient_funds");
    SAME_TEXT(a.redirect_url, "https://pay.example/cs_1");
    a = map(200, SESSION("open", "unpaid", "null"));
    SAME_NUMBER(a.outcome, GATEWAY_OPEN);
    SAME_TEXT(a.intent_ref, "");
    SAME_NUMBER(a.amount_minor, 12345);
}

TEST(stripe, states_of_a_session)
{
    SAME_NUMBER(outcome(200, SESSION("expired", "unpaid", "null")), GATEWAY_EXPIRED);
    SAME_NUMBER(outcome(200, SESSION("complete", "unpaid", INTENT("processing", ""))), GATEWAY_PROCESSING);
    SAME_NUMBER(outcome(200, SESSION("complete", "no_payment_required", "null")), GATEWAY_SUCCEEDED);
    SAME_NUMBER(outcome(200, SESSION("brand_new", "paid", INTENT("succeeded", ""))), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(200, SESSION("", "paid", INTENT("succeeded", ""))), GATEWAY_UNKNOWN);
}

TEST(stripe, a_setup_session_gives_the_card)
{
    struct gateway_answer a =
        map(200, "{\"id\":\"cs_2\",\"object\":\"checkout.session\",\"status\":\"complete\","
                 "\"payment_status\":\"no_payment_required\",\"amount_total\":null,\"currency\":\"eur\","
                 "\"customer\":\"cus_1\","
                 "\"setup_intent\":{\"id\":\"seti_1\",\"object\":\"setup_intent\",\"status\":\"succeeded\","
                 "\"customer\":\"cus_1\","
                 "\"payment_method\":" CARD "}}");

    SAME_NUMBER(a.outcome, GATEWAY_SUCCEEDED);
    SAME_TEXT(a.intent_ref, "seti_1");
    SAME_TEXT(a.method_ref, "pm_1");
    SAME_NUMBER(a.amount_minor, 0);
}

TEST(stripe, states_of_an_intent)
{
    SAME_NUMBER(outcome(200, INTENT("succeeded", "")), GATEWAY_SUCCEEDED);
    SAME_NUMBER(outcome(200, INTENT("processing", "")), GATEWAY_PROCESSING);
    SAME_NUMBER(outcome(200, INTENT("requires_action", "")), GATEWAY_ACTION);
    SAME_NUMBER(outcome(200, INTENT("canceled", "")), GATEWAY_EXPIRED);
    SAME_NUMBER(outcome(200, INTENT("requires_payment_method", "")), GATEWAY_OPEN);
    SAME_NUMBER(outcome(200, INTENT("requires_confirmation", "")), GATEWAY_OPEN);
    SAME_NUMBER(outcome(200, INTENT("requires_payment_method", ",\"last_payment_error\":{\"code\":\"x\"}")),
                GATEWAY_DECLINED);
    SAME_NUMBER(outcome(200, INTENT("requires_capture", "")), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(200, INTENT("Succeeded", "")), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(200, "{\"id\":\"pi_1\",\"object\":\"payment_intent\"}"), GATEWAY_UNKNOWN);
}

TEST(stripe, the_received_amount_counts_not_the_wished_one)
{
    SAME_NUMBER(map(200, INTENT("succeeded", ",\"amount_received\":12344")).amount_minor, 12344);
    SAME_NUMBER(map(200, SESSION("complete", "paid", INTENT("succeeded", ",\"amount_received\":12344"))).amount_minor, 12344);
    SAME_NUMBER(map(200, INTENT("succeeded", "")).amount_minor, 12345);
}

TEST(stripe, a_402_is_a_decline_with_its_reason)
{
    struct gateway_answer a =
        map(402, "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":"
                 "\"lost_card\",\"advice_code\":\"do_not_try_again\",\"message\":\"Declined.\",\"payment_"
                 "intent\":" INTENT("requires_payment_method", "") "}}");

    SAME_NUMBER(a.outcome, GATEWAY_DECLINED);
    SAME_TEXT(a.decline_code, "lost_card");
    SAME_TEXT(a.advice_code, "do_not_try_again");
    SAME_TEXT(a.message, "Declined.");
    SAME_TEXT(a.intent_ref, "pi_1");
    a = map(402, "{\"error\":{\"code\":\"expired_card\"}}");
    SAME_NUMBER(a.outcome, GATEWAY_DECLINED);
    SAME_TEXT(a.decline_code, "expired_card");
}

/* The shape of declines since 2024-12-18: beside the gateway's own words what the scheme said. */
TEST(stripe, the_codes_and_advice_of_the_scheme_are_read)
{
    struct gateway_answer a =
        map(402, "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":\"insufficient_funds\",\"advice_code\":"
                 "\"try_again_later\",\"network_advice_code\":\"25\",\"network_decline_code\":\"51\",\"message\":\"Declined.\"}}");

    SAME_TEXT(a.decline_code, "insufficient_funds");
    SAME_TEXT(a.advice_code, "25");
    a = map(200, INTENT("requires_payment_method", ",\"last_payment_error\":{\"code\":\"card_declined\",\"decline_code\":\"generic_decline\","
                                                   "\"network_decline_code\":\"R3\",\"network_advice_code\":null}"));
    SAME_NUMBER(a.outcome, GATEWAY_DECLINED);
    SAME_TEXT(a.decline_code, "R3");
    SAME_TEXT(a.advice_code, "");
    a = map(402, "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"payment_intent\":"
                 INTENT("requires_payment_method", ",\"latest_charge\":{\"outcome\":{\"network_decline_code\":\"57\",\"network_advice_code\":\"03\"}}") "}}");
    SAME_TEXT(a.decline_code, "57");
    SAME_TEXT(a.advice_code, "03");
}

TEST(stripe, a_refused_request_names_what_is_at_fault)
{
    struct gateway_answer a = map(400, "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"amount_too_small\",\"param\":\"amount\",\"message\":\"At least 0.50\"}}");

    CU_ASSERT_TRUE(a.invalid);
    CU_ASSERT_FALSE(a.customer_gone);
    SAME_NUMBER(a.outcome, GATEWAY_UNKNOWN); /* only under a key it is the end of what was asked */
    SAME_TEXT(a.decline_code, "amount_too_small");
    SAME_TEXT(a.message, "At least 0.50");
    a = map(400, "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No such customer\"}}");
    CU_ASSERT_TRUE(a.invalid && a.customer_gone);
    a = map(400, "{\"error\":{\"type\":\"invalid_request_error\",\"param\":\"payment_method\",\"message\":\"Detached\"}}");
    SAME_TEXT(a.decline_code, "method_refused");
    a = map(400, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"It may not be used again.\"}}");
    SAME_TEXT(a.decline_code, "request_refused");
    a = map(400, "{\"error\":{\"type\":\"idempotency_error\",\"message\":\"Other words\"}}");
    CU_ASSERT_FALSE(a.invalid);
    SAME_NUMBER(a.outcome, GATEWAY_UNKNOWN);
}

TEST(stripe, a_key_that_is_not_taken_is_no_silence)
{
    SAME_NUMBER(outcome(401, "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Invalid API Key\"}}"), GATEWAY_DENIED);
    SAME_NUMBER(outcome(403, "{\"error\":{\"type\":\"invalid_request_error\"}}"), GATEWAY_DENIED);
    SAME_NUMBER(outcome(401, "{\"error\":{\"type\":\"authentication_error\"}}"), GATEWAY_DENIED);
    SAME_NUMBER(outcome(403, "{\"error\":{\"message\":\"a proxy\"}}"), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(403, "<html>"), GATEWAY_UNKNOWN);
}

TEST(stripe, a_search_gives_the_newest_or_nothing)
{
    SAME_NUMBER(outcome(200, "{\"object\":\"search_result\",\"data\":[]}"), GATEWAY_ABSENT);
    SAME_TEXT(map(200, "{\"object\":\"search_result\",\"data\":[" INTENT("succeeded", "") "]}").intent_ref,
              "pi_1");
    SAME_NUMBER(outcome(200, "{\"object\":\"search_result\",\"data\":[" INTENT("succeeded", "") "]}"),
                GATEWAY_SUCCEEDED);
    SAME_NUMBER(outcome(200, "{\"object\":\"search_result\"}"), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(200, "{\"object\":\"search_result\",\"data\":{}}"), GATEWAY_UNKNOWN);
    SAME_NUMBER(outcome(200, "{\"object\":\"search_result\",\"data\":[null]}"), GATEWAY_UNKNOWN);
}

TEST(stripe, absent_means_that_the_gateway_said_so)
{
    SAME_NUMBER(outcome(404, "{\"error\":{\"code\":\"resource_missing\"}}"), GATEWAY_ABSENT);
    SAME_NUMBER(outcome(404, "<html>Not Found</html>"), GATEWAY_UNKNOWN);
}

TEST(stripe, strange_answers_are_unknown)
{
    static const char *const strange[] = {
        "",
        "{}",
        "[]",
        "null",
        "\"x\"",
        "<html><body>OK</body></html>",
        "{\"object\":\"payment_intent\",\"status\":\"succeeded\"",
        "{\"object\":\"charge\",\"status\":\"succeeded\"}",
        "{\"object\":[],\"status\":\"succeeded\"}",
        "{\"status\":\"succeeded\",\"id\":\"pi_1\"}",
        "{\"object\":\"payment_intent\",\"status\":\"succeeded\",\"status\":\"canceled\"}"};
    static const long status[] = {200, 201, 204, 301, 302, 400, 401, 403, 409, 429, 500, 502, 503, 504};
    static const char good[] = INTENT("succeeded", "");

    for (size_t i = 0; i < COUNT_OF(strange); i++)
        if (outcome(200, strange[i]) != GATEWAY_UNKNOWN)
            SAME_TEXT(strange[i], "to be unknown");
    /* a success that does not come with 200 is none */
    for (size_t i = 1; i < COUNT_OF(status); i++)
        SAME_NUMBER(outcome(status[i], good), GATEWAY_UNKNOWN);
    SAME_TEXT(map(400, "{\"error\":{\"message\":\"Missing required param.\"}}").message,
              "Missing required param.");
}

TEST(stripe, wrong_kinds_of_values_do_not_become_money)
{
    struct gateway_answer a =
        map(200, "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"succeeded\",\"amount\":"
                 "\"12345\",\"amount_received\":123.45,\"currency\":7}");

    SAME_NUMBER(a.amount_minor, 0); /* settling compares with what was asked for, and refuses */
    SAME_TEXT(a.currency, "");
}

/* A paid session with damaged bytes: only what still says "paid" may succeed. */
TEST(stripe, damaged_answers_never_become_success_without_its_words)
{
    static const char good[] = SESSION("complete", "paid", INTENT("succeeded", ",\"amount_received\":12345"));

    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        char text[sizeof good];
        size_t bytes = (size_t)random_between(&state, 0, sizeof good - 1);
        struct gateway_answer a;

        memcpy(text, good, sizeof good);
        if (random_between(&state, 0, 1) == 0)
            bytes = sizeof good - 1;
        text[random_between(&state, 0, sizeof good - 2)] = (char)random_between(&state, 1, 255);
        stripe_map(test_ctx(), 200, text, bytes, &a);
        if (a.outcome == GATEWAY_SUCCEEDED)
            CU_ASSERT(strstr(text, "\"complete\"") != NULL && strstr(text, "\"paid\"") != NULL);
        CU_ASSERT(a.outcome != GATEWAY_DECLINED && a.outcome != GATEWAY_ABSENT);
    }
}

#define TAKEN(id, more) "{\"object\":\"payment_intent\",\"id\":\"" id "\",\"created\":1795428000,\"currency\":\"eur\"" more "}"

TEST(stripe, a_page_of_what_was_taken)
{
    struct gateway_taken *rows;
    const char *last;
    size_t count;
    static const char page[] = "{\"object\":\"list\",\"has_more\":true,\"data\":[" TAKEN("pi_3", ",\"amount_received\":2990,\"customer\":\"cus_1\","
        "\"description\":\"INV-2026-00017\",\"metadata\":{\"attempt\":\"demo-1\"}") "," TAKEN("pi_2", ",\"amount_received\":0") "]}";
    static const char *const broken[] = {
        "", "{}", "{\"object\":\"list\",\"data\":[]}", "{\"object\":\"list\",\"has_more\":true,\"data\":[]}",
        "{\"object\":\"list\",\"has_more\":false,\"data\":[null]}", "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"object\":\"charge\",\"id\":\"ch_1\"}]}",
        "{\"object\":\"search_result\",\"has_more\":false,\"data\":[]}",
        "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"object\":\"payment_intent\",\"id\":\"pi_1\",\"created\":1,\"amount_received\":5}]}"};

    CU_ASSERT_EQUAL(stripe_map_taken(test_ctx(), 200, page, sizeof page - 1, &rows, &count, &last), OK);
    SAME_NUMBER(count, 1); /* what took no money is no fact, and still a place to go on from */
    SAME_TEXT(last, "pi_2");
    SAME_TEXT(rows[0].intent_ref, "pi_3");
    SAME_TEXT(rows[0].attempt_key, "demo-1");
    SAME_TEXT(rows[0].description, "INV-2026-00017");
    SAME_TEXT(rows[0].currency, "EUR");
    SAME_NUMBER(rows[0].amount_minor, 2990);
    SAME_NUMBER(rows[0].created_at, INT64_C(1795428000) * 1000000);
    CU_ASSERT_EQUAL(stripe_map_taken(test_ctx(), 503, page, sizeof page - 1, &rows, &count, &last), ERR_GATEWAY);
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        ctx_forget_error(test_ctx());
        if (stripe_map_taken(test_ctx(), 200, broken[i], strlen(broken[i]), &rows, &count, &last) != ERR_GATEWAY)
            SAME_TEXT(broken[i], "to be no page");
    }
    ctx_forget_error(test_ctx());
}

TEST(stripe, what_went_back_is_read_page_by_page)
{
    struct gateway_back *rows;
    size_t count;
    const char *last;
    static const char refunds[] = "{\"object\":\"list\",\"has_more\":true,\"data\":[{\"object\":\"refund\",\"id\":\"re_2\",\"amount\":700,\"currency\":\"eur\","
        "\"created\":1795428000,\"status\":\"succeeded\",\"payment_intent\":\"pi_3\",\"metadata\":{\"refund\":\"demo-7\"}},"
        "{\"object\":\"refund\",\"id\":\"re_1\",\"amount\":100,\"currency\":\"eur\",\"created\":1795428000,\"status\":\"failed\",\"payment_intent\":\"pi_3\"}]}";
    static const char disputes[] = "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"object\":\"dispute\",\"id\":\"du_2\",\"amount\":700,\"currency\":\"eur\","
        "\"created\":1795428000,\"status\":\"lost\",\"reason\":\"fraudulent\",\"payment_intent\":\"pi_3\",\"balance_transactions\":[{\"amount\":-700}]},"
        "{\"object\":\"dispute\",\"id\":\"du_1\",\"amount\":700,\"currency\":\"eur\",\"created\":1795428000,\"status\":\"won\",\"payment_intent\":\"pi_3\","
        "\"balance_transactions\":[{\"amount\":-700},{\"amount\":700}]}]}";
    static const char *const broken[] = {"", "{}", "{\"object\":\"list\",\"has_more\":true,\"data\":[]}", "{\"object\":\"list\",\"has_more\":false,\"data\":[null]}",
        "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"object\":\"charge\",\"id\":\"ch_1\"}]}",
        "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"object\":\"refund\",\"id\":\"re_1\",\"created\":1,\"amount\":5,\"status\":\"succeeded\"}]}"};

    CU_ASSERT_EQUAL(stripe_map_back(test_ctx(), STRIPE_REFUNDS, 200, refunds, sizeof refunds - 1, &rows, &count, &last), OK);
    SAME_NUMBER(count, 1); /* what failed is not away */
    SAME_TEXT(last, "re_1");
    SAME_TEXT(rows[0].ref, "re_2");
    SAME_TEXT(rows[0].refund_key, "demo-7");
    SAME_TEXT(rows[0].intent_ref, "pi_3");
    SAME_TEXT(rows[0].currency, "EUR");
    SAME_NUMBER(rows[0].amount_minor, 700);
    SAME_NUMBER(rows[0].created_at, INT64_C(1795428000) * 1000000);
    CU_ASSERT_EQUAL(stripe_map_back(test_ctx(), STRIPE_DISPUTES, 200, disputes, sizeof disputes - 1, &rows, &count, &last), OK);
    SAME_NUMBER(count, 1); /* what was won is here again */
    SAME_TEXT(last, "");
    SAME_TEXT(rows[0].ref, "du_2");
    SAME_TEXT(rows[0].note, "fraudulent");
    SAME_NUMBER(rows[0].amount_minor, 700);
    CU_ASSERT_EQUAL(stripe_map_back(test_ctx(), STRIPE_REFUNDS, 503, refunds, sizeof refunds - 1, &rows, &count, &last), ERR_GATEWAY);
    CU_ASSERT_EQUAL(stripe_map_back(test_ctx(), STRIPE_REFUNDS, 200, disputes, sizeof disputes - 1, &rows, &count, &last), ERR_GATEWAY);
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        ctx_forget_error(test_ctx());
        if (stripe_map_back(test_ctx(), STRIPE_REFUNDS, 200, broken[i], strlen(broken[i]), &rows, &count, &last) != ERR_GATEWAY)
            SAME_TEXT(broken[i], "to be no page");
    }
    ctx_forget_error(test_ctx());
}

TEST(stripe, of_three_decimals_it_takes_whole_hundredths)
{
    CU_ASSERT_TRUE(stripe_takes("KWD", 194850));
    CU_ASSERT_FALSE(stripe_takes("KWD", 194856));
    CU_ASSERT_FALSE(stripe_takes("TND", 1));
    CU_ASSERT_TRUE(stripe_takes("EUR", 69816));
    CU_ASSERT_TRUE(stripe_takes("JPY", 84001));
}

/* ---- requests ---- */

TEST(stripe, bodies_are_encoded)
{
    SAME_TEXT(stripe_body(test_arena(), "a", "x y&z=é", "m[k]", "+", NULL),
              "a=x%20y%26z%3D%C3%A9&m%5Bk%5D=%2B");
}

static struct stripe_checkout checkout(void)
{
    return (struct stripe_checkout){.attempt_key = "demo-1",
                                    .customer_ref = "",
                                    .email = "a@b.example",
                                    .amount_minor = 12345,
                                    .currency = "EUR",
                                    .description = "Q-2026-00042",
                                    .success_url = "https://s.example/back",
                                    .cancel_url = "https://s.example/c",
                                    .language = "fr"};
}

TEST(stripe, a_checkout_carries_the_attempt_twice)
{
    struct stripe_checkout c = checkout();
    char *body = stripe_checkout_body(test_arena(), &c);

    CU_ASSERT_PTR_NOT_NULL(strstr(body, "&metadata%5Battempt%5D=demo-1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "payment_intent_data%5Bmetadata%5D%5Battempt%5D=demo-1"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(body, "mode=payment&customer_email=a%40b.example&customer_creation=always"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "%5Bunit_amount%5D=12345"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "%5Bcurrency%5D=eur"));
    SAME_TEXT(stripe_checkout_body(test_arena(), &c), body); /* MON-02: byte for byte */
}

TEST(stripe, a_checkout_without_an_amount_only_keeps_the_card)
{
    struct stripe_checkout c = checkout();
    char *body;

    c.amount_minor = 0;
    c.customer_ref = "cus_1";
    body = stripe_checkout_body(test_arena(), &c);
    CU_ASSERT(str_starts(body, "mode=setup&customer=cus_1&success_url="));
    CU_ASSERT_PTR_NULL(strstr(body, "customer_email"));
    CU_ASSERT_PTR_NULL(strstr(body, "line_items"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "setup_intent_data%5Bmetadata%5D%5Battempt%5D=demo-1"));
}

TEST(stripe, a_charge_is_off_session_and_confirmed)
{
    struct stripe_charge c = {.attempt_key = "demo-2",
                              .customer_ref = "cus_1",
                              .method_ref = "pm_1",
                              .amount_minor = 500,
                              .currency = "EUR",
                              .description = "INV-2026-00017"};

    SAME_TEXT(stripe_charge_body(test_arena(), &c),
              "amount=500&currency=eur&customer=cus_1&payment_method=pm_1&off_session=true&"
              "confirm=true&description=INV-2026-00017&metadata%5Battempt%5D=demo-2");
}

/* ---- the sandbox's cards ---- */

TEST(cards, every_number_is_a_card_number_and_known_once)
{
    size_t count;
    const struct test_card *card = test_cards(&count);

    CU_ASSERT(count >= 20);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT(card_luhn_ok(card[i].number));
        CU_ASSERT_PTR_EQUAL(card_by_number(card[i].number), &card[i]);
        CU_ASSERT_PTR_EQUAL(card_by_name(card[i].name), &card[i]);
        CU_ASSERT(strlen(card[i].number) == 16 && card[i].label[0] != '\0');
        /* who can decline says why; who cannot has nothing to say */
        CU_ASSERT((card[i].code[0] != '\0') ==
                  (card[i].setup == CARD_DECLINES || card[i].present == CARD_DECLINES ||
                   card[i].absent == CARD_DECLINES));
        CU_ASSERT(card[i].absent != CARD_AUTHENTICATES || card[i].ours); /* nobody is there to be asked: the real gateway declines */
    }
    CU_ASSERT_PTR_NULL(card_by_number("4111111111111111"));
    CU_ASSERT_PTR_NULL(card_by_number(""));
}

TEST(cards, digits_of_what_was_typed)
{
    SAME_TEXT(card_digits(test_arena(), "4242 4242-4242\xC2\xA0" "4242"), "4242424242424242");
    SAME_TEXT(card_digits(test_arena(), ""), "");
    CU_ASSERT_PTR_NULL(card_digits(test_arena(), "4242x"));
    CU_ASSERT_PTR_NULL(card_digits(test_arena(), "٤٢٤٢"));
    SAME_TEXT(card_spaced(test_arena(), "4242424242424242"), "4242 4242 4242 4242");
    CU_ASSERT_FALSE(card_luhn_ok("4242424242424241"));
    CU_ASSERT_FALSE(card_luhn_ok(""));
}

TEST(cards, expiry_dates)
{
    static const char *const bad[] = {"",       "1",      "12",    "13/30", "00/30",  "12/3",
                                      "12/030", "1/2/30", "12-30", "a/30",  "12/",    "/30",
                                      "123",    "12345",  "+1/30", "12/-1", "123/30", "12 30"};
    int32_t month;
    int32_t year;

    CU_ASSERT(card_expiry_parse(test_arena(), "12/30", &month, &year) && month == 12 && year == 2030);
    CU_ASSERT(card_expiry_parse(test_arena(), "1 / 2031", &month, &year) && month == 1 && year == 2031);
    CU_ASSERT(card_expiry_parse(test_arena(), "0127", &month, &year) && month == 1 && year == 2027);
    CU_ASSERT(card_expiry_parse(test_arena(), "012027", &month, &year) && month == 1 && year == 2027);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (card_expiry_parse(test_arena(), bad[i], &month, &year))
            SAME_TEXT(bad[i], "to be refused");
}
