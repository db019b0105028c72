/* SPDX-License-Identifier: MIT
 *
 * Every public function as a row of a table, so that a test can call all of them in one loop. */
#ifndef ARGUMENTS_TABLE_H
#define ARGUMENTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bp/bp.h>

/** One argument or one answer. Which member holds follows from the letter in struct call. */
union arg {
    void *data; /**< numbers or labels, in or out, of whatever type the function takes */
    bp_net *net;
    bp_net **net_out;
    bp_scratch *scratch;
    bp_scratch **scratch_out;
    bp_data *set;
    bp_data **set_out;
    bp_train *train;
    bp_train **train_out;
    const bp_allocator *allocator;
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
    NEEDS_ALONE = 1 << 16,    /**< a data set that shares its rows with no other */
    NEEDS_ANSWERS = 1 << 17,  /**< a data set with a target or labels */
    NEEDS_TRAINING = 1 << 18, /**< a training; it is BP_ERR_ARG without */
    NEEDS_EPOCH = 1 << 19,    /**< an epoch in its record; it is BP_ERR_ARG without */
    NEEDS_FINDING = 1 << 20,  /**< something that the doctor found; it is BP_ERR_ARG without */
    NEEDS_SPARSE = 1 << 21,   /**< a data set with sparse inputs */
    NEEDS_STEPPED = 1 << 22   /**< no rows added since the last step */
};

/**
 * A public function. `kinds` says what it returns, then a letter for each parameter.
 *
 * It returns:  S status   z size, 0 for a bad argument   i key, 0 for a bad argument
 *              c name, NULL for a bad argument           e text, never NULL   u number   v nothing
 *
 * It takes:    N net      G net that it destroys   H where a new net goes   A allocator
 *              c scratch (optional)   g scratch that it destroys   h where a new scratch goes
 *              n number type   u count of inputs or units   a activation   f loss   o optimiser   j initialiser
 *              p dropout rate   w name to find   i index to list   s status   S seed
 *              l layer with weights   b layer with a bias   m any layer   k key of a layer   v its value
 *              K option of a net   V its value   q option or layer key
 *              x rows of input   t rows of target   T the same where the parameters may move   L labels   W values to set
 *              y numbers out   Y numbers out (optional)   d one double out   D one double out (optional)
 *              r rows   R rows, which must be the last forward's
 *
 * Of data sets: B data set   Z data set that it destroys   O where a new one goes, each O another   E the same, where
 *              after a failure an empty one waits with the sentence   M allocator (optional)
 *              U bytes of input   z rows of target (optional)   P weights   C classes   X a class   J hold   * scale
 *              [ first row   ] rows from there   @ numbers of rows   # how many   Q labels or weights out
 *              % fraction   F folds   I fold
 *              ( option   _ its value   / CSV file   , its target (optional)   ; IDX or .npy file, .npz archive   : the
 *              labels' (optional)   . array of an archive   + another (optional)
 *
 * Of weights and metrics: ~ labels that must be NULL beside a target   ! metric   { counts or columns out
 *              = net, of whose failures the data set tells
 *
 * Of sparse rows: - their columns   ) their starts   ' weights (optional)   " starts out   \ LIBSVM file
 *              ^ its inputs
 *
 * Of columns: $ a number for each   & where such numbers go   < names (optional)   > a column   ? scale
 *              | room for text (optional)   ` its capacity   } size out (optional)
 *
 * Of files and keys, for which the letters have run out: FILES_* and KEYS_* below.
 *
 * Of training: 1 training   2 training that it destroys   3 where a new one goes   0 data set (optional)
 *              4 what can be set   5 its value   6 the same, to be read   7 epoch, 0 for now   8 column of the record   9 batches
 *              i index of a finding
 *
 * A new function is a caller and a row in the table of its module. A new letter, which may be any printable character, or one with a name,
 * is a line here, its good value in fixture_arguments() or what that calls, and its wrong values, with the status of
 * each, in the table of test_arguments.c; one that may be NULL goes to OPTIONAL there. What can be asked of a handle
 * goes to the fingerprint. A new state
 * is a NEEDS_* here, a life that has it, and, unless it is BP_ERR_STATE without, a line in status_of_missing(). A new
 * module is a table in a file of its own, named in `tables` of arguments_table.c.
 */
struct call {
    const char *name;
    const char *kinds;
    unsigned needs;
    union arg (*run)(const union arg *args);
};

/** Letters by name: a path to write; where a net goes, which after a failure waits with the sentence; the path of a model file;
 * flags; the bytes of a model file, and how many; the path of a checkpoint. */
#define FILES_PATH "\1"
#define FILES_NET "\2"
#define FILES_MODEL "\3"
#define FILES_FLAGS "\4"
#define FILES_BYTES "\5"
#define FILES_SIZE "\6"
#define FILES_CHECKPOINT "\7"

/** And of keys: any, and one of a family. */
#define KEYS_KEY "\16"
#define KEYS_FAMILY "\17"

/** What a public function takes at most, and the longest name. */
enum { ARGUMENTS_MAX = 10 };

/** The tables of the modules, each ended by a row without a name. */
extern const struct call net_calls[], columns_calls[], data_calls[], files_calls[], sparse_calls[], train_calls[];

/** Row i of all tables together; NULL after the last. */
const struct call *call_at(size_t i);

/** Has the function a parameter of this letter? */
bool call_has(const struct call *call, char letter);

/** BP_F32 or BP_F64 for a function with that suffix, else 0. */
int32_t call_dtype(const struct call *call);

/** Can the function be used with a net of this type? */
bool call_takes(const struct call *call, int32_t dtype);

/** The row of a function, by its name without the suffix _f32 or _f64. NULL if there is none. */
const struct call *call_find(const char *name, int32_t dtype);

/** Parameters of a function. */
size_t call_arguments(const struct call *call);

#endif
