#include "service/settling.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "core/numbering.h"
#include "core/posting.h"
#include "core/retry.h"
#include "core/subscription.h"
#include "core/deposit.h"
#include "service/allocating.h"
#include "service/booking.h"
#include "service/contract.h"
#include "service/dunning.h"
#include "service/invoicing.h"
#include "service/offer.h"
#include "service/once.h"
#include "service/quoting.h"
#include "service/receiving.h"
#include "service/renewal_quoting.h"
#include "service/renewing.h"
#include "service/reserving.h"
#include "service/tiering.h"
#include "store/revision.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/form_token.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/receipt.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/words.h"

#define DAY (INT64_C(86400) * 1000000)

/* ---- the order of a quote ---- */

/* What paid for it: NULL when nothing did. */
struct paid {
    const struct payable *payable;
    const struct attempt *attempt;
    const struct gateway_answer *answer;
    int64_t payment_id;
    int64_t method_id;
    int64_t entry_id;
};

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
        .count = plan->count, .epoch_on = DATE_NONE, .owner_id = offer->quote.owner_id, .anchor_on = offer->schedule.anchor_on, .month_day = offer->schedule.month_day,
        .started_on = offer->started_on, .trial_until_on = trial ? from_on : DATE_NONE, .trial_end = plan->trial_end,
        .term_unit = plan->term_unit_name, .term_count = plan->term_count, .term_renews = plan->term_renews,
        .term_from_on = DATE_NONE, .term_until_on = DATE_NONE, .ends_on = DATE_NONE, .end_reason = "",
        .commitment_until_on = plan->commitment_months > 0 ? date_add_months(from_on, plan->commitment_months) : DATE_NONE,
        .notice_days = plan->notice_days, .customer_end = own_answer_name(plan->own_end), .close_days = plan->close_days, .journal = offer->version.journal, .index_id = plan->index_id, .max_missed = plan->max_missed, .debit_first = plan->debit_first,
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
    const struct link pay = {.kind = LINK_KIND_PAY, .object_id = work->invoice.id, .expires_at = ctx->now + 365 * DAY};
    bool asks = !work->leaves_credit && work->collect_on == DATE_NONE && work_asks(work) > 0;
    struct mail bill = *order;

    bill.template = "invoice_new";
    bill.invoice_id = work->invoice.id;
    bill.dedup_key = arena_printf(ctx->arena, "invoice_new %lld", (long long)work->invoice.id);
    add_order_mail(all, &bill, asks ? &pay : NULL);
}

