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
 * The basis of the whole interface: statuses, the version, keys, number types, memory.
 */

/* ----------------------------------------------------------------------------------------------- status and version */

/** The result of a call: BP_OK, BP_DONE or a negative BP_ERR_*. */
typedef int32_t bp_status;

/** Statuses. -40 is reserved. */
enum {
    BP_OK = 0,                /**< success */
    BP_ERR_ARG = -10,         /**< an argument is NULL, unknown or outside its bounds */
    BP_ERR_MEMORY = -20,      /**< the allocator had no memory */
    BP_ERR_SHAPE = -30,       /**< a size is 0, too large, or does not match */
    BP_ERR_STATE = -50,       /**< calls in the wrong order */
    BP_ERR_UNSUPPORTED = -60, /**< a combination that has no meaning, such as of a loss and an activation; or a feature
                                   or a number type that was not built in; or the wrong number type */
    BP_ERR_NONFINITE = -70,   /**< a loss, a gradient or a step is infinite or NaN */
    BP_ERR_IO = -80,          /**< a file could not be opened, read or written */
    BP_ERR_FORMAT = -90,      /**< a file or a text does not have the expected format */
    BP_ERR_CANCELLED = -100,  /**< stopped by bp_train_cancel() or a callback */
    BP_DONE = 10              /**< not an error: training is finished, and nothing was done */
};

/** The library's version as major * 1000000 + minor * 1000 + patch. Threads: any. */
BP_API uint32_t bp_version(void);

/** The library's version as "major.minor.patch". Never NULL, valid for ever. Threads: any. */
BP_API const char *bp_version_string(void);

/**
 * One line with the compiler, the number types, and the instruction sets (kernels) that are built in and active. The
 * environment variable BP_CPU may name the newest instruction set that is allowed. Any other word is ignored, and the
 * line says so. Never NULL, valid for ever. Threads: any.
 */
BP_API const char *bp_build_info(void);

/**
 * A sentence about the last failed call of this thread. It begins with the name of the function, and says which
 * argument was wrong, what was expected and what was given. Before the first failure it is "", never NULL. Every call
 * that returns a negative status sets it; a success, BP_DONE, a query and a destroy do not change it. Valid until this
 * thread's next failed call. Read it in a separate statement after the call: in one statement with the call, it may be
 * read before the call.
 *
 * A sentence is one line of UTF-8 of at most 255 bytes, safe for a terminal or a log. Long names, paths and other texts
 * from files or the caller are shortened. A '?' replaces each byte that is not UTF-8 and each control character: those
 * below U+0020, U+007F to U+009F, line separators (U+2028, U+2029) and the controls of direction (U+061C, U+200E,
 * U+200F, U+202A to U+202E, U+2066 to U+2069). The same is true for bp_train_finding_text(), with at most 399 bytes.
 *
 * The first failure of a thread takes some 300 bytes from malloc(), which are released when the thread ends. If
 * malloc() fails, the sentence is bp_status_string() of the status. Threads: any.
 */
BP_API const char *bp_last_error(void);

/** A status as a short sentence; "unknown status" for any other number. Never NULL, valid for ever. Threads: any.
 *  @param status what a call returned, or any other number */
BP_API const char *bp_status_string(bp_status status);

/* ------------------------------------------------------------------------------------------------------------- keys */

/**
 * Every constant of the library is a key, except the statuses and BP_STOP_NONE. A key belongs to a family, whose number
 * is key / 1000 * 1000. The families are keys too; they are listed here. The number of a removed key is never used
 * again. A program must expect keys that it does not know: bp_key_name() gives their names. Numbers from 1000000 on are
 * for other libraries.
 */
enum {
    BP_FAMILY_ACTIVATION = 1000,   /**< BP_ACT_* */
    BP_FAMILY_LOSS = 2000,         /**< BP_LOSS_* */
    BP_FAMILY_OPTIMIZER = 3000,    /**< BP_OPTIM_* */
    BP_FAMILY_INITIALIZER = 4000,  /**< BP_INIT_* */
    BP_FAMILY_BIAS = 5000,         /**< BP_BIAS_* */
    BP_FAMILY_LAYER_OPTION = 6000, /**< BP_LAYER_* */
    BP_FAMILY_NET_OPTION = 7000,   /**< BP_OPT_* */
    BP_FAMILY_DATA_OPTION = 8000,  /**< BP_DATA_* */
    BP_FAMILY_TRAIN_OPTION = 9000, /**< BP_TRAIN_* */
    BP_FAMILY_RECORD = 10000,      /**< BP_RECORD_* */
    BP_FAMILY_METRIC = 11000,      /**< BP_METRIC_* */
    BP_FAMILY_FINDING = 12000,     /**< BP_FINDING_* */
    BP_FAMILY_SCALE = 13000,       /**< BP_SCALE_* */
    BP_FAMILY_METHOD = 14000,      /**< BP_METHOD_* */
    BP_FAMILY_SCHEDULE = 15000,    /**< BP_SCHEDULE_* */
    BP_FAMILY_STOP = 16000,        /**< BP_STOP_* */
    BP_FAMILY_KIND = 17000,        /**< BP_KIND_* */
    BP_FAMILY_MISSING = 18000,     /**< BP_MISSING_* */
    BP_FAMILY_ARRAY = 20000,       /**< BP_ARRAY_* */
    BP_FAMILY_TEXT = 21000,        /**< BP_TEXT_* */
    BP_FAMILY_TYPE = 22000,        /**< BP_F32, BP_F64, BP_U8, BP_I32, BP_I64 */
    BP_FAMILY_HOLD = 23000,        /**< BP_HOLD_* */
    BP_FAMILY_DOMAIN = 27000,      /**< BP_DOMAIN_* */
    BP_FAMILY_FORMAT = 29000       /**< BP_FORMAT_* */
};

