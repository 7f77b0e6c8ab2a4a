#include "service/converting.h"

#include <string.h>

#include "base/check.h"
#include "core/exchange.h"
#include "service/deducting.h"

bool work_converts(const struct invoice_work *work)
{
    int64_t all_minor = 0;

    for (size_t i = 0; i < work->line_count; i++)
        all_minor += work->lines[i].line.net_minor < 0 ? -work->lines[i].line.net_minor : work->lines[i].line.net_minor;
    for (size_t i = 0; i < work->totals.group_count; i++)
        all_minor += work->totals.groups[i].tax_minor < 0 ? -work->totals.groups[i].tax_minor : work->totals.groups[i].tax_minor;
    return work->books.exchange.rate_e6 == 0 || exchange_holds(&work->books.exchange, all_minor);
}

static struct tax_group *group_in_books(struct document_exchange *x, enum tax_category category, int32_t rate_ppm)
{
    size_t at = 0;

    while (at < x->group_count && (x->groups[at].rate_ppm != rate_ppm || x->groups[at].category != category))
        at++;
    if (at < x->group_count)
        return &x->groups[at];
    CHECK(x->group_count < TOTALS_GROUPS_MAX);
    for (at = x->group_count++; at > 0; at--) { /* in the order in which they are read: category, rate */
        int order = strcmp(tax_category_code(x->groups[at - 1].category), tax_category_code(category));

        if (order < 0 || (order == 0 && x->groups[at - 1].rate_ppm < rate_ppm))
            break;
        x->groups[at] = x->groups[at - 1];
    }
    x->groups[at] = (struct tax_group){.category = category, .rate_ppm = rate_ppm};
    return &x->groups[at];
}

/* Base and VAT by rate, less what deposits had of them, so that they sum to what is booked. */
static void share_taxes(struct invoice_work *work, int64_t rounding_base_minor)
{
    struct document_exchange *x = &work->books;
    int64_t bases[TOTALS_GROUPS_MAX], taxes[TOTALS_GROUPS_MAX], shares[TOTALS_GROUPS_MAX];

    for (size_t i = 0; i < work->totals.group_count; i++) {
        struct tax_group *group = group_in_books(x, work->totals.groups[i].category, work->totals.groups[i].rate_ppm);

        group->base_minor += work->totals.groups[i].base_minor;
        group->tax_minor += work->totals.groups[i].tax_minor;
    }
    for (size_t i = 0; i < work->deduction_count; i++) {
        struct tax_group *group = group_in_books(x, work->deductions[i].tax.category, work->deductions[i].tax.rate_ppm);

        group->base_minor -= work->deductions[i].net_minor;
        group->tax_minor -= work->deductions[i].vat_minor;
    }
    for (size_t i = 0; i < x->group_count; i++) {
        bases[i] = x->groups[i].base_minor;
        taxes[i] = x->groups[i].tax_minor;
    }
    exchange_split(&x->exchange, x->row.total_base_minor - x->row.vat_base_minor - rounding_base_minor, bases, x->group_count, shares);
    for (size_t i = 0; i < x->group_count; i++)
        x->groups[i].base_minor = shares[i];
    exchange_split(&x->exchange, x->row.vat_base_minor, taxes, x->group_count, shares);
    for (size_t i = 0; i < x->group_count; i++)
        x->groups[i].tax_minor = shares[i];
}

void convert_work(struct invoice_work *work)
{
    struct document_exchange *x = &work->books;
    const struct correction *c = work->correction;

    if (x->exchange.rate_e6 == 0) {
        struct exchange told = exchange_between(work->currency, x->row.base, x->row.rate_e6);

        x->row.vat_base_minor = exchange_minor(&told, work->invoice.vat_minor); /* of a note on a document from before: told, not booked */
        return;
    }
    if (c == NULL) {
        x->row.total_base_minor = exchange_minor(&x->exchange, work->invoice.total_minor - work->deducted_minor);
        x->row.vat_base_minor = exchange_minor(&x->exchange, work->invoice.vat_minor - work->deducted_vat_minor);
    } else {
        x->row.total_base_minor = exchange_step(&x->exchange, c->before.total_minor, c->effect.after.total_minor);
        x->row.vat_base_minor = exchange_step(&x->exchange, c->before.vat_minor, c->effect.after.vat_minor);
    }
    share_taxes(work, exchange_minor(&x->exchange, work->invoice.rounding_minor));
}
