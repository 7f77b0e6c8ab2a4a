/* deferral: revenue billed in advance, spread over the service period (487).
 *
 * Rule: product.md 6.10. What is recognised until a day is one rounding of the cumulative share; a
 * month is the difference of two cumulatives, so the months always sum to the amount. */
#ifndef TACITE_CORE_DEFERRAL_H
#define TACITE_CORE_DEFERRAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/period.h"

enum deferral_method {
    DEFERRAL_DAYS = 1,    /* by days (default) */
    DEFERRAL_MONTHS,      /* by months, the first and last by their share of days */
    DEFERRAL_WHOLE_MONTHS /* the first month counts in full, none is added at the end */
};
const char *deferral_method_name(enum deferral_method method); /* as stored: "whole_months" */
enum deferral_method deferral_method_from_name(const char *name); /* 0: none of them */

/* The days over which a method spreads a service period: the period itself, or its whole months from the first day of
 * the first on. */
struct period deferral_span(enum deferral_method method, struct period period);

/* Recognised for the days before before_on: 0 until the period starts, amount from its end on. */
int64_t deferral_recognised(enum deferral_method method, int64_t amount_minor,
                            struct period period, int32_t before_on);

/* The next day on which a release is booked: the first of the month after on, at the latest
 * period.until_on; DATE_NONE when on is not before the period's end. */
int32_t deferral_next_on(struct period period, int32_t on);

/* What a row of deferred revenue says. */
struct deferral_left {
    int64_t amount_minor;
    int64_t recognised_minor;
    struct period period; /* over which amount_minor is spread: part of a span (deferral_span) */
    int32_t next_on; /* DATE_NONE: nothing is left */
};

/* Part of a line's net that is not rendered yet on the day of issue, and how it is spread: what goes to 487. Of the month
 * of issue the days before it are rendered; whole months are not divided. A line without period (PERIOD_NONE), or whose
 * period is over, defers nothing: amount_minor 0, next_on DATE_NONE. */
struct deferral_left deferral_at_issue(enum deferral_method method, int64_t net_minor, struct period period, int32_t issued_on);

/* Whether what was recognised is what the method says of the days that were released: found again from the beginning. */
bool deferral_holds(enum deferral_method method, const struct deferral_left *left);

/* A credit note over credited_net_minor of the line takes from what is deferred first (product.md 6.10); gives how
 * much that is. What is left starts anew where the last release ended, so that it is spread over the days that are
 * left and ends at zero. */
int64_t deferral_credit(struct deferral_left *left, int64_t credited_net_minor);

struct deferral_month {
    int32_t from_on; /* first day of the part of the period in this month */
    int32_t until_on;
    int64_t amount_minor;
};

/* The months that the period touches, in order; gives how many there are, writes at most room. */
size_t deferral_months(enum deferral_method method, int64_t amount_minor, struct period period,
                       struct deferral_month *months, size_t room);

#endif
