#include "service/deal.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/quote.h"
#include "service/contract.h"
#include "core/revision.h"
#include "service/metering.h"
#include "store/claim.h"
#include "service/tiering.h"
#include "store/customer.h"
#include "store/seller_user.h"
#include "store/usage.h"
#include "text/words.h"

void deal_refuse(struct deal *d, const char *refusal, enum amending_place at, size_t line)
{
    if (d->a->refusal != NULL)
        return;
    d->a->refusal = refusal;
    d->a->refused_at = at;
    d->a->refused_line = line;
}

/* ---- the contract ---- */

/* Closed by the pause that runs or by the end that is reached, from a pause too. Lines closed before it was noted what
 * closes them are told by their last day. */
static bool is_suspended(const struct deal *d, const struct subscription_line *line)
{
    enum subscription_state state = d->facts.state;
    int32_t paused_on = d->facts.paused_on;
    int32_t closed_on = state == SUBSCRIPTION_ENDED ? d->s.ends_on : state == SUBSCRIPTION_PAUSED ? paused_on : DATE_NONE;

    if (closed_on == DATE_NONE)
        return false;
    if (line->closed_by_change)
        return line->suspended_on != DATE_NONE && (line->suspended_on == closed_on || line->suspended_on == paused_on);
    return line->until_on == closed_on && line->from_on < closed_on;
}

static enum err lines_for_core(struct ctx *ctx, struct deal *d)
{
    struct amendment_line *lines = ARENA_ARRAY(ctx->arena, struct amendment_line, d->line_count + 1);

    for (size_t i = 0; i < d->line_count; i++) {
        const struct subscription_line *line = &d->lines[i];
        struct price_rule *rule = ARENA_NEW(ctx->arena, struct price_rule);

        TRY(ctx, subscription_line_rule(ctx, line, rule));
        lines[i] = (struct amendment_line){
            .id = line->id, .slot = line->position, .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->unit_price_e4,
            .rule = rule->model == PRICE_PER_UNIT ? NULL : rule, .discount_ppm = line->discount_ppm, .discount_minor = line->discount_minor,
            .discount_periods = line->discount_periods, .timing = billing_timing_from_name(line->timing),
            .goods = str_equal(line->product_kind, "goods"), .suspended = is_suspended(d, line), .amended = line->amended,
            .from_on = line->from_on, .until_on = line->until_on};
    }
    d->facts.lines = lines;
    d->facts.line_count = d->line_count;
    return OK;
}

/* As it was priced: with VAT where prices are. */
static int64_t as_priced(int64_t net_minor, int64_t priced_minor)
{
    return priced_minor != 0 ? priced_minor : net_minor;
}

static enum err load_invoiced(struct ctx *ctx, struct deal *d)
{
    struct invoiced_credit_row *rows;
    struct invoiced_line *lines;
    struct invoiced_credit *credits;
    size_t row_count;
    size_t used = 0;

    TRY(ctx, invoiced_of(ctx, d->s.id, &d->invoiced, &d->invoiced_count));
    TRY(ctx, credits_of_invoiced(ctx, d->s.id, &rows, &row_count));
    lines = ARENA_ARRAY(ctx->arena, struct invoiced_line, d->invoiced_count + 1);
    credits = ARENA_ARRAY(ctx->arena, struct invoiced_credit, row_count + 1);
    for (size_t i = 0; i < d->invoiced_count; i++) {
        const struct invoiced_row *row = &d->invoiced[i];

        lines[i] = (struct invoiced_line){.id = row->invoice_id, .slot = row->slot, .period = {row->from_on, row->until_on},
                                          .quantity_e4 = row->quantity_e4, .minor = as_priced(row->net_minor, row->priced_minor),
                                          .goods = row->goods, .amended_on = row->amended_on, .credits = &credits[used]};
        for (size_t c = 0; c < row_count; c++)
            if (rows[c].invoice_id == row->invoice_id && rows[c].invoice_position == row->invoice_position) {
                credits[used++] = (struct invoiced_credit){rows[c].from_on, as_priced(rows[c].net_minor, rows[c].priced_minor), rows[c].amended_on};
                lines[i].credit_count++;
            }
    }
    d->facts.invoiced = lines;
    d->facts.invoiced_count = d->invoiced_count;
    return OK;
}

static enum err load_pauses(struct ctx *ctx, struct deal *d)
{
    struct subscription_pause *rows;
    struct period *periods;
    size_t count;

    TRY(ctx, pauses_of(ctx, d->s.id, &rows, &count));
    periods = ARENA_ARRAY(ctx->arena, struct period, count + 1);
    for (size_t i = 0; i < count; i++) {
        periods[i] = (struct period){rows[i].from_on, rows[i].until_on};
        if (rows[i].until_on == DATE_NONE || (d->facts.state == SUBSCRIPTION_ENDED && rows[i].until_on == d->s.ends_on)) {
            d->facts.paused_on = rows[i].from_on;
            d->facts.banked_days = rows[i].banked_days;
        }
    }
    d->facts.pauses = (struct invoiced_pauses){periods, count};
    return OK;
}

