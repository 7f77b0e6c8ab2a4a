#include "core/mandate.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "core/date.h"

#define N_(text) text

enum { MONTHS = 36, MONTHS_WARNING = 33 };

static const char *const state_name[] = {"", "draft", "active", "suspended", "revoked", "expired", "used"};

const char *sepa_scheme_name(enum sepa_scheme scheme)
{
    return scheme == SCHEME_B2B ? "b2b" : "core";
}

const char *sepa_scheme_code(enum sepa_scheme scheme)
{
    return scheme == SCHEME_B2B ? "B2B" : "CORE";
}

enum sepa_scheme sepa_scheme_from_name(const char *name)
{
    return strcmp(name, "b2b") == 0 ? SCHEME_B2B : SCHEME_CORE;
}

const char *mandate_state_name(enum mandate_state state)
{
    CHECK(state >= MANDATE_DRAFT && state <= MANDATE_USED);
    return state_name[state];
}

enum mandate_state mandate_state_from_name(const char *name)
{
    for (int i = 1; i <= MANDATE_STATES; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum mandate_state)i;
    return (enum mandate_state)0;
}

const char *mandate_state_text(enum mandate_state state)
{
    switch (state) {
    case MANDATE_DRAFT: return N_("Waiting for the signature");
    case MANDATE_ACTIVE: return N_("In force");
    case MANDATE_SUSPENDED: return N_("Suspended: the account cannot be debited");
    case MANDATE_REVOKED: return N_("Revoked");
    case MANDATE_EXPIRED: return N_("Expired");
    case MANDATE_USED: return N_("Used up");
    }
    return "";
}

bool mandate_next(enum mandate_state state, enum mandate_event event, enum mandate_state *next)
{
    static const struct {
        enum mandate_state state;
        enum mandate_event event;
        enum mandate_state next;
    } move[] = {
        {MANDATE_DRAFT, MANDATE_SIGNS, MANDATE_ACTIVE},
        {MANDATE_DRAFT, MANDATE_REVOKES, MANDATE_REVOKED},
        {MANDATE_ACTIVE, MANDATE_AMENDS, MANDATE_ACTIVE},
        {MANDATE_ACTIVE, MANDATE_SUSPENDS, MANDATE_SUSPENDED},
        {MANDATE_ACTIVE, MANDATE_REVOKES, MANDATE_REVOKED},
        {MANDATE_ACTIVE, MANDATE_EXPIRES, MANDATE_EXPIRED},
        {MANDATE_ACTIVE, MANDATE_FINISHES, MANDATE_USED},
        {MANDATE_SUSPENDED, MANDATE_AMENDS, MANDATE_ACTIVE},
        {MANDATE_SUSPENDED, MANDATE_SUSPENDS, MANDATE_SUSPENDED},
        {MANDATE_SUSPENDED, MANDATE_REVOKES, MANDATE_REVOKED},
        {MANDATE_SUSPENDED, MANDATE_EXPIRES, MANDATE_EXPIRED},
        {MANDATE_USED, MANDATE_RETRACTS, MANDATE_ACTIVE},
        {MANDATE_USED, MANDATE_REVOKES, MANDATE_REVOKED}, /* its last collection came back as unauthorised */
        {MANDATE_EXPIRED, MANDATE_REVOKES, MANDATE_REVOKED},
    };

    *next = state;
    for (size_t i = 0; i < COUNT_OF(move); i++)
        if (move[i].state == state && move[i].event == event) {
            *next = move[i].next;
            return true;
        }
    return false;
}

static int32_t counted_from(int32_t signed_on, int32_t last_collected_on)
{
    return last_collected_on == DATE_NONE ? signed_on : last_collected_on;
}

int32_t mandate_expires_on(int32_t signed_on, int32_t last_collected_on)
{
    return date_add_months(counted_from(signed_on, last_collected_on), MONTHS) - 1;
}

int32_t mandate_warns_on(int32_t signed_on, int32_t last_collected_on)
{
    return date_add_months(counted_from(signed_on, last_collected_on), MONTHS_WARNING);
}

