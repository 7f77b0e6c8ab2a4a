#include "service/ordering.h"

#include <string.h>

#include "core/date.h"
#include "core/deposit.h"
#include "core/posting.h"
#include "core/subscription.h"
#include "service/allocating.h"
#include "service/contract.h"
#include "service/invoicing.h"
#include "service/offer.h"
#include "service/quoted_change.h"
#include "service/quoting.h"
#include "service/tiering.h"
#include "store/customer.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/revision.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/words.h"

#define DAY (INT64_C(86400) * 1000000)

static enum err make_subscription(struct ctx *ctx, const struct offer *offer, int64_t order_id, int64_t method_id,
                                  struct subscription *s)
{
    struct subscription_line *lines = ARENA_ARRAY(ctx->arena, struct subscription_line, offer->line_count + 1);
    const struct plan *plan = &offer->plan;
    int32_t from_on = offer->billed_from_on;
    bool trial = from_on > offer->started_on;
    struct term term;
    char discounts[DISCOUNTS_TEXT_BYTES];
    size_t count = 0;

    *s = (struct subscription){
        .order_id = order_id, .plan_id = plan->id, .customer_id = offer->customer.id,
        .payment_method_id = method_id,
        .state = subscription_state_name(subscription_state_at_start(offer->started_on, from_on, ctx->today_on)),
        .currency = offer->version.currency, .language = offer->version.language, .unit = plan->unit_name,
        .count = plan->count, .epoch_on = DATE_NONE, .owner_id = offer->quote.owner_id,
        .anchor_on = offer->schedule.anchor_on, .month_day = offer->schedule.month_day,
        .started_on = offer->started_on, .trial_until_on = trial ? from_on : DATE_NONE, .trial_end = plan->trial_end,
        .term_unit = plan->term_unit_name, .term_count = plan->term_count, .term_renews = plan->term_renews,
        .term_from_on = DATE_NONE, .term_until_on = DATE_NONE, .ends_on = DATE_NONE, .end_reason = "",
        .commitment_until_on = plan->commitment_months > 0 ? date_add_months(from_on, plan->commitment_months) : DATE_NONE,
        .notice_days = plan->notice_days, .customer_end = own_answer_name(plan->own_end), .close_days = plan->close_days,
        .journal = offer->version.journal, .index_id = plan->index_id, .max_missed = plan->max_missed, .debit_first = plan->debit_first,
        .next_index = trial || offer->starts_later ? 0 : 1, /* the first invoice bills what is due at the start */
        .period_minor = offer->totals.period.net_minor, .mrr_e4 = offer->totals.mrr_e4, .held_on = DATE_NONE,
        .hold_reason = "", .error = "", .discounts = arena_strdup(ctx->arena, discounts_text(&offer->discounts, discounts))};
    term = subscription_term(s);
    s->term_until_on = term_end_at(&term, &offer->schedule, from_on);
    if (s->term_until_on != DATE_NONE && !s->term_renews) {
        s->ends_on = s->term_until_on;
        s->end_reason = "term";
    }
    s->due_on = subscription_due_on(ctx, s);
    TRY(ctx, price_index_known(ctx, s->index_id, ctx->today_on, &s->index_on));
    TRY(ctx, insert_numbered_subscription(ctx, offer->company.subscription_prefix, s));
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];

        if (!line->counts || line->as.kind != LINE_RECURRING)
            continue;
        lines[count] = (struct subscription_line){
            .subscription_id = s->id, .position = (int32_t)count + 1, .quote_line_id = line->as.id,
            .product_id = line->as.product_id, .product_kind = line->as.product_kind,
            .timing = billing_timing_name(line->as.timing),
            .description = line->as.description, .unit = line->as.unit, .quantity_e4 = line->quantity_e4,
            .unit_price_e4 = line->as.unit_price_e4, .price_model = line->as.price_model, .tiers = line->as.tiers, .discount_minor = line->as.discount_minor,
            .discount_ppm = line->as.discount_ppm, .discount_periods = line->as.discount_periods, .tax_class = line->as.tax_class,
            .from_on = from_on,
            .until_on = DATE_NONE};
        count++;
    }
    TRY(ctx, insert_subscription_lines(ctx, lines, count));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.started",
                         history_params(ctx->arena, "number", s->number, "quote", offer->quote.number, NULL));
}

