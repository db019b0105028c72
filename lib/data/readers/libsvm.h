/* SPDX-License-Identifier: MIT
 *
 * A LIBSVM file on its way into a data set: bytes become rows of labels and of numbers with their indices
 * (libsvm_line.c), and all of it a table (libsvm.c). */
#ifndef BP_DATA_READERS_LIBSVM_H
#define BP_DATA_READERS_LIBSVM_H

#include "base/message.h"
#include "data/readers/classes.h"
#include "data/readers/readers.h"

struct bp_libsvm {
    bp_data *data;
    const struct bp_call *call;
    const char *path;
    struct bp_reader *reader;
    size_t inputs;                            /* that were asked for; 0: as many as there are indices */
    size_t line, column;                      /* of the next byte, from 1; */
    uint64_t most_record;                     /* bytes that there may be in a line */
    struct bp_buffer token;                   /* the text up to the next blank, with a NUL, */
    size_t token_column;                      /* and where it begins */
    struct bp_buffer values, columns, starts; /* double and int32_t, of each number; int64_t, of each row */
    struct bp_buffer target, labels;          /* double; int32_t, while they are classes */
    struct bp_classes classes;
    size_t many_line, many_column; /* where there was a class too many; 0 for nowhere */
    size_t rows;
    bool whole;       /* the labels are classes so far */
    bool from_zero;   /* an index is 0 */
    int32_t greatest; /* index; -1 for none */
    size_t greatest_line, greatest_column;
};

#if defined(__GNUC__)
#define BP_LIBSVM_FORMAT BP_MESSAGE_FORMAT(5, 6)
#else
#define BP_LIBSVM_FORMAT
#endif
/* Keeps "function: path, line, column: ..."; a line of 0 is left out. Where the file could not be read on, that is what
 * is kept. */
BP_LIBSVM_FORMAT bp_status bp_libsvm_fail(struct bp_libsvm *libsvm, bp_status status, size_t line, size_t column,
                                          const char *format, ...);
bp_status bp_libsvm_no_memory(struct bp_libsvm *libsvm);

/* Adds the row of the next line that has one; `*got` says whether there was any. */
bp_status bp_libsvm_next(struct bp_libsvm *libsvm, bool *got);

#endif
