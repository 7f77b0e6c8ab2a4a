/* charting: the seller's chart of accounts: new accounts, names, and which account stands for which role.
 *
 * An account in use is never deleted and its number never changed. Another account may take over a role that carries
 * open items (customers, advances, VAT that waits, deferred revenue) only while the old one stands at nothing: what was
 * booked there must be settled there. */
#ifndef TACITE_SERVICE_CHARTING_H
#define TACITE_SERVICE_CHARTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/chart.h"

struct charting_result {
    bool taken;  /* there is an account of this number */
    bool stale;  /* somebody changed it meanwhile */
    bool in_use; /* it cannot be deleted */
    int unsettled; /* index + 1 in chart_roles of a role whose account is not at nothing */
    int64_t balance_minor; /* of that account */
    const char *url;
};
/* A number and name that were checked (core/chart.h). rev 0: a new one. */
enum err change_account(struct ctx *ctx, const struct account *account, const struct once *once, struct charting_result *result) MUST_USE;
enum err remove_account(struct ctx *ctx, const char *code, const struct once *once, struct charting_result *result) MUST_USE;
/* A sales journal more: a code of 2 to 6 capital letters and digits, and a name. result->taken: there is one of this code. */
struct sales_journal;
bool sales_journal_code_ok(const char *code);
enum err add_sales_journal(struct ctx *ctx, const struct sales_journal *journal, const struct once *once, struct charting_result *result) MUST_USE;

/* codes: one for each of chart_roles, each of an account that is there and fits. */
enum err assign_roles(struct ctx *ctx, const char *const *codes, const struct once *once, struct charting_result *result) MUST_USE;

#endif
