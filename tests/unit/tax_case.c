#include "tax_case.h"

#include "test.h"

const struct tax_rate rates[] = {
    {"FR", "standard", 16071, 200000, "", ""},      {"FR", "standard", 10957, 196000, "", ""},
    {"FR", "reduced", 0, 55000, "", ""},            {"FR", "zero", 0, 0, "", ""},
    {"FR", "super_reduced", 0, 21000, "", ""},      {"FR", "super_reduced", 16071, 9000, "20", "20"},
    {"RE", "standard", 11048, 85000, "", ""},       {"DE", "standard", 18628, 190000, "", ""},
    {"DE", "standard", 18444, 160000, "", ""},      {"DE", "standard", 13514, 190000, "", ""},
    {"BE", "standard", 9496, 210000, "", ""},       {"GB", "standard", 14978, 200000, "", ""},
    {"CH", "standard", 19723, 81000, "", ""},       {"US", "standard", 18262, 0, "", ""},
    {"US", "standard", 18262, 72500, "900", "961"}, {"US", "standard", 19723, 75000, "900", "961"},
    {"US", "standard", 18262, 95000, "90210", "90210"}, {"PT", "standard", 15341, 230000, "", ""},
    {"PT", "standard", 15431, 220000, "90", "94"},  {"AT", "standard", 5113, 200000, "", ""},
    {"AT", "standard", 13514, 190000, "6691", "6691"},
};
const size_t rate_count = COUNT_OF(rates);

void decided(struct tax_facts facts, enum tax_category category, int32_t rate_ppm, enum tax_reason reason, const char *country)
{
    struct tax_decision d;

    CU_ASSERT_TRUE_FATAL(tax_decide(rates, rate_count, &facts, &d));
    SAME_NUMBER(d.category, category);
    SAME_NUMBER(d.rate_ppm, rate_ppm);
    SAME_TEXT(tax_reason_name(d.reason), tax_reason_name(reason));
    SAME_TEXT(d.country, country);
}
