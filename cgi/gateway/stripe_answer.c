#include "gateway/stripe_answer.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/retry.h"
#include "gateway/json.h"

enum { REFERENCE_BYTES_MAX = 255, ADDRESS_BYTES_MAX = 1000, BRAND_BYTES_MAX = 20, DESCRIPTION_BYTES_MAX = 250, MESSAGE_BYTES_MAX = 250 };

static char *upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    return copy;
}

/* An id of the gateway's: one that our columns could not keep is none. */
static char *reference(struct arena *arena, const char *text)
{
    return arena_strdup(arena, str_is_visible(text, REFERENCE_BYTES_MAX) ? text : "");
}

struct gateway_answer gateway_answer_of(enum gateway_outcome outcome)
{
    return (struct gateway_answer){.outcome = outcome, .session_ref = "", .intent_ref = "",
        .customer_ref = "", .currency = "", .decline_code = "", .advice_code = "", .message = "", .redirect_url = "",
        .method_ref = "", .brand = "", .last4 = "", .object_ref = "", .own_key = ""};
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

void stripe_map_own_refund(struct ctx *ctx, const char *body, size_t bytes, const char *own_key, struct gateway_answer *answer)
{
    const json_t *list = json_read(ctx, body, bytes);
    const json_t *data = json_at(list, "data");

    if (list == NULL || !json_is_array(data))
        return;
    *answer = gateway_answer_of(GATEWAY_UNKNOWN);
    for (size_t i = 0; i < json_array_size(data); i++)
        if (strcmp(json_text(json_array_get(data, i), "metadata.refund"), own_key) == 0) {
            map_refund(ctx->arena, json_array_get(data, i), answer);
            return;
        }
    if (json_is_false(json_at(list, "has_more")))
        answer->outcome = GATEWAY_ABSENT;
}

bool stripe_map_refunds(struct ctx *ctx, const char *body, size_t bytes, struct gateway_answer **answers, size_t *count)
{
    const json_t *list = json_read(ctx, body, bytes);
    const json_t *data = json_at(list, "data");

    if (list == NULL || !json_is_array(data))
        return false;
    *count = json_array_size(data);
    *answers = ARENA_ARRAY(ctx->arena, struct gateway_answer, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        (*answers)[i] = gateway_answer_of(GATEWAY_UNKNOWN);
        map_refund(ctx->arena, json_array_get(data, i), &(*answers)[i]);
    }
    return true;
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

void stripe_map_dispute(struct ctx *ctx, const char *body, size_t bytes, struct gateway_dispute *d)
{
    const json_t *object = json_read(ctx, body, bytes);

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
