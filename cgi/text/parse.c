#include "text/parse.h"

#include <stdbool.h>
#include <string.h>

#include "core/date.h"

enum { DIGITS_MAX = 18, TEXT_BYTES_MAX = 64 };

/* Blanks, no-break blanks and narrow no-break blanks are group separators everywhere. */
static size_t blank_bytes(const char *p)
{
    if (*p == ' ')
        return 1;
    if (strncmp(p, "\xC2\xA0", 2) == 0)
        return 2;
    return strncmp(p, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;
}

/* Only digits and marks, blanks dropped; false for anything else. */
static bool squeeze(const char *text, char *out, bool *negative)
{
    size_t used = 0;

    *negative = false;
    while (blank_bytes(text) > 0)
        text += blank_bytes(text);
    if (*text == '-') {
        *negative = true;
        text++;
    } else if (strncmp(text, "\xE2\x88\x92", 3) == 0) {
        *negative = true;
        text += 3;
    }
    while (*text != '\0') {
        size_t blank = blank_bytes(text);

        if (blank > 0) {
            text += blank;
            continue;
        }
        if (!((*text >= '0' && *text <= '9') || *text == ',' || *text == '.') || used == TEXT_BYTES_MAX - 1)
            return false;
        out[used++] = *text++;
    }
    out[used] = '\0';
    return true;
}

/* Removes group marks of the language ("1,234.5" in en, "1.234,5" in de) where they stand between
 * groups of three; a single mark that the language uses for groups counts as one only in groups of three. */
static bool drop_groups(char *text, const char *language)
{
    char group = strcmp(language, "de") == 0 ? '.' : strcmp(language, "fr") == 0 ? '\0' : ',';
    char point = group == '.' ? ',' : '.';
    char *first = group != '\0' ? strchr(text, group) : NULL;
    char *in;
    char *out = text;
    size_t since = 0;
    bool grouped = false;

    if (first == NULL)
        return true;
    if (first == text || first - text > 3)
        return strchr(first + 1, group) == NULL; /* "1234,5" in en: a decimal mark after all */
    for (in = first + 1; *in != '\0' && *in != point; in++)
        if (*in == group) {
            if (since != 3)
                return false;
            since = 0;
        } else {
            since++;
        }
    if (since != 3)
        return *in == '\0' && strchr(first + 1, group) == NULL; /* "12,5" in en */
    for (in = text; *in != '\0'; in++) {
        if (*in == group)
            grouped = true;
        else
            *out++ = *in;
    }
    *out = '\0';
    return grouped;
}

enum parse_result parse_decimal(const char *text, const char *language, int digits, int64_t *scaled)
{
    char plain[TEXT_BYTES_MAX];
    const char *p;
    int64_t value = 0;
    int whole = 0;
    int fraction = -1;
    bool negative;
    bool precise = true;

    if (text[strspn(text, " \t")] == '\0')
        return PARSE_EMPTY;
    if (!squeeze(text, plain, &negative) || !drop_groups(plain, language))
        return PARSE_MALFORMED;
    for (p = plain; *p != '\0'; p++) {
        if (*p == ',' || *p == '.') {
            if (fraction >= 0)
                return PARSE_MALFORMED;
            fraction = 0;
            continue;
        }
        if (fraction >= digits) {
            precise = precise && *p == '0';
            fraction++;
            continue;
        }
        if (fraction >= 0)
            fraction++;
        else
            whole++;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value))
            return PARSE_OUT_OF_RANGE;
    }
    if (whole == 0 || fraction == 0)
        return PARSE_MALFORMED;
    if (!precise)
        return PARSE_TOO_PRECISE;
    for (fraction = fraction < 0 ? 0 : fraction; fraction < digits; fraction++)
        if (__builtin_mul_overflow(value, 10, &value))
            return PARSE_OUT_OF_RANGE;
    *scaled = negative ? -value : value;
    return PARSE_OK;
}

/* Month words by their first letters, French and English and German, without accents' help. */
static int month_of_word(const char *word)
{
    static const struct {
        const char *start;
        int month;
    } known[] = {{"janv", 1}, {"jan", 1}, {"f\xC3\xA9v", 2}, {"fev", 2}, {"feb", 2}, {"mars", 3}, {"mar", 3},
                 {"m\xC3\xA4r", 3}, {"avr", 4}, {"apr", 4}, {"mai", 5}, {"may", 5}, {"juin", 6}, {"jun", 6},
                 {"juil", 7}, {"jul", 7}, {"ao\xC3\xBB", 8}, {"aou", 8}, {"aug", 8}, {"sep", 9}, {"oct", 10},
                 {"okt", 10}, {"nov", 11}, {"d\xC3\xA9" "c", 12}, {"dec", 12}, {"dez", 12}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(word, known[i].start, strlen(known[i].start)) == 0)
            return known[i].month;
    return 0;
}

enum parse_result parse_date(const char *text, const char *language, int32_t *on)
{
    int part[3] = {0, 0, 0};
    int length[3] = {0, 0, 0};
    int count = 0;
    const char *p = text;

    (void)language; /* day before month in every language here; ISO is told by its four-digit start */
    if (text[strspn(text, " \t")] == '\0')
        return PARSE_EMPTY;
    while (*p != '\0') {
        if (*p >= '0' && *p <= '9') {
            if (count == 3)
                return PARSE_MALFORMED;
            for (; *p >= '0' && *p <= '9'; p++) {
                if (++length[count] > 4)
                    return PARSE_MALFORMED;
                part[count] = part[count] * 10 + (*p - '0');
            }
            count++;
            if (count == 1 && strncmp(p, "er", 2) == 0)
                p += 2;
        } else if (strchr("/.- ", *p) != NULL) {
            p++;
        } else if (count == 1) {
            char word[8] = "";

            for (size_t i = 0; i < sizeof word - 1 && p[i] != '\0'; i++)
                word[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
            part[1] = month_of_word(word);
            if (part[1] == 0)
                return PARSE_MALFORMED;
            length[1] = 2;
            count = 2;
            while (*p != '\0' && strchr(" ./-", *p) == NULL)
                p++;
        } else {
            return PARSE_MALFORMED;
        }
    }
    if (count != 3)
        return PARSE_MALFORMED;
    if (length[0] == 4) {
        int day = part[2];

        part[2] = part[0];
        part[0] = day;
    } else if (length[2] == 2) {
        part[2] += 2000;
    } else if (length[2] != 4) {
        return PARSE_MALFORMED;
    }
    if (!date_exists(part[2], part[1], part[0]) || part[2] < 1900)
        return PARSE_MALFORMED;
    *on = date_from_civil(part[2], part[1], part[0]);
    return PARSE_OK;
}
