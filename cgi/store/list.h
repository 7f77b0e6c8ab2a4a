/* list: keys as one JSON text, which a statement reads as a table, so that one prepared statement serves any number of
 * them. The list is read first: the other way round a small table would be locked whole. */
#ifndef TACITE_STORE_LIST_H
#define TACITE_STORE_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The one parameter is the text; j.id is a key. */
#define ID_LIST "JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) j STRAIGHT_JOIN "

/* The same of documents, before a table whose fields are named without it. */
#define DOCUMENT_LIST "JSON_TABLE(?, '$[*]' COLUMNS (document_id BIGINT PATH '$')) j STRAIGHT_JOIN "

/* [1,2,3] of the 64-bit member at this offset of each record. */
const char *id_list_of(struct arena *arena, const void *records, size_t record_bytes, size_t offset, size_t count);
#define ID_LIST_OF(arena, records, type, member, count) id_list_of(arena, records, sizeof(type), offsetof(type, member), count)

const char *id_list(struct arena *arena, const int64_t *ids, size_t count);

/* The same for keys of plain ASCII, at most 64 characters: j.place counts them from 1. What cannot be a key stands as ""
 * in its place. */
#define KEY_LIST "JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY, k VARCHAR(64) PATH '$')) j STRAIGHT_JOIN "
#define LISTED_KEY "CONVERT(j.k USING ascii) COLLATE ascii_bin"
const char *key_list(struct arena *arena, const char *const *keys, size_t count);

#endif
