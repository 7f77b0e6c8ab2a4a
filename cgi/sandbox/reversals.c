#include "sandbox/reversals.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "gateway/json.h"
#include "sandbox/charging.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/records.h"
#include "store/db.h"
#include "store/db_prove.h"
#include "text/format.h"
#include "text/words.h"

enum { ROWS_MAX = 500 };

static const struct column refund_column[] = {
    COLUMN(I64, gateway_refund, id), COLUMN(TEXT, gateway_refund, ref), COLUMN(TEXT, gateway_refund, intent_ref),
    COLUMN(TEXT, gateway_refund, charge_ref), COLUMN(I64, gateway_refund, amount_minor), COLUMN(TEXT, gateway_refund, currency),
    COLUMN(TEXT, gateway_refund, status), COLUMN(TEXT, gateway_refund, failure_reason), COLUMN(TEXT, gateway_refund, metadata),
    COLUMN(TEXT, gateway_refund, own_key), COLUMN(TEXT, gateway_refund, turns_to), COLUMN(INSTANT, gateway_refund, turns_at),
    COLUMN(INSTANT, gateway_refund, created_at),
};
#define REFUND                                                                                                                 \
    "SELECT id, ref, intent_ref, charge_ref, amount_minor, currency, status, failure_reason, metadata, own_key, turns_to, "    \
    "turns_at, created_at FROM refund "

struct minor_row {
    int64_t minor;
};
static const struct column minor_column[] = {COLUMN(I64, minor_row, minor)};

struct movement {
    int64_t id;
    const char *kind;
    const char *object_ref;
    const char *intent_ref;
    int64_t amount_minor;
    const char *currency;
    const char *own_key;
    int64_t booked_at;
};
static const struct column movement_column[] = {
    COLUMN(I64, movement, id), COLUMN(TEXT, movement, kind), COLUMN(TEXT, movement, object_ref), COLUMN(TEXT, movement, intent_ref),
    COLUMN(I64, movement, amount_minor), COLUMN(TEXT, movement, currency), COLUMN(TEXT, movement, own_key), COLUMN(INSTANT, movement, booked_at),
};
#define MOVEMENT "SELECT id, kind, object_ref, intent_ref, amount_minor, currency, own_key, booked_at FROM money_back "

enum { INSERT, BY_REF, LOCK, OF_INTENT, SINCE, SAVE, TURNING, GONE, HELD, BOOK, AFTER, NEWEST };

static const struct statement statement[] = {
    [INSERT] = {"refund_insert", "INSERT INTO refund (ref, intent_ref, charge_ref, amount_minor, currency, status, failure_reason, metadata, "
                "own_key, turns_to, turns_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_REF] = {"refund_by_ref", REFUND "WHERE ref = ?", READS(gateway_refund, refund_column)},
    [LOCK] = {"refund_lock", REFUND "WHERE ref = ? FOR UPDATE", READS(gateway_refund, refund_column)},
    [OF_INTENT] = {"refunds_of_intent", REFUND "WHERE intent_ref = ? ORDER BY id DESC LIMIT 100", READS(gateway_refund, refund_column)},
    [SINCE] = {"refunds_since", REFUND "WHERE created_at >= ? AND id < ? ORDER BY id DESC LIMIT ?", READS(gateway_refund, refund_column)},
    [SAVE] = {"refund_save", "UPDATE refund SET status = ?, failure_reason = ?, turns_to = '', turns_at = NULL WHERE ref = ?", NOTHING},
    [TURNING] = {"refunds_turning", REFUND "WHERE turns_at <= ? ORDER BY id LIMIT 100", READS(gateway_refund, refund_column)},
    [GONE] = {"money_gone", "SELECT CAST(IFNULL(SUM(amount_minor), 0) AS SIGNED) AS minor FROM money_back WHERE intent_ref = ?",
              READS(minor_row, minor_column)},
    [HELD] = {"refunds_held", "SELECT CAST(IFNULL(SUM(amount_minor), 0) AS SIGNED) AS minor FROM refund WHERE intent_ref = ? AND status = 'pending'",
              READS(minor_row, minor_column)},
    [BOOK] = {"money_back_insert", "INSERT INTO money_back (kind, object_ref, intent_ref, amount_minor, currency, own_key, booked_at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [AFTER] = {"money_back_after", MOVEMENT "WHERE id > ? ORDER BY id LIMIT 500", READS(movement, movement_column)},
    [NEWEST] = {"money_back_newest", MOVEMENT "ORDER BY id DESC LIMIT 500", READS(movement, movement_column)},
};

enum err prove_reversals(struct ctx *ctx, const char **message)
{
    for (size_t i = 0; i < COUNT_OF(statement); i++)
        TRY(ctx, db_prove(ctx, &statement[i], message));
    return OK;
}

/* ---- objects and their events ---- */

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

static json_t *refund_object(struct ctx *ctx, const struct gateway_refund *r)
{
    json_t *metadata = json_read(ctx, r->metadata, strlen(r->metadata));
    json_t *object = keep(ctx, json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:I}", "id", r->ref, "object", "refund", "amount",
                                         (json_int_t)r->amount_minor, "currency", r->currency, "status", r->status, "payment_intent",
                                         r->intent_ref, "charge", r->charge_ref, "created", (json_int_t)(r->created_at / CLOCK_SECOND)));

    if (r->failure_reason[0] != '\0')
        CHECK(json_object_set_new(object, "failure_reason", json_string(r->failure_reason)) == 0);
    CHECK(json_object_set_new(object, "metadata", metadata != NULL ? json_incref(metadata) : json_object()) == 0);
    return object;
}

