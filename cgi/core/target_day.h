/* target_day: the days on which euro payments settle (T2, formerly TARGET2), and when a collection can be due.
 *
 * Closed: Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December; nothing moves when one
 * of them falls on a weekend, and national holidays do not count. Source: ECB decision of 14 December 2000; valid
 * from 2002 on. */
#ifndef TACITE_CORE_TARGET_DAY_H
#define TACITE_CORE_TARGET_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* Easter Sunday of a year, 1583..9999 (Gregorian computus). */
int32_t easter_on(int year);

bool target_is_open(int32_t on);
int32_t target_from(int32_t on);          /* the day itself when it is open, else the next open one */
int32_t target_add(int32_t on, int days); /* the days-th open day after (or, negative, before) `on`, which may be closed */

/* A bank's terms for collection files. */
struct target_terms {
    int lead_days;      /* open days from the bank's hands to the due day, 1..5; the scheme asks for one */
    int cut_off_minute; /* of the local day: what comes later counts as of the next open day */
};

/* The first day on which a file handed over now can be due. */
int32_t collection_earliest_on(const struct target_terms *terms, int32_t today_on, int minute);

/* The day of a collection that is due on due_on: that day, or the first open one after it, and never before the
 * earliest day or the end of the notice to the payer (noticed_on + notice_days). */
int32_t collection_on(const struct target_terms *terms, int32_t due_on, int32_t noticed_on, int notice_days,
                      int32_t today_on, int minute);

/* The last day on which a file with that collection day can be handed over. */
int32_t collection_file_by(const struct target_terms *terms, int32_t collection_on);

#endif
