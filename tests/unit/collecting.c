/* collecting: how many calls may be on their way, and from which day on a declined card may be tried again. */
#include <string.h>

#include "core/date.h"
#include "core/pace.h"
#include "core/reserve.h"
#include "core/retry.h"
#include "seeded.h"
#include "test.h"

#define SECOND INT64_C(1000000)

/* ---- pace ---- */

static const int64_t NOON = 1764331200 * SECOND;

static struct pace answered(struct pace pace, int times)
{
    for (int i = 0; i < times; i++)
        pace = pace_after_answer(&pace);
    return pace;
}

TEST(pace, begins_with_few_and_grows_with_each_answer)
{
    struct pace pace = pace_new(64);

    SAME_NUMBER(pace_room(&pace, 0, NOON), PACE_FIRST);
    SAME_NUMBER(pace_room(&pace, 3, NOON), PACE_FIRST - 3);
    pace = answered(pace, 20);
    SAME_NUMBER(pace_room(&pace, 0, NOON), PACE_FIRST + 20);
    pace = answered(pace, 1000);
    SAME_NUMBER(pace_room(&pace, 0, NOON), 64);
    SAME_NUMBER(pace_room(&pace, 64, NOON), 0);
    pace = pace_new(4);
    SAME_NUMBER(pace_room(&pace, 0, NOON), 4);
}

TEST(pace, too_many_halves_it_once_waits_as_told_and_grows_slowly)
{
    struct pace pace = answered(pace_new(64), 100);

    pace = pace_after_too_many(&pace, 3 * SECOND, NOON);
    pace = pace_after_too_many(&pace, 2 * SECOND, NOON + 1000); /* one that was on its way with it */
    SAME_NUMBER(pace.room, 32);
    SAME_NUMBER(pace_room(&pace, 0, NOON + 3 * SECOND - 1), 0);
    SAME_NUMBER(pace_room(&pace, 0, NOON + 3 * SECOND), 32);
    pace = answered(pace, 31);
    SAME_NUMBER(pace.room, 32);
    pace = answered(pace, 1);
    SAME_NUMBER(pace.room, 33);
    for (int i = 0; i < 20; i++)
        pace = pace_after_too_many(&pace, 0, NOON + (10 + 2 * i) * SECOND);
    SAME_NUMBER(pace.room, 1); /* never none */
    SAME_NUMBER(pace_room(&pace, 0, NOON + 3600 * SECOND), 1);
}

TEST(pace, ten_that_never_left_close_it_and_one_goes_ahead_later)
{
    struct pace pace = answered(pace_new(64), 100);

    for (int i = 0; i < BREAKER_FAILURES_CARDS - 1; i++)
        pace = pace_after_not_sent(&pace, NOON);
    CU_ASSERT_FALSE(pace_is_closed(&pace, NOON));
    pace = pace_after_not_sent(&pace, NOON);
    CU_ASSERT_TRUE(pace_is_closed(&pace, NOON));
    SAME_NUMBER(pace_room(&pace, 0, NOON + BREAKER_PAUSE_MIN - 1), 0);
    SAME_NUMBER(pace_room(&pace, 0, NOON + BREAKER_PAUSE_MIN), 1);
    SAME_NUMBER(pace_room(&pace, 1, NOON + BREAKER_PAUSE_MIN), 0);
    pace = pace_after_not_sent(&pace, NOON + BREAKER_PAUSE_MIN);
    SAME_NUMBER(pace_room(&pace, 0, NOON + 2 * BREAKER_PAUSE_MIN), 0);
    pace = pace_after_answer(&pace);
    SAME_NUMBER(pace_room(&pace, 0, NOON), PACE_FIRST + 1);
}

TEST(pace, one_answer_between_them_keeps_it_open)
{
    struct pace pace = pace_new(64);

    for (int i = 0; i < 100; i++) {
        pace = i % BREAKER_FAILURES_CARDS == 0 ? pace_after_answer(&pace) : pace_after_not_sent(&pace, NOON);
        CU_ASSERT_FALSE(pace_is_closed(&pace, NOON));
    }
}

