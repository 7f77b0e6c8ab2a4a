/* mod97: ISO 7064 mod 97-10, the check digits of IBANs, creditor identifiers and creditor references. */
#ifndef TACITE_CORE_MOD97_H
#define TACITE_CORE_MOD97_H

#include <stddef.h>

/* Goes on from a remainder (0 at the start) over `bytes` characters: digits count as themselves, A..Z as 10..35.
 * -1 when another character is met, or when the remainder was -1 already. A text with its check digits at the end
 * gives 1. */
int mod97(int remainder, const char *text, size_t bytes);

/* The two check digits that make `body` + `prefix` + digits give 1 ("00" .. "98"); "" when a character is wrong. */
void mod97_digits(const char *body, const char *prefix, char digits[3]);

#endif
