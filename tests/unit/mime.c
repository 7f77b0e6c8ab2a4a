/* mime: messages that mail programs read back, and headers nobody can add a line to. */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "document/mime.h"
#include "sheet_sample.h"

static struct mime_mail mail_of(void)
{
    return (struct mime_mail){
        .from_name = "Atelier Brume",
        .from = "facturation@atelier-brume.example",
        .to_name = "Łukasz Żółkiewski",
        .to = "lukasz@client.example",
        .reply_to = "bonjour@atelier-brume.example",
        .subject = "Votre facture INV-2026-00017 est arrivée : 2 205,00 € à payer avant le 31 "
                   "décembre 2026",
        .message_id = "17.0f3a@atelier-brume.example",
        .in_reply_to = "16.77aa@atelier-brume.example",
        .sent_at = INT64_C(1795428000) * 1000000,
        .text = "Bonjour,\n\nvoici la facture. Total = 2 205,00 €. \nUne très longue ligne qui "
                "doit être pliée "
                "parce qu’elle dépasse de beaucoup les soixante-seize caractères permis.\n.\nFrom "
                "ici\n",
        .html = "<p>Bonjour, voici la <b>facture</b>.</p>\n",
    };
}

TEST(mime, headers_and_lines_keep_their_limits)
{
    struct ctx *ctx = test_ctx();
    struct mime_attachment files[] = {
        {"INV-2026-00017.pdf", "application/pdf", "%PDF\0\xff\n", 7},
        {"Conditions générales — à lire.pdf", "application/pdf", "x", 1}};
    struct mime_mail mail = mail_of();
    char *message;
    char *again;
    size_t bytes;
    size_t again_bytes;
    const char *line;

    mail.attachments = files;
    mail.attachment_count = 2;
    CU_ASSERT_EQUAL_FATAL(mime_write(ctx, &mail, &message, &bytes), OK);
    CU_ASSERT_EQUAL(mime_write(ctx, &mail, &again, &again_bytes), OK);
    CU_ASSERT_TRUE(bytes == again_bytes && memcmp(message, again, bytes) == 0);
    SAME_NUMBER(strlen(message), bytes);
    for (line = message; *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        const char *c;

        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        CU_ASSERT_TRUE(end - line <= 78);
        for (c = line; c < end; c++)
            CU_ASSERT_TRUE((unsigned char)*c < 0x7f && *c != '\r' && *c != '\n');
        line = end + 2;
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(message, "From: \"Atelier Brume\"\r\n <facturation@atelier-brume.example>\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "Message-ID: <17.0f3a@atelier-brume.example>\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "Subject: =?UTF-8?B?"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "Total =3D 2 205,00 =E2=82=AC.=20\r\n"));
}

TEST(mime, python_reads_the_same_mail_back)
{
    static const char script[] =
        "import email, email.policy, sys\n"
        "m = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.SMTP)\n"
        "def defects(p): return list(p.defects) + [d for q in p.iter_parts() for d in defects(q)] "
        "if p.is_multipart() "
        "else list(p.defects)\n"
        "assert not defects(m), defects(m)\n"
        "assert m['subject'] == 'Votre facture INV-2026-00017 est arrivée : 2 205,00 € à payer "
        "avant le 31 "
        "décembre 2026', m['subject']\n"
        "assert m['to'].addresses[0].display_name == 'Łukasz Żółkiewski' and "
        "len(m['to'].addresses) == 1\n"
        "assert m['to'].addresses[0].addr_spec == 'lukasz@client.example'\n"
        "assert m['message-id'].strip() == '<17.0f3a@atelier-brume.example>'\n"
        "assert m.get_content_type() == 'multipart/mixed'\n"
        "text = m.get_body(('plain',)).get_content().replace('\\r\\n', '\\n')\n"
        "assert 'Total = 2 205,00 €. \\n' in text and '\\n.\\nFrom ici\\n' in text, repr(text)\n"
        "assert '<b>facture</b>' in m.get_body(('html',)).get_content()\n"
        "a = list(m.iter_attachments())\n"
        "assert [p.get_filename() for p in a] == ['INV-2026-00017.pdf', 'Conditions générales — à "
        "lire.pdf']\n"
        "assert a[0].get_content() == b'%PDF\\0\\xff\\n'\n"
        "print('read')\n";
    struct ctx *ctx = test_ctx();
    struct mime_attachment files[] = {
        {"INV-2026-00017.pdf", "application/pdf", "%PDF\0\xff\n", 7},
        {"Conditions générales — à lire.pdf", "application/pdf", "x", 1}};
    struct mime_mail mail = mail_of();
    struct pdf_file file;
    const char *path;
    const char *script_path;
    char *message;
    char *output;

    mail.attachments = files;
    mail.attachment_count = 2;
    CU_ASSERT_EQUAL_FATAL(mime_write(ctx, &mail, &message, &file.bytes), OK);
    file.data = (unsigned char *)message;
    path = sample_save(ctx, "mail.eml", &file);
    file.data = (unsigned char *)(uintptr_t)script;
    file.bytes = strlen(script);
    script_path = sample_save(ctx, "read_mail.py", &file);
    if (sample_run(ctx, "python3", arena_printf(ctx->arena, "%s %s", script_path, path), &output) !=
        -1)
        SAME_TEXT(output, "read\n");
}

