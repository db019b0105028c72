/* SPDX-License-Identifier: MIT
 *
 * The list of methods, a line each, in the order of their keys: key, name, help. The method called `name` is the struct
 * bp_method bp_method_<name>, which stands in a file of its own. */
#ifndef BP_TRAIN_METHODS_METHODS_H
#define BP_TRAIN_METHODS_METHODS_H

#include "train/method.h"

/* clang-format off */
#define BP_METHODS(row) \
    row(BP_METHOD_LBFGS, lbfgs, "A quasi-Newton method that uses the last 10 steps") \
    row(BP_METHOD_SCG, scg, "Scaled conjugate gradients") \
    row(BP_METHOD_LM, lm, "Levenberg-Marquardt, for squared errors and few parameters") \
    row(BP_METHOD_BR, br, "Bayesian regularisation, which finds its own penalty") \
    row(BP_METHOD_IRPROP_PLUS, irprop_plus, "A step size for each weight by the signs of its gradients")
/* clang-format on */

#define BP_METHOD_DECLARATION(key, name, help) extern const struct bp_method bp_method_##name;
BP_METHODS(BP_METHOD_DECLARATION)
#undef BP_METHOD_DECLARATION

#endif
