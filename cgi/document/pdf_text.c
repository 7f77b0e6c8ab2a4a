#include "document/pdf_text.h"

#include <hb.h>
#include <string.h>

#include "base/check.h"
#include "document/pdf_font.h"

enum { REPLACEMENT = 0xfffd };

/* Decodes one character; a malformed byte counts as one replacement character. */
static uint32_t decode(const unsigned char **at)
{
    const unsigned char *p = *at;
    uint32_t code;
    int more;
    int i;

    if (p[0] < 0x80) {
        *at = p + 1;
        return p[0];
    }
    more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
    code = p[0] & (0x3fu >> more);
    *at = p + 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return REPLACEMENT;
    for (i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (p[i] & 0x3fu);
    }
    if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000))
        return REPLACEMENT;
    *at = p + 1 + more;
    return code;
}

/* Characters that are not for the eye: what is left of them would only confuse or deceive. */
static bool is_invisible(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x34f ||
           code == 0x61c || (code >= 0x180b && code <= 0x180e) ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || (code >= 0xfe00 && code <= 0xfe0f) ||
           code == 0xfeff || (code >= 0xfff0 && code <= 0xfffb) || (code & 0xfffe) == 0xfffe ||
           (code >= 0xfdd0 && code <= 0xfdef) || (code >= 0xe0000 && code <= 0xe0fff);
}

uint32_t *pdf_text_clean(struct arena *arena, const char *text, size_t *count)
{
    const unsigned char *at = (const unsigned char *)(text == NULL ? "" : text);
    uint32_t *codes = ARENA_ARRAY(arena, uint32_t, strlen((const char *)at) + 1);
    hb_unicode_funcs_t *unicode = hb_unicode_funcs_get_default();
    size_t n = 0;

    while (*at != '\0') {
        uint32_t code = decode(&at);
        hb_codepoint_t composed;

        if (code == '\r' && *at == '\n')
            continue;
        if (code == '\r' || code == 0x0b || code == 0x0c || code == 0x85 || code == 0x2028 ||
            code == 0x2029)
            code = '\n';
        if (code == '\t')
            code = ' ';
        if (code != '\n' && is_invisible(code))
            continue;
        if (code >= 0x300 && n > 0 &&
            hb_unicode_combining_class(unicode, code) != HB_UNICODE_COMBINING_CLASS_NOT_REORDERED &&
            hb_unicode_compose(unicode, codes[n - 1], code, &composed)) {
            codes[n - 1] = composed;
            continue;
        }
        codes[n++] = code;
    }
    *count = n;
    return codes;
}

static void note_missing(struct pdf *pdf, uint32_t code)
{
    char utf8[5] = "";

    if (code >= 0x10000) {
        utf8[0] = (char)(0xf0 | code >> 18);
        utf8[1] = (char)(0x80 | (code >> 12 & 0x3f));
        utf8[2] = (char)(0x80 | (code >> 6 & 0x3f));
        utf8[3] = (char)(0x80 | (code & 0x3f));
    } else if (code >= 0x800) {
        utf8[0] = (char)(0xe0 | code >> 12);
        utf8[1] = (char)(0x80 | (code >> 6 & 0x3f));
        utf8[2] = (char)(0x80 | (code & 0x3f));
    } else {
        utf8[0] = (char)(0xc0 | code >> 6);
        utf8[1] = (char)(0x80 | (code & 0x3f));
    }
    if (strstr(pdf->missing.text, utf8) == NULL)
        str_append(&pdf->missing, utf8);
}

static struct pdf_char *find_chars(struct pdf *pdf, enum pdf_face face, const char *text,
                                   size_t *count)
{
    const uint32_t *codes = pdf_text_clean(pdf->arena, text, count);
    struct pdf_char *chars = ARENA_ARRAY(pdf->arena, struct pdf_char, *count + 1);
    size_t i;

    for (i = 0; i < *count; i++) {
        if (codes[i] == '\n') {
            chars[i].code = '\n';
        } else if (!pdf_font_find(pdf->house, face, codes[i], &chars[i])) {
            note_missing(pdf, codes[i]);
            CHECK(pdf_font_find(pdf->house, face, REPLACEMENT, &chars[i]));
        }
    }
    return chars;
}

static bool is_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code >= 0xc0;
}

/* May a line end before chars[i]? */
static bool may_break(const struct pdf_char *chars, size_t from, size_t i)
{
    if (i <= from)
        return false;
    if (chars[i].code == ' ')
        return false; /* the blank goes with what is before it */
    if (chars[i - 1].code == ' ')
        return true;
    return chars[i - 1].code == '-' && i >= from + 2 && is_letter(chars[i - 2].code) &&
           is_letter(chars[i].code);
}

static int32_t width_of(const struct pdf_style *style, int64_t advance)
{
    return (int32_t)((advance * style->size + 500) / 1000);
}

static void add_line(struct pdf *pdf, struct pdf_text *text, size_t *room, size_t from,
                     size_t until)
{
    struct pdf_text_line *line;
    int64_t advance = 0;
    size_t i;

    while (until > from && text->chars[until - 1].code == ' ')
        until--;
    if (text->line_count == *room) {
        struct pdf_text_line *lines = ARENA_ARRAY(pdf->arena, struct pdf_text_line, *room * 2);

        memcpy(lines, text->lines, *room * sizeof *lines);
        text->lines = lines;
        *room *= 2;
    }
    for (i = from; i < until; i++)
        advance += text->chars[i].advance;
    line = &text->lines[text->line_count++];
    line->from = from;
    line->until = until;
    line->width = width_of(text->style, advance);
}

struct pdf_text pdf_text_wrap(struct pdf *pdf, const struct pdf_style *style, int32_t width,
                              const char *text)
{
    struct pdf_text out = {.style = style};
    size_t room = 4;
    size_t from = 0;
    size_t fits = 0; /* where the line may end, 0: nowhere yet */
    int64_t advance = 0;
    size_t i;

    out.chars = find_chars(pdf, style->face, text, &out.char_count);
    while (out.char_count > 0 && (out.chars[out.char_count - 1].code == '\n' ||
                                  out.chars[out.char_count - 1].code == ' '))
        out.char_count--;
    if (out.char_count == 0)
        return out;
    out.lines = ARENA_ARRAY(pdf->arena, struct pdf_text_line, room);
    for (i = 0; i < out.char_count; i++) {
        if (out.chars[i].code == '\n') {
            add_line(pdf, &out, &room, from, i);
            from = i + 1;
            fits = 0;
            advance = 0;
            continue;
        }
        if (may_break(out.chars, from, i))
            fits = i;
        advance += out.chars[i].advance;
        if (width > 0 && out.chars[i].code != ' ' && width_of(style, advance) > width && i > from) {
            size_t until = fits > from ? fits : i;

            add_line(pdf, &out, &room, from, until);
            from = until;
            fits = 0;
            advance = 0;
            i = from - 1; /* measured again from the new line's start */
        }
    }
    add_line(pdf, &out, &room, from, out.char_count);
    return out;
}

int32_t pdf_text_width(struct pdf *pdf, const struct pdf_style *style, const char *text)
{
    struct pdf_text wrapped = pdf_text_wrap(pdf, style, 0, text);
    int32_t widest = 0;
    size_t i;

    for (i = 0; i < wrapped.line_count; i++)
        if (wrapped.lines[i].width > widest)
            widest = wrapped.lines[i].width;
    return widest;
}
