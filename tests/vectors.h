/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

/*
 * The text files in tests/vectors: vectors named CASE:WHAT, each a line `name count` and the numbers as the hexadecimal
 * digits of their bits. A program reads one file. A case may be asked for by any of its vectors' names.
 */

#include "any.h"

struct vector {
    char name[80];
    size_t count;
    double *values;
};

/** Reads tests/vectors/NAME. Not 0 if it cannot be read. */
int vectors_read(const char *name);

/** Frees all; a group teardown. */
int vectors_free(void **state);

/** The vector CASE:WHAT, or NULL. `name` may have a colon and more of its own: it ends at the colon. */
const struct vector *vectors_find(const char *name, const char *what);

/** As vectors_find(); the test fails where there is none. */
const struct vector *vectors_need(const char *name, const char *what);

/** Length of the case in a vector's name. */
int vectors_case(const char *name);

/** Calls check() for every case that has a vector WHAT and whose name begins with `group`, of which there must be
 *  one. */
void vectors_each(const char *group, const char *what, int32_t dtype, void (*check)(int32_t dtype, const char *name));

#endif
