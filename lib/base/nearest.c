/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>

enum { ROW = BP_NEAREST_MOST + 1 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

struct bp_nearest bp_nearest_begin(const char *wanted, size_t size)
{
    return (struct bp_nearest){.wanted = wanted, .size = size, .distance = (size + 2) / 3 + 1};
}

/* How many letters must change. rows[i][j] is that of the first i letters of a and the first j of b. */
static size_t distance_of(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t rows[ROW][ROW];
    for (size_t i = 0; i <= a_size; i++)
        for (size_t j = 0; j <= b_size; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            const bool same = a[i - 1] == b[j - 1];
            rows[i][j] = least(rows[i - 1][j - 1] + !same, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[a_size][b_size];
}

void bp_nearest_try(struct bp_nearest *nearest, const char *name)
{
    const size_t size = strlen(name);
    if (size > BP_NEAREST_MOST || nearest->size > BP_NEAREST_MOST)
        return;
    const size_t distance = distance_of(nearest->wanted, nearest->size, name, size);
    if (distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}
