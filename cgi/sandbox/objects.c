#include "sandbox/objects.h"

#include <string.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "gateway/json.h"
#include "sandbox/cards.h"
#include "sandbox/records.h"

static void release(void *handle)
{
    json_decref(handle);
}

static json_t *keep(struct ctx *ctx, json_t *object)
{
    CHECK(object != NULL);
    arena_cleanup(ctx->arena, release, object);
    return object;
}

static json_t *must(json_t *value)
{
    CHECK(value != NULL);
    return value;
}

static void put(json_t *object, const char *name, json_t *value)
{
    CHECK(json_object_set_new(object, name, must(value)) == 0);
}

static void put_text(json_t *object, const char *name, const char *value)
{
    put(object, name, json_string(value));
}

/* "" is null. */
static void put_maybe(json_t *object, const char *name, const char *value)
{
    put(object, name, value[0] != '\0' ? json_string(value) : json_null());
}

static void put_number(json_t *object, const char *name, int64_t value)
{
    put(object, name, json_integer((json_int_t)value));
}

static void put_instant(json_t *object, const char *name, int64_t at)
{
    put_number(object, name, at / CLOCK_SECOND);
}

static void put_metadata(struct ctx *ctx, json_t *object, const char *metadata)
{
    json_t *read = json_read(ctx, metadata, strlen(metadata));

    put(object, "metadata", read != NULL ? json_incref(read) : json_object());
}

static json_t *begin(struct ctx *ctx, const char *ref, const char *kind, int64_t created_at)
{
    json_t *object = keep(ctx, json_object());

    put_text(object, "id", ref);
    put_text(object, "object", kind);
    put_instant(object, "created", created_at);
    put(object, "livemode", json_false());
    return object;
}

json_t *customer_object(struct ctx *ctx, const struct gateway_customer *customer)
{
    json_t *object = begin(ctx, customer->ref, "customer", customer->created_at);

    put_maybe(object, "email", customer->email);
    put_maybe(object, "name", customer->name);
    put_maybe(object, "description", customer->description);
    put_metadata(ctx, object, customer->metadata);
    return object;
}

json_t *method_object(struct ctx *ctx, const struct gateway_method *method)
{
    json_t *object = begin(ctx, method->ref, "payment_method", method->created_at);
    json_t *card = must(json_object());
    json_t *details = must(json_object());

    put_text(card, "brand", method->brand);
    put_text(card, "last4", method->last4);
    put_number(card, "exp_month", method->exp_month);
    put_number(card, "exp_year", method->exp_year);
    put_text(card, "funding", "credit");
    put_maybe(details, "name", method->holder);
    put_text(object, "type", "card");
    put(object, "card", card);
    put(object, "billing_details", details);
    put_maybe(object, "customer", method->customer_ref);
    put(object, "metadata", json_object());
    return object;
}

/* The scheme's own words are the card's: those of the decline's code that adds some. */
static void put_network(json_t *error, const struct test_card *card)
{
    if (card->network_code != NULL)
        put_text(error, "network_decline_code", card->network_code);
    if (card->network_advice != NULL)
        put_text(error, "network_advice_code", card->network_advice);
}

/* Whose decline it was; NULL: it was none of a card's. */
static const struct test_card *declined_card(struct ctx *ctx, const struct gateway_intent *intent)
{
    struct gateway_method method;

    if (intent->decline_code[0] == '\0')
        return NULL;
    if (method_record(ctx, intent->error_method_ref, &method) != OK) {
        ctx_forget_error(ctx);
        return NULL;
    }
    return card_by_name(method.card);
}

/* What went wrong last, or null. */
static json_t *last_error(struct ctx *ctx, const struct gateway_intent *intent)
{
    const struct test_card *card = declined_card(ctx, intent);
    json_t *error;

    if (intent->error_code[0] == '\0')
        return json_null();
    error = must(json_object());
    put_text(error, "type", "card_error");
    put_text(error, "code", intent->error_code);
    if (intent->decline_code[0] != '\0')
        put_text(error, "decline_code", intent->decline_code);
    if (intent->advice_code[0] != '\0')
        put_text(error, "advice_code", intent->advice_code);
    if (card != NULL)
        put_network(error, card);
    put_text(error, "message", intent->error_message);
    return error;
}

static void put_next_action(struct ctx *ctx, const struct sandbox *sandbox, json_t *object,
                            const struct gateway_intent *intent)
{
    json_t *action;
    json_t *redirect;

    if (strcmp(intent->status, "requires_action") != 0) {
        put(object, "next_action", json_null());
        return;
    }
    action = must(json_object());
    redirect = must(json_object());
    put_text(redirect, "url", arena_printf(ctx->arena, "%s/step/%s", sandbox->site_base, intent->ref));
    put_maybe(redirect, "return_url", intent->return_url);
    put_text(action, "type", "redirect_to_url");
    put(action, "redirect_to_url", redirect);
    put(object, "next_action", action);
}

json_t *intent_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_intent *intent)
{
    bool setup = intent->amount_minor == 0;
    json_t *object = begin(ctx, intent->ref, setup ? "setup_intent" : "payment_intent", intent->created_at);

    put_text(object, "status", intent->status);
    put_maybe(object, "customer", intent->customer_ref);
    put_maybe(object, "description", intent->description);
    put_maybe(object, "payment_method", intent->method_ref);
    put_text(object, "client_secret", arena_printf(ctx->arena, "%s_secret_none", intent->ref));
    put_metadata(ctx, object, intent->metadata);
    put_next_action(ctx, sandbox, object, intent);
    if (setup) {
        put_text(object, "usage", "off_session");
        put(object, "last_setup_error", last_error(ctx, intent));
        return object;
    }
    put_number(object, "amount", intent->amount_minor);
    put_number(object, "amount_received", intent->received_minor);
    put_text(object, "currency", intent->currency);
    put_text(object, "capture_method", "automatic");
    put_maybe(object, "latest_charge", intent->charge_ref);
    put_maybe(object, "setup_future_usage", intent->future_usage);
    put(object, "last_payment_error", last_error(ctx, intent));
    return object;
}