/** The domain of an option: which values it takes. All values are doubles. */
enum {
    BP_DOMAIN_REAL = 27010,   /**< any number within the bounds */
    BP_DOMAIN_WHOLE = 27020,  /**< a whole number within the bounds */
    BP_DOMAIN_SWITCH = 27030, /**< 0 or 1 */
    BP_DOMAIN_MEMBER = 27040, /**< a key of the family that bp_key_members() returns */
    BP_DOMAIN_TEXT = 27050    /**< a text; only bp_data_set_text() sets it */
};

/**
 * The name of a key, in lower case: "learning_rate", "leaky_relu". No two keys of a family have the same name. NULL if
 * the number is no key. Valid for ever.
 * @param key any number
 * Threads: any.
 */
BP_API const char *bp_key_name(int32_t key);

/** What a key means, in one sentence without a full stop. NULL if the number is no key. Valid for ever. Threads: any.
 *  @param key any number */
BP_API const char *bp_key_help(int32_t key);

/**
 * Finds a key by its name in a family.
 * @param family a BP_FAMILY_*, or 0 to find a family
 * @param name   the name, or NULL, which is the name of no key
 * Returns 0 if there is none. Threads: any.
 */
BP_API int32_t bp_key_find(int32_t family, const char *name);

/**
 * The key at an index of a family, from 0 on, so that a program can list all keys.
 * @param family a BP_FAMILY_*, or 0: the families themselves
 * Returns 0 after the last key, and if there is no such family. Threads: any.
 */
BP_API int32_t bp_key_at(int32_t family, size_t index);

/** The domain of an option, a BP_DOMAIN_*. 0 if the key is no option. Threads: any.
 *  @param key any number */
BP_API int32_t bp_key_domain(int32_t key);

/** The family whose keys are the values of an option. 0 if its values are not keys. Threads: any.
 *  @param key any number */
BP_API int32_t bp_key_members(int32_t key);

/**
 * The least, the greatest and the first (default) value of an option that is not a text. For an option whose values are
 * keys, the bounds are the least and the greatest of these keys. If the first value depends on the optimiser, it is
 * that of BP_OPTIM_SGD; for BP_LAYER_SLOPE it is that of BP_ACT_LEAKY_RELU.
 * @param key a BP_OPT_*, BP_LAYER_*, BP_DATA_* or BP_TRAIN_*
 * @param[out] low, high, initial [1], or NULL
 * Errors: ARG (the key is no option, or a text option; nothing is written). Threads: any.
 */
BP_API bp_status bp_key_bounds(int32_t key, double *low, double *high, double *initial);

/* ------------------------------------------------------------------------------------------ number types and memory */

/** Types of numbers: of a net, and of arrays. */
enum {
    BP_F32 = 22010, /**< float */
    BP_F64 = 22020, /**< double */
    BP_U8 = 22030,  /**< uint8_t; only in arrays of a data set */
    BP_I32 = 22040, /**< int32_t; only in arrays of a data set */
    BP_I64 = 22050  /**< int64_t; only in arrays of a data set */
};

/** The source of a net's or a data set's memory. The struct is copied; `user` must live as long as every object that
 *  uses the allocator. */
typedef struct bp_allocator {
    size_t struct_size; /**< sizeof(bp_allocator), as the caller compiled it */
    void *user;         /**< passed to both functions */
    /** Returns at least `size` bytes, aligned as malloc aligns them, or NULL. `size` is never 0. */
    void *(*allocate)(void *user, size_t size);
    /** Releases memory that allocate returned, with the same size; `memory` is never NULL. */
    void (*release)(void *user, void *memory, size_t size);
} bp_allocator;

#ifdef __cplusplus
}
#endif

#endif