static enum err gone_of(struct ctx *ctx, const char *intent_ref, int64_t *minor)
{
    struct minor_row row;

    TRY(ctx, db_row(ctx, &statement[GONE], PARAMS(P_TEXT(intent_ref)), &row));
    *minor = row.minor;
    return OK;
}

/* The event of the charge, whose refunded sum is what has gone by now. */
static enum err tell_charge(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_refund *r)
{
    struct gateway_intent intent;
    int64_t gone;
    json_t *charge;

    TRY(ctx, intent_record(ctx, r->intent_ref, &intent));
    TRY(ctx, gone_of(ctx, r->intent_ref, &gone));
    charge = keep(ctx, json_pack("{s:s, s:s, s:I, s:I, s:b, s:s, s:s, s:{}}", "id", r->charge_ref, "object", "charge", "amount",
                                 (json_int_t)intent.received_minor, "amount_refunded", (json_int_t)gone, "refunded",
                                 gone >= intent.received_minor, "currency", r->currency, "payment_intent", r->intent_ref, "metadata"));
    return record_event(ctx, sandbox, "charge.refunded", charge, FAULT_NONE);
}

static enum err book(struct ctx *ctx, const char *kind, const struct gateway_refund *r, int64_t amount_minor)
{
    return db_write(ctx, &statement[BOOK],
                    PARAMS(P_TEXT(kind), P_TEXT(r->ref), P_TEXT(r->intent_ref), P_I64(amount_minor), P_TEXT(r->currency), P_TEXT(r->own_key),
                           P_INSTANT(ctx->now)), NULL);
}

/* ---- the API ---- */

static enum err refuse(struct api_call *call, const char *code, const char *param, const char *message)
{
    return api_refuse(call, 400, code, param, message);
}

/* What the card makes of the refund; false after having refused or held. */
static enum err play_card(struct api_call *call, const struct gateway_intent *intent, struct gateway_refund *r, bool *goes)
{
    struct ctx *ctx = call->ctx;
    struct gateway_method method;
    const char *held = arena_printf(ctx->arena, "refund %s %.150s", intent->ref, call->key);
    bool played = false;

    *goes = true;
    TRY(ctx, method_record(ctx, intent->method_ref, &method));
    switch (card_refund_of(card_by_name(method.card))) {
    case CARD_REFUNDS: break;
    case CARD_REFUNDS_LATER:
        r->status = "pending";
        r->turns_to = "succeeded";
        break;
    case CARD_REFUNDS_THEN_FAILS: r->turns_to = "failed"; break;
    case CARD_REFUSES_REFUND:
        *goes = false;
        return refuse(call, "charge_not_refundable", "payment_intent", "The bank of this card takes no refund.");
    case CARD_REFUND_TIMEOUT_BEFORE:
        TRY(ctx, was_played(ctx, held, &played));
        if (!played) {
            *goes = false;
            call->held_fault = held;
        }
        break;
    case CARD_REFUND_TIMEOUT_AFTER: call->fault = FAULT_TIMEOUT_AFTER; break;
    }
    if (r->turns_to[0] != '\0')
        r->turns_at = ctx->now + call->sandbox->webhook_late_ms * 1000;
    return OK;
}

