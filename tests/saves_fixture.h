/* SPDX-License-Identifier: MIT
 *
 * A folder in which nets are saved, and queries about its files. */
#ifndef SAVES_FIXTURE_H
#define SAVES_FIXTURE_H

#include "entries.h"
#include "files_fixture.h"

enum { SAVES_PATH = 64, SAVES_LEFT = 320 };

extern char saves_folder[32],
    saves_path[SAVES_PATH]; /* a file "net.safetensors" in it, which does not exist at first */

/** Setup and teardown of a group of tests. The folder is in memory if the system has such a place, because a sync
 *  takes long on a disk. At the end it must be empty, except for that file. */
int saves_begin(void **state);
int saves_end(void **state);

/** How many files a save has left beside the path. Their names show it. */
size_t saves_left(void);
/** The path of one of them; the test fails where there is none. */
void saves_path_left(char left[SAVES_LEFT]);
void saves_remove_left(void);

/** Whether the file at the path has these bytes. */
bool saves_file_is(struct file file);

/** The number type of the nets of the tests; and a net with a layer that is written as a piece of its own. */
int32_t saves_dtype(void);
bp_net *saves_large_net(uint64_t seed);

#endif
