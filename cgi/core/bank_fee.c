#include "core/bank_fee.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

/* "" stands for every one. The first six are generic: they may stand in any family. */
static const struct code {
    const char *domain, *family, *sub_family;
} fee_code[] = {
    {"", "", "CHRG"}, /* charges */
    {"", "", "COMM"}, /* commission, */
    {"", "", "COME"}, /* without taxes, */
    {"", "", "COMI"}, /* with taxes, */
    {"", "", "COMT"}, /* not taxable */
    {"", "", "FEES"},
    {"ACMT", "MDOP", "NTAV"}, /* keeping the account: what it costs, not told more closely */
    {"ACMT", "MDOP", "OTHR"},
};

static bool is(const char *wanted, const char *code)
{
    return wanted[0] == '\0' || strcmp(wanted, code) == 0;
}

bool bank_fee_code(const char *domain, const char *family, const char *sub_family)
{
    for (size_t i = 0; i < COUNT_OF(fee_code); i++)
        if (is(fee_code[i].domain, domain) && is(fee_code[i].family, family) && strcmp(fee_code[i].sub_family, sub_family) == 0)
            return true;
    return false;
}

int64_t bank_fee_within(const struct bank_charge_facts *f)
{
    int64_t before = f->credit ? f->booked_minor + f->charges_minor : f->booked_minor - f->charges_minor;

    if (f->returned && !f->credit && f->instructed_minor > 0)
        return f->booked_minor > f->instructed_minor ? f->booked_minor - f->instructed_minor : 0;
    if (f->charges_minor <= 0 || before <= 0 || f->included == CHARGE_APART)
        return 0;
    if (f->instructed_minor > 0)
        return f->instructed_minor == before ? f->charges_minor : 0;
    for (size_t i = 0; i < BANK_TOLD_AMOUNTS; i++)
        if (f->told_minor[i] == before)
            return f->charges_minor;
    return f->included == CHARGE_INCLUDED ? f->charges_minor : 0;
}

int64_t bank_fee_of_batch(int64_t asked_minor, int64_t credited_minor, int64_t smallest_minor)
{
    int64_t short_minor = asked_minor - credited_minor;

    return short_minor > 0 && short_minor <= asked_minor / BATCH_FEE_SHARE && short_minor < smallest_minor ? short_minor : 0;
}
