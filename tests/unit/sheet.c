/* sheet: what stands on the paper, in every language, at every length, whatever people typed. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/str.h"
#include "document/pdf_text.h"
#include "sheet_sample.h"

static const char *finish(struct pdf *pdf, const char *name, struct pdf_file *file)
{
    struct pdf_file own;

    if (file == NULL)
        file = &own;
    CU_ASSERT_EQUAL_FATAL(pdf_finish(pdf, NULL, file), OK);
    return sample_save(test_ctx(), name, file);
}

/* Text of the file as a reader finds it; NULL when pdftotext is not installed. */
static char *text_of(const char *path, const char *options)
{
    char *output = NULL;
    int status = sample_run(test_ctx(), "pdftotext",
                            arena_printf(test_arena(), "%s %s -", options, path), &output);

    if (status == -1)
        return NULL;
    SAME_NUMBER(status, 0);
    return output;
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    for (text = strstr(text, word); text != NULL; text = strstr(text + strlen(word), word))
        count++;
    return count;
}

TEST(sheet, text_comes_back_in_four_languages)
{
    static const struct {
        const char *language;
        const char *words[4];
    } wanted[] = {
        {"fr",
         {"Facture INV-2026-00017", "Mise en service à l’œuvre", "Łukasz Żółkiewski & Fils",
          "Page 1/1"}},
        {"de",
         {"Rechnung INV-2026-00017", "Straßenverkehrsübersicht, zusätzliche Plätze", "Größe L",
          "Seite 1/1"}},
        {"pl", {"Faktura INV-2026-00017", "Zażółć gęślą jaźń", "Wdrożenie w Łodzi", "Strona 1/1"}},
        {"el",
         {"Τιμολόγιο INV-2026-00017", "Μηνιαία συνδρομή ομάδας", "Εγκατάσταση στην Αθήνα",
          "Σελίδα 1/1"}},
    };
    struct ctx *ctx = test_ctx();
    size_t i;
    size_t j;

    for (i = 0; i < COUNT_OF(wanted); i++) {
        struct pdf *pdf =
            invoice_sheet_draw(ctx, sample_house(), sample_invoice(ctx, wanted[i].language, 3));
        char *text = text_of(
            finish(pdf, arena_printf(ctx->arena, "invoice-%s.pdf", wanted[i].language), NULL),
            "-layout");

        SAME_TEXT(pdf_missing(pdf), "");
        if (text == NULL)
            return;
        for (j = 0; j < 4; j++)
            if (strstr(text, wanted[i].words[j]) == NULL) {
                CU_FAIL("a text is missing");
                printf("\n%s: no \"%s\"\n", wanted[i].language, wanted[i].words[j]);
            }
    }
}

TEST(sheet, every_line_is_there_and_the_heading_repeats)
{
    static const struct {
        size_t lines;
        size_t pages;
    } cases[] = {{1, 1}, {3, 1}, {40, 3}, {80, 5}};
    struct ctx *ctx = test_ctx();
    size_t i;

    for (i = 0; i < COUNT_OF(cases); i++) {
        struct invoice_sheet *sheet = sample_invoice(ctx, "fr", cases[i].lines);
        struct sheet_line *lines =
            arena_memdup(ctx->arena, sheet->lines, cases[i].lines * sizeof *lines);
        struct pdf *pdf;
        const char *path;
        char *text;
        size_t j;

        for (j = 0; j < cases[i].lines; j++)
            lines[j].description = arena_printf(ctx->arena, "Ligne-%zu.", j);
        sheet->lines = lines;
        pdf = invoice_sheet_draw(ctx, sample_house(), sheet);
        path = finish(pdf, arena_printf(ctx->arena, "lines-%zu.pdf", cases[i].lines), NULL);
        text = text_of(path, "-layout");
        if (text == NULL)
            return;
        SAME_NUMBER(count_of(text, "\f"), cases[i].pages);
        SAME_NUMBER(count_of(text, "Désignation"),
                    cases[i].lines > 60 ? cases[i].pages : count_of(text, "Désignation"));
        for (j = 0; j < cases[i].lines; j++)
            SAME_NUMBER(count_of(text, arena_printf(ctx->arena, "Ligne-%zu.", j)), 1);
        SAME_NUMBER(count_of(text, "À reporter"), count_of(text, "Report "));
        CU_ASSERT_EQUAL(count_of(text, "À reporter") > 0, cases[i].pages > 1);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(text, arena_printf(ctx->arena, "Page %zu/%zu", cases[i].pages, cases[i].pages)));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "2 205,00"));
    }
}

