#include "core/quote.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const state_name[] = {"",         "draft",   "sent",     "signed",   "confirmed",
                                         "declined", "expired", "replaced", "withdrawn"};
static const char *const acceptance_name[] = {"", "signature", "payment", "signature_and_payment"};
static const char *const refusal_name[] = {
    "",               "not_refused",     "is_withdrawn",  "is_replaced",          "is_confirmed",
    "is_declined",    "is_signed",       "is_not_sent",   "is_sent",              "is_expired",
    "is_not_signed",  "takes_no_signature", "takes_no_payment", "has_changed",    "name_missing",
    "consent_missing", "has_no_line",    "needs_plan",    "validity_is_past",     "customer_incomplete",
    "company_incomplete", "not_priced",  "deposit_too_high",  "gateway_missing", "rate_missing", "not_charged", "notice_grows",
    "contract_differs"};
static const char *const kind_name[] = {"", "new", "renewal", "upsell"};

const char *quote_state_name(enum quote_state state)
{
    CHECK(state >= QUOTE_DRAFT && state <= QUOTE_WITHDRAWN);
    return state_name[state];
}

enum quote_state quote_state_from_name(const char *name)
{
    for (int i = QUOTE_DRAFT; i <= QUOTE_WITHDRAWN; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum quote_state)i;
    return (enum quote_state)0;
}

const char *quote_state_text(enum quote_state state)
{
    switch (state) {
    case QUOTE_DRAFT: return N_("Draft");
    case QUOTE_SENT: return N_("Sent");
    case QUOTE_SIGNED: return N_("Signed, to be paid");
    case QUOTE_CONFIRMED: return N_("Confirmed");
    case QUOTE_DECLINED: return N_("Declined");
    case QUOTE_EXPIRED: return N_("Expired");
    case QUOTE_REPLACED: return N_("Replaced");
    case QUOTE_WITHDRAWN: return N_("Withdrawn");
    }
    return "";
}

const char *quote_kind_name(enum quote_kind kind)
{
    CHECK(kind >= QUOTE_NEW && kind <= QUOTE_UPSELL);
    return kind_name[kind];
}

enum quote_kind quote_kind_from_name(const char *name)
{
    for (int i = QUOTE_NEW; i <= QUOTE_UPSELL; i++)
        if (strcmp(kind_name[i], name) == 0)
            return (enum quote_kind)i;
    return (enum quote_kind)0;
}

const char *quote_kind_text(enum quote_kind kind)
{
    switch (kind) {
    case QUOTE_NEW: return "";
    case QUOTE_RENEWAL: return N_("Renewal");
    case QUOTE_UPSELL: return N_("Change of a subscription");
    }
    return "";
}

const char *quote_acceptance_name(enum quote_acceptance acceptance)
{
    CHECK(acceptance >= ACCEPTANCE_SIGNATURE && acceptance <= ACCEPTANCE_SIGNATURE_AND_PAYMENT);
    return acceptance_name[acceptance];
}

enum quote_acceptance quote_acceptance_from_name(const char *name)
{
    for (int i = ACCEPTANCE_SIGNATURE; i <= ACCEPTANCE_SIGNATURE_AND_PAYMENT; i++)
        if (strcmp(acceptance_name[i], name) == 0)
            return (enum quote_acceptance)i;
    return (enum quote_acceptance)0;
}

enum quote_acceptance quote_acceptance_now(enum quote_acceptance acceptance, int64_t today_minor)
{
    return acceptance == ACCEPTANCE_PAYMENT && today_minor == 0 ? ACCEPTANCE_SIGNATURE : acceptance;
}

bool quote_needs_signature(enum quote_acceptance acceptance)
{
    return acceptance != ACCEPTANCE_PAYMENT;
}

bool quote_needs_payment(enum quote_acceptance acceptance)
{
    return acceptance != ACCEPTANCE_SIGNATURE;
}

enum quote_state quote_state_now(const struct quote_facts *facts)
{
    if (facts->state != QUOTE_SENT)
        return facts->state;
    if (!facts->version_is_current)
        return QUOTE_REPLACED;
    return facts->today_on > facts->valid_until_on ? QUOTE_EXPIRED : QUOTE_SENT;
}

const char *quote_refusal_name(enum quote_refusal refusal)
{
    CHECK(refusal >= QUOTE_NOT_REFUSED && refusal <= QUOTE_CONTRACT_DIFFERS);
    return refusal_name[refusal];
}

