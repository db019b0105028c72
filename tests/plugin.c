/* SPDX-License-Identifier: MIT
 *
 * A plug-in of a host that has the static library inside: plugin() gives the functions that the host calls. */
#include "plugin.h"

__attribute__((visibility("default"))) struct plugin plugin(void)
{
    return (struct plugin){bp_net_create,    bp_net_add_dense, bp_net_init,    bp_net_set,
                           bp_net_train_f32, bp_net_train_f64, bp_net_destroy, bp_last_error};
}
