/* sheet_sample: made-up documents of any length for the tests of document/, and the house they are
 * drawn in. With TACITE_SAMPLES=folder the files stay there to be looked at. */
#ifndef TACITE_TESTS_SHEET_SAMPLE_H
#define TACITE_TESTS_SHEET_SAMPLE_H

#include "document/invoice_sheet.h"
#include "document/pdf_sign.h"
#include "document/quote_sheet.h"

const struct pdf_house *sample_house(void);

/* A signer made for this run; both kinds are made once. */
const struct signer *sample_signer(enum certificate_key key);
const char *sample_certificate(enum certificate_key key); /* path of the PEM */
const char *sample_key(enum certificate_key key);

/* "fr", "de", "pl" or "el"; lines in that language. */
struct invoice_sheet *sample_invoice(struct ctx *ctx, const char *language, size_t line_count);
struct quote_sheet *sample_quote(struct ctx *ctx, bool accepted);

/* Writes a file into the sample folder; gives its path. */
const char *sample_save(struct ctx *ctx, const char *name, const struct pdf_file *file);

/* Runs a command through the shell; its exit status, -1 when the program is not installed.
 * output (may be NULL) is what it wrote to stdout. */
int sample_run(struct ctx *ctx, const char *program, const char *arguments, char **output);

#endif
