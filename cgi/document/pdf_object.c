#include "document/pdf_object.h"

#include <libdeflate.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "document/pdf_text.h"

enum { ENTRY_FREE = 0, ENTRY_FILE = 1, ENTRY_PACKED = 2, ENTRY_BYTES = 7 };

int pdf_object_number(struct pdf *pdf)
{
    if (pdf->entry_count == pdf->entry_room) {
        int room = pdf->entry_room == 0 ? 256 : pdf->entry_room * 2;
        struct pdf_entry *entries = ARENA_ARRAY(pdf->arena, struct pdf_entry, (size_t)room);

        if (pdf->entry_count > 0)
            memcpy(entries, pdf->entries, (size_t)pdf->entry_count * sizeof *entries);
        pdf->entries = entries;
        pdf->entry_room = room;
        if (pdf->entry_count == 0)
            pdf->entry_count = 1;
    }
    return pdf->entry_count++;
}

static struct pdf_entry *entry_of(struct pdf *pdf, int number)
{
    CHECK(number > 0 && number < pdf->entry_count);
    CHECK(pdf->entries[number].kind == ENTRY_FREE);
    CHECK(pdf->open == 0);
    return &pdf->entries[number];
}

struct str *pdf_object_begin(struct pdf *pdf, int number)
{
    struct pdf_entry *entry = entry_of(pdf, number);

    entry->kind = ENTRY_FILE;
    entry->offset = pdf->file.bytes;
    pdf->open = number;
    str_printf(&pdf->file, "%d 0 obj\n", number);
    return &pdf->file;
}

struct str *pdf_object_packed(struct pdf *pdf, int number)
{
    struct pdf_entry *entry = entry_of(pdf, number);

    entry->kind = ENTRY_PACKED;
    entry->offset = (size_t)pdf->packed_count++;
    pdf->open = number;
    str_printf(&pdf->packed_index, "%d %zu ", number, pdf->packed.bytes);
    return &pdf->packed;
}

void pdf_object_end(struct pdf *pdf)
{
    CHECK(pdf->open != 0);
    str_append(pdf->entries[pdf->open].kind == ENTRY_FILE ? &pdf->file : &pdf->packed,
               pdf->entries[pdf->open].kind == ENTRY_FILE ? "\nendobj\n" : "\n");
    pdf->open = 0;
}

unsigned char *pdf_deflate(const struct pdf_house *house, struct arena *arena, const void *data,
                           size_t bytes, size_t *deflated_bytes)
{
    size_t room = libdeflate_zlib_compress_bound(house->compressor, bytes);
    unsigned char *deflated = arena_alloc(arena, room);

    *deflated_bytes = libdeflate_zlib_compress(house->compressor, data, bytes, deflated, room);
    CHECK(*deflated_bytes > 0);
    return deflated;
}

static void put_stream(struct pdf *pdf, int number, const char *dictionary, const char *filter,
                       const void *data, size_t bytes)
{
    struct str *out = pdf_object_begin(pdf, number);

    str_printf(out, "<<%s%s/Length %zu>>\nstream\n", dictionary, filter, bytes);
    str_append_bytes(out, data, bytes);
    str_append(out, "\nendstream");
    pdf_object_end(pdf);
}

void pdf_stream_plain(struct pdf *pdf, int number, const char *dictionary, const void *data,
                      size_t bytes)
{
    put_stream(pdf, number, dictionary, "", data, bytes);
}

void pdf_stream_deflated(struct pdf *pdf, int number, const char *dictionary, const void *data,
                         size_t bytes)
{
    put_stream(pdf, number, dictionary, "/Filter/FlateDecode", data, bytes);
}

void pdf_stream(struct pdf *pdf, int number, const char *dictionary, const void *data, size_t bytes)
{
    size_t deflated_bytes;
    unsigned char *deflated = pdf_deflate(pdf->house, pdf->arena, data, bytes, &deflated_bytes);

    pdf_stream_deflated(pdf, number, dictionary, deflated, deflated_bytes);
}

