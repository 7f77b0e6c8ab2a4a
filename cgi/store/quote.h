/* quote: offers, their versions, lines, the customer's choices, and messages.
 *
 * A quote has versions. One of them at most is a draft; it is edited as a whole under `rev`. The
 * quote's current_version_id is what the customer sees: the newest version that was sent, or the draft
 * while nothing was sent yet. Sending a draft freezes it and makes it current; the version before it
 * is then "replaced". Only services call what writes. */
#ifndef TACITE_STORE_QUOTE_H
#define TACITE_STORE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/pricing.h"
#include "core/quote.h"
#include "core/term.h"

struct quote {
    int64_t id;
    const char *number;
    int64_t customer_id;
    int64_t owner_id;           /* seller_user */
    const char *owner_name;     /* read only, as the next two: as the user is now */
    const char *owner_email;
    const char *owner_language;
    const char *kind_name;
    enum quote_kind kind;
    int64_t contract_id;        /* the running subscription that it renews or changes; 0: none */
    const char *contract_number; /* read only; "" */
    const char *takes_effect;   /* of an upsell: amendment_when_name; "" of others. On a date: that of the version's start */
    bool gives_back;            /* what is paid and not used (core/amendment's credit) */
    bool keep_anchor;
    int32_t made_from_on;       /* the day whose contract it was made from; DATE_NONE of others */
    const char *made_from;      /* digest of that contract's lines (service/contract_quoting); "" */
    int64_t current_version_id;
    const char *state_name;
    enum quote_state state;     /* stored: never expired or replaced, see quote_state_now */
    const char *decline_reason;
    int64_t created_at;
    int32_t created_on;
    bool has_choices;           /* the customer chose in the current version */
    bool has_messages;
    bool has_alternatives;
    const char *coupon;          /* what the coupon entered takes off: core/discount's text, "" none */
};

enum version_state { VERSION_DRAFT = 1, VERSION_SENT, VERSION_REPLACED };

struct quote_version {
    int64_t id;
    int64_t quote_id;
    int32_t version;             /* 1, 2, ... */
    const char *state_name;
    enum version_state state;
    int32_t rev;                 /* counts saves of the draft */
    int64_t customer_version_id; /* 0 in a draft: today's customer */
    int64_t company_version_id;  /* 0 in a draft: today's company */
    int64_t template_id;
    int32_t template_version;    /* 0: no template */
    int64_t plan_id;             /* 0: nothing recurs */
    const char *duration_name;
    const char *term_unit_name;
    int32_t term_count;
    bool term_renews;
    int32_t commitment_months;   /* -1: the plan's */
    int32_t notice_days;         /* likewise */
    const char *customer_end_name;
    int32_t close_days;
    struct own_terms own;        /* the eight above; what is written is read from here */
    const char *language;
    const char *currency;
    int32_t valid_until_on;      /* last day of validity */
    int32_t start_on;            /* DATE_NONE: the day of confirmation */
    int32_t priced_on;           /* the day for which its first period was agreed: of the signature or the payment's
                                  * beginning; DATE_NONE before */
    const char *acceptance_name;
    enum quote_acceptance acceptance;
    const char *note;            /* texts as they are written: offer->words has them filled in; NULL, when saved: "" */
    const char *header;          /* on the document, above the lines */
    const char *footer;          /* on the document, below everything */
    const char *terms;           /* particular ones, before the company's */
    const char *confirmation;    /* in the mail that confirms the order */
    bool no_confirm_mail;        /* to a business */
    const char *discounts;       /* the seller's, of the whole document: core/discount's text; NULL when saved: none */
    int32_t deposit_ppm;         /* asked for at the signature: core/deposit.h */
    int64_t deposit_minor;
    const char *journal;         /* of its documents: store/sales_journal.h; "", NULL: VT */
    int64_t today_minor;         /* due today, with VAT, with the customer's choices; for lists */
    int64_t period_minor;        /* per period, without VAT */
    int64_t sent_at;
    int32_t sent_on;             /* business day of sending, the document's date; DATE_NONE in a draft */
    int64_t created_at;
};

