#include "core/sepa_text.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"

static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ";

/* ! to / and so on: the rest of ASCII, by code. */
static const struct {
    unsigned char c;
    char text;
} ascii[] = {
    {'!', '?'}, {'"', '\''}, {'#', '.'}, {'$', '.'}, {'%', '.'}, {'&', '+'}, {'*', '.'}, {';', ','}, {'<', '('}, {'=', '-'}, {'>', ')'},
    {'@', '.'}, {'[', '('}, {'\\', '/'}, {']', ')'}, {'^', '.'}, {'_', '-'}, {'`', '\''}, {'{', '('}, {'|', '/'}, {'}', ')'}, {'~', '-'},
};

/* U+00C0 .. U+017F */
static const char latin[][3] = {
    "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N", "O", "O", "O", "O", "O", "-", "O", "U", "U", "U", "U", "Y", "TH", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", ":", "o", "u", "u", "u", "u", "y", "th", "y",
    "A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d", "D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
    "G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i", "I", "i", "IJ", "ij", "J", "j", "K", "k", "q", "L", "l", "L", "l", "L", "l", "L",
    "l", "L", "l", "N", "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o", "O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
    "S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u", "U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};
_Static_assert(COUNT_OF(latin) == 0x180 - 0xC0, "one transliteration per code point");

/* U+0391 .. U+03C9; U+03A2 is not assigned. */
static const char greek[][3] = {
    "A", "V", "G", "D", "E", "Z", "I", "TH", "I", "K", "L", "M", "N", "X", "O", "P", "R", "", "S", "T", "Y", "F", "CH", "PS", "O", "I", "Y", "a", "e",
    "i", "i", "y", "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o",
};
_Static_assert(COUNT_OF(greek) == 0x3CA - 0x391, "one transliteration per code point");

/* U+0410 .. U+044F */
static const char cyrillic[][4] = {
    "A", "B", "V", "G", "D", "E", "ZH", "Z", "I", "Y", "K", "L", "M", "N", "O", "P", "R", "S", "T", "U", "F", "H", "TS", "CH", "SH", "SHT", "A", "Y", "Y", "E", "YU", "YA",
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "ts", "ch", "sh", "sht", "a", "y", "y", "e", "yu", "ya",
};
_Static_assert(COUNT_OF(cyrillic) == 0x450 - 0x410, "one transliteration per code point");

static const struct {
    uint32_t code;
    char text[4];
} other[] = {
    {0x00A0, " "}, {0x00A9, "(C)"}, {0x00AA, "a"}, {0x00AB, "'"}, {0x00AD, ""},  {0x00B0, "o"}, {0x00B4, "'"}, {0x00B7, "."}, {0x00BA, "o"}, {0x00BB, "'"},
    {0x0218, "S"}, {0x0219, "s"},   {0x021A, "T"}, {0x021B, "t"}, {0x0386, "A"}, {0x0388, "E"}, {0x0389, "I"}, {0x038A, "I"}, {0x038C, "O"}, {0x038E, "Y"},
    {0x038F, "O"}, {0x03CA, "i"},   {0x03CB, "y"}, {0x03CC, "o"}, {0x03CD, "y"}, {0x03CE, "o"}, {0x0404, "YE"}, {0x0406, "I"}, {0x0407, "YI"}, {0x0454, "ye"},
    {0x0456, "i"}, {0x0457, "yi"},  {0x0490, "G"}, {0x0491, "g"}, {0x1E9E, "SS"}, {0x2009, " "}, {0x200B, ""}, {0x2010, "-"}, {0x2011, "-"}, {0x2012, "-"},
    {0x2013, "-"}, {0x2014, "-"},   {0x2018, "'"}, {0x2019, "'"}, {0x201A, "'"}, {0x201C, "'"}, {0x201D, "'"}, {0x201E, "'"}, {0x2026, "..."}, {0x202F, " "},
    {0x2039, "'"}, {0x203A, "'"},   {0x20AC, "E"}, {0x2116, "No"}, {0x2122, "TM"},
};

/* One code point of well-formed UTF-8; other bytes count one by one as unknown. */
static uint32_t decode(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    int more = p[0] < 0x80 ? 0 : p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : -1;
    uint32_t code = more < 0 ? UINT32_MAX : more == 0 ? p[0] : p[0] & (0x3Fu >> more);

    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *text += i;
            return UINT32_MAX;
        }
        code = code << 6 | (p[i] & 0x3Fu);
    }
    *text += 1 + (more > 0 ? more : 0);
    return code;
}

/* NULL when there is none. */
static const char *transliterated(uint32_t code, char one[2])
{
    one[0] = one[1] = '\0';
    if (code > 0 && code < 0x80 && strchr(allowed, (int)code) != NULL) {
        one[0] = (char)code;
        return one;
    }
    if (code == '\t' || code == '\n' || code == '\r')
        return " ";
    for (size_t i = 0; i < COUNT_OF(ascii); i++)
        if (ascii[i].c == code) {
            one[0] = ascii[i].text;
            return one;
        }
    if (code >= 0xC0 && code < 0x180)
        return latin[code - 0xC0];
    if (code >= 0x391 && code < 0x3CA && code != 0x3A2)
        return greek[code - 0x391];
    if (code >= 0x410 && code < 0x450)
        return cyrillic[code - 0x410];
    if (code >= 0x300 && code < 0x370) /* combining marks: decomposed letters keep their base */
        return "";
    for (size_t i = 0; i < COUNT_OF(other); i++)
        if (other[i].code == code)
            return other[i].text;
    return NULL;
}

bool sepa_text(const char *text, size_t max, char *out)
{
    size_t used = 0;
    bool whole = true;

    while (*text != '\0') {
        char one[2];
        const char *piece = transliterated(decode(&text), one);

        if (piece == NULL) {
            piece = "?";
            whole = false;
        }
        for (; *piece != '\0'; piece++) {
            if (*piece == ' ' && (used == 0 || out[used - 1] == ' '))
                continue;
            if (used == max) {
                whole = false;
                break;
            }
            out[used++] = *piece;
        }
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    return whole;
}

bool sepa_id_ok(const char *id)
{
    size_t length = strlen(id);

    return length >= 1 && length <= SEPA_ID_MAX && strspn(id, allowed) == length && strchr(id, ' ') == NULL &&
           id[0] != '/' && id[length - 1] != '/' && strstr(id, "//") == NULL;
}
