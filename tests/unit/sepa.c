/* sepa: references, days, mandates, return codes, characters, QR text: worked cases, properties, and the public vectors, those
 * of accounts too, when they are there. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/str.h"
#include "core/date.h"
#include "core/epc_qr.h"
#include "core/iban.h"
#include "core/mandate.h"
#include "core/return_code.h"
#include "core/rf_reference.h"
#include "core/sepa_text.h"
#include "core/target_day.h"
#include "test.h"

static int32_t day(const char *iso)
{
    int32_t on = DATE_NONE;

    CU_ASSERT_TRUE(date_parse_iso(iso, &on));
    return on;
}

static const char *iso(int32_t on)
{
    static char text[DATE_TEXT_BYTES];

    return on == DATE_NONE ? "" : date_iso(on, text);
}

/* The columns of a tab-separated line; "" where it has fewer. */
static void columns(char *line, char *column[5])
{
    for (int i = 0; i < 5; i++) {
        char *tab = strchr(line, '\t');

        column[i] = line;
        line[strcspn(line, "\r\n")] = '\0';
        if (tab != NULL)
            *tab = '\0';
        line = tab == NULL ? line + strlen(line) : tab + 1;
    }
}

static FILE *vectors(const char *name)
{
    FILE *file = fopen(arena_printf(test_arena(), "../shared/data/ref/%s", name), "r");

    if (file == NULL)
        printf("skipped: no ../shared/data/ref/%s ... ", name);
    return file;
}

/* ---- accounts ---- */

TEST(sepa, public_vectors_of_ibans_and_identifiers)
{
    FILE *file = vectors("iban-vectors.tsv");
    char line[512], *column[5];
    int seen = 0;

    if (file != NULL) {
        while (fgets(line, sizeof line, file) != NULL) {
            char iban[IBAN_BYTES];
            bool valid, lower;

            columns(line, column);
            if (strcmp(column[0], "iban") == 0)
                continue;
            valid = strncmp(column[1], "valid", 5) == 0;
            lower = strcmp(column[2], "lowercase version") == 0; /* refused as it stands; typed so, it is made capital */
            CU_ASSERT_TRUE(iban_normalise(column[0], iban) || !valid);
            if ((iban_verdict(lower ? column[0] : iban) == IBAN_WELL_FORMED) != valid)
                SAME_TEXT(column[0], column[1]);
            seen++;
        }
        fclose(file);
        CU_ASSERT_TRUE(seen > 150);
    }
    file = vectors("identifier-vectors.tsv");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        char text[64];
        bool valid, ok;

        columns(line, column);
        valid = strcmp(column[2], "valid") == 0;
        if (strcmp(column[0], "BIC") == 0)
            ok = bic_normalise(column[1], text) && bic_ok(text);
        else if (strcmp(column[0], "RF creditor reference") == 0)
            ok = rf_reference_parse(column[1], text);
        else if (strcmp(column[0], "SEPA creditor identifier AT-02") == 0)
            ok = creditor_id_normalise(column[1], text) && creditor_id_verdict(text) == CREDITOR_ID_WELL_FORMED;
        else
            continue;
        if (ok != valid)
            SAME_TEXT(column[1], column[2]);
    }
    fclose(file);
}

TEST(sepa, references_of_documents)
{
    char rf[RF_BYTES], text[RF_GROUPED_BYTES];

    CU_ASSERT_TRUE(rf_reference_make("539007547034", rf));
    SAME_TEXT(rf, "RF18539007547034");
    SAME_TEXT(rf_reference_grouped(rf, text), "RF18 5390 0754 7034");
    CU_ASSERT_TRUE(rf_reference_make("INV-2026-00017", rf));
    CU_ASSERT_TRUE(rf_reference_parse(rf, rf));
    SAME_TEXT(rf + 4, "INV202600017");
    CU_ASSERT_TRUE(rf_reference_parse("rf18 5390 0754 7034", rf));
    CU_ASSERT_FALSE(rf_reference_parse("RF19 5390 0754 7034", rf));
    SAME_TEXT(rf, "");
    CU_ASSERT_FALSE(rf_reference_parse("RF18", rf) || rf_reference_parse("", rf) || rf_reference_parse("RF18-539007547034", rf));
    CU_ASSERT_FALSE(rf_reference_make("---", rf));
    CU_ASSERT_FALSE(rf_reference_make("1234567890123456789012", rf)); /* 22 characters */
}

/* ---- days ---- */

