/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/platform_temporary.h"

static bool lock(int file) { return flock(file, LOCK_EX | LOCK_NB) == 0; }

/* Whether the open file is the one that a name leads to. */
static bool is_at(int file, int folder, const char *name, int flags)
{
    struct stat open, found;
    return fstat(file, &open) == 0 && fstatat(folder, name, &found, flags) == 0 && open.st_dev == found.st_dev &&
           open.st_ino == found.st_ino;
}

/* ---- what killed saves have left */

static bool may_be_left(int folder, const char *name, uid_t owner)
{
    struct stat found;
    return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(found.st_mode) &&
           (found.st_uid == geteuid() || found.st_uid == owner);
}

/* For writing, which locks over a network may ask for, if it may be written. */
static int open_left(int folder, const char *name)
{
    const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, file = openat(folder, name, O_RDWR | flags);
    return file < 0 && errno == EACCES ? openat(folder, name, O_RDONLY | flags) : file;
}

/* Under the lock a name stays with its file: whoever would rename or remove it holds the lock. A save that has ended
 * since the file was opened has given it the path's name, and this name may be another save's already. */
static void remove_left(int folder, const char *name)
{
    const int file = open_left(folder, name);
    if (file < 0)
        return;
    if (lock(file) && is_at(file, folder, name, AT_SYMLINK_NOFOLLOW))
        (void)unlinkat(folder, name, 0);
    (void)close(file);
}

void bp_temporary_sweep(const struct bp_temporary *t, const struct bp_file_status *old)
{
    const uid_t owner = old ? (uid_t)old->owner : geteuid();
    for (int i = 0; i < BP_TEMPORARY_OWN; i++) {
        char name[BP_TEMPORARY_NAME];
        bp_temporary_name_own(name, t->path, i);
        if (may_be_left(t->folder->file, name, owner))
            remove_left(t->folder->file, name);
    }
}

/* ---- with a name from the beginning */

/* Between its making and its lock a sweep may take a new file for one that was left. The sweep has removed it then, or
 * holds the lock and is about to. */
static bool is_swept(int file, bool locked)
{
    struct stat open;
    return locked ? fstat(file, &open) == 0 && open.st_nlink == 0 : errno == EWOULDBLOCK;
}

/* Where it cannot be locked, or its name does not show whose it is, the next one is random. */
static bool create(struct bp_temporary *t, mode_t permissions)
{
    t->file = openat(t->folder->file, t->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions);
    t->named = t->file >= 0;
    if (!t->named || !t->belongs)
        return t->named;
    const bool locked = lock(t->file);
    if (locked && is_at(t->file, t->folder->file, t->name, AT_SYMLINK_NOFOLLOW))
        return true;
    t->locks = is_swept(t->file, locked);
    t->named = !locked && !t->locks;
    bp_temporary_drop(t);
    errno = EEXIST;
    return false;
}

bool bp_temporary_open_named(struct bp_temporary *t, uint32_t permissions)
{
    for (int tries = 0; tries < BP_TEMPORARY_TRIES; tries++) {
        bp_temporary_name(t, tries);
        if (create(t, permissions))
            return true;
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    return false;
}

/* ---- without a name, until it is linked */

#ifdef O_TMPFILE

enum { DESCRIPTOR_PATH = 32 };

static void name_descriptor(char path[DESCRIPTOR_PATH], int file)
{
    snprintf(path, DESCRIPTOR_PATH, "/proc/self/fd/%d", file);
}

/* A name is given by way of /proc, which may not be there. */
bool bp_temporary_open_unnamed(struct bp_temporary *t, uint32_t permissions)
{
    char path[DESCRIPTOR_PATH];
    t->file = openat(t->folder->file, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, permissions);
    if (t->file < 0)
        return false;
    name_descriptor(path, t->file);
    if (!is_at(t->file, AT_FDCWD, path, 0)) {
        bp_temporary_drop(t);
        return false;
    }
    t->locks = lock(t->file);
    return true;
}

bool bp_temporary_link(struct bp_temporary *t)
{
    char path[DESCRIPTOR_PATH];
    name_descriptor(path, t->file);
    for (int tries = 0; tries < BP_TEMPORARY_TRIES; tries++) {
        bp_temporary_name(t, tries);
        t->named = linkat(AT_FDCWD, path, t->folder->file, t->name, AT_SYMLINK_FOLLOW) == 0;
        if (t->named || errno != EEXIST)
            break;
    }
    return t->named;
}

#else

bool bp_temporary_open_unnamed(struct bp_temporary *t, uint32_t permissions)
{
    (void)t;
    (void)permissions;
    return false;
}

bool bp_temporary_link(struct bp_temporary *t) { return t->named; }

#endif

/* ---- its end */

bool bp_temporary_rename(struct bp_temporary *t, const char *base)
{
    if (renameat(t->folder->file, t->name, t->folder->file, base) != 0)
        return false;
    t->named = false;
    return true;
}

/* The name goes first: without the lock it may be another save's. What close says changes nothing about bytes that were
 * synced, or are given up. */
void bp_temporary_drop(struct bp_temporary *t)
{
    if (t->named)
        (void)unlinkat(t->folder->file, t->name, 0);
    if (t->file >= 0)
        (void)close(t->file);
    t->named = false;
    t->file = -1;
}
