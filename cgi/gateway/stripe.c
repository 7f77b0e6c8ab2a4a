#include "gateway/stripe.h"

#include <stdarg.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/str.h"
#include "core/money.h"
#include "core/retry.h"
#include "gateway/http.h"
#include "gateway/json.h"

enum { TRIES_MAX = 3, TRY_TIMEOUT_MS_MAX = 30000, REFERENCE_BYTES_MAX = 255, ADDRESS_BYTES_MAX = 1000,
       BRAND_BYTES_MAX = 20, DESCRIPTION_BYTES_MAX = 250, MESSAGE_BYTES_MAX = 250 };

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

static char *upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
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

/* An id of the gateway's: one that our columns could not keep is none. */
static char *reference(struct arena *arena, const char *text)
{
    return arena_strdup(arena, str_is_visible(text, REFERENCE_BYTES_MAX) ? text : "");
}

static void map_card(struct arena *arena, const json_t *method, struct gateway_answer *answer)
{
    int64_t month = json_number(method, "card.exp_month", 0);
    int64_t year = json_number(method, "card.exp_year", 0);

    if (!json_is_object(method))
        return;
    answer->method_ref = reference(arena, json_text(method, "id"));
    answer->brand = str_cut(arena, json_text(method, "card.brand"), BRAND_BYTES_MAX);
    if (str_is_visible(json_text(method, "card.last4"), 4))
        answer->last4 = arena_strdup(arena, json_text(method, "card.last4"));
    if (month >= 1 && month <= 12 && year >= 2000 && year <= 9999) {
        answer->exp_month = (int32_t)month;
        answer->exp_year = (int32_t)year;
    }
}

static const char *first_text(const char *one, const char *other)
{
    return one[0] != '\0' ? one : other;
}

/* outcome: of the charge, which may tell what the error does not; NULL none. */
static void map_error(struct arena *arena, const json_t *error, const json_t *outcome, struct gateway_answer *answer)
{
    const char *word = first_text(json_text(error, "decline_code"), json_text(error, "code"));
    const char *network = first_text(json_text(error, "network_decline_code"), json_text(outcome, "network_decline_code"));
    const char *advice = first_text(json_text(error, "advice_code"), json_text(outcome, "advice_code"));
    const char *network_advice = first_text(json_text(error, "network_advice_code"), json_text(outcome, "network_advice_code"));

    answer->decline_code = arena_strdup(arena, decline_code_that_counts(word, network));
    answer->advice_code = arena_strdup(arena, decline_advice_that_counts(advice, network_advice));
    answer->message = str_cut(arena, json_text(error, "message"), MESSAGE_BYTES_MAX);
}

/* A request that was refused has no decline; what it names says whether the card is at fault. */
static void map_invalid(struct arena *arena, const json_t *error, struct gateway_answer *answer)
{
    const char *param = json_text(error, "param");
    bool customer = strcmp(param, "customer") == 0;
    const char *word = customer || strcmp(param, "payment_method") == 0 ? "method_refused" : "request_refused";

    answer->invalid = true;
    answer->customer_gone = customer && strcmp(json_text(error, "code"), "resource_missing") == 0;
    answer->decline_code = arena_strdup(arena, first_text(json_text(error, "code"), word));
    answer->message = str_cut(arena, json_text(error, "message"), MESSAGE_BYTES_MAX);
}

