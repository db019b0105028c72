/* SPDX-License-Identifier: MIT */
#include "train/doctor/doctor.h"

double bp_doctor_layer_option(const bp_net *net, size_t layer, int32_t key)
{
    double value = 0;
    (void)bp_net_layer_get(net, layer, key, &value);
    return value;
}

double bp_doctor_option(const bp_net *net, int32_t key)
{
    double value = 0;
    (void)bp_net_get(net, key, &value);
    return value;
}
