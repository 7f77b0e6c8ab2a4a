/* financial_year: the years of the books (exercices): what entries are numbered, closed and handed to the tax office by.
 *
 * Rule (Code de commerce art. L123-12, CGI art. 36 and 37, LPF art. A47 A-1): accounts are closed at the end of each
 * financial year, as a rule every twelve months; the first one, or one whose end the company moves, is shorter or longer.
 * The law sets no day and no length; here a year has 1 to 24 months (a first result may be declared until the end of the
 * following year) and ends on the last day of a month, because revenue is released and months are closed by whole months.
 * The first one begins on any day.
 *
 * Years are contiguous and reach everywhere: what stands in no row yet goes on by twelve months after the last row and before
 * the first; without any row they are civil. A year's journal is named after its first day: "journal-2026" of one that
 * begins on 1 January 2026, "journal-20260701" of one that begins on 1 July. So its end can be moved while it is open: numbers
 * and seals of what is booked in it stay what they are. Its beginning cannot, nor its end into days in which something is
 * booked, for these entries would have been numbered in another journal. */
#ifndef TACITE_CORE_FINANCIAL_YEAR_H
#define TACITE_CORE_FINANCIAL_YEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/numbering.h"
#include "core/period.h"

/* Small letters: no prefix of documents has them. */
#define JOURNAL_SERIES "journal-"

enum { FINANCIAL_YEAR_MONTHS = 12, FINANCIAL_YEAR_MONTHS_MAX = 24, FINANCIAL_YEAR_LATE_MONTHS = 120 };

struct financial_years {
    const struct period *rows; /* rising, each begins where the one before ends */
    size_t count;
    bool opens;                /* the books begin with the first: what would be dated before is dated its first day */
};

/* The year that a day is in; where the calendar ends (before the year 2, after 9997) it may be the nearest. */
struct period financial_year_of(const struct financial_years *years, int32_t on);
/* Whether it stands in a row. */
bool financial_years_have(const struct financial_years *years, int32_t on);
/* The first day that anything may be dated; DATE_NONE: any. */
int32_t financial_years_open_on(const struct financial_years *years);

/* The twelve months that end with a month (1 to 12) and hold a day. */
struct period financial_year_ending_with(int month, int32_t on);

bool financial_year_is_civil(struct period year);
/* Name of the year's journal. Gives text. */
const char *financial_year_series(char text[NUMBER_BYTES], struct period year);

/* "2026": any day of that civil year; "2026-06-30": that day. False for anything else. */
bool financial_year_end_from_text(const char *text, struct period *within);
/* How many years have their last day within a span; *year is the last of them. */
size_t financial_years_ending(const struct financial_years *years, struct period within, struct period *year);

struct financial_year_facts {
    struct period year;      /* as it stands */
    struct period wish;
    int32_t today_on;
    int32_t last_entry_on;   /* of all entries; DATE_NONE: nothing was booked yet */
    int32_t closed_until_on; /* end of the last year that is closed; DATE_NONE none */
};

/* May the year become the wish? In the order in which it is told. */
enum financial_year_verdict {
    FINANCIAL_YEAR_MAY = 1,
    FINANCIAL_YEAR_CLOSED,       /* it, or one after it */
    FINANCIAL_YEAR_FOLLOWED,     /* something is booked after its end: the next journal has begun */
    FINANCIAL_YEAR_BEGUN,        /* another first day, and something is booked */
    FINANCIAL_YEAR_AHEAD,        /* another first day, after today */
    FINANCIAL_YEAR_LONG_AGO,
    FINANCIAL_YEAR_MID_MONTH,
    FINANCIAL_YEAR_TOO_SHORT,
    FINANCIAL_YEAR_TOO_LONG,
    FINANCIAL_YEAR_CUTS,         /* something is booked after the wished end */
};
enum financial_year_verdict financial_year_may_become(const struct financial_year_facts *facts);
const char *financial_year_verdict_text(enum financial_year_verdict verdict); /* English msgid, "" for FINANCIAL_YEAR_MAY */

#endif
