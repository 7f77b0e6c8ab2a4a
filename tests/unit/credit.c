/* credit: credit notes by the worked cases of the product, and whatever is credited in whatever parts: never more than
 * the invoice, and in the end exactly it. */
#include "test.h"

#include <string.h>

#include "core/chain.h"
#include "core/credit.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/money.h"
#include "core/posting.h"
#include "core/proration.h"
#include "posting_lines.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

enum { LINES_MAX = 8 };

static struct invoice_line line_of(int64_t priced_minor, int32_t rate_ppm, bool included, bool per_line)
{
    struct invoice_line line = {.kind = LINE_RECURRING, .description = "Licence", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
        .net_minor = priced_minor, .tax = {.category = rate_ppm == 0 ? TAX_ZERO : TAX_STANDARD, .rate_ppm = rate_ppm,
                                           .reason = TAX_REASON_DOMESTIC, .included = included, .per_line = per_line}};

    invoice_line_settle(&line);
    return line;
}

/* The note over all lines and what it leaves before the next. */
static struct totals note(struct credit_line *lines, size_t count)
{
    struct totals totals;
    size_t which;

    CU_ASSERT_EQUAL_FATAL(credit_may_be_issued(lines, count, &which), CREDIT_NOT_REFUSED);
    CU_ASSERT_TRUE_FATAL(credit_totals(lines, count, &totals));
    for (size_t i = 0; i < count; i++) {
        lines[i].before_minor += lines[i].now_minor;
        lines[i].now_minor = 0;
    }
    return totals;
}

/* P14: list 100, invoiced 50, left after 10 of 30 days: 33.33 of what was invoiced, with its VAT. */
TEST(credit, p14_of_what_was_invoiced_never_of_the_list_price)
{
    struct invoice_line line = line_of(5000, 200000, false, false);
    struct credit_line credit = {.line = &line};
    struct totals totals;

    credit.now_minor = proration_credit(line.net_minor, (struct period){ON(2026, 6, 1), ON(2026, 7, 1)}, ON(2026, 6, 11));
    SAME_NUMBER(credit.now_minor, 3333);
    totals = note(&credit, 1);
    SAME_NUMBER(totals.net_minor, 3333);
    SAME_NUMBER(totals.vat_minor, 667);
    SAME_NUMBER(totals.gross_minor, 4000);
    SAME_NUMBER(credit_line_left(&credit), 1667);
}

/* 3 x 0.99 at 20 %: VAT 0.59 of 2.97. One by one 0.20, 0.20 and what is left: 0.19. */
TEST(credit, three_lines_of_99_cents_one_by_one)
{
    struct invoice_line lines[3] = {line_of(99, 200000, false, false), line_of(99, 200000, false, false), line_of(99, 200000, false, false)};
    struct credit_line credit[3] = {{.line = &lines[0]}, {.line = &lines[1]}, {.line = &lines[2]}};
    const int64_t vat[3] = {20, 20, 19};

    for (int i = 0; i < 3; i++) {
        struct totals totals;

        credit[i].now_minor = 99;
        totals = note(credit, 3);
        SAME_NUMBER(totals.net_minor, 99);
        SAME_NUMBER(totals.vat_minor, vat[i]);
    }
}

/* 9.99 with VAT: net 8.33, VAT 1.67, rounding -0.01, to pay 9.99; its full credit note is the same to the cent. */
TEST(credit, all_of_a_price_with_vat_is_the_invoice)
{
    struct invoice_line line = line_of(999, 200000, true, false);
    struct credit_line credit = {.line = &line, .now_minor = 999};
    struct totals totals = note(&credit, 1);

    SAME_NUMBER(totals.net_minor, 833);
    SAME_NUMBER(totals.vat_minor, 167);
    SAME_NUMBER(totals.rounding_minor, -1);
    SAME_NUMBER(totals.gross_minor, 999);
    SAME_NUMBER(totals.group_count, 1);
    SAME_NUMBER(totals.groups[0].base_minor, 833);
}

