/* bank_xml: an XML file from outside, leaf by leaf, without ever holding it as a tree.
 *
 * Everything that XML can do besides elements and text is refused: document types, entities, processing of other
 * files; no network, no other file is ever touched. Bytes, depth, nodes and the length of one text are bounded
 * (trust.md 3.6, SEC-55). Each leaf is told with its path below the document element: "Stmt/Ntry/Amt". */
#ifndef TACITE_GATEWAY_BANK_XML_H
#define TACITE_GATEWAY_BANK_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/err.h"

enum {
    BANK_XML_BYTES_MAX = 64 * 1024 * 1024, /* a statement of 50,000 entries has 30 to 50 MB */
    BANK_XML_DEPTH_MAX = 64,
    BANK_XML_NODES_MAX = 20000000,
    BANK_XML_TEXT_MAX = 4000,
    BANK_XML_PATH_MAX = 512,
};

enum bank_xml_stop {
    BANK_XML_READ = 1, /* to its end */
    BANK_XML_EMPTY,
    BANK_XML_TOO_LARGE,
    BANK_XML_MALFORMED,
    BANK_XML_DOCTYPE,
    BANK_XML_TOO_DEEP,
    BANK_XML_TOO_MANY,
    BANK_XML_LONG_TEXT,
    BANK_XML_STOPPED, /* the caller said so */
};

/* What is met, in order. path is "" for the document element; a leaf is told at its end, text trimmed; `currency` is
 * its attribute Ccy or "". Elements of another name space than the document element's are passed over. Each gives
 * false to stop. */
struct bank_xml_events {
    void *to;
    bool (*root)(void *to, const char *space, const char *name);
    bool (*begins)(void *to, const char *path);
    bool (*leaf)(void *to, const char *path, const char *text, const char *currency);
    bool (*ends)(void *to, const char *path);
};

/* *line is where it stopped, 1 for the first. Memory stays small whatever the file's size. */
enum bank_xml_stop bank_xml_read(const void *data, size_t bytes, const struct bank_xml_events *events, int *line);

#endif
