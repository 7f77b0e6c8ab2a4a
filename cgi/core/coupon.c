#include "core/coupon.h"

#include <stddef.h>

#include "core/date.h"

#define N_(text) text

enum { CODE_MIN = 3, CODE_MAX = 40 };

enum coupon_refusal coupon_refusal(const struct coupon_facts *facts)
{
    if (!facts->active)
        return COUPON_UNKNOWN;
    if (facts->today_on < facts->from_on)
        return COUPON_NOT_YET;
    if (facts->until_on != DATE_NONE && facts->today_on >= facts->until_on)
        return COUPON_OVER;
    if (facts->by_amount && !facts->same_currency)
        return COUPON_OTHER_CURRENCY;
    if (facts->max_redemptions != 0 && facts->redeemed >= facts->max_redemptions)
        return COUPON_NONE_LEFT;
    if (facts->full)
        return COUPON_NO_ROOM;
    return facts->had_by_customer ? COUPON_HAD_ALREADY : COUPON_ACCEPTED;
}

const char *coupon_refusal_text(enum coupon_refusal refusal)
{
    switch (refusal) {
    case COUPON_ACCEPTED: break;
    case COUPON_UNKNOWN: return N_("We do not know this code");
    case COUPON_NOT_YET: return N_("This code is not valid yet");
    case COUPON_OVER: return N_("This code is no longer valid");
    case COUPON_OTHER_CURRENCY: return N_("This code is for another currency");
    case COUPON_NONE_LEFT: return N_("This code has been used as often as it may be");
    case COUPON_NO_ROOM: return N_("The quote has two discounts already");
    case COUPON_HAD_ALREADY: return N_("You have used this code before");
    }
    return "";
}

bool coupon_code_normalise(char *code)
{
    size_t bytes = 0;

    for (const char *in = code; *in != '\0'; in++) {
        char c = *in >= 'a' && *in <= 'z' ? (char)(*in - 'a' + 'A') : *in;

        if (c == ' ')
            continue;
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') || bytes == CODE_MAX)
            return false;
        code[bytes++] = c;
    }
    code[bytes] = '\0';
    return bytes >= CODE_MIN;
}
