#include "service/reconciling.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/reconciliation.h"
#include "gateway/stripe.h"
#include "service/disputing.h"
#include "service/gateway_request.h"
#include "service/paying.h"
#include "service/refunding.h"
#include "service/settling.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
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

#define NO_KIND SIZE_MAX

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
    struct stripe stripe = house_gateway(ctx);
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

/* What went back, page by page: refunds by our key, else by their own name as disputes are. Also what is another shop's at
 * the same gateway: see drop_foreign. */
static enum err read_back(struct ctx *ctx, enum stripe_back what, int64_t since_at, struct facts *facts)
{
    struct stripe stripe = house_gateway(ctx);
    const char *after = "";
    int pages = 0;

    *facts = (struct facts){ARENA_ARRAY(ctx->arena, struct money_fact, 1), 0};
    do {
        struct gateway_back *rows;
        struct money_fact *more;
        size_t count;

        if (++pages > PAGES_MAX)
            return FAIL(ctx, ERR_LIMIT, "more than %d pages", PAGES_MAX);
        TRY(ctx, stripe_back(ctx, &stripe, what, since_at, after, BATCH_BUDGET_MS, &rows, &count, &after));
        more = ARENA_ARRAY(ctx->arena, struct money_fact, facts->count + count + 1);
        memcpy(more, facts->rows, facts->count * sizeof *more);
        facts->rows = more;
        for (size_t i = 0; i < count; i++)
            facts->rows[facts->count++] = (struct money_fact){.key = rows[i].refund_key[0] != '\0' ? rows[i].refund_key : rows[i].ref, .ref = rows[i].ref,
                .note = rows[i].note, .payment_ref = rows[i].intent_ref, .amount_minor = rows[i].amount_minor, .currency = rows[i].currency,
                .state = FACT_TAKEN, .at = rows[i].created_at};
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
    size_t kind; /* offset of its flag in struct money_kinds: unset, our side has nothing to say; NO_KIND: it always may */
    enum err (*tell)(struct ctx *ctx, const char *ref, int64_t budget_ms); /* the house learns of one of theirs as from its event; NULL: see settle_difference */
} source[] = {
    {"charge", true, read_gateway, card_attempts_since, NO_KIND, NULL},
    {"refund", true, read_gateway_refunds, card_refunds_since, offsetof(struct money_kinds, refunds), take_refund_event},
    {"dispute", true, read_gateway_disputes, disputes_since, offsetof(struct money_kinds, disputes), take_dispute_event},
    {"bank", false, read_bank, bank_payments_since, offsetof(struct money_kinds, bank), NULL},
    {"debit", false, read_debits, debits_paid_since, offsetof(struct money_kinds, debits), NULL},
    {"books", false, read_payments, booked_payments_since, NO_KIND, NULL},
    {"refund_books", false, read_refunds_made, booked_refunds_since, offsetof(struct money_kinds, refunds_booked), NULL},
};

struct comparing {
    int64_t began_at;
    int64_t from_at[COUNT_OF(source)];
    bool whole[COUNT_OF(source)];  /* it told everything */
    bool incomplete;               /* one of the gateway's did not */
    struct money_kinds kinds;
    struct open_difference *known; /* those that were open before, by source, key and cause */
    bool *seen;                    /* of them, those that are there still */
    size_t known_count;
    struct reconciling *state;
};

static bool may_say(const struct comparing *c, const struct source *s)
{
    return s->kind == NO_KIND || *(const bool *)((const char *)&c->kinds + s->kind);
}

/* Refunds and disputes at the same gateway may be another shop's: what stands there alone is ours when its payment or its
 * key is. What agrees, nearly everything, is nobody's question. */
static enum err drop_foreign(struct ctx *ctx, const struct facts *theirs, struct money_difference *rows, size_t *count)
{
    const char *prefix = arena_printf(ctx->arena, "%s-", ctx->tenant->name);
    const char **refs = ARENA_ARRAY(ctx->arena, const char *, *count + 1);
    int64_t *payers = ARENA_ARRAY(ctx->arena, int64_t, *count + 1);
    size_t alone = 0;
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++)
        if (rows[i].ours == NULL)
            refs[alone++] = rows[i].theirs->payment_ref;
    if (alone == 0)
        return OK;
    TRY(ctx, payers_of_intents(ctx, refs, alone, payers));
    alone = 0;
    for (size_t i = 0; i < *count; i++) {
        int64_t payer = rows[i].ours == NULL ? payers[alone++] : 0;

        if (rows[i].ours == NULL) {
            theirs->rows[rows[i].theirs - theirs->rows].customer_id = payer;
            if (payer == 0 && !str_starts(rows[i].theirs->key, prefix))
                continue;
        }
        rows[kept++] = rows[i];
    }
    *count = kept;
    return OK;
}

