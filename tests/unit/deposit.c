/* deposit: worked cases, and whatever is deposited, deducted and credited in whatever order: together it is the whole. */
#include "test.h"

#include <string.h>

#include "core/chain.h"
#include "core/deposit.h"
#include "core/money.h"
#include "core/posting.h"
#include "posting_lines.h"
#include "seeded.h"

enum { LINES_MAX = 8, INVOICES_MAX = 6 };

static struct invoice_line line_of(int64_t priced_minor, int32_t rate_ppm, bool included, bool per_line)
{
    struct invoice_line line = {.kind = LINE_ONE_TIME, .description = "Setup", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
        .net_minor = priced_minor, .tax = {.category = rate_ppm == 0 ? TAX_ZERO : TAX_STANDARD, .rate_ppm = rate_ppm,
                                           .reason = TAX_REASON_DOMESTIC, .included = included, .per_line = per_line}};

    invoice_line_settle(&line);
    return line;
}

static size_t lines_of(const struct invoice_line *order, size_t count, int64_t deposit_minor, struct invoice_line lines[TOTALS_GROUPS_MAX])
{
    struct deposit_room room;

    CU_ASSERT_TRUE_FATAL(deposit_room(order, count, &room));
    return deposit_lines(&room, deposit_minor, currency_find("EUR"), lines);
}

/* What one invoice deducts; the deposit's lines keep what is gone. */
static struct totals deduct(struct credit_line *deposit, size_t count, const struct invoice_line *lines, size_t line_count)
{
    struct deposit_room room;
    struct totals totals;
    int64_t sum;

    CU_ASSERT_TRUE_FATAL(deposit_room(lines, line_count, &room));
    sum = deposit_take(deposit, count, &room);
    CU_ASSERT_TRUE_FATAL(credit_totals(deposit, count, &totals));
    SAME_NUMBER(totals.gross_minor, sum);
    for (size_t i = 0; i < count; i++) {
        deposit[i].before_minor += deposit[i].now_minor;
        deposit[i].now_minor = 0;
    }
    return totals;
}

TEST(deposit, what_is_asked_and_what_is_refused)
{
    const struct deposit_terms share = {.ppm = 300000};
    const struct deposit_terms amount = {.minor = 5000};

    SAME_NUMBER(deposit_due(&share, 12000), 3600);
    SAME_NUMBER(deposit_due(&share, 12345), 3704); /* 3703.5 */
    SAME_NUMBER(deposit_due(&amount, 12000), 5000);
    SAME_NUMBER(deposit_due(&amount, 4000), 4000); /* the customer left options aside */
    SAME_NUMBER(deposit_due(&(struct deposit_terms){0}, 12000), 0);
    SAME_NUMBER(deposit_may_be_asked(&share, 0, true), DEPOSIT_NOT_REFUSED);
    SAME_NUMBER(deposit_may_be_asked(&amount, 5000, true), DEPOSIT_NOT_REFUSED);
    SAME_NUMBER(deposit_may_be_asked(&amount, 4999, true), DEPOSIT_ABOVE_TOTAL);
    SAME_NUMBER(deposit_may_be_asked(&amount, -1, true), DEPOSIT_NOT_REFUSED);
    SAME_NUMBER(deposit_may_be_asked(&amount, 5000, false), DEPOSIT_NOT_PAID);
    SAME_NUMBER(deposit_may_be_asked(&share, -1, false), DEPOSIT_NOT_PAID);
    SAME_NUMBER(deposit_may_be_asked(&(struct deposit_terms){0}, -1, false), DEPOSIT_NOT_REFUSED);
    SAME_NUMBER(deposit_may_be_asked(&(struct deposit_terms){1, 1}, -1, false), DEPOSIT_BOTH);
    SAME_TEXT(deposit_refusal_text(DEPOSIT_NOT_REFUSED), "");
    for (int refusal = DEPOSIT_BOTH; refusal <= DEPOSIT_ABOVE_TOTAL; refusal++)
        CU_ASSERT_TRUE(deposit_refusal_text((enum deposit_refusal)refusal)[0] != '\0');
}

