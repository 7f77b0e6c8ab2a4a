/* A form's body through a table with a field of every kind: pairs survive being written again; what is read is inside
 * its bounds; everything typed is there to be shown again; the values that a form shows are read back as themselves. */
#include "web/form.h"

#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/date.h"
#include "core/identifier.h"
#include "fuzz.h"

struct line {
    const char *text;
    int64_t quantity_e4;
};
struct values {
    const char *name;
    const char *note;
    const char *email;
    const char *choice;
    int64_t number;
    int64_t price;
    int32_t on;
    bool check;
    void *lines;
    size_t line_count;
};
static const struct field_option option[] = {{"a", "A", NULL}, {"b", "B", NULL}};
static const struct field line_field[] = {
    {FIELD_TEXT, "text", "Text", .max = 100, .offset = offsetof(struct line, text)},
    {FIELD_DECIMAL, "quantity", "Quantity", .min = 0, .max = 100000000, .digits = 4, .offset = offsetof(struct line, quantity_e4)},
};
static const struct field field[] = {
    {FIELD_TEXT, "name", "Name", .required = true, .max = 40, .offset = offsetof(struct values, name)},
    {FIELD_MULTILINE, "note", "Note", .max = 200, .offset = offsetof(struct values, note)},
    {FIELD_EMAIL, "email", "E-mail", .max = 254, .offset = offsetof(struct values, email)},
    {FIELD_CHOICE, "choice", "Choice", .options = option, .option_count = 2, .offset = offsetof(struct values, choice)},
    {FIELD_INTEGER, "number", "Number", .min = -5, .max = 1000, .offset = offsetof(struct values, number)},
    {FIELD_DECIMAL, "price", "Price", .digits = 2, .offset = offsetof(struct values, price)},
    {FIELD_DATE, "on", "On", .offset = offsetof(struct values, on)},
    {FIELD_CHECK, "check", "Check", .offset = offsetof(struct values, check)},
    {FIELD_GROUP, "line", "Lines", .offset = offsetof(struct values, lines), .fields = line_field, .field_count = 2,
     .record_bytes = sizeof(struct line), .count_offset = offsetof(struct values, line_count), .records_max = 20},
};

static void same_pairs(struct ctx *ctx, const struct pairs *pairs)
{
    struct str out = str_new(ctx->arena);
    struct pairs again;

    for (size_t i = 0; i < pairs->count; i++)
        str_printf(&out, "%s%s=%s", i > 0 ? "&" : "", encode_percent(ctx->arena, pairs->items[i].name),
                   encode_percent(ctx->arena, pairs->items[i].value));
    CHECK(pairs_parse(ctx->arena, out.text, out.bytes, 200, &again) && again.count == pairs->count);
    for (size_t i = 0; i < pairs->count; i++)
        CHECK(strcmp(again.items[i].name, pairs->items[i].name) == 0 && strcmp(again.items[i].value, pairs->items[i].value) == 0);
}

static void bounded(const struct values *v)
{
    CHECK(strlen(v->name) <= 40 && strpbrk(v->name, "\r\n") == NULL && strlen(v->note) <= 200);
    CHECK(v->email[0] == '\0' || (email_ok(v->email) && strpbrk(v->email, "\r\n ,;<>") == NULL));
    CHECK(v->choice[0] == '\0' || strcmp(v->choice, "a") == 0 || strcmp(v->choice, "b") == 0);
    CHECK(v->number >= -5 && v->number <= 1000 && v->line_count <= 20);
    for (size_t i = 0; i < v->line_count; i++)
        CHECK(((struct line *)v->lines)[i].quantity_e4 >= 0 && ((struct line *)v->lines)[i].quantity_e4 <= 100000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    struct pairs pairs;
    struct values *v = ARENA_NEW(ctx->arena, struct values);
    struct values *again = ARENA_NEW(ctx->arena, struct values);
    struct form *form = ARENA_NEW(ctx->arena, struct form);
    struct form *shown = ARENA_NEW(ctx->arena, struct form);
    struct form *back = ARENA_NEW(ctx->arena, struct form);

    ctx->language = size % 3 == 0 ? "en" : size % 3 == 1 ? "fr" : "de";
    if (!pairs_parse(ctx->arena, (const char *)data, size, 200, &pairs))
        return 0;
    same_pairs(ctx, &pairs);
    if (!form_read(form, ctx, field, COUNT_OF(field), &pairs, v))
        return 0;
    bounded(v);
    for (size_t i = 0; i < pairs.count; i++) {
        const char *name = pairs.items[i].name;

        if (strcmp(name, "csrf") != 0 && strcmp(name, "once") != 0 && strcmp(name, "do") != 0)
            CHECK(strcmp(form_typed(form, name), pairs.items[i].value) == 0);
        if (strncmp(name, "line.", 5) == 0 && strcmp(strrchr(name, '.'), ".text") == 0 && form->error_count == 0 &&
            str_trim(ctx->arena, pairs.items[i].value)[0] > ' ') {
            bool there = false; /* a typed line is a line that the handler sees */

            for (size_t l = 0; l < v->line_count; l++)
                there = there || ((struct line *)v->lines)[l].text[0] != '\0';
            CHECK(there);
        }
    }
    if (form->error_count > 0)
        return 0;
    form_fill(shown, ctx, field, COUNT_OF(field), v);
    CHECK(form_read(back, ctx, field, COUNT_OF(field), &shown->typed, again) && back->error_count == 0);
    CHECK(strcmp(v->name, again->name) == 0 && strcmp(v->note, again->note) == 0 && strcmp(v->email, again->email) == 0 &&
          strcmp(v->choice, again->choice) == 0 && v->number == again->number && v->price == again->price && v->on == again->on &&
          v->check == again->check && v->line_count == again->line_count);
    for (size_t i = 0; i < v->line_count; i++) {
        const struct line *a = &((struct line *)v->lines)[i];
        const struct line *b = &((struct line *)again->lines)[i];

        CHECK(strcmp(a->text, b->text) == 0 && a->quantity_e4 == b->quantity_e4);
    }
    return 0;
}
