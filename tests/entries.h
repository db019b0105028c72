/* SPDX-License-Identifier: MIT
 *
 * How many entries a folder has, and how many descriptors this process has. Both must stay the same, whatever fails. */
#ifndef TESTS_ENTRIES_H
#define TESTS_ENTRIES_H

#include <dirent.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* With . and .. */
static inline size_t count_entries(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static inline size_t count_descriptors(void) { return count_entries("/proc/self/fd"); }

#endif
