/* pdf_object: inside of a document: numbered objects, streams, the cross-reference.
 *
 * For document/ only. The whole file is one buffer. Streams and the few objects that readers expect
 * in the open are written at once; the many small ones are gathered into one object stream, without
 * which the structure tree alone would weigh 25 kB. Numbers are given before bodies are known. */
#ifndef TACITE_DOCUMENT_PDF_OBJECT_H
#define TACITE_DOCUMENT_PDF_OBJECT_H

#include <stdbool.h>

#include "base/str.h"
#include "document/pdf.h"

struct pdf_font_house;
struct pdf_font;
struct pdf_leaf;
struct pdf_tag;
struct libdeflate_compressor;

/* The faces of a house. A document asks for the first two; the others step in per character. */
enum pdf_face { PDF_REGULAR = 1, PDF_BOLD, PDF_FALLBACK, PDF_FALLBACK_BOLD, PDF_FACES };

struct pdf_house {
    struct libdeflate_compressor *compressor; /* one per process: not to be shared by threads */
    struct pdf_font_house *fonts[PDF_FACES];  /* by enum pdf_face; [0] unused */
    const unsigned char *profile;             /* deflated sRGB profile */
    size_t profile_bytes;
};

enum { PDF_LEAVES_MAX = 2000 };

struct pdf_entry {
    size_t offset; /* in the file, or index in the object stream */
    int kind;      /* 0: no body yet, 1: in the file, 2: in the object stream */
};

struct pdf {
    struct ctx *ctx;
    struct arena *arena;
    const struct pdf_house *house;
    const struct pdf_info *info;
    struct str file;
    struct pdf_entry *entries; /* by object number; [0] unused */
    int entry_count;
    int entry_room;
    struct str packed;       /* bodies for the object stream */
    struct str packed_index; /* "number offset " */
    int packed_count;
    int open; /* number of the object being written, 0: none */
    struct pdf_font *fonts[PDF_FACES];
    struct str missing;
    struct pdf_leaf **leaves; /* pages in order */
    int leaf_count;
    int leaf_room;
    struct pdf_leaf *leaf; /* the one drawn on */
    struct pdf_tag *root;  /* the structure element "Document" */
    struct pdf_tag *tag;   /* innermost open one */
    int artifact_depth;
    bool finished;
};

/* A number for an object whose body comes later. */
int pdf_object_number(struct pdf *pdf);

/* Text of the body goes into what this gives back, until pdf_object_end. */
struct str *pdf_object_begin(struct pdf *pdf, int number);  /* in the file */
struct str *pdf_object_packed(struct pdf *pdf, int number); /* in the object stream */
void pdf_object_end(struct pdf *pdf);

/* A stream: dictionary is its entries without << >>, /Length and /Filter. */
void pdf_stream(struct pdf *pdf, int number, const char *dictionary, const void *data,
                size_t bytes);
void pdf_stream_plain(struct pdf *pdf, int number, const char *dictionary, const void *data,
                      size_t bytes);
void pdf_stream_deflated(struct pdf *pdf, int number, const char *dictionary, const void *data,
                         size_t bytes);

/* zlib data in arena memory. */
unsigned char *pdf_deflate(const struct pdf_house *house, struct arena *arena, const void *data,
                           size_t bytes, size_t *deflated_bytes);

/* Writes the object stream, the cross-reference stream and the end of the file. */
void pdf_close(struct pdf *pdf, int catalog, int info);

/* A text string: ASCII in brackets with escapes, else UTF-16BE in hex. Cleaned like drawn text. */
void pdf_string(struct pdf *pdf, struct str *out, const char *text);

/* Thousandths as a decimal with at most two places ("12.5"), whatever the locale says. */
void pdf_number(struct str *out, int32_t thousandths);

#endif
