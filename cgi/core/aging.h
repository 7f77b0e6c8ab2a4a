/* aging: how late money is, in the five columns that everybody's balance by age has. */
#ifndef TACITE_CORE_AGING_H
#define TACITE_CORE_AGING_H

#include <stdint.h>

enum aging { AGING_NOT_DUE = 1, AGING_TO_30, AGING_TO_60, AGING_TO_90, AGING_OLDER };
enum { AGING_COLUMNS = 5 };

/* Days late are counted from the due day, which itself is not late: the day after is day 1. */
enum aging aging_of(int32_t due_on, int32_t as_of_on);
const char *aging_text(enum aging aging); /* English msgid */

#endif
