/* signing: the customer accepts an offer: evidence, frozen document, and what follows.
 *
 * Simple electronic signature (eIDAS art. 25): typed name, explicit consent, SHA-256 of the PDF that
 * both sides keep, instant, address, browser, the link it came through (trust.md SIG-01). What was shown
 * is sent back with the form; a difference records nothing. An offer that needs no payment, or of which
 * nothing is due, becomes an order in the same transaction. */
#ifndef TACITE_SERVICE_SIGNING_H
#define TACITE_SERVICE_SIGNING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/quote.h"
#include "service/offer.h"
#include "service/once.h"

struct quote_signature {
    const struct offer *offer;   /* as it stands in this request; what was shown is below */
    int32_t version;             /* as shown */
    const char *document_sha256; /* as shown, hex */
    int64_t today_minor;         /* as shown */
    const char *signer_name;
    const char *signer_role;
    const char *consent_text;    /* the words of the box that was ticked, in the reader's language */
    bool consent;
    int64_t link_id;             /* of the visit's grant, 0 unknown */
    const struct once *once;
};

struct signing_result {
    enum quote_refusal refusal;
    const char *url;             /* where the form leads */
};

/* Signs once. ERR_DUPLICATE when the form was sent before (see service/once.h). */
enum err sign_quote(struct ctx *ctx, const struct quote_signature *signature, struct signing_result *result) MUST_USE;

/* The unsigned document of an offer and its SHA-256 as hex: what the customer reads and signs. */
enum err offer_document(struct ctx *ctx, const struct offer *offer, struct db_bytes *pdf, char **sha256) MUST_USE;

#endif
