/* anchor: from a plan's rule and the first day that is billed to the schedule of its periods.
 *
 * Rule: product.md F24, 5.1 R2, R3 and R7. Period 0 of the schedule contains from_on. Unless the rule is
 * "from the start day", the first whole period begins on the first day, from from_on on, that fits the rule:
 * the 25th, the last day of a month, a Monday, the 1st of a month, quarter or year. What lies before it is a part
 * of the natural period that ends there, and is billed by its share of that period. */
#ifndef TACITE_CORE_ANCHOR_H
#define TACITE_CORE_ANCHOR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/schedule.h"

enum anchor_rule {
    ANCHOR_START = 1, /* the day on which it starts: the 31st stays the 31st where a month has one */
    ANCHOR_MONTH_DAY, /* a fixed day of the month, 1..31, or the month's last: months, quarters, years */
    ANCHOR_LAST_DAY,  /* the last day of the month */
    ANCHOR_WEEKDAY,   /* 1 Monday .. 7 Sunday: weeks */
    ANCHOR_CALENDAR,  /* Monday, the 1st of a month, of a quarter, 1 January: weeks to years */
};
enum { ANCHOR_RULES = ANCHOR_CALENDAR };

/* The database's words: "start", "month_day", "last_day", "weekday", "calendar"; 0 when unknown. */
const char *anchor_rule_name(enum anchor_rule rule);
enum anchor_rule anchor_rule_from_name(const char *name);

struct anchor {
    enum anchor_rule rule;
    int day; /* of ANCHOR_MONTH_DAY and ANCHOR_WEEKDAY, else 0 */
};

enum anchor_refusal {
    ANCHOR_NOT_REFUSED = 1,
    ANCHOR_UNIT_DIFFERS, /* a day of the month of weeks, a weekday of months, a calendar of days */
    ANCHOR_DAY_MISSING,  /* out of 1..31 or 1..7 */
};
enum anchor_refusal anchor_fits(struct anchor anchor, struct recurrence every);
const char *anchor_refusal_text(enum anchor_refusal refusal); /* English msgid, "" when not refused */

/* The schedule of what is billed from from_on on. CHECKs that the anchor fits. */
struct schedule anchor_schedule(struct anchor anchor, struct recurrence every, int32_t from_on);

/* The part of period 0 that is billed; shorter than the natural period when the first one is partial. */
struct period anchor_first_period(const struct schedule *schedule, int32_t from_on);

#endif
