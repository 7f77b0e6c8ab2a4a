#include "service/renewing.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/posting.h"
#include "core/subscription.h"
#include "core/tax.h"
#include "core/totals.h"
#include "service/amending.h"
#include "service/booking.h"
#include "service/contract.h"
#include "service/dunning.h"
#include "service/invoicing.h"
#include "service/metering.h"
#include "service/taxing.h"
#include "service/tiering.h"
#include "store/claim.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/renewal.h"
#include "store/sales_journal.h"
#include "store/subscription.h"
#include "store/usage.h"

enum { INVOICES_PER_GROUP = 1000, IDS_AT_ONCE = 10 * INVOICES_PER_GROUP, PAY_LINK_DAYS = 365 };

struct part;

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
    struct part *parts;
    size_t part_count;
    struct invoice_work *works;
    size_t work_count;
    int64_t periods;
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

/* What a subscription bills on one day: its items with one due day, and what they point into. */
struct part {
    const struct subscription *subscription;
    const struct buyer *buyer;
    const struct subscription_line *lines;
    const struct billing_item *items;
    size_t item_count;
};

static size_t count_lines(const struct part *parts, size_t count)
{
    size_t lines = 0;

    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            lines += parts[p].items[i].line_count;
    return lines;
}

/* The VAT of one invoice's lines, on the day when its periods were due: a run that comes late gives what the run of
 * that day would have given. */
static enum err tax_parts(struct ctx *ctx, const struct group *group, const struct part *parts, size_t part_count,
                          struct tax_line **taxed)
{
    const struct buyer *buyer = parts[0].buyer;
    const struct tax_buyer who = {.country = buyer->country, .postal_code = buyer->postal_code, .vat_id = buyer->vat_id,
                                  .is_company = buyer->is_company, .vat_checked = buyer->vat_checked};
    size_t count = 0;
    bool complete;

    *taxed = ARENA_ARRAY(ctx->arena, struct tax_line, count_lines(parts, part_count) + 1);
    for (size_t p = 0; p < part_count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            for (size_t k = 0; k < parts[p].items[i].line_count; k++) {
                const struct billing_item_line *billed = &parts[p].items[i].lines[k];
                const struct subscription_line *line = &parts[p].lines[billed->line];

                (*taxed)[count++] = (struct tax_line){.tax_class = line->tax_class, .priced_minor = billed->net_minor,
                                                      .goods = strcmp(line->product_kind, "goods") == 0};
            }
    TRY(ctx, tax_sale(ctx, group->taxing, &who, parts[0].subscription->currency, parts[0].items[0].due_on, *taxed, count, &complete));
    for (size_t i = 0; i < count && !complete; i++)
        if (!(*taxed)[i].decided)
            return FAIL(ctx, ERR_LIMIT, TAX_MISSING, (*taxed)[i].tax_class, buyer->country);
    return OK;
}

static void add_item(struct invoice_work *work, const struct part *part, const struct billing_item *item,
                     struct billing_period_row *period, const struct tax_line *taxed)
{
    *period = (struct billing_period_row){.subscription_id = part->subscription->id,
                                          .line_group = billing_line_group(item->timing), .epoch = part->subscription->epoch, .from_on = item->natural.from_on,
                                          .until_on = item->natural.until_on, .period_index = item->index};
    for (size_t i = 0; i < item->line_count; i++) {
        const struct billing_item_line *billed = &item->lines[i];
        const struct subscription_line *line = &part->lines[billed->line];

        work->lines[work->line_count++] = (struct work_line){
            .line = {.kind = LINE_RECURRING, .description = line->description, .period = billed->period,
                     .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->unit_price_e4,
                     .discount_ppm = billed->discount_ppm, .allowance_minor = billed->allowance_minor, .net_minor = billed->net_minor, .tax = taxed[i].tax,
                     .goods = taxed[i].goods},
            .unit = line->unit, .subscription_line_id = line->id, .product_id = line->product_id};
    }
}

/* One invoice of one part, or of the parts of one customer that belong together. */
static enum err add_work(struct ctx *ctx, struct group *group, const struct part *parts, size_t part_count)
{
    const struct subscription *s = parts[0].subscription;
    struct invoice_work *work = &group->works[group->work_count++];
    struct billing_period_row *periods = ARENA_ARRAY(ctx->arena, struct billing_period_row, 2 * part_count);
    size_t line_count = count_lines(parts, part_count);
    struct tax_line *taxed;

