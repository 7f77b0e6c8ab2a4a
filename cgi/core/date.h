/* date: civil days, without time of day and without time zone.
 *
 * A day is its number: days since 1970-01-01 in the proleptic Gregorian calendar, an int32_t whose
 * name ends in _on. Spans are half-open: [from_on, until_on). Months are always added to the anchor,
 * never to the previous result (product.md 5.1 R2), so 31 Jan gives 28 Feb and then 31 Mar. */
#ifndef TACITE_CORE_DATE_H
#define TACITE_CORE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define DATE_NONE INT32_MIN /* no date; NULL in the database */

struct civil {
    int year;  /* 1..9999 */
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

bool date_exists(int year, int month, int day);
int32_t date_from_civil(int year, int month, int day); /* CHECKs date_exists */
struct civil date_civil(int32_t on);

/* "2026-11-23" and back; date_parse_iso is false for anything else. */
enum { DATE_TEXT_BYTES = 11 };
const char *date_iso(int32_t on, char text[DATE_TEXT_BYTES]);
bool date_parse_iso(const char *text, int32_t *on);

int date_days_in_month(int year, int month);

/* anchor + months, the day cut to the month's last (31 Jan + 1 = 28 or 29 Feb). */
int32_t date_add_months(int32_t anchor_on, int months);

/* First day of the month that follows the month of `on`. */
int32_t date_next_month(int32_t on);

/* 1 Monday .. 7 Sunday. */
int date_weekday(int32_t on);

/* The civil day in a time zone of the IANA database ("Europe/Paris") at a UTC instant in
 * microseconds. False when the zone is unknown. Reads /usr/share/zoneinfo once per zone. */
bool date_of_instant(int64_t at, const char *time_zone, int32_t *on);

/* As date_of_instant, with the minute of the day. */
bool date_local_time(int64_t at, const char *time_zone, int32_t *on, int *minute);

#endif
