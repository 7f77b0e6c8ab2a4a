/* offer: everything about one version of a quote, priced, in one place.
 *
 * The editor, the preview, the customer's page, the signature, the order and the PDF all read the same
 * struct, so that what is shown, what is signed and what is billed cannot differ. Amounts come from
 * core/pricing with the customer's choices applied; VAT from the dated rates on ctx->today_on
 * until the customer signs; from then on it is the VAT that was signed. */
#ifndef TACITE_SERVICE_OFFER_H
#define TACITE_SERVICE_OFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/deposit.h"
#include "core/pricing.h"
#include "core/quote.h"
#include "core/tier.h"
#include "store/agreed_tax.h"
#include "store/catalogue.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/quote.h"
#include "store/seller_user.h"

struct amending;      /* service/amending.h */
struct amending_step;
struct quote_sheet;   /* document/quote_sheet.h */

struct offer_line {
    struct quote_line as;      /* as offered; quantity_e4 is the offered one */
    struct price_rule rule;    /* the price as agreed: per unit, by tiers or flat */
    bool chosen;               /* an option that the customer takes; true for lines that are none */
    int64_t quantity_e4;       /* with the customer's choice */
    bool counts;               /* enters the totals */
    struct tax_decision tax;   /* of lines with an amount: today's, or as agreed */
    struct tax_decision law;   /* what today's rates, threshold and checks say; tax unless something was agreed */
    bool tax_missing;          /* the table holds no rate for it: nothing can be sent */
    int64_t net_minor;         /* as priced: of a whole period at the start, discount taken off; also of options left aside */
    int64_t first_minor;       /* of the first period: its share where that is partial */
    bool later;                /* recurring, and not part of what is due at the start: in arrears, or after a trial */
};

/* The version's texts with their variables filled in; "" where there is none. */
struct offer_words {
    const char *note;
    const char *header;
    const char *footer;
    const char *terms;        /* particular ones */
    const char *confirmation;
};

struct offer {
    struct quote quote;
    struct quote_version version;
    struct company company;    /* frozen when sent, today's in a draft */
    struct customer customer;  /* likewise */
    struct seller_user owner;  /* id, name, email and language */
    struct plan plan;          /* likewise, plan_as_sent, with the quote's own terms; id 0: nothing recurs */
    struct offer_words words;
    struct recurrence recurrence; /* unit 0 without plan */
    int32_t started_on;        /* the start that amounts are computed for: fixed, agreed, or today */
    int32_t billed_from_on;    /* first day that is billed: the start, or the end of the trial */
    struct schedule schedule;  /* of what recurs; with a plan only */
    struct period first;       /* what of period 0 is billed */
    const struct currency *currency;
    struct discounts discounts; /* of the whole document: the seller's, then the coupon's */
    bool vat_id_checked;
    bool rate_missing;         /* of a draft: its currency has no exchange rate of these days */
    struct offer_line *lines;
    size_t line_count;
    bool as_agreed;            /* loaded for money that came: day and VAT are those that were agreed, signed or not */
    struct agreed_tax *agreed; /* the VAT that the customer agreed to; agreed_count 0: today's counts */
    size_t agreed_count;
    bool tax_differs;          /* today's law would tax what was agreed otherwise (core/tax.h) */
    int64_t law_today_minor;   /* totals.today.gross_minor as the law would have it */
    bool priced;               /* VAT decided for every line, amounts in bounds */
    struct quote_totals totals; /* of what counts; zeros when not priced */
    int64_t order_minor;       /* with VAT: what is due at the start and the first period of what is due later */
    int64_t deposit_minor;     /* paid at the signature and deducted from the order's invoices (core/deposit.h); 0 none */
    int64_t signing_minor;     /* what the customer pays to confirm: the deposit, or all that is due at the start */
    bool starts_later;         /* with a deposit: the first period is invoiced on the start day that was agreed */
    /* of an upsell (service/quoted_change): */
    const struct amending *change; /* what would become of its contract today; NULL: refused, or accepted */
    const char *change_refusal; /* English msgid, for the seller */
    int32_t effective_on;      /* the day from which it holds; DATE_NONE: not known */
    bool change_at_once;       /* with the acceptance: what is charged is due today */
    struct totals charged;     /* with the change at once: of its invoice, with what is sold once */
    int64_t given_back_minor;  /* with VAT: by credit notes */
    const struct amending_step *steps; /* how both come about, an accepted one's as they were invoiced */
    size_t step_count;
    struct quote_facts facts;  /* for core/quote's refusals, today's */
    enum quote_state state_now; /* expired and replaced included */
};

