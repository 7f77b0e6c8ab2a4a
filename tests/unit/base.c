/* base: arena, strings, encodings, secrets, configuration. */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/encode.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/str.h"

static int closed[2];
static int closed_count;

static void note_close(void *handle)
{
    closed[closed_count++] = *(int *)handle;
}

TEST(base, arena_closes_last_first_and_zeroes)
{
    struct arena *arena = arena_new();
    static int one = 1;
    static int two = 2;
    char *memory;
    size_t i;

    closed_count = 0;
    arena_cleanup(arena, note_close, &one);
    arena_cleanup(arena, note_close, &two);
    memset(arena_alloc(arena, 100), 'x', 100);
    arena_reset(arena);
    CU_ASSERT_EQUAL(closed_count, 2);
    CU_ASSERT_EQUAL(closed[0], 2);
    CU_ASSERT_EQUAL(closed[1], 1);
    memory = arena_alloc(arena, 1 << 20);
    for (i = 0; i < 1 << 20; i++)
        CU_ASSERT_FATAL(memory[i] == 0);
    arena_free(arena);
}

TEST(base, utf8_refuses_overlong_surrogate_and_cut)
{
    CU_ASSERT_TRUE(str_is_utf8("Zo\xC3\xAB \xF0\x9F\x98\x80", 9));
    CU_ASSERT_FALSE(str_is_utf8("\xC0\xAF", 2));
    CU_ASSERT_FALSE(str_is_utf8("\xED\xA0\x80", 3));
    CU_ASSERT_FALSE(str_is_utf8("\xF4\x90\x80\x80", 4));
    CU_ASSERT_FALSE(str_is_utf8("a\xE2\x82", 3));
    CU_ASSERT_FALSE(str_is_utf8("\xFF", 1));
}

TEST(base, trim_knows_the_typographic_blanks)
{
    SAME_TEXT(str_trim(test_arena(), " \xC2\xA0 a b\xE2\x80\xAF\n"), "a b");
    SAME_TEXT(str_trim(test_arena(), " \t "), "");
}

TEST(base, encodings_come_back_for_every_length)
{
    uint64_t seed = 7;
    size_t length;

    for (length = 0; length < 70; length++) {
        unsigned char data[70];
        unsigned char *back;
        size_t bytes;
        size_t i;

        for (i = 0; i < length; i++)
            data[i] = (unsigned char)random_next(&seed);
        CU_ASSERT_TRUE_FATAL(decode_hex(test_arena(), encode_hex(test_arena(), data, length), &back, &bytes));
        CU_ASSERT_TRUE(bytes == length && memcmp(back, data, length) == 0);
        CU_ASSERT_TRUE_FATAL(decode_base64(test_arena(), encode_base64(test_arena(), data, length), &back, &bytes));
        CU_ASSERT_TRUE(bytes == length && memcmp(back, data, length) == 0);
        CU_ASSERT_TRUE_FATAL(
            decode_base64url(test_arena(), encode_base64url(test_arena(), data, length), &back, &bytes));
        CU_ASSERT_TRUE(bytes == length && memcmp(back, data, length) == 0);
    }
    CU_ASSERT_FALSE(decode_base64url(test_arena(), "AB", &(unsigned char *){NULL}, &(size_t){0}));
    CU_ASSERT_FALSE(decode_base64url(test_arena(), "A+==", &(unsigned char *){NULL}, &(size_t){0}));
    SAME_TEXT(encode_percent(test_arena(), "a b/\xC3\xA9"), "a%20b%2F%C3%A9");
}

TEST(base, sealed_text_opens_only_in_its_place)
{
    const struct secret_key master = {{1, 2, 3}};
    struct secret_ring key = secret_ring_of(&master, NULL, "data");
    struct secret_ring other = secret_ring_of(&master, NULL, "other");
    char *sealed = secret_seal(test_arena(), &key, "demo/link/7", "token", 5);
    unsigned char *data;
    size_t bytes;

    CU_ASSERT_TRUE_FATAL(secret_open(test_arena(), &key, "demo/link/7", sealed, &data, &bytes));
    CU_ASSERT_EQUAL(bytes, 5);
    SAME_TEXT((char *)data, "token");
    CU_ASSERT_FALSE(secret_open(test_arena(), &key, "demo/link/8", sealed, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &other, "demo/link/7", sealed, &data, &bytes));
    sealed[strlen(sealed) - 3] ^= 1;
    CU_ASSERT_FALSE(secret_open(test_arena(), &key, "demo/link/7", sealed, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &key, "demo/link/7", "v1:", &data, &bytes));
}

