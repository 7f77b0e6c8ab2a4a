#include "gateway/stripe.h"

#include <stdarg.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/str.h"
#include "core/money.h"
#include "gateway/http.h"

enum { TRIES_MAX = 3, TRY_TIMEOUT_MS_MAX = 30000 };

/* From 2024-12-18 on declines tell network_decline_code and network_advice_code, from 2025-01-27 on advice_code. */
#define API_VERSION "2025-02-24.acacia"

static void add_pair(struct str *s, const char *name, const char *value)
{
    str_printf(s, "%s%s=%s", s->bytes > 0 ? "&" : "", encode_percent(s->arena, name), encode_percent(s->arena, value));
}

char *stripe_body(struct arena *arena, ...)
{
    struct str s = str_new(arena);
    const char *name;
    va_list args;

    va_start(args, arena);
    while ((name = va_arg(args, const char *)) != NULL)
        add_pair(&s, name, va_arg(args, const char *));
    va_end(args);
    return s.text;
}

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return copy;
}

char *stripe_checkout_body(struct arena *arena, const struct stripe_checkout *c)
{
    struct str s = str_new(arena);
    bool setup = c->amount_minor == 0;

    add_pair(&s, "mode", setup ? "setup" : "payment");
    if (c->customer_ref[0] != '\0')
        add_pair(&s, "customer", c->customer_ref);
    else {
        add_pair(&s, "customer_email", c->email);
        add_pair(&s, "customer_creation", "always");
    }
    add_pair(&s, "success_url", c->success_url);
    add_pair(&s, "cancel_url", c->cancel_url);
    add_pair(&s, "locale", c->language);
    add_pair(&s, "client_reference_id", c->attempt_key);
    add_pair(&s, "metadata[attempt]", c->attempt_key);
    if (setup) {
        add_pair(&s, "currency", lower(arena, c->currency));
        add_pair(&s, "setup_intent_data[metadata][attempt]", c->attempt_key);
        return s.text;
    }
    add_pair(&s, "line_items[0][quantity]", "1");
    add_pair(&s, "line_items[0][price_data][currency]", lower(arena, c->currency));
    add_pair(&s, "line_items[0][price_data][unit_amount]", arena_printf(arena, "%lld", (long long)c->amount_minor));
    add_pair(&s, "line_items[0][price_data][product_data][name]", c->description);
    add_pair(&s, "payment_intent_data[description]", c->description);
    add_pair(&s, "payment_intent_data[setup_future_usage]", "off_session");
    add_pair(&s, "payment_intent_data[metadata][attempt]", c->attempt_key);
    return s.text;
}

char *stripe_charge_body(struct arena *arena, const struct stripe_charge *c)
{
    return stripe_body(arena, "amount", arena_printf(arena, "%lld", (long long)c->amount_minor), "currency",
                       lower(arena, c->currency), "customer", c->customer_ref, "payment_method", c->method_ref,
                       "off_session", "true", "confirm", "true", "description", c->description, "metadata[attempt]",
                       c->attempt_key, NULL);
}

/* What an answer means for the request that it is to. Under a key something was to be done, and was not: whatever an
 * earlier try did, the same key would have brought its answer. A key that is not taken says nothing of tries before. */
static void judge(const char *key, int tries, struct gateway_answer *answer)
{
    if (answer->invalid && key != NULL)
        answer->outcome = GATEWAY_REFUSED;
    if (answer->outcome == GATEWAY_DENIED && tries > 1)
        answer->outcome = GATEWAY_UNKNOWN;
}

static bool worth_repeating(enum err err, const struct http_answer *answer)
{
    if (err == ERR_NOT_SENT || err == ERR_TIMEOUT)
        return true;
    if (strcmp(answer->should_retry, "false") == 0)
        return false;
    return strcmp(answer->should_retry, "true") == 0 || answer->status == 409 || answer->status == 429 || answer->status >= 500;
}