json_t *session_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_session *session)
{
    json_t *object = begin(ctx, session->ref, "checkout.session", session->created_at);
    bool setup = strcmp(session->mode, "setup") == 0;
    bool open = strcmp(session->status, "open") == 0;

    put_text(object, "mode", session->mode);
    put_text(object, "status", session->status);
    put_text(object, "payment_status", session->payment_status);
    put_instant(object, "expires_at", session->expires_at);
    put(object, "amount_total", setup ? json_null() : json_integer((json_int_t)session->amount_minor));
    put_maybe(object, "currency", session->currency);
    put_maybe(object, "customer", session->customer_ref);
    put_maybe(object, "customer_email", session->customer_email);
    put_maybe(object, "client_reference_id", session->client_reference);
    put_maybe(object, "locale", session->locale);
    put_text(object, "success_url", session->success_url);
    put_maybe(object, "cancel_url", session->cancel_url);
    put_maybe(object, "payment_intent", setup ? "" : session->intent_ref);
    put_maybe(object, "setup_intent", setup ? session->intent_ref : "");
    put(object, "url",
        open ? json_string(arena_printf(ctx->arena, "%s/pay/%s", sandbox->site_base, session->ref))
             : json_null());
    put_metadata(ctx, object, session->metadata);
    return object;
}

json_t *list_object(struct ctx *ctx, const char *kind, const char *path, json_t *const *items, size_t count)
{
    return list_page_object(ctx, kind, path, items, count, false);
}

json_t *list_page_object(struct ctx *ctx, const char *kind, const char *path, json_t *const *items, size_t count, bool more)
{
    json_t *object = keep(ctx, json_object());
    json_t *data = must(json_array());

    for (size_t i = 0; i < count; i++)
        CHECK(json_array_append(data, items[i]) == 0);
    put_text(object, "object", kind);
    put_text(object, "url", path);
    put(object, "has_more", json_boolean(more));
    put(object, "data", data);
    return object;
}

json_t *error_object(struct ctx *ctx, const char *type, const char *code, const char *param,
                     const char *message)
{
    json_t *object = keep(ctx, json_object());
    json_t *error = must(json_object());

    put_text(error, "type", type);
    if (code[0] != '\0')
        put_text(error, "code", code);
    if (param[0] != '\0')
        put_text(error, "param", param);
    put_text(error, "message", message);
    put(object, "error", error);
    return object;
}

json_t *decline_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_intent *intent,
                       const struct gateway_method *method)
{
    json_t *object = keep(ctx, json_object());
    json_t *error = last_error(ctx, intent);

    put(error, intent->amount_minor > 0 ? "payment_intent" : "setup_intent",
        json_incref(intent_object(ctx, sandbox, intent)));
    put(error, "payment_method", json_incref(method_object(ctx, method)));
    put(object, "error", error);
    return object;
}

enum err object_of(struct ctx *ctx, const struct sandbox *sandbox, const char *ref, json_t **object)
{
    struct gateway_customer customer;
    struct gateway_method method;
    struct gateway_intent intent;
    struct gateway_session session;
    enum err err = ERR_NOT_FOUND;

    if (str_starts(ref, "cus_") && (err = customer_record(ctx, ref, &customer)) == OK)
        *object = customer_object(ctx, &customer);
    else if (str_starts(ref, "pm_") && (err = method_record(ctx, ref, &method)) == OK)
        *object = method_object(ctx, &method);
    else if ((str_starts(ref, "pi_") || str_starts(ref, "seti_")) &&
             (err = intent_record(ctx, ref, &intent)) == OK)
        *object = intent_object(ctx, sandbox, &intent);
    else if (str_starts(ref, "cs_") && (err = session_record(ctx, ref, &session)) == OK)
        *object = session_object(ctx, sandbox, &session);
    return err;
}

enum err expand_object(struct ctx *ctx, const struct sandbox *sandbox, json_t *object, const char *path,
                       bool *known)
{
    static const char *const expandable[] = {"customer", "payment_method", "payment_intent", "setup_intent"};
    size_t bytes = strcspn(path, ".");
    char *name = arena_strndup(ctx->arena, path, bytes);
    const char *rest = path[bytes] == '.' ? path + bytes + 1 : "";
    json_t *value = json_object_get(object, name);

    *known = true;
    if (json_is_array(value)) {
        for (size_t i = 0; *known && rest[0] != '\0' && i < json_array_size(value); i++)
            TRY(ctx, expand_object(ctx, sandbox, json_array_get(value, i), rest, known));
        *known = *known && rest[0] != '\0';
        return OK;
    }
    *known = false;
    for (size_t i = 0; i < COUNT_OF(expandable); i++)
        *known = *known || strcmp(expandable[i], name) == 0;
    *known = *known && value != NULL;
    if (!*known || json_is_null(value))
        return OK;
    if (json_is_string(value)) {
        json_t *whole;

        TRY(ctx, object_of(ctx, sandbox, json_string_value(value), &whole));
        CHECK(json_object_set(object, name, whole) == 0);
        value = whole;
    }
    return rest[0] != '\0' ? expand_object(ctx, sandbox, value, rest, known) : OK;
}

char *object_text(struct ctx *ctx, const json_t *object)
{
    char *text = json_dumps(object, JSON_INDENT(2));
    char *copy;

    CHECK(text != NULL);
    copy = arena_strdup(ctx->arena, text);
    free(text);
    return copy;
}
