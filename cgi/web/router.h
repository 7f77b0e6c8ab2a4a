/* router: "/q/:quote/sign" against "/q/Q-2026-00042/sign". */
#ifndef TACITE_WEB_ROUTER_H
#define TACITE_WEB_ROUTER_H

#include <stdbool.h>

#include "base/arena.h"

enum { ROUTE_ARGS = 3 };

/* A segment ":name" takes any segment of 1..80 of A-Z a-z 0-9 - _ ; ":name.pdf" one that ends so, and
 * gives it without the ending. arg[] is filled in order, the rest "". */
bool route_matches(struct arena *arena, const char *pattern, const char *path, const char *arg[ROUTE_ARGS]);

#endif
