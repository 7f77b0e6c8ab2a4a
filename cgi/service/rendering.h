/* rendering: documents that were issued or signed become sealed files, kept in the database.
 *
 * Jobs are claimed with SKIP LOCKED, so that several processes render at once; a group is one transaction, its
 * documents are written together. Where that fails, the group is made again and each is written by itself: the bad
 * one is put off, the others stay. What is on the page was frozen in rows, so a document made later is the same. Only
 * the batch calls this: it holds the signing key. */
#ifndef TACITE_SERVICE_RENDERING_H
#define TACITE_SERVICE_RENDERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "document/pdf_sign.h"

struct rendering {
    const struct signer *signer;
    int64_t rendered;
    int64_t failed;
    bool (*stop)(void);
};

enum err render_documents(struct ctx *ctx, struct rendering *state) MUST_USE;

#endif
