/* fec: the file of a year's entries that the French tax office asks for (LPF art. A47 A-1), line by line.
 *
 * 18 columns separated by TAB, each line ended by CR LF, amounts with a decimal comma and without grouping, days as
 * AAAAMMJJ; ISO 8859-15 by default, what it lacks becomes "?". TAB, |, CR, LF and other control characters inside a
 * text become a blank: 17 separators a line, whatever somebody is called (trust.md 6.9). */
#ifndef TACITE_DOCUMENT_FEC_H
#define TACITE_DOCUMENT_FEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum fec_charset { FEC_ISO_8859_15 = 1, FEC_UTF_8 };

enum { FEC_COLUMNS = 18 };

struct fec_line {
    const char *journal;
    const char *journal_name;
    int64_t number;      /* of the entry: one sequence for the whole file */
    int32_t entry_on;
    const char *account;
    const char *account_name;
    const char *customer;      /* "" none */
    const char *customer_name;
    const char *piece;
    int32_t piece_on;
    const char *label;
    int64_t debit_minor;
    int64_t credit_minor;
    const char *letter;  /* "" none */
    int32_t letter_on;   /* DATE_NONE none */
    int32_t valid_on;
    const char *foreign;   /* currency of the document or the money where that is another one; "" none */
    int64_t foreign_minor; /* debit positive */
};

void fec_header(struct str *out);
void fec_add(struct str *out, enum fec_charset charset, const char *currency, const struct fec_line *line);

/* The lettering of the nth matched group, from 0: A … Z, AA … */
enum { FEC_LETTER_BYTES = 16 };
const char *fec_letter(int64_t n, char text[FEC_LETTER_BYTES]);

/* "123456782FEC20261231.txt", by the last day of the financial year; "" when the SIREN has not 9 digits (blanks are left out). */
char *fec_file_name(struct arena *arena, const char *siren, int32_t last_on);

#endif
