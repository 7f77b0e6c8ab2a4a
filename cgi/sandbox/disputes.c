/* disputes: cardholders who take a charge back: opened and decided on a page, told as the gateway tells it. */
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/records.h"
#include "sandbox/reversals.h"
#include "store/db.h"
#include "store/db_prove.h"
#include "text/format.h"
#include "text/words.h"
#include "web/csrf.h"

#define ANSWER_TIME (7 * 24 * 3600 * CLOCK_SECOND)

struct gateway_case {
    int64_t id;
    const char *ref;
    const char *intent_ref;
    const char *charge_ref;
    int64_t amount_minor;
    const char *currency;
    const char *status;
    int64_t due_by;
    int64_t created_at;
};
static const struct column case_column[] = {
    COLUMN(I64, gateway_case, id), COLUMN(TEXT, gateway_case, ref), COLUMN(TEXT, gateway_case, intent_ref), COLUMN(TEXT, gateway_case, charge_ref),
    COLUMN(I64, gateway_case, amount_minor), COLUMN(TEXT, gateway_case, currency), COLUMN(TEXT, gateway_case, status),
    COLUMN(INSTANT, gateway_case, due_by), COLUMN(INSTANT, gateway_case, created_at),
};
#define CASE "SELECT id, ref, intent_ref, charge_ref, amount_minor, currency, status, due_by, created_at FROM dispute "

struct left_row {
    int64_t minor;
};
static const struct column left_column[] = {COLUMN(I64, left_row, minor)};

enum { INSERT, BY_REF, LOCK, SAVE, NEWEST, SINCE, LEFT, BOOK };

static const struct statement statement[] = {
    [INSERT] = {"dispute_insert", "INSERT INTO dispute (ref, intent_ref, charge_ref, amount_minor, currency, status, due_by, created_at) "
                "VALUES (?, ?, ?, ?, ?, 'needs_response', ?, ?)", NOTHING},
    [BY_REF] = {"dispute_by_ref", CASE "WHERE ref = ?", READS(gateway_case, case_column)},
    [LOCK] = {"dispute_lock", CASE "WHERE ref = ? FOR UPDATE", READS(gateway_case, case_column)},
    [SAVE] = {"dispute_save", "UPDATE dispute SET status = ? WHERE ref = ?", NOTHING},
    [NEWEST] = {"disputes_newest", CASE "ORDER BY id DESC LIMIT 100", READS(gateway_case, case_column)},
    [SINCE] = {"disputes_since", CASE "WHERE created_at >= ? AND id < ? ORDER BY id DESC LIMIT ?", READS(gateway_case, case_column)},
    [LEFT] = {"dispute_left", "SELECT CAST(l.amount_minor - IFNULL((SELECT SUM(m.amount_minor) FROM money_back m WHERE m.intent_ref = l.intent_ref), 0) - "
              "IFNULL((SELECT SUM(r.amount_minor) FROM refund r WHERE r.intent_ref = l.intent_ref AND r.status = 'pending'), 0) AS SIGNED) AS minor "
              "FROM ledger l WHERE l.intent_ref = ?", READS(left_row, left_column)},
    [BOOK] = {"dispute_book", "INSERT INTO money_back (kind, object_ref, intent_ref, amount_minor, currency, own_key, booked_at) "
              "VALUES (?, ?, ?, ?, ?, '', ?)", NOTHING},
};

enum err prove_disputes(struct ctx *ctx, const char **message)
{
    for (size_t i = 0; i < COUNT_OF(statement); i++)
        TRY(ctx, db_prove(ctx, &statement[i], message));
    return OK;
}

static void release(void *handle)
{
    json_decref(handle);
}