struct quote_line {
    int64_t id;
    int64_t version_id;
    int32_t position;            /* from 1 */
    int64_t contract_line_id;    /* of an upsell: the contract's line that it goes on from; 0: none */
    const char *kind_name;
    enum line_kind kind;
    const char *timing_name;
    enum billing_timing timing;  /* of recurring lines; 0, when stored: in advance */
    bool is_option;
    int64_t product_id;          /* 0 for text lines */
    const char *description;
    const char *other_description; /* of a template's line while it is edited, in its other language; never stored with a quote */
    const char *unit;
    const char *unit_plural;     /* store/unit.h; read only */
    int64_t quantity_e4;
    int64_t unit_price_e4;       /* not read with tiers */
    const char *price_model;     /* NULL: "per_unit" */
    const char *tiers;           /* NULL or "": none */
    bool listed;                 /* the price was not typed: it follows the list while the quote is a draft */
    int64_t pricelist_id;        /* 0: the product's own price */
    const char *pricelist_name;  /* read only */
    int32_t discount_ppm;
    int64_t discount_minor;      /* an amount off each period; one of the two is 0 */
    int32_t discount_periods;
    const char *tax_class;
    const char *product_kind;    /* "service", "goods" */
    bool quantity_editable;
    int64_t quantity_min_e4;
    int64_t quantity_max_e4;
};

struct quote_choice {
    int64_t line_id;
    int64_t version_id;
    bool chosen;
    int64_t quantity_e4;
};

struct quote_message {
    int64_t id;
    int64_t quote_id;
    const char *author;          /* "seller:3", "customer:17" */
    const char *text;
    int64_t at;
};

/* A row of the list and of the pipeline. */
struct quote_list_row {
    int64_t id;
    const char *number;
    int64_t customer_id;
    const char *customer_number;
    const char *customer_name;
    const char *owner_name;
    const char *kind_name;
    const char *contract_number; /* that it renews or changes; "" */
    const char *state_name;
    enum quote_state state;      /* stored; view with quote_state_now */
    int32_t version;             /* of the current version */
    const char *currency;
    int32_t valid_until_on;
    int64_t today_minor;
    int64_t period_minor;
    int64_t plan_id;
    const char *plan_name;
    int64_t sent_at;
    int32_t created_on;
    int64_t viewed_at;           /* last view of a day by the customer, 0 never */
};

struct quote_filter {
    const char *state;      /* stored state's word, "open" (draft, sent, signed), "" all */
    const char *words;      /* part of number or customer's name, "" all */
    int64_t customer_id;    /* 0 all */
    int32_t expires_by_on;  /* sent quotes whose validity ends by this day; DATE_NONE all */
    int64_t before_id;      /* newest first: rows below this id; 0 the first page */
    int32_t limit;          /* 1..500 */
};

enum err quote_by_id(struct ctx *ctx, int64_t id, struct quote *quote) MUST_USE;
enum err quote_by_number(struct ctx *ctx, const char *number, struct quote *quote) MUST_USE;
/* The row, locked until the transaction ends. Lock order: quote, version, payable, attempt. */
enum err quote_of_version(struct ctx *ctx, int64_t version_id, struct quote *quote) MUST_USE;
enum err lock_quote(struct ctx *ctx, int64_t id, struct quote *quote) MUST_USE;
enum err quote_list(struct ctx *ctx, const struct quote_filter *filter,
                    struct quote_list_row **rows, size_t *count) MUST_USE;

/* Those that would renew or change a contract, drafts too, until they are answered; newest first. */
enum err quotes_of_contract(struct ctx *ctx, int64_t contract_id, int32_t limit, struct quote_list_row **rows, size_t *count) MUST_USE;