    TRY(ctx, tax_parts(ctx, group, parts, part_count, &taxed));
    tax_sale_made(group->taxing, s->currency, taxed, line_count);
    *work = (struct invoice_work){
        .customer_id = parts[0].buyer->customer_id, .customer_version_id = parts[0].buyer->version_id,
        .personal_digest = parts[0].buyer->personal_digest, .language = parts[0].buyer->language, .currency = s->currency,
        .subscription_id = s->id, .journal = s->journal, .collect_on = s->payment_method_id != 0 ? ctx->today_on : DATE_NONE,
        .was_asked = group->asking == ASKING_PAID, .lines = ARENA_ARRAY(ctx->arena, struct work_line, line_count), .periods = periods};
    for (size_t p = 0; p < part_count; p++)
        for (size_t i = 0; i < parts[p].item_count; i++)
            add_item(work, &parts[p], &parts[p].items[i], &periods[work->period_count++], &taxed[work->line_count]);
    return OK;
}

static const char *sales_journal_of(const struct part *part)
{
    return str_empty(part->subscription->journal) ? SALES_JOURNAL : part->subscription->journal;
}

/* What one invoice can hold: one customer's, due on one day, in one currency, debited from one card, booked in one journal. */
static bool belong_together(const struct part *a, const struct part *b)
{
    return a->subscription->consolidated && b->subscription->consolidated && a->buyer->customer_id == b->buyer->customer_id &&
           a->items[0].due_on == b->items[0].due_on && strcmp(a->subscription->currency, b->subscription->currency) == 0 &&
           a->subscription->payment_method_id == b->subscription->payment_method_id && strcmp(sales_journal_of(a), sales_journal_of(b)) == 0;
}

static int by_due_day(const void *a, const void *b)
{
    const struct part *left = a;
    const struct part *right = b;

    if (left->buyer->customer_id != right->buyer->customer_id)
        return left->buyer->customer_id < right->buyer->customer_id ? -1 : 1;
    if (left->items[0].due_on != right->items[0].due_on)
        return left->items[0].due_on < right->items[0].due_on ? -1 : 1;
    if (left->subscription->payment_method_id != right->subscription->payment_method_id)
        return left->subscription->payment_method_id < right->subscription->payment_method_id ? -1 : 1;
    if (strcmp(left->subscription->currency, right->subscription->currency) != 0)
        return strcmp(left->subscription->currency, right->subscription->currency);
    if (strcmp(sales_journal_of(left), sales_journal_of(right)) != 0)
        return strcmp(sales_journal_of(left), sales_journal_of(right));
    return left->subscription->id < right->subscription->id ? -1 : left->subscription->id > right->subscription->id;
}

static enum err make_works(struct ctx *ctx, struct group *group)
{
    if (group->consolidated)
        qsort(group->parts, group->part_count, sizeof group->parts[0], by_due_day);
    for (size_t i = 0, next; i < group->part_count; i = next) {
        for (next = i + 1; next < group->part_count && belong_together(&group->parts[i], &group->parts[next]); next++)
            continue;
        TRY(ctx, add_work(ctx, group, &group->parts[i], next - i));
    }
    return OK;
}

static enum err hold(struct ctx *ctx, struct group *group, struct subscription *s, const struct billing_plan *plan)
{
    struct operator_item item = {.kind = "renewal_held", .subject_kind = "subscription", .subject_id = s->id,
        .currency = s->currency, .opened_on = ctx->today_on,
        .detail = arena_printf(ctx->arena, "%d", plan->missed)};

    for (size_t i = 0; i < plan->count; i++)
        item.amount_minor += plan->items[i].net_minor;
    s->due_on = DATE_NONE;
    s->held_on = ctx->today_on;
    s->hold_reason = "missed";
    group->held++;
    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.held",
                         history_params(ctx->arena, "missed", item.detail, NULL));
}