static json_t *case_object(struct ctx *ctx, const struct gateway_case *c)
{
    json_t *moves = strcmp(c->status, "won") == 0
        ? json_pack("[{s:I}, {s:I}]", "amount", -(json_int_t)c->amount_minor, "amount", (json_int_t)c->amount_minor)
        : json_pack("[{s:I}]", "amount", -(json_int_t)c->amount_minor);
    json_t *object = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:{s:I}, s:o, s:{}}", "id", c->ref, "object", "dispute", "amount",
                               (json_int_t)c->amount_minor, "currency", c->currency, "status", c->status, "reason", "fraudulent", "charge", c->charge_ref,
                               "payment_intent", c->intent_ref, "created", (json_int_t)(c->created_at / CLOCK_SECOND), "evidence_details", "due_by",
                               (json_int_t)(c->due_by / CLOCK_SECOND), "balance_transactions", moves, "metadata");

    CHECK(object != NULL);
    arena_cleanup(ctx->arena, release, object);
    return object;
}

enum err show_dispute(struct api_call *call)
{
    struct gateway_case c;
    enum err err = db_row(call->ctx, &statement[BY_REF], PARAMS(P_TEXT(call->ref)), &c);

    if (err == ERR_NOT_FOUND)
        return api_refuse(call, 404, "resource_missing", "id", "No such dispute.");
    return err == OK ? api_answer(call, 200, case_object(call->ctx, &c), false) : err;
}

