/* converting: what a document in another currency than the house's is in the books, when it is issued. */
#ifndef TACITE_SERVICE_CONVERTING_H
#define TACITE_SERVICE_CONVERTING_H

#include <stdbool.h>

#include "service/invoicing.h"

/* Every amount of a document, and any sum of some, is in bounds in the house's currency. Its rate is found. */
bool work_converts(const struct invoice_work *work);

/* Fills in total and VAT, and both by rate, less what is deducted of deposits. A note is the difference of what its invoice
 * asks before and after it, so that several give back exactly what it had. */
void convert_work(struct invoice_work *work);

#endif
