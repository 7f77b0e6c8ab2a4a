/* rf_reference: the creditor reference that a transfer carries (ISO 11649), "RF18 5390 0754 7034".
 *
 * RF, two check digits, 1 to 21 letters and digits. A bank's page tells the payer of a typing error, and the
 * statement brings the reference back in a field of its own. */
#ifndef TACITE_CORE_RF_REFERENCE_H
#define TACITE_CORE_RF_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

enum { RF_BYTES = 26, RF_GROUPED_BYTES = 32 };

/* Of a document's number: its letters and digits, capital ("INV-2026-00017" gives "RF..INV202600017"). False when
 * they are none or more than 21: such a number is told as free text instead. */
bool rf_reference_make(const char *number, char rf[RF_BYTES]);

/* Blanks and case do not count. False when it is no reference or its check digits are wrong; rf is then "". */
bool rf_reference_parse(const char *text, char rf[RF_BYTES]);

const char *rf_reference_grouped(const char *rf, char text[RF_GROUPED_BYTES]);

#endif
