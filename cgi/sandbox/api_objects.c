/* api_objects: the routes of the API and what each of them does. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/money.h"
#include "gateway/json.h"
#include "sandbox/api.h"
#include "sandbox/charging.h"
#include "sandbox/objects.h"
#include "sandbox/records.h"
#include "sandbox/reversals.h"

enum { ITEMS_MAX = 100, URL_BYTES_MAX = 2000 };

#define AMOUNT_MAX INT64_C(99999999)
#define SESSION_LIVES (24 * 3600 * CLOCK_SECOND)
#define SESSION_LIVES_LEAST (30 * 60 * CLOCK_SECOND)

static enum err missing(struct api_call *call, const char *param)
{
    return api_refuse(call, 400, "parameter_missing", param,
                      arena_printf(call->ctx->arena, "Missing required param: %s.", param));
}

static enum err invalid(struct api_call *call, const char *param)
{
    return api_refuse(call, 400, "parameter_invalid", param,
                      arena_printf(call->ctx->arena, "Invalid %s.", param));
}

static enum err absent(struct api_call *call, int status, const char *kind, const char *ref)
{
    return api_refuse(call, status, "resource_missing", "id",
                      arena_printf(call->ctx->arena, "No such %s: '%.80s'", kind, ref));
}

/* What came with ERR_NOT_FOUND is an answer, anything else a failure. */
static enum err absent_or(struct api_call *call, enum err err, int status, const char *kind, const char *ref)
{
    return err == ERR_NOT_FOUND ? absent(call, status, kind, ref) : err;
}

/* The same for what a parameter names. */
static enum err no_such(struct api_call *call, enum err err, const char *param, const char *kind, const char *ref)
{
    return err == ERR_NOT_FOUND ? api_refuse(call, 400, "resource_missing", param, arena_printf(call->ctx->arena, "No such %s: '%.80s'", kind, ref)) : err;
}

static char *cased(struct arena *arena, const char *text, char from, char to, int by)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p >= from && *p <= to ? *p + by : *p);
    return copy;
}

/* Lower case; NULL when it is no currency that we know. */
static char *currency_of(struct arena *arena, const char *typed)
{
    if (strlen(typed) != 3 || currency_find(cased(arena, typed, 'a', 'z', -32)) == NULL)
        return NULL;
    return cased(arena, typed, 'A', 'Z', 32);
}

/* http(s), no blanks, quotes or control characters: it becomes a Location. */
static bool url_ok(const char *url)
{
    if (!str_starts(url, "http://") && !str_starts(url, "https://"))
        return false;
    for (const unsigned char *p = (const unsigned char *)url; *p != '\0'; p++)
        if (*p <= 0x20 || *p >= 0x7f || strchr("\"'<>\\^`", *p) != NULL)
            return false;
    return strlen(url) <= URL_BYTES_MAX;
}

/* ---- customers ---- */

static enum err create_customer(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_customer customer = {.ref = new_ref(ctx->arena, "cus_"), .email = api_param(call, "email"),
        .name = api_param(call, "name"), .description = api_param(call, "description"),
        .metadata = api_metadata(call, "metadata"), .created_at = ctx->now};

    if (strlen(customer.email) > 320)
        return invalid(call, "email");
    if (str_length(customer.name) > 255)
        return invalid(call, "name");
    if (str_length(customer.description) > 500)
        return invalid(call, "description");
    TRY(ctx, insert_customer_record(ctx, &customer));
    return api_answer(call, 200, customer_object(ctx, &customer), true);
}

static enum err show_customer(struct api_call *call)
{
    struct gateway_customer customer;
    enum err err = customer_record(call->ctx, call->ref, &customer);

    if (err != OK)
        return absent_or(call, err, 404, "customer", call->ref);
    return api_answer(call, 200, customer_object(call->ctx, &customer), false);
}

