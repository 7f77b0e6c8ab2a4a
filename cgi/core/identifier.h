/* identifier: SIREN, SIRET and mail addresses as people type them. */
#ifndef TACITE_CORE_IDENTIFIER_H
#define TACITE_CORE_IDENTIFIER_H

#include <stdbool.h>

/* Nine digits with Luhn's check; blanks between are allowed. */
bool siren_ok(const char *text);

enum { EMAIL_BYTES_MAX = 254 };

/* An address that we are ready to write to: dot-atom local part in ASCII (plus signs too) of at most 64 bytes,
 * a domain of two labels or more in ASCII or UTF-8 (IDN U-label: text/address gives the form that travels). Refused: quoted local parts,
 * comments, IP literals, control characters (CR and LF above all), more than 254 bytes. Rule:
 * RFC 5321 4.5.3.1, RFC 5890. */
bool email_ok(const char *text);

#endif
