/* SPDX-License-Identifier: MIT
 *
 * A plugin of somebody else's, linked with the archive: its one function is all that it exports. */
#include <bp/bp.h>

__attribute__((visibility("default"))) int plugin_layers(void);

int plugin_layers(void)
{
    bp_net *net = NULL;
    if (bp_net_create(&net, BP_F32, 2) != BP_OK || bp_net_add_dense(net, 1, BP_ACT_TANH) != BP_OK)
        return 0;
    const int layers = (int)bp_net_layers(net);
    bp_net_destroy(net);
    return layers;
}
