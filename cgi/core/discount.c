#include "core/discount.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

static bool code_ok(const char *code)
{
    return strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(code);
}

bool discount_ok(const struct discount *d)
{
    bool percent = d->ppm >= 1 && d->ppm <= RATE_ONE && d->amount_minor == 0;
    bool amount = d->ppm == 0 && d->amount_minor >= 1 && d->amount_minor <= MONEY_MAX;

    return (percent || amount) && d->periods >= 0 && d->periods <= DISCOUNT_PERIODS_MAX && d->from >= 0 && d->from <= DISCOUNT_FROM_MAX &&
           code_ok(d->code);
}

bool discount_lasts(const struct discount *d, int32_t ordinal)
{
    return (d->from == 0 || ordinal >= d->from) && (d->periods == 0 || ordinal - d->from < d->periods);
}

/* What one discount takes off a sum. */
static int64_t taken_off(const struct discount *d, int64_t sum, bool amounts)
{
    if (d->ppm > 0)
        return money_scale(sum, d->ppm, RATE_ONE, ROUND_HALF_AWAY);
    return !amounts ? 0 : d->amount_minor < sum ? d->amount_minor : sum;
}

static void spread(struct arena *arena, int64_t taken, int64_t *nets, size_t count, int64_t *allowances)
{
    int64_t *shares = ARENA_ARRAY(arena, int64_t, count);

    money_split(taken, nets, count, shares);
    for (size_t i = 0; i < count; i++) {
        nets[i] -= shares[i];
        allowances[i] += shares[i];
    }
}

int64_t discounts_take(struct arena *arena, const struct discounts *discounts, int32_t ordinal, bool amounts,
                       int64_t *nets, size_t count, int64_t *allowances)
{
    int64_t sum = 0;
    int64_t all = 0;

    for (size_t i = 0; i < count; i++) {
        CHECK(nets[i] >= 0);
        sum += nets[i];
        allowances[i] = 0;
    }
    for (size_t i = 0; i < discounts->count; i++) {
        const struct discount *d = &discounts->of[i];
        int64_t taken = discount_lasts(d, ordinal) && sum > 0 ? taken_off(d, sum, amounts) : 0;

        if (taken == 0)
            continue;
        spread(arena, taken, nets, count, allowances);
        sum -= taken;
        all += taken;
    }
    return all;
}

const char *discounts_coupon(const struct discounts *discounts, int32_t ordinal, bool amounts)
{
    for (size_t i = 0; i < discounts->count; i++) {
        const struct discount *discount = &discounts->of[i];

        if (discount->code[0] != '\0' && (discount->ppm > 0 || amounts) && discount_lasts(discount, ordinal))
            return discount->code;
    }
    return "";
}

size_t discounts_in(const struct discounts *discounts, int32_t ordinal)
{
    size_t count = 0;

    for (size_t i = 0; i < discounts->count; i++)
        count += discount_lasts(&discounts->of[i], ordinal);
    return count;
}

size_t discounts_find(const struct discounts *discounts, const struct discount *like, int32_t ordinal)
{
    size_t i = 0;

    while (i < discounts->count) {
        const struct discount *d = &discounts->of[i];

        if (d->ppm == like->ppm && d->amount_minor == like->amount_minor && strcmp(d->code, like->code) == 0 && discount_lasts(d, ordinal))
            break;
        i++;
    }
    return i;
}

static void take_out(struct discounts *discounts, size_t i)
{
    discounts->count--;
    memmove(&discounts->of[i], &discounts->of[i + 1], (discounts->count - i) * sizeof discounts->of[0]);
}

bool discounts_end(struct discounts *discounts, size_t i, int32_t ordinal, int32_t kept)
{
    struct discount *d = &discounts->of[i];
    int32_t from = d->from > kept ? d->from : kept;

    if (from >= ordinal) {
        take_out(discounts, i);
        return true;
    }
    if (ordinal - from > DISCOUNT_PERIODS_MAX)
        return false;
    d->from = from;
    d->periods = ordinal - from;
    return true;
}

void discounts_forget(struct discounts *discounts, int32_t kept)
{
    for (size_t i = discounts->count; i-- > 0;)
        if (discounts->of[i].periods > 0 && discounts->of[i].from + discounts->of[i].periods <= kept)
            take_out(discounts, i);
}

