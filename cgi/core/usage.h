/* usage: what was used in a span of days, and which reports are taken.
 *
 * A report is a quantity on a day of one slot of a contract (a line and those that replaced it). It counts in the
 * natural period that its day lies in, and is taken until that period is billed; the bill of a period therefore is the
 * sum of its reports, and a later run finds the same sum. A correction takes one report back whole on its day, so that
 * no span has a negative sum, also where a price changes inside a period. */
#ifndef TACITE_CORE_USAGE_H
#define TACITE_CORE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/schedule.h"

/* All reports of a slot on a day. */
struct usage_day {
    int64_t subscription_id;
    int32_t slot;
    int32_t used_on;
    int64_t quantity_e4;
};

/* Sum over the days of the period, in 1/10,000 units. */
int64_t usage_in(const struct usage_day *days, size_t count, int64_t subscription_id, int32_t slot, struct period period);

struct usage_facts {
    struct schedule schedule;
    int32_t billed_from_on; /* the start, or the end of a trial */
    int32_t ended_on;       /* first day without service; DATE_NONE */
    bool over;              /* it has ended: whatever is open of it is not billed any more */
    int32_t arrears_index;  /* every period before it is billed */
    int32_t today_on;
};

enum usage_refusal {
    USAGE_ACCEPTED = 1,
    USAGE_LINE_UNKNOWN,    /* no line billed by usage has this place */
    USAGE_NOTHING,         /* a quantity that is not above 0 */
    USAGE_TOO_MUCH,        /* above QUANTITY_MAX_E4, alone or with what the period has already */
    USAGE_BEFORE_START,
    USAGE_AFTER_END,
    USAGE_OVER,            /* of a day before its end, which came before the period was billed: unpaid, closed at once */
    USAGE_IN_FUTURE,
    USAGE_BILLED,          /* its period was billed: usage_open_from is the first day that is taken */
    USAGE_NOT_IN_FORCE,    /* the line is not in force on that day */
    USAGE_REFERENCE_TAKEN, /* another report has the reference, or had it and was taken back */
};

/* First day that reports are taken for. */
int32_t usage_open_from(const struct usage_facts *facts);

/* Judges a quantity on a day. lines: the days on which lines of the slot are in force; 0 of them: no such slot.
 * there_e4: what the period has already. */
enum usage_refusal usage_refusal(const struct usage_facts *facts, const struct period *lines, size_t count, int32_t used_on,
                                 int64_t quantity_e4, int64_t there_e4);

/* "line", "quantity", "day" or "reference": what a refusal is about. */
const char *usage_refusal_place(enum usage_refusal refusal);
const char *usage_refusal_text(enum usage_refusal refusal); /* English msgid; {date} in it is usage_open_from */

#endif