enum err create_refund(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    const char *intent_ref = api_param(call, "payment_intent");
    const char *typed = api_param(call, "amount");
    struct gateway_refund r = {.ref = new_ref(ctx->arena, "re_"), .status = "succeeded", .failure_reason = "", .turns_to = "",
                               .metadata = api_metadata(call, "metadata"), .created_at = ctx->now};
    struct gateway_intent intent;
    struct minor_row held;
    long long amount;
    int64_t gone, left;
    bool goes;
    enum err err;

    if (intent_ref[0] == '\0')
        return refuse(call, "parameter_missing", "payment_intent", "Missing required param: payment_intent.");
    err = lock_intent(ctx, intent_ref, &intent);
    if (err == ERR_NOT_FOUND)
        return refuse(call, "resource_missing", "payment_intent", "No such payment_intent.");
    if (err != OK)
        return err;
    if (intent.charge_ref[0] == '\0')
        return refuse(call, "", "payment_intent", "This PaymentIntent does not have a successful charge to refund.");
    TRY(ctx, gone_of(ctx, intent_ref, &gone));
    TRY(ctx, db_row(ctx, &statement[HELD], PARAMS(P_TEXT(intent_ref)), &held));
    left = intent.received_minor - gone - held.minor;
    if (left <= 0)
        return refuse(call, "charge_already_refunded", "payment_intent", "The charge has already been refunded.");
    amount = left;
    if (typed[0] != '\0' && !str_to_i64(typed, 1, INT64_MAX, &amount))
        return refuse(call, "parameter_invalid_integer", "amount", "Invalid positive integer");
    if (amount > left)
        return refuse(call, "", "amount", "The refund is greater than the unrefunded amount of the charge.");
    r.intent_ref = intent.ref;
    r.charge_ref = intent.charge_ref;
    r.amount_minor = amount;
    r.currency = intent.currency;
    r.own_key = metadata_value(ctx, r.metadata, "refund");
    TRY(ctx, play_card(call, &intent, &r, &goes));
    if (!goes)
        return OK;
    TRY(ctx, db_write(ctx, &statement[INSERT],
                      PARAMS(P_TEXT(r.ref), P_TEXT(r.intent_ref), P_TEXT(r.charge_ref), P_I64(r.amount_minor), P_TEXT(r.currency), P_TEXT(r.status),
                             P_TEXT(""), P_TEXT(r.metadata), P_TEXT(r.own_key), P_TEXT(r.turns_to), P_INSTANT(r.turns_at),
                             P_INSTANT(r.created_at)), NULL));
    if (strcmp(r.status, "succeeded") == 0)
        TRY(ctx, book(ctx, "refund", &r, r.amount_minor));
    TRY(ctx, record_event(ctx, call->sandbox, "refund.created", refund_object(ctx, &r), FAULT_NONE));
    if (strcmp(r.status, "succeeded") == 0)
        TRY(ctx, tell_charge(ctx, call->sandbox, &r));
    return api_answer(call, 200, refund_object(ctx, &r), true);
}

enum err show_refund(struct api_call *call)
{
    struct gateway_refund r;
    enum err err = db_row(call->ctx, &statement[BY_REF], PARAMS(P_TEXT(call->ref)), &r);

    if (err == ERR_NOT_FOUND)
        return api_refuse(call, 404, "resource_missing", "id", "No such refund.");
    return err == OK ? api_answer(call, 200, refund_object(call->ctx, &r), false) : err;
}

