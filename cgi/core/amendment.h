/* amendment: a change of a running contract, decided as a whole: what it closes and opens, what it costs, when.
 *
 * amendment.c decides, amendment_lines.c closes and opens, amendment_money.c charges and gives back,
 * amendment_discounts.c ends and begins discounts of the document, amendment_words.c has names and refusals.
 *
 * One function computes the preview and what is done, so both are the same to the cent. Rules R1 to R12 of product.md
 * 5.1:
 * - more now pays its share of what is billed already, by days of the natural period (R4); goods pay in full;
 * - less takes effect at the end of what is billed, without money; at once it may give back its share of the invoice
 *   lines really issued, newest first, never more than they hold (R5). Of a price in tiers or with an amount off, more
 *   and less are said by the price of a period, not by the quantity, and the share is that of the price;
 * - a percentage off the whole document is taken off what is charged; an amount was taken off the period's bill and
 *   counts once: what the removed lines held of it goes over to the lines that replace them in the same change;
 * - another plan is less of the old lines and more of the new; with another recurrence the anchor moves to the day,
 *   or stays, and the first new period is charged with it (R6);
 * - a pause banks the days that are paid: the first boundary after it comes that many days after the resumption (R8);
 * - of several changes on one day the last state counts: what the day has charged and given back is reckoned against
 *   it, so the order does not matter (R11). A line opened that day is closed empty, until_on = from_on.
 * - a discount of the document begins and ends with a period of which nothing is invoiced yet, so that no money moves: it
 *   is in what is billed from then on, and what is billed late or afterwards of the periods before keeps what held then;
 * A discount for n periods goes on with the periods that it has left, that of the document too; with another recurrence
 * only percentages without end go on. A price announced for a boundary goes on in the line that the change opens, from
 * that boundary, or from the first one of the new periods; a line that goes takes it along.
 * History before the newest amendment is never rewritten. Amounts as in core/invoiced. A change without money
 * consequences may lie in the future: it is stored, and computed again on its day. */
#ifndef TACITE_CORE_AMENDMENT_H
#define TACITE_CORE_AMENDMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/anchor.h"
#include "core/discount.h"
#include "core/invoiced.h"
#include "core/money.h"
#include "core/schedule.h"
#include "core/subscription.h"
#include "core/tier.h"

enum { AMENDMENT_EDITS_MAX = 200, AMENDMENT_REACTIVATION_DAYS = 90, AMENDMENT_AHEAD_DAYS = 731 };

enum amendment_kind {
    AMENDMENT_LINES = 1,  /* quantities, options, plan, recurrence */
    AMENDMENT_PAUSE,
    AMENDMENT_RESUME,
    AMENDMENT_CLOSE,
    AMENDMENT_RENEW,      /* the next period is billed before its day */
    AMENDMENT_REACTIVATE, /* an ended one goes on, at most 90 days later, nothing billed for the time between */
    AMENDMENT_TRANSFER,   /* to another customer or seller: no line and no money changes */
    AMENDMENT_DISCOUNT,   /* of the document */
};

const char *amendment_kind_name(enum amendment_kind kind); /* as stored: "lines", "pause"... */
enum amendment_kind amendment_kind_from_name(const char *name);

enum amendment_when {
    AMENDMENT_AT_PERIOD_END = 1, /* the end of what is billed */
    AMENDMENT_AT_ONCE,           /* today; the start of a contract that has not started */
    AMENDMENT_ON_DATE,
};

const char *amendment_when_name(enum amendment_when when); /* "period_end", "once", "date" */
enum amendment_when amendment_when_from_name(const char *name);

/* A line of the contract, history included. */
struct amendment_line {
    int64_t id;
    int32_t slot;             /* shared by a line and those that replace it; > 0 */
    int64_t quantity_e4;
    int64_t unit_price_e4;
    const struct price_rule *rule; /* NULL: unit_price_e4 for each */
    int32_t discount_ppm;
    int64_t discount_minor;   /* an amount off each period */
    int32_t discount_periods; /* 0: for ever */
    enum billing_timing timing;
    bool goods;
    bool suspended;           /* closed by the pause that runs or by the end */
    bool amended;             /* opened by an AMENDMENT_LINES effective on from_on */
    int32_t from_on;
    int32_t until_on;         /* DATE_NONE: open */
};