/* 30 % of 100.00 + 20 %: 36.00 are paid, net 30.00, VAT 6.00; the invoice asks for 84.00, of which VAT 14.00. */
TEST(deposit, thirty_per_cent_of_one_rate)
{
    const struct invoice_line order = line_of(10000, 200000, false, false);
    struct invoice_line lines[TOTALS_GROUPS_MAX];
    struct credit_line credit = {.line = lines};
    struct totals totals;

    SAME_NUMBER(lines_of(&order, 1, 3600, lines), 1);
    SAME_NUMBER(lines[0].net_minor, 3000);
    SAME_NUMBER(lines[0].unit_price_e4, 300000);
    totals = deduct(&credit, 1, &order, 1);
    SAME_NUMBER(totals.net_minor, 3000);
    SAME_NUMBER(totals.vat_minor, 600);
    SAME_NUMBER(12000 - totals.gross_minor, 8400);
    SAME_NUMBER(2000 - totals.vat_minor, 1400);
    SAME_NUMBER(credit_line_left(&credit), 0);
}

/* 120.00 at 20 % and 105.50 at 5.5 %, deposit 100.00: 53.22 and 46.78, and no cent beside. */
TEST(deposit, two_rates_share_it)
{
    const struct invoice_line order[] = {line_of(10000, 200000, false, false), line_of(10000, 55000, false, false)};
    struct invoice_line lines[TOTALS_GROUPS_MAX];
    struct totals totals;

    SAME_NUMBER(lines_of(order, 2, 10000, lines), 2);
    SAME_NUMBER(lines[0].priced_minor, 5322);
    SAME_NUMBER(lines[1].priced_minor, 4678);
    CU_ASSERT_TRUE(invoice_totals(lines, 2, &totals));
    SAME_NUMBER(totals.gross_minor, 10000);
    SAME_NUMBER(totals.groups[0].base_minor, 4435);
    SAME_NUMBER(totals.groups[0].tax_minor, 887);
    SAME_NUMBER(totals.groups[1].base_minor, 4434);
    SAME_NUMBER(totals.groups[1].tax_minor, 244);
}

/* 200.00 on setup 60.00 now and 180.00 later: the first invoice takes 60.00, the next one 140.00 and asks for 40.00. */
TEST(deposit, what_is_above_the_first_invoice_waits_for_the_next)
{
    const struct invoice_line order[] = {line_of(5000, 200000, false, false), line_of(15000, 200000, false, false)};
    struct invoice_line lines[TOTALS_GROUPS_MAX];
    struct credit_line credit = {.line = lines};

    SAME_NUMBER(lines_of(order, 2, 20000, lines), 1);
    SAME_NUMBER(deduct(&credit, 1, &order[0], 1).gross_minor, 6000);
    SAME_NUMBER(credit_line_left(&credit), 14000);
    SAME_NUMBER(deduct(&credit, 1, &order[1], 1).gross_minor, 14000);
    SAME_NUMBER(credit_line_left(&credit), 0);
    SAME_NUMBER(deduct(&credit, 1, &order[1], 1).gross_minor, 0);
}

/* Another rate deducts nothing; an order of nothing has no deposit; a line below zero leaves no room. */
TEST(deposit, rate_by_rate_and_never_below_zero)
{
    const struct invoice_line order = line_of(10000, 200000, false, false);
    const struct invoice_line other[] = {line_of(10000, 55000, false, false), line_of(-5000, 200000, false, false)};
    const struct invoice_line free_line = line_of(0, 200000, false, false);
    struct invoice_line lines[TOTALS_GROUPS_MAX];
    struct credit_line credit = {.line = lines};
    struct invoice_line far = line_of(MONEY_MAX, 0, false, false);
    struct deposit_room room;

    SAME_NUMBER(lines_of(&order, 1, 3600, lines), 1);
    SAME_NUMBER(deduct(&credit, 1, other, 2).gross_minor, 0);
    SAME_NUMBER(deduct(&credit, 1, other, 1).gross_minor, 0);
    SAME_NUMBER(lines_of(&free_line, 1, 1, lines), 0);
    far.net_minor++;
    CU_ASSERT_FALSE(deposit_room(&far, 1, &room));
}

