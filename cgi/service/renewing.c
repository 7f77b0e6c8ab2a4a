#include "service/renewing.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/log.h"
#include "core/date.h"
#include "service/invoicing.h"
#include "service/renewal_asking.h"
#include "service/renewal_deciding.h"
#include "service/renewal_parts.h"
#include "service/taxing.h"
#include "store/claim.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/renewal.h"
#include "store/subscription.h"
#include "store/usage.h"

enum { INVOICES_PER_GROUP = 1000, IDS_AT_ONCE = 10 * INVOICES_PER_GROUP };

/* What one subscription is taken for when it is debited first (store/claim). */
enum asking {
    ASKING_NO = 0,  /* a group that is invoiced as ever */
    ASKING_INVOICE, /* what is due on its first due day, invoiced: it asks for nothing, or the contract is over */
    ASKING_CLAIM,   /* the same is asked for; nothing is issued */
    ASKING_WAIT,    /* money of the claim is on its way: looked at again tomorrow */
    ASKING_PAID,    /* the claim was paid: its invoice, under its id */
};

/* One run over one group; filled anew when the transaction is repeated. */
struct group {
    const struct company *company;
    struct taxing *taxing;
    struct invoice_ids ids;
    bool consolidated;        /* of customers who want one invoice for all */
    int64_t only_id;          /* 0: any */
    int64_t only_customer_id; /* 0: any */
    int32_t by_on;            /* of only_id: as if it were this day; 0: today */
    enum asking asking;
    struct receivable claim;  /* of only_id: what is asked already; invoice_id 0: nothing */
    int64_t total_minor;      /* ASKING_CLAIM: the invoice's total, and what it asks for */
    int64_t asks_minor;
    bool asks;                /* and it is due */
    bool dry_run;
    bool weighs;    /* a dry run that ends when it is known what the invoice will ask for */
    bool rehearsed; /* a dry run came to its end */
    struct subscription *subscriptions;
    size_t claimed;
    struct buyer *buyers;
    size_t buyer_count;
    struct subscription_line *lines;
    size_t line_count;
    struct usage_day *usage; /* of the periods that are not billed */
    size_t usage_count;
    struct renewal_parts parts;
    struct invoice_work *works;
    size_t work_count;
    int64_t held;
    int64_t ended;
};

/* At most so many are made. */
static size_t invoices_of(const struct group *group)
{
    return group->asking != ASKING_NO ? 1 : INVOICES_PER_GROUP;
}

static const struct buyer *buyer_of(const struct group *group, int64_t subscription_id)
{
    size_t low = 0;
    size_t high = group->buyer_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (group->buyers[middle].subscription_id < subscription_id)
            low = middle + 1;
        else
            high = middle;
    }
    CHECK(low < group->buyer_count && group->buyers[low].subscription_id == subscription_id);
    return &group->buyers[low];
}

/* The lines of a subscription are neighbours in the group's array. */
static const struct subscription_line *lines_in(const struct group *group, int64_t subscription_id, size_t *count)
{
    size_t first = 0;
    size_t last;

    while (first < group->line_count && group->lines[first].subscription_id != subscription_id)
        first++;
    for (last = first; last < group->line_count && group->lines[last].subscription_id == subscription_id; last++)
        continue;
    *count = last - first;
    return &group->lines[first];
}

static enum err decide(struct ctx *ctx, struct group *group, struct subscription *s)
{
    struct renewal_case of = {
        .taxing = group->taxing, .buyer = buyer_of(group, s->id), .usage = group->usage, .usage_count = group->usage_count, .by_on = group->by_on,
        .one_day = group->asking != ASKING_NO, /* one invoice at a time */
        .never_held = group->claim.invoice_id != 0, /* a person is asked about what was missed otherwise, not about what was not paid */
        .only_asks = group->asking == ASKING_CLAIM};

    of.lines = lines_in(group, s->id, &of.line_count);
    TRY(ctx, decide_renewal(ctx, &of, s, &group->parts));
    group->asks |= of.asks;
    group->held += of.held;
    group->ended += of.ended;
    return OK;
}

static enum err ask(struct ctx *ctx, const struct group *group)
{
    struct renewal_asking a = {.company = group->company, .subscription = &group->subscriptions[0], .buyer = buyer_of(group, group->only_id),
                               .invoice_id = group->ids.first_invoice_id, .total_minor = group->total_minor, .asks_minor = group->asks_minor};

    return ask_for_renewal(ctx, &a, &group->claim);
}

