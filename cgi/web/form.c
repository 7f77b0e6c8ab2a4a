#include "web/form.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "text/address.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/words.h"

enum { TEXT_BYTES_DEFAULT = 500 };

char *form_id(struct arena *arena, const char *name)
{
    char *id = arena_printf(arena, "f-%s", name);

    for (char *p = id; *p != '\0'; p++)
        if (*p == '.')
            *p = '-';
    return id;
}

const char *form_typed(const struct form *form, const char *name)
{
    return pair_value(&form->typed, name);
}

void form_error(struct form *form, const char *name, const char *message)
{
    for (size_t i = 0; i < form->error_count; i++)
        if (strcmp(form->errors[i].name, name) == 0)
            return; /* one error per field: the first */
    if (form->error_count < FORM_ERRORS_MAX)
        form->errors[form->error_count++] = (struct form_error){
            form_id(form->ctx->arena, name), arena_strdup(form->ctx->arena, name), message};
}

/* Splits "line.3.quantity"; false for a plain name. Only "3" is record 3: "03" or "-0" would be
 * a second name of the same field. */
static bool split_name(struct arena *arena, const char *name, char **group, size_t *index, const char **rest)
{
    const char *dot = strchr(name, '.');
    const char *second = dot != NULL ? strchr(dot + 1, '.') : NULL;
    long long number;

    if (second == NULL || (dot[1] <= '0' && second != dot + 2) || !str_to_i64(arena_strndup(arena, dot + 1, (size_t)(second - dot - 1)), 0, 9999, &number))
        return false;
    *group = arena_strndup(arena, name, (size_t)(dot - name));
    *index = (size_t)number;
    *rest = second + 1;
    return true;
}

