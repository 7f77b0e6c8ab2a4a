/* quote: the states of an offer and what may be done with it.
 *
 * Expired and replaced are not stored in quote.state: they follow from today and from the version
 * (quote_state_now). Refusals stand in order of precedence: the first that applies is told. A quote is
 * valid through valid_until_on, that day included, as it is printed on it. */
#ifndef TACITE_CORE_QUOTE_H
#define TACITE_CORE_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quote_state {
    QUOTE_DRAFT = 1,
    QUOTE_SENT,
    QUOTE_SIGNED,    /* signed, not paid yet: frozen */
    QUOTE_CONFIRMED, /* the order exists */
    QUOTE_DECLINED,
    QUOTE_EXPIRED,   /* sent, and its validity is over */
    QUOTE_REPLACED,  /* a version that a newer one replaces */
    QUOTE_WITHDRAWN,
};

/* "draft", "sent", ...; from_name gives 0 when unknown. */
const char *quote_state_name(enum quote_state state);
enum quote_state quote_state_from_name(const char *name);
const char *quote_state_text(enum quote_state state); /* English msgid: "Sent" */

/* What it makes of an acceptance. */
enum quote_kind {
    QUOTE_NEW = 1,  /* an order, with a subscription where something recurs */
    QUOTE_RENEWAL,  /* another term of a running subscription, from a boundary on */
    QUOTE_UPSELL,   /* a change of a running subscription */
};

const char *quote_kind_name(enum quote_kind kind); /* as stored: "new", "renewal", "upsell" */
enum quote_kind quote_kind_from_name(const char *name);
const char *quote_kind_text(enum quote_kind kind); /* English msgid: "Renewal"; "" of a new one */

/* What the customer must do for the order to be confirmed. */
enum quote_acceptance {
    ACCEPTANCE_SIGNATURE = 1, /* invoice to pay later */
    ACCEPTANCE_PAYMENT,
    ACCEPTANCE_SIGNATURE_AND_PAYMENT,
};

const char *quote_acceptance_name(enum quote_acceptance acceptance); /* "signature_and_payment" */
enum quote_acceptance quote_acceptance_from_name(const char *name);
bool quote_needs_signature(enum quote_acceptance acceptance);
bool quote_needs_payment(enum quote_acceptance acceptance);

/* What is asked of the customer: where nothing is due at the start there is nothing to pay, and a quote that asks for
 * payment alone is accepted by signature. */
enum quote_acceptance quote_acceptance_now(enum quote_acceptance acceptance, int64_t today_minor);

struct quote_facts {
    enum quote_state state;      /* stored */
    bool version_is_current;     /* the version asked about is the quote's newest sent one */
    int32_t valid_until_on;
    int32_t today_on;
    enum quote_acceptance acceptance;

    /* asked before sending */
    size_t line_count;           /* that count: no sections, notes, options */
    bool has_recurring_line;
    bool has_plan;
    bool customer_complete;      /* name, address, country, mail address */
    bool company_complete;       /* what an invoice needs of the seller */
    bool priced;                 /* VAT decided for every line, totals in bounds */
    int64_t today_minor;         /* with VAT, to be paid now: all that is due, or the deposit; 0: nothing */
    bool deposit_too_high;       /* above what the order costs */
    bool gateway_ready;          /* a payment gateway is configured */
    bool rate_missing;           /* another currency than the company's, without a rate of these days */
    bool change_refused;         /* it changes a contract that does not allow it (any more) */
    bool not_charged;            /* a currency with three decimals: gateways take none that end in less than ten */
};

/* The state as people see it: expired and replaced included. */
enum quote_state quote_state_now(const struct quote_facts *facts);

enum quote_refusal {
    QUOTE_NOT_REFUSED = 1,
    QUOTE_IS_WITHDRAWN,
    QUOTE_IS_REPLACED,       /* a newer version exists */
    QUOTE_IS_CONFIRMED,
    QUOTE_IS_DECLINED,
    QUOTE_IS_SIGNED,         /* already signed */
    QUOTE_IS_NOT_SENT,       /* still a draft */
    QUOTE_IS_SENT,           /* already sent: edit makes a new version */
    QUOTE_IS_EXPIRED,
    QUOTE_IS_NOT_SIGNED,
    QUOTE_TAKES_NO_SIGNATURE,
    QUOTE_TAKES_NO_PAYMENT,
    QUOTE_HAS_CHANGED,       /* version, document hash or amount differ from what was shown */
    QUOTE_NAME_MISSING,      /* the signer's name */
    QUOTE_CONSENT_MISSING,
    QUOTE_HAS_NO_LINE,
    QUOTE_NEEDS_PLAN,        /* recurring lines without plan */
    QUOTE_VALIDITY_IS_PAST,
    QUOTE_CUSTOMER_INCOMPLETE,
    QUOTE_COMPANY_INCOMPLETE,
    QUOTE_NOT_PRICED,
    QUOTE_DEPOSIT_TOO_HIGH,
    QUOTE_GATEWAY_MISSING,
    QUOTE_RATE_MISSING,      /* of exchange: its invoice could not tell the VAT in the company's currency */
    QUOTE_NOT_CHARGED,       /* online, in this currency */
    QUOTE_NOTICE_GROWS,      /* a renewal, for a consumer, within the term that runs */
    QUOTE_CONTRACT_DIFFERS,  /* the contract that it changes has changed otherwise, or allows no change */
};

const char *quote_refusal_text(enum quote_refusal refusal); /* English msgid, "" when not refused */
const char *quote_refusal_name(enum quote_refusal refusal); /* for logs: "is_expired" */

/* What a signer sent, compared with what is stored. */
struct quote_signing {
    bool version_matches; /* the version of the form is the current one */
    bool hash_matches;    /* SHA-256 of the document that was shown */
    bool amount_matches;  /* expected amount due today */
    bool name_given;
    bool consent_given;
};

enum quote_refusal quote_may_be_edited(const struct quote_facts *facts);   /* draft; sent gives a new version */
enum quote_refusal quote_may_be_sent(const struct quote_facts *facts);
enum quote_refusal quote_may_be_signed(const struct quote_facts *facts, const struct quote_signing *signing);
enum quote_refusal quote_may_be_declined(const struct quote_facts *facts);
enum quote_refusal quote_may_be_changed(const struct quote_facts *facts);  /* customer: options, quantities */
enum quote_refusal quote_may_be_withdrawn(const struct quote_facts *facts);
enum quote_refusal quote_may_have_alternative(const struct quote_facts *facts); /* nothing is decided yet */
enum quote_refusal quote_may_be_paid(const struct quote_facts *facts);     /* a payment may start */
enum quote_refusal quote_may_be_confirmed(const struct quote_facts *facts, bool paid);

/* After sending, editing opens a new version (true) instead of changing the draft in place. */
bool quote_edit_makes_version(enum quote_state state);

#endif