struct amendment_facts {
    enum subscription_state state;
    struct schedule schedule;
    const struct currency *currency;
    int32_t started_on;
    int32_t counted_on;          /* first day whose period discounts count: the first that is billed, or of the schedule */
    const struct discounts *discounts; /* of the whole document, left on counted_on; NULL: none */
    int32_t ended_on;            /* planned or reached; DATE_NONE when none */
    int32_t commitment_until_on; /* DATE_NONE when none */
    int notice_days;
    int32_t term_until_on;       /* end of the fixed term that runs today; DATE_NONE: no term */
    int32_t billed_from_on;      /* of the newest period billed in advance; DATE_NONE: none yet */
    int32_t billed_until_on;     /* first day that is not billed in advance; DATE_NONE: none yet */
    int32_t unbilled_index;      /* the first period of which something may still be billed, in advance or afterwards */
    int32_t amended_on;          /* effective day of the newest amendment; DATE_NONE: none */
    int32_t paused_on;           /* while paused; else DATE_NONE */
    int32_t banked_days;         /* that this pause has banked */
    bool may_pause;              /* the plan's */
    int32_t pause_max_days;      /* 0: no limit */
    const struct amendment_line *lines;
    size_t line_count;
    const struct invoiced_line *invoiced; /* oldest first: every line with rest, and those that amendments charged */
    size_t invoiced_count;
    struct invoiced_pauses pauses;
    int32_t today_on;
};

struct amendment_edit {
    int32_t slot;
    bool remove;
    int64_t quantity_e4; /* unless removed */
};

struct amendment_addition {
    int64_t quantity_e4;
    int64_t unit_price_e4;
    const struct price_rule *rule; /* NULL: unit_price_e4 for each; not of what is sold once */
    int32_t discount_ppm;
    int64_t discount_minor;
    int32_t discount_periods;      /* not read of what is sold once */
    enum billing_timing timing;
    bool goods;
    bool once; /* sold once with the change: no line of the contract */
};

struct amendment_wish {
    enum amendment_kind kind;
    enum amendment_when when;
    int32_t on;               /* AMENDMENT_ON_DATE */
    bool credit;              /* what ends before its paid end is given back */
    bool agreed;              /* an end with the customer's consent: commitment, term and notice are waived */
    const struct amendment_edit *edits;
    size_t edit_count;
    const struct amendment_addition *additions;
    size_t addition_count;
    struct recurrence every;  /* unit 0: as it is. Else every line is removed and priced anew; likewise in a renewal */
    const struct discounts *anew; /* a renewal: periods count anew, with these off the document; NULL: no renewal */
    bool keep_anchor;
    struct anchor anchor;     /* the plan's, for periods that start anew; rule 0: on the day itself. A resumption has 0 */
    int32_t resume_on;        /* AMENDMENT_PAUSE: DATE_NONE until told, or the plan's longest pause */
    /* AMENDMENT_DISCOUNT, from the first period that begins on the day or later and of which nothing is invoiced: */
    const struct discount *ends;   /* by what they take off and their code; one that is over by then is passed over */
    size_t end_count;
    const struct discount *begins; /* their periods count from it; the seller's own stand before a coupon */
    size_t begin_count;
};

enum amendment_refusal {
    AMENDMENT_NOT_REFUSED = 1,
    AMENDMENT_STATE_REFUSES,        /* not possible in the present state */
    AMENDMENT_DAY_MISSING,
    AMENDMENT_BEFORE_START,
    AMENDMENT_BEFORE_BILLED,        /* before the last issued period */
    AMENDMENT_BEFORE_ANOTHER,       /* before the newest amendment */
    AMENDMENT_AFTER_END,
    AMENDMENT_TOO_FAR,
    AMENDMENT_LINE_UNKNOWN,
    AMENDMENT_LINE_TWICE,
    AMENDMENT_QUANTITY_OUT_OF_BOUNDS,
    AMENDMENT_PRICE_OUT_OF_BOUNDS,
    AMENDMENT_CHANGES_NOTHING,
    AMENDMENT_LEAVES_NOTHING,       /* no line left: close instead */
    AMENDMENT_RECURRENCE_INVALID,
    AMENDMENT_KEEPS_OLD_LINES,      /* another recurrence, but a line priced by the old one stays */
    AMENDMENT_PAUSE_NOT_ALLOWED,
    AMENDMENT_RESUME_BEFORE_PAUSE,
    AMENDMENT_PAUSE_TOO_LONG,
    AMENDMENT_END_IS_PLANNED,
    AMENDMENT_UNDER_COMMITMENT,
    AMENDMENT_WITHIN_TERM,
    AMENDMENT_WITHIN_NOTICE,
    AMENDMENT_RENEWED_ALREADY,      /* the next period is billed */
    AMENDMENT_TOO_LATE,             /* ended more than 90 days ago */
    AMENDMENT_AMOUNT_OUT_OF_BOUNDS,
    AMENDMENT_DISCOUNT_OUT_OF_BOUNDS,
    AMENDMENT_COUPON_STANDS,        /* one code at a time */
    AMENDMENT_DISCOUNTS_FULL,
    AMENDMENT_BILLS_MISSING,        /* too much is not billed yet to keep what held then */
};

