/* amending: changes of a running contract: previewed, planned, applied, undone.
 *
 * core/amendment decides; preview and application ask it with the same facts, so what is shown is what is issued. One
 * transaction per amendment holds its lines, schedule, credit notes, invoice, journal, histories and mails. What takes
 * effect later is stored as a wish and decided again on its day by the batch, before that day's renewals and after those
 * of the days before; until then it can be undone. One change of a subscription waits at a time: a UNIQUE key. */
#ifndef TACITE_SERVICE_AMENDING_H
#define TACITE_SERVICE_AMENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/amendment.h"
#include "core/term.h"
#include "core/totals.h"
#include "service/once.h"
#include "store/amendment.h"

enum { AMENDING_LINES_MAX = 100 };

enum amending_act {
    AMENDING_SET = 1, /* another quantity */
    AMENDING_REMOVE,
    AMENDING_ADD,     /* a product at its price in the plan, or at the seller's */
    AMENDING_ADD_ONCE /* sold once, at its one-time price, or at the seller's */
};

struct amending_line {
    enum amending_act act;
    int32_t slot;        /* of a line that is there */
    int64_t product_id;  /* of one that is added */
    int64_t quantity_e4;
    bool own_price;      /* of one that is added: at unit_price_e4 for each, whatever the lists say */
    int64_t unit_price_e4;
    int32_t discount_ppm;     /* off each period of the line, or off what is sold once: a percentage or an amount */
    int64_t discount_minor;
    int32_t discount_periods; /* 0: for ever */
};

/* Where a refusal belongs. */
enum amending_place { AMENDING_AT_FORM = 1, AMENDING_AT_DAY, AMENDING_AT_LINE, AMENDING_AT_PLAN, AMENDING_AT_RESUME, AMENDING_AT_CUSTOMER, AMENDING_AT_OWNER,
                     AMENDING_AT_DISCOUNT, AMENDING_AT_COUPON,
                     AMENDING_AT_CARD /* another outcome than what was shown */ };

/* A sentence of the arithmetic: "18 of 31 days of 36.00 = 20.90". Amounts as they are priced. */
struct amending_step {
    const char *description; /* of the line */
    int64_t quantity_e4;     /* 0: not said */
    struct period period;    /* PERIOD_NONE: sold once */
    int32_t days;
    int32_t of_days;
    int64_t of_minor;        /* the whole period, or what was invoiced */
    int64_t of_quantity_e4;  /* credits: of how many; 0: not said */
    int64_t minor;           /* credits negative */
    const char *invoice;     /* credits: the number that is corrected; "" */
};

/* A bill to come, incl. VAT: without the change, and with it. */
enum { AMENDING_BILLS = 3 };
struct amending_bill {
    int32_t due_on;
    int64_t before_minor; /* none on that day: 0 */
    int64_t after_minor;
};

struct amending {
    /* what is wished */
    int64_t subscription_id;
    enum amendment_kind kind;
    enum amendment_when when;
    int32_t on;
    bool credit;
    bool agreed;         /* AMENDMENT_CLOSE: commitment, term and notice are waived */
    const struct amending_line *lines;
    size_t line_count;
    int64_t plan_id;     /* AMENDMENT_LINES: every line goes on at its price in this plan; 0: as it is */
    bool keep_anchor;
    int32_t resume_on;
    int64_t customer_id; /* AMENDMENT_TRANSFER, to another customer */
    int64_t owner_id;    /* AMENDMENT_TRANSFER, to another of the seller's people */
    int64_t quote_id;    /* the quote that it comes from; 0: none */
    bool renews;         /* a renewal quote: its lines and discounts, its next term, in the place of whatever runs then */
    const struct discounts *discounts; /* of a renewal; NULL: none */
    const struct amendment_item_row *items; /* of a quote, instead of lines: what was agreed */
    size_t item_count;
    const struct amendment_terms *terms; /* of a renewal: what its quote says of term, commitment, notice; NULL: as they are */
    /* AMENDMENT_DISCOUNT: of the document, from the first period that begins on the day and of which nothing is invoiced */
    const struct discount *ends; /* by what they take off and their code */
    size_t end_count;
    struct discount own;         /* the seller's own that begins; neither a percentage nor an amount: none */
    const char *coupon;          /* a code as typed whose discount begins; NULL or "": none */
    int64_t order_id;    /* of the accepted quote whose invoice it issues; 0: none */
    bool paid;           /* that invoice is paid in this transaction */
    const char *reason;
    const char *shown;   /* amending_shown of the preview that is confirmed: what comes to another sum or day by now is refused; NULL: not asked */

