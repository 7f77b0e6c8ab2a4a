/* posting: journal entries of what happened.
 *
 * An account is named by its role (below) or by its number: book_entries puts the number that the chart gives a role
 * when it is booked. Numbers begin with a digit, roles are small letters. The numbers in the comments are those of the
 * French chart (PCG), with which a house begins.
 *
 * Every list balances by construction: each amount is written once as debit and once as credit.
 * Negative amounts change side; zero amounts write nothing, so that a free invoice has no entry
 * (count 0). VAT that is due on payment waits on 44587 and moves to 44571 with each payment, in
 * cumulative rounding: when the invoice is paid, exactly its VAT has moved.
 *
 * A document in another currency is booked in the house's (core/exchange), each item with its amount in the document's
 * beside it. What the customer is asked, the VAT and the rounding are converted themselves, revenue is what is left: each
 * account its own conversion, the largest bears the few minor units of rounding (exchange_split). What then leaves 411,
 * 44587, 487, 4191 or 416 is the difference of what stood there before and after, so that nothing is left in the books
 * when nothing is left in the document's currency. Money is converted by the rate of the day on which it moves; what the
 * two sides differ by is a loss (666) or a gain (766), one item of its own.
 * Rules: decisions.md 3 and 7, CGI art. 269-2 c, C. com. L123-22, PCG art. 420-5. */
#ifndef TACITE_CORE_POSTING_H
#define TACITE_CORE_POSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/exchange.h"
#include "core/invoice.h"

#define ACCOUNT_CUSTOMER "customer"           /* 411 */
#define ACCOUNT_ADVANCE "advance"             /* 4191 */
#define ACCOUNT_VAT "vat"                     /* 44571 */
#define ACCOUNT_VAT_WAITING "vat_waiting"     /* 44587 */
#define ACCOUNT_DEFERRED "deferred"           /* 487 */
#define ACCOUNT_ACCRUED "accrued"             /* 418 */
#define ACCOUNT_VAT_ACCRUED "vat_accrued"     /* 445871 */
#define ACCOUNT_CARD "card"                   /* 511 */
#define ACCOUNT_BANK "bank"                   /* 512 */
#define ACCOUNT_SERVICE "service"             /* 706 */
#define ACCOUNT_GOODS "goods"                 /* 707 */
#define ACCOUNT_ROUNDING_LOSS "rounding_loss" /* 658 */
#define ACCOUNT_ROUNDING_GAIN "rounding_gain" /* 758 */
#define ACCOUNT_BANK_FEE "bank_fee"           /* 627 */
#define ACCOUNT_DISPUTED "disputed"           /* 416 */
#define ACCOUNT_BAD_DEBT "bad_debt"           /* 654 */
#define ACCOUNT_EXCHANGE_LOSS "exchange_loss" /* 666 */
#define ACCOUNT_EXCHANGE_GAIN "exchange_gain" /* 766 */
/* No entry has these: where the result of the years before stands when a year opens. */
#define ACCOUNT_PROFIT "profit"               /* 120 */
#define ACCOUNT_LOSS "loss"                   /* 129 */

enum posting_label {
    POSTING_CUSTOMER = 1, /* what the customer owes or has paid */
    POSTING_REVENUE,
    POSTING_VAT,
    POSTING_VAT_WAITING,
    POSTING_DEFERRED,
    POSTING_RECEIPT,
    POSTING_ADVANCE, /* received above what was open */
    POSTING_ROUNDING,
    POSTING_FEE, /* of the bank */
    POSTING_EXCHANGE, /* difference of rates */
    POSTING_ACCRUED, /* earned before its invoice */
    POSTING_VAT_ACCRUED, /* its VAT, which no invoice asks for yet */
};

const char *posting_label_text(enum posting_label label); /* English msgid */
const char *posting_label_name(enum posting_label label); /* as stored: "vat_waiting" */
enum posting_label posting_label_from_name(const char *name); /* 0: none of them */

struct posting {
    const char *account; /* role or number */
    int64_t debit_minor;   /* >= 0 */
    int64_t credit_minor;  /* >= 0; one of the two is 0: both of an amount that is less than a minor unit of the house's */
    int64_t foreign_minor; /* in the document's currency where that is another one: debit positive; else 0 */
    enum posting_label label;
};

enum {
    POSTING_ACCOUNTS_MAX = 14, /* of lines of one document */
    POSTINGS_MAX = 48,         /* 411, VAT twice, rounding; of each account its net and both sides of what is deferred */
};

struct posting_list {
    size_t count; /* 0: nothing to book */
    struct posting items[POSTINGS_MAX];
    int64_t total_minor; /* sum of debits = sum of credits */
};

/* Role of a line's revenue account: 706 or 707. */
const char *posting_revenue_account(bool goods);

/* An amount in the document's currency and in the house's; where they are one, base_minor is not looked at. */
struct posting_amount {
    int64_t minor;
    int64_t base_minor;
};