/* Invoice 120.00 with 36.00 deducted, credited wholly: 84.00 are set off, 36.00 are the customer's, 14.00 VAT waited. */
TEST(deposit, a_credit_of_more_than_is_asked_gives_back_the_deposit)
{
    struct credit_effect e = credit_effect_on(&(struct credit_account){8400, 1400, 8400}, 12000, 2000, VAT_DUE_ON_PAYMENT);

    SAME_NUMBER(e.set_off_minor, 8400);
    SAME_NUMBER(e.kept_minor, 3600);
    SAME_NUMBER(e.vat_waiting_minor, 1400);
    e = credit_effect_on(&(struct credit_account){8400, 1400, 8400}, 6000, 1000, VAT_DUE_ON_PAYMENT);
    e = credit_effect_on(&e.after, 6000, 1000, VAT_DUE_ON_PAYMENT);
    SAME_NUMBER(e.set_off_minor, 2400);
    SAME_NUMBER(e.kept_minor, 3600);
    SAME_NUMBER(e.vat_waiting_minor, 400);
}

TEST(deposit, the_record_of_an_invoice_says_what_it_deducts)
{
    struct invoice_line line = line_of(10000, 200000, false, false);
    const struct chain_deduction deduction = {"INV-2026-00001", 20000, TAX_STANDARD, 200000, 3600, 3000, 600};
    struct totals totals;
    struct chain_record record = {.series = "INV-2026", .sequence = 2, .number = "INV-2026-00002", .kind = "invoice", .currency = "EUR",
        .language = "fr", .vat_due = VAT_DUE_ON_PAYMENT, .lines = &line, .line_count = 1, .totals = &totals, .deductions = &deduction};

    CU_ASSERT_TRUE(invoice_totals(&line, 1, &totals));
    CU_ASSERT_PTR_NULL(strstr(chain_record_text(test_arena(), &record), "deposit"));
    record.deduction_count = 1;
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &record),
        "\ntotal_minor=12000\ndeposit=INV-2026-00001\ndeposit.issued_on=2024-10-04\ndeposit.category=S\ndeposit.rate_ppm=200000\n"
        "deposit.amount_minor=3600\ndeposit.net_minor=3000\ndeposit.vat_minor=600\n"));
}

/* A document of more accounts than an entry holds: what has no room is told. */
TEST(deposit, lines_are_booked_account_by_account)
{
    static const char *const account[] = {"701", "702", "703", "704", "705", "7061", "7062", "7063", "7064", "7065", "7066", "7067", "7068", "7069"};
    struct posting_invoice invoice = {.vat_minor = 2800, .vat_due = VAT_DUE_ON_PAYMENT};
    struct posting_list list;

    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < POSTING_ACCOUNTS_MAX; i++)
            CU_ASSERT_TRUE(ADD_LINE(&invoice.lines, account[i], POSTING_REVENUE, 500, 100));
    CU_ASSERT_FALSE(ADD_LINE(&invoice.lines, "708", POSTING_REVENUE, 1, 0));
    SAME_NUMBER(invoice.lines.count, POSTING_ACCOUNTS_MAX);
    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(list.items[0].debit_minor, 14 * 1000 + 2800);
    SAME_NUMBER(list.count, 2 + 3 * POSTING_ACCOUNTS_MAX);
    CU_ASSERT_TRUE(posting_balances(&list));
}

struct books {
    int64_t account[5];
};
static const char *const book_account[] = {ACCOUNT_CUSTOMER, ACCOUNT_ADVANCE, ACCOUNT_VAT, ACCOUNT_VAT_WAITING, ACCOUNT_SERVICE};

static void book(struct books *books, const struct posting_list *list)
{
    CU_ASSERT_TRUE(posting_balances(list));
    for (size_t i = 0; i < list->count; i++)
        for (size_t a = 0; a < sizeof book_account / sizeof book_account[0]; a++)
            if (strcmp(list->items[i].account, book_account[a]) == 0)
                books->account[a] += list->items[i].debit_minor - list->items[i].credit_minor;
}

