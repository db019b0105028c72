/* SPDX-License-Identifier: MIT */
#include "peer_sparse.h"

#include <string.h>

#include "clones.h"

typedef float vector __attribute__((vector_size(BARE_UNITS * sizeof(float))));

CLONES void bare_epoch(const float *values, const int32_t *columns, const int64_t *starts, size_t rows, float *w)
{
    const float rate = 1e-6f;
    for (size_t row = 0; row < rows; row++) {
        vector sum = {0};
        for (int64_t k = starts[row]; k < starts[row + 1]; k++) {
            vector line;
            memcpy(&line, w + (size_t)columns[k] * BARE_UNITS, sizeof(line));
            sum += values[k] * line;
        }
        const vector delta = rate * sum;
        for (int64_t k = starts[row]; k < starts[row + 1]; k++) {
            vector line;
            memcpy(&line, w + (size_t)columns[k] * BARE_UNITS, sizeof(line));
            line -= values[k] * delta;
            memcpy(w + (size_t)columns[k] * BARE_UNITS, &line, sizeof(line));
        }
    }
}
