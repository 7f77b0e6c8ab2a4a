/* bill: priced lines and their totals: what a quote shows, an invoice says and the books hold.
 *
 * Net of a line: unit price times quantity times (1 - discount), rounded once, half away from zero, to
 * the currency's minor unit (BT-131). VAT per group of category and rate on the sum of its nets (Rule:
 * EN16931 BR-CO-17). Quote, invoice, PDF and journal all use these two functions. */
#ifndef TACITE_CORE_BILL_H
#define TACITE_CORE_BILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/schedule.h"
#include "core/tax.h"

enum line_kind { LINE_RECURRING = 1, LINE_ONE_TIME, LINE_SETUP, LINE_SECTION, LINE_NOTE };

const char *line_kind_name(enum line_kind kind); /* "recurring", "one_time", "setup", "section", "note" */
bool line_kind_from_name(const char *name, enum line_kind *kind);

struct bill_line {
    enum line_kind kind;
    bool goods;             /* goods: 707 and VAT at issue; else service: 706 */
    const char *description;
    const char *unit;
    int64_t quantity_e4;
    int64_t unit_price_e4;
    int32_t discount_ppm;   /* as it applies to this period */
    struct tax_decision tax;
    struct period period;   /* DATE_NONE both for lines without one */
    int64_t net_minor;      /* from line_net */
    int64_t quote_line_id;
    int64_t subscription_line_id;
};

struct bill_tax {
    struct tax_decision tax;
    int64_t base_minor;
    int64_t tax_minor;
};

enum { BILL_TAXES_MAX = 8 };

struct bill {
    struct bill_line *lines;
    size_t count;
    struct bill_tax taxes[BILL_TAXES_MAX];
    size_t tax_count;
    int64_t net_minor;
    int64_t vat_minor;
    int64_t total_minor;
};

/* False when the amount leaves the bounds of money. */
bool line_net(int64_t quantity_e4, int64_t unit_price_e4, int32_t discount_ppm, int currency_digits, int64_t *net_minor);

/* Fills taxes and totals from lines[].net_minor and lines[].tax. False when out of bounds or of groups. */
bool bill_total(struct bill *bill);

/* The discount of a line in its n-th billed period (0 first): periods 0 is for ever. */
int32_t discount_in_period(int32_t discount_ppm, int32_t discount_periods, int billed_before);

/* MRR of a net amount per recurrence, in 1/10,000 of the currency's unit, rounded half away (6.1). */
int64_t mrr_amount(int64_t net_minor, int currency_digits, struct recurrence recurrence);

/* Account of a line in the French chart: 706 services, 707 goods. */
const char *line_account(const struct bill_line *line);

#endif
