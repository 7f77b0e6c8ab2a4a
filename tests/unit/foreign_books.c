/* foreign_books: documents in another currency in the books of the house: nothing is left of what is settled. */
#include "test.h"

#include <string.h>

#include "core/credit.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/entry_chain.h"
#include "core/exchange.h"
#include "core/posting.h"
#include "posting_lines.h"
#include "seeded.h"

/* What the entries of a life left on an account, debit positive, in the house's currency. */
struct books {
    const char *account[POSTINGS_MAX];
    int64_t minor[POSTINGS_MAX];
    int64_t foreign_minor[POSTINGS_MAX];
    size_t count;
    bool balanced;
};

static void take(struct books *b, const struct posting_list *list)
{
    b->balanced &= posting_balances(list);
    for (size_t i = 0; i < list->count; i++) {
        const struct posting *item = &list->items[i];
        size_t at = 0;

        while (at < b->count && strcmp(b->account[at], item->account) != 0)
            at++;
        if (at == b->count)
            b->account[b->count++] = item->account;
        b->minor[at] += item->debit_minor - item->credit_minor;
        b->foreign_minor[at] += item->foreign_minor;
    }
}

static int64_t on(const struct books *b, const char *account)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->account[i], account) == 0)
            return b->minor[i];
    return 0;
}

static const struct posting *item_of(const struct posting_list *list, const char *account)
{
    static const struct posting none = {.account = ""};

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].account, account) == 0)
            return &list->items[i];
    return &none;
}

static int64_t at_rate(const struct exchange *x, int64_t rate_e6, int64_t minor)
{
    struct exchange day = *x;

    day.rate_e6 = rate_e6;
    return exchange_minor(&day, minor);
}

static struct posting_payment payment_of(const struct exchange *x, int64_t total, int64_t vat, int64_t paid, int64_t amount, int64_t day_rate)
{
    int64_t open = total - paid;

    return (struct posting_payment){.money_account = ACCOUNT_BANK, .amount_minor = amount, .invoice_total_minor = total, .invoice_vat_minor = vat,
                                    .paid_before_minor = paid, .vat_due = VAT_DUE_ON_PAYMENT, .exchange = *x, .money_base_minor = at_rate(x, day_rate, amount),
                                    .above_base_minor = at_rate(x, day_rate, amount) - at_rate(x, day_rate, amount < open ? amount : open)};
}

/* 1,200.00 USD at 1.0850, paid by 500.00 at 1.10 and 700.00 at 1.05, credited whole and paid back at 1.20. */
TEST(foreign_books, a_dollar_invoice_in_a_house_of_euros)
{
    const struct exchange x = exchange_between("USD", "EUR", 1085000);
    struct posting_invoice invoice = {.exchange = x, .lines = {2, {POSTING_LINE("706", POSTING_REVENUE, 70001, 60000), POSTING_LINE("707", POSTING_REVENUE, 29999, 0)}},
                                      .vat_minor = 20000, .vat_due = VAT_DUE_ON_PAYMENT};
    struct posting_payment payment;
    struct posting_credit note;
    struct posting_list list;
    struct books books = {.balanced = true};

    invoice.lines.at[0].deferred_base_minor = exchange_minor(&x, 60000);
    posting_of_invoice(&invoice, &list);
    take(&books, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->debit_minor, 110599);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->foreign_minor, 120000);
    SAME_NUMBER(item_of(&list, ACCOUNT_VAT_WAITING)->credit_minor, 18433);
    SAME_NUMBER(item_of(&list, "706")->credit_minor, 64517);
    SAME_NUMBER(item_of(&list, "707")->credit_minor, 27649);
    SAME_NUMBER(item_of(&list, ACCOUNT_DEFERRED)->credit_minor, 55300);

    payment = payment_of(&x, 120000, 20000, 0, 50000, 1100000);
    posting_of_payment(&payment, &list);
    take(&books, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_BANK)->debit_minor, 45455);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->credit_minor, 46083);
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_LOSS)->debit_minor, 628);
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_LOSS)->foreign_minor, 0);
    SAME_NUMBER(item_of(&list, ACCOUNT_VAT)->credit_minor, 7680);

    payment = payment_of(&x, 120000, 20000, 50000, 70000, 1050000);
    posting_of_payment(&payment, &list);
    take(&books, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_BANK)->debit_minor, 66667);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->credit_minor, 64516);
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_GAIN)->credit_minor, 2151);
    SAME_NUMBER(on(&books, ACCOUNT_CUSTOMER), 0);
    SAME_NUMBER(on(&books, ACCOUNT_VAT_WAITING), 0);
    SAME_NUMBER(on(&books, ACCOUNT_VAT), -18433);
    posting_turn(&list); /* a payment that comes back turns a gain into a loss */
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_LOSS)->debit_minor, 2151);

    note = (struct posting_credit){.exchange = x, .lines = invoice.lines, .vat_minor = 20000, .customer_base_minor = exchange_minor(&x, 120000), .total_base_minor = exchange_minor(&x, 120000),
                                   .vat_base_minor = exchange_step(&x, 20000, 0)};
    posting_of_credit(&note, &list);
    take(&books, &list);
    SAME_NUMBER(on(&books, ACCOUNT_VAT), 0);
    SAME_NUMBER(on(&books, ACCOUNT_DEFERRED), 0);
    SAME_NUMBER(on(&books, "706"), 0);
    SAME_NUMBER(on(&books, "707"), 0);
    posting_of_refund(ACCOUNT_BANK, 120000, (struct posting_bases){true, exchange_step(&x, 120000, 0), at_rate(&x, 1200000, 120000)}, &list);
    take(&books, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_GAIN)->credit_minor, 10599);
    SAME_NUMBER(on(&books, ACCOUNT_CUSTOMER), 0);
    CU_ASSERT_TRUE(books.balanced);
}