/* The quotes of a customer that they still have to answer or to pay, newest first, at most limit. */
struct waiting_quote {
    int64_t id;
};
enum err quotes_waiting(struct ctx *ctx, int64_t customer_id, int32_t limit, struct waiting_quote **rows, size_t *count) MUST_USE;

enum err quote_version_by_id(struct ctx *ctx, int64_t id, struct quote_version *version) MUST_USE;
enum err quote_version_by_number(struct ctx *ctx, int64_t quote_id, int32_t number,
                                 struct quote_version *version) MUST_USE;
/* The quote's draft; ERR_NOT_FOUND when every version was sent. */
enum err quote_draft(struct ctx *ctx, int64_t quote_id, struct quote_version *version) MUST_USE;
enum err lock_quote_version(struct ctx *ctx, int64_t id, struct quote_version *version) MUST_USE;
enum err quote_versions(struct ctx *ctx, int64_t quote_id, struct quote_version **versions,
                        size_t *count) MUST_USE; /* newest first */
enum err quote_lines(struct ctx *ctx, int64_t version_id, struct quote_line **lines,
                     size_t *count) MUST_USE;
enum err quote_choices(struct ctx *ctx, int64_t version_id, struct quote_choice **choices,
                       size_t *count) MUST_USE;
enum err quote_messages(struct ctx *ctx, int64_t quote_id, struct quote_message **messages,
                        size_t *count) MUST_USE; /* oldest first, at most 200 */

/* Sets quote->id. The number must come from the series in the same transaction. */
enum err insert_quote(struct ctx *ctx, struct quote *quote) MUST_USE;
/* UPDATE ... WHERE state = from; ERR_CONFLICT when it was another. */
enum err move_quote(struct ctx *ctx, int64_t id, enum quote_state from, enum quote_state to) MUST_USE;
enum err save_decline_reason(struct ctx *ctx, int64_t id, const char *reason) MUST_USE;
/* The day for which the first period was agreed: by the signature, or by a payment that begins, which for a signed one
 * names the same day. */
enum err save_priced_on(struct ctx *ctx, int64_t version_id, int32_t priced_on) MUST_USE;
enum err save_current_version(struct ctx *ctx, int64_t quote_id, int64_t version_id) MUST_USE;
enum err save_quote_customer(struct ctx *ctx, int64_t quote_id, int64_t customer_id) MUST_USE;

/* Sets version->id. */
enum err insert_quote_version(struct ctx *ctx, struct quote_version *version) MUST_USE;
/* A draft's fields, rev + 1; ERR_CONFLICT when rev is not version->rev or it is no draft. */
enum err save_quote_draft(struct ctx *ctx, struct quote_version *version) MUST_USE;
/* Draft to sent, with what was true on that day. */
enum err freeze_quote_version(struct ctx *ctx, const struct quote_version *version) MUST_USE;
enum err replace_quote_version(struct ctx *ctx, int64_t id) MUST_USE;
enum err save_version_totals(struct ctx *ctx, int64_t id, int64_t today_minor,
                             int64_t period_minor) MUST_USE;
/* Of a version that has none yet, positions 1... */
enum err insert_quote_lines(struct ctx *ctx, int64_t version_id, const struct quote_line *lines, size_t count) MUST_USE;
/* Deletes the version's lines (and choices) and inserts these. */
enum err replace_quote_lines(struct ctx *ctx, int64_t version_id, const struct quote_line *lines,
                             size_t count) MUST_USE;
enum err save_quote_choice(struct ctx *ctx, const struct quote_choice *choice) MUST_USE;
/* By ctx->actor; *id is the message's. */
enum err insert_quote_message(struct ctx *ctx, int64_t quote_id, const char *text,
                              int64_t *id) MUST_USE;

/* Remembers the first view of a day: an access fact, the only thing that reading a quote writes. */
enum err note_quote_view(struct ctx *ctx, int64_t quote_id) MUST_USE;

const char *version_state_name(enum version_state state);

#endif
