/* mandating: the life of a SEPA mandate: signed by the payer, changed, confirmed, revoked, expired.
 *
 * It is signed with a typed name and a code from the mail; so is a change of its account, which the next collection
 * tells (core/mandate). What happened to the file before runs on with the account that it names. A mandate between
 * businesses (B2B) collects once somebody noted that the payer's bank knows it. */
#ifndef TACITE_SERVICE_MANDATING_H
#define TACITE_SERVICE_MANDATING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/mandate.h"
#include "service/once.h"
#include "store/mandate.h"

enum { MANDATE_CODE_DIGITS = 6, MANDATE_CODE_TRIES = 5 };

enum mandate_refusal {
    MANDATE_NOT_REFUSED = 1,
    MANDATE_NO_DEBITS,  /* the seller collects nothing by direct debit */
    MANDATE_NOT_EURO,
    MANDATE_WRONG_CODE,
    MANDATE_CODE_OVER,  /* too old, or tried too often: begin again */
    MANDATE_TOO_MANY,   /* codes that were mailed to this customer: five an hour */
    MANDATE_NO_DRAFT,   /* signed already, or never begun */
    MANDATE_NOT_ALIVE,  /* revoked, expired, used: nothing changes it any more */
    MANDATE_SAME_ACCOUNT,
    MANDATE_NOT_B2B,    /* only B2B mandates are confirmed, only businesses sign them */
    MANDATE_NOTHING_OPEN, /* for one debit, but nothing is to be paid */
};
const char *mandate_refusal_text(enum mandate_refusal refusal); /* English msgid */

/* What the payer wants debited under it. */
enum mandate_use {
    USE_FROM_NOW = 1, /* the next invoices */
    USE_WITH_OPEN,    /* and what is open now */
    USE_ONCE,         /* what is open now, once: the longest open invoice */
};

struct mandate_start {
    int64_t subscription_id;
    enum mandate_use use;
    const char *holder;      /* of the account */
    const char *iban;        /* normalised, of SEPA */
    const char *bic;         /* "" inside the EEA */
    const char *signed_name; /* typed by whoever signs */
    const char *agreed_text; /* the words that stood above the button, in ctx->language */
    enum mandate_refusal refusal;
    const char *reference;
    const char *url;
};
/* Writes a draft of the scheme that the customer is offered, and mails the code. The subscription's method stays until
 * the mandate is signed. */
enum err start_mandate(struct ctx *ctx, struct mandate_start *start, const struct once *once) MUST_USE;

/* "core" or "b2b": what the customer is offered now. */
enum err scheme_offered(struct ctx *ctx, int64_t customer_id, const char **scheme) MUST_USE;

struct mandate_sign {
    const char *reference;
    const char *code;
    enum mandate_refusal refusal;
    const char *url;
};
/* Signed: the subscription is collected under it from now on (unless it serves once), and what the payer agreed to of
 * what is open is planned for collection. */
enum err sign_mandate(struct ctx *ctx, struct mandate_sign *sign, const struct once *once) MUST_USE;

/* Another account under the same mandate: a draft and a code; then signed. start->subscription_id and use are not read. */
enum err start_mandate_change(struct ctx *ctx, const char *reference, struct mandate_start *start, const struct once *once) MUST_USE;
enum err sign_mandate_change(struct ctx *ctx, struct mandate_sign *sign, const struct once *once) MUST_USE;

struct mandate_act {
    const char *reference;
    int32_t on; /* of a confirmation */
    enum mandate_refusal refusal;
    const char *url;
};
/* By the payer or the seller: nothing more is put into a file; what the bank has runs on. */
enum err revoke_mandate(struct ctx *ctx, struct mandate_act *act, const struct once *once) MUST_USE;
/* The payer's bank knows the B2B mandate since that day. */
enum err confirm_mandate(struct ctx *ctx, struct mandate_act *act, const struct once *once) MUST_USE;

struct scheme_change {
    int64_t customer_id;
    const char *scheme;
    enum mandate_refusal refusal;
    const char *url;
};
/* What the customer's next mandate is. */
enum err change_debit_scheme(struct ctx *ctx, struct scheme_change *change, const struct once *once) MUST_USE;

/* Mandates that were not used for 36 months expire; at 33 a person is warned, while there is time for a new one. */
struct mandate_watch {
    int64_t expired;
    int64_t warned;
};
enum err watch_mandates(struct ctx *ctx, struct mandate_watch *watch) MUST_USE;

#endif