const char *sequence_type_code(enum sequence_type type)
{
    static const char *const code[] = {"", "FRST", "RCUR", "OOFF", "FNAL"};

    CHECK(type >= SEQUENCE_FIRST && type <= SEQUENCE_FINAL);
    return code[type];
}

bool sequence_finishes(const char *code)
{
    return strcmp(code, sequence_type_code(SEQUENCE_ONE_OFF)) == 0 || strcmp(code, sequence_type_code(SEQUENCE_FINAL)) == 0;
}

enum sequence_type mandate_sequence(bool one_off, bool final, bool collected_before, bool mark_first)
{
    if (one_off)
        return SEQUENCE_ONE_OFF;
    if (final)
        return SEQUENCE_FINAL;
    return mark_first && !collected_before ? SEQUENCE_FIRST : SEQUENCE_RECURRENT;
}

enum collection_refusal collection_may_be_made(const struct collection_facts *f, int32_t collection_on)
{
    if (f->state == MANDATE_EXPIRED)
        return COLLECTION_EXPIRED;
    if (f->state != MANDATE_ACTIVE || (f->one_off && f->last_collected_on != DATE_NONE))
        return COLLECTION_NO_MANDATE;
    if (collection_on >= mandate_expires_on(f->signed_on, f->last_collected_on))
        return COLLECTION_EXPIRED;
    if (f->b2b && f->confirmed_on == DATE_NONE)
        return COLLECTION_NOT_CONFIRMED;
    if (strcmp(f->currency, "EUR") != 0)
        return COLLECTION_NOT_EURO;
    if (f->amount_minor < 1 || f->amount_minor > COLLECTION_MAX_MINOR)
        return COLLECTION_AMOUNT;
    if (f->noticed_on == DATE_NONE)
        return COLLECTION_NOT_NOTICED;
    if (collection_on < f->noticed_on + (f->notice_days < 1 ? 1 : f->notice_days))
        return COLLECTION_TOO_SOON;
    if (f->outside_eea && !f->has_bic)
        return COLLECTION_NO_BIC;
    if (f->outside_eea && !f->has_address)
        return COLLECTION_NO_ADDRESS;
    return COLLECTION_NOT_REFUSED;
}

const char *collection_refusal_text(enum collection_refusal refusal)
{
    switch (refusal) {
    case COLLECTION_NOT_REFUSED: return "";
    case COLLECTION_NO_MANDATE: return N_("There is no mandate in force.");
    case COLLECTION_EXPIRED: return N_("The mandate was not used for 36 months and has expired.");
    case COLLECTION_NOT_CONFIRMED: return N_("The customer's bank has not confirmed the mandate yet.");
    case COLLECTION_NOT_EURO: return N_("Direct debits are in euro only.");
    case COLLECTION_AMOUNT: return N_("A direct debit is at least 0.01 and at most 999,999,999.99 euro.");
    case COLLECTION_NOT_NOTICED: return N_("The customer has not been told of this direct debit yet.");
    case COLLECTION_TOO_SOON: return N_("The customer was told too late for this day.");
    case COLLECTION_NO_BIC: return N_("The account is outside the EEA: the BIC of its bank is missing.");
    case COLLECTION_NO_ADDRESS: return N_("The account is outside the EEA: the customer's town and country are missing.");
    }
    return "";
}

struct mandate_amendment mandate_amendment(const struct mandate_terms *collected, const struct mandate_terms *now)
{
    struct mandate_amendment amendment = {0};

    if (collected == NULL)
        return amendment;
    if (strcasecmp(collected->reference, now->reference) != 0)
        amendment.reference = collected->reference;
    if (strcmp(collected->creditor_name, now->creditor_name) != 0)
        amendment.creditor_name = collected->creditor_name;
    if (strcmp(collected->creditor_id, now->creditor_id) != 0)
        amendment.creditor_id = collected->creditor_id;
    amendment.account = strcmp(collected->iban, now->iban) != 0;
    amendment.any = amendment.reference != NULL || amendment.creditor_name != NULL || amendment.creditor_id != NULL || amendment.account;
    return amendment;
}
