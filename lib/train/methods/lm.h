/* SPDX-License-Identifier: MIT
 *
 * Levenberg-Marquardt (Marquardt: An algorithm for least-squares estimation of nonlinear parameters, 1963; Hagan,
 * Menhaj: Training feedforward networks with the Marquardt algorithm, IEEE Transactions on Neural Networks 5, 1994): w
 * += d with (J^T J + mu I) d = -J^T r, and mu moved by whether that was lower. */
#ifndef BP_TRAIN_METHODS_LM_H
#define BP_TRAIN_METHODS_LM_H

#include "train/methods/point.h"

/* mu goes no lower, as in MATLAB's trainlm. */
#define BP_LM_LEAST_MU 1e-20

/* How mu moves; and whether a LAPACK solves the equations. */
struct bp_lm_rules {
    double first, decrease, increase, most;
    bool lapack;
};

/* What is minimised: data half the sum of r^2, plus penalty half the sum of decay w^2. */
struct bp_lm_terms {
    double data, penalty;
    const double *decay; /* [n]; 0 for what is not trained */
};

struct bp_lm {
    struct bp_point at, trial; /* where it stands, and the point that it tries; the value is half the sum of r^2 */
    double *workspace, *normal, *factor; /* normal, factor: J^T J, and what the equations are made of it */
    double *direction;                   /* [n] */
    double *step;                        /* [count]; or what bp_symmetric_inverse_trace() takes */
    double mu;
    bool known; /* normal is of `at` */
};

/* False if there is no memory. */
bool bp_lm_make(const bp_allocator *allocator, struct bp_lm *lm, size_t n, size_t count);
void bp_lm_release(const bp_allocator *allocator, struct bp_lm *lm);

/* Evaluates `at`, whose x is given; and begin forgets all else. */
bp_status bp_lm_evaluate(struct bp_lm *lm, const struct bp_squares *squares);
bp_status bp_lm_begin(struct bp_lm *lm, const struct bp_squares *squares, const struct bp_lm_rules *rules);

/* An iteration: `at` is then lower than before, with its derivatives. BP_DONE: it was not, up to the greatest mu; the
 * next begins with the first. After an error the same iteration can be made again. */
bp_status bp_lm_iterate(struct bp_lm *lm, const struct bp_squares *squares, const struct bp_lm_terms *terms,
                        const struct bp_lm_rules *rules);

/* The sum of decay w^2 at a point; and the 2-norm of the gradient of what is minimised, at `at`. */
double bp_lm_decayed(const struct bp_point *at, const struct bp_lm_terms *terms, size_t n);
double bp_lm_gradient_norm(const struct bp_lm *lm, const struct bp_lm_terms *terms, size_t n);

/* The Cholesky factor of data J^T J + diag(penalty decay + mu) at `at`, into `factor`. False if there is none. */
bool bp_lm_factor(struct bp_lm *lm, const struct bp_squares *squares, const struct bp_lm_terms *terms, double mu,
                  bool lapack);

/* ---- what the methods lm and br share */

struct bp_lm_rules bp_lm_rules_of(const struct bp_problem *problem);

/* Of the state that a file has filled in, as struct bp_method says. */
bp_status bp_lm_restore(struct bp_lm *lm, const struct bp_problem *problem, bool here);
const char *bp_lm_fault(const struct bp_lm *lm);

/* In the tables of both: the state begins with a struct bp_lm. */
#define BP_LM_NUMBER_ROW                                                                                               \
    {                                                                                                                  \
        "squares.mu", BP_STATE_NUMBER, offsetof(struct bp_lm, mu), BP_RECORD_MU                                        \
    }

#endif
