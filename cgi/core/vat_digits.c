#include "core/vat_digits.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "core/identifier.h"

enum { DIGITS_MAX = 12 };

static const char person_letter[] = "TRWAGMYFPDXBNJZSQVHLCKE"; /* ES: of a number modulo 23 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* text: exactly count digits, and nothing behind them. */
static bool has_digits(const char *text, size_t count)
{
    return strlen(text) == count && strspn(text, "0123456789") == count;
}

static int value_of(char digit)
{
    return digit - '0';
}

/* The number that the first count digits write; count at most 12. */
static int64_t number_of(const char *text, size_t count)
{
    int64_t number = 0;

    CHECK(count <= DIGITS_MAX);
    for (size_t i = 0; i < count; i++)
        number = number * 10 + value_of(text[i]);
    return number;
}

static int weighted(const char *text, const int *weight, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += weight[i] * value_of(text[i]);
    return sum;
}

/* Weights from first down (step -1) or up (step 1), one for each digit. */
static int stepped(const char *text, size_t count, int first, int step)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (first + step * (int)i) * value_of(text[i]);
    return sum;
}

/* Every second digit from the right, the last one not, counts twice and then by its own digits. */
static bool luhn_holds(const char *text, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++) {
        int twice = value_of(text[i]) * ((count - i) % 2 == 0 ? 2 : 1);

        sum += twice / 10 + twice % 10;
    }
    return sum % 10 == 0;
}

/* ISO 7064 MOD 11,10; the last digit is the check digit. */
static bool mod_11_10_holds(const char *text, size_t count)
{
    int product = 10;

    for (size_t i = 0; i + 1 < count; i++) {
        int sum = (value_of(text[i]) + product) % 10;

        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    return (11 - product) % 10 == value_of(text[count - 1]);
}

/* The rest of the first weights, or of the second ones where it is 10; 10 again counts as 0 (BG, LT). */
static bool twice_weighted_holds(const char *text, size_t count, const int *first, const int *second)
{
    int rest = weighted(text, first, count) % 11;

    if (rest == 10)
        rest = weighted(text, second, count) % 11 % 10;
    return rest == value_of(text[count]);
}

/* U and eight digits; the second, fourth and sixth count twice, 4 is added. */
static bool at_holds(const char *n)
{
    int sum = 4;

    if (n[0] != 'U' || !has_digits(n + 1, 8))
        return false;
    for (int i = 0; i < 7; i++) {
        int times = value_of(n[1 + i]) * (i % 2 == 1 ? 2 : 1);

        sum += times / 10 + times % 10;
    }
    return (10 - sum % 10) % 10 == value_of(n[8]);
}

/* 97 minus the first eight digits modulo 97. */
static bool be_holds(const char *n)
{
    return has_digits(n, 10) && (n[0] == '0' || n[0] == '1') && 97 - number_of(n, 8) % 97 == number_of(n + 8, 2);
}

/* Nine digits: a company. Ten: a person of the country, a foreigner, or another body. */
static bool bg_holds(const char *n)
{
    static const int company[] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const int company_again[] = {3, 4, 5, 6, 7, 8, 9, 10};
    static const int person[] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    static const int foreigner[] = {21, 19, 17, 13, 11, 9, 7, 3, 1};
    static const int other[] = {4, 3, 2, 7, 6, 5, 4, 3, 2};

    if (has_digits(n, 9))
        return twice_weighted_holds(n, 8, company, company_again);
    return has_digits(n, 10) &&
           (weighted(n, person, 9) % 11 % 10 == value_of(n[9]) || weighted(n, foreigner, 9) % 10 == value_of(n[9]) ||
            (11 - weighted(n, other, 9) % 11) % 11 == value_of(n[9]));
}

/* Eight digits and a letter. */
static bool cy_holds(const char *n)
{
    static const int odd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
    int sum = 0;

    if (strlen(n) != 9 || strspn(n, "0123456789") != 8 || !is_letter(n[8]) || strncmp(n, "12", 2) == 0)
        return false;
    for (int i = 0; i < 8; i++)
        sum += i % 2 == 0 ? odd[value_of(n[i])] : value_of(n[i]);
    return 'A' + sum % 26 == n[8];
}

/* Eight digits: a company. Nine from 6 on: a person without a birth number; other nine: a birth number of before 1954,
 * which has no check digit. Ten: a birth number, divisible by 11. */
static bool cz_holds(const char *n)
{
    static const int weight[] = {8, 7, 6, 5, 4, 3, 2};

    if (has_digits(n, 8))
        return n[0] != '9' && (11 - weighted(n, weight, 7) % 11) % 10 == value_of(n[7]);
    if (has_digits(n, 9) && n[0] == '6')
        return (8 - (10 - weighted(n + 1, weight, 7) % 11 + 11) % 11 + 10) % 10 == value_of(n[8]);
    if (has_digits(n, 9))
        return number_of(n, 2) <= 53 && value_of(n[2]) % 5 <= 1; /* born in month 1..12, women 51..62 */
    return has_digits(n, 10) && number_of(n, 9) % 11 % 10 == value_of(n[9]);
}

static bool de_holds(const char *n)
{
    return has_digits(n, 9) && n[0] != '0' && mod_11_10_holds(n, 9);
}

static bool dk_holds(const char *n)
{
    static const int weight[] = {2, 7, 6, 5, 4, 3, 2, 1};

    return has_digits(n, 8) && n[0] != '0' && weighted(n, weight, 8) % 11 == 0;
}

static bool ee_holds(const char *n)
{
    static const int weight[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};

    return has_digits(n, 9) && strncmp(n, "10", 2) == 0 && weighted(n, weight, 9) % 10 == 0;
}

static bool el_holds(const char *n)
{
    static const int weight[] = {256, 128, 64, 32, 16, 8, 4, 2};

    return has_digits(n, 9) && weighted(n, weight, 8) % 11 % 10 == value_of(n[8]);
}

/* A letter, seven digits and a control: a letter, or for companies and the like a digit. */
static bool es_body_holds(const char *n)
{
    static const char control[] = "JABCDEFGHI";
    char digits[9] = "";
    int check = 0;

    memcpy(digits, n + 1, 7);
    digits[7] = '0';
    while (!luhn_holds(digits, 8)) {
        digits[7]++;
        check++;
    }
    return n[8] == control[check] || (n[8] == '0' + check && strchr("PQSW", n[0]) == NULL);
}

static bool es_holds(const char *n)
{
    if (strlen(n) != 9 || strspn(n + 1, "0123456789") < 7)
        return false;
    if (is_digit(n[0]))
        return person_letter[number_of(n, 8) % 23] == n[8];
    if (strchr("XYZ", n[0]) != NULL)
        return person_letter[((n[0] - 'X') * INT64_C(10000000) + number_of(n + 1, 7)) % 23] == n[8];
    if (strchr("KLM", n[0]) != NULL)
        return person_letter[number_of(n + 1, 7) % 23] == n[8];
    return strchr("ABCDEFGHJNPQRSUVW", n[0]) != NULL && es_body_holds(n);
}

static bool fi_holds(const char *n)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1};

    return has_digits(n, 8) && weighted(n, weight, 8) % 11 == 0;
}

