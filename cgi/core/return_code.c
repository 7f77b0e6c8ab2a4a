#include "core/return_code.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/target_day.h"

#define N_(text) text
#define STAYS ((enum mandate_event)0)

static const struct return_rule rule[] = {
    {"AM04", RETURN_SOFT, STAYS, CONTACT_PAY_LINK, false, N_("Not enough money on the account")},
    {"MS03", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The bank gives no reason")},
    {"AG02", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("Wrong kind of operation for this mandate")},
    {"FF01", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("Wrong file format")},
    {"FF05", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The bank knows no such kind of direct debit")},
    {"AM05", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The bank holds it for a duplicate")},
    {"DNOR", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The payer's bank does not take part")},
    {"CNOR", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("Our bank does not take part")},
    {"RC01", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The BIC is wrong")},
    {"BE05", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("The creditor identifier is not known")},
    {"MD02", RETURN_TECHNICAL, STAYS, CONTACT_NONE, true, N_("Details of the mandate are missing or wrong")},
    {"AC01", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The account number is wrong")},
    {"AC04", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The account is closed")},
    {"AC06", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The account is blocked")},
    {"AC13", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("A consumer's account cannot be debited by B2B")},
    {"RR01", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The bank misses the payer's account or identification")},
    {"RR02", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The bank misses the payer's name or address")},
    {"RR03", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, true, N_("The bank misses our name or address")},
    {"RR04", RETURN_HARD, STAYS, CONTACT_NONE, true, N_("A regulation forbids it")},
    {"AG01", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("This account does not allow direct debits")},
    {"SL01", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_NEW_DETAILS, false, N_("The payer has this creditor blocked at the bank")},
    {"MD01", RETURN_HARD, MANDATE_REVOKES, CONTACT_NONE, true, N_("The payer says that there is no valid mandate")},
    {"MD07", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_SILENCE, true, N_("The payer has died")},
    {"MS02", RETURN_HARD, MANDATE_SUSPENDS, CONTACT_PAY_LINK, true, N_("The payer refused it")},
    {"MD06", RETURN_DISPUTE, STAYS, CONTACT_PAY_LINK, true, N_("The payer asked for the money back")},
};
static const struct return_rule unknown = {"", RETURN_HARD, STAYS, CONTACT_NONE, true, N_("A reason that we do not know")};

const struct return_rule *return_rule_of(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(rule); i++)
        if (strcmp(rule[i].code, code) == 0)
            return &rule[i];
    return &unknown;
}

const struct return_rule *return_rules(size_t *count)
{
    *count = COUNT_OF(rule);
    return rule;
}

struct return_outcome return_outcome(const struct return_rule *r, enum attempt_state state)
{
    struct return_outcome outcome = {.claim = CLAIM_STAYS};

    switch (state) {
    case ATTEMPT_PENDING:
        outcome = (struct return_outcome){true, ATTEMPT_DECLINES, CLAIM_STAYS, r->person};
        break;
    case ATTEMPT_SUCCEEDED:
        outcome = (struct return_outcome){true, ATTEMPT_REVERSES, CLAIM_REOPENS, r->person};
        break;
    case ATTEMPT_DECLINED:
    case ATTEMPT_REVERSED:
        break; /* known: the same return in another file, or a late reject after it */
    case ATTEMPT_READY:
    case ATTEMPT_SENDING:
    case ATTEMPT_UNKNOWN:
    case ATTEMPT_ACTION:
    case ATTEMPT_NOT_SENT:
    case ATTEMPT_PARTLY_REVERSED:
    case ATTEMPT_OPERATOR:
        outcome.person = true; /* the bank returns what we never handed over */
        break;
    }
    return outcome;
}

int32_t return_retry_on(const struct return_rule *r, int32_t returned_on, int retries_done)
{
    return r->class == RETURN_SOFT && retries_done < RETURN_RETRIES ? target_add(returned_on, RETURN_RETRY_DAYS) : DATE_NONE;
}

int32_t collection_settles_on(enum sepa_scheme scheme, int32_t collected_on)
{
    return target_add(collected_on, scheme == SCHEME_B2B ? 3 : 5);
}

int32_t refund_until_on(enum sepa_scheme scheme, bool authorised, int32_t collected_on)
{
    static const struct {
        enum sepa_scheme scheme;
        bool authorised;
        int days, months;
    } window[] = {
        {SCHEME_CORE, true, 56, 0},
        {SCHEME_CORE, false, 0, 13},
        {SCHEME_B2B, true, 0, 0},
        {SCHEME_B2B, false, 0, 13},
    };

    for (size_t i = 0; i < COUNT_OF(window); i++)
        if (window[i].scheme == scheme && window[i].authorised == authorised)
            return date_add_months(collected_on, window[i].months) + window[i].days;
    return collected_on;
}