const char *quote_refusal_text(enum quote_refusal refusal)
{
    switch (refusal) {
    case QUOTE_NOT_REFUSED: return "";
    case QUOTE_IS_WITHDRAWN: return N_("This quote was withdrawn by the seller.");
    case QUOTE_IS_REPLACED: return N_("This version was replaced by a newer one.");
    case QUOTE_IS_CONFIRMED: return N_("This quote is already confirmed.");
    case QUOTE_IS_DECLINED: return N_("This quote was declined.");
    case QUOTE_IS_SIGNED: return N_("This quote is already signed.");
    case QUOTE_IS_NOT_SENT: return N_("This quote has not been sent yet.");
    case QUOTE_IS_SENT: return N_("This quote was already sent.");
    case QUOTE_IS_EXPIRED: return N_("This quote has expired.");
    case QUOTE_IS_NOT_SIGNED: return N_("Please sign the quote first.");
    case QUOTE_TAKES_NO_SIGNATURE: return N_("This quote needs no signature.");
    case QUOTE_TAKES_NO_PAYMENT: return N_("This quote is not paid online.");
    case QUOTE_HAS_CHANGED: return N_("The quote has changed since it was shown. Nothing was recorded: please read it again.");
    case QUOTE_NAME_MISSING: return N_("Enter your first and last name");
    case QUOTE_CONSENT_MISSING: return N_("Tick the box to accept the quote and its terms");
    case QUOTE_HAS_NO_LINE: return N_("The quote has no line that counts.");
    case QUOTE_NEEDS_PLAN: return N_("Recurring lines need a plan.");
    case QUOTE_VALIDITY_IS_PAST: return N_("The validity lies in the past.");
    case QUOTE_CUSTOMER_INCOMPLETE: return N_("The customer's name, address, country or e-mail address is missing.");
    case QUOTE_COMPANY_INCOMPLETE: return N_("The company's settings are not complete.");
    case QUOTE_NOT_PRICED: return N_("A price or a VAT rate is missing.");
    case QUOTE_DEPOSIT_TOO_HIGH: return N_("The deposit is above what the order costs.");
    case QUOTE_GATEWAY_MISSING: return N_("Payment online is required, but no payment gateway is set up.");
    case QUOTE_RATE_MISSING: return N_("There is no exchange rate of these days for the quote's currency.");
    case QUOTE_NOT_CHARGED: return N_("Cards are not charged in this currency: let the customer sign, and pay the invoice by transfer.");
    case QUOTE_NOTICE_GROWS: return N_("A consumer's notice does not grow while the present term runs: let the renewal start when it ends.");
    case QUOTE_CONTRACT_DIFFERS: return N_("The subscription has changed since this quote was made: it cannot be accepted as it is. A new one is needed.");
    }
    return "";
}

/* What a state forbids for everything that the customer does. */
static enum quote_refusal closed(const struct quote_facts *facts)
{
    switch (facts->state) {
    case QUOTE_WITHDRAWN: return QUOTE_IS_WITHDRAWN;
    case QUOTE_CONFIRMED: return QUOTE_IS_CONFIRMED;
    case QUOTE_DECLINED: return QUOTE_IS_DECLINED;
    case QUOTE_REPLACED: return QUOTE_IS_REPLACED;
    case QUOTE_DRAFT:
    case QUOTE_SENT:
    case QUOTE_SIGNED:
    case QUOTE_EXPIRED: break;
    }
    return facts->version_is_current ? QUOTE_NOT_REFUSED : QUOTE_IS_REPLACED;
}

