/* ids: lists of 64-bit ids, and of records that begin with theirs. */
#ifndef TACITE_BASE_IDS_H
#define TACITE_BASE_IDS_H

#include <stddef.h>
#include <stdint.h>

/* The order of ids, for qsort and bsearch: of an int64_t, or of a record whose first member is one. */
int by_id(const void *a, const void *b);

/* Puts them in their order, each once; gives how many are left. */
size_t ids_once(int64_t *ids, size_t count);

#endif
