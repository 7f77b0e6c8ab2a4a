#include "core/invoice.h"

#include <string.h>

#include "base/check.h"
#include "core/country.h"
#include "core/date.h"

#define N_(text) text

const char *vat_due_name(enum vat_due due)
{
    CHECK(due == VAT_DUE_ON_PAYMENT || due == VAT_DUE_ON_ISSUE);
    return due == VAT_DUE_ON_PAYMENT ? "payment" : "issue";
}

enum vat_due vat_due_from_name(const char *name)
{
    return strcmp(name, "payment") == 0 ? VAT_DUE_ON_PAYMENT
           : strcmp(name, "issue") == 0 ? VAT_DUE_ON_ISSUE
                                        : (enum vat_due)0;
}

void invoice_line_settle(struct invoice_line *line)
{
    if (!line->tax.included || line->priced_minor != 0)
        return;
    line->priced_minor = line->net_minor;
    line->net_minor = priced_net(&line->tax, line->priced_minor);
}

bool invoice_totals(const struct invoice_line *lines, size_t count, struct totals *totals)
{
    memset(totals, 0, sizeof *totals);
    for (size_t i = 0; i < count; i++)
        if (!totals_add_line(totals, &lines[i].tax, lines[i].tax.included ? lines[i].priced_minor : lines[i].net_minor))
            return false;
    return true;
}

static bool party_complete(const struct invoice_party *party)
{
    return party->name[0] != '\0' && party->street[0] != '\0' && party->postal_code[0] != '\0' &&
           party->city[0] != '\0' && country_known(party->country);
}

static bool needs_buyer_vat_id(const struct invoice_draft *draft)
{
    for (size_t i = 0; i < draft->line_count; i++)
        if (draft->lines[i].tax.category == TAX_REVERSE_CHARGE || draft->lines[i].tax.category == TAX_INTRA_EU_SUPPLY)
            return true;
    return false;
}

static enum invoice_refusal lines_refusal(const struct invoice_draft *draft)
{
    for (size_t i = 0; i < draft->line_count; i++) {
        if (draft->lines[i].description[0] == '\0')
            return INVOICE_LINE_WITHOUT_TEXT;
        if (draft->lines[i].kind == LINE_RECURRING && period_is_none(draft->lines[i].period))
            return INVOICE_LINE_WITHOUT_PERIOD;
    }
    return INVOICE_NOT_REFUSED;
}

enum invoice_refusal invoice_may_be_issued(const struct invoice_draft *draft)
{
    enum invoice_refusal refusal;
    struct totals totals;

    if (draft->line_count == 0)
        return INVOICE_HAS_NO_LINE;
    if (draft->line_count > INVOICE_LINES_MAX)
        return INVOICE_HAS_TOO_MANY_LINES;
    if (currency_find(draft->currency) == NULL)
        return INVOICE_CURRENCY_UNKNOWN;
    if (!party_complete(&draft->seller))
        return INVOICE_SELLER_INCOMPLETE;
    if (!draft->seller_exempt && draft->seller.vat_id[0] == '\0')
        return INVOICE_SELLER_VAT_ID_MISSING;
    if (strcmp(draft->seller.country, "FR") == 0 && draft->seller.siren[0] == '\0')
        return INVOICE_SELLER_SIREN_MISSING;
    if (!party_complete(&draft->buyer))
        return INVOICE_BUYER_INCOMPLETE;
    if (needs_buyer_vat_id(draft) && draft->buyer.vat_id[0] == '\0')
        return INVOICE_BUYER_VAT_ID_MISSING;
    if ((refusal = lines_refusal(draft)) != INVOICE_NOT_REFUSED)
        return refusal;
    if (!invoice_totals(draft->lines, draft->line_count, &totals))
        return INVOICE_AMOUNT_OUT_OF_BOUNDS;
    if (draft->last_issued_on != DATE_NONE && draft->issued_on < draft->last_issued_on)
        return INVOICE_DATE_BEFORE_LAST;
    return draft->due_on < draft->issued_on ? INVOICE_DUE_BEFORE_ISSUE : INVOICE_NOT_REFUSED;
}

const char *invoice_refusal_text(enum invoice_refusal refusal)
{
    switch (refusal) {
    case INVOICE_NOT_REFUSED: return "";
    case INVOICE_HAS_NO_LINE: return N_("The invoice has no line.");
    case INVOICE_HAS_TOO_MANY_LINES: return N_("The invoice has too many lines.");
    case INVOICE_CURRENCY_UNKNOWN: return N_("The currency is unknown.");
    case INVOICE_SELLER_INCOMPLETE: return N_("The company's name or address is missing.");
    case INVOICE_SELLER_VAT_ID_MISSING: return N_("The company's VAT number is missing.");
    case INVOICE_SELLER_SIREN_MISSING: return N_("The company's SIREN is missing.");
    case INVOICE_BUYER_INCOMPLETE: return N_("The customer's name or address is missing.");
    case INVOICE_BUYER_VAT_ID_MISSING: return N_("The customer's VAT number is missing.");
    case INVOICE_LINE_WITHOUT_TEXT: return N_("A line has no description.");
    case INVOICE_LINE_WITHOUT_PERIOD: return N_("A recurring line has no period.");
    case INVOICE_AMOUNT_OUT_OF_BOUNDS: return N_("The amount is too large.");
    case INVOICE_DATE_BEFORE_LAST: return N_("An invoice of a later date exists already.");
    case INVOICE_DUE_BEFORE_ISSUE: return N_("The due date lies before the date of issue.");
    }
    return "";
}

int32_t invoice_due_on(int32_t issued_on, int terms_days)
{
    CHECK(terms_days >= 0 && terms_days <= 366);
    return issued_on + terms_days;
}

const char *receivable_state_name(enum receivable_state state)
{
    return state == RECEIVABLE_PAID ? "paid" : "open";
}

enum receivable_state receivable_state_from_name(const char *name)
{
    return strcmp(name, "paid") == 0 ? RECEIVABLE_PAID : strcmp(name, "open") == 0 ? RECEIVABLE_OPEN : (enum receivable_state)0;
}

enum receivable_state receivable_state_of(int64_t open_minor)
{
    return open_minor == 0 ? RECEIVABLE_PAID : RECEIVABLE_OPEN;
}

bool receivable_overdue(int64_t open_minor, int32_t due_on, int32_t today_on)
{
    return open_minor > 0 && today_on > due_on;
}
