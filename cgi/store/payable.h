/* payable: what can be paid, each try to get it, and the money that came (trust.md 1). */
#ifndef TACITE_STORE_PAYABLE_H
#define TACITE_STORE_PAYABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/attempt.h"

struct payable {
    int64_t id;
    int64_t quote_version_id; /* one of the two is 0 */
    int64_t invoice_id;
    int64_t customer_id;
    int64_t amount_minor;
    const char *currency;
};
/* The payable of a quote version or invoice, made when it is new; inside a transaction, locked. */
enum err ensure_payable(struct ctx *ctx, struct payable *payable) MUST_USE;
enum err payable_by_id(struct ctx *ctx, int64_t id, struct payable *payable) MUST_USE;
/* Those of attempts, in their order. */
struct attempt;
enum err payables_of(struct ctx *ctx, const struct attempt *attempts, size_t count, struct payable **rows) MUST_USE;
enum err payable_of(struct ctx *ctx, int64_t quote_version_id, int64_t invoice_id, struct payable *payable) MUST_USE;

/* Of an invoice, locked: no attempt begins meanwhile. ERR_NOT_FOUND: nobody tried to pay it. */
enum err lock_payable_of_invoice(struct ctx *ctx, int64_t invoice_id, struct payable *payable) MUST_USE;

struct attempt {
    int64_t id;
    int64_t payable_id;
    int32_t number;
    const char *attempt_key;
    const char *kind; /* "checkout", "off_session", "sepa" */
    const char *state_name;
    enum attempt_state state;
    int64_t amount_minor;
    const char *currency;
    int64_t payment_method_id;
    const char *request_path;
    const char *request_body;
    const char *session_ref;
    const char *intent_ref;
    const char *redirect_url;
    const char *decline_code;
    const char *message;
    int64_t sender;
    int64_t sending_at;
    int64_t next_check_at;
    int32_t checks;
    int64_t created_at;
    int32_t tried_on;        /* the business day of its decision */
    const char *advice_code; /* of a decline: what the scheme says of another try */
};
enum err insert_attempt(struct ctx *ctx, struct attempt *attempt) MUST_USE; /* ready; sets id; ERR_DUPLICATE: one is live */
enum err attempt_by_id(struct ctx *ctx, int64_t id, struct attempt *attempt) MUST_USE;
enum err lock_attempt(struct ctx *ctx, int64_t id, struct attempt *attempt) MUST_USE;
/* Many, in the order of their ids; an id without one is left out. */
enum err lock_attempts_of(struct ctx *ctx, const int64_t *ids, size_t count, struct attempt **rows, size_t *found) MUST_USE;
enum err attempt_by_ref(struct ctx *ctx, const char *ref, struct attempt *attempt) MUST_USE; /* key, session or intent */
/* Of the gateway's session or intent with this id, or with this key of ours; either may be "". */
enum err attempt_of_object(struct ctx *ctx, const char *object_ref, const char *attempt_key, struct attempt *attempt) MUST_USE;
/* The live attempt of a payable; ERR_NOT_FOUND. */
enum err live_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt) MUST_USE;
/* What the customer paid with the order itself of the invoice that it made: in the transaction that issued it. amount_minor 0:
 * nothing, the order was accepted by signature or the invoice is another one. */
struct order_payment {
    int64_t invoice_id;
    int64_t amount_minor;
    int32_t received_on;
    const char *method_text;
};
enum err order_payments(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct order_payment **rows, size_t *count) MUST_USE;

/* One whose money a person must look at first: OPERATOR, its item still open. ERR_NOT_FOUND: none. */
enum err held_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt) MUST_USE;
/* What forbids another one: the live attempt, else one that is held; ERR_NOT_FOUND: none. */
enum err blocking_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt) MUST_USE;
enum err last_attempt(struct ctx *ctx, int64_t payable_id, struct attempt *attempt) MUST_USE;
enum err attempts_of(struct ctx *ctx, int64_t payable_id, struct attempt **rows, size_t *count) MUST_USE;
/* Both at once, and the number of attempts so far: whether one is live, or one's money a person must look at first. */
struct payable_tries {
    int32_t count;
    bool taken;
};
enum err payable_tries(struct ctx *ctx, int64_t payable_id, struct payable_tries *tries) MUST_USE;
/* Number of attempts so far, for the next number. */
enum err attempt_count(struct ctx *ctx, int64_t payable_id, int32_t *count) MUST_USE;
/* Writes everything that changes, WHERE state = from, and the event; ERR_CONFLICT when it was another. */
enum err move_attempt(struct ctx *ctx, const struct attempt *attempt, enum attempt_state from, const char *event,
                      const char *detail) MUST_USE;
/* Many of them: their rows are locked and were read in this transaction. */
struct attempt_move {
    struct attempt attempt;
    enum attempt_state from;
    const char *event;
    const char *detail;
};
enum err move_attempts(struct ctx *ctx, const struct attempt_move *moves, size_t count) MUST_USE;
/* Card attempts that were never sent, as far as we know. */
enum err ready_attempts(struct ctx *ctx, int32_t limit, struct attempt **rows, size_t *count) MUST_USE;
/* Attempts that the batch must look at, in the order of their ids, after one: next_check_at passed, or sending by a connection
 * that is gone. */
