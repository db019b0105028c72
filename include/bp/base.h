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

/** Statuses. */
enum {
    BP_OK = 0,                /**< success */
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

/** The library's version as "major.minor.patch". Never NULL, valid for ever. Threads: any. */
BP_API const char *bp_version_string(void);

/** The ABI number of the library that runs; it equals BP_ABI_VERSION of the header it was compiled with. Threads: any. */
BP_API uint32_t bp_abi_version(void);

/** Compiler, number types, and the instruction sets built in and active, as one line. Never NULL, valid for ever. Threads: any. */
BP_API const char *bp_build_info(void);

/** A status as a short sentence; "unknown status" for a number that is none. Never NULL, valid for ever. Threads: any.
 *  @param status what a call returned, or any other number */
BP_API const char *bp_status_string(bp_status status);

/* ------------------------------------------------------------------------------------------ number types and memory */

/** Number types. */
enum {
    BP_F32 = 32, /**< float */
    BP_F64 = 64  /**< double */
};

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
