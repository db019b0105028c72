/* SPDX-License-Identifier: MIT
 *
 * What a net learns of the user's columns before it learns anything else. */
#include "data/asked_net.h"
#include "train/training.h"

bool bp_train_would_scale(const bp_train *t)
{
    const bool wanted =
        t->scaling == BP_SCALING_OPEN ? bp_option_of_net(t->net, BP_OPT_FRESH) != 0 : t->scaling == BP_SCALING_WANTED;
    return wanted && bp_option_of_net(t->net, BP_OPT_RAW) == 0 &&
           bp_numbers_of_net(t->net, BP_ARRAY_INPUT_CENTER, 0) == 0 &&
           bp_numbers_of_net(t->net, BP_ARRAY_TARGET_CENTER, 0) == 0;
}

/* Whether the net was fresh is asked once: what a failed first iteration tried on it counts for nothing. */
bool bp_train_wants_scaling(bp_train *t)
{
    if (t->scaling == BP_SCALING_OPEN)
        t->scaling = bp_option_of_net(t->net, BP_OPT_FRESH) != 0 ? BP_SCALING_WANTED : BP_SCALING_DONE;
    return bp_train_would_scale(t);
}

bp_status bp_train_fit_scaling(bp_train *t)
{
    BP_TRY(bp_data_fit_scaling(t->data, BP_CALL, t->net));
    t->scaling = BP_SCALING_DONE;
    return BP_OK;
}

void bp_train_drop_scaling(bp_train *t)
{
    (void)bp_net_write_f64(t->net, BP_ARRAY_INPUT_CENTER, 0, NULL, 0);
    (void)bp_net_write_f64(t->net, BP_ARRAY_TARGET_CENTER, 0, NULL, 0);
    t->scaling = BP_SCALING_WANTED;
}