/* One order in random parts: deposit, invoices that deduct it, a credit of what is left. Rate by rate deposit and rests
 * are the whole; every entry balances; in the end 4191, 411 and 44587 stand at nothing and all VAT is due. */
TEST(deposit, deposit_and_rest_are_the_whole_in_whatever_parts)
{
    static const int32_t rates[] = {200000, 100000, 55000, 21000, 0};

    const unsigned failures = CU_get_number_of_failures();

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        bool included = seeded_between(&state, 0, 1) == 1;
        bool per_line = seeded_between(&state, 0, 3) == 0;
        enum vat_due due = seeded_between(&state, 0, 1) == 1 ? VAT_DUE_ON_PAYMENT : VAT_DUE_ON_ISSUE;
        size_t count = (size_t)seeded_between(&state, 1, LINES_MAX);
        struct invoice_line order[LINES_MAX];
        struct invoice_line lines[TOTALS_GROUPS_MAX];
        struct credit_line deposit[TOTALS_GROUPS_MAX] = {{0}};
        struct totals whole;
        struct totals paid;
        struct totals gone = {0};
        struct books books = {{0}};
        struct posting_list list;
        int64_t vat = 0;
        int64_t invoiced_vat = 0;
        size_t at = 0;
        size_t n;

        for (size_t i = 0; i < count; i++)
            order[i] = line_of(seeded_between(&state, 0, 3) == 0 ? seeded_between(&state, 1, 99) : seeded_between(&state, 1, 500000),
                               rates[seeded_between(&state, 0, 4)], included, per_line);
        CU_ASSERT_TRUE_FATAL(invoice_totals(order, count, &whole));
        n = lines_of(order, count, seeded_between(&state, 1, whole.gross_minor), lines);
        CU_ASSERT_TRUE_FATAL(invoice_totals(lines, n, &paid));
        for (size_t i = 0; i < n; i++) {
            deposit[i].line = &lines[i];
            CU_ASSERT(lines[i].priced_minor > 0);
        }
        /* the prepayment invoice and its payment */
        posting_of_invoice(&(struct posting_invoice){.lines = {1, {POSTING_LINE(ACCOUNT_ADVANCE, POSTING_ADVANCE, paid.gross_minor - paid.vat_minor, 0)}},
                                                     .vat_minor = paid.vat_minor, .vat_due = VAT_DUE_ON_PAYMENT}, &list);
        book(&books, &list);
        posting_of_payment(&(struct posting_payment){.money_account = ACCOUNT_CARD, .amount_minor = paid.gross_minor,
                                                     .invoice_total_minor = paid.gross_minor, .invoice_vat_minor = paid.vat_minor,
                                                     .vat_due = VAT_DUE_ON_PAYMENT}, &list);
        book(&books, &list);
        SAME_NUMBER(books.account[2], -paid.vat_minor);
        /* invoices of the order's lines in parts */
        while (at < count) {
            size_t part = (size_t)seeded_between(&state, 1, (int64_t)(count - at));
            struct totals invoice;
            struct totals taken;
            int64_t asked;

            CU_ASSERT_TRUE_FATAL(invoice_totals(&order[at], part, &invoice));
            taken = deduct(deposit, n, &order[at], part);
            asked = invoice.gross_minor - taken.gross_minor;
            CU_ASSERT(asked >= 0);
            vat = invoice.vat_minor - taken.vat_minor;
            posting_of_invoice(&(struct posting_invoice){
                .lines = {2, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, invoice.net_minor, 0),
                              POSTING_LINE(ACCOUNT_ADVANCE, POSTING_ADVANCE, taken.vat_minor - taken.gross_minor, 0)}},
                .vat_minor = vat, .vat_paid_minor = asked == 0 ? vat : 0, .rounding_minor = invoice.rounding_minor, .vat_due = due}, &list);
            book(&books, &list);
            if (asked > 0) {
                posting_of_payment(&(struct posting_payment){.money_account = ACCOUNT_BANK, .amount_minor = asked, .invoice_total_minor = asked,
                                                             .invoice_vat_minor = vat, .vat_due = due}, &list);
                book(&books, &list);
            }
            invoiced_vat += invoice.vat_minor;
            gone.net_minor += taken.net_minor;
            gone.vat_minor += taken.vat_minor;
            gone.rounding_minor += taken.rounding_minor;
            gone.gross_minor += taken.gross_minor;
            at += part;
        }
        /* what an invoice split otherwise did not take becomes a credit note */
        if (gone.gross_minor < paid.gross_minor) {
            struct totals note;

            for (size_t i = 0; i < n; i++)
                deposit[i].now_minor = credit_line_left(&deposit[i]);
            CU_ASSERT_TRUE_FATAL(credit_totals(deposit, n, &note));
            posting_of_credit(&(struct posting_credit){.lines = {1, {POSTING_LINE(ACCOUNT_ADVANCE, POSTING_ADVANCE, note.gross_minor - note.vat_minor, 0)}},
                                                       .vat_minor = note.vat_minor}, &list);
            book(&books, &list);
            books.account[0] += note.gross_minor; /* the customer's credit is used or given back */
            gone.net_minor += note.net_minor;
            gone.vat_minor += note.vat_minor;
            gone.rounding_minor += note.rounding_minor;
            gone.gross_minor += note.gross_minor;
        }
        SAME_NUMBER(gone.gross_minor, paid.gross_minor);
        SAME_NUMBER(gone.net_minor, paid.net_minor);
        SAME_NUMBER(gone.vat_minor, paid.vat_minor);
        SAME_NUMBER(gone.rounding_minor, paid.rounding_minor);
        SAME_NUMBER(books.account[0], 0);
        SAME_NUMBER(books.account[1], 0);
        SAME_NUMBER(books.account[2], -invoiced_vat);
        SAME_NUMBER(books.account[3], 0);
        if (CU_get_number_of_failures() > failures) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

