/* bank_match: which claim a transfer pays, and which are guessed when none is certain. */
#include "test.h"

#include <string.h>

#include "core/bank_match.h"
#include "core/rf_reference.h"
#include "seeded.h"

static struct match_claim claims[] = {
    {1, 10, "INV-2026-00017", 16440, "EUR"}, {2, 10, "INV-2026-00018", 5000, "EUR"}, {3, 11, "INV-2026-00171", 16440, "EUR"},
    {4, 12, "INV-2026-00019", 9900, "CHF"},  {5, 13, "INV-2026-00020", 700, "EUR"},  {6, 13, "INV-2026-00021", 700, "EUR"},
    {7, 14, "INV-2026-000171", 16440, "EUR"}, {8, 15, "INV-2026-00022", 0, "EUR"},
};
static const struct match_account accounts[] = {{"key-of-10", 10}, {"key-of-13", 13}, {"shared", 11}, {"shared", 14}};

static struct match found(const char *reference, const char *id, const char *text, int64_t amount, const char *currency, const char *account)
{
    struct match_book *book = match_book_new(test_arena(), claims, COUNT_OF(claims), accounts, COUNT_OF(accounts));
    struct match_entry entry = {reference, id, text, amount, currency, account};

    return match_find(book, &entry);
}

TEST(bank_match, transfers_match_by_reference_then_number_then_amount_and_account)
{
    char rf[RF_BYTES], grouped[RF_GROUPED_BYTES];
    struct match m;

    rf_reference_make("INV-2026-00017", rf);
    m = found(rf, "NOTPROVIDED", "", 100, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_REFERENCE && m.claim->id == 1);
    m = found("", "", arena_printf(test_arena(), "payment of %s thanks", rf_reference_grouped(rf, grouped)), 16440, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_REFERENCE && m.claim->id == 1);
    m = found("", "", "facture inv 2026/00017 merci", 16440, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 1);
    m = found("", "INV-2026-00018", "", 5000, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 2);
    m = found("", "", "INV-2026-000171", 16440, "EUR", ""); /* never the shorter number inside */
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 7);
    m = found("", "", "xINV-2026-00017", 16440, "EUR", "");
    CU_ASSERT_EQUAL(m.kind, MATCH_NONE);
    m = found("", "", "subscription", 16440, "EUR", "key-of-10");
    CU_ASSERT_TRUE(m.kind == MATCH_AMOUNT_AND_ACCOUNT && m.claim->id == 1);
    m = found("", "", "INV-2026-00022", 500, "EUR", ""); /* paid already: found all the same, all of it is credit */
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 8);
}

TEST(bank_match, an_amount_alone_never_matches)
{
    struct match m = found("", "", "subscription", 5000, "EUR", "");

    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.claim == NULL && m.guess_count == 1 && m.guess[0]->id == 2);
    m = found("", "", "", 16440, "EUR", "unknown account");
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3);
    m = found("", "", "", 700, "EUR", "key-of-13"); /* two claims of that amount */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 2);
    m = found("", "", "", 16440, "EUR", "shared"); /* two customers pay from it */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0]->id == 3);
    m = found("", "", "INV-2026-00017 and INV-2026-00018", 16440, "EUR", "key-of-10"); /* two numbers, though one amount fits */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0]->id == 1 && m.guess[1]->id == 2);
    m = found("", "", "INV-2026-00019", 9900, "EUR", ""); /* another currency */
    CU_ASSERT_EQUAL(m.kind, MATCH_NONE);
    m = found("", "", "", 1, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 0);
}

TEST(bank_match, what_is_above_a_claim_is_credit)
{
    struct match_claim claim = {1, 1, "X-00001", 1000, "EUR"};
    struct match_split split = match_apply(&claim, 400);

    CU_ASSERT_TRUE(split.applied_minor == 400 && split.above_minor == 0 && claim.open_minor == 600);
    split = match_apply(&claim, 700);
    CU_ASSERT_TRUE(split.applied_minor == 600 && split.above_minor == 100 && claim.open_minor == 0);
    split = match_apply(&claim, 5);
    CU_ASSERT_TRUE(split.applied_minor == 0 && split.above_minor == 5);
}

