#include "service/quoted_change.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "service/contract.h"
#include "service/contract_quoting.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "text/words.h"

static struct amendment_item_row new_item(size_t count, const char *act)
{
    return (struct amendment_item_row){.place = (int32_t)count + 1, .act = act, .product_kind = "service", .timing = "advance", .description = "",
                                       .unit = "", .price_model = "per_unit", .tiers = "", .tax_class = ""};
}

static struct amendment_item_row added_item(size_t count, const struct offer_line *line)
{
    struct amendment_item_row item = new_item(count, "add");

    item.product_id = line->as.product_id;
    item.product_kind = line->as.product_kind;
    item.timing = billing_timing_name(line->as.timing);
    item.description = line->as.description;
    item.unit = line->as.unit;
    item.unit_plural = line->as.unit_plural;
    item.quantity_e4 = line->quantity_e4;
    item.unit_price_e4 = line->as.unit_price_e4;
    item.price_model = line->as.price_model != NULL ? line->as.price_model : "per_unit";
    item.tiers = line->as.tiers != NULL ? line->as.tiers : "";
    item.discount_ppm = line->as.discount_ppm;
    item.discount_minor = line->as.discount_minor;
    item.discount_periods = line->as.discount_periods;
    item.tax_class = line->as.tax_class;
    return item;
}

static bool recurs(const struct offer_line *line)
{
    return line->counts && line->as.kind == LINE_RECURRING;
}

/* ---- a renewal ---- */

int32_t renewal_boundary(const struct ctx *ctx, const struct subscription *s, int32_t from_on)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t earliest_on = from_on > ctx->today_on + 1 ? from_on : ctx->today_on + 1;
    int32_t index = schedule_index(&schedule, earliest_on);

    if (schedule_boundary(&schedule, index) < earliest_on)
        index++;
    return schedule_boundary(&schedule, index > s->next_index ? index : s->next_index);
}

/* The lines that begin on the day: what is in force then goes, whatever that is by then. */
static struct amendment_item_row *items_of_renewal(struct ctx *ctx, const struct offer *offer, size_t *count)
{
    struct amendment_item_row *items = ARENA_ARRAY(ctx->arena, struct amendment_item_row, offer->line_count + 1);

    *count = 0;
    for (size_t i = 0; i < offer->line_count; i++)
        if (recurs(&offer->lines[i])) {
            items[*count] = added_item(*count, &offer->lines[i]);
            (*count)++;
        }
    return items;
}

/* What the quote says of the contract's duration, whole: its plan's terms with its own. */
static const struct amendment_terms *terms_of_offer(struct ctx *ctx, const struct offer *offer)
{
    struct amendment_terms *terms = ARENA_NEW(ctx->arena, struct amendment_terms);

    *terms = (struct amendment_terms){.term_unit = offer->plan.term_unit_name, .term_count = offer->plan.term_count,
                                      .term_renews = offer->plan.term_renews, .commitment_months = offer->plan.commitment_months,
                                      .notice_days = offer->plan.notice_days, .customer_end = own_answer_name(offer->plan.own_end),
                                      .close_days = offer->plan.close_days};
    return terms;
}

static struct amending wish_of_renewal(struct ctx *ctx, const struct offer *offer, const struct subscription *s)
{
    struct amending a = {.kind = AMENDMENT_LINES, .when = AMENDMENT_ON_DATE, .resume_on = DATE_NONE, .credit = true, .quote_id = offer->quote.id,
                         .renews = true, .discounts = &offer->discounts, .reason = offer->quote.number, .subscription_id = s->id,
                         .on = renewal_boundary(ctx, s, offer->started_on), .plan_id = offer->plan.id != s->plan_id ? offer->plan.id : 0};

    if (offer->plan.id != 0)
        a.terms = terms_of_offer(ctx, offer);
    a.items = items_of_renewal(ctx, offer, &a.item_count);
    return a;
}

enum err preview_renewal_quote(struct ctx *ctx, const struct offer *offer, struct amending *a)
{
    struct subscription s;

    TRY(ctx, subscription_by_id(ctx, offer->quote.contract_id, &s));
    *a = wish_of_renewal(ctx, offer, &s);
    return preview_amendment(ctx, a);
}

enum err renewal_lengthens_notice(struct ctx *ctx, int64_t subscription_id, int32_t start_on, int notice_days, bool *lengthens)
{
    struct subscription s;
    struct customer customer;
    struct schedule schedule;
    struct term term;

