#include "document/pdf.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "document/pdf_archive.h"
#include "document/pdf_font.h"
#include "document/pdf_sign.h"

enum { PROFILE_MAX = 1 << 20, LEVEL = 6 };

static void free_compressor(void *compressor)
{
    libdeflate_free_compressor(compressor);
}

static enum err load_profile(struct ctx *ctx, struct arena *arena, const char *path,
                             struct pdf_house *house)
{
    unsigned char *data = arena_alloc(ctx->arena, PROFILE_MAX);
    FILE *file = fopen(path, "rb");
    size_t bytes;

    if (file == NULL)
        return FAIL(ctx, ERR_CONFIG, "cannot read the colour profile %s", path);
    bytes = fread(data, 1, PROFILE_MAX, file);
    (void)fclose(file);
    if (bytes < 128 || bytes == PROFILE_MAX || memcmp(data + 16, "RGB acsp", 4) != 0)
        return FAIL(ctx, ERR_CONFIG, "%s is no RGB colour profile", path);
    house->profile = pdf_deflate(house, arena, data, bytes, &house->profile_bytes);
    return OK;
}

enum err pdf_house_load(struct ctx *ctx, struct arena *arena, const struct pdf_paths *paths,
                        int deflate_level, const struct pdf_house **out)
{
    static const struct pdf_paths none;
    static const char *const standard[PDF_FACES] = {
        [PDF_REGULAR] = "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        [PDF_BOLD] = "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
        [PDF_FALLBACK] = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        [PDF_FALLBACK_BOLD] = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    };
    const struct pdf_paths *given = paths == NULL ? &none : paths;
    const char *wanted[PDF_FACES] = {NULL, given->regular, given->bold, given->fallback,
                                     given->fallback_bold};
    struct pdf_house *house = ARENA_NEW(arena, struct pdf_house);
    struct pdf_char found;
    int face;

    house->compressor = libdeflate_alloc_compressor(deflate_level == 0 ? LEVEL : deflate_level);
    CHECK(house->compressor != NULL);
    arena_cleanup(arena, free_compressor, house->compressor);
    TRY(ctx, load_profile(ctx, arena,
                          given->profile != NULL ? given->profile : "/usr/share/color/icc/sRGB.icc",
                          house));
    for (face = 1; face < PDF_FACES; face++)
        TRY(ctx, pdf_font_load(ctx, arena, wanted[face] != NULL ? wanted[face] : standard[face],
                               &house->fonts[face]));
    if (!pdf_font_find(house, PDF_REGULAR, 0xfffd, &found) ||
        !pdf_font_find(house, PDF_BOLD, 0xfffd, &found))
        return FAIL(ctx, ERR_CONFIG, "no face has U+FFFD, the sign for a missing character");
    *out = house;
    return OK;
}

struct pdf *pdf_open(struct ctx *ctx, const struct pdf_house *house, const struct pdf_info *info)
{
    struct pdf *pdf = ARENA_NEW(ctx->arena, struct pdf);

    CHECK(!str_empty(info->title));
    pdf->ctx = ctx;
    pdf->arena = ctx->arena;
    pdf->house = house;
    pdf->info = info;
    pdf->file = str_new(ctx->arena);
    pdf->packed = str_new(ctx->arena);
    pdf->packed_index = str_new(ctx->arena);
    pdf->missing = str_new(ctx->arena);
    /* Four bytes above 127 tell transports that this is no text. */
    str_append(&pdf->file, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
    pdf->root = pdf->tag = pdf_tag_add(pdf, NULL, "Document", NULL);
    return pdf;
}

/* The signature covers everything but the field that holds it. */
static enum err seal_file(struct pdf *pdf, const struct signer *signer, const struct pdf_seal *seal)
{
    char *text = pdf->file.text;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    struct hash digest;
    char range[PDF_RANGE_BYTES + 1];
    unsigned char *cms;
    size_t cms_bytes;
    char *hex;
    int length;

    length = snprintf(range, sizeof range, "[0 %zu %zu %zu]", seal->contents_at,
                      seal->contents_until, pdf->file.bytes - seal->contents_until);
    CHECK(length > 0 && length <= PDF_RANGE_BYTES);
    memcpy(text + seal->range_at, range, (size_t)length);
    CHECK(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
          EVP_DigestUpdate(md, text, seal->contents_at) == 1 &&
          EVP_DigestUpdate(md, text + seal->contents_until,
                           pdf->file.bytes - seal->contents_until) == 1 &&
          EVP_DigestFinal_ex(md, digest.bytes, NULL) == 1);
    EVP_MD_CTX_free(md);
    TRY(pdf->ctx, signer->sign(pdf->ctx, signer, &digest, &cms, &cms_bytes));
    if (cms_bytes > signer->reserve_bytes)
        return FAIL(pdf->ctx, ERR_LIMIT, "signature of %zu bytes, room for %zu", cms_bytes,
                    signer->reserve_bytes);
    hex = encode_hex(pdf->arena, cms, cms_bytes);
    memcpy(text + seal->contents_at + 1, hex, cms_bytes * 2);
    return OK;
}

enum err pdf_finish(struct pdf *pdf, const struct signer *signer, struct pdf_file *file)
{
    struct pdf_seal seal = {0};
    int catalog = pdf_object_number(pdf);
    int info = pdf_object_number(pdf);

    CHECK(!pdf->finished && pdf->leaf_count > 0 && pdf->tag == pdf->root);
    pdf->finished = true;
    if (pdf->leaf_count > PDF_LEAVES_MAX)
        return FAIL(pdf->ctx, ERR_LIMIT, "document of %d pages", pdf->leaf_count);
    TRY(pdf->ctx, pdf_archive_write(pdf, signer, catalog, info, &seal));
    pdf_close(pdf, catalog, info);
    if (signer != NULL)
        TRY(pdf->ctx, seal_file(pdf, signer, &seal));
    file->data = (unsigned char *)pdf->file.text;
    file->bytes = pdf->file.bytes;
    return OK;
}

const char *pdf_missing(const struct pdf *pdf)
{
    return pdf->missing.text;
}
