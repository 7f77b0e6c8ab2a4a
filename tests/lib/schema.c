#include "schema.h"

#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>

#include "test.h"

#define SCHEMAS "../shared/data/iso20022/xsd/"

/* Quiet: what a schema says is only asked for yes or no. */
static void silent(void *to, const char *format, ...)
{
    (void)to;
    (void)format;
}

int schema_says(const char *version, const void *text, size_t bytes)
{
    xmlSchemaParserCtxtPtr parser;
    xmlSchemaPtr schema;
    xmlSchemaValidCtxtPtr valid;
    xmlDocPtr document;
    const char *path = arena_printf(test_arena(), SCHEMAS "%s.xsd", version);
    FILE *there = fopen(path, "r");
    int result;

    if (there == NULL)
        return -1;
    fclose(there);
    xmlSetGenericErrorFunc(NULL, silent);
    xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader); /* the reader of bank files lets nothing be loaded */
    parser = xmlSchemaNewParserCtxt(path);
    schema = xmlSchemaParse(parser);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    valid = xmlSchemaNewValidCtxt(schema);
    document = xmlReadMemory(text, (int)bytes, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    result = document != NULL && xmlSchemaValidateDoc(valid, document) == 0;
    xmlFreeDoc(document);
    xmlSchemaFreeValidCtxt(valid);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    return result;
}
