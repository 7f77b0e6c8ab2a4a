/* mandate: mandates of SEPA direct debit, and what changed their account. */
#ifndef TACITE_STORE_MANDATE_H
#define TACITE_STORE_MANDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct mandate {
    int64_t payment_method_id;
    int64_t customer_id;
    int64_t subscription_id;
    const char *reference;
    const char *scheme; /* "core", "b2b" */
    bool one_off;
    bool collects_open; /* the customer agreed that what is open is debited too */
    const char *state;
    const char *holder;
    const char *bic;
    const char *account_key;
    const char *account_masked;
    const char *creditor_id;
    const char *creditor_name;
    const char *language; /* of agreed_text */
    int64_t company_version_id;  /* as they were at the signature; 0: a mandate from before this was kept */
    int64_t customer_version_id;
    unsigned char code_digest[32];
    int64_t code_until;
    int32_t code_tries;
    const char *agreed_text;
    const char *signed_name;
    int32_t signed_on;
    int64_t signed_at;
    const char *remote_addr;
    const char *user_agent;
    int32_t confirmed_on;   /* B2B: known to the payer's bank since */
    int32_t last_collected_on;
    const char *collected_key; /* account of the last collection; "" none */
    int32_t warned_on;
    int32_t ended_on;
    int64_t created_at;
};
/* Makes the payment method too, with the account number sealed in it; sets payment_method_id. */
enum err insert_mandate(struct ctx *ctx, struct mandate *mandate, const char *iban) MUST_USE;
enum err mandate_by_method(struct ctx *ctx, int64_t payment_method_id, struct mandate *mandate) MUST_USE;
enum err lock_mandate(struct ctx *ctx, int64_t payment_method_id, struct mandate *mandate) MUST_USE;
/* Many, in the order of their methods, each of which is asked for once; a method without one is left out. */
enum err lock_mandates_of(struct ctx *ctx, const int64_t *payment_method_ids, size_t count, struct mandate **rows, size_t *found) MUST_USE;
enum err mandate_by_reference(struct ctx *ctx, const char *reference, struct mandate *mandate) MUST_USE;
enum err lock_mandate_by_reference(struct ctx *ctx, const char *reference, struct mandate *mandate) MUST_USE;
/* Newest first, drafts left out. */
enum err mandates_of_customer(struct ctx *ctx, int64_t customer_id, int32_t limit, struct mandate **rows, size_t *count) MUST_USE;
/* State, signature, tries, confirmation, last collection and what it told, warning, end. */
enum err save_mandate(struct ctx *ctx, const struct mandate *mandate) MUST_USE;
/* Many that are locked, in their order. */
enum err save_mandates(struct ctx *ctx, const struct mandate *rows, size_t count) MUST_USE;

/* In force, not collected (or signed) since warns_on without having been warned, or since ends_on at all; above after_id. */
enum err idle_mandates(struct ctx *ctx, int32_t warns_on, int32_t ends_on, int64_t after_id, int32_t limit, struct mandate **rows, size_t *count) MUST_USE;

/* Open invoices of a subscription in euro, longest due first, of which no debit is on its way. */
struct open_invoice {
    int64_t id;
    const char *number;
    int64_t open_minor;
};
enum err open_invoices_to_debit(struct ctx *ctx, int64_t subscription_id, struct open_invoice **rows, size_t *count) MUST_USE;

enum err debit_scheme_of(struct ctx *ctx, int64_t customer_id, const char **scheme) MUST_USE;
enum err save_debit_scheme(struct ctx *ctx, int64_t customer_id, const char *scheme) MUST_USE;

struct mandate_change {
    int64_t id;
    int64_t payment_method_id;
    const char *holder;
    const char *bic;
    const char *account_key;
    const char *account_masked;
    const char *before_masked;
    const char *token_sealed; /* "" once signed */
    unsigned char code_digest[32];
    int64_t code_until;
    int32_t code_tries;
    const char *agreed_text;
    const char *signed_name;
    int32_t signed_on;
    int64_t signed_at;
    const char *remote_addr;
    const char *user_agent;
    int64_t created_at;
};
/* Sets id; the account number is sealed in it. */
enum err insert_mandate_change(struct ctx *ctx, struct mandate_change *change, const char *iban) MUST_USE;
/* The newest of a mandate, locked in a transaction. */
enum err last_mandate_change(struct ctx *ctx, int64_t payment_method_id, bool lock, struct mandate_change *change) MUST_USE;
enum err mandate_change_by_id(struct ctx *ctx, int64_t id, struct mandate_change *change) MUST_USE;
/* Signed ones, oldest first. */
enum err mandate_changes(struct ctx *ctx, int64_t payment_method_id, struct mandate_change **rows, size_t *count) MUST_USE;
/* Tries and signature; a signed one forgets the sealed number. */
enum err save_mandate_change(struct ctx *ctx, const struct mandate_change *change) MUST_USE;
/* The signed one becomes the mandate's account; its payment method is good again. */
enum err apply_mandate_change(struct ctx *ctx, const struct mandate_change *change) MUST_USE;

#endif
