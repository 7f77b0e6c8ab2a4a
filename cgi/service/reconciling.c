#include "service/reconciling.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/reconciliation.h"
#include "gateway/stripe.h"
#include "service/disputing.h"
#include "service/paying.h"
#include "service/refunding.h"
#include "service/settling.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/reconciliation.h"
#include "store/refund.h"
#include "store/tenant.h"
#include "text/words.h"

#define DAY (INT64_C(86400) * CLOCK_SECOND)
#define WINDOW (10 * DAY)
#define MARGIN (2 * DAY) /* both lists reach back further by it: halves of one payment stand apart */
#define EVERY (20 * INT64_C(3600) * CLOCK_SECOND)
#define AGAIN_AFTER_RESTORE (10 * INT64_C(60) * CLOCK_SECOND)

enum { PAGES_MAX = 2000, TAKEN_PER_PAGE = 100 };

struct facts {
    struct money_fact *rows;
    size_t count;
};

/* ---- what each side says ---- */

static enum fact_state state_of(const char *name)
{
    enum attempt_state state = attempt_state_from_name(name);

    switch (state) {
    case ATTEMPT_SUCCEEDED:
    case ATTEMPT_REVERSED: /* taken, and given back: both sides know */
    case ATTEMPT_PARTLY_REVERSED: return FACT_TAKEN;
    case ATTEMPT_OPERATOR: return FACT_HELD;
    case ATTEMPT_DECLINED:
    case ATTEMPT_NOT_SENT: return FACT_NOT_TAKEN;
    case ATTEMPT_READY:
    case ATTEMPT_SENDING:
    case ATTEMPT_UNKNOWN:
    case ATTEMPT_PENDING:
    case ATTEMPT_ACTION: return FACT_UNRESOLVED;
    }
    return strcmp(name, "taken") == 0 ? FACT_TAKEN : FACT_HELD;
}

static struct facts facts_of(struct ctx *ctx, const struct money_row *rows, size_t count)
{
    struct facts facts = {ARENA_ARRAY(ctx->arena, struct money_fact, count + 1), count};

    for (size_t i = 0; i < count; i++)
        facts.rows[i] = (struct money_fact){.key = rows[i].fact_key, .ref = rows[i].ref, .note = rows[i].note, .customer_id = rows[i].customer_id,
            .attempt_id = rows[i].attempt_id, .amount_minor = rows[i].amount_minor, .currency = rows[i].currency,
            .state = state_of(rows[i].state), .at = rows[i].at};
    return facts;
}

typedef enum err read_rows(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count);

static enum err read_facts(struct ctx *ctx, read_rows *read, int64_t since_at, struct facts *facts)
{
    struct money_row *rows;
    size_t count;

    TRY(ctx, read(ctx, since_at, &rows, &count));
    *facts = facts_of(ctx, rows, count);
    return OK;
}

/* Every payment that the gateway took, page by page. What has no key of ours goes by its own name. */
static enum err read_gateway(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    struct stripe stripe = {ctx->tenant->gateway_base, ctx->tenant->gateway_key};
    const char *after = "";
    size_t room = TAKEN_PER_PAGE;
    int pages = 0;

    *facts = (struct facts){ARENA_ARRAY(ctx->arena, struct money_fact, room), 0};
    do {
        struct gateway_taken *rows;
        size_t count;

        if (++pages > PAGES_MAX)
            return FAIL(ctx, ERR_LIMIT, "more than %d pages of payments", PAGES_MAX);
        TRY(ctx, stripe_taken(ctx, &stripe, since_at, after, BATCH_BUDGET_MS, &rows, &count, &after));
        if (facts->count + count > room) {
            struct money_fact *more = ARENA_ARRAY(ctx->arena, struct money_fact, room = 2 * room + count);

            memcpy(more, facts->rows, facts->count * sizeof *more);
            facts->rows = more;
        }
        for (size_t i = 0; i < count; i++) {
            struct money_fact *fact = &facts->rows[facts->count++];

            *fact = (struct money_fact){.key = rows[i].attempt_key[0] != '\0' ? rows[i].attempt_key : rows[i].intent_ref, .ref = rows[i].intent_ref,
                .note = rows[i].description, .amount_minor = rows[i].amount_minor, .currency = rows[i].currency, .state = FACT_TAKEN,
                .at = rows[i].created_at, .customer_ref = rows[i].customer_ref};
        }
    } while (after[0] != '\0');
    return OK;
}