/* A page of all of them, newest first. */
enum err list_disputes(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    struct gateway_case after = {.id = INT64_MAX};
    struct gateway_case *rows;
    struct api_page page;
    json_t **items;
    size_t count;

    if (!api_page(call, &page))
        return api_refuse(call, 400, "parameter_invalid", "limit", "Not a page.");
    if (page.after[0] != '\0' && db_row(ctx, &statement[BY_REF], PARAMS(P_TEXT(page.after)), &after) != OK)
        return api_refuse(call, 400, "resource_missing", "starting_after", "No such dispute.");
    TRY(ctx, db_rows(ctx, &statement[SINCE], PARAMS(P_INSTANT(page.since_at), P_I64(after.id), P_I64((int64_t)page.limit + 1)), &rows, &count));
    items = ARENA_ARRAY(ctx->arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = case_object(ctx, &rows[i]);
    return api_answer(call, 200, list_page_object(ctx, "list", call->request->path, items, count > page.limit ? page.limit : count, count > page.limit), false);
}

struct acting {
    const struct sandbox *sandbox;
    const char *intent_ref; /* opens */
    const char *ref;        /* decides */
    const char *status;
};

static enum err book(struct ctx *ctx, const char *kind, const struct gateway_case *c, int64_t amount_minor)
{
    return db_write(ctx, &statement[BOOK],
                    PARAMS(P_TEXT(kind), P_TEXT(c->ref), P_TEXT(c->intent_ref), P_I64(amount_minor), P_TEXT(c->currency), P_INSTANT(ctx->now)), NULL);
}

/* Everything that is left of the charge is taken back. */
static enum err open_case(struct ctx *ctx, void *arg)
{
    const struct acting *a = arg;
    struct gateway_case c = {.ref = new_ref(ctx->arena, "du_"), .status = "needs_response", .due_by = ctx->now + ANSWER_TIME, .created_at = ctx->now};
    struct gateway_intent intent;
    struct left_row left;

    TRY(ctx, lock_intent(ctx, a->intent_ref, &intent));
    TRY(ctx, db_row(ctx, &statement[LEFT], PARAMS(P_TEXT(intent.ref)), &left));
    if (left.minor <= 0)
        return ERR_NOT_FOUND;
    c.intent_ref = intent.ref;
    c.charge_ref = intent.charge_ref;
    c.amount_minor = left.minor;
    c.currency = intent.currency;
    TRY(ctx, db_write(ctx, &statement[INSERT],
                      PARAMS(P_TEXT(c.ref), P_TEXT(c.intent_ref), P_TEXT(c.charge_ref), P_I64(c.amount_minor), P_TEXT(c.currency), P_INSTANT(c.due_by),
                             P_INSTANT(c.created_at)), NULL));
    TRY(ctx, book(ctx, "dispute", &c, c.amount_minor));
    TRY(ctx, record_event(ctx, a->sandbox, "charge.dispute.created", case_object(ctx, &c), FAULT_NONE));
    return record_event(ctx, a->sandbox, "charge.dispute.funds_withdrawn", case_object(ctx, &c), FAULT_NONE);
}

static enum err decide(struct ctx *ctx, void *arg)
{
    const struct acting *a = arg;
    struct gateway_case c;
    bool won = strcmp(a->status, "won") == 0;

    TRY(ctx, db_row(ctx, &statement[LOCK], PARAMS(P_TEXT(a->ref)), &c));
    if (strcmp(c.status, "needs_response") != 0)
        return OK;
    c.status = won ? "won" : "lost";
    TRY(ctx, db_write_one(ctx, &statement[SAVE], PARAMS(P_TEXT(c.status), P_TEXT(c.ref))));
    if (won) {
        TRY(ctx, book(ctx, "dispute_won", &c, -c.amount_minor));
        TRY(ctx, record_event(ctx, a->sandbox, "charge.dispute.funds_reinstated", case_object(ctx, &c), FAULT_NONE));
    }
    return record_event(ctx, a->sandbox, "charge.dispute.closed", case_object(ctx, &c), FAULT_NONE);
}

/* ---- the page ---- */

enum err page_disputes(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    HDF *hdf = hdf_new(ctx);
    struct gateway_case *cases;
    size_t count;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, db_rows(ctx, &statement[NEWEST], NO_PARAMS, &cases, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Rows", (int)i);
        char *code = arena_strdup(ctx->arena, cases[i].currency);
        bool open = strcmp(cases[i].status, "needs_response") == 0;

        for (char *p = code; *p != '\0'; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        hdf_text(row, "ref", cases[i].ref);
        hdf_text(row, "intent", cases[i].intent_ref);
        hdf_text(row, "amount", format_money(ctx->arena, ctx->language, cases[i].amount_minor, code));
        hdf_text(row, "kind", open ? "warn" : strcmp(cases[i].status, "won") == 0 ? "ok" : "bad");
        hdf_text(row, "label", open ? tr("Disputed") : strcmp(cases[i].status, "won") == 0 ? tr("Won by the shop") : tr("Lost by the shop"));
        hdf_flag(row, "open", open);
    }
    put_csrf(visit, hdf, "dispute");
    return show_listed(visit, hdf, "sandbox/disputes.cs", tr("Disputes"));
}

/* Fields intent: opens; dispute and status: decides. A test sends them without csrf, as to deliver. */
enum err page_disputes_post(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct acting a = {.sandbox = visit->sandbox};
    struct pairs pairs;
    const char *csrf;
    enum err err;

    if (!pairs_parse(ctx->arena, visit->request->body, visit->request->body_bytes, 10, &pairs))
        return show_message(visit, 400, tr("The request could not be read"), tr("Please go back and try again."), NULL, NULL);
    csrf = pair_value(&pairs, "csrf");
    if (!csrf_origin_ok(visit->request, visit->sandbox->site_base) || (csrf != NULL && !csrf_fits(visit, "dispute", csrf)))
        return show_message(visit, 403, tr("This form is no longer valid"), tr("Please go back and try again."), "/sandbox/disputes", tr("Disputes"));
    a.intent_ref = pair_value(&pairs, "intent");
    a.ref = pair_value(&pairs, "dispute");
    a.status = pair_value(&pairs, "status");
    TRY(ctx, db_ready(ctx));
    if (a.intent_ref != NULL)
        err = db_transaction(ctx, open_case, &a);
    else
        err = a.ref != NULL && a.status != NULL ? db_transaction(ctx, decide, &a) : ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND || err == ERR_DUPLICATE) {
        ctx_forget_error(ctx);
        return show_message(visit, 422, tr("Disputes"), tr("No charge with this reference can be disputed."), "/sandbox/disputes", tr("Disputes"));
    }
    if (err != OK)
        return err;
    respond_see(visit->response, "/sandbox/disputes");
    return OK;
}
