#include "text/phrase.h"

#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "core/unit.h"
#include "text/format.h"
#include "text/words.h"

#define N_(text) text

/* Puts n into the plural form that fits it. */
static char *counted(struct arena *arena, const char *text, int n)
{
    return tr_fill(arena, text, "n", arena_printf(arena, "%d", n), NULL);
}

char *phrase_per(struct arena *arena, struct recurrence every)
{
    int n = every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("per day", "every {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("per week", "every {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("per month", "every {n} months", n), n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("per quarter", "every {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("per year", "every {n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_every(struct arena *arena, struct recurrence every)
{
    int n = every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("Every day", "Every {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("Every week", "Every {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("Every month", "Every {n} months", n), n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("Every quarter", "Every {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("Every year", "Every {n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_months(struct arena *arena, int months)
{
    return counted(arena, tr_plural("{n} month", "{n} months", months), months);
}

char *phrase_days(struct arena *arena, int days)
{
    return counted(arena, tr_plural("{n} day", "{n} days", days), days);
}

char *phrase_share(struct arena *arena, const char *language, struct period period, int32_t of_days)
{
    int32_t days = period_days(period);

    return tr_fill(arena, tr_plural("{days} of {of_days} days, {from} to {until}", "{days} of {of_days} days, {from} to {until}", days), "days",
                   format_integer(arena, language, days), "of_days", format_integer(arena, language, of_days), "from",
                   format_date(arena, language, period.from_on), "until", format_date(arena, language, period_last_on(period)), NULL);
}

char *phrase_periods(struct arena *arena, struct recurrence every, int periods)
{
    int n = periods * every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return phrase_days(arena, n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("{n} week", "{n} weeks", n), n);
    case RECURRENCE_MONTH: return phrase_months(arena, n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("{n} quarter", "{n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("{n} year", "{n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_term(struct arena *arena, enum term_unit unit, int count, struct recurrence every)
{
    return unit == TERM_MONTHS ? phrase_months(arena, count) : phrase_periods(arena, every, count);
}

static const char *weekday_text(int day)
{
    static const char *const name[] = {"", N_("on Mondays"), N_("on Tuesdays"), N_("on Wednesdays"), N_("on Thursdays"),
                                       N_("on Fridays"), N_("on Saturdays"), N_("on Sundays")};

    return tr(name[day]);
}

static char *month_day_text(struct arena *arena, int day)
{
    if (day == 31)
        return arena_strdup(arena, tr("on the last day of the month"));
    return tr_fill(arena, "on day {day} of the month", "day", arena_printf(arena, "%d", day), NULL);
}

char *phrase_anchor(struct arena *arena, struct anchor anchor, struct recurrence every)
{
    switch (anchor.rule) {
    case ANCHOR_START: return arena_strdup(arena, tr("from the day it starts"));
    case ANCHOR_MONTH_DAY: return month_day_text(arena, anchor.day);
    case ANCHOR_LAST_DAY: return month_day_text(arena, 31);
    case ANCHOR_WEEKDAY: return arena_strdup(arena, weekday_text(anchor.day));
    case ANCHOR_CALENDAR:
        return arena_strdup(arena, every.unit == RECURRENCE_WEEK ? tr("on Mondays")
                                   : every.unit == RECURRENCE_MONTH ? tr("on the first day of a month")
                                   : every.unit == RECURRENCE_QUARTER ? tr("on the first day of a quarter")
                                                                      : tr("on the first day of a year"));
    }
    return arena_strdup(arena, "");
}

char *phrase_begins(struct arena *arena, const struct schedule *schedule)
{
    if (recurrence_months(schedule->every) > 0)
        return month_day_text(arena, schedule->month_day != 0 ? schedule->month_day : date_civil(schedule->anchor_on).day);
    return arena_strdup(arena, schedule->every.unit == RECURRENCE_WEEK ? weekday_text(date_weekday(schedule->anchor_on)) : "");
}

char *phrase_first_periods(struct arena *arena, struct recurrence every, int periods)
{
    int n = periods * every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("for the first day", "for the first {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("for the first week", "for the first {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("for the first month", "for the first {n} months", n), n);
    case RECURRENCE_QUARTER:
        return counted(arena, tr_plural("for the first quarter", "for the first {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("for the first year", "for the first {n} years", n), n);
    }
    return arena_strdup(arena, "");
}

const char *phrase_unit(const char *language, int64_t quantity_e4, const char *unit, const char *plural)
{
    return !str_empty(plural) && unit_is_plural(language, quantity_e4) ? plural : str_empty(unit) ? "" : unit;
}

char *phrase_quantity(struct arena *arena, const char *language, int64_t quantity_e4, const char *unit, const char *plural)
{
    return arena_strdup(arena, str_trim(arena, arena_printf(arena, "%s %s", format_quantity(arena, language, quantity_e4),
                                                            phrase_unit(language, quantity_e4, unit, plural))));
}

char *phrase_discount(struct arena *arena, const char *language, int64_t ppm, int64_t amount_minor, const char *currency,
                      struct recurrence every, int32_t periods)
{
    const char *what = ppm > 0 ? format_percent(arena, language, ppm) : format_money(arena, language, amount_minor, currency);

    if (periods > 0 && every.unit != 0)
        return tr_fill(arena, "{discount} off {periods}", "discount", what, "periods", phrase_first_periods(arena, every, periods), NULL);
    return tr_fill(arena, "{discount} off", "discount", what, NULL);
}

char *phrase_given(struct arena *arena, const char *language, const char *code, int64_t ppm, int64_t amount_minor, const char *currency,
                   struct recurrence every, int32_t periods)
{
    char *what = phrase_discount(arena, language, ppm, amount_minor, currency, (struct recurrence){0}, 0);

    if (periods > 0)
        what = tr_fill(arena, "{discount} for {duration}", "discount", what, "duration", phrase_periods(arena, every, periods), NULL);
    return str_empty(code) ? what : tr_fill(arena, "Coupon {code}: {discount}", "code", code, "discount", what, NULL);
}

char *phrase_taken(struct arena *arena, const char *language, int64_t ppm, int64_t allowance_minor, const char *currency)
{
    return arena_printf(arena, "%s%s%s", ppm != 0 ? format_percent(arena, language, ppm) : "", ppm != 0 && allowance_minor != 0 ? ", " : "",
                        allowance_minor != 0 ? format_money(arena, language, allowance_minor, currency) : "");
}

const char *phrase_detail(struct arena *arena, const char *period, const char *coupon)
{
    if (coupon[0] == '\0')
        return period;
    return period[0] == '\0' ? tr_fill(arena, "Coupon {code}", "code", coupon, NULL)
                             : tr_fill(arena, "{period}, coupon {code}", "period", period, "code", coupon, NULL);
}

/* A bound just below a whole number comes from a minimum quantity: "from 10" reads better than "above 9.9999". */
static bool just_below(int64_t bound_e4)
{
    return (bound_e4 + 1) % QUANTITY_ONE == 0;
}

char *phrase_tier(struct arena *arena, const char *language, int64_t above_e4, int64_t up_to_e4)
{
    const char *lower = "";
    const char *upper = "";

    if (above_e4 > 0)
        lower = just_below(above_e4) ? tr_fill(arena, "from {n}", "n", format_quantity(arena, language, above_e4 + 1), NULL)
                                     : tr_fill(arena, "above {n}", "n", format_quantity(arena, language, above_e4), NULL);
    if (up_to_e4 != TIER_OPEN)
        upper = just_below(up_to_e4) ? tr_fill(arena, "below {n}", "n", format_quantity(arena, language, up_to_e4 + 1), NULL)
                                     : tr_fill(arena, "up to {n}", "n", format_quantity(arena, language, up_to_e4), NULL);
    return arena_printf(arena, "%s%s%s", lower, lower[0] != '\0' && upper[0] != '\0' ? ", " : "", upper);
}

char *phrase_price(struct arena *arena, const char *language, const struct price_rule *rule, const char *currency)
{
    struct str s = str_new(arena);

    if (rule->model == PRICE_PER_UNIT)
        return arena_strdup(arena, "");
    if (rule->model == PRICE_FLAT)
        return arena_strdup(arena, tr("flat price"));
    for (size_t i = 0; i < rule->tier_count; i++) {
        const struct tier *tier = &rule->tier[i];
        const char *range = phrase_tier(arena, language, i == 0 ? 0 : rule->tier[i - 1].up_to_e4, tier->up_to_e4);

        const char *price = format_price(arena, language, tier->unit_price_e4, currency);

        str_printf(&s, "%s%s", i == 0 ? "" : tr("; "),
                   range[0] == '\0' ? price : tr_fill(arena, "{range}: {price}", "range", range, "price", price, NULL));
        if (tier->flat_e4 > 0)
            str_printf(&s, " + %s", format_price(arena, language, tier->flat_e4, currency));
    }
    return rule->model == PRICE_VOLUME ? tr_fill(arena, "by the whole quantity: {tiers}", "tiers", s.text, NULL)
                                       : tr_fill(arena, "each part at its price: {tiers}", "tiers", s.text, NULL);
}

const char *phrase_mentions(struct arena *arena, const enum tax_reason *reasons, size_t count)
{
    const char *all = "";

    for (size_t i = 0; i < count; i++) {
        const char *mention = tax_mention_text(reasons[i]);
        bool told = mention[0] == '\0';

        for (size_t j = 0; j < i; j++)
            told = told || reasons[j] == reasons[i];
        if (!told)
            all = arena_printf(arena, "%s%s%s", all, all[0] != '\0' ? tr("; ") : "", tr(mention));
    }
    return all;
}

char *phrase_exchange(struct arena *arena, const char *language, const char *base, const char *currency, int64_t rate_e6, int32_t on,
                      const char *source)
{
    return arena_printf(arena, "1 %s = %s %s, %s, %s", base, format_input_decimal(arena, language, rate_e6, 6, 4), currency, source,
                        format_date(arena, language, on));
}