/* What is carried forward is the sum up to the page's last line: the running text of that line. */
TEST(sheet, carried_amount_is_that_of_the_last_line_before_it)
{
    struct ctx *ctx = test_ctx();
    struct invoice_sheet *sheet = sample_invoice(ctx, "fr", 80);
    struct sheet_line *lines = arena_memdup(ctx->arena, sheet->lines, 80 * sizeof *lines);
    char *text;
    char *at;
    size_t j;

    for (j = 0; j < 80; j++) {
        lines[j].description = arena_printf(ctx->arena, "Ligne-%zu.", j);
        lines[j].running = arena_printf(ctx->arena, "S%zu.", j);
    }
    sheet->lines = lines;
    text = text_of(finish(invoice_sheet_draw(ctx, sample_house(), sheet), "carry.pdf", NULL),
                   "-layout");
    if (text == NULL)
        return;
    for (at = strstr(text, "À reporter"); at != NULL; at = strstr(at + 1, "À reporter")) {
        const char *sum = strchr(at, 'S');
        size_t line = sum == NULL ? 80 : (size_t)strtoul(sum + 1, NULL, 10);
        const char *last = strstr(text, arena_printf(ctx->arena, "Ligne-%zu.", line));
        const char *next = strstr(text, arena_printf(ctx->arena, "Ligne-%zu.", line + 1));

        CU_ASSERT_TRUE(last != NULL && last < at);
        CU_ASSERT_TRUE(next != NULL && next > at);
    }
}

TEST(sheet, long_descriptions_break_over_pages)
{
    struct ctx *ctx = test_ctx();
    struct invoice_sheet *sheet = sample_invoice(ctx, "fr", 3);
    struct sheet_line *lines = arena_memdup(ctx->arena, sheet->lines, 3 * sizeof *lines);
    struct str detail = str_new(ctx->arena);
    char *text;
    int i;

    for (i = 0; i < 900; i++)
        str_printf(&detail, "mot%d. ", i);
    lines[1].detail = detail.text;
    lines[2].description =
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
        "sverwaltungsratsvorsitzendenstellvertreterassistenzabteilungsleiterin";
    lines[2].quantity = "1\u202f234\u202f567,8901 utilisateurs nommés";
    lines[2].total = "−9\u202f999\u202f999\u202f999,99\u00a0€";
    sheet->lines = lines;
    text =
        text_of(finish(invoice_sheet_draw(ctx, sample_house(), sheet), "long.pdf", NULL), "-raw");
    if (text == NULL)
        return;
    for (i = 0; i < 900; i++)
        SAME_NUMBER(count_of(text, arena_printf(ctx->arena, "mot%d.", i)), 1);
    CU_ASSERT_TRUE(count_of(text, "\f") >= 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "utilisateurs"));
}

TEST(sheet, hostile_texts_are_harmless)
{
    static const char hostile[] =
        "a\x01\x1b[31m(b)\\) Tj ET \xe2\x80\xae"
        "drow\xe2\x80\xac \xf0\x9f\x92\xb6 "
        "\xd7\xa9\xd7\x9c \xff\xc0\xaf <</JS(x)>> e\xcc\x81t\xc3\xa9 \xf0\x9d\x95\x8f fin";
    struct ctx *ctx = test_ctx();
    struct invoice_sheet *sheet = sample_invoice(ctx, "fr", 3);
    struct sheet_line *lines = arena_memdup(ctx->arena, sheet->lines, 3 * sizeof *lines);
    struct pdf_file file;
    struct pdf *pdf;
    const char *path;
    char *output;
    int status;

    lines[0].description = hostile;
    lines[0].total = hostile;
    sheet->lines = lines;
    sheet->head.title = hostile;
    sheet->head.seller_name = hostile;
    sheet->head.buyer_text = hostile;
    sheet->head.language = "fr) /OpenAction (";
    pdf = invoice_sheet_draw(ctx, sample_house(), sheet);
    path = finish(pdf, "hostile.pdf", &file);
    CU_ASSERT_PTR_NOT_NULL(strstr(pdf_missing(pdf), "\xf0\x9f\x92\xb6"));
    CU_ASSERT_PTR_NOT_NULL(strstr(pdf_missing(pdf), "\xd7\xa9"));
    CU_ASSERT_PTR_NULL(memmem(file.data, file.bytes, "(fr) /OpenAction", 16));
    status = sample_run(ctx, "qpdf", arena_printf(ctx->arena, "--check %s", path), &output);
    if (status != -1)
        SAME_NUMBER(status, 0);
    output = text_of(path, "-raw");
    if (output == NULL)
        return;
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "(b)\\) Tj ET drow"));
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "<</JS(x)>>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "été")); /* composed */
    CU_ASSERT_PTR_NULL(strchr(output, 0x1b));
    CU_ASSERT_PTR_NULL(strstr(output, "\xe2\x80\xae"));
}

