/* SPDX-License-Identifier: MIT
 *
 * A function that begins with CLONES is compiled once for each of these instruction sets, and the program takes the
 * newest that the processor has. So plain C runs as fast as in a user's own build for that processor. */
#ifndef BP_BENCH_CLONES_H
#define BP_BENCH_CLONES_H

#ifdef BENCH_HAVE_CLONES /* by bench/meson.build: the compiler has the attribute, and the system can choose */
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

#endif