/* While a house changes its keys both open, the new one seals, and the text says which it was. */
TEST(base, a_ring_opens_what_the_old_key_sealed)
{
    const struct secret_key first = {{1}}, second = {{2}}, third = {{3}};
    struct secret_ring before = secret_ring_of(&first, NULL, "data");
    struct secret_ring during = secret_ring_of(&second, &first, "data");
    struct secret_ring after = secret_ring_of(&second, NULL, "data");
    struct secret_ring later = secret_ring_of(&third, &second, "data");
    char *old = secret_seal(test_arena(), &before, "place", "token", 5);
    char *new = secret_seal(test_arena(), &during, "place", "token", 5);
    char *nameless = arena_printf(test_arena(), "v1:%s", old + strlen(secret_prefix(test_arena(), &before)));
    const char *const wrong[] = {"", "v2:", "v2:0000000", "v2:00000000", "v2:00000000:", "v3:00000000:AA:AA", "v1:AA"};
    unsigned char *data;
    size_t bytes;

    CU_ASSERT_TRUE(strncmp(new, secret_prefix(test_arena(), &during), 12) == 0);
    SAME_TEXT(secret_prefix(test_arena(), &after), secret_prefix(test_arena(), &during));
    CU_ASSERT_STRING_NOT_EQUAL(secret_prefix(test_arena(), &after), secret_prefix(test_arena(), &before));
    CU_ASSERT_TRUE(secret_open(test_arena(), &during, "place", old, &data, &bytes));
    CU_ASSERT_TRUE(secret_open(test_arena(), &during, "place", new, &data, &bytes));
    CU_ASSERT_TRUE(secret_open(test_arena(), &after, "place", new, &data, &bytes));
    SAME_TEXT((char *)data, "token");
    CU_ASSERT_TRUE(secret_open(test_arena(), &later, "place", new, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &later, "place", old, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &after, "place", old, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &during, "other place", old, &data, &bytes));
    CU_ASSERT_TRUE(secret_open(test_arena(), &before, "place", nameless, &data, &bytes));
    CU_ASSERT_TRUE(secret_open(test_arena(), &during, "place", nameless, &data, &bytes));
    CU_ASSERT_FALSE(secret_open(test_arena(), &after, "place", nameless, &data, &bytes));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CU_ASSERT_FALSE(secret_open(test_arena(), &during, "place", wrong[i], &data, &bytes));
}

TEST(base, password_is_compared_exactly)
{
    char *stored = password_hash(test_arena(), "correct horse \xC3\xA9", 10);

    CU_ASSERT_TRUE(password_matches("correct horse \xC3\xA9", stored));
    CU_ASSERT_FALSE(password_matches("correct horse e", stored));
    CU_ASSERT_FALSE(password_matches("", stored));
    CU_ASSERT_FALSE(password_matches("x", "$scrypt$ln=99,r=8,p=1$AAAA$AAAA"));
}

struct sample {
    const char *name;
    long long count;
    bool on;
};

static const struct config_key sample_key[] = {
    {.name = "name", .kind = CONFIG_TEXT, .required = true, .offset = offsetof(struct sample, name)},
    {.name = "count", .kind = CONFIG_INTEGER, .fallback = "4", .offset = offsetof(struct sample, count), .min = 1, .max = 9},
    {.name = "on", .kind = CONFIG_BOOLEAN, .offset = offsetof(struct sample, on)},
};

static enum err read_sample(const char *text, struct sample *sample, const char **message)
{
    char path[] = "/tmp/tacite-config-XXXXXX";
    int file = mkstemp(path);
    enum err err;

    CU_ASSERT_TRUE_FATAL(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(file);
    err = config_read(test_arena(), path, true, sample_key, COUNT_OF(sample_key), sample, message);
    (void)unlink(path);
    if (err != OK)
        *message = strchr(*message, ':') + 1;
    return err;
}

TEST(base, config_names_file_and_line_of_what_is_wrong)
{
    struct sample sample;
    const char *message;

    CU_ASSERT_EQUAL(read_sample("# hello\nname =  A b \non=yes\n", &sample, &message), OK);
    SAME_TEXT(sample.name, "A b");
    SAME_NUMBER(sample.count, 4);
    CU_ASSERT_TRUE(sample.on);
    CU_ASSERT_EQUAL(read_sample("name=a\ncolour=red\n", &sample, &message), ERR_CONFIG);
    SAME_TEXT(message, "2: unknown key colour");
    CU_ASSERT_EQUAL(read_sample("name=a\nname=b\n", &sample, &message), ERR_CONFIG);
    SAME_TEXT(message, "2: key given before: name (line 1)");
    CU_ASSERT_EQUAL(read_sample("name=a\ncount=10\n", &sample, &message), ERR_CONFIG);
    SAME_TEXT(message, "2: count wants a whole number from 1 to 9");
    CU_ASSERT_EQUAL(read_sample("count=1\n", &sample, &message), ERR_CONFIG);
    SAME_TEXT(message, "2: missing key name");
    CU_ASSERT_EQUAL(read_sample("name\n", &sample, &message), ERR_CONFIG);
}

TEST(base, a_text_is_cut_between_characters)
{
    SAME_TEXT(str_cut(test_arena(), "héllo", 10), "héllo");
    SAME_TEXT(str_cut(test_arena(), "héllo", 6), "héllo");
    SAME_TEXT(str_cut(test_arena(), "héllo", 5), "héll");
    SAME_TEXT(str_cut(test_arena(), "héllo", 2), "h");
    SAME_TEXT(str_cut(test_arena(), "漢", 2), "");
    SAME_TEXT(arena_strndup(test_arena(), "ab", 250), "ab");
    SAME_TEXT(arena_strndup(test_arena(), "abc", 2), "ab");
}

TEST(base, ids_stand_in_their_order_each_once)
{
    int64_t ids[] = {7, -1, INT64_MAX, 7, INT64_MIN, 7, -1};

    SAME_NUMBER(ids_once(ids, COUNT_OF(ids)), 4);
    CU_ASSERT_TRUE(ids[0] == INT64_MIN && ids[1] == -1 && ids[2] == 7 && ids[3] == INT64_MAX);
    SAME_NUMBER(ids_once(ids, 0), 0);
}

TEST(encode, a_value_in_a_query)
{
    struct ctx *ctx = test_ctx();

    SAME_TEXT(encode_query(ctx->arena, ""), "");
    SAME_TEXT(encode_query(ctx->arena, "INV-2026_00001.a"), "INV-2026_00001.a");
    SAME_TEXT(encode_query(ctx->arena, "a b&c=é\"<"), "a%20b%26c%3D%C3%A9%22%3C");
}
