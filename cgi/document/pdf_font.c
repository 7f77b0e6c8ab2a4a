#include "document/pdf_font.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <string.h>

#include "base/check.h"

enum { PLANE = 0x10000, ROW = 256, BFCHAR_MAX = 100, SUBSETS = 32 };

/* A face cut down to some characters, as a document embeds it. */
struct subset {
    struct arena *arena;       /* of this one; NULL: the place is free */
    const uint16_t *codes;     /* rising */
    const uint16_t *gids;      /* in the cut face, code by code */
    size_t count;
    const unsigned char *file; /* deflated */
    size_t file_bytes;
    unsigned int length;       /* of the file before */
    uint64_t used;             /* when last: the house's count of uses */
};

struct pdf_font_house {
    struct subset subsets[SUBSETS]; /* the last that were embedded: most documents of a house need one of few */
    uint64_t uses;
    hb_face_t *face;    /* shrunk to what a PDF needs, prepared for fast cutting */
    uint16_t *glyphs;   /* by code point of the basic plane; 0: none */
    uint16_t *advances; /* thousandths of the size, by code point */
    const char *name;   /* PostScript name */
    int32_t ascent;
    int32_t descent;
    int32_t capital;
    int32_t box[4];
    bool bold;
};

struct pdf_font {
    uint16_t *cids[PLANE / ROW]; /* rows of 256 code points; NULL: none used */
    uint16_t *codes;             /* by CID; [0] unused: .notdef never appears */
    int count;
    int room;
};

static void destroy_face(void *face)
{
    hb_face_destroy(face);
}

static void forget_subsets(void *handle)
{
    struct pdf_font_house *font = handle;

    for (size_t i = 0; i < SUBSETS; i++)
        arena_free(font->subsets[i].arena);
}

/* The same face without hints, layout and names: cutting it per document is then cheap. */
static hb_face_t *shrink(hb_face_t *face)
{
    static const hb_tag_t dropped[] = {
        HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'),
        HB_TAG('k', 'e', 'r', 'n'), HB_TAG('n', 'a', 'm', 'e'), HB_TAG('p', 'o', 's', 't'),
        HB_TAG('c', 'm', 'a', 'p'), HB_TAG('O', 'S', '/', '2'), HB_TAG('M', 'A', 'T', 'H')};
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    hb_face_t *small;
    hb_face_t *prepared;
    size_t i;

    CHECK(input != NULL);
    hb_set_invert(hb_subset_input_glyph_set(input));
    for (i = 0; i < COUNT_OF(dropped); i++)
        hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), dropped[i]);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS |
                                         HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    small = hb_subset_or_fail(face, input);
    hb_subset_input_destroy(input);
    if (small == NULL)
        return NULL;
    prepared = hb_subset_preprocess(small);
    hb_face_destroy(small);
    return prepared;
}

static void read_metrics(struct pdf_font_house *font, hb_face_t *face, hb_font_t *metrics)
{
    hb_font_extents_t extents;
    hb_position_t capital;
    unsigned int head_bytes;
    hb_blob_t *head = hb_face_reference_table(face, HB_TAG('h', 'e', 'a', 'd'));
    const unsigned char *data = (const unsigned char *)hb_blob_get_data(head, &head_bytes);
    int units = (int)hb_face_get_upem(face);
    int i;

    hb_font_get_h_extents(metrics, &extents);
    font->ascent = extents.ascender;
    font->descent = extents.descender;
    if (!hb_ot_metrics_get_position(metrics, HB_OT_METRICS_TAG_CAP_HEIGHT, &capital))
        capital = 714;
    font->capital = capital;
    for (i = 0; i < 4 && head_bytes >= 54; i++) {
        int16_t value = (int16_t)(data[36 + 2 * i] << 8 | data[37 + 2 * i]);

        font->box[i] = value * 1000 / units;
    }
    hb_blob_destroy(head);
}

