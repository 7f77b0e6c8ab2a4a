#include "text/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "base/check.h"
#include "base/str.h"
#include "core/country.h"
#include "core/date.h"
#include "core/money.h"

/* ICU's formatters are expensive to open and cheap to use: one per language and style, for ever. */
enum { LANGUAGES = 3, TEXT_UNITS = 256 };
enum slot { SLOT_MONEY, SLOT_PRICE, SLOT_QUANTITY, SLOT_PERCENT, SLOT_INTEGER, SLOTS };

static const char *const locale_of[LANGUAGES] = {"en_GB", "fr_FR", "de_DE"};

static int language_index(const char *language)
{
    return strcmp(language, "fr") == 0 ? 1 : strcmp(language, "de") == 0 ? 2 : 0;
}

/* scaled / 10^digits as a plain decimal string for ICU: no binary fraction anywhere. */
static const char *decimal(struct arena *arena, int64_t scaled, int digits)
{
    uint64_t size = scaled < 0 ? (uint64_t)0 - (uint64_t)scaled : (uint64_t)scaled;
    uint64_t power = 1;

    for (int i = 0; i < digits; i++)
        power *= 10;
    if (digits == 0)
        return arena_printf(arena, "%s%llu", scaled < 0 ? "-" : "", (unsigned long long)size);
    return arena_printf(arena, "%s%llu.%0*llu", scaled < 0 ? "-" : "", (unsigned long long)(size / power), digits,
                        (unsigned long long)(size % power));
}

static char *utf8(struct arena *arena, const UChar *text, int32_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    char *out = arena_alloc(arena, (size_t)length * 3 + 1);

    u_strToUTF8(out, length * 3 + 1, NULL, text, length, &status);
    CHECK(U_SUCCESS(status));
    return out;
}

/* An open formatter and what it was last told. Whatever is set anew makes ICU build the formatter
 * again, which costs several times the formatting itself: only what differs is set. */
struct number_format {
    UNumberFormat *icu;
    int least, most; /* fraction digits */
    char currency[4];
};

static struct number_format *number_format(const char *language, UNumberFormatStyle style, enum slot slot)
{
    static struct number_format cache[LANGUAGES][SLOTS];
    struct number_format *format = &cache[language_index(language)][slot];
    UErrorCode status = U_ZERO_ERROR;

    if (format->icu == NULL) {
        *format = (struct number_format){unum_open(style, NULL, 0, locale_of[language_index(language)], NULL, &status),
                                         .least = -1, .most = -1};
        CHECK(U_SUCCESS(status));
    }
    return format;
}