/* No works: nothing was due at the start. */
static enum err queue_order_mails(struct ctx *ctx, const struct offer *offer, const struct subscription *s, bool paid,
                                  const struct invoice_work *works, size_t count)
{
    const struct customer *c = &offer->customer;
    const struct mail confirm = {.template = "order_confirm", .language = offer->version.language, .to_address = c->email,
        .to_name = c->name, .customer_id = c->id, .quote_id = offer->quote.id,
        .subscription_id = s != NULL ? s->id : 0, .invoice_id = count > 0 ? works[0].invoice.id : 0,
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
static enum err settle_paid(struct ctx *ctx, const struct invoice *invoice, const struct paid *paid)
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

static enum err settle_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids,
                             const struct paid *paid)
{
    struct sales_order order = {.quote_id = offer->quote.id, .version_id = offer->version.id,
        .customer_id = offer->customer.id, .confirmed_at = ctx->now, .confirmed_on = ctx->today_on};
    struct subscription subscription;
    const struct subscription *s = NULL;
    struct invoice_work works[ORDER_INVOICES]; /* the deposit's, then the first that deducts it */
    struct invoice_work *first = works;
    bool deposit = paid != NULL && offer->deposit_minor > 0;
    size_t count;

    TRY(ctx, insert_order(ctx, &order)); /* UNIQUE(quote_id): a second one is ERR_DUPLICATE */
    if (offer->quote.renews_id != 0) {
        TRY(ctx, plan_renewal(ctx, offer));
    } else if (recurs(offer)) {
        TRY(ctx, make_subscription(ctx, offer, order.id, paid != NULL ? paid->method_id : 0, &subscription));
        s = &subscription;
    }
    if (deposit)
        TRY(ctx, deposit_invoice(ctx, offer, order.id, s, first++));
    TRY(ctx, first_invoice(ctx, offer, order.id, s, paid != NULL, first));
    if (deposit && s != NULL && s->payment_method_id != 0)
        first->collect_on = ctx->today_on + offer->company.payment_terms_days;
    count = (size_t)(first - works) + (first->line_count > 0);
    if (count > 0)
        TRY(ctx, issue_invoices(ctx, &offer->company, works, count, ids));
    if (paid != NULL)
        TRY(ctx, settle_paid(ctx, &works[0].invoice, paid));
    TRY(ctx, tell_of_law(ctx, offer, &first->invoice));
    TRY(ctx, move_quote(ctx, offer->quote.id, offer->quote.state, QUOTE_CONFIRMED));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, offer->quote.id, "quote.confirmed",
                           first->invoice.id != 0 || deposit ? history_params(ctx->arena, "invoice", works[0].invoice.number, NULL) : "{}"));
    TRY(ctx, note_audit(ctx, "quote.confirm", offer->quote.number, "ok"));
    TRY(ctx, withdraw_alternatives(ctx, &offer->quote));
    if (offer->quote.state == QUOTE_SIGNED) /* it waited for its payment */
        TRY(ctx, close_operator_items(ctx, "signed_unpaid", "quote", offer->quote.id));
    return queue_order_mails(ctx, offer, s, paid != NULL || (count > 0 && work_asks(&works[0]) == 0), works, count);
}

enum err confirm_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids)
{
    return settle_order(ctx, offer, ids, NULL);
}

/* ---- one answer to one attempt ---- */

/* What a group of answers reads and writes of each in the same way, one round trip for each kind. */
struct settled_rows {
    struct attempt_move *moves;
    struct receipt *receipts; /* of the invoices that were paid */
    struct booking *bookings;
    size_t *paid;             /* which of the group each receipt is */
    struct claim *claims;     /* of the group's invoices that may be paid now, locked */
    size_t move_count, receipt_count, claim_count;
};

struct settling {
    int64_t attempt_id;
    const struct gateway_answer *answer;
    struct invoice_ids ids; /* reserved for a quote */
    int64_t payment_entry_id;
    int64_t invoice_entry_id; /* debit first: of the invoice that a payment makes */
    enum attempt_state state;
    struct attempt attempt; /* locked */
    struct payable payable;
};

static enum attempt_event event_of(const struct attempt *attempt, const struct gateway_answer *answer, int64_t now)
{
    switch (answer->outcome) {
    case GATEWAY_SUCCEEDED: return ATTEMPT_SUCCEEDS;
    case GATEWAY_PROCESSING: return ATTEMPT_PROCESSES;
    case GATEWAY_ACTION:
    case GATEWAY_OPEN: return ATTEMPT_NEEDS_ACTION;
    case GATEWAY_DECLINED: return ATTEMPT_DECLINES;
    case GATEWAY_REFUSED: return attempt->state == ATTEMPT_SENDING ? ATTEMPT_INVALID : ATTEMPT_NO_ANSWER;
    case GATEWAY_EXPIRED: return ATTEMPT_EXPIRES;
    case GATEWAY_DENIED:
    case GATEWAY_NOT_SENT: /* of the first try: a later one says nothing about what the first one did */
        return attempt->state == ATTEMPT_SENDING && attempt->checks == 0 ? ATTEMPT_NOTHING_SENT : ATTEMPT_NO_ANSWER;
    case GATEWAY_ABSENT:
        return now - attempt->created_at > ATTEMPT_ABSENT_AFTER ? ATTEMPT_ABSENT : ATTEMPT_NO_ANSWER;
    case GATEWAY_UNKNOWN: return ATTEMPT_NO_ANSWER;
    }
    return ATTEMPT_NO_ANSWER;
}

