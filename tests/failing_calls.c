/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const call_names[CALLS] = {"open",  "openat",  "read",   "write",  "fsync", "rename", "close",
                                       "fstat", "fstatat", "fchmod", "fchown", "flock", "linkat", "unlink"};

struct plan plan;
struct cut cut;
struct other_system other_system;
int (*before_lock)(size_t count);

/* Whether this call must fail. After an interrupted call the caller may make it again. */
static bool turns(enum call call)
{
    if (!plan.counts)
        return false;
    const size_t count = ++plan.calls[call];
    plan.last[call] = ++plan.all;
    if (count == 1)
        plan.first[call] = plan.all;
    const bool sticks = plan.sticks && call == UNLINK;
    const bool fails =
        plan.fails == call && plan.at > 0 && (count == plan.at || (plan.from_then_on && count > plan.at));
    if (!fails && !sticks)
        return false;
    plan.failed++;
    errno = fails ? plan.by : EIO;
    return true;
}

#define WRAP(type, name, ...)                                                                                          \
    type __real_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, open64, const char *path, int flags, mode_t mode)
{
    return turns(OPEN) ? -1 : __real_open64(path, flags, mode);
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

WRAP(int, openat64, int folder, const char *path, int flags, mode_t mode)
{
    if (plan.counts && other_system.unnamed && (flags & O_TMPFILE) == O_TMPFILE)
        return refuse(other_system.unnamed);
    return turns(OPENAT) ? -1 : __real_openat64(folder, path, flags, mode);
}

WRAP(ssize_t, read, int file, void *bytes, size_t size)
{
    if (plan.counts && plan.calls[READ] + 1 == cut.before && truncate(cut.path, cut.size) != 0)
        abort();
    if (turns(READ))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_read(file, bytes, 1) : -1;
    return __real_read(file, bytes, size);
}

WRAP(ssize_t, write, int file, const void *bytes, size_t size)
{
    if (turns(WRITE))
        return plan.by == NOTHING ? 0 : plan.by == ONE_BYTE ? __real_write(file, bytes, 1) : -1;
    return __real_write(file, bytes, size);
}

WRAP(int, fsync, int file) { return turns(FSYNC) ? -1 : __real_fsync(file); }

WRAP(int, renameat, int from_folder, const char *from, int to_folder, const char *to)
{
    return turns(RENAME) ? -1 : __real_renameat(from_folder, from, to_folder, to);
}

/* It closes, whatever it says. */
WRAP(int, close, int file)
{
    const bool fails = turns(CLOSE);
    const int error = errno, result = __real_close(file);
    errno = fails ? error : errno;
    return fails ? -1 : result;
}

WRAP(int, fstat64, int file, struct stat *status) { return turns(FSTAT) ? -1 : __real_fstat64(file, status); }

WRAP(int, fstatat64, int folder, const char *path, struct stat *status, int flags)
{
    if (turns(FSTATAT))
        return -1;
    if (plan.counts && other_system.no_proc && strncmp(path, "/proc/", 6) == 0)
        return refuse(ENOENT);
    const int result = __real_fstatat64(folder, path, status, flags);
    if (plan.counts && other_system.other_proc && strncmp(path, "/proc/", 6) == 0)
        status->st_dev++;
    if (plan.counts && other_system.foreign && strcmp(path, other_system.foreign) == 0) {
        status->st_uid = other_system.owner;
        status->st_gid = other_system.group;
    }
    return result;
}

/* It never changes the owner of the file: for that the test would need to run as root. */
WRAP(int, fchown, int file, uid_t owner, gid_t group)
{
    if (turns(FCHOWN))
        return -1;
    if (!plan.counts || !other_system.foreign)
        return __real_fchown(file, owner, group);
    if (!(owner == (uid_t)-1 ? other_system.gives_group : other_system.gives_owner))
        return refuse(EPERM);
    other_system.given_owner = owner;
    other_system.given_group = group;
    return 0;
}

WRAP(int, flock, int file, int operation)
{
    if (turns(FLOCK))
        return -1;
    const int error = plan.counts && before_lock ? before_lock(plan.calls[FLOCK]) : 0;
    return error ? refuse(error) : __real_flock(file, operation);
}

WRAP(int, linkat, int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return turns(LINKAT) ? -1 : __real_linkat(from_folder, from, to_folder, to, flags);
}

WRAP(int, fchmod, int file, mode_t mode) { return turns(FCHMOD) ? -1 : __real_fchmod(file, mode); }

WRAP(int, unlinkat, int folder, const char *path, int flags)
{
    return turns(UNLINK) ? -1 : __real_unlinkat(folder, path, flags);
}
