/* SPDX-License-Identifier: MIT
 *
 * Every public function as a row of a table, so that a test can call all of them in one loop. make_arguments.py
 * makes the table of bp-api.json and arguments.txt, which says how a new function is added. */
#ifndef ARGUMENTS_TABLE_H
#define ARGUMENTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

#include "arguments_cases.h"

/** One argument or one result. The member in use follows from the type of the parameter: for a pointer it is `data`. */
union arg {
    void *data;
    void (*function)(void);
    const char *text;
    size_t size;
    int32_t integer;
    double number;
    uint64_t seed;
};

/** What a net or a data set must have been through before a function accepts it. A life (arguments_fixture.h) provides
 *  these. */
enum {
    NEEDS_NOTHING = 0,
    NEEDS_OPEN = 1 << 0,     /**< no init yet */
    NEEDS_LAYER = 1 << 1,    /**< a layer 0 */
    NEEDS_TOP = 1 << 2,      /**< a last layer, and it is dense */
    NEEDS_INIT = 1 << 3,     /**< parameters */
    NEEDS_FORWARD = 1 << 4,  /**< a forward since the parameters changed */
    NEEDS_CACHE = 1 << 5,    /**< any forward or train: z and activation */
    NEEDS_BACKWARD = 1 << 6, /**< a backward since the last forward and since the parameters changed */
    NEEDS_DELTA = 1 << 7,    /**< a backward since the last forward */
    NEEDS_GRADIENT = 1 << 8, /**< rows added since the last step */
    NEEDS_LOSS = 1 << 9,     /**< a loss that fits the last layer; it is BP_ERR_UNSUPPORTED without */
    NEEDS_INPUTS = 1 << 10,  /**< a data set with inputs; it is BP_ERR_STATE without */
    NEEDS_ROW = 1 << 11,     /**< the same, where it is BP_ERR_ARG without */
    NEEDS_ROWS = 1 << 12,    /**< the same, where it is BP_ERR_SHAPE without */
    NEEDS_TARGET = 1 << 13,
    NEEDS_LABELS = 1 << 14,
    NEEDS_WEIGHTS = 1 << 15,
    NEEDS_ALONE = 1 << 16,            /**< a data set that shares its rows with no other */
    NEEDS_TARGET_OR_LABELS = 1 << 17, /**< a data set with a target or labels */
    NEEDS_TRAINING = 1 << 18,         /**< a training; it is BP_ERR_ARG without */
    NEEDS_EPOCH = 1 << 19,            /**< an epoch in its record; it is BP_ERR_ARG without */
    NEEDS_FINDING = 1 << 20,          /**< something that the doctor found; it is BP_ERR_ARG without */
    NEEDS_SPARSE = 1 << 21,           /**< a data set with sparse inputs */
    NEEDS_STEPPED = 1 << 22,          /**< no rows added since the last step */
    NEEDS_FILE = 1 << 23              /**< a data set with an open file */
};

/** What a function returns: a status; a number, 0 for a wrong argument; a text, NULL for one; a text, never NULL;
 *  nothing. */
enum answer { ANSWERS_STATUS, ANSWERS_NUMBER, ANSWERS_NAME, ANSWERS_TEXT, ANSWERS_NOTHING };

/** Whether an argument may be NULL. ONE_OF and TOGETHER: it depends on another argument, and is wrong for this one
 *  alone. */
enum null { NO_POINTER, NULL_REFUSED, NULL_ALLOWED, NULL_ONE_OF, NULL_TOGETHER };

struct parameter {
    const char *name;
    enum role role;
    enum null null;
};

/** A public function. `statuses` are those that its documentation lists. */
struct call {
    const char *name;
    enum answer answer;
    unsigned needs;
    size_t arguments;
    const struct parameter *parameters;
    size_t status_count;
    const bp_status *statuses;
    union arg (*run)(const union arg *args);
};

extern const struct call calls[];
extern const size_t call_count;

/** A wrong argument for the parameters of a role: what it is like, and the status that a function returns for it. */
struct wrong {
    enum role role;
    const char *name;
    bp_status status;
};

extern const struct wrong wrongs[];
extern const size_t wrong_count;

/** What a public function takes at most. */
enum { ARGUMENTS_MAX = 12 };

/** Row i of the table; NULL after the last. */
const struct call *call_at(size_t i);

/** Has the function a parameter of this role? */
bool call_has(const struct call *call, enum role role);

/** BP_F32 or BP_F64 for a function with that suffix, else 0. */
int32_t call_dtype(const struct call *call);

/** Can the function be used with a net of this type? */
bool call_takes(const struct call *call, int32_t dtype);

/** The row of a function, by its name without the suffix _f32 or _f64. NULL if there is none. */
const struct call *call_find(const char *name, int32_t dtype);

/** May the function return this status? */
bool call_may_return(const struct call *call, bp_status status);

#endif