/* One part per due day, so that each invoice can be paid, disputed and credited by itself; what ended and what begins on
 * a day come together. */
static enum err add_parts(struct ctx *ctx, struct group *group, const struct subscription *s,
                          const struct subscription_line *lines, const struct billing_plan *plan)
{
    for (size_t i = 0, next; i < plan->count; i = next) {
        for (next = i; next < plan->count && plan->items[next].due_on == plan->items[i].due_on; next++)
            continue;
        if (group->part_count == invoices_of(group))
            return FAIL(ctx, ERR_LIMIT, "%s has too many periods to bill at once", s->number);
        group->parts[group->part_count++] = (struct part){s, buyer_of(group, s->id), lines, &plan->items[i], next - i};
    }
    group->periods += (int64_t)plan->count;
    return OK;
}

static enum err mail_buyer(struct ctx *ctx, const struct group *group, const struct subscription *s, const char *template)
{
    const struct buyer *buyer = buyer_of(group, s->id);
    struct mail mail = {.template = template, .language = buyer->language, .to_address = buyer->email, .to_name = buyer->name,
                        .customer_id = buyer->customer_id, .subscription_id = s->id,
                        .dedup_key = arena_printf(ctx->arena, "%s %lld", template, (long long)s->id)};

    return queue_mail(ctx, &mail);
}

static enum err end(struct ctx *ctx, struct group *group, struct subscription *s)
{
    s->state = subscription_state_name(SUBSCRIPTION_ENDED);
    s->due_on = DATE_NONE;
    group->ended++;
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.ended",
                           history_params(ctx->arena, "reason", s->end_reason, NULL)));
    return mail_buyer(ctx, group, s, "subscription_ended");
}

/* A trial ends: into what is billed, or, without a card where the plan stops then, for good (product.md 4.1). */
static enum err leave_trial(struct ctx *ctx, struct group *group, struct subscription *s)
{
    if (s->payment_method_id == 0 && strcmp(s->trial_end, "stop") == 0) {
        s->ends_on = s->trial_until_on;
        s->end_reason = "trial";
        return end(ctx, group, s);
    }
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.trial_ended", "{}");
}

/* The start and the trial, before anything is billed. */
static enum err advance_state(struct ctx *ctx, struct group *group, struct subscription *s)
{
    enum subscription_state state = subscription_state_from_name(s->state);
    bool waits = state == SUBSCRIPTION_PENDING || state == SUBSCRIPTION_TRIAL;

    if (!waits)
        return OK;
    s->state = subscription_state_name(subscription_state_at_start(s->started_on, subscription_billed_from(s), ctx->today_on));
    if (s->trial_until_on == DATE_NONE || (s->ends_on != DATE_NONE && s->ends_on <= s->trial_until_on))
        return OK;
    if (ctx->today_on >= s->trial_until_on)
        return leave_trial(ctx, group, s);
    return ctx->today_on >= s->trial_until_on - TRIAL_NOTICE_DAYS ? mail_buyer(ctx, group, s, "trial_ending") : OK;
}

/* Tacit renewal for another term; one that ends with its term has its end planned. */
static enum err renew_term(struct ctx *ctx, struct subscription *s)
{
    struct schedule schedule = subscription_schedule(s);
    struct term term = subscription_term(s);
    char from_on[DATE_TEXT_BYTES];
    char until_on[DATE_TEXT_BYTES];

    while (s->term_until_on != DATE_NONE && s->term_renews && s->term_until_on <= ctx->today_on &&
           (s->ends_on == DATE_NONE || s->ends_on > s->term_until_on)) {
        (void)date_iso(s->term_until_on, from_on);
        s->term_until_on = term_end_at(&term, &schedule, s->term_until_on);
        TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.term_renewed",
                               history_params(ctx->arena, "from", from_on, "until", date_iso(s->term_until_on, until_on), NULL)));
    }
    return OK;
}

/* A discount that ends, a line that is replaced: what a period costs today is another than yesterday. */
static bool standing_changes(const struct subscription *s, const struct subscription_line *lines, size_t count)
{
    bool changes = s->discounts[0] != '\0';

    for (size_t i = 0; i < count; i++)
        changes = changes || lines[i].discount_periods != 0 || lines[i].until_on != DATE_NONE || lines[i].from_on > s->started_on;
    return changes;
}