const char *amendment_refusal_text(enum amendment_refusal refusal); /* English msgid, "" when not */

#define AMENDMENT_NO_INDEX SIZE_MAX

struct amendment_closing {
    size_t line;      /* index in facts.lines */
    int32_t until_on; /* = its from_on: opened and replaced on one day */
};

struct amendment_opening {
    size_t line;     /* what it goes on from, AMENDMENT_NO_INDEX: an addition */
    size_t addition; /* AMENDMENT_NO_INDEX: goes on from a line */
    int32_t slot;    /* additions: new ones after the highest */
    int64_t quantity_e4;
    int64_t unit_price_e4;
    int32_t discount_ppm;
    int64_t discount_minor;
    int32_t discount_periods; /* what is left of it */
    size_t follows;  /* the opening that an announced price takes over from; AMENDMENT_NO_INDEX */
    int32_t from_on;
    int32_t until_on;
};

struct amendment_charge {
    int32_t slot;          /* 0: sold once */
    size_t opening;        /* AMENDMENT_NO_INDEX: sold once, or an early renewal of a line as it is */
    size_t line;           /* AMENDMENT_NO_INDEX: of an addition */
    size_t addition;
    int64_t quantity_e4;   /* that is added; of a price in tiers QUANTITY_ONE */
    int64_t unit_price_e4; /* of a price in tiers what the whole period costs more */
    int32_t discount_ppm;
    int64_t allowance_minor; /* amounts and the document's discounts, taken off minor already */
    const char *coupon;      /* the code of one of those; NULL or "": none */
    bool tiered;             /* a price in tiers: what the change of quantity costs, or a part of it */
    int64_t before_e4;       /* of a change in tiers: the quantities */
    int64_t after_e4;
    bool parts;              /* tiered, a whole bill: this is one part of the price */
    struct price_part price_part;
    struct period natural; /* "18 of 31 days of 36.00": period_days(part) of period_days(natural) of full_minor */
    struct period part;    /* PERIOD_NONE both when sold once */
    int64_t full_minor;
    int64_t minor;         /* > 0; less than the share when the day has charged a part before */
    bool restores;         /* takes back what was given back earlier the same day */
};

struct amendment_credit {
    size_t invoiced;         /* index in facts.invoiced */
    struct period part;      /* printed days given back: the line's last ones */
    int32_t days;            /* not served: period_days(part) */
    int32_t of_days;
    int64_t quantity_e4;     /* given up, of of_quantity_e4; both 0 when it is a part of that only */
    int64_t of_quantity_e4;
    int64_t minor;           /* > 0, at most what the line holds */
};

struct amendment {
    enum amendment_refusal refusal;
    size_t refused_at;            /* index of the edit, or edit_count + that of the addition; of a discount that begins */
    int32_t effective_on;
    bool planned;                 /* effective after today */
    size_t closing_count;
    struct amendment_closing *closings;
    size_t opening_count;
    struct amendment_opening *openings;
    size_t credit_count;
    struct amendment_credit *credits;
    size_t charge_count;
    struct amendment_charge *charges;
    int64_t credit_minor;
    int64_t charge_minor;
    int64_t net_minor;            /* charge - credit */
    struct discounts discounts;   /* of the document afterwards; as they are unless new_epoch or AMENDMENT_DISCOUNT */
    bool discount_ends;           /* a discount ends with another recurrence */
    int32_t announced_on;         /* the first announced price that goes on; DATE_NONE: none */
    bool announced_ends;          /* an announced price goes with its line */
    bool new_epoch;               /* the periods start anew: */
    struct schedule schedule;     /* their boundaries; as they are otherwise */
    int32_t next_index;           /* in the new epoch: the first period that is not billed with the change */
    enum subscription_state state;
    int32_t ended_on;
    int32_t banked_days;          /* pause: paid days that are served after it */
    int32_t resume_on;            /* pause: DATE_NONE until told */
};

/* Arena memory. Everything but refusal, refused_at and effective_on is zero when it is refused. */
struct amendment amendment_of(struct arena *arena, const struct amendment_facts *facts, const struct amendment_wish *wish);

/* The day on which it takes effect; DATE_NONE when it names none. */
int32_t amendment_effective_on(const struct amendment_facts *facts, const struct amendment_wish *wish);

/* The first day of the first period that begins on the day or later and of which nothing is invoiced in advance. */
int32_t amendment_open_from(const struct amendment_facts *facts, int32_t on);

/* The line of a slot in force on the day; AMENDMENT_NO_INDEX: none. */
size_t amendment_line_on(const struct amendment_line *lines, size_t count, int32_t slot, int32_t on);

#endif
