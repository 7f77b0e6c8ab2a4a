/* chart: the accounts of the house, and which one stands for which role. */
#ifndef TACITE_STORE_CHART_H
#define TACITE_STORE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/financial_year.h"

struct account {
    const char *code;
    const char *name;
    const char *kind; /* core/chart.h */
    int32_t rev;
    bool used;        /* something was booked on it, or will be: it cannot be deleted */
    bool has_role;
};
enum err accounts(struct ctx *ctx, struct account **rows, size_t *count) MUST_USE; /* by number, as text */
enum err account_by_code(struct ctx *ctx, const char *code, struct account *account) MUST_USE;
enum err insert_account(struct ctx *ctx, const struct account *account) MUST_USE; /* ERR_DUPLICATE */
enum err rename_account(struct ctx *ctx, const struct account *account) MUST_USE; /* ERR_CONFLICT: changed meanwhile */
/* ERR_CONFLICT when it is gone; the database refuses what is in use: ask account_by_code first. */
enum err delete_account(struct ctx *ctx, const char *code) MUST_USE;

/* What is needed to book: the account of each role, the years, and the first day that something may be dated. */
struct chart_row {
    const char *role;      /* "": the row is a financial year */
    const char *account;
    int32_t closed_until_on; /* the same in every role's row; DATE_NONE before the first closing */
    int32_t from_on;
    int32_t until_on;
    bool opens;
};
struct chart {
    const struct chart_row *rows;
    size_t count;
    struct financial_years years;
    int32_t open_from_on; /* after what is closed, in the books' first year or later; DATE_NONE: any day */
};
/* The accounts that products name for their revenue; products without one are not there. */
struct product_account {
    int64_t product_id;
    const char *account;
};
enum err product_accounts(struct ctx *ctx, struct product_account **rows, size_t *count) MUST_USE; /* by product */
/* Of one of them; NULL: it names none. */
const char *product_account_of(const struct product_account *rows, size_t count, int64_t product_id);

enum err chart_now(struct ctx *ctx, struct chart *chart) MUST_USE;
/* The number of a role; a number stays what it is. A role that nobody knows ends the process. */
const char *chart_account(const struct chart *chart, const char *role_or_number);
enum err save_role(struct ctx *ctx, const char *role, const char *account) MUST_USE;

#endif
