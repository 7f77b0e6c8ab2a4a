#include "service/amending_words.h"

#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "core/tier.h"
#include "service/contract.h"
#include "service/deal.h"
#include "service/renewal_preview.h"
#include "text/format.h"
#include "text/letter.h"
#include "text/phrase.h"
#include "text/words.h"

/* Of lines and of steps: the rest stands on the contract's page. */
enum { SHOWN_MAX = 20 };

/* ---- a step of the arithmetic ---- */

const char *amending_what(struct arena *arena, const char *language, const char *description, int64_t quantity_e4)
{
    if (quantity_e4 == 0)
        return description;
    return tr_fill(arena, "{quantity} x {what}", "quantity", format_quantity(arena, language, quantity_e4), "what", description, NULL);
}

/* The days and the quantity are the whole of the arithmetic, but for a rounding: they come to the amount. They do not where
 * earlier credits have taken from it, where the day has charged a part before, or where a price in tiers fell by less. */
static bool adds_up(const struct amending_step *step)
{
    bool counted = step->minor < 0 && step->of_quantity_e4 != 0;
    int64_t share = money_scale(step->of_minor, step->days, step->of_days, ROUND_HALF_AWAY);
    int64_t told = counted ? money_scale(share, step->quantity_e4, step->of_quantity_e4, ROUND_HALF_AWAY) : share;
    int64_t apart = told - (step->minor < 0 ? -step->minor : step->minor);

    return apart >= -1 && apart <= 1;
}

const char *amending_step_text(struct arena *arena, const char *language, const struct amending_step *step, const char *currency)
{
    const char *days = format_integer(arena, language, step->days);
    const char *of_days = format_integer(arena, language, step->of_days);
    const char *of = format_money(arena, language, step->of_minor, currency);

    if (step->of_days == 0 || step->of_minor == 0)
        return "";
    if (!adds_up(step))
        return step->minor < 0 ? tr_fill(arena, "a part of {amount} on {invoice}", "amount", of, "invoice", step->invoice, NULL) : "";
    if (step->minor < 0 && step->of_quantity_e4 != 0 && step->quantity_e4 != step->of_quantity_e4)
        return tr_fill(arena, tr_plural("{quantity} of {of_quantity}, {days} of {of_days} days of {amount} on {invoice}", "{quantity} of {of_quantity}, {days} of {of_days} days of {amount} on {invoice}", step->days), "quantity",
                       format_quantity(arena, language, step->quantity_e4), "of_quantity", format_quantity(arena, language, step->of_quantity_e4),
                       "days", days, "of_days", of_days, "amount", of, "invoice", step->invoice, NULL);
    if (step->minor < 0)
        return tr_fill(arena, tr_plural("{days} of {of_days} days of {amount} on {invoice}", "{days} of {of_days} days of {amount} on {invoice}", step->days), "days", days, "of_days", of_days, "amount", of, "invoice",
                       step->invoice, NULL);
    return step->days == step->of_days
               ? tr_fill(arena, "{amount} for the whole period", "amount", of, NULL)
               : tr_fill(arena, tr_plural("{days} of {of_days} days of {amount}", "{days} of {of_days} days of {amount}", step->days), "days", days, "of_days", of_days, "amount", of, NULL);
}

const char *amending_span_text(struct arena *arena, const char *language, struct period period)
{
    if (period_is_none(period) || period_days(period) == 0)
        return "";
    return tr_fill(arena, "{from} to {until}", "from", format_date(arena, language, period.from_on), "until",
                   format_date(arena, language, period_last_on(period)), NULL);
}

/* ---- the rows of the mail ---- */

struct telling {
    struct arena *arena;
    const char *language;
    const struct deal *d;
    struct str rows;
};

static const char *money(const struct telling *t, int64_t minor)
{
    return format_money(t->arena, t->language, minor, t->d->s.currency);
}

static const char *day(const struct telling *t, int32_t on)
{
    return format_date_long(t->arena, t->language, on);
}

static void row(struct telling *t, const char *label, const char *value)
{
    letter_row(&t->rows, label, value);
}

static void heading(struct telling *t, const char *label)
{
    letter_row(&t->rows, label, "");
}

static struct recurrence every_of(const struct subscription *s)
{
    return (struct recurrence){recurrence_unit_from_name(s->unit), s->count};
}

static bool is_metered(const struct subscription_line *line)
{
    return str_equal(line->timing, "usage");
}

