/* Files against a real database: what is there already, numbers and references that never meet, groups, and files
 * changed at random, which a check must survive without writing anything. */
#include "support.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "intake/import.h"
#include "seeded.h"
#include "service/cataloguing.h"
#include "service/customers.h"
#include "store/subscription.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

static const struct once no_form = {NULL, "/"};
static struct import_report report;

static struct import_report *take(struct ctx *ctx, enum import_kind kind, const char *text, bool dry_run)
{
    const struct import import = {.kind = kind, .data = text, .bytes = strlen(text), .dry_run = dry_run};

    GOOD(run_import(ctx, &import, &report));
    return &report;
}

#define HEAD "reference;kind;name;email;street;postal_code;city;country;language\n"

static const char *customer_rows(struct ctx *ctx, const char *name, const char *city, int64_t first, int count)
{
    struct str text = str_new(ctx->arena);

    str_append(&text, HEAD);
    for (int i = 0; i < count; i++)
        str_printf(&text, "%s-%lld;company;Customer;a@example.com;1 road;75001;%s;FR;fr\n", name, (long long)first + i, city);
    return text.text;
}

TEST(importing, twice_changes_nothing_and_a_change_changes_one)
{
    struct ctx *ctx = store_ctx();
    int64_t first = store_unique() * 1000;
    const char *file = customer_rows(ctx, "I", "Paris", first, 450); /* three groups */
    struct customer customer;

    SAME_NUMBER(take(ctx, IMPORT_CUSTOMERS, file, true)->created, 450);
    SAME_NUMBER(customer_by_reference(ctx, arena_printf(ctx->arena, "I-%lld", (long long)first), &customer), ERR_NOT_FOUND);
    SAME_NUMBER(take(ctx, IMPORT_CUSTOMERS, file, false)->created, 450);
    SAME_NUMBER(take(ctx, IMPORT_CUSTOMERS, file, false)->unchanged, 450);
    (void)take(ctx, IMPORT_CUSTOMERS, customer_rows(ctx, "I", "Lyon", first, 1), false);
    SAME_NUMBER(report.changed, 1);
    GOOD(customer_by_reference(ctx, arena_printf(ctx->arena, "I-%lld", (long long)first), &customer));
    SAME_TEXT(customer.city, "Lyon");
    SAME_TEXT(customer_reference(&customer), customer.external_ref);
}

/* The reference of a file may look like a number of ours: it names what it names, and no number is given that would
 * then mean two customers. */
TEST(importing, a_reference_that_looks_like_a_number)
{
    struct ctx *ctx = store_ctx();
    struct customer made = {.is_company = true, .name = "A", .contact_name = "", .email = "a@example.com", .phone = "", .street = "x",
                            .street2 = "", .postal_code = "1", .city = "y", .country = "FR", .siren = "", .vat_id = "",
                            .language = "fr", .state = "active"};
    struct customer_result result;
    struct customer found;
    struct number number;
    char next[NUMBER_BYTES];

    GOOD(change_customer(ctx, &made, 0, &no_form, &result));
    CU_ASSERT_TRUE_FATAL(number_parse(result.number, &number));
    number_format(next, number.prefix, number.year, number.sequence + 2); /* the one after the imported customer's own */
    (void)take(ctx, IMPORT_CUSTOMERS, arena_printf(ctx->arena, HEAD "%s;company;B;b@example.com;1 road;1;y;FR;fr\n", next), false);
    SAME_NUMBER(report.created, 1);
    made.id = 0;
    GOOD(change_customer(ctx, &made, 0, &no_form, &result));
    CU_ASSERT_STRING_NOT_EQUAL(result.number, next);
    GOOD(customer_by_reference(ctx, next, &found));
    SAME_TEXT(found.name, "B");
    GOOD(customer_by_reference(ctx, result.number, &found));
    SAME_TEXT(found.name, "A");
}

