#include "core/iban.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/country.h"
#include "core/mod97.h"

#define N_(text) text

enum area { OUTSIDE, SEPA, EEA };

/* After country and check digits: n digits, a capital letters, c either. */
static const struct account {
    char country[3];
    char shape[11];
    unsigned char area;
} account[] = {
    {"AD", "n8c12", SEPA},      {"AE", "n19", OUTSIDE},     {"AL", "n8c16", SEPA},      {"AT", "n16", EEA},
    {"AZ", "a4c20", OUTSIDE},   {"BA", "n16", OUTSIDE},     {"BE", "n12", EEA},         {"BG", "a4n6c8", EEA},
    {"BH", "a4c14", OUTSIDE},   {"BI", "n23", OUTSIDE},     {"BR", "n23a1c1", OUTSIDE}, {"BY", "c4n4c16", OUTSIDE},
    {"CH", "n5c12", SEPA},      {"CR", "n18", OUTSIDE},     {"CY", "n8c16", EEA},       {"CZ", "n20", EEA},
    {"DE", "n18", EEA},         {"DJ", "n23", OUTSIDE},     {"DK", "n14", EEA},         {"DO", "c4n20", OUTSIDE},
    {"EE", "n16", EEA},         {"EG", "n25", OUTSIDE},     {"ES", "n20", EEA},         {"FI", "n14", EEA},
    {"FK", "a2n12", OUTSIDE},   {"FO", "n14", OUTSIDE},     {"FR", "n10c11n2", EEA},    {"GB", "a4n14", SEPA},
    {"GE", "a2n16", OUTSIDE},   {"GI", "a4c15", SEPA},      {"GL", "n14", OUTSIDE},     {"GR", "n7c16", EEA},
    {"GT", "c24", OUTSIDE},     {"HN", "a4n20", OUTSIDE},   {"HR", "n17", EEA},         {"HU", "n24", EEA},
    {"IE", "a4n14", EEA},       {"IL", "n19", OUTSIDE},     {"IQ", "a4n15", OUTSIDE},   {"IS", "n22", EEA},
    {"IT", "a1n10c12", EEA},    {"JO", "a4n4c18", OUTSIDE}, {"KW", "a4c22", OUTSIDE},   {"KZ", "n3c13", OUTSIDE},
    {"LB", "n4c20", OUTSIDE},   {"LC", "a4c24", OUTSIDE},   {"LI", "n5c12", EEA},       {"LT", "n16", EEA},
    {"LU", "n3c13", EEA},       {"LV", "a4c13", EEA},       {"LY", "n21", OUTSIDE},     {"MC", "n10c11n2", SEPA},
    {"MD", "c20", SEPA},        {"ME", "n18", SEPA},        {"MK", "n3c10n2", SEPA},    {"MN", "n16", OUTSIDE},
    {"MR", "n23", OUTSIDE},     {"MT", "a4n5c18", EEA},     {"MU", "a4n19a3", OUTSIDE}, {"NI", "a4n20", OUTSIDE},
    {"NL", "a4n10", EEA},       {"NO", "n11", EEA},         {"OM", "n3c16", OUTSIDE},   {"PK", "a4c16", OUTSIDE},
    {"PL", "n24", EEA},         {"PS", "a4c21", OUTSIDE},   {"PT", "n21", EEA},         {"QA", "a4c21", OUTSIDE},
    {"RO", "a4c16", EEA},       {"RS", "n18", SEPA},        {"RU", "n14c15", OUTSIDE},  {"SA", "n2c18", OUTSIDE},
    {"SC", "a4n20a3", OUTSIDE}, {"SD", "n14", OUTSIDE},     {"SE", "n20", EEA},         {"SI", "n15", EEA},
    {"SK", "n20", EEA},         {"SM", "a1n10c12", SEPA},   {"SO", "n19", OUTSIDE},     {"ST", "n21", OUTSIDE},
    {"SV", "a4n20", OUTSIDE},   {"TL", "n19", OUTSIDE},     {"TN", "n20", OUTSIDE},     {"TR", "n6c16", OUTSIDE},
    {"UA", "n6c19", OUTSIDE},   {"VA", "n18", SEPA},        {"VG", "a4n16", OUTSIDE},   {"XK", "n16", OUTSIDE},
    {"YE", "a4n4c18", OUTSIDE},
    /* Territories that the registry counts with France, Finland and the United Kingdom, under their own letters; those
     * of the Pacific and the Southern Lands have no euro and no SEPA. */
    {"AX", "n14", EEA},         {"BL", "n10c11n2", EEA},    {"GF", "n10c11n2", EEA},    {"GG", "a4n14", SEPA},
    {"GP", "n10c11n2", EEA},    {"IM", "a4n14", SEPA},      {"JE", "a4n14", SEPA},      {"MF", "n10c11n2", EEA},
    {"MQ", "n10c11n2", EEA},    {"NC", "n10c11n2", OUTSIDE}, {"PF", "n10c11n2", OUTSIDE}, {"PM", "n10c11n2", EEA},
    {"RE", "n10c11n2", EEA},    {"TF", "n10c11n2", OUTSIDE}, {"WF", "n10c11n2", OUTSIDE}, {"YT", "n10c11n2", EEA},
};

