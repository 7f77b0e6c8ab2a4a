/* csv: tables for spreadsheets (RFC 4180), in UTF-8 with its mark, lines ended by CR LF.
 *
 * Separator and decimal mark are those that a spreadsheet of that language expects: in French ; and a comma, else , and
 * a point. Days are ISO. Texts are always quoted, and one that a spreadsheet would take for a formula (= + - @ TAB CR
 * first) gets a leading apostrophe; amounts are written by us and need none (trust.md SEC-56). */
#ifndef TACITE_DOCUMENT_CSV_H
#define TACITE_DOCUMENT_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct csv {
    struct str text;
    char separator;
    char decimal;
    bool inside; /* the row has a cell */
};

struct csv csv_new(struct arena *arena, const char *language);
void csv_text(struct csv *csv, const char *text);
void csv_minor(struct csv *csv, int64_t minor, const char *currency); /* in the currency's decimals */
void csv_integer(struct csv *csv, int64_t value);
void csv_day(struct csv *csv, int32_t on); /* DATE_NONE: empty */
void csv_end_row(struct csv *csv);

#endif