TEST(sepa, target_closing_days)
{
    FILE *file = vectors("target2-closing-days.tsv");
    char line[512], *column[5];
    bool closed[400] = {false};
    int year = 0, seen = 0;

    CU_ASSERT_FALSE(target_is_open(day("2026-04-03")) || target_is_open(day("2026-04-06")));
    CU_ASSERT_FALSE(target_is_open(day("2027-03-26")) || target_is_open(day("2027-03-29")));
    CU_ASSERT_FALSE(target_is_open(day("2028-04-14")) || target_is_open(day("2028-04-17")));
    CU_ASSERT_TRUE(target_is_open(day("2026-07-14")) && target_is_open(day("2026-11-11")));
    SAME_TEXT(iso(easter_on(2026)), "2026-04-05");
    SAME_TEXT(iso(easter_on(2038)), "2038-04-25"); /* the latest possible */
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        int32_t on, first;

        columns(line, column);
        if (!date_parse_iso(column[0], &on))
            continue;
        seen++;
        if (date_civil(on).year != year) { /* the year before: every other weekday is open */
            for (int32_t d = year == 0 ? 0 : date_from_civil(year, 1, 1); year != 0 && d < date_from_civil(year + 1, 1, 1); d++)
                CU_ASSERT_EQUAL(target_is_open(d), date_weekday(d) < 6 && !closed[d - date_from_civil(year, 1, 1)]);
            year = date_civil(on).year;
            memset(closed, 0, sizeof closed);
        }
        first = date_from_civil(year, 1, 1);
        closed[on - first] = true;
        CU_ASSERT_FALSE(target_is_open(on));
    }
    CU_ASSERT_TRUE(seen > 60);
    fclose(file);
}

TEST(sepa, collections_keep_lead_time_cut_off_and_notice)
{
    struct target_terms terms = {2, 14 * 60};

    /* Thursday 2 April 2026, before the cut-off: Friday and Monday are closed, so the second open day is the 8th. */
    SAME_TEXT(iso(collection_earliest_on(&terms, day("2026-04-02"), 13 * 60 + 59)), "2026-04-08");
    SAME_TEXT(iso(collection_earliest_on(&terms, day("2026-04-02"), 14 * 60)), "2026-04-09");
    SAME_TEXT(iso(collection_earliest_on(&terms, day("2026-04-04"), 600)), "2026-04-09"); /* on a closed day: as of the next */
    SAME_TEXT(iso(collection_on(&terms, day("2026-12-25"), day("2026-12-01"), 14, day("2026-12-01"), 600)), "2026-12-28");
    SAME_TEXT(iso(collection_on(&terms, day("2026-12-05"), day("2026-12-01"), 14, day("2026-12-01"), 600)), "2026-12-15");
    SAME_TEXT(iso(collection_on(&terms, day("2026-11-01"), day("2026-10-01"), 14, day("2026-12-01"), 600)), "2026-12-03");
    SAME_TEXT(iso(collection_file_by(&terms, day("2026-12-28"))), "2026-12-23");
    SAME_TEXT(iso(target_add(day("2026-12-24"), 5)), "2027-01-04");
}

TEST(sepa, a_collection_is_never_early_and_always_on_an_open_day)
{
    uint64_t seed = 7;

    for (uint64_t i = 0; i < test_seeds(); i++) {
        struct target_terms terms = {(int)random_between(&seed, 1, 5), (int)random_between(&seed, 0, 1440)};
        int32_t today_on = (int32_t)random_between(&seed, 20000, 30000), due_on = (int32_t)random_between(&seed, today_on - 60, today_on + 60);
        int notice = (int)random_between(&seed, 1, 14), minute = (int)random_between(&seed, 0, 1439);
        int32_t on = collection_on(&terms, due_on, today_on, notice, today_on, minute);

        CU_ASSERT_TRUE(target_is_open(on));
        CU_ASSERT_TRUE(on >= due_on && on >= today_on + notice);
        CU_ASSERT_TRUE(collection_file_by(&terms, on) >= (minute < terms.cut_off_minute ? today_on : today_on + 1));
        CU_ASSERT_TRUE(on >= collection_earliest_on(&terms, today_on, minute));
    }
}

/* ---- mandates ---- */

TEST(sepa, mandates_expire_after_36_months)
{
    int32_t signed_on = day("2023-11-30"), collected_on = day("2024-02-29");

    SAME_TEXT(iso(mandate_expires_on(signed_on, DATE_NONE)), "2026-11-29");
    SAME_TEXT(iso(mandate_expires_on(signed_on, collected_on)), "2027-02-27"); /* 28 February less a day */
    SAME_TEXT(iso(mandate_warns_on(signed_on, collected_on)), "2026-11-29");
}

