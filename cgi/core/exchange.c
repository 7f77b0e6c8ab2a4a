#include "core/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/csv.h"
#include "core/date.h"

#define N_(text) text

static int64_t ten_to(int digits)
{
    int64_t power = 1;

    while (digits-- > 0)
        power *= 10;
    return power;
}

bool exchange_to_base(int64_t minor, const struct currency *currency, int64_t rate_e6, const struct currency *base, int64_t *base_minor)
{
    if (rate_e6 < 1 || rate_e6 > EXCHANGE_MAX_E6 || minor > MONEY_MAX || minor < -MONEY_MAX)
        return false;
    /* minor / 10^currency / (rate / 10^6) * 10^base; 10^12 * 10^3 fits */
    return money_scale_checked(minor, EXCHANGE_ONE * ten_to(base->digits), rate_e6 * ten_to(currency->digits), ROUND_HALF_AWAY, base_minor);
}

struct exchange exchange_between(const char *currency, const char *base, int64_t rate_e6)
{
    struct exchange x = {NULL, NULL, rate_e6};

    if (rate_e6 == 0)
        return EXCHANGE_NONE;
    x.currency = currency_find(currency);
    x.base = currency_find(base);
    return x.currency == NULL || x.base == NULL ? EXCHANGE_NONE : x;
}

bool exchange_holds(const struct exchange *x, int64_t minor)
{
    int64_t base_minor;

    return minor <= MONEY_MAX && minor >= -MONEY_MAX &&
           (x->rate_e6 == 0 || exchange_to_base(minor, x->currency, x->rate_e6, x->base, &base_minor));
}

int64_t exchange_minor(const struct exchange *x, int64_t minor)
{
    int64_t base_minor = minor;

    CHECK(x->rate_e6 == 0 || exchange_to_base(minor, x->currency, x->rate_e6, x->base, &base_minor));
    return base_minor;
}

int64_t exchange_step(const struct exchange *x, int64_t before_minor, int64_t after_minor)
{
    return exchange_minor(x, before_minor) - exchange_minor(x, after_minor);
}

int64_t exchange_share(int64_t base_minor, int64_t whole_minor, int64_t left_minor)
{
    if (whole_minor < 0)
        return exchange_share(base_minor, -whole_minor, -left_minor);
    return whole_minor == 0 ? 0 : money_scale(base_minor, left_minor, whole_minor, ROUND_HALF_AWAY);
}

static int64_t size_of(int64_t minor)
{
    return minor < 0 ? -minor : minor;
}

void exchange_split(const struct exchange *x, int64_t total_base_minor, const int64_t *parts, size_t count, int64_t *shares)
{
    size_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        shares[i] = exchange_minor(x, parts[i]);
        total_base_minor -= shares[i];
        if (size_of(parts[i]) > size_of(parts[largest]))
            largest = i;
    }
    if (count > 0)
        shares[largest] += total_base_minor;
}

const char *ecb_refusal_text(enum ecb_refusal refusal)
{
    switch (refusal) {
    case ECB_NOT_REFUSED: break;
    case ECB_NO_TABLE: return N_("This is no table of the European Central Bank's rates");
    case ECB_WRONG_DAY: return N_("A day of this file cannot be read");
    case ECB_WRONG_RATE: return N_("A rate of this file cannot be read");
    case ECB_TOO_MANY_DAYS: return N_("This file has more than 100 days: take the one of 90 days");
    }
    return "";
}

/* "2026-11-27", or "27 November 2026" in the file of one day. */
static int32_t day_of(const char *text)
{
    static const char *const month[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                                        "November", "December"};
    int year, number, day, used = 0;
    char name[10];

    if (sscanf(text, "%4d-%2d-%2d%n", &year, &number, &day, &used) == 3 && text[used] == '\0')
        return date_exists(year, number, day) ? date_from_civil(year, number, day) : DATE_NONE;
    used = 0;
    if (sscanf(text, "%2d %9[A-Za-z] %4d%n", &day, name, &year, &used) != 3 || text[used] != '\0')
        return DATE_NONE;
    for (int i = 0; i < 12; i++)
        if (strcmp(name, month[i]) == 0 && date_exists(year, i + 1, day))
            return date_from_civil(year, i + 1, day);
    return DATE_NONE;
}

/* "1.0850"; 0 when it is no rate. */
static int64_t rate_of(const char *text)
{
    int64_t rate = 0;
    int decimals = -1;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '.' && decimals < 0 && c != text) {
            decimals = 0;
            continue;
        }
        if (*c < '0' || *c > '9' || (decimals >= 0 && ++decimals > 6))
            return 0;
        rate = rate * 10 + (*c - '0');
        if (rate > EXCHANGE_MAX_E6)
            return 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 6; i++)
        rate *= 10;
    return rate <= EXCHANGE_MAX_E6 ? rate : 0;
}

static enum ecb_refusal read_day(struct arena *arena, const struct csv_record *head, const struct csv_record *record, struct ecb_rate *rates,
                                 size_t *count)
{
    int32_t on = day_of(str_trim(arena, record->cells[0]));

    if (on == DATE_NONE)
        return ECB_WRONG_DAY;
    for (size_t i = 1; i < head->count; i++) {
        const struct currency *currency = currency_find(str_trim(arena, head->cells[i]));
        const char *cell = str_trim(arena, record->cells[i]);
        struct ecb_rate rate = {.on = on};

        if (currency == NULL || str_empty(cell) || strcmp(cell, "N/A") == 0)
            continue;
        rate.rate_e6 = rate_of(cell);
        if (rate.rate_e6 == 0)
            return ECB_WRONG_RATE;
        memcpy(rate.currency, currency->code, sizeof rate.currency);
        rates[(*count)++] = rate;
    }
    return ECB_NOT_REFUSED;
}

enum ecb_refusal ecb_read(struct arena *arena, const char *data, size_t bytes, struct ecb_rate **rates, size_t *count, int32_t *line)
{
    struct csv csv = csv_open(data, bytes);
    struct csv_record head, record;
    size_t days = 0;

    *count = 0;
    *line = 1;
    if (csv_next(&csv, arena, &head) != CSV_RECORD || strcmp(str_trim(arena, head.cells[0]), "Date") != 0)
        return ECB_NO_TABLE;
    *rates = ARENA_ARRAY(arena, struct ecb_rate, ECB_DAYS_MAX * head.count);
    for (;;) {
        enum csv_state state = csv_next(&csv, arena, &record);
        enum ecb_refusal refusal;

        if (state == CSV_END)
            return *count > 0 ? ECB_NOT_REFUSED : ECB_NO_TABLE;
        *line = state == CSV_RECORD ? record.line : record.fault_line;
        if (state != CSV_RECORD)
            return ECB_NO_TABLE;
        if (days++ == ECB_DAYS_MAX)
            return ECB_TOO_MANY_DAYS;
        refusal = read_day(arena, &head, &record, *rates, count);
        if (refusal != ECB_NOT_REFUSED)
            return refusal;
    }
}