bool discounts_begin(struct discounts *discounts, const struct discount *discount, int32_t ordinal)
{
    size_t i = 0;

    if (discounts->count == DISCOUNTS_KEPT)
        return false;
    while (i < discounts->count && (discount->code[0] != '\0' || discounts->of[i].code[0] == '\0'))
        i++;
    memmove(&discounts->of[i + 1], &discounts->of[i], (discounts->count - i) * sizeof discounts->of[0]);
    discounts->of[i] = *discount;
    discounts->of[i].from = ordinal;
    discounts->count++;
    return true;
}

struct discounts discounts_left(const struct discounts *discounts, int32_t periods)
{
    struct discounts left = {.count = 0};

    for (size_t i = 0; i < discounts->count; i++) {
        struct discount d = discounts->of[i];
        int32_t used = periods - d.from;

        if (used >= 0 && !discount_lasts(&d, periods))
            continue;
        d.periods -= d.periods > 0 && used > 0 ? used : 0;
        d.from = used > 0 ? 0 : -used;
        left.of[left.count++] = d;
    }
    return left;
}

struct discounts discounts_of_any_period(const struct discounts *discounts)
{
    struct discounts any = {.count = 0};

    for (size_t i = 0; i < discounts->count; i++)
        if (discounts->of[i].ppm > 0 && discounts->of[i].periods == 0) {
            any.of[any.count] = discounts->of[i];
            any.of[any.count++].from = 0;
        }
    return any;
}

const char *discounts_text(const struct discounts *discounts, char text[DISCOUNTS_TEXT_BYTES])
{
    size_t used = 0;

    CHECK(discounts->count <= DISCOUNTS_KEPT);
    text[0] = '\0';
    for (size_t i = 0; i < discounts->count; i++) {
        const struct discount *d = &discounts->of[i];
        char from[16] = "";
        int n;

        CHECK(discount_ok(d));
        if (d->from > 0)
            (void)snprintf(from, sizeof from, "+%" PRId32, d->from);
        n = snprintf(text + used, DISCOUNTS_TEXT_BYTES - used, "%s%" PRId32 ":%" PRId64 ":%" PRId32 "%s:%s", i == 0 ? "" : ";",
                     d->ppm, d->amount_minor, d->periods, from, d->code);
        CHECK(n > 0 && (size_t)n < DISCOUNTS_TEXT_BYTES - used);
        used += (size_t)n;
    }
    return text;
}

/* Digits without sign or leading zero up to a colon, or a plus where one may stand. */
static bool take_number(const char **text, int64_t max, bool plus, int64_t *value)
{
    const char *p = *text;

    *value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (*value > max / 10)
            return false;
        *value = *value * 10 + (*p - '0');
    }
    if (p == *text || (p - *text > 1 && **text == '0') || !(*p == ':' || (plus && *p == '+')) || *value > max)
        return false;
    *text = p + 1;
    return true;
}

static bool take_discount(const char **text, struct discount *d)
{
    int64_t ppm, amount, periods, from = 0;
    size_t bytes;

    if (!take_number(text, RATE_ONE, false, &ppm) || !take_number(text, MONEY_MAX, false, &amount) ||
        !take_number(text, DISCOUNT_PERIODS_MAX, true, &periods))
        return false;
    if ((*text)[-1] == '+' && (!take_number(text, DISCOUNT_FROM_MAX, false, &from) || from == 0))
        return false;
    bytes = strcspn(*text, ";");
    if (bytes >= DISCOUNT_CODE_BYTES)
        return false;
    *d = (struct discount){.ppm = (int32_t)ppm, .amount_minor = amount, .periods = (int32_t)periods, .from = (int32_t)from};
    memcpy(d->code, *text, bytes);
    *text += bytes;
    return discount_ok(d);
}

bool discounts_parse(const char *text, struct discounts *discounts)
{
    struct discounts read = {.count = 0};

    while (*text != '\0') {
        if (read.count == DISCOUNTS_KEPT || !take_discount(&text, &read.of[read.count]))
            return false;
        read.count++;
        if (*text == ';' && *++text == '\0')
            return false;
    }
    *discounts = read;
    return true;
}