TEST(credit, quantities_give_back_their_share_and_the_last_what_is_left)
{
    struct invoice_line line = line_of(200, 200000, false, false);
    struct credit_line credit = {.line = &line};
    size_t which;

    line.quantity_e4 = 3 * QUANTITY_ONE;
    for (int i = 0; i < 2; i++) {
        credit.now_minor = credit_of_quantity(&credit, QUANTITY_ONE);
        SAME_NUMBER(credit.now_minor, 67);
        (void)note(&credit, 1);
    }
    SAME_NUMBER(credit_of_quantity(&credit, QUANTITY_ONE), 66);
    credit.now_minor = credit_of_quantity(&credit, 2 * QUANTITY_ONE);
    CU_ASSERT_EQUAL(credit_may_be_issued(&credit, 1, &which), CREDIT_ABOVE_LINE);
}

TEST(credit, refusals_name_the_line)
{
    struct invoice_line lines[2] = {line_of(1000, 200000, false, false), line_of(-300, 200000, false, false)};
    struct credit_line credit[2] = {{.line = &lines[0]}, {.line = &lines[1]}};
    size_t which;

    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_NOTHING_CHOSEN);
    credit[0].now_minor = 1001;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_LINE);
    SAME_NUMBER(which, 0);
    credit[0].now_minor = -1;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_AMOUNT_ZERO);
    credit[0].now_minor = 0;
    credit[1].now_minor = 300;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_AMOUNT_ZERO);
    SAME_NUMBER(which, 1);
    credit[1].now_minor = -300;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_BELOW_ZERO);
    credit[0].now_minor = 1000;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_NOT_REFUSED);
    credit[1].now_minor = 0;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_INVOICE); /* the invoice asked for 700 net */
    credit[0].before_minor = 1000;
    credit[1].before_minor = -300;
    credit[0].now_minor = 0;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_NOTHING_LEFT);
    CU_ASSERT_STRING_EQUAL(credit_refusal_text(CREDIT_NOT_REFUSED), "");
    CU_ASSERT_STRING_EQUAL(credit_refusal_text((enum credit_refusal)0), "");
    for (int i = CREDIT_OF_CREDIT_NOTE; i <= CREDIT_BELOW_ZERO; i++)
        CU_ASSERT(credit_refusal_text((enum credit_refusal)i)[0] != '\0');
}

TEST(credit, lines_below_zero_are_given_back_below_zero)
{
    struct invoice_line line = line_of(-200, 200000, false, false);
    struct credit_line credit = {.line = &line, .before_minor = -134};

    line.quantity_e4 = 3 * QUANTITY_ONE;
    SAME_NUMBER(credit_of_quantity(&credit, QUANTITY_ONE), -66);
    credit.before_minor = 0;
    SAME_NUMBER(credit_of_quantity(&credit, QUANTITY_ONE), -67);
}

/* 100 at 20 % less 50 at 0 %: 70 are asked, 120 cannot be given back without the 50. */
TEST(credit, a_rate_below_zero_bounds_the_others)
{
    struct invoice_line lines[2] = {line_of(10000, 200000, false, false), line_of(-5000, 0, false, false)};
    struct credit_line credit[2] = {{.line = &lines[0], .now_minor = 10000}, {.line = &lines[1]}};
    size_t which;

    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_INVOICE);
    credit[1].now_minor = -5000;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_NOT_REFUSED);
}

/* VAT line by line of 2, 3 and -3 cents is 0: the parts 3 and -1 have the same net and a cent of VAT. */
TEST(credit, vat_never_exceeds_that_of_the_rate)
{
    struct invoice_line lines[3] = {line_of(2, 200000, false, true), line_of(3, 200000, false, true), line_of(-3, 200000, false, true)};
    struct credit_line credit[3] = {{.line = &lines[0]}, {.line = &lines[1], .now_minor = 3}, {.line = &lines[2], .now_minor = -1}};
    size_t which;

    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 3, &which), CREDIT_ABOVE_INVOICE);
}

