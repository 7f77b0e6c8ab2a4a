/* invoice: what an invoice is before it has a number, and when it may get one.
 *
 * A draft has no number and is free; an issued invoice is never changed. The refusals stand in the
 * order in which they are found and told. Rules: directive 2006/112/EC art. 226, CGI annexe II
 * art. 242 nonies A, C. com. L441-9 (trust.md 6.7). */
#ifndef TACITE_CORE_INVOICE_H
#define TACITE_CORE_INVOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/period.h"
#include "core/pricing.h"
#include "core/totals.h"

enum { INVOICE_LINES_MAX = 1000 };

/* When the VAT of services becomes due (company_version.vat_due). */
enum vat_due {
    VAT_DUE_ON_PAYMENT = 1, /* "payment": the rule for services in France */
    VAT_DUE_ON_ISSUE,       /* "issue": goods, or the option for debits */
};

const char *vat_due_name(enum vat_due due);
enum vat_due vat_due_from_name(const char *name);

struct invoice_line {
    enum line_kind kind;       /* recurring, one-time or setup */
    const char *description;
    struct period period;      /* service period; PERIOD_NONE when it has none */
    int32_t share_of_days;     /* the days of the period are a share of so many; 0: they are all, or it is no share of days */
    int64_t quantity_e4;
    int64_t unit_price_e4;
    int32_t discount_ppm;
    int64_t allowance_minor;   /* taken off as an amount after that and after proration (BT-136), as priced; >= 0 */
    const char *coupon;        /* the code of one among what was taken off so; NULL or "": none */
    int64_t net_minor;         /* after discount and proration */
    int64_t priced_minor;      /* where prices are with VAT (tax.included): the same with it; else 0 */
    struct tax_decision tax;
    bool goods;
};

struct invoice_party {
    const char *name;
    const char *street;
    const char *postal_code;
    const char *city;
    const char *country;
    const char *vat_id; /* "" when none */
    const char *siren;
};

struct invoice_draft {
    struct invoice_party seller;
    struct invoice_party buyer;
    bool seller_exempt;      /* small business: needs no VAT number */
    const char *currency;
    int32_t issued_on;
    int32_t due_on;
    int32_t last_issued_on;  /* newest of the series, DATE_NONE for the first */
    const struct invoice_line *lines;
    size_t line_count;
};

enum invoice_refusal {
    INVOICE_NOT_REFUSED = 1,
    INVOICE_HAS_NO_LINE,
    INVOICE_HAS_TOO_MANY_LINES,
    INVOICE_CURRENCY_UNKNOWN,
    INVOICE_SELLER_INCOMPLETE,    /* name, address, country */
    INVOICE_SELLER_VAT_ID_MISSING,
    INVOICE_SELLER_SIREN_MISSING, /* seller in France */
    INVOICE_BUYER_INCOMPLETE,
    INVOICE_BUYER_VAT_ID_MISSING, /* reverse charge, intra-EU supply */
    INVOICE_LINE_WITHOUT_TEXT,
    INVOICE_LINE_WITHOUT_PERIOD,  /* a recurring line */
    INVOICE_AMOUNT_OUT_OF_BOUNDS,
    INVOICE_DATE_BEFORE_LAST,     /* dates never go back inside a series (INV-10) */
    INVOICE_DUE_BEFORE_ISSUE,
};

/* A line that is priced as the house prices (net_minor still with VAT where prices are) becomes one of a document:
 * net_minor without VAT, priced_minor as priced. Once is enough: a second time changes nothing. */
void invoice_line_settle(struct invoice_line *line);

/* Totals of settled lines; false when out of bounds. */
bool invoice_totals(const struct invoice_line *lines, size_t count, struct totals *totals);

enum invoice_refusal invoice_may_be_issued(const struct invoice_draft *draft);
const char *invoice_refusal_text(enum invoice_refusal refusal); /* English msgid, "" when not */

int32_t invoice_due_on(int32_t issued_on, int terms_days);

/* Receivable: the state of an issued invoice, which is not part of it. */
enum receivable_state { RECEIVABLE_OPEN = 1, RECEIVABLE_PAID };

const char *receivable_state_name(enum receivable_state state); /* "open", "paid" */
enum receivable_state receivable_state_from_name(const char *name);
enum receivable_state receivable_state_of(int64_t open_minor); /* paid when nothing is open */
bool receivable_overdue(int64_t open_minor, int32_t due_on, int32_t today_on);

#endif