/* What is asked for before it is invoiced keeps its amount: a discount leaves its period alone. */
static enum err count_claim(struct ctx *ctx, struct deal *d)
{
    struct receivable claim;
    enum err err = claim_of(ctx, d->s.id, &claim);

    if (err == OK)
        d->facts.billed_until_on = schedule_boundary(&d->facts.schedule, d->s.next_index + 1);
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err load_facts(struct ctx *ctx, struct deal *d)
{
    const struct subscription *s = &d->s;
    struct schedule schedule = subscription_schedule(s);
    struct discounts *discounts = ARENA_NEW(ctx->arena, struct discounts);
    struct amended_until until;
    struct plan own;

    TRY(ctx, amended_until(ctx, s->id, &until));
    TRY(ctx, plan_by_id(ctx, s->plan_id, &own));
    d->facts = (struct amendment_facts){
        .state = subscription_state_from_name(s->state), .schedule = schedule, .currency = currency_find(s->currency),
        .started_on = s->started_on, .counted_on = subscription_counted_from(s), .discounts = discounts, .ended_on = s->ends_on, .commitment_until_on = s->commitment_until_on,
        .notice_days = s->notice_days, .term_until_on = s->term_until_on, .billed_from_on = until.billed_from_on,
        .billed_until_on = until.billed_from_on != DATE_NONE || s->epoch > 0 || s->billed_until_on != DATE_NONE ? schedule_boundary(&schedule, s->next_index) : DATE_NONE,
        .unbilled_index = s->next_index < s->arrears_index ? s->next_index : s->arrears_index, .amended_on = until.amended_on, .paused_on = DATE_NONE, .may_pause = !own.no_pause, .pause_max_days = own.pause_max_days,
        .today_on = ctx->today_on};
    if (d->a->renews && str_equal(s->end_reason, "term"))
        d->facts.ended_on = DATE_NONE; /* a renewal begins another term */
    *discounts = subscription_discounts(s);
    if (d->a->kind == AMENDMENT_DISCOUNT && s->debit_first)
        TRY(ctx, count_claim(ctx, d));
    TRY(ctx, load_pauses(ctx, d));
    TRY(ctx, lines_for_core(ctx, d));
    return load_invoiced(ctx, d);
}

enum err deal_load(struct ctx *ctx, struct deal *d, bool lock)
{
    struct buyer *buyers;
    size_t count;

    TRY(ctx, company_current(ctx, &d->company));
    TRY(ctx, load_taxing(ctx, &d->company, &d->taxing));
    TRY(ctx, lock ? lock_subscription(ctx, d->a->subscription_id, &d->s) : subscription_by_id(ctx, d->a->subscription_id, &d->s));
    TRY(ctx, subscription_lines(ctx, d->s.id, d->s.id + 1, &d->lines, &d->line_count));
    TRY(ctx, buyers_of(ctx, &d->s, 1, &buyers, &count));
    CHECK(count == 1);
    d->buyer = buyers[0];
    TRY(ctx, plan_by_id(ctx, d->a->plan_id != 0 ? d->a->plan_id : d->s.plan_id, &d->plan));
    return load_facts(ctx, d);
}

/* ---- the wish ---- */

/* A product at its price for the customer on the day (service/listing): in the plan, or once. unit_price_e4 < 0: it has
 * none, or is not sold. */
static enum err item_of_product(struct ctx *ctx, struct deal *d, int32_t on, int64_t product_id, int64_t quantity_e4, bool once,
                                struct amendment_item_row *item)
{
    struct product product;
    struct listed_price listed;
    char tiers[TIERS_TEXT_BYTES];
    enum err err = product_by_id(ctx, product_id, &product);

    item->unit_price_e4 = -1;
    if (err == ERR_NOT_FOUND || (err == OK && !str_equal(product.state, "active")))
        return OK;
    TRY(ctx, err);
    if (d->lists == NULL) {
        d->lists = ARENA_NEW(ctx->arena, struct price_lists);
        TRY(ctx, load_price_lists(ctx, d->s.customer_id, d->s.currency, on, d->lists));
    }
    item->act = once ? "once" : "add";
    item->product_id = product.id;
    item->product_kind = product.kind;
    item->timing = once ? "advance" : str_empty(product.timing) ? d->plan.timing_name : product.timing;
    item->description = product.name;
    item->unit = product.unit;
    item->unit_plural = product.unit_plural;
    item->tax_class = product.tax_class;
    if (!plan_price(d->lists, product_id, once ? 0 : d->plan.id, quantity_e4, &listed) || (once && listed.rule.model != PRICE_PER_UNIT))
        return OK;
    item->price_model = price_model_name(listed.rule.model);
    item->tiers = arena_strdup(ctx->arena, tiers_text(&listed.rule, tiers));
    item->unit_price_e4 = price_model_has_tiers(listed.rule.model) ? 0 : listed.rule.unit_price_e4;
    return OK;
}

static struct amendment_item_row *new_item(struct deal *d, const char *act)
{
    struct amendment_item_row *item = &d->items[d->item_count++];

