/* amendment_work: what the parts of core/amendment share while one change is decided. Not for others. */
#ifndef TACITE_CORE_AMENDMENT_WORK_H
#define TACITE_CORE_AMENDMENT_WORK_H

#include "core/amendment.h"

/* What is being decided. */
struct amendment_work {
    struct arena *arena;
    const struct amendment_facts *facts;
    const struct amendment_wish *wish;
    int32_t on;
    struct amendment out;
};

/* Says false: nothing is decided behind a refusal. */
bool amendment_refuse(struct amendment_work *w, enum amendment_refusal refusal, size_t at);

/* The day lies in what is billed in advance. */
bool amendment_is_billed(const struct amendment_facts *facts, int32_t on);

/* The period's ordinal for a line's discount, counted from its first billed one: at least 0. */
int32_t amendment_ordinal(const struct amendment_facts *facts, const struct amendment_line *line, int32_t index);

/* ---- amendment_money.c ---- */

/* One slot before the day and after the change. The day's earlier amendments belong to neither: they are what the day
 * has charged and given back so far. */
struct slot_change {
    int32_t slot;
    size_t line;             /* in force now; AMENDMENT_NO_INDEX: an addition */
    int64_t before_e4;       /* quantity before the day's amendments; 0: not there */
    const struct amendment_line *price; /* of the line that goes on; of an addition */
    size_t addition;
    size_t opening;          /* AMENDMENT_NO_INDEX: removed */
    int64_t quantity_e4;     /* after; 0: removed */
};

/* The slot's quantity before the amendments of the day; now: the line in force. */
int64_t amendment_quantity_before(const struct amendment_work *w, int32_t slot, size_t now);

/* Charges and credits of one slot. In a new epoch the old lines only give back. */
bool amendment_settle(struct amendment_work *w, const struct slot_change *change);

/* What is sold once with the change. */
bool amendment_charge_once(struct amendment_work *w, size_t addition);

/* The period of a schedule from a day on as core/billing bills it, as charges; lines: all of them, or those that are
 * opened (openings: their indexes in out.openings, NULL: lines of the contract as they are). */
bool amendment_charge_period(struct amendment_work *w, const struct amendment_line *lines, const size_t *openings, size_t count,
                             const struct schedule *schedule, int32_t index, int32_t counted_on, const struct discounts *discounts);

/* ---- amendment_discounts.c ---- */

bool amendment_decide_discounts(struct amendment_work *w);

/* How many of the document's discounts hold in the period of the day. */
size_t amendment_discounts_on(const struct amendment_work *w);

/* ---- amendment_lines.c ---- */

void amendment_close_line(struct amendment_work *w, size_t line, int32_t until_on);

/* Closes what is in force and comes later; a line that begins on the day closes empty. */
void amendment_close_all(struct amendment_work *w);

/* The slot goes on at a quantity from the day, announced prices with it; gives the index of its opening. */
size_t amendment_carry_on(struct amendment_work *w, size_t line, int64_t quantity_e4);

/* Closes what is announced of a slot whose line goes. */
void amendment_drop_announced(struct amendment_work *w, int32_t slot);

/* Lines in force on the day when the change is made. */
size_t amendment_lines_after(const struct amendment_work *w);

/* The line with which a slot was closed for a pause or an end, or would be; AMENDMENT_NO_INDEX: none. */
size_t amendment_suspended_line(const struct amendment_work *w, int32_t slot, int32_t closed_on);

/* Lines that an end or a pause has closed (an end reached leaves them open) go on from the day, in periods of their own.
 * anchor_on: the first boundary. */
void amendment_open_again(struct amendment_work *w, int32_t closed_on, int32_t anchor_on);

#endif
