#include "core/reserve.h"

#include "core/card.h"
#include "core/retry.h"

bool reserve_card_usable(const struct reserve_card *card, int32_t today_on)
{
    return card->active && !card_is_expired(card->exp_year, card->exp_month, today_on);
}

int reserve_choice(const struct reserve_card *own, const struct reserve_card *reserves, size_t count, int32_t today_on)
{
    bool over = own->refused || (own->active && card_is_expired(own->exp_year, own->exp_month, today_on));

    if (!over || decline_stops_collection(own->decline_code))
        return RESERVE_NONE;
    for (size_t i = 0; i < count; i++)
        if (decline_stops_collection(reserves[i].decline_code))
            return RESERVE_NONE;
    for (size_t i = 0; i < count; i++)
        if (reserve_card_usable(&reserves[i], today_on))
            return (int)i;
    return RESERVE_NONE;
}