    *item = (struct amendment_item_row){.place = (int32_t)d->item_count, .act = act, .product_kind = "service", .timing = "advance",
                                        .description = "", .unit = "", .price_model = "per_unit", .tiers = "", .tax_class = ""};
    return item;
}

/* Every line in force goes on at its price in the new plan; a discount goes on for as long as it had left, with periods
 * of another length only a percentage without end. */
static enum err items_of_plan(struct ctx *ctx, struct deal *d, int32_t on)
{
    const struct recurrence every = d->facts.schedule.every;
    bool same = every.unit == d->plan.every.unit && every.count == d->plan.every.count;
    size_t count;
    const struct subscription_line *lines = lines_in_force(ctx, d->lines, d->line_count, on, &count);

    for (size_t i = 0; i < count; i++) {
        const struct subscription_line *line = &lines[i];
        int32_t began_on = line->from_on > d->facts.counted_on ? line->from_on : d->facts.counted_on;
        int32_t used = schedule_index(&d->facts.schedule, on) - schedule_index(&d->facts.schedule, began_on);
        struct amendment_item_row *added;
        int32_t left;

        new_item(d, "remove")->slot = line->position;
        added = new_item(d, "add");
        TRY(ctx, item_of_product(ctx, d, on, line->product_id, line->quantity_e4, false, added));
        if (added->unit_price_e4 < 0) {
            deal_refuse(d, N_("One of its lines has no price in this plan."), AMENDING_AT_PLAN, 0);
            return OK;
        }
        added->description = line->description;
        added->quantity_e4 = line->quantity_e4;
        if (line->discount_ppm == 0 && line->discount_minor == 0)
            continue;
        if (revision_discount_left(line->discount_periods, used < 0 ? 0 : used, &left) &&
            (same || (line->discount_periods == 0 && line->discount_minor == 0))) {
            added->discount_ppm = line->discount_ppm;
            added->discount_minor = line->discount_minor;
            added->discount_periods = left;
        } else {
            d->discount_ends = d->discount_ends || revision_discount_left(line->discount_periods, used < 0 ? 0 : used, &left);
        }
    }
    return OK;
}

/* The line of a place that is in force on the day; NULL: none. */
static const struct subscription_line *line_in_place(const struct deal *d, int32_t slot, int32_t on)
{
    size_t i = amendment_line_on(d->facts.lines, d->facts.line_count, slot, on);

    return i == AMENDMENT_NO_INDEX ? NULL : &d->lines[i];
}

/* What the seller agreed on for a line that is added, whatever the lists say. */
static void put_own_terms(const struct amending_line *line, struct amendment_item_row *item)
{
    if (item->product_id == 0)
        return; /* it is not sold */
    if (line->own_price) {
        item->price_model = "per_unit";
        item->tiers = "";
        item->unit_price_e4 = line->unit_price_e4;
    }
    item->discount_ppm = line->discount_ppm;
    item->discount_minor = line->discount_minor;
    item->discount_periods = line->act == AMENDING_ADD ? line->discount_periods : 0;
}

static enum err item_of_line(struct ctx *ctx, struct deal *d, int32_t on, size_t i)
{
    const struct amending_line *line = &d->a->lines[i];
    bool there = line->act == AMENDING_SET || line->act == AMENDING_REMOVE;
    struct amendment_item_row *item = new_item(d, line->act == AMENDING_REMOVE ? "remove" : "set");
    const struct subscription_line *now = there ? line_in_place(d, line->slot, on) : NULL;

    item->slot = !there ? 0 : line->slot > 0 ? line->slot : INT32_MAX;
    if (!there)
        TRY(ctx, item_of_product(ctx, d, on, line->product_id, line->quantity_e4, line->act == AMENDING_ADD_ONCE, item));
    if (!there)
        put_own_terms(line, item);
    item->quantity_e4 = line->act == AMENDING_REMOVE ? 0 : str_equal(item->timing, "usage") ? QUANTITY_ONE : line->quantity_e4;
    if (item->unit_price_e4 < 0)
        deal_refuse(d, N_("This product has no price in the subscription's plan and currency."), AMENDING_AT_LINE, i);
    if (line->act == AMENDING_SET && now != NULL && str_equal(now->timing, "usage"))
        deal_refuse(d, N_("This line has no quantity: it is billed by what is used."), AMENDING_AT_LINE, i);
    return OK;
}

static const char *coupon_words(enum coupon_refusal refusal)
{
    return refusal == COUPON_HAD_ALREADY ? N_("The customer has used this code before") : coupon_refusal_text(refusal);
}

static void new_discount(struct deal *d, const char *act, const struct discount *discount)
{
    struct amendment_discount_row *row = &d->discounts[d->discount_count++];

    *row = (struct amendment_discount_row){.place = (int32_t)d->discount_count, .act = act, .ppm = discount->ppm, .amount_minor = discount->amount_minor,
                                           .periods = str_equal(act, "begin") ? discount->periods : 0, .code = discount->code};
}

static enum err discounts_of_wish(struct ctx *ctx, struct deal *d, bool preview)
{
    const struct amending *a = d->a;