/* Net per period and MRR of the period that runs, for lists and figures (product.md 6.1). */
static enum err renew_standing(struct ctx *ctx, const struct group *group, struct subscription *s, const struct subscription_line *lines,
                               size_t count, const struct billing_facts *facts)
{
    int32_t index = schedule_index(&facts->schedule, ctx->today_on);
    struct period natural = schedule_period(&facts->schedule, index);
    struct price_line *priced = ARENA_ARRAY(ctx->arena, struct price_line, count + 1);
    struct billing_item_line *whole = ARENA_ARRAY(ctx->arena, struct billing_item_line, count + 1);
    struct billing_item item = {.lines = whole, .due_on = natural.from_on};
    const struct part part = {s, buyer_of(group, s->id), lines, &item, 1};
    struct discounts lasting = {.count = 0};
    struct quote_totals totals;
    struct tax_line *taxed;

    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].timing, "usage") != 0 && lines[i].from_on < natural.until_on && (lines[i].until_on == DATE_NONE || lines[i].until_on >= natural.until_on)) {
            int32_t ordinal = index - schedule_index(&facts->schedule, lines[i].from_on > facts->started_on ? lines[i].from_on : facts->started_on);
            bool lasts = lines[i].discount_periods == 0 || ordinal < lines[i].discount_periods;

            priced[item.line_count] = (struct price_line){.kind = LINE_RECURRING, .quantity_e4 = lines[i].quantity_e4,
                .unit_price_e4 = lines[i].unit_price_e4, .discount_ppm = lasts ? lines[i].discount_ppm : 0,
                .discount_minor = lasts ? lines[i].discount_minor : 0};
            if (!line_period_net(&priced[item.line_count], 0, facts->currency, &whole[item.line_count].net_minor))
                return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", s->number);
            whole[item.line_count++].line = i;
        }
    TRY(ctx, tax_parts(ctx, group, &part, 1, &taxed));
    for (size_t i = 0; i < item.line_count; i++)
        priced[i].tax = taxed[i].tax;
    for (size_t i = 0; i < facts->discounts->count; i++)
        if (discount_lasts(&facts->discounts->of[i], index - schedule_index(&facts->schedule, facts->started_on)))
            lasting.of[lasting.count++] = facts->discounts->of[i];
    for (size_t i = 0; i < lasting.count; i++)
        lasting.of[i].periods = lasting.of[i].from = 0;
    if (!quote_totals_less(ctx->arena, priced, item.line_count, &lasting, facts->currency, facts->schedule.every, &totals))
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", s->number);
    s->period_minor = totals.period.net_minor;
    s->mrr_e4 = totals.mrr_e4;
    return OK;
}

static enum err decide(struct ctx *ctx, struct group *group, struct subscription *s)
{
    size_t line_count;
    const struct subscription_line *agreed = lines_in(group, s->id, &line_count);
    struct subscription_line *lines;
    struct billing_facts facts;
    struct billing_plan plan;

