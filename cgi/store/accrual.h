/* accrual: what subscriptions had earned before their invoice at the end of closed months. Rows are never changed. */
#ifndef TACITE_STORE_ACCRUAL_H
#define TACITE_STORE_ACCRUAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/subscription.h"

struct accrual_row {
    int64_t id;              /* reserved before */
    int64_t subscription_id;
    int32_t until_on;        /* first of the month after */
    const char *currency;
    int64_t net_minor;
    int64_t vat_minor;
    int64_t base_minor;      /* with VAT, in the house's currency */
};
enum err insert_accruals(struct ctx *ctx, const struct accrual_row *rows, size_t count) MUST_USE;

/* Subscriptions that may have earned before until_on what no invoice of before that day asks for, and have no row for it:
 * those that bill in arrears or by use, or with something due or held, and those that were invoiced since for days before.
 * By id. */
struct accruable {
    int64_t id;
};
enum err accruable_subscriptions(struct ctx *ctx, int32_t until_on, struct accruable **rows, size_t *count) MUST_USE;

/* Lines of services of these subscriptions, for periods that began before until_on, invoiced on that day or later. By
 * subscription. */
struct invoiced_since {
    int64_t subscription_id;
    int64_t invoice_id;
    int32_t position;
    const char *account;
    int64_t net_minor;
    int32_t from_on;
    int32_t until_on;
    const char *tax_category;
    int32_t tax_rate_ppm;
};
enum err lines_invoiced_since(struct ctx *ctx, const struct subscription *subscriptions, size_t count, int32_t until_on,
                              struct invoiced_since **rows, size_t *row_count) MUST_USE;

/* Closed months, newest first: how many subscriptions, and what stood on 418 at the end of the month. */
struct accrued_month {
    int32_t until_on;
    int64_t subscriptions;
    int64_t base_minor;
};
enum err accrued_months(struct ctx *ctx, int32_t limit, struct accrued_month **rows, size_t *count) MUST_USE;

#endif