TEST(sepa, mandate_moves_are_a_table)
{
    static const char *const wanted[MANDATE_STATES] = {
        /* signs, amends, suspends, revokes, expires, finishes, retracts */
        "A--R---", "-ASREU-", "-ASRE--", "-------", "---R---", "---R--A",
    };
    static const char letter[] = "?DASREU";

    for (int state = 1; state <= MANDATE_STATES; state++)
        for (int event = 1; event <= MANDATE_EVENTS; event++) {
            enum mandate_state next;
            bool moves = mandate_next((enum mandate_state)state, (enum mandate_event)event, &next);
            char seen = moves ? letter[next] : '-';

            if (seen != wanted[state - 1][event - 1])
                SAME_TEXT(mandate_state_name((enum mandate_state)state), arena_printf(test_arena(), "event %d gives %c", event, seen));
            if (!moves)
                CU_ASSERT_EQUAL(next, (enum mandate_state)state);
        }
    for (int state = 1; state <= MANDATE_STATES; state++)
        CU_ASSERT_EQUAL(mandate_state_from_name(mandate_state_name((enum mandate_state)state)), (enum mandate_state)state);
}

TEST(sepa, a_collection_is_refused_for_each_reason)
{
    struct collection_facts ok = {.state = MANDATE_ACTIVE, .signed_on = day("2026-01-10"), .last_collected_on = DATE_NONE, .confirmed_on = DATE_NONE,
                                  .currency = "EUR", .amount_minor = 2990, .noticed_on = day("2026-11-01"), .notice_days = 14};
    struct collection_facts f = ok;
    int32_t on = day("2026-11-16");

    CU_ASSERT_EQUAL(collection_may_be_made(&ok, on), COLLECTION_NOT_REFUSED);
    for (int state = 1; state <= MANDATE_STATES; state++) {
        f.state = (enum mandate_state)state;
        CU_ASSERT_EQUAL(collection_may_be_made(&f, on), state == MANDATE_ACTIVE ? COLLECTION_NOT_REFUSED
                                                        : state == MANDATE_EXPIRED ? COLLECTION_EXPIRED : COLLECTION_NO_MANDATE);
    }
    f = ok, f.signed_on = day("2023-11-17");
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_EXPIRED);
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on - 1), COLLECTION_NOT_REFUSED);
    f = ok, f.b2b = true;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NOT_CONFIRMED);
    f.confirmed_on = day("2026-01-12");
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NOT_REFUSED);
    f = ok, f.currency = "CHF";
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NOT_EURO);
    f = ok, f.amount_minor = 0;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_AMOUNT);
    f.amount_minor = COLLECTION_MAX_MINOR + 1;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_AMOUNT);
    f = ok, f.noticed_on = DATE_NONE;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NOT_NOTICED);
    CU_ASSERT_EQUAL(collection_may_be_made(&ok, day("2026-11-14")), COLLECTION_TOO_SOON);
    CU_ASSERT_EQUAL(collection_may_be_made(&ok, day("2026-11-15")), COLLECTION_NOT_REFUSED);
    f = ok, f.outside_eea = true;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NO_BIC);
    f.has_bic = true;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NO_ADDRESS);
    f = ok, f.one_off = true;
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NOT_REFUSED);
    f.last_collected_on = day("2026-11-02");
    CU_ASSERT_EQUAL(collection_may_be_made(&f, on), COLLECTION_NO_MANDATE);
    SAME_TEXT(sequence_type_code(mandate_sequence(false, false, false, false)), "RCUR");
    SAME_TEXT(sequence_type_code(mandate_sequence(false, false, false, true)), "FRST");
    SAME_TEXT(sequence_type_code(mandate_sequence(false, false, true, true)), "RCUR");
    SAME_TEXT(sequence_type_code(mandate_sequence(false, true, true, true)), "FNAL");
    SAME_TEXT(sequence_type_code(mandate_sequence(true, false, false, true)), "OOFF");
    CU_ASSERT_TRUE(sequence_finishes("OOFF") && sequence_finishes("FNAL"));
    CU_ASSERT_TRUE(!sequence_finishes("FRST") && !sequence_finishes("RCUR") && !sequence_finishes(""));
}

