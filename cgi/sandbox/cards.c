#include "sandbox/cards.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"

#define N_(text) text

#define APPROVED \
    .setup = CARD_APPROVES, .present = CARD_APPROVES, .absent = CARD_APPROVES, .fault = FAULT_NONE
#define DECLINED \
    .setup = CARD_DECLINES, .present = CARD_DECLINES, .absent = CARD_DECLINES, .fault = FAULT_NONE
#define NO_DECLINE .code = "", .decline_code = "", .advice_code = "", .message = ""
#define INSUFFICIENT \
    .code = "card_declined", .decline_code = "insufficient_funds", .advice_code = "try_again_later", \
    .message = N_("Your card has insufficient funds.")
#define LOST .code = "card_declined", .decline_code = "lost_card", .advice_code = "do_not_try_again", \
    .message = N_("Your card was declined. Please use another card.")
#define GENERIC .code = "card_declined", .decline_code = "generic_decline", .advice_code = "", \
    .message = N_("Your card was declined.")
#define OF_THE_SECOND(fault_) .setup = CARD_APPROVES, .present = CARD_APPROVES, .absent = CARD_APPROVES, \
    .fault = (fault_), .ours = true, NO_DECLINE

static const struct test_card card[] = {
    {"approve", "4242424242424242", "visa", APPROVED, NO_DECLINE, .label = N_("Pays, and pays renewals")},
    {"approve_mastercard", "5555555555554444", "mastercard", APPROVED, NO_DECLINE,
     .label = N_("Pays, and pays renewals")},
    {"declined", "4000000000000002", "visa", DECLINED, GENERIC, .label = N_("Declined, no reason given")},
    {"insufficient_funds", "4000000000009995", "visa", DECLINED, INSUFFICIENT,
     .label = N_("Declined: not enough money")},
    {"lost_card", "4000000000009987", "visa", DECLINED, LOST, .label = N_("Declined for good: lost card")},
    {"stolen_card", "4000000000009979", "visa", DECLINED, .code = "card_declined",
     .decline_code = "stolen_card", .advice_code = "do_not_try_again",
     .message = N_("Your card was declined. Please use another card."),
     .label = N_("Declined for good: stolen card")},
    {"expired_card", "4000000000000069", "visa", DECLINED, .code = "expired_card",
     .decline_code = "expired_card", .advice_code = "do_not_try_again",
     .message = N_("Your card has expired."), .label = N_("Declined: expired card")},
    {"incorrect_cvc", "4000000000000127", "visa", DECLINED, .code = "incorrect_cvc",
     .decline_code = "incorrect_cvc", .advice_code = "confirm_card_data",
     .message = N_("The security code is wrong."), .label = N_("Declined: wrong security code")},
    {"processing_error", "4000000000000119", "visa", DECLINED, .code = "processing_error",
     .decline_code = "processing_error", .advice_code = "try_again_later",
     .message = N_("Your bank could not process the card. Please try again."),
     .label = N_("Declined: processing error")},
    {"authenticate_always", "4000002760003184", "visa", .setup = CARD_AUTHENTICATES,
     .present = CARD_AUTHENTICATES, .absent = CARD_DECLINES, .fault = FAULT_NONE,
     .code = "authentication_required", .decline_code = "authentication_required", .advice_code = "",
     .message = N_("Your bank asks you to confirm this payment yourself."),
     .label = N_("3-D Secure at every payment; renewals are declined until confirmed")},
    {"authenticate_once", "4000002500003155", "visa", .setup = CARD_AUTHENTICATES,
     .present = CARD_AUTHENTICATES, .absent = CARD_APPROVES, .fault = FAULT_NONE, NO_DECLINE,
     .label = N_("3-D Secure the first time; pays renewals")},
    {"charge_fails", "4000000000000341", "visa", .setup = CARD_APPROVES, .present = CARD_DECLINES,
     .absent = CARD_DECLINES, .fault = FAULT_NONE, GENERIC,
     .label = N_("Can be kept, but every payment is declined")},
    {"renewal_insufficient", "4000990000000012", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_DECLINES, .fault = FAULT_NONE, .ours = true, INSUFFICIENT,
     .label = N_("Pays here; renewals are declined: not enough money")},
    {"renewal_lost", "4000990000000020", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_DECLINES, .fault = FAULT_NONE, .ours = true, LOST,
     .label = N_("Pays here; renewals are declined for good: lost card")},
    {"renewal_twice_declined", "4000990000000038", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_DECLINES, .declines = 2, .fault = FAULT_NONE, .ours = true, INSUFFICIENT,
     .label = N_("Pays here; the first two renewals are declined, then it pays")},
    {"renewal_mandate_stopped", "4000990000000145", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_DECLINES, .fault = FAULT_NONE, .ours = true, .code = "card_declined", .decline_code = "generic_decline",
     .advice_code = "do_not_try_again", .network_code = "R1", .message = N_("Your card was declined."),
     .label = N_("Pays here; renewals are declined: the customer stopped them at the bank (R1)")},
    {"renewal_wait_a_day", "5555990000000026", "mastercard", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_DECLINES, .declines = 1, .fault = FAULT_NONE, .ours = true, .code = "card_declined", .decline_code = "insufficient_funds",
     .advice_code = "try_again_later", .network_code = "51", .network_advice = "25", .message = N_("Your card has insufficient funds."),
     .label = N_("Pays here; the first renewal is declined with the scheme's advice to wait 24 hours")},
    {"renewal_method_gone", "4000990000000152", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_IS_GONE, .fault = FAULT_NONE, .ours = true, NO_DECLINE,
     .label = N_("Pays here; at a renewal the card is no longer kept, and the request is refused")},
    {"renewal_asks_for_you", "4000990000000160", "visa", .setup = CARD_APPROVES, .present = CARD_APPROVES,
     .absent = CARD_AUTHENTICATES, .fault = FAULT_NONE, .ours = true, NO_DECLINE,
     .label = N_("Pays here; renewals wait for 3-D Secure instead of being declined")},
    {"timeout_before", "4000990000000046", "visa", OF_THE_SECOND(FAULT_TIMEOUT_BEFORE),
     .label = N_("No answer before the capture; the next try pays")},
    {"timeout_after", "4000990000000053", "visa", OF_THE_SECOND(FAULT_TIMEOUT_AFTER),
     .label = N_("Captured, but no answer")},
    {"error_after", "4000990000000061", "visa", OF_THE_SECOND(FAULT_ERROR_AFTER),
     .label = N_("Captured, but the answer is an error 500")},
    {"event_late", "4000990000000079", "visa", OF_THE_SECOND(FAULT_EVENT_LATE),
     .label = N_("Pays; the webhook comes late")},
    {"event_twice", "4000990000000087", "visa", OF_THE_SECOND(FAULT_EVENT_TWICE),
     .label = N_("Pays; the webhook comes twice")},
    {"event_first", "4000990000000095", "visa", OF_THE_SECOND(FAULT_EVENT_FIRST),
     .label = N_("Pays; the webhook comes before the answer")},
    {"captures_less", "4000990000000103", "visa", OF_THE_SECOND(FAULT_CAPTURES_LESS),
     .label = N_("Pays one cent less than asked")},
    {"refund_later", "4000000000007726", "visa", APPROVED, NO_DECLINE, .label = N_("Pays; a refund succeeds later")},
    {"refund_fails", "4000000000005126", "visa", APPROVED, NO_DECLINE, .label = N_("Pays; a refund succeeds, then fails")},
    {"refund_refused", "4000990000000111", "visa", OF_THE_SECOND(FAULT_NONE), .label = N_("Pays; a refund is refused")},
    {"refund_timeout_before", "4000990000000129", "visa", OF_THE_SECOND(FAULT_NONE),
     .label = N_("Pays; no answer before the refund, the next try refunds")},
    {"refund_timeout_after", "4000990000000137", "visa", OF_THE_SECOND(FAULT_NONE), .label = N_("Pays; refunded, but no answer")},
};

