#include "core/mod97.h"

#include <string.h>

int mod97(int remainder, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes && remainder >= 0; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            remainder = (remainder * 10 + (c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
        else
            remainder = -1;
    }
    return remainder;
}

void mod97_digits(const char *body, const char *prefix, char digits[3])
{
    int remainder = mod97(0, body, strlen(body));

    remainder = mod97(remainder, prefix, strlen(prefix));
    remainder = mod97(remainder, "00", 2);
    digits[0] = digits[1] = digits[2] = '\0';
    if (remainder < 0)
        return;
    digits[0] = (char)('0' + (98 - remainder) / 10);
    digits[1] = (char)('0' + (98 - remainder) % 10);
}
