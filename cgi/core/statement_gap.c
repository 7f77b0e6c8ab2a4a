#include "core/statement_gap.h"

#include "base/check.h"

/* Another that closes on the same day counts as earlier: several of a day have no order but their numbers. */
static bool opens_with_another(const struct told_statement *all, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (i != at && all[i].closed_on <= all[at].closed_on && all[i].closing_minor == all[at].opening_minor)
            return true;
    return false;
}

static bool number_is_next(const struct told_statement *all, size_t at)
{
    const struct told_statement *this = &all[at];

    if (this->number == 0 || all[at - 1].number == 0 || all[at - 1].number >= this->number)
        return true;
    for (size_t i = 0; i < at; i++)
        if (all[i].number == this->number - 1)
            return true;
    return false;
}

bool statement_gap_before(const struct told_statement *all, size_t count, size_t at)
{
    CHECK(at < count);
    return at > 0 && !(opens_with_another(all, count, at) && number_is_next(all, at));
}
