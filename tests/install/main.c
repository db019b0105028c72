/* SPDX-License-Identifier: MIT
 *
 * A program of somebody else's: it learns XOR with whatever number type the installed library has. */
#include <stdio.h>

#include <bp/bp.h>

static bp_status build(bp_net **net)
{
    bp_status status = bp_net_create(net, BP_F32, 2);
    if (status == BP_ERR_UNSUPPORTED)
        status = bp_net_create(net, BP_F64, 2);
    if (status == BP_OK)
        status = bp_net_add_dense(*net, 4, BP_ACT_TANH);
    if (status == BP_OK)
        status = bp_net_add_dense(*net, 1, BP_ACT_SIGMOID);
    if (status == BP_OK)
        status = bp_net_set(*net, BP_OPT_LEARNING_RATE, 2);
    return status == BP_OK ? bp_net_init(*net, 1) : status;
}

static bp_status train(bp_net *net, double *loss)
{
    static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const double wide_x[] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const int32_t labels[] = {0, 1, 1, 0};
    double type = 0;
    (void)bp_net_get(net, BP_OPT_TYPE, &type);
    return type == BP_F32 ? bp_net_train_labels_f32(net, x, labels, 4, loss)
                          : bp_net_train_labels_f64(net, wide_x, labels, 4, loss);
}

int main(void)
{
    bp_net *net = NULL;
    double loss = 1;
    bp_status status = build(&net);
    for (int epoch = 0; epoch < 3000 && status == BP_OK; epoch++)
        status = train(net, &loss);
    printf("libbp %s: %s, loss %g\n", bp_version_string(), bp_status_string(status), loss);
    bp_net_destroy(net);
    return status == BP_OK && loss < 0.01 && bp_version() / 1000000 == BP_VERSION_MAJOR ? 0 : 1;
}