TEST(credit, amounts_out_of_bounds_are_refused)
{
    struct invoice_line lines[2] = {line_of(MONEY_MAX, 0, false, false), line_of(MONEY_MAX, 0, false, false)};
    struct credit_line credit[2] = {{.line = &lines[0], .now_minor = 1}, {.line = &lines[1]}};
    struct totals totals;
    size_t which;

    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_INVOICE);
    credit[0].now_minor = credit[1].now_minor = MONEY_MAX;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_INVOICE);
    CU_ASSERT_FALSE(credit_totals(credit, 2, &totals));
    credit[0].now_minor = credit[1].now_minor = 0;
    credit[0].before_minor = credit[1].before_minor = MONEY_MAX - 1;
    credit[0].now_minor = 1;
    CU_ASSERT_EQUAL(credit_may_be_issued(credit, 2, &which), CREDIT_ABOVE_INVOICE);
    CU_ASSERT_FALSE(credit_totals(credit, 2, &totals));
}

/* ---- its money ---- */

TEST(credit, an_open_invoice_takes_it_and_vat_that_was_not_due_stays_so)
{
    struct credit_effect e = credit_effect_on(&(struct credit_account){12000, 2000, 12000}, 6000, 1000, VAT_DUE_ON_PAYMENT);

    SAME_NUMBER(e.set_off_minor, 6000);
    SAME_NUMBER(e.kept_minor, 0);
    SAME_NUMBER(e.vat_waiting_minor, 1000);
    SAME_NUMBER(e.after.open_minor, 6000);
}

TEST(credit, a_paid_invoice_leaves_credit_and_takes_back_vat_that_was_due)
{
    struct credit_effect e = credit_effect_on(&(struct credit_account){12000, 2000, 0}, 12000, 2000, VAT_DUE_ON_PAYMENT);

    SAME_NUMBER(e.set_off_minor, 0);
    SAME_NUMBER(e.kept_minor, 12000);
    SAME_NUMBER(e.vat_waiting_minor, 0);
    SAME_NUMBER(credit_vat_due(&e.after), 0);
    e = credit_effect_on(&(struct credit_account){12000, 2000, 12000}, 12000, 2000, VAT_DUE_ON_ISSUE);
    SAME_NUMBER(e.vat_waiting_minor, 0);
}

/* 100 at 20 % and 100 at 0 %, half of 220 paid: 10 of 20 VAT are due. Crediting the taxed line takes all 20 back. */
TEST(credit, a_half_paid_invoice_of_two_rates)
{
    struct credit_effect e = credit_effect_on(&(struct credit_account){22000, 2000, 11000}, 12000, 2000, VAT_DUE_ON_PAYMENT);

    SAME_NUMBER(e.set_off_minor, 11000);
    SAME_NUMBER(e.kept_minor, 1000);
    SAME_NUMBER(e.vat_waiting_minor, 1000);
    SAME_NUMBER(credit_vat_due(&e.after), 0);
}

TEST(credit, the_entry_is_the_invoice_the_other_way_round)
{
    const struct posting_invoice invoice = {.lines = {1, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, 833, 800)}}, .vat_minor = 167,
                                            .rounding_minor = -1, .vat_due = VAT_DUE_ON_ISSUE};
    const struct posting_credit credit = {.lines = {1, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, 833, 800)}}, .vat_minor = 167,
                                          .rounding_minor = -1};
    struct posting_list issued;
    struct posting_list credited;

    posting_of_invoice(&invoice, &issued);
    posting_of_credit(&credit, &credited);
    SAME_NUMBER(issued.count, credited.count);
    for (size_t i = 0; i < issued.count; i++) {
        int64_t sum = 0;

        for (size_t j = 0; j < issued.count; j++) {
            if (strcmp(issued.items[j].account, issued.items[i].account) == 0)
                sum += issued.items[j].debit_minor - issued.items[j].credit_minor;
            if (strcmp(credited.items[j].account, issued.items[i].account) == 0)
                sum += credited.items[j].debit_minor - credited.items[j].credit_minor;
        }
        SAME_NUMBER(sum, 0);
    }
}

/* ---- deferred revenue ---- */