static void read_characters(struct arena *arena, struct pdf_font_house *font, hb_face_t *face,
                            hb_font_t *metrics)
{
    hb_set_t *codes = hb_set_create();
    hb_codepoint_t code = HB_SET_VALUE_INVALID;
    hb_codepoint_t glyph;

    font->glyphs = ARENA_ARRAY(arena, uint16_t, PLANE);
    font->advances = ARENA_ARRAY(arena, uint16_t, PLANE);
    hb_face_collect_unicodes(face, codes);
    while (hb_set_next(codes, &code) && code < PLANE) {
        if (!hb_font_get_nominal_glyph(metrics, code, &glyph) || glyph == 0 || glyph > 0xffff)
            continue;
        font->glyphs[code] = (uint16_t)glyph;
        font->advances[code] = (uint16_t)hb_font_get_glyph_h_advance(metrics, glyph);
    }
    hb_set_destroy(codes);
}

enum err pdf_font_load(struct ctx *ctx, struct arena *arena, const char *path,
                       struct pdf_font_house **out)
{
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    struct pdf_font_house *font = ARENA_NEW(arena, struct pdf_font_house);
    char name[128] = "";
    unsigned int name_bytes = sizeof name;
    hb_face_t *face;
    hb_font_t *metrics;
    char *c;

    if (blob == NULL)
        return FAIL(ctx, ERR_CONFIG, "cannot read the font file %s", path);
    face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    if (hb_face_get_glyph_count(face) == 0) {
        hb_face_destroy(face);
        return FAIL(ctx, ERR_CONFIG, "%s is no TrueType font", path);
    }
    metrics = hb_font_create(face);
    hb_font_set_scale(metrics, 1000, 1000); /* all widths in thousandths */
    (void)hb_ot_name_get_utf8(face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &name_bytes,
                              name);
    for (c = name; *c != '\0'; c++)
        if ((*c < 'a' || *c > 'z') && (*c < 'A' || *c > 'Z') && (*c < '0' || *c > '9') && *c != '-')
            *c = '-';
    font->name = arena_strdup(arena, name[0] != '\0' ? name : "Sans");
    font->bold = strstr(name, "Bold") != NULL;
    read_metrics(font, face, metrics);
    read_characters(arena, font, face, metrics);
    hb_font_destroy(metrics);
    font->face = shrink(face);
    hb_face_destroy(face);
    if (font->face == NULL)
        return FAIL(ctx, ERR_CONFIG, "%s cannot be cut into subsets", path);
    arena_cleanup(arena, destroy_face, font->face);
    arena_cleanup(arena, forget_subsets, font);
    *out = font;
    return OK;
}

/* Scripts that need reordering and joined forms: signs in a wrong order would be worse than none.
 */
static bool is_right_to_left(uint32_t code)
{
    return (code >= 0x590 && code < 0x900) || (code >= 0xfb1d && code < 0xfe00) ||
           (code >= 0xfe70 && code < 0xff00);
}

bool pdf_font_find(const struct pdf_house *house, enum pdf_face face, uint32_t code,
                   struct pdf_char *found)
{
    int chain[] = {face, face == PDF_BOLD ? PDF_FALLBACK_BOLD : PDF_FALLBACK};
    size_t i;

    if (is_right_to_left(code))
        return false;
    for (i = 0; i < COUNT_OF(chain) && code < PLANE; i++) {
        const struct pdf_font_house *font = house->fonts[chain[i]];

        if (font->glyphs[code] != 0) {
            found->code = (uint16_t)code;
            found->advance = font->advances[code];
            found->face = (uint8_t)chain[i];
            return true;
        }
    }
    return false;
}

int32_t pdf_font_capital(const struct pdf_house *house, enum pdf_face face)
{
    return house->fonts[face]->capital;
}

uint16_t pdf_font_cid(struct pdf *pdf, enum pdf_face face, uint16_t code)
{
    struct pdf_font *font = pdf->fonts[face];
    uint16_t *row;

    if (font == NULL) {
        font = pdf->fonts[face] = ARENA_NEW(pdf->arena, struct pdf_font);
        font->count = 1;
        font->room = 128;
        font->codes = ARENA_ARRAY(pdf->arena, uint16_t, 128);
    }
    row = font->cids[code / ROW];
    if (row == NULL)
        row = font->cids[code / ROW] = ARENA_ARRAY(pdf->arena, uint16_t, ROW);
    if (row[code % ROW] != 0)
        return row[code % ROW];
    if (font->count == font->room) {
        uint16_t *codes = ARENA_ARRAY(pdf->arena, uint16_t, (size_t)font->room * 2);

        memcpy(codes, font->codes, (size_t)font->count * sizeof *codes);
        font->codes = codes;
        font->room *= 2;
    }
    font->codes[font->count] = code;
    row[code % ROW] = (uint16_t)font->count;
    return (uint16_t)font->count++;
}

