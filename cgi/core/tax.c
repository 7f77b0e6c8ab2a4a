#include "core/tax.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static const char *const eu[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
                                 "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

static const char *const countries[] = {
    "AD", "AE", "AL", "AR", "AT", "AU", "BA", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CY", "CZ", "DE", "DK",
    "DZ", "EE", "EG", "ES", "FI", "FR", "GB", "GR", "HK", "HR", "HU", "ID", "IE", "IL", "IN", "IS", "IT", "JP", "KR",
    "LI", "LT", "LU", "LV", "MA", "MC", "MD", "ME", "MK", "MT", "MX", "MY", "NL", "NO", "NZ", "PL", "PT", "RO", "RS",
    "SA", "SE", "SG", "SI", "SK", "SM", "TH", "TN", "TR", "TW", "UA", "US", "VA", "VN", "ZA"};

bool country_in_eu(const char *country)
{
    for (size_t i = 0; i < COUNT_OF(eu); i++)
        if (strcmp(eu[i], country) == 0)
            return true;
    return false;
}

bool country_exists(const char *country)
{
    for (size_t i = 0; i < COUNT_OF(countries); i++)
        if (strcmp(countries[i], country) == 0)
            return true;
    return false;
}

const char *const *country_codes(size_t *count)
{
    *count = COUNT_OF(countries);
    return countries;
}

static const char *const reason_name[] = {"", "domestic", "reverse_charge", "number_unchecked", "consumer_eu"};

const char *tax_reason_name(enum tax_reason reason)
{
    CHECK(reason >= TAX_DOMESTIC && reason <= TAX_CONSUMER_EU);
    return reason_name[reason];
}

enum tax_reason tax_reason_from_name(const char *name)
{
    for (int i = TAX_DOMESTIC; i <= TAX_CONSUMER_EU; i++)
        if (strcmp(reason_name[i], name) == 0)
            return (enum tax_reason)i;
    return TAX_DOMESTIC;
}

static bool find_rate(const struct tax_rate *rates, size_t count, const char *country, const char *tax_class,
                      int32_t on, int32_t *rate_ppm)
{
    int32_t newest = INT32_MIN;

    for (size_t i = 0; i < count; i++)
        if (rates[i].from_on <= on && rates[i].from_on > newest && strcmp(rates[i].country, country) == 0 &&
            strcmp(rates[i].tax_class, tax_class) == 0) {
            newest = rates[i].from_on;
            *rate_ppm = rates[i].rate_ppm;
        }
    return newest != INT32_MIN;
}

enum tax_refusal tax_decide(const struct tax_rate *rates, size_t count, const struct tax_case *c,
                            struct tax_decision *decision)
{
    bool domestic = strcmp(c->seller_country, c->buyer_country) == 0;
    char number_country[3];

    memset(decision, 0, sizeof *decision);
    if (!domestic && !country_in_eu(c->buyer_country))
        return TAX_COUNTRY_UNKNOWN;
    if (domestic) {
        decision->reason = TAX_DOMESTIC;
    } else if (!c->buyer_is_company) {
        decision->reason = TAX_CONSUMER_EU;
    } else if (c->vat_id_checked && vat_id_ok(c->buyer_vat_id) &&
               strcmp(vat_id_country(c->buyer_vat_id, number_country), c->seller_country) != 0) {
        decision->reason = TAX_REVERSE_CHARGE;
        memcpy(decision->category, "AE", 3);
        return TAX_NOT_REFUSED;
    } else {
        decision->reason = TAX_NUMBER_UNCHECKED;
    }
    memcpy(decision->category, "S", 2);
    return find_rate(rates, count, c->seller_country, c->tax_class, c->on, &decision->rate_ppm) ? TAX_NOT_REFUSED
                                                                                              : TAX_RATE_MISSING;
}

static bool all_digits(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

bool siren_ok(const char *siren)
{
    int sum = 0;

    if (strlen(siren) != 9 || !all_digits(siren))
        return false;
    for (int i = 0; i < 9; i++) {
        int digit = siren[i] - '0';

        if (i % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

/* FR: two-digit key (12 + 3 * (SIREN mod 97)) mod 97; keys with letters are of the newer style. */
static bool fr_ok(const char *number)
{
    long siren;

    if (strlen(number) != 11 || !all_digits(number + 2))
        return false;
    if (!isdigit((unsigned char)number[0]) || !isdigit((unsigned char)number[1]))
        return isalnum((unsigned char)number[0]) && isalnum((unsigned char)number[1]) && siren_ok(number + 2);
    siren = strtol(number + 2, NULL, 10);
    return (number[0] - '0') * 10 + (number[1] - '0') == (12 + 3 * (siren % 97)) % 97 &&
           (siren_ok(number + 2) || strncmp(number + 2, "000", 3) == 0); /* Monaco has no SIREN */
}

/* DE: ISO 7064 MOD 11,10. */
static bool de_ok(const char *number)
{
    int product = 10;

    if (strlen(number) != 9 || !all_digits(number) || number[0] == '0')
        return false;
    for (int i = 0; i < 8; i++) {
        int sum = (number[i] - '0' + product) % 10;

        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    return (11 - product) % 10 == number[8] - '0';
}

/* BE: ten digits, 97 minus (first eight mod 97). */
static bool be_ok(const char *number)
{
    char first[9];

    if (strlen(number) != 10 || !all_digits(number) || (number[0] != '0' && number[0] != '1'))
        return false;
    memcpy(first, number, 8);
    first[8] = '\0';
    return 97 - strtol(first, NULL, 10) % 97 == strtol(number + 8, NULL, 10);
}

void vat_id_normalise(char *vat_id)
{
    char *out = vat_id;

    for (const char *in = vat_id; *in != '\0'; in++)
        if (strchr(" .-", *in) == NULL)
            *out++ = (char)toupper((unsigned char)*in);
    *out = '\0';
}

const char *vat_id_country(const char *vat_id, char country[3])
{
    country[0] = vat_id[0];
    country[1] = vat_id[0] != '\0' ? vat_id[1] : '\0';
    country[2] = '\0';
    if (strcmp(country, "EL") == 0)
        memcpy(country, "GR", 3);
    return country;
}

bool vat_id_ok(const char *vat_id)
{
    char country[3];
    const char *number = vat_id + 2;

    if (strlen(vat_id) < 4 || strlen(vat_id) > 14 || !country_in_eu(vat_id_country(vat_id, country)))
        return false;
    for (const char *p = number; *p != '\0'; p++)
        if (!isdigit((unsigned char)*p) && !isupper((unsigned char)*p))
            return false;
    if (strcmp(country, "FR") == 0)
        return fr_ok(number);
    if (strcmp(country, "DE") == 0)
        return de_ok(number);
    if (strcmp(country, "BE") == 0)
        return be_ok(number);
    return strlen(number) >= 8 && strlen(number) <= 12;
}

bool email_ok(const char *email)
{
    const char *at = strchr(email, '@');
    const char *dot;

    if (at == NULL || at == email || at - email > 64 || strlen(email) > 254 || strchr(at + 1, '@') != NULL)
        return false;
    for (const char *p = email; *p != '\0'; p++)
        if ((unsigned char)*p <= 0x20 || *p == 0x7F || strchr("()<>[]:;,\\\"", *p) != NULL)
            return false;
    if (email[0] == '.' || at[-1] == '.' || strstr(email, "..") != NULL)
        return false;
    dot = strrchr(at, '.');
    return dot != NULL && dot > at + 1 && strlen(dot) > 2 && at[1] != '-' && at[1] != '.';
}
