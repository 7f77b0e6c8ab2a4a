#include "core/retry.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

struct code {
    const char *code;
    enum decline_class decline;
};

/* Rule: CRD-05 (trust.md 6.5): network codes of category 1 and the gateway's own words. */
static const struct code known[] = {
    {"insufficient_funds", DECLINE_SOFT},      {"card_declined", DECLINE_SOFT},
    {"generic_decline", DECLINE_SOFT},         {"processing_error", DECLINE_SOFT},
    {"try_again_later", DECLINE_SOFT},         {"issuer_not_available", DECLINE_SOFT},
    {"card_velocity_exceeded", DECLINE_SOFT},  {"withdrawal_count_limit_exceeded", DECLINE_SOFT},
    {"do_not_honor", DECLINE_SOFT},            {"51", DECLINE_SOFT},
    {"05", DECLINE_SOFT},                      {"61", DECLINE_SOFT},
    {"65", DECLINE_SOFT},                      {"91", DECLINE_SOFT},
    {"authentication_required", DECLINE_AUTHENTICATION},
    {"expired_card", DECLINE_NEW_CARD},        {"incorrect_number", DECLINE_NEW_CARD},
    {"incorrect_cvc", DECLINE_NEW_CARD},       {"54", DECLINE_NEW_CARD},
    {"14", DECLINE_NEW_CARD},                  {"lost_card", DECLINE_HARD},
    {"stolen_card", DECLINE_HARD},             {"pickup_card", DECLINE_HARD},
    {"restricted_card", DECLINE_HARD},         {"invalid_account", DECLINE_HARD},
    {"stop_payment_order", DECLINE_HARD},      {"revocation_of_authorization", DECLINE_HARD},
    {"revocation_of_all_authorizations", DECLINE_HARD}, {"transaction_not_allowed", DECLINE_HARD},
    {"fraudulent", DECLINE_HARD},              {"04", DECLINE_HARD},
    {"07", DECLINE_HARD},                      {"12", DECLINE_HARD},
    {"15", DECLINE_HARD},                      {"41", DECLINE_HARD},
    {"43", DECLINE_HARD},                      {"46", DECLINE_HARD},
    {"57", DECLINE_HARD},                      {"R0", DECLINE_HARD},
    {"R1", DECLINE_HARD},                      {"R3", DECLINE_HARD},
};

enum decline_class decline_class_of(const char *decline_code, const char *advice_code)
{
    if (advice_code != NULL && strcmp(advice_code, "do_not_try_again") == 0)
        return DECLINE_HARD;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].code, decline_code) == 0)
            return known[i].decline;
    return DECLINE_UNKNOWN;
}

bool decline_ends_method(enum decline_class decline)
{
    return decline == DECLINE_HARD || decline == DECLINE_NEW_CARD;
}

bool decline_stops_collection(const char *decline_code)
{
    static const char *const stops[] = {"R0", "R1", "R3", "stop_payment_order", "revocation_of_authorization",
                                        "revocation_of_all_authorizations"};

    for (size_t i = 0; i < COUNT_OF(stops); i++)
        if (strcmp(stops[i], decline_code) == 0)
            return true;
    return false;
}

const char *decline_text(enum decline_class decline)
{
    switch (decline) {
    case DECLINE_SOFT:
    case DECLINE_UNKNOWN: return N_("Your bank declined the card. Nothing was charged.");
    case DECLINE_AUTHENTICATION: return N_("Your bank asks you to confirm this payment yourself.");
    case DECLINE_NEW_CARD: return N_("The card has expired or its details are wrong. Please use another card.");
    case DECLINE_HARD: return N_("This card can no longer be used. Please use another card.");
    }
    return "";
}

bool retry_may_follow(enum decline_class decline, int tries)
{
    return tries < RETRY_TRIES_MAX_30_DAYS && (decline == DECLINE_SOFT || (decline == DECLINE_UNKNOWN && tries <= 1));
}