static bool recurs(const struct offer *offer)
{
    for (size_t i = 0; i < offer->line_count; i++)
        if (offer->lines[i].counts && offer->lines[i].as.kind == LINE_RECURRING && offer->plan.id != 0)
            return true;
    return false;
}

/* A line of the offer as lines of the invoice: one for each part of its price. */
static enum err add_offer_line(struct ctx *ctx, const struct offer *offer, const struct offer_line *line, struct period period,
                               struct invoice_work *work)
{
    struct price_part parts[PRICE_PARTS_MAX];
    struct price_line priced[PRICE_PARTS_MAX];
    size_t count = offer_price_lines(offer, line, parts, priced);

    for (size_t i = 0; i < count; i++) {
        struct work_line *out = &work->lines[work->line_count++];
        struct price_line part = priced[i];
        int64_t before_minor;

        *out = (struct work_line){
            .line = {.kind = line->as.kind, .period = period, .share_of_days = period_share_of(period, part.natural), .quantity_e4 = part.quantity_e4,
                     .unit_price_e4 = part.unit_price_e4, .discount_ppm = discount_ppm_at(part.discount_ppm, part.discount_periods, 0),
                     .tax = line->tax, .goods = strcmp(line->as.product_kind, "goods") == 0},
            .unit = parts[i].fee ? "" : line->as.unit, .quote_line_id = line->as.id,
            .product_id = line->as.product_id};
        out->line.description = part_text(ctx, work->language, line->as.description, line->as.unit, line->as.unit_plural, &line->rule, line->quantity_e4, &parts[i]);
        part.discount_minor = 0;
        if (!line_first_net(&part, offer->currency, &before_minor) || !line_first_net(&priced[i], offer->currency, &out->line.net_minor))
            return FAIL(ctx, ERR_LIMIT, "a line of %s is out of bounds", offer->quote.number);
        out->line.allowance_minor = before_minor - out->line.net_minor;
    }
    return OK;
}

/* The discounts of the whole document, as quote_totals took them off. */
static void take_discounts(struct ctx *ctx, const struct offer *offer, struct invoice_work *work)
{
    int64_t *nets = ARENA_ARRAY(ctx->arena, int64_t, work->line_count + 1);
    int64_t *taken = ARENA_ARRAY(ctx->arena, int64_t, work->line_count + 1);
    bool amounts = !recurs(offer) || work->period_count > 0;

    for (size_t i = 0; i < work->line_count; i++)
        nets[i] = work->lines[i].line.net_minor;
    (void)discounts_take(ctx->arena, &offer->discounts, 0, amounts, nets, work->line_count, taken);
    for (size_t i = 0; i < work->line_count; i++) {
        work->lines[i].line.net_minor = nets[i];
        work->lines[i].line.allowance_minor += taken[i];
        if (taken[i] > 0)
            work->lines[i].line.coupon = discounts_coupon(&offer->discounts, 0, amounts);
    }
}

static size_t invoice_lines_of(const struct offer *offer)
{
    struct price_part parts[PRICE_PARTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < offer->line_count; i++)
        count += offer_line_parts(&offer->lines[i], parts);
    return count;
}

/* What the deposit is of, in the customer's language. */
static const char *deposit_text(struct ctx *ctx, const struct offer *offer)
{
    const char *language = offer->version.language;
    char *before = arena_strdup(ctx->arena, words_language());
    const char *text;

    words_use(language);
    text = offer->version.deposit_ppm > 0
               ? tr_fill(ctx->arena, "Deposit of {percent} on order {number}", "percent",
                         format_percent(ctx->arena, language, offer->version.deposit_ppm), "number", offer_number(ctx->arena, offer), NULL)
               : tr_fill(ctx->arena, "Deposit on order {number}", "number", offer_number(ctx->arena, offer), NULL);
    words_use(before);
    return text;
}

