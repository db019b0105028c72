/* SPDX-License-Identifier: MIT
 *
 * The table that stands at the border for one number type. */
#include "nn/typed.h"

static void choose_kernels(void *kernels, uint32_t cpu) { REAL(bp_kernels_choose)(kernels, cpu); }

const struct bp_ops REAL(bp_ops) = {
    .dtype = BP_PRECISION == 32 ? BP_F32 : BP_F64,
    .size = sizeof(real),
    .lanes = BP_LANES,
    .kernels_size = sizeof(struct REAL(bp_kernels)),
    .choose_kernels = choose_kernels,
    .draw = REAL(bp_initializer_draw),
    .forward = REAL(bp_network_forward),
    .loss = REAL(bp_network_loss),
    .loss_delta = REAL(bp_network_loss_delta),
    .delta_from = REAL(bp_network_delta_from),
    .backward = REAL(bp_network_backward),
    .input_gradient = REAL(bp_network_input_gradient),
    .step = REAL(bp_optimizer_step),
    .predict = REAL(bp_network_predict),
    .evaluate = REAL(bp_network_evaluate),
    .read = REAL(bp_parameters_read),
    .write = REAL(bp_parameters_write),
    .copy_rows = REAL(bp_rows_copy),
    .number = REAL(bp_number),
    .first_nonfinite = REAL(bp_first_nonfinite),
};
