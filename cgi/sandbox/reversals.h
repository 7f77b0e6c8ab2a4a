/* reversals: money that leaves the gateway's ledger again: refunds, and disputes that a cardholder opens.
 *
 * Each movement is one row of money_back, written once and never changed: what a test believes. Some cards take a refund
 * back later or decide about it later (cards.h): turn_refunds plays that time. */
#ifndef TACITE_SANDBOX_REVERSALS_H
#define TACITE_SANDBOX_REVERSALS_H

#include "sandbox/api.h"
#include "sandbox/pages.h"

struct gateway_refund {
    int64_t id;
    const char *ref;
    const char *intent_ref;
    const char *charge_ref;
    int64_t amount_minor;
    const char *currency;
    const char *status; /* "pending", "succeeded", "failed" */
    const char *failure_reason;
    const char *metadata;
    const char *own_key;  /* metadata.refund */
    const char *turns_to; /* "" stays */
    int64_t turns_at;
    int64_t created_at;
};

/* The API. */
enum err create_refund(struct api_call *call) MUST_USE;
enum err show_refund(struct api_call *call) MUST_USE;
enum err list_refunds(struct api_call *call) MUST_USE;

/* Refunds whose outcome changes until this instant: events are stored, to be delivered. Opens transactions. */
enum err turn_refunds(struct ctx *ctx, const struct sandbox *sandbox, int64_t until_at) MUST_USE;

/* What went back, and what came again after all, tab-separated, oldest first. */
enum err page_money_back_tsv(struct visit *visit) MUST_USE;
enum err page_money_back(struct visit *visit) MUST_USE;

/* disputes.c */
enum err show_dispute(struct api_call *call) MUST_USE;
enum err list_disputes(struct api_call *call) MUST_USE;
enum err page_disputes(struct visit *visit) MUST_USE;
enum err page_disputes_post(struct visit *visit) MUST_USE;
enum err prove_disputes(struct ctx *ctx, const char **message) MUST_USE;

enum err prove_reversals(struct ctx *ctx, const char **message) MUST_USE;

#endif