    d->discounts = ARENA_ARRAY(ctx->arena, struct amendment_discount_row, a->end_count + 2);
    for (size_t i = 0; i < a->end_count; i++)
        new_discount(d, "end", &a->ends[i]);
    if (a->own.ppm != 0 || a->own.amount_minor != 0)
        new_discount(d, "begin", &a->own);
    if (str_empty(a->coupon))
        return OK;
    d->coupon = (struct coupon_taking){.code = a->coupon, .customer_id = d->s.customer_id, .currency = d->s.currency};
    TRY(ctx, look_at_coupon(ctx, !preview, &d->coupon));
    if (d->coupon.refusal != COUPON_ACCEPTED)
        deal_refuse(d, coupon_words(d->coupon.refusal), AMENDING_AT_COUPON, 0);
    else
        new_discount(d, "begin", &d->coupon.discount);
    return OK;
}

enum err deal_items(struct ctx *ctx, struct deal *d, bool preview)
{
    const struct amending *a = d->a;
    struct amendment_wish wish = {.when = a->when, .on = a->on};
    int32_t on = amendment_effective_on(&d->facts, &wish);

    d->items = ARENA_ARRAY(ctx->arena, struct amendment_item_row, a->line_count + 2 * d->line_count + 1);
    if (a->kind == AMENDMENT_DISCOUNT)
        return discounts_of_wish(ctx, d, preview);
    if (a->kind != AMENDMENT_LINES)
        return OK;
    if (a->items != NULL) {
        d->items = ARENA_ARRAY(ctx->arena, struct amendment_item_row, a->item_count + 1);
        memcpy(d->items, a->items, a->item_count * sizeof d->items[0]);
        d->item_count = a->item_count;
        return OK;
    }
    if (a->plan_id != 0 && (!str_equal(d->plan.state, "active") || a->plan_id == d->s.plan_id)) {
        deal_refuse(d, N_("Choose another plan that is in use."), AMENDING_AT_PLAN, 0);
        return OK;
    }
    if (on == DATE_NONE)
        on = ctx->today_on; /* the day is missing: core says so */
    if (a->plan_id != 0)
        return items_of_plan(ctx, d, on);
    for (size_t i = 0; i < a->line_count; i++)
        TRY(ctx, item_of_line(ctx, d, on, i));
    return OK;
}

/* NULL: a price for each. What is stored was read from price lists, and is acceptable. */
static const struct price_rule *rule_of_item(struct ctx *ctx, const struct amendment_item_row *item)
{
    struct price_rule *rule = ARENA_NEW(ctx->arena, struct price_rule);

    if (str_equal(item->price_model, "per_unit"))
        return NULL;
    CHECK(price_rule_read(item->price_model, item->tiers, item->unit_price_e4, rule));
    return rule;
}

static void discounts_for_core(struct ctx *ctx, const struct deal *d, struct amendment_wish *wish)
{
    struct discount *ends = ARENA_ARRAY(ctx->arena, struct discount, d->discount_count + 1);
    struct discount *begins = ARENA_ARRAY(ctx->arena, struct discount, d->discount_count + 1);

    for (size_t i = 0; i < d->discount_count; i++) {
        const struct amendment_discount_row *row = &d->discounts[i];
        struct discount discount = {.ppm = row->ppm, .amount_minor = row->amount_minor, .periods = row->periods};

        CHECK(strlen(row->code) < sizeof discount.code); /* the column's width */
        memcpy(discount.code, row->code, strlen(row->code) + 1);
        if (str_equal(row->act, "end"))
            ends[wish->end_count++] = discount;
        else
            begins[wish->begin_count++] = discount;
    }
    wish->ends = ends;
    wish->begins = begins;
}

static struct amendment_wish wish_of(struct ctx *ctx, struct deal *d)
{
    const struct amending *a = d->a;
    struct amendment_edit *edits = ARENA_ARRAY(ctx->arena, struct amendment_edit, d->item_count + d->line_count + 1);
    struct amendment_addition *additions = ARENA_ARRAY(ctx->arena, struct amendment_addition, d->item_count + 1);
    struct amendment_wish wish = {.kind = a->kind, .when = a->when, .on = a->on, .credit = a->credit, .agreed = a->agreed, .edits = edits,
                                  .additions = additions, .keep_anchor = a->keep_anchor, .anew = a->discounts, .resume_on = a->resume_on};