static const char *card_text(struct arena *arena, const char *brand_word, const char *last4)
{
    char *brand = arena_strdup(arena, brand_word);

    if (last4[0] == '\0')
        return "";
    if (brand[0] >= 'a' && brand[0] <= 'z')
        brand[0] = (char)(brand[0] - 32);
    return arena_printf(arena, "%s …%s", brand, last4);
}

/* The card that paid is kept for renewals: the token only, sealed. */
static enum err keep_method(struct ctx *ctx, int64_t customer_id, const struct gateway_answer *answer, int64_t *method_id)
{
    struct payment_method method = {.customer_id = customer_id, .source_ref = answer->intent_ref, .brand = answer->brand,
        .last4 = answer->last4, .exp_month = answer->exp_month, .exp_year = answer->exp_year, .state = "active"};

    *method_id = 0;
    if (answer->customer_ref[0] != '\0')
        TRY(ctx, save_gateway_customer(ctx, customer_id, answer->customer_ref));
    if (answer->method_ref[0] == '\0' || answer->intent_ref[0] == '\0')
        return OK;
    TRY(ctx, store_payment_method(ctx, &method, answer->method_ref));
    *method_id = method.id;
    return OK;
}

static struct payment payment_of(struct ctx *ctx, const struct settling *s)
{
    const struct gateway_answer *answer = s->answer;

    return (struct payment){.attempt_id = s->attempt.id, .customer_id = s->payable.customer_id,
        .gateway = strcmp(s->attempt.kind, "sepa") == 0 ? "sepa" : "stripe",
        .gateway_ref = answer->intent_ref[0] != '\0' ? answer->intent_ref : s->attempt.attempt_key,
        .amount_minor = s->attempt.amount_minor, .currency = s->attempt.currency,
        .method_text = card_text(ctx->arena, answer->brand, answer->last4), .received_on = ctx->today_on};
}

static enum err record_payment(struct ctx *ctx, const struct settling *settling, int64_t *payment_id)
{
    struct payment payment = payment_of(ctx, settling);

    TRY(ctx, insert_payment(ctx, &payment));
    *payment_id = payment.id;
    return OK;
}

/* The invoice is paid with the others of the group, when all are decided. */
static void add_receipt(struct ctx *ctx, const struct settling *settling, size_t place, struct settled_rows *rows)
{
    rows->paid[rows->receipt_count] = place;
    rows->receipts[rows->receipt_count++] = (struct receipt){
        .payment = payment_of(ctx, settling), .invoice_id = settling->payable.invoice_id, .journal_id = settling->payment_entry_id,
        .money_account = strcmp(settling->attempt.kind, "sepa") == 0 ? ACCOUNT_BANK : ACCOUNT_CARD};
}

/* The gateway does not repeat what we have of a stored card. */
static enum err name_methods(struct ctx *ctx, const struct settling *items, const struct settled_rows *rows)
{
    struct attempt *attempts = ARENA_ARRAY(ctx->arena, struct attempt, rows->receipt_count + 1);
    struct method_shown *methods;
    size_t wanted = 0;
    size_t found;

    for (size_t i = 0; i < rows->receipt_count; i++)
        if (rows->receipts[i].payment.method_text[0] == '\0' && items[rows->paid[i]].attempt.payment_method_id != 0)
            attempts[wanted++] = items[rows->paid[i]].attempt;
    if (wanted == 0)
        return OK;
    TRY(ctx, methods_shown(ctx, attempts, wanted, &methods, &found));
    for (size_t i = 0; i < rows->receipt_count; i++)
        for (size_t k = 0; k < found && rows->receipts[i].payment.method_text[0] == '\0'; k++)
            if (methods[k].id == items[rows->paid[i]].attempt.payment_method_id)
                rows->receipts[i].payment.method_text = card_text(ctx->arena, methods[k].brand, methods[k].last4);
    return OK;
}

