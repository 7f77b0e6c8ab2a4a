/* pdf: structure, reproducibility, seal and archive conformance of written documents. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/str.h"
#include "document/pdf_page.h"
#include "sheet_sample.h"

static struct pdf_file invoice(const char *language, size_t lines, const struct signer *signer)
{
    struct ctx *ctx = test_ctx();
    struct pdf *pdf = invoice_sheet_draw(ctx, sample_house(), sample_invoice(ctx, language, lines));
    struct pdf_file file = {NULL, 0};

    SAME_TEXT(pdf_missing(pdf), "");
    CU_ASSERT_EQUAL(pdf_finish(pdf, signer, &file), OK);
    return file;
}

static struct pdf_file quote(bool accepted, const struct signer *signer)
{
    struct ctx *ctx = test_ctx();
    struct pdf *pdf = quote_sheet_draw(ctx, sample_house(), sample_quote(ctx, accepted));
    struct pdf_file file = {NULL, 0};

    SAME_TEXT(pdf_missing(pdf), "");
    CU_ASSERT_EQUAL(pdf_finish(pdf, signer, &file), OK);
    return file;
}

static bool same_file(struct pdf_file a, struct pdf_file b)
{
    return a.bytes == b.bytes && memcmp(a.data, b.data, a.bytes) == 0;
}

TEST(pdf, same_texts_give_the_same_bytes)
{
    struct ctx *ctx = test_ctx();
    struct pdf_file first = invoice("fr", 40, NULL);
    struct pdf_file sealed = invoice("fr", 3, sample_signer(CERTIFICATE_RSA_2048));
    struct pdf_file other;

    ctx->now += INT64_C(123456789); /* the clock must not get in */
    CU_ASSERT_TRUE(same_file(first, invoice("fr", 40, NULL)));
    CU_ASSERT_FALSE(same_file(first, invoice("fr", 41, NULL)));
    other = quote(false, NULL);
    CU_ASSERT_TRUE(same_file(other, quote(false, NULL)));
    CU_ASSERT_FALSE(same_file(other, quote(true, NULL)));
    ctx->now -= INT64_C(123456789);
    CU_ASSERT_TRUE(same_file(sealed, invoice("fr", 3, sample_signer(CERTIFICATE_RSA_2048))));
}

TEST(pdf, another_process_gives_the_same_bytes)
{
    struct arena *arena = arena_new();
    const struct pdf_house *again;
    struct ctx *ctx = test_ctx();
    struct pdf *pdf;
    struct pdf_file file;

    CU_ASSERT_EQUAL_FATAL(pdf_house_load(ctx, arena, NULL, 0, &again), OK);
    pdf = invoice_sheet_draw(ctx, again, sample_invoice(ctx, "el", 7));
    CU_ASSERT_EQUAL(pdf_finish(pdf, NULL, &file), OK);
    CU_ASSERT_TRUE(same_file(file, invoice("el", 7, NULL)));
    arena_free(arena);
}

static struct pdf_file one_text(const struct pdf_house *house, const char *text)
{
    struct ctx *ctx = test_ctx();
    struct pdf_info info = {.title = "Essai", .language = "fr", .created_at = 1};
    const struct pdf_style style = {.face = PDF_REGULAR, .size = PDF_PT(10), .leading = PDF_PT(12)};
    struct pdf *pdf = pdf_open(ctx, house, arena_memdup(ctx->arena, &info, sizeof info));
    struct pdf_file file = {NULL, 0};

    pdf_page_add(pdf);
    pdf_tag_open(pdf, "P", NULL);
    (void)pdf_draw_text(pdf, &style, PDF_LEFT, PDF_MM(20), PDF_MM(20), 0, text);
    pdf_tag_close(pdf);
    CU_ASSERT_EQUAL(pdf_finish(pdf, NULL, &file), OK);
    return file;
}

/* Cut faces are kept by their characters: the same ones come in several orders, and there are more sets than places. */
TEST(pdf, a_face_that_was_cut_before_gives_the_same_bytes)
{
    static const char *const texts[] = {"Mon avenir", "rinevaMno  rien", "avenir Mon avenir", "Mon avenir"};
    struct ctx *ctx = test_ctx();
    struct arena *arena = arena_new();
    const struct pdf_house *used;

    CU_ASSERT_EQUAL_FATAL(pdf_house_load(ctx, arena, NULL, 0, &used), OK);
    for (size_t i = 0; i < 2 * COUNT_OF(texts); i++) {
        const char *text = texts[i % COUNT_OF(texts)];
        const struct pdf_house *fresh;

        CU_ASSERT_EQUAL_FATAL(pdf_house_load(ctx, arena, NULL, 0, &fresh), OK);
        CU_ASSERT_TRUE(same_file(one_text(used, text), one_text(fresh, text)));
        for (int set = 0; i == COUNT_OF(texts) && set < 40; set++)
            (void)one_text(used, arena_printf(ctx->arena, "set %c%c", 'A' + set % 26, '0' + set / 26));
    }
    CU_ASSERT_FALSE(same_file(one_text(used, texts[0]), one_text(used, texts[1])));
    arena_free(arena);
}

