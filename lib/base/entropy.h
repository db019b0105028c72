/* SPDX-License-Identifier: MIT
 *
 * Bits that an attacker cannot predict: for the keys of hash tables and the names of temporary files. No result of the
 * library depends on them. */
#ifndef BP_BASE_ENTROPY_H
#define BP_BASE_ENTROPY_H

#include <stdint.h>

/* 64 bits from the system. Where the system has none, a mixture of the clocks, the process, its addresses and a
 * counter: other bits at each call, but easier to guess. Never fails, never waits, and keeps errno. Any thread. */
uint64_t bp_entropy(void);

#endif
