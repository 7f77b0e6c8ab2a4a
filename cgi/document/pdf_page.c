#include "document/pdf_page.h"

#include <string.h>

#include "base/check.h"
#include "document/pdf_font.h"

void pdf_page_add(struct pdf *pdf)
{
    struct pdf_leaf *leaf = ARENA_NEW(pdf->arena, struct pdf_leaf);

    if (pdf->leaf_count == pdf->leaf_room) {
        int room = pdf->leaf_room == 0 ? 8 : pdf->leaf_room * 2;
        struct pdf_leaf **leaves = ARENA_ARRAY(pdf->arena, struct pdf_leaf *, (size_t)room);

        if (pdf->leaf_count > 0)
            memcpy(leaves, pdf->leaves, (size_t)pdf->leaf_count * sizeof *leaves);
        pdf->leaves = leaves;
        pdf->leaf_room = room;
    }
    leaf->number = pdf_object_number(pdf);
    leaf->content = str_new(pdf->arena);
    leaf->colour = -1;
    pdf->leaves[pdf->leaf_count++] = leaf;
    pdf->leaf = leaf;
}

int pdf_page_count(const struct pdf *pdf)
{
    return pdf->leaf_count;
}

void pdf_page_select(struct pdf *pdf, int index)
{
    CHECK(index >= 0 && index < pdf->leaf_count);
    pdf->leaf = pdf->leaves[index];
}

static void add_kid(struct pdf *pdf, struct pdf_tag *parent, struct pdf_tag_kid kid)
{
    struct pdf_tag_kid *added = arena_memdup(pdf->arena, &kid, sizeof kid);

    if (parent->last != NULL)
        parent->last->next = added;
    else
        parent->first = added;
    parent->last = added;
}

struct pdf_tag *pdf_tag_add(struct pdf *pdf, struct pdf_tag *parent, const char *type,
                            const char *attributes)
{
    struct pdf_tag *tag = ARENA_NEW(pdf->arena, struct pdf_tag);

    tag->number = pdf_object_number(pdf);
    tag->type = type;
    tag->attributes = attributes;
    tag->parent = parent;
    if (parent != NULL)
        add_kid(pdf, parent, (struct pdf_tag_kid){.tag = tag});
    return tag;
}

void pdf_tag_open(struct pdf *pdf, const char *type, const char *attributes)
{
    pdf->tag = pdf_tag_add(pdf, pdf->tag, type, attributes);
}

void pdf_tag_close(struct pdf *pdf)
{
    CHECK(pdf->tag != pdf->root);
    pdf->tag = pdf->tag->parent;
}

void pdf_artifact_open(struct pdf *pdf)
{
    pdf->artifact_depth++;
}

void pdf_artifact_close(struct pdf *pdf)
{
    CHECK(pdf->artifact_depth > 0);
    pdf->artifact_depth--;
}

void pdf_mark_end(struct pdf_leaf *leaf)
{
    if (leaf->marked != NULL || leaf->artifact)
        str_append(&leaf->content, "EMC\n");
    leaf->marked = NULL;
    leaf->artifact = false;
}

/* Opens the marked content that what is drawn next belongs to, unless it is open already. */
static void mark(struct pdf *pdf, bool artifact)
{
    struct pdf_leaf *leaf = pdf->leaf;
    struct pdf_tag *tag = pdf->tag;

    CHECK(leaf != NULL);
    if (pdf->artifact_depth > 0 || tag == pdf->root)
        artifact = true;
    if (artifact ? leaf->artifact : leaf->marked == tag)
        return;
    pdf_mark_end(leaf);
    if (artifact) {
        str_append(&leaf->content, "/Artifact BMC\n");
        leaf->artifact = true;
        return;
    }
    if (leaf->mark_count == leaf->mark_room) {
        int room = leaf->mark_room == 0 ? 64 : leaf->mark_room * 2;
        const struct pdf_tag **marks =
            ARENA_ARRAY(pdf->arena, const struct pdf_tag *, (size_t)room);

        if (leaf->mark_count > 0)
            memcpy(marks, leaf->marks, (size_t)leaf->mark_count * sizeof *marks);
        leaf->marks = marks;
        leaf->mark_room = room;
    }
    str_append_char(&leaf->content, '/');
    str_append(&leaf->content, tag->type);
    str_append(&leaf->content, "<</MCID ");
    pdf_number(&leaf->content, leaf->mark_count * 1000);
    str_append(&leaf->content, ">>BDC\n");
    add_kid(pdf, tag, (struct pdf_tag_kid){.leaf = leaf, .mark = leaf->mark_count});
    if (tag->leaf == NULL)
        tag->leaf = leaf;
    leaf->marks[leaf->mark_count++] = tag;
    leaf->marked = tag;
}

