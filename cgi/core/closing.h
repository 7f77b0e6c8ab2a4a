/* closing: days, months and years of the books that nothing is dated into any more.
 *
 * Rule (CGI art. 286-I-3 bis, BOI-TVA-DECLA-30-10-30, trust.md INV-14): a day, a month and a year are closed in their
 * order, each with the totals of its period and with totals since the beginning that never go back to nothing; the rows
 * are chained as documents are (core/chain.h). A year is the financial one (core/financial_year). What is found later is booked on the first
 * open day. */
#ifndef TACITE_CORE_CLOSING_H
#define TACITE_CORE_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/financial_year.h"
#include "core/period.h"

enum closing_kind { CLOSING_DAY = 1, CLOSING_MONTH, CLOSING_YEAR };

const char *closing_kind_name(enum closing_kind kind); /* "day", "month", "year" */
enum closing_kind closing_kind_from_name(const char *name); /* 0: none of them */

/* The day, month or year that a day is in. */
struct period closing_period(const struct financial_years *years, enum closing_kind kind, int32_t on);

struct closing_facts {
    enum closing_kind kind;
    struct period period;
    int32_t today_on;
    int32_t first_on;     /* of the first entry ever; DATE_NONE: none */
    bool done;            /* this very period is closed */
    bool earlier_done;    /* the one before it is */
    size_t open_count;    /* things dated in it that are not booked yet */
};

/* In the order in which they are told. */
enum closing_verdict {
    CLOSING_MAY = 1,
    CLOSING_DONE,
    CLOSING_NOT_OVER,
    CLOSING_NOTHING_BOOKED, /* the books begin later */
    CLOSING_EARLIER_OPEN,   /* the day, month or year before is not closed */
    CLOSING_WORK_OPEN,      /* something in it is not booked yet */
};
enum closing_verdict closing_may(const struct closing_facts *facts);
const char *closing_verdict_text(enum closing_verdict verdict); /* English msgid, "" for CLOSING_MAY */

struct closing_totals {
    int64_t entry_count;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t sales_minor;    /* documents with VAT; credit notes count negative */
    int64_t absolute_minor; /* the same, every document counted positive */
};
void closing_add(struct closing_totals *sum, const struct closing_totals *more);

/* VAT of a category and rate, of documents as issued: credit notes and deposits that are deducted count negative. */
struct closing_tax {
    const char *category; /* code of the list: "S" */
    int32_t rate_ppm;
    int64_t base_minor;     /* of the period */
    int64_t tax_minor;
    int64_t all_base_minor; /* since the beginning, up to the end of the period */
    int64_t all_tax_minor;
};

/* What documents of one day carry of a category and rate. */
struct closing_day_tax {
    int32_t on;
    const char *category;
    int32_t rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
};

/* Sums days up to the end of the period, upon what stood before them (all_ of before; its period is not looked at), by
 * category and rate in their order; what sums to nothing is left out. taxes has room for before_count + day_count.
 * Returns how many. */
size_t closing_taxes(const struct closing_tax *before, size_t before_count, const struct closing_day_tax *days, size_t day_count,
                     struct period period, struct closing_tax *taxes);

enum { CLOSING_VERSION = 2 }; /* of records that are made now; 1 says nothing of VAT */

struct closing_record {
    int version;
    int64_t sequence;
    enum closing_kind kind;
    struct period period;
    const char *currency;
    struct closing_totals in; /* of the period; its absolute_minor is not part of the record */
    struct closing_totals all; /* since the beginning, up to the end of the period */
    const struct closing_tax *taxes; /* version 2 */
    size_t tax_count;
    int64_t closed_at; /* UTC microseconds */
    const char *closed_by;
};
/* Canonical text, arena memory. */
char *closing_record_text(struct arena *arena, const struct closing_record *record);

#endif
