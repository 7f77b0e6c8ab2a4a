/* test: tests that register themselves, run by CUnit.
 *
 *     TEST(money, split_always_adds_up)
 *     {
 *         ...
 *         CU_ASSERT_EQUAL(sum, total);
 *     }
 *
 * A runner links any number of such files; the suite is the first word. SAME_TEXT prints both sides.
 * TEST_SEEDS is how many seeds a property runs (TACITE_SEEDS overrides it). */
#ifndef TACITE_TESTS_TEST_H
#define TACITE_TESTS_TEST_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/ctx.h"

struct test_case {
    const char *suite;
    const char *name;
    void (*run)(void);
    struct test_case *next;
};

void test_register(struct test_case *test);

/* Runs after the last test of each suite, as a test of its own of that name. One for a program. */
void test_after_each_suite(const char *name, void (*run)(void));

#define TEST(suite_name, test_name)                                                                \
    static void suite_name##__##test_name(void);                                                   \
    static struct test_case suite_name##__##test_name##_case = {                                   \
        #suite_name, #test_name, suite_name##__##test_name, NULL};                                 \
    __attribute__((constructor)) static void suite_name##__##test_name##_register(void)           \
    {                                                                                              \
        test_register(&suite_name##__##test_name##_case);                                          \
    }                                                                                              \
    static void suite_name##__##test_name(void)

#define SAME_TEXT(actual, wanted) test_same_text((actual), (wanted), #actual, __FILE__, __LINE__)
#define SAME_NUMBER(actual, wanted)                                                                \
    test_same_number((int64_t)(actual), (int64_t)(wanted), #actual, __FILE__, __LINE__)

void test_same_text(const char *actual, const char *wanted, const char *what, const char *file, int line);
void test_same_number(int64_t actual, int64_t wanted, const char *what, const char *file, int line);

/* Seeds per property: 10,000 unless TACITE_SEEDS says otherwise. */
uint64_t test_seeds(void);

/* An arena and a ctx (fixed clock 2026-11-23T10:00:00Z, English) that live until the case ends. */
struct arena *test_arena(void);
struct ctx *test_ctx(void);

#endif
