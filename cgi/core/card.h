/* card: how long a stored card lasts, and when its holder is told that it ends.
 *
 * A card is good through the last day of the month that is printed on it. Its holder is told 30 and 7 days before that
 * day, once each; a batch that was away sends what is due by then, the nearer one alone. Rule: product.md F13. */
#ifndef TACITE_CORE_CARD_H
#define TACITE_CORE_CARD_H

#include <stdbool.h>
#include <stdint.h>

enum { CARD_NOTICE_FIRST = 30, CARD_NOTICE_LAST = 7 };

/* Civil day; DATE_NONE when the gateway did not say (month 0). */
int32_t card_last_day(int32_t year, int32_t month);

/* Unknown is not expired: the gateway decides. */
bool card_is_expired(int32_t year, int32_t month, int32_t today_on);

/* CARD_NOTICE_FIRST or CARD_NOTICE_LAST; 0: it is too early, or too late. */
int card_notice_due(int32_t year, int32_t month, int32_t today_on);

#endif