/* 1200 over 2026, released until 1 July (595.07); 300 are credited: 304.93 are left for July to December. */
TEST(credit, deferred_revenue_goes_first_and_the_rest_is_spread_again)
{
    const struct period year = {ON(2026, 1, 1), ON(2027, 1, 1)};
    struct deferral_left left = {120000, deferral_recognised(DEFERRAL_DAYS, 120000, year, ON(2026, 7, 1)), year, ON(2026, 8, 1)};

    SAME_NUMBER(left.recognised_minor, 59507);
    SAME_NUMBER(deferral_credit(&left, 30000), 30000);
    SAME_NUMBER(left.amount_minor, 30493);
    SAME_NUMBER(left.recognised_minor, 0);
    SAME_NUMBER(left.period.from_on, ON(2026, 7, 1));
    SAME_NUMBER(left.next_on, ON(2026, 8, 1));
    SAME_NUMBER(deferral_credit(&left, 40000), 30493);
    SAME_NUMBER(left.next_on, DATE_NONE);
    SAME_NUMBER(deferral_credit(&left, 1), 0);
}

TEST(credit, the_record_of_a_note_says_what_it_corrects)
{
    struct invoice_line line = line_of(1000, 200000, false, false);
    const int32_t position = 4;
    struct totals totals;
    struct chain_record record = {.series = "CN-2026", .sequence = 1, .number = "CN-2026-00001", .kind = "credit_note",
        .currency = "EUR", .language = "fr", .vat_due = VAT_DUE_ON_ISSUE, .lines = &line, .line_count = 1, .totals = &totals};
    const char *text;

    CU_ASSERT_TRUE(invoice_totals(&line, 1, &totals));
    CU_ASSERT_PTR_NULL(strstr(chain_record_text(test_arena(), &record), "corrected"));
    record.corrected_number = "INV-2026-00017";
    record.corrected_on = ON(2026, 3, 1);
    record.reason = "Deux fois\nfacturé";
    record.corrected_positions = &position;
    text = chain_record_text(test_arena(), &record);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ncorrected=INV-2026-00017\ncorrected_on=2026-03-01\nreason=Deux fois\\nfacturé\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ncorrected_line=4\n"));
}

/* ---- whatever comes ---- */

struct year_of_credit {
    struct invoice_line lines[LINES_MAX];
    struct credit_line credit[LINES_MAX];
    struct deferral_left deferral[LINES_MAX];
    size_t count;
    struct totals invoice;
    struct totals sum; /* of the notes */
    struct credit_account account;
    int64_t ledger_customer, ledger_waiting, ledger_vat, ledger_deferred;
    int64_t kept_minor;
    int64_t paid_minor;
    enum vat_due vat_due;
};

static void book(struct year_of_credit *y, const struct posting_list *list)
{
    CU_ASSERT_TRUE(posting_balances(list));
    for (size_t i = 0; i < list->count; i++) {
        int64_t minor = list->items[i].debit_minor - list->items[i].credit_minor;

        if (strcmp(list->items[i].account, ACCOUNT_CUSTOMER) == 0)
            y->ledger_customer += minor;
        if (strcmp(list->items[i].account, ACCOUNT_VAT_WAITING) == 0)
            y->ledger_waiting -= minor;
        if (strcmp(list->items[i].account, ACCOUNT_VAT) == 0)
            y->ledger_vat -= minor;
        if (strcmp(list->items[i].account, ACCOUNT_DEFERRED) == 0)
            y->ledger_deferred -= minor;
    }
}