TEST(pdf, numbers_have_no_locale_and_no_float)
{
    struct str out = str_new(test_arena());

    pdf_number(&out, 595276);
    str_append_char(&out, ' ');
    pdf_number(&out, -1005);
    str_append_char(&out, ' ');
    pdf_number(&out, 12500);
    str_append_char(&out, ' ');
    pdf_number(&out, 40);
    str_append_char(&out, ' ');
    pdf_number(&out, 4);
    SAME_TEXT(out.text, "595.28 -1.01 12.5 0.04 0");
}

/* The four numbers of the byte range, and where /Contents stands. */
static bool read_range(struct pdf_file file, long range[4])
{
    const char *at = memmem(file.data, file.bytes, "/ByteRange[", 11);

    return at != NULL && sscanf(at, "/ByteRange[%ld %ld %ld %ld]", &range[0], &range[1], &range[2],
                                &range[3]) == 4;
}

/* The CMS of a sealed file as DER, and what it covers, in two files. */
static void take_apart(struct pdf_file file, const char **cms_path, const char **content_path)
{
    struct ctx *ctx = test_ctx();
    struct pdf_file cms;
    struct pdf_file content;
    long range[4];
    char *hex;
    size_t der;

    CU_ASSERT_TRUE_FATAL(read_range(file, range));
    hex = arena_strndup(ctx->arena, (char *)file.data + range[1] + 1,
                        (size_t)(range[2] - range[1] - 2));
    CU_ASSERT_TRUE_FATAL(decode_hex(ctx->arena, hex, &cms.data, &cms.bytes));
    CU_ASSERT_EQUAL_FATAL(cms.data[0], 0x30);
    CU_ASSERT_EQUAL_FATAL(cms.data[1], 0x82);
    der = 4 + ((size_t)cms.data[2] << 8 | cms.data[3]);
    CU_ASSERT_TRUE(der <= cms.bytes && cms.bytes - der <= 16); /* hardly any padding */
    cms.bytes = der;
    content.bytes = (size_t)(range[1] + range[3]);
    content.data = arena_alloc(ctx->arena, content.bytes);
    memcpy(content.data, file.data, (size_t)range[1]);
    memcpy(content.data + range[1], file.data + range[2], (size_t)range[3]);
    *cms_path = sample_save(ctx, "cms.der", &cms);
    *content_path = sample_save(ctx, "content.bin", &content);
}

TEST(pdf, seal_covers_the_whole_file)
{
    enum certificate_key key;

    for (key = CERTIFICATE_RSA_2048; key <= CERTIFICATE_ECDSA_P256; key++) {
        struct pdf_file file = invoice("fr", 3, sample_signer(key));
        long range[4] = {0};

        CU_ASSERT_TRUE(read_range(file, range));
        SAME_NUMBER(range[0], 0);
        SAME_NUMBER(file.data[range[1]], '<');
        SAME_NUMBER(file.data[range[2] - 1], '>');
        SAME_NUMBER(range[2] + range[3], file.bytes);
        CU_ASSERT_EQUAL(memcmp(file.data + range[1] - 9, "/Contents<", 10), 0);
        CU_ASSERT_EQUAL(memcmp(file.data + file.bytes - 6, "%%EOF\n", 6), 0);
    }
}

/* openssl cms says whether this CMS is over this content, with the profile's own checks. */
static int verify(const char *cms_path, const char *content_path, enum certificate_key key,
                  char **output)
{
    struct ctx *ctx = test_ctx();

    return sample_run(
        ctx, "openssl",
        arena_printf(ctx->arena,
                     "cms -verify -cades -binary -inform DER -in %s -content %s -CAfile %s "
                     "-purpose any -attime %lld -out /dev/null",
                     cms_path, content_path, sample_certificate(key),
                     (long long)(ctx->now / 1000000)),
        output);
}

