/* SPDX-License-Identifier: MIT */
#include "use_fixture.h"

void need(bp_status status)
{
    if (status < 0)
        fail_msg("%s", bp_last_error());
}

bp_net *class_net(int32_t dtype, size_t inputs)
{
    const struct any_layer layers[] = {{4, BP_ACT_TANH, 0, 0}, {CLASSES, BP_ACT_SOFTMAX, 0, 0}};
    bp_net *net = any_net(dtype, inputs, layers, 2, 2);
    need(bp_net_set(net, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    return net;
}