static const struct field *find_field(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* The declared field of a full name; NULL when there is none. */
static const struct field *declared(const struct form *form, const char *name)
{
    const struct field *field = find_field(form->fields, form->field_count, name);
    char *group;
    size_t index;
    const char *rest;

    if (field != NULL)
        return field->kind != FIELD_GROUP ? field : NULL;
    if (!split_name(form->ctx->arena, name, &group, &index, &rest))
        return NULL;
    field = find_field(form->fields, form->field_count, group);
    if (field == NULL || field->kind != FIELD_GROUP || index >= field->records_max)
        return NULL;
    return find_field(field->fields, field->field_count, rest);
}

static bool common_field(struct form *form, const struct pair *pair)
{
    if (strcmp(pair->name, "csrf") == 0)
        form->csrf = pair->value;
    else if (strcmp(pair->name, "once") == 0)
        form->once = pair->value;
    else if (strcmp(pair->name, "do") == 0)
        form->button = pair->value;
    else
        return false;
    return true;
}

/* Trimmed once control characters are blanks: what is stored is shown, and read back, as itself. */
static char *one_line(struct arena *arena, const char *text, bool keep_lines)
{
    char *copy = arena_strdup(arena, text);
    char *out = copy;

    for (const char *in = copy; *in != '\0'; in++) {
        if (*in == '\r')
            continue;
        if ((unsigned char)*in < 0x20 && !(keep_lines && *in == '\n'))
            *out++ = ' ';
        else
            *out++ = *in;
    }
    *out = '\0';
    return str_trim(arena, copy);
}

static const char *label_of(const struct field *field)
{
    return field->label != NULL ? tr(field->label) : field->name;
}

static size_t most_bytes(const struct field *field)
{
    return field->max > 0 ? (size_t)field->max : TEXT_BYTES_DEFAULT;
}

static void read_text(struct form *form, const struct field *field, const char *name, const char *typed, void *place)
{
    struct arena *arena = form->ctx->arena;
    size_t most = most_bytes(field);
    const char *text = field->kind == FIELD_PASSWORD ? typed : one_line(arena, typed, field->kind == FIELD_MULTILINE);

    if (strlen(text) > most) {
        form_error(form, name, tr_fill(arena, "{label}: at most {most} characters", "label", label_of(field), "most",
                                       arena_printf(arena, "%zu", most), NULL));
        return;
    }
    if (field->kind == FIELD_EMAIL && text[0] != '\0') {
        text = mail_address(arena, text);
        if (text == NULL) {
            form_error(form, name, tr("Enter an e-mail address like name@example.com"));
            return;
        }
    }
    if (field->kind == FIELD_CHOICE && field->options != NULL && text[0] != '\0') {
        bool known = false;

        for (size_t i = 0; i < field->option_count; i++)
            known = known || strcmp(field->options[i].value, text) == 0;
        if (!known) {
            form_error(form, name, tr_fill(arena, "Choose: {label}", "label", label_of(field), NULL));
            return;
        }
    }
    *(const char **)place = text;
}

static void read_number(struct form *form, const struct field *field, const char *name, const char *typed, void *place)
{
    struct arena *arena = form->ctx->arena;
    const char *language = form->ctx->language;
    int digits = field->kind == FIELD_DECIMAL ? field->digits : 0;
    int64_t value = 0;

    switch (parse_decimal(typed, language, digits, &value)) {
    case PARSE_OK: break;
    case PARSE_EMPTY: return;
    case PARSE_TOO_PRECISE:
        form_error(form, name, tr_fill(arena, digits == 0 ? N_("{label}: enter a whole number") : N_("{label}: at most {digits} decimals"), "label", label_of(field), "digits",
                                       arena_printf(arena, "%d", digits), NULL));
        return;
    case PARSE_MALFORMED:
    case PARSE_OUT_OF_RANGE:
        form_error(form, name, tr_fill(arena, "{label}: enter a number", "label", label_of(field), NULL));
        return;
    }
    if (!(field->min == 0 && field->max == 0) && (value < field->min || value > field->max)) {
        form_error(form, name,
                   tr_fill(arena, "{label}: enter a number from {min} to {max}", "label", label_of(field), "min",
                           format_decimal(arena, language, field->min, digits), "max",
                           format_decimal(arena, language, field->max, digits), NULL));
        return;
    }
    *(int64_t *)place = value;
}

static void read_value(struct form *form, const struct field *field, const char *name, void *record)
{
    const char *typed = form_typed(form, name);
    void *place = (char *)record + field->offset;
    bool empty = typed == NULL || typed[0] == '\0' ||
                 (field->kind != FIELD_PASSWORD && one_line(form->ctx->arena, typed, true)[0] == '\0');

    if (field->kind == FIELD_CHECK)
        *(bool *)place = !empty;
    else if (field->kind == FIELD_DATE)
        *(int32_t *)place = DATE_NONE;
    else if (field->kind != FIELD_INTEGER && field->kind != FIELD_DECIMAL)
        *(const char **)place = "";
    if (empty) {
        if (field->required)
            form_error(form, name, field->missing != NULL
                                       ? tr(field->missing)
                                       : tr_fill(form->ctx->arena, "Fill in: {label}", "label", label_of(field), NULL));
        return;
    }
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_MULTILINE:
    case FIELD_EMAIL:
    case FIELD_PASSWORD:
    case FIELD_HIDDEN:
    case FIELD_CHOICE: read_text(form, field, name, typed, place); return;
    case FIELD_INTEGER:
    case FIELD_DECIMAL: read_number(form, field, name, typed, place); return;
    case FIELD_DATE:
        if (parse_date(typed, form->ctx->language, (int32_t *)place) != PARSE_OK) {
            *(int32_t *)place = DATE_NONE;
            form_error(form, name, tr_fill(form->ctx->arena, "{label}: enter a date like {example}", "label",
                                           label_of(field), "example",
                                           format_input_date(form->ctx->arena, form->ctx->language, form->ctx->today_on), NULL));
        }
        return;
    case FIELD_CHECK:
    case FIELD_GROUP: return;
    }
}

size_t form_records(const struct form *form, const struct field *group)
{
    size_t count = 0;

    for (size_t i = 0; i < form->typed.count; i++) {
        char *name;
        size_t index;
        const char *rest;

        if (split_name(form->ctx->arena, form->typed.items[i].name, &name, &index, &rest) &&
            strcmp(name, group->name) == 0 && index + 1 > count)
            count = index + 1;
    }
    return count;
}