/* Random bytes and random lengths never break the file, and the same bytes give the same file. */
TEST(sheet, random_texts_draw)
{
    uint64_t rounds = test_seeds() < 200 ? test_seeds() : 200;
    struct arena *arena = arena_new();
    struct ctx ctx = *test_ctx();
    uint64_t seed;

    ctx.arena = arena;
    for (seed = 1; seed <= rounds; seed++) {
        uint64_t state = seed;
        struct invoice_sheet *sheet =
            sample_invoice(&ctx, "fr", (size_t)random_between(&state, 1, 12));
        struct sheet_line *lines =
            arena_memdup(arena, sheet->lines, sheet->line_count * sizeof *lines);
        struct pdf_file first;
        struct pdf_file second;
        size_t i;

        for (i = 0; i < sheet->line_count; i++) {
            size_t length = (size_t)random_between(&state, 0, 3000);
            char *text = arena_alloc(arena, length + 1);
            size_t j;

            for (j = 0; j < length; j++)
                text[j] = (char)random_between(&state, 1, random_next(&state) % 2 ? 255 : 126);
            *(i % 2 ? &lines[i].detail : &lines[i].description) = text;
            if (i % 3 == 0)
                lines[i].quantity = text;
        }
        sheet->lines = lines;
        CU_ASSERT_EQUAL(pdf_finish(invoice_sheet_draw(&ctx, sample_house(), sheet), NULL, &first),
                        OK);
        CU_ASSERT_EQUAL(pdf_finish(invoice_sheet_draw(&ctx, sample_house(), sheet), NULL, &second),
                        OK);
        CU_ASSERT_TRUE(first.bytes == second.bytes &&
                       memcmp(first.data, second.data, first.bytes) == 0);
        arena_reset(arena);
    }
    arena_free(arena);
}

