/* pricing: from the lines of a quote to what is due today, per period and once.
 *
 * The net of a line is one rounding, half away from zero, of unit price * quantity * (1 - discount)
 * to the minor unit (BT-131). Lines that are proposed and not chosen, sections and notes count 0. */
#ifndef TACITE_CORE_PRICING_H
#define TACITE_CORE_PRICING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/discount.h"
#include "core/money.h"
#include "core/schedule.h"
#include "core/tax.h"
#include "core/totals.h"

#define UNIT_PRICE_MAX_E4 INT64_C(10000000000000) /* a thousand million of the currency's unit */
#define QUANTITY_MAX_E4 INT64_C(100000000000)     /* ten million */

enum { PRICE_LINES_MAX = 1000 };

enum line_kind {
    LINE_RECURRING = 1,
    LINE_ONE_TIME,
    LINE_SETUP,
    LINE_SECTION, /* a heading */
    LINE_NOTE,    /* text */
};

/* The database's words: "recurring", "one_time", "setup", "section", "note"; 0 when unknown. */
const char *line_kind_name(enum line_kind kind);
enum line_kind line_kind_from_name(const char *name);

struct price_line {
    enum line_kind kind;
    int64_t quantity_e4;      /* 1..QUANTITY_MAX_E4 */
    int64_t unit_price_e4;    /* 0..UNIT_PRICE_MAX_E4 */
    int32_t discount_ppm;     /* 0..1,000,000 */
    int32_t discount_periods; /* billed periods that the discount lasts; 0: for ever */
    int64_t discount_minor;   /* an amount off each period, after discount_ppm and proration; likewise limited */
    struct tax_decision tax;
    bool optional;
    bool chosen;              /* of an optional line: the customer takes it */
    bool later;               /* recurring, and not due at the start: in arrears, or after a trial */
    bool metered;             /* billed by what is used: in no sum, no MRR (product.md 6.1) */
    struct period first;      /* recurring: what of its first natural period is billed; both empty: all of it */
    struct period natural;
};

/* True when the line counts: no section, no note, no option left aside. */
bool price_line_counts(const struct price_line *line);

/* The discount of the period with this ordinal (0: the first billed one). */
int32_t discount_ppm_at(int32_t discount_ppm, int32_t discount_periods, int32_t ordinal);

/* Net in minor units; false when out of bounds. */
bool line_net(int64_t unit_price_e4, int64_t quantity_e4, int32_t discount_ppm,
              const struct currency *currency, int64_t *net_minor);

/* Net of one period in full, or of what is sold once, with the line's own discounts. False when out of bounds. */
bool line_period_net(const struct price_line *line, int32_t ordinal, const struct currency *currency, int64_t *net_minor);

/* What an amount takes off a net: never more than there is. */
int64_t line_amount_off(int64_t discount_minor, int32_t discount_periods, int32_t ordinal, int64_t net_minor);

/* Net of the first period of a line: its share where that is partial (product.md 5.1 R3, R7). One-time and setup lines
 * are never prorated. False when out of bounds. */
bool line_first_net(const struct price_line *line, const struct currency *currency, int64_t *net_minor);

struct quote_totals {
    struct totals today;        /* first period of what is due at the start + one-time + setup */
    struct totals period;       /* one period as at the start, with every discount */
    struct totals period_after; /* one period once the limited discounts are over */
    struct totals once;         /* one-time + setup */
    int64_t today_off_minor;    /* what the document's discounts take off, as priced */
    int64_t period_off_minor;
    int64_t once_off_minor;
    int32_t discount_periods;   /* longest limited discount; 0: period and period_after are equal */
    int64_t mrr_e4;             /* at the start, 1/10,000 of the currency's unit; 0 without recurrence */
};

/* recurrence.unit 0: a quote without plan; recurring lines are then sold once. False when an amount
 * is out of bounds or there are too many lines or groups. */
bool quote_totals(const struct price_line *lines, size_t count, const struct currency *currency,
                  struct recurrence recurrence, struct quote_totals *totals);

/* The same with discounts of the whole document. */
bool quote_totals_less(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
                       const struct currency *currency, struct recurrence recurrence, struct quote_totals *totals);

/* Periods that cost the same, one after another. */
struct quote_step {
    int32_t from; /* ordinal of the first of them: 0 of the first step */
    struct totals period;
};

/* What a period costs from the start on, as limited discounts begin and end: one step where none changes it. Arena memory;
 * NULL when an amount is out of bounds. */
struct quote_step *quote_steps(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
                               const struct currency *currency, size_t *step_count);

/* True when the invoice of the start bills a period in advance, or nothing recurs: amounts are then taken off it. */
bool first_takes_amounts(const struct price_line *lines, size_t count, struct recurrence recurrence);

/* MRR of recurring lines in the period with this ordinal, in 1/10,000 of the currency's unit, before
 * VAT, rounded once per contract (product.md 6.1: month n 1/n, quarter 1/3n, year 1/12n, week
 * 1461/336n, day 1461/48n). False when out of bounds, or when a line has an amount off: mrr_less knows the currency. */
bool mrr_of_lines(const struct price_line *lines, size_t count, struct recurrence recurrence,
                  int32_t ordinal, int64_t *mrr_e4);
/* The same less the document's discounts: in proportion to what they leave of the period's net. */
bool mrr_less(struct arena *arena, const struct price_line *lines, size_t count, const struct discounts *discounts,
              const struct currency *currency, struct recurrence recurrence, int32_t ordinal, int64_t *mrr_e4);

#endif