/* What went back, page by page: refunds by our key, else by their own name as disputes are. */
static enum err read_back(struct ctx *ctx, enum stripe_back what, int64_t since_at, struct facts *facts)
{
    struct stripe stripe = {ctx->tenant->gateway_base, ctx->tenant->gateway_key};
    const char *after = "";
    int pages = 0;

    *facts = (struct facts){ARENA_ARRAY(ctx->arena, struct money_fact, 1), 0};
    do {
        struct gateway_back *rows;
        struct money_fact *more;
        const char **intent_refs;
        int64_t *payers;
        size_t count;

        if (++pages > PAGES_MAX)
            return FAIL(ctx, ERR_LIMIT, "more than %d pages", PAGES_MAX);
        TRY(ctx, stripe_back(ctx, &stripe, what, since_at, after, BATCH_BUDGET_MS, &rows, &count, &after));
        more = ARENA_ARRAY(ctx->arena, struct money_fact, facts->count + count + 1);
        memcpy(more, facts->rows, facts->count * sizeof *more);
        facts->rows = more;
        intent_refs = ARENA_ARRAY(ctx->arena, const char *, count + 1);
        payers = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
        for (size_t i = 0; i < count; i++)
            intent_refs[i] = rows[i].intent_ref;
        if (count > 0)
            TRY(ctx, payers_of_intents(ctx, intent_refs, count, payers));
        for (size_t i = 0; i < count; i++) {
            if (payers[i] == 0 && !str_starts(rows[i].refund_key, arena_printf(ctx->arena, "%s-", ctx->tenant->name))) /* another shop's */
                continue;
            facts->rows[facts->count++] = (struct money_fact){.key = rows[i].refund_key[0] != '\0' ? rows[i].refund_key : rows[i].ref, .ref = rows[i].ref,
                .note = rows[i].note, .customer_id = payers[i], .amount_minor = rows[i].amount_minor, .currency = rows[i].currency,
                .state = FACT_TAKEN, .at = rows[i].created_at};
        }
    } while (after[0] != '\0');
    return OK;
}

static enum err read_gateway_refunds(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_back(ctx, STRIPE_REFUNDS, since_at, facts);
}

static enum err read_gateway_disputes(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_back(ctx, STRIPE_DISPUTES, since_at, facts);
}

/* ---- the sources ---- */

static enum err read_bank(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_facts(ctx, bank_money_since, since_at, facts);
}

static enum err read_debits(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_facts(ctx, debits_credited_since, since_at, facts);
}

static enum err read_refunds_made(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_facts(ctx, refunds_made_since, since_at, facts);
}

static enum err read_payments(struct ctx *ctx, int64_t since_at, struct facts *facts)
{
    return read_facts(ctx, payments_since, since_at, facts);
}

/* A further source is a further row: what the other side says and what we say, by the same key. */
static const struct source {
    const char *name; /* as stored */
    bool of_gateway;  /* nothing to compare without one */
    enum err (*theirs)(struct ctx *ctx, int64_t since_at, struct facts *facts);
    read_rows *ours;
    enum err (*tell)(struct ctx *ctx, const char *ref, int64_t budget_ms); /* the house learns of one of theirs as from its event; NULL: see settle_difference */
} source[] = {
    {"charge", true, read_gateway, card_attempts_since, NULL},
    {"refund", true, read_gateway_refunds, card_refunds_since, take_refund_event},
    {"dispute", true, read_gateway_disputes, disputes_since, take_dispute_event},
    {"bank", false, read_bank, bank_payments_since, NULL},
    {"debit", false, read_debits, debits_paid_since, NULL},
    {"books", false, read_payments, booked_payments_since, NULL},
    {"refund_books", false, read_refunds_made, booked_refunds_since, NULL},
};

static enum err compare(struct ctx *ctx, const struct source *s, int64_t from_at, struct facts *theirs, struct money_difference **rows,
                        size_t *count)
{
    struct facts ours;

    TRY(ctx, s->theirs(ctx, from_at - MARGIN, theirs));
    TRY(ctx, read_facts(ctx, s->ours, from_at - 2 * MARGIN, &ours)); /* an attempt is older than its payment */
    *rows = money_differences(ctx->arena, ours.rows, ours.count, theirs->rows, theirs->count, from_at, count);
    return OK;
}

/* ---- settling what can be settled ---- */

struct adopting {
    const char *key;
    const char *intent_ref;
    int64_t invoice_id;
    int64_t customer_id; /* 0: whoever's the invoice is */
    int64_t amount_minor;
    const char *currency;
    int64_t attempt_id;
    enum decide_refusal refusal;
};

/* An attempt of ours that we do not have any more, as it stood when the gateway took it: PENDING, so that it is only
 * ever asked about, never sent. */