    d->item_of = ARENA_ARRAY(ctx->arena, size_t, d->item_count + d->line_count + 1);
    for (size_t i = 0; i < d->line_count && a->renews; i++) /* a renewal replaces whatever runs then */
        if (period_contains((struct period){d->lines[i].from_on, d->lines[i].until_on}, a->on))
            edits[wish.edit_count++] = (struct amendment_edit){.slot = d->lines[i].position, .remove = true};
    for (size_t i = 0; i < d->item_count; i++)
        if (d->items[i].slot != 0) {
            d->item_of[wish.edit_count] = i;
            edits[wish.edit_count++] = (struct amendment_edit){.slot = d->items[i].slot, .remove = str_equal(d->items[i].act, "remove"),
                                                               .quantity_e4 = d->items[i].quantity_e4};
        }
    for (size_t i = 0; i < d->item_count; i++) {
        const struct amendment_item_row *item = &d->items[i];

        if (item->slot != 0)
            continue;
        d->item_of[wish.edit_count + wish.addition_count] = i;
        additions[wish.addition_count++] = (struct amendment_addition){
            .quantity_e4 = item->quantity_e4, .unit_price_e4 = item->unit_price_e4, .rule = rule_of_item(ctx, item),
            .discount_ppm = item->discount_ppm, .discount_minor = item->discount_minor, .discount_periods = item->discount_periods, .timing = billing_timing_from_name(item->timing),
            .goods = str_equal(item->product_kind, "goods"), .once = str_equal(item->act, "once")};
    }
    discounts_for_core(ctx, d, &wish);
    if (a->plan_id != 0)
        wish.every = d->plan.every;
    if (a->plan_id != 0 || a->kind == AMENDMENT_REACTIVATE)
        wish.anchor = d->plan.anchor;
    return wish;
}

/* ---- the decision ---- */

static enum amending_place place_of(enum amendment_refusal refusal)
{
    switch (refusal) {
    case AMENDMENT_DAY_MISSING:
    case AMENDMENT_BEFORE_START:
    case AMENDMENT_BEFORE_BILLED:
    case AMENDMENT_BEFORE_ANOTHER:
    case AMENDMENT_AFTER_END:
    case AMENDMENT_TOO_FAR:
    case AMENDMENT_UNDER_COMMITMENT:
    case AMENDMENT_WITHIN_TERM:
    case AMENDMENT_WITHIN_NOTICE: return AMENDING_AT_DAY;
    case AMENDMENT_LINE_UNKNOWN:
    case AMENDMENT_LINE_TWICE:
    case AMENDMENT_QUANTITY_OUT_OF_BOUNDS:
    case AMENDMENT_PRICE_OUT_OF_BOUNDS: return AMENDING_AT_LINE;
    case AMENDMENT_RECURRENCE_INVALID:
    case AMENDMENT_KEEPS_OLD_LINES: return AMENDING_AT_PLAN;
    case AMENDMENT_RESUME_BEFORE_PAUSE:
    case AMENDMENT_PAUSE_TOO_LONG: return AMENDING_AT_RESUME;
    case AMENDMENT_DISCOUNT_OUT_OF_BOUNDS:
    case AMENDMENT_DISCOUNTS_FULL: return AMENDING_AT_DISCOUNT;
    case AMENDMENT_COUPON_STANDS: return AMENDING_AT_COUPON;
    default: return AMENDING_AT_FORM;
    }
}

static struct subscription_line opened_line(const struct deal *d, const struct amendment_wish *wish, const struct amendment_opening *o)
{
    struct subscription_line line = {.subscription_id = d->s.id};

    if (o->line != AMENDMENT_NO_INDEX) {
        line = d->lines[o->line];
        line.revision_id = o->follows != AMENDMENT_NO_INDEX ? line.revision_id : 0; /* its day came */
    } else {
        const struct amendment_item_row *item = &d->items[d->item_of[wish->edit_count + o->addition]];

        line.product_id = item->product_id;
        line.product_kind = item->product_kind;
        line.timing = item->timing;
        line.description = item->description;
        line.unit = item->unit;
        line.unit_plural = item->unit_plural;
        line.tax_class = item->tax_class;
        line.price_model = item->price_model;
        line.tiers = item->tiers;
    }
    line.id = line.quote_line_id = line.replaces_id = 0;
    line.closed_by_change = line.amended = false;
    line.position = o->slot;
    line.quantity_e4 = o->quantity_e4;
    line.unit_price_e4 = o->unit_price_e4;
    line.discount_ppm = o->discount_ppm;
    line.discount_minor = o->discount_minor;
    line.discount_periods = o->discount_periods;
    line.from_on = o->from_on;
    line.until_on = o->until_on;
    return line;
}

static void lines_after(struct ctx *ctx, struct deal *d, const struct amendment_wish *wish)
{
    d->all = ARENA_ARRAY(ctx->arena, struct subscription_line, d->line_count + d->change.opening_count + 1);
    memcpy(d->all, d->lines, d->line_count * sizeof d->lines[0]);
    for (size_t i = 0; i < d->change.closing_count; i++)
        d->all[d->change.closings[i].line].until_on = d->change.closings[i].until_on;
    d->all_count = d->line_count;
    for (size_t i = 0; i < d->change.opening_count; i++)
        d->all[d->all_count++] = opened_line(d, wish, &d->change.openings[i]);
}

struct subscription_line *lines_in_force(struct ctx *ctx, const struct subscription_line *lines, size_t line_count, int32_t on, size_t *count)
{
    struct subscription_line *in_force = ARENA_ARRAY(ctx->arena, struct subscription_line, line_count + 1);

