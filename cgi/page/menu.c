#include "page/menu.h"

#include "base/check.h"
#include "text/words.h"

#define PARTS(list) .parts = (list), .part_count = COUNT_OF(list)

static const struct layout_link quotes[] = {
    {.label = N_("Quotes"), .href = "/admin/quotes"},
    {.label = N_("Templates"), .href = "/admin/templates"},
    {.label = N_("Teams"), .href = "/admin/teams"},
};
static const struct layout_link invoices[] = {
    {.label = N_("Invoices"), .href = "/admin/invoices"},
    {.label = N_("Dunning"), .href = "/admin/dunning"},
    {.label = N_("Rules of dunning"), .href = "/admin/dunning/rules"},
};
static const struct layout_link payments[] = {
    {.label = N_("Payments"), .href = "/admin/payments", .areas = "/admin/disputes"},
    {.label = N_("Refunds"), .href = "/admin/refunds"},
    {.label = N_("Direct debits"), .href = "/admin/collections", .areas = "/admin/mandates"},
    {.label = N_("Bank account"), .href = "/admin/bank"},
    {.label = N_("Reconciliation"), .href = "/admin/reconciliation"},
};
static const struct layout_link products[] = {
    {.label = N_("Products"), .href = "/admin/products"},
    {.label = N_("Plans"), .href = "/admin/plans"},
    {.label = N_("Units"), .href = "/admin/units"},
};
static const struct layout_link prices[] = {
    {.label = N_("Price lists"), .href = "/admin/pricelists"},
    {.label = N_("What a customer pays"), .href = "/admin/pricelists/preview"},
    {.label = N_("Coupons"), .href = "/admin/coupons"},
    {.label = N_("Price revisions"), .href = "/admin/revisions"},
    {.label = N_("Indexes"), .href = "/admin/indexes"},
    {.label = N_("Exchange rates"), .href = "/admin/exchange"},
};
static const struct layout_link books[] = {
    {.label = N_("Journal"), .href = "/admin/journal"},
    {.label = N_("Trial balance"), .href = "/admin/balance", .areas = "/admin/ledger"},
    {.label = N_("Receivables by age"), .href = "/admin/aged"},
    {.label = N_("Deferred revenue"), .href = "/admin/deferred"},
    {.label = N_("Accounts"), .href = "/admin/accounts"},
    {.label = N_("Closings and files"), .href = "/admin/closings", .areas = "/admin/fec"},
};
static const struct layout_link settings[] = {
    {.label = N_("Company"), .href = "/admin/settings/company"},
    {.label = N_("Taxes"), .href = "/admin/taxes"},
    {.label = N_("Financial years"), .href = "/admin/settings/years"},
    {.label = N_("Direct debit"), .href = "/admin/settings/debit"},
    {.label = N_("Outbox"), .href = "/admin/outbox"},
    {.label = N_("Import and export"), .href = "/admin/import"},
};

const struct layout_link seller_menu[] = {
    {.label = N_("Today"), .href = "/admin/"},
    {.label = N_("Quotes"), .href = "/admin/quotes", PARTS(quotes)},
    {.label = N_("Subscriptions"), .href = "/admin/subscriptions", .areas = "/admin/hand-over"},
    {.label = N_("Invoices"), .href = "/admin/invoices", PARTS(invoices)},
    {.label = N_("Payments"), .href = "/admin/payments", PARTS(payments)},
    {.label = N_("Customers"), .href = "/admin/customers"},
    {.label = N_("Products"), .href = "/admin/products", PARTS(products)},
    {.label = N_("Prices"), .href = "/admin/pricelists", PARTS(prices)},
    {.label = N_("Books"), .href = "/admin/journal", PARTS(books)},
    {.label = N_("Settings"), .href = "/admin/settings/company", PARTS(settings)},
};
const size_t seller_menu_count = COUNT_OF(seller_menu);

const struct layout_link customer_footer[] = {
    {.label = N_("Terms"), .href = "/legal/terms"},
    {.label = N_("Legal notice"), .href = "/legal/notice"},
    {.label = N_("Get a new link"), .href = "/link"},
};
const size_t customer_footer_count = COUNT_OF(customer_footer);
