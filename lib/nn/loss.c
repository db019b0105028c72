/* SPDX-License-Identifier: MIT */
#include "nn/loss.h"

#include <bp/bp.h>

#include "nn/activation.h"

struct loss {
    struct bp_named named;
    unsigned ranges; /* which outputs it makes sense for, a bit for each bp_range */
    const char *refusal;
};

#define IN(range) (1U << (range))
#define ERRORS (IN(BP_RANGE_ANY) | IN(BP_RANGE_POSITIVE) | IN(BP_RANGE_UNIT))
#define NOT_LOG "log-softmax gives log-probabilities: use BP_LOSS_CROSS_ENTROPY with it"

static const struct loss rows[] = {
    {{BP_LOSS_SQUARED, "squared", "Half the sum of the squared errors"}, ERRORS, NOT_LOG},
    {{BP_LOSS_MSE, "mse", "The mean of the squared errors over the outputs"}, ERRORS, NOT_LOG},
    {{BP_LOSS_MAE, "mae", "The mean of the absolute errors over the outputs"}, ERRORS, NOT_LOG},
    {{BP_LOSS_HUBER, "huber", "Squared for errors up to huber_delta, absolute beyond"}, ERRORS, NOT_LOG},
    {{BP_LOSS_LOG_COSH, "log_cosh", "The logarithm of cosh of the errors: squared near 0, absolute far from 0"},
     ERRORS,
     NOT_LOG},
    {{BP_LOSS_BINARY_CROSS_ENTROPY, "binary_cross_entropy", "For outputs that are each a probability of yes or no"},
     IN(BP_RANGE_UNIT),
     "binary cross-entropy needs outputs between 0 and 1: use BP_ACT_SIGMOID in the last layer"},
    {{BP_LOSS_CROSS_ENTROPY, "cross_entropy", "For one class out of several, with softmax or log-softmax"},
     0, /* softmax and log-softmax, by name */
     "cross-entropy needs outputs that sum to 1: use BP_ACT_SOFTMAX in the last layer, or BP_LOSS_BINARY_CROSS_ENTROPY "
     "with BP_ACT_SIGMOID"},
    {{BP_LOSS_POISSON, "poisson", "For counts, with outputs above 0"},
     IN(BP_RANGE_POSITIVE) | IN(BP_RANGE_UNIT),
     "the Poisson loss needs outputs above 0: use BP_ACT_EXP or BP_ACT_SOFTPLUS in the last layer"},
    {{BP_LOSS_QUANTILE, "quantile", "For the quantile that the option of this name sets"}, ERRORS, NOT_LOG},
};

const struct bp_family bp_losses = BP_FAMILY(BP_FAMILY_LOSS, "loss", "Losses of a net", rows);

const char *bp_loss_refusal(int32_t loss, int32_t activation, size_t units)
{
    const struct loss *row = bp_family_by_key(&bp_losses, loss);
    if (units == 1 && (activation == BP_ACT_SOFTMAX || activation == BP_ACT_LOG_SOFTMAX))
        return "softmax of one output is the same for every row: use BP_ACT_SIGMOID with BP_LOSS_BINARY_CROSS_ENTROPY";
    if (loss != BP_LOSS_CROSS_ENTROPY)
        return row->ranges & IN(bp_activation_of(activation)->range) ? NULL : row->refusal;
    return activation == BP_ACT_SOFTMAX || activation == BP_ACT_LOG_SOFTMAX ? NULL : row->refusal;
}