static enum err adopt(struct ctx *ctx, void *arg)
{
    struct adopting *a = arg;
    struct payable payable = {.invoice_id = a->invoice_id, .amount_minor = a->amount_minor, .currency = a->currency};
    struct attempt attempt = {.attempt_key = a->key, .kind = "off_session", .amount_minor = a->amount_minor, .currency = a->currency,
        .request_path = "/v1/payment_intents", .request_body = "", .session_ref = "", .intent_ref = a->intent_ref, .redirect_url = "",
        .decline_code = "", .message = ""};
    struct receivable receivable;
    struct attempt live;
    struct invoice invoice;
    int32_t count;
    enum err err;

    TRY(ctx, invoice_by_id(ctx, a->invoice_id, &invoice));
    payable.customer_id = invoice.customer_id;
    TRY(ctx, ensure_payable(ctx, &payable));
    TRY(ctx, lock_receivable(ctx, a->invoice_id, &receivable));
    a->refusal = DECIDE_NOT_OPEN;
    if (receivable.open_minor != a->amount_minor || strcmp(receivable.currency, a->currency) != 0 ||
        (a->customer_id != 0 && a->customer_id != invoice.customer_id))
        return OK;
    a->refusal = DECIDE_IN_PROGRESS;
    err = live_attempt(ctx, payable.id, &live);
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, attempt_count(ctx, payable.id, &count));
    attempt.payable_id = payable.id;
    attempt.number = count + 1;
    attempt.next_check_at = ctx->now + ATTEMPT_LEASE;
    err = insert_attempt(ctx, &attempt);
    if (err == ERR_DUPLICATE) /* somebody else was faster */
        return OK;
    if (err != OK)
        return err;
    CHECK(attempt_next(ATTEMPT_READY, ATTEMPT_PICKED, &attempt.state) == ATTEMPT_MOVES);
    TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_PICKED), "found at the gateway"));
    CHECK(attempt_next(ATTEMPT_SENDING, ATTEMPT_PROCESSES, &attempt.state) == ATTEMPT_MOVES);
    TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_SENDING, attempt_event_name(ATTEMPT_PROCESSES), "found at the gateway"));
    a->attempt_id = attempt.id;
    a->refusal = DECIDE_NOT_REFUSED;
    return OK;
}

/* The invoice whose number ends the gateway's words for the payment; ERR_NOT_FOUND. */
static enum err invoice_of_note(struct ctx *ctx, const char *note, struct invoice *invoice)
{
    const char *blank = strrchr(note, ' ');

    return invoice_by_number(ctx, blank != NULL ? blank + 1 : note, invoice);
}

/* A payment under a key of ours that our database lost: its invoice takes it when the sum and the customer fit. */
static enum err adopt_lost(struct ctx *ctx, const struct money_fact *theirs, int64_t *attempt_id)
{
    struct adopting a = {.key = theirs->key, .intent_ref = theirs->ref, .customer_id = theirs->customer_id, .amount_minor = theirs->amount_minor,
                         .currency = theirs->currency};
    struct invoice invoice;
    enum err err;

    *attempt_id = 0;
    if (theirs->customer_id == 0 || !str_starts(theirs->key, arena_printf(ctx->arena, "%s-", ctx->tenant->name)))
        return OK;
    err = invoice_of_note(ctx, theirs->note, &invoice);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    a.invoice_id = invoice.id;
    TRY(ctx, db_transaction(ctx, adopt, &a));
    *attempt_id = a.attempt_id;
    return OK;
}

/* True in *settled when the difference is one no more. */
static enum err settle_difference(struct ctx *ctx, const struct money_difference *d, bool *settled)
{
    int64_t attempt_id = d->ours != NULL ? d->ours->attempt_id : 0;
    enum attempt_state state;
    enum err err;

    *settled = false;
    if (d->cause == DIFFERENCE_MISSING_HERE)
        TRY(ctx, adopt_lost(ctx, d->theirs, &attempt_id));
    else if (d->cause != DIFFERENCE_STATE)
        return OK;
    if (attempt_id == 0)
        return OK;
    err = ask_about_attempt(ctx, attempt_id, BATCH_BUDGET_MS, &state);
    if (err == ERR_HELD) { /* its order would need a number: when the house is back to normal */
        ctx_forget_error(ctx);
        return OK;
    }
    *settled = err == OK && (state == ATTEMPT_SUCCEEDED || state == ATTEMPT_OPERATOR);
    return err;
}

/* ---- noting ---- */

