#include "core/money.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

static const struct currency currency[] = {
    {"EUR", 2}, {"USD", 2}, {"GBP", 2}, {"CHF", 2}, {"JPY", 0}, {"BGN", 2}, {"CZK", 2},
    {"DKK", 2}, {"HUF", 2}, {"NOK", 2}, {"PLN", 2}, {"RON", 2}, {"SEK", 2}, {"CAD", 2},
    {"AUD", 2}, {"NZD", 2}, {"SGD", 2}, {"HKD", 2}, {"MAD", 2}, {"KRW", 0}, {"TND", 3}, {"KWD", 3},
};

const struct currency *currency_find(const char *code)
{
    size_t i;

    for (i = 0; i < COUNT_OF(currency); i++)
        if (strcmp(currency[i].code, code) == 0)
            return &currency[i];
    return NULL;
}

bool money_scale_checked(int64_t value, int64_t numerator, int64_t denominator,
                         enum rounding rounding, int64_t *result)
{
    __int128 product = (__int128)value * numerator;
    __int128 quotient;
    __int128 rest;

    CHECK(denominator > 0);
    quotient = product / denominator;
    rest = product % denominator;
    if (rounding == ROUND_HALF_AWAY && 2 * (rest < 0 ? -rest : rest) >= denominator)
        quotient += rest < 0 ? -1 : 1;
    if (quotient > MONEY_MAX || quotient < -MONEY_MAX)
        return false;
    *result = (int64_t)quotient;
    return true;
}

int64_t money_scale(int64_t value, int64_t numerator, int64_t denominator, enum rounding rounding)
{
    int64_t result = 0;

    CHECK(money_scale_checked(value, numerator, denominator, rounding, &result));
    return result;
}

void money_split(int64_t total_minor, const int64_t *weights, size_t count, int64_t *shares)
{
    int64_t sum = 0;
    int64_t left = total_minor;
    int64_t step = total_minor < 0 ? -1 : 1;
    size_t i;

    for (i = 0; i < count; i++) {
        CHECK(weights[i] >= 0 && !__builtin_add_overflow(sum, weights[i], &sum));
    }
    CHECK(sum > 0);
    for (i = 0; i < count; i++) {
        shares[i] = money_scale(total_minor, weights[i], sum, ROUND_DOWN);
        left -= shares[i];
    }
    /* What rounding down left over goes to the largest remainders, one minor unit each. */
    while (left != 0) {
        __int128 most = -1;
        size_t winner = 0;

        for (i = 0; i < count; i++) {
            __int128 exact = (__int128)total_minor * weights[i] - (__int128)shares[i] * sum;

            exact = exact < 0 ? -exact : exact;
            if ((shares[i] - money_scale(total_minor, weights[i], sum, ROUND_DOWN)) == 0 && exact > most) {
                most = exact;
                winner = i;
            }
        }
        shares[winner] += step;
        left -= step;
    }
}

const char *money_plain(int64_t minor, const char *code, char decimal, char text[MONEY_PLAIN_BYTES])
{
    const struct currency *of = currency_find(code);
    int digits = of == NULL ? 2 : of->digits;
    uint64_t whole = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    uint64_t unit = 1;

    for (int i = 0; i < digits; i++)
        unit *= 10;
    if (digits == 0)
        (void)snprintf(text, MONEY_PLAIN_BYTES, "%s%llu", minor < 0 ? "-" : "", (unsigned long long)whole);
    else
        (void)snprintf(text, MONEY_PLAIN_BYTES, "%s%llu%c%0*llu", minor < 0 ? "-" : "", (unsigned long long)(whole / unit), decimal, digits,
                       (unsigned long long)(whole % unit));
    return text;
}