    TRY(ctx, advance_state(ctx, group, s));
    if (strcmp(s->state, "ended") == 0)
        return OK;
    agreed = metered_lines(ctx->arena, s, group->usage, group->usage_count, agreed, line_count, &line_count);
    TRY(ctx, plain_lines(ctx, buyer_of(group, s->id)->language, currency_find(s->currency), agreed, line_count, &lines, &line_count));
    facts = subscription_billing(ctx, s, lines, line_count);
    if (group->by_on != 0)
        facts.today_on = group->by_on;
    if (group->claim.invoice_id != 0) /* a person is asked about what was missed otherwise, not about what was not paid */
        facts.max_missed = BILLING_MISSED_UNLIMITED;
    plan = billing_plan(ctx->arena, &facts);
    if (group->asking != ASKING_NO && plan.verdict == BILLING_DUE && plan.items[plan.count - 1].due_on > plan.items[0].due_on) {
        facts.today_on = plan.items[0].due_on; /* one invoice at a time */
        plan = billing_plan(ctx->arena, &facts);
    }
    if (plan.verdict == BILLING_OUT_OF_BOUNDS)
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", s->number);
    if (plan.verdict == BILLING_HELD)
        return hold(ctx, group, s, &plan);
    if (group->asking == ASKING_CLAIM && plan.count > 0) {
        group->asks = true;
        s->error = "";
        s->due_on = ctx->today_on + 1;
        return OK;
    }
    TRY(ctx, add_parts(ctx, group, s, lines, &plan));
    s->next_index = plan.next_index;
    s->arrears_index = plan.arrears_index;
    if (plan.count > 0 && standing_changes(s, lines, line_count))
        TRY(ctx, renew_standing(ctx, group, s, lines, line_count, &facts));
    s->error = "";
    s->hold_reason = "";
    if (plan.ended)
        return end(ctx, group, s);
    TRY(ctx, renew_term(ctx, s));
    s->due_on = strcmp(s->state, "paused") == 0 ? DATE_NONE : subscription_next_day(ctx, s, plan.next_due_on);
    return OK;
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
    TRY(ctx, insert_links(ctx, LINK_KIND_PAY, payable, count, ctx->now + PAY_LINK_DAYS * 86400 * CLOCK_SECOND, tokens));
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

/* ---- debit first ---- */

/* The subscription and what is asked of it, locked. Not due, or another process has it: nothing is claimed. */
static enum err claim_asked(struct ctx *ctx, struct group *group)
{
    enum err err;

    if (group->asking == ASKING_PAID) {
        group->subscriptions = ARENA_NEW(ctx->arena, struct subscription);
        TRY(ctx, lock_subscription(ctx, group->only_id, group->subscriptions));
        group->claimed = strcmp(group->subscriptions->state, "paused") != 0;
    } else {
        TRY(ctx, claim_due_subscriptions(ctx, group->only_id, 1, &group->subscriptions, &group->claimed));
    }
    group->claim.invoice_id = 0;
    err = group->claimed > 0 ? lock_claim_of(ctx, group->only_id, &group->claim) : OK;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err mail_claim(struct ctx *ctx, const struct group *group, int64_t invoice_id)
{
    const struct buyer *buyer = buyer_of(group, group->only_id);
    struct link link = {.kind = LINK_KIND_PAY, .object_id = invoice_id, .expires_at = ctx->now + PAY_LINK_DAYS * 86400 * CLOCK_SECOND};
    struct mail mail = {.template = "renewal_due", .language = buyer->language, .to_address = buyer->email, .to_name = buyer->name,
                        .customer_id = buyer->customer_id, .subscription_id = group->only_id, .invoice_id = invoice_id,
                        .dedup_key = arena_printf(ctx->arena, "renewal_due %lld", (long long)invoice_id)};
    char *token;

    TRY(ctx, insert_link(ctx, &link, &token));
    mail.token = token;
    mail.link_id = link.id;
    return queue_mail(ctx, &mail);
}

/* What is asked already follows what would be invoiced today; a payment method that was not tried yet is tried. */
static enum err ask_again(struct ctx *ctx, struct group *group, const struct subscription *s)
{
    struct receivable claim = group->claim;
    bool tried = true;

    if (s->payment_method_id != 0 && claim.collect_on == DATE_NONE)
        TRY(ctx, claim_was_tried_with(ctx, claim.invoice_id, s->payment_method_id, &tried));
    if (!tried)
        claim.collect_on = ctx->today_on;
    if (tried && claim.open_minor == group->asks_minor && claim.total_minor == group->total_minor)
        return OK;
    claim.total_minor = group->total_minor;
    claim.open_minor = group->asks_minor;
    return save_claim(ctx, &claim);
}

static enum err ask_for(struct ctx *ctx, struct group *group)
{
    const struct subscription *s = &group->subscriptions[0];
    struct receivable claim = {.invoice_id = group->ids.first_invoice_id, .customer_id = s->customer_id, .subscription_id = s->id,
                               .currency = s->currency, .total_minor = group->total_minor, .open_minor = group->asks_minor,
                               .due_on = invoice_due_on(ctx->today_on, group->company->payment_terms_days),
                               .collect_on = s->payment_method_id != 0 ? ctx->today_on : DATE_NONE};