/* Three dinars of three decimals, thousands of yen of none: what is above an invoice is converted with its payment. */
TEST(foreign_books, dinars_and_yen)
{
    const struct exchange kwd = exchange_between("KWD", "EUR", 334400);
    const struct exchange jpy = exchange_between("JPY", "EUR", 163060000);
    struct posting_payment payment = payment_of(&kwd, 194856, 32476, 0, 200000, 330000);
    struct posting_invoice invoice = {.exchange = jpy, .lines = {1, {POSTING_LINE("706", POSTING_REVENUE, 70001, 0)}}, .vat_minor = 14000,
                                      .vat_due = VAT_DUE_ON_ISSUE};
    struct posting_list list;

    posting_of_payment(&payment, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_BANK)->debit_minor, 60606);     /* 200.000 at 0.33 */
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->credit_minor, 58270); /* 194.856 at 0.3344 */
    SAME_NUMBER(item_of(&list, ACCOUNT_ADVANCE)->credit_minor, 1559);  /* what is left of the payment: 606.06 less 590.47 */
    SAME_NUMBER(item_of(&list, ACCOUNT_ADVANCE)->foreign_minor, -5144);
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_GAIN)->credit_minor, 777);
    SAME_NUMBER(item_of(&list, ACCOUNT_VAT)->credit_minor, 9712);
    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->debit_minor, 51515);
    SAME_NUMBER(item_of(&list, ACCOUNT_VAT)->credit_minor, 8586);
    SAME_NUMBER(item_of(&list, "706")->credit_minor, 42929); /* 42929.60 converted itself would be 42930 */
    SAME_NUMBER(item_of(&list, "706")->foreign_minor, -70001);
}

/* The customer's credit from an older note, and a deposit, leave as they stand; the rates' difference is a loss or a gain. */
TEST(foreign_books, older_credit_and_deposits_leave_as_they_stand)
{
    const struct exchange x = exchange_between("USD", "EUR", 1000000);
    struct posting_invoice invoice = {.exchange = x, .lines = {2, {POSTING_LINE("706", POSTING_REVENUE, 10000, 0), POSTING_LINE(ACCOUNT_ADVANCE, POSTING_ADVANCE, -4000, 0)}},
                                      .vat_minor = 1200, .vat_due = VAT_DUE_ON_ISSUE, .credit = {2000, 1900}};
    struct posting_list list;

    invoice.lines.at[1].stands = true;
    invoice.lines.at[1].base_minor = -3600; /* paid when the dollar stood at 0.90 */
    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(item_of(&list, "706")->credit_minor, 10000);
    SAME_NUMBER(item_of(&list, ACCOUNT_ADVANCE)->debit_minor, 3600);
    SAME_NUMBER(item_of(&list, ACCOUNT_ADVANCE)->foreign_minor, 4000);
    SAME_NUMBER(item_of(&list, ACCOUNT_CUSTOMER)->debit_minor, 7100); /* 52.00 still asked and the 19.00 that leave the note */
    SAME_NUMBER(item_of(&list, ACCOUNT_EXCHANGE_LOSS)->debit_minor, 500);
    CU_ASSERT_TRUE(posting_balances(&list));
}

