#include "view/form.h"

#include <string.h>

#include "text/words.h"

static const char *error_of(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->error_count; i++)
        if (strcmp(form->errors[i].name, name) == 0)
            return form->errors[i].message;
    return "";
}

/* An e-mail address is text too: the browser would refuse a wrong one itself, in its own language and before we see it. */
static const char *type_of(enum field_kind kind)
{
    return kind == FIELD_PASSWORD ? "password" : kind == FIELD_HIDDEN ? "hidden" : "text";
}

static void fill(struct ctx *ctx, HDF *node, const struct form *form, const struct field *field, const char *name)
{
    const char *typed = form_typed(form, name);
    const char *value = typed != NULL && field->kind != FIELD_PASSWORD ? typed : "";

    hdf_text(node, "id", form_id(ctx->arena, name));
    hdf_text(node, "name", name);
    hdf_text(node, "label", field->label != NULL ? tr(field->label) : "");
    hdf_text(node, "hint", field->hint != NULL ? tr(field->hint) : "");
    hdf_text(node, "err", error_of(form, name));
    hdf_text(node, "value", value);
    hdf_text(node, "type", type_of(field->kind));
    hdf_text(node, "ac", field->autocomplete);
    hdf_flag(node, "required", field->required);
    if (field->kind == FIELD_EMAIL)
        hdf_text(node, "mode", "email");
    if (field->kind == FIELD_INTEGER || field->kind == FIELD_DECIMAL) {
        hdf_text(node, "mode", field->kind == FIELD_INTEGER ? "numeric" : "decimal");
        hdf_flag(node, "short", true);
    }
    hdf_flag(node, "short", field->kind == FIELD_DATE || field->kind == FIELD_INTEGER || field->kind == FIELD_DECIMAL);
    for (size_t i = 0; field->options != NULL && i < field->option_count; i++) {
        HDF *option = hdf_row(node, "opts", (int)i);

        hdf_text(option, "v", field->options[i].value);
        hdf_text(option, "l", tr(field->options[i].label));
        hdf_text(option, "hint", field->options[i].hint != NULL ? tr(field->options[i].hint) : "");
        hdf_flag(option, "sel", strcmp(field->options[i].value, value) == 0);
    }
}

static void fill_group(struct ctx *ctx, HDF *root, const struct form *form, const struct field *group)
{
    size_t count = form_records(form, group);

    for (size_t r = 0; r < count; r++) {
        HDF *record = hdf_row(root, group->name, (int)r);

        for (size_t f = 0; f < group->field_count; f++)
            fill(ctx, hdf_node(record, group->fields[f].name), form, &group->fields[f],
                 arena_printf(ctx->arena, "%s.%zu.%s", group->name, r, group->fields[f].name));
    }
}

void view_form(struct ctx *ctx, HDF *hdf, const struct form *form)
{
    HDF *root = hdf_node(hdf, "Form");

    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].kind == FIELD_GROUP)
            fill_group(ctx, root, form, &form->fields[i]);
        else
            fill(ctx, hdf_node(root, form->fields[i].name), form, &form->fields[i], form->fields[i].name);
    }
    for (size_t i = 0; i < form->error_count; i++) {
        HDF *row = hdf_row(hdf, "Errors", (int)i);

        hdf_text(row, "id", form->errors[i].id);
        hdf_text(row, "msg", form->errors[i].message);
    }
}

void view_option(HDF *hdf, const char *field, int index, const char *value, const char *label, bool selected)
{
    HDF *option = hdf_row(hdf_node(hdf_node(hdf, "Form"), field), "opts", index);

    hdf_text(option, "v", value);
    hdf_text(option, "l", label);
    hdf_flag(option, "sel", selected);
}