/* A line's price with what is taken off it on the day of the change. */
static const char *price_text(const struct telling *t, const struct subscription_line *line, const struct subscription *s)
{
    const char *currency = t->d->s.currency;
    struct standing_discount standing;
    struct price_rule rule;
    const char *price = "";
    const char *off;

    if (price_rule_read(line->price_model, line->tiers, line->unit_price_e4, &rule))
        price = price_model_has_tiers(rule.model) ? phrase_price(t->arena, t->language, &rule, currency)
                                                  : format_price(t->arena, t->language, rule.unit_price_e4, currency);
    if (!line_discount_standing(s, line, t->d->change.effective_on, &standing))
        return price;
    off = phrase_discount(t->arena, t->language, line->discount_ppm, line->discount_minor, currency, (struct recurrence){0}, 0);
    if (standing.until_on != DATE_NONE)
        off = tr_fill(t->arena, "{discount} until {date}", "discount", off, "date", day(t, standing.until_on - 1), NULL);
    return arena_printf(t->arena, "%s, %s", price, off);
}

static const char *quantity_text(const struct telling *t, const struct subscription_line *line)
{
    return is_metered(line) ? tr("as used") : phrase_quantity(t->arena, t->language, line->quantity_e4, line->unit, line->unit_plural);
}

/* "3 users at 12.00". */
static const char *line_text(const struct telling *t, const struct subscription_line *line, const struct subscription *s)
{
    return tr_fill(t->arena, "{quantity} at {price}", "quantity", quantity_text(t, line), "price", price_text(t, line, s), NULL);
}

static const char *from_to(const struct telling *t, const char *before, const char *after)
{
    return tr_fill(t->arena, "from {before} to {after}", "before", before, "after", after, NULL);
}

/* From the day of the change on; b goes on from a. */
static bool costs_the_same(const struct telling *t, const struct subscription_line *a, const struct subscription_line *b)
{
    struct standing_discount off_a;
    struct standing_discount off_b;
    bool has_a = line_discount_standing(&t->d->s, a, t->d->change.effective_on, &off_a);
    bool has_b = line_discount_standing(&t->d->after, b, t->d->change.effective_on, &off_b);

    return str_equal(a->price_model, b->price_model) && str_equal(a->tiers, b->tiers) && a->unit_price_e4 == b->unit_price_e4 && has_a == has_b &&
           (!has_a || (a->discount_ppm == b->discount_ppm && a->discount_minor == b->discount_minor));
}

/* The lines on both sides of a change: each with the one that goes on from it, which has its place, or in another plan its
 * product. */
struct sides {
    const struct subscription_line *before;
    size_t before_count;
    const struct subscription_line *after;
    size_t after_count;
    size_t *goes_on; /* per line before: index in after, or after_count */
    bool *taken;     /* per line after */
};

static void pair_up(struct arena *arena, struct sides *s)
{
    s->goes_on = ARENA_ARRAY(arena, size_t, s->before_count + 1);
    s->taken = ARENA_ARRAY(arena, bool, s->after_count + 1);
    for (size_t i = 0; i < s->before_count; i++) {
        s->goes_on[i] = s->after_count;
        for (size_t k = 0; k < s->after_count && s->goes_on[i] == s->after_count; k++)
            if (s->after[k].position == s->before[i].position)
                s->goes_on[i] = k;
        if (s->goes_on[i] < s->after_count)
            s->taken[s->goes_on[i]] = true;
    }
    for (size_t i = 0; i < s->before_count; i++)
        for (size_t k = 0; k < s->after_count && s->goes_on[i] == s->after_count; k++)
            if (!s->taken[k] && s->before[i].product_id != 0 && s->before[i].product_id == s->after[k].product_id) {
                s->goes_on[i] = k;
                s->taken[k] = true;
            }
}

static void say_more(struct telling *t, size_t left_out)
{
    if (left_out > 0)
        row(t, tr("And more"),
            tr_fill(t->arena, tr_plural("{n} line, on the subscription's page", "{n} lines, on the subscription's page", (int64_t)left_out), "n",
                    format_integer(t->arena, t->language, (int64_t)left_out), NULL));
}

static void say_differences(struct telling *t, const struct sides *s)
{
    struct recurrence before = every_of(&t->d->s);
    struct recurrence after = every_of(&t->d->after);
    bool same_periods = before.unit == after.unit && before.count == after.count;
    size_t said = 0;

    for (size_t i = 0; i < s->before_count; i++) {
        const struct subscription_line *a = &s->before[i];
        const struct subscription_line *b = s->goes_on[i] < s->after_count ? &s->after[s->goes_on[i]] : NULL;
        bool same_price = b != NULL && same_periods && costs_the_same(t, a, b);

        if (same_price && a->quantity_e4 == b->quantity_e4)
            continue;
        if (said++ >= SHOWN_MAX)
            continue;
        if (b == NULL)
            row(t, a->description, tr_fill(t->arena, "removed, was {what}", "what", line_text(t, a, &t->d->s), NULL));
        else
            row(t, b->description, same_price ? from_to(t, quantity_text(t, a), quantity_text(t, b))
                                              : from_to(t, line_text(t, a, &t->d->s), line_text(t, b, &t->d->after)));
    }
    for (size_t k = 0; k < s->after_count; k++)
        if (!s->taken[k] && said++ < SHOWN_MAX)
            row(t, s->after[k].description, tr_fill(t->arena, "added: {what}", "what", line_text(t, &s->after[k], &t->d->after), NULL));
    say_more(t, said > SHOWN_MAX ? said - SHOWN_MAX : 0);
}