TEST(foreign_books, shares_sum_to_the_whole_and_the_largest_bears_the_rest)
{
    const struct exchange x = exchange_between("USD", "EUR", 3000000);
    const int64_t parts[] = {100, -400, 100, 400};
    int64_t shares[4];

    exchange_split(&x, exchange_minor(&x, 200), parts, 4, shares); /* 0.67 of 0.33, -1.33, 0.33, 1.33 */
    SAME_NUMBER(shares[0], 33);
    SAME_NUMBER(shares[1], -132);
    SAME_NUMBER(shares[2], 33);
    SAME_NUMBER(shares[3], 133);
    exchange_split(&x, 5, parts, 0, shares);
    SAME_NUMBER(shares[0], 33);
    SAME_NUMBER(exchange_share(1000, 300, 200), 667);
    SAME_NUMBER(exchange_share(-1000, -300, -100), -333);
    SAME_NUMBER(exchange_share(5, 0, 0), 0);
    CU_ASSERT_PTR_NULL(exchange_between("XXX", "EUR", 1).currency);
    CU_ASSERT_PTR_NULL(exchange_between("USD", "XXX", 1).currency);
    CU_ASSERT_PTR_NULL(exchange_between("USD", "EUR", 0).currency);
    CU_ASSERT_TRUE(exchange_holds(&EXCHANGE_NONE, MONEY_MAX));
    CU_ASSERT_FALSE(exchange_holds(&EXCHANGE_NONE, MONEY_MAX + 1));
    CU_ASSERT_FALSE(exchange_holds(&EXCHANGE_NONE, -MONEY_MAX - 1));
    CU_ASSERT_FALSE(exchange_holds(&(struct exchange){x.currency, x.base, 1}, MONEY_MAX));
    SAME_NUMBER(exchange_minor(&EXCHANGE_NONE, 42), 42);
}

TEST(foreign_books, an_entry_says_both_currencies_in_its_record)
{
    const struct entry_record_item items[] = {{"411", 42, 110599, 0, 120000, "customer"}, {"706", 0, 0, 110599, -120000, "revenue"}};
    struct entry_record r = {.series = "journal-2026", .sequence = 7, .journal = "VT", .entry_on = date_from_civil(2026, 11, 28), .source_kind = "invoice",
                             .source_id = 9, .reference = "INV-2026-00007", .currency = "EUR", .foreign = "USD", .total_minor = 110599, .posted_at = 1,
                             .items = items, .item_count = 2};
    const char *text = entry_record_text(test_arena(), &r);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "version=entry 2\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nforeign=USD\nitem=411 42 110599 0 customer 120000\nitem=706 0 0 110599 revenue -120000\n"));
    r.foreign = NULL; /* as it was sealed before */
    text = entry_record_text(test_arena(), &r);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "version=entry 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nitem=411 42 110599 0 customer\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "foreign"));
}

/* ---- a life, over seeds ---- */

enum { NOTES = 3 };

struct life {
    uint64_t state;
    struct exchange x;
    struct credit_account account;
    int64_t kept[NOTES]; /* of each note, on 411 */
    size_t notes;
    int64_t deferred;    /* what is left on 487 */
    struct books books;
};

static int64_t day_rate(struct life *life)
{
    return life->x.rate_e6 * seeded_between(&life->state, 70, 140) / 100 + 1;
}

static void pay(struct life *life, int64_t amount)
{
    struct credit_account *a = &life->account;
    struct posting_payment payment = payment_of(&life->x, a->total_minor, a->vat_minor, a->total_minor - a->open_minor, amount, day_rate(life));
    struct posting_list list;

    posting_of_payment(&payment, &list);
    take(&life->books, &list);
    if (seeded_between(&life->state, 0, 4) == 0) { /* it comes back on another day, and is paid again */
        payment = payment_of(&life->x, a->total_minor, a->vat_minor, a->total_minor - a->open_minor, amount, day_rate(life));
        posting_of_payment(&payment, &list);
        posting_turn(&list);
        take(&life->books, &list);
        posting_turn(&list);
        take(&life->books, &list);
    }
    a->open_minor -= amount;
}

static void release(struct life *life, int64_t minor)
{
    int64_t base = exchange_step(&life->x, life->deferred, life->deferred - minor);
    struct posting_list list;

    posting_of_release("706", minor, (struct posting_bases){true, base, base}, &list);
    take(&life->books, &list);
    life->deferred -= minor;
}

