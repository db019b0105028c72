/* SPDX-License-Identifier: MIT
 *
 * Reads IDX, the format of the MNIST files: a header of big-endian numbers, then an array of bytes. */
#ifndef EXAMPLES_IDX_H
#define EXAMPLES_IDX_H

#include <stdbool.h>
#include <stddef.h>

struct idx {
    size_t count;         /* images or labels */
    size_t height, width; /* of each; 1 by 1 for labels */
    unsigned char *bytes; /* [count][height][width] */
};

/* Reads folder/name or folder/name.gz, an array of 1 dimension (labels) or 3 (images). After a failure it has said why
 * on stderr, and `idx` holds nothing. */
bool idx_read(struct idx *idx, const char *folder, const char *name, unsigned dimensions);

void idx_free(struct idx *idx);

#endif
