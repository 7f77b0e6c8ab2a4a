/* charging: debits of stored cards by the group: claimed, decided, made and taken in a few statements each.
 *
 * The same rows as store/payable, of which these are the many-at-once forms. Everything here is called inside a
 * transaction; lists are ordered by invoice or attempt, so that groups lock in one order. */
#ifndef TACITE_STORE_CHARGING_H
#define TACITE_STORE_CHARGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/attempt.h"
#include "store/payable.h"

/* What is due for an automatic debit, and the method that would pay it. */
struct charge {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id;
    const char *currency;
    int64_t open_minor;
    const char *invoice_number;
    const char *gateway_customer;
    int64_t method_id;          /* 0: none is stored */
    const char *gateway;        /* of the method: "stripe", "sepa" */
    const char *method_state;
    const char *token_sealed;
    const char *brand;
    int32_t exp_month;
    int32_t exp_year;
    bool disputed;              /* a payment of the same subscription is */
};
/* From one statement without a lock. */
struct charges_waiting {
    bool due;    /* by card or by mandate */
    bool denied; /* a person is told that the gateway does not take our key */
};
enum err charges_waiting(struct ctx *ctx, struct charges_waiting *waiting) MUST_USE;
/* Locks receivables that are due today and that nobody else holds, oldest first, and gives what is to be known. */
enum err claim_charges(struct ctx *ctx, int32_t limit, struct charge **rows, size_t *count) MUST_USE;

/* Their payables, made where they are new and locked. The arrays are parallel to charges. */
struct charge_payable {
    int64_t invoice_id;
    int64_t id;
    bool taken;         /* an attempt is live, or a person looks at its money first */
    int32_t attempts;
    int32_t not_sent;   /* that never left this machine, of that business day */
};
enum err lock_charge_payables(struct ctx *ctx, const struct charge *charges, size_t count, struct charge_payable **rows) MUST_USE;

/* The declines of these cards, from from_on on, in the order of their methods. What looks the same (brand, last digits, expiry
 * of one customer) is the same card: it is the card that the schemes count, not our row. */
struct method_decline {
    int64_t method_id;  /* of the charge that asks */
    int64_t payable_id;
    int32_t tried_on;
    int64_t amount_minor;
    const char *currency;
    const char *decline_code;
    const char *advice_code;
};
enum err declines_of(struct ctx *ctx, const struct charge *charges, size_t count, int32_t from_on, struct method_decline **rows,
                     size_t *row_count) MUST_USE;

/* Off-session attempts, READY; sets their ids. */
enum err insert_attempts(struct ctx *ctx, struct attempt *attempts, size_t count) MUST_USE;

/* When the next automatic debit of each is looked at; DATE_NONE: not by itself. */
struct collect_day {
    int64_t invoice_id;
    int32_t collect_on;
};
enum err save_collect_days(struct ctx *ctx, const struct collect_day *days, size_t count) MUST_USE;

/* Locks attempts with what is open of their invoices, by id. */
struct taken_attempt {
    int64_t id;
    const char *state_name;
    int64_t amount_minor;
    int64_t open_minor;
};
enum err lock_attempts(struct ctx *ctx, const int64_t *ids, size_t count, struct taken_attempt **rows, size_t *row_count) MUST_USE;

/* READY to SENDING by this connection, with the event of each. The rows are locked and were READY. */
enum err take_attempts(struct ctx *ctx, const int64_t *ids, size_t count) MUST_USE;

#endif