static enum err list_methods(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_customer customer;
    struct gateway_method *methods;
    json_t **items;
    size_t count;
    enum err err = customer_record(ctx, call->ref, &customer);

    if (err != OK)
        return absent_or(call, err, 404, "customer", call->ref);
    TRY(ctx, methods_of(ctx, call->ref, &methods, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = method_object(ctx, &methods[i]);
    return api_answer(call, 200, list_object(ctx, "list", call->request->path, items, count), false);
}

/* ---- payment methods: made on the hosted pages only; card numbers never come through the API ---- */

static enum err show_method(struct api_call *call)
{
    struct gateway_method method;
    enum err err = method_record(call->ctx, call->ref, &method);

    if (err != OK)
        return absent_or(call, err, 404, "PaymentMethod", call->ref);
    return api_answer(call, 200, method_object(call->ctx, &method), false);
}

static enum err detach_method(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_method method;
    enum err err = method_record(ctx, call->ref, &method);

    if (err != OK)
        return absent_or(call, err, 404, "PaymentMethod", call->ref);
    if (method.customer_ref[0] == '\0')
        return api_refuse(call, 400, "", "", "The payment method is not attached to a customer.");
    TRY(ctx, attach_method(ctx, method.ref, ""));
    method.customer_ref = "";
    return api_answer(call, 200, method_object(ctx, &method), true);
}

/* ---- checkout sessions ---- */

/* The sum of the items in one currency; false after having refused. */
static bool read_items(struct api_call *call, struct gateway_session *session)
{
    struct arena *arena = call->ctx->arena;
    struct str words = str_new(arena);
    int items = 0;

    for (int i = 0; i < ITEMS_MAX; i++) {
        const char *quantity = api_param(call, arena_printf(arena, "line_items[%d][quantity]", i));
        char *price = arena_printf(arena, "line_items[%d][price_data]", i);
        char *currency_param = arena_printf(arena, "%s[currency]", price);
        char *amount_param = arena_printf(arena, "%s[unit_amount]", price);
        const char *amount = api_param(call, amount_param);
        const char *name = api_param(call, arena_printf(arena, "%s[product_data][name]", price));
        char *currency;
        long long unit;
        long long count = 1;

        if (amount[0] == '\0' && quantity[0] == '\0')
            continue;
        currency = currency_of(arena, api_param(call, currency_param));
        if (currency == NULL || (items > 0 && strcmp(currency, session->currency) != 0))
            return (void)invalid(call, currency_param), false;
        if (!str_to_i64(amount, 0, AMOUNT_MAX, &unit))
            return (void)invalid(call, amount_param), false;
        if (quantity[0] != '\0' && !str_to_i64(quantity, 1, 999999, &count))
            return (void)invalid(call, arena_printf(arena, "line_items[%d][quantity]", i)), false;
        if (name[0] == '\0')
            return (void)missing(call, arena_printf(arena, "%s[product_data][name]", price)), false;
        str_printf(&words, "%s%s", items > 0 ? ", " : "", name);
        session->currency = currency;
        session->amount_minor += unit * count;
        items++;
    }
    if (items == 0)
        return (void)missing(call, "line_items"), false;
    if (session->amount_minor < 1 || session->amount_minor > AMOUNT_MAX)
        return (void)api_refuse(call, 400, "amount_too_small", "line_items", "The total is out of bounds."),
               false;
    session->description = words.text;
    return true;
}

/* Who pays: a customer that is there, or a mail address. False after having refused. */
static enum err read_payer(struct api_call *call, struct gateway_session *session, bool *fits)
{
    struct gateway_customer customer;
    enum err err;

    *fits = true;
    session->customer_ref = api_param(call, "customer");
    session->customer_email = api_param(call, "customer_email");
    if (session->customer_ref[0] == '\0')
        return OK;
    *fits = false;
    if (session->customer_email[0] != '\0')
        return api_refuse(call, 400, "", "customer_email",
                          "You may only specify one of these parameters: customer, "
                          "customer_email.");
    err = customer_record(call->ctx, session->customer_ref, &customer);
    if (err != OK)
        return no_such(call, err, "customer", "customer", session->customer_ref);
    session->customer_email = customer.email;
    *fits = true;
    return OK;
}

/* Everything but the items and the payer; false after having refused. */
static bool read_session(struct api_call *call, struct gateway_session *session)
{
    struct arena *arena = call->ctx->arena;
    bool setup = strcmp(session->mode, "setup") == 0;
    const char *expires = api_param(call, "expires_at");
    long long seconds;

    if (!setup && strcmp(session->mode, "payment") != 0)
        return (void)invalid(call, "mode"), false;
    if (session->success_url[0] == '\0')
        return (void)missing(call, "success_url"), false;
    if (!url_ok(session->success_url))
        return (void)api_refuse(call, 400, "url_invalid", "success_url", "Not a valid URL"), false;
    if (session->cancel_url[0] != '\0' && !url_ok(session->cancel_url))
        return (void)api_refuse(call, 400, "url_invalid", "cancel_url", "Not a valid URL"), false;
    if (strlen(session->locale) > 10 ||
        strspn(session->locale, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
            strlen(session->locale))
        return (void)invalid(call, "locale"), false;
    if (str_length(session->client_reference) > 200)
        return (void)invalid(call, "client_reference_id"), false;
    if (session->future_usage[0] != '\0' && strcmp(session->future_usage, "off_session") != 0 &&
        strcmp(session->future_usage, "on_session") != 0)
        return (void)invalid(call, "payment_intent_data[setup_future_usage]"), false;
    if (expires[0] != '\0') {
        if (!str_to_i64(expires, 0, INT64_MAX / CLOCK_SECOND, &seconds) ||
            seconds * CLOCK_SECOND < call->ctx->now + SESSION_LIVES_LEAST - CLOCK_SECOND ||
            seconds * CLOCK_SECOND > call->ctx->now + SESSION_LIVES)
            return (void)api_refuse(
                       call, 400, "parameter_invalid", "expires_at",
                       "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."),
                   false;
        session->expires_at = seconds * CLOCK_SECOND;
    }
    if (!setup)
        return read_items(call, session);
    session->currency =
        api_param(call, "currency")[0] != '\0' ? currency_of(arena, api_param(call, "currency")) : "eur";
    return session->currency != NULL || ((void)invalid(call, "currency"), false);
}

static enum err create_session(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    bool setup = strcmp(api_param(call, "mode"), "setup") == 0;
    const char *locale = api_param(call, "locale");
    struct gateway_session session = {
        .ref = new_ref(ctx->arena, "cs_test_"),
        .mode = api_param(call, "mode"),
        .status = "open",
        .payment_status = setup ? "no_payment_required" : "unpaid",
        .currency = "",
        .intent_ref = "",
        .success_url = api_param(call, "success_url"),
        .cancel_url = api_param(call, "cancel_url"),
        .locale = locale[0] != '\0' ? locale : "auto",
        .client_reference = api_param(call, "client_reference_id"),
        .description = "",
        .metadata = api_metadata(call, "metadata"),
        .intent_metadata =
            api_metadata(call, setup ? "setup_intent_data[metadata]" : "payment_intent_data[metadata]"),
        .future_usage = api_param(call, "payment_intent_data[setup_future_usage]"),
        .expires_at = ctx->now + SESSION_LIVES,
        .created_at = ctx->now};
    struct gateway_intent intent;
    bool fits;

    if (session.mode[0] == '\0')
        return missing(call, "mode");
    if (!read_session(call, &session))
        return OK;
    TRY(ctx, read_payer(call, &session, &fits));
    if (!fits)
        return OK;
    if (strlen(session.customer_email) > 320)
        return invalid(call, "customer_email");
    if (str_length(session.description) > 1000)
        return invalid(call, "line_items");
    if (setup)
        TRY(ctx, begin_intent(ctx, &session, &intent));
    TRY(ctx, insert_session_record(ctx, &session));
    return api_answer(call, 200, session_object(ctx, call->sandbox, &session), true);
}

/* A session whose time has come is shown expired, and is from then on. */
static enum err show_session(struct api_call *call)
{
    struct gateway_session session;
    enum err err = session_record(call->ctx, call->ref, &session);

    if (err == OK && strcmp(session.status, "open") == 0 && call->ctx->now >= session.expires_at)
        err = expire_session(call->ctx, call->sandbox, call->ref, false, &session);
    if (err != OK)
        return absent_or(call, err, 404, "checkout.session", call->ref);
    return api_answer(call, 200, session_object(call->ctx, call->sandbox, &session), false);
}

static enum err end_session(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_session session;
    enum err err = lock_session(ctx, call->ref, &session);

    if (err != OK)
        return absent_or(call, err, 404, "checkout.session", call->ref);
    if (strcmp(session.status, "open") != 0)
        return api_refuse(call, 400, "", "session",
                          "Only Checkout Sessions with a status in [\"open\"] can be expired.");
    TRY(ctx, expire_session(ctx, call->sandbox, call->ref, true, &session));
    return api_answer(call, 200, session_object(ctx, call->sandbox, &session), true);
}

/* ---- intents ---- */

/* Charges the intent with its method and answers; both are in the database and locked. */
static enum err confirm(struct api_call *call, struct gateway_intent *intent,
                        const struct gateway_method *method)
{
    struct ctx *ctx = call->ctx;
    struct charge charge = {.present = !api_flag(call, "off_session"),
                            .fault_name = arena_printf(ctx->arena, "%s %.150s", method->ref, call->key)};

    TRY(ctx, charge_intent(ctx, call->sandbox, intent, method, &charge));
    switch (charge.result) {
    case CHARGE_HELD: call->held_fault = charge.fault_name; return OK;
    case CHARGE_DECLINED:
        return api_answer(call, 402, decline_object(ctx, call->sandbox, intent, method), true);
    case CHARGE_SUCCEEDED:
    case CHARGE_ACTION: break;
    }
    call->fault = charge.fault;
    return api_answer(call, 200, intent_object(ctx, call->sandbox, intent), true);
}

/* The method that a charge names; *fits is false after having refused. */
static enum err read_method(struct api_call *call, const char *ref, const char *customer_ref,
                            struct gateway_method *method, bool *fits)
{
    enum err err = method_record(call->ctx, ref, method);

    *fits = false;
    if (err != OK)
        return no_such(call, err, "payment_method", "PaymentMethod", ref);
    if (strcmp(method->customer_ref, customer_ref) != 0 && method->customer_ref[0] != '\0')
        return api_refuse(call, 400, "", "payment_method",
                          customer_ref[0] == '\0'
                              ? "The payment method belongs to a customer: include the customer."
                              : "The payment method does not belong to this customer.");
    if (api_flag(call, "off_session") && card_by_name(method->card)->absent == CARD_IS_GONE)
        return no_such(call, ERR_NOT_FOUND, "payment_method", "PaymentMethod", ref);
    if (method->customer_ref[0] == '\0' && api_flag(call, "off_session"))
        return api_refuse(call, 400, "", "payment_method",
                          "The payment method is not attached to a customer.");
    *fits = true;
    return OK;
}

static enum err create_intent(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    const char *method_ref = api_param(call, "payment_method");
    bool wanted = api_flag(call, "confirm");
    struct gateway_intent intent = {.ref = new_ref(ctx->arena, "pi_"),
                                    .status = method_ref[0] != '\0' ? "requires_confirmation"
                                                                    : "requires_payment_method",
                                    .customer_ref = api_param(call, "customer"),
                                    .method_ref = method_ref,
                                    .session_ref = "",
                                    .charge_ref = "",
                                    .future_usage = api_param(call, "setup_future_usage"),
                                    .description = api_param(call, "description"),
                                    .return_url = api_param(call, "return_url"),
                                    .metadata = api_metadata(call, "metadata"),
                                    .created_at = ctx->now,
                                    .error_code = "",
                                    .decline_code = "",
                                    .advice_code = "",
                                    .error_message = "",
                                    .error_method_ref = ""};
    struct gateway_customer customer;
    struct gateway_method method;
    long long amount;
    bool fits;
    enum err err;

    if (api_param(call, "amount")[0] == '\0')
        return missing(call, "amount");
    if (!str_to_i64(api_param(call, "amount"), 1, AMOUNT_MAX, &amount))
        return api_refuse(call, 400, "parameter_invalid_integer", "amount", "Invalid positive integer");
    if (api_param(call, "currency")[0] == '\0')
        return missing(call, "currency");
    intent.amount_minor = amount;
    intent.currency = currency_of(ctx->arena, api_param(call, "currency"));
    if (intent.currency == NULL)
        return invalid(call, "currency");
    if (str_length(intent.description) > 1000)
        return invalid(call, "description");
    if (intent.return_url[0] != '\0' && !url_ok(intent.return_url))
        return api_refuse(call, 400, "url_invalid", "return_url", "Not a valid URL");
    if (api_flag(call, "off_session") && !wanted)
        return api_refuse(call, 400, "", "off_session", "`off_session` may only be used with `confirm`.");
    if (wanted && method_ref[0] == '\0')
        return missing(call, "payment_method");
    if (intent.customer_ref[0] != '\0' && (err = customer_record(ctx, intent.customer_ref, &customer)) != OK)
        return no_such(call, err, "customer", "customer", intent.customer_ref);
    if (method_ref[0] != '\0') {
        TRY(ctx, read_method(call, method_ref, intent.customer_ref, &method, &fits));
        if (!fits)
            return OK;
    }
    intent.attempt = metadata_value(ctx, intent.metadata, "attempt");
    if (!wanted) {
        TRY(ctx, insert_intent(ctx, &intent));
        return api_answer(call, 200, intent_object(ctx, call->sandbox, &intent), true);
    }
    TRY(ctx, insert_intent(ctx, &intent));
    err = confirm(call, &intent, &method);
    /* a held charge did not happen: the intent goes too */
    return err == OK && call->held_fault != NULL ? ERR_CONFLICT : err;
}

static enum err confirm_intent(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    const char *method_ref = api_param(call, "payment_method");
    struct gateway_intent intent;
    struct gateway_method method;
    bool fits;
    enum err err = lock_intent(ctx, call->ref, &intent);

    if (err != OK || intent.amount_minor == 0)
        return absent_or(call, err != OK ? err : ERR_NOT_FOUND, 404, "payment_intent", call->ref);
    if (intent.session_ref[0] != '\0')
        return api_refuse(call, 400, "payment_intent_unexpected_state", "",
                          "This PaymentIntent belongs to a Checkout Session.");
    if (strcmp(intent.status, "requires_payment_method") != 0 &&
        strcmp(intent.status, "requires_confirmation") != 0)
        return api_refuse(call, 400, "payment_intent_unexpected_state", "",
                          arena_printf(ctx->arena,
                                       "This PaymentIntent's status is %s: it cannot be confirmed.",
                                       intent.status));
    if (method_ref[0] == '\0')
        method_ref = intent.method_ref;
    if (method_ref[0] == '\0')
        return missing(call, "payment_method");
    if (api_param(call, "return_url")[0] != '\0') {
        if (!url_ok(api_param(call, "return_url")))
            return api_refuse(call, 400, "url_invalid", "return_url", "Not a valid URL");
        intent.return_url = api_param(call, "return_url");
    }
    TRY(ctx, read_method(call, method_ref, intent.customer_ref, &method, &fits));
    if (!fits)
        return OK;
    err = confirm(call, &intent, &method);
    return err == OK && call->held_fault != NULL ? ERR_CONFLICT : err;
}

static enum err cancel_intent(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_intent intent;
    enum err err = lock_intent(ctx, call->ref, &intent);

    if (err != OK || intent.amount_minor == 0)
        return absent_or(call, err != OK ? err : ERR_NOT_FOUND, 404, "payment_intent", call->ref);
    if (strcmp(intent.status, "succeeded") == 0 || strcmp(intent.status, "canceled") == 0 ||
        intent.session_ref[0] != '\0')
        return api_refuse(call, 400, "payment_intent_unexpected_state", "",
                          "This PaymentIntent cannot be canceled.");
    intent.status = "canceled";
    TRY(ctx, save_intent(ctx, &intent));
    return api_answer(call, 200, intent_object(ctx, call->sandbox, &intent), true);
}

static enum err show_intent(struct api_call *call)
{
    bool setup = str_starts(call->request->path, "/v1/setup_intents/");
    struct gateway_intent intent;
    enum err err = intent_record(call->ctx, call->ref, &intent);

    if (err == OK && (intent.amount_minor == 0) != setup)
        err = ERR_NOT_FOUND;
    if (err != OK)
        return absent_or(call, err, 404, setup ? "setup_intent" : "payment_intent", call->ref);
    return api_answer(call, 200, intent_object(call->ctx, call->sandbox, &intent), false);
}

/* Payments since a second, newest first, page by page. */
bool api_page(const struct api_call *call, struct api_page *page)
{
    const char *limit_text = api_param(call, "limit");
    const char *since_text = api_param(call, "created[gte]");
    long long since_s = 0;
    long long limit = 10;

    if ((limit_text[0] != '\0' && !str_to_i64(limit_text, 1, 100, &limit)) ||
        (since_text[0] != '\0' && !str_to_i64(since_text, 0, INT64_C(100000000000), &since_s)))
        return false;
    *page = (struct api_page){since_s > 0 ? since_s * CLOCK_SECOND : 1, (size_t)limit, api_param(call, "starting_after")};
    return true;
}

static enum err list_intents(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_intent after = {.id = INT64_MAX};
    struct gateway_intent *intents;
    struct api_page page;
    json_t **items;
    size_t count;

    if (!api_page(call, &page))
        return invalid(call, "limit");
    if (page.after[0] != '\0') {
        enum err err = intent_record(ctx, page.after, &after);

        if (err != OK)
            return absent_or(call, err, 400, "payment_intent", page.after);
    }
    TRY(ctx, intents_since(ctx, page.since_at, after.id, (int32_t)page.limit + 1, &intents, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = intent_object(ctx, call->sandbox, &intents[i]);
    return api_answer(call, 200, list_page_object(ctx, "list", call->request->path, items, count > page.limit ? page.limit : count,
                                                  count > page.limit), false);
}

/* metadata['name']:'value', with either quote; false for anything else. */
static bool query_parse(struct arena *arena, const char *query, char **name, char **value)
{
    static const char before[] = "metadata[";
    const char *p = query + sizeof before - 1;
    const char *end;
    char quote;

    if (!str_starts(query, before) || (*p != '\'' && *p != '"'))
        return false;
    quote = *p++;
    end = strchr(p, quote);
    if (end == NULL || end == p)
        return false;
    *name = arena_strndup(arena, p, (size_t)(end - p));
    if (strspn(*name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(*name))
        return false;
    p = end + 1;
    if (strncmp(p, "]:", 2) != 0 || (p[2] != '\'' && p[2] != '"'))
        return false;
    quote = p[2];
    p += 3;
    end = strchr(p, quote);
    if (end == NULL || end[1] != '\0')
        return false;
    *value = arena_strndup(arena, p, (size_t)(end - p));
    return true;
}

static enum err search_intents(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_intent *intents;
    json_t **items;
    size_t count;
    char *name;
    char *value;

    if (api_param(call, "query")[0] == '\0')
        return missing(call, "query");
    if (!query_parse(ctx->arena, api_param(call, "query"), &name, &value))
        return api_refuse(call, 400, "", "query", "This sandbox searches for metadata['name']:'value' only.");
    TRY(ctx, intents_with(ctx, name, value, &intents, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = intent_object(ctx, call->sandbox, &intents[i]);
    return api_answer(call, 200, list_object(ctx, "search_result", call->request->path, items, count), false);
}

/* ---- events ---- */

static enum err show_event(struct api_call *call)
{
    struct gateway_happening event;
    enum err err = event_record(call->ctx, call->ref, &event);

    if (err != OK)
        return absent_or(call, err, 404, "event", call->ref);
    call->status = 200;
    call->body = event.body;
    return OK;
}

static enum err list_events(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_happening *events;
    json_t **items;
    size_t count;

    TRY(ctx, newest_events(ctx, &events, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = json_read(ctx, events[i].body, strlen(events[i].body));
        CHECK(items[i] != NULL);
    }
    return api_answer(call, 200, list_object(ctx, "list", call->request->path, items, count), false);
}

static const struct api_route route[] = {
    {METHOD_POST, "/v1/customers", create_customer, {"email", "name", "description", "metadata[*]"}},
    {METHOD_GET, "/v1/customers/:customer", show_customer, {NULL}},
    {METHOD_GET, "/v1/customers/:customer/payment_methods", list_methods, {"type", "limit"}},
    {METHOD_GET, "/v1/payment_methods/:method", show_method, {NULL}},
    {METHOD_POST, "/v1/payment_methods/:method/detach", detach_method, {NULL}},
    {METHOD_POST,
     "/v1/checkout/sessions",
     create_session,
     {"mode",
      "customer",
      "customer_email",
      "customer_creation",
      "success_url",
      "cancel_url",
      "locale",
      "client_reference_id",
      "metadata[*]",
      "currency",
      "expires_at",
      "payment_method_types[#]",
      "payment_method_types[]",
      "setup_intent_data[metadata][*]",
      "payment_intent_data[metadata][*]",
      "payment_intent_data[setup_future_usage]",
      "payment_intent_data[description]",
      "line_items[#][quantity]",
      "line_items[#][price_data][currency]",
      "line_items[#][price_data][unit_amount]",
      "line_items[#][price_data][product_data][name]"}},
    {METHOD_GET, "/v1/checkout/sessions/:session", show_session, {NULL}},
    {METHOD_POST, "/v1/checkout/sessions/:session/expire", end_session, {NULL}},
    {METHOD_POST,
     "/v1/payment_intents",
     create_intent,
     {"amount", "currency", "customer", "payment_method", "off_session", "confirm", "description",
      "metadata[*]", "return_url", "setup_future_usage", "payment_method_types[#]",
      "payment_method_types[]"}},
    {METHOD_GET, "/v1/payment_intents", list_intents, {"created[gte]", "limit", "starting_after"}},
    {METHOD_GET, "/v1/payment_intents/search", search_intents, {"query", "limit"}},
    {METHOD_GET, "/v1/payment_intents/:intent", show_intent, {NULL}},
    {METHOD_POST,
     "/v1/payment_intents/:intent/confirm",
     confirm_intent,
     {"payment_method", "off_session", "return_url"}},
    {METHOD_POST, "/v1/payment_intents/:intent/cancel", cancel_intent, {NULL}},
    {METHOD_GET, "/v1/setup_intents/:intent", show_intent, {NULL}},
    {METHOD_POST, "/v1/refunds", create_refund, {"payment_intent", "amount", "reason", "metadata[*]"}},
    {METHOD_GET, "/v1/refunds", list_refunds, {"payment_intent", "created[gte]", "limit", "starting_after"}},
    {METHOD_GET, "/v1/refunds/:refund", show_refund, {NULL}},
    {METHOD_GET, "/v1/disputes", list_disputes, {"created[gte]", "limit", "starting_after"}},
    {METHOD_GET, "/v1/disputes/:dispute", show_dispute, {NULL}},
    {METHOD_GET, "/v1/events", list_events, {"limit"}},
    {METHOD_GET, "/v1/events/:event", show_event, {NULL}},
};

const struct api_route *api_routes(size_t *count)
{
    *count = COUNT_OF(route);
    return route;
}
