/* quotes: variables in texts, margins, and terms of a quote's own. */
#include "test.h"

#include <string.h>

#include "core/margin.h"
#include "core/placeholder.h"
#include "core/term.h"
#include "seeded.h"

static void every_seed(bool (*holds)(uint64_t seed))
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}

static const char *const known[] = {"customer", "valid_until"};

static bool fault(const char *text, struct placeholder_fault *f)
{
    return !placeholders_ok(text, known, 2, f);
}

TEST(placeholder, an_unknown_one_is_refused_with_its_place)
{
    struct placeholder_fault f;

    CU_ASSERT_FALSE(fault("", &f));
    CU_ASSERT_FALSE(fault("Dear {customer}, valid until {valid_until}. {{7*7}} { } {} {Customer} {customer", &f));
    CU_ASSERT_TRUE(fault("Éléonore,\nà  {custmer} !", &f)); /* characters, not bytes */
    SAME_NUMBER(f.line, 2);
    SAME_NUMBER(f.column, 4);
    SAME_TEXT(f.name, "custmer");
    CU_ASSERT_TRUE(fault("{custom}", &f)); /* the beginning of a name is no name */
    CU_ASSERT_TRUE(fault("{{customers}}", &f));
    SAME_NUMBER(f.column, 2);
    CU_ASSERT_TRUE(fault("{a_name_that_is_far_too_long_for_any_variable_of_ours}", &f));
    SAME_NUMBER(strlen(f.name), PLACEHOLDER_NAME_BYTES - 1);
}

TEST(placeholder, values_stand_in_their_place_and_the_rest_stays)
{
    const struct placeholder value[] = {{"customer", "Atelier {valid_until}"}, {"valid_until", "1 May"}};
    struct arena *arena = arena_new();

    SAME_TEXT(placeholders_fill(arena, "{customer}|{{valid_until}}|{other}|{|{{7*7}}|{valid_until}", value, 2),
              "Atelier {valid_until}|{1 May}|{other}|{|{{7*7}}|1 May"); /* a value is never read again */
    SAME_TEXT(placeholders_fill(arena, "", value, 2), "");
    arena_free(arena);
}

/* What the check lets pass has no variable left, and a text without variables stays as it is. */
static bool filled_is_clean(uint64_t seed)
{
    static const char *const piece[] = {"{customer}", "{valid_until}", "{", "}", "a", "é", "\n", "{x}", "{{7*7}}"};
    const struct placeholder value[] = {{"customer", "C"}, {"valid_until", "V"}};
    struct placeholder_fault f;
    struct arena *arena = arena_new();
    uint64_t state = seed;
    char text[200] = "";
    bool good;

    for (int n = (int)seeded_between(&state, 0, 9); n > 0; n--)
        strcat(text, piece[seeded_between(&state, 0, 8)]);
    if (placeholders_ok(text, known, 2, &f)) {
        const char *out = placeholders_fill(arena, text, value, 2);

        good = strstr(out, "{customer}") == NULL && strstr(out, "{valid_until}") == NULL &&
               (strstr(text, "customer") != NULL || strstr(text, "valid") != NULL || strcmp(out, text) == 0);
    } else {
        good = strcmp(f.name, "customer") != 0 && strcmp(f.name, "valid_until") != 0 && f.line >= 1 && f.column >= 1;
    }
    arena_free(arena);
    return good;
}

TEST(placeholder, what_passes_the_check_leaves_no_variable)
{
    every_seed(filled_is_clean);
}

TEST(margin, of_lines_and_of_all)
{
    const struct currency *eur = currency_find("EUR");
    struct margin_line line[] = {{10000, 4000}, {5000, COST_UNKNOWN}, {0, 500}};
    struct margin m;
    int32_t ppm;

    SAME_NUMBER(line_cost(132500, 30000, eur), 3975); /* 3 at 13.25 */
    SAME_NUMBER(line_cost(COST_UNKNOWN, 30000, eur), COST_UNKNOWN);
    SAME_NUMBER(line_cost(-7, 30000, eur), COST_UNKNOWN);
    SAME_NUMBER(line_cost(15000, 10000, currency_find("JPY")), 2); /* 1.5 yen */
    m = margin_of(line, 1, 9000); /* 10 % off everything */
    SAME_NUMBER(m.margin_minor, 5000);
    CU_ASSERT_TRUE(margin_rate(&m, &ppm));
    SAME_NUMBER(ppm, 555556);
    m = margin_of(line, 3, 13500); /* two thirds of what is left have a cost */
    SAME_NUMBER(m.net_minor, 9000);
    SAME_NUMBER(m.cost_minor, 4500);
    SAME_NUMBER(m.margin_minor, 4500);
    SAME_NUMBER(m.known, 2);
    SAME_NUMBER(m.unknown, 1);
    m = margin_of(&line[2], 1, 0); /* given away: a loss without a rate */
    SAME_NUMBER(m.margin_minor, -500);
    CU_ASSERT_FALSE(margin_rate(&m, &ppm));
    m = (struct margin){.net_minor = 1, .margin_minor = -MONEY_MAX};
    CU_ASSERT_FALSE(margin_rate(&m, &ppm));
    m = margin_of(&(struct margin_line){0, COST_UNKNOWN}, 1, 0);
    SAME_NUMBER(m.net_minor, 0);
    SAME_NUMBER(margin_of(NULL, 0, 0).margin_minor, 0);
}

