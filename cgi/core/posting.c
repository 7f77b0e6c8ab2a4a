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
    case POSTING_FEE: return N_("Bank fee");
    case POSTING_EXCHANGE: return N_("Exchange difference");
    case POSTING_ACCRUED: return N_("Earned, not invoiced");
    case POSTING_VAT_ACCRUED: return N_("VAT of what is not invoiced");
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
    case POSTING_FEE: return "fee";
    case POSTING_EXCHANGE: return "exchange";
    case POSTING_ACCRUED: return "accrued";
    case POSTING_VAT_ACCRUED: return "vat_accrued";
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

bool posting_lines_add(struct posting_lines *lines, const struct posting_line *line)
{
    size_t i = 0;

    while (i < lines->count && (strcmp(lines->at[i].account, line->account) != 0 || lines->at[i].stands != line->stands))
        i++;
    if (i == POSTING_ACCOUNTS_MAX)
        return false;
    if (i == lines->count)
        lines->at[lines->count++] = (struct posting_line){.account = line->account, .label = line->label, .stands = line->stands};
    lines->at[i].net_minor += line->net_minor;
    lines->at[i].deferred_minor += line->deferred_minor;
    lines->at[i].deferred_base_minor += line->deferred_base_minor;
    lines->at[i].base_minor += line->base_minor;
    return true;
}

static int64_t net_of(const struct posting_lines *lines)
{
    int64_t minor = 0;

    for (size_t i = 0; i < lines->count; i++)
        minor += lines->at[i].net_minor;
    return minor;
}

static void put(struct posting_list *list, const char *account, enum posting_label label, int64_t debit_minor, int64_t foreign_minor)
{
    struct posting *item = &list->items[list->count];

    CHECK(list->count < POSTINGS_MAX);
    *item = (struct posting){.account = account, .label = label, .foreign_minor = foreign_minor};
    *(debit_minor >= 0 ? &item->debit_minor : &item->credit_minor) = debit_minor >= 0 ? debit_minor : -debit_minor;
    list->total_minor += item->debit_minor;
    list->count++;
}

/* A list is begun by one of these: what its amounts are booked as. */
struct making {
    struct posting_list *list;
    bool converts;
};

static struct making begin(struct posting_list *list, bool converts)
{
    memset(list, 0, sizeof *list);
    return (struct making){list, converts};
}

static void add(const struct making *m, const char *account, enum posting_label label, bool debit, struct posting_amount amount)
{
    int64_t minor = m->converts ? amount.base_minor : amount.minor;
    int64_t foreign_minor = m->converts ? amount.minor : 0;

    if (minor != 0 || foreign_minor != 0)
        put(m->list, account, label, debit ? minor : -minor, debit ? foreign_minor : -foreign_minor);
}

/* Each amount once on each side: what is posted here cannot be out of balance. */
static void move(const struct making *m, const char *to, enum posting_label to_label, const char *from, enum posting_label from_label,
                 struct posting_amount amount)
{
    add(m, to, to_label, true, amount);
    add(m, from, from_label, false, amount);
}

/* What two rates differ by is a loss or a gain; in one currency there is no difference. */
static void finish(const struct making *m)
{
    int64_t loss_minor = 0;

    for (size_t i = 0; i < m->list->count; i++)
        loss_minor += m->list->items[i].credit_minor - m->list->items[i].debit_minor;
    if (m->converts && loss_minor != 0)
        put(m->list, loss_minor > 0 ? ACCOUNT_EXCHANGE_LOSS : ACCOUNT_EXCHANGE_GAIN, POSTING_EXCHANGE, loss_minor, 0);
    CHECK(posting_balances(m->list));
}

static struct posting_amount converted(const struct exchange *x, int64_t minor)
{
    return (struct posting_amount){minor, exchange_minor(x, minor)};
}

static struct posting_amount less(struct posting_amount a, struct posting_amount b)
{
    return (struct posting_amount){a.minor - b.minor, a.base_minor - b.base_minor};
}

/* The lines of a document: base_minor is what they sum to in the house's currency, at the document's rate. What stands
 * since before leaves as it stands there. */
static void add_lines(const struct making *m, const struct exchange *x, const struct posting_lines *lines, int64_t base_minor, bool debit)
{
    int64_t parts[POSTING_ACCOUNTS_MAX], shares[POSTING_ACCOUNTS_MAX];
    size_t count = 0;

    for (size_t n = 0; n < lines->count; n++)
        if (lines->at[n].stands)
            base_minor -= exchange_minor(x, lines->at[n].net_minor);
        else
            parts[count++] = lines->at[n].net_minor;
    exchange_split(x, base_minor, parts, count, shares);
    for (size_t n = 0, k = 0; n < lines->count; n++) {
        const struct posting_line *line = &lines->at[n];

        add(m, line->account, line->label, debit, (struct posting_amount){line->net_minor, line->stands ? line->base_minor : shares[k++]});
    }
}