/* Of an order in full: what is due at the start, and the first period of what is due later. */
static enum err order_lines(struct ctx *ctx, const struct offer *offer, const struct subscription *s, struct invoice_work *whole)
{
    whole->lines = ARENA_ARRAY(ctx->arena, struct work_line, invoice_lines_of(offer) + 1);
    whole->language = offer->version.language;
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];
        bool recurring = s != NULL && line->as.kind == LINE_RECURRING;

        if (!line->counts || offer_line_metered(offer, line))
            continue;
        if (recurring)
            whole->period_count = 1;
        TRY(ctx, add_offer_line(ctx, offer, line, recurring ? offer->first : PERIOD_NONE, whole));
    }
    take_discounts(ctx, offer, whole);
    return OK;
}

/* The prepayment invoice: the deposit in the order's shares of VAT, paid as it is issued. */
static enum err deposit_invoice(struct ctx *ctx, const struct offer *offer, int64_t order_id, const struct subscription *s,
                                struct invoice_work *work)
{
    struct invoice_line lines[TOTALS_GROUPS_MAX];
    struct invoice_work whole = {.line_count = 0};
    struct invoice_line *order;
    struct deposit_room room;

    TRY(ctx, order_lines(ctx, offer, s, &whole));
    order = ARENA_ARRAY(ctx->arena, struct invoice_line, whole.line_count + 1);
    for (size_t i = 0; i < whole.line_count; i++) {
        invoice_line_settle(&whole.lines[i].line);
        order[i] = whole.lines[i].line;
    }
    if (!deposit_room(order, whole.line_count, &room))
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", offer->quote.number);
    *work = (struct invoice_work){
        .customer_id = offer->customer.id, .customer_version_id = offer->customer.version_id,
        .personal_digest = offer->customer.personal_digest, .language = offer->version.language,
        .currency = offer->version.currency, .subscription_id = s != NULL ? s->id : 0, .journal = offer->version.journal, .collect_on = DATE_NONE,
        .deposit_of_order = order_id, .leaves_credit = true, .lines = ARENA_ARRAY(ctx->arena, struct work_line, TOTALS_GROUPS_MAX)};
    work->line_count = deposit_lines(&room, offer->deposit_minor, offer->currency, lines);
    for (size_t i = 0; i < work->line_count; i++) {
        lines[i].description = deposit_text(ctx, offer);
        work->lines[i] = (struct work_line){.line = lines[i], .unit = ""};
    }
    return OK;
}

/* What is due at the start: setup and what is sold once in full, of what recurs in advance the first period's share.
 * work->line_count 0: nothing, and no invoice is made. */
static enum err first_invoice(struct ctx *ctx, const struct offer *offer, int64_t order_id, const struct subscription *s,
                              bool paid, struct invoice_work *work)
{
    struct billing_period_row *period = ARENA_NEW(ctx->arena, struct billing_period_row);

    *work = (struct invoice_work){
        .customer_id = offer->customer.id, .customer_version_id = offer->customer.version_id,
        .personal_digest = offer->customer.personal_digest, .language = offer->version.language,
        .currency = offer->version.currency, .order_id = order_id, .journal = offer->version.journal, .collect_on = DATE_NONE, .leaves_credit = paid && offer->deposit_minor == 0,
        .lines = ARENA_ARRAY(ctx->arena, struct work_line, invoice_lines_of(offer) + 1)};
    if (s != NULL) {
        struct period natural = schedule_period(&offer->schedule, 0);

        *period = (struct billing_period_row){.subscription_id = s->id, .line_group = billing_line_group(BILLING_ADVANCE),
                                              .from_on = natural.from_on, .until_on = natural.until_on, .period_index = 0};
        work->subscription_id = s->id;
        work->periods = period;
    }
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];

        bool recurring = s != NULL && line->as.kind == LINE_RECURRING;

        if (!line->counts || line->later)
            continue;
        if (recurring)
            work->period_count = 1;
        TRY(ctx, add_offer_line(ctx, offer, line, recurring ? offer->first : PERIOD_NONE, work));
    }
    take_discounts(ctx, offer, work);
    return OK;
}

