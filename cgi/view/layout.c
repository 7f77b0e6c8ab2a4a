#include "view/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "text/words.h"

enum { ASSETS_MAX = 64 };

static struct {
    char *name;
    char *url;
} assets[ASSETS_MAX];
static size_t asset_count;

enum err load_assets(struct ctx *ctx, const char *manifest)
{
    FILE *file = fopen(manifest, "re");
    char line[512];

    if (file == NULL)
        return FAIL(ctx, ERR_IO, "%s cannot be opened: run make assets", manifest);
    while (fgets(line, sizeof line, file) != NULL && asset_count < ASSETS_MAX) {
        char *tab = strchr(line, '\t');

        if (tab == NULL)
            continue;
        *tab = '\0';
        tab[1 + strcspn(tab + 1, "\n")] = '\0';
        assets[asset_count].name = strdup(line);
        assets[asset_count].url = strdup(arena_printf(ctx->arena, "/s/%s", tab + 1));
        CHECK(assets[asset_count].name != NULL && assets[asset_count].url != NULL);
        asset_count++;
    }
    (void)fclose(file);
    return OK;
}

const char *asset_url(const char *name)
{
    static char plain[128];

    for (size_t i = 0; i < asset_count; i++)
        if (strcmp(assets[i].name, name) == 0)
            return assets[i].url;
    (void)snprintf(plain, sizeof plain, "/s/%s", name);
    return plain;
}

/* "/admin/quotes/new" is under "/admin/quotes"; "/admin/" holds only itself. */
static bool is_under(const char *path, const char *area, size_t bytes)
{
    if (bytes > 0 && area[bytes - 1] == '/')
        return strlen(path) == bytes && strncmp(path, area, bytes) == 0;
    return strncmp(path, area, bytes) == 0 && (path[bytes] == '\0' || path[bytes] == '/');
}

/* Bytes of the longest of the link's addresses that hold the path; 0: none does. */
static size_t link_fits(const char *path, const struct layout_link *link)
{
    size_t best = is_under(path, link->href, strlen(link->href)) ? strlen(link->href) : 0;

    for (const char *area = link->areas != NULL ? link->areas : ""; *area != '\0'; area += strspn(area, " ")) {
        size_t bytes = strcspn(area, " ");

        if (bytes > best && is_under(path, area, bytes))
            best = bytes;
        area += bytes;
    }
    for (size_t i = 0; i < link->part_count; i++) {
        size_t bytes = link_fits(path, &link->parts[i]);

        best = bytes > best ? bytes : best;
    }
    return best;
}

/* The entry that the path belongs to; NULL: none. */
static const struct layout_link *link_of(const char *path, const struct layout_link *links, size_t count)
{
    const struct layout_link *found = NULL;
    size_t best = 0;

    for (size_t i = 0; i < count && path != NULL; i++) {
        size_t bytes = link_fits(path, &links[i]);

        if (bytes > best) {
            best = bytes;
            found = &links[i];
        }
    }
    return found;
}

static void fill_links(HDF *hdf, const char *name, const struct layout_link *links, size_t count, const struct layout_link *current)
{
    for (size_t i = 0; i < count; i++) {
        HDF *item = hdf_row(hdf, name, (int)i);

        hdf_text(item, "name", tr(links[i].label));
        hdf_text(item, "href", links[i].href);
        hdf_flag(item, "on", &links[i] == current);
    }
}

void layout_fill(struct ctx *ctx, HDF *hdf, const struct layout *layout)
{
    static const struct {
        const char *code;
        const char *name;
    } language[] = {{"fr", "Français"}, {"en", "English"}};
    const struct layout_link *area = link_of(layout->path, layout->nav, layout->nav_count);
    const char *lang = words_language();
    int row = 0;

    hdf_text(hdf, "Page.title", layout->title);
    hdf_text(hdf, "Page.lang", strcmp(lang, "qq") == 0 ? "en" : lang);
    hdf_text(hdf, "Page.dir", "ltr");
    hdf_text(hdf, "Page.company", layout->company);
    hdf_text(hdf, "Page.user", layout->user);
    hdf_text(hdf, "Page.bootstrap", asset_url("bootstrap.min.css"));
    hdf_text(hdf, "Page.theme", asset_url("theme.css"));
    hdf_text(hdf, "Page.icon", asset_url("icon.svg"));
    fill_links(hdf, "Nav", layout->nav, layout->nav_count, area);
    hdf_text(hdf, "Page.area", area != NULL ? tr(area->label) : "");
    if (area != NULL)
        fill_links(hdf, "Parts", area->parts, area->part_count, link_of(layout->path, area->parts, area->part_count));
    fill_links(hdf, "Footer", layout->footer, layout->footer_count, NULL);
    for (size_t i = 0; layout->language_links && i < COUNT_OF(language); i++) {
        HDF *item = hdf_row(hdf, "Lang", row++);

        hdf_text(item, "code", language[i].code);
        hdf_text(item, "name", language[i].name);
        hdf_text(item, "href", arena_printf(ctx->arena, "%s?lang=%s", layout->path != NULL ? layout->path : "/",
                                            language[i].code));
        hdf_flag(item, "on", strcmp(lang, language[i].code) == 0);
    }
}

void layout_flash(HDF *hdf, const char *kind, const char *text, const char *link, const char *href)
{
    hdf_text(hdf, "Flash.kind", kind);
    hdf_text(hdf, "Flash.text", text);
    hdf_flag(hdf, "Flash.alert", strcmp(kind, "bad") == 0 || strcmp(kind, "warn") == 0);
    if (link != NULL) {
        hdf_text(hdf, "Flash.link", link);
        hdf_text(hdf, "Flash.href", href);
    }
}