static void issue(struct year_of_credit *y, uint64_t *seed)
{
    static const int32_t rate[] = {200000, 100000, 55000, 21000, 0};
    bool included = seeded_between(seed, 0, 1) == 1;
    bool per_line = seeded_between(seed, 0, 1) == 1;
    struct posting_invoice sums = {.vat_minor = 0};
    struct posting_list list;

    y->count = (size_t)seeded_between(seed, 1, LINES_MAX);
    y->vat_due = seeded_between(seed, 0, 1) == 1 ? VAT_DUE_ON_ISSUE : VAT_DUE_ON_PAYMENT;
    for (size_t i = 0; i < y->count; i++) {
        struct invoice_line *line = &y->lines[i];
        struct period period = {ON(2026, 1, 1) + (int32_t)seeded_between(seed, 0, 60), 0};

        *line = line_of(seeded_between(seed, 0, 3) == 0 ? 99 : seeded_between(seed, 1, 500000), rate[seeded_between(seed, 0, 4)], included, per_line);
        period.until_on = period.from_on + (int32_t)seeded_between(seed, 1, 400);
        line->goods = seeded_between(seed, 0, 4) == 0;
        y->credit[i].line = line;
        if (line->goods) {
            CU_ASSERT_TRUE(ADD_LINE(&sums.lines, ACCOUNT_GOODS, POSTING_REVENUE, line->net_minor, 0));
            continue;
        }
        CU_ASSERT_TRUE(ADD_LINE(&sums.lines, ACCOUNT_SERVICE, POSTING_REVENUE, line->net_minor, line->net_minor));
        y->deferral[i] = (struct deferral_left){line->net_minor, 0, period, deferral_next_on(period, period.from_on)};
    }
    CU_ASSERT_TRUE_FATAL(invoice_totals(y->lines, y->count, &y->invoice));
    y->account = (struct credit_account){y->invoice.gross_minor, y->invoice.vat_minor, y->invoice.gross_minor};
    sums.vat_minor = y->invoice.vat_minor;
    sums.rounding_minor = y->invoice.rounding_minor;
    sums.vat_due = y->vat_due;
    posting_of_invoice(&sums, &list);
    book(y, &list);
}

static void pay_some(struct year_of_credit *y, uint64_t *seed)
{
    struct posting_payment payment = {.money_account = ACCOUNT_CARD, .vat_due = y->vat_due, .invoice_total_minor = y->account.total_minor,
        .invoice_vat_minor = y->account.vat_minor, .paid_before_minor = y->account.total_minor - y->account.open_minor};
    struct posting_list list;

    if (y->account.open_minor == 0)
        return;
    payment.amount_minor = seeded_between(seed, 1, y->account.open_minor);
    posting_of_payment(&payment, &list);
    book(y, &list);
    y->account.open_minor -= payment.amount_minor;
    y->paid_minor += payment.amount_minor;
}

static void release_some(struct year_of_credit *y, uint64_t *seed)
{
    for (size_t i = 0; i < y->count; i++) {
        struct deferral_left *d = &y->deferral[i];
        struct posting_list list;
        int64_t until;

        if (y->lines[i].goods || d->next_on == DATE_NONE || seeded_between(seed, 0, 1) == 0)
            continue;
        until = deferral_recognised(DEFERRAL_DAYS, d->amount_minor, d->period, d->next_on);
        CU_ASSERT(until >= d->recognised_minor);
        posting_of_release(ACCOUNT_SERVICE, until - d->recognised_minor, IN_ONE_CURRENCY, &list);
        book(y, &list);
        d->recognised_minor = until;
        d->next_on = deferral_next_on(d->period, d->next_on);
    }
}

