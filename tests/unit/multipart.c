/* Bodies as browsers send them, as nobody should, and cut anywhere. */
#include "web/multipart.h"

#include <stdlib.h>
#include <string.h>

#include "seeded.h"
#include "base/str.h"
#include "test.h"

#define TYPE "multipart/form-data; boundary=xyz"
#define FIELD(name, value) "--xyz\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define END "--xyz--\r\n"

static struct multipart got;

/* From a copy of exactly its size, so that the sanitiser sees every byte read too far. */
static bool parse_bytes(const char *type, const char *body, size_t bytes)
{
    char *copy = malloc(bytes + 1);
    char *exact = bytes > 0 ? malloc(bytes) : copy;
    bool ok;

    memcpy(exact, body, bytes);
    ok = multipart_parse(test_arena(), type, exact, bytes, 20, &got);
    for (size_t i = 0; ok && i < got.file_count; i++)
        got.files[i].data = arena_memdup(test_arena(), got.files[i].data, got.files[i].bytes);
    if (exact != copy)
        free(exact);
    free(copy);
    return ok;
}

static bool parse(const char *type, const char *body)
{
    return parse_bytes(type, body, strlen(body));
}

TEST(multipart, fields_and_file_of_a_browser)
{
    static const char body[] = FIELD("csrf", "abc") FIELD("kind", "a&b=%20\r\nc")
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"\r\n"
        "Content-Type: text/csv\r\n\r\nname;\0price\r\n--xy\r\n\r\n" END;

    CU_ASSERT_TRUE_FATAL(parse_bytes(TYPE, body, sizeof body - 1));
    SAME_NUMBER(got.fields.count, 2);
    SAME_TEXT(pair_value(&got.fields, "csrf"), "abc");
    SAME_TEXT(pair_value(&got.fields, "kind"), "a&b=%20\r\nc");
    CU_ASSERT_PTR_NOT_NULL_FATAL(multipart_file(&got, "file"));
    SAME_NUMBER(multipart_file(&got, "file")->bytes, 19);
    CU_ASSERT_EQUAL(memcmp(multipart_file(&got, "file")->data, "name;\0price\r\n--xy\r\n", 19), 0);
    CU_ASSERT_PTR_NULL(multipart_file(&got, "other"));
}

TEST(multipart, no_parts_and_quoted_boundary)
{
    CU_ASSERT_TRUE(parse("Multipart/Form-Data; charset=utf-8; boundary=\"xyz\"", FIELD("a", "") "--xyz--"));
    SAME_TEXT(pair_value(&got.fields, "a"), "");
    CU_ASSERT_TRUE(parse(TYPE, END));
    SAME_NUMBER(got.fields.count, 0);
}

TEST(multipart, hostile_headers_are_refused)
{
    static const char *const type[] = {
        "", "text/plain; boundary=xyz", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"xyz", "multipart/form-data; boundary=xyz; boundary=xyz",
        "multipart/form-data; boundary=\"xyz \"", "multipart/form-data; boundary=x\ny", "multipart/form-dataset; boundary=xyz",
        "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"};

    for (size_t i = 0; i < COUNT_OF(type); i++)
        CU_ASSERT_FALSE(parse(type[i], FIELD("a", "1") END));
    CU_ASSERT_TRUE(parse(TYPE, FIELD("a", "1") END));
}

TEST(multipart, hostile_bodies_are_refused)
{
    static const char *const body[] = {
        "", "--xyz", "preamble\r\n" FIELD("a", "1") END, FIELD("a", "1"), FIELD("a", "1") END "more",
        FIELD("", "1") END, FIELD("_charset_", "utf-7") END, FIELD("a", "\xff") END, FIELD("a\xff", "1") END,
        "--xyz\r\n\r\n1\r\n" END, "--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n1\r\n" END,
        "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n" END};
    static const char nul_in_name[] = "--xyz\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n1\r\n" END;
    static const char nul_in_value[] = FIELD("a", "1\0" "2") END;
    struct str long_line = str_new(test_arena());
    struct str many = str_new(test_arena());

    for (size_t i = 0; i < COUNT_OF(body); i++)
        CU_ASSERT_FALSE(parse(TYPE, body[i]));
    CU_ASSERT_FALSE(parse_bytes(TYPE, nul_in_name, sizeof nul_in_name - 1));
    CU_ASSERT_FALSE(parse_bytes(TYPE, nul_in_value, sizeof nul_in_value - 1));
    str_append(&long_line, "--xyz\r\nContent-Disposition: form-data; name=\"");
    for (int i = 0; i < 2000; i++)
        str_append_char(&long_line, 'a');
    str_append(&long_line, "\"\r\n\r\n1\r\n" END);
    CU_ASSERT_FALSE(parse(TYPE, long_line.text));
    for (int i = 0; i < 20; i++)
        str_append(&many, FIELD("a", "1"));
    CU_ASSERT_TRUE(parse(TYPE, arena_printf(test_arena(), "%s%s", many.text, END)));
    CU_ASSERT_FALSE(parse(TYPE, arena_printf(test_arena(), "%s%s", many.text, FIELD("a", "1") END)));
}

/* A body that lost its end is never taken for a whole one; bytes changed at random never break the reader. */
TEST(multipart, random_cuts_and_bytes)
{
    static const char body[] = FIELD("csrf", "abc") FIELD("kind", "x")
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b.csv\"\r\n\r\na;b\r\n1;2\r\n\r\n--xyz--";

    for (size_t cut = 0; cut < sizeof body - 1; cut++)
        CU_ASSERT_FALSE(parse_bytes(TYPE, body, cut));
    CU_ASSERT_TRUE(parse_bytes(TYPE, body, sizeof body - 1));
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        char changed[sizeof body];

        memcpy(changed, body, sizeof body);
        for (int64_t n = seeded_between(&state, 1, 6); n > 0; n--)
            changed[seeded_between(&state, 0, (int64_t)sizeof body - 2)] = "\r\n\0-\";:=xyz"[seeded_between(&state, 0, 10)];
        (void)parse_bytes(TYPE, changed, (size_t)seeded_between(&state, 0, (int64_t)sizeof body - 1));
        CU_ASSERT_TRUE(got.fields.count <= 20 && got.file_count <= MULTIPART_FILES_MAX);
    }
}

TEST(multipart, media_types_are_compared_whole_and_without_case)
{
    CU_ASSERT_TRUE(media_type_is("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"));
    CU_ASSERT_TRUE(media_type_is("Application/X-WWW-Form-Urlencoded ; charset=utf-8", "application/x-www-form-urlencoded"));
    CU_ASSERT_FALSE(media_type_is("application/x-www-form-urlencodedx", "application/x-www-form-urlencoded"));
    CU_ASSERT_FALSE(media_type_is("application/x-www-form-urlencoded x", "application/x-www-form-urlencoded"));
    CU_ASSERT_FALSE(media_type_is("application/x-www-form-url", "application/x-www-form-urlencoded"));
    CU_ASSERT_FALSE(media_type_is("", "application/x-www-form-urlencoded"));
}