    *count = 0;
    for (size_t i = 0; i < line_count; i++)
        if (period_contains((struct period){lines[i].from_on, lines[i].until_on}, on))
            in_force[(*count)++] = lines[i];
    for (size_t i = 1; i < *count; i++) /* as they stand on the contract */
        for (size_t k = i; k > 0 && in_force[k - 1].position > in_force[k].position; k--) {
            struct subscription_line line = in_force[k];

            in_force[k] = in_force[k - 1];
            in_force[k - 1] = line;
        }
    return in_force;
}

/* The lines as they are priced in the period of a day, *count of them. */
static enum err lines_priced(struct ctx *ctx, struct deal *d, const struct subscription_line *agreed, size_t agreed_count, const struct counting *counting,
                             int32_t on, struct price_line **result, size_t *count)
{
    const struct tax_buyer who = {.country = d->buyer.country, .postal_code = d->buyer.postal_code, .vat_id = d->buyer.vat_id,
                                  .is_company = d->buyer.is_company, .vat_checked = d->buyer.vat_checked};
    const struct currency *currency = currency_find(d->s.currency);
    struct subscription_line *lines;
    struct tax_line *taxed;
    struct price_line *priced;
    int32_t index = schedule_index(&counting->schedule, on);
    bool complete;

    TRY(ctx, plain_lines(ctx, d->buyer.language, currency, agreed, agreed_count, &lines, count));
    taxed = ARENA_ARRAY(ctx->arena, struct tax_line, *count + 1);
    *result = priced = ARENA_ARRAY(ctx->arena, struct price_line, *count + 1);
    for (size_t i = 0; i < *count; i++)
        taxed[i] = (struct tax_line){.tax_class = lines[i].tax_class, .goods = str_equal(lines[i].product_kind, "goods")};
    TRY(ctx, tax_sale(ctx, &d->taxing, &who, d->s.currency, on, taxed, *count, &complete));
    for (size_t i = 0; i < *count; i++) {
        int32_t began_on = lines[i].from_on > counting->from_on ? lines[i].from_on : counting->from_on;
        int32_t ordinal = index - schedule_index(&counting->schedule, began_on);
        bool lasts = lines[i].discount_periods == 0 || ordinal < lines[i].discount_periods;

        priced[i] = (struct price_line){.kind = LINE_RECURRING, .metered = str_equal(lines[i].timing, "usage"),
                                        .quantity_e4 = lines[i].quantity_e4, .unit_price_e4 = lines[i].unit_price_e4,
                                        .discount_ppm = lasts ? lines[i].discount_ppm : 0, .discount_minor = lasts ? lines[i].discount_minor : 0,
                                        .tax = taxed[i].tax};
    }
    return OK;
}

enum err lines_worth(struct ctx *ctx, struct deal *d, const struct subscription_line *lines, size_t line_count, const struct counting *counting,
                     int32_t on, int64_t *period_minor, int64_t *mrr_e4)
{
    const struct currency *currency = currency_find(d->s.currency);
    int32_t counted = schedule_index(&counting->schedule, on) - schedule_index(&counting->schedule, counting->from_on);
    struct discounts lasting = discounts_left(&counting->discounts, counted < 0 ? 0 : counted);
    struct price_line *priced;
    struct quote_totals totals;
    size_t count;

    TRY(ctx, lines_priced(ctx, d, lines, line_count, counting, on, &priced, &count));
    if (!quote_totals_less(ctx->arena, priced, count, &lasting, currency, counting->schedule.every, &totals))
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", d->s.number);
    *period_minor = totals.period.net_minor;
    *mrr_e4 = totals.mrr_e4;
    return OK;
}

/* An amount off is of no use beyond what the contract bills, in the terms in which its prices are. What is used is not known
 * before. */
static enum err refuse_more_than_is_billed(struct ctx *ctx, struct deal *d, const struct counting *counting)
{
    const struct amending *a = d->a;
    struct price_line *priced;
    int64_t sum = 0;
    size_t count;

    TRY(ctx, lines_priced(ctx, d, a->after_lines, a->after_line_count, counting, d->change.effective_on, &priced, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t net_minor;

        if (priced[i].metered)
            return OK;
        if (!line_period_net(&priced[i], 0, currency_find(d->s.currency), &net_minor))
            return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", d->s.number);
        sum += net_minor;
    }
    for (size_t i = 0; i < d->discount_count; i++)
        if (str_equal(d->discounts[i].act, "begin") && d->discounts[i].code[0] == '\0' && d->discounts[i].amount_minor > sum)
            deal_refuse(d, N_("This is more than the subscription bills for a period."), AMENDING_AT_DISCOUNT, 0);
    return OK;
}

/* What the old periods still ask when the contract stops or new ones begin: lines that are billed afterwards, by use
 * too, and what a run that is late has not billed. What was reported for the day itself was used before the change. */
static enum err close_periods(struct ctx *ctx, struct deal *d)
{
    enum amendment_kind kind = d->a->kind;
    int32_t on = d->change.effective_on;
    struct subscription s = d->s;
    struct subscription_line *lines;
    struct usage_day *days;
    struct billing_facts facts;
    size_t day_count;
    size_t count = d->line_count;
    size_t kept = 0;

