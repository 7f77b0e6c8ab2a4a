/* parse: what people type into a field, in their language (ux.md 5.4). */
#ifndef TACITE_TEXT_PARSE_H
#define TACITE_TEXT_PARSE_H

#include <stdint.h>

enum parse_result {
    PARSE_OK = 1,
    PARSE_EMPTY,
    PARSE_MALFORMED,
    PARSE_TOO_PRECISE,  /* more decimals than allowed: an error, never rounded in silence */
    PARSE_OUT_OF_RANGE, /* does not fit */
};

/* "1 234,56" -> 123456 at digits 2. Accepts , and . as decimal mark, blanks, U+00A0, U+202F; group
 * separators only where the language uses them ("1.234" is 1.234 in en and 1234 in de). A leading
 * '-' or U+2212 is a sign. */
enum parse_result parse_decimal(const char *text, const char *language, int digits, int64_t *scaled);

/* "1/12/26", "01.12.2026", "2026-12-01", "1 déc. 2026" -> civil day (core/date.h). */
enum parse_result parse_date(const char *text, const char *language, int32_t *on);

#endif
