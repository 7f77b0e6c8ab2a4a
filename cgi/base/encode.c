#include "base/encode.h"

#include <string.h>

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *encode_hex(struct arena *arena, const void *data, size_t bytes)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *in = data;
    char *out = arena_alloc(arena, bytes * 2 + 1);
    size_t i;

    for (i = 0; i < bytes; i++) {
        out[2 * i] = digit[in[i] >> 4];
        out[2 * i + 1] = digit[in[i] & 15];
    }
    return out;
}

static char *encode_64(struct arena *arena, const void *data, size_t bytes, const char *alphabet,
                       bool pad)
{
    const unsigned char *in = data;
    char *out = arena_alloc(arena, (bytes + 2) / 3 * 4 + 1);
    size_t used = 0;
    size_t i;

    for (i = 0; i < bytes; i += 3) {
        size_t left = bytes - i;
        unsigned long group = (unsigned long)in[i] << 16;

        if (left > 1)
            group |= (unsigned long)in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        out[used++] = alphabet[group >> 18 & 63];
        out[used++] = alphabet[group >> 12 & 63];
        if (left > 1)
            out[used++] = alphabet[group >> 6 & 63];
        else if (pad)
            out[used++] = '=';
        if (left > 2)
            out[used++] = alphabet[group & 63];
        else if (pad)
            out[used++] = '=';
    }
    return out;
}

char *encode_base64(struct arena *arena, const void *data, size_t bytes)
{
    return encode_64(arena, data, bytes, base64_alphabet, true);
}

char *encode_base64url(struct arena *arena, const void *data, size_t bytes)
{
    return encode_64(arena, data, bytes, base64url_alphabet, false);
}

char *encode_percent(struct arena *arena, const char *text)
{
    static const char digit[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, strlen(text) * 3 + 1);
    size_t used = 0;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c) != NULL) {
            out[used++] = (char)c;
        } else {
            out[used++] = '%';
            out[used++] = digit[c >> 4];
            out[used++] = digit[c & 15];
        }
    }
    return out;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool decode_hex(struct arena *arena, const char *text, unsigned char **data, size_t *bytes)
{
    size_t length = strlen(text);
    size_t i;

    if (length % 2 != 0)
        return false;
    *data = arena_alloc(arena, length / 2 + 1);
    *bytes = length / 2;
    for (i = 0; i < *bytes; i++) {
        int high = hex_value(text[2 * i]);
        int low = hex_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        (*data)[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool decode_64(struct arena *arena, const char *text, size_t length, const char *alphabet,
                      unsigned char **data, size_t *bytes)
{
    unsigned long group = 0;
    int bits = 0;
    size_t i;

    *data = arena_alloc(arena, length / 4 * 3 + 4);
    *bytes = 0;
    if (length % 4 == 1)
        return false;
    for (i = 0; i < length; i++) {
        const char *at = memchr(alphabet, text[i], 64);

        if (at == NULL)
            return false;
        group = (group << 6 | (unsigned long)(at - alphabet)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            (*data)[(*bytes)++] = (unsigned char)(group >> bits);
        }
    }
    /* One text per value: the bits left over must be zero. */
    return (group & ((1ul << bits) - 1)) == 0;
}

bool decode_base64(struct arena *arena, const char *text, unsigned char **data, size_t *bytes)
{
    size_t length = strlen(text);

    if (length % 4 != 0)
        return false;
    if (length > 0 && text[length - 1] == '=')
        length--;
    if (length > 0 && text[length - 1] == '=')
        length--;
    return decode_64(arena, text, length, base64_alphabet, data, bytes);
}

bool decode_base64url(struct arena *arena, const char *text, unsigned char **data, size_t *bytes)
{
    return decode_64(arena, text, strlen(text), base64url_alphabet, data, bytes);
}

char *encode_query(struct arena *arena, const char *text)
{
    static const char digit[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, strlen(text) * 3 + 1);
    char *at = out;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')
            *at++ = (char)c;
        else {
            *at++ = '%';
            *at++ = digit[c >> 4];
            *at++ = digit[c & 15];
        }
    }
    return out;
}