/* With every cost known the margin is the net less the costs, to the last minor unit. */
static bool adds_up(uint64_t seed)
{
    uint64_t state = seed;
    struct margin_line line[8];
    int64_t nets = 0;
    int64_t costs = 0;
    size_t count = (size_t)seeded_between(&state, 0, 8);
    struct margin m;

    for (size_t i = 0; i < count; i++) {
        line[i] = (struct margin_line){seeded_between(&state, 0, 1000000), seeded_between(&state, 0, 1000000)};
        nets += line[i].net_minor;
        costs += line[i].cost_minor;
    }
    m = margin_of(line, count, nets);
    return m.margin_minor == nets - costs && m.known == count && m.unknown == 0;
}

TEST(margin, adds_up)
{
    every_seed(adds_up);
}

TEST(term, what_a_quote_says_instead_of_its_plan)
{
    const struct contract_terms plan = {.unit = TERM_MONTHS, .count = 12, .renews = true, .commitment_months = 12, .notice_days = 30};
    const struct recurrence monthly = {RECURRENCE_MONTH, 1};
    struct own_terms own = {0};
    struct contract_terms t = terms_with(&own, plan);

    SAME_NUMBER(t.count, 12);
    SAME_NUMBER(t.commitment_months, 12);
    SAME_NUMBER(t.notice_days, 30);
    own = (struct own_terms){.duration = DURATION_EVER, .has_notice = true};
    t = terms_with(&own, plan);
    SAME_NUMBER(t.count, 0);
    SAME_NUMBER(t.notice_days, 0); /* none, and not the plan's */
    SAME_NUMBER(t.commitment_months, 12);
    CU_ASSERT_EQUAL(terms_fit(&t, monthly), TERMS_NOT_REFUSED);
    own = (struct own_terms){.duration = DURATION_FIXED, .unit = TERM_PERIODS, .count = 6, .has_commitment = true, .commitment_months = 9};
    t = terms_with(&own, plan);
    CU_ASSERT_EQUAL(terms_fit(&t, monthly), TERMS_COMMITMENT_TOO_LONG); /* over after 6 months */
    t.commitment_months = 6; /* to the very end */
    CU_ASSERT_EQUAL(terms_fit(&t, monthly), TERMS_NOT_REFUSED);
    t.commitment_months = 9;
    t.renews = true;
    CU_ASSERT_EQUAL(terms_fit(&t, monthly), TERMS_NOT_REFUSED);
    t.notice_days = 6 * 28;
    CU_ASSERT_EQUAL(terms_fit(&t, monthly), TERMS_NOTICE_TOO_LONG);
    t = (struct contract_terms){.unit = TERM_MONTHS, .count = 2};
    CU_ASSERT_EQUAL(terms_fit(&t, (struct recurrence){RECURRENCE_QUARTER, 1}), TERMS_TOO_SHORT);
    t = (struct contract_terms){.unit = TERM_PERIODS, .count = 3, .commitment_months = 40};
    CU_ASSERT_EQUAL(terms_fit(&t, (struct recurrence){RECURRENCE_WEEK, 1}), TERMS_NOT_REFUSED); /* not in whole months */
}

/* What a renewal quote begins with says what the contract has, whatever its plan says. */
static bool said_beside(uint64_t seed)
{
    struct contract_terms of[2];
    struct own_terms own;
    struct contract_terms again;
    uint64_t state = seed;

    for (int i = 0; i < 2; i++)
        of[i] = (struct contract_terms){.unit = seeded_between(&state, 0, 1) == 0 ? TERM_PERIODS : TERM_MONTHS, .count = (int)seeded_between(&state, 0, 2) * 6,
                                        .renews = seeded_between(&state, 0, 1) == 0, .commitment_months = (int)seeded_between(&state, 0, 1) * 12,
                                        .notice_days = (int)seeded_between(&state, 0, 2) * 30};
    own = terms_beside(&of[0], &of[1]);
    again = terms_with(&own, of[1]);
    return again.count == of[0].count && (of[0].count == 0 || (again.unit == of[0].unit && again.renews == of[0].renews)) &&
           again.commitment_months == of[0].commitment_months && again.notice_days == of[0].notice_days;
}

TEST(term, terms_said_beside_a_plan_are_the_contracts)
{
    every_seed(said_beside);
}

TEST(term, a_right_is_the_plans_unless_the_quote_says_so)
{
    CU_ASSERT_TRUE(own_answer_is_yes(ANSWER_PLAN, true));
    CU_ASSERT_FALSE(own_answer_is_yes(ANSWER_PLAN, false));
    CU_ASSERT_TRUE(own_answer_is_yes(ANSWER_YES, false));
    CU_ASSERT_FALSE(own_answer_is_yes(ANSWER_NO, true));
    SAME_TEXT(own_answer_name((enum own_answer)0), "plan");
    for (int i = ANSWER_PLAN; i <= ANSWER_NO; i++)
        SAME_NUMBER(own_answer_from_name(own_answer_name((enum own_answer)i)), i);
    SAME_NUMBER(own_answer_from_name("maybe"), 0);
}

TEST(term, words_of_durations)
{
    SAME_TEXT(duration_name((enum duration)0), "plan");
    SAME_TEXT(duration_name(DURATION_FIXED), "fixed");
    CU_ASSERT_EQUAL(duration_from_name("ever"), DURATION_EVER);
    CU_ASSERT_EQUAL(duration_from_name("for ever"), 0);
    SAME_TEXT(terms_refusal_text(TERMS_NOT_REFUSED), "");
    CU_ASSERT_TRUE(terms_refusal_text(TERMS_TOO_SHORT)[0] != '\0');
}
