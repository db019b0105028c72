/* SPDX-License-Identifier: MIT
 *
 * The table that stands at the border for one number type. */
#include <limits.h>

#include "nn/typed.h"

static void choose_kernels(void *plan, uint32_t cpu)
{
    REAL(bp_kernels_choose)(&((struct REAL(bp_plan) *)plan)->kernels, cpu);
}

/* The kernels' own product, unless a CBLAS is wanted, is built in and can count the rows. */
static void choose_product(const struct bp_model *model, struct REAL(bp_plan) *plan)
{
    plan->product = plan->kernels.product;
#ifdef BP_HAVE_BLAS
    const size_t widest = model->row_size > model->input_stride ? model->row_size : model->input_stride;
    if (model->settings.blas != 0 && widest <= INT_MAX)
        plan->product = REAL(bp_blas_product);
#else
    (void)model;
#endif
}

static void settle(struct bp_model *model)
{
    struct REAL(bp_plan) *plan = model->plan;
    const int32_t activation = model->count ? bp_key(bp_model_last(model)->set.activation) : 0;
    plan->loss = REAL(bp_loss_find)(plan->kernels.losses, bp_key(model->settings.loss), activation);
    plan->loss_parameter = REAL(bp_loss_parameter)(&model->settings);
    choose_product(model, plan);
    REAL(bp_optimizer_plan)(plan, &model->settings);
    plan->plain_sgd = plan->plain_sgd && plan->product == plan->kernels.product;
    REAL(bp_narrow_plan)(model);
}

const struct bp_ops REAL(bp_ops) = {
    .dtype = BP_OWN_TYPE,
    .size = sizeof(real),
    .lanes = BP_LANES,
    .plan_size = sizeof(struct REAL(bp_plan)),
    .narrow_size = sizeof(struct REAL(bp_narrow_layer)),
    .workspace_size = REAL(bp_dense_workspace_size),
    .packed_size = REAL(bp_dense_packed_size),
    .choose_kernels = choose_kernels,
    .settle = settle,
    .kind_of = REAL(bp_kind_of),
    .draw = REAL(bp_initializer_draw),
    .forward = REAL(bp_network_forward),
    .outputs = REAL(bp_network_outputs),
    .loss = REAL(bp_network_loss),
    .loss_delta = REAL(bp_network_loss_delta),
    .delta_from = REAL(bp_network_delta_from),
    .backward = REAL(bp_network_backward),
    .input_gradient = REAL(bp_network_input_gradient),
    .step = REAL(bp_optimizer_step),
    .train = REAL(bp_train),
    .predict = REAL(bp_network_predict),
    .evaluate = REAL(bp_network_evaluate),
    .read = REAL(bp_parameters_read),
    .write = REAL(bp_parameters_write),
    .gradient_open = REAL(bp_gradient_open),
    .gradient_norm = REAL(bp_gradient_norm),
    .copy_rows = REAL(bp_rows_copy),
    .settle_scaling = REAL(bp_scaling_settle),
    .number = REAL(bp_number),
    .first_nonfinite = REAL(bp_first_nonfinite),
    .first_misfit = REAL(bp_first_misfit),
};