/* A plan of the calendar's months, in arrears: boundaries of the plan, both indexes, the first day to look. */
TEST(importing, a_contract_takes_the_rules_of_its_plan)
{
    struct ctx *ctx = store_ctx();
    int64_t unique = store_unique();
    const char *name = arena_printf(ctx->arena, "Calendar %lld", (long long)unique);
    const char *reference = arena_printf(ctx->arena, "V-%lld", (long long)unique);
    struct plan plan = {.name = name, .every = {RECURRENCE_MONTH, 1}, .anchor = {ANCHOR_CALENDAR, 0}, .timing = BILLING_ARREARS,
                        .max_missed = 2, .notice_days = 30, .dunning_rule_id = 1, .state = "active"};
    struct catalogue_result made;
    struct subscription s;
    struct subscription_line *lines;
    size_t count;
    const char *head = "reference;customer;plan;start;next_period;description;quantity;price\n";

    (void)take(ctx, IMPORT_CUSTOMERS, customer_rows(ctx, "I", "Paris", unique * 1000, 1), false);
    GOOD(change_plan(ctx, &plan, &no_form, &made));
    (void)take(ctx, IMPORT_SUBSCRIPTIONS, arena_printf(ctx->arena, "%s%s;I-%lld;%s;2024-03-15;2026-12-15;Desk;2;29,50\n", head,
                                                       reference, (long long)unique * 1000, name), false);
    SAME_NUMBER(report.problem_count, 1); /* no period of a calendar month begins on the 15th */
    SAME_TEXT(report.kept[0].column, "next_period");
    SAME_TEXT(report.kept[0].value, "2026-12-15");
    (void)take(ctx, IMPORT_SUBSCRIPTIONS, arena_printf(ctx->arena, "%s%s;I-%lld;%s;2024-03-15;2026-12-01;Desk;2;29,50\n", head,
                                                       reference, (long long)unique * 1000, name), false);
    SAME_NUMBER(report.created, 1);
    SAME_NUMBER(report.mrr[0].mrr_e4, 590000);
    GOOD(subscription_by_reference(ctx, reference, &s));
    SAME_NUMBER(s.order_id, 0);
    SAME_NUMBER(s.notice_days, 30);
    SAME_NUMBER(s.due_on, date_from_civil(2026, 12, 1)); /* a look at what is in advance; December itself is due in January */
    SAME_NUMBER(s.billed_until_on, date_from_civil(2026, 12, 1));
    SAME_NUMBER(s.next_index, s.arrears_index);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(lines[0].timing, "arrears");
    SAME_NUMBER(lines[0].unit_price_e4, 295000);
}

/* Whatever is done to a file, a check ends, writes nothing, and counts what it read. */
TEST(importing, files_changed_at_random)
{
    static const char odd[] = "\"\n\r;,\t\0\xFF\xC3'=-0";
    struct ctx *ctx = store_ctx();

    for (uint64_t seed = 0; seed < 240; seed++) {
        enum import_kind kind = (enum import_kind)(seed % IMPORT_KINDS + 1);
        struct str table = str_new(ctx->arena);
        uint64_t state = seed;
        struct import import = {.kind = kind, .dry_run = true};

        GOOD(import_sample(ctx, kind, &table));
        for (int64_t n = seeded_between(&state, 0, 5); n > 0; n--)
            table.text[seeded_between(&state, 0, (int64_t)table.bytes - 1)] = odd[seeded_between(&state, 0, (int64_t)sizeof odd - 2)];
        import.bytes = (size_t)seeded_between(&state, (int64_t)table.bytes * 2 / 3, (int64_t)table.bytes);
        import.data = arena_memdup(ctx->arena, table.text, import.bytes);
        GOOD(run_import(ctx, &import, &report));
        CU_ASSERT_TRUE(report.rows <= 2);
        CU_ASSERT_TRUE(report.created + report.changed + report.unchanged <= report.rows);
        CU_ASSERT_TRUE(report.kept_count >= (report.problem_count > 0 ? 1u : 0u));
        for (size_t i = 0; i < report.kept_count; i++)
            CU_ASSERT_TRUE(report.kept[i].line >= 1 && report.kept[i].message[0] != '\0');
    }
}

TEST(importing, samples_and_exports_are_read_back)
{
    struct ctx *ctx = store_ctx();
    struct str table = str_new(ctx->arena);
    const enum import_kind order[] = {IMPORT_CUSTOMERS, IMPORT_PRODUCTS, IMPORT_SUBSCRIPTIONS};

    for (size_t i = 0; i < COUNT_OF(order); i++) {
        table = str_new(ctx->arena);
        GOOD(import_sample(ctx, order[i], &table));
        (void)take(ctx, order[i], table.text, true);
        if (order[i] != IMPORT_SUBSCRIPTIONS) /* those name a customer and a plan of the house */
            SAME_NUMBER(report.problem_count, 0);
    }
    table = str_new(ctx->arena);
    GOOD(export_rows(ctx, IMPORT_PRODUCTS, &table));
    (void)take(ctx, IMPORT_PRODUCTS, table.text, true);
    SAME_NUMBER(report.problem_count, 0);
    SAME_NUMBER(report.unchanged, report.rows);
}