static enum err note(struct ctx *ctx, const struct source *s, const struct money_difference *d, bool *open)
{
    const struct money_fact *fact = d->theirs != NULL ? d->theirs : d->ours;
    struct difference_row row = {.source = s->name, .fact_key = fact->key, .cause = difference_cause_name(d->cause), .ref = fact->ref, .note = str_cut(ctx->arena, fact->note, 250),
        .customer_id = fact->customer_id != 0 || d->ours == NULL ? fact->customer_id : d->ours->customer_id,
        .attempt_id = d->ours != NULL ? d->ours->attempt_id : 0, .ours_currency = "", .theirs_currency = "", .happened_at = fact->at};

    if (d->ours != NULL) {
        row.ours_minor = d->ours->amount_minor;
        row.ours_currency = d->ours->currency;
    }
    if (d->theirs != NULL) {
        row.theirs_minor = d->theirs->amount_minor;
        row.theirs_currency = d->theirs->currency;
    }
    return see_difference(ctx, &row, open);
}

/* Events that never came are made up for: each is asked about by name, and settled by the one function that settles it. */
static enum err tell_all(struct ctx *ctx, const struct source *s, const struct money_difference *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *ref = rows[i].theirs != NULL ? rows[i].theirs->ref : rows[i].ours->ref;

        ctx->now = clock_now();
        if (ref[0] != '\0')
            TRY(ctx, s->tell(ctx, ref, BATCH_BUDGET_MS));
    }
    return OK;
}

/* Whose a difference is. What agrees, nearly everything, is nobody's question. */
static enum err know_customer(struct ctx *ctx, struct facts *theirs, const struct money_difference *d)
{
    struct money_fact *fact = d->theirs != NULL ? &theirs->rows[d->theirs - theirs->rows] : NULL;

    if (fact == NULL || fact->customer_ref == NULL)
        return OK;
    return customer_of_gateway(ctx, fact->customer_ref, &fact->customer_id);
}

static enum err run_source(struct ctx *ctx, const struct source *s, int64_t from_at, struct reconciling *state)
{
    int64_t began_at = ctx->now = clock_now();
    struct money_difference *rows;
    struct facts theirs;
    size_t count;
    int64_t gone;

    TRY(ctx, compare(ctx, s, from_at, &theirs, &rows, &count));
    if (s->tell != NULL && count > 0) {
        size_t before = count;

        TRY(ctx, tell_all(ctx, s, rows, count));
        TRY(ctx, compare(ctx, s, from_at, &theirs, &rows, &count));
        state->settled += before > count ? (int32_t)(before - count) : 0;
    }
    state->facts += (int32_t)theirs.count;
    for (size_t i = 0; i < count; i++) {
        bool settled = false;
        bool open = false;

        ctx->now = clock_now();
        TRY(ctx, know_customer(ctx, &theirs, &rows[i]));
        if (s->of_gateway && s->tell == NULL)
            TRY(ctx, settle_difference(ctx, &rows[i], &settled));
        if (settled)
            state->settled++;
        else
            TRY(ctx, note(ctx, s, &rows[i], &open));
        state->open += open;
    }
    ctx->now = clock_now();
    TRY(ctx, close_unseen_differences(ctx, s->name, began_at, from_at, &gone));
    state->gone += (int32_t)gone;
    return OK;
}

enum err reconcile_money(struct ctx *run, struct reconciling *state)
{
    struct ctx item = *run;
    int64_t from_at;
    enum err first = db_ready(run);
    bool whole = true;

    *state = (struct reconciling){.facts = 0};
    if (first != OK)
        return first;
    item.arena = arena_new();
    first = oldest_difference_at(&item, &from_at);
    if (from_at == 0 || from_at > item.now - WINDOW)
        from_at = item.now - WINDOW;
    for (size_t i = 0; first == OK && i < COUNT_OF(source); i++) {
        enum err err = OK;

        arena_reset(item.arena);
        if (!source[i].of_gateway || item.tenant->gateway_base[0] != '\0')
            err = run_source(&item, &source[i], from_at, state);
        if (err == ERR_GATEWAY || err == ERR_LIMIT) { /* the others are compared all the same */
            log_trail(&item, "reconcile.incomplete");
            ctx_forget_error(&item);
            whole = false;
            err = OK;
        }
        first = err;
    }
    if (first == OK && whole)
        first = save_reconciled_at(&item, clock_now());
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return first == OK && !whole ? FAIL(run, ERR_GATEWAY, "the gateway did not tell everything") : first;
}

enum err reconciling_is_due(struct ctx *ctx, bool *due)
{
    struct restored_house house;

