/* SPDX-License-Identifier: MIT
 *
 * The cache that a core has for itself, so that blocks of work can be as large as it holds. */
#ifndef BP_BASE_CACHE_H
#define BP_BASE_CACHE_H

#include <stddef.h>

/* Bytes of the second-level cache: what the environment variable BP_CACHE has in digits, for tests; else what the
 * processor says; else BP_CACHE_USUAL. A size beyond BP_CACHE_LEAST and BP_CACHE_MOST becomes that one. Found once. No
 * result depends on it. */
size_t bp_cache_size(void);

enum { BP_CACHE_LEAST = 64 << 10, BP_CACHE_USUAL = 512 << 10, BP_CACHE_MOST = 1 << 20 };

#endif
