#include "core/pricing.h"

#include <string.h>

#include "base/check.h"
#include "core/proration.h"

static const char *const kind_name[] = {"", "recurring", "one_time", "setup", "section", "note"};

const char *line_kind_name(enum line_kind kind)
{
    CHECK(kind >= LINE_RECURRING && kind <= LINE_NOTE);
    return kind_name[kind];
}

enum line_kind line_kind_from_name(const char *name)
{
    for (int i = LINE_RECURRING; i <= LINE_NOTE; i++)
        if (strcmp(kind_name[i], name) == 0)
            return (enum line_kind)i;
    return (enum line_kind)0;
}

bool price_line_counts(const struct price_line *line)
{
    return line->kind <= LINE_SETUP && (!line->optional || line->chosen);
}

int32_t discount_ppm_at(int32_t discount_ppm, int32_t discount_periods, int32_t ordinal)
{
    return discount_periods == 0 || ordinal < discount_periods ? discount_ppm : 0;
}

static int64_t power_of_ten(int digits)
{
    int64_t power = 1;

    for (; digits > 0; digits--)
        power *= 10;
    return power;
}

bool line_net(int64_t unit_price_e4, int64_t quantity_e4, int32_t discount_ppm, const struct currency *currency,
              int64_t *net_minor)
{
    __int128 divisor = (__int128)QUANTITY_ONE * PRICE_ONE * RATE_ONE / power_of_ten(currency->digits);
    __int128 net;

    if (unit_price_e4 < 0 || unit_price_e4 > UNIT_PRICE_MAX_E4 || quantity_e4 < 1 || quantity_e4 > QUANTITY_MAX_E4 ||
        discount_ppm < 0 || discount_ppm > RATE_ONE)
        return false;
    /* never negative: half away from zero is half up */
    net = ((__int128)unit_price_e4 * quantity_e4 * (RATE_ONE - discount_ppm) + divisor / 2) / divisor;
    if (net > MONEY_MAX)
        return false;
    *net_minor = (int64_t)net;
    return true;
}

int64_t line_amount_off(int64_t discount_minor, int32_t discount_periods, int32_t ordinal, int64_t net_minor)
{
    if (discount_periods != 0 && ordinal >= discount_periods)
        return 0;
    return discount_minor < net_minor ? discount_minor : net_minor;
}

bool line_period_net(const struct price_line *line, int32_t ordinal, const struct currency *currency, int64_t *net_minor)
{
    if (line->discount_minor < 0 ||
        !line_net(line->unit_price_e4, line->quantity_e4, discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal),
                  currency, net_minor))
        return false;
    *net_minor -= line_amount_off(line->discount_minor, line->discount_periods, ordinal, *net_minor);
    return true;
}

bool line_first_net(const struct price_line *line, const struct currency *currency, int64_t *net_minor)
{
    if (line->discount_minor < 0 ||
        !line_net(line->unit_price_e4, line->quantity_e4, discount_ppm_at(line->discount_ppm, line->discount_periods, 0),
                  currency, net_minor))
        return false;
    if (line->kind == LINE_RECURRING && period_days(line->natural) > 0)
        *net_minor = proration_part(*net_minor, line->natural, line->first);
    *net_minor -= line_amount_off(line->discount_minor, line->discount_periods, 0, *net_minor);
    return true;
}

/* Which lines a sum is of. */
enum sum { SUM_TODAY = 1, SUM_ONCE, SUM_PERIOD };

static bool in_sum(const struct price_line *line, enum sum sum, bool plan)
{
    bool recurring = plan && line->kind == LINE_RECURRING;

    if (!price_line_counts(line) || line->metered)
        return false;
    switch (sum) {
    case SUM_TODAY: return !(recurring && line->later);
    case SUM_ONCE: return !recurring;
    case SUM_PERIOD: return recurring;
    }
    return false;
}

bool first_takes_amounts(const struct price_line *lines, size_t count, struct recurrence recurrence)
{
    bool plan = recurrence_valid(recurrence);

    for (size_t i = 0; i < count && plan; i++)
        if (in_sum(&lines[i], SUM_PERIOD, plan) && !lines[i].later)
            return true;
    return !plan;
}

