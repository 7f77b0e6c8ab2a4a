/* pdf_font: faces of the process, and the subset of each that a document embeds.
 *
 * For document/ only. Content names characters by document-local numbers (CIDs) in the order of
 * their first use, so it is written once; when the document closes, HarfBuzz cuts the face down to
 * those glyphs and CIDToGIDMap joins the two. Cut faces are kept by their characters: two documents in
 * three need one that an earlier document had. */
#ifndef TACITE_DOCUMENT_PDF_FONT_H
#define TACITE_DOCUMENT_PDF_FONT_H

#include "document/pdf_text.h"

/* Reads a TrueType face and prepares it for cutting. */
enum err pdf_font_load(struct ctx *ctx, struct arena *arena, const char *path,
                       struct pdf_font_house **font) MUST_USE;

/* The first face of the chain (face, then its fallback) that has the character. */
bool pdf_font_find(const struct pdf_house *house, enum pdf_face face, uint32_t code,
                   struct pdf_char *found);

/* The document's number of a character in a face; given on first use. */
uint16_t pdf_font_cid(struct pdf *pdf, enum pdf_face face, uint16_t code);

/* Height of a capital letter in thousandths of the size. */
int32_t pdf_font_capital(const struct pdf_house *house, enum pdf_face face);

/* Writes the used faces and the resource dictionary with their names /F1, /F2, ... */
enum err pdf_font_write(struct pdf *pdf, int resources) MUST_USE;

#endif
