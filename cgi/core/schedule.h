/* schedule: where the periods of a contract begin and end.
 *
 * Rule: product.md 5.1 R2. Boundary k is computed from the anchor, never from boundary k - 1, so that
 * a contract of the 31st comes back to the 31st after February. Period k is [boundary k, boundary
 * k + 1); the periods tile the calendar without gap or overlap, also before the anchor (k < 0). */
#ifndef TACITE_CORE_SCHEDULE_H
#define TACITE_CORE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/period.h"

enum recurrence_unit {
    RECURRENCE_DAY = 1,
    RECURRENCE_WEEK,
    RECURRENCE_MONTH,
    RECURRENCE_QUARTER,
    RECURRENCE_YEAR,
};

enum { RECURRENCE_COUNT_MAX = 120 };

struct recurrence {
    enum recurrence_unit unit;
    int count; /* 1..RECURRENCE_COUNT_MAX: every 3 months is {RECURRENCE_MONTH, 3} */
};

/* The database's words: "day", "week", "month", "quarter", "year". from_name: 0 when unknown. */
const char *recurrence_unit_name(enum recurrence_unit unit);
enum recurrence_unit recurrence_unit_from_name(const char *name);

bool recurrence_valid(struct recurrence recurrence);
int recurrence_months(struct recurrence recurrence); /* 0 for days and weeks */
int recurrence_days(struct recurrence recurrence);   /* 0 for months, quarters and years */

struct schedule {
    int32_t anchor_on;
    struct recurrence every;
    int month_day; /* the day of the month of every boundary, cut to the month's last; 0: the anchor's.
                    * 31 is the last day. Only where months are counted. */
};

/* First day of period k; k in about +-120,000, the result CHECKed to be a date of years 1..9999. */
int32_t schedule_boundary(const struct schedule *schedule, int32_t k);
struct period schedule_period(const struct schedule *schedule, int32_t k);

/* The index of the period that contains the day. */
int32_t schedule_index(const struct schedule *schedule, int32_t on);

enum billing_timing {
    BILLING_ADVANCE = 1, /* due on the first day of the period */
    BILLING_ARREARS,     /* due on the day after its last */
    BILLING_USAGE,       /* like arrears; the quantity of a period is what was reported as used in it */
};

/* The database's words: "advance", "arrears", "usage"; 0 when unknown. */
const char *billing_timing_name(enum billing_timing timing);
enum billing_timing billing_timing_from_name(const char *name);

int32_t period_due_on(struct period period, enum billing_timing timing);

/* Periods from index first_k on that are due by the day (due_on <= by_on), oldest first. Writes at
 * most room of them and gives how many it wrote. */
size_t schedule_due(const struct schedule *schedule, int32_t first_k, int32_t by_on,
                    enum billing_timing timing, struct period *periods, size_t room);

#endif
