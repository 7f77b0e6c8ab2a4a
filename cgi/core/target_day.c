#include "core/target_day.h"

#include "core/date.h"

/* Anonymous Gregorian algorithm (Meeus, Jones, Butcher). */
int32_t easter_on(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
    int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;

    return date_from_civil(year, f / 31, f % 31 + 1);
}

bool target_is_open(int32_t on)
{
    struct civil day = date_civil(on);
    int32_t easter = easter_on(day.year);

    if (date_weekday(on) >= 6 || on == easter - 2 || on == easter + 1)
        return false;
    return !(day.month == 1 && day.day == 1) && !(day.month == 5 && day.day == 1) &&
           !(day.month == 12 && (day.day == 25 || day.day == 26));
}

int32_t target_from(int32_t on)
{
    while (!target_is_open(on))
        on++;
    return on;
}

int32_t target_add(int32_t on, int days)
{
    int step = days < 0 ? -1 : 1;

    for (; days != 0; days -= step)
        do
            on += step;
        while (!target_is_open(on));
    return on;
}

int32_t collection_earliest_on(const struct target_terms *terms, int32_t today_on, int minute)
{
    int32_t handed_on = target_from(minute < terms->cut_off_minute ? today_on : today_on + 1);

    return target_add(handed_on, terms->lead_days);
}

int32_t collection_on(const struct target_terms *terms, int32_t due_on, int32_t noticed_on, int notice_days,
                      int32_t today_on, int minute)
{
    int32_t earliest_on = collection_earliest_on(terms, today_on, minute);

    if (due_on < earliest_on)
        due_on = earliest_on;
    if (due_on < noticed_on + notice_days)
        due_on = noticed_on + notice_days;
    return target_from(due_on);
}

int32_t collection_file_by(const struct target_terms *terms, int32_t collection_on)
{
    return target_add(collection_on, -terms->lead_days);
}
