/* tax_case: one table of rates and one way to say what a sale's VAT must be, for every test of core/tax. */
#ifndef TACITE_TESTS_TAX_CASE_H
#define TACITE_TESTS_TAX_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "core/tax.h"

extern const struct tax_rate rates[];
extern const size_t rate_count;

/* The sale is decided, and so. */
void decided(struct tax_facts facts, enum tax_category category, int32_t rate_ppm, enum tax_reason reason, const char *country);

#endif
