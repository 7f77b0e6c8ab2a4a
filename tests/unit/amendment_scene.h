/* amendment_scene: a contract of one line whose running period is invoiced, and the ways in which tests of core/amendment
 * ask it to change. */
#ifndef TACITE_TESTS_AMENDMENT_SCENE_H
#define TACITE_TESTS_AMENDMENT_SCENE_H

#include "test.h"

#include "core/amendment.h"
#include "core/date.h"
#include "core/pricing.h"

#define ON(y, m, d) date_from_civil(y, m, d)

/* The facts point into its own arrays: a test writes there what is different, and counts it. */
struct scene {
    struct amendment_line lines[8];
    struct invoiced_line invoiced[8];
    struct invoiced_credit credits[8];
    struct period pauses[2];
    struct amendment_facts facts;
};

/* In euros; line 1 is billed in advance and invoiced for `billed`, where its periods and the contract began. quantity is
 * whole, price_e4 for each. */
void scene(struct scene *s, struct period billed, struct recurrence every, int64_t quantity, int64_t price_e4, int64_t invoiced_minor, int32_t today_on);
/* The month from 15 January 2026, of 31 days, invoiced at its price. */
void monthly(struct scene *s, int64_t quantity, int64_t price_e4, int32_t today_on);
/* One more invoiced line. */
void invoice_line(struct scene *s, int32_t slot, struct period period, int64_t minor);

/* Another quantity of line 1; 0 removes it. */
struct amendment set_quantity(const struct scene *s, enum amendment_when when, bool credit, int64_t quantity);
/* One of something else instead of line 1, with credit; `every` of zeroes: at the same recurrence. */
struct amendment replace(const struct scene *s, enum amendment_when when, struct recurrence every, int64_t price_e4);
/* Anything without lines, with credit. */
struct amendment ask(const struct scene *s, enum amendment_kind kind, enum amendment_when when, int32_t on);

/* One at 24.95 a period. */
extern const struct amendment_addition at_2495;
/* The largest of 10,000,000 at 1,000,000 each: 10^15 minor units are one line's bound. */
extern const struct amendment_addition vast;

#endif
