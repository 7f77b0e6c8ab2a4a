/* date: civil days, months from the anchor, zones. */
#include "test.h"

#include "core/date.h"
#include "seeded.h"

TEST(date, every_day_of_four_centuries_there_and_back)
{
    int32_t on = date_from_civil(1900, 1, 1);
    int wrong = 0;

    for (int year = 1900; year < 2300; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= date_days_in_month(year, month); day++, on++) {
                struct civil c = date_civil(on);
                char text[DATE_TEXT_BYTES];
                int32_t back;

                wrong += date_from_civil(year, month, day) != on || c.year != year || c.month != month || c.day != day;
                wrong += !date_parse_iso(date_iso(on, text), &back) || back != on;
            }
    SAME_NUMBER(wrong, 0);
    SAME_NUMBER(date_from_civil(1970, 1, 1), 0);
}

TEST(date, leap_years)
{
    SAME_NUMBER(date_days_in_month(2028, 2), 29);
    SAME_NUMBER(date_days_in_month(2100, 2), 28);
    SAME_NUMBER(date_days_in_month(2000, 2), 29);
    CU_ASSERT_TRUE(date_exists(2028, 2, 29));
    CU_ASSERT_FALSE(date_exists(2027, 2, 29));
    CU_ASSERT_FALSE(date_exists(2027, 0, 1));
    CU_ASSERT_FALSE(date_exists(2027, 13, 1));
    CU_ASSERT_FALSE(date_exists(2027, 4, 31));
    CU_ASSERT_FALSE(date_exists(2027, 4, 0));
    CU_ASSERT_FALSE(date_exists(0, 1, 1));
    CU_ASSERT_FALSE(date_exists(10000, 1, 1));
}

TEST(date, what_is_no_iso_date)
{
    static const char *const wrong[] = {"", "2026-2-1", "2026-02-30", "2026-13-01", "20260201", "2026-02-01 ", " 2026-02-01",
                                        "2026/02/01", "2026-02/01", "+026-02-01", "2026-02-0x", "-001-01-01", "0000-01-01"};
    int32_t on;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (date_parse_iso(wrong[i], &on))
            SAME_TEXT(wrong[i], "refused");
}

TEST(date, months_are_added_to_the_anchor)
{
    int32_t anchor = date_from_civil(2026, 1, 31);

    SAME_NUMBER(date_add_months(anchor, 1), date_from_civil(2026, 2, 28));
    SAME_NUMBER(date_add_months(anchor, 2), date_from_civil(2026, 3, 31));
    SAME_NUMBER(date_add_months(anchor, -1), date_from_civil(2025, 12, 31));
    SAME_NUMBER(date_add_months(anchor, -11), date_from_civil(2025, 2, 28));
    SAME_NUMBER(date_add_months(date_from_civil(2028, 2, 29), 12), date_from_civil(2029, 2, 28));
    SAME_NUMBER(date_add_months(date_from_civil(2028, 2, 29), 48), date_from_civil(2032, 2, 29));
    SAME_NUMBER(date_next_month(date_from_civil(2026, 12, 31)), date_from_civil(2027, 1, 1));
    SAME_NUMBER(date_next_month(date_from_civil(2026, 12, 1)), date_from_civil(2027, 1, 1));
}

TEST(date, weekdays)
{
    SAME_NUMBER(date_weekday(date_from_civil(2026, 11, 23)), 1);
    SAME_NUMBER(date_weekday(date_from_civil(2026, 11, 29)), 7);
    SAME_NUMBER(date_weekday(date_from_civil(1969, 12, 31)), 3);
    SAME_NUMBER(date_weekday(date_from_civil(1969, 12, 28)), 7);
    SAME_NUMBER(date_weekday(date_from_civil(1, 1, 1)), 1);
}

/* The company's zone alone decides which day it is. */
TEST(date, the_day_in_a_zone)
{
    int64_t midnight = (int64_t)date_from_civil(2026, 7, 1) * 86400 * 1000000;
    int32_t on;
    int minute;

    CU_ASSERT_TRUE(date_of_instant(midnight - 1, "Europe/Paris", &on)); /* 01:59:59.999999 there */
    SAME_NUMBER(on, date_from_civil(2026, 7, 1));
    CU_ASSERT_TRUE(date_of_instant(midnight - INT64_C(7200000000) - 1, "Europe/Paris", &on));
    SAME_NUMBER(on, date_from_civil(2026, 6, 30));
    CU_ASSERT_TRUE(date_of_instant(midnight, "America/New_York", &on));
    SAME_NUMBER(on, date_from_civil(2026, 6, 30));
    CU_ASSERT_TRUE(date_local_time(midnight, "Asia/Kolkata", &on, &minute));
    SAME_NUMBER(minute, 330);
    CU_ASSERT_TRUE(date_local_time((int64_t)date_from_civil(2026, 1, 1) * 86400 * 1000000, "Europe/Paris", &on, &minute));
    SAME_NUMBER(minute, 60);
    CU_ASSERT_FALSE(date_of_instant(midnight, "Europe/Nowhere", &on));
    CU_ASSERT_FALSE(date_of_instant(midnight, "../../etc/passwd", &on));
    CU_ASSERT_FALSE(date_of_instant(midnight, "", &on));
}

/* 29 March and 25 October 2026: a day of 23 and one of 25 hours are still one day each. */
TEST(date, summer_time_skips_and_doubles_no_day)
{
    int32_t before = date_from_civil(2026, 1, 1) - 1;

    for (int64_t hour = 0; hour < 365 * 24; hour++) {
        int64_t at = ((int64_t)date_from_civil(2026, 1, 1) * 24 + hour) * 3600 * 1000000;
        int32_t on;

        CU_ASSERT_TRUE_FATAL(date_of_instant(at, "Europe/Paris", &on));
        if (on != before && on != before + 1)
            SAME_NUMBER(on, before + 1);
        before = on;
    }
    SAME_NUMBER(before, date_from_civil(2027, 1, 1)); /* 23:00 UTC on 31 December */
}
