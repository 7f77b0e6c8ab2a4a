#include "view/letter_view.h"

#include <string.h>

#include "text/words.h"
#include "view/hdf.h"
#include "view/render.h"

static void fill_lines(struct ctx *ctx, HDF *node, const char *name, const char *text)
{
    int row = 0;

    while (*text != '\0') {
        size_t bytes = strcspn(text, "\n");

        hdf_text(hdf_row(node, name, row++), "text", arena_strndup(ctx->arena, text, bytes));
        text += bytes + (text[bytes] == '\n');
    }
}

static void fill_letter(struct ctx *ctx, HDF *mail, const struct letter *letter)
{
    hdf_text(mail, "lang", letter->language);
    hdf_text(mail, "subject", letter->subject);
    hdf_text(mail, "greeting", letter->greeting);
    for (size_t i = 0; i < letter->paragraph_count; i++)
        hdf_text(hdf_row(mail, "paragraphs", (int)i), "text", letter->paragraphs[i]);
    if (letter->quoted[0] != '\0') {
        hdf_text(mail, "quoted", letter->quoted);
        fill_lines(ctx, mail, "quoted_lines", letter->quoted);
    }
    for (size_t i = 0; i < letter->fact_count; i++) {
        HDF *row = hdf_row(mail, "facts", (int)i);

        hdf_text(row, "label", letter->facts[i].label);
        hdf_flag(row, "heading", letter->facts[i].value[0] == '\0');
        hdf_text(row, "value", letter->facts[i].value);
        hdf_text(row, "line", tr_fill(ctx->arena, "{label}: {value}", "label", letter->facts[i].label, "value", letter->facts[i].value, NULL));
    }
    if (letter->button[0] != '\0') {
        hdf_text(mail, "button", letter->button);
        hdf_text(mail, "button_line", tr_fill(ctx->arena, "{label}:", "label", letter->button, NULL));
        hdf_text(mail, "href", letter->href);
    }
    if (letter->after[0] != '\0')
        hdf_text(mail, "after", letter->after);
    hdf_text(mail, "closing", letter->closing);
    hdf_text(mail, "sender", letter->sender);
    for (size_t i = 0; i < letter->footer_count; i++)
        hdf_text(hdf_row(mail, "footer", (int)i), "text", letter->footer[i]);
}

enum err view_letter(struct ctx *ctx, const struct letter *letter, const char **plain, const char **html)
{
    struct str text = str_new(ctx->arena);
    struct str page = str_new(ctx->arena);
    HDF *hdf = hdf_new(ctx);
    const char *before = arena_strdup(ctx->arena, words_language());

    words_use(letter->language); /* the reader's, whoever writes */
    fill_letter(ctx, hdf_node(hdf, "Mail"), letter);
    words_use(before);
    TRY(ctx, view_page(ctx, hdf, "mail/mail.txt.cs", &text));
    TRY(ctx, view_page(ctx, hdf, "mail/mail.html.cs", &page));
    *plain = text.text;
    *html = page.text;
    return OK;
}
