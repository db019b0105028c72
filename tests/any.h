/* SPDX-License-Identifier: MIT */
#ifndef TESTS_ANY_H
#define TESTS_ANY_H

/*
 * One test body for both number types: the functions any_* take and return double, ask the net for its type, convert,
 * and call the function of that type. A float widened to double keeps its value, so two results of an f32 net are the
 * same bits exactly when their widened copies are.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <bp/bp.h>

/* ---- number types */

/** Whether the library was built with this number type. */
bool dtype_built(int32_t dtype);

extern int32_t any_f32; /**< BP_F32, for ANY_BOTH */
extern int32_t any_f64; /**< BP_F64, for ANY_BOTH */

/** Two entries of a CMUnitTest table: the test with a state of BP_F32 and of BP_F64. */
#define ANY_BOTH(test)                                                                                                 \
    {#test "_f32", test, NULL, NULL, &any_f32}, { #test "_f64", test, NULL, NULL, &any_f64 }

/** The same for a test that hands in numbers that are not finite, or lets some overflow: see host_mode.h. */
#define ANY_BOTH_MASKED(test)                                                                                          \
    {#test "_f32", test, host_masked, host_again, &any_f32}, { #test "_f64", test, host_masked, host_again, &any_f64 }

/** The number type of a test made by ANY_BOTH. Skips the test, saying why, if the library was built without it. */
int32_t any_dtype(void **state);

/** Skips the test, saying why, if the library was built without this number type. */
void any_need(int32_t dtype);

/* ---- nets */

/** A layer of any_net(): dense, or dropout if `rate` is not 0. */
struct any_layer {
    size_t units;
    int32_t activation;
    int32_t bias; /**< BP_BIAS_*, 0 for BP_BIAS_UNIT */
    double rate;
};

/** Sets the names of inputs, outputs and classes: [inputs], [outputs], and [outputs], or [2] for one output. NULL:
 *  these names stay. */
bp_status any_set_names(bp_net *net, const char *const *inputs, const char *const *outputs, const char *const *classes);

/** bp_net_add() of a dropout layer with a rate as a number. */
bp_status any_add_dropout(bp_net *net, double rate);

/** An initialised net. Every call on the way must succeed. */
bp_net *any_net(int32_t dtype, size_t inputs, const struct any_layer *layers, size_t count, uint64_t seed);

/** A data set with its own copy of inputs, and of a target where `outputs` is not 0; NULL after a failure. */
bp_status any_data(bp_data **data, int32_t type, const void *x, size_t rows, size_t inputs, const void *target,
                   size_t outputs);
/** The same with labels. */
bp_status any_labelled(bp_data **data, int32_t type, const void *x, size_t rows, size_t inputs, const int32_t *labels,
                       size_t classes);

/** A data set that shows rows of another. */
bp_data *any_view(const bp_data *data, const size_t *rows, size_t count);

/** Rows of a batch: target or labels, and weights or NULL. */
struct any_rows {
    size_t rows;
    const double *x, *target;
    const int32_t *labels;
    const double *weights;
};

/** A data set that borrows these arrays, for a net of either type. */
bp_data *any_borrowed(const bp_net *net, const struct any_rows *rows);

/** The calls of a net on rows of a data set, with a data set of any_borrowed(). */
bp_status any_train_rows(bp_net *net, const struct any_rows *rows, double *loss);
bp_status any_backward_rows(bp_net *net, const struct any_rows *rows, double *loss);
bp_status any_loss_rows(const bp_net *net, const struct any_rows *rows, double *loss, bp_scratch *scratch);
/** Sets the scaling options and takes the data set's columns. */
bp_status any_fit_scaling(bp_net *net, const bp_data *data, int32_t inputs, int32_t targets);

/** Asserts BP_OK, and prints the net's sentence otherwise. */
#define any_ok(status) any_check_ok((status), #status, __FILE__, __LINE__)
void any_check_ok(bp_status status, const char *call, const char *file, int line);

/* ---- calls for either number type */

bp_status any_forward(bp_net *net, const double *x, size_t rows, double *y);
bp_status any_backward(bp_net *net, const double *target, size_t rows, double *loss);
bp_status any_backward_from(bp_net *net, const double *dy, size_t rows);
bp_status any_input_gradient(bp_net *net, double *dx);
bp_status any_train(bp_net *net, const double *x, const double *target, size_t rows, double *loss);
bp_status any_train_labels(bp_net *net, const double *x, const int32_t *labels, size_t rows, double *loss);
bp_status any_predict(const bp_net *net, const double *x, size_t rows, double *y, bp_scratch *scratch);
bp_status any_loss(const bp_net *net, const double *x, const double *target, size_t rows, double *loss,
                   bp_scratch *scratch);

/* Facts of a data set. */
int32_t any_is_sparse(const bp_data *data);
int32_t any_is_weighted(const bp_data *data);

/* Facts of a net, and of its arrays; 0 for an array that is not there. */
int32_t any_type(const bp_net *net);
int32_t any_is_fresh(const bp_net *net);
int32_t any_nonfinite_layer(const bp_net *net);
size_t any_rows(const bp_net *net); /**< of the last forward or train */
size_t any_units(const bp_net *net, size_t layer);
size_t any_numbers(const bp_net *net, int32_t array, size_t layer); /**< rows * columns */
size_t any_parameters(const bp_net *net);
size_t any_weights(const bp_net *net, size_t layer);
size_t any_biases(const bp_net *net, size_t layer);
int32_t any_scales_inputs(const bp_net *net);
int32_t any_scales_targets(const bp_net *net);
bp_status any_get_gradient_norm(const bp_net *net, double *norm);

/** Sets both scalings; NULL removes one. Each center is set before its factor, up to the first failure. */
bp_status any_set_scaling(bp_net *net, const double *input_center, const double *input_factor,
                          const double *target_center, const double *target_factor);
/** 0 and 1 where there is none. */
bp_status any_get_input_scaling(const bp_net *net, double *center, double *factor);
bp_status any_get_target_scaling(const bp_net *net, double *center, double *factor);

/* A whole array. */
bp_status any_get_parameters(const bp_net *net, double *flat);
bp_status any_set_parameters(bp_net *net, const double *flat);
bp_status any_get_gradient(const bp_net *net, double *flat);
bp_status any_get_weights(const bp_net *net, size_t layer, double *w);
bp_status any_set_weights(bp_net *net, size_t layer, const double *w);
bp_status any_get_bias(const bp_net *net, size_t layer, double *b);
bp_status any_set_bias(bp_net *net, size_t layer, const double *b);
bp_status any_get_weight_gradient(const bp_net *net, size_t layer, double *dw);
bp_status any_get_bias_gradient(const bp_net *net, size_t layer, double *db);
bp_status any_get_z(const bp_net *net, size_t layer, double *z);
bp_status any_get_activation(const bp_net *net, size_t layer, double *a);
bp_status any_get_delta(const bp_net *net, size_t layer, double *delta);

/* ---- numbers */

/** `count` doubles that are 0; the test fails if there is no memory. Release them with free(). */
double *any_buffer(size_t count);

/** The next number of a fixed sequence, uniform in [low, high). `state` is any number to start from. */
double any_uniform(uint64_t *state, double low, double high);

/** Fills `values` from any_uniform(), each rounded to float, so that nets of either type can start from them. */
void any_fill(uint64_t *state, double *values, size_t count, double low, double high);

/** The greatest |value|; 0 if count is 0. A NaN counts as infinite, so that every comparison fails on it. */
double any_max_norm(const double *values, size_t count);

/** The greatest |a - b| over `count`, divided by the greatest |b|, or by `floor` if that is greater. */
double any_relative_difference(const double *a, const double *b, size_t count, double floor);

/** How many doubles lie between a and b: 0 for equal ones (and for -0 and 0), UINT64_MAX if one is NaN. */
uint64_t any_ulp_distance(double a, double b);

/** Asserts that `count` doubles are the same to the bit, and prints the first that is not. */
#define any_same_bits(a, b, count) any_check_same_bits((a), (b), (count), #a " and " #b, __FILE__, __LINE__)
void any_check_same_bits(const double *a, const double *b, size_t count, const char *what, const char *file, int line);

/** All parameters of two nets have the same bits. */
void any_same_parameters(const bp_net *a, const bp_net *b);

/* The options of nets, then those of layers, without the facts of nets and layers; 0 past the last. */
int32_t any_option_at(size_t index);

/* An option of a training, or the latest value of its record. */
bp_status any_ask(const bp_train *train, int32_t key, double *value);

#endif