TEST(mime, alone_text_is_no_multipart)
{
    struct mime_mail mail = mail_of();
    char *message;
    size_t bytes;

    mail.html = NULL;
    mail.to_name = "";
    mail.in_reply_to = "";
    mail.subject = "Bonjour";
    CU_ASSERT_EQUAL_FATAL(mime_write(test_ctx(), &mail, &message, &bytes), OK);
    CU_ASSERT_PTR_NULL(strstr(message, "multipart"));
    CU_ASSERT_PTR_NULL(strstr(message, "In-Reply-To"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "Subject: Bonjour\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "To: <lukasz@client.example>\r\n"));
}

static void refused(const struct mime_mail *mail)
{
    char *message;
    size_t bytes;

    CU_ASSERT_EQUAL(mime_write(test_ctx(), mail, &message, &bytes), ERR_CORRUPT);
    ctx_forget_error(test_ctx());
}

TEST(mime, nobody_adds_a_header)
{
    static const char *const names[] = {
        "a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x01", "a\x7f", "\xff"};
    static const char *const addresses[] = {
        "",          "a",           "a@",        "@b.example",          "a@b.example, c@d.example",
        "a b@c.de",  "a@b\r\nX: y", "a@b.ex\nx", "<a@b.example>",       "a@b@c.example",
        "\"a\"@b.c", "é@b.example", "a@b.c;",    "group: a@b.example;", "a@b.example (c)",
        ".a@b.c",    "a@.b",        "a@b.c.",    "a@b.example\x01",     "a@-b.example"};
    struct mime_attachment file = {"a.pdf", "application/pdf", "x", 1};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++) {
        struct mime_mail mail = mail_of();

        mail.subject = names[i];
        refused(&mail);
        mail = mail_of();
        mail.to_name = names[i];
        refused(&mail);
        mail = mail_of();
        mail.from_name = names[i];
        refused(&mail);
        mail = mail_of();
        mail.message_id = names[i];
        refused(&mail);
        mail = mail_of();
        mail.in_reply_to = names[i];
        refused(&mail);
        mail = mail_of();
        file.name = names[i];
        mail.attachments = &file;
        mail.attachment_count = 1;
        refused(&mail);
        file.name = "a.pdf";
        file.type = names[i];
        refused(&mail);
        file.type = "application/pdf";
    }
    for (i = 0; i < COUNT_OF(addresses); i++) {
        struct mime_mail mail = mail_of();

        mail.to = addresses[i];
        refused(&mail);
        mail = mail_of();
        mail.from = addresses[i];
        refused(&mail);
    }
    {
        struct mime_mail mail = mail_of();

        mail.text = "\xc3";
        refused(&mail);
        mail.text = "";
        refused(&mail);
    }
}

TEST(mime, names_that_look_encoded_are_encoded)
{
    struct mime_mail mail = mail_of();
    char *message;
    size_t bytes;

    mail.subject = "=?UTF-8?B?SGVsbG8=?=";
    mail.from_name = "O\"Brien \\ Co";
    CU_ASSERT_EQUAL_FATAL(mime_write(test_ctx(), &mail, &message, &bytes), OK);
    CU_ASSERT_PTR_NULL(strstr(message, "Subject: =?UTF-8?B?SGVsbG8=?="));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "From: \"O\\\"Brien \\\\ Co\"\r\n"));
}
