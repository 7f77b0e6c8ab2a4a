/* pdf: one PDF/A-3 document, written once from front to back into memory.
 *
 * A process loads the faces and the colour profile once (struct pdf_house). A document lives in
 * ctx->arena: open, draw (pdf_page.h, or a whole sheet of invoice_sheet.h / quote_sheet.h), finish.
 * The same drawing gives the same bytes on every machine with the same faces: no clock, no random
 * number and no hash order gets in. Every document is tagged (structure for screen readers):
 * PDF/A-3a and PDF/UA-1.
 *
 * Lengths are int32_t thousandths of a point (1/72 inch), from the page's top left corner, y down.
 */
#ifndef TACITE_DOCUMENT_PDF_H
#define TACITE_DOCUMENT_PDF_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"

struct pdf;
struct pdf_house;
struct signer; /* pdf_sign.h */

/* Where the faces and the profile are. NULL members take Debian's fonts-noto-core,
 * fonts-dejavu-core (for signs that Noto Sans lacks) and icc-profiles-free. */
struct pdf_paths {
    const char *regular;
    const char *bold;
    const char *fallback;
    const char *fallback_bold;
    const char *profile;
};

/* Loads faces and profile into process memory (about 60 ms); closed with the arena. paths may be
 * NULL. deflate_level 1 (rush) to 12; 0 takes 6. ERR_CONFIG: a file is missing or no such file. */
enum err pdf_house_load(struct ctx *ctx, struct arena *arena, const struct pdf_paths *paths,
                        int deflate_level, const struct pdf_house **house) MUST_USE;

/* What the file says about itself; borrowed until pdf_finish. */
struct pdf_info {
    const char *title;    /* required: "Facture INV-2026-00017" */
    const char *author;   /* the seller's name; "" for none */
    const char *subject;  /* "" for none */
    const char *language; /* BCP 47: "fr" */
    int64_t created_at;   /* the document's own instant (issued, sent), not the time of rendering */
};

struct pdf *pdf_open(struct ctx *ctx, const struct pdf_house *house, const struct pdf_info *info);

struct pdf_file {
    unsigned char *data; /* ctx->arena memory */
    size_t bytes;
};

/* Closes the document and gives its bytes. With a signer the file carries a PAdES-B-B signature
 * over all of it, dated ctx->now; NULL leaves it unsigned. A document is finished once. Errors:
 * those of the signer; ERR_LIMIT for more than 2,000 pages. */
enum err pdf_finish(struct pdf *pdf, const struct signer *signer, struct pdf_file *file) MUST_USE;

/* Distinct characters that no face has, as UTF-8 in order of appearance; "" when all were drawn.
 * Each was drawn as U+FFFD. For the log and for the seller's preview. */
const char *pdf_missing(const struct pdf *pdf);

#endif
