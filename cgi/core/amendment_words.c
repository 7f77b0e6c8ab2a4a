#include "core/amendment.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const kind_name[] = {"", "lines", "pause", "resume", "close", "renew", "reactivate", "transfer", "discount"};
static const char *const when_name[] = {"", "period_end", "once", "date"};

const char *amendment_kind_name(enum amendment_kind kind)
{
    CHECK(kind >= AMENDMENT_LINES && kind <= AMENDMENT_DISCOUNT);
    return kind_name[kind];
}

enum amendment_kind amendment_kind_from_name(const char *name)
{
    for (int i = AMENDMENT_LINES; i <= AMENDMENT_DISCOUNT; i++)
        if (strcmp(kind_name[i], name) == 0)
            return (enum amendment_kind)i;
    return (enum amendment_kind)0;
}

const char *amendment_when_name(enum amendment_when when)
{
    CHECK(when >= AMENDMENT_AT_PERIOD_END && when <= AMENDMENT_ON_DATE);
    return when_name[when];
}

enum amendment_when amendment_when_from_name(const char *name)
{
    for (int i = AMENDMENT_AT_PERIOD_END; i <= AMENDMENT_ON_DATE; i++)
        if (strcmp(when_name[i], name) == 0)
            return (enum amendment_when)i;
    return (enum amendment_when)0;
}

const char *amendment_refusal_text(enum amendment_refusal refusal)
{
    switch (refusal) {
    case AMENDMENT_NOT_REFUSED: return "";
    case AMENDMENT_STATE_REFUSES: return N_("This is not possible in the subscription's present state.");
    case AMENDMENT_DAY_MISSING: return N_("Choose the day on which the change takes effect.");
    case AMENDMENT_BEFORE_START: return N_("The subscription has not started by then.");
    case AMENDMENT_BEFORE_BILLED: return N_("This day lies before the last issued period. What is invoiced is not rewritten.");
    case AMENDMENT_BEFORE_ANOTHER: return N_("A later change has been made already. Choose its day or a later one.");
    case AMENDMENT_AFTER_END: return N_("The subscription has ended by then.");
    case AMENDMENT_TOO_FAR: return N_("Choose a day within the next two years.");
    case AMENDMENT_LINE_UNKNOWN: return N_("This line is not in force on that day.");
    case AMENDMENT_LINE_TWICE: return N_("This line is changed twice.");
    case AMENDMENT_QUANTITY_OUT_OF_BOUNDS: return N_("Enter a quantity above 0 and up to 10,000,000.");
    case AMENDMENT_PRICE_OUT_OF_BOUNDS: return N_("This price or discount is out of bounds.");
    case AMENDMENT_CHANGES_NOTHING: return N_("Nothing would change.");
    case AMENDMENT_LEAVES_NOTHING: return N_("No line would be left. Close the subscription instead.");
    case AMENDMENT_RECURRENCE_INVALID: return N_("Choose a recurrence.");
    case AMENDMENT_KEEPS_OLD_LINES: return N_("With another recurrence every line needs a price for it.");
    case AMENDMENT_PAUSE_NOT_ALLOWED: return N_("The plan does not allow a pause.");
    case AMENDMENT_RESUME_BEFORE_PAUSE: return N_("The subscription cannot resume before it is paused.");
    case AMENDMENT_PAUSE_TOO_LONG: return N_("The plan does not allow a pause this long.");
    case AMENDMENT_END_IS_PLANNED: return N_("An end is already planned.");
    case AMENDMENT_UNDER_COMMITMENT: return N_("The commitment has not ended by then.");
    case AMENDMENT_WITHIN_TERM: return N_("The fixed term has not ended by then.");
    case AMENDMENT_WITHIN_NOTICE: return N_("The notice period has not passed by then.");
    case AMENDMENT_RENEWED_ALREADY: return N_("The next period is invoiced already.");
    case AMENDMENT_TOO_LATE: return N_("It ended more than 90 days ago: make a new quote.");
    case AMENDMENT_AMOUNT_OUT_OF_BOUNDS: return N_("The amount is too large.");
    case AMENDMENT_DISCOUNT_OUT_OF_BOUNDS: return N_("Enter a percentage above 0 and up to 100, or an amount above 0.");
    case AMENDMENT_COUPON_STANDS: return N_("The subscription has a discount code already. End it first.");
    case AMENDMENT_DISCOUNTS_FULL: return N_("The subscription has two discounts already. End one of them first.");
    case AMENDMENT_BILLS_MISSING: return N_("Too many periods are not invoiced yet. Invoice them first.");
    }
    return "";
}
