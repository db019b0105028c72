/* SPDX-License-Identifier: MIT
 *
 * A small net and a small data set at a chosen point of their lives, good arguments for every function, and a
 * fingerprint of all that queries return of the two. */
#ifndef ARGUMENTS_FIXTURE_H
#define ARGUMENTS_FIXTURE_H

#include "arguments_table.h"

/* The net is: 4 tanh units, dropout, 3 relu units without bias, 2 sigmoid units with a shared bias; Adam. */
enum { INPUTS = 3, OUTPUTS = 2, LAYERS = 4, DROPOUT_LAYER = 1, BIASLESS_LAYER = 2, ROWS = 5 };

/* The data set is: ROWS rows of INPUTS inputs, with labels and weights. */
enum { FOLDS = 2, FIRST_ROW = 1, SOME_ROWS = ROWS - FIRST_ROW };

/* More than the net has parameters, and than the rows of a test have numbers in the widest layer. */
enum { CAPACITY = 64 };

/* Of the path of a file under BP_SOURCE_ROOT. */
enum { PATH_CAPACITY = 512 };

/** The same numbers in both types: a function reads or writes those of its own type. */
struct numbers {
    float f32[CAPACITY];
    double f64[CAPACITY];
};

/** A point of the life of a net and a data set. */
struct life {
    const char *name;
    unsigned has;              /**< what it has of NEEDS_* */
    const char *const *led_by; /**< the calls that lead there once the layers are added, ended by NULL */
    double loss;               /**< a BP_LOSS_* to set at the end, or 0 */
};

/** All lives. The first has most of what functions need, so that most functions succeed in it. */
extern const struct life lives[];
extern const size_t life_count;

/** The first life in which a function succeeds. */
const struct life *life_for(const struct call *call);

struct fixture {
    int32_t dtype;
    const struct life *life;
    const bp_allocator *allocator; /**< NULL is malloc */
    bp_net *net;
    bp_scratch *scratch; /**< NULL before init */
    struct numbers x, target, values, y;
    int32_t labels[ROWS];
    double doubles[3];   /**< for functions that return one number, or several */
    bp_data *set, *view; /* view: empty, to show rows of the set */
    uint8_t bytes[CAPACITY];
    double weights[ROWS];
    size_t row_numbers[ROWS];
    union {
        int32_t labels[ROWS];
        double weights[ROWS];
    } held;                  /**< what a data set is asked for, beside numbers in y */
    size_t counts[2 * ROWS]; /**< also for numbers that are as many and no wider */
    int32_t columns[2 * ROWS];
    int64_t starts[ROWS + 1];
    int64_t starts_out[ROWS + 1];
    char text[8192];
    char csv[PATH_CAPACITY], libsvm[PATH_CAPACITY]; /**< files to read */
    char saved[64], model[PATH_CAPACITY];           /**< a file to write, a model file to read */
    char checkpoint[64]; /**< of a training of that model's net on the data set, if it has one been asked for */
    bool checkpoint_made;
    unsigned char checkpoint_bytes[32768];
    size_t checkpoint_size;
    unsigned char model_bytes[8192]; /**< which holds these bytes */
    size_t model_size;
    bp_train *train; /**< NULL in most lives */
    /* Handles that a call made, and handles that a call has to destroy. */
    bp_net *net_out, *net_given;
    bp_scratch *scratch_out, *scratch_given;
    bp_data *set_out[2], *set_given, *set_sharing;
    bp_train *train_out, *train_given;
};

/** Is this number type in the library? */
bool type_built(int32_t dtype);

/** Skips a test with a message if the library was built without this number type. */
void need_type(int32_t dtype);

void fixture_begin(struct fixture *f, int32_t dtype, const struct life *life, const bp_allocator *allocator);
void fixture_end(struct fixture *f);

/** Arguments with which the function succeeds if the life allows. */
void fixture_arguments(struct fixture *f, const struct call *call, union arg *args);

/** Calls the function. Handles that it made are kept in net_out, scratch_out and set_out. Handles that it destroyed
 *  are forgotten. */
union arg fixture_call(struct fixture *f, const struct call *call, const union arg *args);

/** Does the same with good arguments. */
union arg fixture_good_call(struct fixture *f, const struct call *call);

/** Has a call made a handle that waits? */
bool fixture_made(const struct fixture *f);

/** A hash of all that the public interface returns of the net: sizes, options, keys of layers, parameters, gradient,
 *  z, activation, delta, rows and input gradient, and the status of each of these calls; and of the data set and
 *  those that a call made: sizes, inputs, target, labels, weights and names. */
uint64_t fixture_fingerprint(struct fixture *f);

/** Continues from any life: forward, backward, step, train and predict. Returns the fingerprint at the end. It also
 *  depends on what no call returns: the optimiser's state and the random state. */
uint64_t fixture_continue(struct fixture *f);

/** Mixes bytes into a hash. `size` is a multiple of 8. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);

/** Prints what is wrong and continues, so that one run shows everything; no_complaints() then fails the test. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void no_complaints(void);

#endif