/* Nothing will be debited: its mail carries a link to pay. */
static bool invoice_asks(const struct invoice_work *work)
{
    return work->collect_on == DATE_NONE && work_asks(work) > 0 && !work->was_asked;
}

/* Queued with the invoices, in two round trips for the whole group. */
static enum err mail_invoices(struct ctx *ctx, const struct group *group)
{
    struct mail *mails = ARENA_ARRAY(ctx->arena, struct mail, group->work_count + 1);
    int64_t *payable = ARENA_ARRAY(ctx->arena, int64_t, group->work_count + 1);
    char **tokens = ARENA_ARRAY(ctx->arena, char *, group->work_count + 1);
    size_t count = 0;
    size_t next = 0;

    for (size_t i = 0; i < group->work_count; i++)
        if (invoice_asks(&group->works[i]))
            payable[count++] = group->works[i].invoice.id;
    TRY(ctx, insert_links(ctx, LINK_KIND_PAY, payable, count, ctx->now + PAY_LINK_LIFE, tokens));
    for (size_t i = 0; i < group->work_count; i++) {
        const struct invoice_work *work = &group->works[i];
        const struct buyer *buyer = buyer_of(group, work->subscription_id);

        mails[i] = (struct mail){.template = "invoice_new", .language = buyer->language, .to_address = buyer->email,
                                 .to_name = buyer->name, .customer_id = buyer->customer_id,
                                 .subscription_id = work->subscription_id, .invoice_id = work->invoice.id,
                                 .token = invoice_asks(work) ? tokens[next++] : NULL,
                                 .dedup_key = arena_printf(ctx->arena, "invoice_new %lld", (long long)work->invoice.id)};
    }
    return queue_mails(ctx, mails, group->work_count);
}

/* The subscription and what is asked of it, locked. Not due, or another process has it: nothing is claimed. */
static enum err claim_asked(struct ctx *ctx, struct group *group)
{
    if (group->asking == ASKING_PAID) {
        group->subscriptions = ARENA_NEW(ctx->arena, struct subscription);
        TRY(ctx, lock_subscription(ctx, group->only_id, group->subscriptions));
        group->claimed = strcmp(group->subscriptions->state, "paused") != 0;
    } else {
        TRY(ctx, claim_due_subscriptions(ctx, group->only_id, 1, &group->subscriptions, &group->claimed));
    }
    group->claim.invoice_id = 0;
    return group->claimed > 0 ? lock_asked(ctx, group->only_id, &group->claim) : OK;
}

static enum err run_group(struct ctx *ctx, void *arg)
{
    struct group *group = arg;

    group->rehearsed = group->asks = false;
    group->work_count = 0;
    group->parts = (struct renewal_parts){.max = invoices_of(group)};
    group->held = group->ended = 0;
    taxing_begin(group->taxing);
    TRY(ctx, group->asking != ASKING_NO ? claim_asked(ctx, group) : group->consolidated && group->only_id == 0
                 ? claim_due_customers(ctx, group->only_customer_id, RENEWAL_GROUP_MAX, &group->subscriptions, &group->claimed)
                 : claim_due_subscriptions(ctx, group->only_id, RENEWAL_GROUP_MAX, &group->subscriptions, &group->claimed));
    if (group->claimed == 0)
        return OK;
    crash_point("C03");
    if (group->asking == ASKING_WAIT) {
        group->subscriptions[0].due_on = ctx->today_on + 1;
        return save_billed_subscriptions(ctx, group->subscriptions, 1);
    }
    if (group->asking == ASKING_INVOICE && !group->dry_run)
        TRY(ctx, ask_no_more(ctx, &group->claim));
    TRY(ctx, buyers_of(ctx, group->subscriptions, group->claimed, &group->buyers, &group->buyer_count));
    TRY(ctx, lines_of(ctx, group->subscriptions, group->claimed, &group->lines, &group->line_count));
    TRY(ctx, open_usage(ctx, group->subscriptions, group->claimed, &group->usage, &group->usage_count));
    group->works = ARENA_ARRAY(ctx->arena, struct invoice_work, invoices_of(group));
    group->parts.of = ARENA_ARRAY(ctx->arena, struct renewal_part, group->parts.max);
    if (group->dry_run && group->ids.first_invoice_id == 0) /* taken back with everything else */
        TRY(ctx, reserve_invoice_ids(ctx, invoices_of(group), &group->ids));
    for (size_t i = 0; i < group->claimed; i++)
        TRY(ctx, decide(ctx, group, &group->subscriptions[i]));
    TRY(ctx, draft_renewal_invoices(ctx, group->taxing, &group->parts, group->consolidated, group->asking == ASKING_PAID, group->works,
                                    &group->work_count));
    crash_point("C04");
    if (group->weighs) {
        if (group->work_count > 0)
            TRY(ctx, weigh_invoices(ctx, group->company, group->works, group->work_count, &group->ids));
        group->rehearsed = true;
        return ERR_CONFLICT;
    }
    TRY(ctx, save_billed_subscriptions(ctx, group->subscriptions, group->claimed));
    if (group->asks)
        return ask(ctx, group);
    crash_point("C06"); /* periods and drafts are decided, nothing is issued: here that is one transaction */
    if (group->work_count > 0) {
        TRY(ctx, issue_invoices(ctx, group->company, group->works, group->work_count, &group->ids));
        TRY(ctx, mail_invoices(ctx, group));
    }
    group->rehearsed = group->dry_run;
    return group->dry_run ? ERR_CONFLICT : OK; /* a dry run decides everything and leaves nothing */
}

