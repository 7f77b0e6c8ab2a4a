/* dunning: rules with their steps, and the cases of invoices that stay unpaid. */
#ifndef TACITE_STORE_DUNNING_H
#define TACITE_STORE_DUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/dunning.h"
#include "store/invoice.h"

struct dunning_rule {
    int64_t id;
    const char *name;
    int32_t grace_days;
    bool standard;       /* of what has no plan; there is one */
    int64_t replaced_by; /* 0: it is the present one */
};

struct dunning_case {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id; /* 0 none */
    int64_t rule_id;
    int32_t close_days;      /* what the contract said when it was opened: core/term.h */
    int32_t due_on;
    int32_t steps_done;
    int32_t last_step_on;    /* DATE_NONE: none yet */
    int32_t next_on;         /* DATE_NONE: it is over */
    bool mail_waits;
    bool can_retry;
    bool blocked;
    const char *state;       /* "open", "paid", "closed", "done", "stopped" */
    int32_t opened_on;
    int32_t ended_on;
    const char *stop_reason;
};

/* The present ones, by name. */
enum err dunning_rules(struct ctx *ctx, struct dunning_rule **rows, size_t *count) MUST_USE;
enum err dunning_rule_by_id(struct ctx *ctx, int64_t id, struct dunning_rule *rule) MUST_USE;
enum err dunning_steps(struct ctx *ctx, int64_t rule_id, struct dunning_step **steps, size_t *count) MUST_USE;
/* Those that a case follows: the rule's, with the contract's own closing (core/dunning.h). Its steps_done count in them. */
enum err dunning_case_steps(struct ctx *ctx, int64_t rule_id, int32_t close_days, struct dunning_step **steps, size_t *count) MUST_USE;

/* A new rule; ERR_DUPLICATE when a present one has its name. */
enum err insert_dunning_rule(struct ctx *ctx, struct dunning_rule *rule, const struct dunning_step *steps, size_t count) MUST_USE;
/* The old one makes room for its name; its plans follow once the new one is there (move_plans). ERR_CONFLICT when it
 * was replaced meanwhile. */
enum err retire_dunning_rule(struct ctx *ctx, int64_t old_id) MUST_USE;
enum err replace_dunning_rule(struct ctx *ctx, int64_t old_id, int64_t new_id) MUST_USE;

/* ERR_DUPLICATE when an invoice has one. */
enum err insert_dunning_cases(struct ctx *ctx, const struct dunning_case *rows, size_t count) MUST_USE;
enum err lock_dunning_case(struct ctx *ctx, int64_t invoice_id, struct dunning_case *c) MUST_USE;
enum err dunning_case_of(struct ctx *ctx, int64_t invoice_id, struct dunning_case *c) MUST_USE;
enum err save_dunning_cases(struct ctx *ctx, const struct dunning_case *rows, size_t count) MUST_USE;

/* Cases with what is open of their receivables, by invoice: each receivable is locked before its case. What has no case
 * is left out. */
struct case_in_hand {
    struct dunning_case c;
    struct receivable owed; /* whose it is, currency, open_minor, collect_on and state; nothing else */
};
enum err lock_dunning_cases(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct case_in_hand **rows, size_t *count) MUST_USE;

/* What else is to be known of each of them, in the same order: whether an attempt or a dispute is under way, so that
 * nothing is done meanwhile, and whom a reminder goes to. */
struct case_circumstance {
    int64_t invoice_id;
    bool standing_still;
    int32_t asked_on; /* the day the invoice was issued and mailed; a claim is asked for when it falls due */
    const char *language;
    const char *email;
    const char *name;
    bool is_company;
};
enum err case_circumstances(struct ctx *ctx, const struct case_in_hand *hands, size_t hand_count, struct case_circumstance **rows, size_t *count) MUST_USE;

/* Open receivables whose due day has come, which nothing debits or is about to, without a case (or whose payment was taken back after
 * it): the invoices, oldest first. */
struct overdue {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id;
    int64_t rule_id; /* that of the plan, or the standard one */
    int32_t close_days; /* of the subscription; CLOSE_BY_RULE without one */
    int32_t due_on;
};
enum err overdue_without_case(struct ctx *ctx, int32_t limit, struct overdue **rows, size_t *count) MUST_USE;
/* The same facts of one invoice. */
enum err overdue_of(struct ctx *ctx, int64_t invoice_id, struct overdue *row) MUST_USE;

/* Those of them that still are, by invoice, locked: with the state of the case that a payment had ended ("" none). */
struct late_receivable {
    int64_t invoice_id;
    int32_t due_on;
    const char *case_state;
};
enum err lock_late_receivables(struct ctx *ctx, const struct overdue *overdue, size_t overdue_count, struct late_receivable **rows, size_t *count) MUST_USE;

/* Cases that are due today, by invoice, after one. */
struct due_case {
    int64_t invoice_id;
};
enum err due_dunning_cases(struct ctx *ctx, int64_t after_id, int32_t limit, struct due_case **rows, size_t *count) MUST_USE;

/* Of a subscription, its unpaid cases: all, those whose grace is over, and whether one blocks it. */
struct dunning_standing {
    int64_t open;
    int64_t late;
    bool blocked;
};
enum err dunning_standing(struct ctx *ctx, int64_t subscription_id, struct dunning_standing *standing) MUST_USE;

/* The subscriptions that invoices bill, by invoice. */
struct billed_subscription {
    int64_t invoice_id;
    int64_t id;
    const char *state; /* not locked */
};
enum err subscriptions_of_invoices(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct billed_subscription **rows, size_t *count) MUST_USE;
/* No automatic debit of what is still open of a subscription. */
enum err stop_collecting(struct ctx *ctx, int64_t subscription_id) MUST_USE;

struct dunning_row {
    int64_t invoice_id;
    const char *invoice_number;
    const char *customer_number;
    const char *customer_name;
    const char *subscription_number; /* "" none */
    const char *rule_name;
    int64_t rule_id;
    int32_t close_days;
    const char *currency;
    int64_t open_minor;
    int32_t due_on;
    int32_t next_on;
    int32_t steps_done;
    bool can_retry;
    bool can_close;
    int32_t asked_on;
    const char *next_action; /* of an open one, what is done on next_on; "" none is left */
    const char *state;
    int32_t ended_on;
};
/* state "open": the oldest due day first; "": all that ended, the newest first. */
enum err dunning_list(struct ctx *ctx, bool open, int32_t limit, struct dunning_row **rows, size_t *count) MUST_USE;

#endif