static void credit(struct life *life, int64_t total, int64_t vat)
{
    struct credit_effect e = credit_effect_on(&life->account, total, vat, VAT_DUE_ON_PAYMENT);
    int64_t cancelled = life->deferred < total - vat ? life->deferred : total - vat;
    int64_t vat_base = exchange_step(&life->x, life->account.vat_minor, e.after.vat_minor);
    struct posting_credit note = {
        .exchange = life->x, .lines = {1, {POSTING_LINE("706", POSTING_REVENUE, total - vat, cancelled)}}, .vat_minor = vat, .vat_waiting_minor = e.vat_waiting_minor,
        .customer_base_minor = exchange_step(&life->x, life->account.open_minor, e.after.open_minor) + exchange_minor(&life->x, e.kept_minor),
        .total_base_minor = exchange_step(&life->x, life->account.total_minor, e.after.total_minor), .vat_base_minor = vat_base,
        .vat_waiting_base_minor = vat_base - exchange_step(&life->x, credit_vat_due(&life->account), credit_vat_due(&e.after))};
    struct posting_list list;

    note.lines.at[0].deferred_base_minor = exchange_step(&life->x, life->deferred, life->deferred - cancelled);
    posting_of_credit(&note, &list);
    take(&life->books, &list);
    life->deferred -= cancelled;
    life->kept[life->notes++] = e.kept_minor;
    life->account = e.after;
}

static void refund(struct life *life, size_t note, int64_t minor)
{
    struct posting_list list;

    if (minor == 0)
        return;
    posting_of_refund(ACCOUNT_CARD, minor, (struct posting_bases){true, exchange_step(&life->x, life->kept[note], life->kept[note] - minor),
                                                                  at_rate(&life->x, day_rate(life), minor)}, &list);
    take(&life->books, &list);
    life->kept[note] -= minor;
}

/* Sold, paid in parts, released in parts, credited in parts to the last cent, everything paid back. */
static bool settles_to_nothing(uint64_t seed)
{
    static const char *const code[] = {"USD", "JPY", "KWD", "GBP"};
    struct life life = {.state = seed, .books = {.balanced = true}};
    struct posting_invoice invoice = {.vat_due = VAT_DUE_ON_PAYMENT};
    int64_t net = seeded_between(&life.state, 100, 10000000);
    int64_t first = seeded_between(&life.state, 0, net);
    struct posting_list list;
    int64_t vat_before;

    life.x = exchange_between(code[seeded_between(&life.state, 0, 3)], "EUR", seeded_between(&life.state, 100000, 200000000));
    life.deferred = seeded_between(&life.state, 0, first);
    invoice.exchange = life.x;
    invoice.lines = (struct posting_lines){2, {POSTING_LINE("706", POSTING_REVENUE, first, life.deferred), POSTING_LINE("707", POSTING_REVENUE, net - first, 0)}};
    invoice.lines.at[0].deferred_base_minor = exchange_minor(&life.x, life.deferred);
    invoice.vat_minor = seeded_between(&life.state, 0, net / 4);
    posting_of_invoice(&invoice, &list);
    take(&life.books, &list);
    life.account = (struct credit_account){net + invoice.vat_minor, invoice.vat_minor, net + invoice.vat_minor};
    for (int i = 0; i < 3; i++)
        if (life.account.open_minor > 1)
            pay(&life, seeded_between(&life.state, 1, life.account.open_minor / 2));
    release(&life, seeded_between(&life.state, 0, life.deferred));
    if (life.account.total_minor > 2)
        credit(&life, life.account.total_minor / 3, life.account.vat_minor / 3);
    if (life.account.open_minor > 0)
        pay(&life, life.account.open_minor);
    vat_before = on(&life.books, ACCOUNT_VAT);
    if (on(&life.books, ACCOUNT_VAT_WAITING) != 0 || vat_before != -exchange_minor(&life.x, life.account.vat_minor))
        return false; /* declared is what is asked, at the rate of the invoice */
    credit(&life, life.account.total_minor, life.account.vat_minor);
    release(&life, life.deferred);
    for (size_t i = 0; i < life.notes; i++) {
        refund(&life, i, seeded_between(&life.state, 0, life.kept[i]));
        refund(&life, i, life.kept[i]);
    }
    return life.books.balanced && on(&life.books, ACCOUNT_CUSTOMER) == 0 && on(&life.books, ACCOUNT_VAT_WAITING) == 0 &&
           on(&life.books, ACCOUNT_VAT) == 0 && on(&life.books, ACCOUNT_DEFERRED) == 0 && on(&life.books, "706") + on(&life.books, "707") == 0;
}

TEST(foreign_books, a_life_leaves_nothing)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!settles_to_nothing(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}
