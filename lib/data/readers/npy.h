/* SPDX-License-Identifier: MIT
 *
 * An array of NumPy's on its way into a part: its header (npy_header.c), its numbers (npy_numbers.c), and from where
 * and to where (npy.c), which calls these two; failures are in npy_fail.c. */
#ifndef BP_DATA_READERS_NPY_H
#define BP_DATA_READERS_NPY_H

#include "base/message.h"
#include "data/readers/readers.h"

enum { BP_NPY_DIMENSIONS = 64 }; /* as many as NumPy 2 knows */

struct bp_npy {
    bp_data *data;
    const struct bp_call *call;
    const char *path;
    const char *name; /* in an archive; NULL: the array is a file */
    struct bp_reader *reader;
    uint64_t left; /* bytes of the header that were not taken */
    /* What the header says. */
    char kind;   /* 'f', 'i', 'u' or 'b' */
    size_t size; /* bytes in a number */
    bool big_endian, fortran;
    size_t dimensions, dimension[BP_NPY_DIMENSIONS];
    size_t rows, columns; /* the first, and the product of the others */
    /* What became of it. */
    int32_t type;             /* of the numbers, as a part has it */
    struct bp_buffer numbers; /* in the order of the file */
};

#if defined(__GNUC__)
#define BP_NPY_FORMAT BP_MESSAGE_FORMAT(4, 5)
#else
#define BP_NPY_FORMAT
#endif
/* Keeps "function: path, array name, byte N: ...". Where the file could not be read on, that is what is kept. */
BP_NPY_FORMAT bp_status bp_npy_fail(struct bp_npy *npy, bp_status status, uint64_t offset, const char *format, ...);

/* Takes the header, which says what is supported. */
bp_status bp_npy_read_header(struct bp_npy *npy);

/* Takes all numbers, as they are or as labels, up to the end. */
bp_status bp_npy_read_numbers(struct bp_npy *npy);
bp_status bp_npy_read_labels(struct bp_npy *npy);

/* Makes the part of a table, in C order. False if there is no memory. */
bool bp_npy_fill(struct bp_npy *npy, struct bp_table *table, enum bp_part_kind kind);

#endif
