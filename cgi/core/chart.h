/* chart: accounts and what they are for (French chart of accounts, PCG).
 *
 * A number has 3 to 20 characters, the first three digits; its class is the first: 1 to 5 are accounts of the balance
 * sheet, which carry their balance from year to year, 6 expenses and 7 income, which begin each year at nothing
 * (PCG art. 932-1; LPF A47 A-1 wants the three digits). */
#ifndef TACITE_CORE_CHART_H
#define TACITE_CORE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an account is for; what is booked names its role (core/posting.h). */
struct chart_role {
    const char *name;  /* as stored: "vat_waiting" */
    const char *label; /* English msgid */
    char class_low;    /* classes that an account of this role may have */
    char class_high;
};
extern const struct chart_role chart_roles[];
extern const size_t chart_role_count;

enum { ACCOUNT_NUMBER_MAX = 20 };

bool account_number_valid(const char *number);
const char *account_kind(const char *number); /* "balance", "expense", "income" */
bool account_carries(const char *number);     /* of the balance sheet */
/* Whether an account of this number may stand for the role. */
bool account_fits(const struct chart_role *role, const char *number);

#endif