static enum err pay_invoices(struct ctx *ctx, const struct settling *items, struct settled_rows *rows)
{
    TRY(ctx, name_methods(ctx, items, rows));
    TRY(ctx, receive_claimed(ctx, rows->receipts, rows->receipt_count, rows->claims, rows->claim_count, rows->bookings));
    for (size_t i = 0; i < rows->receipt_count; i++) {
        const struct settling *s = &items[rows->paid[i]];
        int64_t method_id;

        if (strcmp(s->attempt.kind, "checkout") != 0)
            continue;
        TRY(ctx, keep_method(ctx, s->payable.customer_id, s->answer, &method_id));
        if (method_id != 0)
            TRY(ctx, save_method_of_invoice(ctx, s->payable.invoice_id, method_id));
    }
    return OK;
}

static enum err settle_quote(struct ctx *ctx, const struct settling *settling)
{
    const struct payable *payable = &settling->payable;
    struct offer offer;
    struct paid paid = {.payable = payable, .attempt = &settling->attempt, .answer = settling->answer,
                        .entry_id = settling->payment_entry_id};

    TRY(ctx, load_offer_agreed(ctx, payable->quote_version_id, &offer)); /* payable_stands has locked its quote */
    TRY(ctx, record_payment(ctx, settling, &paid.payment_id));
    TRY(ctx, keep_method(ctx, payable->customer_id, settling->answer, &paid.method_id));
    return settle_order(ctx, &offer, &settling->ids, &paid);
}

/* Money that came for what no longer stands is never booked by itself, and never lost. */
static enum err ask_operator(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt, const char *kind)
{
    struct operator_item item = {.kind = kind, .subject_kind = "attempt", .subject_id = attempt->id,
        .amount_minor = attempt->amount_minor, .currency = attempt->currency, .detail = attempt->attempt_key,
        .opened_on = ctx->today_on};

    (void)payable;
    return open_operator_item(ctx, &item);
}

/* Something is open of the invoice, also after those of this group that pay it. */
static bool is_open(const struct settled_rows *rows, int64_t invoice_id)
{
    const struct claim *claim = claim_of_invoice(rows->claims, rows->claim_count, invoice_id);
    int64_t open_minor = claim != NULL ? claim->open_minor : 0;

    for (size_t i = 0; i < rows->receipt_count; i++)
        if (rows->receipts[i].invoice_id == invoice_id)
            open_minor -= rows->receipts[i].payment.amount_minor;
    return open_minor > 0;
}

/* A quote that was withdrawn, declined or confirmed by other money takes no payment. */
static enum err payable_stands(struct ctx *ctx, const struct payable *payable, const struct settled_rows *rows, bool *stands)
{
    struct quote_version version;
    struct quote quote;

    if (payable->invoice_id != 0 && claim_of_invoice(rows->claims, rows->claim_count, payable->invoice_id) == NULL) {
        struct receivable asked; /* before it is invoiced */

        TRY(ctx, receivable_of(ctx, payable->invoice_id, &asked));
        *stands = asked.open_minor > 0;
        return OK;
    }
    if (payable->invoice_id != 0) {
        *stands = is_open(rows, payable->invoice_id);
        return OK;
    }
    TRY(ctx, quote_version_by_id(ctx, payable->quote_version_id, &version));
    TRY(ctx, lock_quote(ctx, version.quote_id, &quote));
    /* money for a version that a newer one has replaced is for a person */
    *stands = (quote.state == QUOTE_SIGNED || quote.state == QUOTE_SENT) && quote.current_version_id == version.id;
    return OK;
}

/* The customer is told with a link to pay; what comes later is the dunning rule's. */
static enum err tell_declined(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt, const struct receivable *receivable,
                              enum decline_class decline)
{
    struct customer customer;
    struct link link = {.kind = LINK_KIND_PAY, .object_id = payable->invoice_id, .expires_at = ctx->now + 365 * DAY};
    struct mail mail = {.template = "pay_failed", .invoice_id = payable->invoice_id};