static void set_colour(struct pdf_leaf *leaf, uint32_t colour)
{
    int shift;

    if (leaf->colour == colour)
        return;
    leaf->colour = colour;
    for (shift = 16; shift >= 0; shift -= 8) {
        pdf_number(&leaf->content, (int32_t)(((colour >> shift) & 0xff) * 1000 / 255));
        str_append_char(&leaf->content, ' ');
    }
    str_append(&leaf->content, "rg\n");
}

static void set_face(struct pdf_leaf *leaf, int face, int32_t size)
{
    if (leaf->face == face && leaf->size == size)
        return;
    leaf->face = face;
    leaf->size = size;
    str_append(&leaf->content, "/F");
    pdf_number(&leaf->content, face * 1000);
    str_append_char(&leaf->content, ' ');
    pdf_number(&leaf->content, size);
    str_append(&leaf->content, " Tf ");
}

/* One line of text; runs of one face are shown together. */
static void show(struct pdf *pdf, const struct pdf_style *style, const struct pdf_char *chars,
                 size_t count, int32_t x, int32_t baseline)
{
    static const char hex[] = "0123456789ABCDEF";
    struct pdf_leaf *leaf = pdf->leaf;
    size_t i = 0;

    str_append(&leaf->content, "BT ");
    while (i < count) {
        uint8_t face = chars[i].face;

        set_face(leaf, face, style->size);
        if (i == 0) {
            pdf_number(&leaf->content, x);
            str_append_char(&leaf->content, ' ');
            pdf_number(&leaf->content, PDF_A4_HEIGHT - baseline);
            str_append(&leaf->content, " Td ");
        }
        str_append_char(&leaf->content, '<');
        for (; i < count && chars[i].face == face; i++) {
            uint16_t cid = pdf_font_cid(pdf, (enum pdf_face)face, chars[i].code);
            char digits[4] = {hex[cid >> 12], hex[cid >> 8 & 15], hex[cid >> 4 & 15],
                              hex[cid & 15]};

            str_append_bytes(&leaf->content, digits, sizeof digits);
        }
        str_append(&leaf->content, ">Tj ");
    }
    str_append(&leaf->content, "ET\n");
}

void pdf_draw_lines(struct pdf *pdf, const struct pdf_text *text, size_t from, size_t until,
                    enum pdf_align align, int32_t x, int32_t top)
{
    const struct pdf_style *style = text->style;
    int32_t capital =
        (int32_t)((int64_t)pdf_font_capital(pdf->house, style->face) * style->size / 1000);
    int32_t baseline =
        top + (style->leading + capital) / 2; /* capitals in the middle of the line */
    size_t i;

    for (i = from; i < until; i++) {
        const struct pdf_text_line *line = &text->lines[i];
        int32_t left = align == PDF_RIGHT    ? x - line->width
                       : align == PDF_CENTRE ? x - line->width / 2
                                             : x;

        if (line->until > line->from) {
            mark(pdf, false);
            set_colour(pdf->leaf, style->colour);
            show(pdf, style, text->chars + line->from, line->until - line->from, left, baseline);
        }
        baseline += style->leading;
    }
}

int32_t pdf_draw_text(struct pdf *pdf, const struct pdf_style *style, enum pdf_align align,
                      int32_t x, int32_t top, int32_t width, const char *text)
{
    struct pdf_text wrapped;

    if (str_empty(text))
        return 0;
    wrapped = pdf_text_wrap(pdf, style, width, text);
    pdf_draw_lines(pdf, &wrapped, 0, wrapped.line_count, align, x, top);
    return (int32_t)wrapped.line_count * style->leading;
}

int32_t pdf_text_height(struct pdf *pdf, const struct pdf_style *style, int32_t width,
                        const char *text)
{
    if (str_empty(text))
        return 0;
    return (int32_t)pdf_text_wrap(pdf, style, width, text).line_count * style->leading;
}

void pdf_draw_box(struct pdf *pdf, int32_t x, int32_t top, int32_t width, int32_t height,
                  uint32_t colour)
{
    int32_t numbers[] = {x, PDF_A4_HEIGHT - top - height, width, height};
    size_t i;

    mark(pdf, true);
    set_colour(pdf->leaf, colour);
    for (i = 0; i < COUNT_OF(numbers); i++) {
        pdf_number(&pdf->leaf->content, numbers[i]);
        str_append_char(&pdf->leaf->content, ' ');
    }
    str_append(&pdf->leaf->content, "re f\n");
}