static struct http_request request_of(struct arena *arena, const struct stripe *stripe, const char *method, const char *path,
                                      const char *body, const char *key)
{
    struct http_request request = {.method = method, .url = arena_printf(arena, "%s%s", stripe->base, path),
                                   .body = body, .body_bytes = body != NULL ? strlen(body) : 0};

    request.headers[0] = arena_printf(arena, "Authorization: Bearer %s", stripe->key);
    request.headers[1] = "Content-Type: application/x-www-form-urlencoded";
    request.headers[2] = "Stripe-Version: " API_VERSION;
    if (key != NULL)
        request.headers[3] = arena_printf(arena, "Idempotency-Key: %s", key);
    return request;
}

static long try_timeout_ms(int64_t left_ms)
{
    return (long)(left_ms > TRY_TIMEOUT_MS_MAX ? TRY_TIMEOUT_MS_MAX : left_ms < 100 ? 100 : left_ms);
}

/* What one try gave. sent: something may have left this machine, now or before. */
static void take_try(struct ctx *ctx, enum err err, const char *trouble, const struct http_answer *http, bool sent,
                     struct gateway_answer *answer)
{
    if (err == OK) {
        stripe_map(ctx, http->status, http->body, http->body_bytes, answer);
        return;
    }
    *answer = gateway_answer_of(GATEWAY_UNKNOWN);
    if (!sent)
        answer->outcome = GATEWAY_NOT_SENT;
    answer->message = arena_strdup(ctx->arena, trouble);
}

/* The last answer of up to three tries, *tries; *sent: something may have left this machine; *why: of a failure. */
static enum err exchange(struct ctx *ctx, const struct stripe *stripe, const char *method, const char *path, const char *body,
                         const char *key, int64_t budget_ms, struct http_answer *http, int *tries, bool *sent, const char **why)
{
    struct http_request request = request_of(ctx->arena, stripe, method, path, body, key);
    int64_t until = clock_ticks() + budget_ms * 1000;
    uint64_t seed;

    random_bytes(&seed, sizeof seed);
    *sent = false;
    for (int try = 1;; try++) {
        int64_t left_ms = (until - clock_ticks()) / 1000;
        int64_t pause_ms = random_between(&seed, 250, 750) << (try - 1);
        enum err err;

        *tries = try;
        request.timeout_ms = try_timeout_ms(left_ms);
        memset(http, 0, sizeof *http);
        err = http_send(ctx, &request, http);
        *sent = *sent || err != ERR_NOT_SENT;
        *why = err != OK ? arena_strdup(ctx->arena, ctx->trail) : "";
        ctx_forget_error(ctx);
        if (!worth_repeating(err, http) || try == TRIES_MAX || left_ms - pause_ms < 200)
            return err;
        clock_sleep(pause_ms * 1000);
    }
}

static void call_raw(struct ctx *ctx, const struct stripe *stripe, const char *method, const char *path, const char *body,
                     const char *key, int64_t budget_ms, struct gateway_answer *answer, struct http_answer *raw)
{
    const char *why;
    int tries;
    bool sent;

    if (exchange(ctx, stripe, method, path, body, key, budget_ms, raw, &tries, &sent, &why) == OK) {
        stripe_map(ctx, raw->status, raw->body, raw->body_bytes, answer);
        judge(key, tries, answer);
        return;
    }
    *answer = gateway_answer_of(GATEWAY_UNKNOWN);
    answer->message = why;
    if (!sent)
        answer->outcome = GATEWAY_NOT_SENT;
}

static void call(struct ctx *ctx, const struct stripe *stripe, const char *method, const char *path, const char *body,
                 const char *key, int64_t budget_ms, struct gateway_answer *answer)
{
    struct http_answer raw;

    call_raw(ctx, stripe, method, path, body, key, budget_ms, answer, &raw);
}

/* ---- many at once ---- */

struct stripe_calls {
    struct ctx ctx; /* for what is read of an answer: its arena is each call's */
    struct stripe stripe;
    struct http_calls *http;
    struct stripe_call *waiting; /* for their next try */
    uint64_t seed;
    bool too_many;
    int64_t wait_ms;
};