/* A page of all of them, newest first. */
static enum err list_refunds_since(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_refund after = {.id = INT64_MAX};
    struct gateway_refund *rows;
    struct api_page page;
    json_t **items;
    size_t count;

    if (!api_page(call, &page))
        return refuse(call, "parameter_invalid", "limit", "Not a page.");
    if (page.after[0] != '\0' && db_row(ctx, &statement[BY_REF], PARAMS(P_TEXT(page.after)), &after) != OK)
        return refuse(call, "resource_missing", "starting_after", "No such refund.");
    TRY(ctx, db_rows(ctx, &statement[SINCE], PARAMS(P_INSTANT(page.since_at), P_I64(after.id), P_I64((int64_t)page.limit + 1)), &rows, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = refund_object(ctx, &rows[i]);
    return api_answer(call, 200, list_page_object(ctx, "list", call->request->path, items, count > page.limit ? page.limit : count, count > page.limit), false);
}

enum err list_refunds(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_refund *rows;
    json_t **items;
    size_t count;

    if (api_param(call, "payment_intent")[0] == '\0')
        return list_refunds_since(call);
    TRY(ctx, db_rows(ctx, &statement[OF_INTENT], PARAMS(P_TEXT(api_param(call, "payment_intent"))), &rows, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = refund_object(ctx, &rows[i]);
    return api_answer(call, 200, list_object(ctx, "list", call->request->path, items, count), false);
}

/* ---- time ---- */

struct turning {
    const struct sandbox *sandbox;
    const char *ref;
};

static enum err turn(struct ctx *ctx, void *arg)
{
    struct turning *t = arg;
    struct gateway_refund r;
    struct gateway_intent intent;
    bool fails;

    TRY(ctx, db_row(ctx, &statement[LOCK], PARAMS(P_TEXT(t->ref)), &r));
    if (r.turns_to[0] == '\0')
        return OK;
    TRY(ctx, lock_intent(ctx, r.intent_ref, &intent));
    fails = strcmp(r.turns_to, "failed") == 0;
    if (fails)
        r.failure_reason = "expired_or_canceled_card";
    if (fails && strcmp(r.status, "succeeded") == 0)
        TRY(ctx, book(ctx, "refund_failed", &r, -r.amount_minor));
    if (!fails)
        TRY(ctx, book(ctx, "refund", &r, r.amount_minor));
    r.status = r.turns_to;
    TRY(ctx, db_write_one(ctx, &statement[SAVE], PARAMS(P_TEXT(r.status), P_TEXT(r.failure_reason), P_TEXT(r.ref))));
    TRY(ctx, record_event(ctx, t->sandbox, "refund.updated", refund_object(ctx, &r), FAULT_NONE));
    return fails ? record_event(ctx, t->sandbox, "refund.failed", refund_object(ctx, &r), FAULT_NONE) : tell_charge(ctx, t->sandbox, &r);
}

enum err turn_refunds(struct ctx *ctx, const struct sandbox *sandbox, int64_t until_at)
{
    struct gateway_refund *rows;
    size_t count;

    TRY(ctx, db_rows(ctx, &statement[TURNING], PARAMS(P_INSTANT(until_at)), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct turning t = {sandbox, rows[i].ref};

        TRY(ctx, db_transaction(ctx, turn, &t));
    }
    return OK;
}

/* ---- pages ---- */

static const char *kind_word(const char *kind)
{
    return strcmp(kind, "refund") == 0 ? tr("Refund") : strcmp(kind, "refund_failed") == 0 ? tr("Refund that came back")
           : strcmp(kind, "dispute") == 0 ? tr("Disputed") : tr("Won by the shop");
}

enum err page_money_back(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    HDF *hdf = hdf_new(ctx);
    struct movement *rows;
    size_t count;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, db_rows(ctx, &statement[NEWEST], NO_PARAMS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Rows", (int)i);
        char *code = arena_strdup(ctx->arena, rows[i].currency);

        for (char *p = code; *p != '\0'; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        hdf_text(row, "at", format_instant(ctx->arena, ctx->language, rows[i].booked_at, "Europe/Paris"));
        hdf_text(row, "kind", kind_word(rows[i].kind));
        hdf_text(row, "amount", format_money(ctx->arena, ctx->language, rows[i].amount_minor, code));
        hdf_text(row, "object", rows[i].object_ref);
        hdf_text(row, "intent", rows[i].intent_ref);
    }
    hdf_text(hdf, "Empty.text", tr("No money went back yet."));
    hdf_text(hdf, "Empty.href", "/sandbox/ledger");
    hdf_text(hdf, "Empty.action", tr("Money taken"));
    return show_listed(visit, hdf, "sandbox/money_back.cs", tr("Money back"));
}

enum err page_money_back_tsv(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct str *out = &visit->response->body;
    struct movement *rows;
    int64_t after = 0;
    size_t count = ROWS_MAX;

    visit->response->content_type = "text/tab-separated-values; charset=utf-8";
    str_append(out, "at\tkind\tobject\tintent\tamount_minor\tcurrency\tkey\n");
    TRY(ctx, db_ready(ctx));
    while (count == ROWS_MAX) {
        TRY(ctx, db_rows(ctx, &statement[AFTER], PARAMS(P_I64(after)), &rows, &count));
        for (size_t i = 0; i < count; i++)
            str_printf(out, "%s\t%s\t%s\t%s\t%lld\t%s\t%s\n", clock_format(ctx->arena, rows[i].booked_at), rows[i].kind, rows[i].object_ref,
                       rows[i].intent_ref, (long long)rows[i].amount_minor, rows[i].currency, rows[i].own_key);
        after = count > 0 ? rows[count - 1].id : after;
    }
    return OK;
}
