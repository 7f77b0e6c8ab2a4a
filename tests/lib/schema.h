/* schema: is a message valid by its public XSD? The schemas are not ours to keep here: they are used where they are. */
#ifndef TACITE_TESTS_SCHEMA_H
#define TACITE_TESTS_SCHEMA_H

#include <stddef.h>

/* 1 valid, 0 not, -1 no such schema here: say so aloud. version: "pain.008.001.08". */
int schema_says(const char *version, const void *text, size_t bytes);

#endif
