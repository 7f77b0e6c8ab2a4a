#include "core/rf_reference.h"

#include <string.h>

#include "core/mod97.h"

enum { BODY_MAX = 21 };

/* Letters and digits of text, capital; -1 when there are more than max, or others than those in `skip`. */
static int squeeze(const char *text, const char *skip, char *out, int max)
{
    int used = 0;

    for (; *text != '\0'; text++) {
        char c = (char)(*text >= 'a' && *text <= 'z' ? *text - 32 : *text);

        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            if (used == max)
                return -1;
            out[used++] = c;
        } else if (skip != NULL && strchr(skip, c) == NULL) {
            return -1;
        }
    }
    out[used] = '\0';
    return used;
}

bool rf_reference_make(const char *number, char rf[RF_BYTES])
{
    char body[BODY_MAX + 1], digits[3];

    rf[0] = '\0';
    if (squeeze(number, NULL, body, BODY_MAX) <= 0)
        return false;
    mod97_digits(body, "RF", digits);
    memcpy(rf, "RF", 2);
    memcpy(rf + 2, digits, 2);
    strcpy(rf + 4, body);
    return true;
}

bool rf_reference_parse(const char *text, char rf[RF_BYTES])
{
    int length = squeeze(text, " \t", rf, RF_BYTES - 1);

    if (length >= 5 && strncmp(rf, "RF", 2) == 0 && rf[2] >= '0' && rf[2] <= '9' && rf[3] >= '0' && rf[3] <= '9' &&
        mod97(mod97(0, rf + 4, (size_t)length - 4), rf, 4) == 1)
        return true;
    rf[0] = '\0';
    return false;
}

const char *rf_reference_grouped(const char *rf, char text[RF_GROUPED_BYTES])
{
    size_t used = 0;

    for (size_t i = 0; rf[i] != '\0' && used < RF_GROUPED_BYTES - 2; i++) {
        if (i > 0 && i % 4 == 0)
            text[used++] = ' ';
        text[used++] = rf[i];
    }
    text[used] = '\0';
    return text;
}
