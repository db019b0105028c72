/* SPDX-License-Identifier: MIT
 *
 * All of digits and mnist that is not about networks: labelled images, and how batches are made of them. */
#ifndef EXAMPLES_SAMPLES_H
#define EXAMPLES_SAMPLES_H

#include <stdint.h>

#include "idx.h"

enum { CLASSES = 10 };

struct samples {
    size_t count;
    size_t pixels;     /* of an image */
    struct idx images; /* [count][height][width] */
    struct idx labels; /* [count], each below CLASSES */
};

/* Reads two IDX files of a folder; after a failure it has said why on stderr. */
bool samples_read(struct samples *samples, const char *folder, const char *images, const char *labels);

void samples_free(struct samples *samples);

/* The samples with the numbers order[0 .. rows - 1], as x: [rows][pixels], each byte divided by `unit`, and labels:
 * [rows]. */
void samples_batch(const struct samples *samples, const size_t *order, size_t rows, float unit, float *x,
                   int32_t *labels);

/* The numbers 0, 1, 2, .. count - 1; free() takes them back. */
size_t *order_create(size_t count);

/* Shuffles `count` numbers with a generator whose whole state is one number. */
void order_shuffle(size_t *order, size_t count, uint64_t *state);

/* The class that a row of outputs is for, y: [CLASSES]: where the largest stands. */
int32_t class_of(const float *y);

/* count * size bytes of zeros, or the end of the program. */
void *allocate(size_t count, size_t size);

#endif
