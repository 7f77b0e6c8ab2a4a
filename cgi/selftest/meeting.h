/* meeting: whom and what an act of a life meets: subscriptions, invoices, debits, payments of this life alone, drawn from its
 * seed. ERR_NOT_FOUND without a trail: there is none. */
#ifndef TACITE_SELFTEST_MEETING_H
#define TACITE_SELFTEST_MEETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "selftest/life.h"
#include "service/once.h"

struct ctx *life_ctx(const struct life *life);

/* True once in count times. */
bool life_one_of(struct life *life, int64_t count);

/* As a page's form: what was done and whose answer was lost is found done, never done again. */
const struct once *life_once(struct life *life);

struct living {
    int64_t id;
    int64_t customer_id;
    int64_t payment_method_id;
    const char *state;
};

/* Any subscription in one of the states (or_state NULL: of one), rather one that pays by nothing yet when asked for. */
enum err find_living(struct life *life, const char *state, const char *or_state, bool without_method, struct living *found) MUST_USE;

struct owed {
    int64_t invoice_id;
    const char *number;
    int64_t customer_id;
    const char *email;
    const char *gateway_customer;
    const char *currency;
    int64_t open_minor;
};

enum owed_which {
    OWED_OPEN = 1,  /* open_minor of it is asked for */
    OWED_INVOICED,  /* open_minor: its total, paid or not */
};
enum err find_owed(struct life *life, enum owed_which which, struct owed *found) MUST_USE;

/* The newest debits that the bank has and did not return. */
struct handed {
    const char *attempt_key;
    const char *state;
    const char *batch_id;
    int64_t amount_minor;
};
enum err handed_debits(struct life *life, struct handed **rows, size_t *count) MUST_USE;

/* The newest payments by card. */
struct paid {
    int64_t payment_id;
    int64_t invoice_id;
    int64_t amount_minor;
};
enum err card_payments(struct life *life, struct paid **rows, size_t *count) MUST_USE;

#endif
