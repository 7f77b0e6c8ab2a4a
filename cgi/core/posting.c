#include "core/posting.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/money.h"

/* Adds to an item of the same account and side, or opens one; zero leaves no item. */
static void post(struct entry *entry, const char *account, bool debit, int64_t minor)
{
    size_t i;

    if (minor == 0)
        return;
    CHECK(minor > 0);
    for (i = 0; i < entry->count; i++)
        if (strcmp(entry->items[i].account, account) == 0 && (entry->items[i].debit_minor > 0) == debit)
            break;
    CHECK(i < POSTINGS_MAX);
    if (i == entry->count)
        entry->items[entry->count++] =
            (struct posting){.account = account, .of_customer = strcmp(account, "411") == 0};
    if (debit) {
        entry->items[i].debit_minor += minor;
        entry->total_minor += minor;
    } else {
        entry->items[i].credit_minor += minor;
    }
}

static void check_balance(const struct entry *entry)
{
    int64_t credit = 0;

    for (size_t i = 0; i < entry->count; i++)
        credit += entry->items[i].credit_minor;
    CHECK(credit == entry->total_minor);
}

bool line_is_deferred(const struct bill_line *line, int32_t issued_on)
{
    return !line->goods && line->period.from_on != DATE_NONE && line->period.until_on > issued_on &&
           line->net_minor > 0;
}

/* Splits a group's tax between services (0) and goods (1) in proportion to their nets. */
static void tax_by_nature(const struct bill *bill, const struct bill_tax *group, int64_t share[2])
{
    int64_t net[2] = {0, 0};

    for (size_t i = 0; i < bill->count; i++) {
        const struct bill_line *line = &bill->lines[i];

        if (line->tax.rate_ppm == group->tax.rate_ppm && strcmp(line->tax.category, group->tax.category) == 0)
            net[line->goods ? 1 : 0] += line->net_minor;
    }
    share[0] = share[1] = 0;
    if (group->tax_minor > 0)
        money_split(group->tax_minor, net, 2, share);
}

int64_t vat_pending(const struct bill *bill, bool vat_due_on_payment)
{
    int64_t pending = 0;

    for (size_t i = 0; vat_due_on_payment && i < bill->tax_count; i++) {
        int64_t share[2];

        tax_by_nature(bill, &bill->taxes[i], share);
        pending += share[0];
    }
    return pending;
}

void entry_of_invoice(const struct bill *bill, bool vat_due_on_payment, int32_t issued_on, struct entry *entry)
{
    int64_t pending = vat_pending(bill, vat_due_on_payment);

    memset(entry, 0, sizeof *entry);
    post(entry, "411", true, bill->total_minor);
    for (size_t i = 0; i < bill->count; i++)
        if (bill->lines[i].kind <= LINE_SETUP)
            post(entry, line_account(&bill->lines[i]), false, bill->lines[i].net_minor);
    post(entry, "44587", false, pending);
    post(entry, "44571", false, bill->vat_minor - pending);
    for (size_t i = 0; i < bill->count; i++)
        if (line_is_deferred(&bill->lines[i], issued_on)) {
            post(entry, line_account(&bill->lines[i]), true, bill->lines[i].net_minor);
            post(entry, "487", false, bill->lines[i].net_minor);
        }
    check_balance(entry);
}

void entry_of_payment(int64_t paid_minor, int64_t paid_before_minor, int64_t total_minor, int64_t pending_vat_minor,
                      struct entry *entry)
{
    int64_t before = money_scale(pending_vat_minor, paid_before_minor, total_minor, ROUND_HALF_AWAY);
    int64_t after = money_scale(pending_vat_minor, paid_before_minor + paid_minor, total_minor, ROUND_HALF_AWAY);

    CHECK(paid_before_minor + paid_minor <= total_minor);
    memset(entry, 0, sizeof *entry);
    post(entry, "511", true, paid_minor);
    post(entry, "411", false, paid_minor);
    post(entry, "44587", true, after - before);
    post(entry, "44571", false, after - before);
    check_balance(entry);
}

void entry_of_release(const char *account, int64_t amount_minor, struct entry *entry)
{
    memset(entry, 0, sizeof *entry);
    post(entry, "487", true, amount_minor);
    post(entry, account, false, amount_minor);
    check_balance(entry);
}

int64_t deferral_recognised(int64_t amount_minor, struct period period, int32_t on)
{
    int32_t reached = on < period.from_on ? period.from_on : on > period.until_on ? period.until_on : on;

    return money_scale(amount_minor, reached - period.from_on, period_days(period), ROUND_HALF_AWAY);
}

int32_t deferral_next(struct period period, int32_t after_on)
{
    int32_t month = date_next_month(after_on < period.from_on ? period.from_on : after_on);

    return month < period.until_on ? month : period.until_on;
}
