/* quoting: from a draft to an offer that the customer holds, and its ends without an order.
 *
 * Each act is one transaction: state, lines, link, timeline, audit, outbox and the form's once-token.
 * A refusal is not an error: the service answers OK, result->refusal says why nothing was done. A form
 * that was sent twice answers ERR_DUPLICATE (service/once.h). */
#ifndef TACITE_SERVICE_QUOTING_H
#define TACITE_SERVICE_QUOTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/quote.h"
#include "service/offer.h"
#include "service/once.h"
#include "service/quote_words.h"
#include "store/quote_template.h"

struct quoting_result {
    enum quote_refusal refusal;
    bool stale;          /* somebody else saved the draft, or the version is not the current one */
    int64_t quote_id;
    const char *number;
    int32_t version;
    int32_t rev;
    const char *unpriced; /* what has no price in that currency; NULL: nothing */
    const char *url;     /* where the form leads */
    const char *token;   /* of the link that was made; for tests, never for a page or the log */
};

/* What a new quote starts from: a template (0: one empty draft) for a customer. */
struct quote_start {
    int64_t customer_id;
    int64_t owner_id;
    int64_t template_id;
};
/* In the currency of the customer's price list where every line has a price in it, else in the company's. */
enum err create_quote(struct ctx *ctx, const struct quote_start *start, const struct once *once,
                      struct quoting_result *result) MUST_USE;
/* In the currency that is wanted. result->unpriced: nothing was made, because a line of the template has no price in it. */
enum err create_quote_in(struct ctx *ctx, const struct quote_start *start, const char *currency, const struct once *once,
                         struct quoting_result *result) MUST_USE;

/* Alternatives: of several quotes the customer takes one. A new draft that begins as a copy of this quote; refused
 * once this one is decided. */
enum err add_alternative(struct ctx *ctx, int64_t quote_id, const struct once *once, struct quoting_result *result) MUST_USE;
/* One was taken: the others that still stood are withdrawn. As one part of the caller's transaction, which has locked
 * the taken one; money that still comes for another is an operator item. */
enum err withdraw_alternatives(struct ctx *ctx, const struct quote *taken) MUST_USE;

/* The editor's form as a whole. base_version and rev are those of the version that was shown: saving
 * over a newer save is stale; saving over a version that was sent opens the next version. */
struct quote_draft {
    int64_t quote_id;
    int32_t base_version;
    int32_t rev;
    int64_t customer_id;     /* changes it only while nothing was sent */
    int64_t template_id;     /* the one that was applied last, and its version; 0 none */
    int32_t template_version;
    int64_t plan_id;
    struct own_terms own;    /* what it says about its duration instead of the plan */
    const char *language;
    const char *currency;    /* NULL: stays; the lines are in it */
    int32_t valid_until_on;
    int32_t start_on;
    enum quote_acceptance acceptance;
    const char *note;        /* texts may hold variables (service/quote_words.h); NULL: none */
    const char *header;
    const char *footer;
    const char *terms;
    const char *confirmation;
    bool no_confirm_mail;
    const char *discounts;   /* of the whole document: core/discount's text, without the coupon that was entered on this quote */
    int32_t deposit_ppm;     /* one of the two, or none: core/deposit.h */
    int64_t deposit_minor;
    const char *journal;     /* of a template that was applied; NULL: stays */
    const struct quote_line *lines;
    size_t line_count;
};
enum err save_draft(struct ctx *ctx, const struct quote_draft *draft, const struct once *once,
                    struct quoting_result *result) MUST_USE;

/* The lines of a template as lines of a quote, priced by the lists where the template names no price, with the values of
 * the quote in place of variables. Amounts of the template are in the company's currency: in another one they count for
 * nothing, and *unpriced (not NULL) names the first line that has no price from a list there; NULL: every line has. */
struct price_lists;
enum err template_lines(struct ctx *ctx, const struct quote_template *template, const struct quote_values *values,
                        struct price_lists *lists, struct quote_line **lines, size_t *count, const char **unpriced) MUST_USE;
/* What its texts are in a quote's language: those of its other one where they are written in it. */
struct template_words {
    const char *note;
    const char *header;
    const char *footer;
    const char *terms;
    const char *confirmation;
};
struct template_words template_words(const struct quote_template *template, const char *language);
/* The amount that it asks for at the signature, minor units of that currency; 0 in another than the company's. */
int64_t template_deposit(const struct quote_template *template, const struct company *company, const char *currency);
/* False when a line with an amount has no price from a list in the list's currency; such a price is frozen on it. */
bool line_takes_currency(struct ctx *ctx, const struct price_lists *lists, int64_t plan_id, const char *product_unit, struct quote_line *line);
/* When a recurring line is billed: as it says itself, else as its product, else as its plan. 0, "" or NULL: that says
 * nothing; when none does: in advance. */
enum billing_timing line_timing(enum billing_timing own, const char *product_timing, const struct plan *plan);
/* What is billed by use has no quantity of its own: one unit, which nobody changes. Other lines stay. */
void meter_line(struct quote_line *line);

/* Freezes the draft, makes a link and queues the mail "quote_sent". message: the seller's words. */
enum err send_quote(struct ctx *ctx, int64_t quote_id, const char *message, const struct once *once,
                    struct quoting_result *result) MUST_USE;
/* A new link for the version that the customer holds; older links stop working. */
enum err send_quote_again(struct ctx *ctx, int64_t quote_id, const char *message,
                          const struct once *once, struct quoting_result *result) MUST_USE;
enum err revoke_quote(struct ctx *ctx, int64_t quote_id, const struct once *once,
                      struct quoting_result *result) MUST_USE;
/* The offer no longer stands; also a signed, unpaid one. Its open payment pages are closed at the gateway, after the
 * transaction; money that arrived there meanwhile is an operator item. */
enum err withdraw_quote(struct ctx *ctx, int64_t quote_id, const struct once *once,
                        struct quoting_result *result) MUST_USE;

/* The customer's acts. version is the one that was shown. */
enum err decline_quote(struct ctx *ctx, int64_t quote_id, int32_t version, const char *reason,
                       const struct once *once, struct quoting_result *result) MUST_USE;
enum err ask_question(struct ctx *ctx, int64_t quote_id, const char *text, const struct once *once,
                      struct quoting_result *result) MUST_USE;
/* All options and editable quantities of the form: what is not among the choices is as offered again.
 * Values out of their bounds are the caller's to refuse with words; here they count as offered. */
enum err save_choices(struct ctx *ctx, int64_t quote_id, int32_t version,
                      const struct quote_choice *choices, size_t count, const struct once *once,
                      struct quoting_result *result) MUST_USE;

/* The seller's answer to a question: mailed to the customer. */
enum err answer_question(struct ctx *ctx, int64_t quote_id, const char *text, const struct once *once,
                         struct quoting_result *result) MUST_USE;

/* How long a link to a quote lives: its validity and 30 days more (decisions.md 4). */
int64_t quote_link_expires_at(const struct ctx *ctx, int32_t valid_until_on);

#endif
