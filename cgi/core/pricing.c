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

bool line_first_net(const struct price_line *line, const struct currency *currency, int64_t *net_minor)
{
    if (!line_net(line->unit_price_e4, line->quantity_e4, discount_ppm_at(line->discount_ppm, line->discount_periods, 0),
                  currency, net_minor))
        return false;
    if (line->kind == LINE_RECURRING && period_days(line->natural) > 0)
        *net_minor = proration_part(*net_minor, line->natural, line->first);
    return true;
}

static bool add_first(struct totals *totals, const struct price_line *line, const struct currency *currency)
{
    int64_t net_minor;

    return line_first_net(line, currency, &net_minor) && totals_add_line(totals, &line->tax, net_minor);
}

static bool add_line(struct totals *totals, const struct price_line *line, int32_t ordinal,
                     const struct currency *currency)
{
    int64_t net_minor;

    return line_net(line->unit_price_e4, line->quantity_e4,
                    discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal), currency, &net_minor) &&
           totals_add_line(totals, &line->tax, net_minor);
}

bool quote_totals(const struct price_line *lines, size_t count, const struct currency *currency,
                  struct recurrence recurrence, struct quote_totals *totals)
{
    bool plan = recurrence_valid(recurrence);

    memset(totals, 0, sizeof *totals);
    if (count > PRICE_LINES_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct price_line *line = &lines[i];
        bool recurring = plan && line->kind == LINE_RECURRING;

        if (!price_line_counts(line))
            continue;
        if (!(recurring && line->later) && !add_first(&totals->today, line, currency))
            return false;
        if (!recurring) {
            if (!add_line(&totals->once, line, 0, currency))
                return false;
            continue;
        }
        if (line->discount_ppm > 0 && line->discount_periods > totals->discount_periods)
            totals->discount_periods = line->discount_periods;
        if (!add_line(&totals->period, line, 0, currency) || !add_line(&totals->period_after, line, INT32_MAX, currency))
            return false;
    }
    return !plan || mrr_of_lines(lines, count, recurrence, 0, &totals->mrr_e4);
}

/* A millionth of 1/10,000 of a 1/10,000 is far below what MRR is rounded to. */
static __int128 without_vat(const struct tax_decision *tax, __int128 priced)
{
    return tax->included ? priced * RATE_ONE / (RATE_ONE + tax->rate_ppm) : priced;
}

/* MRR is rounded once per contract: the exact sum of the lines first. */
bool mrr_of_lines(const struct price_line *lines, size_t count, struct recurrence recurrence, int32_t ordinal,
                  int64_t *mrr_e4)
{
    int months = recurrence_months(recurrence);
    int64_t numerator = months > 0 ? 1 : 1461;
    int64_t denominator = months > 0                                ? months
                          : recurrence.unit == RECURRENCE_WEEK ? INT64_C(336) * recurrence.count
                                                               : INT64_C(48) * recurrence.count;
    __int128 exact = 0; /* 1/10,000 of the unit, times QUANTITY_ONE * RATE_ONE */
    __int128 divisor = (__int128)QUANTITY_ONE * RATE_ONE * denominator;
    __int128 mrr;

    for (size_t i = 0; i < count; i++) {
        const struct price_line *line = &lines[i];

        if (line->kind != LINE_RECURRING || !price_line_counts(line))
            continue;
        if (line->unit_price_e4 < 0 || line->unit_price_e4 > UNIT_PRICE_MAX_E4 || line->quantity_e4 < 0 ||
            line->quantity_e4 > QUANTITY_MAX_E4)
            return false;
        exact += without_vat(&line->tax, (__int128)line->unit_price_e4 * line->quantity_e4 *
                                             (RATE_ONE - discount_ppm_at(line->discount_ppm, line->discount_periods, ordinal)));
    }
    if (exact > (__int128)1 << 110)
        return false;
    mrr = (exact * numerator + divisor / 2) / divisor;
    if (mrr > MONEY_MAX)
        return false;
    *mrr_e4 = (int64_t)mrr;
    return true;
}