static void put_packed(struct pdf *pdf)
{
    int number = pdf_object_number(pdf);
    size_t first = pdf->packed_index.bytes;
    int count = pdf->packed_count;
    int i;

    for (i = 1; i < number; i++)
        CHECK(pdf->entries[i].kind != ENTRY_FREE);
    str_append_bytes(&pdf->packed_index, pdf->packed.text, pdf->packed.bytes);
    pdf_stream(pdf, number, arena_printf(pdf->arena, "/Type/ObjStm/N %d/First %zu", count, first),
               pdf->packed_index.text, pdf->packed_index.bytes);
}

static void put_big_endian(unsigned char *out, size_t value, int bytes)
{
    while (bytes-- > 0) {
        out[bytes] = (unsigned char)(value & 0xff);
        value >>= 8;
    }
}

void pdf_close(struct pdf *pdf, int catalog, int info)
{
    struct hash hash;
    char *id;
    unsigned char *table;
    int stream = pdf->entry_count; /* what put_packed will use */
    int number;
    size_t at;
    int i;

    put_packed(pdf);
    number = pdf_object_number(pdf);
    at = pdf->file.bytes;
    hash = hash_sha256(pdf->file.text, pdf->file.bytes);
    id = encode_hex(pdf->arena, hash.bytes, 16);
    table = arena_array(pdf->arena, (size_t)pdf->entry_count, ENTRY_BYTES);
    put_big_endian(table + 5, 0xffff, 2); /* object 0: head of the free list */
    for (i = 1; i < pdf->entry_count; i++) {
        const struct pdf_entry *entry = &pdf->entries[i];
        unsigned char *row = table + (size_t)i * ENTRY_BYTES;

        row[0] = (unsigned char)(entry->kind == ENTRY_PACKED ? ENTRY_PACKED : ENTRY_FILE);
        if (entry->kind == ENTRY_PACKED) {
            put_big_endian(row + 1, (size_t)stream, 4);
            put_big_endian(row + 5, entry->offset, 2);
        } else {
            put_big_endian(row + 1, i == number ? at : entry->offset, 4);
        }
    }
    pdf_stream(pdf, number,
               arena_printf(pdf->arena,
                            "/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]",
                            pdf->entry_count, catalog, info, id, id),
               table, (size_t)pdf->entry_count * ENTRY_BYTES);
    str_printf(&pdf->file, "startxref\n%zu\n%%%%EOF\n", at);
}

void pdf_string(struct pdf *pdf, struct str *out, const char *text)
{
    size_t count;
    const uint32_t *codes = pdf_text_clean(pdf->arena, text, &count);
    bool ascii = true;
    size_t i;

    for (i = 0; i < count; i++)
        ascii = ascii && codes[i] < 0x7f && codes[i] >= 0x20;
    if (ascii) {
        str_append_char(out, '(');
        for (i = 0; i < count; i++) {
            if (codes[i] == '(' || codes[i] == ')' || codes[i] == '\\')
                str_append_char(out, '\\');
            str_append_char(out, (char)codes[i]);
        }
        str_append_char(out, ')');
        return;
    }
    str_append(out, "<FEFF");
    for (i = 0; i < count; i++) {
        uint32_t code = codes[i] == '\n' ? ' ' : codes[i];

        if (code >= 0x10000)
            str_printf(out, "%04X%04X", 0xd800 + ((code - 0x10000) >> 10),
                       0xdc00 + ((code - 0x10000) & 0x3ff));
        else
            str_printf(out, "%04X", code);
    }
    str_append_char(out, '>');
}

void pdf_number(struct str *out, int32_t thousandths)
{
    char digits[16];
    size_t at = sizeof digits;
    int64_t hundredths = ((int64_t)thousandths + (thousandths < 0 ? -5 : 5)) / 10;
    bool negative = hundredths < 0;
    int places = 2;

    if (negative)
        hundredths = -hundredths;
    while (places > 0 && hundredths % 10 == 0) {
        hundredths /= 10;
        places--;
    }
    if (places > 0) {
        for (; places > 0; places--, hundredths /= 10)
            digits[--at] = (char)('0' + hundredths % 10);
        digits[--at] = '.';
    }
    do {
        digits[--at] = (char)('0' + hundredths % 10);
        hundredths /= 10;
    } while (hundredths > 0);
    if (negative)
        digits[--at] = '-';
    str_append_bytes(out, digits + at, sizeof digits - at);
}