static void credit_some(struct year_of_credit *y, uint64_t *seed, bool all)
{
    struct posting_credit posting = {.vat_minor = 0};
    struct posting_list list;
    struct credit_effect effect;
    struct totals totals;
    int64_t net = 0;
    bool any = false;

    for (size_t i = 0; i < y->count; i++) {
        int64_t left = credit_line_left(&y->credit[i]);

        if (left > 0 && (all || seeded_between(seed, 0, 1) == 1)) {
            y->credit[i].now_minor = all ? left : seeded_between(seed, 1, left);
            any = true;
        }
    }
    if (!any)
        return;
    for (size_t i = 0; i < y->count; i++) {
        int64_t line_net = credit_line_net(&y->credit[i]);

        net += line_net;
        CU_ASSERT_TRUE(ADD_LINE(&posting.lines, y->lines[i].goods ? ACCOUNT_GOODS : ACCOUNT_SERVICE, POSTING_REVENUE, line_net,
                                         y->lines[i].goods ? 0 : deferral_credit(&y->deferral[i], line_net)));
    }
    totals = note(y->credit, y->count);
    SAME_NUMBER(totals.net_minor, net);
    SAME_NUMBER(totals.gross_minor, totals.net_minor + totals.vat_minor + totals.rounding_minor);
    for (size_t i = 0; i < totals.group_count; i++) {
        const struct tax_group *g = &totals.groups[i];
        int64_t own = money_scale(g->base_minor, g->rate_ppm, RATE_ONE, ROUND_HALF_AWAY);

        CU_ASSERT(g->tax_minor - own <= LINES_MAX && own - g->tax_minor <= LINES_MAX);
        if (!y->lines[0].tax.per_line)
            CU_ASSERT(g->tax_minor - own <= 1 && own - g->tax_minor <= 1);
    }
    effect = credit_effect_on(&y->account, totals.gross_minor, totals.vat_minor, y->vat_due);
    posting.vat_minor = totals.vat_minor;
    posting.vat_waiting_minor = effect.vat_waiting_minor;
    posting.rounding_minor = totals.rounding_minor;
    posting_of_credit(&posting, &list);
    book(y, &list);
    y->account = effect.after;
    y->kept_minor += effect.kept_minor;
    y->sum.net_minor += totals.net_minor;
    y->sum.vat_minor += totals.vat_minor;
    y->sum.rounding_minor += totals.rounding_minor;
    y->sum.gross_minor += totals.gross_minor;
}

/* At any time: the ledger of the customer is what is open less what is kept, VAT waits for what is not paid of what is
 * still asked, 487 holds what the rows say. */
static void holds(const struct year_of_credit *y)
{
    int64_t deferred = 0;

    for (size_t i = 0; i < y->count; i++)
        deferred += y->deferral[i].amount_minor - y->deferral[i].recognised_minor;
    SAME_NUMBER(y->ledger_customer, y->account.open_minor - y->kept_minor);
    SAME_NUMBER(y->ledger_deferred, deferred);
    SAME_NUMBER(y->ledger_vat + y->ledger_waiting, y->account.vat_minor);
    SAME_NUMBER(y->ledger_vat, y->vat_due == VAT_DUE_ON_ISSUE ? y->account.vat_minor : credit_vat_due(&y->account));
    CU_ASSERT(y->sum.net_minor <= y->invoice.net_minor && y->sum.vat_minor <= y->invoice.vat_minor &&
              y->sum.gross_minor <= y->invoice.gross_minor);
}

TEST(credit, ten_thousand_invoices_credited_in_parts_end_at_nothing)
{
    for (uint64_t n = 0; n < 10000; n++) {
        struct year_of_credit y = {.count = 0};
        uint64_t seed = n;
        size_t which;

        issue(&y, &seed);
        for (int64_t steps = seeded_between(&seed, 0, 6); steps > 0; steps--) {
            switch (seeded_between(&seed, 1, 3)) {
            case 1: pay_some(&y, &seed); break;
            case 2: release_some(&y, &seed); break;
            case 3: credit_some(&y, &seed, false); break;
            }
            holds(&y);
        }
        credit_some(&y, &seed, true);
        holds(&y);
        SAME_NUMBER(y.sum.net_minor, y.invoice.net_minor);
        SAME_NUMBER(y.sum.vat_minor, y.invoice.vat_minor);
        SAME_NUMBER(y.sum.rounding_minor, y.invoice.rounding_minor);
        SAME_NUMBER(y.sum.gross_minor, y.invoice.gross_minor);
        SAME_NUMBER(y.account.open_minor, 0);
        SAME_NUMBER(y.kept_minor, y.paid_minor);
        SAME_NUMBER(y.ledger_customer, -y.paid_minor);
        SAME_NUMBER(y.ledger_deferred, 0);
        SAME_NUMBER(y.ledger_vat, 0);
        SAME_NUMBER(y.ledger_waiting, 0);
        CU_ASSERT_EQUAL(credit_may_be_issued(y.credit, y.count, &which), CREDIT_NOTHING_LEFT);
        if (CU_get_number_of_failures() > 0) {
            printf("seed %llu\n", (unsigned long long)n);
            break;
        }
    }
}