static void read_group(struct form *form, const struct field *group)
{
    size_t count = form_records(form, group);
    char *records = arena_array(form->ctx->arena, count + 1, group->record_bytes);

    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < group->field_count; f++)
            read_value(form, &group->fields[f],
                       arena_printf(form->ctx->arena, "%s.%zu.%s", group->name, i, group->fields[f].name),
                       records + i * group->record_bytes);
    *(void **)((char *)form->values + group->offset) = records;
    *(size_t *)(void *)((char *)form->values + group->count_offset) = count;
}

bool form_read(struct form *form, struct ctx *ctx, const struct field *fields, size_t field_count,
               const struct pairs *pairs, void *values)
{
    memset(form, 0, sizeof *form);
    form->ctx = ctx;
    form->fields = fields;
    form->field_count = field_count;
    form->values = values;
    form->button = form->csrf = form->once = "";
    form->typed.items = ARENA_ARRAY(ctx->arena, struct pair, pairs->count + 1);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        const struct field *field;

        if (common_field(form, pair))
            continue;
        field = declared(form, pair->name);
        if (field == NULL || form_typed(form, pair->name) != NULL)
            return false; /* unknown, or sent twice */
        if (field->kind == FIELD_HIDDEN && strlen(pair->value) > most_bytes(field))
            return false; /* nobody typed it: there is no place to say what is wrong */
        form->typed.items[form->typed.count++] = *pair;
    }
    for (size_t i = 0; i < field_count; i++) {
        if (fields[i].kind == FIELD_GROUP)
            read_group(form, &fields[i]);
        else
            read_value(form, &fields[i], fields[i].name, values);
    }
    return true;
}

static void fill_value(struct form *form, const struct field *field, const char *name, const void *record, size_t *room)
{
    struct arena *arena = form->ctx->arena;
    const void *place = (const char *)record + field->offset;
    const char *text = "";

    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_MULTILINE:
    case FIELD_EMAIL:
    case FIELD_HIDDEN:
    case FIELD_CHOICE: text = *(const char *const *)place; break;
    case FIELD_PASSWORD: break; /* never sent back */
    case FIELD_INTEGER: text = arena_printf(arena, "%lld", (long long)*(const int64_t *)place); break;
    case FIELD_DECIMAL:
        text = format_input_decimal(arena, form->ctx->language, *(const int64_t *)place, field->digits,
                                    field->digits == 4 ? 0 : 2);
        break;
    case FIELD_DATE: text = format_input_date(arena, form->ctx->language, *(const int32_t *)place); break;
    case FIELD_CHECK: text = *(const bool *)place ? "1" : ""; break;
    case FIELD_GROUP: return;
    }
    if (form->typed.count == *room) {
        struct pair *more = ARENA_ARRAY(arena, struct pair, *room * 2);

        memcpy(more, form->typed.items, *room * sizeof *more);
        form->typed.items = more;
        *room *= 2;
    }
    form->typed.items[form->typed.count++] = (struct pair){arena_strdup(arena, name), text != NULL ? text : ""};
}

void form_fill(struct form *form, struct ctx *ctx, const struct field *fields, size_t field_count, const void *values)
{
    size_t room = 64;

    memset(form, 0, sizeof *form);
    form->ctx = ctx;
    form->fields = fields;
    form->field_count = field_count;
    form->button = form->csrf = form->once = "";
    form->typed.items = ARENA_ARRAY(ctx->arena, struct pair, room);
    for (size_t i = 0; i < field_count; i++) {
        const struct field *group = &fields[i];
        const char *records;
        size_t count;

        if (group->kind != FIELD_GROUP) {
            fill_value(form, group, group->name, values, &room);
            continue;
        }
        records = *(const char *const *)(const void *)((const char *)values + group->offset);
        count = *(const size_t *)(const void *)((const char *)values + group->count_offset);
        for (size_t r = 0; r < count; r++)
            for (size_t f = 0; f < group->field_count; f++)
                fill_value(form, &group->fields[f],
                           arena_printf(ctx->arena, "%s.%zu.%s", group->name, r, group->fields[f].name),
                           records + r * group->record_bytes, &room);
    }
}
