#include "core/retry.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "core/date.h"

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
    /* of a request that the gateway refuses: "method_refused" and "request_refused" are our words where it names no code */
    {"resource_missing", DECLINE_NEW_CARD},    {"method_refused", DECLINE_NEW_CARD},
    {"request_refused", DECLINE_REQUEST},      {"amount_too_small", DECLINE_REQUEST},
    {"amount_too_large", DECLINE_REQUEST},     {"parameter_invalid_integer", DECLINE_REQUEST},
    {"parameter_missing", DECLINE_REQUEST},    {"parameter_unknown", DECLINE_REQUEST},
    {"parameter_invalid_empty", DECLINE_REQUEST}, {"invalid_charge_amount", DECLINE_REQUEST},
    {"currency_not_supported", DECLINE_REQUEST}, {"payment_method_unactivated", DECLINE_REQUEST},
};

/* Rule: CRD-04, CRD-05: what the scheme advises goes before the code. 0: the code says. "04" and "22" want a person: until
 * one has looked, nothing is tried with the card. */
static const struct advice {
    const char *advice;
    enum decline_class decline;
    int wait_hours; /* before the next try */
} advised[] = {
    {"do_not_try_again", DECLINE_HARD, 0}, {"confirm_card_data", DECLINE_NEW_CARD, 0}, {"try_again_later", 0, 0},
    {"01", DECLINE_NEW_CARD, 0},           {"02", DECLINE_SOFT, 72},                   {"03", DECLINE_HARD, 0},
    {"04", DECLINE_HARD, 0},               {"21", DECLINE_HARD, 0},                    {"22", DECLINE_HARD, 0},
    {"24", DECLINE_SOFT, 1},               {"25", DECLINE_SOFT, 24},                   {"26", DECLINE_SOFT, 2 * 24},
    {"27", DECLINE_SOFT, 4 * 24},          {"28", DECLINE_SOFT, 6 * 24},               {"29", DECLINE_SOFT, 8 * 24},
    {"30", DECLINE_SOFT, 10 * 24},
};

enum { UNKNOWN_WAIT_DAYS = 3 }; /* CRD-05: an unknown code is tried once more, then not again */

/* What is counted together. */
enum cap_scope {
    CAP_PAYABLE = 1, /* one card for one invoice */
    CAP_AMOUNT,      /* one card for one amount in one currency */
    CAP_CARD,        /* one card */
};

/* Rule: CRD-03, CRD-04 (trust.md 6.5). At most `tries` declines within any `hours` before a new try; holds for tries on
 * from_on or later, until a later row of the same brand, scope and hours. */
static const struct cap {
    const char *brand; /* "" every one */
    enum cap_scope scope;
    int hours;
    int tries;
    const char *from_on;
} caps[] = {
    {"", CAP_PAYABLE, 24, 1, "1970-01-01"}, /* a day apart */
    {"", CAP_PAYABLE, 30 * 24, RETRY_TRIES_MAX_30_DAYS, "1970-01-01"},
    {"visa", CAP_AMOUNT, 30 * 24, 15, "1970-01-01"},
    {"visa", CAP_AMOUNT, 30 * 24, 20, "2025-05-19"},
    {"mastercard", CAP_CARD, 24, 10, "1970-01-01"},
    {"mastercard", CAP_CARD, 30 * 24, 35, "1970-01-01"},
    {"other", CAP_CARD, 24, 10, "1970-01-01"}, /* schemes that publish none, or that we do not know */
    {"other", CAP_AMOUNT, 30 * 24, 15, "1970-01-01"},
};

static const struct advice *advice_of(const char *advice_code)
{
    for (size_t i = 0; advice_code != NULL && i < COUNT_OF(advised); i++)
        if (strcmp(advised[i].advice, advice_code) == 0)
            return &advised[i];
    return NULL;
}

enum decline_class decline_class_of(const char *decline_code, const char *advice_code)
{
    const struct advice *advice = advice_of(advice_code);

    if (advice != NULL && advice->decline != 0)
        return advice->decline;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].code, decline_code) == 0)
            return known[i].decline;
    return DECLINE_UNKNOWN;
}

const char *decline_code_that_counts(const char *word, const char *network_code)
{
    enum decline_class said = decline_class_of(word, NULL);
    enum decline_class told = decline_class_of(network_code, NULL);

    if (decline_stops_collection(network_code))
        return network_code;
    if (said == DECLINE_UNKNOWN)
        return told != DECLINE_UNKNOWN || word[0] == '\0' ? network_code : word;
    return decline_ends_method(told) && !decline_ends_method(said) ? network_code : word;
}

const char *decline_advice_that_counts(const char *word, const char *network_advice)
{
    return advice_of(network_advice) != NULL || word[0] == '\0' ? network_advice : word;
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
    case DECLINE_REQUEST: return N_("The payment service did not accept this payment by card. Nothing was charged.");
    }
    return "";
}