TEST(sepa, amendments_tell_the_old_values_once)
{
    struct mandate_terms old = {"M-2026-00009", "Old SARL", "FR72ZZZ123456", "FR7630006000011234567890189"}, now = old;

    CU_ASSERT_FALSE(mandate_amendment(NULL, &now).any);
    CU_ASSERT_FALSE(mandate_amendment(&old, &now).any);
    now.reference = "m-2026-00009";
    CU_ASSERT_FALSE(mandate_amendment(&old, &now).any);
    now.iban = "DE89370400440532013000";
    CU_ASSERT_TRUE(mandate_amendment(&old, &now).any && mandate_amendment(&old, &now).account);
    CU_ASSERT_TRUE(mandate_amendment(&old, &now).creditor_name == NULL);
    now.creditor_name = "New SAS";
    SAME_TEXT(mandate_amendment(&old, &now).creditor_name, "Old SARL");
    CU_ASSERT_FALSE(mandate_amendment(&now, &now).any);
}

/* ---- returns ---- */

/* Every code, the unknown one too, against every state of a collection. */
TEST(sepa, return_codes_times_states)
{
    static const char *const codes = "AM04 MS03 AG02 FF01 FF05 AM05 DNOR CNOR RC01 BE05 MD02 AC01 AC04 AC06 AC13 RR01 RR02 RR03 RR04 AG01 SL01 MD01 "
                                     "MD07 MS02 MD06";
    size_t count;
    const struct return_rule *rules = return_rules(&count);
    struct str seen = str_new(test_arena());

    for (size_t i = 0; i <= count; i++) {
        const struct return_rule *rule = i < count ? &rules[i] : return_rule_of("XYZ9");

        if (i < count) {
            str_printf(&seen, "%s%s", i == 0 ? "" : " ", rule->code);
            CU_ASSERT_PTR_EQUAL(return_rule_of(rule->code), rule);
        }
        CU_ASSERT_TRUE(rule->text[0] != '\0' && (rule->mandate == 0 || rule->mandate == MANDATE_SUSPENDS || rule->mandate == MANDATE_REVOKES));
        for (int state = 1; state <= ATTEMPT_STATES; state++) {
            struct return_outcome outcome = return_outcome(rule, (enum attempt_state)state);
            enum attempt_state next;

            switch ((enum attempt_state)state) {
            case ATTEMPT_PENDING:
                CU_ASSERT_TRUE(outcome.acts && outcome.claim == CLAIM_STAYS && outcome.person == rule->person);
                CU_ASSERT_EQUAL(attempt_next(ATTEMPT_PENDING, outcome.attempt, &next), ATTEMPT_MOVES);
                CU_ASSERT_EQUAL(next, ATTEMPT_DECLINED);
                break;
            case ATTEMPT_SUCCEEDED:
                CU_ASSERT_TRUE(outcome.acts && outcome.claim == CLAIM_REOPENS && outcome.person == rule->person);
                CU_ASSERT_EQUAL(attempt_next(ATTEMPT_SUCCEEDED, outcome.attempt, &next), ATTEMPT_MOVES);
                CU_ASSERT_EQUAL(next, ATTEMPT_REVERSED);
                break;
            case ATTEMPT_DECLINED:
            case ATTEMPT_REVERSED: /* the second file says the same: nothing */
                CU_ASSERT_TRUE(!outcome.acts && !outcome.person && outcome.claim == CLAIM_STAYS);
                break;
            default:
                CU_ASSERT_TRUE(!outcome.acts && outcome.person && outcome.claim == CLAIM_STAYS);
            }
        }
        /* Only missing money is asked for again, and only twice. */
        CU_ASSERT_EQUAL(return_retry_on(rule, day("2026-11-23"), 0) != DATE_NONE, i < count && strcmp(rule->code, "AM04") == 0);
        CU_ASSERT_EQUAL(return_retry_on(rule, day("2026-11-23"), 2), DATE_NONE);
    }
    SAME_TEXT(seen.text, codes);
    CU_ASSERT_TRUE(return_rule_of("XYZ9")->class == RETURN_HARD && return_rule_of("XYZ9")->person && return_rule_of("")->person);
    CU_ASSERT_EQUAL(return_rule_of("MD01")->mandate, MANDATE_REVOKES);
    CU_ASSERT_EQUAL(return_rule_of("AC04")->mandate, MANDATE_SUSPENDS);
    CU_ASSERT_EQUAL(return_rule_of("MD06")->mandate, 0);
    CU_ASSERT_EQUAL(return_rule_of("MD07")->contact, CONTACT_SILENCE);
    SAME_TEXT(iso(return_retry_on(return_rule_of("AM04"), day("2026-12-23"), 1)), "2026-12-31");
}