    TRY(ctx, restored_house(ctx, &house));
    *due = house.reconciled_at == 0 || ctx->now - house.reconciled_at > EVERY || house.reconciled_at < house.restored_at ||
           (house.restored_at != 0 && ctx->now - house.reconciled_at > AGAIN_AFTER_RESTORE);
    return OK;
}

/* ---- a person's decisions ---- */

const char *decide_refusal_text(enum decide_refusal refusal)
{
    switch (refusal) {
    case DECIDE_NOT_REFUSED: return "";
    case DECIDE_DONE_BEFORE: return N_("Somebody has dealt with it already.");
    case DECIDE_NO_ANSWER: return N_("The gateway says nothing new about it.");
    case DECIDE_NO_INVOICE: return N_("No invoice has this number.");
    case DECIDE_NOT_OPEN: return N_("This very sum is not open on this invoice, or it is another customer's.");
    case DECIDE_IN_PROGRESS: return N_("This invoice is being paid in another way.");
    }
    return "";
}

struct ending {
    struct deciding *deciding;
    const char *resolution;
    const struct once *once;
};

static enum err end_difference(struct ctx *ctx, void *arg)
{
    struct ending *ending = arg;
    enum err err = resolve_difference(ctx, ending->deciding->id, ending->resolution);

    if (err == ERR_CONFLICT) {
        ending->deciding->refusal = DECIDE_DONE_BEFORE;
        return OK;
    }
    if (err != OK)
        return err;
    ending->deciding->refusal = DECIDE_NOT_REFUSED;
    return spend_once(ctx, ending->once, "", &ending->deciding->url);
}

static enum err finish(struct ctx *ctx, struct deciding *deciding, const char *resolution, const struct once *once)
{
    struct ending ending = {deciding, resolution, once};

    return db_transaction(ctx, end_difference, &ending);
}

static enum err open_one(struct ctx *ctx, struct deciding *deciding, struct difference_row *row)
{
    TRY(ctx, db_ready(ctx));
    TRY(ctx, difference_by_id(ctx, deciding->id, row));
    deciding->refusal = row->resolved_at != 0 ? DECIDE_DONE_BEFORE : DECIDE_NOT_REFUSED;
    return OK;
}

enum err set_difference_aside(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;

    TRY(ctx, open_one(ctx, deciding, &row));
    return deciding->refusal != DECIDE_NOT_REFUSED ? OK : finish(ctx, deciding, "person", once);
}

enum err ask_about_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;
    enum attempt_state state;

    TRY(ctx, open_one(ctx, deciding, &row));
    if (deciding->refusal != DECIDE_NOT_REFUSED)
        return OK;
    deciding->refusal = DECIDE_NO_ANSWER;
    if (row.attempt_id == 0 || strcmp(row.source, "charge") != 0)
        return OK;
    TRY(ctx, ask_about_attempt(ctx, row.attempt_id, WEB_BUDGET_MS, &state));
    if (state != ATTEMPT_SUCCEEDED && state != ATTEMPT_OPERATOR)
        return OK;
    return finish(ctx, deciding, "booked", once);
}

enum err book_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;
    struct adopting a;
    struct invoice invoice;
    enum attempt_state state;
    enum err err;

    TRY(ctx, open_one(ctx, deciding, &row));
    if (deciding->refusal != DECIDE_NOT_REFUSED)
        return OK;
    err = invoice_by_number(ctx, deciding->invoice_number, &invoice);
    if (err == ERR_NOT_FOUND) {
        deciding->refusal = DECIDE_NO_INVOICE;
        return OK;
    }
    if (err != OK)
        return err;
    if (row.attempt_id != 0 || strcmp(row.source, "charge") != 0) { /* its page offers no such thing */
        deciding->refusal = DECIDE_NO_ANSWER;
        return OK;
    }
    a = (struct adopting){.key = row.fact_key, .intent_ref = row.ref, .invoice_id = invoice.id, .customer_id = row.customer_id,
                          .amount_minor = row.theirs_minor, .currency = row.theirs_currency};
    TRY(ctx, db_transaction(ctx, adopt, &a));
    deciding->refusal = a.refusal;
    if (a.refusal != DECIDE_NOT_REFUSED)
        return OK;
    TRY(ctx, ask_about_attempt(ctx, a.attempt_id, WEB_BUDGET_MS, &state));
    if (state != ATTEMPT_SUCCEEDED && state != ATTEMPT_OPERATOR) { /* it is ours now: the batch asks again */
        deciding->refusal = DECIDE_NO_ANSWER;
        return OK;
    }
    return finish(ctx, deciding, "booked", once);
}
