/* SPDX-License-Identifier: MIT
 *
 * For the tests of bp_train_diagnose(): trainings from tables, and what the doctor finds in them. */
#ifndef DOCTOR_FIXTURE_H
#define DOCTOR_FIXTURE_H

#include "any.h"

enum { MOST_FINDINGS = 16, MOST_LAYERS = 4 };

/* A training, and the last examination. */
struct patient {
    bp_net *net;
    bp_data *data, *valid;
    bp_train *train;
    size_t findings;
    int32_t kind[MOST_FINDINGS];
    size_t place[MOST_FINDINGS];
    double measure[MOST_FINDINGS];
};

/* What a training is made of, beside its data. 0 leaves an option as it is. */
struct recipe {
    struct any_layer layers[MOST_LAYERS]; /* ended by one without units */
    int32_t loss, optimizer;
    double rate;
    double batch, epochs;
    int32_t method;
};

/* The patient owns `data` and `valid` (or NULL) from then on. The network sees the data as they are, unless
 * BP_OPT_RAW is set to 0: then the training scales them. */
struct patient patient_of(int32_t dtype, const struct recipe *recipe, bp_data *data, bp_data *valid);
void end_patient(struct patient *patient);

/* Asks the doctor. */
void examine(struct patient *patient);

/* The place of a kind among the findings; MOST_FINDINGS if it is not among them. */
size_t find(const struct patient *patient, int32_t kind);

/* Fails and prints the findings if there is one of another kind than `allowed` (0: of any kind). */
#define expect_healthy(patient, allowed) check_healthy((patient), (allowed), __FILE__, __LINE__)
void check_healthy(const struct patient *patient, int32_t allowed, const char *file, int line);

/* Data in doubles, of `rows` numbers for each column. */
bp_data *data_with_target(const double *x, size_t rows, size_t inputs, const double *target, size_t outputs);
bp_data *data_with_labels(const double *x, size_t rows, size_t inputs, const int32_t *labels, size_t classes);

/* The data that come with the examples: 150 flowers; 1797 digits whose pixels go from 0 to 1. */
bp_data *iris(void);
bp_data *digits(void);

#endif
