/* SPDX-License-Identifier: MIT
 *
 * bp_train_diagnose() on healthy trainings. */
#include "doctor_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TANH(n)                                                                                                        \
    {                                                                                                                  \
        n, BP_ACT_TANH, 0, 0                                                                                           \
    }
#define RELU(n)                                                                                                        \
    {                                                                                                                  \
        n, BP_ACT_RELU, 0, 0                                                                                           \
    }
#define DROP(share)                                                                                                    \
    {                                                                                                                  \
        0, 0, 0, share                                                                                                 \
    }
#define OUT(n, activation)                                                                                             \
    {                                                                                                                  \
        n, BP_ACT_##activation, 0, 0                                                                                   \
    }

static bp_data *xor_data(void)
{
    static const double x[] = {0, 0, 0, 1, 1, 0, 1, 1}, target[] = {0, 1, 1, 0};
    return data_with_target(x, 4, 2, target, 1);
}

/* Iris with columns of mean 0 and spread 1. */
static bp_data *scaled_iris(void)
{
    bp_data *raw = iris();
    const size_t rows = bp_data_rows(raw), inputs = bp_data_inputs(raw);
    double *x = any_buffer(rows * inputs);
    int32_t *labels = calloc(rows, sizeof(*labels));
    assert_non_null(labels);
    assert_int_equal(bp_data_copy_inputs(raw, 0, rows, BP_F64, x), BP_OK);
    assert_int_equal(bp_data_copy_labels(raw, 0, rows, labels), BP_OK);
    for (size_t column = 0; column < inputs; column++) {
        double mean = 0, square = 0;
        for (size_t row = 0; row < rows; row++)
            mean += x[row * inputs + column] / (double)rows;
        for (size_t row = 0; row < rows; row++)
            square += pow(x[row * inputs + column] - mean, 2) / (double)rows;
        for (size_t row = 0; row < rows; row++)
            x[row * inputs + column] = (x[row * inputs + column] - mean) / sqrt(square);
    }
    bp_data *data = data_with_labels(x, rows, inputs, labels, bp_data_classes(raw));
    free(x);
    free(labels);
    bp_data_destroy(raw);
    return data;
}

/* A product, as in the guide. */
static bp_data *product(void)
{
    double x[400], target[200];
    for (int i = 0; i < 200; i++) {
        x[2 * i] = i % 20 / 10.0 - 1;
        x[2 * i + 1] = i / 20 / 5.0 - 1;
        target[i] = x[2 * i] * x[2 * i + 1];
    }
    return data_with_target(x, 200, 2, target, 1);
}

/* Healthy trainings: those of the examples and of the guide, and one of every method and optimiser; the share of rows
 * for validation; and the findings that are allowed because they are true. */
static const struct {
    const char *name;
    bp_data *(*data)(void);
    double validation;
    struct recipe recipe;
    int32_t allowed;
} well[] = {
    {"xor", xor_data, 0, {{TANH(4), OUT(1, SIGMOID)}, 0, 0, 1, 0, 1000, 0}, 0},
    {"xor, Adam",
     xor_data,
     0,
     {{TANH(4), OUT(1, SIGMOID)}, BP_LOSS_BINARY_CROSS_ENTROPY, BP_OPTIM_ADAM, 0.05, 1, 500, 0},
     0},
    {"xor, L-BFGS",
     xor_data,
     0,
     {{TANH(4), OUT(1, SIGMOID)}, BP_LOSS_BINARY_CROSS_ENTROPY, 0, 0, 0, 100, BP_METHOD_LBFGS},
     0},
    {"xor, SCG",
     xor_data,
     0,
     {{TANH(4), OUT(1, SIGMOID)}, BP_LOSS_BINARY_CROSS_ENTROPY, 0, 0, 0, 200, BP_METHOD_SCG},
     0},
    {"iris", iris, 0.3, {{TANH(16), OUT(3, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0.01, 16, 200, 0}, 0},
    {"iris, ReLU",
     scaled_iris,
     0.3,
     {{RELU(32), RELU(32), OUT(3, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0.003, 16, 100, 0},
     0},
    {"iris, descent", iris, 0, {{TANH(16), OUT(3, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0.02, 16, 100, 0}, 0},
    {"digits",
     digits,
     0.2,
     {{RELU(64), DROP(0.2), OUT(10, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0, 16, 12, 0},
     BP_FINDING_INPUT_CONSTANT},
    {"digits, descent",
     digits,
     0.2,
     {{RELU(64), OUT(10, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, 0, 0.1, 16, 12, 0},
     BP_FINDING_INPUT_CONSTANT},
    {"digits, deep",
     digits,
     0.2,
     {{RELU(32), RELU(32), RELU(32), OUT(10, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0, 16, 12, 0},
     BP_FINDING_INPUT_CONSTANT},
    {"digits, sigmoid",
     digits,
     0.2,
     {{OUT(32, SIGMOID), OUT(32, SIGMOID), OUT(10, SOFTMAX)}, BP_LOSS_CROSS_ENTROPY, BP_OPTIM_ADAM, 0, 16, 12, 0},
     BP_FINDING_INPUT_CONSTANT},
    {"product", product, 0.2, {{TANH(16), OUT(1, IDENTITY)}, 0, BP_OPTIM_ADAM, 0.01, 16, 200, 0}, 0},
    {"product, descent", product, 0.2, {{TANH(16), OUT(1, IDENTITY)}, 0, 0, 0.1, 16, 200, 0}, 0},
};

static struct patient patient_at(int32_t dtype, size_t i)
{
    bp_data *data = well[i].data(), *first = NULL, *second = NULL;
    if (well[i].validation == 0)
        return patient_of(dtype, &well[i].recipe, data, NULL);
    assert_int_equal(bp_data_split(data, 1 - well[i].validation, 1, &first, &second), BP_OK);
    bp_data_destroy(data);
    return patient_of(dtype, &well[i].recipe, first, second);
}

static void nothing_is_found_where_all_is_well(void **state)
{
    const int32_t dtype = any_dtype(state);
    for (size_t i = 0; i < 2 * sizeof(well) / sizeof(well[0]); i++) {
        const size_t which = i / 2;
        struct patient p = patient_at(dtype, which);
        double epochs, warning;
        any_ok(bp_net_set(p.net, BP_OPT_RAW, (double)(i % 2)));
        examine(&p);
        expect_healthy(&p, well[which].allowed);
        any_ok(bp_train_run(p.train, NULL, NULL));
        examine(&p);
        expect_healthy(&p, well[which].allowed);
        any_ok(bp_train_record(p.train, 0, BP_RECORD_EPOCH, &epochs));
        for (size_t epoch = 1; (double)epoch <= epochs; epoch++) {
            any_ok(bp_train_record(p.train, epoch, BP_RECORD_WARNING, &warning));
            if (warning != 0)
                fail_msg("%s: %s in epoch %zu", well[which].name, bp_key_name((int32_t)warning), epoch);
        }
        end_patient(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY_BOTH(nothing_is_found_where_all_is_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
