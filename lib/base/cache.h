/* SPDX-License-Identifier: MIT
 *
 * The second-level cache, so that blocks of work can be as large as it holds. */
#ifndef BP_BASE_CACHE_H
#define BP_BASE_CACHE_H

#include <stddef.h>

/* Its bytes, limited to the range from BP_CACHE_LEAST to BP_CACHE_MOST. The environment variable BP_CACHE may give
 * them, as a number above 0 in digits; else the processor does; else they are BP_CACHE_USUAL. Found once. No result
 * depends on them. */
size_t bp_cache_size(void);

enum { BP_CACHE_LEAST = 64 << 10, BP_CACHE_USUAL = 512 << 10, BP_CACHE_MOST = 1 << 20 };

#endif
