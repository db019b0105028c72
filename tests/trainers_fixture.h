/* SPDX-License-Identifier: MIT */
#ifndef TRAINERS_FIXTURE_H
#define TRAINERS_FIXTURE_H

/*
 * Trainings over all rows, for test_trainers.c and test_trainers_life.c.
 */

#include "any.h"

/** What is to be learned: rows of 0 and 1, or of points, each with a label of 2 classes. */
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
/** A problem with its rows repeated so many times; `once` is freed. */
struct problem problem_repeated(struct problem once, size_t times);
void problem_free(struct problem *problem);

/** A net with tanh and one sigmoid, its training by `method`, and the data. A method of least squares gets the half
 *  squared error in place of the loss of the problem. */
struct training {
    bp_net *net;
    bp_data *data;
    bp_train *train;
};

/* The next of the methods that take all rows; 0 after the last. Only the first two never raise the loss. */
int32_t method_after(int32_t method);

struct training training_by(int32_t dtype, const struct problem *problem, int32_t method, uint64_t seed);
/** The same with this allocator for both; NULL: malloc. It stops at a failure, and returns its status. */
bp_status training_make(struct training *training, int32_t dtype, const struct problem *problem, int32_t method,
                        uint64_t seed, const bp_allocator *allocator);
void training_end(struct training *training);

double training_value(const struct training *training, int32_t key);
void set(const struct training *training, int32_t key, double value);

/** All parameters of the net, in a buffer. Release it with free(). */
double *parameters_of(const bp_net *net);

#endif
