/* SPDX-License-Identifier: MIT
 *
 * A random panel product, as the kernels do it and as a plain sum does. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>

#include "base/random.h"
#include "kernels/kernels.h"
#include "kernels_typed.h"

enum { MOST_ROWS = 29, MOST_DEPTH = 600, GUARD = 3 };

static size_t up_to(struct bp_random *random, size_t most)
{
    return (size_t)(bp_random_uniform(random) * (double)(most + 1));
}

static void plain_panel(const struct REAL(bp_panel) *p)
{
    for (size_t m = 0; m < p->rows; m++) {
        for (size_t n = 0; n < p->columns; n++) {
            real sum = p->start[m * p->start_row + n];
            for (size_t k = 0; k < p->depth; k++)
                sum = fma(p->a[m * p->a_row + k * p->a_step], p->b[k * p->b_step + n], sum);
            p->c[m * p->c_row + n] = sum;
        }
    }
}

static void fill(struct bp_random *random, real *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (real)(2 * bp_random_uniform(random) - 1);
}

int REAL(panel_differences)(uint32_t cpu, uint32_t seed)
{
    static real a[MOST_ROWS * (MOST_DEPTH + GUARD)], b[MOST_DEPTH * (BP_LANES + GUARD)], start[BP_LANES];
    static real got[(MOST_ROWS + 1) * (BP_LANES + GUARD)], expected[(MOST_ROWS + 1) * (BP_LANES + GUARD)];
    struct bp_random random = bp_random_start(seed, 0, 0);
    struct REAL(bp_kernels) kernels;
    REAL(bp_kernels_choose)(&kernels, cpu);
    fill(&random, a, sizeof(a) / sizeof(a[0]));
    fill(&random, b, sizeof(b) / sizeof(b[0]));
    fill(&random, start, BP_LANES);
    fill(&random, got, sizeof(got) / sizeof(got[0]));
    memcpy(expected, got, sizeof(got));
    const bool by_columns = up_to(&random, 1), goes_on = up_to(&random, 1);
    struct REAL(bp_panel) p = {
        .rows = up_to(&random, MOST_ROWS - 1) + 1,
        .columns = up_to(&random, BP_LANES - 1) + 1,
        .depth = up_to(&random, up_to(&random, 1) ? MOST_DEPTH : 12),
        .a = a,
        .b = b,
        .b_step = BP_LANES + up_to(&random, GUARD),
        .start = start,
        .c_row = BP_LANES + up_to(&random, GUARD),
    };
    p.a_row = by_columns ? 1 : p.depth + up_to(&random, GUARD);
    p.a_step = by_columns ? p.rows : 1;
    struct REAL(bp_panel) panels[] = {p, p};
    real *const results[] = {got, expected};
    for (size_t i = 0; i < 2; i++) {
        panels[i].c = results[i] + 1; /* unaligned, with a guard before and between */
        if (goes_on) {
            panels[i].start = panels[i].c;
            panels[i].start_row = p.c_row;
        }
    }
    kernels.panel(&panels[0]);
    plain_panel(&panels[1]);
    int differences = 0;
    for (size_t i = 0; i < sizeof(got) / sizeof(got[0]); i++)
        differences += memcmp(&got[i], &expected[i], sizeof(real)) != 0;
    return differences;
}
