#include "page/admin/price_tabs.h"

#include "base/check.h"
#include "base/str.h"
#include "text/words.h"

void price_tabs(struct page *page, const char *current)
{
    static const struct {
        const char *href;
        const char *name;
    } tab[] = {
        {"/admin/pricelists", N_("Price lists")},
        {"/admin/pricelists/preview", N_("What a customer pays")},
        {"/admin/coupons", N_("Coupons")},
        {"/admin/revisions", N_("Price revisions")},
        {"/admin/indexes", N_("Indexes")},
        {"/admin/units", N_("Units")},
        {"/admin/exchange", N_("Exchange rates")},
    };

    for (size_t i = 0; i < COUNT_OF(tab); i++) {
        HDF *node = hdf_row(page_tree(page), "Tabs", (int)i);

        hdf_text(node, "href", tab[i].href);
        hdf_text(node, "name", tr(tab[i].name));
        hdf_flag(node, "on", str_equal(tab[i].href, current));
    }
}