TEST(sepa, settlement_and_refund_windows)
{
    SAME_TEXT(iso(collection_settles_on(SCHEME_CORE, day("2026-12-22"))), "2026-12-30");
    SAME_TEXT(iso(collection_settles_on(SCHEME_B2B, day("2026-12-22"))), "2026-12-28");
    SAME_TEXT(iso(refund_until_on(SCHEME_CORE, true, day("2026-10-01"))), "2026-11-26");
    SAME_TEXT(iso(refund_until_on(SCHEME_CORE, false, day("2026-01-31"))), "2027-02-28");
    SAME_TEXT(iso(refund_until_on(SCHEME_B2B, true, day("2026-10-01"))), "2026-10-01");
    SAME_TEXT(iso(refund_until_on(SCHEME_B2B, false, day("2026-10-01"))), "2027-11-01");
}

/* ---- characters ---- */

TEST(sepa, text_is_transliterated)
{
    static const struct {
        const char *text, *wanted;
        bool whole;
    } row[] = {
        {"Société Générale d'Œuvres & Cie", "Societe Generale d'OEuvres + Cie", true},
        {"Müller Straße Łódź Škoda", "Muller Strasse Lodz Skoda", true},
        {"Αθήνα Ελλάς", "Athina Ellas", true},
        {"Банка България", "Banka Balgariya", true},
        {"«Été» – 10 €; [x]", "'Ete' - 10 E, (x)", true},
        {"  two   blanks  ", "two blanks", true},
        {"a\r\nb", "a b", true},
        {"日本 Ltd", "?? Ltd", false},
        {"e\xCC\x81", "e", true}, /* combining acute */
        {"cut\xC3", "cut?", false},
        {"", "", true},
    };
    char out[SEPA_TEXT_MAX + 1];

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        bool whole = sepa_text(row[i].text, SEPA_TEXT_MAX, out);

        SAME_TEXT(out, row[i].wanted);
        CU_ASSERT_EQUAL(whole, row[i].whole);
    }
    CU_ASSERT_FALSE(sepa_text("abcdef", 3, out));
    SAME_TEXT(out, "abc");
    CU_ASSERT_TRUE(sepa_id_ok("INV-2026-00017-1") && sepa_id_ok("a/b"));
    CU_ASSERT_FALSE(sepa_id_ok("") || sepa_id_ok("a b") || sepa_id_ok("/a") || sepa_id_ok("a/") || sepa_id_ok("a//b") || sepa_id_ok("a_b") ||
                    sepa_id_ok("123456789012345678901234567890123456"));
}

/* Whatever bytes come in, only allowed characters come out. */
TEST(sepa, text_has_only_allowed_characters)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ";
    uint64_t seed = 3;

    for (uint64_t i = 0; i < test_seeds(); i++) {
        char in[40] = "", out[36];

        for (size_t k = 0; k < sizeof in - 1; k++)
            in[k] = (char)random_between(&seed, 1, 255);
        sepa_text(in, 35, out);
        CU_ASSERT_TRUE(strlen(out) <= 35 && strspn(out, allowed) == strlen(out));
    }
}

TEST(sepa, qr_text_of_a_transfer)
{
    struct epc_transfer t = {"", "Brume SARL", "FR7630006000011234567890189", 16440, "RF18539007547034", "ignored"};

    SAME_TEXT(epc_qr_text(test_arena(), &t), "BCD\n002\n1\nSCT\n\nBrume SARL\nFR7630006000011234567890189\nEUR164.40\n\nRF18539007547034");
    t.reference = "", t.text = "Invoice\nINV 1";
    SAME_TEXT(epc_qr_text(test_arena(), &t), "BCD\n002\n1\nSCT\n\nBrume SARL\nFR7630006000011234567890189\nEUR164.40\n\n\nInvoice INV 1");
    t.text = "";
    SAME_TEXT(epc_qr_text(test_arena(), &t), "BCD\n002\n1\nSCT\n\nBrume SARL\nFR7630006000011234567890189\nEUR164.40");
    t.amount_minor = 0;
    CU_ASSERT_PTR_NULL(epc_qr_text(test_arena(), &t));
    t.amount_minor = COLLECTION_MAX_MINOR + 1;
    CU_ASSERT_PTR_NULL(epc_qr_text(test_arena(), &t));
    t.amount_minor = 5, t.iban = "FR7630006000011234567890188";
    CU_ASSERT_PTR_NULL(epc_qr_text(test_arena(), &t));
}