static void map_intent(struct arena *arena, const json_t *intent, struct gateway_answer *answer)
{
    const char *status = json_text(intent, "status");
    const json_t *error = json_at(intent, "last_payment_error");

    answer->intent_ref = reference(arena, json_text(intent, "id"));
    if (json_id(intent, "customer")[0] != '\0')
        answer->customer_ref = reference(arena, json_id(intent, "customer"));
    answer->amount_minor = json_number(intent, "amount", 0);
    answer->currency = upper(arena, json_text(intent, "currency"));
    if (json_is_object(json_at(intent, "payment_method")))
        map_card(arena, json_at(intent, "payment_method"), answer);
    else
        answer->method_ref = reference(arena, json_text(intent, "payment_method"));
    if (json_is_object(error))
        map_error(arena, error, json_at(intent, "latest_charge.outcome"), answer);
    else if (json_is_object(json_at(intent, "last_setup_error")))
        map_error(arena, json_at(intent, "last_setup_error"), NULL, answer);
    if (strcmp(status, "succeeded") == 0) {
        answer->outcome = GATEWAY_SUCCEEDED;
        answer->amount_minor = json_number(intent, "amount_received", answer->amount_minor);
    } else if (strcmp(status, "processing") == 0) {
        answer->outcome = GATEWAY_PROCESSING;
    } else if (strcmp(status, "requires_action") == 0) {
        answer->outcome = GATEWAY_ACTION;
    } else if (strcmp(status, "canceled") == 0) {
        answer->outcome = GATEWAY_EXPIRED;
    } else if (strcmp(status, "requires_payment_method") == 0 || strcmp(status, "requires_confirmation") == 0) {
        answer->outcome = json_is_object(error) ? GATEWAY_DECLINED : GATEWAY_OPEN;
    }
}

static void map_session(struct arena *arena, const json_t *session, struct gateway_answer *answer)
{
    const char *status = json_text(session, "status");
    const char *paid = json_text(session, "payment_status");
    const json_t *intent = json_at(session, "payment_intent");
    const char *session_ref = json_text(session, "id");
    bool taken;

    if (!json_is_object(intent))
        intent = json_at(session, "setup_intent");
    if (json_is_object(intent))
        map_intent(arena, intent, answer);
    else
        answer->intent_ref = reference(arena, json_text(session, "payment_intent"));
    answer->session_ref = reference(arena, session_ref);
    if (str_is_visible(json_text(session, "url"), ADDRESS_BYTES_MAX))
        answer->redirect_url = arena_strdup(arena, json_text(session, "url"));
    if (json_id(session, "customer")[0] != '\0')
        answer->customer_ref = reference(arena, json_id(session, "customer"));
    /* The session tells what was asked; what was taken, only its intent. */
    taken = answer->outcome == GATEWAY_SUCCEEDED && json_number(intent, "amount_received", -1) >= 0;
    if (answer->currency[0] == '\0' || (!taken && json_number(session, "amount_total", -1) > 0)) {
        answer->amount_minor = json_number(session, "amount_total", 0);
        answer->currency = upper(arena, json_text(session, "currency"));
    }
    if (strcmp(status, "open") == 0)
        answer->outcome = GATEWAY_OPEN; /* a declined card stays on the hosted page */
    else if (strcmp(status, "expired") == 0)
        answer->outcome = GATEWAY_EXPIRED;
    else if (strcmp(status, "complete") == 0 &&
             (strcmp(paid, "paid") == 0 || strcmp(paid, "no_payment_required") == 0))
        answer->outcome = GATEWAY_SUCCEEDED;
    else if (strcmp(status, "complete") == 0)
        answer->outcome = GATEWAY_PROCESSING;
    else
        answer->outcome = GATEWAY_UNKNOWN;
}

struct gateway_answer gateway_answer_of(enum gateway_outcome outcome)
{
    return (struct gateway_answer){.outcome = outcome, .session_ref = "", .intent_ref = "",
        .customer_ref = "", .currency = "", .decline_code = "", .advice_code = "", .message = "", .redirect_url = "",
        .method_ref = "", .brand = "", .last4 = "", .object_ref = "", .own_key = ""};
}

static void map_refund(struct arena *arena, const json_t *refund, struct gateway_answer *answer)
{
    const char *status = json_text(refund, "status");

    answer->object_ref = arena_strdup(arena, json_text(refund, "id"));
    answer->own_key = arena_strdup(arena, json_text(refund, "metadata.refund"));
    answer->intent_ref = arena_strdup(arena, json_id(refund, "payment_intent"));
    answer->amount_minor = json_number(refund, "amount", 0);
    answer->currency = upper(arena, json_text(refund, "currency"));
    answer->decline_code = arena_strdup(arena, json_text(refund, "failure_reason"));
    if (strcmp(status, "succeeded") == 0)
        answer->outcome = GATEWAY_SUCCEEDED;
    else if (strcmp(status, "pending") == 0 || strcmp(status, "requires_action") == 0)
        answer->outcome = GATEWAY_PROCESSING;
    else if (strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0)
        answer->outcome = GATEWAY_DECLINED;
}

