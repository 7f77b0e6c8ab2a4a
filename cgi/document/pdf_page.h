/* pdf_page: drawing on pages, and saying what the drawn things are.
 *
 * Everything drawn is either part of an open tag (a structure element: what a screen reader reads,
 * in the order of drawing) or an artifact (rules, footers, repeated headings), never neither.
 * A tag may go on over a page's end. Page numbers are drawn last, with pdf_page_select. */
#ifndef TACITE_DOCUMENT_PDF_PAGE_H
#define TACITE_DOCUMENT_PDF_PAGE_H

#include "document/pdf_text.h"

/* Whole and tenths of millimetres as constants in thousandths of a point. */
#define PDF_MM(mm) ((int32_t)((mm)*INT64_C(2834646) / 1000))
#define PDF_MM10(tenths) ((int32_t)((tenths)*INT64_C(2834646) / 10000))
#define PDF_PT(points) ((int32_t)((points)*1000))

enum { PDF_A4_WIDTH = 595276, PDF_A4_HEIGHT = 841890 };

enum pdf_align { PDF_LEFT = 1, PDF_RIGHT, PDF_CENTRE };

/* Adds an A4 page at the end and draws there from now on. */
void pdf_page_add(struct pdf *pdf);
int pdf_page_count(const struct pdf *pdf);
void pdf_page_select(struct pdf *pdf, int index); /* from 0 */

/* Structure element: "H1", "P", "Table", "TR", "TH", "TD", "Sect". attributes is the inside of an
 * attribute object ("/O/Table/Scope/Column") or NULL. */
void pdf_tag_open(struct pdf *pdf, const char *type, const char *attributes);
void pdf_tag_close(struct pdf *pdf);

/* Between the two everything is an artifact, whatever tag is open. */
void pdf_artifact_open(struct pdf *pdf);
void pdf_artifact_close(struct pdf *pdf);

/* Draws lines from (half-open) of a wrapped text; x is the left, right or middle edge by align, top
 * the upper edge of the first line's box. */
void pdf_draw_lines(struct pdf *pdf, const struct pdf_text *text, size_t from, size_t until,
                    enum pdf_align align, int32_t x, int32_t top);

/* Wraps to width (0: not) and draws; gives the height. An empty text draws nothing: 0. */
int32_t pdf_draw_text(struct pdf *pdf, const struct pdf_style *style, enum pdf_align align,
                      int32_t x, int32_t top, int32_t width, const char *text);

int32_t pdf_text_height(struct pdf *pdf, const struct pdf_style *style, int32_t width,
                        const char *text);

/* A filled rectangle; always an artifact. A rule is a thin one. */
void pdf_draw_box(struct pdf *pdf, int32_t x, int32_t top, int32_t width, int32_t height,
                  uint32_t colour);

/* For pdf_archive.c: the inside of pages and tags. */
struct pdf_leaf {
    int number;
    struct str content;
    const struct pdf_tag **marks; /* by marked-content id */
    int mark_count;
    int mark_room;
    const struct pdf_tag *marked; /* of the open marked content */
    bool artifact;                /* open marked content is an artifact */
    int face;                     /* text state of the content so far */
    int32_t size;
    int64_t colour; /* -1: not set yet */
};

struct pdf_tag_kid {
    struct pdf_tag *tag; /* or marked content: */
    const struct pdf_leaf *leaf;
    int mark;
    struct pdf_tag_kid *next;
};

struct pdf_tag {
    int number;
    const char *type;
    const char *attributes;
    struct pdf_tag *parent;
    const struct pdf_leaf *leaf; /* of the first marked content */
    struct pdf_tag_kid *first;
    struct pdf_tag_kid *last;
    int annotation; /* object number of a widget, 0: none */
};

struct pdf_tag *pdf_tag_add(struct pdf *pdf, struct pdf_tag *parent, const char *type,
                            const char *attributes);
void pdf_mark_end(struct pdf_leaf *leaf); /* closes what is open on the page */

#endif
