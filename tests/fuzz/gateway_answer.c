/* A status (the first three characters) and a body as the gateway could send them. Money is only believed where the
 * gateway's own words say so, and the same bytes always mean the same. */
#include <string.h>

#include "base/str.h"
#include "fuzz.h"
#include "gateway/json.h"
#include "gateway/stripe_answer.h"

static void whole(const char *text)
{
    CHECK(text != NULL && str_is_utf8(text, strlen(text)));
}

static bool has(const uint8_t *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL || memmem(data, size, "\\u", 2) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    long status = size >= 3 ? (data[0] - '0') * 100 + (data[1] - '0') * 10 + (data[2] - '0') : 200;
    struct gateway_answer a;
    struct gateway_answer b;

    if (size >= 3) {
        data += 3;
        size -= 3;
    }
    stripe_map(ctx, status, (const char *)data, size, &a);
    stripe_map(ctx, status, (const char *)data, size, &b);
    CHECK(a.outcome >= GATEWAY_SUCCEEDED && a.outcome <= GATEWAY_UNKNOWN && a.outcome != GATEWAY_NOT_SENT);
    CHECK(a.outcome == b.outcome && a.amount_minor == b.amount_minor && strcmp(a.currency, b.currency) == 0 &&
          strcmp(a.intent_ref, b.intent_ref) == 0);
    if (a.outcome == GATEWAY_SUCCEEDED)
        CHECK(status == 200 && (has(data, size, "succeeded") || has(data, size, "complete")));
    if (a.outcome == GATEWAY_DECLINED)
        CHECK(status == 402 || (status == 200 && has(data, size, "requires_")));
    if (a.outcome == GATEWAY_ABSENT)
        CHECK(status == 404 || has(data, size, "data"));
    CHECK(str_is_visible(a.session_ref, 255) && str_is_visible(a.intent_ref, 255) && str_is_visible(a.customer_ref, 255) &&
          str_is_visible(a.method_ref, 255) && str_is_visible(a.redirect_url, 1000)); /* as the columns keep them */
    whole(a.currency);
    whole(a.decline_code);
    whole(a.advice_code);
    whole(a.message);
    whole(a.brand);
    CHECK(strlen(a.brand) <= 20 && str_is_visible(a.last4, 4) && a.exp_month >= 0 && a.exp_month <= 12);
    return 0;
}