/* Key (12 + 3 * (SIREN mod 97)) mod 97; a key with letters is of the newer style. Monaco: 000. */
static bool fr_holds(const char *n)
{
    if (strlen(n) != 11 || !has_digits(n + 2, 9) || (!siren_ok(n + 2) && strncmp(n + 2, "000", 3) != 0))
        return false;
    return !is_digit(n[0]) || !is_digit(n[1]) || number_of(n, 2) == (12 + 3 * (number_of(n + 2, 9) % 97)) % 97;
}

static bool hr_holds(const char *n)
{
    return has_digits(n, 11) && mod_11_10_holds(n, 11);
}

static bool hu_holds(const char *n)
{
    static const int weight[] = {9, 7, 3, 1, 9, 7, 3, 1};

    return has_digits(n, 8) && weighted(n, weight, 8) % 10 == 0;
}

/* Seven digits and a check letter, since 2013 perhaps a second letter, which counts nine times. The older style has a
 * letter in the second place: its last five digits come first. */
static bool ie_holds(const char *n)
{
    static const char letter[] = "WABCDEFGHIJKLMNOPQRSTUV";
    size_t length = strlen(n);
    char digits[8] = "0";
    int sum;

    if (length < 8 || length > 9 || !is_letter(n[7]) || (length == 9 && (n[8] < 'A' || n[8] > 'I') && n[8] != 'W'))
        return false;
    if (strspn(n, "0123456789") == 7) {
        memcpy(digits, n, 7);
    } else {
        if (length != 8 || !is_digit(n[0]) || !is_letter(n[1]) || strspn(n + 2, "0123456789") != 5)
            return false;
        memcpy(digits + 1, n + 2, 5);
        digits[6] = n[0];
    }
    sum = stepped(digits, 7, 8, -1);
    if (length == 9 && n[8] != 'W')
        sum += 9 * (n[8] - 'A' + 1);
    return letter[sum % 23] == n[7];
}

static bool it_holds(const char *n)
{
    return has_digits(n, 11) && number_of(n, 7) != 0 && luhn_holds(n, 11);
}

/* Nine digits: a company; twelve: for a time. The last but one is 1. */
static bool lt_holds(const char *n)
{
    static const int first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2};
    static const int second[] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4};
    size_t length = strlen(n);

    return (has_digits(n, 9) || has_digits(n, 12)) && n[length - 2] == '1' && twice_weighted_holds(n, length - 1, first, second);
}

static bool lu_holds(const char *n)
{
    return has_digits(n, 8) && number_of(n, 6) % 89 == number_of(n + 6, 2);
}

