/* SPDX-License-Identifier: MIT */
#ifndef SPARSE_FIXTURE_H
#define SPARSE_FIXTURE_H

/* The same rows as a dense matrix and as CSR, and the sparse calls for either number type. */

#include "any.h"

struct sparse_rows {
    size_t rows, inputs;
    double *x, *values; /**< [rows][inputs], and the numbers of it that are there */
    float *values_f32;
    int32_t *columns;
    int64_t *starts;
};

/** Random rows in which a share of about `share` of the numbers is stored, some of them as 0. The first row is empty,
 *  the last is full. The first start is not 0. */
void sparse_make(struct sparse_rows *s, uint64_t seed, size_t rows, size_t inputs, double share);

/** The rows of `x` as CSR, without its zeros. */
void sparse_of(struct sparse_rows *s, const double *x, size_t rows, size_t inputs);
void sparse_free(struct sparse_rows *s);

/** A data set that borrows them, in the net's type. */
bp_data *sparse_data(const bp_net *net, const struct sparse_rows *s);

/** The calls, of `rows` rows from row `row` on. */
bp_status sparse_forward(bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, double *y);
bp_status sparse_train(bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, const double *target,
                       const int32_t *labels, const double *weights, double *loss);
bp_status sparse_predict(const bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, double *y,
                         bp_scratch *scratch);
bp_status sparse_loss(const bp_net *net, const struct sparse_rows *s, size_t row, size_t rows, const double *target,
                      const int32_t *labels, const double *weights, double *loss);

/** Asserts that two nets have the same parameters, or the same gradient, to the bit. */
void sparse_same_parameters(const bp_net *dense, const bp_net *sparse, const char *what);
void sparse_same_gradient(const bp_net *dense, const bp_net *sparse, const char *what);

#endif
