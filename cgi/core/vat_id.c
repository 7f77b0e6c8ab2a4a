#include "core/vat_id.h"

#include <string.h>

#include "base/check.h"
#include "core/vat_digits.h"

/* Prefix of the number, its ISO country, and the least and most characters behind the prefix. */
static const struct {
    char prefix[3];
    char country[3];
    int least, most;
    bool letters;
} shape[] = {
    {"AT", "AT", 9, 9, true},  {"BE", "BE", 10, 10, false}, {"BG", "BG", 9, 10, false}, {"CY", "CY", 9, 9, true},
    {"CZ", "CZ", 8, 10, false}, {"DE", "DE", 9, 9, false},  {"DK", "DK", 8, 8, false},  {"EE", "EE", 9, 9, false},
    {"EL", "GR", 9, 9, false}, {"ES", "ES", 9, 9, true},    {"FI", "FI", 8, 8, false},  {"FR", "FR", 11, 11, true},
    {"HR", "HR", 11, 11, false}, {"HU", "HU", 8, 8, false}, {"IE", "IE", 8, 9, true},   {"IT", "IT", 11, 11, false},
    {"LT", "LT", 9, 12, false}, {"LU", "LU", 8, 8, false},  {"LV", "LV", 11, 11, false}, {"MT", "MT", 8, 8, false},
    {"NL", "NL", 12, 12, true}, {"PL", "PL", 10, 10, false}, {"PT", "PT", 9, 9, false}, {"RO", "RO", 2, 10, false},
    {"SE", "SE", 12, 12, false}, {"SI", "SI", 8, 8, false}, {"SK", "SK", 10, 10, false},
    {"XI", "GB", 5, 12, true},
};

#define N_(text) text

static bool digits_only(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

bool vat_id_normalise(const char *text, char vat_id[VAT_ID_BYTES])
{
    size_t used = 0;

    while (*text != '\0') {
        char c = *text;

        if (strncmp(text, "\xC2\xA0", 2) == 0) {
            text += 2;
            continue;
        }
        text++;
        if (strchr(" .-/", c) != NULL)
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) || used == VAT_ID_BYTES - 1)
            return false;
        vat_id[used++] = c;
    }
    vat_id[used] = '\0';
    return true;
}

const char *vat_id_country(const char *vat_id)
{
    for (size_t i = 0; i < COUNT_OF(shape); i++)
        if (strncmp(shape[i].prefix, vat_id, 2) == 0)
            return shape[i].country;
    return "";
}

enum vat_id_verdict vat_id_verdict(const char *vat_id)
{
    size_t i = 0;
    const char *number = vat_id + 2;
    int length;

    if (vat_id[0] == '\0')
        return VAT_ID_EMPTY;
    while (i < COUNT_OF(shape) && strncmp(shape[i].prefix, vat_id, 2) != 0)
        i++;
    if (i == COUNT_OF(shape))
        return VAT_ID_UNKNOWN_COUNTRY;
    length = (int)strlen(number);
    if (length < shape[i].least || length > shape[i].most || (!shape[i].letters && !digits_only(number)))
        return VAT_ID_WRONG_SHAPE;
    return vat_digits_hold(shape[i].prefix, number) ? VAT_ID_WELL_FORMED : VAT_ID_WRONG_CHECK_DIGITS;
}

bool vat_id_fits(const char *vat_id, const char *country)
{
    return vat_id_verdict(vat_id) == VAT_ID_WELL_FORMED && strcmp(vat_id_country(vat_id), country) == 0;
}

const char *vat_id_verdict_text(enum vat_id_verdict verdict)
{
    switch (verdict) {
    case VAT_ID_WELL_FORMED: return "";
    case VAT_ID_EMPTY: return N_("Enter the VAT number");
    case VAT_ID_UNKNOWN_COUNTRY: return N_("A VAT number starts with the letters of a member state, for example FR");
    case VAT_ID_WRONG_SHAPE: return N_("This VAT number does not have the length or the characters of its country");
    case VAT_ID_WRONG_CHECK_DIGITS: return N_("This VAT number has a typing error: its check digits do not fit");
    }
    return "";
}
