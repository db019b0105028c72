/* SPDX-License-Identifier: MIT
 *
 * The floating-point mode of a thread: rounding, flushing of subnormal numbers, unmasked exceptions. It belongs to the
 * host. The library reads and writes files in the default mode, and lets its worker threads compute in the caller's. */
#ifndef BP_BASE_FLOAT_MODE_H
#define BP_BASE_FLOAT_MODE_H

#include <stdint.h>

#if !defined(__SSE2__) && !defined(__aarch64__)
#include <fenv.h>
#endif

/* The control words alone where they are known. The flags of exceptions that have been raised are no part of the
 * mode. */
struct bp_float_mode {
#if defined(__SSE2__)
    uint32_t mxcsr;
    uint16_t x87;
#elif defined(__aarch64__)
    uint64_t fpcr;
#else
    fenv_t environment;
#endif
};

struct bp_float_mode bp_float_mode_get(void);
void bp_float_mode_set(const struct bp_float_mode *mode);

/* Sets the default mode (round to nearest, subnormal numbers kept, no exception unmasked) and returns the one
 * before. */
struct bp_float_mode bp_float_mode_default(void);

#endif