struct stripe_calls *stripe_calls_new(struct ctx *ctx, const struct stripe *stripe)
{
    struct stripe_calls *calls = ARENA_NEW(ctx->arena, struct stripe_calls);

    calls->ctx = *ctx;
    calls->stripe = *stripe;
    calls->http = http_calls_new();
    random_bytes(&calls->seed, sizeof calls->seed);
    return calls;
}

void stripe_calls_free(struct stripe_calls *calls)
{
    http_calls_free(calls->http);
}

static void try_now(struct stripe_calls *calls, struct stripe_call *one)
{
    struct http_request request = request_of(one->arena, &calls->stripe, "POST", one->path, one->body, one->key);

    request.timeout_ms = try_timeout_ms((one->until - clock_ticks()) / 1000);
    one->tries++;
    http_calls_start(calls->http, &request, one->arena, one);
}

void stripe_calls_start(struct stripe_calls *calls, struct stripe_call *one)
{
    CHECK(one->path[0] == '/');
    one->until = clock_ticks() + one->budget_ms * 1000;
    one->tries = 0;
    one->sent = false;
    try_now(calls, one);
}

/* Starts the tries whose pause is over; *wait_ms becomes the time to the next one when that is shorter. */
static void try_again(struct stripe_calls *calls, int64_t *wait_ms)
{
    int64_t now = clock_ticks();

    for (struct stripe_call **at = &calls->waiting; *at != NULL;) {
        struct stripe_call *one = *at;
        int64_t left_ms = (one->again_at - now + 999) / 1000;

        if (left_ms <= 0) {
            *at = one->next;
            try_now(calls, one);
            continue;
        }
        *wait_ms = left_ms < *wait_ms ? left_ms : *wait_ms;
        at = &one->next;
    }
}

/* True when the call is over with what this try gave. */
static bool is_over(struct stripe_calls *calls, struct stripe_call *one, const struct http_done *done)
{
    int64_t pause_ms = random_between(&calls->seed, 250, 750) << (one->tries - 1);

    calls->ctx.arena = one->arena;
    one->sent = one->sent || done->err != ERR_NOT_SENT;
    take_try(&calls->ctx, done->err, done->trouble, &done->answer, one->sent, &one->answer);
    judge(one->key, one->tries, &one->answer);
    ctx_forget_error(&calls->ctx);
    if (done->err == OK && done->answer.status == 429) {
        calls->too_many = true;
        calls->wait_ms = done->answer.retry_after_ms > calls->wait_ms ? done->answer.retry_after_ms : calls->wait_ms;
        pause_ms = done->answer.retry_after_ms > pause_ms ? done->answer.retry_after_ms : pause_ms;
    }
    if (!worth_repeating(done->err, &done->answer) || one->tries == TRIES_MAX ||
        (one->until - clock_ticks()) / 1000 - pause_ms < 200)
        return true;
    one->again_at = clock_ticks() + pause_ms * 1000;
    one->next = calls->waiting;
    calls->waiting = one;
    return false;
}

struct stripe_call *stripe_calls_next(struct stripe_calls *calls, int64_t wait_ms)
{
    int64_t until = clock_ticks() + wait_ms * 1000;

    for (;;) {
        int64_t left_ms = (until - clock_ticks() + 999) / 1000;
        int64_t pause_ms = left_ms > 0 ? left_ms : 0;
        struct http_done done;

        try_again(calls, &pause_ms);
        if (http_calls_next(calls->http, pause_ms, &done)) {
            if (is_over(calls, done.tag, &done))
                return done.tag;
        } else if (left_ms <= 0) {
            return NULL;
        } else if (!http_calls_any(calls->http)) { /* all of them pause before their next try */
            clock_sleep(pause_ms * 1000);
        }
    }
}

