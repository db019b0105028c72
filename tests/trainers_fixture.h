/* SPDX-License-Identifier: MIT */
#ifndef TRAINERS_FIXTURE_H
#define TRAINERS_FIXTURE_H

/*
 * Trainings over all rows, for test_trainers.c and test_trainers_life.c.
 */

#include "any.h"

/** What there is to learn: rows of 0 and 1, or of points, with a label of 2 classes each. */
struct problem {
    const char *name;
    size_t inputs, rows, hidden_layers, hidden;
    int32_t loss;
    double *x; /**< [rows][inputs], exact in float */
    int32_t *labels;
};

/** 2 of 2 bits, from a 2-4-1 net. */
struct problem problem_xor(void);
/** The parity of 8 bits, all 256 rows, from an 8-16-1 net. */
struct problem problem_parity(void);
/** The two spirals of Lang and Witbrock (1988), 97 points each, out to a radius of 1, from a 2-24-24-1 net that
 *  begins with Nguyen and Widrow's weights. */
struct problem problem_spirals(void);
/** Its rows so many times over; `once` is freed. */
struct problem problem_repeated(struct problem once, size_t times);
void problem_free(struct problem *problem);

/** A net with tanh and one sigmoid, its training by `method`, and the data, from any allocators. A method of least squares
 *  gets the half squared error in place of the problem's loss. */
struct training {
    bp_net *net;
    bp_data *data;
    bp_train *train;
};

/* The next method over all rows after one, 0 after the last. Only the first two never raise the loss. */
int32_t method_after(int32_t method);

struct training training_of(int32_t dtype, const struct problem *problem, int32_t method, uint64_t seed);
/** The same with both allocators given; NULL for malloc. May leave off at a failure, which it returns. */
bp_status training_make(struct training *training, int32_t dtype, const struct problem *problem, int32_t method,
                        uint64_t seed, const bp_allocator *allocator);
void training_end(struct training *training);

double value_of(const struct training *training, int32_t key);
void set(const struct training *training, int32_t key, double value);

/** Asserts BP_OK, and prints the training's sentence otherwise. */

/** All parameters of the net, in a buffer. Release it with free(). */
double *parameters_of(const bp_net *net);
void same_parameters(const bp_net *a, const bp_net *b);

#endif