    if (group->claim.invoice_id != 0)
        return ask_again(ctx, group, s);
    TRY(ctx, insert_claim(ctx, &claim));
    crash_point("D01");
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.asked",
                           history_params(ctx->arena, "amount", arena_printf(ctx->arena, "%lld", (long long)claim.open_minor), "currency", s->currency, NULL)));
    return claim.collect_on == DATE_NONE ? mail_claim(ctx, group, claim.invoice_id) : OK;
}

/* What was asked is invoiced otherwise, or no more: the contract is over, a credit or an advance pays it. */
static enum err ask_no_more(struct ctx *ctx, const struct group *group)
{
    if (group->claim.invoice_id == 0)
        return OK;
    TRY(ctx, drop_claim(ctx, group->claim.invoice_id));
    TRY(ctx, close_operator_items(ctx, "renewal_declined", ABOUT_SUBSCRIPTION, group->only_id));
    return end_case_dropped(ctx, group->claim.invoice_id);
}

/* ---- a group ---- */

static enum err run_group(struct ctx *ctx, void *arg)
{
    struct group *group = arg;

    group->rehearsed = group->asks = false;
    group->work_count = group->part_count = 0;
    group->periods = group->held = group->ended = 0;
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
        TRY(ctx, ask_no_more(ctx, group));
    TRY(ctx, buyers_of(ctx, group->subscriptions, group->claimed, &group->buyers, &group->buyer_count));
    TRY(ctx, lines_of(ctx, group->subscriptions, group->claimed, &group->lines, &group->line_count));
    TRY(ctx, open_usage(ctx, group->subscriptions, group->claimed, &group->usage, &group->usage_count));
    group->works = ARENA_ARRAY(ctx->arena, struct invoice_work, invoices_of(group));
    group->parts = ARENA_ARRAY(ctx->arena, struct part, invoices_of(group));
    if (group->dry_run && group->ids.first_invoice_id == 0) /* taken back with everything else */
        TRY(ctx, reserve_invoice_ids(ctx, invoices_of(group), &group->ids));
    for (size_t i = 0; i < group->claimed; i++)
        TRY(ctx, decide(ctx, group, &group->subscriptions[i]));
    TRY(ctx, make_works(ctx, group));
    crash_point("C04");
    if (group->weighs) {
        if (group->work_count > 0)
            TRY(ctx, weigh_invoices(ctx, group->company, group->works, group->work_count, &group->ids));
        group->rehearsed = true;
        return ERR_CONFLICT;
    }
    TRY(ctx, save_billed_subscriptions(ctx, group->subscriptions, group->claimed));
    if (group->asks)
        return ask_for(ctx, group);
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
    state->periods += group->periods;
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

enum err preview_bills(struct ctx *ctx, const struct subscription *subscription, const struct subscription_line *lines, size_t line_count,
                       struct renewal_preview *bills, size_t max, size_t *count)
{
    struct ctx then = *ctx; /* VAT and discounts are those of that day */
    struct company company;
    struct taxing taxing;
    struct group group = {.company = &company, .taxing = &taxing};
    struct billing_facts facts;
    struct billing_item items[2];
    struct part part = {.subscription = subscription, .items = items};
    struct tax_line *taxed;

    *count = 0;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, load_taxing(ctx, &company, &taxing));
    TRY(ctx, buyers_of(ctx, subscription, 1, &group.buyers, &group.buyer_count));
    TRY(ctx, open_usage(ctx, subscription, 1, &group.usage, &group.usage_count));
    group.lines = metered_lines(ctx->arena, subscription, group.usage, group.usage_count, lines, line_count, &group.line_count);
    TRY(ctx, plain_lines(ctx, buyer_of(&group, subscription->id)->language, currency_find(subscription->currency), group.lines,
                         group.line_count, &group.lines, &group.line_count));
    facts = subscription_billing(ctx, subscription, group.lines, group.line_count);
    part.buyer = buyer_of(&group, subscription->id);
    part.lines = group.lines;
    while (*count < max) {
        struct totals totals = {0};

        part.item_count = billing_next(ctx->arena, &facts, items);
        if (part.item_count == 0)
            return OK;
        then.today_on = items[0].due_on;
        TRY(ctx, tax_parts(&then, &group, &part, 1, &taxed));
        for (size_t i = 0, n = 0; i < part.item_count; i++)
            for (size_t k = 0; k < items[i].line_count; k++, n++)
                if (!totals_add_line(&totals, &taxed[n].tax, items[i].lines[k].net_minor))
                    return FAIL(ctx, ERR_LIMIT, "the next invoice of %s is out of bounds", subscription->number);
        bills[(*count)++] = (struct renewal_preview){items[0].due_on, totals.net_minor, totals.vat_minor, totals.gross_minor};
        for (size_t i = 0; i < part.item_count; i++)
            *(items[i].timing == BILLING_ADVANCE ? &facts.next_index : &facts.arrears_index) = items[i].index + 1;
    }
    return OK;
}

