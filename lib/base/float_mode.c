/* SPDX-License-Identifier: MIT */
#include "base/float_mode.h"

#if defined(__SSE2__)

#include <xmmintrin.h>

enum { RAISED = 0x3f };                               /* flags in MXCSR */
enum { DEFAULT_MXCSR = 0x1f80, DEFAULT_X87 = 0x37f }; /* the x86-64 psABI, 3.2.1 */

struct bp_float_mode bp_float_mode_get(void)
{
    struct bp_float_mode mode = {.mxcsr = _mm_getcsr() & ~(uint32_t)RAISED};
    __asm__ volatile("fnstcw %0" : "=m"(mode.x87));
    return mode;
}

void bp_float_mode_set(const struct bp_float_mode *mode)
{
    const struct bp_float_mode now = bp_float_mode_get();
    if (now.mxcsr != mode->mxcsr)
        _mm_setcsr((_mm_getcsr() & RAISED) | mode->mxcsr);
    if (now.x87 != mode->x87)
        __asm__ volatile("fldcw %0" : : "m"(mode->x87));
}

static const struct bp_float_mode standard = {DEFAULT_MXCSR, DEFAULT_X87};

#elif defined(__aarch64__)

struct bp_float_mode bp_float_mode_get(void)
{
    struct bp_float_mode mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode.fpcr));
    return mode;
}

void bp_float_mode_set(const struct bp_float_mode *mode)
{
    if (bp_float_mode_get().fpcr != mode->fpcr)
        __asm__ volatile("msr fpcr, %0" : : "r"(mode->fpcr));
}

static const struct bp_float_mode standard = {0};

#else

struct bp_float_mode bp_float_mode_get(void)
{
    struct bp_float_mode mode;
    fegetenv(&mode.environment);
    return mode;
}

void bp_float_mode_set(const struct bp_float_mode *mode) { fesetenv(&mode->environment); }

#endif

struct bp_float_mode bp_float_mode_default(void)
{
    const struct bp_float_mode before = bp_float_mode_get();
#if defined(__SSE2__) || defined(__aarch64__)
    bp_float_mode_set(&standard);
#else
    fesetenv(FE_DFL_ENV);
#endif
    return before;
}