bool stripe_calls_too_many(struct stripe_calls *calls, int64_t *wait_ms)
{
    bool too_many = calls->too_many;

    *wait_ms = calls->wait_ms;
    calls->too_many = false;
    calls->wait_ms = 0;
    return too_many;
}

/* ---- what moved ---- */

enum err stripe_taken(struct ctx *ctx, const struct stripe *stripe, int64_t since_at, const char *after, int64_t budget_ms,
                      struct gateway_taken **rows, size_t *count, const char **last)
{
    struct http_answer http;
    const char *why;
    int tries;
    bool sent;
    const char *path = arena_printf(ctx->arena, "/v1/payment_intents?limit=100&created[gte]=%lld%s%s", (long long)(since_at / CLOCK_SECOND),
                                    after[0] != '\0' ? "&starting_after=" : "", encode_percent(ctx->arena, after));

    if (exchange(ctx, stripe, "GET", path, NULL, NULL, budget_ms, &http, &tries, &sent, &why) != OK)
        return FAIL(ctx, ERR_GATEWAY, "%s", why);
    return stripe_map_taken(ctx, http.status, http.body, http.body_bytes, rows, count, last);
}

enum err stripe_back(struct ctx *ctx, const struct stripe *stripe, enum stripe_back what, int64_t since_at, const char *after, int64_t budget_ms,
                     struct gateway_back **rows, size_t *count, const char **last)
{
    struct http_answer http;
    const char *why;
    int tries;
    bool sent;
    const char *path = arena_printf(ctx->arena, "/v1/%s?limit=100&created[gte]=%lld%s%s", what == STRIPE_DISPUTES ? "disputes" : "refunds",
                                    (long long)(since_at / CLOCK_SECOND), after[0] != '\0' ? "&starting_after=" : "", encode_percent(ctx->arena, after));

    if (exchange(ctx, stripe, "GET", path, NULL, NULL, budget_ms, &http, &tries, &sent, &why) != OK)
        return FAIL(ctx, ERR_GATEWAY, "%s", why);
    return stripe_map_back(ctx, what, http.status, http.body, http.body_bytes, rows, count, last);
}

/* ---- one thing ---- */

void stripe_post(struct ctx *ctx, const struct stripe *stripe, const char *path, const char *body, const char *key,
                 int64_t budget_ms, struct gateway_answer *answer)
{
    CHECK(path[0] == '/');
    call(ctx, stripe, "POST", path, body, key, budget_ms, answer);
}

void stripe_session(struct ctx *ctx, const struct stripe *stripe, const char *session_ref, int64_t budget_ms,
                    struct gateway_answer *answer)
{
    call(ctx, stripe, "GET",
         arena_printf(ctx->arena,
                      "/v1/checkout/sessions/%s?expand[]=payment_intent.payment_method&expand[]=setup_intent.payment_method",
                      encode_percent(ctx->arena, session_ref)),
         NULL, NULL, budget_ms, answer);
}

void stripe_intent(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                   struct gateway_answer *answer)
{
    const char *kind = str_starts(intent_ref, "seti_") ? "setup_intents" : "payment_intents";

    call(ctx, stripe, "GET",
         arena_printf(ctx->arena, "/v1/%s/%s?expand[]=payment_method", kind, encode_percent(ctx->arena, intent_ref)), NULL,
         NULL, budget_ms, answer);
}

void stripe_find_intent(struct ctx *ctx, const struct stripe *stripe, const char *attempt_key, int64_t budget_ms,
                        struct gateway_answer *answer)
{
    const char *query = arena_printf(ctx->arena, "metadata['attempt']:'%s'", attempt_key);

    call(ctx, stripe, "GET",
         arena_printf(ctx->arena, "/v1/payment_intents/search?query=%s&expand[]=data.payment_method",
                      encode_percent(ctx->arena, query)),
         NULL, NULL, budget_ms, answer);
}

void stripe_cancel_intent(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                          struct gateway_answer *answer)
{
    call(ctx, stripe, "POST", arena_printf(ctx->arena, "/v1/payment_intents/%s/cancel", encode_percent(ctx->arena, intent_ref)), "", NULL,
         budget_ms, answer);
}