    /* the answer */
    const char *refusal; /* English msgid; NULL: not refused */
    enum amending_place refused_at;
    size_t refused_line; /* index in lines, for AMENDING_AT_LINE */
    int32_t effective_on;
    bool planned;
    struct subscription before;
    struct subscription after;       /* as it is from effective_on on */
    const struct subscription_line *after_lines; /* in force then */
    size_t after_line_count;
    const struct amending_step *steps; /* charges, then credits */
    size_t step_count;
    struct totals charged;           /* of the invoice; gross 0: none */
    int64_t credited_net_minor;      /* of the credit notes */
    int64_t credited_vat_minor;
    int64_t credited_minor;
    int32_t banked_days;
    int32_t resumes_on;
    int32_t announced_on;            /* an announced price goes on from then; DATE_NONE: none */
    bool announced_ends;             /* one goes with its line */
    bool discount_ends;              /* with another recurrence */
    int32_t next_due_on;             /* the next period's bill after it */
    struct amending_bill bills[AMENDING_BILLS]; /* of a change of discounts, in a preview */
    size_t bill_count;
    const struct amendment_item_row *made; /* the wish as items with prices */
    size_t made_count;
    int64_t amendment_id;
    const struct invoice *issued;    /* of what is charged; NULL: none */
    const char *url;                 /* where once leads */
};

/* What would happen; writes nothing. In a transaction of the caller's the contract is locked. */
enum err preview_amendment(struct ctx *ctx, struct amending *a) MUST_USE;

/* Of a preview that is not refused: the day, what is charged and given back, and the period's price after it, as a form
 * keeps them until they are confirmed. */
const char *amending_shown(struct arena *arena, const struct amending *a);

/* Does it, or stores it for its day. ERR_DUPLICATE: the token was used. */
enum err make_amendment(struct ctx *ctx, struct amending *a, const struct once *once) MUST_USE;

/* The contract on the day on which such a wish would take effect (kind, when, on): the answer's effective_on and before, and
 * the lines in force then, in their order. Locked in a transaction of the caller's. */
struct subscription_line;
enum err contract_to_amend(struct ctx *ctx, struct amending *a, const struct subscription_line **lines, size_t *count) MUST_USE;

/* Stores a wish for its day, in the caller's transaction. Refused when it would take effect today. */
enum err plan_amendment(struct ctx *ctx, struct amending *a) MUST_USE;

/* What make_amendment does, in the caller's transaction, which books nothing after it but what pays for it. ids:
 * AMENDING_IDS of them. */
enum { AMENDING_IDS = 16 };
struct invoice_ids;
enum err carry_out_amendment(struct ctx *ctx, struct amending *a, const struct invoice_ids *ids) MUST_USE;

struct undoing {
    const char *refusal;
    const char *url;
};
/* Takes back what waits for its day. */
enum err undo_amendment(struct ctx *ctx, int64_t subscription_id, int64_t amendment_id, const struct once *once,
                        struct undoing *undoing) MUST_USE;

/* Hands running subscriptions over to another of the seller's people, all or none. Those that are the person's already
 * stay as they are. */
enum { HANDING_MAX = 100 };
struct handing {
    const int64_t *subscription_ids;
    size_t count;
    int64_t owner_id;
    const char *reason;

    const char *refusal; /* English msgid */
    size_t refused;      /* index of the subscription; count: none of them, the person */
    size_t handed;
    const char *url;
};
enum err hand_over(struct ctx *ctx, struct handing *handing, const struct once *once) MUST_USE;

struct amending_run {
    int64_t applied;
    int64_t failed;
    bool dry_run;
    bool (*stop)(void); /* may be NULL */
};
/* Applies what is due: planned amendments and pauses whose end was planned. One that is refused by now fails with its
 * reason and an item for a person. */
enum err apply_amendments(struct ctx *ctx, struct amending_run *run) MUST_USE;

/* The contract as the next bill finds it: with the change that waits when its day comes no later; else as it is stored. */
enum err planned_contract(struct ctx *ctx, struct subscription *s, struct subscription_line **lines, size_t *count) MUST_USE;

#endif
