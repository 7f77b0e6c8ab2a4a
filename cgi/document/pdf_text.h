/* pdf_text: texts as code points, their width, and where their lines end.
 *
 * For document/ only. There is no shaping: one character, one glyph. Marks that follow their letter
 * are composed with it where Unicode has the composed character; right-to-left scripts are not laid
 * out: their characters count as missing. */
#ifndef TACITE_DOCUMENT_PDF_TEXT_H
#define TACITE_DOCUMENT_PDF_TEXT_H

#include "document/pdf_object.h"

struct pdf_style {
    enum pdf_face face; /* PDF_REGULAR or PDF_BOLD */
    int32_t size;       /* thousandths of a point */
    int32_t leading;    /* height of a line */
    uint32_t colour;    /* 0xrrggbb */
};

/* What is left of a text when everything that steers instead of showing is gone: controls and
 * direction marks are dropped, tab becomes a blank, other line ends become a newline, malformed
 * UTF-8 becomes U+FFFD. text may be NULL. */
uint32_t *pdf_text_clean(struct arena *arena, const char *text, size_t *count);

struct pdf_char {
    uint16_t code;
    uint16_t advance; /* thousandths of the size */
    uint8_t face;     /* which face has it */
};

struct pdf_text_line {
    size_t from; /* half-open in chars; blanks at the break are left out */
    size_t until;
    int32_t width;
};

struct pdf_text {
    const struct pdf_style *style;
    struct pdf_char *chars;
    size_t char_count;
    struct pdf_text_line *lines;
    size_t line_count; /* 0 for an empty text */
};

/* Breaks at blanks (never at U+00A0 and U+202F), after a hyphen between letters, at '\n', and
 * inside a word only when it is wider than width. width 0: only at '\n'. */
struct pdf_text pdf_text_wrap(struct pdf *pdf, const struct pdf_style *style, int32_t width,
                              const char *text);

/* Width of the widest line. */
int32_t pdf_text_width(struct pdf *pdf, const struct pdf_style *style, const char *text);

#endif
