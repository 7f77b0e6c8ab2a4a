#include "core/bill.h"

#include <string.h>

#include "base/check.h"
#include "core/money.h"

static const char *const kind_name[] = {"", "recurring", "one_time", "setup", "section", "note"};

const char *line_kind_name(enum line_kind kind)
{
    CHECK(kind >= LINE_RECURRING && kind <= LINE_NOTE);
    return kind_name[kind];
}

bool line_kind_from_name(const char *name, enum line_kind *kind)
{
    for (int i = LINE_RECURRING; i <= LINE_NOTE; i++)
        if (strcmp(kind_name[i], name) == 0) {
            *kind = (enum line_kind)i;
            return true;
        }
    return false;
}

static int64_t power_of_ten(int digits)
{
    int64_t power = 1;

    for (; digits > 0; digits--)
        power *= 10;
    return power;
}

bool line_net(int64_t quantity_e4, int64_t unit_price_e4, int32_t discount_ppm, int currency_digits, int64_t *net_minor)
{
    __int128 exact;
    __int128 divisor = (__int128)QUANTITY_ONE * PRICE_ONE * RATE_ONE / power_of_ten(currency_digits);
    __int128 net;

    if (quantity_e4 < 0 || quantity_e4 > INT64_C(10000000000000) || unit_price_e4 < 0 ||
        unit_price_e4 > INT64_C(10000000000000) || discount_ppm < 0 || discount_ppm > RATE_ONE)
        return false;
    exact = (__int128)quantity_e4 * unit_price_e4 * (RATE_ONE - discount_ppm);
    net = (exact + divisor / 2) / divisor; /* never negative: half away is half up */
    if (net > MONEY_MAX)
        return false;
    *net_minor = (int64_t)net;
    return true;
}

static bool same_group(const struct tax_decision *a, const struct tax_decision *b)
{
    return a->rate_ppm == b->rate_ppm && strcmp(a->category, b->category) == 0;
}

bool bill_total(struct bill *bill)
{
    bill->tax_count = 0;
    bill->net_minor = bill->vat_minor = 0;
    for (size_t i = 0; i < bill->count; i++) {
        const struct bill_line *line = &bill->lines[i];
        size_t group = 0;

        if (line->kind == LINE_SECTION || line->kind == LINE_NOTE)
            continue;
        while (group < bill->tax_count && !same_group(&bill->taxes[group].tax, &line->tax))
            group++;
        if (group == BILL_TAXES_MAX)
            return false;
        if (group == bill->tax_count)
            bill->taxes[bill->tax_count++] = (struct bill_tax){.tax = line->tax};
        bill->taxes[group].base_minor += line->net_minor;
        bill->net_minor += line->net_minor;
        if (bill->net_minor > MONEY_MAX)
            return false;
    }
    for (size_t i = 0; i < bill->tax_count; i++) {
        bill->taxes[i].tax_minor =
            money_scale(bill->taxes[i].base_minor, bill->taxes[i].tax.rate_ppm, RATE_ONE, ROUND_HALF_AWAY);
        bill->vat_minor += bill->taxes[i].tax_minor;
    }
    bill->total_minor = bill->net_minor + bill->vat_minor;
    return bill->total_minor <= MONEY_MAX;
}

int32_t discount_in_period(int32_t discount_ppm, int32_t discount_periods, int billed_before)
{
    return discount_periods == 0 || billed_before < discount_periods ? discount_ppm : 0;
}

int64_t mrr_amount(int64_t net_minor, int currency_digits, struct recurrence recurrence)
{
    int64_t numerator;
    int64_t denominator;

    recurrence_month_share(recurrence, &numerator, &denominator);
    return money_scale(net_minor, numerator * (PRICE_ONE / power_of_ten(currency_digits)), denominator, ROUND_HALF_AWAY);
}

const char *line_account(const struct bill_line *line)
{
    return line->goods ? "707" : "706";
}
