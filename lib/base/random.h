/* SPDX-License-Identifier: MIT
 *
 * Random numbers by Philox4x32-10, a counter-based generator: block i of a stream is a function of (seed, stream, i)
 * alone (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, 2011). All that is made of the bits
 * uses +, -, *, / and sqrt only, which IEEE 754 rounds alike everywhere: the same numbers on every platform. */
#ifndef BP_BASE_RANDOM_H
#define BP_BASE_RANDOM_H

#include <stdint.h>

/* The four words of a counter, of which the last two name the stream and its purpose. */
struct bp_random_block {
    uint32_t word[4];
};

/* Purposes, in the top bits of the last word, so that no two draw from the same blocks. */
#define BP_RANDOM_INIT UINT32_C(0)
#define BP_RANDOM_SHUFFLE UINT32_C(0x40000000)
#define BP_RANDOM_DROPOUT UINT32_C(0x80000000) /* and the layer */

struct bp_random_block bp_random_block(uint64_t seed, struct bp_random_block counter);

/* Numbers of a stream, one after the other: two from each block, {i, i >> 32, stream, purpose}. */
struct bp_random {
    uint64_t seed, next; /* `next` counts numbers */
    uint32_t stream, purpose;
    struct bp_random_block block;
};

struct bp_random bp_random_start(uint64_t seed, uint32_t stream, uint32_t purpose);

/* Uniform in (0, 1), the ends excluded: (k + 1/2) / 2^52 for a k of 52 bits. */
double bp_random_uniform(struct bp_random *random);

/* N(0, 1), the inverse distribution function of one uniform number. */
double bp_random_normal(struct bp_random *random);

/* The inverse of the normal distribution function at 0 < p < 1 (Wichura: Algorithm AS 241, PPND16, 1988). */
double bp_random_normal_quantile(double p);

#endif