TEST(sheet, quote_shows_sections_acceptance_and_evidence)
{
    struct ctx *ctx = test_ctx();
    char *open_text = text_of(
        finish(quote_sheet_draw(ctx, sample_house(), sample_quote(ctx, false)), "quote.pdf", NULL),
        "-layout");
    char *accepted = text_of(finish(quote_sheet_draw(ctx, sample_house(), sample_quote(ctx, true)),
                                    "quote-accepted.pdf", NULL),
                             "-layout");
    static const char *const shared[] = {"Devis Q-2026-00042 v2", "Chaque mois",         "Une fois",
                                         "Options non choisies",  "À payer aujourd’hui", "1 464,00",
                                         "Préavis : un mois"};
    size_t i;

    if (open_text == NULL || accepted == NULL)
        return;
    for (i = 0; i < COUNT_OF(shared); i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(open_text, shared[i]));
        CU_ASSERT_PTR_NOT_NULL(strstr(accepted, shared[i]));
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(open_text, "Bon pour accord"));
    CU_ASSERT_PTR_NULL(strstr(open_text, "Preuve d’acceptation"));
    CU_ASSERT_PTR_NULL(strstr(accepted, "Bon pour accord"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(accepted, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
    CU_ASSERT_PTR_NOT_NULL(strstr(accepted, "2001:db8::17"));
    CU_ASSERT_PTR_NOT_NULL(strstr(accepted, "signature électronique simple"));
}

TEST(sheet, long_payment_and_acceptance_texts_lose_nothing)
{
    struct ctx *ctx = test_ctx();
    struct invoice_sheet *sheet = sample_invoice(ctx, "fr", 3);
    struct quote_sheet *quote = sample_quote(ctx, false);
    struct str words = str_new(ctx->arena);
    char *texts[2];
    int i;

    for (i = 0; i < 1500; i++)
        str_printf(&words, "mot%d. ", i);
    sheet->payment.text = words.text;
    quote->acceptance.text = words.text;
    texts[0] = text_of(
        finish(invoice_sheet_draw(ctx, sample_house(), sheet), "long-payment.pdf", NULL), "-raw");
    texts[1] = text_of(finish(quote_sheet_draw(ctx, sample_house(), quote), "long-terms.pdf", NULL),
                       "-raw");
    for (i = 0; i < 1500 && texts[0] != NULL && texts[1] != NULL; i++) {
        SAME_NUMBER(count_of(texts[0], arena_printf(ctx->arena, "mot%d.", i)), 1);
        SAME_NUMBER(count_of(texts[1], arena_printf(ctx->arena, "mot%d.", i)), 1);
    }
}

TEST(sheet, one_page_is_small)
{
    struct ctx *ctx = test_ctx();
    struct pdf *pdf = invoice_sheet_draw(ctx, sample_house(), sample_invoice(ctx, "fr", 3));
    struct pdf_file file;

    CU_ASSERT_EQUAL(pdf_finish(pdf, sample_signer(CERTIFICATE_RSA_2048), &file), OK);
    CU_ASSERT_TRUE(file.bytes < 40000);
}

static const struct pdf_style style = {PDF_REGULAR, 10000, 14000, 0};

static char *wrapped(struct pdf *pdf, int32_t width, const char *text)
{
    struct pdf_text lines = pdf_text_wrap(pdf, &style, width, text);
    struct str out = str_new(test_arena());
    size_t i;
    size_t j;

    for (i = 0; i < lines.line_count; i++) {
        if (i > 0)
            str_append_char(&out, '|');
        for (j = lines.lines[i].from; j < lines.lines[i].until; j++)
            str_append_char(&out, lines.chars[j].code < 0x80 ? (char)lines.chars[j].code : '_');
        if (width > 0 && lines.lines[i].until - lines.lines[i].from > 1)
            CU_ASSERT_TRUE(lines.lines[i].width <= width);
    }
    return out.text;
}

TEST(sheet, lines_break_where_they_may)
{
    struct pdf_info info = {.title = "t", .author = "", .subject = "", .language = "en"};
    struct pdf *pdf = pdf_open(test_ctx(), sample_house(), &info);

    SAME_TEXT(wrapped(pdf, 0, "one two\nthree"), "one two|three");
    SAME_TEXT(wrapped(pdf, 40000, "one two three"), "one two|three");
    SAME_TEXT(wrapped(pdf, 60000, "one   two   three  "), "one   two|three");
    SAME_TEXT(wrapped(pdf, 60000, "from 10\u00a0000\u202f000"), "from|10_000_000");
    SAME_TEXT(wrapped(pdf, 52000, "well-known fact"), "well-|known fact");
    SAME_TEXT(wrapped(pdf, 62000, "the INV-2026-7"), "the|INV-2026-7");
    SAME_TEXT(wrapped(pdf, 30000, "abcdefghijkl"), "abcde|fghijkl");
    SAME_TEXT(wrapped(pdf, 40000,
                      "a\r\nb\rc\xe2\x80\xa8"
                      "d"),
              "a|b|c|d");
    SAME_TEXT(wrapped(pdf, 40000, "a\n\nb"), "a||b");
    SAME_TEXT(wrapped(pdf, 40000, " \n "), "");
    SAME_TEXT(wrapped(pdf, 40000, NULL), "");
    SAME_TEXT(wrapped(pdf, 1, "abc"), "a|b|c");
    SAME_TEXT(wrapped(pdf, 0, "soft\xc2\xadhyphen\xe2\x80\x8b\xef\xbb\xbf"), "softhyphen");
}
