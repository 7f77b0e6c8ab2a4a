#include "core/posting.h"

#include <string.h>

#include "base/check.h"
#include "core/money.h"

#define N_(text) text

const char *posting_label_text(enum posting_label label)
{
    switch (label) {
    case POSTING_CUSTOMER: return N_("Customer");
    case POSTING_REVENUE: return N_("Revenue");
    case POSTING_VAT: return N_("VAT");
    case POSTING_VAT_WAITING: return N_("VAT waiting for payment");
    case POSTING_DEFERRED: return N_("Deferred revenue");
    case POSTING_RECEIPT: return N_("Receipt");
    case POSTING_ADVANCE: return N_("Advance payment");
    case POSTING_ROUNDING: return N_("Rounding");
    }
    return "";
}

const char *posting_label_name(enum posting_label label)
{
    switch (label) {
    case POSTING_CUSTOMER: return "customer";
    case POSTING_REVENUE: return "revenue";
    case POSTING_VAT: return "vat";
    case POSTING_VAT_WAITING: return "vat_waiting";
    case POSTING_DEFERRED: return "deferred";
    case POSTING_RECEIPT: return "receipt";
    case POSTING_ADVANCE: return "advance";
    case POSTING_ROUNDING: return "rounding";
    }
    return "";
}

enum posting_label posting_label_from_name(const char *name)
{
    for (enum posting_label label = POSTING_CUSTOMER; posting_label_name(label)[0] != '\0'; label++)
        if (strcmp(posting_label_name(label), name) == 0)
            return label;
    return 0;
}

const char *posting_revenue_account(bool goods)
{
    return goods ? ACCOUNT_GOODS : ACCOUNT_SERVICE;
}

bool posting_lines_add(struct posting_lines *lines, const char *account, enum posting_label label, int64_t net_minor, int64_t deferred_minor)
{
    size_t i = 0;

    while (i < lines->count && strcmp(lines->at[i].account, account) != 0)
        i++;
    if (i == POSTING_ACCOUNTS_MAX)
        return false;
    if (i == lines->count)
        lines->at[lines->count++] = (struct posting_line){.account = account, .label = label};
    lines->at[i].net_minor += net_minor;
    lines->at[i].deferred_minor += deferred_minor;
    return true;
}

static int64_t net_of(const struct posting_lines *lines)
{
    int64_t minor = 0;

    for (size_t i = 0; i < lines->count; i++)
        minor += lines->at[i].net_minor;
    return minor;
}

static void add(struct posting_list *list, const char *account, enum posting_label label, bool debit, int64_t minor)
{
    struct posting *item = &list->items[list->count];

    if (minor == 0)
        return;
    CHECK(list->count < POSTINGS_MAX);
    if (minor < 0) {
        debit = !debit;
        minor = -minor;
    }
    *item = (struct posting){.account = account, .label = label};
    *(debit ? &item->debit_minor : &item->credit_minor) = minor;
    if (debit)
        list->total_minor += minor;
    list->count++;
}

/* Each amount once on each side: what is posted here cannot be out of balance. */
static void move(struct posting_list *list, const char *to, enum posting_label to_label, const char *from,
                 enum posting_label from_label, int64_t minor)
{
    add(list, to, to_label, true, minor);
    add(list, from, from_label, false, minor);
}

void posting_of_invoice(const struct posting_invoice *i, struct posting_list *list)
{
    bool waits = i->vat_due == VAT_DUE_ON_PAYMENT;

    memset(list, 0, sizeof *list);
    add(list, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, true, net_of(&i->lines) + i->vat_minor + i->rounding_minor);
    for (size_t n = 0; n < i->lines.count; n++)
        add(list, i->lines.at[n].account, i->lines.at[n].label, false, i->lines.at[n].net_minor);
    add(list, waits ? ACCOUNT_VAT_WAITING : ACCOUNT_VAT, waits ? POSTING_VAT_WAITING : POSTING_VAT, false,
        waits ? i->vat_minor - i->vat_paid_minor : i->vat_minor);
    if (waits)
        add(list, ACCOUNT_VAT, POSTING_VAT, false, i->vat_paid_minor);
    add(list, i->rounding_minor < 0 ? ACCOUNT_ROUNDING_LOSS : ACCOUNT_ROUNDING_GAIN, POSTING_ROUNDING, false, i->rounding_minor);
    for (size_t n = 0; n < i->lines.count; n++)
        move(list, i->lines.at[n].account, POSTING_REVENUE, ACCOUNT_DEFERRED, POSTING_DEFERRED, i->lines.at[n].deferred_minor);
    CHECK(posting_balances(list));
}