    TRY(ctx, customer_by_id(ctx, payable->customer_id, &customer));
    TRY(ctx, insert_link(ctx, &link, (char **)(uintptr_t)&mail.token));
    mail.link_id = link.id;
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.subscription_id = receivable->subscription_id;
    mail.params = history_params(ctx->arena, "decline", decline_text(decline), "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "pay_failed %lld", (long long)attempt->id);
    return queue_mail(ctx, &mail);
}

/* A debit that was declined: its dunning case, a mail, an item for a person. */
static enum err note_decline(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt,
                             const struct gateway_answer *answer)
{
    enum decline_class decline = decline_class_of(answer->decline_code, answer->advice_code);
    struct receivable receivable;
    struct operator_item item = {.kind = "renewal_declined", .currency = attempt->currency,
        .detail = decline == DECLINE_REQUEST && answer->message[0] != '\0' ? answer->message : answer->decline_code, .opened_on = ctx->today_on};
    bool tells, follows = false;

    TRY(ctx, lock_receivable(ctx, payable->invoice_id, &receivable));
    receivable.collect_on = DATE_NONE;
    receivable.retries++;
    TRY(ctx, save_receivable(ctx, &receivable));
    if (decline_ends_method(decline) && attempt->payment_method_id != 0)
        TRY(ctx, save_payment_method_state(ctx, attempt->payment_method_id, "refused"));
    if (decline_ends_method(decline) && !decline_stops_collection(answer->decline_code) && receivable.retries < RETRY_TRIES_MAX_30_DAYS)
        TRY(ctx, reserve_follows(ctx, receivable.subscription_id, &follows)); /* the next try is another card's */
    TRY(ctx, note_declined_debit(ctx, &receivable, follows || retry_may_follow(decline, receivable.retries), &tells));
    if (tells || decline == DECLINE_AUTHENTICATION || decline == DECLINE_REQUEST || decline_ends_method(decline))
        TRY(ctx, tell_declined(ctx, payable, attempt, &receivable, decline));
    item.amount_minor = receivable.open_minor;
    claim_subject(&receivable, &item.subject_kind, &item.subject_id);
    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_INVOICE, payable->invoice_id, "invoice.declined",
                         history_params(ctx->arena, "code", answer->decline_code, NULL));
}

enum err debit_again(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt)
{
    return strcmp(attempt->kind, "off_session") == 0 ? postpone_collection(ctx, payable->invoice_id, ctx->today_on) : OK;
}

static void take_answer(struct arena *arena, struct attempt *attempt, const struct gateway_answer *answer)
{
    if (answer->session_ref[0] != '\0')
        attempt->session_ref = answer->session_ref;
    if (answer->intent_ref[0] != '\0')
        attempt->intent_ref = answer->intent_ref;
    if (answer->redirect_url[0] != '\0')
        attempt->redirect_url = answer->redirect_url;
    if (answer->decline_code[0] != '\0')
        attempt->decline_code = str_cut(arena, answer->decline_code, 60);
    if (answer->advice_code[0] != '\0')
        attempt->advice_code = str_cut(arena, answer->advice_code, 30);
    if (answer->message[0] != '\0')
        attempt->message = answer->message;
}

