/* offer_paper: the faces and the colour profile that documents are drawn with, loaded once per process
 * on first use. */
#ifndef TACITE_SERVICE_OFFER_PAPER_H
#define TACITE_SERVICE_OFFER_PAPER_H

#include "document/pdf.h"

enum err paper_house(struct ctx *ctx, const struct pdf_house **house) MUST_USE;

#endif