/* Open for an answer: sent, current, not signed, valid today. */
static enum quote_refusal unanswered(const struct quote_facts *facts)
{
    enum quote_refusal refusal = closed(facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (facts->state == QUOTE_SIGNED)
        return QUOTE_IS_SIGNED;
    if (facts->state == QUOTE_DRAFT)
        return QUOTE_IS_NOT_SENT;
    return facts->today_on > facts->valid_until_on ? QUOTE_IS_EXPIRED : QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_edited(const struct quote_facts *facts)
{
    switch (facts->state) {
    case QUOTE_WITHDRAWN: return QUOTE_IS_WITHDRAWN;
    case QUOTE_CONFIRMED: return QUOTE_IS_CONFIRMED;
    case QUOTE_SIGNED: return QUOTE_IS_SIGNED;
    case QUOTE_DECLINED:
    case QUOTE_REPLACED:
    case QUOTE_DRAFT:
    case QUOTE_SENT:
    case QUOTE_EXPIRED: return QUOTE_NOT_REFUSED;
    }
    return QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_sent(const struct quote_facts *facts)
{
    enum quote_refusal refusal = quote_may_be_edited(facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (facts->line_count == 0)
        return QUOTE_HAS_NO_LINE;
    if (facts->has_recurring_line && !facts->has_plan)
        return QUOTE_NEEDS_PLAN;
    if (facts->valid_until_on < facts->today_on)
        return QUOTE_VALIDITY_IS_PAST;
    if (!facts->customer_complete)
        return QUOTE_CUSTOMER_INCOMPLETE;
    if (!facts->company_complete)
        return QUOTE_COMPANY_INCOMPLETE;
    if (facts->change_refused)
        return QUOTE_CONTRACT_DIFFERS;
    if (!facts->priced)
        return QUOTE_NOT_PRICED;
    if (facts->deposit_too_high)
        return QUOTE_DEPOSIT_TOO_HIGH;
    if (quote_needs_payment(facts->acceptance) && facts->today_minor > 0 && !facts->gateway_ready)
        return QUOTE_GATEWAY_MISSING;
    if (facts->rate_missing)
        return QUOTE_RATE_MISSING;
    if (quote_needs_payment(facts->acceptance) && facts->today_minor > 0 && facts->not_charged)
        return QUOTE_NOT_CHARGED;
    return QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_signed(const struct quote_facts *facts, const struct quote_signing *signing)
{
    enum quote_refusal refusal = unanswered(facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (!quote_needs_signature(facts->acceptance))
        return QUOTE_TAKES_NO_SIGNATURE;
    if (facts->change_refused)
        return QUOTE_CONTRACT_DIFFERS;
    if (!signing->version_matches || !signing->hash_matches || !signing->amount_matches)
        return QUOTE_HAS_CHANGED;
    if (!signing->name_given)
        return QUOTE_NAME_MISSING;
    return signing->consent_given ? QUOTE_NOT_REFUSED : QUOTE_CONSENT_MISSING;
}

enum quote_refusal quote_may_be_declined(const struct quote_facts *facts)
{
    enum quote_refusal refusal = unanswered(facts);

    return refusal == QUOTE_IS_EXPIRED ? QUOTE_NOT_REFUSED : refusal;
}

enum quote_refusal quote_may_be_changed(const struct quote_facts *facts)
{
    return unanswered(facts);
}

enum quote_refusal quote_may_have_alternative(const struct quote_facts *facts)
{
    switch (facts->state) {
    case QUOTE_SIGNED: return QUOTE_IS_SIGNED;
    case QUOTE_CONFIRMED: return QUOTE_IS_CONFIRMED;
    case QUOTE_DECLINED: return QUOTE_IS_DECLINED;
    case QUOTE_WITHDRAWN: return QUOTE_IS_WITHDRAWN;
    case QUOTE_DRAFT:
    case QUOTE_SENT:
    case QUOTE_EXPIRED:
    case QUOTE_REPLACED: return QUOTE_NOT_REFUSED;
    }
    return QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_withdrawn(const struct quote_facts *facts)
{
    if (facts->state == QUOTE_WITHDRAWN)
        return QUOTE_IS_WITHDRAWN;
    return facts->state == QUOTE_CONFIRMED ? QUOTE_IS_CONFIRMED : QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_paid(const struct quote_facts *facts)
{
    enum quote_refusal refusal = closed(facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (!quote_needs_payment(facts->acceptance))
        return QUOTE_TAKES_NO_PAYMENT;
    refusal = !quote_needs_signature(facts->acceptance) ? unanswered(facts)
              : facts->state == QUOTE_SIGNED            ? QUOTE_NOT_REFUSED
                                                        : QUOTE_IS_NOT_SIGNED;
    return refusal == QUOTE_NOT_REFUSED && facts->change_refused ? QUOTE_CONTRACT_DIFFERS : refusal;
}

enum quote_refusal quote_may_be_confirmed(const struct quote_facts *facts, bool paid)
{
    enum quote_refusal refusal = closed(facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (quote_needs_signature(facts->acceptance) && facts->state != QUOTE_SIGNED)
        return QUOTE_IS_NOT_SIGNED;
    return !quote_needs_payment(facts->acceptance) || paid || facts->today_minor == 0 ? QUOTE_NOT_REFUSED
                                                                                       : QUOTE_TAKES_NO_PAYMENT;
}

bool quote_edit_makes_version(enum quote_state state)
{
    return state != QUOTE_DRAFT;
}
