/* SPDX-License-Identifier: MIT
 *
 * A file replaced as a whole: what is written goes to a new file in the same folder, which takes the old one's name only
 * when all of it is on the disk. Whoever opens the path finds the old file or the new one. */
#ifndef BP_IO_REPLACE_H
#define BP_IO_REPLACE_H

#include "io/io.h"

enum { BP_REPLACE_NAME = 32 };

struct bp_replacement {
    const struct bp_io *io;
    const char *base; /* of the path */
    int folder, file; /* -1: none */
    bool named;       /* `name` is there, to be removed or renamed */
    char name[BP_REPLACE_NAME];
};

/* A new file beside the path, open for writing. After a failure too it is to be abandoned or finished. */
bp_status bp_replace_begin(struct bp_replacement *replacement, const struct bp_io *io);

/* Puts it in the path's place. Where that fails the old file is as it was, but for the last step: see the sentence. */
bp_status bp_replace_finish(struct bp_replacement *replacement);

/* Removes it, if it is still there, and closes all. */
void bp_replace_abandon(struct bp_replacement *replacement);

#endif
