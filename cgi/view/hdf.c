#include "view/hdf.h"

#include <stdio.h>

#include "base/check.h"

static void destroy(void *handle)
{
    HDF *hdf = handle;

    hdf_destroy(&hdf);
}

/* Only memory can run out here: see arena.h. */
static void must(NEOERR *err)
{
    CHECK(err == STATUS_OK);
}

HDF *hdf_new(struct ctx *ctx)
{
    HDF *hdf = NULL;

    must(hdf_init(&hdf));
    arena_cleanup(ctx->arena, destroy, hdf);
    return hdf;
}

void hdf_text(HDF *node, const char *name, const char *value)
{
    must(hdf_set_value(node, name, value != NULL ? value : ""));
}

void hdf_number(HDF *node, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    hdf_text(node, name, text);
}

void hdf_flag(HDF *node, const char *name, bool on)
{
    if (on)
        hdf_text(node, name, "1");
}

HDF *hdf_node(HDF *node, const char *name)
{
    HDF *child = NULL;

    must(hdf_get_node(node, name, &child));
    return child;
}

HDF *hdf_row(HDF *node, const char *name, int index)
{
    char path[96];

    CHECK(index >= 0);
    if (index >= HDF_ROWS_MAX) /* beside the list, where nothing reads it */
        (void)snprintf(path, sizeof path, "%s_beyond", name);
    else
        (void)snprintf(path, sizeof path, "%s.%d", name, index);
    return hdf_node(node, path);
}
