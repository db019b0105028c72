/* SPDX-License-Identifier: MIT
 *
 * Bayesian regularisation: Levenberg-Marquardt on F = beta E_D + alpha E_W, E_D being the sum of squared residuals and
 * E_W that of squared parameters, with alpha and beta computed again after each step by MacKay's evidence (MacKay:
 * Bayesian interpolation, Neural Computation 4, 1992; Foresee, Hagan: Gauss-Newton approximation to Bayesian learning,
 * 1997). */
#ifndef BP_TRAIN_METHODS_BR_H
#define BP_TRAIN_METHODS_BR_H

#include "train/methods/lm.h"

struct bp_br {
    double *ones;              /* [n]: 1 for what is trained, else 0 */
    double alpha, beta, gamma; /* gamma: the effective number of parameters */
};

/* False if there is no memory. */
bool bp_br_make(const bp_allocator *allocator, struct bp_br *br, size_t n);
void bp_br_release(const bp_allocator *allocator, struct bp_br *br);

/* What is trained. */
void bp_br_mark(struct bp_br *br, const struct bp_squares *squares);

/* With `lm`, which it moves. `number`: of residuals. */
bp_status bp_br_begin(struct bp_br *br, struct bp_lm *lm, const struct bp_squares *squares,
                      const struct bp_lm_rules *rules);
bp_status bp_br_iterate(struct bp_br *br, struct bp_lm *lm, const struct bp_squares *squares,
                        const struct bp_lm_rules *rules, double number);

struct bp_lm_terms bp_br_terms(const struct bp_br *br);

#endif