    TRY(ctx, subscription_by_id(ctx, subscription_id, &s));
    TRY(ctx, customer_by_id(ctx, s.customer_id, &customer));
    schedule = subscription_schedule(&s);
    term = subscription_term(&s);
    *lengthens = !term_notice_may_be(&term, &schedule, notice_days, renewal_boundary(ctx, &s, start_on != DATE_NONE ? start_on : ctx->today_on),
                                     !customer.is_company);
    return OK;
}

static enum err plan_renewal(struct ctx *ctx, const struct offer *offer, struct amending *a)
{
    struct subscription s;

    TRY(ctx, lock_subscription(ctx, offer->quote.contract_id, &s));
    *a = wish_of_renewal(ctx, offer, &s);
    if (s.customer_id == offer->quote.customer_id)
        return plan_amendment(ctx, a);
    a->refusal = N_("The subscription has gone to another customer meanwhile.");
    return OK;
}

/* ---- an upsell: its wish ---- */

/* The contract's, on the day that the quote would change it. */
struct lines_in_force {
    const struct subscription_line *lines;
    size_t line_count;
};

static const char *not_this_contract(struct ctx *ctx, const struct offer *offer, const struct subscription *s, const struct lines_in_force *then)
{
    if (s->customer_id != offer->quote.customer_id)
        return N_("The subscription has gone to another customer meanwhile.");
    if (str_equal(s->state, "ended") || str_equal(s->state, "paused"))
        return N_("This is not possible in the subscription's present state.");
    return str_equal(contract_digest(ctx->arena, then->lines, then->line_count), offer->quote.made_from)
               ? NULL : N_("The subscription was changed otherwise since the quote was made.");
}

static bool same_text(const char *a, const char *b, const char *nothing)
{
    return str_equal(str_empty(a) ? nothing : a, str_empty(b) ? nothing : b);
}

/* All but its quantity: what the customer signs is what holds. */
static bool goes_on(const struct quote_line *line, const struct quote_line *now)
{
    bool tiers = !str_empty(now->tiers);

    return line->product_id == now->product_id && line->timing == now->timing && str_equal(line->description, now->description) &&
           same_text(line->unit, now->unit, "") && same_text(line->price_model, now->price_model, "per_unit") &&
           same_text(line->tiers, now->tiers, "") && (tiers || line->unit_price_e4 == now->unit_price_e4) &&
           line->discount_ppm == now->discount_ppm && line->discount_minor == now->discount_minor &&
           line->discount_periods == now->discount_periods && str_equal(line->tax_class, now->tax_class);
}

static const struct offer_line *line_that_goes_on(const struct offer *offer, int64_t contract_line_id)
{
    for (size_t i = 0; i < offer->line_count; i++)
        if (recurs(&offer->lines[i]) && offer->lines[i].as.contract_line_id == contract_line_id)
            return &offer->lines[i];
    return NULL;
}

/* What is sold once, a line for each part of its price. */
static void add_once(const struct offer *offer, const struct offer_line *line, struct amendment_item_row *items, size_t *count)
{
    struct price_part parts[PRICE_PARTS_MAX];
    struct price_line priced[PRICE_PARTS_MAX];
    size_t part_count = offer_price_lines(offer, line, parts, priced);

    for (size_t i = 0; i < part_count; i++) {
        struct amendment_item_row *item = &items[*count];

        *item = added_item((*count)++, line);
        item->act = "once";
        item->price_model = "per_unit";
        item->tiers = "";
        item->quantity_e4 = priced[i].quantity_e4;
        item->unit_price_e4 = priced[i].unit_price_e4;
        item->discount_minor = priced[i].discount_minor;
        item->discount_periods = 0;
    }
}

/* What differs between the quote's lines and the contract's. */
static struct amendment_item_row *items_of_upsell(struct ctx *ctx, const struct offer *offer, const struct subscription *s,
                                                  const struct lines_in_force *then, bool once, size_t *count)
{
    struct amendment_item_row *items = ARENA_ARRAY(ctx->arena, struct amendment_item_row, then->line_count + offer->line_count * PRICE_PARTS_MAX + 1);
    const struct offer_line **changed = ARENA_ARRAY(ctx->arena, const struct offer_line *, then->line_count + 1);
    size_t changed_count = 0;

    *count = 0;
    for (size_t i = 0; i < then->line_count; i++) {
        const struct quote_line now = contract_quote_line(s, &then->lines[i], offer->quote.made_from_on);
        const struct offer_line *line = line_that_goes_on(offer, then->lines[i].id);
        bool same = line != NULL && goes_on(&line->as, &now);

        if (same && line->quantity_e4 == now.quantity_e4)
            continue;
        items[*count] = new_item(*count, same ? "set" : "remove");
        items[*count].slot = then->lines[i].position;
        items[*count].quantity_e4 = same ? line->quantity_e4 : 0;
        (*count)++;
        if (line != NULL && !same)
            changed[changed_count++] = line;
    }
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];
        bool added = recurs(line) && line->as.contract_line_id == 0;

        for (size_t k = 0; k < changed_count; k++)
            added = added || changed[k] == line;
        if (added) {
            items[*count] = added_item(*count, line);
            (*count)++;
        } else if (once && line->counts && line->as.kind != LINE_RECURRING) {
            add_once(offer, line, items, count);
        }
    }
    return items;
}