/* An invoice of the whole order takes the whole deposit, and no rate of its rest is below zero: a cent of rounding where
 * prices are with VAT. */
TEST(deposit, the_invoice_of_the_whole_order_takes_all_of_it)
{
    static const int32_t rates[] = {200000, 100000, 55000, 0};

    const unsigned failures = CU_get_number_of_failures();

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        bool included = seeded_between(&state, 0, 1) == 1;
        size_t count = (size_t)seeded_between(&state, 1, LINES_MAX);
        struct invoice_line order[LINES_MAX];
        struct invoice_line lines[TOTALS_GROUPS_MAX];
        struct credit_line deposit[TOTALS_GROUPS_MAX] = {{0}};
        struct totals whole;
        struct totals taken;
        size_t n;

        for (size_t i = 0; i < count; i++)
            order[i] = line_of(seeded_between(&state, 1, 100000), rates[seeded_between(&state, 0, 3)], included, false);
        CU_ASSERT_TRUE_FATAL(invoice_totals(order, count, &whole));
        n = lines_of(order, count, seeded_between(&state, 0, 4) == 0 ? whole.gross_minor : seeded_between(&state, 1, whole.gross_minor), lines);
        for (size_t i = 0; i < n; i++)
            deposit[i].line = &lines[i];
        taken = deduct(deposit, n, order, count);
        for (size_t i = 0; i < n; i++)
            SAME_NUMBER(credit_line_left(&deposit[i]), 0);
        for (size_t i = 0; i < taken.group_count; i++)
            for (size_t k = 0; k < whole.group_count; k++)
                if (whole.groups[k].rate_ppm == taken.groups[i].rate_ppm) {
                    int64_t slack = included ? LINES_MAX : 0;

                    CU_ASSERT(whole.groups[k].base_minor + slack >= taken.groups[i].base_minor);
                    CU_ASSERT(whole.groups[k].tax_minor + slack >= taken.groups[i].tax_minor);
                }
        if (CU_get_number_of_failures() > failures) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}