/* X09: a gateway that needs 29 s for each of a thousand charges, as service/collecting asks it: whoever has answered makes
 * room at once, so that slow ones hold nobody longer than the room that they take. */
TEST(pace, a_thousand_charges_of_29_s_each_take_less_than_ten_minutes)
{
    struct pace pace = pace_new(64);
    int64_t ends[64], now = NOON;
    int32_t in_flight = 0, most = 0;
    int left = 1000;

    while (left > 0 || in_flight > 0) {
        int32_t first = 0, room = pace_room(&pace, in_flight, now);

        for (; room > 0 && left > 0; room--, left--)
            ends[in_flight++] = now + 29 * SECOND;
        most = in_flight > most ? in_flight : most;
        for (int32_t i = 1; i < in_flight; i++)
            first = ends[i] < ends[first] ? i : first;
        now = ends[first];
        ends[first] = ends[--in_flight];
        pace = pace_after_answer(&pace);
        CU_ASSERT_FALSE(pace_is_closed(&pace, now));
    }
    SAME_NUMBER(most, 64);
    CU_ASSERT_TRUE(now - NOON < 600 * SECOND);
}

/* ---- retry ---- */

static const struct card_try OURS = {"visa", 7, 3000, "EUR"};

static int32_t on(const char *text)
{
    int32_t day;

    CU_ASSERT_TRUE_FATAL(date_parse_iso(text, &day));
    return day;
}

static int32_t tried_after(const char *brand, const char *declined_on, const char *code, const char *advice, const char *today)
{
    struct card_try wanted = OURS;
    const struct card_decline decline = {on(declined_on), 7, 3000, "EUR", code, advice};

    wanted.brand = brand;
    return card_may_be_tried_on(&wanted, &decline, 1, on(today));
}

/* What the gateway refused of one invoice says nothing of the card, nor of another invoice. */
TEST(retry, a_refused_request_ends_the_tries_of_its_invoice)
{
    const struct card_decline other = {on("2026-11-01"), 8, 3000, "EUR", "amount_too_small", ""};

    SAME_NUMBER(tried_after("visa", "2026-11-01", "amount_too_small", "", "2026-11-28"), DATE_NONE);
    SAME_NUMBER(card_may_be_tried_on(&OURS, &other, 1, on("2026-11-28")), on("2026-11-28"));
}

TEST(retry, a_card_without_declines_is_tried_today)
{
    SAME_NUMBER(card_may_be_tried_on(&OURS, NULL, 0, on("2026-11-28")), on("2026-11-28"));
}

TEST(retry, an_invoice_is_tried_a_day_apart)
{
    /* late on the first, early on the second: less than a day; the third is more than one in any case */
    SAME_NUMBER(tried_after("visa", "2026-11-01", "insufficient_funds", "", "2026-11-01"), on("2026-11-03"));
    SAME_NUMBER(tried_after("visa", "2026-11-01", "insufficient_funds", "", "2026-11-04"), on("2026-11-04"));
}

TEST(retry, another_invoice_of_another_amount_is_tried_the_same_day)
{
    const struct card_decline decline = {on("2026-11-01"), 8, 4000, "EUR", "insufficient_funds", ""};

    SAME_NUMBER(card_may_be_tried_on(&OURS, &decline, 1, on("2026-11-01")), on("2026-11-01"));
}

TEST(retry, codes_that_end_the_card_end_it_for_every_invoice)
{
    static const char *const ends[] = {"lost_card", "stolen_card", "pickup_card", "restricted_card", "invalid_account",
        "stop_payment_order", "revocation_of_authorization", "revocation_of_all_authorizations", "transaction_not_allowed",
        "fraudulent", "expired_card", "incorrect_number", "04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"};

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const struct card_decline decline = {on("2026-11-01"), 8, 4000, "USD", ends[i], ""};

        SAME_NUMBER(card_may_be_tried_on(&OURS, &decline, 1, on("2026-11-28")), DATE_NONE);
    }
    SAME_NUMBER(tried_after("visa", "2026-11-01", "insufficient_funds", "do_not_try_again", "2026-11-28"), DATE_NONE);
    SAME_NUMBER(tried_after("mastercard", "2026-11-01", "51", "03", "2026-11-28"), DATE_NONE);
    SAME_NUMBER(tried_after("mastercard", "2026-11-01", "51", "21", "2026-11-28"), DATE_NONE);
    SAME_NUMBER(tried_after("mastercard", "2026-11-01", "51", "01", "2026-11-28"), DATE_NONE);
}