/* When it would take effect: at once is the day that was agreed (the signature's, or today), a day that is past by now is at
 * once. */
static void set_day(const struct ctx *ctx, const struct offer *offer, struct amending *a)
{
    a->when = amendment_when_from_name(offer->quote.takes_effect);
    if (a->when == AMENDMENT_AT_PERIOD_END)
        return;
    a->on = offer->started_on;
    a->when = a->on == ctx->today_on ? AMENDMENT_AT_ONCE : AMENDMENT_ON_DATE;
}

static enum err rehearse(struct ctx *ctx, struct offer *offer, bool once, struct amending *a)
{
    struct lines_in_force then;

    TRY(ctx, contract_to_amend(ctx, a, &then.lines, &then.line_count));
    a->plan_id = offer->plan.id != a->before.plan_id ? offer->plan.id : 0;
    a->refusal = not_this_contract(ctx, offer, &a->before, &then);
    if (a->refusal != NULL)
        return OK;
    a->items = items_of_upsell(ctx, offer, &a->before, &then, once, &a->item_count);
    return preview_amendment(ctx, a);
}

/* A day that was agreed and cannot be any more, as a period was billed since, is today. What waits for a later day leaves what
 * is sold once to the acceptance. */
static enum err rehearse_upsell(struct ctx *ctx, struct offer *offer, struct amending *a)
{
    *a = (struct amending){.subscription_id = offer->quote.contract_id, .kind = AMENDMENT_LINES, .resume_on = DATE_NONE, .on = DATE_NONE,
                           .credit = offer->quote.gives_back, .keep_anchor = offer->quote.keep_anchor, .quote_id = offer->quote.id,
                           .reason = offer->quote.number};
    set_day(ctx, offer, a);
    TRY(ctx, rehearse(ctx, offer, true, a));
    if (a->refusal != NULL && a->refused_at == AMENDING_AT_DAY && a->when == AMENDMENT_ON_DATE && a->on < ctx->today_on) {
        a->when = AMENDMENT_AT_ONCE;
        TRY(ctx, rehearse(ctx, offer, true, a));
    }
    return a->refusal == NULL && a->planned ? rehearse(ctx, offer, false, a) : OK;
}

/* ---- an upsell that is accepted: what was invoiced ---- */

static enum err read_totals(struct ctx *ctx, const struct invoice *invoice, struct totals *totals)
{
    struct invoice_tax_row *rows;
    size_t count;

    *totals = (struct totals){.net_minor = invoice->net_minor, .vat_minor = invoice->vat_minor, .gross_minor = invoice->total_minor};
    TRY(ctx, invoice_taxes(ctx, invoice->id, &rows, &count));
    for (size_t i = 0; i < count && i < TOTALS_GROUPS_MAX; i++)
        totals->groups[totals->group_count++] = (struct tax_group){
            .category = tax_category_from_code(rows[i].tax_category), .rate_ppm = rows[i].tax_rate_ppm, .reason = tax_reason_from_name(rows[i].reason),
            .base_minor = rows[i].base_minor, .tax_minor = rows[i].tax_minor};
    return OK;
}

/* The lines of its documents say the same days as the preview did. */
static enum err read_steps(struct ctx *ctx, int64_t invoice_id, bool note, struct amending_step *steps, size_t *count)
{
    struct invoice_line_row *rows;
    size_t row_count;

    TRY(ctx, invoice_lines(ctx, invoice_id, &rows, &row_count));
    for (size_t i = 0; i < row_count && *count < INVOICE_LINES_MAX; i++) {
        struct period period = {rows[i].period_from_on, rows[i].period_until_on};

        steps[(*count)++] = (struct amending_step){
            .description = rows[i].description, .quantity_e4 = rows[i].quantity_e4, .period = rows[i].period_from_on != DATE_NONE ? period : PERIOD_NONE,
            .minor = note ? -rows[i].net_minor : rows[i].net_minor, .invoice = ""};
    }
    return OK;
}

