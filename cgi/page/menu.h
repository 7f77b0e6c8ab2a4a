/* menu: where a seller goes from anywhere, and what stands at the foot of customers' pages. */
#ifndef TACITE_PAGE_MENU_H
#define TACITE_PAGE_MENU_H

#include <stddef.h>

#include "view/layout.h"

/* The areas of the seller's house, each with its pages: a page of the site map belongs to the entry whose address,
   or one of whose further paths, is the longest that holds it. */
extern const struct layout_link seller_menu[];
extern const size_t seller_menu_count;

extern const struct layout_link customer_footer[];
extern const size_t customer_footer_count;

#endif