    d->last = (struct billing_plan){.count = 0, .next_index = s.next_index, .arrears_index = s.arrears_index};
    if (!d->change.new_epoch && kind != AMENDMENT_CLOSE && kind != AMENDMENT_PAUSE)
        return OK;
    if (d->facts.state == SUBSCRIPTION_PAUSED || d->facts.state == SUBSCRIPTION_ENDED)
        return OK; /* it was asked then */
    s.ends_on = on;
    TRY(ctx, open_usage(ctx, &s, 1, &days, &day_count));
    for (size_t i = 0; i < day_count; i++)
        days[i].used_on = days[i].used_on < on ? days[i].used_on : on - 1;
    lines = metered_lines(ctx->arena, &s, days, day_count, d->all, count, &count); /* what is closed, without what is opened */
    TRY(ctx, plain_lines(ctx, d->buyer.language, currency_find(s.currency), lines, count, &d->last_lines, &count));
    facts = subscription_billing(ctx, &s, d->last_lines, count);
    facts.today_on = on;
    facts.max_missed = BILLING_MISSED_UNLIMITED;
    d->last = billing_plan(ctx->arena, &facts);
    if (d->last.verdict == BILLING_OUT_OF_BOUNDS)
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", s.number);
    for (size_t i = 0; i < d->last.count; i++) /* until a later day comes, what is due before it is billed by itself */
        if (!d->change.planned || d->last.items[i].due_on >= on)
            d->last.items[kept++] = d->last.items[i];
    d->last.count = kept;
    return OK;
}

static int32_t due_on_after(struct ctx *ctx, const struct deal *d)
{
    struct billing_facts facts = subscription_billing(ctx, &d->after, d->all, d->all_count);
    struct billing_plan plan;

    if (d->s.held_on != DATE_NONE || d->change.state == SUBSCRIPTION_ENDED || d->change.state == SUBSCRIPTION_PAUSED)
        return DATE_NONE;
    plan = billing_plan(ctx->arena, &facts);
    return subscription_next_day(ctx, &d->after, plan.count > 0 ? plan.items[0].due_on : plan.next_due_on);
}

static enum err transfer_to_owner(struct ctx *ctx, struct deal *d)
{
    struct seller_user owner;
    enum err err = seller_user_by_id(ctx, d->a->owner_id, &owner);

    if (err == ERR_NOT_FOUND || (err == OK && (!str_equal(owner.state, "active") || owner.id == d->s.owner_id))) {
        deal_refuse(d, N_("Choose another person."), AMENDING_AT_OWNER, 0);
        return OK;
    }
    TRY(ctx, err);
    d->after.owner_id = owner.id;
    return OK;
}

/* Debit first: what is asked of who leaves can be dropped, unless it is being paid. */
static enum err asked_is_being_paid(struct ctx *ctx, const struct deal *d, bool *yes)
{
    struct receivable claim;
    enum err err = d->s.debit_first ? claim_of(ctx, d->s.id, &claim) : ERR_NOT_FOUND;

    *yes = false;
    if (err == OK)
        return claim_is_under_way(ctx, claim.invoice_id, yes);
    ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err transfer(struct ctx *ctx, struct deal *d)
{
    enum subscription_state caught_up;
    struct customer customer;
    bool paying;
    enum err err;

    if (d->a->owner_id != 0)
        return transfer_to_owner(ctx, d);
    err = customer_by_id(ctx, d->a->customer_id, &customer);
    if (err == ERR_NOT_FOUND || (err == OK && (!str_equal(customer.state, "active") || customer.id == d->s.customer_id))) {
        deal_refuse(d, N_("Choose another customer."), AMENDING_AT_CUSTOMER, 0);
        return OK;
    }
    TRY(ctx, err);
    TRY(ctx, asked_is_being_paid(ctx, d, &paying));
    if (paying) {
        deal_refuse(d, N_("A payment of the period that is asked for is under way: wait for its outcome."), AMENDING_AT_CUSTOMER, 0);
        return OK;
    }
    d->after.customer_id = customer.id;
    d->after.consolidated = customer.consolidated;
    d->after.payment_method_id = 0; /* a card belongs to who gave it */
    caught_up = subscription_next(d->change.state, SUBSCRIPTION_CATCHES_UP);
    if (caught_up != 0) /* what is late is the debt of who leaves */
        d->after.state = subscription_state_name(caught_up);
    return OK;
}

/* A renewal: the term behind the one that runs on the day, on the terms that were agreed on; one that does not renew itself
 * ends with it. */
static void begin_term(struct deal *d)
{
    const struct amendment_terms *agreed = d->a->terms;
    struct schedule before = subscription_schedule(&d->s);
    struct schedule schedule = subscription_schedule(&d->after);
    struct term now = subscription_term(&d->s);
    struct contract_terms terms = {now.unit, now.count, now.renews, 0, now.notice_days};
    struct term term;

    if (agreed != NULL)
        terms = (struct contract_terms){term_unit_from_name(agreed->term_unit), agreed->term_count, agreed->term_renews, agreed->commitment_months,
                                        agreed->notice_days};
    if (!term_notice_may_be(&now, &before, terms.notice_days, d->change.effective_on, !d->buyer.is_company)) {
        deal_refuse(d, quote_refusal_text(QUOTE_NOTICE_GROWS), AMENDING_AT_DAY, 0);
        return;
    }
    term = term_renewed(&now, &before, &terms, d->change.effective_on);
    d->after.term_unit = term_unit_name(term.unit);
    d->after.term_count = term.count;
    d->after.term_renews = term.renews;
    d->after.term_from_on = term.from_on == now.from_on ? d->s.term_from_on : term.from_on;
    d->after.term_until_on = term_end_at(&term, &schedule, term.from_on > d->change.effective_on ? term.from_on : d->change.effective_on);
    d->after.commitment_until_on = term.commitment_until_on;
    d->after.notice_days = term.notice_days;
    if (agreed != NULL) {
        d->after.customer_end = agreed->customer_end;
        d->after.close_days = agreed->close_days;
    }
    if (str_equal(d->s.end_reason, "term"))
        d->after.end_reason = "";
    if (term.count > 0 && !term.renews) {
        d->after.ends_on = d->after.term_until_on;
        d->after.end_reason = "term";
    }
}

/* Its periods start anew. */
static void begin_anew(struct ctx *ctx, struct deal *d)
{
    const struct amendment *change = &d->change;
    char discounts[DISCOUNTS_TEXT_BYTES];

    d->after.epoch++;
    d->after.epoch_on = change->effective_on;
    d->after.unit = recurrence_unit_name(change->schedule.every.unit);
    d->after.count = change->schedule.every.count;
    d->after.anchor_on = change->schedule.anchor_on;
    d->after.month_day = change->schedule.month_day;
    d->after.next_index = change->next_index;
    d->after.arrears_index = schedule_index(&change->schedule, change->effective_on);
    d->after.discounts = arena_strdup(ctx->arena, discounts_text(&change->discounts, discounts));
}

static enum err contract_after(struct ctx *ctx, struct deal *d)
{
    const struct amendment *change = &d->change;
    bool over = change->state == SUBSCRIPTION_ENDED && !change->planned;
    struct amending *a = d->a;
    struct counting counting;
    char discounts[DISCOUNTS_TEXT_BYTES];

