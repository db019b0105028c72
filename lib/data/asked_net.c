/* SPDX-License-Identifier: MIT */
#include "data/asked_net.h"

#include "base/try.h"

double bp_option_of_net(const bp_net *net, int32_t option)
{
    double value = 0;
    (void)bp_net_get(net, option, &value);
    return value;
}

size_t bp_numbers_of_net(const bp_net *net, int32_t array, size_t layer)
{
    size_t rows = 0, columns = 0;
    (void)bp_net_shape(net, array, layer, &rows, &columns);
    return rows * columns;
}

bp_status bp_read_net(const bp_net *net, int32_t array, size_t layer, void *numbers)
{
    const size_t count = bp_numbers_of_net(net, array, layer);
    return bp_type_of_net(net) == BP_F32 ? bp_net_read_f32(net, array, layer, numbers, count)
                                         : bp_net_read_f64(net, array, layer, numbers, count);
}

bp_status bp_write_net(bp_net *net, int32_t array, size_t layer, const void *numbers)
{
    const size_t count = bp_numbers_of_net(net, array, layer);
    return bp_type_of_net(net) == BP_F32 ? bp_net_write_f32(net, array, layer, numbers, count)
                                         : bp_net_write_f64(net, array, layer, numbers, count);
}

bp_status bp_read_scaling(const bp_net *net, bool targets, size_t count, double *center, double *factor)
{
    const int32_t of_center = targets ? BP_ARRAY_TARGET_CENTER : BP_ARRAY_INPUT_CENTER;
    const int32_t of_factor = targets ? BP_ARRAY_TARGET_FACTOR : BP_ARRAY_INPUT_FACTOR;
    if (bp_numbers_of_net(net, of_center, 0) == 0) {
        for (size_t i = 0; i < count; i++) {
            center[i] = 0;
            factor[i] = 1;
        }
        return BP_OK;
    }
    BP_TRY(bp_net_read_f64(net, of_center, 0, center, count));
    return bp_net_read_f64(net, of_factor, 0, factor, count);
}
