/* SPDX-License-Identifier: MIT
 *
 * The step of plain gradient descent. Several kernels take it, each where the gradient is at hand, and all must give
 * the same bits. */
#ifndef BP_KERNELS_SGD_H
#define BP_KERNELS_SGD_H

#include "kernels/vector.h"

/* -rate, for sgd_step(); made once, before a loop. */
BP_INLINE vec sgd_minus_rate(real rate) { return vec_all(-rate); }

/* w - rate g in one fused multiply-add. g is the mean gradient, rounded: where C computes in a wider type, the
 * conversion to the parameter's type rounds it. The caller applies vec_kept() to the result. */
BP_INLINE vec sgd_step(vec w, vec minus_rate, vec g) { return vec_fma(minus_rate, g, w); }

#endif
