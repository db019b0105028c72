/* SPDX-License-Identifier: MIT */
#ifndef BP_DATA_SHUFFLE_H
#define BP_DATA_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* Streams below are the epochs' of training; from here on those of the classes of a split, so that a split and the
 * first epoch by the same seed have nothing in common. */
#define BP_SHUFFLE_SPLIT UINT32_C(0x80000000)

/* A permutation drawn from stream `stream` of `seed`, the same on every platform (Fisher, Yates; Durstenfeld 1964). */
void bp_shuffle(uint64_t seed, uint32_t stream, size_t *items, size_t count);

#endif
