/* SPDX-License-Identifier: MIT */
#include "peer_sparse.h"

#include <string.h>

typedef float vector __attribute__((vector_size(BARE_UNITS * sizeof(float))));

static vector load(const float *p)
{
    vector v;
    memcpy(&v, p, sizeof(v));
    return v;
}

void bare_epoch(const float *values, const int32_t *columns, const int64_t *starts, size_t rows, float *w)
{
    const float rate = 1e-6f;
    for (size_t row = 0; row < rows; row++) {
        vector sum = {0};
        for (int64_t k = starts[row]; k < starts[row + 1]; k++)
            sum += values[k] * load(w + (size_t)columns[k] * BARE_UNITS);
        const vector delta = rate * sum;
        for (int64_t k = starts[row]; k < starts[row + 1]; k++) {
            float *line = w + (size_t)columns[k] * BARE_UNITS;
            const vector stepped = load(line) - values[k] * delta;
            memcpy(line, &stepped, sizeof(stepped));
        }
    }
}