TEST(bank_match, what_stands_around_a_number_does_not_hide_it)
{
    struct match m = found("", "", "NO:inv_2026~00017 {paid}", 100, "EUR", "");

    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 1);
    m = found("", "INV-2026-00018", "re INV-2026-00018", 100, "EUR", ""); /* told twice it is one */
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 2);
    m = found("", "", "thanks for invoice INV-2026-00018 of november-december-2026-for-both-offices", 100, "EUR", "");
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 2);
    m = found("", "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678 INV-2026-00018", 100, "EUR", ""); /* a word longer than any number */
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim->id == 2);
}

/* 140 characters have 64 words when each is a letter: what comes behind them is not looked at. */
TEST(bank_match, a_text_ends_somewhere)
{
    char text[200];

    for (size_t i = 0; i < 128; i += 2)
        memcpy(text + i, "a ", 2);
    strcpy(text + 128, "INV-2026-00018");
    CU_ASSERT_EQUAL(found("", "", text, 100, "EUR", "").kind, MATCH_NONE);
    memcpy(text, "INV-2026-00018 ", 15);
    CU_ASSERT_EQUAL(found("", "", text, 100, "EUR", "").kind, MATCH_NUMBER);
}

/* A short number would be found in any text, a long one fits into no reference (ISO 11649: 21 characters). */
TEST(bank_match, numbers_of_few_characters_and_of_many)
{
    struct match_claim odd[] = {{1, 1, "A-12", 100, "EUR"}, {2, 1, "HOUSE-OF-MANY-WORDS-2026-00017", 100, "EUR"}, {3, 1, "HOUSE-OF-MANY-MORE-WORDS-THAN-FIT-2026-00017", 100, "EUR"}};
    struct match_book *book = match_book_new(test_arena(), odd, COUNT_OF(odd), NULL, 0);
    struct match_entry entry = {"", "", "A-12", 5, "EUR", ""};
    char rf[RF_BYTES];
    struct match m;

    CU_ASSERT_EQUAL(match_find(book, &entry).kind, MATCH_NONE);
    CU_ASSERT_TRUE(rf_reference_make("A-12", rf));
    entry.reference = rf;
    m = match_find(book, &entry);
    CU_ASSERT_TRUE(m.kind == MATCH_REFERENCE && m.claim == &odd[0]);
    entry = (struct match_entry){"", "", odd[1].number, 5, "EUR", ""};
    m = match_find(book, &entry);
    CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim == &odd[1]);
    entry.text = odd[2].number;
    CU_ASSERT_EQUAL(match_find(book, &entry).kind, MATCH_NONE);
}

TEST(bank_match, two_references_are_for_a_person)
{
    char one[RF_BYTES], two[RF_BYTES], francs[RF_BYTES];
    struct match m;

    rf_reference_make("INV-2026-00017", one);
    rf_reference_make("INV-2026-00018", two);
    rf_reference_make("INV-2026-00019", francs);
    m = found(two, "", one, 16440, "EUR", "key-of-10"); /* though amount and account fit the first alone */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0]->id == 1 && m.guess[1]->id == 2 && m.guess[2]->id == 3);
    m = found(francs, "", "", 9900, "EUR", ""); /* asked in francs */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 1 && m.guess[0]->id == 4);
}

TEST(bank_match, five_invoices_in_one_transfer_are_for_a_person)
{
    struct match m = found("", "", "INV-2026-00017, INV-2026-00018, INV-2026-00171, INV-2026-00020, INV-2026-00021", 39680, "EUR", "key-of-13");

    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.claim == NULL && m.guess_count == 3);
    CU_ASSERT_TRUE(m.guess[0]->id == 5 && m.guess[1]->id == 6 && m.guess[2]->id == 1); /* the payer's own first; the older before the younger */
}

