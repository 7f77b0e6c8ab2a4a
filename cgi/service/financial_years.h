/* financial_years: the years of the books get their rows, and their ends are moved.
 *
 * Whoever adds, moves or takes away a year holds the lock of the years first, then the journals of the years that it
 * touches: nobody books or closes in them meanwhile. What years may become is core/financial_year's. */
#ifndef TACITE_SERVICE_FINANCIAL_YEARS_H
#define TACITE_SERVICE_FINANCIAL_YEARS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/financial_year.h"
#include "service/once.h"

/* Makes the rows that reach over the days of a span, before any journal is locked in this transaction; *years is then what
 * stands. Books that open later stay as they are: the days before them have no year. */
enum err reach_financial_years(struct ctx *ctx, struct period span, struct financial_years *years) MUST_USE;

/* A new house's years end with a month (1 to 12). Where there are years already it does nothing. */
enum err begin_financial_years(struct ctx *ctx, int month) MUST_USE;

/* How many years after the one that today is in may be given another end before they begin. */
enum { FINANCIAL_YEARS_AHEAD = 2 };

struct financial_year_wish {
    struct period shown; /* the year as the form was filled from it */
    struct period year;  /* as it is to be */
};
struct financial_year_result {
    bool stale;                           /* somebody changed the years meanwhile */
    enum financial_year_verdict verdict;  /* FINANCIAL_YEAR_MAY: it is done */
    int32_t last_entry_on;                /* what stands in its way; DATE_NONE nothing */
    const char *url;
};
/* Moves the end of an open year, or first day and end while nothing was ever booked. The years after it follow by twelve
 * months, whatever they were. Another first day also opens the books there: what would be dated before is dated that day. */
enum err change_financial_year(struct ctx *ctx, const struct financial_year_wish *wish, const struct once *once,
                               struct financial_year_result *result) MUST_USE;

#endif
