/* claim: what is asked before it is invoiced (debit first). It is a receivable in the state "pending" under the id that
 * its invoice will have, one at a time of a subscription: attempts, collections, links to pay and dunning know it by that
 * id before and after. It becomes its invoice's receivable (invoice_claim), or is dropped, once and for good. */
#ifndef TACITE_STORE_CLAIM_H
#define TACITE_STORE_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "store/invoice.h"

/* The pending one of a subscription, locked or only read; ERR_NOT_FOUND. */
enum err lock_claim_of(struct ctx *ctx, int64_t subscription_id, struct receivable *claim) MUST_USE;
enum err claim_of(struct ctx *ctx, int64_t subscription_id, struct receivable *claim) MUST_USE;

enum err insert_claim(struct ctx *ctx, const struct receivable *claim) MUST_USE; /* its state is "pending" */
/* While nothing moves: what is asked now, and when it is collected. */
enum err save_claim(struct ctx *ctx, const struct receivable *claim) MUST_USE;
enum err drop_claim(struct ctx *ctx, int64_t invoice_id) MUST_USE; /* ERR_CONFLICT when it is pending no more */
/* The invoice is there: the claim is its receivable from now on. */
enum err save_claim_invoiced(struct ctx *ctx, const struct receivable *receivable) MUST_USE;

/* Money of it is on its way, or has come and a person decides about it. */
enum err claim_is_under_way(struct ctx *ctx, int64_t invoice_id, bool *yes) MUST_USE;
/* A try with this payment method was made. */
enum err claim_was_tried_with(struct ctx *ctx, int64_t invoice_id, int64_t payment_method_id, bool *yes) MUST_USE;
/* The customer has paid something in advance that no invoice has used yet. */
enum err advance_is_left(struct ctx *ctx, int64_t customer_id, const char *currency, bool *yes) MUST_USE;

/* An issued document, or what is known of one that is only asked for: kind "claim", number that of its subscription,
 * issued_on the day on which it was asked. ERR_NOT_FOUND. */
enum err asked_invoice(struct ctx *ctx, int64_t id, struct invoice *invoice) MUST_USE;
bool invoice_is_claim(const struct invoice *invoice);

/* The same facts of several with what is open of each, read at once: what mails say. An id of nothing is left out. */
struct asked {
    int64_t invoice_id;
    bool is_claim;
    const char *number;  /* of the subscription while there is no invoice */
    const char *kind;    /* the invoice's, or "claim" */
    int32_t issued_on;
    int32_t due_on;
    int64_t total_minor;
    const char *currency;
    int64_t owed_minor;  /* what the receivable is for */
    int64_t open_minor;
    int32_t owed_on;     /* its due day */
    int32_t collect_on;  /* DATE_NONE: nothing debits it */
    int32_t paid_on;
    int64_t deducted_minor; /* of deposits, with VAT */
    int64_t credit_minor;   /* what credit notes of other invoices paid of it */
    const char *debited_by; /* what debits it, or does already: "stripe" a card, "sepa" an account; "" nothing */
    const char *debit_digits;
    int32_t debit_on;       /* of an account, the day that its holder was told; DATE_NONE: no direct debit is announced or under way */
};
enum err asked_facts(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct asked **rows, size_t *count) MUST_USE;

/* Whom an item for a person is about: the invoice, or the subscription while there is none. */
void claim_subject(const struct receivable *receivable, const char **kind, int64_t *id);

/* "R-42": how addresses of pages name it. It names the invoice once there is one. */
const char *claim_ref(struct ctx *ctx, int64_t invoice_id);
enum err asked_by_ref(struct ctx *ctx, const char *ref, struct invoice *invoice) MUST_USE; /* a number or such a reference */

#endif