static void say_lines(struct telling *t, const struct subscription *s, const struct subscription_line *lines, size_t count)
{
    for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
        row(t, lines[i].description, line_text(t, &lines[i], s));
    say_more(t, count > SHOWN_MAX ? count - SHOWN_MAX : 0);
}

static const char *per_period(const struct telling *t, const struct subscription *s)
{
    return tr_fill(t->arena, "{amount} {period}", "amount", money(t, s->period_minor), "period", phrase_per(t->arena, every_of(s)), NULL);
}

static void say_price(struct telling *t)
{
    const char *before = per_period(t, &t->d->s);
    const char *after = per_period(t, &t->d->after);

    row(t, tr("Price excl. VAT"), (t->d->a->kind != AMENDMENT_LINES && t->d->a->kind != AMENDMENT_DISCOUNT) || str_equal(before, after) ? after : from_to(t, before, after));
}

/* Of a renewal quote: what binds the contract from then on. */
static void say_terms(struct telling *t)
{
    const struct subscription *s = &t->d->after;
    struct term term = subscription_term(s);

    if (t->d->a->terms == NULL)
        return;
    if (s->commitment_until_on != DATE_NONE)
        row(t, tr("Committed until"), day(t, s->commitment_until_on - 1));
    if (s->term_until_on != DATE_NONE)
        row(t, tr("Term"), tr_fill(t->arena, s->term_renews ? N_("until {date}, then tacitly renewed for {duration}") : N_("until {date}, then it ends"),
                                   "date", day(t, s->term_until_on - 1), "duration", phrase_term(t->arena, term.unit, term.count, every_of(s)), NULL));
    else
        row(t, tr("Duration"), tr("Until it is cancelled, without notice"));
    if (s->notice_days > 0)
        row(t, tr("Notice"), phrase_days(t->arena, s->notice_days));
}

static void say_side_effects(struct telling *t)
{
    const struct amending *a = t->d->a;

    if (a->announced_on != DATE_NONE)
        row(t, tr("Announced price"), tr_fill(t->arena, "stays announced, from {date}", "date", day(t, a->announced_on), NULL));
    if (a->announced_ends)
        row(t, tr("Announced price"), tr("goes with the line that it was announced for"));
    if (a->discount_ends)
        row(t, tr("Discount"), tr("ends with the other recurrence: only percentages without end go on"));
}

/* Of the whole contract: which end, which begin. */
static void say_discounts(struct telling *t)
{
    for (size_t i = 0; i < t->d->discount_count; i++) {
        const struct amendment_discount_row *discount = &t->d->discounts[i];

        row(t, str_equal(discount->act, "end") ? tr("Discount that ends") : tr("Discount that begins"),
            phrase_given(t->arena, t->language, discount->code, discount->ppm, discount->amount_minor, t->d->s.currency, every_of(&t->d->s),
                         discount->periods));
    }
}

static void say_change(struct telling *t, const struct sides *s)
{
    const struct amending *a = t->d->a;

    switch (a->kind) {
    case AMENDMENT_LINES:
        heading(t, tr("What changes"));
        say_differences(t, s);
        say_price(t);
        say_terms(t);
        say_side_effects(t);
        break;
    case AMENDMENT_DISCOUNT:
        heading(t, tr("What changes"));
        say_discounts(t);
        say_price(t);
        break;
    case AMENDMENT_PAUSE:
        row(t, tr("Resumes by itself on"), a->resumes_on != DATE_NONE ? day(t, a->resumes_on) : tr("Not by itself"));
        if (a->banked_days > 0)
            row(t, tr("Paid days served after it"), format_integer(t->arena, t->language, a->banked_days));
        break;
    case AMENDMENT_CLOSE:
        row(t, tr("Last day"), day(t, a->effective_on - 1));
        break;
    case AMENDMENT_RESUME:
    case AMENDMENT_REACTIVATE:
    case AMENDMENT_TRANSFER:
        heading(t, a->kind == AMENDMENT_TRANSFER ? tr("What you take over") : tr("What goes on"));
        say_lines(t, &t->d->after, a->after_lines, a->after_line_count);
        say_price(t);
        break;
    case AMENDMENT_RENEW:
        break;
    }
}