static const struct account *account_of(const char *country)
{
    for (size_t i = 0; i < COUNT_OF(account); i++)
        if (strncmp(account[i].country, country, 2) == 0)
            return &account[i];
    return NULL;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Capital letters, no blanks; `room` counts the NUL. */
static bool squeeze(const char *text, char *out, size_t room)
{
    size_t used = 0;

    while (*text != '\0') {
        size_t blank = strchr(" \t\r\n", *text) != NULL ? 1 : strncmp(text, "\xC2\xA0", 2) == 0 ? 2
                     : strncmp(text, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;

        if (blank > 0) {
            text += blank;
            continue;
        }
        if (used == room - 1)
            return false;
        out[used++] = (char)(*text >= 'a' && *text <= 'z' ? *text - 32 : *text);
        text++;
    }
    out[used] = '\0';
    return true;
}

bool iban_normalise(const char *text, char iban[IBAN_BYTES])
{
    char wide[IBAN_BYTES + 4];
    bool named;

    if (!squeeze(text, wide, sizeof wide))
        return false;
    named = strncmp(wide, "IBAN", 4) == 0;
    if (strlen(wide) > IBAN_BYTES - 1 + (named ? 4u : 0u))
        return false;
    strcpy(iban, wide + (named ? 4 : 0));
    return true;
}

enum iban_verdict iban_verdict(const char *iban)
{
    const struct account *a;
    size_t length = strlen(iban), at = 4, wanted = 4;

    if (length == 0)
        return IBAN_EMPTY;
    for (size_t i = 0; i < length; i++)
        if (!digit(iban[i]) && !capital(iban[i]))
            return IBAN_WRONG_CHARACTERS;
    if (length >= IBAN_BYTES)
        return IBAN_WRONG_CHARACTERS;
    a = length >= 2 ? account_of(iban) : NULL;
    if (a == NULL)
        return IBAN_UNKNOWN_COUNTRY;
    for (const char *p = a->shape; *p != '\0';) {
        char *end;

        wanted += strtoul(p + 1, &end, 10);
        p = end;
    }
    if (length != wanted)
        return IBAN_WRONG_LENGTH;
    if (!digit(iban[2]) || !digit(iban[3]))
        return IBAN_WRONG_SHAPE;
    for (const char *p = a->shape; *p != '\0';) {
        char *end, kind = *p;

        for (size_t n = strtoul(p + 1, &end, 10); n > 0; n--, at++)
            if ((kind == 'n' && !digit(iban[at])) || (kind == 'a' && !capital(iban[at])))
                return IBAN_WRONG_SHAPE;
        p = end;
    }
    /* 00, 01 and 99 divide as 97, 98 and 02 do, but are never given out. */
    if (strncmp(iban + 2, "00", 2) == 0 || strncmp(iban + 2, "01", 2) == 0 || strncmp(iban + 2, "99", 2) == 0)
        return IBAN_WRONG_CHECK_DIGITS;
    return mod97(mod97(0, iban + 4, length - 4), iban, 4) == 1 ? IBAN_WELL_FORMED : IBAN_WRONG_CHECK_DIGITS;
}

bool iban_country_in_sepa(const char *country)
{
    const struct account *a = account_of(country);

    return a != NULL && a->area != OUTSIDE;
}

bool iban_country_in_eea(const char *country)
{
    const struct account *a = account_of(country);

    return a != NULL && a->area == EEA;
}

enum iban_verdict iban_verdict_sepa(const char *iban)
{
    enum iban_verdict verdict = iban_verdict(iban);

    return verdict == IBAN_WELL_FORMED && !iban_country_in_sepa(iban) ? IBAN_OUTSIDE_SEPA : verdict;
}

const char *iban_verdict_text(enum iban_verdict verdict)
{
    switch (verdict) {
    case IBAN_WELL_FORMED: return "";
    case IBAN_EMPTY: return N_("Enter the IBAN");
    case IBAN_WRONG_CHARACTERS: return N_("An IBAN has only letters and digits, at most 34");
    case IBAN_UNKNOWN_COUNTRY: return N_("An IBAN starts with the two letters of its country, for example FR");
    case IBAN_WRONG_LENGTH: return N_("This IBAN is too short or too long for its country");
    case IBAN_WRONG_SHAPE: return N_("This IBAN has letters or digits where its country does not have them");
    case IBAN_WRONG_CHECK_DIGITS: return N_("This IBAN has a typing error: its check digits do not fit");
    case IBAN_OUTSIDE_SEPA: return N_("This account is in a country outside SEPA");
    }
    return "";
}

const char *iban_grouped(const char *iban, char text[IBAN_GROUPED_BYTES])
{
    size_t used = 0;

    for (size_t i = 0; iban[i] != '\0' && used < IBAN_GROUPED_BYTES - 2; i++) {
        if (i > 0 && i % 4 == 0)
            text[used++] = ' ';
        text[used++] = iban[i];
    }
    text[used] = '\0';
    return text;
}

const char *iban_masked(const char *iban, char text[IBAN_GROUPED_BYTES])
{
    size_t length = strlen(iban);

    text[0] = '\0';
    if (length < 12)
        return text;
    memcpy(text, iban, 4);
    memcpy(text + 4, " \xE2\x80\xA6 ", 5);
    memcpy(text + 9, iban + length - 4, 5);
    return text;
}

bool iban_rib_key_fits(const char *iban)
{
    /* Letters of the account count as on a telephone's rows of nine: A J = 1, B K S = 2, ... */
    int bank = 0, branch = 0, number = 0, key;

    if ((strncmp(iban, "FR", 2) != 0 && strncmp(iban, "MC", 2) != 0) || iban_verdict(iban) != IBAN_WELL_FORMED)
        return true;
    for (int i = 4; i < 9; i++) {
        bank = (bank * 10 + iban[i] - '0') % 97;
        branch = (branch * 10 + iban[i + 5] - '0') % 97;
    }
    for (int i = 14; i < 25; i++) {
        char c = iban[i];
        int value = digit(c) ? c - '0' : c <= 'I' ? c - 'A' + 1 : c <= 'R' ? c - 'J' + 1 : c - 'S' + 2;

        number = (number * 10 + value) % 97;
    }
    key = (iban[25] - '0') * 10 + iban[26] - '0';
    return key == 97 - (89 * bank + 15 * branch + 3 * number) % 97;
}

bool bic_normalise(const char *text, char bic[BIC_BYTES])
{
    return squeeze(text, bic, BIC_BYTES);
}

bool bic_ok(const char *bic)
{
    size_t length = strlen(bic);
    char country[3];

    if (length != 8 && length != 11)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!capital(bic[i]) && (!digit(bic[i]) || i == 4 || i == 5))
            return false;
    memcpy(country, bic + 4, 2);
    country[2] = '\0';
    return strcmp(country, "XK") == 0 || country_known(country);
}

bool bic_fits_iban(const char *bic, const char *iban)
{
    static const char shared[][2][3] = {
        /* Accounts under another prefix than the bank's country: SWIFT registry, "includes other territories". */
        {"GP", "FR"}, {"MQ", "FR"}, {"GF", "FR"}, {"RE", "FR"}, {"YT", "FR"}, {"PM", "FR"}, {"BL", "FR"}, {"MF", "FR"},
        {"PF", "FR"}, {"NC", "FR"}, {"WF", "FR"}, {"TF", "FR"}, {"AX", "FI"}, {"IM", "GB"}, {"JE", "GB"}, {"GG", "GB"},
    };
    const char *country = bic + 4;

    if (strncmp(country, iban, 2) == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(shared); i++)
        if (strncmp(shared[i][0], country, 2) == 0 && strncmp(shared[i][1], iban, 2) == 0)
            return true;
    return false;
}

bool creditor_id_normalise(const char *text, char id[CREDITOR_ID_BYTES])
{
    return squeeze(text, id, CREDITOR_ID_BYTES);
}

enum creditor_id_verdict creditor_id_verdict(const char *id)
{
    size_t length = strlen(id);

    if (length == 0)
        return CREDITOR_ID_EMPTY;
    if (length < 8 || length >= CREDITOR_ID_BYTES || !iban_country_in_sepa(id) || !digit(id[2]) || !digit(id[3]))
        return CREDITOR_ID_WRONG_SHAPE;
    for (size_t i = 0; i < length; i++)
        if (!capital(id[i]) && !digit(id[i]))
            return CREDITOR_ID_WRONG_SHAPE;
    if (strncmp(id, "FR", 2) == 0 && length != 13)
        return CREDITOR_ID_WRONG_SHAPE;
    return mod97(mod97(0, id + 7, length - 7), id, 4) == 1 ? CREDITOR_ID_WELL_FORMED : CREDITOR_ID_WRONG_CHECK_DIGITS;
}

const char *creditor_id_verdict_text(enum creditor_id_verdict verdict)
{
    switch (verdict) {
    case CREDITOR_ID_WELL_FORMED: return "";
    case CREDITOR_ID_EMPTY: return N_("Enter the SEPA creditor identifier");
    case CREDITOR_ID_WRONG_SHAPE: return N_("A creditor identifier looks like FR72ZZZ123456: country, two digits, business code, number");
    case CREDITOR_ID_WRONG_CHECK_DIGITS: return N_("This creditor identifier has a typing error: its check digits do not fit");
    }
    return "";
}