/* The characters back from their numbers, so that text can be searched and copied. */
static void put_to_unicode(struct pdf *pdf, const struct pdf_font *font, int number)
{
    struct str map = str_new(pdf->arena);
    int cid;

    str_append(&map, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                     "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n"
                     "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                     "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    for (cid = 1; cid < font->count; cid++) {
        int left = font->count - cid;

        if (cid % BFCHAR_MAX == 1)
            str_printf(&map, "%s%d beginbfchar\n", cid == 1 ? "" : "endbfchar\n",
                       left < BFCHAR_MAX ? left : BFCHAR_MAX);
        str_printf(&map, "<%04X><%04X>\n", (unsigned int)cid, font->codes[cid]);
    }
    str_append(&map,
               "endbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    pdf_stream(pdf, number, "", map.text, map.bytes);
}

/* What the document uses of the face, in the order of code points. */
static uint16_t *used_codes(struct pdf *pdf, const struct pdf_font *font)
{
    uint16_t *codes = ARENA_ARRAY(pdf->arena, uint16_t, (size_t)font->count);
    size_t count = 0;

    for (int row = 0; row < PLANE / ROW; row++)
        for (int i = 0; font->cids[row] != NULL && i < ROW; i++)
            if (font->cids[row][i] != 0)
                codes[count++] = (uint16_t)(row * ROW + i);
    CHECK(count == (size_t)font->count - 1);
    return codes;
}

/* Where a subset of these characters is, or the place of the one that was used longest ago. */
static struct subset *place_of(struct pdf_font_house *house, const uint16_t *codes, size_t count, bool *found)
{
    struct subset *oldest = &house->subsets[0];

    for (size_t i = 0; i < SUBSETS; i++) {
        struct subset *s = &house->subsets[i];

        *found = s->arena != NULL && s->count == count && memcmp(s->codes, codes, count * sizeof codes[0]) == 0;
        if (*found)
            return s;
        if (s->used < oldest->used)
            oldest = s;
    }
    return oldest;
}

static void keep_subset(struct pdf *pdf, const struct pdf_font_house *house, const uint16_t *codes, size_t count, const hb_map_t *mapping,
                        hb_face_t *cut, struct subset *s)
{
    struct arena *arena = s->arena != NULL ? s->arena : arena_new();
    uint16_t *gids;
    hb_blob_t *blob = hb_face_reference_blob(cut);
    const char *data;
    unsigned int bytes;

    arena_reset(arena);
    *s = (struct subset){.arena = arena, .codes = arena_memdup(arena, codes, count * sizeof codes[0]), .count = count};
    gids = ARENA_ARRAY(arena, uint16_t, count);
    for (size_t i = 0; i < count; i++) {
        hb_codepoint_t gid = hb_map_get(mapping, house->glyphs[codes[i]]);

        CHECK(gid != HB_MAP_VALUE_INVALID && gid <= 0xffff);
        gids[i] = (uint16_t)gid;
    }
    s->gids = gids;
    data = hb_blob_get_data(blob, &bytes);
    s->length = bytes;
    s->file = pdf_deflate(pdf->house, pdf->arena, data, bytes, &s->file_bytes); /* room for more than it takes */
    s->file = arena_memdup(arena, s->file, s->file_bytes);
    hb_blob_destroy(blob);
}

static enum err cut_face(struct pdf *pdf, const struct pdf_font_house *house, const uint16_t *codes, size_t count, struct subset *s)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    hb_subset_plan_t *plan;
    hb_face_t *cut;

    CHECK(input != NULL);
    for (size_t i = 0; i < count; i++)
        hb_set_add(hb_subset_input_glyph_set(input), house->glyphs[codes[i]]);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    plan = hb_subset_plan_create_or_fail(house->face, input);
    cut = plan == NULL ? NULL : hb_subset_plan_execute_or_fail(plan);
    hb_subset_input_destroy(input);
    if (cut != NULL)
        keep_subset(pdf, house, codes, count, hb_subset_plan_old_to_new_glyph_mapping(plan), cut, s);
    hb_face_destroy(cut);
    hb_subset_plan_destroy(plan);
    return cut != NULL ? OK : FAIL(pdf->ctx, ERR_CORRUPT, "the font %s cannot be cut", house->name);
}

/* Font file and CIDToGIDMap. The file hangs on the characters alone, the map on the order of their first use. */
static enum err put_subset(struct pdf *pdf, struct pdf_font_house *house, const struct pdf_font *font, int file, int gids)
{
    size_t count = (size_t)font->count - 1;
    const uint16_t *codes = used_codes(pdf, font);
    unsigned char *map = arena_array(pdf->arena, (size_t)font->count, 2);
    bool found;
    struct subset *s = place_of(house, codes, count, &found);

    if (!found)
        TRY(pdf->ctx, cut_face(pdf, house, codes, count, s));
    s->used = ++house->uses;
    for (size_t i = 0; i < count; i++) {
        size_t cid = font->cids[codes[i] / ROW][codes[i] % ROW];

        map[2 * cid] = (unsigned char)(s->gids[i] >> 8);
        map[2 * cid + 1] = (unsigned char)(s->gids[i] & 0xff);
    }
    pdf_stream_deflated(pdf, file, arena_printf(pdf->arena, "/Length1 %u", s->length), s->file, s->file_bytes);
    pdf_stream(pdf, gids, "", map, (size_t)font->count * 2);
    return OK;
}

/* Six letters that tell one subset of a face from another; from the characters, so reproducible. */
static void name_subset(const struct pdf_font *font, char tag[7])
{
    uint32_t sum = 2166136261u;
    int cid;
    int i;

    for (cid = 1; cid < font->count; cid++)
        sum = (sum ^ font->codes[cid]) * 16777619u;
    for (i = 0; i < 6; i++, sum /= 26)
        tag[i] = (char)('A' + sum % 26);
    tag[6] = '\0';
}

static enum err put_font(struct pdf *pdf, enum pdf_face face, int number)
{
    struct pdf_font_house *house = pdf->house->fonts[face];
    const struct pdf_font *font = pdf->fonts[face];
    int descendant = pdf_object_number(pdf);
    int descriptor = pdf_object_number(pdf);
    int file = pdf_object_number(pdf);
    int gids = pdf_object_number(pdf);
    int unicode = pdf_object_number(pdf);
    char tag[7];
    struct str *out;
    int cid;

    name_subset(font, tag);
    out = pdf_object_packed(pdf, number);
    str_printf(out,
               "<</Type/Font/Subtype/Type0/BaseFont/%s+%s/Encoding/Identity-H"
               "/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
               tag, house->name, descendant, unicode);
    pdf_object_end(pdf);
    out = pdf_object_packed(pdf, descendant);
    str_printf(out,
               "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s+%s"
               "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
               "/FontDescriptor %d 0 R/CIDToGIDMap %d 0 R/DW 0/W[1[",
               tag, house->name, descriptor, gids);
    for (cid = 1; cid < font->count; cid++)
        str_printf(out, cid > 1 ? " %d" : "%d", house->advances[font->codes[cid]]);
    str_append(out, "]]>>");
    pdf_object_end(pdf);
    out = pdf_object_packed(pdf, descriptor);
    str_printf(out,
               "<</Type/FontDescriptor/FontName/%s+%s/Flags 4/FontBBox[%d %d %d %d]"
               "/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %d 0 R>>",
               tag, house->name, house->box[0], house->box[1], house->box[2], house->box[3],
               house->ascent, house->descent, house->capital, house->bold ? 140 : 80, file);
    pdf_object_end(pdf);
    TRY(pdf->ctx, put_subset(pdf, house, font, file, gids));
    put_to_unicode(pdf, font, unicode);
    return OK;
}

enum err pdf_font_write(struct pdf *pdf, int resources)
{
    int numbers[PDF_FACES] = {0};
    struct str *out;
    int face;

    for (face = 1; face < PDF_FACES; face++) {
        if (pdf->fonts[face] == NULL)
            continue;
        numbers[face] = pdf_object_number(pdf);
        TRY(pdf->ctx, put_font(pdf, (enum pdf_face)face, numbers[face]));
    }
    out = pdf_object_packed(pdf, resources);
    str_append(out, "<</Font<<");
    for (face = 1; face < PDF_FACES; face++)
        if (numbers[face] != 0)
            str_printf(out, "/F%d %d 0 R", face, numbers[face]);
    str_append(out, ">>>>");
    pdf_object_end(pdf);
    return OK;
}
