/* SPDX-License-Identifier: MIT */
#ifndef BP_BASE_H
#define BP_BASE_H

#include <stddef.h>
#include <stdint.h>

#include <bp/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef BP_API
#define BP_API
#endif

/**
 * @file base.h
 * What all of the interface builds on: statuses, the version, number types, memory.
 */

/* ------------------------------------------------------------------------------------------------ status and version */

/** What a call came to: BP_OK or a negative BP_ERR_*. */
typedef int32_t bp_status;

enum {
    BP_OK = 0,
    BP_ERR_ARG = -10,         /**< an argument is NULL, unknown or out of its bounds */
    BP_ERR_MEMORY = -20,      /**< the allocator had no memory */
    BP_ERR_SHAPE = -30,       /**< a size is 0, too large, or does not match */
    BP_ERR_DTYPE = -40,       /**< unknown number type, not built in, or not the net's */
    BP_ERR_STATE = -50,       /**< calls in the wrong order */
    BP_ERR_UNSUPPORTED = -60, /**< a combination that makes no sense, such as a loss with an activation */
    BP_ERR_NONFINITE = -70,   /**< a loss, a gradient or a step is infinite or NaN */
    BP_ERR_IO = -80,          /**< a file could not be opened, read or written */
    BP_ERR_FORMAT = -90,      /**< what was read is not what it should be */
    BP_ERR_CANCELLED = -100,  /**< stopped by bp_train_cancel() or a callback */
    BP_DONE = 10              /**< not an error: training is finished, and nothing was done */
};

/** The library's version as major * 1000000 + minor * 1000 + patch. Threads: any. */
BP_API uint32_t bp_version(void);

/** The library's version as "major.minor.patch". Valid for ever. Threads: any. */
BP_API const char *bp_version_string(void);

/** The ABI number of the library that runs; it equals BP_ABI_VERSION of the header it was compiled with. Threads: any. */
BP_API uint32_t bp_abi_version(void);

/** Compiler, number types, and the instruction sets built in and active, as one line. Valid for ever. Threads: any. */
BP_API const char *bp_build_info(void);

/**
 * This thread's last failed call as a sentence that begins with the name of the function: which argument, what was expected,
 * what came. "" before any. Every call that returns a negative status sets it; a success, BP_DONE, a query and a destroy never
 * touch it. Valid until this thread's next failed call. Read it in a statement of its own: as a further argument of the call
 * that fails it may be read before the call.
 *
 * A sentence is one line of UTF-8 of at most 255 bytes that a terminal or a log can take. Names, paths and other texts from
 * files or the caller appear in it shortened, and each byte that is no UTF-8 and each control character as a '?': those below
 * U+0020, U+007F to U+009F, line separators (U+2028, U+2029) and the controls of direction (U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069). The same holds, with at most 399 bytes, for bp_train_finding_text().
 *
 * The first failure of a thread takes some 300 bytes by malloc(), which are given back when the thread ends. Without them the
 * sentence is bp_status_string() of the status. Threads: any.
 */
BP_API const char *bp_last_error(void);

/** A status as a short sentence; "unknown status" for a number that is none. Valid for ever. Threads: any. */
BP_API const char *bp_status_string(bp_status status);

/* ------------------------------------------------------------------------------------------ number types and memory */

/** Number types. */
enum { BP_F32 = 32, BP_F64 = 64 };

/** Where a net's memory comes from. It is copied; `user` must live as long as the net and its scratches. */
typedef struct bp_allocator {
    size_t struct_size; /**< sizeof(bp_allocator), as the caller compiled it */
    void *user;         /**< handed to both functions */
    /** At least `size` bytes, aligned as malloc aligns them, or NULL. `size` is never 0. */
    void *(*allocate)(void *user, size_t size);
    /** Takes back what allocate gave, with the same size; `memory` is never NULL. */
    void (*release)(void *user, void *memory, size_t size);
} bp_allocator;

#ifdef __cplusplus
}
#endif

#endif
