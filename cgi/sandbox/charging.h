/* charging: what becomes of a card at an intent, and of an intent at a session.
 *
 * Every function here works inside one transaction (but expire_session, which opens its own), so that
 * a capture, the intent's state, its events and the answer kept under the key are one thing. */
#ifndef TACITE_SANDBOX_CHARGING_H
#define TACITE_SANDBOX_CHARGING_H

#include <stdbool.h>

#include "sandbox/cards.h"
#include "sandbox/records.h"
#include "sandbox/sandbox.h"

enum charge_result {
    CHARGE_SUCCEEDED = 1,
    CHARGE_DECLINED,
    CHARGE_ACTION, /* 3-D Secure: the customer must open the step page */
    CHARGE_HELD,   /* nothing was done: the caller plays the timeout and notes it under held_name */
};

struct charge {
    bool present;           /* the customer is at the page */
    bool authenticated;     /* ... and has confirmed */
    const char *fault_name; /* what a fault that is played once is remembered by */
    /* filled in */
    enum charge_result result;
    enum card_fault fault;  /* to be played by the caller after COMMIT */
};

/* The locked intent, its method, and the rules of the card. Saves the intent, writes the ledger, stores
 * the intent's event. Nothing is written for CHARGE_HELD. */
enum err charge_intent(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_intent *intent,
                       const struct gateway_method *method, struct charge *charge) MUST_USE;

/* The customer refused at the step page. */
enum err refuse_intent(struct ctx *ctx, const struct sandbox *sandbox,
                       struct gateway_intent *intent) MUST_USE;

/* A fresh intent of this session, inserted; session->intent_ref names it. */
enum err begin_intent(struct ctx *ctx, struct gateway_session *session,
                      struct gateway_intent *intent) MUST_USE;

/* The session's customer, made when it has none, also written to the intent and the method. */
enum err ensure_customer(struct ctx *ctx, struct gateway_session *session, const char *name) MUST_USE;

/* After CHARGE_SUCCEEDED: the session is complete, the card attached, the event stored. */
enum err complete_session(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_session *session,
                          const struct gateway_intent *intent, enum card_fault fault) MUST_USE;

/* Ends an open session: always when forced, else when its time has come. `session`, when not NULL, gets
 * its state afterwards. Opens its own transaction unless one is open. */
enum err expire_session(struct ctx *ctx, const struct sandbox *sandbox, const char *ref, bool forced,
                        struct gateway_session *session) MUST_USE;

/* The text of one metadata value, "" when absent. */
const char *metadata_value(struct ctx *ctx, const char *metadata, const char *name);

#endif