    d->after = d->s;
    d->after.state = subscription_state_name(change->state);
    d->after.ends_on = change->ended_on;
    d->after.plan_id = d->plan.id;
    if (a->kind == AMENDMENT_CLOSE)
        d->after.end_reason = "told";
    if (a->kind == AMENDMENT_REACTIVATE)
        d->after.end_reason = "";
    if (a->kind == AMENDMENT_CLOSE || a->kind == AMENDMENT_PAUSE) {
        d->after.next_index = d->last.next_index;
        d->after.arrears_index = d->last.arrears_index;
    }
    if (change->new_epoch)
        begin_anew(ctx, d);
    if (a->kind == AMENDMENT_DISCOUNT)
        d->after.discounts = arena_strdup(ctx->arena, discounts_text(&change->discounts, discounts));
    if (a->renews)
        begin_term(d);
    if (a->kind == AMENDMENT_RENEW)
        d->after.next_index++;
    if (a->kind == AMENDMENT_TRANSFER)
        TRY(ctx, transfer(ctx, d));
    a->after_lines = lines_in_force(ctx, d->all, d->all_count, change->effective_on, &a->after_line_count);
    counting = (struct counting){change->schedule, subscription_counted_from(&d->after), subscription_discounts(&d->after)};
    TRY(ctx, lines_worth(ctx, d, a->after_lines, a->after_line_count, &counting, change->effective_on, &d->after.period_minor, &d->after.mrr_e4));
    if (a->kind == AMENDMENT_DISCOUNT && d->row.id == 0)
        TRY(ctx, refuse_more_than_is_billed(ctx, d, &counting));
    d->after.due_on = over ? DATE_NONE : due_on_after(ctx, d);
    return OK;
}

enum err deal_decide(struct ctx *ctx, struct deal *d)
{
    struct amendment_wish wish = wish_of(ctx, d);
    struct amending *a = d->a;

    d->change = amendment_of(ctx->arena, &d->facts, &wish);
    a->effective_on = d->change.effective_on;
    a->planned = d->change.planned;
    a->before = d->s;
    if (d->change.refusal != AMENDMENT_NOT_REFUSED) {
        size_t item = d->change.refused_at < wish.edit_count + wish.addition_count ? d->item_of[d->change.refused_at] : 0;

        deal_refuse(d, amendment_refusal_text(d->change.refusal),
                    a->plan_id != 0 && place_of(d->change.refusal) == AMENDING_AT_LINE ? AMENDING_AT_PLAN : place_of(d->change.refusal), item);
        return OK;
    }
    lines_after(ctx, d, &wish);
    TRY(ctx, close_periods(ctx, d));
    TRY(ctx, contract_after(ctx, d));
    a->announced_on = d->change.announced_on;
    a->announced_ends = d->change.announced_ends;
    a->discount_ends = d->change.discount_ends || d->discount_ends;
    a->after = d->after;
    a->banked_days = d->change.banked_days;
    a->resumes_on = d->change.resume_on;
    a->next_due_on = d->after.due_on;
    return OK;
}
