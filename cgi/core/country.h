/* country: ISO 3166-1 alpha-2 codes and who is in the VAT territory of the EU.
 *
 * Names of countries come from ICU in text/format; here are only codes. */
#ifndef TACITE_CORE_COUNTRY_H
#define TACITE_CORE_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>

/* Two capital letters of the ISO list. */
bool country_known(const char *code);

/* Member state of the EU (27). Monaco is not, see country_vat. */
bool country_in_eu(const char *code);

/* The country whose VAT applies: Monaco counts as France (directive 2006/112/EC art. 7). */
const char *country_vat(const char *code);

/* All codes in alphabetical order, for a select field. */
const char *const *country_codes(size_t *count);

#endif
