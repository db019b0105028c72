/* SPDX-License-Identifier: MIT
 *
 * What this library is: its version and how it was built. */
#include <bp/bp.h>

#include "base/cpu.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

#define VERSION TEXT(BP_VERSION_MAJOR) "." TEXT(BP_VERSION_MINOR) "." TEXT(BP_VERSION_PATCH)

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif

#ifdef BP_HAVE_F32
#define F32 " f32"
#else
#define F32
#endif
#ifdef BP_HAVE_F64
#define F64 " f64"
#else
#define F64
#endif
#ifdef BP_HAVE_AVX2
#define AVX2 " avx2"
#else
#define AVX2
#endif
#ifdef BP_HAVE_AVX512
#define AVX512 " avx512"
#else
#define AVX512
#endif

#define INFO(active)                                                                                                   \
    "libbp " VERSION ", " COMPILER "; types:" F32 F64 "; kernels: generic" AVX2 AVX512 "; active: " active

uint32_t bp_version(void) { return BP_VERSION_MAJOR * 1000000 + BP_VERSION_MINOR * 1000 + BP_VERSION_PATCH; }

const char *bp_version_string(void) { return VERSION; }

uint32_t bp_abi_version(void) { return BP_ABI_VERSION; }

const char *bp_build_info(void)
{
    const uint32_t cpu = bp_cpu_flags();
    (void)cpu;
#ifdef BP_HAVE_AVX512
    if (cpu & BP_CPU_AVX512)
        return INFO("avx512");
#endif
#ifdef BP_HAVE_AVX2
    if (cpu & BP_CPU_AVX2)
        return INFO("avx2");
#endif
    return INFO("generic");
}
