/* SPDX-License-Identifier: MIT
 *
 * For test_npy and test_npz: arrays by their headers, and the files of tests/vectors/numpy.txt. */
#ifndef NPY_FIXTURE_H
#define NPY_FIXTURE_H

#include "readers_fixture.h"

enum { ARRAY_CAPACITY = 4096 };

/* The bytes of an .npy file. */
struct array {
    unsigned char bytes[ARRAY_CAPACITY];
    size_t size;
};

/* Version 1.0, with this literal and these bytes of numbers. */
struct array array_of(const char *header, const void *numbers, size_t size);

/* The bytes of a case's file. */
struct array known_bytes(const char *name);
/* The path of file number 0 or 1, which now is the case's. */
const char *known_file(int number, const char *name);
/* The data set has the shape and the inputs of the case, to the bit. */
void known_is_read(const bp_data *data, const char *name);

/* Calls `open` and reads, with each allocation failing in turn, once and from then on. Each time the status is
 * MEMORY, and nothing has changed or is left. The next reading has that many rows and inputs. */
void allocations_may_fail(bp_status (*open)(bp_data *data), size_t rows, size_t inputs);

#endif
