/* billing: what should have been billed by today, less what was: that is the work.
 *
 * A pure difference: it can be run as often as wanted and gives nothing the second time. Missed
 * periods come oldest first; when more than max_missed of one subscription lie before today they are
 * held for a person instead of a surprise debit (decisions.md 1). A discount for n periods is counted
 * in billed periods of its line. A line, a start or an end inside a natural period is billed by its
 * share of it (product.md 5.1 R3). */
#ifndef TACITE_CORE_BILLING_H
#define TACITE_CORE_BILLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/money.h"
#include "core/schedule.h"

enum { BILLING_PERIODS_MAX = 5000, BILLING_MISSED_UNLIMITED = INT32_MAX };

struct billing_line {
    int64_t id;
    int64_t quantity_e4;
    int64_t unit_price_e4;
    int32_t discount_ppm;
    int32_t discount_periods; /* 0: for ever */
    int32_t from_on;
    int32_t until_on;         /* DATE_NONE: open */
    const char *tax_class;    /* carried along */
};

struct billing_facts {
    struct schedule schedule;
    enum billing_timing timing;
    const struct currency *currency;
    int32_t started_on;
    int32_t ended_on;       /* first day without service, DATE_NONE when none */
    const struct billing_line *lines;
    size_t line_count;
    int32_t next_index;     /* every period before it was billed (or is before the start) */
    const int32_t *billed;  /* further indexes that were billed, any order; may be NULL */
    size_t billed_count;
    int32_t today_on;
    int32_t max_missed;     /* BILLING_MISSED_UNLIMITED: never hold */
};

struct billing_item_line {
    size_t line;           /* index in facts.lines */
    struct period period;  /* what is billed of the line */
    int32_t discount_ppm;  /* that applied in this period */
    int64_t net_minor;
};

struct billing_item {
    int32_t index;
    struct period natural; /* the schedule's period, for billing_period and proration */
    struct period period;  /* the part of it that the contract covers */
    int32_t due_on;
    size_t line_count;     /* 0: a period without lines is recorded all the same */
    struct billing_item_line *lines;
    int64_t net_minor;
};

enum billing_verdict {
    BILLING_NOTHING = 1,
    BILLING_DUE,
    BILLING_HELD,          /* items hold what a person is asked to release */
    BILLING_OUT_OF_BOUNDS, /* an amount above MONEY_MAX: an operator item */
};

struct billing_plan {
    enum billing_verdict verdict;
    size_t count;
    struct billing_item *items; /* oldest first */
    int32_t missed;             /* due before today */
    int32_t next_index;         /* first period that stays unbilled after this plan */
    int32_t next_due_on;        /* its due day; DATE_NONE when the contract has ended before */
};

/* Arena memory. At most BILLING_PERIODS_MAX periods a run; the rest stay due. */
struct billing_plan billing_plan(struct arena *arena, const struct billing_facts *facts);

/* The period with this index as it will be billed, whether due or not (preview, first invoice). False
 * when the contract does not cover it or an amount is out of bounds. */
bool billing_item_at(struct arena *arena, const struct billing_facts *facts, int32_t index,
                     struct billing_item *item);

#endif
