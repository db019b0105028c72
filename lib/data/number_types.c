/* SPDX-License-Identifier: MIT */
#include "data/number_types.h"

#include <string.h>

#include <bp/bp.h>

/* Loops over a row, which compilers vectorise. */
#define CONVERSION(name, from_type, to_type, value)                                                                    \
    static void name(const void *from, double worth, size_t n, void *to)                                               \
    {                                                                                                                  \
        const from_type *x = from;                                                                                     \
        to_type *y = to;                                                                                               \
        (void)worth;                                                                                                   \
        for (size_t i = 0; i < n; i++)                                                                                 \
            y[i] = (to_type)(value);                                                                                   \
    }

CONVERSION(f32_to_f32, float, float, x[i])
CONVERSION(f64_to_f32, double, float, x[i])
CONVERSION(u8_to_f32, uint8_t, float, x[i] * worth)
CONVERSION(i32_to_f32, int32_t, float, x[i])
CONVERSION(i64_to_f32, int64_t, float, x[i])
CONVERSION(f32_to_f64, float, double, x[i])
CONVERSION(f64_to_f64, double, double, x[i])
CONVERSION(u8_to_f64, uint8_t, double, x[i] * worth)
CONVERSION(i32_to_f64, int32_t, double, x[i])
CONVERSION(i64_to_f64, int64_t, double, x[i])

static const struct bp_number_type types[] = {
    {BP_F32, sizeof(float), .real = true, .to_f32 = f32_to_f32, .to_f64 = f32_to_f64},
    {BP_F64, sizeof(double), .real = true, .to_f32 = f64_to_f32, .to_f64 = f64_to_f64},
    {BP_U8, sizeof(uint8_t), .whole = true, .to_f32 = u8_to_f32, .to_f64 = u8_to_f64},
    {BP_I32, sizeof(int32_t), .whole = true, .to_f32 = i32_to_f32, .to_f64 = i32_to_f64},
    {BP_I64, sizeof(int64_t), .whole = true, .to_f32 = i64_to_f32, .to_f64 = i64_to_f64},
};

const struct bp_number_type *bp_number_type(int32_t type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i].type == type)
            return &types[i];
    return NULL;
}

double bp_real_at(int32_t type, const void *numbers, size_t at)
{
    return type == BP_F32 ? (double)((const float *)numbers)[at] : ((const double *)numbers)[at];
}

int64_t bp_whole_at(int32_t type, const void *numbers, size_t at)
{
    if (type == BP_U8)
        return ((const uint8_t *)numbers)[at];
    return type == BP_I32 ? ((const int32_t *)numbers)[at] : ((const int64_t *)numbers)[at];
}
