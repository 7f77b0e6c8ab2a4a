/* billing: what should have been billed by today, less what was: that is the work.
 *
 * A pure difference: it can be run as often as wanted and gives nothing the second time. Lines in advance are due on
 * the first day of a period, lines in arrears on the day after its last, or on the day of the end; each kind has its own
 * index of the next period. Missed days come oldest first; when more than max_missed of one subscription lie before
 * today they are held for a person instead of a surprise debit (decisions.md 1). A discount for n periods is counted
 * in billed periods of its line. A line, a start or an end inside a natural period is billed by its share of it
 * (product.md 5.1 R3, R7). Usage is billed with what is in arrears: a line stands for what was used in one period, whose
 * quantity is never a share of anything; a period without usage has no such line. Lines of one slot that follow one
 * another inside a period are shared out together: what they come to is the rounded sum of their exact shares (R10),
 * and an amount off counts for them by days, once. */
#ifndef TACITE_CORE_BILLING_H
#define TACITE_CORE_BILLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/discount.h"
#include "core/money.h"
#include "core/schedule.h"

#define BILLING_UNUSED INT32_MIN

enum { BILLING_PERIODS_MAX = 5000, BILLING_MISSED_UNLIMITED = INT32_MAX };

struct billing_line {
    int64_t id;
    int32_t slot;             /* shared by a line and those that replace it; 0: stands alone */
    enum billing_timing timing;
    int64_t quantity_e4;      /* BILLING_USAGE: what was used in the period used_in */
    int64_t unit_price_e4;
    int32_t discount_ppm;
    int32_t discount_periods; /* 0: for ever */
    int64_t discount_minor;   /* an amount off each period, after proration; likewise limited */
    int32_t from_on;
    int32_t until_on;         /* DATE_NONE: open */
    bool whole;               /* never a share of a period */
    int32_t used_in;          /* BILLING_USAGE: index of the only period that the line is billed in; BILLING_UNUSED: none */
    const char *tax_class;    /* carried along */
};

struct billing_facts {
    struct schedule schedule;
    const struct currency *currency;
    int32_t started_on;    /* first day that is billed: the start, the end of a trial, or the day on which the present
                            * schedule began; the document's discounts count periods from it */
    int32_t ended_on;      /* first day without service, DATE_NONE when none */
    const struct billing_line *lines;
    size_t line_count;
    const struct discounts *discounts; /* of the whole document; NULL: none */
    int32_t next_index;    /* in advance: every period before it was billed (or is before the start) */
    int32_t arrears_index; /* the same of what is billed in arrears */
    int32_t today_on;
    int32_t max_missed;    /* BILLING_MISSED_UNLIMITED: never hold */
};

struct billing_item_line {
    size_t line;           /* index in facts.lines */
    struct period period;  /* what is billed of the line */
    int32_t share_of_days; /* its days are a share of so many; 0: the whole period, or never a share */
    int32_t discount_ppm;  /* that applied in this period */
    int64_t full_minor;    /* a whole period at that discount */
    int64_t allowance_minor; /* taken off as amounts: the line's own, and its share of the document's discounts */
    const char *coupon;      /* the code of one of those; NULL or "": none */
    int64_t net_minor;       /* what is left */
};

/* The lines of one timing in one period. Items with one due day belong on one invoice. */
struct billing_item {
    enum billing_timing timing;
    int32_t index;
    struct period natural; /* the schedule's period, for billing_period and proration */
    struct period period;  /* the part of it that the contract covers */
    int32_t due_on;
    size_t line_count;     /* at least 1 in a plan: a period without lines is passed over */
    struct billing_item_line *lines;
    int64_t net_minor;
};

/* The database's billing_period.line_group. */
int billing_line_group(enum billing_timing timing); /* 0 in advance, 1 in arrears and usage */

enum billing_verdict {
    BILLING_NOTHING = 1,
    BILLING_DUE,
    BILLING_HELD,          /* items hold what a person is asked to release */
    BILLING_OUT_OF_BOUNDS, /* an amount above MONEY_MAX: an operator item */
};

struct billing_plan {
    enum billing_verdict verdict;
    size_t count;
    struct billing_item *items; /* by due day, oldest first; of one day what ended before what begins */
    int32_t missed;             /* due days before today */
    int32_t next_index;         /* first period in advance that stays unbilled after this plan */
    int32_t arrears_index;      /* likewise in arrears */
    int32_t next_due_on;        /* next day to look again: a due day or the end; DATE_NONE when all is over */
    bool ended;                 /* the end has come and everything is billed */
};

/* Arena memory. At most BILLING_PERIODS_MAX items a run; the rest stay due. */
struct billing_plan billing_plan(struct arena *arena, const struct billing_facts *facts);

/* The lines of one timing in the period with this index as they will be billed, whether due or not (preview, first
 * invoice). False when there are none, the contract does not cover it, or an amount is out of bounds. */
bool billing_item_at(struct arena *arena, const struct billing_facts *facts, enum billing_timing timing, int32_t index,
                     struct billing_item *item);

/* What the next invoice will hold, due or not: one item or two with one due day; 0 when nothing will come or an amount
 * is out of bounds. facts->today_on does not matter. */
size_t billing_next(struct arena *arena, const struct billing_facts *facts, struct billing_item items[2]);

#endif