/* The gateway refuses to open its page: no other try of the customer's would change that. */
static enum err tell_refused(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt)
{
    const struct operator_item item = {.kind = "payment_refused", .subject_kind = ABOUT_CUSTOMER, .subject_id = payable->customer_id,
        .amount_minor = attempt->amount_minor, .currency = attempt->currency,
        .detail = attempt->message[0] != '\0' ? attempt->message : attempt->decline_code, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

/* The house's key does not open the gateway any more: a person is told at once. */
static enum err tell_denied(struct ctx *ctx, const struct gateway_answer *answer)
{
    const struct operator_item item = {.kind = "gateway_denied", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "",
                                       .detail = answer->message, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

static bool unresolved(enum attempt_state state)
{
    return state == ATTEMPT_UNKNOWN || state == ATTEMPT_PENDING || state == ATTEMPT_ACTION;
}

static void note_move(struct settled_rows *rows, const struct attempt *attempt, enum attempt_state from, enum attempt_event event)
{
    rows->moves[rows->move_count++] = (struct attempt_move){*attempt, from, attempt_event_name(event), attempt->message};
}

static bool is_as_asked(const struct settling *settling)
{
    return settling->answer->amount_minor == settling->attempt.amount_minor && strcmp(settling->answer->currency, settling->attempt.currency) == 0;
}

static enum err settle_one(struct ctx *ctx, struct settling *settling, size_t place, struct settled_rows *rows)
{
    struct attempt *attempt = &settling->attempt;
    const struct payable *payable = &settling->payable;
    enum attempt_state from;
    enum attempt_event event;
    enum attempt_verdict verdict;
    bool stands = true;

    from = attempt->state;
    event = event_of(attempt, settling->answer, ctx->now);
    verdict = attempt_next(from, event, &attempt->state);
    settling->state = attempt->state;
    if (verdict == ATTEMPT_REFUSED) {
        log_event(ctx, LOG_WARNING, "attempt.refused", "key", attempt->attempt_key, "state", attempt_state_name(from),
                  "event", attempt_event_name(event), NULL);
        return OK;
    }
    take_answer(ctx->arena, attempt, settling->answer);
    if (settling->answer->outcome == GATEWAY_DENIED)
        TRY(ctx, tell_denied(ctx, settling->answer));
    if (verdict == ATTEMPT_STAYS) {
        if (!unresolved(from))
            return OK;
        attempt->checks++;
        attempt->next_check_at = attempt_next_check_at(attempt->checks, ctx->now);
        if (ctx->now - attempt->created_at > ATTEMPT_OPERATOR_AFTER && from == ATTEMPT_UNKNOWN)
            TRY(ctx, ask_operator(ctx, payable, attempt, "payment_unknown"));
        note_move(rows, attempt, from, event);
        return OK;
    }
    if (attempt->state == ATTEMPT_SUCCEEDED) {
        bool as_asked = is_as_asked(settling);

        TRY(ctx, payable_stands(ctx, payable, rows, &stands));
        if (as_asked && payable->invoice_id != 0) /* debit first: what could not be invoiced is not paid either */
            stands = stands && claim_of_invoice(rows->claims, rows->claim_count, payable->invoice_id) != NULL;
        if (!stands || !as_asked)
            attempt->state = settling->state = ATTEMPT_OPERATOR;
    }
    attempt->sender = 0;
    attempt->sending_at = 0;
    attempt->next_check_at = !unresolved(attempt->state) ? 0
                             : attempt->state == ATTEMPT_ACTION && strcmp(attempt->kind, "off_session") == 0
                                 ? ctx->now /* nobody can act: the next look gives it up */
                                 : attempt_next_check_at(attempt->checks, ctx->now);
    note_move(rows, attempt, from, event);
    if (from == ATTEMPT_UNKNOWN) {
        TRY(ctx, close_operator_items(ctx, "payment_unknown", "attempt", attempt->id));
        TRY(ctx, close_operator_items(ctx, "check_failed", "attempt", attempt->id));
    }
    if (attempt->state == ATTEMPT_OPERATOR)
        return ask_operator(ctx, payable, attempt, stands ? "amount_differs" : "money_unexpected");
    if (attempt->state == ATTEMPT_SUCCEEDED && payable->invoice_id != 0)
        add_receipt(ctx, settling, place, rows);
    else if (attempt->state == ATTEMPT_SUCCEEDED)
        TRY(ctx, settle_quote(ctx, settling));
    if (event == ATTEMPT_INVALID && settling->answer->customer_gone) /* the next one is made anew */
        TRY(ctx, save_gateway_customer(ctx, payable->customer_id, ""));
    if (attempt->state == ATTEMPT_DECLINED && strcmp(attempt->kind, "off_session") == 0)
        TRY(ctx, note_decline(ctx, payable, attempt, settling->answer));
    else if (event == ATTEMPT_INVALID)
        TRY(ctx, tell_refused(ctx, payable, attempt));
    return attempt->state == ATTEMPT_NOT_SENT ? debit_again(ctx, payable, attempt) : OK;
}

static int by_id(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

struct settling_group {
    struct settling *items;
    size_t count;
    struct attempt_decision *decision; /* a person's, about the only one; NULL: the gateway speaks */
};

/* Debit first: what was asked is invoiced in the transaction of the payment that pays it, before that is received. */
static enum err invoice_asked(struct ctx *ctx, const struct settling_group *group, const struct settled_rows *rows)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct settling *s = &group->items[i];
        enum attempt_state next;
        bool stands;

        if (s->answer->outcome != GATEWAY_SUCCEEDED || s->payable.invoice_id == 0 || !is_as_asked(s) ||
            claim_of_invoice(rows->claims, rows->claim_count, s->payable.invoice_id) != NULL)
            continue;
        if (attempt_next(s->attempt.state, event_of(&s->attempt, s->answer, ctx->now), &next) == ATTEMPT_MOVES && next == ATTEMPT_SUCCEEDED)
            TRY(ctx, invoice_claim(ctx, s->payable.invoice_id, s->invoice_entry_id, &stands));
    }
    return OK;
}

/* Attempts are locked before invoices, both in the order of their ids. */
static enum err lock_settling_group(struct ctx *ctx, const struct settling_group *group, struct settled_rows *rows)
{
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, group->count);
    struct attempt *attempts;
    struct payable *payables;
    size_t invoices = 0;
    size_t found;

    for (size_t i = 0; i < group->count; i++)
        ids[i] = group->items[i].attempt_id;
    TRY(ctx, lock_attempts_of(ctx, ids, group->count, &attempts, &found));
    if (found != group->count)
        return FAIL(ctx, ERR_NOT_FOUND, "%zu attempts of %zu", found, group->count);
    TRY(ctx, payables_of(ctx, attempts, found, &payables));
    for (size_t i = 0; i < group->count; i++) {
        group->items[i].attempt = attempts[i];
        group->items[i].payable = payables[i];
        if (group->items[i].answer->outcome == GATEWAY_SUCCEEDED && payables[i].invoice_id != 0)
            ids[invoices++] = payables[i].invoice_id;
    }
    qsort(ids, invoices, sizeof ids[0], by_id);
    found = 0;
    for (size_t i = 0; i < invoices; i++)
        if (found == 0 || ids[found - 1] != ids[i])
            ids[found++] = ids[i];
    if (found == 0)
        return OK;
    TRY(ctx, lock_claims(ctx, ids, found, &rows->claims, &rows->claim_count));
    if (rows->claim_count == found)
        return OK;
    TRY(ctx, invoice_asked(ctx, group, rows));
    return lock_claims(ctx, ids, found, &rows->claims, &rows->claim_count);
}

/* With the attempt locked. A second press is led to where the first one went. */
static enum err note_decision(struct ctx *ctx, const struct attempt *attempt, struct attempt_decision *d)
{
    d->refusal = NULL;
    if (strcmp(attempt->kind, "sepa") == 0 || !attempt_may_be_decided(attempt->state, attempt->created_at, ctx->now)) {
        enum err err = form_token_result(ctx, d->once->token, &d->url);

        ctx_forget_error(ctx);
        d->refusal = N_("The outcome of this payment is known by now, or not yet a person's to say.");
        return err == OK ? ERR_DUPLICATE : err == ERR_NOT_FOUND ? OK : err;
    }
    TRY(ctx, note_audit(ctx, d->paid ? "attempt.said_paid" : "attempt.said_not_paid", attempt->attempt_key, "ok"));
    return spend_once(ctx, d->once, arena_printf(ctx->arena, "%lld", (long long)attempt->id), &d->url);
}

static enum err settle(struct ctx *ctx, void *arg)
{
    const struct settling_group *group = arg;
    size_t room = group->count;
    struct settled_rows rows = {
        .moves = ARENA_ARRAY(ctx->arena, struct attempt_move, room), .receipts = ARENA_ARRAY(ctx->arena, struct receipt, room),
        .bookings = ARENA_ARRAY(ctx->arena, struct booking, room), .paid = ARENA_ARRAY(ctx->arena, size_t, room)};

    TRY(ctx, lock_settling_group(ctx, group, &rows));
    if (group->decision != NULL) {
        TRY(ctx, note_decision(ctx, &group->items[0].attempt, group->decision));
        if (group->decision->refusal != NULL)
            return OK;
    }
    for (size_t i = 0; i < group->count; i++)
        TRY(ctx, settle_one(ctx, &group->items[i], i, &rows));
    TRY(ctx, pay_invoices(ctx, group->items, &rows));
    TRY(ctx, move_attempts(ctx, rows.moves, rows.move_count));
    TRY(ctx, book_entries(ctx, rows.bookings, rows.receipt_count));
    crash_point("C15");
    return OK;
}

static enum err settle_told(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer, struct attempt_decision *decision, enum attempt_state *state)
{
    struct settling settling = {.attempt_id = attempt_id, .answer = answer};
    struct settling_group group = {&settling, 1, decision};
    enum err err;

    TRY(ctx, db_ready(ctx));
    if (answer->outcome == GATEWAY_SUCCEEDED) {
        TRY(ctx, reserve_invoice_ids(ctx, ORDER_INVOICES, &settling.ids));
        TRY(ctx, reserve_ids(ctx, "journal_entry", 2, &settling.payment_entry_id));
        settling.invoice_entry_id = settling.payment_entry_id + 1;
    }
    err = db_transaction(ctx, settle, &group);
    if (err == OK)
        crash_point("C16");
    *state = settling.state;
    return err;
}

enum err settle_answer(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer, enum attempt_state *state)
{
    return settle_told(ctx, attempt_id, answer, NULL, state);
}

enum err decide_attempt(struct ctx *ctx, int64_t attempt_id, struct attempt_decision *decision)
{
    struct attempt attempt;
    struct gateway_answer said = {.session_ref = "", .customer_ref = "", .decline_code = "", .advice_code = "", .redirect_url = "", .method_ref = "",
                                  .brand = "", .last4 = "", .object_ref = "", .own_key = "", .message = decision->reason};
    enum attempt_state state;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, attempt_by_id(ctx, attempt_id, &attempt));
    said.outcome = decision->paid ? GATEWAY_SUCCEEDED : GATEWAY_ABSENT;
    said.intent_ref = attempt.intent_ref;
    said.amount_minor = attempt.amount_minor;
    said.currency = attempt.currency;
    return settle_told(ctx, attempt_id, &said, decision, &state);
}

static int by_attempt(const void *a, const void *b)
{
    int64_t one = ((const struct answered *)a)->attempt_id;
    int64_t other = ((const struct answered *)b)->attempt_id;

    return (one > other) - (one < other);
}

enum err settle_answers(struct ctx *ctx, struct answered *answered, size_t count)
{
    struct settling *items = ARENA_ARRAY(ctx->arena, struct settling, count + 1);
    struct settling_group group = {items, count, NULL};
    int64_t first_entry_id;
    enum err err;

