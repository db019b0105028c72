/* SPDX-License-Identifier: MIT
 *
 * The command line of digits and mnist: [FOLDER] [--seed N] [--epochs N] [--expect ACCURACY] */
#ifndef EXAMPLES_ARGUMENTS_H
#define EXAMPLES_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arguments {
    const char *folder; /* where the IDX files lie */
    uint64_t seed;      /* of the first weights and of the order of the samples */
    size_t epochs;      /* times that every training sample is seen */
    double expect;      /* the program fails below this accuracy */
};

/* Overwrites what the command line names; after a failure it has said why on stderr. */
bool arguments_read(struct arguments *arguments, int argc, char **argv);

#endif
