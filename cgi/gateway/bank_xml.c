#include "gateway/bank_xml.h"

#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <string.h>

#include "base/check.h"

struct walk {
    xmlTextReaderPtr reader;
    const struct bank_xml_events *events;
    const xmlChar *space;                 /* of the document element, from the reader's dictionary */
    int foreign;                          /* depth of the element of another name space that we are in, 0: none */
    size_t path_end[BANK_XML_DEPTH_MAX + 1]; /* length of the path at each depth */
    char path[BANK_XML_PATH_MAX];
    bool leaf;                            /* the open element has no element inside so far */
    char currency[4];
    size_t text_bytes;
    char text[BANK_XML_TEXT_MAX + 1];
};

/* Nothing but the bytes at hand is ever read. */
static xmlParserInputPtr refuse_external(const char *url, const char *id, xmlParserCtxtPtr context)
{
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *trimmed(struct walk *w)
{
    char *text = w->text;

    while (w->text_bytes > 0 && blank(text[w->text_bytes - 1]))
        w->text_bytes--;
    text[w->text_bytes] = '\0';
    while (blank(*text))
        text++;
    return text;
}

/* A new element: its name goes to the path. */
static enum bank_xml_stop open_element(struct walk *w, int depth)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(w->reader);
    const xmlChar *space = xmlTextReaderConstNamespaceUri(w->reader);
    size_t at, bytes = strlen(name);

    if (depth >= BANK_XML_DEPTH_MAX)
        return BANK_XML_TOO_DEEP;
    if (depth == 0) {
        w->space = space;
        w->path_end[0] = 0;
        return w->events->root(w->events->to, space == NULL ? "" : (const char *)space, name) ? BANK_XML_READ : BANK_XML_STOPPED;
    }
    if (w->foreign > 0)
        return BANK_XML_READ;
    if (space != w->space && !xmlStrEqual(space, w->space)) {
        w->foreign = depth;
        return BANK_XML_READ;
    }
    at = w->path_end[depth - 1];
    if (at + bytes + 2 > sizeof w->path)
        return BANK_XML_LONG_TEXT;
    if (at > 0)
        w->path[at++] = '/';
    memcpy(w->path + at, name, bytes + 1);
    w->path_end[depth] = at + bytes;
    w->leaf = true;
    w->text_bytes = 0;
    w->currency[0] = '\0';
    if (xmlTextReaderHasAttributes(w->reader) == 1) {
        xmlChar *currency = xmlTextReaderGetAttribute(w->reader, (const xmlChar *)"Ccy");

        if (currency != NULL && xmlStrlen(currency) == 3)
            memcpy(w->currency, currency, 4);
        xmlFree(currency);
    }
    return w->events->begins(w->events->to, w->path) ? BANK_XML_READ : BANK_XML_STOPPED;
}

static enum bank_xml_stop close_element(struct walk *w, int depth)
{
    bool on = true;

    if (w->foreign > 0) {
        if (depth == w->foreign)
            w->foreign = 0;
        return BANK_XML_READ;
    }
    if (depth == 0)
        return BANK_XML_READ;
    w->path[w->path_end[depth]] = '\0';
    if (w->leaf)
        on = w->events->leaf(w->events->to, w->path, trimmed(w), w->currency);
    w->leaf = false;
    if (on)
        on = w->events->ends(w->events->to, w->path);
    return on ? BANK_XML_READ : BANK_XML_STOPPED;
}

static enum bank_xml_stop add_text(struct walk *w)
{
    const char *text = (const char *)xmlTextReaderConstValue(w->reader);
    size_t bytes = text == NULL ? 0 : strlen(text);

    if (w->foreign > 0 || !w->leaf)
        return BANK_XML_READ;
    if (w->text_bytes + bytes > BANK_XML_TEXT_MAX)
        return BANK_XML_LONG_TEXT;
    memcpy(w->text + w->text_bytes, text == NULL ? "" : text, bytes);
    w->text_bytes += bytes;
    return BANK_XML_READ;
}

static enum bank_xml_stop node(struct walk *w)
{
    int depth = xmlTextReaderDepth(w->reader);
    enum bank_xml_stop stop = BANK_XML_READ;

    switch (xmlTextReaderNodeType(w->reader)) {
    case XML_READER_TYPE_ELEMENT:
        stop = open_element(w, depth);
        if (stop == BANK_XML_READ && xmlTextReaderIsEmptyElement(w->reader) == 1)
            stop = close_element(w, depth);
        return stop;
    case XML_READER_TYPE_END_ELEMENT:
        return close_element(w, depth);
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        return add_text(w);
    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY:
    case XML_READER_TYPE_ENTITY_REFERENCE:
    case XML_READER_TYPE_NOTATION:
        return BANK_XML_DOCTYPE;
    default:
        return BANK_XML_READ;
    }
}

/* The line of the node at hand; what the parser has read ahead is up to a block further. libxml2 counts a node's line
 * up to 65534. */
static int line_of(xmlTextReaderPtr reader)
{
    xmlNodePtr at = xmlTextReaderCurrentNode(reader);
    long line = at == NULL ? 0 : xmlGetLineNo(at);

    return line > 0 && line < 65535 ? (int)line : xmlTextReaderGetParserLineNumber(reader);
}

/* Seen before the parser works on it. What hides behind 4 kB of comments, or in UTF-16, the parser meets as a node. */
static const char *doctype(const char *data, size_t bytes)
{
    return memmem(data, bytes < 4096 ? bytes : 4096, "<!DOCTYPE", 9);
}

enum bank_xml_stop bank_xml_read(const void *data, size_t bytes, const struct bank_xml_events *events, int *line)
{
    struct walk w = {.events = events};
    enum bank_xml_stop stop = BANK_XML_READ;
    const char *refused;
    int read = 1, nodes = 0;

    *line = 1;
    if (bytes == 0)
        return BANK_XML_EMPTY;
    if (bytes > BANK_XML_BYTES_MAX)
        return BANK_XML_TOO_LARGE;
    refused = doctype(data, bytes);
    if (refused != NULL) {
        for (const char *p = data; p < refused; p++)
            *line += *p == '\n';
        return BANK_XML_DOCTYPE;
    }
    xmlSetExternalEntityLoader(refuse_external);
    w.reader = xmlReaderForMemory(data, (int)bytes, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
    CHECK(w.reader != NULL); /* out of memory */
    while (stop == BANK_XML_READ && (read = xmlTextReaderRead(w.reader)) == 1) {
        stop = ++nodes > BANK_XML_NODES_MAX ? BANK_XML_TOO_MANY : node(&w);
        if (stop != BANK_XML_READ)
            *line = line_of(w.reader);
    }
    if (stop == BANK_XML_READ && read != 0) {
        stop = BANK_XML_MALFORMED;
        *line = xmlTextReaderGetParserLineNumber(w.reader);
    }
    if (*line < 1)
        *line = 1;
    xmlFreeTextReader(w.reader);
    return stop;
}
