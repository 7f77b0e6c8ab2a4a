/* records: what the gateway knows, and every statement that reads or writes it.
 *
 * Texts that are absent are "". Instants are UTC microseconds. Metadata is the text of a JSON object.
 * The ledger's table refuses changes itself: see schema/sandbox.sql. */
#ifndef TACITE_SANDBOX_RECORDS_H
#define TACITE_SANDBOX_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"

struct gateway_customer {
    int64_t id;
    const char *ref;
    const char *email;
    const char *name;
    const char *description;
    const char *metadata;
    int64_t created_at;
};

struct gateway_method {
    int64_t id;
    const char *ref;
    const char *customer_ref; /* "": not attached */
    const char *card;         /* name of a test card */
    const char *brand;
    const char *last4;
    int32_t exp_month;
    int32_t exp_year;
    const char *holder;
    int32_t declines;         /* off session, so far */
    int64_t created_at;
};

struct gateway_intent {
    int64_t id;
    const char *ref;          /* pi_… or seti_… */
    const char *status;       /* the API's words */
    int64_t amount_minor;     /* 0: a setup intent */
    int64_t received_minor;
    const char *currency;     /* lower case */
    const char *customer_ref;
    const char *method_ref;
    const char *session_ref;
    const char *charge_ref;
    const char *future_usage;
    const char *description;
    const char *return_url;
    const char *metadata;
    const char *attempt;      /* metadata.attempt */
    const char *error_code;   /* of the last failure, "" none */
    const char *decline_code;
    const char *advice_code;
    const char *error_message;
    const char *error_method_ref;
    int64_t created_at;
};

struct gateway_session {
    int64_t id;
    const char *ref;
    const char *mode;
    const char *status;
    const char *payment_status;
    int64_t amount_minor;
    const char *currency;
    const char *customer_ref;
    const char *customer_email;
    const char *intent_ref;
    const char *success_url;
    const char *cancel_url;
    const char *locale;
    const char *client_reference;
    const char *description;
    const char *metadata;
    const char *intent_metadata;
    const char *future_usage;
    int64_t expires_at;
    int64_t created_at;
};

struct capture {
    int64_t id;
    const char *charge_ref;
    const char *intent_ref;
    const char *session_ref;
    const char *customer_ref;
    const char *method_ref;
    const char *last4;
    int64_t amount_minor;
    const char *currency;
    const char *attempt;
    const char *payable;
    int64_t captured_at;
};

struct kept_answer {
    unsigned char request_hash[32];
    int32_t status;
    const char *body;
};

struct gateway_happening { /* an event */
    int64_t id;
    const char *ref;
    const char *type;
    const char *object_ref;
    const char *body;
    int64_t created_at;
};

struct delivery {
    int64_t id;
    int64_t event_id;
    const char *state;
    int32_t tries;
    int64_t due_at;
    int32_t last_status;
    const char *last_detail;
};

/* With what it carries. */
struct due_delivery {
    struct delivery delivery;
    struct gateway_happening event;
};

/* "cs_test_" and 24 random bytes in hex. */
char *new_ref(struct arena *arena, const char *prefix);

enum err insert_customer_record(struct ctx *ctx, const struct gateway_customer *customer) MUST_USE;
enum err customer_record(struct ctx *ctx, const char *ref, struct gateway_customer *customer) MUST_USE;

enum err insert_method(struct ctx *ctx, const struct gateway_method *method) MUST_USE;
enum err method_record(struct ctx *ctx, const char *ref, struct gateway_method *method) MUST_USE;
enum err methods_of(struct ctx *ctx, const char *customer_ref, struct gateway_method **methods,
                    size_t *count) MUST_USE;
enum err attach_method(struct ctx *ctx, const char *ref, const char *customer_ref) MUST_USE; /* "" detaches */
enum err count_decline(struct ctx *ctx, const char *ref) MUST_USE;

