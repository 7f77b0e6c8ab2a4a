/* numbering: "INV-2026-00017": prefix, year, sequence.
 *
 * Five digits, more when the sequence needs them. The series ("INV-2026") has its own counter row and
 * chain. A subscription's second recurrence adds "-2" (number_with_part). */
#ifndef TACITE_CORE_NUMBERING_H
#define TACITE_CORE_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_BYTES = 41, NUMBER_PREFIX_MAX = 10 };

/* 1..10 of A-Z, 0-9; the first a letter. */
bool number_prefix_ok(const char *prefix);

/* CHECKs prefix, year 1000..9999 and sequence >= 1. Gives text. */
const char *number_format(char text[NUMBER_BYTES], const char *prefix, int year, int64_t sequence);
const char *number_series(char text[NUMBER_BYTES], const char *prefix, int year);
const char *number_with_part(char text[NUMBER_BYTES], const char *number, int part); /* part 1: as is */

struct number {
    char prefix[NUMBER_PREFIX_MAX + 1];
    int year;
    int64_t sequence;
};

/* Only what number_format writes, byte for byte. */
bool number_parse(const char *text, struct number *number);

#endif
