#include "core/identifier.h"

#include <string.h>

bool siren_ok(const char *text)
{
    int digit[9];
    int count = 0;
    int sum = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        if (*text < '0' || *text > '9' || count == 9)
            return false;
        digit[count++] = *text - '0';
    }
    if (count != 9)
        return false;
    for (int i = 0; i < 9; i++) {
        int value = i % 2 == 1 ? digit[i] * 2 : digit[i];

        sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
}

/* A domain of two labels or more; letters beyond ASCII stand for an international label. */
static bool domain_ok(const char *domain)
{
    size_t label = 0;
    int labels = 1;

    for (const char *p = domain; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (c == '.') {
            if (label == 0 || p[-1] == '-')
                return false;
            label = 0;
            labels++;
            continue;
        }
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
              (c == '-' && label > 0)))
            return false;
        if (++label > 63)
            return false;
    }
    return labels >= 2 && label >= 2 && domain[strlen(domain) - 1] != '-';
}

bool email_ok(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || at == text || at - text > 64 || strlen(text) > EMAIL_BYTES_MAX)
        return false;
    for (const char *p = text; p < at; p++) {
        unsigned char c = (unsigned char)*p;

        if (c == '.' && (p == text || p + 1 == at || p[1] == '.'))
            return false;
        if (c <= 0x20 || c >= 0x7F || strchr("()<>[]:;,\\\"", c) != NULL)
            return false;
    }
    return domain_ok(at + 1);
}
