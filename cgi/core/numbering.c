#include "core/numbering.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

bool number_prefix_ok(const char *prefix)
{
    size_t length = strlen(prefix);

    return length >= 1 && length <= NUMBER_PREFIX_MAX && prefix[0] >= 'A' && prefix[0] <= 'Z' &&
           strspn(prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

const char *number_format(char text[NUMBER_BYTES], const char *prefix, int year, int64_t sequence)
{
    CHECK(number_prefix_ok(prefix) && year >= 1000 && year <= 9999 && sequence >= 1);
    (void)snprintf(text, NUMBER_BYTES, "%s-%04d-%05lld", prefix, year, (long long)sequence);
    return text;
}

const char *number_series(char text[NUMBER_BYTES], const char *prefix, int year)
{
    CHECK(number_prefix_ok(prefix) && year >= 1000 && year <= 9999);
    (void)snprintf(text, NUMBER_BYTES, "%s-%04d", prefix, year);
    return text;
}

const char *number_with_part(char text[NUMBER_BYTES], const char *number, int part)
{
    CHECK(part >= 1 && part <= 9999 && strlen(number) < NUMBER_BYTES - 8);
    if (part == 1)
        (void)snprintf(text, NUMBER_BYTES, "%s", number);
    else
        (void)snprintf(text, NUMBER_BYTES, "%s-%d", number, part);
    return text;
}

bool number_parse(const char *text, struct number *number)
{
    const char *dash = strchr(text, '-');
    char again[NUMBER_BYTES];
    char year[5] = "";
    long long value;

    if (dash == NULL || dash - text > NUMBER_PREFIX_MAX || strlen(dash) < 11 || dash[5] != '-')
        return false;
    memset(number, 0, sizeof *number);
    memcpy(number->prefix, text, (size_t)(dash - text));
    memcpy(year, dash + 1, 4);
    if (!number_prefix_ok(number->prefix) || !str_to_i64(year, 1000, 9999, &value))
        return false;
    number->year = (int)value;
    if (!str_to_i64(dash + 6, 1, INT64_MAX, &value))
        return false;
    number->sequence = value;
    return strcmp(number_format(again, number->prefix, number->year, number->sequence), text) == 0;
}