static const struct {
    const char *name;
    enum card_refund refund;
} refunding[] = {
    {"refund_later", CARD_REFUNDS_LATER},
    {"refund_fails", CARD_REFUNDS_THEN_FAILS},
    {"refund_refused", CARD_REFUSES_REFUND},
    {"refund_timeout_before", CARD_REFUND_TIMEOUT_BEFORE},
    {"refund_timeout_after", CARD_REFUND_TIMEOUT_AFTER},
};

enum card_refund card_refund_of(const struct test_card *c)
{
    for (size_t i = 0; i < COUNT_OF(refunding); i++)
        if (strcmp(refunding[i].name, c->name) == 0)
            return refunding[i].refund;
    return CARD_REFUNDS;
}

const struct test_card *test_cards(size_t *count)
{
    *count = COUNT_OF(card);
    return card;
}

const struct test_card *card_by_number(const char *digits)
{
    for (size_t i = 0; i < COUNT_OF(card); i++)
        if (strcmp(card[i].number, digits) == 0)
            return &card[i];
    return NULL;
}

const struct test_card *card_by_name(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(card); i++)
        if (strcmp(card[i].name, name) == 0)
            return &card[i];
    return NULL;
}

char *card_digits(struct arena *arena, const char *typed)
{
    char *digits = arena_alloc(arena, strlen(typed) + 1);
    size_t count = 0;

    for (const char *p = typed; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9')
            digits[count++] = *p;
        else if (strncmp(p, "\xC2\xA0", 2) == 0)
            p++;
        else if (strncmp(p, "\xE2\x80\xAF", 3) == 0)
            p += 2;
        else if (*p != ' ' && *p != '-')
            return NULL;
    }
    return digits;
}

bool card_luhn_ok(const char *digits)
{
    size_t length = strlen(digits);
    int sum = 0;

    for (size_t i = 0; i < length; i++) {
        int digit = digits[length - 1 - i] - '0';

        if (i % 2 == 1)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return length > 0 && sum % 10 == 0;
}

bool card_expiry_parse(struct arena *arena, const char *typed, int32_t *month, int32_t *year)
{
    const char *slash = strchr(typed, '/');
    char *before;
    char *after;
    long long number;

    if (slash != NULL) {
        before = str_trim(arena, arena_strndup(arena, typed, (size_t)(slash - typed)));
        after = str_trim(arena, slash + 1);
    } else {
        if (strlen(typed) != 4 && strlen(typed) != 6)
            return false;
        before = arena_strndup(arena, typed, 2);
        after = arena_strdup(arena, typed + 2);
    }
    if (strlen(before) > 2 || strspn(before, "0123456789") != strlen(before) ||
        !str_to_i64(before, 1, 12, &number))
        return false;
    *month = (int32_t)number;
    if ((strlen(after) != 2 && strlen(after) != 4) || strspn(after, "0123456789") != strlen(after) ||
        !str_to_i64(after, 0, 9999, &number))
        return false;
    *year = (int32_t)(strlen(after) == 2 ? 2000 + number : number);
    return true;
}

char *card_spaced(struct arena *arena, const char *digits)
{
    struct str s = str_new(arena);

    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            str_append_char(&s, ' ');
        str_append_char(&s, digits[i]);
    }
    return s.text;
}
