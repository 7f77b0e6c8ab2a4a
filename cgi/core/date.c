#include "core/date.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    CHECK(month >= 1 && month <= 12);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool date_exists(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= date_days_in_month(year, month);
}

/* Days from civil and back: the year is counted from March, so that the leap day ends it. */
int32_t date_from_civil(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = shifted / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    CHECK(date_exists(year, month, day));
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

struct civil date_civil(int32_t on)
{
    int days = on + 719468;
    int era = days / 146097;
    int day_of_era = days - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    struct civil civil;

    CHECK(on != DATE_NONE && days >= 0);
    civil.day = day_of_year - (153 * shifted + 2) / 5 + 1;
    civil.month = shifted < 10 ? shifted + 3 : shifted - 9;
    civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
    return civil;
}

const char *date_iso(int32_t on, char text[DATE_TEXT_BYTES])
{
    struct civil civil = date_civil(on);

    (void)snprintf(text, DATE_TEXT_BYTES, "%04u-%02u-%02u", (unsigned)civil.year % 10000,
                   (unsigned)civil.month % 100, (unsigned)civil.day % 100);
    return text;
}

static int digits(const char *text, int count)
{
    int value = 0;

    for (; count > 0; count--, text++) {
        if (*text < '0' || *text > '9')
            return -1;
        value = value * 10 + (*text - '0');
    }
    return value;
}

bool date_parse_iso(const char *text, int32_t *on)
{
    int year;
    int month;
    int day;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    year = digits(text, 4);
    month = digits(text + 5, 2);
    day = digits(text + 8, 2);
    if (!date_exists(year, month, day))
        return false;
    *on = date_from_civil(year, month, day);
    return true;
}

int32_t date_add_months(int32_t anchor_on, int months)
{
    struct civil civil = date_civil(anchor_on);
    int index = civil.year * 12 + civil.month - 1 + months;
    int year = index / 12;
    int month = index % 12 + 1;
    int last = date_days_in_month(year, month);

    return date_from_civil(year, month, civil.day < last ? civil.day : last);
}

int32_t date_next_month(int32_t on)
{
    struct civil civil = date_civil(on);

    return date_add_months(date_from_civil(civil.year, civil.month, 1), 1);
}

int date_weekday(int32_t on)
{
    int days = (on + 3) % 7; /* 1970-01-01 was a Thursday */

    return (days < 0 ? days + 7 : days) + 1;
}