TEST(retry, what_wants_the_customer_is_not_tried_for_that_invoice)
{
    const struct card_decline other = {on("2026-11-01"), 8, 4000, "EUR", "authentication_required", ""};

    SAME_NUMBER(tried_after("visa", "2026-11-01", "authentication_required", "", "2026-11-28"), DATE_NONE);
    SAME_NUMBER(card_may_be_tried_on(&OURS, &other, 1, on("2026-11-02")), on("2026-11-02"));
    SAME_NUMBER(tried_after("visa", "2026-11-01", "amount_too_small", "", "2026-11-28"), DATE_NONE); /* it would be refused as before */
    SAME_NUMBER(card_may_be_tried_on(&OURS, &(struct card_decline){on("2026-11-01"), 8, 10, "EUR", "amount_too_small", ""}, 1, on("2026-11-02")), on("2026-11-02"));
}

TEST(retry, the_schemes_advice_says_how_long_to_wait)
{
    static const struct { const char *advice; const char *from; } waits[] = {
        {"24", "2026-11-03"}, {"25", "2026-11-03"}, {"26", "2026-11-04"}, {"02", "2026-11-05"},
        {"27", "2026-11-06"}, {"28", "2026-11-08"}, {"29", "2026-11-10"}, {"30", "2026-11-12"}};

    for (size_t i = 0; i < COUNT_OF(waits); i++)
        SAME_NUMBER(tried_after("mastercard", "2026-11-01", "51", waits[i].advice, "2026-11-02"), on(waits[i].from));
}

TEST(retry, an_unknown_code_is_tried_once_more_after_three_days)
{
    struct card_decline two[] = {{on("2026-11-01"), 7, 3000, "EUR", "a_new_word", ""}, {on("2026-11-04"), 7, 3000, "EUR", "a_new_word", ""}};

    SAME_NUMBER(card_may_be_tried_on(&OURS, two, 1, on("2026-11-02")), on("2026-11-04"));
    SAME_NUMBER(card_may_be_tried_on(&OURS, two, 2, on("2026-11-28")), DATE_NONE);
}

/* so many declines of the card, each of an invoice of its own, on one day */
static int32_t tried_after_many(const char *brand, int64_t amount_minor, size_t count, const char *declined_on, const char *today)
{
    struct card_decline *declines = ARENA_ARRAY(test_arena(), struct card_decline, count);
    struct card_try wanted = OURS;

    for (size_t i = 0; i < count; i++)
        declines[i] = (struct card_decline){on(declined_on), 100 + (int64_t)i, amount_minor, "EUR", "51", ""};
    wanted.brand = brand;
    return card_may_be_tried_on(&wanted, declines, count, on(today));
}

TEST(retry, visa_fifteen_and_since_may_2025_twenty_of_one_amount_in_thirty_days)
{
    SAME_NUMBER(tried_after_many("visa", 3000, 14, "2025-05-01", "2025-05-02"), on("2025-05-02"));
    SAME_NUMBER(tried_after_many("visa", 3000, 15, "2025-05-01", "2025-05-02"), on("2025-05-19")); /* the new limit lets it */
    SAME_NUMBER(tried_after_many("visa", 3000, 15, "2025-04-10", "2025-04-11"), on("2025-05-11"));
    SAME_NUMBER(tried_after_many("visa", 3000, 19, "2026-11-01", "2026-11-02"), on("2026-11-02"));
    SAME_NUMBER(tried_after_many("Visa", 3000, 20, "2026-11-01", "2026-11-02"), on("2026-12-02"));
    SAME_NUMBER(tried_after_many("visa", 2999, 40, "2026-11-01", "2026-11-02"), on("2026-11-02")); /* another amount */
}