static char *format_number(struct arena *arena, struct number_format *format, const char *number, int least, int most)
{
    UChar text[TEXT_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t length;

    if (format->least != least || format->most != most) {
        unum_setAttribute(format->icu, UNUM_MIN_FRACTION_DIGITS, least);
        unum_setAttribute(format->icu, UNUM_MAX_FRACTION_DIGITS, most);
        format->least = least;
        format->most = most;
    }
    length = unum_formatDecimal(format->icu, number, (int32_t)strlen(number), text, TEXT_UNITS, NULL, &status);
    CHECK(U_SUCCESS(status));
    return utf8(arena, text, length);
}

static char *format_currency(struct arena *arena, const char *language, const char *number, const char *currency,
                             int least, int most)
{
    /* amounts and unit prices have slots of their own: they differ in digits on nearly every page */
    struct number_format *format = number_format(language, UNUM_CURRENCY, least == most ? SLOT_MONEY : SLOT_PRICE);
    UChar code[4] = {0};
    UErrorCode status = U_ZERO_ERROR;

    if (strncmp(format->currency, currency, 3) != 0) {
        u_charsToUChars(currency, code, 3);
        unum_setTextAttribute(format->icu, UNUM_CURRENCY_CODE, code, 3, &status);
        CHECK(U_SUCCESS(status));
        memcpy(format->currency, currency, 3);
        format->least = format->most = -1; /* a currency brings its own digits */
    }
    return format_number(arena, format, number, least, most);
}

static int currency_digits(const char *currency)
{
    const struct currency *found = currency_find(currency);

    return found != NULL ? found->digits : 2;
}

char *format_money(struct arena *arena, const char *language, int64_t minor, const char *currency)
{
    int digits = currency_digits(currency);

    return format_currency(arena, language, decimal(arena, minor, digits), currency, digits, digits);
}

char *format_price(struct arena *arena, const char *language, int64_t price_e4, const char *currency)
{
    return format_currency(arena, language, decimal(arena, price_e4, 4), currency, currency_digits(currency), 4);
}

char *format_quantity(struct arena *arena, const char *language, int64_t quantity_e4)
{
    return format_number(arena, number_format(language, UNUM_DECIMAL, SLOT_QUANTITY), decimal(arena, quantity_e4, 4), 0, 4);
}

char *format_percent(struct arena *arena, const char *language, int64_t ppm)
{
    return format_number(arena, number_format(language, UNUM_PERCENT, SLOT_PERCENT), decimal(arena, ppm, 6), 0, 4);
}

char *format_integer(struct arena *arena, const char *language, int64_t value)
{
    return format_number(arena, number_format(language, UNUM_DECIMAL, SLOT_INTEGER), decimal(arena, value, 0), 0, 0);
}

char *format_decimal(struct arena *arena, const char *language, int64_t scaled, int digits)
{
    return format_number(arena, number_format(language, UNUM_DECIMAL, SLOT_QUANTITY), decimal(arena, scaled, digits), 0, 6);
}

static char *format_day(struct arena *arena, const char *language, int32_t on, UDateFormatStyle style, int kind)
{
    static UDateFormat *cache[LANGUAGES][2];
    static const UChar utc[] = {'U', 'T', 'C', 0};
    int i = language_index(language);
    UErrorCode status = U_ZERO_ERROR;
    UChar text[TEXT_UNITS];
    int32_t length;

    if (on == DATE_NONE)
        return arena_strdup(arena, "");
    if (cache[i][kind] == NULL) {
        cache[i][kind] = udat_open(UDAT_NONE, style, locale_of[i], utc, 3, NULL, 0, &status);
        CHECK(U_SUCCESS(status));
    }
    length = udat_format(cache[i][kind], (UDate)((int64_t)on * 86400000), text, TEXT_UNITS, NULL, &status);
    CHECK(U_SUCCESS(status));
    return utf8(arena, text, length);
}

char *format_date(struct arena *arena, const char *language, int32_t on)
{
    return format_day(arena, language, on, UDAT_MEDIUM, 0);
}

/* CLDR writes "1 décembre"; French typography wants "1er". */
char *format_date_long(struct arena *arena, const char *language, int32_t on)
{
    char *text = format_day(arena, language, on, UDAT_LONG, 1);

    if (strcmp(language, "fr") == 0 && on != DATE_NONE && date_civil(on).day == 1 && text[0] == '1' && text[1] == ' ')
        return arena_printf(arena, "1er%s", text + 1);
    return text;
}

char *format_instant(struct arena *arena, const char *language, int64_t at, const char *time_zone)
{
    int32_t on;
    int minute;

    if (at == 0)
        return arena_strdup(arena, "");
    if (!date_local_time(at, time_zone, &on, &minute))
        CHECK(date_local_time(at, "UTC", &on, &minute));
    return arena_printf(arena, "%s, %02d:%02d%s", format_date(arena, language, on), minute / 60, minute % 60,
                        strcmp(language, "de") == 0 ? " Uhr" : "");
}

char *format_country(struct arena *arena, const char *language, const char *iso2)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[TEXT_UNITS];
    char locale[16];
    int32_t length;

    (void)snprintf(locale, sizeof locale, "und_%s", iso2);
    length = uloc_getDisplayCountry(locale, locale_of[language_index(language)], text, TEXT_UNITS, &status);
    return U_SUCCESS(status) ? utf8(arena, text, length) : arena_strdup(arena, iso2);
}

static int compare_names(const void *a, const void *b, void *collator)
{
    const struct named_country *left = a;
    const struct named_country *right = b;
    UErrorCode status = U_ZERO_ERROR;

    return (int)ucol_strcollUTF8(collator, left->name, -1, right->name, -1, &status);
}

const struct named_country *format_countries(struct arena *arena, const char *language, size_t *count)
{
    UErrorCode status = U_ZERO_ERROR;
    const char *const *codes = country_codes(count);
    struct named_country *rows = ARENA_ARRAY(arena, struct named_country, *count);
    UCollator *collator = ucol_open(locale_of[language_index(language)], &status);

    for (size_t i = 0; i < *count; i++)
        rows[i] = (struct named_country){codes[i], format_country(arena, language, codes[i])};
    if (U_SUCCESS(status)) {
        qsort_r(rows, *count, sizeof *rows, compare_names, collator);
        ucol_close(collator);
    }
    return rows;
}

char *format_input_decimal(struct arena *arena, const char *language, int64_t scaled, int digits, int least_digits)
{
    char *text = arena_strdup(arena, decimal(arena, scaled, digits));
    char *point = strchr(text, '.');

    if (point != NULL) {
        size_t length = strlen(text);

        while (length > (size_t)(point - text) + 1 + (size_t)least_digits && text[length - 1] == '0')
            text[--length] = '\0';
        if (text[length - 1] == '.')
            text[length - 1] = '\0';
        else if (strcmp(language, "en") != 0)
            *point = ',';
    }
    return text;
}

char *format_input_date(struct arena *arena, const char *language, int32_t on)
{
    struct civil civil;

    if (on == DATE_NONE)
        return arena_strdup(arena, "");
    civil = date_civil(on);
    if (strcmp(language, "de") == 0)
        return arena_printf(arena, "%02d.%02d.%04d", civil.day, civil.month, civil.year);
    if (strcmp(language, "fr") == 0)
        return arena_printf(arena, "%02d/%02d/%04d", civil.day, civil.month, civil.year);
    return arena_printf(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}
