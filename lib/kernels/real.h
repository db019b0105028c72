/* SPDX-License-Identifier: MIT
 *
 * The vocabulary of the typed sources, *_tmpl.c: each is compiled once with BP_PRECISION 32 and once with 64. Sources
 * of the kernels are compiled again for each instruction set, with its name as BP_ISA. */
#ifndef BP_KERNELS_REAL_H
#define BP_KERNELS_REAL_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if BP_PRECISION == 32
typedef float real;
typedef uint32_t bp_word; /* as wide */
typedef double bp_other;  /* the type that it is not */
#define REAL(name) name##_f32
#define BY_PRECISION(f32, f64) (f32)
#elif BP_PRECISION == 64
typedef double real;
typedef uint64_t bp_word;
typedef float bp_other;
#define REAL(name) name##_f64
#define BY_PRECISION(f32, f64) (f64)
#else
#error "a typed source is compiled with BP_PRECISION 32 or 64"
#endif

#ifdef BP_ISA
#define BP_PASTE_(name, isa) name##_##isa
#define BP_PASTE(name, isa) BP_PASTE_(name, isa)
#define KERNEL(name) REAL_OF(BP_PASTE(name, BP_ISA))
#define REAL_OF(name) REAL(name)
#endif

/* Numbers in 64 bytes: the width of a panel of weights, and what the rows of z, a and delta are padded to. It is the
 * same on every CPU, so that the order of every sum is. */
enum { BP_LANES = 64 / sizeof(real) };

#define BP_INLINE static inline __attribute__((always_inline))

#define BP_SIGN_BIT BY_PRECISION(UINT32_C(0x80000000), UINT64_C(0x8000000000000000))
#define BP_EXPONENT_BITS BY_PRECISION(UINT32_C(0x7f800000), UINT64_C(0x7ff0000000000000)) /* 0 in 0 and subnormals */

/* x as it is kept: a zero of its sign in place of a subnormal number (docs/numerics.md, "Subnormal numbers"). By its
 * bits: a comparison would depend on the host's mode, and would raise an exception for NaN. */
BP_INLINE real REAL(bp_kept)(real x)
{
    bp_word bits;
    memcpy(&bits, &x, sizeof(bits));
    bits &= bits & BP_EXPONENT_BITS ? ~(bp_word)0 : BP_SIGN_BIT;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* Asks for a place that will be written; or read. */
#if defined(__GNUC__)
#define BP_FETCH(p) __builtin_prefetch(p, 1)
#define BP_FETCH_READ(p) __builtin_prefetch(p, 0)
#else
#define BP_FETCH(p) ((void)(p))
#define BP_FETCH_READ(p) ((void)(p))
#endif

#if defined(__GNUC__)
#define BP_RARELY(condition) __builtin_expect(condition, 0)
#else
#define BP_RARELY(condition) (condition)
#endif

/* Unrolls the loop that follows, of at most 16 turns, so that an array it indexes can live in registers. */
#if defined(__clang__)
#define BP_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define BP_UNROLL _Pragma("GCC unroll 16")
#else
#define BP_UNROLL
#endif

#endif