/* Nets of the lines of a sum in their order, the document's discounts taken off. */
static bool sum_up(struct arena *arena, const struct price_line *lines, size_t count, enum sum sum, bool plan, int32_t ordinal,
                   const struct discounts *discounts, bool amounts, const struct currency *currency, struct totals *totals, int64_t *off_minor)
{
    int64_t *nets = ARENA_ARRAY(arena, int64_t, count + 1);
    int64_t *allowances = ARENA_ARRAY(arena, int64_t, count + 1);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (!in_sum(&lines[i], sum, plan))
            continue;
        if (!(sum == SUM_TODAY ? line_first_net(&lines[i], currency, &nets[n]) : line_period_net(&lines[i], ordinal, currency, &nets[n])))
            return false;
        n++;
    }
    *off_minor = discounts_take(arena, discounts, ordinal, amounts, nets, n, allowances);
    n = 0;
    for (size_t i = 0; i < count; i++)
        if (in_sum(&lines[i], sum, plan) && !totals_add_line(totals, &lines[i].tax, nets[n++]))
            return false;
    return true;
}

static int32_t longest_discount(const struct price_line *lines, size_t count, const struct discounts *discounts)
{
    int32_t longest = 0;

    for (size_t i = 0; i < count; i++)
        if (in_sum(&lines[i], SUM_PERIOD, true) && (lines[i].discount_ppm > 0 || lines[i].discount_minor > 0) &&
            lines[i].discount_periods > longest)
            longest = lines[i].discount_periods;
    for (size_t i = 0; i < discounts->count; i++)
        if (discounts->of[i].periods > longest)
            longest = discounts->of[i].periods;
    return longest;
}

bool quote_totals_less(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
                       const struct currency *currency, struct recurrence recurrence, struct quote_totals *totals)
{
    bool plan = recurrence_valid(recurrence);
    bool amounts = first_takes_amounts(lines, count, recurrence);
    int64_t off;

    memset(totals, 0, sizeof *totals);
    if (count > PRICE_LINES_MAX ||
        !sum_up(arena, lines, count, SUM_TODAY, plan, 0, discounts, amounts, currency, &totals->today, &totals->today_off_minor) ||
        !sum_up(arena, lines, count, SUM_ONCE, plan, 0, discounts, !plan, currency, &totals->once, &totals->once_off_minor))
        return false;
    if (!plan)
        return true;
    totals->discount_periods = longest_discount(lines, count, discounts);
    return sum_up(arena, lines, count, SUM_PERIOD, plan, 0, discounts, true, currency, &totals->period, &totals->period_off_minor) &&
           sum_up(arena, lines, count, SUM_PERIOD, plan, INT32_MAX, discounts, true, currency, &totals->period_after, &off) &&
           mrr_less(arena, lines, count, discounts, currency, recurrence, 0, &totals->mrr_e4);
}

/* The least of the ordinals on which something limited begins or ends that lies behind one; INT32_MAX: none. */
static int32_t next_change(const struct price_line *lines, size_t count, const struct discounts *discounts, int32_t behind)
{
    int32_t next = INT32_MAX;

    for (size_t i = 0; i < count; i++)
        if (in_sum(&lines[i], SUM_PERIOD, true) && lines[i].discount_periods > behind && lines[i].discount_periods < next)
            next = lines[i].discount_periods;
    for (size_t i = 0; i < discounts->count; i++) {
        const struct discount *d = &discounts->of[i];
        int32_t end = d->from + d->periods;

        if (d->from > behind && d->from < next)
            next = d->from;
        if (d->periods > 0 && end > behind && end < next)
            next = end;
    }
    return next;
}

struct quote_step *quote_steps(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
                               const struct currency *currency, size_t *step_count)
{
    struct quote_step *steps = ARENA_ARRAY(arena, struct quote_step, count + 2 * discounts->count + 1);

    *step_count = 0;
    for (int32_t from = 0; from != INT32_MAX; from = next_change(lines, count, discounts, from)) {
        struct quote_step *step = &steps[*step_count];
        int64_t off;

        *step = (struct quote_step){.from = from};
        if (!sum_up(arena, lines, count, SUM_PERIOD, true, from, discounts, true, currency, &step->period, &off))
            return NULL;
        if (*step_count == 0 || step->period.net_minor != step[-1].period.net_minor || step->period.gross_minor != step[-1].period.gross_minor)
            (*step_count)++;
    }
    return steps;
}

