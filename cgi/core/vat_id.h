/* vat_id: VAT numbers of the EU as people type them: their shape, their check digits, their country.
 *
 * Well formed says nothing about validity: that is VIES or a seller's recorded check. Each state's check digits
 * stand in vat_digits. */
#ifndef TACITE_CORE_VAT_ID_H
#define TACITE_CORE_VAT_ID_H

#include <stdbool.h>

enum { VAT_ID_BYTES = 21 };

enum vat_id_verdict {
    VAT_ID_WELL_FORMED = 1,
    VAT_ID_EMPTY,
    VAT_ID_UNKNOWN_COUNTRY, /* the first two letters are no member state's prefix */
    VAT_ID_WRONG_SHAPE,
    VAT_ID_WRONG_CHECK_DIGITS,
};

/* Cuts blanks (also no-break), dots, dashes and slashes, makes letters capital. False when something else
 * than letters and digits is left or it is too long. */
bool vat_id_normalise(const char *text, char vat_id[VAT_ID_BYTES]);

/* Of a normalised number. */
enum vat_id_verdict vat_id_verdict(const char *vat_id);

/* ISO country of a number's prefix ("EL..." gives "GR"); "" when there is none. */
const char *vat_id_country(const char *vat_id);

/* The number is well formed and belongs to that ISO country. */
bool vat_id_fits(const char *vat_id, const char *country);

/* English msgid of what is wrong; "" for VAT_ID_WELL_FORMED. */
const char *vat_id_verdict_text(enum vat_id_verdict verdict);

#endif
