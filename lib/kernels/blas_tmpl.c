/* SPDX-License-Identifier: MIT
 *
 * The product by a CBLAS, for who must have one: it adds in an order of its own, so that the promise of the same bits
 * is gone. -Dblas= builds it, BP_OPT_BLAS chooses it. */
#include <cblas.h>
#include <string.h>

#include "kernels/kernels.h"

#define GEMM BY_PRECISION(cblas_sgemm, cblas_dgemm)

enum { DEPTH = 1 << 30 }; /* which an int can count */

/* c += a b, a panel at a time, or all at once where they lie side by side. */
static void add(const struct REAL(bp_product) *p)
{
    const bool by_columns = p->a_row == 1, together = p->b_panel == BP_LANES && p->c_panel == BP_LANES;
    const size_t a_step = by_columns ? p->a_step : p->a_row, times = together ? 1 : p->panels;
    const size_t columns = together ? p->panels * BP_LANES : BP_LANES;
    for (size_t i = 0; i < times; i++)
        GEMM(CblasRowMajor, by_columns ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)p->rows, (int)columns,
             (int)p->depth, 1, p->a, (int)a_step, p->b + i * p->b_panel, (int)p->b_step, 1, p->c + i * p->c_panel,
             (int)p->c_row);
}

void REAL(bp_blas_product)(const struct REAL(bp_product) *whole)
{
    struct REAL(bp_product) p = *whole;
    for (size_t m = 0; m < p.rows && p.start != p.c; m++)
        for (size_t panel = 0; panel < p.panels; panel++)
            memcpy(p.c + m * p.c_row + panel * p.c_panel, p.start + m * p.start_row + panel * p.start_panel,
                   BP_LANES * sizeof(real));
    for (size_t left = whole->depth; left > 0; left -= p.depth) {
        p.depth = left < DEPTH ? left : DEPTH;
        add(&p);
        p.a += p.depth * p.a_step;
        p.b += p.depth * p.b_step;
    }
}
