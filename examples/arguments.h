/* SPDX-License-Identifier: MIT
 *
 * The command line of an example: [PATH] [--expect NUMBER] [--help] */
#ifndef EXAMPLES_ARGUMENTS_H
#define EXAMPLES_ARGUMENTS_H

struct arguments {
    const char *usage; /* what --help prints */
    const char *path;  /* NULL: it must be given */
    double expect;     /* what the result is compared with */
};

/* Overwrites what the command line names. Ends the program after --help, and with a sentence where it is wrong. */
void arguments_read(struct arguments *arguments, int argc, char **argv);

#endif
