#include "view/render.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "text/words.h"

enum { TEMPLATES_MAX = 256 };

struct parsed {
    char *name;
    CSPARSE *tree;
};

static struct parsed templates[TEMPLATES_MAX];
static size_t template_count;
static HDF *page_settings; /* escaping on */
static HDF *text_settings; /* plain text of mails */

static NEOERR *call_tr(const char *in, char **out)
{
    *out = strdup(tr(in));
    return *out != NULL ? STATUS_OK : nerr_raise(NERR_NOMEM, "tr");
}

static NEOERR *call_url(const char *in, char **out)
{
    struct arena *arena = arena_new();

    *out = strdup(encode_percent(arena, in));
    arena_free(arena);
    return *out != NULL ? STATUS_OK : nerr_raise(NERR_NOMEM, "url_escape");
}

/* Takes the error's text into the trail and gives the error back to its list. */
static enum err fail(struct ctx *ctx, const char *name, NEOERR *error)
{
    STRING text;
    enum err err;

    string_init(&text);
    nerr_error_string(error, &text);
    err = FAIL(ctx, ERR_TEMPLATE, "%s: %s", name, text.buf != NULL ? text.buf : "");
    string_clear(&text);
    nerr_ignore(&error);
    return err;
}

static NEOERR *open_tree(HDF *settings, CSPARSE **tree)
{
    NEOERR *error = cs_init(tree, settings);

    if (error == STATUS_OK)
        error = cs_register_strfunc(*tree, (char *)(uintptr_t)"tr", (CSSTRFUNC)call_tr);
    if (error == STATUS_OK)
        error = cs_register_esc_strfunc(*tree, (char *)(uintptr_t)"url_escape", (CSSTRFUNC)call_url);
    return error;
}

static NEOERR *append(void *handle, char *text)
{
    struct str *out = handle;
    size_t bytes = strlen(text);

    if (out->bytes + bytes > RENDER_BYTES_MAX)
        return nerr_raise(NERR_OUTOFRANGE, "the page is larger than %d bytes", RENDER_BYTES_MAX);
    str_append_bytes(out, text, bytes);
    return STATUS_OK;
}

static NEOERR *render_tree(CSPARSE *tree, HDF *settings, HDF *hdf, struct str *out)
{
    NEOERR *error;

    tree->hdf = hdf;
    tree->global_hdf = settings;
    error = cs_render(tree, out, append);
    tree->hdf = settings; /* never a dangling tree */
    return error;
}

/* Escaping must work before anybody is served: Config.AutoEscape is silently ignored by this library,
 * so what counts is what comes out. */
static enum err prove_escaping(struct ctx *ctx)
{
    struct str out = str_new(ctx->arena);
    HDF *hdf = hdf_new(ctx);
    CSPARSE *tree = NULL;
    NEOERR *error = open_tree(page_settings, &tree);
    char *text = strdup("<?cs def:probe(x) ?><a title=\"<?cs var:x ?>\"><?cs var:tr(x) ?></a><?cs /def ?>"
                        "<?cs call:probe(Probe) ?>");

    CHECK(text != NULL);
    hdf_text(hdf, "Probe", "\"<script>&'");
    if (error == STATUS_OK)
        error = cs_parse_string(tree, text, strlen(text));
    if (error == STATUS_OK)
        error = render_tree(tree, page_settings, hdf, &out);
    if (error != STATUS_OK)
        return fail(ctx, "probe", error);
    cs_destroy(&tree);
    if (strcmp(out.text, "<a title=\"&quot;&lt;script&gt;&amp;&#39;\">&quot;&lt;script&gt;&amp;&#39;</a>") != 0)
        return FAIL(ctx, ERR_TEMPLATE, "the template library does not escape: %s", out.text);
    return OK;
}

static enum err parse_template(struct ctx *ctx, const char *name)
{
    struct parsed *parsed = &templates[template_count];
    HDF *settings = str_ends(name, ".txt.cs") ? text_settings : page_settings;
    NEOERR *error;

    CHECK(template_count < TEMPLATES_MAX);
    error = open_tree(settings, &parsed->tree);
    if (error == STATUS_OK)
        error = cs_parse_file(parsed->tree, name);
    if (error != STATUS_OK)
        return fail(ctx, name, error);
    parsed->name = strdup(name);
    CHECK(parsed->name != NULL);
    template_count++;
    return OK;
}

static enum err parse_folder(struct ctx *ctx, const char *folder, const char *area)
{
    DIR *dir = opendir(arena_printf(ctx->arena, "%s/%s", folder, area));
    struct dirent *entry;
    enum err err = OK;

    if (dir == NULL)
        return FAIL(ctx, ERR_IO, "template folder %s/%s cannot be opened", folder, area);
    while (err == OK && (entry = readdir(dir)) != NULL)
        if (str_ends(entry->d_name, ".cs"))
            err = parse_template(ctx, arena_printf(ctx->arena, "%s/%s", area, entry->d_name));
    (void)closedir(dir);
    return err;
}

static HDF *settings_new(const char *folder, bool escape)
{
    HDF *hdf = NULL;

    CHECK(hdf_init(&hdf) == STATUS_OK);
    hdf_text(hdf, "hdf.loadpaths.0", folder);
    if (escape)
        hdf_text(hdf, "Config.VarEscapeMode", "html"); /* before cs_init: baked in at parse */
    return hdf;
}

static enum err begin_loading(struct ctx *ctx, const char *folder)
{
    CHECK(page_settings == NULL);
    page_settings = settings_new(folder, true);
    text_settings = settings_new(folder, false);
    return prove_escaping(ctx);
}

enum err load_templates_of(struct ctx *ctx, const char *folder, const char *area)
{
    TRY(ctx, begin_loading(ctx, folder));
    return parse_folder(ctx, folder, area);
}

enum err load_templates(struct ctx *ctx, const char *folder)
{
    DIR *dir;
    struct dirent *entry;
    enum err err = begin_loading(ctx, folder);

    dir = opendir(folder);
    if (dir == NULL)
        return FAIL(ctx, ERR_IO, "template folder %s cannot be opened", folder);
    while (err == OK && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.' && strchr(entry->d_name, '.') == NULL && strcmp(entry->d_name, "layout") != 0 &&
            strcmp(entry->d_name, "macro") != 0 && strcmp(entry->d_name, "lint") != 0)
            err = parse_folder(ctx, folder, arena_strdup(ctx->arena, entry->d_name));
    (void)closedir(dir);
    return err;
}

enum err view_page(struct ctx *ctx, HDF *hdf, const char *name, struct str *out)
{
    struct str text = str_new(ctx->arena);
    NEOERR *error;
    size_t i = 0;

    while (i < template_count && strcmp(templates[i].name, name) != 0)
        i++;
    if (i == template_count)
        return FAIL(ctx, ERR_TEMPLATE, "no template %s", name);
    error = render_tree(templates[i].tree, str_ends(name, ".txt.cs") ? text_settings : page_settings, hdf, &text);
    if (error != STATUS_OK)
        return fail(ctx, name, error);
    if (!str_is_utf8(text.text, text.bytes))
        return FAIL(ctx, ERR_TEMPLATE, "%s: the output is no UTF-8", name);
    str_append_bytes(out, text.text, text.bytes);
    return OK;
}
