/* SPDX-License-Identifier: MIT
 *
 * What one instruction set puts into the table. The sources are written once, over
 * kernels/vector.h, and compiled for each set with its flags. */
#include "kernels/kernels.h"
#include "kernels/vector.h"

void KERNEL(bp_kernels_fill)(struct REAL(bp_kernels) *kernels)
{
    KERNEL(bp_product_fill)(kernels);
    KERNEL(bp_activation_fill)(kernels);
    KERNEL(bp_softmax_fill)(kernels);
    KERNEL(bp_loss_fill)(kernels);
    KERNEL(bp_scale_fill)(kernels);
    KERNEL(bp_narrow_fill)(kernels);
    KERNEL(bp_update_fill)(kernels);
    if (PANEL_VECTORS > 1) /* a vector as wide as a panel is slower where half would do */
        kernels->half_narrow = kernels->narrow;
}
