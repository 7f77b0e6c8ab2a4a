/* vat_digits: the check digits of the VAT numbers of the 27 member states and of Northern Ireland.
 *
 * Each state has a rule of its own; where a state numbers persons in another way than companies, and the persons'
 * number carries no proof of itself, its shape is all that is asked: a customer who types a right number is never
 * refused. Well formed does not mean registered: that is VIES. */
#ifndef TACITE_CORE_VAT_DIGITS_H
#define TACITE_CORE_VAT_DIGITS_H

#include <stdbool.h>

/* number: what stands behind the two letters prefix ("EL" for Greece), capital letters and digits only. False when its
 * length, its characters or its check digits are not that state's, or the prefix is no state's. */
bool vat_digits_hold(const char *prefix, const char *number);

#endif
