/* card: the last day, and the days on which its holder is told. */
#include "test.h"

#include "core/card.h"
#include "core/date.h"

TEST(card, good_through_the_month_that_is_printed_on_it)
{
    SAME_NUMBER(card_last_day(2027, 2), date_from_civil(2027, 2, 28));
    SAME_NUMBER(card_last_day(2028, 2), date_from_civil(2028, 2, 29));
    SAME_NUMBER(card_last_day(2026, 12), date_from_civil(2026, 12, 31));
    SAME_NUMBER(card_last_day(2026, 0), DATE_NONE);
    SAME_NUMBER(card_last_day(2026, 13), DATE_NONE);
    SAME_NUMBER(card_last_day(0, 5), DATE_NONE);
    SAME_NUMBER(card_last_day(9999, 12), DATE_NONE);
    CU_ASSERT_FALSE(card_is_expired(2026, 12, date_from_civil(2026, 12, 31)));
    CU_ASSERT_TRUE(card_is_expired(2026, 12, date_from_civil(2027, 1, 1)));
    CU_ASSERT_FALSE(card_is_expired(0, 0, date_from_civil(2027, 1, 1)));
}

TEST(card, told_thirty_and_seven_days_before)
{
    static const struct {
        int before;
        int notice;
    } day[] = {{31, 0}, {30, 30}, {29, 30}, {8, 30}, {7, 7}, {1, 7}, {0, 7}, {-1, 0}};

    for (size_t i = 0; i < sizeof day / sizeof day[0]; i++)
        SAME_NUMBER(card_notice_due(2027, 3, date_from_civil(2027, 3, 31) - day[i].before), day[i].notice);
    SAME_NUMBER(card_notice_due(0, 0, date_from_civil(2027, 3, 31)), 0);
}
