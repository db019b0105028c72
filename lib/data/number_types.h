/* SPDX-License-Identifier: MIT
 *
 * The number types of arrays that a data set takes: which part may be of which, and their conversion. */
#ifndef BP_DATA_NUMBER_TYPES_H
#define BP_DATA_NUMBER_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Converts `n` numbers. A byte is first multiplied by `worth`, as a double. */
typedef void bp_convert_fn(const void *from, double worth, size_t n, void *to);

/* Inputs and targets take every type. */
struct bp_number_type {
    int32_t type; /* BP_F32, ... */
    size_t size;  /* bytes of a number */
    bool whole;   /* labels take it */
    bool real;    /* weights and sparse values take it */
    bp_convert_fn *to_f32, *to_f64;
};

/* NULL if there is none. */
const struct bp_number_type *bp_number_type(int32_t type);

/* A number of a whole type, and of a real one. */
int64_t bp_whole_at(int32_t type, const void *numbers, size_t at);
double bp_real_at(int32_t type, const void *numbers, size_t at);

/* Bytes of a number of a type that is there. */
static inline size_t bp_part_size(int32_t type) { return bp_number_type(type)->size; }

#endif
