/* pdf_archive: what makes the file an archive (PDF/A-3a) that everybody can read (PDF/UA-1): XMP,
 * output intent, structure tree, page tree, signature field. For document/ only. */
#ifndef TACITE_DOCUMENT_PDF_ARCHIVE_H
#define TACITE_DOCUMENT_PDF_ARCHIVE_H

#include "document/pdf_page.h"

enum { PDF_RANGE_BYTES = 48 }; /* "[0 a b c]" and blanks */

/* Where the signature's bytes will stand in the finished file. */
struct pdf_seal {
    size_t range_at;       /* the first blank of the field for the byte range */
    size_t contents_at;    /* '<' */
    size_t contents_until; /* behind '>' */
};

/* Writes everything but header, cross-reference and page contents' drawing. seal is filled when
 * there is a signer. catalog and info are object numbers given before. */
enum err pdf_archive_write(struct pdf *pdf, const struct signer *signer, int catalog, int info,
                           struct pdf_seal *seal) MUST_USE;

#endif
