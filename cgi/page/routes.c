/* routes: the site map. Literal rows stand before rows with an argument in the same place. */
#include "page/areas.h"

const struct route *const page_routes[] = {
    customer_routes,
    admin_routes,
    NULL,
};
