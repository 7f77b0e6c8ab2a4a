/* iban: account numbers (ISO 13616), bank codes (ISO 9362) and SEPA creditor identifiers, as people type them.
 *
 * Lengths and structures are those of SWIFT's IBAN registry, release 99. Who takes part in SEPA is the EPC's list of
 * 2025: with Albania, Moldova, Montenegro, North Macedonia and Serbia, which that release does not count yet. Any
 * IBAN of that list must be accepted, whatever its country (regulation (EU) 260/2012 art. 9). */
#ifndef TACITE_CORE_IBAN_H
#define TACITE_CORE_IBAN_H

#include <stdbool.h>

enum {
    IBAN_BYTES = 35,        /* 34 characters and the NUL */
    IBAN_GROUPED_BYTES = 44,
    BIC_BYTES = 12,
    CREDITOR_ID_BYTES = 36,
};

enum iban_verdict {
    IBAN_WELL_FORMED = 1,
    IBAN_EMPTY,
    IBAN_WRONG_CHARACTERS, /* not only capital letters and digits, or too many */
    IBAN_UNKNOWN_COUNTRY,
    IBAN_WRONG_LENGTH,
    IBAN_WRONG_SHAPE, /* a letter where the country has a digit, or the reverse */
    IBAN_WRONG_CHECK_DIGITS,
    IBAN_OUTSIDE_SEPA, /* well formed, but neither debited nor credited by SEPA */
};

/* Cuts blanks (also no-break) and a leading "IBAN", makes letters capital. False when more is left than an IBAN can
 * have; other characters stay, for the verdict to refuse. */
bool iban_normalise(const char *text, char iban[IBAN_BYTES]);

enum iban_verdict iban_verdict(const char *iban);      /* of a normalised one, any country */
enum iban_verdict iban_verdict_sepa(const char *iban); /* and its country takes part in SEPA */
const char *iban_verdict_text(enum iban_verdict verdict); /* English msgid; "" for IBAN_WELL_FORMED */

bool iban_country_in_sepa(const char *country);
/* Inside the EEA the IBAN is enough; outside it SEPA wants the bank's BIC and the payer's address as well. */
bool iban_country_in_eea(const char *country);

/* "FR76 3000 6000 0112 3456 7890 189" */
const char *iban_grouped(const char *iban, char text[IBAN_GROUPED_BYTES]);
/* "FR76 … 0189": what a screen shows. */
const char *iban_masked(const char *iban, char text[IBAN_GROUPED_BYTES]);

/* French and Monegasque accounts carry a key of their own: 97 - (89 bank + 15 branch + 3 account) mod 97. A wrong
 * one is worth a warning, never a refusal. True for other countries. */
bool iban_rib_key_fits(const char *iban);

/* As iban_normalise, 8 or 11 characters. */
bool bic_normalise(const char *text, char bic[BIC_BYTES]);
/* Four letters or digits, a country of ISO 3166 or XK, two or five letters or digits (ISO 9362:2014). */
bool bic_ok(const char *bic);
/* The bank is in the account's country; those whose banks share an area with a neighbour count as it. */
bool bic_fits_iban(const char *bic, const char *iban);

enum creditor_id_verdict {
    CREDITOR_ID_WELL_FORMED = 1,
    CREDITOR_ID_EMPTY,
    CREDITOR_ID_WRONG_SHAPE, /* country of SEPA, two digits, three letters or digits, 1 to 28 letters or digits; FR: 6 */
    CREDITOR_ID_WRONG_CHECK_DIGITS,
};

/* The business code in positions 5 to 7 ("ZZZ") takes no part in the check (EPC262-08). */
bool creditor_id_normalise(const char *text, char id[CREDITOR_ID_BYTES]);
enum creditor_id_verdict creditor_id_verdict(const char *id);
const char *creditor_id_verdict_text(enum creditor_id_verdict verdict); /* English msgid */

#endif
