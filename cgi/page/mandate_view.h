/* mandate_view: a mandate as both sides see it. */
#ifndef TACITE_PAGE_MANDATE_VIEW_H
#define TACITE_PAGE_MANDATE_VIEW_H

#include "page/page.h"
#include "store/mandate.h"

/* Facts.*, badge.*, Changes.*; papers: the address under which the papers of its changes lie. */
enum err view_mandate(struct page *page, HDF *node, const struct mandate *mandate, const char *papers) MUST_USE;

#endif