    if (count == 0)
        return OK;
    qsort(answered, count, sizeof answered[0], by_attempt); /* groups lock in one order */
    TRY(ctx, db_ready(ctx));
    TRY(ctx, reserve_ids(ctx, "journal_entry", 2 * (int64_t)count, &first_entry_id));
    for (size_t i = 0; i < count; i++)
        items[i] = (struct settling){.attempt_id = answered[i].attempt_id, .answer = answered[i].answer,
                                     .payment_entry_id = first_entry_id + (int64_t)i,
                                     .invoice_entry_id = first_entry_id + (int64_t)(count + i)};
    err = db_transaction(ctx, settle, &group);
    for (size_t i = 0; i < count && err == OK; i++)
        answered[i].state = items[i].state;
    if (err == OK) {
        crash_point("C16");
        return OK;
    }
    for (size_t i = 0; i < count && err != ERR_DB_GONE; i++) {
        ctx_forget_error(ctx);
        answered[i].state = (enum attempt_state)0;
        group = (struct settling_group){&items[i], 1, NULL};
        err = db_transaction(ctx, settle, &group);
        if (err == OK)
            answered[i].state = items[i].state;
        else
            log_trail(ctx, "attempt.not_settled");
    }
    return err == ERR_DB_GONE ? err : OK;
}
