/* offer_paper: the faces and the colour profile that documents are drawn with, loaded once per process
 * on first use. */
#ifndef TACITE_SERVICE_OFFER_PAPER_H
#define TACITE_SERVICE_OFFER_PAPER_H

#include "document/pdf.h"
#include "store/company.h"
#include "store/customer.h"

enum err paper_house(struct ctx *ctx, const struct pdf_house **house) MUST_USE;

/* Texts that quotes and invoices share, in the current language (words_use). */
char *paper_address(struct arena *arena, const char *language, const char *street, const char *street2,
                    const char *postal_code, const char *city, const char *country);
char *paper_legal_line(struct arena *arena, const struct company *company);
char *paper_seller_text(struct arena *arena, const char *language, const struct company *company);
char *paper_buyer_text(struct arena *arena, const char *language, const struct customer *customer);

#endif