static enum err read_accepted(struct ctx *ctx, struct offer *offer)
{
    struct amending_step *steps = ARENA_ARRAY(ctx->arena, struct amending_step, INVOICE_LINES_MAX);
    struct amendment_document *documents;
    struct amendment_row row;
    struct invoice invoice;
    size_t count;
    enum err err = amendment_of_quote(ctx, offer->quote.id, &row);

    if (err == ERR_NOT_FOUND) { /* it could not be made: an item tells why */
        ctx_forget_error(ctx);
        return OK;
    }
    TRY(ctx, err);
    offer->effective_on = row.effective_on;
    if (row.effective_on > row.made_on) /* it waited, or waits */
        return OK;
    offer->change_at_once = true;
    TRY(ctx, amendment_documents(ctx, row.id, &documents, &count));
    for (size_t i = 0; i < count; i++) {
        bool note = str_equal(documents[i].kind, "credit_note");

        TRY(ctx, read_steps(ctx, documents[i].invoice_id, note, steps, &offer->step_count));
        if (note) {
            offer->given_back_minor += documents[i].total_minor;
            continue;
        }
        TRY(ctx, invoice_by_id(ctx, documents[i].invoice_id, &invoice));
        TRY(ctx, read_totals(ctx, &invoice, &offer->charged));
    }
    offer->steps = steps;
    return OK;
}

/* ---- an upsell as it is looked at ---- */

enum err look_at_contract(struct ctx *ctx, struct offer *offer)
{
    struct amending *a = ARENA_NEW(ctx->arena, struct amending);
    struct subscription s;
    enum err err;

    offer->change = NULL;
    offer->change_refusal = NULL;
    offer->change_at_once = false;
    offer->effective_on = DATE_NONE;
    offer->step_count = 0;
    offer->given_back_minor = 0;
    offer->charged = (struct totals){.net_minor = 0};
    TRY(ctx, subscription_by_id(ctx, offer->quote.contract_id, &s));
    if (offer->quote.state == QUOTE_CONFIRMED) {
        TRY(ctx, read_accepted(ctx, offer));
    } else {
        err = rehearse_upsell(ctx, offer, a);
        if (err == ERR_LIMIT) { /* an amount out of bounds, a VAT rate that is missing */
            ctx_forget_error(ctx);
            offer->priced = false;
            return OK;
        }
        TRY(ctx, err);
        offer->change_refusal = a->refusal;
        if (a->refusal == NULL) {
            offer->change = a;
            offer->effective_on = a->effective_on;
            offer->change_at_once = !a->planned;
        }
        if (a->refusal == NULL && !a->planned) {
            offer->charged = a->charged;
            offer->given_back_minor = a->credited_minor;
            offer->steps = a->steps;
            offer->step_count = a->step_count;
        }
    }
    if (s.customer_id == offer->quote.customer_id)
        offer->discounts = contract_quote_discounts(&s, offer->effective_on != DATE_NONE ? offer->effective_on : ctx->today_on);
    return OK;
}

/* ---- accepted ---- */

enum err tell_of_refused_change(struct ctx *ctx, const struct offer *offer)
{
    struct operator_item item = {.kind = "amendment_failed", .subject_kind = "subscription", .subject_id = offer->quote.contract_id, .currency = "",
                                 .detail = offer->quote.number, .opened_on = ctx->today_on};
    const char *refusal = offer->change_refusal != NULL ? offer->change_refusal : quote_refusal_text(QUOTE_CONTRACT_DIFFERS);

    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, offer->quote.contract_id, "subscription.amendment_failed",
                         history_params(ctx->arena, "kind", "lines", "reason", refusal, NULL));
}

enum err carry_out_quote(struct ctx *ctx, const struct offer *offer, int64_t order_id, bool paid, const struct invoice_ids *ids, struct amending *a)
{
    struct offer failed;

    if (offer->quote.kind == QUOTE_RENEWAL) {
        TRY(ctx, plan_renewal(ctx, offer, a));
    } else if (offer->change == NULL) {
        *a = (struct amending){.refusal = offer->change_refusal != NULL ? offer->change_refusal : quote_refusal_text(QUOTE_CONTRACT_DIFFERS)};
    } else {
        *a = *offer->change;
        a->order_id = a->planned ? 0 : order_id;
        a->paid = paid;
        TRY(ctx, carry_out_amendment(ctx, a, ids));
    }
    if (a->refusal == NULL)
        return OK;
    failed = *offer;
    failed.change_refusal = a->refusal;
    return tell_of_refused_change(ctx, &failed);
}
