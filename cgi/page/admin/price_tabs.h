/* price_tabs: the pages about prices, side by side above each of them. */
#ifndef TACITE_PAGE_PRICE_TABS_H
#define TACITE_PAGE_PRICE_TABS_H

#include "page/page.h"

/* Puts Tabs.N; current is the path of the page that is shown. */
void price_tabs(struct page *page, const char *current);

#endif