void posting_of_invoice(const struct posting_invoice *i, struct posting_list *list)
{
    const struct exchange *x = &i->exchange;
    const struct making m = begin(list, x->rate_e6 != 0);
    bool waits = i->vat_due == VAT_DUE_ON_PAYMENT;
    struct posting_amount asked = converted(x, net_of(&i->lines) + i->vat_minor + i->rounding_minor);
    struct posting_amount vat = converted(x, i->vat_minor);
    struct posting_amount paid = converted(x, i->vat_paid_minor);
    struct posting_amount rounding = converted(x, i->rounding_minor);

    add(&m, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, true,
        (struct posting_amount){asked.minor, exchange_minor(x, asked.minor - i->credit.minor) + i->credit.base_minor});
    add_lines(&m, x, &i->lines, asked.base_minor - vat.base_minor - rounding.base_minor, false);
    add(&m, waits ? ACCOUNT_VAT_WAITING : ACCOUNT_VAT, waits ? POSTING_VAT_WAITING : POSTING_VAT, false, waits ? less(vat, paid) : vat);
    if (waits)
        add(&m, ACCOUNT_VAT, POSTING_VAT, false, paid);
    add(&m, i->rounding_minor < 0 ? ACCOUNT_ROUNDING_LOSS : ACCOUNT_ROUNDING_GAIN, POSTING_ROUNDING, false, rounding);
    for (size_t n = 0; n < i->lines.count; n++)
        move(&m, i->lines.at[n].account, POSTING_REVENUE, ACCOUNT_DEFERRED, POSTING_DEFERRED,
             (struct posting_amount){i->lines.at[n].deferred_minor, i->lines.at[n].deferred_base_minor});
    finish(&m);
}

void posting_of_credit(const struct posting_credit *c, struct posting_list *list)
{
    const struct making m = begin(list, c->exchange.rate_e6 != 0);
    struct posting_amount waiting = {c->vat_waiting_minor, c->vat_waiting_base_minor};
    struct posting_amount vat = {c->vat_minor, c->vat_base_minor};
    struct posting_amount rounding = converted(&c->exchange, c->rounding_minor);

    add_lines(&m, &c->exchange, &c->lines, c->total_base_minor - c->vat_base_minor - rounding.base_minor, true);
    add(&m, ACCOUNT_VAT, POSTING_VAT, true, less(vat, waiting));
    add(&m, ACCOUNT_VAT_WAITING, POSTING_VAT_WAITING, true, waiting);
    add(&m, c->rounding_minor < 0 ? ACCOUNT_ROUNDING_LOSS : ACCOUNT_ROUNDING_GAIN, POSTING_ROUNDING, true, rounding);
    add(&m, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, false,
        (struct posting_amount){net_of(&c->lines) + c->vat_minor + c->rounding_minor, c->customer_base_minor});
    for (size_t n = 0; n < c->lines.count; n++)
        move(&m, ACCOUNT_DEFERRED, POSTING_DEFERRED, c->lines.at[n].account, POSTING_REVENUE,
             (struct posting_amount){c->lines.at[n].deferred_minor, c->lines.at[n].deferred_base_minor});
    finish(&m);
}

int64_t posting_vat_share(int64_t vat_minor, int64_t total_minor, int64_t paid_before_minor, int64_t amount_minor)
{
    if (total_minor == 0)
        return 0;
    return money_scale(vat_minor, paid_before_minor + amount_minor, total_minor, ROUND_HALF_AWAY) -
           money_scale(vat_minor, paid_before_minor, total_minor, ROUND_HALF_AWAY);
}

/* VAT that is due when paid_minor of an invoice is paid. */
static int64_t vat_due_of(const struct posting_payment *p, int64_t paid_minor)
{
    return posting_vat_share(p->invoice_vat_minor, p->invoice_total_minor, 0, paid_minor);
}

