/* SPDX-License-Identifier: MIT
 *
 * The file that a save writes before it takes the path's place. A save may be killed at any moment, and must leave as
 * little as possible. Where the file system can make a file without a name, it has none until all of it is on the disk,
 * and then one for the moment before it is renamed. Elsewhere it has a name from the beginning.
 *
 * The name is one of a few that belong to the path, and the file is locked as long as its save lives. So the next save
 * of the path knows what a killed one has left, by the name and because nobody holds the lock, and removes it. A file
 * that cannot be locked gets another, random name, which no save looks for. On Windows an open file is locked: nobody
 * else may open, rename or remove it. */
#ifndef BP_BASE_PLATFORM_TEMPORARY_H
#define BP_BASE_PLATFORM_TEMPORARY_H

#include "base/platform_file.h"

/* Bytes of a name. So many names belong to a path: more saves of it at once get random ones. And so many are tried in
 * all. */
enum { BP_TEMPORARY_NAME = 48, BP_TEMPORARY_OWN = 4, BP_TEMPORARY_TRIES = 100 };

struct bp_temporary {
    const struct bp_folder *folder;
    uint64_t path; /* a hash of the path's last part */
    int file;      /* open for writing; -1: none */
    bool named;    /* `name` is in the folder, to be removed or renamed */
    bool locks;    /* files of this file system can be locked, as far as is known */
    bool belongs;  /* `name` is one that belongs to the path */
    char name[BP_TEMPORARY_NAME];
};

/* None yet, for a path that ends with `base`. */
struct bp_temporary bp_temporary_of(const struct bp_folder *folder, const char *base);

/* The name number `number` of those that belong to a path; and the one to try after `tries` others. */
void bp_temporary_name_own(char name[BP_TEMPORARY_NAME], uint64_t path, int number);
void bp_temporary_name(struct bp_temporary *temporary, int tries);

/* Removes what killed saves of the path have left: regular files of the calling user, or of the owner of the old file
 * (NULL: there is none), with a name that belongs to the path, which nobody has locked. Does what it can, and cannot
 * fail. */
void bp_temporary_sweep(const struct bp_temporary *temporary, const struct bp_file_status *old);

/* A new file, open for writing, with these permissions less the umask. Without a name; false if there is no such file
 * here. With a name; false with errno. */
bool bp_temporary_open_unnamed(struct bp_temporary *temporary, uint32_t permissions);
bool bp_temporary_open_named(struct bp_temporary *temporary, uint32_t permissions);

/* Gives a name to the file without one. False if that cannot be done here. */
bool bp_temporary_link(struct bp_temporary *temporary);

/* Gives the file the name `base` in place of its own. False with errno. */
bool bp_temporary_rename(struct bp_temporary *temporary, const char *base);

/* Removes the name, if it still has one, and closes the file. */
void bp_temporary_drop(struct bp_temporary *temporary);

#endif