static void add_counts(struct renewing *state, const struct group *group)
{
    state->invoices += (int64_t)group->work_count;
    state->periods += group->parts.periods;
    state->held += group->held;
    state->ended += group->ended;
    state->asked += group->asks && group->claim.invoice_id == 0;
}

struct set_aside {
    int64_t subscription_id;
    const char *reason;
};

static enum err put_aside(struct ctx *ctx, void *arg)
{
    const struct set_aside *aside = arg;
    struct operator_item item = {.kind = "renewal_failed", .subject_kind = "subscription",
        .subject_id = aside->subscription_id, .currency = "", .detail = aside->reason, .opened_on = ctx->today_on};

    TRY(ctx, save_subscription_error(ctx, aside->subscription_id, aside->reason));
    return open_operator_item(ctx, &item);
}

/* Ids for the groups of a run, reserved for many of them: a reservation is a transaction of its own, and entries whose ids
 * are neighbours are read faster. */
struct id_block {
    struct invoice_ids next;
    size_t left;
};

static enum err ids_for_group(struct ctx *ctx, struct id_block *block, struct group *group)
{
    if (block->left < invoices_of(group)) {
        TRY(ctx, reserve_invoice_ids(ctx, IDS_AT_ONCE, &block->next));
        block->left = IDS_AT_ONCE;
    }
    group->ids = block->next;
    return OK;
}

/* Where the answer of a COMMIT was lost, the group is made again and fails or finds nothing: what it may have used then is
 * used by no other. */
static void use_ids(struct id_block *block, const struct group *group, enum err err)
{
    size_t used = err == OK && group->work_count > 0 ? group->work_count : invoices_of(group);

    used = used < block->left ? used : block->left;
    block->next.first_invoice_id += (int64_t)used;
    block->next.first_entry_id += (int64_t)used;
    block->left -= used;
}

/* One of a failed group, in its own transaction. *failed: it has to be set aside, the trail says why. */
static enum err run_one(struct ctx *ctx, struct renewing *state, struct group *one, struct id_block *block, bool *failed)
{
    enum err err;

    *failed = false;
    one->dry_run = state->dry_run;
    if (!one->dry_run)
        TRY(ctx, ids_for_group(ctx, block, one));
    ctx_forget_error(ctx);
    err = db_transaction(ctx, run_group, one);
    if (!one->dry_run)
        use_ids(block, one, err);
    if (err == OK || one->rehearsed)
        add_counts(state, one);
    else if (err == ERR_DB_GONE || err == ERR_DB_RETRY) /* a full disk, a lock: nothing is wrong with this one */
        return err;
    else
        *failed = true;
    return OK;
}

static enum err replay_subscription(struct ctx *ctx, struct renewing *state, const struct group *failed_group, struct id_block *block, int64_t id)
{
    struct group one = {.company = failed_group->company, .taxing = failed_group->taxing,
                        .consolidated = failed_group->consolidated, .only_id = id};
    struct set_aside aside = {id, ""};
    bool failed;

    TRY(ctx, run_one(ctx, state, &one, block, &failed));
    if (!failed)
        return OK;
    aside.reason = arena_strdup(ctx->arena, ctx->trail);
    log_trail(ctx, "renewal.failed");
    ctx_forget_error(ctx);
    state->failed++;
    return one.dry_run ? OK : db_transaction(ctx, put_aside, &aside);
}