TEST(retry, mastercard_ten_in_a_day_and_thirty_five_in_thirty)
{
    SAME_NUMBER(tried_after_many("mastercard", 1, 9, "2026-11-01", "2026-11-01"), on("2026-11-01"));
    SAME_NUMBER(tried_after_many("mastercard", 1, 10, "2026-11-01", "2026-11-01"), on("2026-11-03"));
    SAME_NUMBER(tried_after_many("mastercard", 1, 34, "2026-11-01", "2026-11-03"), on("2026-11-03"));
    SAME_NUMBER(tried_after_many("mastercard", 1, 35, "2026-11-01", "2026-11-03"), on("2026-12-02"));
}

TEST(retry, a_scheme_without_published_limits_has_the_strictest)
{
    SAME_NUMBER(tried_after_many("amex", 3000, 15, "2026-11-01", "2026-11-03"), on("2026-12-02"));
    SAME_NUMBER(tried_after_many("", 1, 10, "2026-11-01", "2026-11-01"), on("2026-11-03"));
}

/* 400 days of a card that always declines, with invoices that come as they like and somebody who would try each of them every
 * day: whatever instant of the day each try has, no window of the schemes' hours holds more than they allow. */
enum { DAYS = 400, TRIES_MAX = 4000 };
struct year {
    struct card_decline declines[TRIES_MAX];
    int64_t at_minute[TRIES_MAX];
    size_t count;
};

static size_t within(const struct year *y, size_t last, int64_t hours, int scope)
{
    size_t count = 0;

    for (size_t i = 0; i < last; i++)
        count += y->at_minute[last] - y->at_minute[i] < hours * 60 &&
                 (scope == 0 || (scope == 1 && y->declines[i].payable_id == y->declines[last].payable_id) ||
                  (scope == 2 && y->declines[i].amount_minor == y->declines[last].amount_minor));
    return count;
}

static void live(struct year *y, const char *brand, uint64_t seed)
{
    int64_t invoices = seeded_between(&seed, 1, 40);
    int32_t first_on = on("2024-12-01");

    y->count = 0;
    for (int32_t day = first_on; day < first_on + DAYS; day++) {
        int64_t minute = 0;
        size_t from = 0;

        while (from < y->count && y->declines[from].on < day - RETRY_HISTORY_DAYS)
            from++;
        for (int64_t invoice = 1; invoice <= invoices && y->count < TRIES_MAX; invoice++) {
            struct card_try wanted = {brand, invoice + 1000 * (day / 60), invoice % 3 == 0 ? 3000 : 100 * invoice, "EUR"};

            minute = seeded_between(&seed, minute, 1439);
            if (seeded_between(&seed, 0, 3) == 0 ||
                card_may_be_tried_on(&wanted, y->declines + from, y->count - from, day) != day)
                continue;
            y->at_minute[y->count] = (int64_t)day * 1440 + minute;
            y->declines[y->count++] = (struct card_decline){day, wanted.payable_id, wanted.amount_minor, "EUR", "51", ""};
        }
    }
}

TEST(retry, the_schemes_limits_hold_over_400_days_whatever_is_wanted)
{
    static const char *const brands[] = {"visa", "mastercard", "amex"};
    static struct year y;
    uint64_t seeds = test_seeds() / 1000 + 1;
    size_t tries = 0;

    for (uint64_t seed = 1; seed <= seeds; seed++)
        for (size_t b = 0; b < COUNT_OF(brands); b++) {
            live(&y, brands[b], seed);
            tries += y.count;
            for (size_t i = 0; i < y.count; i++) {
                CU_ASSERT_TRUE_FATAL(within(&y, i, 24, 1) == 0 && within(&y, i, 30 * 24, 1) < RETRY_TRIES_MAX_30_DAYS);
                CU_ASSERT_TRUE_FATAL(b != 0 || within(&y, i, 30 * 24, 2) < (y.declines[i].on < on("2025-05-19") ? 15 : 20));
                CU_ASSERT_TRUE_FATAL(b == 0 || within(&y, i, 24, 0) < 10);
                CU_ASSERT_TRUE_FATAL(b != 1 || within(&y, i, 30 * 24, 0) < 35);
            }
        }
    CU_ASSERT_TRUE(tries > 1000); /* it did try */
}

