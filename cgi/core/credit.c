#include "core/credit.h"

#include <string.h>

#include "base/check.h"
#include "core/money.h"
#include "core/posting.h"

#define N_(text) text

const char *credit_refusal_text(enum credit_refusal refusal)
{
    switch (refusal) {
    case CREDIT_NOT_REFUSED: return "";
    case CREDIT_OF_CREDIT_NOTE: return N_("A credit note cannot be credited.");
    case CREDIT_NOTHING_LEFT: return N_("Nothing is left to credit on this invoice.");
    case CREDIT_PAYMENT_LIVE: return N_("A payment of this invoice is in progress. Credit it when the payment has ended.");
    case CREDIT_REASON_MISSING: return N_("Enter the reason; it stands on the credit note");
    case CREDIT_NOTHING_CHOSEN: return N_("Enter what is credited on at least one line.");
    case CREDIT_LINE_UNKNOWN: return N_("This line is not on the invoice.");
    case CREDIT_LINE_TWICE: return N_("A line stands twice.");
    case CREDIT_AMOUNT_ZERO: return N_("Enter an amount above zero");
    case CREDIT_ABOVE_LINE: return N_("This is more than is left of the line");
    case CREDIT_ABOVE_INVOICE: return N_("This is more than is left of the invoice.");
    case CREDIT_BELOW_ZERO: return N_("The lines chosen add up to less than zero.");
    }
    return "";
}

int64_t credit_line_priced(const struct invoice_line *line)
{
    return line->tax.included ? line->priced_minor : line->net_minor;
}

int64_t credit_line_left(const struct credit_line *line)
{
    return credit_line_priced(line->line) - line->before_minor;
}

static bool exceeds(int64_t minor, int64_t left_minor)
{
    return left_minor < 0 ? minor < left_minor : minor > left_minor;
}

int64_t credit_of_quantity(const struct credit_line *line, int64_t quantity_e4)
{
    int64_t left = credit_line_left(line);
    int64_t share;

    CHECK(quantity_e4 > 0 && quantity_e4 <= line->line->quantity_e4);
    share = money_scale(credit_line_priced(line->line), quantity_e4, line->line->quantity_e4, ROUND_HALF_AWAY);
    return share == left + (left < 0 ? -1 : 1) ? left : share;
}

int64_t credit_line_net(const struct credit_line *line)
{
    const struct tax_decision *tax = &line->line->tax;

    return priced_net(tax, line->before_minor + line->now_minor) - priced_net(tax, line->before_minor);
}

static struct tax_group *group_in(struct totals *totals, const struct tax_decision *tax)
{
    for (size_t i = 0; i < totals->group_count; i++)
        if (totals->groups[i].category == tax->category && totals->groups[i].rate_ppm == tax->rate_ppm)
            return &totals->groups[i];
    return NULL;
}

static bool add_all(const struct credit_line *lines, size_t count, bool with_now, struct totals *totals)
{
    memset(totals, 0, sizeof *totals);
    for (size_t i = 0; i < count; i++) {
        int64_t minor = lines[i].before_minor + (with_now ? lines[i].now_minor : 0);

        if (minor != 0 && !totals_add_line(totals, &lines[i].line->tax, minor))
            return false;
    }
    return true;
}