/* A group that failed is taken again one by one: the bad one is set aside, the others are billed. Of customers who
 * want one invoice, first each customer whole; only whose subscription is bad gets one invoice for each other. */
static enum err replay(struct ctx *ctx, struct renewing *state, const struct group *failed, struct id_block *block)
{
    size_t count = failed->claimed;
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    int64_t *customers = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    bool whole = false;

    for (size_t i = 0; i < count; i++) {
        ids[i] = failed->subscriptions[i].id;
        customers[i] = failed->subscriptions[i].customer_id;
    }
    for (size_t i = 0; i < count; i++) {
        if (failed->consolidated && (i == 0 || customers[i] != customers[i - 1])) {
            struct group one = {.company = failed->company, .taxing = failed->taxing, .consolidated = true,
                                .only_customer_id = customers[i]};
            bool bad;

            TRY(ctx, run_one(ctx, state, &one, block, &bad));
            whole = !bad;
        }
        if (!whole)
            TRY(ctx, replay_subscription(ctx, state, failed, block, ids[i]));
    }
    return OK;
}

/* One that was billed and is due again, on a day that has come. */
static bool is_due_still(const struct ctx *ctx, const struct group *group)
{
    for (size_t i = 0; i < group->claimed; i++)
        if (group->subscriptions[i].due_on != DATE_NONE && group->subscriptions[i].due_on <= ctx->today_on)
            return true;
    return false;
}

/* One group of one kind; *left says whether there may be more. */
static enum err renew_group(struct ctx *item, struct renewing *state, struct group *group, struct id_block *block, bool *left)
{
    enum err err;

    arena_reset(item->arena);
    err = state->dry_run ? OK : ids_for_group(item, block, group);
    if (err == OK)
        err = db_transaction(item, run_group, group);
    use_ids(block, group, err);
    if (err == OK && group->work_count > 0)
        crash_point("C08");
    *left = group->claimed > 0 && !state->dry_run &&
            (err != OK || group->consolidated || group->claimed == RENEWAL_GROUP_MAX || is_due_still(item, group));
    if (err == OK || group->rehearsed)
        add_counts(state, group);
    else if (err != ERR_DB_GONE && group->claimed > 0)
        err = replay(item, state, group, block);
    if (group->rehearsed)
        err = OK;
    if (state->progress != NULL && !state->dry_run)
        state->progress(state);
    return err;
}

/* What one subscription that is debited first would be invoiced today decides what becomes of it: everything is decided as
 * for the invoice, and taken back, so that what is asked is what it will ask for, credit and deposits counted. */
static enum err rehearse(struct ctx *ctx, const struct renewing *state, struct group *one, enum asking *asking)
{
    bool under_way = false;
    bool advance;
    enum err err;

    one->asking = ASKING_INVOICE;
    one->dry_run = true;
    one->weighs = !state->dry_run;
    err = db_transaction(ctx, run_group, one);
    if (!one->rehearsed && err != OK)
        return err;
    ctx_forget_error(ctx);
    *asking = ASKING_INVOICE;
    if (state->dry_run || one->claimed == 0)
        return OK;
    if (one->work_count == 1 && work_asks(&one->works[0]) > 0 && one->ended == 0) {
        TRY(ctx, advance_is_left(ctx, one->subscriptions[0].customer_id, one->subscriptions[0].currency, &advance));
        *asking = advance ? ASKING_INVOICE : ASKING_CLAIM;
        one->total_minor = one->works[0].invoice.total_minor;
        one->asks_minor = work_asks(&one->works[0]);
    }
    if (one->claim.invoice_id != 0)
        TRY(ctx, claim_is_under_way(ctx, one->claim.invoice_id, &under_way));
    if (under_way)
        *asking = ASKING_WAIT;
    return OK;
}

static enum err ask_or_invoice(struct ctx *ctx, struct renewing *state, const struct group *like, struct id_block *block, int64_t id)
{
    struct group one = {.company = like->company, .taxing = like->taxing, .only_id = id, .asking = ASKING_INVOICE};
    struct set_aside aside = {id, ""};
    enum asking asking = ASKING_INVOICE;
    bool failed = false;
    enum err err;

    if (!state->dry_run)
        TRY(ctx, ids_for_group(ctx, block, &one)); /* the rehearsal takes them back: they serve again */
    err = rehearse(ctx, state, &one, &asking);

