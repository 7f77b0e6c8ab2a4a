/* accrual: revenue that was earned before its invoice (418, factures a etablir), the mirror of deferral.
 *
 * When a month is closed, what its days earned and no invoice of that month asks for is booked: a period in arrears that
 * runs, one that is over and was invoiced later, or is held. It is taken back on the first day of the next month, whole,
 * so that each month's accrual is found anew and 418 stands at nothing on every other day: whatever becomes of the
 * contract (changed, paused, ended, never invoiced), nothing is left there, and revenue over time is what was invoiced.
 *
 * 418 holds what the customer will owe, with its VAT (PCG, account 418: taxes comprises), against 445871, an account
 * of its own beside 44587: no invoice asks for this VAT yet, and nobody can pay it. Rule: product.md 6.10. */
#ifndef TACITE_CORE_ACCRUAL_H
#define TACITE_CORE_ACCRUAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/deferral.h"
#include "core/posting.h"
#include "core/totals.h"

/* Of a line's net what the days before until_on earned, as the method spreads it: 0 when its period begins later. */
int64_t accrual_earned(enum deferral_method method, int64_t net_minor, struct period period, int32_t until_on);

struct accrual_line {
    const char *account;      /* of its revenue: role or number */
    int64_t net_minor;        /* of the whole period; metered: of what was used before the day */
    struct period period;
    bool metered;             /* all of it is earned */
    enum tax_category category; /* 0: not known yet, accrued without VAT */
    int32_t rate_ppm;
};

/* What one subscription has earned. Start from {0}. */
struct accrual {
    struct posting_lines lines;
    struct totals totals;     /* of those whose VAT is known */
};
/* Adds what of the line was earned before until_on; false, and nothing changed, when an amount is out of bounds. */
bool accrual_add(struct accrual *accrual, enum deferral_method method, const struct accrual_line *line, int32_t until_on);

int64_t accrual_net(const struct accrual *accrual);

#endif