void stripe_greet(struct ctx *ctx, const struct stripe *stripe, int64_t budget_ms, struct gateway_answer *answer)
{
    call(ctx, stripe, "GET", "/v1/payment_intents?limit=1", NULL, NULL, budget_ms, answer);
}

void stripe_expire_session(struct ctx *ctx, const struct stripe *stripe, const char *session_ref, int64_t budget_ms,
                           struct gateway_answer *answer)
{
    call(ctx, stripe, "POST",
         arena_printf(ctx->arena, "/v1/checkout/sessions/%s/expire", encode_percent(ctx->arena, session_ref)), "", NULL,
         budget_ms, answer);
}

bool stripe_takes(const char *currency, int64_t amount_minor)
{
    const struct currency *c = currency_find(currency);

    return c == NULL || c->digits < 3 || amount_minor % 10 == 0;
}

/* ---- refunds ---- */

char *stripe_refund_body(struct arena *arena, const char *refund_key, const char *intent_ref, int64_t amount_minor)
{
    return stripe_body(arena, "payment_intent", intent_ref, "amount", arena_printf(arena, "%lld", (long long)amount_minor),
                       "metadata[refund]", refund_key, NULL);
}

void stripe_refund(struct ctx *ctx, const struct stripe *stripe, const char *refund_ref, int64_t budget_ms,
                   struct gateway_answer *answer)
{
    call(ctx, stripe, "GET", arena_printf(ctx->arena, "/v1/refunds/%s", encode_percent(ctx->arena, refund_ref)), NULL, NULL,
         budget_ms, answer);
}

/* False when the gateway did not give one; then *answer says why. */
static bool refund_page(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                        struct gateway_answer *answer, struct http_answer *raw)
{
    call_raw(ctx, stripe, "GET",
             arena_printf(ctx->arena, "/v1/refunds?payment_intent=%s&limit=100", encode_percent(ctx->arena, intent_ref)), NULL, NULL,
             budget_ms, answer, raw);
    return answer->outcome != GATEWAY_NOT_SENT && raw->status == 200;
}

void stripe_find_refund(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, const char *refund_key,
                        int64_t budget_ms, struct gateway_answer *answer)
{
    struct http_answer raw;

    if (refund_page(ctx, stripe, intent_ref, budget_ms, answer, &raw))
        stripe_map_own_refund(ctx, raw.body, raw.body_bytes, refund_key, answer);
}

void stripe_refunds_of(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                       struct gateway_answer *asked, struct gateway_answer **answers, size_t *count)
{
    struct http_answer raw;

    *count = 0;
    *answers = NULL;
    if (refund_page(ctx, stripe, intent_ref, budget_ms, asked, &raw) && stripe_map_refunds(ctx, raw.body, raw.body_bytes, answers, count))
        asked->outcome = GATEWAY_SUCCEEDED;
    else
        asked->outcome = asked->outcome == GATEWAY_NOT_SENT ? GATEWAY_NOT_SENT : GATEWAY_UNKNOWN;
}

/* ---- disputes ---- */

void stripe_dispute(struct ctx *ctx, const struct stripe *stripe, const char *dispute_ref, int64_t budget_ms, struct gateway_dispute *d)
{
    struct gateway_answer answer;
    struct http_answer raw;

    call_raw(ctx, stripe, "GET", arena_printf(ctx->arena, "/v1/disputes/%s", encode_percent(ctx->arena, dispute_ref)), NULL, NULL, budget_ms,
             &answer, &raw);
    *d = (struct gateway_dispute){.outcome = answer.outcome == GATEWAY_NOT_SENT || answer.outcome == GATEWAY_ABSENT ? answer.outcome : GATEWAY_UNKNOWN,
                                  .message = answer.message};
    if (answer.outcome != GATEWAY_NOT_SENT && raw.status == 200)
        stripe_map_dispute(ctx, raw.body, raw.body_bytes, d);
}
