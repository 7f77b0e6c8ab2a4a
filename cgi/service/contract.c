#include "service/contract.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

enum { MISSED_UNLIMITED = 1000 }; /* a plan's max_missed from here on never holds */

struct schedule subscription_schedule(const struct subscription *s)
{
    return (struct schedule){.anchor_on = s->anchor_on, .every = {recurrence_unit_from_name(s->unit), s->count},
                             .month_day = s->month_day};
}

int32_t subscription_billed_from(const struct subscription *s)
{
    return s->trial_until_on != DATE_NONE ? s->trial_until_on : s->started_on;
}

int32_t subscription_counted_from(const struct subscription *s)
{
    int32_t billed_from_on = subscription_billed_from(s);

    return s->epoch_on != DATE_NONE && s->epoch_on > billed_from_on ? s->epoch_on : billed_from_on;
}

struct discounts subscription_discounts(const struct subscription *s)
{
    struct discounts discounts;

    CHECK(discounts_parse(s->discounts != NULL ? s->discounts : "", &discounts)); /* written by discounts_text only */
    return discounts;
}

/* Bills come before their periods, unless nothing is billed before it. */
static bool bills_come_first(const struct subscription_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].timing, "advance") == 0)
            return true;
    return false;
}

size_t standing_discounts(const struct subscription *s, const struct subscription_line *lines, size_t line_count, int32_t on,
                          struct standing_discount standing[DISCOUNTS_KEPT])
{
    struct schedule schedule = subscription_schedule(s);
    struct discounts all = subscription_discounts(s);
    int32_t counted_on = subscription_counted_from(s);
    int32_t counted = schedule_index(&schedule, counted_on);
    int32_t ordinal = on > counted_on ? schedule_index(&schedule, on) - counted : 0;
    int32_t next = (bills_come_first(lines, line_count) ? s->next_index : s->arrears_index) - counted;
    size_t count = 0;

    for (size_t i = 0; i < all.count; i++) {
        const struct discount *d = &all.of[i];
        int32_t left = d->from + d->periods - (next > d->from ? next : d->from);

        if (!discount_lasts(d, ordinal))
            continue;
        standing[count++] = (struct standing_discount){
            .discount = *d, .until_on = d->periods == 0 ? DATE_NONE : schedule_boundary(&schedule, counted + d->from + d->periods),
            .bills = d->periods == 0 || left < 0 ? 0 : left};
    }
    return count;
}

bool line_discount_standing(const struct subscription *s, const struct subscription_line *line, int32_t on, struct standing_discount *standing)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t counted_on = subscription_counted_from(s);
    int32_t counted = schedule_index(&schedule, line->from_on > counted_on ? line->from_on : counted_on);
    int32_t ordinal = schedule_index(&schedule, on) - counted;
    int32_t billed = (strcmp(line->timing, "advance") == 0 ? s->next_index : s->arrears_index) - counted;
    int32_t left = line->discount_periods - (billed > 0 ? billed : 0);

    if ((line->discount_ppm == 0 && line->discount_minor == 0) || (line->discount_periods != 0 && ordinal >= line->discount_periods))
        return false;
    *standing = (struct standing_discount){
        .discount = {.ppm = line->discount_ppm, .amount_minor = line->discount_minor, .periods = line->discount_periods, .code = ""},
        .until_on = line->discount_periods == 0 ? DATE_NONE : schedule_boundary(&schedule, counted + line->discount_periods),
        .bills = line->discount_periods == 0 || left < 0 ? 0 : left};
    return true;
}

struct term subscription_term(const struct subscription *s)
{
    return (struct term){.unit = term_unit_from_name(s->term_unit), .count = s->term_count, .renews = s->term_renews,
                         .notice_days = s->notice_days, .commitment_until_on = s->commitment_until_on,
                         .from_on = s->term_from_on != DATE_NONE ? s->term_from_on : subscription_billed_from(s)};
}

struct billing_facts subscription_billing(struct ctx *ctx, const struct subscription *s,
                                          const struct subscription_line *lines, size_t line_count)
{
    struct billing_line *billing = ARENA_ARRAY(ctx->arena, struct billing_line, line_count + 1);
    bool unlimited = s->max_missed >= MISSED_UNLIMITED || strcmp(s->hold_reason, "released") == 0;
    struct discounts *discounts = ARENA_NEW(ctx->arena, struct discounts);
    struct billing_facts facts = {
        .discounts = discounts, .schedule = subscription_schedule(s), .currency = currency_find(s->currency),
        .started_on = subscription_counted_from(s), .ended_on = s->ends_on, .lines = billing, .line_count = line_count,
        .next_index = s->next_index, .arrears_index = s->arrears_index, .today_on = ctx->today_on,
        .max_missed = unlimited ? BILLING_MISSED_UNLIMITED : s->max_missed};

    *discounts = subscription_discounts(s);
    for (size_t i = 0; i < line_count; i++)
        billing[i] = (struct billing_line){
            .id = lines[i].id, .slot = lines[i].position, .timing = billing_timing_from_name(lines[i].timing), .quantity_e4 = lines[i].quantity_e4,
            .unit_price_e4 = lines[i].unit_price_e4, .discount_ppm = lines[i].discount_ppm,
            .discount_periods = lines[i].discount_periods, .discount_minor = lines[i].discount_minor, .from_on = lines[i].from_on, .until_on = lines[i].until_on,
            .used_in = lines[i].used ? lines[i].used_in : BILLING_UNUSED, .tax_class = lines[i].tax_class};
    return facts;
}

static void earlier(int32_t *next_on, int32_t on, int32_t today_on)
{
    if (on != DATE_NONE && on > today_on && (*next_on == DATE_NONE || on < *next_on))
        *next_on = on;
}

int32_t subscription_next_day(const struct ctx *ctx, const struct subscription *s, int32_t next_due_on)
{
    int32_t next_on = next_due_on;

    earlier(&next_on, s->started_on, ctx->today_on);
    if (s->trial_until_on != DATE_NONE)
        earlier(&next_on, s->trial_until_on - TRIAL_NOTICE_DAYS, ctx->today_on);
    earlier(&next_on, s->term_until_on, ctx->today_on);
    return next_on;
}

int32_t subscription_due_on(struct ctx *ctx, const struct subscription *s)
{
    struct billing_facts facts = subscription_billing(ctx, s, NULL, 0);

    facts.today_on = DATE_NONE; /* before everything: nothing is passed over */
    return subscription_next_day(ctx, s, billing_plan(ctx->arena, &facts).next_due_on);
}

struct subscription_facts subscription_facts_now(const struct ctx *ctx, const struct subscription *s)
{
    return (struct subscription_facts){.state = subscription_state_from_name(s->state),
                                       .ends_on = strcmp(s->end_reason, "term") == 0 ? DATE_NONE : s->ends_on,
                                       .commitment_until_on = s->commitment_until_on, .notice_days = s->notice_days,
                                       .billed_until_on = DATE_NONE, .term_until_on = DATE_NONE, .held_on = s->held_on,
                                       .today_on = ctx->today_on};
}
