/* amounts: money that a seller types, in a currency that the field table does not know.
 *
 * Such a field is FIELD_DECIMAL with AMOUNT_DIGITS; what the currency has no decimals for is refused beside it. */
#ifndef TACITE_PAGE_AMOUNTS_H
#define TACITE_PAGE_AMOUNTS_H

#include "page/page.h"

enum { AMOUNT_DIGITS = 3 };
#define AMOUNT_MAX (MONEY_MAX / 10)

/* Minor units of the currency; 0 with an error at the field when it has more decimals. */
int64_t amount_typed(struct page *page, struct form *form, const char *name, int64_t thousandths, const char *currency);
int64_t amount_to_type(int64_t minor, const char *currency);

#endif
