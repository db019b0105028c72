/* SPDX-License-Identifier: MIT
 *
 * Cholesky by a LAPACK, for who must have one: -Dlapack= builds it, BP_TRAIN_LAPACK chooses it. An upper triangle by
 * rows is a lower one by columns, so that its L is R^T. */
#include <limits.h>

#include "train/symmetric.h"

/* Fortran's, with the lengths of the texts last. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uplo_length);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info, size_t uplo_length);

bool bp_lapack_factor(double *a, size_t n)
{
    const int rows = (int)n, stride = (int)bp_symmetric_stride(n);
    int info = 0;
    if (bp_symmetric_stride(n) > INT_MAX)
        return false;
    dpotrf_("L", &rows, a, &stride, &info, 1);
    return info == 0;
}

bool bp_lapack_solve(const double *factor, size_t n, double *b)
{
    const int rows = (int)n, stride = (int)bp_symmetric_stride(n), one = 1;
    int info = 0;
    if (bp_symmetric_stride(n) > INT_MAX)
        return false;
    dpotrs_("L", &rows, &one, factor, &stride, b, &rows, &info, 1);
    return info == 0;
}
