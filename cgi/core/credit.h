/* credit: what a credit note takes back of an invoice's lines, and which VAT goes with it.
 *
 * Amounts are as the line is priced: net, or with VAT where prices are with it (tax.included). They have the line's
 * sign, and on the note they are what they were on the invoice: the kind of the document gives the direction
 * (EN 16931: type 381, amounts positive). Rate, category, reason and rounding are the invoice's, never today's.
 *
 * What a note carries is the difference of two invoices: the lines with all that is credited up to it, less the lines
 * with what was credited before. So each note is within a minor unit of its own arithmetic (the tolerance of
 * BR-CO-17), several never exceed the invoice, and the last one takes exactly what is left, line by line, rate by
 * rate, rounding included. Rules: product.md R5; CGI art. 272-1. */
#ifndef TACITE_CORE_CREDIT_H
#define TACITE_CORE_CREDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/invoice.h"

/* In the order in which they are told. */
enum credit_refusal {
    CREDIT_NOT_REFUSED = 1,
    CREDIT_OF_CREDIT_NOTE,
    CREDIT_NOTHING_LEFT,   /* the whole invoice was credited, or it is one of 0 */
    CREDIT_PAYMENT_LIVE,   /* somebody is paying it, or its money waits for a person */
    CREDIT_REASON_MISSING,
    CREDIT_NOTHING_CHOSEN,
    CREDIT_LINE_UNKNOWN,
    CREDIT_LINE_TWICE,
    CREDIT_AMOUNT_ZERO,    /* or of the other sign */
    CREDIT_ABOVE_LINE,     /* more than is left of the line */
    CREDIT_ABOVE_INVOICE,  /* more than is left of the invoice: its other lines are negative */
    CREDIT_BELOW_ZERO,     /* negative lines alone: the customer would owe more */
};
const char *credit_refusal_text(enum credit_refusal refusal); /* English msgid, "" when not */

struct credit_line {
    const struct invoice_line *line; /* of the invoice, settled */
    int64_t before_minor;            /* credited by earlier notes */
    int64_t now_minor;               /* by this one; 0: not touched */
};

/* The amount of a settled line as it is priced. */
int64_t credit_line_priced(const struct invoice_line *line);

/* What can still be credited of it. */
int64_t credit_line_left(const struct credit_line *line);

/* What quantity_e4 of the line's quantity (above 0, at most all of it) is worth: its share, half away from zero; what is
 * left when the roundings of earlier shares took a minor unit of it. */
int64_t credit_of_quantity(const struct credit_line *line, int64_t quantity_e4);

/* The net that the note carries for the line; where prices are without VAT the amount itself. */
int64_t credit_line_net(const struct credit_line *line);

/* The note's totals; groups in the order of first use among the lines that are touched. False when out of bounds. */
bool credit_totals(const struct credit_line *lines, size_t count, struct totals *totals);

/* Only the lines are looked at: CREDIT_NOTHING_LEFT, _NOTHING_CHOSEN, _AMOUNT_ZERO, _ABOVE_LINE, _ABOVE_INVOICE,
 * _BELOW_ZERO.
 * *which is the line that is refused. */
enum credit_refusal credit_may_be_issued(const struct credit_line *lines, size_t count, size_t *which);

/* ---- its money and its VAT ---- */

/* Where a corrected invoice stands: everything that is asked of it, less deposits deducted, less what is credited. More
 * may be credited than is asked: what a deposit paid is given back as the customer's credit, its VAT was due already. */
struct credit_account {
    int64_t total_minor;
    int64_t vat_minor;
    int64_t open_minor;
};

/* VAT of it that is due by now, where VAT is due on payment: the paid share, rounded cumulatively; all of it when
 * nothing is asked any more. */
int64_t credit_vat_due(const struct credit_account *account);

struct credit_effect {
    int64_t set_off_minor;     /* taken off what is open of the invoice */
    int64_t kept_minor;        /* the customer's: for the next invoice */
    int64_t vat_waiting_minor; /* part of the note's VAT that was not due yet; the rest was */
    struct credit_account after;
};

/* What a note of total_minor, VAT vat_minor, does to the invoice. */
struct credit_effect credit_effect_on(const struct credit_account *before, int64_t total_minor, int64_t vat_minor,
                                      enum vat_due vat_due);

#endif
