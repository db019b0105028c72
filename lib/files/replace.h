/* SPDX-License-Identifier: MIT
 *
 * A file replaced as a whole: what is written goes to a new file in the same folder, which takes the old one's name
 * only when all of it is on the disk. Whoever opens the path finds the old file or the new one. */
#ifndef BP_FILES_REPLACE_H
#define BP_FILES_REPLACE_H

#include "files/file_call.h"

/* Writes the bytes of the new file to an open one. */
typedef bp_status bp_put_fn(void *context, int file);

/* Replaces the file at the path of `call` by what `put` writes, or makes it. `put` may be called twice, for two files.
 * Where this fails the old file is as it was, except in the last step: see the sentence. Changes errno. */
bp_status bp_replace(const struct bp_call *call, bp_put_fn *put, void *context);

#endif
