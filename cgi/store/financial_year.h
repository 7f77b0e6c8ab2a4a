/* financial_year: the years of the books as rows (core/financial_year.h). The database refuses what overlaps, leaves a gap,
 * or moves under something that is booked. */
#ifndef TACITE_STORE_FINANCIAL_YEAR_H
#define TACITE_STORE_FINANCIAL_YEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/financial_year.h"

/* The counter whose lock holds the years: taken before that of any journal. */
#define YEARS_SERIES "financial-years"

struct financial_year_row {
    int32_t from_on;
    int32_t until_on;
    bool opens;
};

/* Rows in any order as years of the core; their memory is the arena's. */
struct financial_years years_of_rows(struct arena *arena, const struct financial_year_row *rows, size_t count);

enum err financial_years(struct ctx *ctx, struct financial_years *years) MUST_USE;
/* One behind the other, or each before the first: in the order in which they are to stand there. */
enum err insert_financial_years(struct ctx *ctx, const struct financial_year_row *rows, size_t count) MUST_USE;
enum err move_financial_year(struct ctx *ctx, int32_t from_on, int32_t until_on) MUST_USE; /* ERR_CONFLICT: it is not there */
enum err delete_financial_years(struct ctx *ctx, int32_t from_on) MUST_USE; /* those that begin on that day or later */

/* What holds years in their place. */
struct financial_year_state {
    int32_t last_entry_on;   /* DATE_NONE: nothing was booked yet */
    int32_t closed_until_on; /* end of the last closed year; DATE_NONE none */
};
enum err financial_year_state(struct ctx *ctx, struct financial_year_state *state) MUST_USE;

/* Years in which something is booked, newest first. */
struct book_year {
    int32_t from_on;
    int32_t until_on;
    const char *series;
    int64_t entry_count;
};
enum err book_years(struct ctx *ctx, struct book_year **rows, size_t *count) MUST_USE;

#endif
