/* term: fixed terms, commitment and notice: when a contract may end, and when that must be told.
 *
 * Rule: product.md F22, 4.1, 5.1 R9. A fixed term of n periods or months runs from the first day that is billed; at its
 * end it is tacitly renewed for another of the same length, or the contract ends. A commitment is a first day on which
 * it may end at the earliest. Notice of n days is given in time when n days lie between the day it is told and the
 * end. Ends of terms are computed from the start, never from the term before: a term of months that starts on the
 * 31st comes back to it. */
#ifndef TACITE_CORE_TERM_H
#define TACITE_CORE_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/schedule.h"

enum term_unit { TERM_PERIODS = 1, TERM_MONTHS };

/* The database's words: "period", "month"; 0 when unknown. */
const char *term_unit_name(enum term_unit unit);
enum term_unit term_unit_from_name(const char *name);

struct term {
    enum term_unit unit;
    int count;                   /* 0: no fixed term */
    bool renews;                 /* tacitly */
    int notice_days;             /* 0: none */
    int32_t commitment_until_on; /* DATE_NONE when none */
    int32_t from_on;             /* first day of the first term: the first that is billed */
};

/* False for a term that is shorter than a period of the plan, which would end inside its first one. */
bool term_fits(enum term_unit unit, int count, struct recurrence every);

/* Its length in whole months; 0 of periods that are days or weeks. */
int term_months(enum term_unit unit, int count, struct recurrence every);
/* Its length in days, in the shortest months. */
int term_days_at_least(enum term_unit unit, int count, struct recurrence every);

/* First day after the nth term (1: the first). Periods count from the schedule's first; one that is partial counts.
 * CHECKs that there is a term. */
int32_t term_end(const struct term *term, const struct schedule *schedule, int32_t n);

/* First day after the term that contains the day; DATE_NONE without term. */
int32_t term_end_at(const struct term *term, const struct schedule *schedule, int32_t on);

/* Last day on which the end on ends_on can still be told. */
int32_t term_notice_deadline(const struct term *term, int32_t ends_on);

/* The earliest first day without service when the end is told today: the end of a term, or of a period when there is
 * none, that comes after the commitment and leaves the notice. */
int32_t term_earliest_end(const struct term *term, const struct schedule *schedule, int32_t today_on);

/* What a plan, or a quote in its place, says about the duration of a contract. */
struct contract_terms {
    enum term_unit unit;
    int count;                   /* 0: open-ended */
    bool renews;
    int commitment_months;       /* 0: none */
    int notice_days;             /* 0: none */
};

/* What does not go together, in the order in which it is told. */
enum terms_refusal {
    TERMS_NOT_REFUSED = 1,
    TERMS_TOO_SHORT,             /* the term ends inside its first period */
    TERMS_NOTICE_TOO_LONG,       /* no notice could be given in time */
    TERMS_COMMITMENT_TOO_LONG,   /* the term is over before, and not renewed */
};
enum terms_refusal terms_fit(const struct contract_terms *terms, struct recurrence every);
const char *terms_refusal_text(enum terms_refusal refusal); /* English msgid, "" when not refused */

/* What a template or a quote says instead of its plan; all zero: nothing. */
enum duration { DURATION_PLAN = 1, DURATION_EVER, DURATION_FIXED };
const char *duration_name(enum duration duration); /* "plan", "ever", "fixed"; 0 is DURATION_PLAN */
enum duration duration_from_name(const char *name); /* 0 when unknown */

/* A right that the plan gives or not, unless a template or a quote says so itself. */
enum own_answer { ANSWER_PLAN = 1, ANSWER_YES, ANSWER_NO };
const char *own_answer_name(enum own_answer answer); /* "plan", "yes", "no"; 0 is ANSWER_PLAN */
enum own_answer own_answer_from_name(const char *name); /* 0 when unknown */
bool own_answer_is_yes(enum own_answer answer, bool plan);

/* When an unpaid invoice closes the contract: so many days after the due day, from 1 on. */
enum { CLOSE_NEVER = -1, CLOSE_BY_RULE = 0, CLOSE_DAYS_MAX = 365 };

struct own_terms {
    enum duration duration;      /* unit, count and renews count when it is fixed */
    enum term_unit unit;
    int count;
    bool renews;
    bool has_commitment;
    int commitment_months;
    bool has_notice;
    int notice_days;
    enum own_answer customer_end; /* the customer ends it alone */
    int close_days;              /* CLOSE_BY_RULE: as the plan's rule for unpaid invoices says */
};
struct contract_terms terms_with(const struct own_terms *own, struct contract_terms plan);

/* What has to be said so that terms_with gives now; what the plan says already is left to it. Rights are not said. */
struct own_terms terms_beside(const struct contract_terms *now, const struct contract_terms *plan);

/* What a renewal agrees on, in force from its day on (R12): the notice at once; the duration from the end of the term that
 * runs then, or from the day without one; a commitment from the day, unless one that runs is longer. schedule: as it is
 * before the renewal. Terms of as many months go on counting from the start. */
struct term term_renewed(const struct term *now, const struct schedule *schedule, const struct contract_terms *agreed, int32_t on);

/* Whether a notice of so many days may hold from a day on. A consumer keeps the notice under which the running term began,
 * or a shorter one, until that term is over. */
bool term_notice_may_be(const struct term *now, const struct schedule *schedule, int notice_days, int32_t on, bool consumer);

#endif