enum err insert_intent(struct ctx *ctx, const struct gateway_intent *intent) MUST_USE;
enum err intent_record(struct ctx *ctx, const char *ref, struct gateway_intent *intent) MUST_USE;
enum err lock_intent(struct ctx *ctx, const char *ref, struct gateway_intent *intent) MUST_USE;
enum err save_intent(struct ctx *ctx, const struct gateway_intent *intent) MUST_USE;
/* Newest first, at most 100: those whose metadata has this value under this name. */
enum err intents_with(struct ctx *ctx, const char *name, const char *value, struct gateway_intent **intents,
                      size_t *count) MUST_USE;

/* Payments begun at since_at or later, newest first, at most `limit`: those before this id (INT64_MAX: the newest). */
enum err intents_since(struct ctx *ctx, int64_t since_at, int64_t before_id, int32_t limit, struct gateway_intent **intents,
                       size_t *count) MUST_USE;

enum err insert_session_record(struct ctx *ctx, const struct gateway_session *session) MUST_USE;
enum err session_record(struct ctx *ctx, const char *ref, struct gateway_session *session) MUST_USE;
enum err lock_session(struct ctx *ctx, const char *ref, struct gateway_session *session) MUST_USE;
enum err save_session_record(struct ctx *ctx, const struct gateway_session *session) MUST_USE;
enum err sessions_overdue(struct ctx *ctx, struct gateway_session **sessions, size_t *count) MUST_USE;

enum err insert_capture(struct ctx *ctx, const struct capture *capture) MUST_USE;
/* Newest first: the ones before this id (INT64_MAX: the newest), at most 500. */
enum err captures_before(struct ctx *ctx, int64_t id, struct capture **captures, size_t *count) MUST_USE;
/* Oldest first: the ones after this id, at most 500. */
enum err captures_after(struct ctx *ctx, int64_t id, struct capture **captures, size_t *count) MUST_USE;

/* One request at a time under a key; *got is false while another has it. Ends with the connection. */
enum err lock_key(struct ctx *ctx, const char *name, bool *got) MUST_USE;
enum err unlock_key(struct ctx *ctx, const char *name) MUST_USE;
enum err kept_answer_of(struct ctx *ctx, const char *key, struct kept_answer *answer) MUST_USE;
enum err keep_answer(struct ctx *ctx, const char *key, const struct kept_answer *answer) MUST_USE;
enum err forget_answers_before(struct ctx *ctx, int64_t at) MUST_USE;

enum err insert_event(struct ctx *ctx, struct gateway_happening *event) MUST_USE; /* fills id */
enum err event_record(struct ctx *ctx, const char *ref, struct gateway_happening *event) MUST_USE;
enum err newest_events(struct ctx *ctx, struct gateway_happening **events, size_t *count) MUST_USE; /* 100 */

enum err insert_delivery(struct ctx *ctx, int64_t event_id, int64_t due_at) MUST_USE;
enum err deliveries_due(struct ctx *ctx, int64_t until_at, struct due_delivery **deliveries,
                        size_t *count) MUST_USE;
enum err deliveries_of(struct ctx *ctx, int64_t event_id, struct delivery **deliveries,
                       size_t *count) MUST_USE;
/* ERR_CONFLICT when another process was faster. */
enum err take_delivery(struct ctx *ctx, const struct delivery *delivery, int64_t lease_until_at) MUST_USE;
enum err close_delivery(struct ctx *ctx, const struct delivery *delivery, int64_t done_at) MUST_USE;
/* Many that were taken at done_at without being sent: by somebody in this process, as the self-test. One that was tried
 * meanwhile stays as it is. */
enum err close_deliveries(struct ctx *ctx, const struct delivery *deliveries, size_t count, int64_t done_at) MUST_USE;

/* How many are being sent at this moment, by whichever process. */
enum err deliveries_busy(struct ctx *ctx, int64_t *count) MUST_USE;

/* ERR_DUPLICATE when it was played before. */
enum err note_played(struct ctx *ctx, const char *fault) MUST_USE;
enum err was_played(struct ctx *ctx, const char *fault, bool *played) MUST_USE;

/* Every statement against the live schema; *message says what differs. */
enum err prove_records(struct ctx *ctx, const char **message) MUST_USE;

#endif