/* Sums of a document's lines, account by account. */
struct posting_line {
    const char *account;       /* role or number */
    enum posting_label label;  /* POSTING_REVENUE; POSTING_ADVANCE on 4191: a deposit's own net, negative where it is deducted */
    int64_t net_minor;
    int64_t deferred_minor;    /* part of the net not rendered at issue (deferral_at_issue) */
    int64_t deferred_base_minor; /* its lines' conversions */
    bool stands;               /* the net leaves what stands in the books since before: base_minor, not its conversion */
    int64_t base_minor;
};
struct posting_lines {
    size_t count;
    struct posting_line at[POSTING_ACCOUNTS_MAX];
};
/* Adds to the account; false when another account has no room: the line is to be booked on one of those there are. */
bool posting_lines_add(struct posting_lines *lines, const struct posting_line *line);

struct posting_invoice {
    struct exchange exchange;
    struct posting_lines lines;
    int64_t vat_minor;      /* less that of the deposits which are deducted */
    int64_t vat_paid_minor; /* VAT due on payment: the part that the customer's credit pays at once */
    int64_t rounding_minor; /* BT-114: what prices with VAT leave between their sum and net + VAT */
    enum vat_due vat_due;
    struct posting_amount credit; /* the customer's credit that pays at once: with what leaves its notes */
};

/* Journal VT: 411 D, 706/707 C, 44587 or 44571 C, and 706/707 D - 487 C for what is deferred; rounding on 658 D or
 * 758 C; 4191 C of a deposit, 4191 D where it is deducted: 411 is what is still asked. */
void posting_of_invoice(const struct posting_invoice *invoice, struct posting_list *list);

/* Sums of a credit note's lines, in the sign and on the accounts that they have on the invoice. */
struct posting_credit {
    struct exchange exchange;       /* of the invoice that it corrects */
    struct posting_lines lines;     /* deferred_minor: what is still deferred of the net (deferral_credit) */
    int64_t vat_minor;
    int64_t vat_waiting_minor; /* of it: not due yet, on 44587 */
    int64_t rounding_minor;
    int64_t total_base_minor;       /* in the house's currency: the note (the difference of what the invoice asked before and */
    int64_t vat_base_minor;         /* asks after it), its VAT likewise; what leaves 411; and of the VAT what waited. Where the */
    int64_t customer_base_minor;    /* customer keeps a part, 411 may differ by a minor unit of rounding: it is booked as rates are */
    int64_t vat_waiting_base_minor;
};

/* Journal VT: an invoice's entry the other way round: 706/707 D, 44571 and 44587 D, 411 C, and 487 D - 706 C for what
 * is still deferred, so that revenue bears only what was recognised of it. */
void posting_of_credit(const struct posting_credit *credit, struct posting_list *list);

struct posting_payment {
    const char *money_account; /* ACCOUNT_CARD or ACCOUNT_BANK */
    int64_t amount_minor;      /* > 0 */
    int64_t invoice_total_minor; /* less what is credited, as the VAT */
    int64_t invoice_vat_minor;
    int64_t paid_before_minor; /* allocated to the invoice before */
    enum vat_due vat_due;      /* of the invoice */
    struct exchange exchange;  /* of the invoice */
    int64_t money_base_minor;  /* amount_minor and what of it exceeds the open amount, in the house's currency */
    int64_t above_base_minor;
};

/* Journal BQ: 511/512 D, 411 C, 44587 D - 44571 C for the paid share; what exceeds the open amount
 * goes to 4191. */
void posting_of_payment(const struct posting_payment *payment, struct posting_list *list);

/* What moves from one account to another in another currency than the house's: what it is there on either side.
 * converts false: in the house's currency, the rest is not looked at. */
struct posting_bases {
    bool converts;
    int64_t to_minor;
    int64_t from_minor;
};

/* Journal BQ: 411 D, 511/512 C: a customer's credit that is paid back. Its VAT went with the credit note. */
void posting_of_refund(const char *money_account, int64_t amount_minor, struct posting_bases bases, struct posting_list *list);

/* Journal BQ or OD: to D, from C: a disputed amount on its way between 511, 416 and 654. VAT that was due stays so when it
 * is written off: taking it back (CGI art. 272-1) is the accountant's. */
void posting_of_dispute(const char *to, const char *from, int64_t amount_minor, struct posting_bases bases, struct posting_list *list);

/* The same entry the other way round: money that went back. A loss becomes a gain. */
void posting_turn(struct posting_list *list);

/* More of the same entry: CHECKs that it still fits. */
void posting_add(struct posting_list *list, const struct posting_list *more);

/* VAT that becomes due when amount is paid after paid_before: cumulative rounding. */
int64_t posting_vat_share(int64_t vat_minor, int64_t total_minor, int64_t paid_before_minor,
                          int64_t amount_minor);

/* Journal OD: 487 D, revenue account C. */
void posting_of_release(const char *revenue_account, int64_t amount_minor, struct posting_bases bases, struct posting_list *list);

/* Journal OD: 418 D of what lines earned before their invoice, revenue C, 445871 C of its VAT (core/accrual). Nothing when
 * there are no lines. */
void posting_of_earned(const struct posting_lines *lines, int64_t vat_minor, const struct exchange *exchange, struct posting_list *list);

/* Journal BQ: 627 D, 512 C: what the bank takes for itself, apart from the money that it took it from. */
void posting_of_fee(int64_t amount_minor, struct posting_bases bases, struct posting_list *list);

bool posting_balances(const struct posting_list *list);

#endif