    if (err == OK && !state->dry_run && one.claimed > 0) {
        struct group real = {.company = like->company, .taxing = like->taxing, .only_id = id, .asking = asking,
                             .total_minor = one.total_minor, .asks_minor = one.asks_minor};

        TRY(ctx, run_one(ctx, state, &real, block, &failed));
        if (real.asks && !failed)
            crash_point("D02");
    } else if (err == OK) {
        add_counts(state, &one);
    } else if (err == ERR_DB_GONE || err == ERR_HELD) {
        return err;
    }
    if (err == OK && !failed)
        return OK;
    aside.reason = arena_strdup(ctx->arena, ctx->trail);
    log_trail(ctx, "renewal.failed");
    ctx_forget_error(ctx);
    state->failed++;
    return state->dry_run ? OK : db_transaction(ctx, put_aside, &aside);
}

/* One after the other: each asks for its own money. */
static enum err renew_debited_first(struct ctx *item, struct renewing *state, const struct group *like, struct id_block *block)
{
    int64_t invoices = state->invoices;
    int64_t after_id = 0;
    int64_t id;

    while (state->stop == NULL || !state->stop()) {
        arena_reset(item->arena);
        TRY(item, next_debited_first(item, after_id, &id));
        if (id == 0 && (invoices == state->invoices || state->dry_run))
            return OK;
        if (id == 0) /* from the beginning: a period that was invoiced may be followed by another */
            invoices = state->invoices;
        after_id = id;
        if (id != 0)
            TRY(item, ask_or_invoice(item, state, like, block, id));
        if (state->progress != NULL && !state->dry_run)
            state->progress(state);
    }
    return OK;
}

enum err invoice_claim(struct ctx *ctx, int64_t invoice_id, int64_t entry_id, bool *stands)
{
    struct group one = {.asking = ASKING_PAID, .ids = {invoice_id, entry_id}};
    struct company company;
    struct taxing taxing;
    struct receivable claim;

    CHECK(db_in_transaction(ctx));
    TRY(ctx, lock_receivable(ctx, invoice_id, &claim));
    *stands = strcmp(claim.state, "dropped") != 0;
    if (strcmp(claim.state, "pending") != 0)
        return OK;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, load_taxing(ctx, &company, &taxing));
    one.company = &company;
    one.taxing = &taxing;
    one.only_id = claim.subscription_id;
    TRY(ctx, run_group(ctx, &one));
    *stands = one.work_count == 1;
    crash_point("D03"); /* issued and booked, in the transaction of a payment that is not yet */
    return close_operator_items(ctx, "renewal_declined", ABOUT_SUBSCRIPTION, claim.subscription_id);
}

enum err renew_subscriptions(struct ctx *run, struct renewing *state)
{
    struct company company;
    struct taxing taxing;
    struct ctx item = *run;
    struct id_block block = {.left = 0};
    struct work_waiting waiting;
    enum err err = OK;
    bool left;

    TRY(run, db_ready(run));
    TRY(run, work_waiting(run, &waiting));
    if (!waiting.plain && !waiting.consolidated && !waiting.debited_first)
        return OK;
    TRY(run, company_current(run, &company));
    TRY(run, load_taxing(run, &company, &taxing));
    item.arena = arena_new();
    for (int kind = 0; kind < 2 && err == OK; kind++)
        for (left = kind == 0 ? waiting.plain : waiting.consolidated; left && err == OK && (state->stop == NULL || !state->stop());) {
            struct group group = {.company = &company, .taxing = &taxing, .dry_run = state->dry_run, .consolidated = kind == 1};

            err = renew_group(&item, state, &group, &block, &left);
        }
    if (err == OK && waiting.debited_first)
        err = renew_debited_first(&item, state, &(struct group){.company = &company, .taxing = &taxing}, &block);
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}

enum err renew_until(struct ctx *ctx, int64_t subscription_id, int32_t by_on)
{
    struct company company;
    struct taxing taxing;
    struct group one = {.company = &company, .taxing = &taxing, .only_id = subscription_id, .by_on = by_on};
    struct subscription s;

    TRY(ctx, subscription_by_id(ctx, subscription_id, &s));
    if (s.due_on == DATE_NONE || s.due_on > by_on || s.debit_first) /* what is not paid is not invoiced: lines keep their days */
        return OK;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, load_taxing(ctx, &company, &taxing));
    TRY(ctx, reserve_invoice_ids(ctx, INVOICES_PER_GROUP, &one.ids));
    return db_transaction(ctx, run_group, &one);
}