/* "3 x Licence (18 of 31 days of 36.00, 28 Jan 2026 to 14 Feb 2026)". */
static const char *step_label(const struct telling *t, const struct amending_step *step)
{
    const char *what = amending_what(t->arena, t->language, step->description, step->quantity_e4);
    const char *how = amending_step_text(t->arena, t->language, step, t->d->s.currency);
    const char *span = amending_span_text(t->arena, t->language, step->period);

    if (str_empty(how) && str_empty(span))
        return what;
    return arena_printf(t->arena, "%s (%s%s%s)", what, how, !str_empty(how) && !str_empty(span) ? ", " : "", span);
}

static void say_money(struct telling *t, bool planned)
{
    const struct amending *a = t->d->a;
    int64_t asked = a->charged.gross_minor - a->credited_minor;

    heading(t, planned ? tr("Charged and given back on that day") : tr("Charged and given back now"));
    if (a->step_count == 0) {
        row(t, tr("Amount"), tr("Nothing"));
        return;
    }
    for (size_t i = 0; i < a->step_count && i < SHOWN_MAX; i++)
        row(t, step_label(t, &a->steps[i]), money(t, a->steps[i].minor));
    say_more(t, a->step_count > SHOWN_MAX ? a->step_count - SHOWN_MAX : 0);
    if (a->charged.gross_minor != 0) {
        row(t, tr("Charged, excl. VAT"), money(t, a->charged.net_minor));
        row(t, tr("VAT"), money(t, a->charged.vat_minor));
    }
    if (a->credited_minor != 0) {
        row(t, tr("Given back, excl. VAT"), money(t, -a->credited_net_minor));
        row(t, tr("VAT"), money(t, -a->credited_vat_minor));
    }
    row(t, asked >= 0 ? tr("Difference to pay, incl. VAT") : tr("Difference in your favour, incl. VAT"), money(t, asked >= 0 ? asked : -asked));
}

static void say_next(struct telling *t, const struct renewal_preview *next, bool over)
{
    heading(t, tr("Next regular invoice"));
    if (next->due_on == DATE_NONE) {
        row(t, tr("Date"), over ? tr("None any more") : tr("None for now"));
        return;
    }
    row(t, tr("Date"), day(t, next->due_on));
    row(t, tr("Amount excl. VAT"), money(t, next->net_minor));
    row(t, tr("VAT"), money(t, next->vat_minor));
    row(t, tr("Total incl. VAT"), money(t, next->total_minor));
}

static void say_undone(struct telling *t, const struct sides *s)
{
    const struct amending *a = t->d->a;

    if (a->kind == AMENDMENT_LINES && a->refusal == NULL) {
        heading(t, tr("What had been planned"));
        say_differences(t, s);
    }
    if (a->kind == AMENDMENT_DISCOUNT) {
        heading(t, tr("What had been planned"));
        say_discounts(t);
    }
    heading(t, tr("What stays"));
    if (a->kind == AMENDMENT_LINES)
        say_lines(t, &t->d->s, s->before, s->before_count);
    row(t, tr("Price excl. VAT"), per_period(t, &t->d->s));
}

/* Both ways of what a day changes: the lines as they are stored, and as they are then. */
static void load_sides(struct ctx *ctx, const struct deal *d, struct sides *s)
{
    *s = (struct sides){.after = d->a->after_lines, .after_count = d->a->refusal == NULL ? d->a->after_line_count : 0};
    s->before = lines_in_force(ctx, d->lines, d->line_count, d->change.effective_on, &s->before_count);
    pair_up(ctx->arena, s);
}

char *amending_told_text(struct ctx *ctx, const char *language, const struct deal *d, enum amending_told told,
                         const struct renewal_preview *next)
{
    struct telling t = {.arena = ctx->arena, .language = language, .d = d, .rows = str_new(ctx->arena)};
    struct sides sides;

    if (told == AMENDING_TOLD_DAY)
        return t.rows.text;
    load_sides(ctx, d, &sides);
    if (told == AMENDING_TOLD_UNDONE) {
        say_undone(&t, &sides);
    } else {
        say_change(&t, &sides);
        if (d->a->kind != AMENDMENT_TRANSFER)
            say_money(&t, told == AMENDING_TOLD_PLANNED);
    }
    if (next != NULL)
        say_next(&t, next, d->change.state == SUBSCRIPTION_ENDED);
    return t.rows.text;
}