enum err attempts_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct attempt **rows, size_t *count) MUST_USE;
/* One that could not be looked at. */
enum err put_off_attempt(struct ctx *ctx, int64_t id, int64_t until_at) MUST_USE;

struct payment {
    int64_t id;
    int64_t attempt_id; /* one of the two is 0 */
    int64_t bank_entry_id;
    int64_t customer_id;
    const char *gateway; /* "stripe", "bank" */
    const char *gateway_ref;
    int64_t amount_minor;
    const char *currency;
    const char *method_text;
    int32_t received_on;
};
enum err insert_payment(struct ctx *ctx, struct payment *payment) MUST_USE; /* sets id */
enum err insert_allocation(struct ctx *ctx, int64_t payment_id, int64_t invoice_id, int64_t amount_minor) MUST_USE;

struct payment_method {
    int64_t id;
    int64_t customer_id;
    const char *gateway; /* "stripe": a card; "sepa": an account under a mandate */
    const char *source_ref;
    const char *token_sealed;
    const char *brand;
    const char *last4;
    int32_t exp_month;
    int32_t exp_year;
    const char *state;
};
/* What is told of a method: of those of attempts, in the order of their ids. */
struct method_shown {
    int64_t id;
    const char *gateway; /* as of payment_method */
    const char *brand;
    const char *last4;
};
enum err methods_shown(struct ctx *ctx, const struct attempt *attempts, size_t count, struct method_shown **rows, size_t *found) MUST_USE;
enum err methods_shown_by_ids(struct ctx *ctx, const int64_t *ids, size_t id_count, struct method_shown **rows, size_t *found) MUST_USE;
/* By its source: a second time finds the first row. The token is sealed under the tenant's key. */
enum err store_payment_method(struct ctx *ctx, struct payment_method *method, const char *token) MUST_USE;
enum err payment_method_by_id(struct ctx *ctx, int64_t id, struct payment_method *method) MUST_USE;
enum err payment_method_token(struct ctx *ctx, const struct payment_method *method, const char **token) MUST_USE;
enum err save_payment_method_state(struct ctx *ctx, int64_t id, const char *state) MUST_USE;

struct payment_list_row {
    int64_t id;
    const char *customer_name;
    const char *invoice_number;
    const char *quote_number;
    const char *asked_number; /* of the subscription, for what is asked before it is invoiced */
    const char *kind;
    const char *state;
    const char *currency;
    int64_t amount_minor;
    const char *decline_code;
    const char *method_text;
    int64_t created_at;
};
/* Attempts, newest first. */
enum err payment_list(struct ctx *ctx, int64_t before_id, int32_t limit, struct payment_list_row **rows, size_t *count) MUST_USE;

struct gateway_event {
    int64_t id;
    const char *event_ref;
    const char *type;
    const char *object_ref;
    int32_t tries;
    bool done; /* when it is inserted: nothing is to be done for it */
};
/* ERR_DUPLICATE when it was received before. */
enum err insert_gateway_event(struct ctx *ctx, struct gateway_event *event) MUST_USE;
enum err close_gateway_event(struct ctx *ctx, int64_t id) MUST_USE;
enum err postpone_gateway_event(struct ctx *ctx, int64_t id, int64_t until_at) MUST_USE;
enum err due_gateway_events(struct ctx *ctx, int64_t after_id, int32_t limit, struct gateway_event **rows, size_t *count) MUST_USE;

struct method_setup {
    int64_t id;
    int64_t subscription_id;
    const char *setup_key;
    const char *state; /* "ready", "open", "done", "expired" */
    const char *session_ref;
    const char *redirect_url;
    int32_t checks;
    int64_t created_at;
};
bool setup_is_live(const struct method_setup *setup);
enum err insert_method_setup(struct ctx *ctx, struct method_setup *setup) MUST_USE; /* ERR_DUPLICATE: one is live */
enum err live_method_setup(struct ctx *ctx, int64_t subscription_id, struct method_setup *setup) MUST_USE;
/* The newest, live or not. */
enum err last_method_setup(struct ctx *ctx, int64_t subscription_id, struct method_setup *setup) MUST_USE;
enum err method_setup_of_object(struct ctx *ctx, const char *session_ref, const char *setup_key, struct method_setup *setup) MUST_USE; /* either may be "" */
enum err move_method_setup(struct ctx *ctx, const struct method_setup *setup, const char *from) MUST_USE;
/* Those of a subscription that are under way count for nothing any more. */
enum err end_method_setups(struct ctx *ctx, int64_t subscription_id) MUST_USE;
enum err due_method_setups(struct ctx *ctx, int64_t after_id, int32_t limit, struct method_setup **rows, size_t *count) MUST_USE;
enum err put_off_method_setup(struct ctx *ctx, int64_t id, int64_t until_at) MUST_USE;

#endif
