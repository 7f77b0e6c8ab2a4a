#include "test.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct test_case *first;
static struct test_case last; /* of each suite; run NULL none */
static struct arena *arena;
static struct ctx context;

void test_register(struct test_case *test)
{
    struct test_case **place = &first;

    /* Sorted by suite, then in the order of the file. */
    while (*place != NULL && strcmp((*place)->suite, test->suite) <= 0)
        place = &(*place)->next;
    test->next = *place;
    *place = test;
}

void test_after_each_suite(const char *name, void (*run)(void))
{
    last = (struct test_case){.name = name, .run = run};
}

void test_same_text(const char *actual, const char *wanted, const char *what, const char *file, int line)
{
    bool same = actual != NULL && wanted != NULL && strcmp(actual, wanted) == 0;

    if (!same)
        (void)fprintf(stderr, "\n    %s:%d: %s\n      is     \"%s\"\n      wanted \"%s\"", file, line, what,
                      actual != NULL ? actual : "(null)", wanted != NULL ? wanted : "(null)");
    CU_assertImplementation(same, (unsigned int)line, what, file, "", CU_FALSE);
}

void test_same_number(int64_t actual, int64_t wanted, const char *what, const char *file, int line)
{
    if (actual != wanted)
        (void)fprintf(stderr, "\n    %s:%d: %s is %lld, wanted %lld", file, line, what, (long long)actual,
                      (long long)wanted);
    CU_assertImplementation(actual == wanted, (unsigned int)line, what, file, "", CU_FALSE);
}

uint64_t test_seeds(void)
{
    const char *text = getenv("TACITE_SEEDS");

    return text != NULL ? strtoull(text, NULL, 10) : 10000;
}

struct arena *test_arena(void)
{
    return arena;
}

struct ctx *test_ctx(void)
{
    return &context;
}

/* TACITE_TEST_TIMES=1: how long each test took, on stderr. */
static void tell_time(void)
{
    static struct timespec began;
    static const char *name;
    struct timespec now;

    if (getenv("TACITE_TEST_TIMES") == NULL)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (name != NULL)
        (void)fprintf(stderr, "%8.1f s  %s\n", (double)(now.tv_sec - began.tv_sec) + (double)(now.tv_nsec - began.tv_nsec) / 1e9, name);
    name = CU_get_current_test() != NULL ? CU_get_current_test()->pName : "";
    began = now;
}

static void before_each(void)
{
    tell_time();
    arena_reset(arena);
    memset(&context, 0, sizeof context);
    context.arena = arena;
    context.now = INT64_C(1795428000) * 1000000; /* 2026-11-23T10:00:00Z */
    context.today_on = 20780;                    /* 2026-11-23 */
    context.language = "en";
    context.request_id = "";
    context.actor = "test";
    context.remote_addr = "";
    context.user_agent = "";
}

int main(int argc, char **argv)
{
    struct test_case *test;
    CU_pSuite suite = NULL;
    const char *suite_name = "";
    unsigned int failures;

    arena = arena_new();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 70;
    for (test = first; test != NULL; test = test->next) {
        if (argc > 1 && strncmp(test->suite, argv[1], strlen(argv[1])) != 0)
            continue;
        if (strcmp(suite_name, test->suite) != 0) {
            suite = CU_add_suite_with_setup_and_teardown(test->suite, NULL, NULL, before_each, NULL);
            suite_name = test->suite;
        }
        if (suite == NULL || CU_add_test(suite, test->name, test->run) == NULL)
            return 70;
        if (last.run != NULL && (test->next == NULL || strcmp(test->next->suite, suite_name) != 0) &&
            CU_add_test(suite, last.name, last.run) == NULL)
            return 70;
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    tell_time();
    failures = CU_get_number_of_failures() + CU_get_number_of_failure_records();
    CU_cleanup_registry();
    arena_free(arena);
    return failures == 0 ? 0 : 1;
}