TEST(bank_match, what_is_paid_or_in_another_currency_is_no_guess_of_an_account)
{
    struct match_claim c[] = {{1, 1, "INV-2026-00001", 0, "EUR"}, {2, 1, "INV-2026-00002", 700, "CHF"}, {3, 2, "INV-2026-00003", 700, "CHF"}, {4, 1, "INV-2026-00004", 300, "EUR"}};
    const struct match_account account = {"known", 1};
    struct match_book *book = match_book_new(test_arena(), c, COUNT_OF(c), &account, 1);
    struct match_entry entry = {"", "", "", 700, "EUR", "known"};
    struct match m = match_find(book, &entry);

    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 2 && m.guess[0] == &c[1] && m.guess[1] == &c[3]);
    entry.amount_minor = 300;
    m = match_find(book, &entry);
    CU_ASSERT_TRUE(m.kind == MATCH_AMOUNT_AND_ACCOUNT && m.claim == &c[3]);
    (void)match_apply(&c[3], 300); /* the next one of the same file finds it paid */
    CU_ASSERT_EQUAL(match_find(book, &entry).kind, MATCH_NONE);
}

/* Forty invoices of one customer, two of them of the amount: these are guessed first, wherever they stand. */
TEST(bank_match, of_many_the_best_are_guessed)
{
    const struct match_account account = {"known", 1};
    struct match_claim many[40];
    struct match_book *book;
    struct match_entry entry = {"", "", "", 777, "EUR", "known"};
    struct match m;

    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (struct match_claim){(int64_t)i + 1, 1, arena_printf(test_arena(), "INV-2026-%05zu", i), 1000, "EUR"};
    many[3].open_minor = many[30].open_minor = 777;
    book = match_book_new(test_arena(), many, COUNT_OF(many), &account, 1);
    m = match_find(book, &entry);
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0] == &many[3] && m.guess[1] == &many[30] && m.guess[2] == &many[0]);
    entry.amount_minor = 1000;
    entry.account_key = ""; /* 38 of one amount and nobody known: some of them */
    m = match_find(book, &entry);
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0]->open_minor == 1000);
    entry.text = "INV-2026-00000 INV-2026-00001 INV-2026-00002 INV-2026-00003 INV-2026-00004 INV-2026-00005 INV-2026-00006 INV-2026-00007 INV-2026-00008";
    m = match_find(book, &entry); /* nine in one transfer */
    CU_ASSERT_TRUE(m.kind == MATCH_NONE && m.guess_count == 3 && m.guess[0] == &many[0] && m.guess[1] == &many[1] && m.guess[2] == &many[2]);
}

TEST(bank_match, names_are_the_database_s_words)
{
    SAME_TEXT(match_kind_name(MATCH_NONE), "none");
    SAME_TEXT(match_kind_name(MATCH_REFERENCE), "reference");
    SAME_TEXT(match_kind_name(MATCH_NUMBER), "number");
    SAME_TEXT(match_kind_name(MATCH_AMOUNT_AND_ACCOUNT), "amount_and_account");
}

/* Random texts with random numbers: a match by number always names exactly that number in the text. */
TEST(bank_match, numbers_are_found_wherever_they_stand)
{
    static const char *const before[] = {"", "invoice ", "FACT: ", "/RFB/", "2026 "}, *const after[] = {"", " thanks", "/", " 16440", "."};
    struct match_claim many[200];
    struct match_book *book;
    uint64_t seed = 11;

    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (struct match_claim){(int64_t)i + 1, 1, arena_printf(test_arena(), "INV-2026-%05zu", i * 37), 1000, "EUR"};
    book = match_book_new(test_arena(), many, COUNT_OF(many), NULL, 0);
    for (uint64_t i = 0; i < test_seeds() / 4; i++) {
        size_t pick = (size_t)seeded_between(&seed, 0, COUNT_OF(many) - 1);
        struct match_entry entry = {"", "", arena_printf(test_arena(), "%s%s%s", before[seeded_between(&seed, 0, 4)], many[pick].number,
                                                         after[seeded_between(&seed, 0, 4)]), 1000, "EUR", ""};
        struct match m = match_find(book, &entry);

        CU_ASSERT_TRUE(m.kind == MATCH_NUMBER && m.claim == &many[pick]);
    }
}