/* The mails of an order with their links: the confirmation, each document's, the seller's. */
struct order_mails {
    struct mail mails[ORDER_INVOICES + 2];
    struct link links[ORDER_INVOICES + 1];
    size_t linked[ORDER_INVOICES + 1]; /* whose each link is */
    size_t mail_count;
    size_t link_count;
};

/* link NULL: without one. */
static void add_order_mail(struct order_mails *all, const struct mail *mail, const struct link *link)
{
    if (link != NULL) {
        all->linked[all->link_count] = all->mail_count;
        all->links[all->link_count++] = *link;
    }
    all->mails[all->mail_count++] = *mail;
}

/* One for each document of the order: with a link to pay where nobody will debit what it asks for. */
static void add_invoice_mail(struct ctx *ctx, struct order_mails *all, const struct mail *order, const struct invoice_work *work)
{
    const struct link pay = pay_link(ctx, work->invoice.id);
    bool asks = !work->leaves_credit && work->collect_on == DATE_NONE && work_asks(work) > 0;
    struct mail bill = *order;

    bill.template = "invoice_new";
    bill.invoice_id = work->invoice.id;
    bill.dedup_key = arena_printf(ctx->arena, "invoice_new %lld", (long long)work->invoice.id);
    add_order_mail(all, &bill, asks ? &pay : NULL);
}

/* No works: nothing was due at the start, or the change of a contract told of its invoice. */
static enum err queue_order_mails(struct ctx *ctx, const struct offer *offer, const struct subscription *s, bool paid,
                                  const struct invoice_work *works, size_t count, int64_t invoice_id)
{
    const struct customer *c = &offer->customer;
    const struct mail confirm = {.template = "order_confirm", .language = offer->version.language, .to_address = c->email,
        .to_name = c->name, .customer_id = c->id, .quote_id = offer->quote.id,
        .subscription_id = s != NULL ? s->id : 0, .invoice_id = invoice_id,
        .dedup_key = arena_printf(ctx->arena, "order_confirm %lld", (long long)offer->quote.id)};
    const struct mail seller = {.template = "quote_paid", .language = offer->owner.language, .to_address = offer->owner.email,
        .to_name = offer->owner.name, .quote_id = offer->quote.id, .subscription_id = s != NULL ? s->id : 0,
        .invoice_id = confirm.invoice_id, .params = history_params(ctx->arena, "paid", paid ? "yes" : "no", NULL),
        .dedup_key = arena_printf(ctx->arena, "quote_paid %lld", (long long)offer->quote.id)};
    const struct link manage = {.kind = LINK_KIND_MANAGE, .object_id = c->id, .expires_at = ctx->now + 90 * DAY};
    struct order_mails all = {.mail_count = 0};
    char *tokens[ORDER_INVOICES + 1];

    /* consumers get the confirmation on a durable medium whatever the quote says: directive 2011/83, art. 8(7) */
    if (!offer->version.no_confirm_mail || !c->is_company)
        add_order_mail(&all, &confirm, &manage);
    for (size_t i = 0; i < count; i++)
        add_invoice_mail(ctx, &all, &confirm, &works[i]);
    add_order_mail(&all, &seller, NULL);
    TRY(ctx, insert_link_list(ctx, all.links, all.link_count, tokens));
    for (size_t i = 0; i < all.link_count; i++)
        all.mails[all.linked[i]].token = tokens[i];
    return queue_mails(ctx, all.mails, all.mail_count);
}

/* What was agreed is invoiced; that the law of today says otherwise is for the seller to decide (core/tax.h). */
static enum err tell_of_law(struct ctx *ctx, const struct offer *offer, const struct invoice *invoice)
{
    struct operator_item item = {.kind = "tax_differs", .subject_kind = ABOUT_INVOICE, .subject_id = invoice->id,
        .amount_minor = offer->law_today_minor - offer->totals.today.gross_minor, .currency = invoice->currency,
        .detail = offer->quote.number, .opened_on = ctx->today_on};

    return offer->tax_differs && invoice->id != 0 ? open_operator_item(ctx, &item) : OK;
}

