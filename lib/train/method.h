/* SPDX-License-Identifier: MIT
 *
 * What a training method is. A method takes all rows for an iteration and minimises a function of n numbers, of which
 * it knows nothing else. It owns its state, and its file has its struct bp_method; train/methods/methods.h lists the
 * methods. */
#ifndef BP_TRAIN_METHOD_H
#define BP_TRAIN_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/keys.h"

/* ---- the function */

/* The function at a point. */
struct bp_point {
    double *x, *gradient; /* [n] */
    double value;
    size_t right; /* rows with the right answer, which methods only carry along */
};

/* A smooth function. `evaluate` fills in the rest of a point whose x is given, which it may round to what the net can
 * hold. A method steps back from an infinite value; a status other than BP_OK ends the iteration. */
struct bp_objective {
    size_t n;
    bp_status (*evaluate)(void *context, struct bp_point *at);
    void *context;
};

/* A sum of squares of residuals r with the derivatives J. */
struct bp_squares {
    size_t n, count;       /* parameters, and those of them that are trained */
    const size_t *trained; /* [count]: which */
    double *workspace;     /* as bp_symmetric_factor() takes it for `count` rows */
    /* Fills in value, half the sum of squares, and `right` of a point whose x is given and may be rounded. A method
     * steps back from an infinite value. */
    bp_status (*evaluate)(void *context, struct bp_point *at);
    /* The same, and the gradient J^T r, 0 for what is not trained, and J^T J as train/symmetric.h keeps it. The value
     * is infinite also if one of these is. */
    bp_status (*evaluate_jacobian)(void *context, struct bp_point *at, double *jj);
    void *context;
};

/* What a method is given. */
struct bp_problem {
    size_t n;                      /* parameters */
    struct bp_objective objective; /* the loss of all rows with the penalties */
    struct bp_squares squares;     /* the same without penalties; for a method with residuals alone */
    double rows;                   /* half the sum of squares is rows times the loss */
    double residuals;              /* how many there are, in rows whose weight is not 0 */
    const double *decay;           /* [n]: the penalty is half the sum of decay w^2 */
    double (*option)(const void *training, int32_t key); /* a BP_TRAIN_* or BP_OPT_* */
    const void *training;
};

static inline double bp_problem_option(const struct bp_problem *problem, int32_t key)
{
    return problem->option(problem->training, key);
}

/* ---- the rows of a state, by which files keep it */

enum bp_state_kind { BP_STATE_NUMBER, BP_STATE_SIZE, BP_STATE_WIDE, BP_STATE_SWITCH, BP_STATE_KEY };

struct bp_number_row {
    const char *name;
    enum bp_state_kind kind; /* double, size_t, uint64_t, bool or int32_t */
    size_t at;               /* where in the state it lies */
    int32_t record;          /* the BP_RECORD_* that a NUMBER is the answer to; 0: none */
};

/* Doubles: `length` for each parameter, and a pointer to the first lies at `at`; or, with a stride, `length` in all,
 * and the first itself lies there. */
struct bp_vector_row {
    const char *name;
    size_t at, stride, length;
};

/* ---- the method */

/* Every `state` is zeroed when it comes to `make`, and begins with the struct bp_point at which the method stands. */
struct bp_method {
    size_t size;      /* bytes of a state */
    bool residuals;   /* it minimises problem->squares, else problem->objective */
    bool regularises; /* it finds its own penalty */

    /* Buffers for this problem, of which n and squares.count are known; false if there is no memory. `release` takes a
     * state that is half made. */
    bool (*make)(void *state, const bp_allocator *allocator, const struct bp_problem *problem);
    void (*release)(void *state, const bp_allocator *allocator);

    /* Evaluates the point, whose x is given, and forgets all else. */
    bp_status (*begin)(void *state, const struct bp_problem *problem);

    /* BP_DONE: no step lowers the function. After an error the same iteration can be made again. */
    bp_status (*iterate)(void *state, const struct bp_problem *problem);

    /* Of a method with residuals whose rows a file has filled in: makes the rest of the state. `here`: the net stands
     * at the point, which may then be evaluated. */
    bp_status (*restore)(void *state, const struct bp_problem *problem, bool here);

    /* The loss at the point, and the norm of its gradient, as bp/train.h describes them. */
    void (*report)(const void *state, const struct bp_problem *problem, double *loss, double *norm);

    /* The name of a number that a file has filled in and that cannot be; NULL: there is none. May be NULL itself. */
    const char *(*fault)(const void *state);

    const struct bp_number_row *numbers;
    size_t number_count;
    const struct bp_vector_row *vectors;
    size_t vector_count;
};

/* Members of a struct bp_method: a table and how many rows it has. */
#define BP_NUMBER_ROWS(table) .numbers = (table), .number_count = sizeof(table) / sizeof((table)[0])
#define BP_VECTOR_ROWS(table) .vectors = (table), .vector_count = sizeof(table) / sizeof((table)[0])

/* A row of the family bp_methods. */
struct bp_method_row {
    struct bp_named named;
    const struct bp_method *method; /* NULL for BP_METHOD_STEPS, whose epochs are of batches and steps */
};

#endif
