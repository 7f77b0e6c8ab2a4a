#include "core/card.h"

#include "core/date.h"

int32_t card_last_day(int32_t year, int32_t month)
{
    if (month < 1 || month > 12 || year < 2000 || year > 9998)
        return DATE_NONE;
    return date_add_months(date_from_civil(year, month, 1), 1) - 1;
}

bool card_is_expired(int32_t year, int32_t month, int32_t today_on)
{
    int32_t last_on = card_last_day(year, month);

    return last_on != DATE_NONE && last_on < today_on;
}

int card_notice_due(int32_t year, int32_t month, int32_t today_on)
{
    int32_t last_on = card_last_day(year, month);
    int32_t days = last_on == DATE_NONE ? -1 : last_on - today_on;

    if (days < 0 || days > CARD_NOTICE_FIRST)
        return 0;
    return days <= CARD_NOTICE_LAST ? CARD_NOTICE_LAST : CARD_NOTICE_FIRST;
}