/* ---- another card ---- */

static struct reserve_card card_in(const char *state, const char *code, int32_t year)
{
    return (struct reserve_card){.active = strcmp(state, "active") == 0, .refused = strcmp(state, "refused") == 0, .decline_code = code, .exp_year = year,
                                 .exp_month = year == 0 ? 0 : 6};
}

/* Only what the customer allowed, only when the own card is over, never against a cardholder who stopped the payments. */
TEST(reserve, another_card_pays_when_the_own_is_over)
{
    static const char *const stops[] = {"R0", "R1", "R3", "stop_payment_order", "revocation_of_authorization", "revocation_of_all_authorizations"};
    const int32_t today = on("2026-11-15");
    struct reserve_card own = card_in("active", "", 2030);
    struct reserve_card reserves[3] = {card_in("active", "insufficient_funds", 2030), card_in("active", "", 0), card_in("active", "", 2030)};

    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE); /* it pays */
    own.decline_code = "insufficient_funds";                              /* it may pay later */
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE);
    own = card_in("refused", "lost_card", 2030);
    SAME_NUMBER(reserve_choice(&own, reserves, 0, today), RESERVE_NONE); /* nothing was allowed */
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), 0);
    reserves[0] = card_in("refused", "stolen_card", 2030);
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), 1);
    reserves[1] = card_in("replaced", "", 0);
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), 2);
    reserves[2] = card_in("active", "", 2026); /* ended in June */
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE);
    reserves[2] = card_in("active", "", 2030);
    own = card_in("active", "", 2026); /* expired, never declined */
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), 2);
    own = card_in("replaced", "", 2026); /* nobody's any more */
    SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE);
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        own = card_in("refused", stops[i], 2030);
        SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE);
        own = card_in("refused", "lost_card", 2030);
        reserves[0] = card_in("refused", stops[i], 2030);
        SAME_NUMBER(reserve_choice(&own, reserves, 3, today), RESERVE_NONE);
    }
}

/* Whatever the cards: a choice is a usable card, and the own one is over without a word against the payments. */
TEST(reserve, properties)
{
    static const char *const codes[] = {"", "lost_card", "expired_card", "insufficient_funds", "R1", "R0"};
    static const char *const states[] = {"active", "refused", "replaced"};
    const int32_t today = on("2026-11-15");
    int chosen = 0;

    for (uint64_t seed = 1; seed <= 5000; seed++) {
        uint64_t s = seed;
        struct reserve_card card[5];
        int choice;

        for (size_t i = 0; i < 5; i++)
            card[i] = card_in(states[seeded_between(&s, 0, 2)], codes[seeded_between(&s, 0, seeded_between(&s, 0, 3) == 0 ? 5 : 3)],
                              (int32_t)seeded_between(&s, 0, 1) * (int32_t)seeded_between(&s, 2025, 2028));
        choice = reserve_choice(&card[0], card + 1, 4, today);
        if (choice == RESERVE_NONE)
            continue;
        chosen++;
        CU_ASSERT_TRUE_FATAL(choice >= 0 && choice < 4 && reserve_card_usable(&card[1 + choice], today) && !reserve_card_usable(&card[0], today));
        for (int i = 0; i < choice; i++)
            CU_ASSERT_FALSE(reserve_card_usable(&card[1 + i], today));
        for (size_t i = 0; i < 5; i++)
            CU_ASSERT_FALSE(decline_stops_collection(card[i].decline_code));
    }
    CU_ASSERT_TRUE(chosen > 100);
}