static enum err compare(struct ctx *ctx, const struct comparing *c, const struct source *s, struct facts *theirs, struct money_difference **rows, size_t *count)
{
    struct facts ours = {ARENA_ARRAY(ctx->arena, struct money_fact, 1), 0};
    int64_t from_at = c->from_at[s - source];

    TRY(ctx, s->theirs(ctx, from_at - MARGIN, theirs));
    if (may_say(c, s))
        TRY(ctx, read_facts(ctx, s->ours, from_at - 2 * MARGIN, &ours)); /* an attempt is older than its payment */
    *rows = money_differences(ctx->arena, ours.rows, ours.count, theirs->rows, theirs->count, from_at, count);
    return s->of_gateway && s->tell != NULL ? drop_foreign(ctx, theirs, *rows, count) : OK;
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

static int by_key(const void *a, const void *b)
{
    const struct open_difference *x = a;
    const struct open_difference *y = b;
    int order = strcmp(x->source, y->source);

    if (order == 0)
        order = strcmp(x->fact_key, y->fact_key);
    return order != 0 ? order : strcmp(x->cause, y->cause);
}

/* One that was open before is seen again with all the others; only what is new is written by itself. */
static enum err note(struct ctx *ctx, struct comparing *c, const struct source *s, const struct money_difference *d)
{
    const struct money_fact *fact = d->theirs != NULL ? d->theirs : d->ours;
    struct difference_row row = {.source = s->name, .fact_key = fact->key, .cause = difference_cause_name(d->cause), .ref = fact->ref, .note = str_cut(ctx->arena, fact->note, 250),
        .customer_id = fact->customer_id != 0 || d->ours == NULL ? fact->customer_id : d->ours->customer_id,
        .attempt_id = d->ours != NULL ? d->ours->attempt_id : 0, .ours_currency = "", .theirs_currency = "", .happened_at = fact->at};
    const struct open_difference wanted = {.source = row.source, .fact_key = row.fact_key, .cause = row.cause};
    const struct open_difference *known = bsearch(&wanted, c->known, c->known_count, sizeof wanted, by_key);
    bool open;

    if (known != NULL) {
        c->seen[known - c->known] = true;
        return OK;
    }
    if (d->ours != NULL) {
        row.ours_minor = d->ours->amount_minor;
        row.ours_currency = d->ours->currency;
    }
    if (d->theirs != NULL) {
        row.theirs_minor = d->theirs->amount_minor;
        row.theirs_currency = d->theirs->currency;
    }
    TRY(ctx, see_difference(ctx, &row, &open));
    c->state->open += open;
    return OK;
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

static enum err run_source(struct ctx *ctx, struct comparing *c, const struct source *s)
{
    struct reconciling *state = c->state;
    struct money_difference *rows;
    struct facts theirs;
    size_t count;

    TRY(ctx, compare(ctx, c, s, &theirs, &rows, &count));
    if (s->tell != NULL && count > 0) {
        size_t before = count;

        TRY(ctx, tell_all(ctx, s, rows, count));
        c->kinds.refunds = c->kinds.disputes = true; /* what was told may be the first one */
        TRY(ctx, compare(ctx, c, s, &theirs, &rows, &count));
        state->settled += before > count ? (int32_t)(before - count) : 0;
    }
    state->facts += (int32_t)theirs.count;
    for (size_t i = 0; i < count; i++) {
        bool settled = false;

        ctx->now = clock_now();
        TRY(ctx, know_customer(ctx, &theirs, &rows[i]));
        if (s->of_gateway && s->tell == NULL)
            TRY(ctx, settle_difference(ctx, &rows[i], &settled));
        if (settled)
            state->settled++;
        else
            TRY(ctx, note(ctx, c, s, &rows[i]));
    }
    return OK;
}

/* The gateway is asked always; of the house's own sources only those that have anything to say. */
static enum err run_sources(struct ctx *ctx, struct comparing *c)
{
    struct arena *run = ctx->arena;
    enum err err = OK;

