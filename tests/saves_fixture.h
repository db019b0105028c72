/* SPDX-License-Identifier: MIT
 *
 * A folder in which nets are saved, and what is in it. */
#ifndef SAVES_FIXTURE_H
#define SAVES_FIXTURE_H

#include "entries.h"
#include "files_fixture.h"

enum { SAVES_PATH = 64, SAVES_LEFT = 320 };

extern char saves_folder[32], saves_path[SAVES_PATH]; /* a file "net.safetensors" in it, that is not there yet */

/** For a group of tests. The folder lies in memory, where there is such a place: a sync takes its time on a disk. It must be
 *  empty in the end, except for that file. */
int saves_begin(void **state);
int saves_end(void **state);

/** How many files a save has left beside the path, by their names. */
size_t saves_left(void);
/** The path of one of them; the test fails where there is none. */
void saves_path_left(char left[SAVES_LEFT]);
void saves_remove_left(void);

/** Whether the file at the path has these bytes. */
bool saves_file_is(struct file file);

/** The number type of the tests' nets; a net, one with a layer whose numbers go out in a piece of their own. */
int32_t saves_dtype(void);
bp_net *saves_large_net(uint64_t seed);

#endif
