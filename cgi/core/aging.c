#include "core/aging.h"

#define N_(text) text

enum aging aging_of(int32_t due_on, int32_t as_of_on)
{
    int32_t late = as_of_on - due_on;

    return late <= 0 ? AGING_NOT_DUE : late <= 30 ? AGING_TO_30 : late <= 60 ? AGING_TO_60 : late <= 90 ? AGING_TO_90 : AGING_OLDER;
}

const char *aging_text(enum aging aging)
{
    switch (aging) {
    case AGING_NOT_DUE: return N_("Not due");
    case AGING_TO_30: return N_("1 to 30 days late");
    case AGING_TO_60: return N_("31 to 60 days late");
    case AGING_TO_90: return N_("61 to 90 days late");
    case AGING_OLDER: return N_("More than 90 days late");
    }
    return "";
}