/* The refund of a list that has our key; absent only when the list is whole. */
static void map_own_refund(struct arena *arena, const json_t *list, const char *own_key, struct gateway_answer *answer)
{
    const json_t *data = json_at(list, "data");

    for (size_t i = 0; i < json_array_size(data); i++)
        if (strcmp(json_text(json_array_get(data, i), "metadata.refund"), own_key) == 0) {
            map_refund(arena, json_array_get(data, i), answer);
            return;
        }
    if (json_is_array(data) && json_is_false(json_at(list, "has_more")))
        answer->outcome = GATEWAY_ABSENT;
}

void stripe_map(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_answer *answer)
{
    const json_t *object = json_read(ctx, body, bytes);
    const char *kind = json_text(object, "object");

    *answer = gateway_answer_of(GATEWAY_UNKNOWN);
    if (object == NULL) {
        answer->message = "the answer is no JSON object";
        return;
    }
    if (strcmp(kind, "search_result") == 0 || strcmp(kind, "list") == 0) {
        const json_t *first = json_array_get(json_at(object, "data"), 0);

        if (!json_is_array(json_at(object, "data")))
            return;
        if (first == NULL) {
            answer->outcome = GATEWAY_ABSENT;
            return;
        }
        object = first;
        kind = json_text(object, "object");
    }
    if (status == 200 && strcmp(kind, "checkout.session") == 0) {
        map_session(ctx->arena, object, answer);
    } else if (status == 200 && (strcmp(kind, "payment_intent") == 0 || strcmp(kind, "setup_intent") == 0)) {
        map_intent(ctx->arena, object, answer);
    } else if (status == 200 && strcmp(kind, "refund") == 0) {
        map_refund(ctx->arena, object, answer);
    } else if (status == 402) {
        const json_t *intent = json_at(object, "error.payment_intent");

        if (json_is_object(intent))
            map_intent(ctx->arena, intent, answer);
        map_error(ctx->arena, json_at(object, "error"), json_at(intent, "latest_charge.outcome"), answer);
        answer->outcome = GATEWAY_DECLINED;
    } else {
        const char *type = json_text(object, "error.type");
        bool invalid = strcmp(type, "invalid_request_error") == 0;

        if ((status == 401 || status == 403) && (invalid || strcmp(type, "authentication_error") == 0 || strcmp(type, "permission_error") == 0))
            answer->outcome = GATEWAY_DENIED;
        else if (status == 404)
            answer->outcome = GATEWAY_ABSENT;
        answer->message = str_cut(ctx->arena, json_text(object, "error.message"), MESSAGE_BYTES_MAX);
        answer->decline_code = arena_strdup(ctx->arena, json_text(object, "error.code"));
        if (invalid && (status == 400 || status == 404))
            map_invalid(ctx->arena, json_at(object, "error"), answer);
    }
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

enum err stripe_map_taken(struct ctx *ctx, long status, const char *body, size_t bytes, struct gateway_taken **rows,
                          size_t *count, const char **last)
{
    const json_t *object = json_read(ctx, body, bytes);
    const json_t *data = json_at(object, "data");
    const json_t *more = json_at(object, "has_more");
    size_t all = json_array_size(data);

    *count = 0;
    *last = "";
    *rows = ARENA_ARRAY(ctx->arena, struct gateway_taken, all + 1);
    if (status != 200 || strcmp(json_text(object, "object"), "list") != 0 || !json_is_array(data) || !json_is_boolean(more))
        return FAIL(ctx, ERR_GATEWAY, "no page of payments (status %ld)", status);
    for (size_t i = 0; i < all; i++) {
        const json_t *intent = json_array_get(data, i);
        struct gateway_taken *row = &(*rows)[*count];

        row->intent_ref = reference(ctx->arena, json_text(intent, "id"));
        row->created_at = json_number(intent, "created", -1);
        if (strcmp(json_text(intent, "object"), "payment_intent") != 0 || row->intent_ref[0] == '\0' || row->created_at < 0 ||
            row->created_at > INT64_MAX / CLOCK_SECOND)
            return FAIL(ctx, ERR_GATEWAY, "no payment in a page of payments");
        *last = row->intent_ref;
        row->amount_minor = json_number(intent, "amount_received", 0);
        if (row->amount_minor <= 0)
            continue;
        row->created_at *= CLOCK_SECOND;
        row->attempt_key = reference(ctx->arena, json_text(intent, "metadata.attempt"));
        row->customer_ref = reference(ctx->arena, json_id(intent, "customer"));
        row->description = str_cut(ctx->arena, json_text(intent, "description"), DESCRIPTION_BYTES_MAX);
        row->currency = upper(ctx->arena, json_text(intent, "currency"));
        if (!str_is_visible(row->currency, 3) || strlen(row->currency) != 3)
            return FAIL(ctx, ERR_GATEWAY, "a payment without a currency");
        ++*count;
    }
    if (!json_is_true(more))
        *last = "";
    else if ((*last)[0] == '\0')
        return FAIL(ctx, ERR_GATEWAY, "an empty page of payments that is not the last");
    return OK;
}

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

/* What a dispute moved: its own sum out, and in again when it was won; fees are apart. */
static int64_t dispute_gone(const json_t *dispute)
{
    const json_t *moves = json_at(dispute, "balance_transactions");
    int64_t gone = 0;

    for (size_t i = 0; i < json_array_size(moves); i++)
        gone -= json_number(json_array_get(moves, i), "amount", 0);
    return gone;
}

/* 0: nothing is away (yet, or any more). */
static int64_t back_amount(const json_t *object, enum stripe_back what)
{
    if (what == STRIPE_DISPUTES)
        return dispute_gone(object);
    return strcmp(json_text(object, "status"), "succeeded") == 0 ? json_number(object, "amount", 0) : 0;
}

enum err stripe_map_back(struct ctx *ctx, enum stripe_back what, long status, const char *body, size_t bytes, struct gateway_back **rows,
                         size_t *count, const char **last)
{
    const json_t *object = json_read(ctx, body, bytes);
    const json_t *data = json_at(object, "data");
    const json_t *more = json_at(object, "has_more");
    const char *kind = what == STRIPE_DISPUTES ? "dispute" : "refund";
    size_t all = json_array_size(data);

    *count = 0;
    *last = "";
    *rows = ARENA_ARRAY(ctx->arena, struct gateway_back, all + 1);
    if (status != 200 || strcmp(json_text(object, "object"), "list") != 0 || !json_is_array(data) || !json_is_boolean(more))
        return FAIL(ctx, ERR_GATEWAY, "no page of %ss (status %ld)", kind, status);
    for (size_t i = 0; i < all; i++) {
        const json_t *one = json_array_get(data, i);
        struct gateway_back *row = &(*rows)[*count];

        row->ref = reference(ctx->arena, json_text(one, "id"));
        row->created_at = json_number(one, "created", -1);
        if (strcmp(json_text(one, "object"), kind) != 0 || row->ref[0] == '\0' || row->created_at < 0 || row->created_at > INT64_MAX / CLOCK_SECOND)
            return FAIL(ctx, ERR_GATEWAY, "no %s in a page of them", kind);
        *last = row->ref;
        row->amount_minor = back_amount(one, what);
        if (row->amount_minor <= 0)
            continue;
        row->created_at *= CLOCK_SECOND;
        row->refund_key = reference(ctx->arena, json_text(one, "metadata.refund"));
        row->intent_ref = reference(ctx->arena, json_id(one, "payment_intent"));
        row->note = what == STRIPE_DISPUTES ? str_cut(ctx->arena, json_text(one, "reason"), DESCRIPTION_BYTES_MAX) : "";
        row->currency = upper(ctx->arena, json_text(one, "currency"));
        if (!str_is_visible(row->currency, 3) || strlen(row->currency) != 3)
            return FAIL(ctx, ERR_GATEWAY, "a %s without a currency", kind);
        ++*count;
    }
    if (!json_is_true(more))
        *last = "";
    else if ((*last)[0] == '\0')
        return FAIL(ctx, ERR_GATEWAY, "an empty page of %ss that is not the last", kind);
    return OK;
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

/* NULL when the gateway did not give one; then *answer says why. */
static const json_t *refund_page(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                                 struct gateway_answer *answer)
{
    struct http_answer raw;
    const json_t *list;

    call_raw(ctx, stripe, "GET",
             arena_printf(ctx->arena, "/v1/refunds?payment_intent=%s&limit=100", encode_percent(ctx->arena, intent_ref)), NULL, NULL,
             budget_ms, answer, &raw);
    if (answer->outcome == GATEWAY_NOT_SENT || raw.status != 200)
        return NULL;
    list = json_read(ctx, raw.body, raw.body_bytes);
    return list != NULL && json_is_array(json_at(list, "data")) ? list : NULL;
}

void stripe_find_refund(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, const char *refund_key,
                        int64_t budget_ms, struct gateway_answer *answer)
{
    const json_t *list = refund_page(ctx, stripe, intent_ref, budget_ms, answer);

    if (list == NULL)
        return;
    *answer = gateway_answer_of(GATEWAY_UNKNOWN);
    map_own_refund(ctx->arena, list, refund_key, answer);
}

void stripe_refunds_of(struct ctx *ctx, const struct stripe *stripe, const char *intent_ref, int64_t budget_ms,
                       struct gateway_answer *asked, struct gateway_answer **answers, size_t *count)
{
    const json_t *list = refund_page(ctx, stripe, intent_ref, budget_ms, asked);
    const json_t *data = list != NULL ? json_at(list, "data") : NULL;

    *count = json_array_size(data);
    *answers = ARENA_ARRAY(ctx->arena, struct gateway_answer, *count + 1);
    if (list == NULL) {
        asked->outcome = asked->outcome == GATEWAY_NOT_SENT ? GATEWAY_NOT_SENT : GATEWAY_UNKNOWN;
        return;
    }
    asked->outcome = GATEWAY_SUCCEEDED;
    for (size_t i = 0; i < *count; i++) {
        (*answers)[i] = gateway_answer_of(GATEWAY_UNKNOWN);
        map_refund(ctx->arena, json_array_get(data, i), &(*answers)[i]);
    }
}

/* ---- disputes ---- */

void stripe_dispute(struct ctx *ctx, const struct stripe *stripe, const char *dispute_ref, int64_t budget_ms, struct gateway_dispute *d)
{
    struct gateway_answer answer;
    struct http_answer raw;
    const json_t *object;

    call_raw(ctx, stripe, "GET", arena_printf(ctx->arena, "/v1/disputes/%s", encode_percent(ctx->arena, dispute_ref)), NULL, NULL, budget_ms,
             &answer, &raw);
    *d = (struct gateway_dispute){.outcome = answer.outcome == GATEWAY_NOT_SENT || answer.outcome == GATEWAY_ABSENT ? answer.outcome : GATEWAY_UNKNOWN,
                                  .message = answer.message};
    object = answer.outcome != GATEWAY_NOT_SENT && raw.status == 200 ? json_read(ctx, raw.body, raw.body_bytes) : NULL;
    if (object == NULL || strcmp(json_text(object, "object"), "dispute") != 0)
        return;
    d->outcome = GATEWAY_SUCCEEDED;
    d->dispute_ref = arena_strdup(ctx->arena, json_text(object, "id"));
    d->intent_ref = arena_strdup(ctx->arena, json_id(object, "payment_intent"));
    d->status = arena_strdup(ctx->arena, json_text(object, "status"));
    d->reason = arena_strdup(ctx->arena, json_text(object, "reason"));
    d->amount_minor = json_number(object, "amount", 0);
    d->currency = upper(ctx->arena, json_text(object, "currency"));
    d->answer_by = json_number(object, "evidence_details.due_by", 0) * 1000000;
    d->gone_minor = dispute_gone(object);
}
