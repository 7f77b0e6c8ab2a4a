#include "core/chart.h"

#include <string.h>

#include "core/posting.h"

#define N_(text) text

const struct chart_role chart_roles[] = {
    {ACCOUNT_CUSTOMER, N_("Customers"), '4', '4'},
    {ACCOUNT_ADVANCE, N_("Advances of customers"), '4', '4'},
    {ACCOUNT_SERVICE, N_("Revenue of services"), '7', '7'},
    {ACCOUNT_GOODS, N_("Revenue of goods"), '7', '7'},
    {ACCOUNT_DEFERRED, N_("Deferred revenue"), '4', '4'},
    {ACCOUNT_ACCRUED, N_("Earned, not invoiced"), '4', '4'},
    {ACCOUNT_VAT, N_("VAT due"), '4', '4'},
    {ACCOUNT_VAT_WAITING, N_("VAT waiting for payment"), '4', '4'},
    {ACCOUNT_VAT_ACCRUED, N_("VAT of what is not invoiced"), '4', '4'},
    {ACCOUNT_CARD, N_("Card payments on their way"), '5', '5'},
    {ACCOUNT_BANK, N_("Bank"), '5', '5'},
    {ACCOUNT_DISPUTED, N_("Disputed card payments"), '4', '4'},
    {ACCOUNT_BAD_DEBT, N_("Bad debts"), '6', '6'},
    {ACCOUNT_ROUNDING_LOSS, N_("Rounding, loss"), '6', '6'},
    {ACCOUNT_ROUNDING_GAIN, N_("Rounding, gain"), '7', '7'},
    {ACCOUNT_EXCHANGE_LOSS, N_("Exchange rates, loss"), '6', '6'},
    {ACCOUNT_EXCHANGE_GAIN, N_("Exchange rates, gain"), '7', '7'},
    {ACCOUNT_BANK_FEE, N_("Bank fees"), '6', '6'},
    {ACCOUNT_PROFIT, N_("Result of years before, profit"), '1', '1'},
    {ACCOUNT_LOSS, N_("Result of years before, loss"), '1', '1'},
};
const size_t chart_role_count = sizeof chart_roles / sizeof chart_roles[0];

bool account_number_valid(const char *number)
{
    size_t length = strlen(number);

    return length >= 3 && length <= ACCOUNT_NUMBER_MAX && number[0] >= '1' && number[0] <= '7' &&
           strspn(number, "0123456789") >= 3 && strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length;
}

const char *account_kind(const char *number)
{
    return number[0] == '6' ? "expense" : number[0] == '7' ? "income" : "balance";
}

bool account_carries(const char *number)
{
    return number[0] != '6' && number[0] != '7';
}

bool account_fits(const struct chart_role *role, const char *number)
{
    return number[0] >= role->class_low && number[0] <= role->class_high;
}
