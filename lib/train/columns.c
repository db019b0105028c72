/* SPDX-License-Identifier: MIT
 *
 * What a net learns of the user's columns before it learns anything else. */
#include "train/training.h"

bool bp_train_would_scale(const bp_train *t)
{
    double raw = 0;
    const bool wanted = t->scaling == BP_SCALING_OPEN ? bp_net_is_fresh(t->net) : t->scaling == BP_SCALING_WANTED;
    (void)bp_net_get(t->net, BP_OPT_RAW, &raw);
    return wanted && raw == 0 && !bp_net_scales_inputs(t->net) && !bp_net_scales_targets(t->net);
}

/* Whether the net was fresh is asked once: what a failed first iteration tried on it counts for nothing. */
bool bp_train_wants_scaling(bp_train *t)
{
    if (t->scaling == BP_SCALING_OPEN)
        t->scaling = bp_net_is_fresh(t->net) ? BP_SCALING_WANTED : BP_SCALING_DONE;
    return bp_train_would_scale(t);
}

bp_status bp_train_fit_scaling(bp_train *t)
{
    BP_TRY(bp_net_fit_scaling(t->net, t->data, (int32_t)t->set.scale_inputs, (int32_t)t->set.scale_targets));
    t->scaling = BP_SCALING_DONE;
    return BP_OK;
}

void bp_train_drop_scaling(bp_train *t)
{
    (void)bp_net_set_scaling(t->net, NULL, NULL, NULL, NULL);
    t->scaling = BP_SCALING_WANTED;
}