enum err preview_renewal(struct ctx *ctx, const struct subscription *stored, struct renewal_preview *preview)
{
    struct subscription s = *stored;
    struct subscription_line *lines;
    size_t line_count;
    size_t count;

    *preview = (struct renewal_preview){.due_on = DATE_NONE};
    if (s.due_on == DATE_NONE)
        return OK;
    TRY(ctx, planned_contract(ctx, &s, &lines, &line_count));
    return s.due_on == DATE_NONE ? OK : preview_bills(ctx, &s, lines, line_count, preview, 1, &count);
}

struct release {
    int64_t first_entry_id;
    size_t done;
    bool more; /* a full group, or one of it is due again: months that were missed */
};

enum { RELEASES = 200 };

static enum err release_group(struct ctx *ctx, void *arg)
{
    struct release *release = arg;
    struct deferral *rows;
    struct booking *bookings = ARENA_ARRAY(ctx->arena, struct booking, RELEASES);

    TRY(ctx, due_deferrals(ctx, RELEASES, &rows, &release->done));
    release->more = release->done == RELEASES;
    for (size_t i = 0; i < release->done; i++) {
        struct deferral *d = &rows[i];
        struct period period = {d->from_on, d->until_on};
        int32_t before_on = d->next_on;
        int64_t until = deferral_recognised(DEFERRAL_DAYS, d->amount_minor, period, before_on);
        struct exchange exchange = exchange_between(d->currency, d->books, d->books_rate_e6);
        struct posting_list list;
        int64_t base_minor = exchange_step(&exchange, d->amount_minor - d->recognised_minor, d->amount_minor - until);

        bookings[i] = (struct booking){
            .entry_id = release->first_entry_id + (int64_t)i, .journal = "OD",
            .on = before_on - 1, /* the last day of what it recognises: December's revenue is this year's */
            .source_kind = "deferral",
            .source_id = d->id, .reference = arena_printf(ctx->arena, "487 %s", d->invoice_number)};
        booking_currencies(&bookings[i], d->currency, &exchange);
        posting_of_release(d->account, until - d->recognised_minor, (struct posting_bases){exchange.rate_e6 != 0, base_minor, base_minor}, &list);
        booking_items(ctx->arena, &bookings[i], &list);
        d->recognised_minor = until;
        d->next_on = deferral_next_on(period, before_on);
        release->more |= d->next_on != DATE_NONE && d->next_on <= ctx->today_on;
    }
    TRY(ctx, save_deferrals(ctx, rows, release->done));
    return book_entries(ctx, bookings, release->done);
}

enum err recognise_revenue(struct ctx *run, int64_t *count)
{
    struct ctx item = *run;
    struct release release = {.more = true};
    enum err err = db_ready(run);
    struct work_waiting waiting = {.releases = false};

    *count = 0;
    if (err == OK)
        err = work_waiting(run, &waiting);
    if (err != OK || !waiting.releases)
        return err;
    item.arena = arena_new();
    while (err == OK && release.more) {
        arena_reset(item.arena);
        err = reserve_ids(&item, "journal_entry", RELEASES, &release.first_entry_id);
        if (err == OK)
            err = db_transaction(&item, release_group, &release);
        if (err == OK)
            *count += (int64_t)release.done;
    }
    arena_free(item.arena);
    return err;
}