const char *decline_code_text(const char *decline_code)
{
    static const struct {
        const char *code;
        const char *text;
    } word[] = {
        {"authentication_required", N_("The bank asks the customer to confirm it")},
        {"card_declined", N_("The bank gave no reason")},
        {"card_velocity_exceeded", N_("The card's limit is reached")},
        {"do_not_honor", N_("The bank gave no reason")},
        {"expired_card", N_("The card has expired")},
        {"fraudulent", N_("Held for fraud")},
        {"generic_decline", N_("The bank gave no reason")},
        {"incorrect_cvc", N_("Wrong security code")},
        {"incorrect_number", N_("Wrong card number")},
        {"insufficient_funds", N_("Not enough money on the account")},
        {"issuer_not_available", N_("The bank could not be reached")},
        {"lost_card", N_("The card was reported lost")},
        {"pickup_card", N_("The card is blocked")},
        {"processing_error", N_("The bank could not process it")},
        {"restricted_card", N_("The card is blocked")},
        {"revocation_of_all_authorizations", N_("The customer stopped all debits of this card")},
        {"revocation_of_authorization", N_("The customer stopped the debits")},
        {"stolen_card", N_("The card was reported stolen")},
        {"stop_payment_order", N_("The customer stopped this debit")},
        {"transaction_not_allowed", N_("This card cannot be debited so")},
        {"withdrawal_count_limit_exceeded", N_("The card's limit is reached")},
    };

    for (size_t i = 0; i < COUNT_OF(word); i++)
        if (strcmp(word[i].code, decline_code) == 0)
            return word[i].text;
    return decline_code;
}

bool retry_may_follow(enum decline_class decline, int tries)
{
    return tries < RETRY_TRIES_MAX_30_DAYS && (decline == DECLINE_SOFT || (decline == DECLINE_UNKNOWN && tries <= 1));
}

/* Whole days that hold every instant of the last `hours`: today and so many before. */
static int32_t days_of(int hours)
{
    return (int32_t)(hours + 23) / 24;
}

static bool cap_holds(const struct cap *cap, const char *brand, int32_t on)
{
    bool known_brand = strcasecmp(brand, "visa") == 0 || strcasecmp(brand, "mastercard") == 0;
    int32_t from_on;

    if (cap->brand[0] != '\0' && strcasecmp(cap->brand, known_brand ? brand : "other") != 0)
        return false;
    CHECK(date_parse_iso(cap->from_on, &from_on));
    if (on < from_on)
        return false;
    for (size_t i = 0; i < COUNT_OF(caps); i++) { /* a later row takes the place of this one */
        int32_t later_on;

        if (&caps[i] == cap || strcmp(caps[i].brand, cap->brand) != 0 || caps[i].scope != cap->scope || caps[i].hours != cap->hours)
            continue;
        CHECK(date_parse_iso(caps[i].from_on, &later_on));
        if (later_on > from_on && on >= later_on)
            return false;
    }
    return true;
}

static bool counts(const struct cap *cap, const struct card_try *wanted, const struct card_decline *decline)
{
    if (cap->scope == CAP_PAYABLE)
        return decline->payable_id == wanted->payable_id;
    if (cap->scope == CAP_AMOUNT)
        return decline->amount_minor == wanted->amount_minor && strcmp(decline->currency, wanted->currency) == 0;
    return true; /* CAP_CARD */
}

static bool caps_allow(const struct card_try *wanted, const struct card_decline *declines, size_t count, int32_t on)
{
    for (size_t i = 0; i < COUNT_OF(caps); i++) {
        int tries = 0;

        if (!cap_holds(&caps[i], wanted->brand, on))
            continue;
        for (size_t d = 0; d < count; d++)
            tries += declines[d].on >= on - days_of(caps[i].hours) && counts(&caps[i], wanted, &declines[d]);
        if (tries >= caps[i].tries)
            return false;
    }
    return true;
}

int32_t card_may_be_tried_on(const struct card_try *wanted, const struct card_decline *declines, size_t count, int32_t today_on)
{
    int32_t on = today_on;
    int unknown = 0;

    for (size_t i = 0; i < count; i++) {
        enum decline_class decline = decline_class_of(declines[i].decline_code, declines[i].advice_code);
        const struct advice *advice = advice_of(declines[i].advice_code);
        bool same = declines[i].payable_id == wanted->payable_id;
        int32_t wait = advice != NULL && advice->wait_hours > 0     ? days_of(advice->wait_hours) + 1
                       : same && decline == DECLINE_UNKNOWN ? UNKNOWN_WAIT_DAYS
                                                            : 0;

        if (decline_ends_method(decline) || (same && (decline == DECLINE_AUTHENTICATION || decline == DECLINE_REQUEST)))
            return DATE_NONE;
        unknown += same && decline == DECLINE_UNKNOWN;
        if (declines[i].on + wait > on)
            on = declines[i].on + wait;
    }
    if (unknown > 1)
        return DATE_NONE;
    while (!caps_allow(wanted, declines, count, on)) /* at the latest when all are too old */
        on++;
    return on;
}
