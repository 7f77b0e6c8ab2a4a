/* invoiced: what an issued invoice line still holds of service to come.
 *
 * Credits are reckoned on what was really invoiced, never on a price list (product.md 5.1 R5, P14). Days are counted
 * in served days: a pause stops the count, so that the days it banked are served after it (R8). A credit takes its
 * share of the days from its own first day on; the rest of the line is what the credits left of it. Amounts stand as
 * they were priced: net, or with VAT where the house's prices are with it; minor units of one currency. */
#ifndef TACITE_CORE_INVOICED_H
#define TACITE_CORE_INVOICED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/period.h"

struct invoiced_credit {
    int32_t from_on;    /* first day whose service it gives back; the line's own first day for the whole */
    int64_t minor;      /* > 0 */
    int32_t amended_on; /* effective day of the change of lines that gave it; DATE_NONE: another cause */
};

struct invoiced_line {
    int64_t id;           /* invoice line; carried along */
    int32_t slot;         /* the subscription's line and what replaced it */
    struct period period; /* as printed; has days */
    int64_t quantity_e4;
    int64_t minor;        /* > 0 */
    bool goods;           /* delivered: nothing of it is given back by days */
    int32_t amended_on;   /* effective day of the change of lines that charged it; DATE_NONE: billed by its period */
    const struct invoiced_credit *credits; /* in the order in which they were given */
    size_t credit_count;
};

/* Pauses of the subscription in order, half-open; the last may be open (until_on DATE_NONE). */
struct invoiced_pauses {
    const struct period *periods;
    size_t count;
};

/* Days of the line's period that were served before the day: 0..period_days. */
int32_t invoiced_served(const struct invoiced_line *line, const struct invoiced_pauses *pauses, int32_t on);

/* First day after its service: the printed end, moved by the pauses inside; DATE_NONE while one that is open holds it. */
int32_t invoiced_until_on(const struct invoiced_line *line, const struct invoiced_pauses *pauses);

/* Not credited yet: never negative. */
int64_t invoiced_left(const struct invoiced_line *line);

/* Not served before the day and not credited: in [0, invoiced_left], falls with the day, is 0 from the end on and for
 * goods. without_on != DATE_NONE leaves out the credits of amendments effective that day: what the line held before
 * the day's changes. */
int64_t invoiced_rest(const struct invoiced_line *line, const struct invoiced_pauses *pauses, int32_t on, int32_t without_on);

#endif
