#include "service/contract_then.h"

#include "base/check.h"
#include "core/date.h"
#include "service/contract.h"
#include "service/deal.h"
#include "store/amendment.h"

static enum err terms_on(struct ctx *ctx, const struct subscription *s, int32_t on, struct term *term)
{
    struct subscription then = *s;
    struct past_terms past;
    enum err err = past_terms_on(ctx, s->id, on, &past);

    if (err == OK) {
        then.term_unit = past.term_unit;
        then.term_count = past.term_count;
        then.term_renews = past.term_renews;
        then.term_from_on = past.term_from_on;
        then.commitment_until_on = past.commitment_until_on;
        then.notice_days = past.notice_days;
    } else if (err != ERR_NOT_FOUND) {
        return err;
    }
    ctx_forget_error(ctx);
    *term = subscription_term(&then);
    return OK;
}

static struct discounts discounts_lasting(const struct counting *counting, int32_t on)
{
    int32_t ordinal = schedule_index(&counting->schedule, on) - schedule_index(&counting->schedule, counting->from_on);
    struct discounts lasting = {.count = 0};

    for (size_t i = 0; i < counting->discounts.count; i++)
        if (discount_lasts(&counting->discounts.of[i], ordinal < 0 ? 0 : ordinal))
            lasting.of[lasting.count++] = counting->discounts.of[i];
    return lasting;
}

enum err contract_on(struct ctx *ctx, const struct subscription *s, int32_t on, struct contract_on *c)
{
    struct amending a = {.subscription_id = s->id};
    struct deal d = {.a = &a};
    struct past_discounts discounts;
    struct past_schedule past;
    struct counting counting;
    int32_t epoch;
    enum err err;

    *c = (struct contract_on){.unit = s->unit, .count = s->count};
    TRY(ctx, deal_load(ctx, &d, false));
    counting = (struct counting){d.facts.schedule, d.facts.counted_on, *d.facts.discounts};
    epoch = s->epoch;
    err = past_schedule_on(ctx, s->id, on, &past);
    if (err == OK) {
        struct subscription then = *s;

        then.epoch_on = past.epoch_on;
        then.discounts = past.discounts;
        counting = (struct counting){{.anchor_on = past.anchor_on, .every = {recurrence_unit_from_name(past.unit), past.count}, .month_day = past.month_day},
                                     subscription_counted_from(&then), subscription_discounts(&then)};
        c->unit = past.unit;
        c->count = past.count;
        epoch = past.epoch;
    } else if (err != ERR_NOT_FOUND) {
        return err;
    }
    ctx_forget_error(ctx);
    err = past_discounts_on(ctx, s->id, epoch, on, &discounts);
    if (err == OK)
        CHECK(discounts_parse(discounts.discounts, &counting.discounts)); /* written by discounts_text */
    else if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    c->discounts = discounts_lasting(&counting, on);
    TRY(ctx, terms_on(ctx, s, on, &c->term));
    for (size_t i = 0; i < d.facts.pauses.count; i++)
        c->paused |= period_contains(d.facts.pauses.periods[i], on);
    c->running = on >= s->started_on && (s->ends_on == DATE_NONE || on < s->ends_on) && !c->paused;
    c->lines = lines_in_force(ctx, d.lines, d.line_count, on, &c->line_count);
    if (!c->running)
        c->line_count = 0;
    return lines_worth(ctx, &d, c->lines, c->line_count, &counting, on, &c->period_minor, &c->mrr_e4);
}