bool quote_totals(const struct price_line *lines, size_t count, const struct currency *currency,
                  struct recurrence recurrence, struct quote_totals *totals)
{
    const struct discounts none = {.count = 0};
    struct arena *arena = arena_new();
    bool fits = quote_totals_less(arena, lines, count, &none, currency, recurrence, totals);

    arena_free(arena);
    return fits;
}

/* A millionth of 1/10,000 of a 1/10,000 is far below what MRR is rounded to. */
static __int128 without_vat(const struct tax_decision *tax, __int128 priced)
{
    return tax->included ? priced * RATE_ONE / (RATE_ONE + tax->rate_ppm) : priced;
}

/* What a period is divided by to be a month: numerator / denominator. */
static void month_share(struct recurrence recurrence, int64_t *numerator, int64_t *denominator)
{
    int months = recurrence_months(recurrence);

    *numerator = months > 0 ? 1 : 1461;
    *denominator = months > 0                                ? months
                   : recurrence.unit == RECURRENCE_WEEK ? INT64_C(336) * recurrence.count
                                                        : INT64_C(48) * recurrence.count;
}

/* The exact sum of a period's lines: 1/10,000 of the unit, times QUANTITY_ONE * RATE_ONE. */
static bool exact_sum(const struct price_line *lines, size_t count, const struct currency *currency, int32_t ordinal, __int128 *exact)
{
    int64_t minor_e4 = currency == NULL ? 0 : PRICE_ONE / power_of_ten(currency->digits); /* of one minor unit */

    *exact = 0;
    for (size_t i = 0; i < count; i++) {
        const struct price_line *line = &lines[i];
        __int128 priced;
        __int128 off;

        if (line->kind != LINE_RECURRING || !price_line_counts(line) || line->metered)
            continue;
        if (line->unit_price_e4 < 0 || line->unit_price_e4 > UNIT_PRICE_MAX_E4 || line->quantity_e4 < 0 ||
            line->quantity_e4 > QUANTITY_MAX_E4 || line->discount_minor < 0 || (line->discount_minor > 0 && currency == NULL))
            return false;
        priced = (__int128)line->unit_price_e4 * line->quantity_e4 *
                 (RATE_ONE - discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal));
        off = (__int128)line_amount_off(line->discount_minor, line->discount_periods, ordinal, MONEY_MAX) * minor_e4 *
              QUANTITY_ONE * RATE_ONE;
        *exact += without_vat(&line->tax, off < priced ? priced - off : 0);
    }
    return *exact <= (__int128)1 << 110;
}

/* Rounded once per contract. */
static bool mrr_of_sum(__int128 exact, struct recurrence recurrence, int64_t *mrr_e4)
{
    int64_t numerator, denominator;
    __int128 divisor;
    __int128 mrr;

    month_share(recurrence, &numerator, &denominator);
    divisor = (__int128)QUANTITY_ONE * RATE_ONE * denominator;
    mrr = (exact * numerator + divisor / 2) / divisor;
    if (mrr > MONEY_MAX)
        return false;
    *mrr_e4 = (int64_t)mrr;
    return true;
}

bool mrr_of_lines(const struct price_line *lines, size_t count, struct recurrence recurrence, int32_t ordinal,
                  int64_t *mrr_e4)
{
    __int128 exact;

    return exact_sum(lines, count, NULL, ordinal, &exact) && mrr_of_sum(exact, recurrence, mrr_e4);
}

bool mrr_less(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
              const struct currency *currency, struct recurrence recurrence, int32_t ordinal, int64_t *mrr_e4)
{
    int64_t *nets = ARENA_ARRAY(arena, int64_t, count + 1);
    int64_t *allowances = ARENA_ARRAY(arena, int64_t, count + 1);
    int64_t sum = 0;
    int64_t off;
    __int128 exact;

    if (!exact_sum(lines, count, currency, ordinal, &exact))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (in_sum(&lines[i], SUM_PERIOD, true) && !line_period_net(&lines[i], ordinal, currency, &nets[i]))
            return false;
        sum += nets[i];
        if (sum > MONEY_MAX)
            return false;
    }
    off = discounts_take(arena, discounts, ordinal, true, nets, count, allowances);
    if (off > 0) /* a millionth of what MRR is rounded to is lost here, and 1e21 * 1e15 fits */
        exact = exact / RATE_ONE * (sum - off) / sum * RATE_ONE;
    return mrr_of_sum(exact, recurrence, mrr_e4);
}
