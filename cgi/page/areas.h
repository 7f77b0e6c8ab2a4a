/* areas: the tables of rows of which the site map consists, one per area, each ended by a row without
 * pattern. A new area adds its line here and in routes.c. */
#ifndef TACITE_PAGE_AREAS_H
#define TACITE_PAGE_AREAS_H

#include "page/page.h"

extern const struct route customer_routes[]; /* page/customer: without login */
extern const struct route admin_routes[];    /* page/admin: selling */

#endif
