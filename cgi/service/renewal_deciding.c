#include "service/renewal_deciding.h"

#include <string.h>

#include "base/str.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/subscription.h"
#include "core/totals.h"
#include "service/contract.h"
#include "service/metering.h"
#include "service/tiering.h"
#include "store/history.h"
#include "store/outbox.h"

static enum err hold(struct ctx *ctx, struct renewal_case *of, struct subscription *s, const struct billing_plan *plan)
{
    struct operator_item item = {.kind = "renewal_held", .subject_kind = "subscription", .subject_id = s->id,
        .currency = s->currency, .opened_on = ctx->today_on,
        .detail = arena_printf(ctx->arena, "%d", plan->missed)};

    for (size_t i = 0; i < plan->count; i++)
        item.amount_minor += plan->items[i].net_minor;
    s->due_on = DATE_NONE;
    s->held_on = ctx->today_on;
    s->hold_reason = "missed";
    of->held = true;
    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.held",
                         history_params(ctx->arena, "missed", item.detail, NULL));
}

static enum err mail_buyer(struct ctx *ctx, const struct buyer *buyer, const struct subscription *s, const char *template)
{
    struct mail mail = {.template = template, .language = buyer->language, .to_address = buyer->email, .to_name = buyer->name,
                        .customer_id = buyer->customer_id, .subscription_id = s->id,
                        .dedup_key = arena_printf(ctx->arena, "%s %lld", template, (long long)s->id)};

    return queue_mail(ctx, &mail);
}

static enum err end(struct ctx *ctx, struct renewal_case *of, struct subscription *s)
{
    s->state = subscription_state_name(SUBSCRIPTION_ENDED);
    s->due_on = DATE_NONE;
    of->ended = true;
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.ended",
                           history_params(ctx->arena, "reason", s->end_reason, NULL)));
    return mail_buyer(ctx, of->buyer, s, "subscription_ended");
}

/* A trial ends: into what is billed, or, without a card where the plan stops then, for good (product.md 4.1). */
static enum err leave_trial(struct ctx *ctx, struct renewal_case *of, struct subscription *s)
{
    if (s->payment_method_id == 0 && strcmp(s->trial_end, "stop") == 0) {
        s->ends_on = s->trial_until_on;
        s->end_reason = "trial";
        return end(ctx, of, s);
    }
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.trial_ended", "{}");
}

/* The start and the trial, before anything is billed. */
static enum err advance_state(struct ctx *ctx, struct renewal_case *of, struct subscription *s)
{
    enum subscription_state state = subscription_state_from_name(s->state);
    bool waits = state == SUBSCRIPTION_PENDING || state == SUBSCRIPTION_TRIAL;

    if (!waits)
        return OK;
    s->state = subscription_state_name(subscription_state_at_start(s->started_on, subscription_billed_from(s), ctx->today_on));
    if (s->trial_until_on == DATE_NONE || (s->ends_on != DATE_NONE && s->ends_on <= s->trial_until_on))
        return OK;
    if (ctx->today_on >= s->trial_until_on)
        return leave_trial(ctx, of, s);
    return ctx->today_on >= s->trial_until_on - TRIAL_NOTICE_DAYS ? mail_buyer(ctx, of->buyer, s, "trial_ending") : OK;
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
static enum err renew_standing(struct ctx *ctx, const struct renewal_case *of, struct subscription *s, const struct subscription_line *lines,
                               size_t count, const struct billing_facts *facts)
{
    int32_t index = schedule_index(&facts->schedule, ctx->today_on);
    struct period natural = schedule_period(&facts->schedule, index);
    struct price_line *priced = ARENA_ARRAY(ctx->arena, struct price_line, count + 1);
    struct billing_item_line *whole = ARENA_ARRAY(ctx->arena, struct billing_item_line, count + 1);
    struct billing_item item = {.lines = whole, .due_on = natural.from_on};
    const struct renewal_part part = {s, of->buyer, lines, &item, 1};
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
    TRY(ctx, tax_renewal_parts(ctx, of->taxing, &part, 1, &taxed));
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

enum err decide_renewal(struct ctx *ctx, struct renewal_case *of, struct subscription *s, struct renewal_parts *parts)
{
    const struct subscription_line *agreed;
    size_t line_count;
    struct subscription_line *lines;
    struct billing_facts facts;
    struct billing_plan plan;

    TRY(ctx, advance_state(ctx, of, s));
    if (strcmp(s->state, "ended") == 0)
        return OK;
    agreed = metered_lines(ctx->arena, s, of->usage, of->usage_count, of->lines, of->line_count, &line_count);
    TRY(ctx, plain_lines(ctx, of->buyer->language, currency_find(s->currency), agreed, line_count, &lines, &line_count));
    facts = subscription_billing(ctx, s, lines, line_count);
    if (of->by_on != 0)
        facts.today_on = of->by_on;
    if (of->never_held)
        facts.max_missed = BILLING_MISSED_UNLIMITED;
    plan = billing_plan(ctx->arena, &facts);
    if (of->one_day && plan.verdict == BILLING_DUE && plan.items[plan.count - 1].due_on > plan.items[0].due_on) {
        facts.today_on = plan.items[0].due_on;
        plan = billing_plan(ctx->arena, &facts);
    }
    if (plan.verdict == BILLING_OUT_OF_BOUNDS)
        return FAIL(ctx, ERR_LIMIT, "the amount of %s is out of bounds", s->number);
    if (plan.verdict == BILLING_HELD)
        return hold(ctx, of, s, &plan);
    if (of->only_asks && plan.count > 0) {
        of->asks = true;
        s->error = "";
        s->due_on = ctx->today_on + 1;
        return OK;
    }
    TRY(ctx, add_renewal_parts(ctx, parts, s, of->buyer, lines, &plan));
    s->next_index = plan.next_index;
    s->arrears_index = plan.arrears_index;
    if (plan.count > 0 && standing_changes(s, lines, line_count))
        TRY(ctx, renew_standing(ctx, of, s, lines, line_count, &facts));
    s->error = "";
    s->hold_reason = "";
    if (plan.ended)
        return end(ctx, of, s);
    TRY(ctx, renew_term(ctx, s));
    s->due_on = strcmp(s->state, "paused") == 0 ? DATE_NONE : subscription_next_day(ctx, s, plan.next_due_on);
    return OK;
}
