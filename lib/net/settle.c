/* SPDX-License-Identifier: MIT */
#include "net/handle.h"

#include "base/parallel.h"
#include "nn/loss.h"
#include "nn/optimizer.h"

void bp_net_settle(bp_net *net)
{
    struct bp_model *m = &net->model;
    m->states = bp_optimizer_states(&m->settings);
    m->ops->settle(m);
    bp_parallel_set_spin(m->pool, (unsigned)m->settings.spin);
    net->refusal = NULL;
    if (m->count) {
        const struct bp_layer *last = bp_model_last(m);
        net->refusal = bp_loss_refusal(bp_key(m->settings.loss), bp_key(last->set.activation), last->units);
    }
}