/* A company's number begins above 3; below stand persons: a birth date, or 32 and no date. */
static bool lv_holds(const char *n)
{
    static const int company[] = {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1};

    if (!has_digits(n, 11))
        return false;
    if (n[0] > '3')
        return weighted(n, company, 11) % 11 == 3;
    return strncmp(n, "32", 2) == 0 || (number_of(n, 2) >= 1 && number_of(n, 2) <= 31 && number_of(n + 2, 2) >= 1 && number_of(n + 2, 2) <= 12);
}

static bool mt_holds(const char *n)
{
    static const int weight[] = {3, 4, 6, 7, 8, 9, 10, 1};

    return has_digits(n, 8) && number_of(n, 6) > 100000 && weighted(n, weight, 8) % 37 == 0;
}

/* Nine digits, B, two digits: a company's number by its weights; since 2020 a person's by ISO 7064 MOD 97-10 over "NL..." */
static bool nl_holds(const char *n)
{
    int64_t rest = 2321; /* N is 23, L is 21 */

    if (strlen(n) != 12 || strspn(n, "0123456789") != 9 || n[9] != 'B' || !has_digits(n + 10, 2) || number_of(n + 10, 2) == 0)
        return false;
    if (stepped(n, 8, 9, -1) % 11 == value_of(n[8]))
        return true;
    for (int i = 0; i < 12; i++)
        rest = n[i] == 'B' ? (rest * 100 + 11) % 97 : (rest * 10 + value_of(n[i])) % 97;
    return rest == 1;
}

static bool pl_holds(const char *n)
{
    static const int weight[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};

    return has_digits(n, 10) && weighted(n, weight, 9) % 11 == value_of(n[9]);
}

static bool pt_holds(const char *n)
{
    int check;

    if (!has_digits(n, 9) || n[0] == '0')
        return false;
    check = 11 - stepped(n, 8, 9, -1) % 11;
    return (check > 9 ? 0 : check) == value_of(n[8]);
}

/* Two to ten digits, read as if noughts stood before them. */
static bool ro_holds(const char *n)
{
    static const int weight[] = {7, 5, 3, 2, 1, 7, 5, 3, 2};
    size_t length = strlen(n);

    return length >= 2 && length <= 10 && has_digits(n, length) && n[0] != '0' &&
           weighted(n, weight + (10 - length), length - 1) * 10 % 11 % 10 == value_of(n[length - 1]);
}

static bool se_holds(const char *n)
{
    return has_digits(n, 12) && number_of(n + 10, 2) >= 1 && number_of(n + 10, 2) <= 94 && luhn_holds(n, 10);
}

static bool si_holds(const char *n)
{
    int check;

    if (!has_digits(n, 8) || n[0] == '0')
        return false;
    check = 11 - stepped(n, 7, 8, -1) % 11;
    return check != 11 && check % 10 == value_of(n[7]);
}

static bool sk_holds(const char *n)
{
    return has_digits(n, 10) && n[0] != '0' && strchr("234789", n[2]) != NULL && number_of(n, 10) % 11 == 0;
}

/* Northern Ireland numbers its traders as the United Kingdom does: nine digits, twelve for a branch, five for the
 * government (GD) and health authorities (HA). Numbers from 100 on may carry the older or the newer proof. */
static bool xi_holds(const char *n)
{
    static const int weight[] = {8, 7, 6, 5, 4, 3, 2, 10, 1};
    size_t length = strlen(n);
    int rest;

    if (length == 5 && has_digits(n + 2, 3))
        return strncmp(n, "GD", 2) == 0 ? n[2] < '5' : strncmp(n, "HA", 2) == 0 && n[2] >= '5';
    if ((length != 9 && length != 12) || !has_digits(n, length))
        return false;
    rest = weighted(n, weight, 9) % 97;
    return rest == 0 || (n[0] != '0' && (rest == 42 || rest == 55));
}

bool vat_digits_hold(const char *prefix, const char *number)
{
    static const struct {
        char prefix[3];
        bool (*holds)(const char *number);
    } state[] = {
        {"AT", at_holds}, {"BE", be_holds}, {"BG", bg_holds}, {"CY", cy_holds}, {"CZ", cz_holds}, {"DE", de_holds}, {"DK", dk_holds},
        {"EE", ee_holds}, {"EL", el_holds}, {"ES", es_holds}, {"FI", fi_holds}, {"FR", fr_holds}, {"HR", hr_holds}, {"HU", hu_holds},
        {"IE", ie_holds}, {"IT", it_holds}, {"LT", lt_holds}, {"LU", lu_holds}, {"LV", lv_holds}, {"MT", mt_holds}, {"NL", nl_holds},
        {"PL", pl_holds}, {"PT", pt_holds}, {"RO", ro_holds}, {"SE", se_holds}, {"SI", si_holds}, {"SK", sk_holds},
        {"XI", xi_holds},
    };

    for (size_t i = 0; i < COUNT_OF(state); i++)
        if (strcmp(state[i].prefix, prefix) == 0)
            return state[i].holds(number);
    return false;
}