/* The money that came, on the invoice that it was for. */
static enum err settle_paid(struct ctx *ctx, const struct invoice *invoice, const struct order_paid *paid)
{
    struct operator_item item = {.kind = "amount_differs", .subject_kind = "invoice", .subject_id = invoice->id,
        .amount_minor = paid->attempt->amount_minor - invoice->total_minor, .currency = paid->attempt->currency,
        .detail = invoice->number, .opened_on = ctx->today_on};

    if (invoice->id == 0) { /* nothing is due by what was agreed */
        item.subject_kind = "attempt";
        item.subject_id = paid->attempt->id;
        item.detail = paid->attempt->attempt_key;
        return open_operator_item(ctx, &item);
    }
    TRY(ctx, book_payment(ctx, paid->payment_id, invoice->id, paid->attempt->amount_minor, ACCOUNT_CARD, paid->entry_id));
    return invoice->total_minor != paid->attempt->amount_minor ? open_operator_item(ctx, &item) : OK;
}

/* paid NULL: nothing paid for it. */
static enum err make_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids, const struct order_paid *paid)
{
    struct sales_order order = {.quote_id = offer->quote.id, .version_id = offer->version.id,
        .customer_id = offer->customer.id, .confirmed_at = ctx->now, .confirmed_on = ctx->today_on};
    struct subscription subscription;
    const struct subscription *s = NULL;
    struct invoice_work works[ORDER_INVOICES]; /* the deposit's, then the first that deducts it */
    struct invoice_work *first = works;
    const struct invoice *invoice;
    struct amending change = {.issued = NULL};
    bool deposit = paid != NULL && offer->deposit_minor > 0;
    size_t count;

    TRY(ctx, insert_order(ctx, &order)); /* UNIQUE(quote_id): a second one is ERR_DUPLICATE */
    if (offer->quote.kind != QUOTE_NEW) {
        TRY(ctx, carry_out_quote(ctx, offer, order.id, paid != NULL, ids, &change));
    } else if (recurs(offer)) {
        TRY(ctx, make_subscription(ctx, offer, order.id, paid != NULL ? paid->method_id : 0, &subscription));
        s = &subscription;
    }
    if (deposit)
        TRY(ctx, deposit_invoice(ctx, offer, order.id, s, first++));
    TRY(ctx, first_invoice(ctx, offer, order.id, s, paid != NULL, first));
    if (offer->change_at_once || offer->change_refusal != NULL)
        first->line_count = 0; /* the change has invoiced what is sold once with it, or nothing is sold */
    if (deposit && s != NULL && s->payment_method_id != 0)
        first->collect_on = ctx->today_on + offer->company.payment_terms_days;
    count = (size_t)(first - works) + (first->line_count > 0);
    if (count > 0)
        TRY(ctx, issue_invoices(ctx, &offer->company, works, count, ids));
    invoice = offer->change_at_once && change.issued != NULL ? change.issued : &works[0].invoice;
    if (paid != NULL)
        TRY(ctx, settle_paid(ctx, invoice, paid));
    if (offer->quote.kind != QUOTE_NEW && paid != NULL && paid->method_id != 0 && invoice->id != 0)
        TRY(ctx, save_method_of_invoice(ctx, invoice->id, paid->method_id));
    TRY(ctx, tell_of_law(ctx, offer, &first->invoice));
    TRY(ctx, move_quote(ctx, offer->quote.id, offer->quote.state, QUOTE_CONFIRMED));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, offer->quote.id, "quote.confirmed",
                           invoice->id != 0 ? history_params(ctx->arena, "invoice", invoice->number, NULL) : "{}"));
    TRY(ctx, note_audit(ctx, "quote.confirm", offer->quote.number, "ok"));
    TRY(ctx, withdraw_alternatives(ctx, &offer->quote));
    if (offer->quote.state == QUOTE_SIGNED) /* it waited for its payment */
        TRY(ctx, close_operator_items(ctx, "signed_unpaid", "quote", offer->quote.id));
    return queue_order_mails(ctx, offer, s, paid != NULL || (count > 0 && work_asks(&works[0]) == 0), works, count, invoice->id);
}

enum err confirm_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids)
{
    return make_order(ctx, offer, ids, NULL);
}

enum err confirm_paid_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids, const struct order_paid *paid)
{
    return make_order(ctx, offer, ids, paid);
}
