#include "intake/price_words.h"

#include <string.h>

#include "base/str.h"
#include "intake/kinds.h"
#include "text/parse.h"

enum { PRICE_DIGITS = 4, WORDS_MAX = 6 };

/* Ten-thousandths in one minor unit. */
static int64_t step_of(const struct currency *currency)
{
    int64_t step = PRICE_ONE;

    for (int digit = 0; digit < currency->digits; digit++)
        step /= 10;
    return step;
}

static bool number_of(const char *text, int64_t *value_e4)
{
    return parse_decimal(text, "fr", PRICE_DIGITS, value_e4) == PARSE_OK && *value_e4 >= 0;
}

static bool count_of(const char *text, int32_t max, int32_t *count)
{
    int64_t value;

    if (parse_decimal(text, "fr", 0, &value) != PARSE_OK || value < 1 || value > max)
        return false;
    *count = (int32_t)value;
    return true;
}

/* The words of a text between blanks; more than there is room for: WORDS_MAX + 1. */
static size_t words_of(struct arena *arena, const char *text, const char *words[WORDS_MAX])
{
    size_t count = 0;

    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        size_t bytes = strcspn(text, " ");

        if (count == WORDS_MAX)
            return WORDS_MAX + 1;
        words[count++] = arena_strndup(arena, text, bytes);
        text += bytes;
    }
    return count;
}

/* ---- discounts ---- */

const char *discounts_cell(struct arena *arena, const struct discounts *left, const struct currency *currency)
{
    struct str s = str_new(arena);

    for (size_t i = 0; i < left->count; i++) {
        const struct discount *d = &left->of[i];

        str_printf(&s, "%s%s%s", i == 0 ? "" : " + ", decimal_text(arena, d->ppm != 0 ? d->ppm : d->amount_minor * step_of(currency), PRICE_DIGITS),
                   d->ppm != 0 ? "%" : "");
        if (d->periods > 0)
            str_printf(&s, " x %d", (int)d->periods);
        if (d->from > 0)
            str_printf(&s, " after %d", (int)d->from);
        if (d->code[0] != '\0')
            str_printf(&s, " %s", d->code);
    }
    return s.text;
}

static bool discount_of(struct arena *arena, const char *text, const struct currency *currency, struct discount *discount)
{
    const char *words[WORDS_MAX];
    size_t count = words_of(arena, text, words);
    struct discount d = {0};
    size_t bytes;
    size_t at = 1;
    int64_t value_e4;
    bool percent;

    if (count == 0 || count > WORDS_MAX)
        return false;
    bytes = strlen(words[0]);
    percent = words[0][bytes - 1] == '%';
    if (!number_of(arena_strndup(arena, words[0], bytes - percent), &value_e4) || value_e4 % (percent ? 1 : step_of(currency)) != 0 ||
        value_e4 > (percent ? RATE_ONE : MONEY_MAX))
        return false;
    if (percent)
        d.ppm = (int32_t)value_e4;
    else
        d.amount_minor = value_e4 / step_of(currency);
    if (at + 1 < count && strcmp(words[at], "x") == 0) {
        if (!count_of(words[at + 1], DISCOUNT_PERIODS_MAX, &d.periods))
            return false;
        at += 2;
    }
    if (at + 1 < count && strcmp(words[at], "after") == 0) {
        if (!count_of(words[at + 1], DISCOUNT_PERIODS_MAX, &d.from))
            return false;
        at += 2;
    }
    if (at < count) {
        if (strlen(words[at]) >= DISCOUNT_CODE_BYTES)
            return false;
        memcpy(d.code, words[at], strlen(words[at]) + 1);
        at++;
    }
    *discount = d;
    return at == count && discount_ok(&d);
}

bool discounts_of_cell(struct arena *arena, const char *cell, const struct currency *currency, struct discounts *left)
{
    struct discounts read = {.count = 0};

    if (str_trim(arena, cell)[0] == '\0') {
        *left = read;
        return true;
    }
    for (;;) {
        size_t bytes = strcspn(cell, "+");

        if (read.count == DISCOUNTS_KEPT || !discount_of(arena, arena_strndup(arena, cell, bytes), currency, &read.of[read.count]))
            return false;
        read.count++;
        if (cell[bytes] == '\0')
            break;
        cell += bytes + 1;
    }
    *left = read;
    return true;
}

/* ---- tiers ---- */

const char *tiers_cell(struct arena *arena, const struct price_rule *rule)
{
    struct str s = str_new(arena);

    for (size_t i = 0; i < rule->tier_count; i++) {
        const struct tier *tier = &rule->tier[i];

        str_printf(&s, "%s%s=%s", i == 0 ? "" : " ", tier->up_to_e4 == TIER_OPEN ? "*" : decimal_text(arena, tier->up_to_e4, PRICE_DIGITS),
                   decimal_text(arena, tier->unit_price_e4, PRICE_DIGITS));
        if (tier->flat_e4 > 0)
            str_printf(&s, "+%s", decimal_text(arena, tier->flat_e4, PRICE_DIGITS));
    }
    return s.text;
}

static bool tier_of(struct arena *arena, const char *text, struct tier *tier)
{
    const char *equals = strchr(text, '=');
    const char *plus = strchr(text, '+');
    struct tier t = {.up_to_e4 = TIER_OPEN};

    if (equals == NULL || (plus != NULL && plus < equals))
        return false;
    if (!(text[0] == '*' && equals == text + 1) && !number_of(arena_strndup(arena, text, (size_t)(equals - text)), &t.up_to_e4))
        return false;
    if (plus != NULL && !number_of(plus + 1, &t.flat_e4))
        return false;
    equals++;
    if (!number_of(plus != NULL ? arena_strndup(arena, equals, (size_t)(plus - equals)) : equals, &t.unit_price_e4))
        return false;
    *tier = t;
    return true;
}

bool tiers_of_cell(struct arena *arena, const char *cell, struct price_rule *rule)
{
    struct tier tier[TIERS_MAX];
    size_t count = 0;

    for (cell += strspn(cell, " "); *cell != '\0'; cell += strspn(cell, " ")) {
        size_t bytes = strcspn(cell, " ");

        if (count == TIERS_MAX || !tier_of(arena, arena_strndup(arena, cell, bytes), &tier[count]))
            return false;
        count++;
        cell += bytes;
    }
    memcpy(rule->tier, tier, count * sizeof tier[0]);
    rule->tier_count = count;
    return true;
}
