/* SPDX-License-Identifier: MIT */
#ifndef BP_DATA_SHUFFLE_H
#define BP_DATA_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* A permutation drawn from stream `stream` of `seed`, the same on every platform (Fisher, Yates; Durstenfeld 1964). */
void bp_shuffle(uint64_t seed, uint32_t stream, size_t *items, size_t count);

#endif