bool credit_totals(const struct credit_line *lines, size_t count, struct totals *totals)
{
    struct totals before;
    struct totals after;

    memset(totals, 0, sizeof *totals);
    if (!add_all(lines, count, false, &before) || !add_all(lines, count, true, &after))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct tax_decision *tax = &lines[i].line->tax;
        const struct tax_group *until;
        const struct tax_group *from = group_in(&before, tax);

        if (lines[i].now_minor == 0 || group_in(totals, tax) != NULL)
            continue;
        until = group_in(&after, tax);
        CHECK(until != NULL && totals->group_count < TOTALS_GROUPS_MAX);
        totals->groups[totals->group_count++] = (struct tax_group){
            .category = tax->category, .rate_ppm = tax->rate_ppm, .reason = tax->reason,
            .base_minor = until->base_minor - (from == NULL ? 0 : from->base_minor),
            .tax_minor = until->tax_minor - (from == NULL ? 0 : from->tax_minor)};
    }
    totals->net_minor = after.net_minor - before.net_minor;
    totals->vat_minor = after.vat_minor - before.vat_minor;
    totals->rounding_minor = after.rounding_minor - before.rounding_minor;
    totals->gross_minor = after.gross_minor - before.gross_minor;
    totals->priced_minor = after.priced_minor - before.priced_minor;
    return true;
}

/* No total of what is credited passes that of the invoice: each rate for itself. */
static enum credit_refusal whole_refusal(const struct credit_line *lines, size_t count)
{
    struct totals before;
    struct totals after;
    struct totals invoice = {0};

    if (!add_all(lines, count, false, &before) || !add_all(lines, count, true, &after))
        return CREDIT_ABOVE_INVOICE;
    for (size_t i = 0; i < count; i++)
        if (!totals_add_line(&invoice, &lines[i].line->tax, credit_line_priced(lines[i].line)))
            return CREDIT_ABOVE_INVOICE;
    for (size_t i = 0; i < invoice.group_count; i++) {
        const struct tax_group *whole = &invoice.groups[i];
        const struct tax_decision tax = {.category = whole->category, .rate_ppm = whole->rate_ppm};
        const struct tax_group *part = group_in(&after, &tax);

        if (part != NULL && (exceeds(part->base_minor, whole->base_minor) || exceeds(part->tax_minor, whole->tax_minor)))
            return CREDIT_ABOVE_INVOICE;
    }
    if (exceeds(after.gross_minor, invoice.gross_minor))
        return CREDIT_ABOVE_INVOICE;
    return after.gross_minor < before.gross_minor ? CREDIT_BELOW_ZERO : CREDIT_NOT_REFUSED;
}

enum credit_refusal credit_may_be_issued(const struct credit_line *lines, size_t count, size_t *which)
{
    bool left = false;
    bool chosen = false;

    *which = 0;
    for (size_t i = 0; i < count; i++) {
        left = left || credit_line_left(&lines[i]) != 0;
        chosen = chosen || lines[i].now_minor != 0;
    }
    if (!left)
        return CREDIT_NOTHING_LEFT;
    if (!chosen)
        return CREDIT_NOTHING_CHOSEN;
    for (size_t i = 0; i < count; i++) {
        *which = i;
        if (lines[i].now_minor != 0 && (lines[i].now_minor < 0) != (credit_line_priced(lines[i].line) < 0))
            return CREDIT_AMOUNT_ZERO;
        if (exceeds(lines[i].now_minor, credit_line_left(&lines[i])))
            return CREDIT_ABOVE_LINE;
    }
    *which = 0;
    return whole_refusal(lines, count);
}

int64_t credit_vat_due(const struct credit_account *a)
{
    return a->total_minor <= 0 ? a->vat_minor
                               : posting_vat_share(a->vat_minor, a->total_minor, 0, a->total_minor - a->open_minor);
}

struct credit_effect credit_effect_on(const struct credit_account *before, int64_t total_minor, int64_t vat_minor,
                                      enum vat_due vat_due)
{
    struct credit_effect e = {.set_off_minor = total_minor < before->open_minor ? total_minor : before->open_minor};

    e.kept_minor = total_minor - e.set_off_minor;
    e.after = (struct credit_account){before->total_minor - total_minor, before->vat_minor - vat_minor,
                                      before->open_minor - e.set_off_minor};
    if (vat_due == VAT_DUE_ON_PAYMENT)
        e.vat_waiting_minor = vat_minor - (credit_vat_due(before) - credit_vat_due(&e.after));
    return e;
}
