/* quote: how long pricing and taxing a quote of 40 lines takes, by the pure rules that every page, document and
 * renewal asks (core/tax, core/pricing).
 *
 * Standard input: the table of rates, a row a line: country, class, first day (days since 1970), rate in ppm, first
 * and last beginning of postal codes ("-": none), separated by tabs. Prints name, value, unit, ratio to the reference:
 * forty times the price of a line (unit price * quantity * discount, rounded), which no quote can do without.
 *
 * The quote mixes kinds, discounts, options, quantities and classes; the buyer changes with every quote: a business at
 * home, one abroad under reverse charge, a consumer at destination, one in a territory with postal codes, an export. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "core/tax.h"

enum { LINES = 40, RATES_MAX = 5000, ROUNDS = 20000, BUYERS = 5 };

static struct tax_rate rate[RATES_MAX];

static size_t read_rates(void)
{
    size_t count = 0;
    char from[POSTAL_KEY_BYTES * 4], until[POSTAL_KEY_BYTES * 4];

    while (count < RATES_MAX && scanf("%2s %20s %" SCNd32 " %" SCNd32 " %31s %31s", rate[count].country,
                                      rate[count].tax_class, &rate[count].from_on, &rate[count].rate_ppm, from, until) == 6) {
        snprintf(rate[count].postal_from, POSTAL_KEY_BYTES, "%s", strcmp(from, "-") == 0 ? "" : from);
        snprintf(rate[count].postal_until, POSTAL_KEY_BYTES, "%s", strcmp(until, "-") == 0 ? "" : until);
        count++;
    }
    CHECK(count > 0 && count < RATES_MAX);
    return count;
}

static const struct tax_facts buyer[BUYERS] = {
    {.buyer_country = "FR", .buyer_postal = "69001", .buyer_is_company = true},
    {.buyer_country = "DE", .buyer_postal = "10115", .buyer_is_company = true, .vat_id_fits = true, .vat_id_checked = true},
    {.buyer_country = "BE", .buyer_postal = "1000", .oss = true},
    {.buyer_country = "FR", .buyer_postal = "97410"},
    {.buyer_country = "CH", .buyer_postal = "8001", .buyer_is_company = true},
};

static void fill(struct price_line lines[LINES])
{
    static const enum line_kind kinds[] = {LINE_RECURRING, LINE_RECURRING, LINE_ONE_TIME, LINE_SETUP};

    for (int i = 0; i < LINES; i++)
        lines[i] = (struct price_line){.kind = kinds[i % 4], .quantity_e4 = 10000 + i * 2500,
                                       .unit_price_e4 = 99900 + i * 12345, .discount_ppm = i % 3 == 0 ? 100000 : 0,
                                       .discount_periods = i % 6 == 0 ? 3 : 0, .optional = i % 5 == 4, .chosen = i % 2 == 0};
}

static double microseconds(struct timespec from, struct timespec until)
{
    return (double)(until.tv_sec - from.tv_sec) * 1e6 + (double)(until.tv_nsec - from.tv_nsec) / 1e3;
}

int main(void)
{
    static const char *const classes[] = {"standard", "reduced"};
    const struct currency *euro = currency_find("EUR");
    const int32_t today_on = date_from_civil(2026, 11, 28);
    size_t rates = read_rates();
    struct price_line lines[LINES];
    struct quote_totals totals;
    struct timespec begin, middle, end;
    int64_t sum = 0;
    int64_t net;
    double line_us, quote_us;

    fill(lines);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < LINES; i++) {
            CHECK(line_net(lines[i].unit_price_e4 + round, lines[i].quantity_e4, lines[i].discount_ppm, euro, &net));
            sum += net;
        }
    clock_gettime(CLOCK_MONOTONIC, &middle);
    for (int round = 0; round < ROUNDS; round++) {
        struct tax_facts facts = buyer[round % BUYERS];

        facts.seller_country = "FR";
        facts.seller_postal = "75011";
        facts.on = today_on;
        for (int i = 0; i < LINES; i++) {
            facts.tax_class = classes[i % 2];
            facts.goods = i % 4 == 2;
            CHECK(tax_decide(rate, rates, &facts, &lines[i].tax));
        }
        CHECK(quote_totals(lines, LINES, euro, (struct recurrence){RECURRENCE_MONTH, 1}, &totals));
        sum += totals.today.gross_minor;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK(sum > 0);
    line_us = microseconds(begin, middle) / ROUNDS;
    quote_us = microseconds(middle, end) / ROUNDS;
    printf("raw_40_lines_us\t%.2f\tus\t-\n", line_us);
    printf("quote_40_lines_us\t%.2f\tus\t%.3f\n", quote_us, quote_us / line_us);
    return 0;
}