TEST(pdf, seal_verifies_and_has_no_signing_time)
{
    /* 1.2.840.113549.1.9.5; of 1.9.4 (message-digest) the last byte differs. */
    static const unsigned char signing_time[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                 0x0d, 0x01, 0x09, 0x05};
    static const unsigned char digest[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
    /* signing-certificate-v2: 1.2.840.113549.1.9.16.2.47 */
    static const unsigned char ess[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                        0x01, 0x09, 0x10, 0x02, 0x2f};
    enum certificate_key key;

    for (key = CERTIFICATE_RSA_2048; key <= CERTIFICATE_ECDSA_P256; key++) {
        const char *cms_path;
        const char *content_path;
        unsigned char der[8192];
        size_t bytes;
        FILE *in;
        char *output;
        int status;

        take_apart(invoice("fr", 3, sample_signer(key)), &cms_path, &content_path);
        in = fopen(cms_path, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(in);
        bytes = fread(der, 1, sizeof der, in);
        (void)fclose(in);
        CU_ASSERT_PTR_NULL(memmem(der, bytes, signing_time, sizeof signing_time));
        CU_ASSERT_PTR_NOT_NULL(memmem(der, bytes, digest, sizeof digest));
        CU_ASSERT_PTR_NOT_NULL(memmem(der, bytes, ess, sizeof ess));
        status = verify(cms_path, content_path, key, &output);
        if (status == -1)
            continue;
        SAME_NUMBER(status, 0);
        if (status != 0)
            printf("%s\n", output);
        CU_ASSERT_PTR_NOT_NULL(strstr(output, "CAdES Verification successful"));
    }
}

TEST(pdf, changed_byte_breaks_the_seal)
{
    struct pdf_file file = invoice("fr", 3, sample_signer(CERTIFICATE_ECDSA_P256));
    const char *cms_path;
    const char *content_path;
    const char *path;
    char *output;
    int status;

    file.data[file.bytes / 4] ^= 1;
    take_apart(file, &cms_path, &content_path);
    status = verify(cms_path, content_path, CERTIFICATE_ECDSA_P256, NULL);
    if (status != -1)
        CU_ASSERT_NOT_EQUAL(status, 0);
    path = sample_save(test_ctx(), "changed.pdf", &file);
    if (sample_run(test_ctx(), "pdfsig", arena_printf(test_arena(), "-nocert %s", path), &output) !=
        -1)
        CU_ASSERT_PTR_NULL(strstr(output, "Signature is Valid"));
}

TEST(pdf, pdfsig_calls_it_valid_and_total)
{
    enum certificate_key key;

    for (key = CERTIFICATE_RSA_2048; key <= CERTIFICATE_ECDSA_P256; key++) {
        struct pdf_file file = quote(true, sample_signer(key));
        const char *path = sample_save(
            test_ctx(), key == CERTIFICATE_RSA_2048 ? "quote-sealed.pdf" : "ecdsa.pdf", &file);
        char *output;

        if (sample_run(test_ctx(), "pdfsig", arena_printf(test_arena(), "-nocert %s", path),
                       &output) == -1)
            continue;
        CU_ASSERT_PTR_NOT_NULL(strstr(output, "Signature is Valid"));
        CU_ASSERT_PTR_NOT_NULL(strstr(output, "Total document signed"));
        CU_ASSERT_PTR_NOT_NULL(strstr(output, "ETSI.CAdES.detached"));
    }
}

TEST(pdf, signer_refuses_what_it_must)
{
    struct ctx *ctx = test_ctx();
    const struct signer *rsa = sample_signer(CERTIFICATE_RSA_2048);
    const struct signer *signer;
    struct certificate_order order = {.key = CERTIFICATE_ECDSA_P256,
                                      .organisation = "Encore",
                                      .country = "",
                                      .from_at = ctx->now,
                                      .valid_days = 1,
                                      .certificate_path =
                                          sample_certificate(CERTIFICATE_ECDSA_P256),
                                      .key_path = sample_key(CERTIFICATE_ECDSA_P256)};
    struct pdf *pdf;
    struct pdf_file file;

    (void)sample_signer(CERTIFICATE_ECDSA_P256);
    CU_ASSERT_EQUAL(create_demo_certificate(ctx, &order), ERR_DUPLICATE);
    CU_ASSERT_EQUAL(signer_load(ctx, ctx->arena, sample_certificate(CERTIFICATE_RSA_2048),
                                sample_key(CERTIFICATE_ECDSA_P256), &signer),
                    ERR_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(ctx->trail, "does not belong"));
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(chmod(sample_key(CERTIFICATE_RSA_2048), 0440), 0);
    CU_ASSERT_EQUAL(signer_load(ctx, ctx->arena, sample_certificate(CERTIFICATE_RSA_2048),
                                sample_key(CERTIFICATE_RSA_2048), &signer),
                    ERR_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(ctx->trail, "by others"));
    CU_ASSERT_EQUAL(chmod(sample_key(CERTIFICATE_RSA_2048), 0400), 0);
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(
        signer_load(ctx, ctx->arena, "/nowhere", sample_key(CERTIFICATE_RSA_2048), &signer),
        ERR_CONFIG);
    CU_ASSERT_EQUAL(signer_load(ctx, ctx->arena, sample_key(CERTIFICATE_RSA_2048),
                                sample_key(CERTIFICATE_RSA_2048), &signer),
                    ERR_CONFIG);
    ctx_forget_error(ctx);
    ctx->now = rsa->not_after_at + 1;
    CU_ASSERT_EQUAL(signer_load(ctx, ctx->arena, sample_certificate(CERTIFICATE_RSA_2048),
                                sample_key(CERTIFICATE_RSA_2048), &signer),
                    ERR_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(ctx->trail, "expired"));
    ctx_forget_error(ctx);
    pdf = invoice_sheet_draw(ctx, sample_house(), sample_invoice(ctx, "fr", 1));
    CU_ASSERT_EQUAL(pdf_finish(pdf, rsa, &file), ERR_CONFIG);
    ctx->now = rsa->not_before_at - 1;
    CU_ASSERT_EQUAL(signer_load(ctx, ctx->arena, sample_certificate(CERTIFICATE_RSA_2048),
                                sample_key(CERTIFICATE_RSA_2048), &signer),
                    ERR_CONFIG);
}

static enum err sign_too_long(struct ctx *ctx, const struct signer *signer,
                              const struct hash *digest, unsigned char **cms, size_t *bytes)
{
    (void)digest;
    *bytes = signer->reserve_bytes + 1;
    *cms = arena_alloc(ctx->arena, *bytes);
    return OK;
}

TEST(pdf, signature_that_does_not_fit_is_never_cut)
{
    struct ctx *ctx = test_ctx();
    struct signer signer = *sample_signer(CERTIFICATE_ECDSA_P256);
    struct pdf *pdf = invoice_sheet_draw(ctx, sample_house(), sample_invoice(ctx, "fr", 1));
    struct pdf_file file;

    signer.sign = sign_too_long;
    CU_ASSERT_EQUAL(pdf_finish(pdf, &signer, &file), ERR_LIMIT);
}

TEST(pdf, house_refuses_missing_and_wrong_files)
{
    struct ctx *ctx = test_ctx();
    const struct pdf_house *house;
    struct pdf_paths paths = {.bold = "/nowhere.ttf"};

    CU_ASSERT_EQUAL(pdf_house_load(ctx, ctx->arena, &paths, 0, &house), ERR_CONFIG);
    paths = (struct pdf_paths){.regular = "/usr/share/color/icc/sRGB.icc"};
    CU_ASSERT_EQUAL(pdf_house_load(ctx, ctx->arena, &paths, 0, &house), ERR_CONFIG);
    paths = (struct pdf_paths){.profile = "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"};
    CU_ASSERT_EQUAL(pdf_house_load(ctx, ctx->arena, &paths, 0, &house), ERR_CONFIG);
}

TEST(pdf, qpdf_finds_nothing_wrong)
{
    static const size_t counts[] = {1, 3, 40, 80};
    size_t i;

    for (i = 0; i < COUNT_OF(counts); i++) {
        struct pdf_file file =
            invoice("fr", counts[i], i % 2 ? sample_signer(CERTIFICATE_RSA_2048) : NULL);
        const char *path = sample_save(
            test_ctx(), arena_printf(test_arena(), "invoice-%zu.pdf", counts[i]), &file);
        char *output;
        int status =
            sample_run(test_ctx(), "qpdf", arena_printf(test_arena(), "--check %s", path), &output);

        if (status == -1)
            return;
        SAME_NUMBER(status, 0);
        if (status != 0)
            printf("%s\n", output);
    }
}

/* A validator outside the project, when somebody has put one beside it. */
TEST(pdf, validator_accepts_the_archive)
{
    static const char script[] = "../shared/data/validate-pdfa";
    static const char *const flavours[] = {"3b", "3a", "ua1"};
    struct ctx *ctx = test_ctx();
    const struct signer *signer = sample_signer(CERTIFICATE_RSA_2048);
    struct str paths = str_new(test_arena());
    struct pdf_file files[] = {invoice("fr", 3, NULL), invoice("de", 80, signer),
                               invoice("el", 40, signer), quote(false, NULL), quote(true, signer)};
    char *output;
    size_t i;
    int status;

    if (access(script, X_OK) != 0) {
        printf("skipped: no PDF/A validator ... ");
        return;
    }
    for (i = 0; i < COUNT_OF(files); i++)
        str_printf(&paths, " %s",
                   sample_save(ctx, arena_printf(ctx->arena, "archive-%zu.pdf", i), &files[i]));
    for (i = 0; i < COUNT_OF(flavours); i++) {
        status = sample_run(ctx, script, arena_printf(ctx->arena, "%s%s", flavours[i], paths.text),
                            &output);
        if (status == 2) {
            printf("skipped: the PDF/A validator is not set up ... ");
            return;
        }
        SAME_NUMBER(status, 0);
        if (status != 0)
            printf("%s\n", output);
    }
}