void posting_of_payment(const struct posting_payment *p, struct posting_list *list)
{
    const struct exchange *x = &p->exchange;
    const struct making m = begin(list, x->rate_e6 != 0);
    int64_t open = p->invoice_total_minor - p->paid_before_minor;
    int64_t booked = p->amount_minor < open ? p->amount_minor : open;
    int64_t before = vat_due_of(p, p->paid_before_minor);
    int64_t after = vat_due_of(p, p->paid_before_minor + booked);

    CHECK(p->amount_minor > 0 && p->paid_before_minor >= 0 && open >= 0);
    add(&m, p->money_account, POSTING_RECEIPT, true, (struct posting_amount){p->amount_minor, p->money_base_minor});
    add(&m, ACCOUNT_CUSTOMER, POSTING_CUSTOMER, false, (struct posting_amount){booked, exchange_step(x, open, open - booked)});
    add(&m, ACCOUNT_ADVANCE, POSTING_ADVANCE, false, (struct posting_amount){p->amount_minor - booked, p->above_base_minor});
    if (p->vat_due == VAT_DUE_ON_PAYMENT)
        move(&m, ACCOUNT_VAT_WAITING, POSTING_VAT_WAITING, ACCOUNT_VAT, POSTING_VAT,
             (struct posting_amount){after - before, exchange_step(x, after, before)});
    finish(&m);
}

/* From one account to another. */
static void transfer(const char *to, enum posting_label to_label, const char *from, enum posting_label from_label, int64_t amount_minor,
                     struct posting_bases bases, struct posting_list *list)
{
    const struct making m = begin(list, bases.converts);

    add(&m, to, to_label, true, (struct posting_amount){amount_minor, bases.to_minor});
    add(&m, from, from_label, false, (struct posting_amount){amount_minor, bases.from_minor});
    finish(&m);
}

void posting_of_refund(const char *money_account, int64_t amount_minor, struct posting_bases bases, struct posting_list *list)
{
    CHECK(amount_minor > 0);
    transfer(ACCOUNT_CUSTOMER, POSTING_CUSTOMER, money_account, POSTING_RECEIPT, amount_minor, bases, list);
}

void posting_of_dispute(const char *to, const char *from, int64_t amount_minor, struct posting_bases bases, struct posting_list *list)
{
    CHECK(amount_minor > 0);
    transfer(to, POSTING_RECEIPT, from, POSTING_RECEIPT, amount_minor, bases, list);
}

void posting_of_release(const char *revenue_account, int64_t amount_minor, struct posting_bases bases, struct posting_list *list)
{
    transfer(ACCOUNT_DEFERRED, POSTING_DEFERRED, revenue_account, POSTING_REVENUE, amount_minor, bases, list);
}

void posting_of_earned(const struct posting_lines *lines, int64_t vat_minor, const struct exchange *x, struct posting_list *list)
{
    const struct making m = begin(list, x->rate_e6 != 0);
    struct posting_amount earned = converted(x, net_of(lines) + vat_minor);
    struct posting_amount vat = converted(x, vat_minor);

    add(&m, ACCOUNT_ACCRUED, POSTING_ACCRUED, true, earned);
    add_lines(&m, x, lines, earned.base_minor - vat.base_minor, false);
    add(&m, ACCOUNT_VAT_ACCRUED, POSTING_VAT_ACCRUED, false, vat);
    finish(&m);
}

void posting_of_fee(int64_t amount_minor, struct posting_bases bases, struct posting_list *list)
{
    transfer(ACCOUNT_BANK_FEE, POSTING_FEE, ACCOUNT_BANK, POSTING_RECEIPT, amount_minor, bases, list);
}

void posting_turn(struct posting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct posting *item = &list->items[i];
        int64_t debit = item->debit_minor;

        item->debit_minor = item->credit_minor;
        item->credit_minor = debit;
        item->foreign_minor = -item->foreign_minor;
        if (item->label == POSTING_EXCHANGE)
            item->account = item->debit_minor > 0 ? ACCOUNT_EXCHANGE_LOSS : ACCOUNT_EXCHANGE_GAIN;
    }
}

void posting_add(struct posting_list *list, const struct posting_list *more)
{
    CHECK(list->count + more->count <= POSTINGS_MAX);
    for (size_t i = 0; i < more->count; i++)
        list->items[list->count++] = more->items[i];
    list->total_minor += more->total_minor;
}

bool posting_balances(const struct posting_list *list)
{
    int64_t debit = 0;
    int64_t credit = 0;
    int64_t foreign = 0;

    for (size_t i = 0; i < list->count; i++) {
        debit += list->items[i].debit_minor;
        credit += list->items[i].credit_minor;
        foreign += list->items[i].foreign_minor;
    }
    return debit == credit && debit == list->total_minor && foreign == 0;
}