void posting_of_credit(const struct posting_credit *c, struct posting_list *list)
{
    memset(list, 0, sizeof *list);
    for (size_t n = 0; n < c->lines.count; n++)
        add(list, c->lines.at[n].account, c->lines.at[n].label, true, c->lines.at[n].net_minor);
    add(list, ACCOUNT_VAT, POSTING_VAT, true, c->vat_minor - c->vat_waiting_minor);
    add(list, ACCOUNT_VAT_WAITING, POSTING_VAT_WAITING, true, c->vat_waiting_minor);
    add(list, c->rounding_minor < 0 ? ACCOUNT_ROUNDING_LOSS : ACCOUNT_ROUNDING_GAIN, POSTING_ROUNDING, true, c->rounding_minor);
    add(list, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, false, net_of(&c->lines) + c->vat_minor + c->rounding_minor);
    for (size_t n = 0; n < c->lines.count; n++)
        move(list, ACCOUNT_DEFERRED, POSTING_DEFERRED, c->lines.at[n].account, POSTING_REVENUE, c->lines.at[n].deferred_minor);
    CHECK(posting_balances(list));
}

int64_t posting_vat_share(int64_t vat_minor, int64_t total_minor, int64_t paid_before_minor, int64_t amount_minor)
{
    if (total_minor == 0)
        return 0;
    return money_scale(vat_minor, paid_before_minor + amount_minor, total_minor, ROUND_HALF_AWAY) -
           money_scale(vat_minor, paid_before_minor, total_minor, ROUND_HALF_AWAY);
}

void posting_of_payment(const struct posting_payment *p, struct posting_list *list)
{
    int64_t open = p->invoice_total_minor - p->paid_before_minor;
    int64_t booked = p->amount_minor < open ? p->amount_minor : open;

    CHECK(p->amount_minor > 0 && p->paid_before_minor >= 0 && open >= 0);
    memset(list, 0, sizeof *list);
    add(list, p->money_account, POSTING_RECEIPT, true, p->amount_minor);
    add(list, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, false, booked);
    add(list, ACCOUNT_ADVANCE, POSTING_ADVANCE, false, p->amount_minor - booked);
    if (p->vat_due == VAT_DUE_ON_PAYMENT)
        move(list, ACCOUNT_VAT_WAITING, POSTING_VAT_WAITING, ACCOUNT_VAT, POSTING_VAT,
             posting_vat_share(p->invoice_vat_minor, p->invoice_total_minor, p->paid_before_minor, booked));
    CHECK(posting_balances(list));
}

void posting_of_refund(const char *money_account, int64_t amount_minor, struct posting_list *list)
{
    CHECK(amount_minor > 0);
    memset(list, 0, sizeof *list);
    add(list, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, true, amount_minor);
    add(list, money_account, POSTING_RECEIPT, false, amount_minor);
}

void posting_turn(struct posting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        int64_t debit = list->items[i].debit_minor;

        list->items[i].debit_minor = list->items[i].credit_minor;
        list->items[i].credit_minor = debit;
    }
}

void posting_of_release(const char *revenue_account, int64_t amount_minor, struct posting_list *list)
{
    memset(list, 0, sizeof *list);
    move(list, ACCOUNT_DEFERRED, POSTING_DEFERRED, revenue_account, POSTING_REVENUE, amount_minor);
}

bool posting_balances(const struct posting_list *list)
{
    int64_t debit = 0;
    int64_t credit = 0;

    for (size_t i = 0; i < list->count; i++) {
        debit += list->items[i].debit_minor;
        credit += list->items[i].credit_minor;
    }
    return debit == credit && debit == list->total_minor;
}