/* version 0: the quote's current one (what the customer sees). ERR_NOT_FOUND. */
enum err load_offer(struct ctx *ctx, int64_t quote_id, int32_t version, struct offer *offer) MUST_USE;
enum err load_offer_by_number(struct ctx *ctx, const char *number, int32_t version,
                              struct offer *offer) MUST_USE;
/* The version being edited: the draft when there is one, else the current. */
enum err load_offer_to_edit(struct ctx *ctx, const char *number, struct offer *offer) MUST_USE;
/* The same two of a quote that the caller has locked, whose row is not read again. */
enum err load_locked_offer(struct ctx *ctx, const struct quote *quote, struct offer *offer) MUST_USE;
/* One that was read before the lock: what may have changed of it is read again, all of it when another version is the
 * current one by now. Lines, terms and parties of a version that was sent stay. */
enum err refresh_locked_offer(struct ctx *ctx, const struct quote *quote, struct offer *offer) MUST_USE;
enum err load_locked_to_edit(struct ctx *ctx, const struct quote *quote, struct offer *offer) MUST_USE;
/* By the version's id: for orders, payments and signatures, which point at versions. */
enum err load_offer_version(struct ctx *ctx, int64_t version_id, struct offer *offer) MUST_USE;

/* The same with the VAT that was agreed also where nothing is signed: for money that came. */
enum err load_offer_agreed(struct ctx *ctx, int64_t version_id, struct offer *offer) MUST_USE;

/* In a transaction: the offer's VAT is what the customer agrees to now. From the signature on, or from a payment
 * without one, the quote is shown and invoiced with it. */
enum err agree_on_tax(struct ctx *ctx, const struct offer *offer) MUST_USE;

/* Prices the lines of an offer that is filled but not stored (the editor): VAT decisions, nets,
 * totals and facts. Needs company, customer, version, plan and lines. */
enum err price_offer(struct ctx *ctx, struct offer *offer) MUST_USE;

/* Prices the lines of a version that is not stored yet. Needs quote, version, company, customer and plan. */
enum err price_new_offer(struct ctx *ctx, const struct quote_line *lines, size_t count, struct offer *offer) MUST_USE;

/* Applies choices to the offer in memory and prices it again (preview of a recalculation). */
enum err apply_choices(struct ctx *ctx, struct offer *offer, const struct quote_choice *choices,
                       size_t count) MUST_USE;

/* True when what is used is billed, after each period: no quantity, and nothing of it in any sum. */
bool offer_line_metered(const struct offer *offer, const struct offer_line *line);

/* The parts of a line's price at its quantity (core/tier): lines of the invoice. 0 when it has no amount. */
size_t offer_line_parts(const struct offer_line *line, struct price_part parts[PRICE_PARTS_MAX]);
/* The same parts as core/pricing wants them. */
size_t offer_price_lines(const struct offer *offer, const struct offer_line *line, struct price_part parts[PRICE_PARTS_MAX],
                         struct price_line priced[PRICE_PARTS_MAX]);

/* The first period is partial: aligned to a day that is not the start. */
bool offer_first_is_partial(const struct offer *offer);

/* The customer's choices as JSON, lines in order: {"12":{"chosen":true,"quantity_e4":30000}}. */
char *offer_choices_json(struct arena *arena, const struct offer *offer);

/* "Q-2026-00042" or, from the second version on, "Q-2026-00042 v2". */
char *offer_number(struct arena *arena, const struct offer *offer);

/* The finished texts of the document in a language (words_use is set and put back). */
enum err offer_sheet(struct ctx *ctx, const struct offer *offer, const char *language,
                     struct quote_sheet *sheet) MUST_USE;

/* The unsigned document in the quote's own language: the same bytes for the same offer, so that its
 * SHA-256 is what the customer signs. */
enum err render_offer_pdf(struct ctx *ctx, const struct offer *offer, struct db_bytes *pdf) MUST_USE;

/* What the company and the customer still lack before a quote can leave: English msgids, none when
 * complete. */
size_t company_lacks(const struct company *company, const char *lacks[], size_t room);
size_t customer_lacks(const struct customer *customer, const char *lacks[], size_t room);

#endif
