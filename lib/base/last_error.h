/* SPDX-License-Identifier: MIT
 *
 * The sentence of a thread's last failed call, bp_last_error(). It lies in a slot of the thread
 * (base/platform_thread.h) and not in thread-local storage: the first use of the latter in a library that was loaded by
 * dlopen() may need memory, and ends the process where there is none. */
#ifndef BP_BASE_LAST_ERROR_H
#define BP_BASE_LAST_ERROR_H

#include <stdint.h>

#include <bp/bp.h>

enum { BP_ERROR_SIZE = 256 }; /* bytes of a sentence, with its NUL */

/* Keeps a sentence, which may be made of the last one. Where the thread's first failure finds no memory, it is
 * bp_status_string() of the status. errno stays as it is. */
void bp_error_write(bp_status status, const char *function, const char *text);

/* The last sentence without the name of its function, to be part of another; "" before any. */
const char *bp_error_reason(void);

/* For a call that continues after a call within it has failed: the last sentence, to be put back. */
struct bp_error_kept {
    uint64_t failures;
    char text[BP_ERROR_SIZE];
};
void bp_error_keep(struct bp_error_kept *kept);
void bp_error_put_back(const struct bp_error_kept *kept);

/* How many calls have failed in this thread, to see whether a callback leaves a sentence. */
uint64_t bp_error_count(void);

#endif
