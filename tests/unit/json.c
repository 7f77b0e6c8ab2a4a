/* json: answers of strangers, read with limits. */
#include "test.h"

#include <string.h>

#include "base/random.h"
#include "base/str.h"
#include "gateway/json.h"

static json_t *read_text(const char *text)
{
    return json_read(test_ctx(), text, strlen(text));
}

/* `levels` arrays inside an object. */
static char *nested(int levels)
{
    struct str s = str_new(test_arena());

    str_append(&s, "{\"a\":");
    for (int i = 1; i < levels; i++)
        str_append_char(&s, '[');
    str_append_char(&s, '1');
    for (int i = 1; i < levels; i++)
        str_append_char(&s, ']');
    str_append_char(&s, '}');
    return s.text;
}

TEST(json, getters_answer_for_what_is_not_there)
{
    const json_t *object =
        read_text("{\"a\":{\"b\":{\"c\":\"deep\"},\"n\":-7},\"t\":\"x\",\"r\":1.5,\"z\":null}");

    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    SAME_TEXT(json_text(object, "a.b.c"), "deep");
    SAME_TEXT(json_text(object, "a.b"), "");
    SAME_TEXT(json_text(object, "a.x.c"), "");
    SAME_TEXT(json_text(object, "z"), "");
    SAME_TEXT(json_text(object, "t.b"), "");
    SAME_NUMBER(json_number(object, "a.n", 3), -7);
    SAME_NUMBER(json_number(object, "a.m", 3), 3);
    SAME_NUMBER(json_number(object, "r", 3), 3); /* never a floating-point number for money */
    SAME_NUMBER(json_number(object, "t", 3), 3);
    CU_ASSERT_PTR_NULL(json_at(object, "a.b.d"));
    SAME_TEXT(json_text(NULL, "a"), "");
    SAME_NUMBER(json_number(NULL, "a", 9), 9);
}

TEST(json, a_path_longer_than_any_name_is_absent)
{
    char path[200];

    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    SAME_TEXT(json_text(read_text("{\"a\":\"x\"}"), path), "");
}

TEST(json, an_id_is_a_text_or_an_object_with_one)
{
    const json_t *object =
        read_text("{\"a\":\"cus_1\",\"b\":{\"id\":\"cus_2\"},\"c\":{\"name\":\"x\"},\"d\":5}");

    SAME_TEXT(json_id(object, "a"), "cus_1");
    SAME_TEXT(json_id(object, "b"), "cus_2");
    SAME_TEXT(json_id(object, "c"), "");
    SAME_TEXT(json_id(object, "d"), "");
    SAME_TEXT(json_id(object, "e"), "");
}

TEST(json, refuses_what_is_no_whole_object)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "null",
                                      "1",
                                      "\"x\"",
                                      "[]",
                                      "[{}]",
                                      "{",
                                      "{\"a\":}",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{\"a\":1}{}",
                                      "{\"a\":1} x",
                                      "<html></html>",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":1e400}",
                                      "{\"a\":99999999999999999999}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":NaN}"};

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (read_text(bad[i]) != NULL)
            SAME_TEXT(bad[i], "to be refused");
}

TEST(json, depth_is_limited)
{
    CU_ASSERT_PTR_NOT_NULL(read_text(nested(40)));
    CU_ASSERT_PTR_NULL(read_text(nested(41)));
    CU_ASSERT_PTR_NULL(read_text(nested(10000)));
    /* brackets inside texts are no depth, and an escaped quote does not end a text */
    CU_ASSERT_PTR_NOT_NULL(
        read_text("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"));
    CU_ASSERT_PTR_NOT_NULL(
        read_text("{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"}"));
}

/* A good answer with some bytes changed or cut: read or refused, never a crash. */
TEST(json, survives_damaged_answers)
{
    static const char good[] =
        "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":100,\"metadata\":{\"attempt\":"
        "\"k\\u00e9y\"},\"list\":[1,2,{\"x\":null}]}";

    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t state = seed;
        char text[sizeof good];
        size_t bytes = (size_t)random_between(&state, 0, sizeof good - 1);
        const json_t *object;

        memcpy(text, good, sizeof good);
        for (int64_t n = random_between(&state, 0, 4); n > 0; n--)
            text[random_between(&state, 0, sizeof good - 2)] = (char)random_between(&state, 1, 255);
        object = json_read(test_ctx(), text, bytes);
        CU_ASSERT(object == NULL || json_is_object(object));
        CU_ASSERT(strlen(json_text(object, "metadata.attempt")) < sizeof good);
    }
}