    ctx->arena = arena_new();
    for (size_t i = 0; err == OK && i < COUNT_OF(source); i++) {
        const struct source *s = &source[i];

        if (s->of_gateway && ctx->tenant->gateway_base[0] == '\0')
            continue;
        arena_reset(ctx->arena);
        if (s->of_gateway || may_say(c, s))
            err = run_source(ctx, c, s);
        c->whole[i] = err == OK;
        if (err == ERR_GATEWAY || err == ERR_LIMIT) { /* the others are compared all the same */
            log_trail(ctx, "reconcile.incomplete");
            ctx_forget_error(ctx);
            c->incomplete = true;
            err = OK;
        }
    }
    arena_free(ctx->arena);
    ctx->arena = run;
    return err;
}

static bool is_time(const struct ctx *ctx, int64_t reconciled_at, int64_t restored_at)
{
    return reconciled_at == 0 || ctx->now - reconciled_at > EVERY || reconciled_at < restored_at ||
           (restored_at != 0 && ctx->now - reconciled_at > AGAIN_AFTER_RESTORE);
}

static size_t source_of(const char *name)
{
    size_t i = 0;

    while (i < COUNT_OF(source) && strcmp(source[i].name, name) != 0)
        i++;
    return i;
}

/* A source is read from its oldest open difference on, so that each is found again or gone. */
static enum err begin_run(struct ctx *ctx, struct comparing *c, bool differences)
{
    struct money_since since;

    for (size_t i = 0; i < COUNT_OF(source); i++)
        c->from_at[i] = c->began_at - WINDOW;
    c->known = ARENA_ARRAY(ctx->arena, struct open_difference, 1);
    if (differences)
        TRY(ctx, differences_open(ctx, &c->known, &c->known_count));
    qsort(c->known, c->known_count, sizeof c->known[0], by_key);
    c->seen = ARENA_ARRAY(ctx->arena, bool, c->known_count + 1);
    for (size_t i = 0; i < c->known_count; i++) {
        size_t of = source_of(c->known[i].source);

        if (of < COUNT_OF(source) && c->known[i].happened_at < c->from_at[of])
            c->from_at[of] = c->known[i].happened_at;
    }
    since = (struct money_since){
        .refunds_at = c->from_at[source_of("refund")] - 2 * MARGIN, .disputes_at = c->from_at[source_of("dispute")] - 2 * MARGIN,
        .bank_at = c->from_at[source_of("bank")] - 2 * MARGIN, .debits_at = c->from_at[source_of("debit")] - 2 * MARGIN,
        .refunds_booked_at = c->from_at[source_of("refund_books")] - 2 * MARGIN};
    return money_kinds_since(ctx, &since, &c->kinds);
}

/* Of those that were open before, what was found again, and what is not there any more. */
static enum err end_run(struct ctx *ctx, struct comparing *c)
{
    int64_t *there = ARENA_ARRAY(ctx->arena, int64_t, c->known_count + 1);
    int64_t *gone = ARENA_ARRAY(ctx->arena, int64_t, c->known_count + 1);
    size_t there_count = 0;
    size_t gone_count = 0;
    int64_t count;

    for (size_t i = 0; i < c->known_count; i++) {
        size_t of = source_of(c->known[i].source);

        if (c->seen[i])
            there[there_count++] = c->known[i].id;
        else if (of < COUNT_OF(source) && c->whole[of])
            gone[gone_count++] = c->known[i].id;
    }
    ctx->now = clock_now();
    TRY(ctx, see_differences_again(ctx, there, there_count, &count));
    c->state->open += (int32_t)count;
    TRY(ctx, end_differences(ctx, gone, gone_count, &count));
    c->state->gone = (int32_t)count;
    return c->incomplete ? OK : save_reconciled_at(ctx, ctx->now);
}

/* What differs stands among what awaits the seller, until it is gone or somebody has dealt with it. */
static enum err tell_differences(struct ctx *ctx, void *arg)
{
    struct operator_item item = {.kind = "money_differs", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .detail = "", .opened_on = ctx->today_on};
    struct difference_row *rows;
    size_t count;

    (void)arg;
    TRY(ctx, open_differences(ctx, 0, 1, &rows, &count));
    if (count == 0)
        return close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id);
    item.amount_minor = rows[0].theirs_minor != 0 ? rows[0].theirs_minor : rows[0].ours_minor;
    item.currency = rows[0].theirs_currency[0] != '\0' ? rows[0].theirs_currency : rows[0].ours_currency;
    return open_operator_item(ctx, &item);
}

enum err reconcile_money(struct ctx *ctx, struct reconciling *state)
{
    struct comparing c = {.state = state};
    struct reconciled_house house;

    *state = (struct reconciling){.always = state->always};
    TRY(ctx, db_ready(ctx));
    TRY(ctx, reconciled_house(ctx, &house));
    state->due = state->always || is_time(ctx, house.reconciled_at, house.restored_at);
    if (!state->due)
        return OK;
    c.began_at = ctx->now = clock_now();
    TRY(ctx, begin_run(ctx, &c, house.differences));
    TRY(ctx, run_sources(ctx, &c));
    TRY(ctx, end_run(ctx, &c));
    TRY(ctx, db_transaction(ctx, tell_differences, NULL));
    return c.incomplete ? FAIL(ctx, ERR_GATEWAY, "the gateway did not tell everything") : OK;
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
    TRY(ctx, tell_differences(ctx, NULL));
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
